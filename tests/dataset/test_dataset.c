/* Data sets: windows, label sets, channel maps, statistics, arrays, subsets. */
#include "base/file.h"
#include "edf_file.h"
#include "same_dataset.h"
#include "support.h"

#include <math.h>
#include <snnfe/synthetic.h>

static snnfe_dataset_options defaults(void)
{
    snnfe_dataset_options o;
    assert_ok(snnfe_dataset_options_init(&o, sizeof o));
    return o;
}

static snnfe_dataset *synthesize(const snnfe_dataset_options *o, uint32_t n_subjects)
{
    snnfe_synthetic_options s;
    assert_ok(snnfe_synthetic_options_init(&s, sizeof s));
    s.n_subjects = n_subjects;
    s.trials_per_run = 4;
    snnfe_dataset *d = NULL;
    assert_ok(snnfe_dataset_synthesize(&d, &s, o));
    return d;
}

START_TEST(threads_change_nothing)
{
    snnfe_dataset_options o = defaults();
    o.n_threads = 1;
    snnfe_dataset *one = synthesize(&o, 3);
    for (o.n_threads = 2; o.n_threads <= 3; o.n_threads++) {
        snnfe_dataset *more = synthesize(&o, 3);
        ck_assert(same_dataset(one, more));
        snnfe_dataset_free(more);
    }
    snnfe_dataset_free(one);
}
END_TEST

START_TEST(statistics_are_those_of_all_samples)
{
    snnfe_dataset_options o = defaults();
    const int32_t runs[] = {4, 8};
    o.runs = runs;
    o.n_runs = 2;
    o.statistics_runs = runs;
    o.n_statistics_runs = 2;
    o.normalization = SNNFE_NORMALIZE_NONE;
    /* Windows that tile the recording: every sample but the last of each trial. */
    const char *const names[] = {"T0", "T1", "T2"};
    const int32_t labels[] = {0, 1, 2};
    o.label_set = SNNFE_LABELS_EVENTS;
    o.event_names = names;
    o.event_labels = labels;
    o.n_event_names = 3;
    o.window_length = 1;
    o.window_limit = 100000;
    snnfe_dataset *raw = synthesize(&o, 1);
    const snnfe_dataset_info all = dataset_info(raw);
    snnfe_dataset_options usual = defaults();
    usual.runs = runs;
    usual.n_runs = 2;
    usual.statistics_runs = runs;
    usual.n_statistics_runs = 2;
    snnfe_dataset *d = synthesize(&usual, 1);
    for (size_t c = 0; c < 64; c++) {
        double sum = 0, squares = 0;
        for (size_t i = 0; i < all.n_trials; i++) {
            const double x = (double)dataset_info(raw).trials[i * 64 + c];
            sum += x;
            squares += x * x;
        }
        const double mean = sum / (double)all.n_trials;
        const double std = sqrt(squares / (double)all.n_trials - mean * mean);
        ck_assert_double_eq_tol(dataset_info(d).signal->channel_mean_uv[c], mean, 0.01 * std);
        ck_assert_double_eq_tol(dataset_info(d).signal->channel_std_uv[c], std, 0.01 * std);
    }
    snnfe_dataset_free(raw);
    snnfe_dataset_free(d);
}
END_TEST

START_TEST(label_sets_take_their_runs)
{
    static const struct {
        int32_t set, executed;
        uint32_t n_classes;
        size_t n_trials; /* of 4 cues in each of 3 runs, and 4 rests */
        int32_t first_run;
        const char *first_class, *last_class;
    } cases[] = {
        {SNNFE_LABELS_LEFT_RIGHT, 0, 2, 12, 4, "left", "right"},
        {SNNFE_LABELS_LEFT_RIGHT, 1, 2, 12, 3, "left", "right"},
        {SNNFE_LABELS_FISTS_FEET, 0, 2, 12, 6, "fists", "feet"},
        {SNNFE_LABELS_FISTS_FEET, 1, 2, 12, 5, "fists", "feet"},
        {SNNFE_LABELS_LEFT_FEET, 0, 2, 12, 4, "left", "feet"},
        {SNNFE_LABELS_RIGHT_FEET, 1, 2, 12, 3, "right", "feet"},
        {SNNFE_LABELS_LEFT_RIGHT_FEET, 0, 3, 18, 4, "left", "feet"},
        {SNNFE_LABELS_LEFT_RIGHT_FISTS_FEET, 0, 4, 24, 4, "left", "feet"},
        {SNNFE_LABELS_REST_LEFT_RIGHT_FEET, 0, 4, 30, 4, "rest", "feet"},
        {SNNFE_LABELS_REST_FEET, 1, 2, 18, 3, "rest", "feet"},
        {SNNFE_LABELS_BASELINE_FEET, 0, 2, 7, 1, "rest", "feet"},
        {SNNFE_LABELS_BASELINES_LEFT_RIGHT_FISTS_FEET, 1, 5, 26, 1, "rest", "feet"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        snnfe_dataset_options o = defaults();
        o.label_set = cases[i].set;
        o.executed = cases[i].executed;
        o.normalization = SNNFE_NORMALIZE_NONE;
        snnfe_dataset *d = synthesize(&o, 1);
        const snnfe_dataset_info info = dataset_info(d);
        ck_assert_uint_eq(info.n_classes, cases[i].n_classes);
        ck_assert_msg(info.n_trials == cases[i].n_trials, "set %d: %zu trials", (int)cases[i].set,
                      info.n_trials);
        ck_assert_int_eq(dataset_info(d).runs[0], cases[i].first_run);
        ck_assert_str_eq(dataset_info(d).signal->class_names[0], cases[i].first_class);
        ck_assert_str_eq(dataset_info(d).signal->class_names[info.n_classes - 1],
                         cases[i].last_class);
        size_t counts[5] = {0};
        for (size_t e = 0; e < info.n_trials; e++)
            counts[dataset_info(d).labels[e]]++;
        for (uint32_t k = 0; k < info.n_classes; k++)
            ck_assert_uint_gt(counts[k], 0);
        snnfe_dataset_free(d);
    }
}
END_TEST

/* The usual file: T1 at 320, T0 at 960, T2 at 1280, end at 1920; 640 samples each. */
START_TEST(windows_follow_the_rule)
{
    static const struct {
        uint32_t start, length, overlap, limit;
        size_t n_trials; /* of both trials */
        int32_t second_onset;
    } cases[] = {
        {0, 160, 0, 161, 2, 1280},  {0, 160, 0, 160, 0, 0},         {0, 160, 0, 641, 6, 480},
        {0, 160, 80, 641, 12, 400}, {100, 160, 0, 641, 6, 580},     {0, 639, 0, 10000, 2, 1280},
        {0, 640, 0, 10000, 0, 0},   {0, 1, 0, 10000, 2 * 639, 321},
    };
    const char *path = edf_write(&edf_usual, "windows.edf");
    const int32_t subject = 7, run = 4;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        snnfe_dataset_options o = defaults();
        o.window_start = cases[i].start;
        o.window_length = cases[i].length;
        o.window_overlap = cases[i].overlap;
        o.window_limit = cases[i].limit;
        snnfe_dataset *d = NULL;
        const snnfe_status status = snnfe_dataset_open_files(&d, &path, &subject, &run, 1, &o);
        if (cases[i].n_trials == 0) {
            assert_fails(status, SNNFE_ERR_NOT_FOUND, "subject 7 has no trial");
            continue;
        }
        assert_ok(status);
        ck_assert_uint_eq(dataset_info(d).n_trials, cases[i].n_trials);
        ck_assert_int_eq(dataset_info(d).onsets[0], 320 + (int32_t)cases[i].start);
        ck_assert_int_eq(dataset_info(d).onsets[1], cases[i].second_onset);
        snnfe_dataset_free(d);
    }
}
END_TEST

static int16_t ramp(size_t channel, size_t t)
{
    return (int16_t)((int)channel * 1000 + (int)(t % 500));
}

/* Three channels at 250 Hz in millivolts, with events of another paradigm. */
START_TEST(other_recordings_open_with_a_channel_map)
{
    static const char *const labels[] = {"EEG Cz", "Left.", "right"};
    static const edf_annotation events[] = {
        {0.5, "go"}, {2, "stop"}, {3, "catch"}, {4.1, "go"}, {5.7, "other"}};
    const edf_spec spec = {.n_channels = 3,
                           .labels = labels,
                           .rate_hz = 250,
                           .n_records = 8,
                           .dimension = "mV",
                           .kind = "EDF+C",
                           .n_annotations = 5,
                           .annotations = events,
                           .sample = ramp};
    const char *path = edf_write(&spec, "other.edf");
    const char *const wanted[] = {"RIGHT", "EEG Cz"}, *const names[] = {"go", "catch"};
    const int32_t rows[] = {1, 0}, columns[] = {2, 1}, classes[] = {0, 1}, subject = 3, run = 99;
    snnfe_dataset_options o = defaults();
    o.channel_names = wanted;
    o.channel_rows = rows;
    o.channel_columns = columns;
    o.n_channels = 2;
    o.n_rows = 2;
    o.n_columns = 3;
    o.label_set = SNNFE_LABELS_EVENTS;
    o.event_names = names;
    o.event_labels = classes;
    o.n_event_names = 2;
    o.sampling_rate_hz = 250;
    o.filter_low_hz = o.filter_high_hz = 0;
    o.normalization = SNNFE_NORMALIZE_NONE;
    o.window_length = 200;
    o.window_limit = 201;
    snnfe_dataset *d = NULL;
    assert_ok(snnfe_dataset_open_files(&d, &path, &subject, &run, 1, &o));
    const snnfe_dataset_info info = dataset_info(d);
    ck_assert_uint_eq(info.n_trials, 3);
    const int32_t expected[] = {0, 1, 0}, onsets[] = {125, 750, 1025};
    ck_assert_mem_eq(dataset_info(d).labels, expected, sizeof expected);
    ck_assert_mem_eq(dataset_info(d).onsets, onsets, sizeof onsets);
    ck_assert_str_eq(dataset_info(d).signal->channel_names[0], "RIGHT");
    /* A digital unit is 0.1 mV. */
    ck_assert_float_eq_tol(dataset_info(d).trials[0], 100.0F * (2000 + 125), 0.5F);
    ck_assert_float_eq_tol(dataset_info(d).trials[200], 100.0F * 125, 0.5F);
    float grid[2 * 3 * 200];
    const int32_t last = 2;
    assert_ok(snnfe_dataset_copy_grid(d, &last, 1, grid));
    ck_assert_float_eq_tol(grid[5 * 200], 100.0F * (2000 + 25), 0.5F);
    ck_assert_float_eq_tol(grid[1 * 200], 100.0F * 25, 0.5F);
    for (int place = 0; place < 6; place++)
        if (place != 1 && place != 5)
            ck_assert(grid[place * 200 + 7] == 0);
    snnfe_dataset_free(d);

    const int32_t same_row[] = {0, 0}, same_column[] = {1, 1};
    o.channel_rows = same_row;
    o.channel_columns = same_column;
    assert_fails(snnfe_dataset_open_files(&d, &path, &subject, &run, 1, &o), SNNFE_ERR_ARGUMENT,
                 "channels 0 (RIGHT) and 1 (EEGCZ) share place (0, 1)");
    o.channel_columns = columns;
    o.n_columns = 2;
    assert_fails(snnfe_dataset_open_files(&d, &path, &subject, &run, 1, &o), SNNFE_ERR_ARGUMENT,
                 "place (0, 2) of channel 0");
}
END_TEST

START_TEST(given_statistics_are_applied)
{
    double mean[64], std[64];
    for (int c = 0; c < 64; c++) {
        mean[c] = c;
        std[c] = 1 + c;
    }
    snnfe_dataset_options o = defaults();
    o.normalization = SNNFE_NORMALIZE_NONE;
    snnfe_dataset *raw = synthesize(&o, 1);
    o.normalization = SNNFE_NORMALIZE_GIVEN;
    o.channel_mean_uv = mean;
    o.channel_std_uv = std;
    snnfe_dataset *d = synthesize(&o, 1);
    for (size_t i = 0; i < (size_t)12 * 64 * 160; i++) {
        const size_t c = i / 160 % 64;
        const double expected = ((double)dataset_info(raw).trials[i] - mean[c]) / std[c];
        ck_assert_double_eq_tol((double)dataset_info(d).trials[i], expected,
                                1e-6 * (1 + fabs(expected)));
    }
    assert_fails(snnfe_dataset_normalize(d, NULL, 0), SNNFE_ERR_STATE, "");
    snnfe_dataset_free(raw);
    snnfe_dataset_free(d);

    std[5] = 0;
    snnfe_synthetic_options s;
    assert_ok(snnfe_synthetic_options_init(&s, sizeof s));
    s.n_subjects = 1;
    assert_fails(snnfe_dataset_synthesize(&d, &s, &o), SNNFE_ERR_ARGUMENT, "channel \"FC4\"");
    o.channel_std_uv = NULL;
    assert_fails(snnfe_dataset_synthesize(&d, &s, &o), SNNFE_ERR_ARGUMENT, "channel_std_uv");
}
END_TEST

/* Statistics of one subject only are those of a data set of that subject only. */
START_TEST(normalizing_again_needs_no_files)
{
    snnfe_dataset_options o = defaults();
    snnfe_dataset *both = synthesize(&o, 2), *original = synthesize(&o, 2);
    const int32_t first = 1, none = 9;
    o.subjects = &first;
    o.n_subjects = 1;
    snnfe_dataset *one = synthesize(&o, 2);
    assert_ok(snnfe_dataset_normalize(both, &first, 1));
    ck_assert_int_eq(dataset_info(both).signal->normalization, SNNFE_NORMALIZE_SUBJECTS);
    for (size_t c = 0; c < 64; c++)
        ck_assert_double_eq_tol(dataset_info(both).signal->channel_std_uv[c],
                                dataset_info(one).signal->channel_std_uv[c], 1e-9);
    for (size_t i = 0; i < (size_t)12 * 64 * 160; i++)
        ck_assert_float_eq_tol(dataset_info(both).trials[i], dataset_info(one).trials[i], 1e-5F);
    assert_ok(snnfe_dataset_normalize(both, NULL, 0));
    for (size_t i = 0; i < (size_t)24 * 64 * 160; i++)
        ck_assert_float_eq_tol(dataset_info(both).trials[i], dataset_info(original).trials[i],
                               1e-5F);
    assert_fails(snnfe_dataset_normalize(both, &none, 1), SNNFE_ERR_NOT_FOUND, "9");
    assert_fails(snnfe_dataset_normalize(both, &none, 0), SNNFE_ERR_ARGUMENT,
                 "snnfe_dataset_normalize: n is 0, not at least 1");
    assert_fails(snnfe_dataset_normalize(both, NULL, 1), SNNFE_ERR_ARGUMENT, "subjects is NULL");
    assert_fails(snnfe_dataset_normalize(NULL, &none, 1), SNNFE_ERR_ARGUMENT, "dataset is NULL");
    snnfe_dataset_free(both);
    snnfe_dataset_free(original);
    snnfe_dataset_free(one);
}
END_TEST

static int n_warnings;

static void count_warnings(int32_t level, const char *message, void *user_data)
{
    (void)user_data;
    n_warnings += level == SNNFE_LOG_WARNING && strstr(message, "is missing, skipped");
}

START_TEST(missing_recordings_fail_or_are_reported)
{
    snnfe_synthetic_options s;
    assert_ok(snnfe_synthetic_options_init(&s, sizeof s));
    const int32_t runs[] = {4, 8, 12};
    s.runs = runs;
    s.n_runs = 3;
    s.n_subjects = 3;
    s.trials_per_run = 2;
    const char *root = support_path("tree");
    assert_ok(snnfe_synthetic_write(root, &s));
    remove(support_path("tree/S002/S002R08.edf"));
    snnfe_dataset *d = NULL;
    snnfe_dataset_options o = defaults();
    assert_fails(snnfe_dataset_open(&d, root, &o), SNNFE_ERR_NOT_FOUND, "S002R08.edf");
    ck_assert_ptr_null(d);
    o.missing = SNNFE_MISSING_SKIP;
    o.log = count_warnings;
    assert_ok(snnfe_dataset_open(&d, root, &o));
    const snnfe_dataset_info info = dataset_info(d);
    ck_assert_uint_eq(info.n_trials, 16);
    ck_assert_uint_eq(info.n_missing, 1);
    ck_assert_int_eq(n_warnings, 1);
    ck_assert_ptr_nonnull(strstr(dataset_info(d).missing[0], "S002R08.edf"));
    ck_assert_ptr_null(dataset_info(d).missing[1]);
    snnfe_dataset_free(d);
    /* Runs that only the statistics are taken from. */
    const int32_t both[] = {4, 5};
    o.missing = SNNFE_MISSING_ERROR;
    o.runs = runs;
    o.n_runs = 1;
    o.statistics_runs = both;
    o.n_statistics_runs = 2;
    assert_fails(snnfe_dataset_open(&d, root, &o), SNNFE_ERR_NOT_FOUND, "S001R05.edf");
    const int32_t subjects[] = {3, 1};
    o = defaults();
    o.subjects = subjects;
    o.n_subjects = 2;
    assert_ok(snnfe_dataset_open(&d, root, &o));
    ck_assert_uint_eq(dataset_info(d).n_subjects, 2);
    ck_assert_int_eq(dataset_info(d).subject_list[1], 3);
    ck_assert_int_eq(dataset_info(d).subjects[0], 1);
    snnfe_dataset_free(d);
    const int32_t twice[] = {1, 1};
    o.subjects = twice;
    assert_fails(snnfe_dataset_open(&d, root, &o), SNNFE_ERR_ARGUMENT, "subjects has 1 twice");
}
END_TEST

static int32_t stop(const snnfe_progress *progress, void *user_data)
{
    (void)user_data;
    return progress->done >= 2;
}

START_TEST(opening_can_be_cancelled)
{
    snnfe_dataset_options o = defaults();
    o.progress = stop;
    snnfe_dataset *d = NULL;
    assert_fails(snnfe_dataset_synthesize(&d, NULL, &o), SNNFE_ERR_CANCELLED, "");
    ck_assert_ptr_null(d);
}
END_TEST

START_TEST(bad_options_are_named)
{
    snnfe_dataset *d = NULL;
    snnfe_dataset_options o = defaults();
    o.label_set = 11;
    assert_fails(snnfe_dataset_synthesize(&d, NULL, &o), SNNFE_ERR_ARGUMENT, "label_set is 11");
    o = defaults();
    o.window_overlap = 160;
    assert_fails(snnfe_dataset_synthesize(&d, NULL, &o), SNNFE_ERR_ARGUMENT,
                 "window_overlap is 160, not in 0…159");
    o = defaults();
    o.executed = 2;
    assert_fails(snnfe_dataset_synthesize(&d, NULL, &o), SNNFE_ERR_ARGUMENT,
                 "snnfe_dataset_options.executed is 2");
    o = defaults();
    o.normalization = SNNFE_NORMALIZE_SUBJECTS; /* reported, but no option */
    assert_fails(snnfe_dataset_synthesize(&d, NULL, &o), SNNFE_ERR_ARGUMENT,
                 "normalization is 3, not ALL, GIVEN or NONE");
    o = defaults();
    o.n_statistics_runs = 1;
    assert_fails(snnfe_dataset_synthesize(&d, NULL, &o), SNNFE_ERR_ARGUMENT,
                 "statistics_runs is NULL");
    o = defaults();
    const int32_t runs[] = {5};
    o.runs = runs;
    o.n_runs = 1;
    assert_fails(snnfe_dataset_synthesize(&d, NULL, &o), SNNFE_ERR_ARGUMENT, "5");
    o = defaults();
    o.filter_high_hz = 90;
    assert_fails(snnfe_dataset_synthesize(&d, NULL, &o), SNNFE_ERR_ARGUMENT,
                 "filter_high_hz is 90");
    o = defaults();
    o.label_set = SNNFE_LABELS_EVENTS;
    assert_fails(snnfe_dataset_synthesize(&d, NULL, &o), SNNFE_ERR_ARGUMENT, "event");
    o = defaults();
    const int32_t numbers[] = {1, 0};
    o.subjects = numbers;
    o.n_subjects = 2;
    assert_fails(snnfe_dataset_open(&d, "none", &o), SNNFE_ERR_ARGUMENT,
                 "snnfe_dataset_options.subjects[1] is 0, not in 1…999");
    o = defaults();
    o.statistics_runs = numbers;
    o.n_statistics_runs = 2;
    assert_fails(snnfe_dataset_open(&d, "none", &o), SNNFE_ERR_ARGUMENT,
                 "snnfe_dataset_options.statistics_runs[1] is 0, not in 1…14");
    o = defaults();
    const char *const names[] = {"C3"};
    o.channel_names = names;
    o.channel_rows = o.channel_columns = numbers;
    assert_fails(snnfe_dataset_synthesize(&d, NULL, &o), SNNFE_ERR_ARGUMENT,
                 "snnfe_dataset_options.n_channels is 0, not in 1…64");
    o.n_channels = 1;
    o.channel_columns = NULL;
    assert_fails(snnfe_dataset_synthesize(&d, NULL, &o), SNNFE_ERR_ARGUMENT,
                 "snnfe_dataset_options.channel_columns is NULL");
    o = defaults();
    o.struct_size = 0;
    assert_fails(snnfe_dataset_synthesize(&d, NULL, &o), SNNFE_ERR_ARGUMENT, "struct_size is 0");
    assert_fails(snnfe_dataset_open(&d, NULL, NULL), SNNFE_ERR_ARGUMENT, "root is NULL");
    assert_fails(snnfe_dataset_open(NULL, "x", NULL), SNNFE_ERR_ARGUMENT, "dataset is NULL");
    assert_fails(snnfe_dataset_get_info(NULL, NULL), SNNFE_ERR_ARGUMENT, "");
    snnfe_dataset_free(NULL);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("dataset");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 300);
    tcase_add_test(all, threads_change_nothing);
    tcase_add_test(all, statistics_are_those_of_all_samples);
    tcase_add_test(all, label_sets_take_their_runs);
    tcase_add_test(all, windows_follow_the_rule);
    tcase_add_test(all, other_recordings_open_with_a_channel_map);
    tcase_add_test(all, given_statistics_are_applied);
    tcase_add_test(all, normalizing_again_needs_no_files);
    tcase_add_test(all, missing_recordings_fail_or_are_reported);
    tcase_add_test(all, opening_can_be_cancelled);
    tcase_add_test(all, bad_options_are_named);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
