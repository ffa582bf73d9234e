#include "faults.h"

#include <math.h>
#include <unistd.h>

static snnfe_status check_device(snnfe_device *device, snnfe_status status)
{
    check_made(device, status);
    snnfe_device_free(device);
    snnfe_device_free(NULL);
    return status;
}

static snnfe_status call_options(world *w)
{
    snnfe_device_options options;
    snnfe_device_step_options step;
    assert_ok(ARMED(snnfe_device_step_options_init(&step, sizeof step)));
    assert_ok(ARMED(snnfe_device_options_init(&options, sizeof options)));
    assert_ok(ARMED(snnfe_device_options_published(&options, "dut4")));
    return ARMED(snnfe_device_get_options(w->device, &options));
}

static snnfe_status call_create(world *w)
{
    static const double table_w[3] = {0, 0.5, 1}, dw[3] = {0.1, 0.2, 0};
    snnfe_device_options options;
    assert_ok(snnfe_device_options_init(&options, sizeof options));
    options.response = SNNFE_RESPONSE_TABLE;
    options.table_w = table_w;
    options.table_ltp = options.table_ltd = dw;
    options.n_table = 3;
    snnfe_device *device = JUNK(snnfe_device);
    (void)w;
    const snnfe_status status = ARMED(snnfe_device_create(&device, &options));
    return check_device(device, status);
}

static snnfe_device_options with_cells(snnfe_cells_options *cells)
{
    static const double pulses[2] = {0, 100}, factors[2] = {1, 0.5};
    snnfe_device_options options;
    assert_ok(ARMED(snnfe_cells_options_init(cells, sizeof *cells)));
    cells->spread_amplitude = cells->stuck_low = 0.1;
    cells->retention = SNNFE_RETENTION_POWER;
    cells->read_noise = 0.1;
    cells->aging_pulses = pulses;
    cells->aging_factors = factors;
    cells->n_aging = 2;
    assert_ok(snnfe_device_options_init(&options, sizeof options));
    options.cells = cells;
    return options;
}

static snnfe_status call_create_cells(world *w)
{
    snnfe_cells_options cells;
    const snnfe_device_options options = with_cells(&cells);
    snnfe_device *device = JUNK(snnfe_device);
    (void)w;
    const snnfe_status status = ARMED(snnfe_device_create(&device, &options));
    return check_device(device, status);
}

static snnfe_status call_cells(world *w)
{
    snnfe_cells_options cells;
    const snnfe_device_options options = with_cells(&cells);
    snnfe_cell drawn[2];
    float weights[2] = {0.01F, -0.02F}, sums[2] = {0}, updates[2] = {0.1F, -0.1F};
    uint32_t ltp[2] = {0}, ltd[2] = {0};
    snnfe_device *device = NULL;
    (void)w;
    assert_ok(snnfe_device_create(&device, &options));
    assert_ok(ARMED(snnfe_device_cells(device, 0, 2, drawn, sizeof drawn[0])));
    assert_ok(ARMED(snnfe_device_age(device, weights, 2, 0.0625, 0, 0, 1, 0)));
    assert_ok(ARMED(snnfe_device_read(device, weights, 2, 2, 0.0625, 0, 1)));
    const snnfe_status status =
        ARMED(snnfe_device_step(device, NULL, weights, sums, updates, 2, ltp, ltd, NULL, NULL));
    ck_assert_int_eq(ltp[0] > 0, status == SNNFE_OK);
    snnfe_device_free(device);
    return status;
}

static snnfe_status call_ways(world *w)
{
    snnfe_cells_options cells;
    snnfe_device_options options = with_cells(&cells);
    static const double points[2] = {0, 1}, changes[2] = {0.01, 0.02};
    static const snnfe_pulse_form forms[2] = {
        {.amplitude = {0.1, 0.1}, .alpha = {1.5, 1.5}, .beta = {1.5, 1.5}},
        {.table_w = points, .table_ltp = changes, .table_ltd = changes, .n_table = 2}};
    options.forms = forms;
    options.n_forms = 2;
    options.policy = SNNFE_POLICY_NEAREST;
    float weights[2] = {0.01F, -0.02F}, sums[2] = {0}, updates[2] = {0.1F, -0.1F};
    float states[SNNFE_WAY_STATES * 2] = {0};
    uint32_t ltp[2] = {0}, ltd[2] = {0}, second[4] = {0};
    snnfe_device_step_options step;
    snnfe_programming_options way;
    snnfe_device *device = NULL;
    (void)w;
    assert_ok(snnfe_device_step_options_init(&step, sizeof step));
    assert_ok(ARMED(snnfe_programming_options_init(&way, sizeof way)));
    way.method = SNNFE_PROGRAMMING_PAIRS;
    step.programming = &way;
    step.states = states;
    step.second_pulses = second;
    snnfe_status status = ARMED(snnfe_device_create(&device, &options));
    if (status == SNNFE_OK)
        status = ARMED(
            snnfe_device_step(device, &step, weights, sums, updates, 2, ltp, ltd, NULL, NULL));
    ck_assert_int_eq(ltp[0] > 0, status == SNNFE_OK);
    snnfe_device_free(device);
    return status;
}

static snnfe_status call_save(world *w)
{
    unlink(w->output);
    const snnfe_status status = ARMED(snnfe_device_save(w->device, w->output));
    check_saved(w->output, status);
    return status;
}

static snnfe_status call_load(world *w)
{
    snnfe_device *device = JUNK(snnfe_device);
    const snnfe_status status = ARMED(snnfe_device_load(&device, w->device_file));
    return check_device(device, status);
}

static snnfe_status call_pulses(world *w)
{
    static const int32_t directions[2] = {SNNFE_LTP, SNNFE_LTD};
    double conductance[3] = {0.1, 0.5, 0.9}, dw[3];
    assert_ok(ARMED(snnfe_device_response(w->device, SNNFE_LTP, conductance, 3, dw)));
    assert_ok(ARMED(snnfe_device_pulse(w->device, SNNFE_LTD, conductance, 3, 1, 2)));
    return ARMED(snnfe_device_pulse_train(w->device, directions, 2, 0.5, 1, dw));
}

static snnfe_status call_step(world *w)
{
    float weights[2] = {0.01F, -0.02F}, sums[2] = {0}, updates[2] = {0.1F, -0.1F};
    assert_ok(ARMED(snnfe_quantize(weights, 2, 0.0625, 4)));
    assert_ok(ARMED(snnfe_programming_noise(weights, 2, 0.0625, 4, 1, 2)));
    return ARMED(
        snnfe_device_step(w->device, NULL, weights, sums, updates, 2, NULL, NULL, NULL, NULL));
}

static snnfe_status call_fit(world *w)
{
    static const double conductance[6] = {0.1, 0.2, 0.4, 0.5, 0.7, 0.9};
    static const double dw[6] = {0.05, 0.08, 0.1, 0.1, 0.06, 0.02};
    snnfe_characterization result = {.struct_size = sizeof result};
    (void)w;
    return ARMED(snnfe_device_fit(SNNFE_LTP, conductance, dw, 6, &result));
}

static snnfe_status check_points(snnfe_measured_points *points, snnfe_status status)
{
    ck_assert_int_eq(points->w[0] != NULL, status == SNNFE_OK);
    snnfe_measured_points_release(points);
    snnfe_measured_points_release(NULL);
    return status;
}

static snnfe_status call_characterize_file(world *w)
{
    snnfe_characterization result = {.struct_size = sizeof result};
    snnfe_measured_points points = {0};
    const snnfe_status status =
        ARMED(snnfe_device_characterize_file(w->instrument_file, 2, &result, &points));
    return check_points(&points, status);
}

static snnfe_status call_characterize(world *w)
{
    double voltage[60], conductance[60];
    for (int i = 0; i < 60; i++) {
        const int place = i % 20;
        voltage[i] = place < 10 ? -1 : 1;
        conductance[i] = 1 + (place < 10 ? 0.1 : -0.1) * place + (place < 10 ? 0 : 2);
    }
    snnfe_characterization result = {.struct_size = sizeof result};
    snnfe_measured_points points = {0};
    (void)w;
    const snnfe_status status =
        ARMED(snnfe_device_characterize(voltage, conductance, 60, 1, &result, &points));
    snnfe_device_options options;
    assert_ok(snnfe_device_options_init(&options, sizeof options));
    if (status == SNNFE_OK)
        assert_ok(snnfe_device_options_characterized(&options, &result, 1));
    return check_points(&points, status);
}

/* Five times the same device, from memory and from a file. */
static snnfe_status call_population(world *w)
{
    enum { SAMPLES = 60 };
    double voltage[SAMPLES], conductance[SAMPLES], at = 0.05;
    for (size_t i = 0; i < SAMPLES; i++) {
        voltage[i] = i / 15 % 2 ? 1 : -1;
        at += (i / 15 % 2 ? -0.3 : 0.3) * pow(at, 0.6) * pow(1 - at, 0.9);
        conductance[i] = 1 + at;
    }
    const double *const voltages[5] = {voltage, voltage, voltage, voltage, voltage};
    const double *const conductances[5] = {conductance, conductance, conductance, conductance,
                                           conductance};
    const size_t n[5] = {SAMPLES, SAMPLES, SAMPLES, SAMPLES, SAMPLES};
    snnfe_population p = {.struct_size = sizeof p};
    snnfe_device_options options;
    snnfe_cells_options cells;
    (void)w;
    assert_ok(snnfe_device_options_init(&options, sizeof options));
    assert_ok(snnfe_cells_options_init(&cells, sizeof cells));
    const snnfe_status status =
        ARMED(snnfe_population_characterize(voltages, conductances, n, 5, 0, 1, 2, &p));
    if (status == SNNFE_OK)
        assert_ok(snnfe_population_take(&p, &options, &cells));
    return status;
}

static snnfe_status call_population_files(world *w)
{
    const char *const paths[5] = {w->instrument_file, w->instrument_file, w->instrument_file,
                                  w->instrument_file, w->instrument_file};
    snnfe_population p = {.struct_size = sizeof p};
    return ARMED(snnfe_population_characterize_files(paths, 5, 0, 0, 0, &p));
}

static snnfe_status call_history(world *w)
{
    int32_t directions[8];
    double at[9], history, pulses;
    for (int i = 0; i < 9; i++) {
        at[i] = 0.5 + 0.05 * (i % 2);
        if (i < 8)
            directions[i] = i % 2 ? SNNFE_LTD : SNNFE_LTP;
    }
    return ARMED(snnfe_device_fit_history(w->device, directions, at, 8, &history, &pulses));
}

static snnfe_status call_history_file(world *w)
{
    double history, pulses;
    return ARMED(
        snnfe_device_fit_history_file(w->device, w->instrument_file, 0, 1e18, &history, &pulses));
}

const call device_calls[] = {
    {"snnfe_device_options_init", call_options},
    {"snnfe_device_options_published", call_options},
    {"snnfe_device_step_options_init", call_options},
    {"snnfe_device_get_options", call_options},
    {"snnfe_device_create", call_create},
    {"snnfe_device_free", call_create},
    {"snnfe_cells_options_init", call_create_cells},
    {"snnfe_device_cells", call_cells},
    {"snnfe_programming_options_init", call_ways},
    {"snnfe_device_age", call_cells},
    {"snnfe_device_read", call_cells},
    {"snnfe_device_save", call_save},
    {"snnfe_device_load", call_load},
    {"snnfe_device_response", call_pulses},
    {"snnfe_device_pulse", call_pulses},
    {"snnfe_device_pulse_train", call_pulses},
    {"snnfe_quantize", call_step},
    {"snnfe_programming_noise", call_step},
    {"snnfe_device_step", call_step},
    {"snnfe_device_fit", call_fit},
    {"snnfe_device_characterize", call_characterize},
    {"snnfe_device_characterize_file", call_characterize_file},
    {"snnfe_device_options_characterized", call_characterize},
    {"snnfe_population_characterize", call_population},
    {"snnfe_population_characterize_files", call_population_files},
    {"snnfe_population_take", call_population},
    {"snnfe_device_fit_history", call_history},
    {"snnfe_device_fit_history_file", call_history_file},
    {"snnfe_measured_points_release", call_characterize_file},
    {NULL, NULL},
};
