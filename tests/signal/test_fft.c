/* Filtering by transforms against the sum that it stands for, in every instruction set. */
#include "support.h"

#include "base/memory.h"
#include "kernels/kernels.h"
#include "kernels/random.h"
#include "signal/fft.h"

#include <math.h>

/* The middle and one side of a symmetric filter. */
enum { HALF = 20 };

/* Both parts of a signal through the filter, by the transform of `plan`. */
static void filter(const snnfe_kernels *k, const snnfe_fft_plan *plan, const float *taps, float *re,
                   float *im)
{
    const size_t n = plan->length;
    float *response = snnfe_alloc(n, sizeof *response), *unused = snnfe_alloc(n, sizeof *unused);
    for (size_t i = 0; i <= HALF; i++)
        response[i] = response[(n - i) % n] = taps[i];
    k->fft_filter(plan, response, unused, NULL);
    for (size_t i = 0; i < n; i++)
        ck_assert_double_eq_tol((double)unused[i], 0, 1e-4);
    k->fft_filter(plan, re, im, response);
    for (size_t i = 0; i < n; i++) {
        re[i] /= (float)n;
        im[i] /= (float)n;
    }
    snnfe_release(response);
    snnfe_release(unused);
}

static double convolved(const float *x, size_t n, const float *taps, size_t i)
{
    double sum = (double)taps[0] * (double)x[i];
    for (size_t j = 1; j <= HALF; j++)
        sum += (double)taps[j] * ((double)x[(i + j) % n] + (double)x[(i + n - j) % n]);
    return sum;
}

static void compare(const snnfe_kernels *k, const snnfe_fft_plan *plan, const float *taps,
                    const float *const x[2], float *const y[2])
{
    const size_t n = plan->length;
    for (int part = 0; part < 2; part++)
        memcpy(y[part], x[part], n * sizeof(float));
    filter(k, plan, taps, y[0], y[1]);
    for (int part = 0; part < 2; part++)
        for (size_t i = 0; i < n; i++)
            ck_assert_double_eq_tol((double)y[part][i], convolved(x[part], n, taps, i), 1e-5);
}

/* Lengths of every radix, alone and together; the same bits everywhere. */
START_TEST(filtering_is_a_circular_sum)
{
    static const size_t blocks[] = {1, 2, 3, 4, 5, 8, 9, 30, 64, 100, 125};
    for (size_t b = 0; b < sizeof blocks / sizeof blocks[0]; b++) {
        const size_t n = blocks[b] * SNNFE_FFT_BLOCK;
        snnfe_fft_plan *plan = NULL;
        assert_ok(snnfe_fft_plan_create(&plan, n));
        const snnfe_kernels *const baseline = kernels_of(0);
        float *taps = random_floats(HALF + 1), *re = random_floats(n), *im = random_floats(n);
        float *const first[2] = {snnfe_alloc(n, sizeof(float)), snnfe_alloc(n, sizeof(float))};
        float *const other[2] = {snnfe_alloc(n, sizeof(float)), snnfe_alloc(n, sizeof(float))};
        const float *const x[2] = {re, im};
        compare(baseline, plan, taps, x, first);
        for (int i = 1; i < 3; i++) {
            if (!kernels_of(i))
                continue;
            compare(kernels_of(i), plan, taps, x, other);
            for (int part = 0; part < 2; part++)
                ck_assert_mem_eq(first[part], other[part], n * sizeof(float));
        }
        release_floats((float *const[]){taps, re, im, first[0], first[1], other[0], other[1]}, 7);
        snnfe_fft_plan_free(plan);
    }
}
END_TEST

START_TEST(lengths_are_the_least_of_small_factors)
{
    ck_assert_uint_eq(snnfe_fft_length(0), 256);
    ck_assert_uint_eq(snnfe_fft_length(256), 256);
    ck_assert_uint_eq(snnfe_fft_length(257), 512);
    ck_assert_uint_eq(snnfe_fft_length(6 * 256 + 1), 8 * 256);
    ck_assert_uint_eq(snnfe_fft_length(25280), 25600);
    ck_assert_uint_eq(snnfe_fft_length((size_t)1 << 30), (size_t)1 << 30);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("fft");
    TCase *all = tcase_create("all");
    tcase_add_test(all, filtering_is_a_circular_sum);
    tcase_add_test(all, lengths_are_the_least_of_small_factors);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
