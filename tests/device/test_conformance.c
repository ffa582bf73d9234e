/* What holds for every kind of device: conductances stay in the windows of their cells, pulses go
   their way, the same seed draws the same, files keep every bit, and steps are pulses. */
#include "devices.h"

#include <math.h>
#include <snnfe/device.h>
#include <string.h>

#define N 2000

typedef struct kind {
    const char *name;
    void (*set)(snnfe_device_options *o, snnfe_cells_options *c);
    bool noisy; /* a pulse may go the other way */
} kind;

static double line(int32_t direction, double w, void *user_data)
{
    (void)user_data;
    return direction == SNNFE_LTP ? 0.1 * (1 - w) : 0.1 * w;
}

static void set_dut4(snnfe_device_options *o, snnfe_cells_options *c)
{
    (void)c;
    assert_ok(snnfe_device_options_published(o, "dut4"));
}

static void set_function(snnfe_device_options *o, snnfe_cells_options *c)
{
    (void)c;
    o->response = SNNFE_RESPONSE_FUNCTION;
    o->function = line;
}

static void set_table(snnfe_device_options *o, snnfe_cells_options *c)
{
    static const double w[3] = {0, 0.4, 1}, ltp[3] = {0.2, 0.1, 0}, ltd[3] = {0, 0.1, 0.3};
    (void)c;
    o->response = SNNFE_RESPONSE_TABLE;
    o->table_w = w;
    o->table_ltp = ltp;
    o->table_ltd = ltd;
    o->n_table = 3;
}

static void set_forms(snnfe_device_options *o, snnfe_cells_options *c)
{
    static const snnfe_pulse_form forms[2] = {
        {.amplitude = {0.02, 0.03}, .alpha = {1.6, 2.4}, .beta = {2, 1.7}},
        {.amplitude = {0.6, 0.4}, .alpha = {1.9, 2.7}, .beta = {3.4, 2.2}}};
    (void)c;
    o->forms = forms;
    o->n_forms = 2;
    o->policy = SNNFE_POLICY_NEAREST;
}

static void set_table_and_forms(snnfe_device_options *o, snnfe_cells_options *c)
{
    set_table(o, c);
    set_forms(o, c);
}

static void set_noise(snnfe_device_options *o, snnfe_cells_options *c)
{
    (void)c;
    o->rsd_c2c = 0.3;
    o->sigma_add = 0.02;
    o->sigma_mul = 0.1;
}

static void set_lognormal(snnfe_device_options *o, snnfe_cells_options *c)
{
    (void)c;
    o->rsd_c2c = 0.3;
    o->c2c_distribution = SNNFE_SPREAD_LOGNORMAL;
}

static void set_state(snnfe_device_options *o, snnfe_cells_options *c)
{
    (void)c;
    o->rsd_c2c = 0.4;
    o->rsd_c2c_state = -0.3;
}

static void set_spread(snnfe_device_options *o, snnfe_cells_options *c)
{
    (void)o;
    c->spread_amplitude = c->spread_alpha = c->spread_beta = c->spread_window = 0.3;
    c->correlation = -0.5;
}

static void set_stuck(snnfe_device_options *o, snnfe_cells_options *c)
{
    (void)o;
    c->stuck_low = c->stuck_high = c->stuck_anywhere = 0.2;
}

static void set_ageing(snnfe_device_options *o, snnfe_cells_options *c)
{
    (void)o;
    c->wakeup_pulses = 2;
    c->wakeup_start = 0.3;
    c->fatigue_pulses = 20;
    c->endurance = 30;
    c->endurance_spread = 0.5;
}

static void set_imprint(snnfe_device_options *o, snnfe_cells_options *c)
{
    (void)o;
    c->imprint = 0.1;
    c->held_s = 1e6;
}

static void set_history(snnfe_device_options *o, snnfe_cells_options *c)
{
    (void)o;
    c->history = 2;
    c->history_pulses = 3;
}

static void set_all(snnfe_device_options *o, snnfe_cells_options *c)
{
    set_forms(o, c);
    set_noise(o, c);
    set_lognormal(o, c);
    set_spread(o, c);
    set_stuck(o, c);
    set_ageing(o, c);
    set_imprint(o, c);
    set_history(o, c);
    o->rsd_c2c_state = 0.2;
    c->retention = SNNFE_RETENTION_POWER;
    c->read_disturb = 1e-3;
    c->read_noise = 0.01;
    c->adc_bits = c->column_bits = 8;
}

static const kind kinds[] = {
    {"dut2", NULL, false},
    {"dut4", set_dut4, false},
    {"function", set_function, false},
    {"table", set_table, false},
    {"forms", set_forms, false},
    {"table and forms", set_table_and_forms, false},
    {"noise", set_noise, true},
    {"log-normal noise", set_lognormal, false},
    {"noise by state", set_state, true},
    {"spread", set_spread, false},
    {"stuck", set_stuck, false},
    {"ageing", set_ageing, false},
    {"imprint", set_imprint, false},
    {"history", set_history, false},
    {"all", set_all, true},
};
#define N_KINDS (int)(sizeof kinds / sizeof kinds[0])

static snnfe_device *make(const kind *k)
{
    snnfe_device_options o = device_defaults();
    snnfe_cells_options c;
    assert_ok(snnfe_cells_options_init(&c, sizeof c));
    o.cells = &c;
    if (k->set)
        k->set(&o, &c);
    return device_make(&o);
}

static void spread_out(double *w)
{
    for (size_t i = 0; i < N; i++)
        w[i] = (double)i / (N - 1);
}

/* After the first pulse, which puts a conductance into the window of its cell. */
START_TEST(pulses_stay_in_windows_and_go_their_way)
{
    const kind *k = &kinds[_i];
    snnfe_device *device = make(k);
    static snnfe_cell cells[N];
    static double w[N], before[N];
    assert_ok(snnfe_device_cells(device, 0, N, cells, sizeof cells[0]));
    spread_out(w);
    for (uint64_t pulse = 0; pulse < 60; pulse++) {
        const int32_t direction = pulse / 7 % 2 ? SNNFE_LTD : SNNFE_LTP;
        memcpy(before, w, sizeof w);
        assert_ok(snnfe_device_pulse(device, direction, w, N, 1, pulse));
        for (size_t i = 0; i < N; i++) {
            ck_assert_msg(w[i] >= (double)cells[i].low && w[i] <= (double)cells[i].high,
                          "%s: %g is not in the window", k->name, w[i]);
            const double change = direction == SNNFE_LTP ? w[i] - before[i] : before[i] - w[i];
            ck_assert_msg(pulse == 0 || k->noisy || change >= 0, "%s: a pulse changes by %g",
                          k->name, change);
        }
    }
    snnfe_device_free(device);
}
END_TEST

START_TEST(seeds_and_files_keep_every_bit)
{
    const kind *k = &kinds[_i];
    snnfe_device *devices[2] = {make(k), NULL};
    static double w[3][N];
    if (k->set == set_function) {
        devices[1] = make(k);
    } else {
        assert_ok(snnfe_device_save(devices[0], support_path("device.json")));
        assert_ok(snnfe_device_load(&devices[1], support_path("device.json")));
    }
    for (int d = 0; d < 3; d++) {
        spread_out(w[d]);
        for (uint64_t pulse = 0; pulse < 20; pulse++)
            assert_ok(snnfe_device_pulse(devices[d % 2], pulse % 3 ? SNNFE_LTP : SNNFE_LTD, w[d], N,
                                         d == 2 ? 8 : 7, pulse));
    }
    ck_assert_mem_eq(w[0], w[1], sizeof w[0]);
    if (k->noisy || k->set == set_lognormal)
        ck_assert_mem_ne(w[0], w[2], sizeof w[0]);
    for (int d = 0; d < 2; d++)
        snnfe_device_free(devices[d]);
}
END_TEST

typedef struct arrays {
    float weights[N], sums[N], updates[N], runs[N], imprints[N];
    uint32_t ltp[N], ltd[N];
} arrays;

static void step(const snnfe_device *device, arrays *a, size_t begin, size_t n, uint64_t number)
{
    snnfe_device_step_options o;
    assert_ok(snnfe_device_step_options_init(&o, sizeof o));
    o.bound = 0.5;
    o.step = number;
    o.offset = begin;
    o.histories = a->runs + begin;
    o.imprints = a->imprints + begin;
    assert_ok(snnfe_device_step(device, &o, a->weights + begin, a->sums + begin, a->updates + begin,
                                n, a->ltp + begin, a->ltd + begin, NULL, NULL));
}

/* Steps on parts of an array are those on the whole, and stay in the windows. */
START_TEST(steps_do_not_depend_on_their_parts)
{
    snnfe_device *device = make(&kinds[_i]);
    static snnfe_cell cells[N];
    static arrays whole, parts;
    memset(&whole, 0, sizeof whole);
    assert_ok(snnfe_device_cells(device, 0, N, cells, sizeof cells[0]));
    for (size_t i = 0; i < N; i++) {
        whole.weights[i] = (float)i / (N - 1) - 0.5F;
        whole.imprints[i] = sinf((float)i);
    }
    parts = whole;
    for (uint64_t number = 0; number < 20; number++) {
        for (size_t i = 0; i < N; i++)
            whole.updates[i] = parts.updates[i] = 0.03F * sinf((float)(i + 37 * number));
        step(device, &whole, 0, N, number);
        step(device, &parts, 1000, N - 1000, number);
        step(device, &parts, 0, 777, number);
        step(device, &parts, 777, 223, number);
        ck_assert_mem_eq(&whole, &parts, sizeof whole);
    }
    for (size_t i = 0; i < N; i++) {
        ck_assert(whole.weights[i] >= cells[i].low - 0.5F);
        ck_assert(whole.weights[i] <= cells[i].high - 0.5F);
    }
    snnfe_device_free(device);
}
END_TEST

int main(int argc, char **argv)
{
    (void)argc;
    support_set_program(argv[0]);
    Suite *suite = suite_create("conformance");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 60);
    tcase_add_loop_test(all, pulses_stay_in_windows_and_go_their_way, 0, N_KINDS);
    tcase_add_loop_test(all, seeds_and_files_keep_every_bit, 0, N_KINDS);
    tcase_add_loop_test(all, steps_do_not_depend_on_their_parts, 0, N_KINDS);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
