/* Estimates of a user's spatial filter: what they learn, their limits, and their files. */
#include "support.h"

#include <math.h>
#include <snnfe/control.h>

enum { N = 2000, CHANNELS = 3, REFERENCES = 2, INPUTS = 4 };

static const char *const channel_names[] = {"C3", "Cz", "F7"};
static const char *const reference_names[] = {"f7.", "EOG"}; /* one is a channel */
static const int32_t rows[] = {0, 0, 0}, columns[] = {0, 1, 2};
static const double means[] = {0, 0, 0}, deviations[] = {1, 1, 1};

static snnfe_signal make_signal(void)
{
    return (snnfe_signal){.struct_size = sizeof(snnfe_signal),
                          .n_channels = CHANNELS,
                          .n_classes = 2,
                          .sampling_rate_hz = 160,
                          .channel_rows = rows,
                          .channel_columns = columns,
                          .channel_mean_uv = means,
                          .channel_std_uv = deviations,
                          .channel_names = channel_names,
                          .ocular = SNNFE_OCULAR_REGRESSION,
                          .alignment = SNNFE_ALIGNMENT_EUCLIDEAN,
                          .n_references = REFERENCES,
                          .reference_names = reference_names};
}

static snnfe_control_options make_options(void)
{
    snnfe_control_options options;
    assert_ok(snnfe_control_options_init(&options, sizeof options));
    options.least_samples = 0;
    options.prior_trials = 0;
    return options;
}

static uint64_t state;

static double draw(void)
{
    state = state * 6364136223846793005U + 1442695040888963407U;
    return ((double)(state >> 11) / 0x1p53 - 0.5) * sqrt(12.0);
}

/* Rows of C3, Cz, F7, EOG: the eyes are in all of them. */
static float samples[N][INPUTS];

static void make_samples(void)
{
    state = support_seed();
    for (size_t t = 0; t < N; t++) {
        const double eyes = 5 * draw();
        samples[t][3] = (float)(eyes + draw());
        samples[t][2] = (float)(0.5 * eyes + draw());
        samples[t][1] = (float)(0.3 * eyes + 2 * draw());
        samples[t][0] = (float)(-0.2 * eyes + draw() + 0.5 * (double)samples[t][1]);
    }
}

static snnfe_control_info info_of(snnfe_control *control)
{
    snnfe_control_info info = {.struct_size = sizeof info};
    assert_ok(snnfe_control_get_info(control, &info));
    return info;
}

/* Output c at time t, by what the header says of the weights. */
static double output(const snnfe_control_info *info, size_t c, size_t t)
{
    double sum = info->offset[c];
    const double *weights = info->weights + c * info->n_terms;
    for (size_t i = 0; i < INPUTS; i++)
        sum += weights[i] * (double)samples[t][i];
    const size_t n_lags = (info->n_terms - INPUTS) / REFERENCES;
    for (size_t lag = 1; lag <= n_lags; lag++)
        for (size_t r = 0; r < REFERENCES; r++)
            sum += weights[INPUTS + (lag - 1) * REFERENCES + r] *
                   (double)samples[t > lag ? t - lag : 0][2 + r];
    return sum;
}

static void check_white(const snnfe_control_info *info, size_t first)
{
    for (size_t c = 0; c < CHANNELS; c++)
        for (size_t d = 0; d <= c; d++) {
            double sum = 0;
            for (size_t t = first; t < N; t++)
                sum += output(info, c, t) * output(info, d, t) / (double)(N - first);
            ck_assert_double_eq_tol(sum, c == d, 1e-6);
        }
}

/* Regression and whitening in one filter; the references are found among the channels by name. */
START_TEST(one_filter_does_both)
{
    snnfe_signal signal = make_signal();
    for (signal.n_lags = 0; signal.n_lags < 3; signal.n_lags += 2) {
        snnfe_control *control = NULL;
        const snnfe_control_options options = make_options();
        assert_ok(snnfe_control_create(&control, &signal, &options));
        assert_ok(snnfe_control_add(control, SNNFE_CONTROL_OCULAR | SNNFE_CONTROL_ALIGNMENT,
                                    samples[0], N));
        const snnfe_control_info info = info_of(control);
        ck_assert_uint_eq(info.n_inputs, INPUTS);
        ck_assert_uint_eq(info.n_outputs, CHANNELS);
        ck_assert_uint_eq(info.n_terms, INPUTS + 2 * signal.n_lags);
        ck_assert_uint_eq(info.n_samples, N - signal.n_lags);
        ck_assert_uint_eq(info.n_trials, 1);
        ck_assert_uint_eq(info.n_flat + info.n_floored, 0);
        check_white(&info, signal.n_lags);
        snnfe_control_free(control);
    }
}
END_TEST

/* Without alignment what is left of C3 and Cz knows nothing of the references, F7 stays. */
START_TEST(regression_alone)
{
    snnfe_signal signal = make_signal();
    signal.alignment = SNNFE_ALIGNMENT_NONE;
    snnfe_control *control = NULL;
    const snnfe_control_options options = make_options();
    assert_ok(snnfe_control_create(&control, &signal, &options));
    assert_ok(snnfe_control_add(control, SNNFE_CONTROL_OCULAR, samples[0], N / 2));
    assert_ok(snnfe_control_add(control, SNNFE_CONTROL_OCULAR, samples[N / 2], N - N / 2));
    const snnfe_control_info info = info_of(control);
    for (size_t c = 0; c < 2; c++)
        for (size_t r = 2; r < INPUTS; r++) {
            double xy = 0, x = 0, y = 0;
            for (size_t t = 0; t < N; t++) {
                x += output(&info, c, t) / N;
                y += (double)samples[t][r] / N;
                xy += output(&info, c, t) * (double)samples[t][r] / N;
            }
            ck_assert_double_eq_tol(xy - x * y, 0, 1e-4);
        }
    for (size_t t = 0; t < N; t++)
        ck_assert_double_eq_tol(output(&info, 2, t), (double)samples[t][2], 1e-9);
    snnfe_control_free(control);
}
END_TEST

/* Before there is enough nothing is taken out; alignment begins with the signal's covariance. */
START_TEST(beginnings)
{
    const double covariance[CHANNELS * CHANNELS] = {4, 0, 0, 0, 1, 0, 0, 0, 0.25};
    snnfe_signal signal = make_signal();
    signal.covariance = covariance;
    snnfe_control *control = NULL;
    snnfe_control_options options;
    assert_ok(snnfe_control_options_init(&options, sizeof options));
    options.least_samples = 100;
    assert_ok(snnfe_control_create(&control, &signal, &options));
    for (int i = 0; i < 2; i++) {
        const snnfe_control_info info = info_of(control);
        for (size_t c = 0; c < CHANNELS; c++)
            for (size_t k = 0; k < INPUTS; k++)
                ck_assert_double_eq_tol(info.weights[c * INPUTS + k],
                                        c == k ? 1 / sqrt(covariance[c * CHANNELS + c]) : 0, 1e-12);
        assert_ok(snnfe_control_add(control, SNNFE_CONTROL_OCULAR, samples[0], 99));
    }
    assert_ok(snnfe_control_add(control, SNNFE_CONTROL_OCULAR, samples[0], 1));
    ck_assert_double_lt(fabs(info_of(control).weights[3]), 10);
    ck_assert_double_gt(fabs(info_of(control).weights[3]), 1e-3);
    snnfe_control_free(control);
}
END_TEST

/* With a memory of two trials the tenth loud one is nearly all that counts. */
START_TEST(forgetting)
{
    snnfe_signal signal = make_signal();
    signal.ocular = SNNFE_OCULAR_NONE;
    signal.alignment = SNNFE_ALIGNMENT_STANDARDIZE;
    snnfe_control *control = NULL;
    snnfe_control_options options = make_options();
    options.memory_trials = 2;
    assert_ok(snnfe_control_create(&control, &signal, &options));
    float trial[100][CHANNELS];
    for (int loud = 0; loud < 2; loud++) {
        for (size_t t = 0; t < 100; t++)
            for (size_t c = 0; c < CHANNELS; c++)
                trial[t][c] = (float)((t % 2 ? 1 : -1) * (loud ? 10 : 1));
        for (int i = 0; i < 10; i++)
            assert_ok(snnfe_control_add(control, SNNFE_CONTROL_ALIGNMENT, trial[0], 100));
    }
    /* The quiet trials weigh exp(-5) of the loud ones. */
    const double variance = (100 + exp(-5)) / (1 + exp(-5));
    ck_assert_double_eq_tol(info_of(control).weights[0], 1 / sqrt(variance), 1e-6);
    ck_assert_uint_eq(info_of(control).n_trials, 20);
    ck_assert_uint_eq(info_of(control).n_inputs, CHANNELS);
    snnfe_control_free(control);
}
END_TEST

/* Flat references and channels are counted, and no weight is without bounds. */
START_TEST(flat_channels)
{
    const snnfe_signal signal = make_signal();
    snnfe_control *control = NULL;
    const snnfe_control_options options = make_options();
    for (size_t t = 0; t < N; t++)
        samples[t][2] = samples[t][1] = 3;
    assert_ok(snnfe_control_create(&control, &signal, &options));
    assert_ok(
        snnfe_control_add(control, SNNFE_CONTROL_OCULAR | SNNFE_CONTROL_ALIGNMENT, samples[0], N));
    const snnfe_control_info info = info_of(control);
    ck_assert_uint_eq(info.n_flat, 1);
    ck_assert_uint_eq(info.n_floored, 1); /* two channels that are constant are one direction */
    for (size_t i = 0; i < CHANNELS * INPUTS; i++)
        ck_assert_double_lt(fabs(info.weights[i]), 1000);
    snnfe_control_free(control);
}
END_TEST

START_TEST(bad_arguments)
{
    snnfe_control *control = NULL;
    snnfe_signal signal = make_signal();
    snnfe_control_options options = make_options();
    assert_fails(snnfe_control_create(NULL, &signal, NULL), SNNFE_ERR_ARGUMENT, "control");
    assert_fails(snnfe_control_create(&control, NULL, NULL), SNNFE_ERR_ARGUMENT, "signal");
    options.memory_trials = 0.5;
    assert_fails(snnfe_control_create(&control, &signal, &options), SNNFE_ERR_ARGUMENT,
                 "memory_trials is 0.5");
    options = make_options();
    options.prior_trials = (double)NAN;
    assert_fails(snnfe_control_create(&control, &signal, &options), SNNFE_ERR_ARGUMENT,
                 "prior_trials is nan");
    options = make_options();
    options.memory_samples = -1;
    assert_fails(snnfe_control_create(&control, &signal, &options), SNNFE_ERR_ARGUMENT,
                 "memory_samples is -1");
    options.struct_size = 3;
    assert_fails(snnfe_control_create(&control, &signal, &options), SNNFE_ERR_ARGUMENT,
                 "struct_size is 3");
    signal.struct_size = 3;
    assert_fails(snnfe_control_create(&control, &signal, NULL), SNNFE_ERR_ARGUMENT,
                 "snnfe_signal.struct_size is 3");
    signal = make_signal();
    signal.n_channels = 0;
    assert_fails(snnfe_control_create(&control, &signal, NULL), SNNFE_ERR_ARGUMENT,
                 "n_channels is 0");
    signal = make_signal();
    signal.n_bands = 1;
    assert_fails(snnfe_control_create(&control, &signal, NULL), SNNFE_ERR_ARGUMENT, "band");
    signal = make_signal();
    signal.n_references = 0;
    assert_fails(snnfe_control_create(&control, &signal, NULL), SNNFE_ERR_ARGUMENT,
                 "n_references is 0");
    signal = make_signal();
    signal.reference_names = NULL;
    assert_fails(snnfe_control_create(&control, &signal, NULL), SNNFE_ERR_ARGUMENT,
                 "reference_names is NULL");
    const char *const empty[] = {"EOG", ""};
    signal.reference_names = empty;
    assert_fails(snnfe_control_create(&control, &signal, NULL), SNNFE_ERR_ARGUMENT,
                 "reference_names[1] is empty");
    const double bad[][2] = {{0, (double)NAN}, {0, 0}, {(double)INFINITY, 1}};
    for (int i = 0; i < 3; i++) {
        signal = make_signal();
        signal.reference_mean_uv = i == 1 ? NULL : bad[i];
        signal.reference_std_uv = i == 1 ? bad[i] : NULL;
        assert_fails(snnfe_control_create(&control, &signal, NULL), SNNFE_ERR_ARGUMENT,
                     "has the mean");
    }
    signal = make_signal();
    signal.ocular = 2;
    assert_fails(snnfe_control_create(&control, &signal, NULL), SNNFE_ERR_ARGUMENT, "ocular is 2");
    signal.ocular = SNNFE_OCULAR_NONE;
    signal.alignment = SNNFE_ALIGNMENT_NONE;
    assert_fails(snnfe_control_create(&control, &signal, NULL), SNNFE_ERR_ARGUMENT,
                 "nothing to learn");
    signal = make_signal();
    signal.n_lags = 33;
    assert_fails(snnfe_control_create(&control, &signal, NULL), SNNFE_ERR_ARGUMENT, "n_lags is 33");
    signal = make_signal();
    const char *const twice[] = {"EOG", "e og."};
    signal.reference_names = twice;
    assert_fails(snnfe_control_create(&control, &signal, NULL), SNNFE_ERR_ARGUMENT,
                 "\"e og.\" twice");
    const char *const missing[] = {"EOG", NULL};
    signal.reference_names = missing;
    assert_fails(snnfe_control_create(&control, &signal, NULL), SNNFE_ERR_ARGUMENT,
                 "reference_names[1] is NULL");
    const double covariance[] = {1, 0, 0, 0, (double)INFINITY, 0, 0, 0, 1};
    signal = make_signal();
    signal.covariance = covariance;
    assert_fails(snnfe_control_create(&control, &signal, NULL), SNNFE_ERR_ARGUMENT,
                 "covariance[1][1] is inf");
    ck_assert_ptr_null(control);
    signal = make_signal();
    signal.n_lags = 4;
    assert_ok(snnfe_control_create(&control, &signal, NULL));
    assert_fails(snnfe_control_add(NULL, 1, samples[0], N), SNNFE_ERR_ARGUMENT, "control");
    assert_fails(snnfe_control_add(control, 4, samples[0], N), SNNFE_ERR_ARGUMENT, "use is 4");
    assert_fails(snnfe_control_add(control, 1, samples[0], 4), SNNFE_ERR_ARGUMENT, "n is 4");
    assert_fails(snnfe_control_add(control, 1, NULL, N), SNNFE_ERR_ARGUMENT, "samples");
    samples[7][1] = (float)NAN;
    assert_fails(snnfe_control_add(control, 1, samples[0], N), SNNFE_ERR_NONFINITE,
                 "sample 7 of input 1 is nan");
    ck_assert_uint_eq(info_of(control).n_samples, 0);
    assert_fails(snnfe_control_get_info(control, NULL), SNNFE_ERR_ARGUMENT, "info");
    assert_fails(snnfe_control_get_info(NULL, NULL), SNNFE_ERR_ARGUMENT, "control");
    snnfe_control_free(control);
    snnfe_control_free(NULL);
}
END_TEST

/* --- files ----------------------------------------------------------------------------------- */

START_TEST(files_go_on_to_the_same_bits)
{
    const snnfe_signal signal = make_signal();
    snnfe_control *control = NULL, *again = NULL;
    const char *path = support_path("control.safetensors");
    assert_ok(snnfe_control_create(&control, &signal, NULL));
    assert_ok(snnfe_control_create(&again, &signal, NULL));
    assert_ok(snnfe_control_add(control, 3, samples[0], 1700));
    assert_ok(snnfe_control_save(control, path));
    assert_ok(snnfe_control_restore(again, path));
    assert_ok(snnfe_control_add(control, 3, samples[1700], 300));
    assert_ok(snnfe_control_add(again, 3, samples[1700], 300));
    const snnfe_control_info a = info_of(control), b = info_of(again);
    ck_assert_uint_eq(b.n_samples, N);
    ck_assert_uint_eq(b.n_trials, 2);
    ck_assert_mem_eq(a.weights, b.weights, CHANNELS * INPUTS * sizeof *a.weights);
    ck_assert_mem_eq(a.offset, b.offset, CHANNELS * sizeof *a.offset);
    snnfe_control_free(again);
    snnfe_control_free(control);
}
END_TEST

START_TEST(other_files_are_refused)
{
    snnfe_signal signal = make_signal();
    snnfe_control *control = NULL, *other = NULL;
    const char *path = support_path("control.safetensors");
    assert_ok(snnfe_control_create(&control, &signal, NULL));
    assert_ok(snnfe_control_add(control, 3, samples[0], N));
    assert_ok(snnfe_control_save(control, path));
    assert_fails(snnfe_control_save(control, NULL), SNNFE_ERR_ARGUMENT, "path");
    assert_fails(snnfe_control_save(NULL, path), SNNFE_ERR_ARGUMENT, "control");
    assert_fails(snnfe_control_restore(control, NULL), SNNFE_ERR_ARGUMENT, "path");
    assert_fails(snnfe_control_restore(NULL, path), SNNFE_ERR_ARGUMENT, "control");
    assert_fails(snnfe_control_restore(control, support_path("none")), SNNFE_ERR_IO, "none");
    signal.alignment = SNNFE_ALIGNMENT_STANDARDIZE;
    assert_ok(snnfe_control_create(&other, &signal, NULL));
    assert_fails(snnfe_control_restore(other, path), SNNFE_ERR_SHAPE, "alignment");
    snnfe_control_free(other);
    signal = make_signal();
    const char *const names[] = {"EOG", "Cz"};
    signal.reference_names = names;
    assert_ok(snnfe_control_create(&other, &signal, NULL));
    assert_fails(snnfe_control_restore(other, path), SNNFE_ERR_SHAPE, "other references");
    snnfe_control_free(other);
    size_t size = 0;
    char *content = support_read(path, &size);
    support_write(path, content, size - 1);
    assert_fails(snnfe_control_restore(control, path), SNNFE_ERR_FORMAT, "control.safetensors");
    free(content);
    ck_assert_uint_eq(info_of(control).n_samples, N);
    snnfe_control_free(control);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("control");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 120);
    tcase_add_checked_fixture(all, make_samples, NULL);
    tcase_add_test(all, one_filter_does_both);
    tcase_add_test(all, regression_alone);
    tcase_add_test(all, beginnings);
    tcase_add_test(all, forgetting);
    tcase_add_test(all, flat_channels);
    tcase_add_test(all, bad_arguments);
    tcase_add_test(all, files_go_on_to_the_same_bits);
    tcase_add_test(all, other_files_are_refused);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
