/* Synthetic recordings: the same for a seed, shaped like EEGMMIDB, with the effect they promise. */
#include "base/file.h"
#include "same_dataset.h"
#include "support.h"
#include "tree.h"

#include <math.h>
#include <snnfe/dataset.h>
#include <snnfe/synthetic.h>
#include <stddef.h>

#define PI 3.14159265358979323846

static snnfe_synthetic_options few(void)
{
    static const int32_t runs[] = {1, 4, 8, 12};
    snnfe_synthetic_options o;
    assert_ok(snnfe_synthetic_options_init(&o, sizeof o));
    o.n_subjects = 2;
    o.trials_per_run = 3;
    o.runs = runs;
    o.n_runs = 4;
    return o;
}

static bool same_files(const char *a, const char *b)
{
    size_t size_a = 0, size_b = 0;
    void *x = support_read(a, &size_a), *y = support_read(b, &size_b);
    const bool same = size_a == size_b && memcmp(x, y, size_a) == 0;
    free(x);
    free(y);
    return same;
}

START_TEST(seed_decides_every_byte)
{
    snnfe_synthetic_options o = few();
    for (uint32_t threads = 1; threads <= 3; threads++) {
        char name[16];
        snprintf(name, sizeof name, "t%u", (unsigned)threads);
        o.n_threads = threads;
        assert_ok(snnfe_synthetic_write(support_path(name), &o));
    }
    o.seed++;
    assert_ok(snnfe_synthetic_write(support_path("other"), &o));
    static const char *const files[] = {"S001/S001R01.edf", "S001/S001R04.edf", "S002/S002R12.edf"};
    for (size_t i = 0; i < 3; i++) {
        char a[64], b[64];
        for (int threads = 2; threads <= 3; threads++) {
            snprintf(a, sizeof a, "t1/%s", files[i]);
            snprintf(b, sizeof b, "t%d/%s", threads, files[i]);
            ck_assert(same_files(support_path(a), support_path(b)));
        }
        snprintf(b, sizeof b, "other/%s", files[i]);
        ck_assert(!same_files(support_path(a), support_path(b)));
    }
    ck_assert(
        !same_files(support_path("t1/S001/S001R04.edf"), support_path("t1/S001/S001R08.edf")));
    ck_assert(
        !same_files(support_path("t1/S001/S001R04.edf"), support_path("t1/S002/S002R04.edf")));
    size_t size = 0;
    char *content = support_read(support_path("t1/S001/S001R04.edf"), &size);
    content[168] = '\0';
    ck_assert_ptr_nonnull(strstr(content + 88, "libsnnfe"));
    free(content);
}
END_TEST

static snnfe_dataset_options unfiltered(void)
{
    snnfe_dataset_options o;
    assert_ok(snnfe_dataset_options_init(&o, sizeof o));
    o.normalization = SNNFE_NORMALIZE_NONE;
    o.filter_low_hz = o.filter_high_hz = 0;
    return o;
}

START_TEST(files_and_memory_agree)
{
    const snnfe_synthetic_options s = few();
    const snnfe_dataset_options o = unfiltered();
    assert_ok(snnfe_synthetic_write(support_path("agree"), &s));
    snnfe_dataset *read = NULL, *made = NULL;
    assert_ok(snnfe_dataset_open(&read, support_path("agree"), &o));
    assert_ok(snnfe_dataset_synthesize(&made, &s, &o));
    snnfe_dataset_info a = {.struct_size = sizeof a}, b = {.struct_size = sizeof b};
    assert_ok(snnfe_dataset_get_info(read, &a));
    assert_ok(snnfe_dataset_get_info(made, &b));
    ck_assert_mem_eq(&a, &b, offsetof(snnfe_dataset_info, trials));
    ck_assert_int_eq(a.signal->synthetic, 1);
    ck_assert_uint_eq(a.n_trials, 2 * 3 * 3);
    ck_assert_uint_eq(a.n_channels, 64);
    const size_t n = a.n_trials;
    ck_assert_mem_eq(dataset_info(read).labels, dataset_info(made).labels, 4 * n);
    ck_assert_mem_eq(dataset_info(read).runs, dataset_info(made).runs, 4 * n);
    ck_assert_mem_eq(dataset_info(read).onsets, dataset_info(made).onsets, 4 * n);
    for (size_t i = 0; i < n * 64 * 160; i++)
        ck_assert_double_eq_tol((double)dataset_info(read).trials[i],
                                (double)dataset_info(made).trials[i], 0.0501);
    snnfe_dataset_free(read);
    snnfe_dataset_free(made);
}
END_TEST

/* Power of a channel around a frequency, over all trials of a class (-1: of any). */
static double power(const snnfe_dataset *d, int channel, int32_t label, double hz)
{
    snnfe_dataset_info info = {.struct_size = sizeof info};
    assert_ok(snnfe_dataset_get_info(d, &info));
    double total = 0;
    size_t n = 0;
    for (size_t e = 0; e < info.n_trials; e++) {
        if (label >= 0 && dataset_info(d).labels[e] != label)
            continue;
        const float *x = dataset_info(d).trials + (e * 64 + (size_t)channel) * info.n_steps;
        double re = 0, im = 0;
        for (uint32_t t = 0; t < info.n_steps; t++) {
            const double window = 0.5 - 0.5 * cos(2 * PI * t / info.n_steps);
            re += window * (double)x[t] * cos(2 * PI * hz * t / 160);
            im += window * (double)x[t] * sin(2 * PI * hz * t / 160);
        }
        total += re * re + im * im;
        n++;
    }
    return total / (double)n;
}

enum { C3 = 8, C4 = 12, FP1 = 21 };

static snnfe_dataset *synthesize(const snnfe_synthetic_options *s)
{
    snnfe_dataset *d = NULL;
    snnfe_dataset_options o = unfiltered();
    o.window_length = 320;
    o.window_start = 80;
    o.window_limit = 401;
    assert_ok(snnfe_dataset_synthesize(&d, s, &o));
    return d;
}

static double band(const snnfe_dataset *d, int channel, int32_t label)
{
    double sum = 0;
    for (int hz = 8; hz <= 13; hz++)
        sum += power(d, channel, label, hz);
    return sum;
}

START_TEST(rhythms_drop_opposite_to_the_hand)
{
    snnfe_synthetic_options s = few();
    s.n_subjects = 4;
    s.trials_per_run = 15;
    snnfe_dataset *d = synthesize(&s);
    ck_assert_double_lt(band(d, C3, 1), 0.6 * band(d, C3, 0));
    ck_assert_double_lt(band(d, C4, 0), 0.6 * band(d, C4, 1));
    snnfe_dataset_free(d);

    s.effect = 0;
    d = synthesize(&s);
    ck_assert_double_gt(band(d, C3, 1), 0.7 * band(d, C3, 0));
    ck_assert_double_gt(band(d, C4, 0), 0.7 * band(d, C4, 1));
    snnfe_dataset_free(d);
}
END_TEST

static double largest(const snnfe_dataset *d, int channel)
{
    snnfe_dataset_info info = {.struct_size = sizeof info};
    assert_ok(snnfe_dataset_get_info(d, &info));
    double peak = 0;
    for (size_t e = 0; e < info.n_trials; e++)
        for (uint32_t t = 0; t < info.n_steps; t++)
            peak =
                fmax(peak,
                     (double)dataset_info(d).trials[(e * 64 + (size_t)channel) * info.n_steps + t]);
    return peak;
}

START_TEST(artifacts_are_where_they_belong)
{
    snnfe_synthetic_options s = few();
    s.trials_per_run = 15;
    s.blink_uv = 300;
    s.line_uv = 10;
    snnfe_dataset *d = synthesize(&s);
    ck_assert_double_gt(power(d, C3, -1, 60), 100 * power(d, C3, -1, 55));
    ck_assert_double_gt(largest(d, FP1), 150);
    ck_assert_double_lt(largest(d, 63), 120); /* Iz */
    snnfe_dataset_free(d);
    s.blink_uv = 0;
    s.line_uv = 0;
    d = synthesize(&s);
    ck_assert_double_lt(power(d, C3, -1, 60), 4 * power(d, C3, -1, 55));
    ck_assert_double_lt(largest(d, FP1), 100);
    snnfe_dataset_free(d);
}
END_TEST

/* --- glances --------------------------------------------------------------------------------- */

enum { CP5 = 14, AF7 = 24, F7 = 29, FZ = 33, F8 = 37, P7 = 46 };

static snnfe_synthetic_options glancing(void)
{
    snnfe_synthetic_options s = few();
    s.trials_per_run = 15;
    s.glance_uv = 40;
    return s;
}

/* What glances add to a channel on average over a part of the trials of a class, at most to any of
   them, and to how many. */
typedef struct added {
    double mean, largest;
    size_t n_changed;
} added;

static added added_by(const snnfe_dataset *with, const snnfe_dataset *without, int channel,
                      int32_t label, uint32_t begin, uint32_t end)
{
    snnfe_dataset_info info = {.struct_size = sizeof info};
    assert_ok(snnfe_dataset_get_info(with, &info));
    added a = {0};
    size_t n = 0;
    for (size_t e = 0; e < info.n_trials; e++) {
        if (dataset_info(with).labels[e] != label)
            continue;
        const size_t first = (e * 64 + (size_t)channel) * info.n_steps;
        double most = 0;
        for (uint32_t t = begin; t < end; t++, n++) {
            const double difference = (double)dataset_info(with).trials[first + t] -
                                      (double)dataset_info(without).trials[first + t];
            a.mean += difference;
            most = fmax(most, fabs(difference));
        }
        a.largest = fmax(a.largest, most);
        a.n_changed += most > 0;
    }
    a.mean /= (double)n;
    return a;
}

static snnfe_dataset *cued(const snnfe_synthetic_options *s, int32_t label_set)
{
    snnfe_dataset *d = NULL;
    snnfe_dataset_options o = unfiltered();
    o.label_set = label_set;
    assert_ok(snnfe_dataset_synthesize(&d, s, &o));
    return d;
}

START_TEST(glances_go_to_the_side_of_the_cue)
{
    snnfe_synthetic_options s = glancing();
    s.subject_spread = 0;
    snnfe_dataset *with = cued(&s, SNNFE_LABELS_LEFT_RIGHT);
    s.glance_uv = 0;
    snnfe_dataset *without = cued(&s, SNNFE_LABELS_LEFT_RIGHT);
    for (int32_t label = 0; label < 2; label++) {
        const double sign = label == 0 ? 1 : -1;
        /* Nothing before the eyes move; from 0.35 s to 0.75 s all of them look. */
        ck_assert_double_eq(added_by(with, without, F7, label, 0, 32).largest, 0);
        const double f7 = added_by(with, without, F7, label, 56, 120).mean;
        ck_assert_double_eq_tol(sign * f7, 40, 4);
        ck_assert_double_eq_tol(added_by(with, without, F8, label, 56, 120).mean, -f7, 1e-3);
        ck_assert_double_eq_tol(added_by(with, without, AF7, label, 56, 120).mean, 1.44 * f7, 1e-2);
        ck_assert_double_eq_tol(added_by(with, without, C3, label, 56, 120).mean, 0.15 * f7, 1e-2);
        ck_assert_double_eq_tol(added_by(with, without, CP5, label, 56, 120).mean, 0.15 * f7, 1e-2);
        ck_assert_double_eq_tol(added_by(with, without, P7, label, 56, 120).mean, 0.11 * f7, 1e-2);
        ck_assert_double_eq(added_by(with, without, FZ, label, 0, 160).largest, 0);
        ck_assert_double_lt(added_by(with, without, F7, label, 0, 160).largest, 40 * 1.3 + 1e-3);
    }
    snnfe_dataset_free(with);
    snnfe_dataset_free(without);
}
END_TEST

START_TEST(a_share_of_the_cues_is_glanced_at)
{
    snnfe_synthetic_options s = glancing();
    s.n_subjects = 4;
    snnfe_dataset *all = cued(&s, SNNFE_LABELS_LEFT_RIGHT);
    s.glance_share = 0.3;
    snnfe_dataset *some = cued(&s, SNNFE_LABELS_LEFT_RIGHT);
    s.glance_uv = 0;
    s.glance_share = 1;
    snnfe_dataset *none = cued(&s, SNNFE_LABELS_LEFT_RIGHT);
    size_t n_all = 0, n_some = 0, n_other = 0;
    for (int32_t label = 0; label < 2; label++) {
        n_all += added_by(all, none, F7, label, 0, 160).n_changed;
        n_some += added_by(some, none, F7, label, 0, 160).n_changed;
        n_other += added_by(some, all, F7, label, 0, 160).n_changed;
    }
    ck_assert_uint_eq(n_all, 4 * 3 * 15);
    /* 0.3 of 180 are 54, with a standard deviation of 6. */
    ck_assert_uint_ge(n_some, 54 - 24);
    ck_assert_uint_le(n_some, 54 + 24);
    /* A trial that is glanced at is the same whatever the share. */
    ck_assert_uint_eq(n_other, n_all - n_some);
    snnfe_dataset_free(all);
    snnfe_dataset_free(some);
    snnfe_dataset_free(none);
}
END_TEST

START_TEST(glances_are_off_by_default_and_only_where_cues_have_sides)
{
    static const int32_t runs[] = {1, 4, 6};
    snnfe_synthetic_options s = few();
    s.runs = runs;
    s.n_runs = 3;
    assert_ok(snnfe_synthetic_write(support_path("plain"), &s));
    s.glance_uv = 40;
    assert_ok(snnfe_synthetic_write(support_path("on"), &s));
    for (size_t i = 0; i < 3; i++) {
        char plain[64], on[64];
        snprintf(plain, sizeof plain, "plain/S002/S002R%02d.edf", (int)runs[i]);
        snprintf(on, sizeof on, "on/S002/S002R%02d.edf", (int)runs[i]);
        ck_assert(same_files(support_path(plain), support_path(on)) == (runs[i] != 4));
    }
}
END_TEST

START_TEST(runs_and_subjects_must_be_among_those_made)
{
    const snnfe_synthetic_options s = few();
    snnfe_dataset_options o = unfiltered();
    snnfe_dataset *d = NULL;
    o.label_set = SNNFE_LABELS_FISTS_FEET;
    assert_fails(snnfe_dataset_synthesize(&d, &s, &o), SNNFE_ERR_NOT_FOUND, "S001R06.edf");
    o = unfiltered();
    const int32_t third = 3;
    o.subjects = &third;
    o.n_subjects = 1;
    assert_fails(snnfe_dataset_synthesize(&d, &s, &o), SNNFE_ERR_NOT_FOUND, "S003R04.edf");
    o = unfiltered();
    o.sampling_rate_hz = 250;
    assert_fails(snnfe_dataset_synthesize(&d, &s, &o), SNNFE_ERR_ARGUMENT,
                 "sampling_rate_hz is 250");
    ck_assert_ptr_null(d);
}
END_TEST

/* A montage of the caller's own picks channels by name. */
START_TEST(channels_are_selected_by_name)
{
    const snnfe_synthetic_options s = few();
    snnfe_dataset_options o = unfiltered();
    snnfe_dataset *all = NULL, *two = NULL;
    assert_ok(snnfe_dataset_synthesize(&all, &s, &o));
    const char *const names[] = {"c4", "C3.."};
    const int32_t rows[] = {0, 0}, columns[] = {1, 0};
    o.channel_names = names;
    o.channel_rows = rows;
    o.channel_columns = columns;
    o.n_channels = 2;
    o.n_rows = 1;
    o.n_columns = 2;
    assert_ok(snnfe_dataset_synthesize(&two, &s, &o));
    const size_t size = 160 * sizeof(float);
    ck_assert_mem_eq(dataset_info(two).trials, dataset_info(all).trials + C4 * 160, size);
    ck_assert_mem_eq(dataset_info(two).trials + 160, dataset_info(all).trials + C3 * 160, size);
    snnfe_dataset_free(all);
    snnfe_dataset_free(two);
    const char *const unknown[] = {"C4", "X9"};
    o.channel_names = unknown;
    assert_fails(snnfe_dataset_synthesize(&two, &s, &o), SNNFE_ERR_NOT_FOUND,
                 "channel \"X9\" is missing");
}
END_TEST

/* Of a BIDS tree, and of EEGMMIDB, which has one shape. */
START_TEST(bad_layouts_are_named)
{
    static const char *const names[] = {"C3"};
    const char *root = support_path("layout");
    snnfe_synthetic_options bids = few(), o;
    bids.layout = SNNFE_LAYOUT_BIDS;
    o = bids;
    o.layout = 2;
    assert_fails(snnfe_synthetic_write(root, &o), SNNFE_ERR_ARGUMENT, "layout is 2, not EEGMMIDB");
    o = bids;
    o.format = 3;
    assert_fails(snnfe_synthetic_write(root, &o), SNNFE_ERR_ARGUMENT, "format is 3, not EDF");
    o = bids;
    o.sampling_rate_hz = 99;
    assert_fails(snnfe_synthetic_write(root, &o), SNNFE_ERR_ARGUMENT, "sampling_rate_hz is 99");
    o = bids;
    o.n_sessions = 10;
    assert_fails(snnfe_synthetic_write(root, &o), SNNFE_ERR_ARGUMENT, "n_sessions is 10");
    static const char *const twice[] = {"C3", "c3"}, *const unknown[] = {"C3", "X9"};
    o = bids;
    o.channel_names = twice;
    o.n_channels = 2;
    assert_fails(snnfe_synthetic_write(support_path("begun"), &o), SNNFE_ERR_ARGUMENT,
                 "channel_names");
    o.channel_names = unknown;
    assert_fails(snnfe_synthetic_write(support_path("begun"), &o), SNNFE_ERR_NOT_FOUND,
                 "\"X9\" is missing");
    o = bids;
    o.n_channels = 1;
    assert_fails(snnfe_synthetic_write(root, &o), SNNFE_ERR_ARGUMENT, "channel_names is NULL");
    o = bids;
    o.channel_names = names;
    assert_fails(snnfe_synthetic_write(root, &o), SNNFE_ERR_ARGUMENT, "n_channels is 0");
    static const char *const idle[] = {"format is set, but has no effect unless layout is BIDS",
                                       "channel_names is set", "n_sessions is set",
                                       "sampling_rate_hz is set"};
    for (int i = 0; i < 4; i++) {
        o = few();
        o.format = i == 0 ? SNNFE_FORMAT_BDF : SNNFE_FORMAT_EDF;
        o.channel_names = i == 1 ? names : NULL;
        o.n_channels = i == 1;
        o.n_sessions = i == 2 ? 2 : 1;
        o.sampling_rate_hz = i == 3 ? 250 : 160;
        assert_fails(snnfe_synthetic_write(root, &o), SNNFE_ERR_ARGUMENT, idle[i]);
    }
    ck_assert(!snnfe_file_exists(root));
}
END_TEST

START_TEST(bad_options_are_named)
{
    const char *root = support_path("bad");
    snnfe_synthetic_options o = few();
    o.n_subjects = 110;
    assert_fails(snnfe_synthetic_write(root, &o), SNNFE_ERR_ARGUMENT, "n_subjects is 110");
    o = few();
    o.trials_per_run = 0;
    assert_fails(snnfe_synthetic_write(root, &o), SNNFE_ERR_ARGUMENT, "trials_per_run is 0");
    o = few();
    o.effect = NAN;
    assert_fails(snnfe_synthetic_write(root, &o), SNNFE_ERR_ARGUMENT, "effect is nan");
    o = few();
    o.noise_uv = 0;
    assert_fails(snnfe_synthetic_write(root, &o), SNNFE_ERR_ARGUMENT, "noise_uv is 0");
    o = few();
    o.glance_uv = -1;
    assert_fails(snnfe_synthetic_write(root, &o), SNNFE_ERR_ARGUMENT, "glance_uv is -1");
    o = few();
    o.glance_share = 1.5;
    assert_fails(snnfe_synthetic_write(root, &o), SNNFE_ERR_ARGUMENT, "glance_share is 1.5");
    o.glance_share = 0.5;
    assert_fails(snnfe_synthetic_write(root, &o), SNNFE_ERR_ARGUMENT,
                 "glance_share is set, but has no effect unless there are glances");
    o = few();
    o.subject_spread = 2;
    assert_fails(snnfe_synthetic_write(root, &o), SNNFE_ERR_ARGUMENT, "subject_spread is 2");
    o = few();
    o.line_uv = -1;
    assert_fails(snnfe_synthetic_write(root, &o), SNNFE_ERR_ARGUMENT, "line_uv is -1");
    o = few();
    o.line_hz = 80;
    assert_fails(snnfe_synthetic_write(root, &o), SNNFE_ERR_ARGUMENT, "line_hz is 80");
    o = few();
    o.n_runs = 0;
    assert_fails(snnfe_synthetic_write(root, &o), SNNFE_ERR_ARGUMENT, "n_runs is 0");
    o = few();
    o.struct_size = 1;
    assert_fails(snnfe_synthetic_write(root, &o), SNNFE_ERR_ARGUMENT, "struct_size");
    o = few();
    o.blink_uv = INFINITY;
    assert_fails(snnfe_synthetic_write(root, &o), SNNFE_ERR_ARGUMENT, "blink_uv is inf");
    const int32_t runs[] = {4, 15, 4};
    o = few();
    o.runs = runs;
    o.n_runs = 2;
    assert_fails(snnfe_synthetic_write(root, &o), SNNFE_ERR_ARGUMENT, "runs[1] is 15");
    const int32_t twice[] = {4, 4};
    o.runs = twice;
    assert_fails(snnfe_synthetic_write(root, &o), SNNFE_ERR_ARGUMENT, "runs has 4 twice");
    assert_fails(snnfe_synthetic_write("", NULL), SNNFE_ERR_ARGUMENT, "root is empty");
    assert_fails(snnfe_synthetic_write(NULL, NULL), SNNFE_ERR_ARGUMENT, "root is NULL");
    ck_assert(!snnfe_file_exists(root));
}
END_TEST

/* What a run is about is in its file's name and in its events. */
START_TEST(runs_of_bids_trees_say_what_they_are)
{
    static const struct {
        int32_t run;
        const char *task, *has, *lacks;
    } cases[] = {{1, "rest", "rest", "hand"},
                 {2, "rest", "rest", "hand"},
                 {3, "execution", "left_hand", "feet"},
                 {4, "imagery", "right_hand", "feet"},
                 {5, "execution", "hands", "left_hand"},
                 {6, "imagery", "feet", "right_hand"},
                 {14, "imagery", "hands", "left_hand"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char name[80];
        snnfe_synthetic_options o = few();
        o.layout = SNNFE_LAYOUT_BIDS;
        o.n_subjects = 1;
        o.runs = &cases[i].run;
        o.n_runs = 1;
        assert_ok(snnfe_synthetic_write(support_path("runs"), &o));
        snprintf(name, sizeof name, "runs/sub-01/eeg/sub-01_task-%s_run-%d_events.tsv",
                 cases[i].task, (int)cases[i].run);
        char *events = support_read(support_path(name), NULL);
        ck_assert_msg(strstr(events, cases[i].has), "%s: %s", name, events);
        ck_assert_msg(!strstr(events, cases[i].lacks), "%s: %s", name, events);
        free(events);
    }
}
END_TEST

START_TEST(places_that_cannot_be_written_are_named)
{
    const snnfe_synthetic_options o = few();
    support_write(support_path("occupied"), "", 0);
    assert_fails(snnfe_synthetic_write(support_path("occupied"), &o), SNNFE_ERR_IO, "occupied");
    support_fill_disk(100000);
    const snnfe_status status = snnfe_synthetic_write(support_path("full"), &o);
    support_empty_disk();
    assert_fails(status, SNNFE_ERR_IO, "full/S00");
    /* The folder of a subject is short enough, its file is not. */
    char deep[4096];
    tree_deep(deep, 4080);
    assert_fails(snnfe_synthetic_write(deep, &o), SNNFE_ERR_ARGUMENT, "path is too long");
    ck_assert_uint_eq(support_count_files(support_path("full/S001")), 0);
    ck_assert_uint_eq(support_count_files(support_path("full/S002")), 0);
}
END_TEST

static int32_t stop_early(const snnfe_progress *progress, void *user_data)
{
    (void)user_data;
    return progress->done >= 1;
}

START_TEST(writing_can_be_cancelled)
{
    snnfe_synthetic_options o = few();
    o.progress = stop_early;
    o.n_threads = 1;
    assert_fails(snnfe_synthetic_write(support_path("stopped"), &o), SNNFE_ERR_CANCELLED, "");
    ck_assert_uint_eq(support_count_files(support_path("stopped/S001")), 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("synthetic");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 300);
    tcase_add_test(all, seed_decides_every_byte);
    tcase_add_test(all, files_and_memory_agree);
    tcase_add_test(all, rhythms_drop_opposite_to_the_hand);
    tcase_add_test(all, artifacts_are_where_they_belong);
    tcase_add_test(all, glances_go_to_the_side_of_the_cue);
    tcase_add_test(all, a_share_of_the_cues_is_glanced_at);
    tcase_add_test(all, glances_are_off_by_default_and_only_where_cues_have_sides);
    tcase_add_test(all, runs_and_subjects_must_be_among_those_made);
    tcase_add_test(all, channels_are_selected_by_name);
    tcase_add_test(all, bad_layouts_are_named);
    tcase_add_test(all, bad_options_are_named);
    tcase_add_test(all, runs_of_bids_trees_say_what_they_are);
    tcase_add_test(all, places_that_cannot_be_written_are_named);
    tcase_add_test(all, writing_can_be_cancelled);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
