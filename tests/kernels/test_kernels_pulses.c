/* Kernels of programming pulses: against the C library, and the same bits on every instruction
   set. */
#include "random.h"

#include "support.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define N SNNFE_PULSES

/* The C library's functions and the kernels' are both right to a few units of the last place. */
static void assert_near(const double *found, const double *expected, size_t n, double scale)
{
    for (size_t i = 0; i < n; i++) {
        const double tolerance = scale * DBL_EPSILON * fmax(fabs(expected[i]), DBL_MIN);
        ck_assert_msg(fabs(found[i] - expected[i]) <= tolerance, "%zu: %.17g, not %.17g", i,
                      found[i], expected[i]);
    }
}

static double unit(uint32_t word)
{
    return ((double)word + 0.5) / 4294967296.0;
}

static void expect_normals(const snnfe_normals *draws, size_t i, double expected[3])
{
    const double pi = 3.14159265358979323846;
    uint32_t counter[4], words[4];
    for (int c = 0; c < 4; c++)
        counter[c] = (uint32_t)draws->counters[c][i];
    snnfe_philox_block(counter, draws->key, words);
    const double radius = sqrt(-2 * log(unit(words[0])));
    expected[0] = radius * cos(2 * pi * unit(words[1]));
    expected[1] = radius * sin(2 * pi * unit(words[1]));
    expected[2] = sqrt(-2 * log(unit(words[2]))) * cos(2 * pi * unit(words[3]));
}

static void random_draws(snnfe_normals *draws)
{
    for (int k = 0; k < 2; k++)
        draws->key[k] = snnfe_stream_u32(&stream);
    for (int c = 0; c < 4; c++)
        for (size_t i = 0; i < N; i++)
            draws->counters[c][i] = snnfe_stream_u32(&stream);
}

START_TEST(normal_numbers)
{
    const snnfe_kernels *k = kernels_of(_i);
    if (!k)
        return;
    static snnfe_normals draws;
    for (size_t n = 1; n <= N; n++) {
        random_draws(&draws);
        memset(draws.values, 0, sizeof draws.values);
        k->normals(&draws, n, n % 2 == 0);
        for (size_t i = 0; i < n; i++) {
            double expected[3];
            expect_normals(&draws, i, expected);
            for (int j = 0; j < 2 + (n % 2 == 0); j++) /* a cosine near 0 has no more digits */
                ck_assert_double_eq_tol(draws.values[j][i], expected[j], 8e-15);
            if (n % 2 == 1)
                ck_assert_double_eq(draws.values[2][i], 0);
        }
    }
}
END_TEST

typedef struct numbers {
    double x[N], a[N], b[N], out[N], expected[N];
} numbers;

static void random_numbers(numbers *v)
{
    for (size_t i = 0; i < N; i++) {
        v->x[i] = 0.01 + 0.98 * snnfe_stream_double(&stream);
        v->a[i] = 4 * snnfe_stream_double(&stream) - 1;
        v->b[i] = 4 * snnfe_stream_double(&stream) - 1;
    }
}

START_TEST(powers)
{
    const snnfe_kernels *k = kernels_of(_i);
    if (!k)
        return;
    static numbers v;
    for (size_t n = 1; n <= N; n++) {
        random_numbers(&v);
        k->power_products(v.x, v.a, v.b, n, v.out);
        for (size_t i = 0; i < n; i++)
            v.expected[i] = pow(v.x[i], v.a[i]) * pow(1 - v.x[i], v.b[i]);
        assert_near(v.out, v.expected, n, 30);
    }
    /* Exponents of cells that differ a lot. */
    v.x[0] = 0.01, v.a[0] = 900, v.b[0] = 0;
    v.x[1] = 0.99, v.a[1] = 0, v.b[1] = -1;
    v.x[2] = 0.5, v.a[2] = 0, v.b[2] = 0;
    k->power_products(v.x, v.a, v.b, 3, v.out);
    ck_assert(v.out[0] >= 0 && v.out[0] < 1e-300);
    ck_assert_double_eq_tol(v.out[1], 100, 1e-11);
    ck_assert_double_eq(v.out[2], 1);
}
END_TEST

START_TEST(lognormal_factors)
{
    const snnfe_kernels *k = kernels_of(_i);
    if (!k)
        return;
    static const double spreads[4] = {1e-9, 0.05, 0.7, 1e6};
    static numbers v;
    for (size_t n = 1; n <= N; n++) {
        for (size_t i = 0; i < N; i++) {
            v.a[i] = i == 0 ? 0 : spreads[i % 4];
            v.b[i] = 12 * snnfe_stream_double(&stream) - 6;
            const double variance = log1p(v.a[i] * v.a[i]);
            v.expected[i] = exp(sqrt(variance) * v.b[i] - variance / 2);
        }
        k->lognormal_factors(v.a, v.b, n, v.out);
        assert_near(v.out, v.expected, n, 50);
    }
}
END_TEST

START_TEST(weights_between_their_limits)
{
    const snnfe_kernels *k = kernels_of(_i);
    if (!k)
        return;
    enum { MOST = 100 };
    float weights[MOST], low[MOST], high[MOST], expected[MOST];
    for (size_t n = 0; n <= MOST; n++) {
        for (size_t i = 0; i < MOST; i++) {
            weights[i] = 4 * snnfe_stream_float(&stream) - 2;
            low[i] = -snnfe_stream_float(&stream);
            high[i] = i % 5 == 0 ? low[i] : snnfe_stream_float(&stream);
            expected[i] = i < n ? fminf(fmaxf(weights[i], low[i]), high[i]) : weights[i];
        }
        k->clamp_between(weights, low, high, n);
        ck_assert_mem_eq(weights, expected, sizeof weights);
    }
}
END_TEST

START_TEST(the_same_bits_on_every_instruction_set)
{
    const snnfe_kernels *baseline = snnfe_kernels_named("baseline"), *k = kernels_of(_i);
    if (!k)
        return;
    static snnfe_normals draws[2];
    static numbers v[2];
    for (int round = 0; round < 200; round++) {
        random_draws(&draws[0]);
        random_numbers(&v[0]);
        draws[1] = draws[0];
        v[1] = v[0];
        baseline->normals(&draws[0], N, true);
        k->normals(&draws[1], N, true);
        ck_assert_mem_eq(draws[0].values, draws[1].values, sizeof draws[0].values);
        baseline->power_products(v[0].x, v[0].a, v[0].b, N, v[0].out);
        k->power_products(v[1].x, v[1].a, v[1].b, N, v[1].out);
        ck_assert_mem_eq(v[0].out, v[1].out, sizeof v[0].out);
        baseline->lognormal_factors(v[0].x, v[0].a, N, v[0].out);
        k->lognormal_factors(v[1].x, v[1].a, N, v[1].out);
        ck_assert_mem_eq(v[0].out, v[1].out, sizeof v[0].out);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("kernels_pulses");
    TCase *all = tcase_create("all");
    tcase_add_loop_test(all, normal_numbers, 0, 3);
    tcase_add_loop_test(all, powers, 0, 3);
    tcase_add_loop_test(all, lognormal_factors, 0, 3);
    tcase_add_loop_test(all, weights_between_their_limits, 0, 3);
    tcase_add_loop_test(all, the_same_bits_on_every_instruction_set, 0, 3);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
