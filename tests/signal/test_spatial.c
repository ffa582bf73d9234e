/* Spatial filters: what ocular regression and alignment promise, on signals whose making is known.
 */
#include "kernels/blas.h"
#include "signal/alignment.h"
#include "signal/ocular.h"
#include "support.h"

#include <math.h>
#include <snnfe/signal.h>

enum { N = 4000, BRAIN = 4, EYES = 2, INPUTS = BRAIN + EYES };

static uint64_t state;

/* Uniform, of variance 1. */
static double draw(void)
{
    state = state * 6364136223846793005U + 1442695040888963407U;
    return ((double)(state >> 11) / 0x1p53 - 0.5) * sqrt(12.0);
}

static void set_up(void)
{
    state = support_seed();
    snnfe_blas_enter();
}

static void tear_down(void)
{
    snnfe_blas_leave();
}

/* [INPUTS][N]: brain channels 3, 4, 5 and 6 that the eyes' two are spread to, now and a sample ago.
   `brain` [BRAIN][N] is what the eyes left alone. */
static float inputs[INPUTS][N], brain[BRAIN][N];
static const double now[BRAIN][EYES] = {{2, 0.1}, {0.5, -1}, {-3, 0}, {0, 0}};

static snnfe_samples make_inputs(double before)
{
    for (size_t t = 0; t < N; t++) {
        for (size_t r = 0; r < EYES; r++)
            inputs[BRAIN + r][t] = (float)(10 * draw() + 7);
        for (size_t c = 0; c < BRAIN; c++) {
            brain[c][t] = (float)((double)(c + 1) * draw() + 3 + (double)c);
            double eyes = 0;
            for (size_t r = 0; r < EYES; r++)
                eyes += now[c][r] * ((double)inputs[BRAIN + r][t] +
                                     before * (double)inputs[BRAIN + r][t > 0 ? t - 1 : 0]);
            inputs[c][t] = (float)((double)brain[c][t] + eyes);
        }
    }
    return (snnfe_samples){inputs[0], N, 1, N};
}

static snnfe_spatial_shape make_shape(size_t n_outputs, size_t n_lags)
{
    return (snnfe_spatial_shape){INPUTS, n_outputs, EYES, n_lags, {BRAIN, BRAIN + 1}};
}

static double mean(const float *x)
{
    double sum = 0;
    for (size_t t = 0; t < N; t++)
        sum += (double)x[t] / N;
    return sum;
}

/* Correlation of x[t] and y[t - lag]. */
static double correlation(const float *x, const float *y, size_t lag)
{
    double xy = 0, xx = 0, yy = 0;
    const double mx = mean(x), my = mean(y);
    for (size_t t = lag; t < N; t++) {
        const double a = (double)x[t] - mx, b = (double)y[t - lag] - my;
        xy += a * b;
        xx += a * a;
        yy += b * b;
    }
    return xy / sqrt(xx * yy);
}

/* Filter all of `samples` by a regression on themselves; returns the references that are flat. */
static uint64_t regress(const snnfe_samples *samples, const snnfe_spatial_shape *shape,
                        float *outputs)
{
    snnfe_covariance covariance;
    snnfe_spatial_filter filter;
    uint64_t flat = 0;
    assert_ok(snnfe_covariance_make(&covariance, snnfe_spatial_terms(shape)));
    snnfe_covariance_add(&covariance, shape, samples, 0, 1);
    assert_ok(snnfe_spatial_filter_make(&filter, shape));
    assert_ok(snnfe_ocular_solve(&filter, shape, &covariance, &flat));
    snnfe_spatial_filter_run(&filter, shape, samples, outputs);
    snnfe_spatial_filter_release(&filter);
    snnfe_covariance_release(&covariance);
    return flat;
}

static float outputs[INPUTS][N];

/* Nothing of the references is left, and the brain's part is, with its own mean. */
START_TEST(regression_takes_the_references_out)
{
    const snnfe_samples samples = make_inputs(0);
    const snnfe_spatial_shape shape = make_shape(BRAIN, 0);
    ck_assert_uint_eq(regress(&samples, &shape, outputs[0]), 0);
    for (size_t c = 0; c < BRAIN; c++) {
        for (size_t r = 0; r < EYES; r++)
            ck_assert_double_eq_tol(correlation(outputs[c], inputs[BRAIN + r], 0), 0, 1e-4);
        ck_assert_double_gt(correlation(outputs[c], brain[c], 0), 0.998);
        ck_assert_double_eq_tol(mean(outputs[c]), mean(inputs[c]), 1e-3);
    }
    ck_assert_double_gt(fabs(correlation(inputs[0], inputs[BRAIN], 0)), 0.9);
}
END_TEST

/* What comes a sample later is left by a regression without lags only. */
START_TEST(lags_reach_what_comes_later)
{
    const snnfe_samples samples = make_inputs(0.5);
    const snnfe_spatial_shape plain = make_shape(BRAIN, 0), lagged = make_shape(BRAIN, 2);
    regress(&samples, &plain, outputs[0]);
    ck_assert_double_gt(fabs(correlation(outputs[0], inputs[BRAIN], 1)), 0.5);
    regress(&samples, &lagged, outputs[0]);
    for (size_t c = 0; c < BRAIN; c++)
        for (size_t lag = 0; lag < 3; lag++)
            ck_assert_double_eq_tol(correlation(outputs[c], inputs[BRAIN], lag), 0, 2e-3);
}
END_TEST

START_TEST(references_that_go_on_stay_as_they_are)
{
    const snnfe_samples samples = make_inputs(0);
    const snnfe_spatial_shape shape = make_shape(INPUTS, 1);
    regress(&samples, &shape, outputs[0]);
    ck_assert_mem_eq(outputs[BRAIN], inputs[BRAIN], sizeof outputs[0] * EYES);
    ck_assert_double_eq_tol(correlation(outputs[0], inputs[BRAIN], 0), 0, 1e-4);
}
END_TEST

/* The same samples by rows of channels and by rows of time. */
START_TEST(samples_lie_either_way)
{
    static float turned[N][INPUTS], again[BRAIN][N];
    const snnfe_samples samples = make_inputs(0.5);
    const snnfe_spatial_shape shape = make_shape(BRAIN, 2);
    for (size_t t = 0; t < N; t++)
        for (size_t c = 0; c < INPUTS; c++)
            turned[t][c] = inputs[c][t];
    const snnfe_samples rows = {turned[0], 1, INPUTS, N};
    regress(&samples, &shape, outputs[0]);
    regress(&rows, &shape, again[0]);
    ck_assert_mem_eq(outputs, again, sizeof again);
}
END_TEST

/* Bridged references share the work; a flat one is named and does nothing. */
START_TEST(references_that_say_nothing_new)
{
    const snnfe_samples samples = make_inputs(0);
    const snnfe_spatial_shape shape = make_shape(BRAIN, 1);
    memcpy(inputs[BRAIN + 1], inputs[BRAIN], sizeof inputs[0]);
    ck_assert_uint_eq(regress(&samples, &shape, outputs[0]), 0);
    for (size_t c = 0; c < BRAIN; c++)
        ck_assert_double_eq_tol(correlation(outputs[c], inputs[BRAIN], 0), 0, 1e-4);
    for (size_t t = 0; t < N; t++)
        inputs[BRAIN + 1][t] = -40;
    ck_assert_uint_eq(regress(&samples, &shape, outputs[0]), 2);
    for (size_t c = 0; c < BRAIN; c++)
        ck_assert_double_eq_tol(correlation(outputs[c], inputs[BRAIN], 0), 0, 1e-4);
    for (size_t t = 0; t < N; t++)
        inputs[BRAIN][t] = 12;
    ck_assert_uint_eq(regress(&samples, &shape, outputs[0]), 3);
    ck_assert_mem_eq(outputs, inputs, sizeof brain);
}
END_TEST

/* --- alignment ------------------------------------------------------------------------------- */

static double product(const float *x, const float *y)
{
    double sum = 0;
    for (size_t t = 0; t < N; t++)
        sum += (double)x[t] * (double)y[t] / N;
    return sum;
}

/* A regression where there are references, then an alignment, of the samples by themselves. */
static size_t align(const snnfe_samples *samples, const snnfe_spatial_shape *shape, bool whiten)
{
    snnfe_covariance covariance;
    snnfe_spatial_filter filter;
    const snnfe_prior none = {NULL, 0};
    uint64_t flat = 0;
    size_t n_floored = 0;
    assert_ok(snnfe_covariance_make(&covariance, snnfe_spatial_terms(shape)));
    snnfe_covariance_add(&covariance, shape, samples, 0, 1);
    assert_ok(snnfe_spatial_filter_make(&filter, shape));
    assert_ok(snnfe_ocular_solve(&filter, shape, &covariance, &flat));
    assert_ok(snnfe_align(&filter, shape,
                          whiten ? SNNFE_ALIGNMENT_EUCLIDEAN : SNNFE_ALIGNMENT_STANDARDIZE,
                          &covariance, &none, &n_floored));
    snnfe_spatial_filter_run(&filter, shape, samples, outputs[0]);
    snnfe_spatial_filter_release(&filter);
    snnfe_covariance_release(&covariance);
    return n_floored;
}

START_TEST(whitening_leaves_the_identity)
{
    const snnfe_samples samples = make_inputs(0.5);
    const snnfe_spatial_shape shapes[] = {{INPUTS, INPUTS, 0, 0, {0}}, make_shape(BRAIN, 2)};
    for (size_t i = 0; i < 2; i++) {
        ck_assert_uint_eq(align(&samples, &shapes[i], true), 0);
        for (size_t c = 0; c < shapes[i].n_outputs; c++)
            for (size_t d = 0; d < shapes[i].n_outputs; d++)
                ck_assert_double_eq_tol(product(outputs[c], outputs[d]), c == d, 1e-4);
    }
}
END_TEST

/* The symmetric root changes as little as can be: what is white already stays. */
START_TEST(white_signals_stay)
{
    static float before[INPUTS][N];
    const snnfe_spatial_shape shape = {INPUTS, INPUTS, 0, 0, {0}};
    snnfe_samples samples = make_inputs(0);
    align(&samples, &shape, true);
    memcpy(before, outputs, sizeof before);
    samples.values = before[0];
    align(&samples, &shape, true);
    for (size_t c = 0; c < INPUTS; c++)
        for (size_t t = 0; t < N; t++)
            ck_assert_float_eq_tol(outputs[c][t], before[c][t], 1e-4F);
}
END_TEST

/* Average reference, a flat channel and a bridged one: three directions have no variance. */
START_TEST(missing_rank_is_floored)
{
    const snnfe_spatial_shape shape = {INPUTS, INPUTS, 0, 0, {0}};
    const snnfe_samples samples = make_inputs(0);
    for (size_t t = 0; t < N; t++) {
        inputs[5][t] = 0;
        inputs[4][t] = inputs[3][t];
        float sum = 0;
        for (size_t c = 0; c < 5; c++)
            sum += inputs[c][t] / 5;
        for (size_t c = 0; c < 5; c++)
            inputs[c][t] -= sum;
    }
    ck_assert_uint_eq(align(&samples, &shape, true), 3);
    double total = 0;
    for (size_t c = 0; c < INPUTS; c++)
        total += product(outputs[c], outputs[c]);
    ck_assert_double_eq_tol(total, 3, 1e-3);
    ck_assert_double_eq_tol(product(outputs[5], outputs[5]), 0, 1e-9);
}
END_TEST

START_TEST(standardizing_leaves_mean_0_and_variance_1)
{
    const snnfe_spatial_shape shape = {INPUTS, INPUTS, 0, 0, {0}};
    const snnfe_samples samples = make_inputs(0);
    for (size_t t = 0; t < N; t++)
        inputs[2][t] = -5;
    ck_assert_uint_eq(align(&samples, &shape, false), 1);
    for (size_t c = 0; c < INPUTS; c++) {
        ck_assert_double_eq_tol(mean(outputs[c]), 0, 1e-4);
        ck_assert_double_eq_tol(product(outputs[c], outputs[c]), c != 2, 1e-3);
    }
}
END_TEST

/* Without any signal nothing is amplified. */
START_TEST(silence_passes)
{
    const snnfe_spatial_shape shape = {INPUTS, INPUTS, 0, 0, {0}};
    const snnfe_samples samples = make_inputs(0);
    memset(inputs, 0, sizeof inputs);
    for (int whiten = 0; whiten < 2; whiten++) {
        ck_assert_uint_eq(align(&samples, &shape, whiten != 0), INPUTS);
        for (size_t c = 0; c < INPUTS; c++)
            ck_assert_double_eq_tol(product(outputs[c], outputs[c]), 0, 1e-30);
    }
}
END_TEST

/* The filter that aligns two channels of these means, by a prior and what was measured. */
static void align_two(const snnfe_prior *prior, double weight, int32_t alignment,
                      snnfe_spatial_filter *filter)
{
    const snnfe_spatial_shape shape = {.n_inputs = 2, .n_outputs = 2};
    double sums[] = {4 * weight, 0}, products[] = {17 * weight, 0, -weight, 8 * weight};
    const snnfe_covariance covariance = {
        .n = 2, .weight = weight, .sums = sums, .products = products};
    size_t n_floored = 0;
    assert_ok(snnfe_spatial_filter_make(filter, &shape));
    assert_ok(snnfe_align(filter, &shape, alignment, &covariance, prior, &n_floored));
    ck_assert_uint_eq(n_floored, 0);
}

/* Three parts of what was measured and one of the prior: products 13.75, -0.5 and 6.5, mean 3. */
START_TEST(priors_weigh_by_trials)
{
    static const double products[] = {4, 0, 1, 2}, mixed[2][2] = {{13.75, -0.5}, {-0.5, 6.5}};
    const snnfe_prior prior = {products, 1}, none = {NULL, 0};
    snnfe_spatial_filter filter;
    align_two(&prior, 3, SNNFE_ALIGNMENT_STANDARDIZE, &filter);
    ck_assert_double_eq_tol(filter.weights[0], 1 / sqrt(13.75 - 9), 1e-12);
    ck_assert_double_eq_tol(filter.weights[3], 1 / sqrt(6.5), 1e-12);
    ck_assert_double_eq_tol(filter.offset[0], -3 / sqrt(13.75 - 9), 1e-12);
    snnfe_spatial_filter_release(&filter);
    align_two(&prior, 3, SNNFE_ALIGNMENT_EUCLIDEAN, &filter);
    for (size_t i = 0; i < 2; i++)
        for (size_t k = 0; k < 2; k++) {
            double whitened = 0;
            for (size_t m = 0; m < 4; m++)
                whitened += filter.weights[i * 2 + m / 2] * mixed[m / 2][m % 2] *
                            filter.weights[k * 2 + m % 2];
            ck_assert_double_eq_tol(whitened, i == k, 1e-12);
        }
    snnfe_spatial_filter_release(&filter);
    align_two(&none, 0, SNNFE_ALIGNMENT_EUCLIDEAN, &filter);
    for (size_t m = 0; m < 4; m++)
        ck_assert_double_eq_tol(filter.weights[m], m % 3 == 0, 1e-12);
    snnfe_spatial_filter_release(&filter);
}
END_TEST

/* Half of the weight of what came first is as half of its samples. */
START_TEST(fading_weighs_less)
{
    const snnfe_spatial_shape shape = {INPUTS, INPUTS, 0, 0, {0}};
    const snnfe_samples samples = make_inputs(0);
    snnfe_covariance faded, weighed;
    assert_ok(snnfe_covariance_make(&faded, INPUTS));
    assert_ok(snnfe_covariance_make(&weighed, INPUTS));
    snnfe_covariance_add(&faded, &shape, &samples, 1000, 1);
    snnfe_covariance_forget(&faded, 0, 5);
    snnfe_covariance_forget(&faded, 1, log(4));
    snnfe_covariance_add(&faded, &shape, &samples, 3500, 2);
    snnfe_covariance_add(&weighed, &shape, &samples, 1000, 0.25);
    snnfe_covariance_add(&weighed, &shape, &samples, 3500, 2);
    ck_assert_double_eq_tol(faded.weight, 1750, 1e-9);
    for (size_t i = 0; i < INPUTS; i++)
        for (size_t k = 0; k < INPUTS; k++)
            ck_assert_double_eq_tol(snnfe_covariance_centered(&faded, i, k),
                                    snnfe_covariance_centered(&weighed, k, i), 1e-9);
    snnfe_covariance_release(&faded);
    snnfe_covariance_release(&weighed);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("spatial filters");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 120);
    tcase_add_checked_fixture(all, set_up, tear_down);
    tcase_add_test(all, regression_takes_the_references_out);
    tcase_add_test(all, lags_reach_what_comes_later);
    tcase_add_test(all, references_that_go_on_stay_as_they_are);
    tcase_add_test(all, samples_lie_either_way);
    tcase_add_test(all, references_that_say_nothing_new);
    tcase_add_test(all, whitening_leaves_the_identity);
    tcase_add_test(all, white_signals_stay);
    tcase_add_test(all, missing_rank_is_floored);
    tcase_add_test(all, standardizing_leaves_mean_0_and_variance_1);
    tcase_add_test(all, silence_passes);
    tcase_add_test(all, priors_weigh_by_trials);
    tcase_add_test(all, fading_weighs_less);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
