#include "device/kinds.h"
#include "support.h"

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

static void set_scale(snnfe_device_options *o, snnfe_cells_options *c)
{
    (void)c;
    o->scale = 0.6;
    o->asymmetry = 1.7;
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

static void set_added_noise(snnfe_device_options *o, snnfe_cells_options *c)
{
    (void)c;
    o->sigma_add = 0.03;
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

static void set_lognormal_cells(snnfe_device_options *o, snnfe_cells_options *c)
{
    (void)o;
    c->distribution = SNNFE_SPREAD_LOGNORMAL;
    c->spread_amplitude = c->spread_window = 0.4;
    c->truncation = 1.2;
    c->correlation = 0.8;
    c->array = UINT64_C(3) << 40;
}

static void set_stuck(snnfe_device_options *o, snnfe_cells_options *c)
{
    (void)o;
    c->stuck_low = c->stuck_high = c->stuck_anywhere = 0.2;
}

static void set_aging(snnfe_device_options *o, snnfe_cells_options *c)
{
    (void)o;
    c->wakeup_pulses = 2;
    c->wakeup_start = 0.3;
    c->fatigue_pulses = 20;
    c->endurance = 30;
    c->endurance_spread = 0.5;
}

static void set_aged(snnfe_device_options *o, snnfe_cells_options *c)
{
    static const double pulses[4] = {3, 8, 40, 41}, factors[4] = {0.5, 1.5, 1, 0.2};
    (void)o;
    c->aging_pulses = pulses;
    c->aging_factors = factors;
    c->n_aging = 4;
    c->pulses_before = 2;
    c->wakeup_pulses = 0.9;
    c->fatigue_pulses = 0.8;
    c->fatigue_exponent = 0.4;
    c->fatigue_end = 0.3;
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

static void set_time(snnfe_device_options *o, snnfe_cells_options *c)
{
    (void)o;
    c->retention = SNNFE_RETENTION_STRETCHED;
    c->retention_s = 900;
    c->retention_exponent = 0.4;
    c->retention_spread = 0.3;
    c->retention_rest = 0.2;
    c->read_disturb = 0.01;
    c->read_disturb_rest = 0.7;
}

static void set_reading(snnfe_device_options *o, snnfe_cells_options *c)
{
    (void)o;
    c->read_noise_state = 0.05;
    c->adc_bits = 5;
    c->adc_low = 0.2;
    c->adc_high = 0.7;
    c->wire = 0.01;
}

static void set_all(snnfe_device_options *o, snnfe_cells_options *c)
{
    set_forms(o, c);
    set_noise(o, c);
    set_lognormal(o, c);
    set_spread(o, c);
    set_stuck(o, c);
    set_aging(o, c);
    set_imprint(o, c);
    set_history(o, c);
    o->rsd_c2c_state = 0.2;
    c->retention = SNNFE_RETENTION_POWER;
    c->read_disturb = 1e-3;
    c->read_noise = 0.01;
    c->adc_bits = c->column_bits = 8;
}

const device_kind device_kinds[] = {
    {"dut2", NULL, false, true},
    {"dut4", set_dut4, false, true},
    {"function", set_function, false, false},
    {"scale", set_scale, false, true},
    {"table", set_table, false, true},
    {"forms", set_forms, false, true},
    {"table and forms", set_table_and_forms, false, true},
    {"noise", set_noise, true, true},
    {"added noise", set_added_noise, true, true},
    {"log-normal noise", set_lognormal, false, true},
    {"noise by state", set_state, true, true},
    {"spread", set_spread, false, true},
    {"log-normal cells", set_lognormal_cells, false, true},
    {"stuck", set_stuck, false, true},
    {"aging", set_aging, false, true},
    {"aged", set_aged, false, true},
    {"imprint", set_imprint, false, true},
    {"history", set_history, false, true},
    {"time", set_time, false, true},
    {"reading", set_reading, false, true},
    {"all", set_all, true, true},
};
const size_t n_device_kinds = sizeof device_kinds / sizeof device_kinds[0];

snnfe_device *device_of_kind(const device_kind *k)
{
    snnfe_device_options o;
    snnfe_cells_options c;
    snnfe_device *device = NULL;
    assert_ok(snnfe_device_options_init(&o, sizeof o));
    assert_ok(snnfe_cells_options_init(&c, sizeof c));
    o.cells = &c;
    if (k->set)
        k->set(&o, &c);
    assert_ok(snnfe_device_create(&device, &o));
    return device;
}
