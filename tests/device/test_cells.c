/* Cells of an array against theory: what is drawn, aging, time; bad options. */
#include "device/device_internal.h"
#include "devices.h"

#include <math.h>
#include <snnfe/device.h>
#include <string.h>

#define N 40000
static const double error = 5 / 200.0; /* five standard errors of N draws */

static const snnfe_cell *draw(const snnfe_cells_options *o)
{
    static snnfe_cell cells[N];
    snnfe_device *device = device_on_cells(o);
    assert_ok(snnfe_device_cells(device, 0, N, cells, sizeof cells[0]));
    snnfe_device_free(device);
    return cells;
}

typedef struct moments {
    double mean[2], deviation[2], correlation;
} moments;

/* Of LTP and LTD; `offset` is that of the member. */
static moments moments_of(const snnfe_cell *cells, size_t offset)
{
    double sums[2] = {0}, squares[2] = {0}, product = 0;
    for (size_t i = 0; i < N; i++) {
        float pair[2];
        memcpy(pair, (const char *)&cells[i] + offset, sizeof pair);
        for (int d = 0; d < 2; d++) {
            sums[d] += (double)pair[d] / N;
            squares[d] += (double)pair[d] * (double)pair[d] / N;
        }
        product += (double)pair[0] * (double)pair[1] / N;
    }
    moments m = {{sums[0], sums[1]}, {0, 0}, 0};
    for (int d = 0; d < 2; d++)
        m.deviation[d] = sqrt(squares[d] - sums[d] * sums[d]);
    m.correlation = (product - sums[0] * sums[1]) / (m.deviation[0] * m.deviation[1]);
    return m;
}

static void check_moments(const snnfe_cells_options *o, size_t offset, double deviation,
                          double correlation)
{
    const moments m = moments_of(draw(o), offset);
    for (int d = 0; d < 2; d++) {
        ck_assert_double_eq_tol(m.mean[d], 1, error * deviation);
        ck_assert_double_eq_tol(m.deviation[d] / deviation, 1, 3 * error);
    }
    ck_assert_double_eq_tol(m.correlation, correlation, error);
}

START_TEST(spreads_have_their_mean_deviation_and_correlation)
{
    const size_t amplitude = offsetof(snnfe_cell, amplitude);
    snnfe_cells_options o = cells_defaults();
    o.spread_amplitude = 0.2;
    o.truncation = 10;
    check_moments(&o, amplitude, 0.2, 0);
    o.correlation = 0.6;
    check_moments(&o, amplitude, 0.2, 0.6);
    o.correlation = -1;
    check_moments(&o, amplitude, 0.2, -1);
    o.correlation = 0;
    o.truncation = 2; /* 1 - 2·2·phi(2) / (2 Phi(2) - 1) of the variance is left */
    check_moments(&o, amplitude, 0.2 * 0.87963, 0);
    o.truncation = 10;
    o.distribution = SNNFE_SPREAD_LOGNORMAL;
    check_moments(&o, amplitude, 0.2, 0);
    o.spread_amplitude = 0;
    o.spread_alpha = 0.1;
    check_moments(&o, offsetof(snnfe_cell, alpha), 0.1, 0);
    o.spread_alpha = 0;
    o.spread_beta = 0.1;
    check_moments(&o, offsetof(snnfe_cell, beta), 0.1, 0);
}
END_TEST

/* A little of any of these alone. */
START_TEST(cells_differ_by_any_of_their_options)
{
    snnfe_cells_options o = cells_defaults();
    double *const fields[] = {&o.spread_amplitude, &o.spread_alpha, &o.spread_beta,
                              &o.spread_window,    &o.stuck_low,    &o.stuck_high,
                              &o.stuck_anywhere,   &o.endurance};
    ck_assert(!snnfe_cells_differ(&o));
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        *fields[i] = 0.01;
        ck_assert(snnfe_cells_differ(&o));
        *fields[i] = 0;
    }
    ck_assert(!snnfe_cells_differ(&o));
}
END_TEST

START_TEST(an_array_is_its_number)
{
    snnfe_cells_options o = cells_defaults();
    static snnfe_cell first[N], part[100];
    o.spread_amplitude = 0.3;
    memcpy(first, draw(&o), sizeof first);
    /* Another spread does not change what this one draws; neither do other cells. */
    o.spread_alpha = o.spread_window = 0.2;
    o.stuck_low = 0.5;
    o.endurance = 1e6;
    const snnfe_cell *more = draw(&o);
    for (size_t i = 0; i < N; i++)
        ck_assert_mem_eq(first[i].amplitude, more[i].amplitude, sizeof more[i].amplitude);
    snnfe_device *device = device_on_cells(&o);
    assert_ok(snnfe_device_cells(device, 777, 100, part, sizeof part[0]));
    ck_assert_mem_eq(part, more + 777, sizeof part);
    assert_fails(snnfe_device_cells(device, UINT64_C(1) << 32, 1, part, sizeof part[0]),
                 SNNFE_ERR_ARGUMENT, "too many");
    snnfe_device_free(device);
    o.array++;
    more = draw(&o);
    size_t same = 0;
    for (size_t i = 0; i < N; i++)
        same += first[i].amplitude[0] == more[i].amplitude[0];
    ck_assert_uint_eq(same, 0);
}
END_TEST

START_TEST(windows_and_stuck_cells_have_their_shares)
{
    snnfe_cells_options o = cells_defaults();
    o.spread_window = 0.2;
    o.truncation = 10;
    const snnfe_cell *cells = draw(&o);
    double low = 0, high = 0;
    for (size_t i = 0; i < N; i++) {
        low += (double)cells[i].low / N;
        high += (double)cells[i].high / N;
    }
    /* Half the cells have the whole window: the mean of max(-z, 0) is phi(0). */
    ck_assert_double_eq_tol(low, 0.1 * 0.398942, 0.1 * error);
    ck_assert_double_eq_tol(1 - high, 0.1 * 0.398942, 0.1 * error);
    o = cells_defaults();
    o.stuck_low = 0.1;
    o.stuck_high = 0.2;
    o.stuck_anywhere = 0.3;
    cells = draw(&o);
    double n_low = 0, n_high = 0, n_anywhere = 0, sum = 0;
    for (size_t i = 0; i < N; i++) {
        const bool stuck = cells[i].low >= cells[i].high;
        const bool ends = cells[i].low <= 0 || cells[i].low >= 1;
        n_low += stuck && cells[i].low <= 0;
        n_high += stuck && cells[i].low >= 1;
        n_anywhere += stuck && !ends;
        sum += stuck && !ends ? (double)cells[i].low : 0;
    }
    ck_assert_double_eq_tol(n_low / N, 0.1, error * 0.3);
    ck_assert_double_eq_tol(n_high / N, 0.2, error * 0.4);
    ck_assert_double_eq_tol(n_anywhere / N, 0.3, error * 0.46);
    ck_assert_double_eq_tol(sum / n_anywhere, 0.5, 2 * error * 0.29);
}
END_TEST

/* --- pulses ---------------------------------------------------------------------------------- */

static double changed(const snnfe_device *device, int32_t direction, double w, uint64_t pulse)
{
    double after = w;
    assert_ok(snnfe_device_pulse(device, direction, &after, 1, 1, pulse));
    return fabs(after - w);
}

START_TEST(pulses_follow_the_cell)
{
    snnfe_cells_options o = cells_defaults();
    snnfe_device *plain = device_on_cells(NULL), *perfect = device_on_cells(&o);
    static double a[N], b[N];
    for (size_t i = 0; i < N; i++)
        a[i] = b[i] = 0.4;
    assert_ok(snnfe_device_pulse(plain, SNNFE_LTP, a, N, 1, 3));
    assert_ok(snnfe_device_pulse(perfect, SNNFE_LTP, b, N, 1, 3));
    ck_assert_mem_eq(a, b, sizeof a);
    const double change = a[0] - 0.4;
    o.spread_amplitude = 0.3;
    o.stuck_anywhere = 0.2;
    const snnfe_cell *cells = draw(&o);
    snnfe_device *real = device_on_cells(&o);
    for (size_t i = 0; i < N; i++)
        b[i] = 0.4;
    assert_ok(snnfe_device_pulse(real, SNNFE_LTP, b, N, 1, 3));
    for (size_t i = 0; i < N; i++)
        if (cells[i].low < cells[i].high)
            ck_assert_double_eq_tol(b[i], 0.4 + (double)cells[i].amplitude[0] * change, 1e-12);
        else
            ck_assert_double_eq_tol(b[i], (double)cells[i].low, 1e-12);
    snnfe_device_free(plain);
    snnfe_device_free(perfect);
    snnfe_device_free(real);
}
END_TEST

START_TEST(steps_keep_weights_in_their_windows)
{
    snnfe_cells_options o = cells_defaults();
    o.spread_window = 0.3;
    o.stuck_low = o.stuck_high = o.stuck_anywhere = 0.1;
    const snnfe_cell *cells = draw(&o);
    snnfe_device *device = device_on_cells(&o);
    snnfe_device_step_options step;
    assert_ok(snnfe_device_step_options_init(&step, sizeof step));
    static float weights[N], sums[N], updates[N];
    step.levels = 4;
    step.bound = 0.5;
    for (int round = 0; round < 20; round++, step.step++) {
        for (size_t i = 0; i < N; i++)
            updates[i] = i % 2 ? 1 : -1;
        assert_ok(
            snnfe_device_step(device, &step, weights, sums, updates, N, NULL, NULL, NULL, NULL));
        for (size_t i = 0; i < N; i++) {
            ck_assert(weights[i] >= cells[i].low - 0.5F - 1e-6F);
            ck_assert(weights[i] <= cells[i].high - 0.5F + 1e-6F);
        }
    }
    snnfe_device_free(device);
}
END_TEST

/* Put on an array, weights beyond the windows of their cells come to their ends and are counted. */
START_TEST(weights_are_put_into_the_windows_of_their_cells)
{
    snnfe_cells_options o = cells_defaults();
    o.spread_window = 0.3;
    o.stuck_anywhere = 0.1;
    snnfe_device *device = device_on_cells(&o), *plain = device_on_cells(NULL);
    static snnfe_cell cells[N];
    static float weights[N];
    assert_ok(snnfe_device_cells(device, 77, N, cells, sizeof cells[0]));
    size_t n_beyond = 0;
    for (size_t i = 0; i < N; i++) {
        const float low = 2 * cells[i].low - 1, high = 2 * cells[i].high - 1;
        weights[i] = i % 3 == 0 ? low : i % 3 == 1 ? high : (i % 2 ? 0.95F : -0.95F);
        n_beyond += weights[i] < low || weights[i] > high;
    }
    ck_assert_uint_gt(n_beyond, 100);
    ck_assert_uint_eq(snnfe_count_off_array(device, weights, N, 1, 77), n_beyond);
    ck_assert_uint_eq(snnfe_put_on_array(plain, weights, N, 1, 77), 0);
    ck_assert_uint_eq(snnfe_count_off_array(device, weights, N, 1, 77), n_beyond);
    ck_assert_uint_eq(snnfe_put_on_array(device, weights, N, 1, 77), n_beyond);
    ck_assert_uint_eq(snnfe_put_on_array(device, weights, N, 1, 77), 0);
    for (size_t i = 0; i < N; i++) {
        const float low = 2 * cells[i].low - 1, high = 2 * cells[i].high - 1;
        const float wanted = i % 3 == 0 ? low : i % 3 == 1 ? high : (i % 2 ? 0.95F : -0.95F);
        ck_assert_float_eq(weights[i], wanted > high ? high : wanted < low ? low : wanted);
    }
    snnfe_device_free(device);
    snnfe_device_free(plain);
}
END_TEST

START_TEST(amplitudes_follow_the_number_of_pulses)
{
    snnfe_cells_options o = cells_defaults();
    const double pulses[3] = {0, 99, 9999}, factors[3] = {1.5, 1, 0.5};
    snnfe_device *fresh = device_on_cells(NULL);
    const double change = changed(fresh, SNNFE_LTD, 0.5, 0);
    o.fatigue_pulses = 1000;
    o.fatigue_exponent = 0.5;
    o.fatigue_end = 0.2;
    o.wakeup_pulses = 50;
    o.wakeup_start = 0.6;
    snnfe_device *device = device_on_cells(&o);
    /* Factors of the first numbers of pulses are kept in a table. */
    for (uint64_t n = 0; n < 20000; n = n < SNNFE_N_FACTORS + 3 ? n + 1 : 3 * n + 1) {
        const double x = (double)n;
        const double expected = (1 - 0.4 * exp(-x / 50)) * (0.2 + 0.8 * exp(-sqrt(x / 1000)));
        ck_assert_double_eq_tol(changed(device, SNNFE_LTD, 0.5, n) / change, expected, 1e-9);
    }
    snnfe_device_free(device);
    o = cells_defaults();
    o.aging_pulses = pulses;
    o.aging_factors = factors;
    o.n_aging = 3;
    o.pulses_before = 9;
    device = device_on_cells(&o);
    /* 10, 100 and 10000 after ln(1 + n) are equally far from each other in its two parts. */
    ck_assert_double_eq_tol(changed(device, SNNFE_LTD, 0.5, 0) / change, 1.25, 1e-9);
    ck_assert_double_eq_tol(changed(device, SNNFE_LTD, 0.5, 90) / change, 1, 1e-9);
    ck_assert_double_eq_tol(changed(device, SNNFE_LTD, 0.5, 990) / change, 0.75, 1e-9);
    ck_assert_double_eq_tol(changed(device, SNNFE_LTD, 0.5, 1000000) / change, 0.5, 1e-9);
    snnfe_device_free(device);
    snnfe_device_free(fresh);
}
END_TEST

/* Between points whose logarithms no number tells apart, the first one holds. */
START_TEST(tables_of_aging_may_be_steep)
{
    const double pulses[4] = {1, 9e17, 9e17 + 128, 1e18}, factors[4] = {1, 0.5, 0.25, 0.125};
    snnfe_cells_options o = cells_defaults();
    snnfe_device *fresh = device_on_cells(NULL);
    const double change = changed(fresh, SNNFE_LTD, 0.5, 0);
    o.aging_pulses = pulses;
    o.aging_factors = factors;
    o.n_aging = 4;
    for (int i = 0; i < 4; i++) {
        o.pulses_before = pulses[i];
        snnfe_device *device = device_on_cells(&o);
        ck_assert_double_eq_tol(changed(device, SNNFE_LTD, 0.5, 0) / change, factors[i], 1e-9);
        snnfe_device_free(device);
    }
    snnfe_device_free(fresh);
}
END_TEST

START_TEST(cells_fail_beyond_their_endurance)
{
    snnfe_cells_options o = cells_defaults();
    o.endurance = 1000;
    o.endurance_spread = 0.5;
    o.truncation = 10;
    const snnfe_cell *cells = draw(&o);
    const double sigma = sqrt(log(1.25));
    double sum = 0, squares = 0;
    for (size_t i = 0; i < N; i++) {
        const double z = (log((double)cells[i].endurance / 1000) + sigma * sigma / 2) / sigma;
        sum += z / N;
        squares += z * z / N;
    }
    ck_assert_double_eq_tol(sum, 0, error);
    ck_assert_double_eq_tol(squares, 1, 2 * error);
    o.pulses_before = 900;
    snnfe_device *device = device_on_cells(&o);
    snnfe_device_step_options step;
    assert_ok(snnfe_device_step_options_init(&step, sizeof step));
    static float weights[N], sums[N], updates[N];
    static uint32_t ltp[N], ltd[N];
    for (size_t i = 0; i < N; i++) {
        updates[i] = 0.01F;
        ltd[i] = 100;
    }
    assert_fails(snnfe_device_step(device, &step, weights, sums, updates, N, ltp, NULL, NULL, NULL),
                 SNNFE_ERR_ARGUMENT, "ltd_pulses is NULL, but the device's cells age");
    assert_ok(snnfe_device_step(device, &step, weights, sums, updates, N, ltp, ltd, NULL, NULL));
    for (size_t i = 0; i < N; i++)
        ck_assert_int_eq(weights[i] > 0, cells[i].endurance > 1000);
    snnfe_device_free(device);
}
END_TEST

/* --- time ------------------------------------------------------------------------------------ */

START_TEST(weights_go_to_rest_by_their_law)
{
    const double times[] = {0, 1, 1e4, 1e7};
    for (int32_t law = SNNFE_RETENTION_POWER; law <= SNNFE_RETENTION_STRETCHED; law++) {
        snnfe_cells_options o = cells_defaults();
        o.retention = law;
        o.retention_s = 1e4;
        o.retention_exponent = 0.3;
        o.retention_rest = 0.25;
        snnfe_device *device = device_on_cells(&o);
        for (size_t k = 0; k < 4; k++) {
            const double left = law == SNNFE_RETENTION_POWER ? pow(1 + times[k] / 1e4, -0.3)
                                                             : exp(-pow(times[k] / 1e4, 0.3));
            float once = 0.4F, twice = 0.4F;
            assert_ok(snnfe_device_age(device, &once, 1, 0.5, 9, 0, times[k], 0));
            assert_ok(snnfe_device_age(device, &twice, 1, 0.5, 9, 0, times[k] / 3, 0));
            assert_ok(snnfe_device_age(device, &twice, 1, 0.5, 9, times[k] / 3, times[k], 0));
            ck_assert_double_eq_tol((double)once, -0.25 + 0.65 * left, 1e-6);
            ck_assert_double_eq_tol((double)twice, (double)once, 1e-6);
        }
        float weight = 0;
        assert_fails(snnfe_device_age(device, &weight, 1, 1, 0, 10, 9, 0), SNNFE_ERR_ARGUMENT,
                     "time runs backwards, from 10 s to 9 s");
        assert_fails(snnfe_device_age(device, &weight, 1, 1, 0, -1, 9, 0), SNNFE_ERR_ARGUMENT,
                     "from_s is -1");
        snnfe_device_free(device);
    }
}
END_TEST

/* Where the law's exponent has no number any more, nothing is left. */
START_TEST(after_the_longest_times_cells_are_at_rest)
{
    snnfe_cells_options o = cells_defaults();
    o.retention = SNNFE_RETENTION_STRETCHED;
    o.retention_s = 1e-12;
    o.retention_exponent = 10;
    o.retention_spread = 10;
    snnfe_device *device = device_on_cells(&o);
    static float weights[N];
    for (size_t i = 0; i < N; i++)
        weights[i] = 0.7F;
    assert_ok(snnfe_device_age(device, weights, N, 1, 0, 1e17, 1e18, 0));
    for (size_t i = 0; i < N; i++)
        ck_assert_float_eq(weights[i], 0);
    snnfe_device_free(device);
}
END_TEST

START_TEST(retention_differs_between_cells_and_leaves_stuck_ones)
{
    snnfe_cells_options o = cells_defaults();
    o.retention = SNNFE_RETENTION_STRETCHED;
    o.retention_s = 100;
    o.retention_spread = 0.4;
    o.stuck_low = o.stuck_high = 0.2; /* wherever a weight is that is stuck, it stays */
    const snnfe_cell *cells = draw(&o);
    snnfe_device *device = device_on_cells(&o);
    static float weights[N];
    for (size_t i = 0; i < N; i++)
        weights[i] = 1;
    assert_ok(snnfe_device_age(device, weights, N, 1, 0, 0, 50, 0));
    for (size_t i = 0; i < N; i++) {
        const double left = exp(-50 / (double)cells[i].retention_s);
        ck_assert_double_eq_tol((double)weights[i], cells[i].low < cells[i].high ? left : 1, 1e-6);
    }
    snnfe_device_free(device);
}
END_TEST

/* --- bad input ------------------------------------------------------------------------------- */

static double constant(int32_t direction, double w, void *user_data)
{
    (void)direction, (void)w, (void)user_data;
    return 0.1;
}

START_TEST(bad_options_are_named)
{
    static const double ascending[2] = {0, 10}, falling[2] = {10, 0}, wrong[2] = {1, -1};
#define BAD(field, value, text)                                                                    \
    do {                                                                                           \
        snnfe_cells_options o = cells_defaults();                                                  \
        o.field = (value);                                                                         \
        device_options.cells = &o;                                                                 \
        assert_fails(snnfe_device_create(&device, &device_options), SNNFE_ERR_ARGUMENT, text);     \
        ck_assert_ptr_null(device);                                                                \
    } while (0)
    snnfe_device *device = NULL;
    snnfe_device_options device_options = device_defaults();
    BAD(spread_amplitude, -0.1, "snnfe_cells_options.spread_amplitude is -0.1");
    BAD(spread_window, NAN, "spread_window is nan");
    BAD(correlation, 1.5, "correlation is 1.5, not in -1…1");
    BAD(correlation, -1.01, "correlation is -1.01");
    BAD(distribution, 2, "distribution is 2");
    BAD(truncation, 0, "truncation is 0");
    BAD(stuck_low, 1.1, "stuck_low is 1.1");
    BAD(stuck_high, (o.stuck_low = 0.6), "are 1.2 together, more than 1");
    BAD(endurance, -1, "endurance is -1");
    BAD(fatigue_exponent, 0, "fatigue_exponent is 0");
    BAD(n_aging, 2, "a table needs aging_pulses");
    BAD(aging_pulses, (o.aging_factors = ascending, o.n_aging = 2, falling),
        "aging_pulses[1] is 0: points must ascend");
    BAD(aging_pulses, (o.aging_factors = wrong, o.n_aging = 2, ascending),
        "aging_factors[1] is -1, not in 0…10");
    BAD(retention, 3, "retention is 3");
    BAD(retention_s, 0, "retention_s is 0");
    BAD(retention_rest, 1.1, "retention_rest is 1.1");
    BAD(retention_s, 5, "retention_s is set, but has no effect unless there is a law (retention)");
    BAD(retention_exponent, 0.02, "retention_exponent is set, but has no effect");
    BAD(retention_spread, 0.1, "retention_spread is set, but has no effect");
    BAD(retention_rest, 0, "retention_rest is set, but has no effect");
    BAD(read_noise, -1, "read_noise is -1");
    BAD(adc_bits, 25, "adc_bits is 25");
    BAD(adc_low, 1, "adc_high is 1, not above adc_low (1)");
    BAD(wire, 2, "wire is 2");
    BAD(reserved, 1, "reserved is 1");
    device_options.response = SNNFE_RESPONSE_FUNCTION;
    device_options.function = constant;
    BAD(spread_beta, 0.1, "spread_beta is 0.1, but the device's response has no exponents");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("cells");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 60);
    tcase_add_test(all, spreads_have_their_mean_deviation_and_correlation);
    tcase_add_test(all, cells_differ_by_any_of_their_options);
    tcase_add_test(all, an_array_is_its_number);
    tcase_add_test(all, windows_and_stuck_cells_have_their_shares);
    tcase_add_test(all, pulses_follow_the_cell);
    tcase_add_test(all, steps_keep_weights_in_their_windows);
    tcase_add_test(all, weights_are_put_into_the_windows_of_their_cells);
    tcase_add_test(all, amplitudes_follow_the_number_of_pulses);
    tcase_add_test(all, tables_of_aging_may_be_steep);
    tcase_add_test(all, cells_fail_beyond_their_endurance);
    tcase_add_test(all, weights_go_to_rest_by_their_law);
    tcase_add_test(all, after_the_longest_times_cells_are_at_rest);
    tcase_add_test(all, retention_differs_between_cells_and_leaves_stuck_ones);
    tcase_add_test(all, bad_options_are_named);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
