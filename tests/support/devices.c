#include "devices.h"

snnfe_device_options device_defaults(void)
{
    snnfe_device_options o;
    assert_ok(snnfe_device_options_init(&o, sizeof o));
    return o;
}

snnfe_cells_options cells_defaults(void)
{
    snnfe_cells_options o;
    assert_ok(snnfe_cells_options_init(&o, sizeof o));
    o.array = support_seed();
    return o;
}

snnfe_device *device_make(const snnfe_device_options *options)
{
    snnfe_device *device = NULL;
    assert_ok(snnfe_device_create(&device, options));
    return device;
}

snnfe_device *device_on_cells(const snnfe_cells_options *cells)
{
    snnfe_device_options o = device_defaults();
    o.cells = cells;
    return device_make(&o);
}

snnfe_device *device_with_every_effect(void)
{
    static const snnfe_pulse_form forms[1] = {
        {.amplitude = {0.05, 0.05}, .alpha = {1.5, 2}, .beta = {2, 1.5}, .energy_j = {0.3, 0.4}}};
    snnfe_device_options o = device_defaults();
    snnfe_cells_options cells = cells_defaults();
    cells.spread_amplitude = cells.spread_window = 0.2;
    cells.stuck_low = cells.stuck_high = cells.stuck_anywhere = 0.05;
    cells.fatigue_pulses = 50;
    cells.endurance = 60;
    cells.read_noise = 0.01;
    cells.history = 0.5;
    cells.imprint = 0.1;
    cells.held_s = 100;
    o.cells = &cells;
    o.rsd_c2c = o.sigma_add = 0.02;
    o.forms = forms;
    o.n_forms = 1;
    o.policy = SNNFE_POLICY_NEAREST;
    return device_make(&o);
}

snnfe_programming_options device_way(snnfe_programming_options numbers)
{
    const int32_t method = numbers.method;
    const bool fast =
        method == SNNFE_PROGRAMMING_TIKI_TAKA || method == SNNFE_PROGRAMMING_TIKI_TAKA_2;
    snnfe_programming_options own;
    assert_ok(snnfe_programming_options_init(&own, sizeof own));
    own.method = method;
    if (method != SNNFE_PROGRAMMING_ACCUMULATE)
        own.most_pulses = numbers.most_pulses;
    if (fast || method == SNNFE_PROGRAMMING_MIXED || method == SNNFE_PROGRAMMING_VERIFY)
        own.period = numbers.period;
    if (fast) {
        own.fast_rate = numbers.fast_rate;
        own.transfer_rate = numbers.transfer_rate;
        own.shift_pairs = numbers.shift_pairs;
    }
    if (method == SNNFE_PROGRAMMING_VERIFY)
        own.tolerance = numbers.tolerance;
    if (method == SNNFE_PROGRAMMING_PAIRS)
        own.refresh = numbers.refresh;
    return own;
}

double device_change(const snnfe_device *device, int32_t direction, double w)
{
    double dw = 0;
    assert_ok(snnfe_device_response(device, direction, &w, 1, &dw));
    return dw;
}
