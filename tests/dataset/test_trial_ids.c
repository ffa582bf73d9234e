/* What trials are known by, from the recording to the saved data set. */
#include "edf_file.h"
#include "same_dataset.h"
#include "support.h"

#include <string.h>

static snnfe_dataset_options small_options(void)
{
    snnfe_dataset_options o;
    assert_ok(snnfe_dataset_options_init(&o, sizeof o));
    o.normalization = SNNFE_NORMALIZE_NONE;
    o.filter_high_hz = 0;
    o.filter_low_hz = 0;
    o.n_threads = 1;
    return o;
}

static snnfe_dataset *open_one(const char *path, const snnfe_dataset_options *o)
{
    const int32_t subject = 3, run = 4;
    snnfe_dataset *d = NULL;
    assert_ok(snnfe_dataset_open_files(&d, &path, &subject, &run, 1, o));
    return d;
}

static int16_t noise(size_t channel, size_t t)
{
    return (int16_t)((channel * 7919 + t * 104729) % 2000);
}

static int16_t other_noise(size_t channel, size_t t)
{
    return (int16_t)(noise(channel, t) + (channel == 63 && t == 5));
}

static const char *noisy(const char *name, int16_t (*sample)(size_t, size_t))
{
    edf_spec spec = edf_usual;
    spec.sample = sample;
    return edf_write(&spec, name);
}

START_TEST(how_a_recording_is_read_makes_no_other_trials)
{
    const char *path = noisy("ids.edf", noise);
    snnfe_dataset_options o = small_options();
    snnfe_dataset *plain = open_one(path, &o);
    const uint64_t *ids = dataset_info(plain).trial_ids;
    ck_assert_uint_eq(dataset_info(plain).n_trials, 2);
    ck_assert_uint_ne(ids[0], ids[1]);

    static const char *const names[] = {"C4", "Fc5"};
    static const int32_t rows[] = {3, 4}, columns[] = {2, 5};
    o.filter_low_hz = 1;
    o.filter_high_hz = 40;
    o.normalization = SNNFE_NORMALIZE_ALL;
    o.channel_names = names;
    o.channel_rows = rows;
    o.channel_columns = columns;
    o.n_channels = 2;
    o.window_start = 80;
    o.window_limit = 400;
    o.window_overlap = 40;
    snnfe_dataset *other = open_one(path, &o);
    const size_t n = dataset_info(other).n_trials;
    ck_assert_uint_gt(n, 2);
    for (size_t i = 0; i < n; i++)
        ck_assert_uint_eq(dataset_info(other).trial_ids[i],
                          ids[dataset_info(other).labels[i] == dataset_info(plain).labels[1]]);
    snnfe_dataset_free(other);
    snnfe_dataset_free(plain);
}
END_TEST

START_TEST(another_sample_anywhere_makes_other_trials)
{
    const snnfe_dataset_options o = small_options();
    snnfe_dataset *a = open_one(noisy("one.edf", noise), &o);
    snnfe_dataset *b = open_one(noisy("other.edf", other_noise), &o);
    for (int i = 0; i < 2; i++)
        ck_assert_uint_ne(dataset_info(a).trial_ids[i], dataset_info(b).trial_ids[i]);
    snnfe_dataset_free(a);
    snnfe_dataset_free(b);
}
END_TEST

START_TEST(who_was_recorded_does_not_matter)
{
    const snnfe_dataset_options o = small_options();
    snnfe_dataset *a = open_one(noisy("named.edf", noise), &o);
    size_t size = 0;
    uint8_t *content = support_read(noisy("named.edf", noise), &size);
    memcpy(content + 8, "X X X X ", 8); /* the patient */
    const char *path = support_path("unnamed.edf");
    support_write(path, content, size);
    snnfe_dataset *b = open_one(path, &o);
    ck_assert_mem_eq(dataset_info(a).trial_ids, dataset_info(b).trial_ids, 2 * sizeof(uint64_t));
    free(content);
    snnfe_dataset_free(a);
    snnfe_dataset_free(b);
}
END_TEST

static snnfe_dataset_arrays some_arrays(const float *trials)
{
    static const int32_t labels[] = {0, 1, 0}, place[] = {0};
    static const snnfe_signal signal = {.struct_size = sizeof(snnfe_signal),
                                        .n_channels = 1,
                                        .channel_rows = place,
                                        .channel_columns = place};
    return (snnfe_dataset_arrays){.struct_size = sizeof(snnfe_dataset_arrays),
                                  .n_steps = 2,
                                  .n_trials = 3,
                                  .trials = trials,
                                  .labels = labels,
                                  .signal = &signal};
}

START_TEST(arrays_are_known_by_their_values)
{
    const float trials[] = {1, 2, 0.0F, 3, -0.0F, 3};
    snnfe_dataset_arrays a = some_arrays(trials);
    snnfe_dataset *d = NULL, *part = NULL;
    assert_ok(snnfe_dataset_from_arrays(&d, &a));
    const uint64_t *ids = dataset_info(d).trial_ids;
    ck_assert_uint_ne(ids[0], ids[1]);
    ck_assert_uint_eq(ids[1], ids[2]);
    ck_assert_int_eq(dataset_info(d).signal->filter_kind, SNNFE_FILTER_UNKNOWN);
    const int32_t chosen[] = {2, 0};
    assert_ok(snnfe_dataset_subset(&part, d, chosen, 2));
    ck_assert_uint_eq(dataset_info(part).trial_ids[0], ids[2]);
    ck_assert_uint_eq(dataset_info(part).trial_ids[1], ids[0]);
    snnfe_dataset_free(part);

    const uint64_t own[] = {7, UINT64_MAX, 0};
    a.trial_ids = own;
    snnfe_dataset *named = NULL, *loaded = NULL;
    assert_ok(snnfe_dataset_from_arrays(&named, &a));
    ck_assert_mem_eq(dataset_info(named).trial_ids, own, sizeof own);
    const char *path = support_path("ids.safetensors");
    assert_ok(snnfe_dataset_save(named, path));
    assert_ok(snnfe_dataset_load(&loaded, path));
    ck_assert(same_dataset(named, loaded));
    snnfe_dataset_free(loaded);
    snnfe_dataset_free(named);
    snnfe_dataset_free(d);
}
END_TEST

/* Rename the tensor, as if the file were of before there was one: it is ignored then. */
START_TEST(old_files_are_known_by_their_values)
{
    const float trials[] = {1, 2, 5, 3, 4, 3};
    snnfe_dataset_arrays a = some_arrays(trials);
    snnfe_dataset *by_values = NULL, *named = NULL, *loaded = NULL;
    assert_ok(snnfe_dataset_from_arrays(&by_values, &a));
    const uint64_t own[] = {7, 8, 9};
    a.trial_ids = own;
    assert_ok(snnfe_dataset_from_arrays(&named, &a));
    const char *path = support_path("old.safetensors");
    assert_ok(snnfe_dataset_save(named, path));
    size_t size = 0;
    uint8_t *content = support_read(path, &size);
    bool renamed = false;
    for (size_t i = 0; i + 8 < size && !renamed; i++)
        if (memcmp(content + i, "trial_id", 8) == 0) {
            memcpy(content + i, "unknown_", 8);
            renamed = true;
        }
    ck_assert(renamed);
    support_write(path, content, size);
    assert_ok(snnfe_dataset_load(&loaded, path));
    ck_assert_mem_eq(dataset_info(loaded).trial_ids, dataset_info(by_values).trial_ids,
                     3 * sizeof(uint64_t));
    free(content);
    snnfe_dataset_free(loaded);
    snnfe_dataset_free(named);
    snnfe_dataset_free(by_values);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("trial_ids");
    TCase *all = tcase_create("all");
    tcase_add_test(all, how_a_recording_is_read_makes_no_other_trials);
    tcase_add_test(all, another_sample_anywhere_makes_other_trials);
    tcase_add_test(all, who_was_recorded_does_not_matter);
    tcase_add_test(all, arrays_are_known_by_their_values);
    tcase_add_test(all, old_files_are_known_by_their_values);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
