/* Every system call of every public function fails once: an error comes back that says why, nothing
   is lost, no file is left behind, and the call then succeeds. */
#include "system_calls.h"

/* EDFlib keeps to itself what went wrong. */
static bool is_told(const system_call *failed)
{
    const char *message = snnfe_last_error();
    return strstr(message, strerror(failed->error)) || strstr(message, "parts of it are missing");
}

static void fail_once(system_calls_kind kind, const call *c, world *w, size_t index,
                      const system_call **struck)
{
    const size_t blocks = faults_blocks(), files = support_count_files("/proc/self/fd");
    const snnfe_status status = system_calls_run(kind, c, w, index, struck);
    const char *name = *struck ? (*struck)->name : "none";
    if (status == SNNFE_OK)
        ck_assert_msg(!*struck || !(*struck)->needed, "%s succeeds although %s (%zu) failed",
                      c->name, name, index);
    else
        ck_assert_msg(*struck && is_told(*struck), "%s, failing %s (%zu): %s (%s)", c->name, name,
                      index, snnfe_status_name(status), snnfe_last_error());
    ck_assert_msg(faults_blocks() == blocks, "%s, failing %s (%zu): %zu blocks, %zu before",
                  c->name, name, index, faults_blocks(), blocks);
    ck_assert_msg(support_count_files("/proc/self/fd") == files,
                  "%s, failing %s (%zu): a file is open", c->name, name, index);
    const size_t n_left = faults_remove_temporary_files();
    ck_assert_msg(n_left == 0 || strncmp(name, "unlink", 6) == 0,
                  "%s, failing %s (%zu): a file is left", c->name, name, index);
}

/* Returns how many there are. */
static size_t fail_each(system_calls_kind kind, const call *c, world *w)
{
    const system_call *struck = NULL;
    size_t index = 0;
    do
        fail_once(kind, c, w, index++, &struck);
    while (struck);
    return index - 1;
}

START_TEST(every_system_call_fails)
{
    const call *c = faults_call(_i);
    /* Where recordings are copied to when they cannot be copied into memory. */
    ck_assert_int_eq(setenv("TMPDIR", support_folder(), 1), 0);
    faults_install();
    world w = world_create();
    const size_t n = fail_each(SYSTEM_CALLS_FAIL, c, &w);
    if (n > 0)
        printf("%-40s %5zu system calls, %5zu hindrances\n", c->name, n,
               fail_each(SYSTEM_CALLS_HINDER, c, &w));
    assert_ok(c->run(&w));
    world_free(&w);
    ck_assert_uint_eq(faults_blocks(), 0);
    assert_ok(snnfe_set_allocator(NULL));
}
END_TEST

/* Some functions are tried together, by one call. */
static bool is_first(int i)
{
    for (int k = 0; k < i; k++)
        if (faults_call(k)->run == faults_call(i)->run)
            return false;
    return true;
}

int main(void)
{
    Suite *suite = suite_create("system_calls");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 600);
    for (int i = 0; i < faults_n_calls(); i++)
        if (is_first(i))
            tcase_add_loop_test(all, every_system_call_fails, i, i + 1);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
