/* What data sets refuse: places, events and arrays that cannot be, one row for each. */
#include "support.h"

#include <math.h>
#include <snnfe/dataset.h>
#include <snnfe/synthetic.h>
#include <sys/stat.h>

static const char *const two[] = {"C3", "C4"}, *const blank[] = {"C3", ""};
static const int32_t near[] = {0, 1}, low[] = {0, -1}, high[] = {0, 64}, same[] = {1, 1};

/* Options of two channels that lie within the grid. */
static snnfe_dataset_options usual(void)
{
    snnfe_dataset_options o;
    assert_ok(snnfe_dataset_options_init(&o, sizeof o));
    o.channel_names = two;
    o.channel_rows = o.channel_columns = near;
    o.n_channels = 2;
    return o;
}

#define REFUSED(change, words)                                                                     \
    do {                                                                                           \
        snnfe_dataset_options o = usual();                                                         \
        snnfe_dataset *d = NULL;                                                                   \
        change;                                                                                    \
        assert_fails(snnfe_dataset_synthesize(&d, NULL, &o), SNNFE_ERR_ARGUMENT, words);           \
        ck_assert_ptr_null(d);                                                                     \
    } while (0)

START_TEST(places)
{
    REFUSED(o.n_rows = 0, "n_rows is 0, not in 1…64");
    REFUSED(o.n_rows = 65, "n_rows is 65, not in 1…64");
    REFUSED(o.n_columns = 0, "n_columns is 0, not in 1…64");
    REFUSED(o.channel_rows = low, "place (-1, 1) of channel 1 is not in the");
    REFUSED(o.channel_rows = high, "place (64, 1) of channel 1 is not in the");
    REFUSED(o.channel_columns = low, "place (1, -1) of channel 1 is not in the");
    REFUSED(o.channel_columns = high, "place (1, 64) of channel 1 is not in the");
    REFUSED(o.channel_rows = o.channel_columns = same, "share place (1, 1)");
    REFUSED(o.channel_rows = NULL, "channel_rows is NULL");
    REFUSED(o.channel_names = blank, "channel_names[1]");
    REFUSED(o.channel_names = NULL, "without channel_names");
    REFUSED((o.channel_names = NULL, o.channel_rows = NULL), "without channel_names");
    REFUSED((o.channel_names = NULL, o.channel_rows = o.channel_columns = NULL, o.n_channels = 0,
             o.n_rows = 5),
            "is not in the 5x11 grid");
    REFUSED((o.channel_names = NULL, o.channel_rows = o.channel_columns = NULL),
            "without channel_names");
}
END_TEST

/* Choices, switches and numbers beyond their ranges. */
START_TEST(ranges)
{
    REFUSED(o.missing = 2, "missing is 2, not ERROR or SKIP");
    REFUSED(o.strict = 2, "strict is 2");
    REFUSED(o.allow_empty_classes = -1, "allow_empty_classes is -1");
    REFUSED(o.window_start = 100000001, "window_start is 100000001");
    REFUSED(o.window_length = 0, "window_length is 0");
    REFUSED(o.window_length = 1000001, "window_length is 1000001");
    REFUSED(o.sampling_rate_hz = 0, "sampling_rate_hz is 0, not in 0…1e6");
    REFUSED(o.sampling_rate_hz = 1e6, "sampling_rate_hz is 1e+06, not in 0…1e6");
    REFUSED(o.sampling_rate_hz = (double)NAN, "sampling_rate_hz is nan");
    REFUSED(o.normalization = SNNFE_NORMALIZE_GIVEN, "channel_mean_uv is NULL");
    REFUSED((o.normalization = SNNFE_NORMALIZE_GIVEN, o.channel_names = NULL, o.channel_rows = NULL,
             o.channel_columns = NULL, o.n_channels = 0, o.electrodes = SNNFE_ELECTRODES_FOUND),
            "statistics that are GIVEN need channel_names");
}
END_TEST

/* Statistics that nothing can be divided by. */
START_TEST(statistics)
{
    static const double fine[] = {10, 10};
    const double bad[][2] = {{10, (double)NAN}, {10, (double)INFINITY}, {10, 0}, {10, -1}};
    snnfe_synthetic_options one;
    assert_ok(snnfe_synthetic_options_init(&one, sizeof one));
    one.n_subjects = 1;
    for (size_t i = 0; i < 6; i++) {
        snnfe_dataset_options o = usual();
        snnfe_dataset *d = NULL;
        o.normalization = SNNFE_NORMALIZE_GIVEN;
        o.channel_mean_uv = i < 4 ? fine : bad[i - 4];
        o.channel_std_uv = i < 4 ? bad[i] : fine;
        assert_fails(snnfe_dataset_synthesize(&d, &one, &o), SNNFE_ERR_ARGUMENT,
                     "statistics of channel \"C4\": mean ");
        ck_assert_ptr_null(d);
    }
}
END_TEST

START_TEST(events)
{
    static const char *const names[] = {"a", "b"}, *const twice[] = {"a", "a"};
    static const int32_t labels[] = {0, 1}, below[] = {0, -2}, above[] = {0, 256};
#define OF_EVENTS                                                                                  \
    o.label_set = SNNFE_LABELS_EVENTS, o.event_names = names, o.event_labels = labels,             \
    o.n_event_names = 2
    REFUSED((OF_EVENTS, o.event_names = NULL), "needs event_names and event_labels");
    REFUSED((OF_EVENTS, o.event_labels = NULL), "needs event_names and event_labels");
    REFUSED((OF_EVENTS, o.n_event_names = 0), "needs event_names and event_labels");
    REFUSED((OF_EVENTS, o.event_names = twice), "event_names has \"a\" twice");
    REFUSED((OF_EVENTS, o.event_labels = below), "event_labels[1] is -2, not in -1…255");
    REFUSED((OF_EVENTS, o.event_labels = above), "event_labels[1] is 256, not in -1…255");
}
END_TEST

START_TEST(runs)
{
    static const int32_t execution[] = {3}, imagery[] = {4};
    REFUSED((o.runs = execution, o.n_runs = 1), "runs[0] is 3: no run of imagined");
    REFUSED((o.runs = imagery, o.n_runs = 1, o.executed = 1), "runs[0] is 4: no run of executed");
}
END_TEST

/* Options that another option makes idle; with it each of them is taken. */
START_TEST(idle)
{
    static const double ten[] = {10, 10};
    static const char *const eyes[] = {"C3"};
    REFUSED(o.peak_uv = 500, ".peak_uv is set, but has no effect unless quality is MARK or DROP");
    REFUSED(o.muscle_uv = 0, ".muscle_uv is set");
    REFUSED(o.flat_uv = 1, ".flat_uv is set");
    REFUSED(o.clip_samples = 4, ".clip_samples is set");
    REFUSED(o.filter_order = 3, ".filter_order is set, but has no effect unless filter_kind is");
    REFUSED(o.notch_width_hz = 1, ".notch_width_hz is set, but has no effect unless there is a");
    REFUSED(o.n_lags = 1, ".n_lags is set, but has no effect unless ocular is REGRESSION");
    REFUSED(o.keep_references = 1, ".keep_references is set");
    REFUSED((o.reference_names = eyes, o.n_references = 1), ".reference_names is set");
    REFUSED(o.envelope_window_s = 1, ".envelope_window_s is set, but has no effect unless there");
    REFUSED(o.envelope_hop_s = 1, ".envelope_hop_s is set");
    REFUSED(o.channel_mean_uv = ten, ".channel_mean_uv is set, but has no effect unless norm");
    REFUSED(o.channel_std_uv = ten, ".channel_std_uv is set");
    REFUSED(o.electrodes = SNNFE_ELECTRODES_FOUND, ".electrodes is set, but has no effect unless");
    REFUSED((o.event_names = two, o.n_event_names = 2), ".event_names is set, but has no effect");
    REFUSED(o.other_events = SNNFE_OTHERS_IGNORED, ".other_events is set");
    REFUSED((o.label_set = SNNFE_LABELS_EVENTS, o.executed = 1), ".executed is set, but has no");
    snnfe_dataset_options o = usual();
    snnfe_dataset *d = NULL;
    snnfe_synthetic_options one;
    assert_ok(snnfe_synthetic_options_init(&one, sizeof one));
    one.n_subjects = 1;
    o.quality = SNNFE_QUALITY_MARK;
    o.peak_uv = 500;
    o.filter_kind = SNNFE_FILTER_CAUSAL;
    o.filter_order = 3;
    o.notch_hz = 50;
    o.notch_width_hz = 1;
    o.normalization = SNNFE_NORMALIZE_GIVEN;
    o.channel_mean_uv = o.channel_std_uv = ten;
    assert_ok(snnfe_dataset_synthesize(&d, &one, &o));
    snnfe_dataset_free(d);
}
END_TEST

/* Names that are no subject's, and one whose recordings do not follow the protocol. */
START_TEST(folders)
{
    static const char *const names[] = {"t", "t/S088", "t/S000", "t/Sabc", "t/S1000", "t/x001"};
    snnfe_dataset *d = NULL;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        ck_assert_int_eq(mkdir(support_path(names[i]), 0777), 0);
    assert_fails(snnfe_dataset_open(&d, support_path("t"), NULL), SNNFE_ERR_NOT_FOUND,
                 "has no folder of a subject");
    ck_assert_ptr_null(strstr(snnfe_last_error(), "BIDS"));
    ck_assert_int_eq(mkdir(support_path("t/sub-01"), 0777), 0);
    assert_fails(snnfe_dataset_open(&d, support_path("t"), NULL), SNNFE_ERR_NOT_FOUND,
                 "it is a BIDS tree, which snnfe_dataset_open_bids(), Dataset.open_bids");
    /* Also where what is asked for is not there either. */
    snnfe_dataset_options options;
    ck_assert_int_eq(snnfe_dataset_options_init(&options, sizeof options), SNNFE_OK);
    options.label_set = SNNFE_LABELS_EVENTS;
    options.event_names = (const char *const[]){"left_hand"};
    options.event_labels = (const int32_t[]){0};
    options.n_event_names = 1;
    assert_fails(snnfe_dataset_open(&d, support_path("t"), &options), SNNFE_ERR_NOT_FOUND,
                 "it is a BIDS tree");
}
END_TEST

START_TEST(files)
{
    static const char *const one[] = {"a.edf"}, *const none[] = {NULL};
    static const int32_t first[] = {1}, zero[] = {0};
    const struct {
        const char *const *paths;
        const int32_t *subjects, *runs;
        size_t n;
    } rows[] = {{none, first, first, 1},
                {one, zero, first, 1},
                {one, first, zero, 1},
                {one, first, first, 0}};
    static const char *const words[] = {"paths[0] is NULL", "subject", "run", "n_files is 0"};
    snnfe_dataset *d = NULL;
    for (size_t i = 0; i < 4; i++)
        assert_fails(snnfe_dataset_open_files(&d, rows[i].paths, rows[i].subjects, rows[i].runs,
                                              rows[i].n, NULL),
                     SNNFE_ERR_ARGUMENT, words[i]);
    snnfe_dataset_options o = usual();
    o.subjects = first;
    o.n_subjects = 1;
    assert_fails(snnfe_dataset_open_files(&d, one, first, first, 1, &o), SNNFE_ERR_ARGUMENT,
                 "the options have subjects");
}
END_TEST

static const float trials[2 * 2 * 3];
static const int32_t labels[2] = {0, 1};
static const double zeros[2] = {0, 0}, ones[2] = {1, 1}, infinite[2] = {1, (double)INFINITY};

#define REFUSED_ARRAYS(change, words)                                                              \
    do {                                                                                           \
        snnfe_signal s = {.struct_size = sizeof s,                                                 \
                          .n_channels = 2,                                                         \
                          .channel_rows = near,                                                    \
                          .channel_columns = near};                                                \
        snnfe_dataset_arrays a = {.struct_size = sizeof a,                                         \
                                  .n_steps = 3,                                                    \
                                  .n_trials = 2,                                                   \
                                  .trials = trials,                                                \
                                  .labels = labels,                                                \
                                  .signal = &s};                                                   \
        snnfe_dataset *d = NULL;                                                                   \
        change;                                                                                    \
        assert_fails(snnfe_dataset_from_arrays(&d, &a), SNNFE_ERR_ARGUMENT, words);                \
        ck_assert_ptr_null(d);                                                                     \
    } while (0)

START_TEST(arrays)
{
    REFUSED_ARRAYS(a.n_steps = 0, "n_steps is 0");
    REFUSED_ARRAYS(a.n_trials = 0, "n_trials is 0");
    REFUSED_ARRAYS(a.trials = NULL, ".trials is NULL");
    REFUSED_ARRAYS(a.labels = NULL, ".labels is NULL");
    REFUSED_ARRAYS(s.struct_size = 3, "snnfe_signal.struct_size is 3");
    REFUSED_ARRAYS(s.n_channels = 65, "n_channels is 65");
    REFUSED_ARRAYS(s.channel_rows = NULL, "channel_rows and channel_columns go together");
    REFUSED_ARRAYS(s.channel_rows = s.channel_columns = NULL, "2 channels need channel_names");
    REFUSED_ARRAYS(s.channel_columns = high, "is not in the");
    REFUSED_ARRAYS(s.n_classes = 1, "n_classes is 1, not 0 or 2…256");
    REFUSED_ARRAYS(s.n_classes = 257, "n_classes is 257, not 0 or 2…256");
    REFUSED_ARRAYS(s.class_names = two, "class_names need n_classes");
    REFUSED_ARRAYS(s.channel_mean_uv = zeros, "channel_mean_uv and channel_std_uv go together");
    REFUSED_ARRAYS((s.channel_mean_uv = zeros, s.channel_std_uv = zeros), "");
    REFUSED_ARRAYS((s.channel_mean_uv = infinite, s.channel_std_uv = ones), "");
    REFUSED_ARRAYS((s.channel_mean_uv = zeros, s.channel_std_uv = infinite), "");
    REFUSED_ARRAYS(s.sampling_rate_hz = -1, "sampling_rate_hz is -1");
    REFUSED_ARRAYS(s.filter_low_hz = (double)NAN, "filter_low_hz is nan");
    REFUSED_ARRAYS(s.synthetic = 2, "synthetic is 2");
    REFUSED_ARRAYS(s.filter_high_hz = -1, "filter_high_hz is -1");
    REFUSED_ARRAYS(s.notch_hz = -1, "notch_hz is -1");
    REFUSED_ARRAYS(s.notch_hz = 90, "notch");
    REFUSED_ARRAYS(s.notch_width_hz = 1e7, "notch_width_hz is 1e+07");
    REFUSED_ARRAYS((s.notch_hz = 50, s.notch_width_hz = 1e5), "notch");
    REFUSED_ARRAYS(strcpy(s.rereference, "Q9,"), "snnfe_signal.rereference");
    REFUSED_ARRAYS(s.ocular = 2, "ocular is 2");
    REFUSED_ARRAYS((s.channel_mean_uv = zeros, s.channel_std_uv = ones, s.normalization = 17),
                   "normalization is 17, not ALL, GIVEN or SUBJECTS");
    REFUSED_ARRAYS(a.struct_size = 3, "snnfe_dataset_arrays.struct_size is 3");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("refusals");
    TCase *all = tcase_create("all");
    tcase_add_test(all, places);
    tcase_add_test(all, ranges);
    tcase_add_test(all, statistics);
    tcase_add_test(all, events);
    tcase_add_test(all, runs);
    tcase_add_test(all, idle);
    tcase_add_test(all, folders);
    tcase_add_test(all, files);
    tcase_add_test(all, arrays);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
