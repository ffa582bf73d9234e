/* Data sets from arrays, parts of data sets, and data sets saved to files. */
#include "own_signal.h"
#include "same_dataset.h"
#include "support.h"

#include <math.h>
#include <snnfe/synthetic.h>

static snnfe_dataset *synthesize(void)
{
    snnfe_synthetic_options s;
    assert_ok(snnfe_synthetic_options_init(&s, sizeof s));
    s.n_subjects = 2;
    s.trials_per_run = 4;
    snnfe_dataset *d = NULL;
    assert_ok(snnfe_dataset_synthesize(&d, &s, NULL));
    return d;
}

static const float values[2 * 2 * 3] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};

static snnfe_dataset_arrays arrays(void)
{
    static const int32_t labels[] = {1, 0}, subjects[] = {5, 2}, rows[] = {0, 1},
                         columns[] = {0, 0};
    static const snnfe_signal signal = {.struct_size = sizeof(snnfe_signal),
                                        .n_channels = 2,
                                        .channel_rows = rows,
                                        .channel_columns = columns};
    return (snnfe_dataset_arrays){.struct_size = sizeof(snnfe_dataset_arrays),
                                  .n_steps = 3,
                                  .n_rows = 2,
                                  .n_columns = 1,
                                  .n_trials = 2,
                                  .trials = values,
                                  .labels = labels,
                                  .subjects = subjects,
                                  .signal = &signal};
}

START_TEST(arrays_are_copied)
{
    snnfe_dataset_arrays a = arrays();
    snnfe_dataset *d = NULL;
    assert_ok(snnfe_dataset_from_arrays(&d, &a));
    const snnfe_dataset_info info = dataset_info(d);
    ck_assert_uint_eq(info.n_subjects, 2);
    ck_assert_uint_eq(info.n_classes, 2);
    ck_assert_int_eq(dataset_info(d).subject_list[0], 2);
    ck_assert_mem_eq(dataset_info(d).trials, values, sizeof values);
    float grid[2 * 2 * 3];
    assert_ok(snnfe_dataset_copy_grid(d, NULL, 2, grid));
    ck_assert_mem_eq(grid, values, sizeof values);
    const int32_t swapped[] = {1, 0, 1}, outside[] = {2};
    snnfe_dataset *part = NULL;
    assert_ok(snnfe_dataset_subset(&part, d, swapped, 3));
    ck_assert_uint_eq(dataset_info(part).n_trials, 3);
    ck_assert_int_eq(dataset_info(part).labels[1], 1);
    ck_assert_mem_eq(dataset_info(part).trials, values + 6, 6 * sizeof(float));
    snnfe_dataset_free(part);
    assert_fails(snnfe_dataset_subset(&part, d, outside, 1), SNNFE_ERR_ARGUMENT, "2");
    assert_fails(snnfe_dataset_subset(&part, d, NULL, 0), SNNFE_ERR_ARGUMENT, "");
    ck_assert_ptr_null(part);
    assert_fails(snnfe_dataset_copy_grid(d, outside, 1, grid), SNNFE_ERR_ARGUMENT, "2");
    assert_fails(snnfe_dataset_normalize(d, NULL, 0), SNNFE_ERR_STATE, "");
    snnfe_dataset_free(d);
}
END_TEST

START_TEST(bad_arrays_are_named)
{
    snnfe_dataset *d = NULL;
    float bad[12];
    memcpy(bad, values, sizeof bad);
    bad[10] = NAN;
    snnfe_dataset_arrays a = arrays();
    a.trials = bad;
    assert_fails(snnfe_dataset_from_arrays(&d, &a), SNNFE_ERR_NONFINITE,
                 "trial 1, channel 1, sample 1 is nan");
    bad[10] = INFINITY;
    assert_fails(snnfe_dataset_from_arrays(&d, &a), SNNFE_ERR_NONFINITE, "is inf");
    a = arrays();
    const int32_t negative[] = {0, -1}, large[] = {0, 2};
    a.labels = negative;
    assert_fails(snnfe_dataset_from_arrays(&d, &a), SNNFE_ERR_ARGUMENT, "labels[1] is -1");
    a.labels = large;
    own_signal(&a.signal)->n_classes = 2;
    assert_fails(snnfe_dataset_from_arrays(&d, &a), SNNFE_ERR_ARGUMENT, "labels[1] is 2");
    a = arrays();
    own_signal(&a.signal)->n_channels = 65;
    assert_fails(snnfe_dataset_from_arrays(&d, &a), SNNFE_ERR_ARGUMENT, "n_channels is 65");
    a = arrays();
    own_signal(&a.signal)->channel_columns = NULL;
    assert_fails(snnfe_dataset_from_arrays(&d, &a), SNNFE_ERR_ARGUMENT, "channel_columns");
    a = arrays();
    a.n_trials = 0;
    assert_fails(snnfe_dataset_from_arrays(&d, &a), SNNFE_ERR_ARGUMENT, "n_trials is 0");
    a = arrays();
    a.trials = NULL;
    assert_fails(snnfe_dataset_from_arrays(&d, &a), SNNFE_ERR_ARGUMENT, "trials");
    ck_assert_ptr_null(d);
}
END_TEST

static const char *const two_channels[] = {"Fc5.", "C z"}, *const two_classes[] = {"hand/left",
                                                                                   "é"};
static const double means[] = {10, -5}, stds[] = {2, 4};

static snnfe_dataset_arrays with_history(void)
{
    snnfe_dataset_arrays a = arrays();
    a.subjects = NULL;
    own_signal(&a.signal)->n_classes = 2;
    own_signal(&a.signal)->channel_names = two_channels;
    own_signal(&a.signal)->class_names = two_classes;
    own_signal(&a.signal)->channel_mean_uv = means;
    own_signal(&a.signal)->channel_std_uv = stds;
    a.n_statistics_samples = 1000;
    own_signal(&a.signal)->filter_low_hz = 4;
    own_signal(&a.signal)->filter_high_hz = 40;
    own_signal(&a.signal)->normalization = SNNFE_NORMALIZE_ALL;
    own_signal(&a.signal)->filter_kind = SNNFE_FILTER_CAUSAL;
    own_signal(&a.signal)->filter_order = 3;
    return a;
}

START_TEST(arrays_keep_their_history)
{
    const snnfe_dataset_arrays a = with_history();
    snnfe_dataset *d = NULL, *loaded = NULL;
    assert_ok(snnfe_dataset_from_arrays(&d, &a));
    const snnfe_dataset_info info = dataset_info(d);
    ck_assert_int_eq(info.signal->normalization, SNNFE_NORMALIZE_ALL);
    ck_assert_int_eq(info.signal->filter_kind, SNNFE_FILTER_CAUSAL);
    ck_assert_uint_eq(info.signal->filter_order, 3);
    ck_assert(info.signal->filter_low_hz == 4 && info.signal->filter_high_hz == 40);
    ck_assert_str_eq(dataset_info(d).signal->channel_names[0], "FC5");
    ck_assert_str_eq(dataset_info(d).signal->channel_names[1], "CZ");
    ck_assert_str_eq(dataset_info(d).signal->class_names[0], "hand/left");
    ck_assert(dataset_info(d).signal->channel_mean_uv[1] == -5 &&
              dataset_info(d).signal->channel_std_uv[1] == 4);
    ck_assert_mem_eq(dataset_info(d).trials, values, sizeof values);
    const char *path = support_path("history.safetensors");
    assert_ok(snnfe_dataset_save(d, path));
    assert_ok(snnfe_dataset_load(&loaded, path));
    ck_assert(same_dataset(d, loaded));
    assert_ok(snnfe_dataset_normalize(loaded, NULL, 0));
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        ck_assert_float_eq_tol(dataset_info(loaded).trials[i], values[i], 1e-6F);
    snnfe_dataset_free(loaded);
    snnfe_dataset_free(d);
}
END_TEST

START_TEST(bad_history_is_named)
{
    static const char *const twice[] = {"C3", "c3."}, *const lines[] = {"a\nb", "c"},
                             *const none[] = {"a", NULL}, *const empty[] = {"", "b"},
                             *const long_name[] = {"a", "12345678901234567890123456789012"},
                             *const same_class[] = {"left", "left"};
    static const double nan_mean[] = {0, NAN}, zero_std[] = {1, 0};
    static const int32_t two_subjects[] = {1, 2};
    snnfe_dataset *d = NULL;
#define REFUSED(change, message)                                                                   \
    do {                                                                                           \
        snnfe_dataset_arrays a = with_history();                                                   \
        change;                                                                                    \
        assert_fails(snnfe_dataset_from_arrays(&d, &a), SNNFE_ERR_ARGUMENT, message);              \
        ck_assert_ptr_null(d);                                                                     \
    } while (0)
    REFUSED(own_signal(&a.signal)->channel_names = twice,
            "channel_names has \"C3\" twice, as entries 0 and 1");
    REFUSED(own_signal(&a.signal)->channel_names = long_name,
            "channel_names[1] has 32 bytes, not 1…31: \"123456");
    REFUSED(own_signal(&a.signal)->class_names = lines, "class_names[0] is \"a\\x0ab\"");
    REFUSED(own_signal(&a.signal)->class_names = same_class, "entries 0 and 1 are both \"left\"");
    REFUSED(own_signal(&a.signal)->class_names = none, "class_names[1] is NULL");
    REFUSED(own_signal(&a.signal)->class_names = empty, "class_names[0] is empty");
    REFUSED(own_signal(&a.signal)->n_classes = 0, "class_names need n_classes");
    REFUSED(own_signal(&a.signal)->channel_std_uv = NULL, "go together");
    REFUSED((own_signal(&a.signal)->channel_mean_uv = NULL,
             own_signal(&a.signal)->channel_std_uv = NULL),
            "n_statistics_samples without");
    REFUSED(own_signal(&a.signal)->channel_mean_uv = nan_mean, "channel \"CZ\" has the mean nan");
    REFUSED(own_signal(&a.signal)->channel_std_uv = zero_std, "standard deviation 0");
    REFUSED(own_signal(&a.signal)->normalization = SNNFE_NORMALIZE_NONE, "normalization is 2");
    REFUSED(own_signal(&a.signal)->normalization = 7, "normalization is 7");
    REFUSED(a.subjects = two_subjects, "1000 for 2 subjects");
    REFUSED(a.n_statistics_samples = UINT64_MAX, "18446744073709551615 for 1 subjects");
    REFUSED(own_signal(&a.signal)->filter_low_hz = -1, "filter_low_hz is -1");
    REFUSED(own_signal(&a.signal)->filter_high_hz = NAN, "filter_high_hz is nan");
    REFUSED(own_signal(&a.signal)->filter_kind = 3, "filter_kind is 3");
    REFUSED(own_signal(&a.signal)->channel_rows = a.signal->channel_columns,
            "channels 0 (FC5) and 1 (CZ) share place (0, 0)");
#undef REFUSED
}
END_TEST

START_TEST(saved_data_sets_come_back)
{
    snnfe_dataset *d = synthesize(), *loaded = NULL;
    const char *path = support_path("data.safetensors");
    assert_ok(snnfe_dataset_save(d, path));
    assert_ok(snnfe_dataset_load(&loaded, path));
    ck_assert(same_dataset(d, loaded));
    const int32_t first = 1;
    assert_ok(snnfe_dataset_normalize(d, &first, 1));
    assert_ok(snnfe_dataset_normalize(loaded, &first, 1));
    ck_assert(same_dataset(d, loaded));
    snnfe_dataset_free(loaded);

    assert_fails(snnfe_dataset_save(d, support_path("none/data")), SNNFE_ERR_IO, "none/data");
    support_fill_disk(10000);
    const snnfe_status status = snnfe_dataset_save(d, path);
    support_empty_disk();
    assert_fails(status, SNNFE_ERR_IO, "data.safetensors");
    assert_ok(snnfe_dataset_load(&loaded, path));
    snnfe_dataset_free(loaded);
    snnfe_dataset_free(d);
}
END_TEST

/* Replace the first occurrence of a text in a file by one of the same length. */
static void edit(const char *path, const char *from, const char *to)
{
    ck_assert_uint_eq(strlen(from), strlen(to));
    size_t size = 0;
    char *content = support_read(path, &size);
    char *at = NULL;
    for (size_t i = 0; !at && i + strlen(from) <= size; i++)
        if (memcmp(content + i, from, strlen(from)) == 0)
            at = content + i;
    ck_assert_msg(at != NULL, "%s: has no %s", path, from);
    memcpy(at, to, strlen(to));
    support_write(path, content, size);
    free(content);
}

START_TEST(corrupt_saved_data_sets_are_refused)
{
    static const struct {
        const char *from, *to;
        snnfe_status status;
        const char *message;
    } cases[] = {
        {"dataset 3", "dataset 9", SNNFE_ERR_FORMAT, "\"snnfe.format\" is \"dataset 9\""},
        {"\"label\"", "\"labol\"", SNNFE_ERR_NOT_FOUND, "tensor \"label\" is missing"},
        {"\"trials\"", "\"epichs\"", SNNFE_ERR_SHAPE, "tensor \"trials\" is missing"},
        {"\"snnfe.n_rows\":\"10\"", "\"snnfe.n_rows\":\"-1\"", SNNFE_ERR_FORMAT,
         "snnfe.n_rows\" is -1, not in 1"},
        {"\"snnfe.n_events\"", "\"snnfe.n_evants\"", SNNFE_ERR_FORMAT,
         "\"snnfe.n_events\" is missing"},
        {"\"moments.m2_uv2\"", "\"moments.m3_uv3\"", SNNFE_ERR_NOT_FOUND,
         "\"moments.m2_uv2\" is missing"},
        {"\"snnfe.n_rows\":\"10\"", "\"snnfe.n_rows\":\"05\"", SNNFE_ERR_FORMAT,
         "not in the 5x11 grid"},
        {"left\\u000aright", "left-u000aright", SNNFE_ERR_FORMAT, "does not hold 2 names"},
        {"[24,64,160]", "[24,80,128]", SNNFE_ERR_SHAPE, "trials"},
        {"snnfe.n_channels\":\"64", "snnfe.n_channels\":\"63", SNNFE_ERR_SHAPE,
         "\"snnfe.n_channels\" is 63"},
        {"{\"", "[\"", SNNFE_ERR_FORMAT, "no JSON object"},
    };
    snnfe_dataset *d = synthesize(), *loaded = NULL;
    const char *path = support_path("corrupt.safetensors");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_ok(snnfe_dataset_save(d, path));
        edit(path, cases[i].from, cases[i].to);
        assert_fails(snnfe_dataset_load(&loaded, path), cases[i].status, cases[i].message);
        ck_assert_ptr_nonnull(strstr(snnfe_last_error(), "corrupt.safetensors"));
        ck_assert_ptr_null(loaded);
    }
    assert_ok(snnfe_dataset_save(d, path));
    size_t size = 0;
    uint8_t *content = support_read(path, &size);
    support_write(path, content, size - 100);
    assert_fails(snnfe_dataset_load(&loaded, path), SNNFE_ERR_FORMAT, "truncated");
    /* NaN among the trials: the last bytes are those of other tensors, the middle is trials. */
    memset(content + size / 2 / 4 * 4, 0xff, 16);
    support_write(path, content, size);
    assert_fails(snnfe_dataset_load(&loaded, path), SNNFE_ERR_NONFINITE, "tensor \"trials\"");
    free(content);
    snnfe_dataset_free(d);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("saved_dataset");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 300);
    tcase_add_test(all, arrays_are_copied);
    tcase_add_test(all, bad_arrays_are_named);
    tcase_add_test(all, arrays_keep_their_history);
    tcase_add_test(all, bad_history_is_named);
    tcase_add_test(all, saved_data_sets_come_back);
    tcase_add_test(all, corrupt_saved_data_sets_are_refused);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
