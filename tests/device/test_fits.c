/* Fits of measured pulses: how many points they need, where their parameters end, what they tell;
   cycles and samples of measurements at the ends of what is allowed. */
#include "devices.h"

#include <math.h>
#include <snnfe/device.h>

enum { N = 50 };

static double beta_form(double amplitude, double alpha, double beta, double w)
{
    const double x = fmin(fmax(w, 1e-9), 1 - 1e-9);
    return amplitude * pow(x, alpha - 1) * pow(1 - x, beta - 1);
}

/* N points of a beta form, every second one above it and below it by `off`. */
static void make(double amplitude, double alpha, double beta, double off, double *w, double *dw)
{
    for (int i = 0; i < N; i++) {
        w[i] = 0.02 + 0.96 * i / (N - 1);
        dw[i] = beta_form(amplitude, alpha, beta, w[i]) + (i % 2 ? off : -off);
    }
}

static snnfe_characterization fit(int32_t direction, const double *w, const double *dw)
{
    snnfe_characterization c = {.struct_size = sizeof c};
    assert_ok(snnfe_device_fit(direction, w, dw, N, &c));
    return c;
}

START_TEST(fits_need_points_in_their_range)
{
    double w[N], dw[N];
    snnfe_characterization c = {.struct_size = sizeof c};
    make(0.2, 2, 2, 0, w, dw);
    assert_ok(snnfe_device_fit(SNNFE_LTP, w, dw, 4, &c));
    ck_assert_uint_eq(c.n_points[SNNFE_LTP], 4);
    ck_assert_uint_eq(c.n_points[SNNFE_LTD], 0);
    assert_fails(snnfe_device_fit(SNNFE_LTP, w, dw, 3, &c), SNNFE_ERR_ARGUMENT, "n is 3");
    assert_fails(snnfe_device_fit(SNNFE_LTP, w, dw, 1000001, &c), SNNFE_ERR_ARGUMENT,
                 "n is 1000001");
    w[0] = 0;
    w[N - 1] = 1;
    (void)fit(SNNFE_LTP, w, dw);
    static const double beyond[] = {-1e-300, 1 + 1e-15};
    for (int i = 0; i < 2; i++) {
        w[N - 1] = beyond[i];
        assert_fails(snnfe_device_fit(SNNFE_LTP, w, dw, N, &c), SNNFE_ERR_ARGUMENT,
                     "conductance 49 is ");
    }
    w[N - 1] = (double)NAN;
    assert_fails(snnfe_device_fit(SNNFE_LTP, w, dw, N, &c), SNNFE_ERR_NONFINITE, "point 49");
    w[N - 1] = 0.5;
    dw[0] = HUGE_VAL;
    assert_fails(snnfe_device_fit(SNNFE_LTP, w, dw, N, &c), SNNFE_ERR_NONFINITE, "point 0");
}
END_TEST

START_TEST(fits_tell_how_far_points_lie_from_them)
{
    double w[N], dw[N];
    make(0.3, 1.8, 2.2, 0.01, w, dw);
    const snnfe_characterization c = fit(SNNFE_LTP, w, dw);
    double mean = 0, squares = 0, total = 0;
    for (int i = 0; i < N; i++)
        mean += dw[i] / N;
    for (int i = 0; i < N; i++) {
        squares += pow(beta_form(c.amplitude[0], c.alpha[0], c.beta[0], w[i]) - dw[i], 2);
        total += pow(dw[i] - mean, 2);
    }
    ck_assert_double_eq_tol(c.residual[0], sqrt(squares / N), 1e-12);
    ck_assert_double_eq_tol(c.residual[0], 0.01, 1e-3);
    ck_assert_double_eq_tol(c.r_squared[0], 1 - squares / total, 1e-12);
    for (int i = 0; i < N; i++)
        dw[i] = -dw[i];
    const snnfe_characterization down = fit(SNNFE_LTD, w, dw);
    ck_assert_double_eq_tol(down.residual[1], c.residual[0], 1e-6);
    ck_assert_double_eq_tol(down.alpha[1], c.alpha[0], 1e-4);
    ck_assert_double_eq(down.alpha[0], 0);
    /* Points that nothing distinguishes have no variance to explain. */
    for (int i = 0; i < N; i++)
        dw[i] = 0;
    ck_assert_double_eq(fit(SNNFE_LTP, w, dw).r_squared[0], 0);
}
END_TEST

/* Points beyond them bring parameters to their ends, and no further. */
START_TEST(parameters_have_ends)
{
    double w[N], dw[N];
    make(1.5, 1, 1, 0, w, dw);
    ck_assert_double_eq_tol(fit(SNNFE_LTP, w, dw).amplitude[0], 1, 1e-6);
    make(-0.2, 2, 2, 0, w, dw);
    ck_assert_double_eq_tol(fit(SNNFE_LTP, w, dw).amplitude[0], 0, 1e-6);
    for (int i = 0; i < N; i++)
        w[i] = 0.9 + 0.002 * i;
    for (int i = 0; i < N; i++)
        dw[i] = beta_form(0.5, 14, 1, w[i]);
    ck_assert_double_eq_tol(fit(SNNFE_LTP, w, dw).alpha[0], 10, 1e-3);
    for (int i = 0; i < N; i++)
        w[i] = 1 - w[i];
    for (int i = 0; i < N; i++)
        dw[i] = beta_form(0.5, 1, 14, w[i]);
    ck_assert_double_eq_tol(fit(SNNFE_LTP, w, dw).beta[0], 10, 1e-3);
    make(0.02, 0.02, 1, 0, w, dw);
    ck_assert_double_eq_tol(fit(SNNFE_LTP, w, dw).alpha[0], 0.1, 1e-3);
    make(0.02, 1, 0.02, 0, w, dw);
    ck_assert_double_eq_tol(fit(SNNFE_LTP, w, dw).beta[0], 0.1, 1e-3);
}
END_TEST

/* --- measurements ---------------------------------------------------------------------------- */

/* `n` rising conductances, then as many falling ones, between 1 and 2 nS, `times` times; the first
   cycle that is whole begins with the second. */
static size_t measure(size_t n, size_t times, double *voltage, double *conductance)
{
    size_t used = 0;
    for (size_t i = 0; i < times * 2 * n + 1; i++) {
        const bool up = i / n % 2 == 0;
        const double part = (double)(i % n) / (double)n;
        voltage[used] = up ? -1 : 1;
        conductance[used++] = 1e-9 * (up ? 1 + sqrt(part) : 2 - part * part);
    }
    return used;
}

START_TEST(cycles_need_five_pulses_of_each_direction)
{
    double voltage[100], conductance[100];
    snnfe_characterization c = {.struct_size = sizeof c};
    snnfe_measured_points points = {0};
    size_t n = measure(5, 3, voltage, conductance);
    assert_ok(snnfe_device_characterize(voltage, conductance, n, 2, &c, &points));
    ck_assert_uint_eq(c.n_cycles, 2);
    ck_assert_uint_eq(c.n_points[0], 4);
    ck_assert_uint_eq(points.n[0], 4);
    ck_assert_uint_eq(points.n[1], 4);
    /* Normalized to the cycle's ends, which are its first samples of each direction. */
    for (size_t i = 0; i < 4; i++) {
        const double up = sqrt((double)i / 5), next_up = sqrt((double)(i + 1) / 5);
        const double down = 1 - pow((double)i / 5, 2), next_down = 1 - pow((double)(i + 1) / 5, 2);
        ck_assert_double_eq_tol(points.w[SNNFE_LTP][i], up, 1e-12);
        ck_assert_double_eq_tol(points.dw[SNNFE_LTP][i], next_up - up, 1e-12);
        ck_assert_double_eq_tol(points.w[SNNFE_LTD][i], down, 1e-12);
        ck_assert_double_eq_tol(points.dw[SNNFE_LTD][i], next_down - down, 1e-12);
    }
    snnfe_measured_points_release(&points);
    ck_assert(!points.w[0] && points.n[1] == 0);
    snnfe_measured_points_release(NULL);
    assert_fails(snnfe_device_characterize(voltage, conductance, n, 3, &c, NULL),
                 SNNFE_ERR_NOT_FOUND, "there are 2 whole cycles");
    assert_fails(snnfe_device_characterize(voltage, conductance, n, 0, &c, NULL),
                 SNNFE_ERR_ARGUMENT, "cycle is 0");
    n = measure(4, 3, voltage, conductance);
    assert_fails(snnfe_device_characterize(voltage, conductance, n, 1, &c, NULL), SNNFE_ERR_FORMAT,
                 "cycle 1: has 4 LTP pulses, 5 are needed");
}
END_TEST

/* Where nothing was written, no cycle begins and no pulse was. */
START_TEST(samples_without_a_pulse_are_passed_over)
{
    double voltage[100], conductance[100];
    snnfe_characterization plain = {.struct_size = sizeof plain}, other = plain;
    const size_t n = measure(6, 3, voltage, conductance);
    assert_ok(snnfe_device_characterize(voltage, conductance, n, 1, &plain, NULL));
    double voltages[200], conductances[200];
    size_t used = 0;
    for (size_t i = 0; i < n; i++) {
        voltages[used] = voltage[i];
        conductances[used++] = conductance[i];
        if (i % 6 == 2) { /* within a run of pulses */
            voltages[used] = 0;
            conductances[used++] = conductance[i];
        }
    }
    assert_ok(snnfe_device_characterize(voltages, conductances, used, 1, &other, NULL));
    ck_assert_uint_eq(other.n_points[0], plain.n_points[0]);
    ck_assert_double_eq(other.amplitude[0], plain.amplitude[0]);
    ck_assert_double_eq(other.beta[1], plain.beta[1]);
    ck_assert_double_eq(other.rsd_c2c[1], plain.rsd_c2c[1]);
}
END_TEST

START_TEST(samples_have_ends)
{
    double voltage[100], conductance[100];
    snnfe_characterization c = {.struct_size = sizeof c};
    const size_t n = measure(5, 3, voltage, conductance);
    const struct {
        double *value, wrong, right;
    } cases[] = {{&voltage[0], 1e18, nextafter(1e18, 0)},
                 {&voltage[0], -1e18, -nextafter(1e18, 0)},
                 {&conductance[n - 1], 1e18, nextafter(1e18, 0)},
                 {&conductance[n - 1], 0.9999999e-18, 1.0000001e-18},
                 {&conductance[n - 1], 0, 1e-9}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const double before = *cases[i].value;
        *cases[i].value = cases[i].wrong;
        ck_assert_int_eq(snnfe_device_characterize(voltage, conductance, n, 2, &c, NULL),
                         SNNFE_ERR_ARGUMENT);
        *cases[i].value = cases[i].right;
        assert_ok(snnfe_device_characterize(voltage, conductance, n, 2, &c, NULL));
        *cases[i].value = before;
    }
}
END_TEST

/* Of a cycle's points, with the exponents of another one's fit. */
static double amplitude_of(const snnfe_measured_points *points, int d,
                           const snnfe_characterization *c)
{
    double products = 0, squares = 0;
    for (size_t i = 0; i < points->n[d]; i++) {
        const double w = fmin(fmax(points->w[d][i], 0.01), 0.99);
        const double shape = beta_form(1, c->alpha[d], c->beta[d], w);
        products += shape * fabs(points->dw[d][i]);
        squares += shape * shape;
    }
    return products / squares;
}

START_TEST(spread_of_cycles_is_that_of_their_amplitudes)
{
    enum { PULSES = 8, CYCLES = 4, SAMPLES = 2 * PULSES * (CYCLES + 1) + 1 };
    double voltage[SAMPLES], conductance[SAMPLES], sums[2] = {0}, squares[2] = {0};
    for (size_t i = 0; i < SAMPLES; i++) {
        const bool up = i / PULSES % 2 == 0;
        const double cycle = (double)(i / PULSES / 2), part = (double)(i % PULSES) / PULSES;
        voltage[i] = up ? -1 : 1;
        conductance[i] =
            1e-9 * (up ? 1 + pow(part, 0.5 + 0.1 * cycle) : 2 - pow(part, 2 - 0.2 * cycle));
    }
    snnfe_characterization c = {.struct_size = sizeof c}, other = c;
    assert_ok(snnfe_device_characterize(voltage, conductance, SAMPLES, 2, &c, NULL));
    ck_assert_uint_eq(c.n_cycles, CYCLES);
    for (uint32_t k = 1; k <= CYCLES; k++) {
        snnfe_measured_points points = {0};
        assert_ok(snnfe_device_characterize(voltage, conductance, SAMPLES, k, &other, &points));
        for (int d = 0; d < 2; d++) {
            sums[d] += amplitude_of(&points, d, &c);
            squares[d] += pow(amplitude_of(&points, d, &c), 2);
        }
        snnfe_measured_points_release(&points);
    }
    for (int d = 0; d < 2; d++) {
        const double mean = sums[d] / CYCLES;
        const double variance = (squares[d] - CYCLES * mean * mean) / (CYCLES - 1);
        ck_assert_double_gt(c.rsd_c2c[d], 0.01);
        ck_assert_double_eq_tol(c.rsd_c2c[d], sqrt(variance) / mean, 1e-9);
    }
}
END_TEST

/* One cycle has no spread, and one that is flat does not count. */
START_TEST(cycles_that_tell_nothing_are_left_out)
{
    double voltage[100], conductance[100];
    snnfe_characterization c = {.struct_size = sizeof c};
    size_t n = measure(6, 2, voltage, conductance);
    assert_ok(snnfe_device_characterize(voltage, conductance, n, 1, &c, NULL));
    ck_assert_uint_eq(c.n_cycles, 1);
    ck_assert_double_eq(c.rsd_c2c[0], 0);
    n = measure(6, 4, voltage, conductance);
    for (size_t i = 24; i < 36; i++)
        conductance[i] = 1e-9;
    assert_ok(snnfe_device_characterize(voltage, conductance, n, 1, &c, NULL));
    ck_assert_uint_eq(c.n_cycles, 2);
    assert_fails(snnfe_device_characterize(voltage, conductance, n, 2, &c, NULL), SNNFE_ERR_FORMAT,
                 "throughout");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("fits");
    TCase *all = tcase_create("all");
    tcase_add_test(all, fits_need_points_in_their_range);
    tcase_add_test(all, fits_tell_how_far_points_lie_from_them);
    tcase_add_test(all, parameters_have_ends);
    tcase_add_test(all, cycles_need_five_pulses_of_each_direction);
    tcase_add_test(all, samples_without_a_pulse_are_passed_over);
    tcase_add_test(all, samples_have_ends);
    tcase_add_test(all, spread_of_cycles_is_that_of_their_amplitudes);
    tcase_add_test(all, cycles_that_tell_nothing_are_left_out);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
