/* Options and info structs of every older size; values that are written in files and programs. */
#include "sized.h"
#include "support.h"

#include <dirent.h>
#include <snnfe/snnfe.h>

/* Codes are never reused, enumerators never renumbered. */
#define PINNED(name, value) _Static_assert((name) == (value), #name " has changed")
PINNED(SNNFE_OK, 0);
PINNED(SNNFE_ERR_ARGUMENT, 1);
PINNED(SNNFE_ERR_MEMORY, 2);
PINNED(SNNFE_ERR_IO, 3);
PINNED(SNNFE_ERR_FORMAT, 4);
PINNED(SNNFE_ERR_SHAPE, 5);
PINNED(SNNFE_ERR_NOT_FOUND, 6);
PINNED(SNNFE_ERR_STATE, 7);
PINNED(SNNFE_ERR_CANCELLED, 8);
PINNED(SNNFE_ERR_NONFINITE, 9);
PINNED(SNNFE_ERR_UNSUPPORTED, 10);
PINNED(SNNFE_ERR_OVERLAP, 11);
PINNED(SNNFE_ERR_INTERNAL, 12);
PINNED(SNNFE_LOG_DEBUG, 0);
PINNED(SNNFE_LOG_WARNING, 2);
PINNED(SNNFE_LABELS_LEFT_RIGHT, 0);
PINNED(SNNFE_LABELS_REST_FEET, 7);
PINNED(SNNFE_LABELS_EVENTS, 8);
PINNED(SNNFE_NORMALIZE_ALL, 0);
PINNED(SNNFE_NORMALIZE_SUBJECTS, 3);
PINNED(SNNFE_MISSING_SKIP, 1);
PINNED(SNNFE_LAYER_CONV1, 0);
PINNED(SNNFE_LAYER_FC2, 6);
PINNED(SNNFE_PARAMETER_WEIGHT, 0);
PINNED(SNNFE_PARAMETER_TIME_WEIGHT, 3);
PINNED(SNNFE_LTP, 0);
PINNED(SNNFE_LTD, 1);
PINNED(SNNFE_RESPONSE_BETA, 0);
PINNED(SNNFE_RESPONSE_TABLE, 1);
PINNED(SNNFE_RESPONSE_FUNCTION, 2);
PINNED(SNNFE_SCHEDULE_COSINE, 1);
PINNED(SNNFE_STAGE_PRETRAIN, 0);
PINNED(SNNFE_STAGE_ON_DEVICE, 1);
PINNED(SNNFE_STAGE_RETUNE, 2);
PINNED(SNNFE_STAGE_SSTL, 3);

static const uint32_t nonsense[] = {0, 7, 1000000, UINT32_MAX};
#define N_NONSENSE (sizeof nonsense / sizeof nonsense[0])

/* The defaults fill no more than the size that was given, and a struct of that size works. */
START_TEST(older_sizes_are_accepted)
{
    const sized_options *t = &sized_options_list[_i];
    sized_set_up();
    ck_assert_uint_le(t->size, SIZED_MAX / 2);
    ck_assert_uint_eq(t->size % 8, 0);
    _Alignas(16) unsigned char whole[SIZED_MAX], part[SIZED_MAX];
    assert_ok(t->init(whole, t->size));
    for (size_t size = 8; size <= t->size; size += 4) {
        memset(part, 0xa5, sizeof part);
        assert_ok(t->init(part, size));
        ck_assert_mem_eq(part + 4, whole + 4, size - 4);
        for (size_t i = size; i < sizeof part; i++)
            ck_assert_msg(part[i] == 0xa5, "%s of %zu bytes: byte %zu was written", t->name, size,
                          i);
        const snnfe_status status = t->use(part);
        ck_assert_msg(status == t->expected, "%s of %zu bytes: %s", t->name, size,
                      snnfe_last_error());
    }
    sized_tear_down();
}
END_TEST

/* A newer program's struct is accepted while it only has zeros that this version does not know. */
START_TEST(newer_sizes_are_judged)
{
    const sized_options *t = &sized_options_list[_i];
    sized_set_up();
    _Alignas(16) unsigned char newer[SIZED_MAX];
    assert_ok(t->init(newer, t->size + 64));
    ck_assert_int_eq(t->use(newer), t->expected);
    newer[t->size + 63] = 1;
    ck_assert_int_eq(t->use(newer), SNNFE_ERR_UNSUPPORTED);
    for (size_t i = 0; i < N_NONSENSE; i++) {
        memcpy(newer, &nonsense[i], sizeof nonsense[i]);
        ck_assert_int_eq(t->use(newer), SNNFE_ERR_ARGUMENT);
    }
    sized_tear_down();
}
END_TEST

/* A pointer that a size cuts through is none: half of one leads nowhere. */
START_TEST(no_half_of_a_pointer_is_followed)
{
    snnfe_device_options options;
    snnfe_cells_options cells;
    snnfe_device *device = NULL;
    assert_ok(snnfe_device_options_init(&options, sizeof options));
    assert_ok(snnfe_cells_options_init(&cells, sizeof cells));
    options.cells = &cells;
    for (uint32_t part = 1; part < sizeof options.cells; part++) {
        options.struct_size = (uint32_t)offsetof(snnfe_device_options, cells) + part;
        assert_ok(snnfe_device_create(&device, &options));
        snnfe_device_free(device);
    }
}
END_TEST

/* What is given is read as far as it reaches and never written to. */
START_TEST(given_structs_of_other_sizes)
{
    const sized_given *t = &sized_given_list[_i];
    sized_set_up();
    ck_assert_uint_eq(t->size % 8, 0);
    _Alignas(16) unsigned char whole[SIZED_MAX] = {0}, given[SIZED_MAX], before[SIZED_MAX];
    t->make(whole);
    for (uint32_t size = 8; size <= t->size + 64; size += 8) {
        memset(given, 0xa5, sizeof given);
        memcpy(given, whole, size);
        memcpy(given, &size, sizeof size);
        memcpy(before, given, sizeof given);
        const snnfe_status status = t->use(given);
        if (size >= t->least)
            ck_assert_msg(status == SNNFE_OK, "%s of %u bytes: %s", t->name, (unsigned)size,
                          snnfe_last_error());
        ck_assert_mem_eq(given, before, sizeof given);
    }
    const uint32_t newer = (uint32_t)t->size + 64;
    memcpy(whole, &newer, sizeof newer);
    whole[t->size + 63] = 1;
    ck_assert_int_eq(t->use(whole), SNNFE_ERR_UNSUPPORTED);
    ck_assert_ptr_nonnull(strstr(snnfe_last_error(), t->name));
    for (size_t i = 0; i < N_NONSENSE; i++) {
        memcpy(whole, &nonsense[i], sizeof nonsense[i]);
        ck_assert_int_eq(t->use(whole), SNNFE_ERR_ARGUMENT);
    }
    sized_tear_down();
}
END_TEST

/* Filled as far as it reaches; what only a newer program knows is zeroed; its size stays. */
START_TEST(filled_structs_of_other_sizes)
{
    const sized_filled *t = &sized_filled_list[_i];
    sized_set_up();
    ck_assert_uint_le(t->size, SIZED_MAX / 2);
    _Alignas(16) unsigned char whole[SIZED_MAX] = {0}, part[SIZED_MAX];
    const uint32_t whole_size = (uint32_t)t->size;
    memcpy(whole, &whole_size, sizeof whole_size);
    assert_ok(t->get(whole));
    for (uint32_t size = 8; size <= t->size + 64; size += 4) {
        memset(part, 0xa5, sizeof part);
        memcpy(part, &size, sizeof size);
        ck_assert_msg(t->get(part) == SNNFE_OK, "%s of %u bytes: %s", t->name, (unsigned)size,
                      snnfe_last_error());
        ck_assert_mem_eq(part, &size, sizeof size);
        ck_assert_mem_eq(part + 4, whole + 4, size - 4);
        for (size_t i = size; i < sizeof part; i++)
            ck_assert_msg(part[i] == 0xa5, "%s of %u bytes: byte %zu was written", t->name,
                          (unsigned)size, i);
    }
    for (size_t i = 0; i < N_NONSENSE; i++) {
        memset(part, 0xa5, sizeof part);
        memcpy(part, &nonsense[i], sizeof nonsense[i]);
        ck_assert_int_eq(t->get(part), SNNFE_ERR_ARGUMENT);
        ck_assert_ptr_nonnull(strstr(snnfe_last_error(), "struct_size"));
        ck_assert_msg(part[8] == 0xa5, "%s was written to", t->name);
    }
    ck_assert_int_eq(t->get(NULL), t->optional ? SNNFE_OK : SNNFE_ERR_ARGUMENT);
    sized_tear_down();
}
END_TEST

/* Calls that set some of the options, in a struct of the caller's size. */
START_TEST(changed_structs_of_other_sizes)
{
    const sized_changed *t = &sized_changed_list[_i];
    sized_set_up();
    _Alignas(16) unsigned char whole[SIZED_MAX] = {0}, part[SIZED_MAX];
    assert_ok(t->init(whole, t->size));
    assert_ok(t->change(whole));
    for (uint32_t size = 8; size <= t->size + 64; size += 4) {
        memset(part, 0xa5, sizeof part);
        assert_ok(t->init(part, size));
        assert_ok(t->change(part));
        ck_assert_mem_eq(part, &size, sizeof size);
        /* A member that the size cuts through is not there. */
        ck_assert_mem_eq(part + 4, whole + 4, size / 8 * 8 - 4);
        for (size_t i = size; i < sizeof part; i++)
            ck_assert_msg(part[i] == 0xa5, "%s of %u bytes: byte %zu was written", t->name,
                          (unsigned)size, i);
    }
    assert_ok(t->init(part, t->size + 64));
    part[t->size + 8] = 1;
    ck_assert_int_eq(t->change(part), SNNFE_ERR_UNSUPPORTED);
    for (size_t i = 0; i < N_NONSENSE; i++) {
        memcpy(part, &nonsense[i], sizeof nonsense[i]);
        ck_assert_int_eq(t->change(part), SNNFE_ERR_ARGUMENT);
    }
    ck_assert_int_eq(t->change(NULL), SNNFE_ERR_ARGUMENT);
    sized_tear_down();
}
END_TEST

/* Rows lie as far apart as the caller says, and are filled so far. */
START_TEST(rows_of_other_sizes)
{
    const sized_rows *t = &sized_rows_list[_i];
    sized_set_up();
    ck_assert_uint_le(t->n * (t->size + 64), SIZED_MAX);
    _Alignas(16) unsigned char whole[SIZED_MAX], part[SIZED_MAX], zeros[64] = {0};
    assert_ok(t->get(whole, t->size));
    for (size_t size = 8; size <= t->size + 64; size += 8) {
        memset(part, 0xa5, sizeof part);
        assert_ok(t->get(part, size));
        for (size_t i = 0; i < t->n; i++) {
            ck_assert_mem_eq(part + i * size, whole + i * t->size, size < t->size ? size : t->size);
            if (size > t->size)
                ck_assert_mem_eq(part + i * size + t->size, zeros, size - t->size);
        }
        for (size_t i = t->n * size; i < sizeof part; i++)
            ck_assert_msg(part[i] == 0xa5, "%s of %zu bytes: byte %zu was written", t->name, size,
                          i);
    }
    memset(part, 0xa5, sizeof part);
    for (size_t i = 0; i < N_NONSENSE; i++) {
        ck_assert_int_eq(t->get(part, nonsense[i]), SNNFE_ERR_ARGUMENT);
        ck_assert_ptr_nonnull(strstr(snnfe_last_error(), "size"));
    }
    ck_assert_uint_eq(part[0], 0xa5);
    sized_tear_down();
}
END_TEST

static int32_t check_progress(const snnfe_progress *progress, void *n_calls)
{
    ck_assert_uint_eq(progress->struct_size, sizeof *progress);
    ++*(int *)n_calls;
    return 0;
}

/* The one struct that the library hands out tells its size. */
START_TEST(progress_tells_its_size)
{
    int n_calls = 0;
    const float grid[10 * 11] = {0};
    snnfe_network_options n;
    assert_ok(snnfe_network_options_init(&n, sizeof n));
    n.conv1_channels = n.conv2_channels = n.conv3_channels = n.n_hidden = n.n_steps = 1;
    snnfe_network *network = NULL;
    assert_ok(snnfe_network_create(&network, &n));
    snnfe_run_options options;
    assert_ok(snnfe_run_options_init(&options, sizeof options));
    options.progress = check_progress;
    options.user_data = &n_calls;
    assert_ok(snnfe_network_evaluate(network, grid, 1, &options, NULL, NULL, NULL));
    ck_assert_int_gt(n_calls, 0);
    snnfe_network_free(network);
}
END_TEST

/* --- is every struct here? ------------------------------------------------------------------ */

static bool is_listed(const char *name)
{
    for (size_t i = 0; i < sized_n_options; i++)
        if (strcmp(sized_options_list[i].name, name) == 0)
            return true;
    for (size_t i = 0; i < sized_n_given; i++)
        if (strcmp(sized_given_list[i].name, name) == 0)
            return true;
    for (size_t i = 0; i < sized_n_filled; i++)
        if (strcmp(sized_filled_list[i].name, name) == 0)
            return true;
    return strcmp(name, "snnfe_progress") == 0;
}

/* Structs of a header whose first member is struct_size; each has to be in a table. */
static int check_header(const char *path)
{
    char *text = support_read(path, NULL);
    int n = 0;
    for (const char *at = text; (at = strstr(at, "typedef struct ")); at++) {
        char name[64], member[64];
        if (sscanf(at, "typedef struct %63[a-z0-9_] { uint32_t %63[a-z_];", name, member) != 2 ||
            strcmp(member, "struct_size") != 0)
            continue;
        ck_assert_msg(is_listed(name), "%s: %s begins with struct_size, but is in no table of %s",
                      path, name, "tests/abi/sized*.c");
        n++;
    }
    free(text);
    return n;
}

START_TEST(every_sized_struct_is_listed)
{
    static const char folder[] = SNNFE_SOURCE_ROOT "/include/snnfe";
    DIR *headers = opendir(folder);
    ck_assert_ptr_nonnull(headers);
    int n = 0;
    for (const struct dirent *entry; (entry = readdir(headers));) {
        char path[1024];
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (strstr(entry->d_name, ".h"))
            n += check_header(path);
    }
    closedir(headers);
    ck_assert_int_gt(n, 25); /* the search finds them */
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("options");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 120);
    tcase_add_loop_test(all, older_sizes_are_accepted, 0, (int)sized_n_options);
    tcase_add_loop_test(all, newer_sizes_are_judged, 0, (int)sized_n_options);
    tcase_add_test(all, no_half_of_a_pointer_is_followed);
    tcase_add_loop_test(all, given_structs_of_other_sizes, 0, (int)sized_n_given);
    tcase_add_loop_test(all, filled_structs_of_other_sizes, 0, (int)sized_n_filled);
    tcase_add_loop_test(all, changed_structs_of_other_sizes, 0, (int)sized_n_changed);
    tcase_add_loop_test(all, rows_of_other_sizes, 0, (int)sized_n_rows);
    tcase_add_test(all, progress_tells_its_size);
    tcase_add_test(all, every_sized_struct_is_listed);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
