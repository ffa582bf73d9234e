/* Every request for memory of every public function fails once, alone and with all that follow: an
   error comes back, nothing is lost, no file is left behind, and the call then succeeds. */
#include "faults.h"

#define LASTING_EVERY 5 /* of the requests, one is also followed by failing ones only */

/* Fails with "out of memory" in the message, holding as much memory and as many files as before. */
static void fail_once(const call *c, world *w, size_t index, bool lasting)
{
    const size_t blocks = faults_blocks(), files = support_count_files("/proc/self/fd");
    faults_plan(index, lasting);
    const snnfe_status status = c->run(w);
    faults_plan(SIZE_MAX, false);
    ck_assert_msg(status == (faults_struck() ? SNNFE_ERR_MEMORY : SNNFE_OK),
                  "%s, request %zu%s: %s (%s)", c->name, index, lasting ? " and all later" : "",
                  snnfe_status_name(status), snnfe_last_error());
    ck_assert_msg(!faults_struck() || strstr(snnfe_last_error(), "out of memory"),
                  "%s, request %zu: message \"%s\"", c->name, index, snnfe_last_error());
    ck_assert_msg(faults_blocks() == blocks, "%s, request %zu: %zu blocks, %zu before", c->name,
                  index, faults_blocks(), blocks);
    ck_assert_msg(support_count_files("/proc/self/fd") == files, "%s, request %zu: a file is open",
                  c->name, index);
}

START_TEST(every_request_fails)
{
    const call *c = faults_call(_i);
    faults_install();
    world w = world_create();
    assert_ok(c->run(&w));
    const size_t n = faults_requests();
    for (size_t index = 0; index < n; index++) {
        fail_once(c, &w, index, false);
        if (index % LASTING_EVERY == 0)
            fail_once(c, &w, index, true);
    }
    ck_assert_msg(faults_remove_temporary_files() == 0, "%s left a temporary file", c->name);
    assert_ok(c->run(&w));
    world_free(&w);
    ck_assert_uint_eq(faults_blocks(), 0);
    assert_ok(snnfe_set_allocator(NULL));
    printf("%-40s %5zu requests\n", c->name, n);
}
END_TEST

/* A new public function has to join the tables. */
START_TEST(every_function_is_there)
{
    FILE *map = fopen(SNNFE_SOURCE_ROOT "/lib/snnfe.map", "r");
    ck_assert_ptr_nonnull(map);
    char line[200], name[200];
    int n = 0;
    while (fgets(line, sizeof line, map)) {
        if (sscanf(line, " snnfe_%190[a-z0-9_]; ", name) != 1)
            continue;
        bool found = false;
        for (int i = 0; i < faults_n_calls() && !found; i++)
            found = strcmp(faults_call(i)->name + strlen("snnfe_"), name) == 0;
        ck_assert_msg(found, "snnfe_%s is in no table of tests/faults", name);
        n++;
    }
    fclose(map);
    ck_assert_int_ge(n, 100);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("allocation");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 600);
    tcase_add_test(all, every_function_is_there);
    tcase_add_loop_test(all, every_request_fails, 0, faults_n_calls());
    suite_add_tcase(suite, all);
    return support_run(suite);
}
