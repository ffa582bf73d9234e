/* The causal filter: its response, its beginning, and data sets that are filtered with it. */
#include "recordings.h"
#include "same_dataset.h"
#include "signal/causal.h"

#include <math.h>
#include <snnfe/synthetic.h>

#define PI 3.14159265358979323846

/* Magnitude at a frequency, from the response to one impulse. */
static double gain_at(double hz, double low, double high, uint32_t order)
{
    enum { N = 40000 };
    static float x[N];
    memset(x, 0, sizeof x);
    x[1] = 1;
    assert_ok(snnfe_causal_filter_apply(x, 1, N, low, high, 160, order));
    double re = 0, im = 0;
    for (int i = 0; i < N; i++) {
        re += (double)x[i] * cos(2 * PI * hz / 160 * i);
        im += (double)x[i] * sin(2 * PI * hz / 160 * i);
    }
    return sqrt(re * re + im * im);
}

/* Butterworth after the bilinear transform: 1 / sqrt(1 + (ratio of tangents)^2n). */
START_TEST(response_is_butterworths)
{
    const double frequencies[] = {0.05, 0.1, 0.3, 1, 10, 30, 40, 60, 79};
    for (uint32_t order = 1; order <= 4; order++)
        for (size_t i = 0; i < sizeof frequencies / sizeof frequencies[0]; i++) {
            const double hz = frequencies[i], t = tan(PI * hz / 160);
            const double low = pow(tan(PI * 0.1 / 160) / t, 2 * order);
            const double high = pow(t / tan(PI * 40 / 160), 2 * order);
            ck_assert_double_eq_tol(gain_at(hz, 0.1, 0, order), 1 / sqrt(1 + low), 2e-4);
            ck_assert_double_eq_tol(gain_at(hz, 0, 40, order), 1 / sqrt(1 + high), 2e-4);
            ck_assert_double_eq_tol(gain_at(hz, 0.1, 40, order), 1 / sqrt(1 + low) / sqrt(1 + high),
                                    2e-4);
        }
}
END_TEST

START_TEST(begins_settled_and_looks_back_only)
{
    enum { N = 1000 };
    float flat[N], whole[N], part[N];
    for (int i = 0; i < N; i++) {
        flat[i] = 4000;
        whole[i] = part[i] = (float)(4000 + 30 * sin(0.3 * i) + i % 7);
    }
    assert_ok(snnfe_causal_filter_apply(flat, 1, N, 0.1, 79, 160, 2));
    for (int i = 0; i < N; i++)
        ck_assert_float_eq_tol(flat[i], 0, 1e-6F);
    assert_ok(snnfe_causal_filter_apply(whole, 1, N, 0.1, 79, 160, 2));
    assert_ok(snnfe_causal_filter_apply(part, 1, 400, 0.1, 79, 160, 2));
    ck_assert_mem_eq(whole, part, 400 * sizeof(float));
    float none[3] = {1, 2, 3};
    assert_ok(snnfe_causal_filter_apply(none, 1, 3, 0, 0, 160, 1));
    ck_assert_float_eq(none[2], 3);
}
END_TEST

/* Denormal numbers, which a filter of a signal that has become 0 would keep for ever, are slow. */
START_TEST(no_denormal_number_is_remembered)
{
    enum { N = 30000 };
    static const double edges[][2] = {{1, 79}, {8, 30}, {0.3, 0}, {0, 1}};
    static float x[N];
    for (uint32_t order = 0; order <= 4; order++) /* 0: a notch */
        for (size_t e = 0; e < sizeof edges / sizeof edges[0]; e++) {
            for (int i = 0; i < N; i++)
                x[i] = i < 100 ? (float)(i * 37 % 101) - 50 : 0;
            if (order > 0)
                assert_ok(snnfe_causal_filter_apply(x, 1, N, edges[e][0], edges[e][1], 160, order));
            else
                assert_ok(snnfe_notch_filter_apply(x, 1, N, 50, 1, 160, (int32_t)(e % 2)));
            for (int i = 0; i < N; i++)
                ck_assert_msg(support_keeps_denormals() || fpclassify(x[i]) != FP_SUBNORMAL,
                              "order %u, edges %zu, sample %d: %g", order, e, i, (double)x[i]);
        }
}
END_TEST

START_TEST(bad_arguments)
{
    float x[4] = {1, 2, NAN, 4};
    assert_fails(snnfe_causal_filter_apply(NULL, 1, 4, 0.1, 79, 160, 2), SNNFE_ERR_ARGUMENT,
                 "samples is NULL");
    assert_fails(snnfe_causal_filter_apply(x, 1, 0, 0.1, 79, 160, 2), SNNFE_ERR_ARGUMENT,
                 "n_samples is 0");
    assert_fails(snnfe_causal_filter_apply(x, 2, 2, 0.1, 79, 160, 2), SNNFE_ERR_NONFINITE,
                 "sample 0 of channel 1 is nan");
    ck_assert_float_eq(x[1], 2);
    assert_fails(snnfe_causal_filter_apply(x, 1, 2, 0.1, 79, 160, 0), SNNFE_ERR_ARGUMENT,
                 "filter_order is 0");
    assert_fails(snnfe_causal_filter_apply(x, 1, 2, -1, 79, 160, 1), SNNFE_ERR_ARGUMENT,
                 "filter_low_hz is -1");
    assert_fails(snnfe_causal_filter_apply(x, 1, 2, 0.1, 80, 160, 1), SNNFE_ERR_ARGUMENT,
                 "filter_high_hz is 80");
    assert_fails(snnfe_causal_filter_apply(x, 1, 2, 50, 40, 160, 1), SNNFE_ERR_ARGUMENT,
                 "is not below");
    assert_fails(snnfe_causal_filter_apply(x, 1, 2, 0, 0, 0, 1), SNNFE_ERR_ARGUMENT,
                 "sampling_rate_hz is 0");
}
END_TEST

/* Settled on a constant and then fed a bounded signal, a stable filter stays bounded. */
static void assert_bounded(double low, double high, double rate, uint32_t order)
{
    enum { N = 400 };
    static float x[N];
    for (int i = 0; i < N; i++)
        x[i] = i < 5 ? 1000 : (float)((i * 37) % 101) - 50;
    assert_ok(snnfe_causal_filter_apply(x, 1, N, low, high, rate, order));
    for (int i = 0; i < N; i++)
        ck_assert_msg(fabsf(x[i]) < 1e4F, "edges %a and %a Hz at %a Hz, order %u: sample %d is %g",
                      low, high, rate, order, i, (double)x[i]);
}

/* The poles of every section lie within the unit circle, as a triangle of its coefficients. */
static void assert_stable(double low, double high, double rate, uint32_t order)
{
    snnfe_causal f;
    assert_ok(snnfe_causal_design(&f, low, high, rate, order));
    for (size_t i = 0; i < f.n_sections; i++) {
        const double a1 = f.sections[i].a[1], a2 = f.sections[i].a[2];
        ck_assert_msg(fabs(a2) < 1 && fabs(a1) < 1 + a2,
                      "edges %a and %a Hz at %a Hz, order %u: section %zu has a pole outside", low,
                      high, rate, order, i);
    }
    assert_bounded(low, high, rate, order);
}

/* The accepted range from end to end, at sampling rates of any size; what is beyond is refused. */
START_TEST(every_accepted_filter_is_stable)
{
    const double rates[] = {1e-300, 1e-9, 1, 160, 30000, 1e9, 1e100, 1e300};
    for (size_t r = 0; r < sizeof rates / sizeof rates[0]; r++)
        for (uint32_t order = 1; order <= 4; order++) {
            for (double part = 1e-6; part < 0.49; part *= 1.17)
                for (int k = 0; k < 3; k++) {
                    const double low = (k == 1 ? 0.5 - part : part) * rates[r];
                    const double high = k == 2 ? fmin(2 * part, 0.499) * rates[r] : 0;
                    assert_stable(low, high, rates[r], order);
                    assert_stable(0, low, rates[r], order);
                }
            float x[2] = {1, 2};
            for (double part = 9.9e-7; part > 1e-12; part /= 10) {
                assert_fails(
                    snnfe_causal_filter_apply(x, 1, 2, part * rates[r], 0, rates[r], order),
                    SNNFE_ERR_ARGUMENT, "filter_low_hz");
                assert_fails(
                    snnfe_causal_filter_apply(x, 1, 2, 0, (0.5 - part) * rates[r], rates[r], order),
                    SNNFE_ERR_ARGUMENT, "filter_high_hz");
            }
        }
}
END_TEST

START_TEST(huge_samples_are_refused)
{
    float x[4] = {3e38F, -3e38F, 3e38F, -3e38F}, large[4] = {1e20F, -1e20F, 1e20F, -1e20F};
    assert_fails(snnfe_causal_filter_apply(x, 1, 4, 0.1, 79, 160, 4), SNNFE_ERR_NONFINITE,
                 "sample 0 of channel 0 is 3e+38");
    ck_assert_float_eq(x[1], -3e38F);
    assert_ok(snnfe_causal_filter_apply(large, 1, 4, 0.1, 79, 160, 4));
    for (int i = 0; i < 4; i++)
        ck_assert(isfinite(large[i]));
}
END_TEST

static const char *recordings(void)
{
    static char root[4096];
    if (root[0])
        return root;
    snnfe_synthetic_options s;
    assert_ok(snnfe_synthetic_options_init(&s, sizeof s));
    s.n_subjects = 1;
    s.trials_per_run = 4;
    snprintf(root, sizeof root, "%s", support_path("tree"));
    assert_ok(snnfe_synthetic_write(root, &s));
    return root;
}

/* A data set's trials are the recording, filtered from its beginning. */
START_TEST(datasets_filtered_causally)
{
    snnfe_dataset_options options;
    assert_ok(snnfe_dataset_options_init(&options, sizeof options));
    options.filter_kind = SNNFE_FILTER_CAUSAL;
    options.normalization = SNNFE_NORMALIZE_NONE;
    snnfe_dataset *dataset = NULL, *loaded = NULL;
    snnfe_recording *recording = NULL;
    char path[8192];
    assert_ok(snnfe_dataset_open(&dataset, recordings(), &options));
    snprintf(path, sizeof path, "%s/S001/S001R04.edf", recordings());
    assert_ok(snnfe_recording_open(&recording, path, NULL));
    const snnfe_recording_info info = recording_info(recording);
    float *signals = malloc(info.n_channels * info.n_samples * sizeof *signals);
    memcpy(signals, info.samples, info.n_channels * info.n_samples * sizeof *signals);
    assert_ok(snnfe_causal_filter_apply(signals, info.n_channels, info.n_samples, 0.1, 79, 160, 2));
    for (size_t e = 0; e < 4; e++) {
        const size_t onset = (size_t)dataset_info(dataset).onsets[e];
        for (size_t c = 0; c < 64; c++)
            ck_assert_mem_eq(dataset_info(dataset).trials + (e * 64 + c) * 160,
                             signals + c * info.n_samples + onset, 160 * sizeof(float));
    }
    assert_ok(snnfe_dataset_save(dataset, support_path("saved")));
    assert_ok(snnfe_dataset_load(&loaded, support_path("saved")));
    ck_assert_int_eq(dataset_info(loaded).signal->filter_kind, SNNFE_FILTER_CAUSAL);
    ck_assert_uint_eq(dataset_info(loaded).signal->filter_order, 2);
    free(signals);
    snnfe_recording_free(recording);
    snnfe_dataset_free(dataset);
    snnfe_dataset_free(loaded);
    options.filter_order = 9;
    assert_fails(snnfe_dataset_open(&dataset, recordings(), &options), SNNFE_ERR_ARGUMENT,
                 "filter_order is 9");
    options.filter_kind = 2;
    assert_fails(snnfe_dataset_open(&dataset, recordings(), &options), SNNFE_ERR_ARGUMENT,
                 "filter_kind is 2");
}
END_TEST

START_TEST(recordings_with_their_events)
{
    char path[8192];
    snnfe_recording *recording = NULL;
    snprintf(path, sizeof path, "%s/S001/S001R04.edf", recordings());
    assert_ok(snnfe_recording_open(&recording, path, NULL));
    snnfe_recording_info info = recording_info(recording);
    ck_assert_uint_eq(info.n_channels, 64);
    ck_assert_double_eq(info.sampling_rate_hz, 160);
    ck_assert_int_eq(info.synthetic, 1);
    size_t n_cues = 0;
    uint64_t before = 0;
    for (size_t i = 0; i < info.n_events; i++) {
        const uint64_t onset = info.event_onsets[i];
        const char *text = info.event_texts[i];
        ck_assert_uint_ge(onset, before);
        ck_assert_uint_lt(onset, info.n_samples);
        n_cues += strcmp(text, "T1") == 0 || strcmp(text, "T2") == 0;
        before = onset;
    }
    ck_assert_uint_eq(n_cues, 4);
    snnfe_recording_free(recording);
    snnfe_recording_free(NULL);
    assert_fails(snnfe_recording_open(&recording, support_path("none.edf"), NULL), SNNFE_ERR_IO,
                 "none.edf");
    ck_assert_ptr_null(recording);
    assert_fails(snnfe_recording_open(&recording, NULL, NULL), SNNFE_ERR_ARGUMENT, "path");
    assert_fails(snnfe_recording_open(NULL, path, NULL), SNNFE_ERR_ARGUMENT, "recording");
    assert_fails(snnfe_recording_get_info(NULL, &info), SNNFE_ERR_ARGUMENT, "recording");
    snnfe_recording_options options;
    assert_ok(snnfe_recording_options_init(&options, sizeof options));
    options.sampling_rate_hz = 128;
    assert_fails(snnfe_recording_open(&recording, path, &options), SNNFE_ERR_FORMAT, "128");
}
END_TEST

int main(int argc, char **argv)
{
    (void)argc;
    support_set_program(argv[0]);
    Suite *suite = suite_create("causal filter");
    TCase *tests = tcase_create("causal");
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, response_is_butterworths);
    tcase_add_test(tests, begins_settled_and_looks_back_only);
    tcase_add_test(tests, no_denormal_number_is_remembered);
    tcase_add_test(tests, bad_arguments);
    tcase_add_test(tests, every_accepted_filter_is_stable);
    tcase_add_test(tests, huge_samples_are_refused);
    tcase_add_test(tests, datasets_filtered_causally);
    tcase_add_test(tests, recordings_with_their_events);
    suite_add_tcase(suite, tests);
    return support_run(suite);
}
