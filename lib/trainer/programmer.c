#include "trainer/programmer.h"

#include "base/memory.h"

#include <math.h>
#include <string.h>

/* The weights before training are what the cells have held. */
static void find_imprint(const snnfe_programmer *programmer, const snnfe_network *network)
{
    const snnfe_device *device = programmer->device;
    for (size_t i = 0; i < network->n_parameters; i++) {
        const snnfe_parameter *p = &network->parameters[i];
        const double bound = snnfe_weight_bound(device, p);
        for (size_t k = p->offset; p->kind == SNNFE_PARAMETER_WEIGHT && k < p->offset + p->count;
             k++) {
            const snnfe_cell cell =
                device->differ ? snnfe_cell_draw(&device->cells, (uint32_t)k) : snnfe_nominal_cell;
            const double w = ((double)network->values[k] + bound) / (2 * bound);
            programmer->imprint[k] = (float)snnfe_imprint_of(&device->cells, &cell, w);
        }
    }
}

/* Zeros; nothing unless they are wanted. */
static snnfe_status make_values(float **values, size_t n, bool wanted)
{
    *values = wanted ? snnfe_alloc(n, sizeof **values) : NULL;
    return *values || !wanted ? SNNFE_OK : SNNFE_ERR_MEMORY;
}

static snnfe_status make_counters(uint32_t *counters[2], size_t n)
{
    for (int d = 0; d < 2; d++) {
        counters[d] = snnfe_alloc(n, sizeof *counters[d]);
        if (!counters[d])
            return SNNFE_ERR_MEMORY;
    }
    return SNNFE_OK;
}

static snnfe_status make_room_for_memory(snnfe_programmer *programmer, const snnfe_network *network)
{
    const snnfe_device *device = programmer->device;
    const bool second_cells = snnfe_way_of(&programmer->way)->second_cells;
    const size_t n = network->n_values;
    SNNFE_TRY(make_values(&programmer->history, n, device->remembers));
    SNNFE_TRY(make_values(&programmer->second_history, n, device->remembers && second_cells));
    SNNFE_TRY(make_values(&programmer->imprint, n, device->imprints));
    if (device->imprints)
        find_imprint(programmer, network);
    return SNNFE_OK;
}

static snnfe_status make_room_for_cells(snnfe_programmer *programmer, const snnfe_network *network)
{
    if (!programmer->device->differ)
        return SNNFE_OK;
    programmer->drawn = snnfe_alloc(network->n_parameters, sizeof *programmer->drawn);
    if (!programmer->drawn)
        return SNNFE_ERR_MEMORY;
    SNNFE_TRY(snnfe_array_cells_create(&programmer->cells, network->n_values));
    return snnfe_way_of(&programmer->way)->second_cells
               ? snnfe_array_cells_create(&programmer->second_cells, network->n_values)
               : SNNFE_OK;
}

static snnfe_status make_room_for_states(snnfe_programmer *programmer, size_t n_values)
{
    const snnfe_way *way = snnfe_way_of(&programmer->way);
    if (way->second_cells && n_values > SNNFE_SECOND_CELLS)
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "%zu synapses are too many for two cells each",
                          n_values);
    for (int s = 0; s < SNNFE_WAY_STATES; s++)
        SNNFE_TRY(make_values(&programmer->states[s], n_values, way->state_names[s]));
    return way->second_cells ? make_counters(programmer->second_pulses, n_values) : SNNFE_OK;
}

snnfe_status snnfe_programmer_create(snnfe_programmer *programmer, const snnfe_network *network,
                                     const snnfe_trainer_options *o)
{
    *programmer = (snnfe_programmer){.device = o->device,
                                     .threshold = o->threshold,
                                     .threshold_asymmetry = o->threshold_asymmetry,
                                     .levels = o->levels,
                                     .seed = o->seed};
    SNNFE_TRY(snnfe_programming_options_take(&programmer->way, o->programming, o->levels));
    if (!o->device)
        return SNNFE_OK;
    SNNFE_TRY(make_values(&programmer->accumulators, network->n_values, true));
    SNNFE_TRY(make_counters(programmer->pulses, network->n_values));
    SNNFE_TRY(make_room_for_states(programmer, network->n_values));
    if (o->device->options.policy != SNNFE_POLICY_FIRST) {
        programmer->form_pulses =
            snnfe_alloc(network->n_parameters, SNNFE_FORM_COUNTS * sizeof *programmer->form_pulses);
        if (!programmer->form_pulses)
            return SNNFE_ERR_MEMORY;
    }
    SNNFE_TRY(make_room_for_memory(programmer, network));
    return make_room_for_cells(programmer, network);
}

void snnfe_programmer_release(snnfe_programmer *programmer)
{
    snnfe_release(programmer->accumulators);
    snnfe_release(programmer->drawn);
    snnfe_release(programmer->history);
    snnfe_release(programmer->second_history);
    snnfe_release(programmer->imprint);
    snnfe_release(programmer->form_pulses);
    snnfe_array_cells_release(&programmer->cells);
    snnfe_array_cells_release(&programmer->second_cells);
    for (int s = 0; s < SNNFE_WAY_STATES; s++)
        snnfe_release(programmer->states[s]);
    for (int d = 0; d < 2; d++) {
        snnfe_release(programmer->pulses[d]);
        snnfe_release(programmer->second_pulses[d]);
    }
    *programmer = (snnfe_programmer){0};
}

double snnfe_weight_bound(const snnfe_device *device, const snnfe_parameter *parameter)
{
    /* The paper's bounds are 1/sqrt(fan_in) of its sizes, rounded. */
    static const struct {
        size_t fan_in;
        double bound;
    } papers[] = {{9, 0.3330}, {576, 0.0417}, {1152, 0.0295}, {256, 0.0625}};
    const double given = device->options.bounds[parameter->layer];
    if (given > 0 && isfinite(given))
        return given;
    for (size_t i = 0; given > 0 && i < sizeof papers / sizeof papers[0]; i++)
        if (parameter->fan_in == papers[i].fan_in)
            return papers[i].bound;
    return 1 / sqrt((double)parameter->fan_in);
}

static float *values_from(float *values, size_t offset)
{
    return values ? values + offset : NULL;
}

void snnfe_programmer_prepare(const snnfe_programmer *programmer, const snnfe_network *network)
{
    for (size_t i = 0; programmer->drawn && i < network->n_parameters; i++) {
        const snnfe_parameter *p = &network->parameters[i];
        if (p->kind != SNNFE_PARAMETER_WEIGHT || p->frozen || programmer->drawn[i])
            continue;
        const snnfe_array_cells cells = snnfe_array_cells_from(&programmer->cells, p->offset);
        const double bound = snnfe_weight_bound(programmer->device, p);
        snnfe_array_cells_draw(&cells, programmer->device, p->offset, p->count, bound,
                               values_from(programmer->imprint, p->offset));
        if (programmer->second_cells.cells) {
            const snnfe_array_cells second =
                snnfe_array_cells_from(&programmer->second_cells, p->offset);
            snnfe_array_cells_draw(&second, programmer->device, SNNFE_SECOND_CELLS + p->offset,
                                   p->count, bound, NULL);
        }
        programmer->drawn[i] = true;
    }
}

snnfe_crossings snnfe_programmer_apply(const snnfe_programmer *programmer,
                                       const snnfe_network *network,
                                       const snnfe_parameter *parameter, size_t offset,
                                       size_t count, uint64_t *form_pulses)
{
    const snnfe_device_step_options options = {
        .struct_size = sizeof options,
        .levels = programmer->levels,
        .threshold = programmer->threshold,
        .threshold_asymmetry = programmer->threshold_asymmetry,
        .bound = snnfe_weight_bound(programmer->device, parameter),
        .seed = programmer->seed,
        .step = programmer->step};
    snnfe_programming programming = snnfe_programming_make(programmer->device, &options);
    programming.way = programmer->way;
    programming.cells = snnfe_array_cells_from(&programmer->cells, offset);
    programming.history = values_from(programmer->history, offset);
    programming.imprint = values_from(programmer->imprint, offset);
    programming.second_history = values_from(programmer->second_history, offset);
    programming.second_cells = snnfe_array_cells_from(&programmer->second_cells, offset);
    snnfe_programmed values = {.weights = network->values + offset,
                               .accumulators = programmer->accumulators + offset,
                               .form_pulses = form_pulses,
                               .n = count,
                               .first = offset};
    for (int d = 0; d < 2; d++) {
        values.pulses[d] = programmer->pulses[d] + offset;
        if (programmer->second_pulses[d])
            values.second_pulses[d] = programmer->second_pulses[d] + offset;
    }
    for (int s = 0; s < SNNFE_WAY_STATES; s++)
        values.states[s] = values_from(programmer->states[s], offset);
    return snnfe_program(&programming, &values);
}

void snnfe_programmer_forget(snnfe_programmer *programmer, size_t n_values)
{
    if (!programmer->device)
        return;
    const snnfe_way *way = snnfe_way_of(&programmer->way);
    memset(programmer->accumulators, 0, n_values * sizeof(float));
    if (way->forget)
        way->forget(programmer->states, n_values);
}
