/* The fast filter against the sum that defines it. */
#include "support.h"

#include <math.h>
#include <snnfe/dataset.h>

#define RATE 160.0

static double *design(double low, double high, size_t *n)
{
    *n = 0;
    assert_ok(snnfe_filter_design(low, high, RATE, n, NULL));
    double *taps = calloc(*n, sizeof *taps);
    size_t capacity = *n;
    assert_ok(snnfe_filter_design(low, high, RATE, &capacity, taps));
    ck_assert_uint_eq(capacity, *n);
    return taps;
}

/* x with its odd reflections of min(taps, n) - 1 samples, zero beyond. */
static double extended(const float *x, size_t n, size_t n_taps, long i)
{
    const long last = (long)n - 1, reach = (long)(n_taps < n ? n_taps : n) - 1;
    if (i >= 0 && i <= last)
        return (double)x[i];
    if (i < 0)
        return -i <= reach ? 2 * (double)x[0] - (double)x[-i] : 0;
    return i - last <= reach ? 2 * (double)x[last] - (double)x[2 * last - i] : 0;
}

static void filter_directly(const float *x, size_t n, const double *taps, size_t n_taps, double *y)
{
    const long half = (long)(n_taps - 1) / 2;
    for (long t = 0; t < (long)n; t++) {
        y[t] = 0;
        for (long k = -half; k <= half; k++)
            y[t] += taps[k + half] * extended(x, n, n_taps, t + k);
    }
}

/* Recordings shorter and longer than half the filter, and than all of it. */
START_TEST(agrees_with_direct_convolution)
{
    static const struct {
        double low, high;
        size_t n_samples;
    } cases[] = {{0.1, 79, 1},    {0.1, 79, 2},    {0.1, 79, 500}, {0.1, 79, 2640},
                 {0.1, 79, 2641}, {0.1, 79, 7000}, {8, 30, 1000},  {8, 30, 41000},
                 {0, 40, 300},    {1, 0, 1500},    {0.5, 40, 2001}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const size_t n = cases[i].n_samples;
        size_t n_taps = 0;
        double *taps = design(cases[i].low, cases[i].high, &n_taps);
        ck_assert_uint_eq(n_taps % 2, 1);
        float *x = calloc(3 * n, sizeof *x), *original = calloc(3 * n, sizeof *original);
        double *expected = calloc(n, sizeof *expected);
        uint64_t state = support_seed() + i;
        for (size_t t = 0; t < 3 * n; t++) {
            state = state * 6364136223846793005U + 1442695040888963407U;
            original[t] = (float)((double)(state >> 40) / 1e5 - 80 + 200 * (double)(t / n));
        }
        memcpy(x, original, 3 * n * sizeof *x);
        assert_ok(snnfe_filter_apply(x, 3, n, taps, n_taps));
        for (size_t c = 0; c < 3; c++) {
            filter_directly(original + c * n, n, taps, n_taps, expected);
            for (size_t t = 0; t < n; t++)
                ck_assert_msg(fabs((double)x[c * n + t] - expected[t]) < 2e-3,
                              "%g-%g Hz, %zu samples, channel %zu, sample %zu: %g, not %g",
                              cases[i].low, cases[i].high, n, c, t, (double)x[c * n + t],
                              expected[t]);
        }
        free(expected);
        free(original);
        free(x);
        free(taps);
    }
}
END_TEST

static double gain(const double *taps, size_t n, double hz)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += taps[i] * cos(2 * 3.14159265358979 * hz / RATE * ((double)i - (double)(n - 1) / 2));
    return sum;
}

START_TEST(passes_its_band_only)
{
    size_t n = 0;
    double *taps = design(8, 30, &n);
    ck_assert_double_eq_tol(gain(taps, n, 0), 0, 1e-9);
    ck_assert_double_eq_tol(gain(taps, n, 5), 0, 5e-3);
    ck_assert_double_eq_tol(gain(taps, n, 7), 0.5, 0.01);
    ck_assert_double_eq_tol(gain(taps, n, 12), 1, 5e-3);
    ck_assert_double_eq_tol(gain(taps, n, 25), 1, 5e-3);
    ck_assert_double_eq_tol(gain(taps, n, 45), 0, 5e-3);
    free(taps);
}
END_TEST

static void assert_sound_taps(double low, double high, double rate)
{
    size_t n = 0;
    if (snnfe_filter_design(low, high, rate, &n, NULL) != SNNFE_OK || n > 20000)
        return;
    double *taps = malloc(n * sizeof *taps), sum = 0, magnitude = 0;
    assert_ok(snnfe_filter_design(low, high, rate, &n, taps));
    for (size_t i = 0; i < n; i++) {
        sum += taps[i];
        magnitude += fabs(taps[i]);
    }
    ck_assert_msg(fabs(sum - (low > 0 ? 0 : 1)) < 1e-9 && magnitude < 20,
                  "edges %a and %a Hz at %a Hz: %zu taps of sum %g, of magnitude %g", low, high,
                  rate, n, sum, magnitude);
    free(taps);
}

/* Edges next to 0 and half the sampling rate and between, at sampling rates of any size. */
START_TEST(every_accepted_design_is_finite)
{
    const double rates[] = {1e-300, 1e-9, 1, 160, 30000, 1e9, 1e300};
    for (size_t r = 0; r < sizeof rates / sizeof rates[0]; r++)
        for (double part = 1e-12; part < 0.5; part *= 1.3)
            for (int k = 0; k < 4; k++) {
                const double edge = (k & 1 ? 0.5 - part : part) * rates[r];
                assert_sound_taps(k & 2 ? edge : 0, k & 2 ? 0 : edge, rates[r]);
                assert_sound_taps(edge / 3, edge, rates[r]);
            }
}
END_TEST

START_TEST(bad_arguments_are_named)
{
    size_t n = 0;
    assert_fails(snnfe_filter_design(0.1, 80, 160, &n, NULL), SNNFE_ERR_ARGUMENT,
                 "filter_high_hz is 80, not below 80");
    assert_fails(snnfe_filter_design(30, 8, 160, &n, NULL), SNNFE_ERR_ARGUMENT,
                 "filter_low_hz 30 is not below filter_high_hz 8");
    assert_fails(snnfe_filter_design(-1, 8, 160, &n, NULL), SNNFE_ERR_ARGUMENT,
                 "filter_low_hz is -1");
    assert_fails(snnfe_filter_design(1, 8, NAN, &n, NULL), SNNFE_ERR_ARGUMENT, "sampling_rate_hz");
    assert_fails(snnfe_filter_design(1e-6, 8, 160, &n, NULL), SNNFE_ERR_ARGUMENT, "taps");
    double few[3];
    n = 3;
    assert_fails(snnfe_filter_design(1, 8, 160, &n, few), SNNFE_ERR_ARGUMENT, "room for 3 taps");
    float x[4] = {1, 2, NAN, 4};
    const double taps[3] = {0.25, 0.5, 0.25}, skewed[3] = {0.25, 0.5, 0.3};
    assert_fails(snnfe_filter_apply(x, 2, 2, taps, 3), SNNFE_ERR_NONFINITE,
                 "sample 0 of channel 1 is nan");
    float huge[2] = {1, 2e20F};
    const double loud[3] = {1e6, 1, 1e6};
    assert_fails(snnfe_filter_apply(huge, 1, 2, taps, 3), SNNFE_ERR_NONFINITE,
                 "sample 1 of channel 0 is 2e+20");
    assert_fails(snnfe_filter_apply(x, 1, 2, loud, 3), SNNFE_ERR_ARGUMENT, "sum up to 2e+06");
    assert_fails(snnfe_filter_apply(x, 1, 2, skewed, 3), SNNFE_ERR_ARGUMENT, "not symmetric");
    assert_fails(snnfe_filter_apply(x, 1, 2, taps, 2), SNNFE_ERR_ARGUMENT, "odd number");
    assert_fails(snnfe_filter_apply(NULL, 1, 2, taps, 3), SNNFE_ERR_ARGUMENT, "samples");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("filter");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 120);
    tcase_add_test(all, agrees_with_direct_convolution);
    tcase_add_test(all, passes_its_band_only);
    tcase_add_test(all, every_accepted_design_is_finite);
    tcase_add_test(all, bad_arguments_are_named);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
