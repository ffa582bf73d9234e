#include "network/gradients.h"

#include "base/memory.h"

#include <string.h>

/* Hand out the parts of the block; with `memory` NULL this only adds up its size. */
static float *part(snnfe_gradients *gradients, size_t count)
{
    float *start = gradients->memory ? gradients->memory + gradients->size : NULL;
    gradients->size += snnfe_padded(count);
    return start;
}

static void lay_out(snnfe_gradients *gradients, const snnfe_shape *shape)
{
    gradients->size = 0;
    for (int32_t layer = 0; layer < SNNFE_N_LAYERS; layer++) {
        snnfe_layer_gradients *g = &gradients->layers[layer];
        if (layer == SNNFE_LAYER_FC2) {
            g->weights = part(gradients, shape->n_classes * shape->inputs[layer]);
            continue;
        }
        const size_t outputs = snnfe_layer_outputs(shape, layer);
        g->weights = part(gradients, snnfe_layer_taps(layer) * shape->inputs[layer] * outputs);
        g->bias = part(gradients, (layer == SNNFE_LAYER_TC1 ? 3 : 1) * outputs);
        g->current_decay = part(gradients, shape->layers[layer].neurons);
        g->voltage_decay = part(gradients, shape->layers[layer].neurons);
    }
    gradients->time_weights = part(gradients, shape->n_steps);
}

snnfe_status snnfe_gradients_create(snnfe_gradients *gradients, const snnfe_shape *shape)
{
    *gradients = (snnfe_gradients){0};
    lay_out(gradients, shape);
    gradients->memory = snnfe_alloc(gradients->size, sizeof(float));
    if (!gradients->memory)
        return SNNFE_ERR_MEMORY;
    lay_out(gradients, shape);
    return SNNFE_OK;
}

void snnfe_gradients_release(snnfe_gradients *gradients)
{
    snnfe_release(gradients->memory);
    *gradients = (snnfe_gradients){0};
}

void snnfe_gradients_clear(snnfe_gradients *gradients, int32_t lowest)
{
    /* Layers lie in their order, ts_weights last. Only what lies from the lowest trained layer
       on is used. */
    const size_t skipped = lowest < SNNFE_N_LAYERS
                               ? (size_t)(gradients->layers[lowest].weights - gradients->memory)
                               : (size_t)(gradients->time_weights - gradients->memory);
    memset(gradients->memory + skipped, 0, (gradients->size - skipped) * sizeof(float));
}

static void add(float *values, const float *packed, size_t n)
{
    for (size_t i = 0; i < n; i++)
        values[i] += packed[i];
}

/* Layer of a weight or bias tensor, and which tap of tc1: they follow each other in the table,
   conv1 first. */
static int32_t layer_of(size_t index, size_t *tap)
{
    *tap = 0;
    if (index < SNNFE_P_TC1_WEIGHT)
        return (int32_t)(index - SNNFE_P_CONV1_WEIGHT) / 2;
    if (index < SNNFE_P_R1_WEIGHT) {
        *tap = (index - SNNFE_P_TC1_WEIGHT) / 2;
        return SNNFE_LAYER_TC1;
    }
    return SNNFE_LAYER_R1 + (int32_t)(index - SNNFE_P_R1_WEIGHT) / 2;
}

static void gather_bias(const snnfe_gradients *g, const snnfe_shape *shape, size_t index,
                        float *values)
{
    size_t tap;
    const int32_t layer = layer_of(index, &tap);
    const snnfe_layer_shape *l = &shape->layers[layer];
    add(values, g->layers[layer].bias + tap * l->padded, l->channels);
}

static void gather_readout(const snnfe_gradients *g, const snnfe_shape *shape, float *values)
{
    for (size_t c = 0; c < shape->n_classes; c++)
        add(values + c * shape->n_hidden,
            g->layers[SNNFE_LAYER_FC2].weights + c * shape->inputs[SNNFE_LAYER_FC2],
            shape->n_hidden);
}

/* A parameter that is too small to be divided. */
static void gather_small(const snnfe_gradients *g, const snnfe_shape *shape, size_t index,
                         float *values)
{
    if (index == SNNFE_P_FC2_WEIGHT)
        gather_readout(g, shape, values);
    else if (index >= SNNFE_P_CONV1_WEIGHT)
        gather_bias(g, shape, index, values);
    else if (index >= SNNFE_P_TIME_WEIGHTS)
        add(values, g->time_weights, shape->n_steps);
    else if (index >= SNNFE_P_CURRENT_DECAY)
        snnfe_neurons_gather(&shape->layers[index - SNNFE_P_CURRENT_DECAY],
                             g->layers[index - SNNFE_P_CURRENT_DECAY].current_decay, values);
    else
        snnfe_neurons_gather(&shape->layers[index - SNNFE_P_VOLTAGE_DECAY],
                             g->layers[index - SNNFE_P_VOLTAGE_DECAY].voltage_decay, values);
}

static void gather_weights(const snnfe_gradients *shards, size_t n_shards, const snnfe_shape *shape,
                           size_t index, size_t part, size_t n_parts, float *values)
{
    size_t tap;
    const int32_t layer = layer_of(index, &tap);
    const size_t offset = (size_t)(shards->layers[layer].weights - shards->memory);
    /* Conv3's inputs are averages of four spikes, its sums count each spike as one. */
    const float factor = layer == SNNFE_LAYER_CONV3 ? 0.25F : 1.0F;
    snnfe_weights_gather(shape, layer, tap, shards, n_shards, offset, factor, part, n_parts,
                         values);
}

void snnfe_gradients_gather(const snnfe_gradients *shards, size_t n_shards,
                            const snnfe_shape *shape, size_t index, size_t part, size_t n_parts,
                            float *values)
{
    const bool weights = index >= SNNFE_P_CONV1_WEIGHT && index < SNNFE_P_FC2_WEIGHT &&
                         (index - SNNFE_P_CONV1_WEIGHT) % 2 == 0;
    if (weights)
        gather_weights(shards, n_shards, shape, index, part, n_parts, values);
    for (size_t shard = 0; !weights && part == 0 && shard < n_shards; shard++)
        gather_small(&shards[shard], shape, index, values);
}
