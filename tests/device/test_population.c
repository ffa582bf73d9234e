/* Populations of devices: the simulated truth lies in the 95 % intervals, for both distributions of
   devices and of noise; histories from pulse trains; bad input. $SNNFE_COVERAGE_REPETITIONS: how
   often (default 100). */
#include "devices.h"

#include <math.h>
#include <snnfe/population.h>
#include <stdlib.h>
#include <string.h>

#define DEVICES 30
#define CYCLES 6
#define RUN 24 /* pulses of a direction */
#define SAMPLES ((size_t)2 * RUN * CYCLES)
#define LOWEST 1e-8
#define HIGHEST 1e-7

typedef struct measurement {
    double voltage[DEVICES][SAMPLES], conductance[DEVICES][SAMPLES];
    const double *voltages[DEVICES], *conductances[DEVICES];
    size_t n[DEVICES];
} measurement;

static snnfe_device *make(const snnfe_device_options *options, const snnfe_cells_options *cells)
{
    snnfe_device_options o = *options;
    o.cells = cells;
    return device_make(&o);
}

/* All devices of an array get the same pulses: a synapse is a device. */
static measurement *measure(const snnfe_device_options *options, const snnfe_cells_options *cells,
                            uint64_t seed)
{
    measurement *m = calloc(1, sizeof *m);
    snnfe_device *device = make(options, cells);
    double w[DEVICES];
    for (size_t i = 0; i < DEVICES; i++) {
        w[i] = 0.05;
        m->voltages[i] = m->voltage[i];
        m->conductances[i] = m->conductance[i];
        m->n[i] = SAMPLES;
    }
    for (size_t k = 0; k < SAMPLES; k++) {
        const int32_t direction = k / RUN % 2 ? SNNFE_LTD : SNNFE_LTP;
        assert_ok(snnfe_device_pulse(device, direction, w, DEVICES, seed, k));
        for (size_t i = 0; i < DEVICES; i++) {
            m->voltage[i][k] = direction == SNNFE_LTP ? -1 : 1;
            m->conductance[i][k] = LOWEST + (HIGHEST - LOWEST) * w[i];
        }
    }
    snnfe_device_free(device);
    return m;
}

static snnfe_status characterize(const measurement *m, int32_t distribution, snnfe_population *p)
{
    *p = (snnfe_population){.struct_size = sizeof *p};
    return snnfe_population_characterize(m->voltages, m->conductances, m->n, DEVICES, distribution,
                                         LOWEST, HIGHEST, p);
}

/* --- coverage -------------------------------------------------------------------------------- */

#define N_TRUTHS 15
static const char *const names[N_TRUTHS] = {"amplitude LTP",
                                            "amplitude LTD",
                                            "alpha LTP",
                                            "alpha LTD",
                                            "beta LTP",
                                            "beta LTD",
                                            "spread LTP",
                                            "spread LTD",
                                            "spread of alpha LTP",
                                            "spread of alpha LTD",
                                            "spread of beta LTP",
                                            "spread of beta LTD",
                                            "correlation",
                                            "rsd_c2c",
                                            "rsd_c2c_state"};

static void list_truths(const snnfe_device_options *o, const snnfe_cells_options *c,
                        double truths[N_TRUTHS])
{
    const double all[N_TRUTHS] = {o->amplitude[0],     o->amplitude[1],     o->alpha[0],
                                  o->alpha[1],         o->beta[0],          o->beta[1],
                                  c->spread_amplitude, c->spread_amplitude, c->spread_alpha,
                                  c->spread_alpha,     c->spread_beta,      c->spread_beta,
                                  c->correlation,      o->rsd_c2c,          o->rsd_c2c_state};
    memcpy(truths, all, sizeof all);
}

static void list_estimates(const snnfe_population *p, const snnfe_estimate *list[N_TRUTHS])
{
    const snnfe_estimate *const all[N_TRUTHS] = {&p->amplitude[0],
                                                 &p->amplitude[1],
                                                 &p->alpha[0],
                                                 &p->alpha[1],
                                                 &p->beta[0],
                                                 &p->beta[1],
                                                 &p->spread_amplitude[0],
                                                 &p->spread_amplitude[1],
                                                 &p->spread_alpha[0],
                                                 &p->spread_alpha[1],
                                                 &p->spread_beta[0],
                                                 &p->spread_beta[1],
                                                 &p->correlation,
                                                 &p->rsd_c2c,
                                                 &p->rsd_c2c_state};
    memcpy(list, all, sizeof all);
}

static size_t repetitions(void)
{
    const char *text = getenv("SNNFE_COVERAGE_REPETITIONS");
    return text ? strtoul(text, NULL, 10) : 100;
}

static void check_coverage(int32_t distribution, int32_t noise)
{
    snnfe_device_options o = device_defaults();
    snnfe_cells_options cells;
    assert_ok(snnfe_cells_options_init(&cells, sizeof cells));
    o.rsd_c2c = 0.08;
    o.rsd_c2c_state = 0.1;
    o.c2c_distribution = noise;
    cells.distribution = distribution;
    cells.spread_amplitude = 0.2;
    cells.spread_alpha = 0.06;
    cells.spread_beta = 0.08;
    cells.correlation = 0.5;
    cells.truncation = 10;
    double truths[N_TRUTHS];
    list_truths(&o, &cells, truths);
    size_t covered[N_TRUTHS] = {0}, n_right = 0;
    const size_t n = repetitions();
    for (size_t r = 0; r < n; r++) {
        cells.array = 1000 * (uint64_t)(2 * distribution + noise) + r;
        measurement *m = measure(&o, &cells, r);
        snnfe_population p;
        const snnfe_estimate *estimates[N_TRUTHS];
        assert_ok(characterize(m, distribution, &p));
        free(m);
        list_estimates(&p, estimates);
        for (size_t k = 0; k < N_TRUTHS; k++)
            covered[k] += truths[k] >= estimates[k]->low && truths[k] <= estimates[k]->high;
        n_right += p.c2c_distribution == noise;
    }
    for (size_t k = 0; k < N_TRUTHS; k++) {
        printf("%-20s %3zu of %zu\n", names[k], covered[k], n);
        ck_assert_msg(10 * covered[k] >= 9 * n, "%s: covered in %zu of %zu", names[k], covered[k],
                      n);
    }
    ck_assert_msg(10 * n_right >= 9 * n, "distribution of the noise: right in %zu of %zu", n_right,
                  n);
}

START_TEST(intervals_cover_the_truth)
{
    check_coverage(_i / 2, _i % 2);
}
END_TEST

/* Without any spread, intervals begin at none. */
START_TEST(devices_that_are_alike)
{
    snnfe_device_options o = device_defaults();
    o.rsd_c2c = 0.1;
    measurement *m = measure(&o, NULL, 3);
    snnfe_population p;
    assert_ok(characterize(m, SNNFE_SPREAD_GAUSSIAN, &p));
    for (int d = 0; d < 2; d++) {
        ck_assert_double_lt(p.spread_amplitude[d].low, 0.02);
        ck_assert_double_lt(p.spread_alpha[d].low, 0.02);
    }
    /* The first of each run is left out, and the very first sample is none. */
    ck_assert_uint_ge(p.n_left_out, DEVICES * (2 * CYCLES - 1));
    ck_assert_uint_eq(p.n_pulses + p.n_left_out, DEVICES * (SAMPLES - 1));
    ck_assert_uint_eq(p.n_devices, DEVICES);
    free(m);
}
END_TEST

START_TEST(noiseless_pulses_give_the_response)
{
    snnfe_device_options o, taken;
    snnfe_cells_options cells;
    assert_ok(snnfe_device_options_init(&o, sizeof o));
    assert_ok(snnfe_device_options_init(&taken, sizeof taken));
    assert_ok(snnfe_cells_options_init(&cells, sizeof cells));
    taken.amplitude[0] = 0;
    measurement *m = measure(&o, NULL, 3);
    snnfe_population p;
    assert_ok(characterize(m, SNNFE_SPREAD_LOGNORMAL, &p));
    assert_ok(snnfe_population_take(&p, &taken, &cells));
    for (int d = 0; d < 2; d++) {
        ck_assert_double_eq_tol(taken.amplitude[d], o.amplitude[d], 1e-6);
        ck_assert_double_eq_tol(taken.alpha[d], o.alpha[d], 1e-6);
        ck_assert_double_eq_tol(taken.beta[d], o.beta[d], 1e-6);
    }
    ck_assert_double_lt(taken.rsd_c2c, 1e-6);
    ck_assert_double_lt(cells.spread_amplitude, 1e-6);
    ck_assert_int_eq(cells.distribution, SNNFE_SPREAD_LOGNORMAL);
    free(m);
}
END_TEST

START_TEST(bad_measurements_are_named)
{
    snnfe_device_options o = device_defaults();
    o.rsd_c2c = 0.1;
    measurement *m = measure(&o, NULL, 3);
    snnfe_population p = {.struct_size = sizeof p};
    assert_fails(snnfe_population_characterize(m->voltages, m->conductances, m->n, 4, 0, LOWEST,
                                               HIGHEST, &p),
                 SNNFE_ERR_ARGUMENT, "n_devices is 4, not in 5…");
    assert_fails(characterize(m, 7, &p), SNNFE_ERR_ARGUMENT, "distribution is 7");
    assert_fails(snnfe_population_characterize(m->voltages, m->conductances, m->n, DEVICES, 0,
                                               HIGHEST, LOWEST, &p),
                 SNNFE_ERR_ARGUMENT, "highest_s is 1e-08, not above lowest_s (1e-07)");
    assert_fails(snnfe_population_characterize(m->voltages, m->conductances, m->n, DEVICES, 0,
                                               (double)NAN, HIGHEST, &p),
                 SNNFE_ERR_ARGUMENT, "lowest_s is nan");
    assert_fails(snnfe_population_characterize(m->voltages, m->conductances, m->n, DEVICES, 0,
                                               LOWEST, (double)INFINITY, &p),
                 SNNFE_ERR_ARGUMENT, "highest_s is inf");
    m->conductance[7][5] = -1;
    assert_fails(characterize(m, 0, &p), SNNFE_ERR_ARGUMENT, "device 7: ");
    m->conductance[7][5] = NAN;
    assert_fails(characterize(m, 0, &p), SNNFE_ERR_NONFINITE, "device 7: ");
    m->conductance[7][5] = 5e-8;
    m->n[3] = 10;
    assert_fails(characterize(m, 0, &p), SNNFE_ERR_FORMAT, "device 3: has 0 usable LTD pulses");
    m->conductances[2] = NULL;
    assert_fails(characterize(m, 0, &p), SNNFE_ERR_ARGUMENT, "device 2: conductance is NULL");
    m->voltages[1] = NULL;
    assert_fails(characterize(m, 0, &p), SNNFE_ERR_ARGUMENT, "device 1: voltage is NULL");
    const char *paths[5] = {"nothing/here", "", "", "", ""};
    p.struct_size = sizeof p;
    assert_fails(snnfe_population_characterize_files(paths, 5, 0, 0, 0, &p), SNNFE_ERR_IO,
                 "nothing/here");
    free(m);
}
END_TEST

/* --- history --------------------------------------------------------------------------------- */

START_TEST(histories_are_found_in_trains)
{
    enum { PULSES = 400 };
    snnfe_device_options o = device_defaults();
    snnfe_cells_options cells;
    assert_ok(snnfe_cells_options_init(&cells, sizeof cells));
    snnfe_device *plain = make(&o, NULL);
    int32_t directions[PULSES];
    double w[PULSES + 1], history = 0, pulses = 0;
    for (size_t i = 0; i < PULSES; i++) /* runs of 2 to 9 pulses */
        directions[i] = i * i / 29 % 2 ? SNNFE_LTD : SNNFE_LTP;
    const double cases[][2] = {{0.6, 2}, {-0.4, 4}, {1.5, 0.5}};
    for (size_t k = 0; k < 3; k++) {
        cells.history = cases[k][0];
        cells.history_pulses = cases[k][1];
        snnfe_device *device = make(&o, &cells);
        assert_ok(snnfe_device_pulse_train(device, directions, PULSES, 0.5, 1, w));
        assert_ok(snnfe_device_fit_history(plain, directions, w, PULSES, &history, &pulses));
        ck_assert_double_eq_tol(history, cases[k][0], 0.02);
        ck_assert_double_eq_tol(pulses / cases[k][1], 1, 0.03);
        snnfe_device_free(device);
    }
    assert_ok(snnfe_device_pulse_train(plain, directions, PULSES, 0.5, 1, w));
    assert_ok(snnfe_device_fit_history(plain, directions, w, PULSES, &history, &pulses));
    ck_assert_double_eq_tol(history, 0, 1e-9);
    for (size_t i = 0; i < PULSES; i++)
        directions[i] = SNNFE_LTD;
    assert_fails(snnfe_device_fit_history(plain, directions, w, PULSES, &history, &pulses),
                 SNNFE_ERR_FORMAT, "all 400 pulses have one direction");
    assert_fails(snnfe_device_fit_history(plain, directions, w, 7, &history, &pulses),
                 SNNFE_ERR_ARGUMENT, "n_pulses is 7");
    directions[3] = 2;
    assert_fails(snnfe_device_fit_history(plain, directions, w, PULSES, &history, &pulses),
                 SNNFE_ERR_ARGUMENT, "direction is 2");
    w[8] = 1.2;
    assert_fails(snnfe_device_fit_history(plain, directions, w, PULSES, &history, &pulses),
                 SNNFE_ERR_ARGUMENT, "conductance 8 is 1.2");
    snnfe_device_free(plain);
}
END_TEST

/* What an instrument writes of a train, conductances from 1 to 2 µS. */
static const char *train_file(const int32_t *directions, const double *w, size_t n_pulses)
{
    const char *path = support_path("train.txt");
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fprintf(file, "V_write\tR_pos_ohm\n");
    for (size_t i = 0; i <= n_pulses; i++)
        fprintf(file, "%d\t%.17g\n", i > 0 && directions[i - 1] == SNNFE_LTP ? -1 : 1,
                1 / (1e-6 * (1 + w[i])));
    ck_assert_int_eq(fclose(file), 0);
    return path;
}

START_TEST(histories_are_found_in_files)
{
    enum { TRAIN = 60 };
    int32_t directions[TRAIN];
    double w[TRAIN + 1], history = 0, pulses = 0, expected, expected_pulses;
    snnfe_device_options o = device_defaults();
    snnfe_cells_options cells = cells_defaults();
    cells.history = 0.4;
    cells.history_pulses = 2;
    snnfe_device *plain = device_make(&o);
    o.cells = &cells;
    snnfe_device *device = device_make(&o);
    for (size_t i = 0; i < TRAIN; i++)
        directions[i] = i % 7 < 3 || i % 5 == 0 ? SNNFE_LTP : SNNFE_LTD;
    assert_ok(snnfe_device_pulse_train(device, directions, TRAIN, 0.5, 1, w));
    assert_ok(snnfe_device_fit_history(plain, directions, w, TRAIN, &expected, &expected_pulses));
    const char *path = train_file(directions, w, TRAIN);
    assert_ok(snnfe_device_fit_history_file(plain, path, 1e-6, 2e-6, &history, &pulses));
    ck_assert_double_eq_tol(history, expected, 1e-6);
    ck_assert_double_eq(pulses, expected_pulses);
    ck_assert_double_eq_tol(history, 0.4, 0.02);
    assert_fails(snnfe_device_fit_history_file(plain, path, 1e-6, 1.2e-6, &history, &pulses),
                 SNNFE_ERR_FORMAT, "train.txt: conductance 0 is 1.5e-06 S, not in 1e-06…1.2e-06 S");
    assert_fails(snnfe_device_fit_history_file(plain, path, 2e-6, 2e-6, &history, &pulses),
                 SNNFE_ERR_ARGUMENT, "highest_s is 2e-06, not above lowest_s (2e-06)");
    assert_fails(snnfe_device_fit_history_file(plain, path, -1, 2e-6, &history, &pulses),
                 SNNFE_ERR_ARGUMENT, "lowest_s is -1");
    assert_fails(snnfe_device_fit_history_file(plain, train_file(directions, w, 7), 1e-6, 2e-6,
                                               &history, &pulses),
                 SNNFE_ERR_FORMAT, "train.txt: snnfe_device_fit_history: n_pulses is 7");
    snnfe_device_free(plain);
    snnfe_device_free(device);
}
END_TEST

int main(int argc, char **argv)
{
    (void)argc;
    support_set_program(argv[0]);
    Suite *suite = suite_create("population");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 0);
    tcase_add_loop_test(all, intervals_cover_the_truth, 0, 4);
    tcase_add_test(all, devices_that_are_alike);
    tcase_add_test(all, noiseless_pulses_give_the_response);
    tcase_add_test(all, bad_measurements_are_named);
    tcase_add_test(all, histories_are_found_in_trains);
    tcase_add_test(all, histories_are_found_in_files);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
