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

static snnfe_status make_room_for_memory(snnfe_programmer *programmer, const snnfe_network *network)
{
    if (programmer->device->remembers) {
        programmer->history = snnfe_alloc(network->n_values, sizeof(float));
        if (!programmer->history)
            return SNNFE_ERR_MEMORY;
    }
    if (programmer->device->imprints) {
        programmer->imprint = snnfe_alloc(network->n_values, sizeof(float));
        if (!programmer->imprint)
            return SNNFE_ERR_MEMORY;
        find_imprint(programmer, network);
    }
    return SNNFE_OK;
}

static snnfe_status make_room_for_cells(snnfe_programmer *programmer, const snnfe_network *network)
{
    if (!programmer->device->differ)
        return SNNFE_OK;
    programmer->drawn = snnfe_alloc(network->n_parameters, sizeof *programmer->drawn);
    return programmer->drawn ? snnfe_array_cells_create(&programmer->cells, network->n_values)
                             : SNNFE_ERR_MEMORY;
}

snnfe_status snnfe_programmer_create(snnfe_programmer *programmer, const snnfe_network *network,
                                     const snnfe_trainer_options *o)
{
    *programmer = (snnfe_programmer){.device = o->device,
                                     .threshold = o->threshold,
                                     .threshold_asymmetry = o->threshold_asymmetry,
                                     .levels = o->levels,
                                     .seed = o->seed};
    if (!o->device)
        return SNNFE_OK;
    programmer->accumulators = snnfe_alloc(network->n_values, sizeof(float));
    for (int d = 0; d < 2; d++)
        programmer->pulses[d] = snnfe_alloc(network->n_values, sizeof(uint32_t));
    if (!programmer->accumulators || !programmer->pulses[0] || !programmer->pulses[1])
        return SNNFE_ERR_MEMORY;
    SNNFE_TRY(make_room_for_memory(programmer, network));
    return make_room_for_cells(programmer, network);
}

void snnfe_programmer_release(snnfe_programmer *programmer)
{
    snnfe_release(programmer->accumulators);
    snnfe_release(programmer->drawn);
    snnfe_release(programmer->history);
    snnfe_release(programmer->imprint);
    snnfe_array_cells_release(&programmer->cells);
    for (int d = 0; d < 2; d++)
        snnfe_release(programmer->pulses[d]);
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

void snnfe_programmer_prepare(const snnfe_programmer *programmer, const snnfe_network *network)
{
    for (size_t i = 0; programmer->drawn && i < network->n_parameters; i++) {
        const snnfe_parameter *p = &network->parameters[i];
        if (p->kind != SNNFE_PARAMETER_WEIGHT || p->frozen || programmer->drawn[i])
            continue;
        const snnfe_array_cells cells = snnfe_array_cells_from(&programmer->cells, p->offset);
        snnfe_array_cells_draw(&cells, programmer->device, p->offset, p->count,
                               snnfe_weight_bound(programmer->device, p));
        programmer->drawn[i] = true;
    }
}

snnfe_crossings snnfe_programmer_apply(const snnfe_programmer *programmer,
                                       const snnfe_network *network,
                                       const snnfe_parameter *parameter, size_t offset,
                                       size_t count)
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
    programming.cells = snnfe_array_cells_from(&programmer->cells, offset);
    programming.history = programmer->history ? programmer->history + offset : NULL;
    programming.imprint = programmer->imprint ? programmer->imprint + offset : NULL;
    return snnfe_program(&programming, network->values + offset, programmer->accumulators + offset,
                         count, offset, programmer->pulses[SNNFE_LTP] + offset,
                         programmer->pulses[SNNFE_LTD] + offset);
}
