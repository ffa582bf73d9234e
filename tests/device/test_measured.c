/* One measured device of a population, and the noise of all: which pulses count, the equations that
   the fits solve, their variances, and which distribution is likelier. */
#include "device/population_internal.h"
#include "support.h"

#include <math.h>
#include <snnfe/device.h>

/* --- pulses ---------------------------------------------------------------------------------- */

enum { RUN = 10, N = 2 * RUN + 2 };

/* A rise of RUN pulses and a fall of as many, between 1 and 2. */
static void measure(double *voltage, double *conductance)
{
    for (int i = 0; i < N; i++) {
        const bool up = i <= RUN;
        voltage[i] = up ? -1 : 1;
        conductance[i] = up ? 1.05 + 0.09 * sqrt(i) : 1.3 - 0.02 * (i - RUN - 1);
    }
}

START_TEST(pulses_within_a_run_count)
{
    double voltage[N], conductance[N];
    snnfe_measured_device device = {0};
    measure(voltage, conductance);
    assert_ok(snnfe_measured_device_fit(&device, voltage, conductance, N, 1, 2));
    ck_assert_uint_eq(device.n_left_out, 1); /* the first of the fall */
    ck_assert_uint_eq(device.pulses[SNNFE_LTP].n, RUN);
    ck_assert_uint_eq(device.pulses[SNNFE_LTD].n, RUN);
    for (int i = 0; i < RUN; i++) {
        const double up = 0.09 * (sqrt(i + 1) - sqrt(i));
        ck_assert_double_eq_tol(device.pulses[SNNFE_LTP].w[i], 0.05 + 0.09 * sqrt(i), 1e-12);
        ck_assert_double_eq_tol(device.pulses[SNNFE_LTP].dw[i], up, 1e-12);
        ck_assert_double_eq_tol(device.pulses[SNNFE_LTD].w[i], 0.3 - 0.02 * i, 1e-12);
        ck_assert_double_eq_tol(device.pulses[SNNFE_LTD].dw[i], 0.02, 1e-12);
    }
    snnfe_measured_device_release(&device);
    ck_assert(!device.pulses[0].w && !device.pulses[1].squares);
}
END_TEST

START_TEST(pulses_that_end_at_an_end_are_left_out)
{
    static const struct {
        double after;
        size_t n_left_out;
    } cases[] = {{1 + 0.5e-9, 2}, {1 + 2e-9, 1}, {1, 2}, {2, 2}, {2 - 0.5e-9, 2}, {2 - 2e-9, 1}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        double voltage[N], conductance[N];
        snnfe_measured_device device = {0};
        measure(voltage, conductance);
        conductance[N - 1] = cases[i].after;
        (void)snnfe_measured_device_fit(&device, voltage, conductance, N, 1, 2);
        ck_assert_uint_eq(device.n_left_out, cases[i].n_left_out);
        ck_assert_uint_eq(device.pulses[SNNFE_LTD].n, RUN + 1 - cases[i].n_left_out);
        snnfe_measured_device_release(&device);
    }
    /* Where the response ends, the pulse counts as there. */
    double voltage[N], conductance[N];
    snnfe_measured_device device = {0};
    measure(voltage, conductance);
    conductance[0] = 1.004;
    conductance[RUN + 1] = 1.996;
    (void)snnfe_measured_device_fit(&device, voltage, conductance, N, 1, 2);
    ck_assert_double_eq(device.pulses[SNNFE_LTP].w[0], 0.01);
    ck_assert_double_eq(device.pulses[SNNFE_LTD].w[0], 0.99);
    ck_assert_double_eq_tol(device.pulses[SNNFE_LTP].dw[0], 0.136, 1e-12);
    snnfe_measured_device_release(&device);
}
END_TEST

START_TEST(samples_at_0_v_are_no_pulses)
{
    double voltage[N], conductance[N];
    snnfe_measured_device device = {0};
    measure(voltage, conductance);
    voltage[RUN + 3] = 0; /* neither it nor the one after it is in a run */
    assert_ok(snnfe_measured_device_fit(&device, voltage, conductance, N, 1, 2));
    ck_assert_uint_eq(device.n_left_out, 3);
    ck_assert_uint_eq(device.pulses[SNNFE_LTP].n, RUN);
    ck_assert_uint_eq(device.pulses[SNNFE_LTD].n, RUN - 2); /* as many as are needed */
    snnfe_measured_device_release(&device);
    voltage[N - 1] = 0;
    assert_fails(snnfe_measured_device_fit(&device, voltage, conductance, N, 1, 2),
                 SNNFE_ERR_FORMAT, "has 7 usable LTD pulses, 8 are needed");
    snnfe_measured_device_release(&device);
    measure(voltage, conductance);
    voltage[2] = voltage[4] = 0;
    assert_fails(snnfe_measured_device_fit(&device, voltage, conductance, N, 1, 2),
                 SNNFE_ERR_FORMAT, "has 6 usable LTP pulses");
    snnfe_measured_device_release(&device);
}
END_TEST

/* --- the fit --------------------------------------------------------------------------------- */

static void regressors(double w, double x[3])
{
    x[0] = 1;
    x[1] = log(w);
    x[2] = log(1 - w);
}

/* The solution of a x = b, by elimination. */
static void solve(double a[3][3], const double b[3], double x[3])
{
    double m[3][4];
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 4; j++)
            m[i][j] = j < 3 ? a[i][j] : b[i];
    for (int k = 0; k < 3; k++)
        for (int i = 0; i < 3; i++) {
            const double factor = m[i][k] / m[k][k];
            for (int j = 0; i != k && j < 4; j++)
                m[i][j] -= factor * m[k][j];
        }
    for (int i = 0; i < 3; i++)
        x[i] = m[i][3] / m[i][i];
}

static void check_fit(const snnfe_fitted_pulses *p)
{
    double products[3][3] = {{0}}, sums[3] = {0}, variances[3] = {0};
    for (size_t k = 0; k < p->n; k++) {
        double x[3];
        regressors(p->w[k], x);
        const double fit = exp(x[0] * p->value[0] + x[1] * p->value[1] + x[2] * p->value[2]);
        ck_assert_double_eq_tol(p->excess[k], p->dw[k] / fit - 1, 1e-6);
        for (int i = 0; i < 3; i++) {
            sums[i] += x[i] * p->excess[k];
            for (int j = 0; j < 3; j++)
                products[i][j] += x[i] * x[j];
        }
    }
    for (int i = 0; i < 3; i++)
        ck_assert_double_eq_tol(sums[i], 0, 1e-6);
    for (size_t k = 0; k < p->n; k++) {
        double x[3], y[3];
        regressors(p->w[k], x);
        solve(products, x, y);
        const double lever = x[0] * y[0] + x[1] * y[1] + x[2] * y[2];
        const double square = p->excess[k] * p->excess[k] / fmax(1 - lever, 0.1);
        ck_assert_double_eq_tol(p->squares[k], square, 1e-9);
        for (int i = 0; i < 3; i++)
            variances[i] += y[i] * y[i] * square;
    }
    for (int i = 0; i < 3; i++)
        ck_assert_double_eq_tol(p->variance[i] / variances[i], 1, 1e-6);
}

START_TEST(fits_solve_their_equations)
{
    enum { PULSES = 60 };
    double voltage[2 * PULSES], conductance[2 * PULSES];
    uint64_t random = support_seed();
    snnfe_measured_device device = {0};
    for (int i = 0; i < 2 * PULSES; i++) {
        const double noise = (double)(support_next(&random) >> 11) * 0x1p-53 - 0.5;
        const double along = (double)(i % PULSES) / PULSES;
        voltage[i] = i < PULSES ? -2 : 0.5;
        conductance[i] =
            3 + 4 * (0.05 + 0.85 * (i < PULSES ? sqrt(along) : 1 - sqrt(along))) + 0.02 * noise;
    }
    assert_ok(snnfe_measured_device_fit(&device, voltage, conductance, 2 * PULSES, 3, 7));
    for (int d = 0; d < 2; d++)
        check_fit(&device.pulses[d]);
    snnfe_measured_device_release(&device);
}
END_TEST

/* A pulse whose lever is nearly 1 says nothing of the noise: it counts as if a tenth were left. */
START_TEST(levers_have_an_end)
{
    double voltage[N], conductance[N];
    snnfe_measured_device device = {0};
    measure(voltage, conductance);
    conductance[0] = 1.02; /* far from all others */
    for (int i = 1; i <= RUN; i++)
        conductance[i] = 1.3 + 0.01 * i + (i % 2 ? 0.001 : 0);
    assert_ok(snnfe_measured_device_fit(&device, voltage, conductance, N, 1, 2));
    const snnfe_fitted_pulses *p = &device.pulses[SNNFE_LTP];
    check_fit(p);
    ck_assert_double_eq_tol(p->squares[0], 10 * p->excess[0] * p->excess[0], 1e-15);
    snnfe_measured_device_release(&device);
}
END_TEST

START_TEST(pulses_that_no_response_fits)
{
    double voltage[N], conductance[N];
    snnfe_measured_device device = {0};
    measure(voltage, conductance);
    for (int i = 0; i <= RUN; i++) /* all from one of two places */
        conductance[i] = i % 2 ? 1.4 : 1.6;
    assert_fails(snnfe_measured_device_fit(&device, voltage, conductance, N, 1, 2),
                 SNNFE_ERR_FORMAT, "no pulse response fits its 10 LTP pulses");
    snnfe_measured_device_release(&device);
}
END_TEST

/* --- noise ----------------------------------------------------------------------------------- */

enum { DEVICES = 4, PULSES = 40 };

/* Devices whose squares are such a spread's, times a factor around 1. */
typedef struct noise {
    double w[DEVICES][2][PULSES], squares[DEVICES][2][PULSES], excess[DEVICES][2][PULSES];
    snnfe_measured_device devices[DEVICES];
} noise;

static noise *make_noise(const double at[2], double unsteady)
{
    noise *all = calloc(1, sizeof *all);
    uint64_t random = support_seed();
    for (int i = 0; i < DEVICES; i++)
        for (int d = 0; d < 2; d++) {
            for (int k = 0; k < PULSES; k++) {
                const double part = (double)(support_next(&random) >> 11) * 0x1p-53;
                const double w = 0.05 + 0.9 * k / (PULSES - 1), spread = at[0] + at[1] * w;
                all->w[i][d][k] = w;
                all->squares[i][d][k] = spread * spread * (1 + unsteady * (part - 0.5));
            }
            all->devices[i].pulses[d] = (snnfe_fitted_pulses){.n = PULSES,
                                                              .w = all->w[i][d],
                                                              .excess = all->excess[i][d],
                                                              .squares = all->squares[i][d]};
        }
    return all;
}

START_TEST(spreads_are_found_in_squares)
{
    static const double truths[][2] = {{0.1, 0}, {0.05, 0.3}, {0.4, -0.3}};
    for (size_t t = 0; t < 3; t++) {
        noise *all = make_noise(truths[t], 0);
        double at[2], without[2];
        snnfe_cycle_spread(all->devices, DEVICES, at);
        ck_assert_double_eq_tol(at[0], truths[t][0], 1e-9);
        ck_assert_double_eq_tol(at[1], truths[t][1], 1e-9);
        snnfe_cycle_spread_without(all->devices, DEVICES, 2, at, without);
        ck_assert_double_eq_tol(without[0], truths[t][0], 1e-9);
        ck_assert_double_eq_tol(without[1], truths[t][1], 1e-9);
        free(all);
    }
    /* No noise is no spread. */
    static const double none[2] = {0, 0};
    noise *all = make_noise(none, 0);
    double at[2];
    snnfe_cycle_spread(all->devices, DEVICES, at);
    ck_assert(at[0] <= 1e-7 && fabs(at[1]) <= 1e-7);
    free(all);
}
END_TEST

/* What is left of squares, weighted, is balanced in the constant and in w. */
static void check_balance(const noise *all, const double at[2], int left_out)
{
    double constant = 0, slope = 0, scale = 0;
    for (int i = 0; i < DEVICES; i++)
        for (int d = 0; d < 2 && i != left_out; d++)
            for (int k = 0; k < PULSES; k++) {
                const double w = all->w[i][d][k], spread = at[0] + at[1] * w;
                const double rest =
                    (all->squares[i][d][k] - spread * spread) / (spread * spread * spread);
                constant += rest;
                slope += w * rest;
                scale += fabs(rest);
            }
    ck_assert_double_eq_tol(constant / scale, 0, left_out < 0 ? 1e-8 : 1e-3);
    ck_assert_double_eq_tol(slope / scale, 0, left_out < 0 ? 1e-8 : 1e-3);
}

START_TEST(spreads_balance_what_is_left)
{
    static const double truth[2] = {0.1, 0.2};
    noise *all = make_noise(truth, 1.5);
    for (int d = 0; d < 2; d++) /* one device that is noisier than the others */
        for (int k = 0; k < PULSES; k++)
            all->squares[3][d][k] *= 2;
    double at[2], without[2];
    snnfe_cycle_spread(all->devices, DEVICES, at);
    check_balance(all, at, -1);
    snnfe_cycle_spread_without(all->devices, DEVICES, 3, at, without);
    check_balance(all, without, 3);
    ck_assert_double_lt(without[0], at[0]);
    free(all);
}
END_TEST

/* Quantiles of either distribution are recognized; a change that turns around is no log-normal one.
 */
START_TEST(the_likelier_distribution_is_told)
{
    static const double at[2] = {0.3, 0.1};
    noise *all = make_noise(at, 0);
    for (int lognormal = 0; lognormal < 2; lognormal++) {
        for (int i = 0; i < DEVICES; i++)
            for (int d = 0; d < 2; d++)
                for (int k = 0; k < PULSES; k++) {
                    /* Nearly normal: the logarithm of the odds. */
                    const double part = ((k * 7 + i * 11 + d * 3) % PULSES + 0.5) / PULSES;
                    const double z = log(part / (1 - part)) / 1.702;
                    const double spread = at[0] + at[1] * all->w[i][d][k];
                    const double v = log(1 + spread * spread);
                    all->excess[i][d][k] =
                        lognormal ? exp(sqrt(v) * z - v / 2) - 1 : fmax(spread * z, -0.99);
                }
        ck_assert_int_eq(snnfe_cycle_distribution(all->devices, DEVICES, at),
                         lognormal ? SNNFE_SPREAD_LOGNORMAL : SNNFE_SPREAD_GAUSSIAN);
    }
    /* Whichever it is of. */
    for (int i = 0; i < DEVICES; i++)
        for (int d = 0; d < 2; d++)
            for (int k = 0; k < PULSES; k += PULSES - 1) {
                const double before = all->excess[i][d][k];
                all->excess[i][d][k] = -1;
                ck_assert_int_eq(snnfe_cycle_distribution(all->devices, DEVICES, at),
                                 SNNFE_SPREAD_GAUSSIAN);
                all->excess[i][d][k] = before;
            }
    ck_assert_int_eq(snnfe_cycle_distribution(all->devices, DEVICES, at), SNNFE_SPREAD_LOGNORMAL);
    free(all);
}
END_TEST

/* Where one is hardly likelier than the other, by the densities themselves. */
START_TEST(likelihoods_are_compared)
{
    static const double at[2] = {0.3, 0.1};
    noise *all = make_noise(at, 0);
    uint64_t random = support_seed();
    size_t n_lognormal = 0;
    for (int round = 0; round < 300; round++) {
        const double share = (double)(support_next(&random) >> 11) * 0x1p-53;
        double gaussian = 0, lognormal = 0;
        for (int i = 0; i < DEVICES; i++)
            for (int d = 0; d < 2; d++)
                for (int k = 0; k < PULSES; k++) {
                    const double part = (double)(support_next(&random) >> 11) * 0x1p-53;
                    const double q = log((part + 1e-3) / (1.001 - part)) / 1.702;
                    const double s = at[0] + at[1] * all->w[i][d][k], v = log(1 + s * s);
                    const double e =
                        fmax(share * (exp(sqrt(v) * q - v / 2) - 1) + (1 - share) * s * q, -0.95);
                    const double z = (log(1 + e) + v / 2) / sqrt(v);
                    all->excess[i][d][k] = e;
                    gaussian += log(exp(-e * e / (2 * s * s)) / s);
                    lognormal += log(exp(-z * z / 2) / (sqrt(v) * (1 + e)));
                }
        n_lognormal += lognormal > gaussian;
        ck_assert_int_eq(snnfe_cycle_distribution(all->devices, DEVICES, at),
                         lognormal > gaussian ? SNNFE_SPREAD_LOGNORMAL : SNNFE_SPREAD_GAUSSIAN);
    }
    ck_assert_uint_gt(n_lognormal, 30);
    ck_assert_uint_lt(n_lognormal, 270);
    free(all);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("measured");
    TCase *all = tcase_create("all");
    tcase_add_test(all, pulses_within_a_run_count);
    tcase_add_test(all, pulses_that_end_at_an_end_are_left_out);
    tcase_add_test(all, samples_at_0_v_are_no_pulses);
    tcase_add_test(all, fits_solve_their_equations);
    tcase_add_test(all, levers_have_an_end);
    tcase_add_test(all, pulses_that_no_response_fits);
    tcase_add_test(all, spreads_are_found_in_squares);
    tcase_add_test(all, spreads_balance_what_is_left);
    tcase_add_test(all, the_likelier_distribution_is_told);
    tcase_add_test(all, likelihoods_are_compared);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
