/* What cells remember against theory: imprint, history, readings; noise from cycle to cycle that
   depends on the state or is log-normal; none of it without its options. */
#include "device/device_internal.h"
#include "devices.h"

#include <math.h>
#include <snnfe/device.h>
#include <string.h>

#define N 40000
static const double error = 5 / 200.0; /* five standard errors of N draws */

/* --- imprint --------------------------------------------------------------------------------- */

START_TEST(cells_prefer_what_they_have_held)
{
    snnfe_cells_options o = cells_defaults();
    o.imprint = 0.02;
    o.imprint_s = 10;
    o.held_s = 1e5;
    snnfe_device *device = device_on_cells(&o);
    for (int32_t d = 0; d < 2; d++)
        for (double w = 0.1; w < 1; w += 0.2) {
            double after = w;
            assert_ok(snnfe_device_pulse(device, d, &after, 1, 1, 0));
            const double preference = 0.02 * log(1 + 1e4) * (2 * w - 1);
            const double expected =
                device_change(device, d, w) * (d == SNNFE_LTP ? 1 + preference : 1 - preference);
            ck_assert_double_eq_tol(fabs(after - w), expected, 1e-12);
        }
    /* In a train, it is the first state that was held. */
    const int32_t up[2] = {SNNFE_LTP, SNNFE_LTP};
    double w[3];
    assert_ok(snnfe_device_pulse_train(device, up, 2, 0.1, 1, w));
    const double preference = 0.02 * log(1 + 1e4) * -0.8;
    ck_assert_double_eq_tol(w[2] - w[1], device_change(device, SNNFE_LTP, w[1]) * (1 + preference),
                            1e-12);
    snnfe_device_free(device);
}
END_TEST

/* Cells that have nothing to prefer: none is asked for, or their window is a point. */
START_TEST(some_cells_prefer_nothing)
{
    snnfe_cells_options o = cells_defaults();
    snnfe_cell cell = snnfe_nominal_cell;
    o.imprint_s = 10;
    o.held_s = 1e5;
    ck_assert_double_eq(snnfe_imprint_of(&o, &cell, 1), 0);
    o.imprint = 0.02;
    ck_assert_double_eq_tol(snnfe_imprint_of(&o, &cell, 1), 0.02 * log(1 + 1e4), 1e-12);
    cell.low = cell.high = 0.5F;
    ck_assert_double_eq(snnfe_imprint_of(&o, &cell, 1), 0);
}
END_TEST

/* --- history --------------------------------------------------------------------------------- */

START_TEST(pulses_follow_the_run_before_them)
{
    enum { PULSES = 60 };
    snnfe_cells_options o = cells_defaults();
    o.history = 0.8;
    o.history_pulses = 3;
    snnfe_device *device = device_on_cells(&o);
    int32_t directions[PULSES];
    for (size_t i = 0; i < PULSES; i++)
        directions[i] = i / 5 % 2 ? SNNFE_LTD : SNNFE_LTP;
    double w[PULSES + 1], run = 0;
    assert_ok(snnfe_device_pulse_train(device, directions, PULSES, 0.3, 1, w));
    for (size_t i = 0; i < PULSES; i++) {
        const double sign = directions[i] == SNNFE_LTP ? 1 : -1;
        const double factor = 1 + 0.8 * (1 - sign * run) / 2;
        ck_assert_double_eq_tol(sign * (w[i + 1] - w[i]),
                                factor * device_change(device, directions[i], w[i]), 1e-6);
        run = sign + (run - sign) * exp(-1 / 3.0);
    }
    snnfe_device_free(device);
}
END_TEST

/* A train on plain arrays, one pulse a step. */
START_TEST(steps_keep_the_runs)
{
    enum { PULSES = 20 };
    snnfe_cells_options o = cells_defaults();
    o.history = -0.5;
    o.history_pulses = 2;
    snnfe_device *device = device_on_cells(&o);
    int32_t directions[PULSES];
    double w[PULSES + 1];
    for (size_t i = 0; i < PULSES; i++)
        directions[i] = i / 3 % 2 ? SNNFE_LTD : SNNFE_LTP;
    assert_ok(snnfe_device_pulse_train(device, directions, PULSES, 0.5, 1, w));
    snnfe_device_step_options step;
    assert_ok(snnfe_device_step_options_init(&step, sizeof step));
    step.bound = 0.5;
    float weight = 0, sum = 0, run = 0;
    for (size_t i = 0; i < PULSES; i++, step.step++) {
        const float update = directions[i] == SNNFE_LTP ? 0.026F : -0.026F;
        sum = 0;
        step.histories = &run;
        assert_ok(
            snnfe_device_step(device, &step, &weight, &sum, &update, 1, NULL, NULL, NULL, NULL));
        ck_assert_double_eq_tol((double)weight + 0.5, w[i + 1], 1e-5);
    }
    ck_assert(run > -1 && run < 1 && (run < 0 || run > 0));
    const float update = 0;
    step.histories = NULL;
    assert_fails(
        snnfe_device_step(device, &step, &weight, &sum, &update, 1, NULL, NULL, NULL, NULL),
        SNNFE_ERR_ARGUMENT, "histories is NULL, but the device's cells have a history");
    run = 1.5F;
    step.histories = &run;
    assert_fails(
        snnfe_device_step(device, &step, &weight, &sum, &update, 1, NULL, NULL, NULL, NULL),
        SNNFE_ERR_ARGUMENT, "histories[0] is 1.5, not in -1…1");
    run = 0;
    const float preference = NAN;
    step.imprints = &preference;
    assert_fails(
        snnfe_device_step(device, &step, &weight, &sum, &update, 1, NULL, NULL, NULL, NULL),
        SNNFE_ERR_ARGUMENT, "imprints[0] is nan, not in -1…1");
    snnfe_device_free(device);
}
END_TEST

/* --- readings -------------------------------------------------------------------------------- */

START_TEST(readings_disturb)
{
    snnfe_cells_options o = cells_defaults();
    o.read_disturb = 1e-4;
    o.read_disturb_rest = 0.25;
    o.stuck_low = o.stuck_high = 0.3;
    snnfe_device *device = device_on_cells(&o);
    static float weights[1000];
    static snnfe_cell cells[1000];
    assert_ok(snnfe_device_cells(device, 0, 1000, cells, sizeof cells[0]));
    for (size_t i = 0; i < 1000; i++)
        weights[i] = 0.5F;
    assert_ok(snnfe_device_age(device, weights, 1000, 0.5, 0, 7, 7, 5000));
    for (size_t i = 0; i < 1000; i++) {
        const double expected =
            cells[i].low < cells[i].high ? -0.25 + 0.75 * pow(0.9999, 5000) : 0.5;
        ck_assert_double_eq_tol((double)weights[i], expected, 1e-6);
    }
    float all = 0.5F;
    o.read_disturb = 1;
    o.stuck_low = o.stuck_high = 0;
    snnfe_device_free(device);
    device = device_on_cells(&o);
    assert_ok(snnfe_device_age(device, &all, 1, 0.5, 0, 0, 0, 0));
    ck_assert_float_eq(all, 0.5F);
    assert_ok(snnfe_device_age(device, &all, 1, 0.5, 0, 0, 0, 1));
    ck_assert_float_eq(all, -0.25F);
    snnfe_device_free(device);
}
END_TEST

/* --- cycle to cycle -------------------------------------------------------------------------- */

typedef struct moments {
    double mean, deviation, skewness, least;
} moments;

/* Of factors on the change from `w`. */
static moments factors_at(const snnfe_device *device, double w)
{
    static double after[N];
    for (size_t i = 0; i < N; i++)
        after[i] = w;
    assert_ok(snnfe_device_pulse(device, SNNFE_LTP, after, N, support_seed(), 5));
    const double change = device_change(device, SNNFE_LTP, w);
    moments m = {.least = INFINITY};
    double squares = 0, cubes = 0;
    for (size_t i = 0; i < N; i++) {
        after[i] = (after[i] - w) / change;
        m.mean += after[i] / N;
        m.least = fmin(m.least, after[i]);
    }
    for (size_t i = 0; i < N; i++) {
        squares += pow(after[i] - m.mean, 2) / N;
        cubes += pow(after[i] - m.mean, 3) / N;
    }
    m.deviation = sqrt(squares);
    m.skewness = cubes / pow(squares, 1.5);
    return m;
}

START_TEST(cycles_differ_by_state_and_distribution)
{
    snnfe_device_options o = device_defaults();
    snnfe_device *device = NULL;
    for (int32_t distribution = 0; distribution < 2; distribution++)
        for (double w = 0.2; w < 0.9; w += 0.3) {
            o.rsd_c2c = 0.1;
            o.rsd_c2c_state = 0.2;
            o.c2c_distribution = distribution;
            assert_ok(snnfe_device_create(&device, &o));
            const double spread = 0.1 + 0.2 * w;
            const moments m = factors_at(device, w);
            ck_assert_double_eq_tol(m.mean, 1, error * spread);
            ck_assert_double_eq_tol(m.deviation / spread, 1, 1.5 * error);
            const double skewness =
                distribution == SNNFE_SPREAD_LOGNORMAL ? 3 * spread + pow(spread, 3) : 0;
            ck_assert_double_eq_tol(m.skewness, skewness, 0.2);
            ck_assert(distribution == SNNFE_SPREAD_GAUSSIAN || m.least > 0);
            snnfe_device_free(device);
        }
    o.rsd_c2c_state = -0.5; /* above 0.2 nothing is left */
    assert_ok(snnfe_device_create(&device, &o));
    ck_assert_double_lt(factors_at(device, 0.3).deviation, 1e-9);
    snnfe_device_free(device);
}
END_TEST

/* --- nothing, and bad input ------------------------------------------------------------------- */

/* Where nothing is lost, disturbed or lost in reading, to ask for it is an error. */
static void assert_changes_nothing(const snnfe_device *device)
{
    float weight = 0.1F;
    assert_fails(snnfe_device_age(device, &weight, 1, 1, 0, 2, 1e6, 0), SNNFE_ERR_ARGUMENT,
                 "snnfe_device_age: to_s is 1e+06, but this device's cells lose nothing with time "
                 "(retention)");
    assert_fails(snnfe_device_age(device, &weight, 1, 1, 0, 2, 2, 100), SNNFE_ERR_ARGUMENT,
                 "readings is 100, but none disturbs this device's cells (read_disturb)");
    assert_fails(snnfe_device_read(device, &weight, 1, 1, 1, 0, 1), SNNFE_ERR_ARGUMENT,
                 "snnfe_device_read: this device's cells are read as they are (no read_noise, "
                 "read_noise_state, adc_bits, wire or reference_spread)");
    assert_ok(snnfe_device_age(device, &weight, 1, 1, 0, 2, 2, 0));
    ck_assert_float_eq(weight, 0.1F);
}

/* A network has converters of columns, which weights alone have not. */
START_TEST(columns_are_read_in_networks)
{
    snnfe_cells_options o = cells_defaults();
    o.column_bits = 8;
    snnfe_device *device = device_on_cells(&o);
    assert_changes_nothing(device);
    snnfe_device_free(device);
}
END_TEST

/* Options that stand beside an effect that is off change no bit. */
START_TEST(without_effects_nothing_changes)
{
    snnfe_device_options plain = device_defaults();
    snnfe_cells_options o = cells_defaults();
    plain.rsd_c2c = 0.3;
    plain.sigma_add = 0.01;
    snnfe_device_options off = plain;
    off.cells = &o;
    o.imprint = 0.5; /* held for no time */
    o.imprint_s = 7;
    o.history_pulses = 3;
    o.read_disturb_rest = 1;
    o.column_range = 0.2;
    o.correlation = 0.3;
    snnfe_device *devices[2] = {NULL, NULL};
    assert_ok(snnfe_device_create(&devices[0], &plain));
    assert_ok(snnfe_device_create(&devices[1], &off));
    static float weights[2][N], sums[2][N], updates[N];
    snnfe_device_step_options step;
    assert_ok(snnfe_device_step_options_init(&step, sizeof step));
    for (; step.step < 5; step.step++) {
        for (size_t i = 0; i < N; i++)
            updates[i] = 0.01F * sinf((float)(i * (step.step + 1)));
        for (int k = 0; k < 2; k++) {
            assert_ok(snnfe_device_step(devices[k], &step, weights[k], sums[k], updates, N, NULL,
                                        NULL, NULL, NULL));
            assert_changes_nothing(devices[k]);
        }
    }
    ck_assert_mem_eq(weights[0], weights[1], sizeof weights[0]);
    ck_assert_mem_eq(sums[0], sums[1], sizeof sums[0]);
    for (int k = 0; k < 2; k++)
        snnfe_device_free(devices[k]);
}
END_TEST

START_TEST(bad_options_are_named)
{
    snnfe_device *device = NULL;
#define BAD(field, value, text)                                                                    \
    do {                                                                                           \
        snnfe_device_options device_options = device_defaults();                                   \
        snnfe_cells_options cells = cells_defaults();                                              \
        device_options.cells = &cells;                                                             \
        (field) = (value);                                                                         \
        assert_fails(snnfe_device_create(&device, &device_options), SNNFE_ERR_ARGUMENT, text);     \
        ck_assert_ptr_null(device);                                                                \
    } while (0)
    BAD(cells.imprint, -0.1, "snnfe_cells_options.imprint is -0.1");
    BAD(cells.imprint, 1.1, "imprint is 1.1, not in 0…1");
    BAD(cells.imprint_s, 0, "imprint_s is 0");
    BAD(cells.held_s, -1, "held_s is -1");
    BAD(cells.history, -1.5, "history is -1.5, not in -1…10");
    BAD(cells.history_pulses, 0, "history_pulses is 0");
    BAD(cells.read_disturb, 2, "read_disturb is 2");
    BAD(cells.read_disturb_rest, NAN, "read_disturb_rest is nan");
    BAD(cells.column_bits, 1, "column_bits is 1, not in 2…24");
    BAD(cells.column_range, 0, "column_range is 0");
    BAD(cells.reserved3, 1, "reserved3 is 1");
    BAD(device_options.rsd_c2c_state, -11, "snnfe_device_options.rsd_c2c_state is -11");
    BAD(device_options.c2c_distribution, 2, "c2c_distribution is 2");
    BAD(device_options.reserved, 1, "snnfe_device_options.reserved is 1");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("cell_memory");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 60);
    tcase_add_test(all, cells_prefer_what_they_have_held);
    tcase_add_test(all, some_cells_prefer_nothing);
    tcase_add_test(all, pulses_follow_the_run_before_them);
    tcase_add_test(all, steps_keep_the_runs);
    tcase_add_test(all, readings_disturb);
    tcase_add_test(all, cycles_differ_by_state_and_distribution);
    tcase_add_test(all, without_effects_nothing_changes);
    tcase_add_test(all, columns_are_read_in_networks);
    tcase_add_test(all, bad_options_are_named);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
