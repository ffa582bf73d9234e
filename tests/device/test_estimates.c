/* What measurements are found to say of devices stays: of one, of populations, of histories. */
#include "devices.h"
#include "digest.h"

#include <snnfe/population.h>

enum { DEVICES = 8, RUN = 16, CYCLES = 4, SAMPLES = 2 * RUN * CYCLES + 1 };

static const double lowest = 1e-8, highest = 1e-7;

typedef struct measurement {
    double voltage[DEVICES][SAMPLES], conductance[DEVICES][SAMPLES];
} measurement;

/* Runs upwards and downwards on cells that differ, with noise, and a sample between pulses. */
static const measurement *measure(int32_t distribution)
{
    static measurement m;
    snnfe_device_options o = device_defaults();
    snnfe_cells_options cells = cells_defaults();
    double w[DEVICES];
    o.rsd_c2c = 0.08;
    o.rsd_c2c_state = 0.1;
    o.c2c_distribution = distribution;
    o.cells = &cells;
    cells.array = 11;
    cells.distribution = distribution;
    cells.spread_amplitude = 0.2;
    cells.spread_alpha = cells.spread_beta = 0.06;
    cells.correlation = 0.5;
    snnfe_device *device = device_make(&o);
    for (size_t i = 0; i < DEVICES; i++)
        w[i] = 0.05;
    for (size_t k = 0; k < SAMPLES; k++) {
        const int32_t direction = k / RUN % 2 ? SNNFE_LTD : SNNFE_LTP;
        const bool pulsed = k % (2 * RUN) != 7;
        if (pulsed)
            assert_ok(snnfe_device_pulse(device, direction, w, DEVICES, 3, k));
        for (size_t i = 0; i < DEVICES; i++) {
            m.voltage[i][k] = !pulsed ? 0 : direction == SNNFE_LTP ? -1.5 : 2;
            m.conductance[i][k] = lowest + (highest - lowest) * w[i];
        }
    }
    snnfe_device_free(device);
    return &m;
}

/* --- populations ----------------------------------------------------------------------------- */

static void add_estimate(digest *d, snnfe_estimate e)
{
    digest_add(d, e.value);
    digest_add(d, e.low);
    digest_add(d, e.high);
}

static double digest_of(const snnfe_population *p)
{
    digest d = {0};
    for (int k = 0; k < 2; k++) {
        add_estimate(&d, p->amplitude[k]);
        add_estimate(&d, p->alpha[k]);
        add_estimate(&d, p->beta[k]);
        add_estimate(&d, p->spread_amplitude[k]);
        add_estimate(&d, p->spread_alpha[k]);
        add_estimate(&d, p->spread_beta[k]);
    }
    add_estimate(&d, p->correlation);
    add_estimate(&d, p->rsd_c2c);
    add_estimate(&d, p->rsd_c2c_state);
    return d.sum;
}

static snnfe_population characterize(const measurement *m, int32_t distribution, bool own_scale)
{
    const double *voltages[DEVICES], *conductances[DEVICES];
    size_t n[DEVICES];
    snnfe_population p = {.struct_size = sizeof p};
    for (size_t i = 0; i < DEVICES; i++) {
        voltages[i] = m->voltage[i];
        conductances[i] = m->conductance[i];
        n[i] = SAMPLES - i;
    }
    assert_ok(snnfe_population_characterize(voltages, conductances, n, DEVICES, distribution,
                                            own_scale ? 0 : lowest, own_scale ? 0 : highest, &p));
    return p;
}

/* What a device and its cells take from it is what stands in it, or the middle of two. */
static void check_taken(const snnfe_population *p)
{
    snnfe_device_options o = device_defaults();
    snnfe_cells_options cells = cells_defaults();
    o.response = SNNFE_RESPONSE_FUNCTION;
    o.scale = 0.5;
    cells.wire = 0.25;
    assert_ok(snnfe_population_take(p, &o, &cells));
    ck_assert_int_eq(o.response, SNNFE_RESPONSE_BETA);
    for (int d = 0; d < 2; d++) {
        ck_assert_double_eq(o.amplitude[d], p->amplitude[d].value);
        ck_assert_double_eq(o.alpha[d], p->alpha[d].value);
        ck_assert_double_eq(o.beta[d], p->beta[d].value);
    }
    ck_assert_double_eq(o.rsd_c2c, p->rsd_c2c.value);
    ck_assert_double_eq(o.rsd_c2c_state, p->rsd_c2c_state.value);
    ck_assert_int_eq(o.c2c_distribution, p->c2c_distribution);
    ck_assert_int_eq(cells.distribution, p->distribution);
    const snnfe_estimate *const spreads[3] = {p->spread_amplitude, p->spread_alpha, p->spread_beta};
    const double taken[3] = {cells.spread_amplitude, cells.spread_alpha, cells.spread_beta};
    for (int i = 0; i < 3; i++)
        ck_assert_double_eq_tol(taken[i], (spreads[i][0].value + spreads[i][1].value) / 2, 1e-15);
    ck_assert_double_eq(cells.correlation, p->correlation.value);
    assert_fails(snnfe_population_take(NULL, &o, &cells), SNNFE_ERR_ARGUMENT, "population is NULL");
    assert_fails(snnfe_population_take(p, NULL, &cells), SNNFE_ERR_ARGUMENT, "options is NULL");
    assert_fails(snnfe_population_take(p, &o, NULL), SNNFE_ERR_ARGUMENT, "cells is NULL");
    ck_assert_double_eq(o.scale, 0.5);
    ck_assert_double_eq(cells.wire, 0.25);
}

START_TEST(populations_stay)
{
    static const struct {
        double digest;
        uint32_t n_pulses;
        int32_t noise;
    } wanted[4] = {{0.910769067, 875, SNNFE_SPREAD_GAUSSIAN},
                   {-0.451930755, 860, SNNFE_SPREAD_LOGNORMAL},
                   {0.914279611, 875, SNNFE_SPREAD_LOGNORMAL},
                   {-0.625155121, 860, SNNFE_SPREAD_LOGNORMAL}};
    const measurement *m = measure(_i / 2);
    const snnfe_population p = characterize(m, _i / 2, _i % 2);
    ck_assert_uint_eq(p.n_devices, DEVICES);
    ck_assert_int_eq(p.distribution, _i / 2);
    ck_assert_int_eq(p.c2c_distribution, wanted[_i].noise);
    ck_assert_uint_eq(p.n_pulses, wanted[_i].n_pulses);
    /* The first sample of each is no pulse. */
    ck_assert_uint_eq(p.n_pulses + p.n_left_out,
                      DEVICES * (SAMPLES - 1) - DEVICES * (DEVICES - 1) / 2);
    ck_assert_double_eq_tol(digest_of(&p), wanted[_i].digest, 1e-5);
    check_taken(&p);
}
END_TEST

/* The instrument's files of the same measurements give the same, to the rounding of resistances. */
START_TEST(populations_of_files)
{
    const measurement *m = measure(SNNFE_SPREAD_GAUSSIAN);
    char paths[DEVICES][512], text[64 * SAMPLES];
    const char *list[DEVICES];
    for (size_t i = 0; i < DEVICES; i++) {
        size_t used = (size_t)snprintf(text, sizeof text, "Chip:\tx\nV_write\tn\tR_pos_ohm\n");
        for (size_t k = 0; k < SAMPLES - i; k++)
            used += (size_t)snprintf(text + used, sizeof text - used, "%g\t%zu\t%.17g\n",
                                     m->voltage[i][k], k, 1 / m->conductance[i][k]);
        snprintf(paths[i], sizeof paths[i], "%s/device%zu.csv", support_folder(), i);
        support_write(paths[i], text, used);
        list[i] = paths[i];
    }
    snnfe_population p = {.struct_size = sizeof p};
    const snnfe_population wanted = characterize(m, SNNFE_SPREAD_LOGNORMAL, false);
    assert_ok(snnfe_population_characterize_files(list, DEVICES, SNNFE_SPREAD_LOGNORMAL, lowest,
                                                  highest, &p));
    ck_assert_double_eq_tol(digest_of(&p), digest_of(&wanted), 1e-6);
    ck_assert_uint_eq(p.n_pulses, wanted.n_pulses);
    ck_assert_uint_eq(p.n_left_out, wanted.n_left_out);
    assert_ok(snnfe_population_characterize_files(list, 5, SNNFE_SPREAD_LOGNORMAL, 0, 0, &p));
    ck_assert_uint_eq(p.n_devices, 5);
    static const struct {
        size_t n;
        int32_t distribution;
        double lowest, highest;
        const char *words;
    } wrong[] = {{4, 0, 0, 0, "n_devices is 4, not in 5…100000"},
                 {100001, 0, 0, 0, "n_devices is 100001, not in 5…100000"},
                 {DEVICES, 2, 0, 0, "distribution is 2"},
                 {DEVICES, -1, 0, 0, "distribution is -1"},
                 {DEVICES, 0, 1, 1, "highest_s is 1, not above lowest_s (1)"},
                 {DEVICES, 0, 1, 0, "highest_s is 0, not above lowest_s (1)"},
                 {DEVICES, 0, -1, 1, "lowest_s is -1"},
                 {DEVICES, 0, 0, -1, "highest_s is -1"}};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_fails(snnfe_population_characterize_files(list, wrong[i].n, wrong[i].distribution,
                                                         wrong[i].lowest, wrong[i].highest, &p),
                     SNNFE_ERR_ARGUMENT, wrong[i].words);
    list[6] = NULL;
    assert_fails(snnfe_population_characterize_files(list, DEVICES, 0, 0, 0, &p),
                 SNNFE_ERR_ARGUMENT, "paths[6] is NULL");
    support_write(paths[5], text, strlen("Chip:\tx\nV_write\tn\tR_pos_ohm\n"));
    list[6] = paths[6];
    assert_fails(snnfe_population_characterize_files(list, DEVICES, 0, 0, 0, &p), SNNFE_ERR_FORMAT,
                 "device5.csv: the conductance is 0 throughout");
}
END_TEST

/* --- one device ------------------------------------------------------------------------------ */

START_TEST(characterizations_stay)
{
    static const double wanted[CYCLES - 1] = {-3.539829252, -3.698459068, -3.451871535};
    measurement m = *measure(SNNFE_SPREAD_GAUSSIAN);
    for (uint32_t cycle = 1; cycle < CYCLES; cycle++) {
        snnfe_characterization c = {.struct_size = sizeof c};
        snnfe_measured_points points = {0};
        digest d = {0};
        if (cycle == CYCLES - 1) /* another cycle is of no use */
            for (size_t k = 2 * RUN; k < 4 * RUN; k++)
                m.conductance[0][k] = lowest;
        assert_ok(
            snnfe_device_characterize(m.voltage[0], m.conductance[0], SAMPLES, cycle, &c, &points));
        ck_assert_uint_eq(c.n_cycles, cycle == CYCLES - 1 ? CYCLES - 2 : CYCLES - 1);
        for (int k = 0; k < 2; k++) {
            ck_assert_uint_eq(c.n_points[k], points.n[k]);
            const double found[] = {c.amplitude[k], c.alpha[k],   c.beta[k],    c.residual[k],
                                    c.r_squared[k], c.rsd_c2c[k], c.n_points[k]};
            digest_add_all(&d, found, sizeof found / sizeof found[0]);
            digest_add_all(&d, points.w[k], points.n[k]);
            digest_add_all(&d, points.dw[k], points.n[k]);
        }
        ck_assert_double_eq_tol(d.sum, wanted[cycle - 1], 1e-5);
        /* As a device: with the mean of the spreads, if one wants them. */
        for (int32_t with_spread = 0; with_spread < 2; with_spread++) {
            snnfe_device_options o = device_defaults();
            o.rsd_c2c = 7;
            assert_ok(snnfe_device_options_characterized(&o, &c, with_spread));
            ck_assert_mem_eq(o.amplitude, c.amplitude, sizeof o.amplitude);
            ck_assert_mem_eq(o.alpha, c.alpha, sizeof o.alpha);
            ck_assert_mem_eq(o.beta, c.beta, sizeof o.beta);
            const double mean = (c.rsd_c2c[0] + c.rsd_c2c[1]) / 2;
            ck_assert_double_eq_tol(o.rsd_c2c, with_spread ? mean : 7, 1e-15);
        }
        snnfe_measured_points_release(&points);
    }
}
END_TEST

/* --- history --------------------------------------------------------------------------------- */

START_TEST(histories_stay)
{
    enum { PULSES = 60 };
    snnfe_device_options o = device_defaults();
    snnfe_cells_options cells = cells_defaults();
    int32_t directions[PULSES];
    double w[PULSES + 1], history = 0, pulses = 0;
    for (size_t i = 0; i < PULSES; i++)
        directions[i] = i * i / 29 % 2 ? SNNFE_LTD : SNNFE_LTP;
    snnfe_device *plain = device_make(&o);
    o.rsd_c2c = 0.1;
    o.cells = &cells;
    cells.history = 0.7;
    cells.history_pulses = 3;
    snnfe_device *device = device_make(&o);
    assert_ok(snnfe_device_pulse_train(device, directions, PULSES, 0.5, 1, w));
    assert_ok(snnfe_device_fit_history(plain, directions, w, PULSES, &history, &pulses));
    ck_assert_double_eq_tol(history, 0.732284264, 1e-6);
    ck_assert_double_eq_tol(pulses, 2.88084131, 1e-6);
    snnfe_device_free(device);
    snnfe_device_free(plain);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("estimates");
    TCase *all = tcase_create("all");
    tcase_add_loop_test(all, populations_stay, 0, 4);
    tcase_add_test(all, populations_of_files);
    tcase_add_test(all, characterizations_stay);
    tcase_add_test(all, histories_stay);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
