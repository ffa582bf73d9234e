#include "optimizer.h"

#include "adam.h"
#include "base/memory.h"
#include "kernels/denormals.h"

#include <math.h>
#include <string.h>

/* Values of a block: with gradient and moments a quarter of a megabyte, less than a core's cache.
 */
#define BLOCK_VALUES 16384

static snnfe_status create_blocks(snnfe_optimizer *optimizer, const snnfe_network *network)
{
    size_t n = 0;
    for (size_t i = 0; i < network->n_parameters; i++)
        n += (network->parameters[i].count + BLOCK_VALUES - 1) / BLOCK_VALUES;
    optimizer->blocks = snnfe_alloc(n, sizeof *optimizer->blocks);
    optimizer->crossings = snnfe_alloc(n, sizeof *optimizer->crossings);
    optimizer->form_pulses = snnfe_alloc(n, SNNFE_FORM_COUNTS * sizeof *optimizer->form_pulses);
    optimizer->trained = snnfe_alloc(n, sizeof *optimizer->trained);
    if (!optimizer->blocks || !optimizer->crossings || !optimizer->form_pulses ||
        !optimizer->trained)
        return SNNFE_ERR_MEMORY;
    for (size_t i = 0; i < network->n_parameters; i++) {
        const snnfe_parameter *p = &network->parameters[i];
        for (size_t begin = 0; begin < p->count; begin += BLOCK_VALUES) {
            const size_t left = p->count - begin;
            optimizer->blocks[optimizer->n_blocks++] =
                (snnfe_value_block){.parameter = i,
                                    .offset = p->offset + begin,
                                    .count = left < BLOCK_VALUES ? left : BLOCK_VALUES};
        }
    }
    return SNNFE_OK;
}

snnfe_status snnfe_optimizer_create(snnfe_optimizer *optimizer, const snnfe_network *network,
                                    double beta1, double beta2, double epsilon)
{
    *optimizer = (snnfe_optimizer){.beta1 = beta1, .beta2 = beta2, .epsilon = epsilon};
    optimizer->first = snnfe_alloc(network->n_values, sizeof(float));
    optimizer->second = snnfe_alloc(network->n_values, sizeof(float));
    optimizer->steps = snnfe_alloc(network->n_parameters, sizeof *optimizer->steps);
    if (!optimizer->first || !optimizer->second || !optimizer->steps)
        return SNNFE_ERR_MEMORY;
    return create_blocks(optimizer, network);
}

void snnfe_optimizer_release(snnfe_optimizer *optimizer)
{
    snnfe_release(optimizer->first);
    snnfe_release(optimizer->second);
    snnfe_release(optimizer->steps);
    snnfe_release(optimizer->blocks);
    snnfe_release(optimizer->crossings);
    snnfe_release(optimizer->form_pulses);
    snnfe_release(optimizer->trained);
    *optimizer = (snnfe_optimizer){0};
}

/* No branch for each value, since nearly always all are finite. */
static bool all_finite(const float *values, size_t n)
{
    const uint32_t exponent = UINT32_C(0x7f800000);
    uint32_t n_bad = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t bits;
        memcpy(&bits, values + i, sizeof bits);
        n_bad |= (bits & exponent) == exponent;
    }
    return n_bad == 0;
}

static snnfe_status check_gradient(const snnfe_network *network, const float *gradient)
{
    for (size_t i = 0; i < network->n_parameters; i++) {
        const snnfe_parameter *p = &network->parameters[i];
        if (p->frozen || all_finite(gradient + p->offset, p->count))
            continue;
        for (size_t j = 0; j < p->count; j++)
            if (!isfinite(gradient[p->offset + j]))
                return snnfe_fail(SNNFE_ERR_NONFINITE, "gradient of \"%s\": value %zu is %g",
                                  p->name, j, (double)gradient[p->offset + j]);
    }
    return SNNFE_OK;
}

typedef struct update {
    const snnfe_optimizer *optimizer;
    snnfe_network *network;
    const snnfe_programmer *programmer;
    const snnfe_rates *rates;
    const float *gradient;
} update;

static double rate_of(const snnfe_rates *rates, int32_t kind)
{
    switch (kind) {
    case SNNFE_PARAMETER_DECAY:
        return rates->decays;
    case SNNFE_PARAMETER_TIME_WEIGHT:
        return rates->time_weights;
    default:
        return rates->synapses;
    }
}

static snnfe_status update_block(void *context, size_t task, uint32_t worker)
{
    (void)worker;
    const update *u = context;
    const snnfe_optimizer *o = u->optimizer;
    const size_t index = o->trained[task];
    const snnfe_value_block *block = &o->blocks[index];
    const snnfe_parameter *p = &u->network->parameters[block->parameter];
    const snnfe_adam_factors factors =
        snnfe_adam_factors_make(rate_of(u->rates, p->kind), o->beta1, o->beta2, o->epsilon,
                                (uint64_t)o->steps[block->parameter]);
    /* What Adam would add to a weight goes to its accumulator; while the block is still in the
       cache, pulses are made of it. */
    const bool pulsed = u->programmer->device && p->kind == SNNFE_PARAMETER_WEIGHT;
    float *target = pulsed ? u->programmer->accumulators : u->network->values;
    snnfe_denormals_flush(); /* the moments of a synapse that has no gradient any more fade */
    snnfe_kernels_get()->adam_update(target + block->offset, u->gradient + block->offset,
                                     o->first + block->offset, o->second + block->offset,
                                     block->count, &factors);
    snnfe_denormals_keep();
    if (pulsed)
        o->crossings[index] =
            snnfe_programmer_apply(u->programmer, u->network, p, block->offset, block->count,
                                   o->form_pulses + index * SNNFE_FORM_COUNTS);
    return SNNFE_OK;
}

/* What the blocks counted goes to their parameters. */
static void add_form_pulses(const snnfe_optimizer *optimizer, snnfe_programmer *programmer)
{
    for (size_t b = 0; programmer->form_pulses && b < optimizer->n_blocks; b++) {
        uint64_t *counted = optimizer->form_pulses + b * SNNFE_FORM_COUNTS;
        uint64_t *total =
            programmer->form_pulses + optimizer->blocks[b].parameter * SNNFE_FORM_COUNTS;
        for (size_t i = 0; i < SNNFE_FORM_COUNTS; i++) {
            total[i] += counted[i];
            counted[i] = 0;
        }
    }
}

static void add_crossings(const snnfe_optimizer *optimizer, const snnfe_network *network,
                          snnfe_programmer *programmer)
{
    for (size_t b = 0; b < optimizer->n_blocks; b++) {
        const snnfe_parameter *p = &network->parameters[optimizer->blocks[b].parameter];
        if (p->frozen || p->kind != SNNFE_PARAMETER_WEIGHT)
            continue;
        programmer->total.ltp += optimizer->crossings[b].ltp;
        programmer->total.ltd += optimizer->crossings[b].ltd;
    }
    programmer->step++;
}

snnfe_status snnfe_optimizer_step(snnfe_optimizer *optimizer, snnfe_network *network,
                                  snnfe_programmer *programmer, snnfe_pool *pool,
                                  const snnfe_rates *rates, const float *gradient)
{
    SNNFE_TRY(check_gradient(network, gradient));
    snnfe_programmer_prepare(programmer, network);
    uint32_t changed = 0;
    for (size_t i = 0; i < network->n_parameters; i++)
        if (!network->parameters[i].frozen) {
            optimizer->steps[i]++;
            changed |= 1u << network->parameters[i].layer;
        }
    size_t n_trained = 0;
    for (size_t b = 0; b < optimizer->n_blocks; b++)
        if (!network->parameters[optimizer->blocks[b].parameter].frozen)
            optimizer->trained[n_trained++] = b;
    update u = {optimizer, network, programmer, rates, gradient};
    const snnfe_status status = snnfe_pool_run(pool, n_trained, update_block, &u, NULL, NULL);
    if (programmer->device)
        add_crossings(optimizer, network, programmer);
    add_form_pulses(optimizer, programmer);
    snnfe_network_refresh_on(network, changed, pool);
    return status;
}

void snnfe_decays_clamp(snnfe_network *network)
{
    uint32_t changed = 0;
    for (size_t i = 0; i < network->n_parameters; i++) {
        const snnfe_parameter *p = &network->parameters[i];
        if (p->kind != SNNFE_PARAMETER_DECAY || p->frozen)
            continue;
        float *values = network->values + p->offset;
        for (size_t j = 0; j < p->count; j++)
            if (values[j] < SNNFE_LEAST_DECAY) {
                values[j] = SNNFE_LEAST_DECAY;
                changed |= 1u << p->layer;
            }
    }
    snnfe_network_refresh(network, changed);
}
