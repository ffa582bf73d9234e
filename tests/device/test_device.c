/* Devices: pulse responses of all kinds, noise against theory, the step on arrays, bad input. */
#include "devices.h"

#include <math.h>
#include <snnfe/device.h>

START_TEST(scale_and_asymmetry_are_factors)
{
    snnfe_device_options o = device_defaults();
    snnfe_device *plain = device_make(NULL);
    o.scale = 0.5;
    o.asymmetry = 3;
    snnfe_device *scaled = device_make(&o);
    for (double w = 0.05; w < 1; w += 0.1) {
        ck_assert_double_eq_tol(device_change(scaled, SNNFE_LTP, w),
                                0.5 * device_change(plain, SNNFE_LTP, w), 1e-15);
        ck_assert_double_eq_tol(device_change(scaled, SNNFE_LTD, w),
                                1.5 * device_change(plain, SNNFE_LTD, w), 1e-15);
    }
    /* The pulse response is evaluated within 0.01…0.99. */
    ck_assert_double_eq(device_change(plain, SNNFE_LTP, 0), device_change(plain, SNNFE_LTP, 0.01));
    ck_assert_double_eq(device_change(plain, SNNFE_LTD, 1), device_change(plain, SNNFE_LTD, 0.99));
    snnfe_device_free(plain);
    snnfe_device_free(scaled);
    snnfe_device_free(NULL);
}
END_TEST

/* Of any number of points, at each of them and between any two. */
START_TEST(tables_have_any_length)
{
    enum { MOST = 40 };
    double w[MOST], ltp[MOST], ltd[MOST];
    for (size_t n = 2; n <= MOST; n++) {
        snnfe_device_options o = device_defaults();
        for (size_t i = 0; i < n; i++) {
            w[i] = (double)(i + 1) / (double)(n + 1);
            ltp[i] = 0.5 + 0.4 * sin((double)(i * n));
            ltd[i] = 0.5 + 0.4 * cos((double)(i * n));
        }
        o.response = SNNFE_RESPONSE_TABLE;
        o.table_w = w;
        o.table_ltp = ltp;
        o.table_ltd = ltd;
        o.n_table = n;
        snnfe_device *device = device_make(&o);
        for (size_t i = 0; i < n; i++) {
            ck_assert_double_eq_tol(device_change(device, SNNFE_LTP, w[i]), ltp[i], 1e-12);
            ck_assert_double_eq_tol(device_change(device, SNNFE_LTD, w[i]), ltd[i], 1e-12);
            if (i + 1 == n)
                continue;
            const double between = w[i] + 0.25 * (w[i + 1] - w[i]);
            ck_assert_double_eq_tol(device_change(device, SNNFE_LTP, between),
                                    0.75 * ltp[i] + 0.25 * ltp[i + 1], 1e-12);
        }
        snnfe_device_free(device);
    }
}
END_TEST

START_TEST(tables_are_interpolated)
{
    double w[] = {0.2, 0.6, 0.8}, ltp[] = {0.4, 0.2, 0.1}, ltd[] = {0, 0.1, 0.3};
    snnfe_device_options o = device_defaults();
    o.response = SNNFE_RESPONSE_TABLE;
    o.table_w = w;
    o.table_ltp = ltp;
    o.table_ltd = ltd;
    o.n_table = 3;
    snnfe_device *device = device_make(&o);
    w[0] = ltp[0] = -1; /* the device has copies */
    ck_assert_double_eq_tol(device_change(device, SNNFE_LTP, 0.3), 0.35, 1e-15);
    ck_assert_double_eq_tol(device_change(device, SNNFE_LTP, 0.7), 0.15, 1e-15);
    ck_assert_double_eq_tol(device_change(device, SNNFE_LTD, 0.7), 0.2, 1e-15);
    ck_assert_double_eq_tol(device_change(device, SNNFE_LTP, 0.05), 0.4, 1e-15);
    ck_assert_double_eq_tol(device_change(device, SNNFE_LTD, 0.95), 0.3, 1e-15);
    snnfe_device_options told = {.struct_size = sizeof told};
    assert_ok(snnfe_device_get_options(device, &told));
    ck_assert_uint_eq(told.n_table, 3);
    ck_assert_double_eq(told.table_w[0], 0.2);
    snnfe_device_free(device);
    assert_fails(snnfe_device_create(&device, &o), SNNFE_ERR_ARGUMENT, "table_w[0] is -1");
    w[0] = 0.2;
    assert_fails(snnfe_device_create(&device, &o), SNNFE_ERR_ARGUMENT, "table_ltp[0] is -1");
    ltp[0] = 0.4;
    w[0] = 0.7;
    assert_fails(snnfe_device_create(&device, &o), SNNFE_ERR_ARGUMENT, "table_w[1] is 0.6");
    o.n_table = 1;
    assert_fails(snnfe_device_create(&device, &o), SNNFE_ERR_ARGUMENT, "n_table is 1");
    o.response = SNNFE_RESPONSE_BETA;
    assert_fails(snnfe_device_create(&device, &o), SNNFE_ERR_ARGUMENT,
                 "table_w is set, but has no effect unless response is TABLE");
    ck_assert_ptr_null(device);
}
END_TEST

static double triangle(int32_t direction, double w, void *user_data)
{
    const double height = *(const double *)user_data;
    return direction == SNNFE_LTP ? height * (1 - w) : w > 0.5 ? NAN : height;
}

START_TEST(functions_of_the_caller_are_used)
{
    double height = 0.25;
    snnfe_device_options o = device_defaults();
    o.response = SNNFE_RESPONSE_FUNCTION;
    o.function = triangle;
    o.user_data = &height;
    snnfe_device *device = device_make(&o);
    ck_assert_double_eq_tol(device_change(device, SNNFE_LTP, 0.2), 0.2, 1e-15);
    ck_assert_double_eq(device_change(device, SNNFE_LTD, 0.2), 0.25);
    ck_assert_double_eq(device_change(device, SNNFE_LTD, 0.7), 0);
    snnfe_device_free(device);
    o.function = NULL;
    assert_fails(snnfe_device_create(&device, &o), SNNFE_ERR_ARGUMENT, "function is NULL");
}
END_TEST

/* --- noise ---------------------------------------------------------------------------------- */

enum { N_SYNAPSES = 40000, N_PULSES = 4 };
static double drawn[N_PULSES][N_SYNAPSES];

/* Changes of many synapses at w = 0.5 by pulses that each start from there. */
static void draw_changes(const snnfe_device *device)
{
    for (int p = 0; p < N_PULSES; p++) {
        for (int i = 0; i < N_SYNAPSES; i++)
            drawn[p][i] = 0.5;
        assert_ok(snnfe_device_pulse(device, SNNFE_LTP, drawn[p], N_SYNAPSES, support_seed(),
                                     (uint64_t)p));
        for (int i = 0; i < N_SYNAPSES; i++)
            drawn[p][i] -= 0.5;
    }
}

static double mean_of(const double *x)
{
    double sum = 0;
    for (int i = 0; i < N_SYNAPSES; i++)
        sum += x[i];
    return sum / N_SYNAPSES;
}

static double correlation(const double *x, const double *y, int shift)
{
    const double mx = mean_of(x), my = mean_of(y);
    double xy = 0, xx = 0, yy = 0;
    for (int i = 0; i + shift < N_SYNAPSES; i++) {
        const double a = x[i] - mx, b = y[i + shift] - my;
        xy += a * b;
        xx += a * a;
        yy += b * b;
    }
    return xy / sqrt(xx * yy);
}

static void check_noise(const snnfe_device_options *o, double mean, double deviation)
{
    snnfe_device *device = device_make(o);
    draw_changes(device);
    const double error = 5 / sqrt(N_SYNAPSES);
    for (int p = 0; p < N_PULSES; p++) {
        const double m = mean_of(drawn[p]);
        double squares = 0;
        for (int i = 0; i < N_SYNAPSES; i++)
            squares += (drawn[p][i] - m) * (drawn[p][i] - m);
        ck_assert_double_eq_tol(m, mean, error * deviation);
        ck_assert_double_eq_tol(sqrt(squares / N_SYNAPSES) / deviation, 1, error);
        ck_assert_double_eq_tol(correlation(drawn[p], drawn[p], 1), 0, error);
        if (p > 0)
            ck_assert_double_eq_tol(correlation(drawn[p - 1], drawn[p], 0), 0, error);
    }
    snnfe_device_free(device);
}

START_TEST(noises_have_their_mean_and_variance)
{
    snnfe_device *plain = device_make(NULL);
    const double dw = device_change(plain, SNNFE_LTP, 0.5);
    snnfe_device_free(plain);
    snnfe_device_options o = device_defaults();
    o.rsd_c2c = 0.2;
    check_noise(&o, dw, 0.2 * dw);
    o = device_defaults();
    o.sigma_add = 0.05;
    check_noise(&o, dw, 0.05);
    o = device_defaults();
    o.sigma_mul = 0.3;
    check_noise(&o, dw, 0.3 * dw);
    /* All together: independent of each other. */
    o.rsd_c2c = 0.2;
    o.sigma_add = 0.02;
    const double inner = 0.04 * dw * dw + 0.0004; /* variance before the last factor */
    check_noise(&o, dw, sqrt(inner * 1.09 + 0.09 * dw * dw));
}
END_TEST

START_TEST(noise_depends_on_seed_and_pulse_only)
{
    snnfe_device_options o = device_defaults();
    o.rsd_c2c = 0.2;
    snnfe_device *device = device_make(&o);
    double a[100], b[100], c[100];
    for (int i = 0; i < 100; i++)
        a[i] = b[i] = c[i] = 0.3;
    assert_ok(snnfe_device_pulse(device, SNNFE_LTD, a, 100, 1, 7));
    assert_ok(snnfe_device_pulse(device, SNNFE_LTD, b, 100, 1, 7));
    assert_ok(snnfe_device_pulse(device, SNNFE_LTD, c, 100, 2, 7));
    ck_assert_mem_eq(a, b, sizeof a);
    int same = 0;
    for (int i = 0; i < 100; i++)
        same += a[i] == c[i];
    ck_assert_int_eq(same, 0);
    snnfe_device_free(device);
}
END_TEST

START_TEST(additive_noise_is_clamped)
{
    snnfe_device_options o = device_defaults();
    o.sigma_add = 1e6;
    snnfe_device *device = device_make(&o);
    double w[1000];
    int ends = 0;
    for (int i = 0; i < 1000; i++)
        w[i] = 0.5;
    assert_ok(snnfe_device_pulse(device, SNNFE_LTP, w, 1000, 1, 0));
    for (int i = 0; i < 1000; i++)
        ends += w[i] == 0 || w[i] == 1;
    ck_assert_int_ge(ends, 999);
    snnfe_device_free(device);
}
END_TEST

/* It turns as many pulses around as it makes larger. */
START_TEST(multiplicative_noise_is_clamped)
{
    snnfe_device_options o = device_defaults();
    o.sigma_mul = 1e9;
    snnfe_device *device = device_make(&o);
    double w[1000];
    int low = 0, high = 0;
    for (int i = 0; i < 1000; i++)
        w[i] = 0.5;
    assert_ok(snnfe_device_pulse(device, SNNFE_LTP, w, 1000, 1, 0));
    for (int i = 0; i < 1000; i++) {
        low += w[i] == 0;
        high += w[i] == 1;
    }
    ck_assert_int_ge(low + high, 999);
    ck_assert_int_ge(low, 400);
    ck_assert_int_ge(high, 400);
    snnfe_device_free(device);
}
END_TEST

START_TEST(programming_noise_follows_the_mean_weight)
{
    enum { N = 50000 };
    static float weights[N], before[N];
    double magnitude = 0;
    for (int i = 0; i < N; i++) {
        weights[i] = before[i] = i % 5 == 0 ? 0 : i % 2 ? 0.01F : -0.03F;
        magnitude += fabs((double)weights[i]);
    }
    magnitude /= N * 4 / 5;
    assert_ok(snnfe_programming_noise(weights, N, 1, 4, support_seed(), 2));
    double sum = 0, squares = 0;
    for (int i = 0; i < N; i++) {
        const double d = (double)weights[i] - (double)before[i];
        sum += d;
        squares += d * d;
    }
    ck_assert_double_eq_tol(sum / N / magnitude, 0, 0.01);
    ck_assert_double_eq_tol(sqrt(squares / N) / (magnitude / 4), 1, 0.02);
    assert_ok(snnfe_programming_noise(weights, N, 0.02, 4, support_seed(), 2));
    for (int i = 0; i < N; i++)
        ck_assert(fabsf(weights[i]) <= 0.02F);
    assert_fails(snnfe_programming_noise(weights, N, 1, 0, 1, 0), SNNFE_ERR_ARGUMENT, "x is 0");
    assert_fails(snnfe_programming_noise(weights, N, -1, 1, 1, 0), SNNFE_ERR_ARGUMENT,
                 "bound is -1");
}
END_TEST

/* --- the step ------------------------------------------------------------------------------- */

/* Weights that are all 0 have no mean that noise could be in proportion to. */
START_TEST(programming_noise_of_nothing_is_none)
{
    float weights[3] = {0, -0.0F, 0};
    assert_ok(snnfe_programming_noise(weights, 3, 1, 4, 1, 0));
    for (int i = 0; i < 3; i++)
        ck_assert_float_eq(weights[i], 0);
    /* Of others each gets its own. */
    for (int i = 0; i < 3; i++)
        weights[i] = 0.5F;
    assert_ok(snnfe_programming_noise(weights, 3, 1, 4, 1, 0));
    for (int i = 0; i < 3; i++)
        ck_assert(weights[i] < 0.5F || weights[i] > 0.5F);
    ck_assert(weights[0] < weights[1] || weights[0] > weights[1]);
}
END_TEST

START_TEST(crossings_become_one_pulse)
{
    snnfe_device *device = device_make(NULL);
    snnfe_device_step_options o;
    assert_ok(snnfe_device_step_options_init(&o, sizeof o));
    o.bound = 0.5; /* 2A = 1: weights are conductances less 0.5, the unit is 0.025 */
    float weights[] = {0, 0, 0, 0, 0.4999F}, accumulators[] = {0.02F, 0, 0, -0.02F, 0};
    const float updates[] = {0.004F, 0.06F, -0.051F, -0.0051F, 0.03F};
    uint32_t ltp[5] = {0}, ltd[5] = {0};
    uint64_t n_ltp = 0, n_ltd = 0;
    assert_ok(
        snnfe_device_step(device, &o, weights, accumulators, updates, 5, ltp, ltd, &n_ltp, &n_ltd));
    const double up = device_change(device, SNNFE_LTP, 0.5),
                 down = device_change(device, SNNFE_LTD, 0.5);
    ck_assert(weights[0] == 0);
    ck_assert_float_eq_tol(weights[1], (float)up, 1e-7F);
    ck_assert_float_eq_tol(weights[2], (float)-down, 1e-7F);
    ck_assert_float_eq_tol(weights[3], (float)-down, 1e-7F);
    ck_assert(weights[4] <= 0.5F);
    ck_assert_float_eq_tol(accumulators[0], 0.024F, 1e-7F);
    ck_assert_float_eq_tol(accumulators[1], 0.01F, 1e-7F);
    ck_assert_float_eq_tol(accumulators[2], -0.001F, 1e-7F);
    ck_assert_float_eq_tol(accumulators[3], -0.0001F, 1e-7F);
    ck_assert_uint_eq(n_ltp, 3); /* two of the second, one of the last */
    ck_assert_uint_eq(n_ltd, 3);
    const uint32_t expected_ltp[] = {0, 1, 0, 0, 1}, expected_ltd[] = {0, 0, 1, 1, 0};
    ck_assert_mem_eq(ltp, expected_ltp, sizeof ltp);
    ck_assert_mem_eq(ltd, expected_ltd, sizeof ltd);
    o.threshold_asymmetry = 4;
    float weight = 0, accumulator = 0;
    const float update = -0.09F;
    assert_ok(
        snnfe_device_step(device, &o, &weight, &accumulator, &update, 1, NULL, NULL, NULL, NULL));
    ck_assert(weight == 0);
    o.levels = 4;
    weight = 0.2F;
    assert_ok(
        snnfe_device_step(device, &o, &weight, &accumulator, &update, 1, NULL, NULL, NULL, NULL));
    /* The pulse starts from the weight as it was; the result is one of -0.5, -0.25, 0 … */
    ck_assert_float_eq_tol(weight * 4, roundf(weight * 4), 1e-6F);
    snnfe_device_free(device);
}
END_TEST

START_TEST(bad_steps_are_named)
{
    snnfe_device *device = device_make(NULL);
    snnfe_device_step_options o;
    assert_ok(snnfe_device_step_options_init(&o, sizeof o));
    float w = 0, a = 0;
    const float u = 0, bad = NAN;
    o.threshold = 0;
    assert_fails(snnfe_device_step(device, &o, &w, &a, &u, 1, NULL, NULL, NULL, NULL),
                 SNNFE_ERR_ARGUMENT, "threshold is 0");
    o.threshold = 0.025;
    o.levels = 3;
    assert_fails(snnfe_device_step(device, &o, &w, &a, &u, 1, NULL, NULL, NULL, NULL),
                 SNNFE_ERR_ARGUMENT, "levels is 3");
    assert_fails(snnfe_device_step(device, NULL, &w, &a, &bad, 1, NULL, NULL, NULL, NULL),
                 SNNFE_ERR_NONFINITE, "updates[0] is nan");
    assert_fails(snnfe_quantize(&w, 1, 1, 7), SNNFE_ERR_ARGUMENT, "levels is 7");
    assert_fails(snnfe_quantize(&w, 1, 0, 8), SNNFE_ERR_ARGUMENT, "bound is 0");
    snnfe_device_free(device);
}
END_TEST

START_TEST(bad_options_are_named)
{
    snnfe_device *device = NULL;
    snnfe_device_options o = device_defaults();
    assert_fails(snnfe_device_options_published(&o, "dut6"), SNNFE_ERR_NOT_FOUND,
                 "there is no device \"dut6\"");
    o.rsd_c2c = -0.1;
    assert_fails(snnfe_device_create(&device, &o), SNNFE_ERR_ARGUMENT, "rsd_c2c is -0.1");
    o = device_defaults();
    o.sigma_add = NAN;
    assert_fails(snnfe_device_create(&device, &o), SNNFE_ERR_ARGUMENT, "sigma_add is nan");
    o = device_defaults();
    o.alpha[SNNFE_LTD] = 0;
    assert_fails(snnfe_device_create(&device, &o), SNNFE_ERR_ARGUMENT, "alpha[LTD] is 0");
    o = device_defaults();
    o.amplitude[SNNFE_LTP] = -1;
    assert_fails(snnfe_device_create(&device, &o), SNNFE_ERR_ARGUMENT, "amplitude[LTP] is -1");
    o = device_defaults();
    o.bounds[3] = -1;
    assert_fails(snnfe_device_create(&device, &o), SNNFE_ERR_ARGUMENT, "bounds[3] is -1");
    o = device_defaults();
    o.response = 9;
    assert_fails(snnfe_device_create(&device, &o), SNNFE_ERR_ARGUMENT, "response is 9");
    ck_assert_ptr_null(device);
    device = device_make(NULL);
    double w = 1.5, change = 0;
    assert_fails(snnfe_device_pulse(device, SNNFE_LTP, &w, 1, 0, 0), SNNFE_ERR_ARGUMENT,
                 "conductance 0 is 1.5");
    w = 0.5;
    assert_fails(snnfe_device_pulse(device, 2, &w, 1, 0, 0), SNNFE_ERR_ARGUMENT, "direction is 2");
    w = INFINITY;
    assert_fails(snnfe_device_response(device, 0, &w, 1, &change), SNNFE_ERR_NONFINITE, "inf");
    snnfe_device_free(device);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("device");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 120);
    tcase_add_test(all, scale_and_asymmetry_are_factors);
    tcase_add_test(all, tables_have_any_length);
    tcase_add_test(all, tables_are_interpolated);
    tcase_add_test(all, functions_of_the_caller_are_used);
    tcase_add_test(all, noises_have_their_mean_and_variance);
    tcase_add_test(all, noise_depends_on_seed_and_pulse_only);
    tcase_add_test(all, additive_noise_is_clamped);
    tcase_add_test(all, multiplicative_noise_is_clamped);
    tcase_add_test(all, programming_noise_follows_the_mean_weight);
    tcase_add_test(all, programming_noise_of_nothing_is_none);
    tcase_add_test(all, crossings_become_one_pulse);
    tcase_add_test(all, bad_steps_are_named);
    tcase_add_test(all, bad_options_are_named);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
