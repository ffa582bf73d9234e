/* Confidence intervals of a population against tables of the distributions, and at their ends. */
#include "device/intervals.h"
#include "support.h"

#include <math.h>

#define Z 1.959963984540054

static void assert_near(double value, double expected, double tolerance)
{
    ck_assert_msg(fabs(value - expected) <= tolerance, "%.15g, not %.15g", value, expected);
}

static void assert_estimate(snnfe_estimate e, double value, double low, double high)
{
    assert_near(e.value, value, 1e-12);
    assert_near(e.low, low, 1e-12);
    assert_near(e.high, high, 1e-12);
}

START_TEST(samples_have_mean_and_variances)
{
    const double values[] = {1, 2, 4, 9}, variances[] = {0.5, 1, 1.5, 3};
    const snnfe_sample s = snnfe_sample_make(values, variances, 4);
    ck_assert_uint_eq(s.n, 4);
    assert_near(s.mean, 4, 1e-15);
    assert_near(s.variance, 38.0 / 3, 1e-14); /* 9 + 4 + 0 + 25 */
    assert_near(s.of_measuring, 1.5, 1e-15);
}
END_TEST

/* Quantiles of 97.5 % with 4, 9 and 29 degrees of freedom: those of the tables, and the sum of the
   expansion's terms. */
START_TEST(means_are_as_sure_as_student_says)
{
    static const struct {
        size_t n;
        double table, terms, error;
    } cases[] = {{5, 2.776445105, 2.76937310684073, 8e-3},
                 {10, 2.262157163, 2.26190130535672, 3e-4},
                 {30, 2.045229642, 2.045227357955, 3e-6}};
    for (size_t i = 0; i < 3; i++) {
        const double n = (double)cases[i].n;
        const snnfe_sample s = {.n = cases[i].n, .mean = 7, .variance = n};
        const snnfe_estimate e = snnfe_interval_mean(&s);
        assert_estimate(e, 7, 7 - cases[i].terms, 7 + cases[i].terms);
        assert_near(e.high - 7, cases[i].table, cases[i].error);
    }
}
END_TEST

/* Of chi² / degrees: quantiles of 97.5 and 2.5 %. */
START_TEST(deviations_are_as_sure_as_chi_square_says)
{
    static const struct {
        size_t n;
        double high, low, error;
    } cases[] = {{5, 2.785821695, 0.121104639, 1.5e-2}, {30, 1.576630545, 0.55334730, 5e-4}};
    for (size_t i = 0; i < 2; i++) {
        const snnfe_sample s = {.n = cases[i].n, .variance = 4};
        const snnfe_estimate e = snnfe_interval_deviation(&s);
        assert_near(e.value, 2, 1e-15);
        assert_near(4 / (e.low * e.low), cases[i].high, cases[i].error);
        assert_near(4 / (e.high * e.high), cases[i].low, cases[i].error);
        /* Wilson and Hilferty's own numbers. */
        const double part = 2 / (9 * (double)(s.n - 1));
        assert_near(e.low, 2 / pow(1 - part + Z * sqrt(part), 1.5), 1e-12);
        assert_near(e.high, 2 / pow(1 - part - Z * sqrt(part), 1.5), 1e-12);
    }
    const snnfe_sample noisy = {.n = 30, .variance = 4, .of_measuring = 3};
    const snnfe_estimate e = snnfe_interval_deviation(&noisy);
    const double part = 2 / (9 * 29.0);
    assert_estimate(e, 1, 0, sqrt(4 / pow(1 - part - Z * sqrt(part), 3) - 3));
    const snnfe_sample noise = {.n = 30, .variance = 1, .of_measuring = 3};
    assert_estimate(snnfe_interval_deviation(&noise), 0, 0, 0);
}
END_TEST

START_TEST(functions_of_two_estimates)
{
    /* Each end is as far as the two errors that lead there: 3 and 4 make 5. */
    const snnfe_estimate a = {12, 9, 14}, b = {4, 2, 4 + 4 / 3.0};
    assert_estimate(snnfe_interval_ratio(a, b), 3, 3 - hypot(0.75, 1), 3 + hypot(0.5, 1.5));
    const snnfe_estimate unsure = {12, 0, 30};
    assert_estimate(snnfe_interval_ratio(unsure, b), 3, 0, 3 + hypot(4.5, 1.5));
    const snnfe_estimate mean = {1, 0.5, 1.25}, deviation = {2, 1, 3};
    assert_estimate(snnfe_interval_lognormal_mean(mean, deviation), exp(3),
                    exp(3 - hypot(0.5, 1.5)), exp(3 + hypot(0.25, 2.5)));
    const snnfe_estimate spread = {sqrt(log(2)), 0, sqrt(log(5))};
    assert_estimate(snnfe_interval_lognormal_spread(spread), 1, 0, 2);
}
END_TEST

START_TEST(correlations_by_fisher)
{
    const double half = Z / 5; /* of 28 pairs */
    assert_estimate(snnfe_interval_correlation(0.5, 28, 1), 0.5, tanh(atanh(0.5) - half),
                    tanh(atanh(0.5) + half));
    assert_estimate(snnfe_interval_correlation(-0.3, 28, 0.5), -0.6,
                    tanh(atanh(-0.3) - half) / 0.5 < -1 ? -1 : tanh(atanh(-0.3) - half) / 0.5,
                    tanh(atanh(-0.3) + half) / 0.5);
    /* What measuring has left of it makes no more of it than it can be. */
    assert_estimate(snnfe_interval_correlation(0.9, 28, 0.5), 1, 1, 1);
    assert_estimate(snnfe_interval_correlation(-0.9, 28, 0.5), -1, -1, -1);
    const snnfe_estimate whole = snnfe_interval_correlation(1, 28, 1);
    assert_near(whole.value, 1, 0);
    assert_near(whole.low, tanh(atanh(0.999999) - half), 1e-12);
    const snnfe_estimate opposite = snnfe_interval_correlation(-1, 28, 1);
    assert_near(opposite.value, -1, 0);
    assert_near(opposite.high, tanh(half - atanh(0.999999)), 1e-12);
}
END_TEST

/* Of a mean the jackknife's error is the usual one. */
START_TEST(jackknives_of_means)
{
    const double values[] = {1, 2, 4, 9, 5}, none[5] = {0};
    double without[5];
    for (size_t i = 0; i < 5; i++)
        without[i] = (21 - values[i]) / 4;
    const snnfe_sample s = snnfe_sample_make(values, none, 5);
    const snnfe_estimate usual = snnfe_interval_mean(&s);
    assert_estimate(snnfe_interval_jackknife(s.mean, without, 5), usual.value, usual.low,
                    usual.high);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("intervals");
    TCase *all = tcase_create("all");
    tcase_add_test(all, samples_have_mean_and_variances);
    tcase_add_test(all, means_are_as_sure_as_student_says);
    tcase_add_test(all, deviations_are_as_sure_as_chi_square_says);
    tcase_add_test(all, functions_of_two_estimates);
    tcase_add_test(all, correlations_by_fisher);
    tcase_add_test(all, jackknives_of_means);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
