/* A network that is about to be trained through a device: what does not fit it. */
#include "trainer/trainer.h"
#include "trainer/trainer_internal.h"

#include <math.h>

static size_t count_beyond(const float *weights, size_t n, float bound)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += fabsf(weights[i]) > bound;
    return count;
}

snnfe_misfit snnfe_misfit_of(const snnfe_network *network, const snnfe_device *device,
                             const snnfe_programming_options *way)
{
    snnfe_misfit misfit = {0};
    const bool in_windows = device && device->differ && !snnfe_way_of(way)->difference;
    for (size_t i = 0; device && i < network->n_parameters; i++) {
        const snnfe_parameter *p = &network->parameters[i];
        if (p->kind != SNNFE_PARAMETER_WEIGHT)
            continue;
        const double bound = snnfe_weight_bound(device, p);
        const float *weights = network->values + p->offset;
        const size_t n = in_windows
                             ? snnfe_count_off_array(device, weights, p->count, bound, p->offset)
                             : count_beyond(weights, p->count, (float)bound);
        misfit.n_frozen += p->frozen ? n : 0;
        misfit.n_trained += p->frozen ? 0 : n;
    }
    return misfit;
}

void snnfe_misfit_log(const snnfe_misfit *misfit, const snnfe_sink *sink, const char *who)
{
    if (misfit->n_trained > 0)
        snnfe_sink_log(
            sink, SNNFE_LOG_INFO,
            "%s: weights beyond what the device can hold: %zu. The first step clamps them to "
            "their layers' bounds, or their cells' windows",
            who, misfit->n_trained);
    if (misfit->n_frozen > 0)
        snnfe_sink_log(sink, SNNFE_LOG_INFO,
                       "%s: weights of frozen layers beyond what the device can hold, which stay "
                       "as they are: %zu",
                       who, misfit->n_frozen);
}

static bool is_before_first_step(const snnfe_trainer *trainer)
{
    return trainer->programmer.device && trainer->programmer.step == 0;
}

void snnfe_trainer_tell_misfit(const snnfe_trainer *trainer)
{
    if (!is_before_first_step(trainer))
        return;
    const snnfe_programmer *p = &trainer->programmer;
    const snnfe_misfit misfit = snnfe_misfit_of(trainer->network, p->device, &p->way);
    snnfe_misfit_log(&misfit, &trainer->sink, trainer->phase);
}

size_t snnfe_trainer_count_misfits(const snnfe_trainer *trainer)
{
    const snnfe_programmer *p = &trainer->programmer;
    return snnfe_misfit_of(trainer->network, p->device, &p->way).n_trained;
}

void snnfe_trainer_quantize_frozen(snnfe_trainer *trainer)
{
    snnfe_network *network = trainer->network;
    const uint32_t levels = trainer->options.levels;
    uint32_t changed = 0;
    if (!is_before_first_step(trainer) || levels == 0)
        return;
    for (size_t i = 0; i < network->n_parameters; i++) {
        const snnfe_parameter *p = &network->parameters[i];
        if (p->kind != SNNFE_PARAMETER_WEIGHT || !p->frozen)
            continue;
        const double bound = snnfe_weight_bound(trainer->programmer.device, p);
        snnfe_quantize_values(network->values + p->offset, p->count,
                              (float)snnfe_level_step(bound, levels));
        changed |= 1u << p->layer;
    }
    snnfe_network_refresh(network, changed);
}
