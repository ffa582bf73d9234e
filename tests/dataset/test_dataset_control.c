/* Ocular control and alignment of data sets. */
#include "edf_file.h"
#include "recordings.h"
#include "same_dataset.h"

#include <math.h>
#include <snnfe/control.h>

/* --- ocular regression ----------------------------------------------------------------------- */

static snnfe_dataset_options make_options(void)
{
    snnfe_dataset_options o;
    assert_ok(snnfe_dataset_options_init(&o, sizeof o));
    o.filter_kind = SNNFE_FILTER_CAUSAL;
    o.ocular = SNNFE_OCULAR_REGRESSION;
    return o;
}

/* Two people who glance at their cues. */
static snnfe_synthetic_options glancing(void)
{
    snnfe_synthetic_options s;
    assert_ok(snnfe_synthetic_options_init(&s, sizeof s));
    s.n_subjects = 2;
    s.trials_per_run = 4;
    s.glance_uv = 150;
    return s;
}

static snnfe_dataset *make_dataset(const snnfe_dataset_options *o)
{
    const snnfe_synthetic_options s = glancing();
    snnfe_dataset *d = NULL;
    assert_ok(snnfe_dataset_synthesize(&d, &s, o));
    return d;
}

/* The 12 frontal electrodes leave the grid; the others keep their places. */
START_TEST(references_leave_the_grid)
{
    snnfe_dataset_options o = make_options();
    snnfe_dataset *d = make_dataset(&o);
    const snnfe_dataset_info info = dataset_info(d);
    ck_assert_uint_eq(info.n_channels, 52);
    ck_assert_int_eq(info.signal->ocular, SNNFE_OCULAR_REGRESSION);
    ck_assert_uint_eq(info.signal->n_references, 12);
    ck_assert_str_eq(info.signal->reference_names[3], "AF7");
    ck_assert_double_gt(info.signal->reference_std_uv[3], 10);
    ck_assert_str_eq(info.signal->channel_names[8], "C3");
    ck_assert_int_eq(info.signal->channel_rows[8], 4);
    ck_assert_int_eq(info.signal->channel_columns[8], 3);
    static float grid[110 * 160];
    assert_ok(snnfe_dataset_copy_grid(d, NULL, 1, grid));
    for (size_t c = 0; c < 11; c++) /* Fp1, Fpz and Fp2 have sat in the first row */
        ck_assert_float_eq(grid[c * 160 + 7], 0);
    snnfe_dataset_free(d);
    o.keep_references = 1;
    d = make_dataset(&o);
    ck_assert_uint_eq(dataset_info(d).n_channels, 64);
    ck_assert_uint_eq(dataset_info(d).signal->n_references, 12);
    snnfe_dataset_free(d);
}
END_TEST

/* A control that learned the filtered recording gives its trials: the same live as in a data set.
 */
START_TEST(trials_are_what_a_control_gives)
{
    const snnfe_synthetic_options s = glancing();
    const char *root = support_path("tree");
    char path[4200];
    assert_ok(snnfe_synthetic_write(root, &s));
    snprintf(path, sizeof path, "%s/S001/S001R04.edf", root);
    snnfe_dataset_options o = make_options();
    o.normalization = SNNFE_NORMALIZE_NONE;
    const int32_t subject = 1, run = 4;
    for (o.n_lags = 0; o.n_lags <= 3; o.n_lags += 3) {
        const char *const paths[] = {path};
        snnfe_dataset *d = NULL;
        assert_ok(snnfe_dataset_open_files(&d, paths, &subject, &run, 1, &o));
        const snnfe_dataset_info info = dataset_info(d);
        const char *names[64];
        for (size_t c = 0; c < 52; c++)
            names[c] = info.signal->channel_names[c];
        for (size_t r = 0; r < 12; r++)
            names[52 + r] = info.signal->reference_names[r];
        snnfe_recording_options ro;
        snnfe_recording *recording = NULL;
        assert_ok(snnfe_recording_options_init(&ro, sizeof ro));
        ro.channel_names = names;
        ro.n_channels = 64;
        assert_ok(snnfe_recording_open(&recording, path, &ro));
        const snnfe_recording_info ri = recording_info(recording);
        float *filtered = malloc(64 * ri.n_samples * sizeof *filtered);
        float *rows = malloc(64 * ri.n_samples * sizeof *rows);
        for (size_t c = 0; c < 64; c++)
            memcpy(filtered + c * ri.n_samples, ri.samples + c * ri.n_samples,
                   ri.n_samples * sizeof *filtered);
        assert_ok(snnfe_causal_filter_apply(filtered, 64, ri.n_samples, 0.1, 79, 160, 2));
        for (size_t t = 0; t < ri.n_samples; t++)
            for (size_t c = 0; c < 64; c++)
                rows[t * 64 + c] = filtered[c * ri.n_samples + t];
        snnfe_control *control = NULL;
        snnfe_control_info learned = {.struct_size = sizeof learned};
        assert_ok(snnfe_control_create(&control, info.signal, NULL));
        assert_ok(snnfe_control_add(control, SNNFE_CONTROL_OCULAR, rows, ri.n_samples));
        assert_ok(snnfe_control_get_info(control, &learned));
        ck_assert_uint_eq(learned.n_inputs, 64);
        ck_assert_uint_eq(learned.n_terms, 64 + 12 * o.n_lags);
        for (size_t i = 0; i < info.n_trials; i++)
            for (size_t c = 0; c < 52; c += 17)
                for (size_t t = 0; t < 160; t += 13) {
                    const size_t at = (size_t)info.onsets[i] + t;
                    double sum = learned.offset[c];
                    const double *weights = learned.weights + c * learned.n_terms;
                    for (size_t k = 0; k < 64; k++)
                        sum += weights[k] * (double)rows[at * 64 + k];
                    for (size_t lag = 1; lag <= o.n_lags; lag++)
                        for (size_t r = 0; r < 12; r++)
                            sum += weights[64 + (lag - 1) * 12 + r] *
                                   (double)rows[(at - lag) * 64 + 52 + r];
                    ck_assert_double_eq_tol((double)info.trials[(i * 52 + c) * 160 + t], sum, 1e-3);
                }
        snnfe_control_free(control);
        free(rows);
        free(filtered);
        snnfe_recording_free(recording);
        snnfe_dataset_free(d);
    }
}
END_TEST

/* Mean difference of F5 less F6, that of the right cue less that of the left one: what a glance
   leaves. */
static double glance_left(const snnfe_dataset *d)
{
    const snnfe_dataset_info info = dataset_info(d);
    double sums[2] = {0, 0}, n[2] = {0, 0};
    for (size_t i = 0; i < info.n_trials; i++) {
        for (size_t c = 0; c < info.n_channels; c++) {
            const char *name = info.signal->channel_names[c];
            const double sign = strcmp(name, "F5") == 0 ? 1 : strcmp(name, "F6") == 0 ? -1 : 0;
            const float *x = info.trials + (i * info.n_channels + c) * info.n_steps;
            for (size_t t = 64; t < 160; t++)
                sums[info.labels[i]] += sign * (double)x[t] / 96;
        }
        n[info.labels[i]]++;
    }
    return fabs(sums[1] / n[1] - sums[0] / n[0]);
}

START_TEST(glances_are_taken_out)
{
    snnfe_dataset_options o = make_options();
    o.normalization = SNNFE_NORMALIZE_NONE;
    snnfe_dataset *cleaned = make_dataset(&o);
    o.ocular = SNNFE_OCULAR_NONE;
    snnfe_dataset *plain = make_dataset(&o);
    ck_assert_double_gt(glance_left(plain), 20);
    ck_assert_double_lt(glance_left(cleaned), glance_left(plain) / 5);
    snnfe_dataset_free(plain);
    snnfe_dataset_free(cleaned);
}
END_TEST

START_TEST(what_regression_refuses)
{
    snnfe_dataset_options o = make_options();
    const snnfe_synthetic_options s = glancing();
    snnfe_dataset *d = NULL;
    const char *const unknown[] = {"F7", "EOG"}, *const channels[] = {"C3", "F7"};
    const int32_t places[] = {0, 1};
    o.reference_names = unknown;
    o.n_references = 2;
    assert_fails(snnfe_dataset_synthesize(&d, &s, &o), SNNFE_ERR_ARGUMENT, "more than 64");
    o.channel_names = channels;
    o.channel_rows = o.channel_columns = places;
    o.n_channels = 2;
    assert_fails(snnfe_dataset_synthesize(&d, &s, &o), SNNFE_ERR_NOT_FOUND,
                 "channel \"EOG\" is missing");
    const char *const twice[] = {"F7", "f7."};
    o.reference_names = twice;
    assert_fails(snnfe_dataset_synthesize(&d, &s, &o), SNNFE_ERR_ARGUMENT, "\"F7\" twice");
    const char *const too_long[] = {"F7", "12345678901234567890123456789012"};
    o.reference_names = too_long;
    assert_fails(snnfe_dataset_synthesize(&d, &s, &o), SNNFE_ERR_ARGUMENT,
                 "reference_names[1] has 32 bytes");
    o.reference_names = unknown;
    o.n_references = 0;
    assert_fails(snnfe_dataset_synthesize(&d, &s, &o), SNNFE_ERR_ARGUMENT, "n_references is 0");
    o.n_references = 1;
    o.channel_names = unknown;
    o.n_channels = 1;
    assert_fails(snnfe_dataset_synthesize(&d, &s, &o), SNNFE_ERR_ARGUMENT,
                 "every channel is a reference");
    o = make_options();
    o.n_lags = 33;
    assert_fails(snnfe_dataset_synthesize(&d, &s, &o), SNNFE_ERR_ARGUMENT, "n_lags is 33");
    o = make_options();
    o.ocular = 2;
    assert_fails(snnfe_dataset_synthesize(&d, &s, &o), SNNFE_ERR_ARGUMENT, "ocular is 2");
    o = make_options();
    o.keep_references = 2;
    assert_fails(snnfe_dataset_synthesize(&d, &s, &o), SNNFE_ERR_ARGUMENT, "keep_references is 2");
    ck_assert_ptr_null(d);
}
END_TEST

static int16_t flat_f7(size_t channel, size_t t)
{
    return channel == 29 ? 17 : (int16_t)((channel * 7919 + t * 104729) % 2000);
}

START_TEST(flat_references_are_named)
{
    edf_spec spec = edf_usual;
    spec.sample = flat_f7;
    const char *path = edf_write(&spec, "flat.edf");
    const char *const names[] = {"F7", "F8"};
    const int32_t subject = 1, run = 4;
    snnfe_dataset_options o = make_options();
    o.reference_names = names;
    o.n_references = 2;
    snnfe_dataset *d = NULL;
    assert_fails(snnfe_dataset_open_files(&d, &path, &subject, &run, 1, &o), SNNFE_ERR_ARGUMENT,
                 "reference \"F7\" is flat");
    ck_assert_ptr_nonnull(strstr(snnfe_last_error(), "flat.edf"));
}
END_TEST

/* --- alignment ------------------------------------------------------------------------------- */

enum { TRIALS = 24, CHANNELS = 5, STEPS = 50 };

static float trials[TRIALS][CHANNELS][STEPS];
static int32_t labels[TRIALS], subjects[TRIALS], runs[TRIALS], onsets[TRIALS];
static uint64_t ids[TRIALS];

/* Two subjects whose channels mix differently; the second one's trials come in reverse of time, and
   trials 0 and 1 of each are windows of one. */
static snnfe_dataset *make_arrays(void)
{
    static const int32_t rows[] = {0, 0, 0, 0, 0}, columns[] = {0, 1, 2, 3, 4};
    uint64_t state = support_seed();
    for (size_t i = 0; i < TRIALS; i++) {
        const size_t subject = i / (TRIALS / 2), k = i % (TRIALS / 2);
        labels[i] = (int32_t)(i % 2);
        subjects[i] = (int32_t)subject + 1;
        runs[i] = (int32_t)(k / 6);
        onsets[i] = (int32_t)(k % 6) * 100;
        if (subject == 1) {
            runs[i] = 1 - runs[i];
            onsets[i] = 600 - onsets[i];
        }
        ids[i] = k == 1 ? ids[i - 1] : i + 1;
        for (size_t t = 0; t < STEPS; t++)
            for (size_t c = 0; c < CHANNELS; c++) {
                state = state * 6364136223846793005U + 1442695040888963407U;
                const float x = (float)(state >> 40) / 0x1p23F - 1;
                const float before = c > 0 ? trials[i][c - 1][t] : 0;
                trials[i][c][t] = (float)(c + 1) * x + (subject ? 0.5F : -1) * before + 0.3F;
            }
    }
    const snnfe_signal signal = {.struct_size = sizeof signal,
                                 .n_channels = CHANNELS,
                                 .n_classes = 2,
                                 .channel_rows = rows,
                                 .channel_columns = columns};
    const snnfe_dataset_arrays arrays = {.struct_size = sizeof arrays,
                                         .n_steps = STEPS,
                                         .n_trials = TRIALS,
                                         .trials = trials[0][0],
                                         .labels = labels,
                                         .subjects = subjects,
                                         .runs = runs,
                                         .onsets = onsets,
                                         .trial_ids = ids,
                                         .signal = &signal};
    snnfe_dataset *d = NULL;
    assert_ok(snnfe_dataset_from_arrays(&d, &arrays));
    return d;
}

/* Mean product of two channels over a subject's trials. */
static double product(const float *x, size_t subject, size_t c, size_t d)
{
    double sum = 0;
    for (size_t i = subject * TRIALS / 2; i < (subject + 1) * TRIALS / 2; i++)
        for (size_t t = 0; t < STEPS; t++)
            sum += (double)x[(i * CHANNELS + c) * STEPS + t] *
                   (double)x[(i * CHANNELS + d) * STEPS + t] / (TRIALS / 2 * STEPS);
    return sum;
}

START_TEST(each_subject_becomes_white)
{
    snnfe_dataset *d = make_arrays();
    assert_ok(snnfe_dataset_align(d, NULL));
    const snnfe_dataset_info info = dataset_info(d);
    ck_assert_int_eq(info.signal->alignment, SNNFE_ALIGNMENT_EUCLIDEAN);
    for (size_t s = 0; s < 2; s++)
        for (size_t c = 0; c < CHANNELS; c++)
            for (size_t k = 0; k < CHANNELS; k++)
                ck_assert_double_eq_tol(product(info.trials, s, c, k), c == k, 1e-4);
    for (size_t c = 0; c < CHANNELS; c++)
        for (size_t k = 0; k < CHANNELS; k++)
            ck_assert_double_eq_tol(
                info.signal->covariance[c * CHANNELS + k],
                (product(trials[0][0], 0, c, k) + product(trials[0][0], 1, c, k)) / 2, 1e-6);
    snnfe_dataset_free(d);
}
END_TEST

START_TEST(each_channel_is_standardized)
{
    snnfe_alignment_options o;
    assert_ok(snnfe_alignment_options_init(&o, sizeof o));
    o.alignment = SNNFE_ALIGNMENT_STANDARDIZE;
    snnfe_dataset *d = make_arrays();
    assert_ok(snnfe_dataset_align(d, &o));
    const float *x = dataset_info(d).trials;
    for (size_t s = 0; s < 2; s++)
        for (size_t c = 0; c < CHANNELS; c++) {
            double mean = 0;
            for (size_t i = s * TRIALS / 2; i < (s + 1) * TRIALS / 2; i++)
                for (size_t t = 0; t < STEPS; t++)
                    mean += (double)x[(i * CHANNELS + c) * STEPS + t];
            ck_assert_double_eq_tol(mean / (TRIALS / 2 * STEPS), 0, 1e-5);
            ck_assert_double_eq_tol(product(x, s, c, c), 1, 1e-4);
        }
    snnfe_dataset_free(d);
}
END_TEST

/* The trials in the order of time, as a live decoder would see them: what a control makes of those
   before each is what the data set has. */
static void compare_with_control(const snnfe_dataset *d, size_t subject, double memory,
                                 const double *covariance)
{
    static float turned[STEPS][CHANNELS];
    const snnfe_dataset_info info = dataset_info(d);
    snnfe_signal signal = *info.signal;
    signal.struct_size = sizeof signal;
    signal.covariance = covariance;
    snnfe_control_options o;
    snnfe_control *control = NULL;
    assert_ok(snnfe_control_options_init(&o, sizeof o));
    o.memory_trials = memory;
    assert_ok(snnfe_control_create(&control, &signal, &o));
    for (size_t k = 0; k < TRIALS / 2; k++) {
        /* The first two are windows of one trial: the second knows nothing of the first. In reverse
           they are the last two. */
        const size_t i = subject == 0 ? k : TRIALS - 1 - k;
        const bool same_trial = subject == 0 ? k == 1 : k == TRIALS / 2 - 1;
        snnfe_control_info learned = {.struct_size = sizeof learned};
        static double weights[CHANNELS * CHANNELS], offset[CHANNELS];
        assert_ok(snnfe_control_get_info(control, &learned));
        if (!same_trial) {
            memcpy(weights, learned.weights, sizeof weights);
            memcpy(offset, learned.offset, sizeof offset);
        }
        for (size_t t = 0; t < STEPS; t++)
            for (size_t c = 0; c < CHANNELS; c++) {
                double sum = offset[c];
                for (size_t from = 0; from < CHANNELS; from++)
                    sum += weights[c * CHANNELS + from] * (double)trials[i][from][t];
                ck_assert_double_eq_tol((double)info.trials[(i * CHANNELS + c) * STEPS + t], sum,
                                        1e-5);
                turned[t][c] = trials[i][c][t];
            }
        assert_ok(snnfe_control_add(control, SNNFE_CONTROL_ALIGNMENT, turned[0], STEPS));
    }
    snnfe_control_free(control);
}

START_TEST(by_the_past_as_live)
{
    snnfe_alignment_options o;
    assert_ok(snnfe_alignment_options_init(&o, sizeof o));
    o.past = 1;
    for (int32_t kind = SNNFE_ALIGNMENT_STANDARDIZE; kind <= SNNFE_ALIGNMENT_EUCLIDEAN; kind++)
        for (o.memory_trials = 0; o.memory_trials <= 4; o.memory_trials += 4) {
            o.alignment = kind;
            snnfe_dataset *d = make_arrays();
            assert_ok(snnfe_dataset_align(d, &o));
            double others[2][CHANNELS * CHANNELS];
            for (size_t s = 0; s < 2; s++)
                for (size_t i = 0; i < CHANNELS * CHANNELS; i++)
                    others[s][i] = product(trials[0][0], 1 - s, i / CHANNELS, i % CHANNELS);
            compare_with_control(d, 0, o.memory_trials, others[0]);
            compare_with_control(d, 1, o.memory_trials, others[1]);
            snnfe_dataset_free(d);
        }
    double given[CHANNELS * CHANNELS] = {0};
    for (size_t c = 0; c < CHANNELS; c++)
        given[c * CHANNELS + c] = (double)(c + 1);
    o.covariance = given;
    o.memory_trials = 0;
    snnfe_dataset *d = make_arrays();
    assert_ok(snnfe_dataset_align(d, &o));
    compare_with_control(d, 0, 0, given);
    snnfe_dataset_free(d);
}
END_TEST

/* No number of threads makes another result. */
START_TEST(threads_do_not_matter)
{
    snnfe_alignment_options o;
    assert_ok(snnfe_alignment_options_init(&o, sizeof o));
    snnfe_dataset *one = make_arrays(), *three = make_arrays();
    o.n_threads = 1;
    assert_ok(snnfe_dataset_align(one, &o));
    o.n_threads = 3;
    assert_ok(snnfe_dataset_align(three, &o));
    ck_assert(same_dataset(one, three));
    snnfe_dataset_free(one);
    snnfe_dataset_free(three);
}
END_TEST

static size_t n_warnings;

static void count_warnings(int32_t level, const char *message, void *user_data)
{
    (void)user_data;
    n_warnings += level == SNNFE_LOG_WARNING && strstr(message, "1 of 5 directions") != NULL;
}

/* A channel that is flat stays flat and is counted. */
START_TEST(flat_channels_are_told)
{
    snnfe_alignment_options o;
    assert_ok(snnfe_alignment_options_init(&o, sizeof o));
    o.log = count_warnings;
    snnfe_dataset *d = make_arrays(), *flat = NULL;
    for (size_t i = 0; i < TRIALS; i++)
        memset(trials[i][2], 0, sizeof trials[i][2]);
    const snnfe_dataset_arrays arrays = {.struct_size = sizeof arrays,
                                         .n_steps = STEPS,
                                         .n_trials = TRIALS,
                                         .trials = trials[0][0],
                                         .labels = labels,
                                         .subjects = subjects,
                                         .signal = dataset_info(d).signal};
    assert_ok(snnfe_dataset_from_arrays(&flat, &arrays));
    n_warnings = 0;
    assert_ok(snnfe_dataset_align(flat, &o));
    ck_assert_uint_eq(n_warnings, 2);
    ck_assert_double_eq_tol(product(dataset_info(flat).trials, 0, 2, 2), 0, 1e-12);
    ck_assert_double_eq_tol(product(dataset_info(flat).trials, 0, 1, 1), 1, 1e-4);
    snnfe_dataset_free(flat);
    snnfe_dataset_free(d);
}
END_TEST

START_TEST(what_alignment_refuses)
{
    snnfe_alignment_options o;
    assert_ok(snnfe_alignment_options_init(&o, sizeof o));
    snnfe_dataset *d = make_arrays();
    assert_fails(snnfe_dataset_align(NULL, &o), SNNFE_ERR_ARGUMENT, "dataset");
    o.alignment = SNNFE_ALIGNMENT_NONE;
    assert_fails(snnfe_dataset_align(d, &o), SNNFE_ERR_ARGUMENT, "alignment is 0");
    assert_ok(snnfe_alignment_options_init(&o, sizeof o));
    o.past = 2;
    assert_fails(snnfe_dataset_align(d, &o), SNNFE_ERR_ARGUMENT, "past is 2");
    o.past = 1;
    o.prior_trials = -1;
    assert_fails(snnfe_dataset_align(d, &o), SNNFE_ERR_ARGUMENT, "prior_trials is -1");
    o.prior_trials = 5;
    o.memory_trials = (double)NAN;
    assert_fails(snnfe_dataset_align(d, &o), SNNFE_ERR_ARGUMENT, "memory_trials is nan");
    o.memory_trials = 0.5;
    assert_fails(snnfe_dataset_align(d, &o), SNNFE_ERR_ARGUMENT, "memory_trials is 0.5");
    double covariance[CHANNELS * CHANNELS] = {1, (double)NAN};
    o.memory_trials = 0;
    o.covariance = covariance;
    assert_fails(snnfe_dataset_align(d, &o), SNNFE_ERR_ARGUMENT, "covariance[0][1] is nan");
    covariance[1] = 0;
    o.past = 0;
    assert_fails(snnfe_dataset_align(d, &o), SNNFE_ERR_ARGUMENT,
                 "covariance is set, but has no effect unless past is 1");
    o.covariance = NULL;
    o.memory_trials = 4;
    assert_fails(snnfe_dataset_align(d, &o), SNNFE_ERR_ARGUMENT, "memory_trials is set");
    o.memory_trials = 0;
    o.prior_trials = 4;
    assert_fails(snnfe_dataset_align(d, &o), SNNFE_ERR_ARGUMENT, "prior_trials is set");
    assert_ok(snnfe_dataset_align(d, NULL));
    assert_fails(snnfe_dataset_align(d, NULL), SNNFE_ERR_STATE, "aligned already");
    snnfe_dataset_free(d);
    snnfe_dataset_options options = make_options();
    d = make_dataset(&options);
    assert_ok(snnfe_dataset_align(d, NULL));
    assert_fails(snnfe_dataset_normalize(d, NULL, 0), SNNFE_ERR_STATE, "is aligned");
    snnfe_dataset_free(d);
}
END_TEST

/* --- what is kept ---------------------------------------------------------------------------- */

static void check_same_control(const snnfe_signal *a, const snnfe_signal *b)
{
    ck_assert_int_eq(a->ocular, b->ocular);
    ck_assert_int_eq(a->alignment, b->alignment);
    ck_assert_uint_eq(a->n_lags, b->n_lags);
    ck_assert_uint_eq(a->n_references, b->n_references);
    for (size_t r = 0; r < a->n_references; r++) {
        ck_assert_str_eq(a->reference_names[r], b->reference_names[r]);
        ck_assert_double_eq_tol(a->reference_mean_uv[r], b->reference_mean_uv[r], 1e-9);
        ck_assert_double_eq_tol(a->reference_std_uv[r], b->reference_std_uv[r], 1e-9);
    }
    ck_assert(a->covariance && b->covariance);
    for (size_t i = 0; i < (size_t)a->n_channels * a->n_channels; i++)
        ck_assert_double_eq_tol(a->covariance[i], b->covariance[i], 1e-12);
}

START_TEST(files_parts_and_copies_know_it)
{
    snnfe_dataset_options o = make_options();
    o.n_lags = 2;
    snnfe_dataset *d = make_dataset(&o), *loaded = NULL, *part = NULL, *rest = NULL, *joined = NULL;
    assert_ok(snnfe_dataset_align(d, NULL));
    const snnfe_dataset_info info = dataset_info(d);
    const char *path = support_path("controlled.safetensors");
    assert_ok(snnfe_dataset_save(d, path));
    assert_ok(snnfe_dataset_load(&loaded, path));
    ck_assert(same_dataset(d, loaded));
    check_same_control(info.signal, dataset_info(loaded).signal);
    const int32_t first[] = {0, 1}, last[] = {2, 3};
    assert_ok(snnfe_dataset_subset(&part, d, first, 2));
    assert_ok(snnfe_dataset_subset(&rest, d, last, 2));
    check_same_control(info.signal, dataset_info(part).signal);
    const snnfe_dataset *parts[] = {part, rest};
    assert_ok(snnfe_dataset_concatenate(&joined, parts, 2));
    check_same_control(info.signal, dataset_info(joined).signal);
    snnfe_dataset_free(joined);
    snnfe_dataset_free(part);
    const snnfe_dataset_arrays arrays = {.struct_size = sizeof arrays,
                                         .n_steps = info.n_steps,
                                         .n_trials = info.n_trials,
                                         .trials = info.trials,
                                         .labels = info.labels,
                                         .signal = info.signal};
    assert_ok(snnfe_dataset_from_arrays(&part, &arrays));
    check_same_control(info.signal, dataset_info(part).signal);
    snnfe_dataset_free(part);
    o.n_lags = 1;
    part = make_dataset(&o);
    assert_ok(snnfe_dataset_align(part, NULL));
    parts[0] = part;
    assert_fails(snnfe_dataset_concatenate(&joined, parts, 2), SNNFE_ERR_SHAPE,
                 "another ocular control");
    snnfe_dataset_free(part);
    snnfe_dataset_free(rest);
    snnfe_dataset_free(loaded);
    snnfe_dataset_free(d);
}
END_TEST

int main(int argc, char **argv)
{
    (void)argc;
    support_set_program(argv[0]);
    Suite *suite = suite_create("control of data sets");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 120);
    tcase_add_test(all, references_leave_the_grid);
    tcase_add_test(all, trials_are_what_a_control_gives);
    tcase_add_test(all, glances_are_taken_out);
    tcase_add_test(all, what_regression_refuses);
    tcase_add_test(all, flat_references_are_named);
    tcase_add_test(all, each_subject_becomes_white);
    tcase_add_test(all, each_channel_is_standardized);
    tcase_add_test(all, by_the_past_as_live);
    tcase_add_test(all, threads_do_not_matter);
    tcase_add_test(all, flat_channels_are_told);
    tcase_add_test(all, what_alignment_refuses);
    tcase_add_test(all, files_parts_and_copies_know_it);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
