/* Data sets from arrays, parts of data sets, and data sets saved to files. */
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
    return (snnfe_dataset_arrays){.struct_size = sizeof(snnfe_dataset_arrays),
                                  .n_channels = 2,
                                  .n_steps = 3,
                                  .n_rows = 2,
                                  .n_columns = 1,
                                  .n_epochs = 2,
                                  .epochs = values,
                                  .labels = labels,
                                  .subjects = subjects,
                                  .channel_rows = rows,
                                  .channel_columns = columns};
}

START_TEST(arrays_are_copied)
{
    snnfe_dataset_arrays a = arrays();
    snnfe_dataset *d = NULL;
    assert_ok(snnfe_dataset_from_arrays(&d, &a));
    const snnfe_dataset_info info = dataset_info(d);
    ck_assert_uint_eq(info.n_subjects, 2);
    ck_assert_uint_eq(info.n_classes, 2);
    ck_assert_int_eq(snnfe_dataset_subject_list(d)[0], 2);
    ck_assert_mem_eq(snnfe_dataset_epochs(d), values, sizeof values);
    float grid[2 * 2 * 3];
    assert_ok(snnfe_dataset_copy_grid(d, NULL, 2, grid));
    ck_assert_mem_eq(grid, values, sizeof values);
    const int32_t swapped[] = {1, 0, 1}, outside[] = {2};
    snnfe_dataset *part = NULL;
    assert_ok(snnfe_dataset_subset(&part, d, swapped, 3));
    ck_assert_uint_eq(dataset_info(part).n_epochs, 3);
    ck_assert_int_eq(snnfe_dataset_labels(part)[1], 1);
    ck_assert_mem_eq(snnfe_dataset_epochs(part), values + 6, 6 * sizeof(float));
    snnfe_dataset_free(part);
    assert_fails(snnfe_dataset_subset(&part, d, outside, 1), SNNFE_ERR_ARGUMENT, "2");
    assert_fails(snnfe_dataset_subset(&part, d, NULL, 0), SNNFE_ERR_ARGUMENT, "");
    ck_assert_ptr_null(part);
    assert_fails(snnfe_dataset_copy_grid(d, outside, 1, grid), SNNFE_ERR_ARGUMENT, "2");
    assert_fails(snnfe_dataset_normalise(d, NULL, 0), SNNFE_ERR_STATE, "");
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
    a.epochs = bad;
    assert_fails(snnfe_dataset_from_arrays(&d, &a), SNNFE_ERR_NONFINITE,
                 "epoch 1, channel 1, sample 1 is nan");
    bad[10] = INFINITY;
    assert_fails(snnfe_dataset_from_arrays(&d, &a), SNNFE_ERR_NONFINITE, "is inf");
    a = arrays();
    const int32_t negative[] = {0, -1}, large[] = {0, 2};
    a.labels = negative;
    assert_fails(snnfe_dataset_from_arrays(&d, &a), SNNFE_ERR_ARGUMENT, "labels[1] is -1");
    a.labels = large;
    a.n_classes = 2;
    assert_fails(snnfe_dataset_from_arrays(&d, &a), SNNFE_ERR_ARGUMENT, "labels[1] is 2");
    a = arrays();
    a.n_channels = 65;
    assert_fails(snnfe_dataset_from_arrays(&d, &a), SNNFE_ERR_ARGUMENT, "65 channels");
    a = arrays();
    a.channel_columns = NULL;
    assert_fails(snnfe_dataset_from_arrays(&d, &a), SNNFE_ERR_ARGUMENT, "channel_columns");
    a = arrays();
    a.n_epochs = 0;
    assert_fails(snnfe_dataset_from_arrays(&d, &a), SNNFE_ERR_ARGUMENT, "0 epochs");
    a = arrays();
    a.epochs = NULL;
    assert_fails(snnfe_dataset_from_arrays(&d, &a), SNNFE_ERR_ARGUMENT, "epochs");
    ck_assert_ptr_null(d);
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
    assert_ok(snnfe_dataset_normalise(d, &first, 1));
    assert_ok(snnfe_dataset_normalise(loaded, &first, 1));
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
        {"dataset 1", "dataset 9", SNNFE_ERR_FORMAT, "\"snnfe.format\" is \"dataset 9\""},
        {"\"label\"", "\"labol\"", SNNFE_ERR_NOT_FOUND, "tensor \"label\" is missing"},
        {"\"epochs\"", "\"epichs\"", SNNFE_ERR_SHAPE, "tensor \"epochs\" is missing"},
        {"\"snnfe.rows\":\"10\"", "\"snnfe.rows\":\"-1\"", SNNFE_ERR_FORMAT,
         "snnfe.rows\" is \"-1\""},
        {"\"snnfe.rows\":\"10\"", "\"snnfe.rows\":\"05\"", SNNFE_ERR_ARGUMENT,
         "not in the 5x11 grid"},
        {"left\\u000aright", "left-u000aright", SNNFE_ERR_FORMAT, "does not hold 2 names"},
        {"[24,64,160]", "[24,80,128]", SNNFE_ERR_SHAPE, "epochs"},
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
    /* NaN among the epochs: the last bytes are those of other tensors, the middle is epochs. */
    memset(content + size / 2 / 4 * 4, 0xff, 16);
    support_write(path, content, size);
    assert_fails(snnfe_dataset_load(&loaded, path), SNNFE_ERR_NONFINITE, "tensor \"epochs\"");
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
    tcase_add_test(all, saved_data_sets_come_back);
    tcase_add_test(all, corrupt_saved_data_sets_are_refused);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
