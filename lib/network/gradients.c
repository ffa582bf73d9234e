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
    /* The layers lie in their order, ts_weights last; without a layer ts_weights may be left. */
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

/* Weight and bias tensors follow each other in the table, conv1 first. */
static void gather_synapses(const snnfe_gradients *gradients, const snnfe_shape *shape,
                            size_t index, size_t part, size_t n_parts, float *values)
{
    int32_t layer = SNNFE_LAYER_FC2;
    size_t tap = 0;
    if (index < SNNFE_P_TC1_WEIGHT) {
        layer = (int32_t)(index - SNNFE_P_CONV1_WEIGHT) / 2;
    } else if (index < SNNFE_P_R1_WEIGHT) {
        layer = SNNFE_LAYER_TC1;
        tap = (index - SNNFE_P_TC1_WEIGHT) / 2;
    } else if (index < SNNFE_P_FC2_WEIGHT) {
        layer = SNNFE_LAYER_R1 + (int32_t)(index - SNNFE_P_R1_WEIGHT) / 2;
    }
    const snnfe_layer_gradients *g = &gradients->layers[layer];
    const bool bias = (index - SNNFE_P_CONV1_WEIGHT) % 2 == 1;
    if (!bias && layer != SNNFE_LAYER_FC2) {
        /* Conv3's inputs are averages of four spikes, its sums count each spike as one. */
        const float factor = layer == SNNFE_LAYER_CONV3 ? 0.25F : 1.0F;
        snnfe_weights_gather(shape, layer, tap, g->weights, factor, part, n_parts, values);
    } else if (part > 0) {
        return;
    } else if (bias) {
        const snnfe_layer_shape *l = &shape->layers[layer];
        add(values, g->bias + tap * l->padded, l->channels);
    } else {
        for (size_t c = 0; c < shape->n_classes; c++)
            add(values + c * shape->n_hidden, g->weights + c * shape->inputs[layer],
                shape->n_hidden);
    }
}

void snnfe_gradients_gather(const snnfe_gradients *gradients, const snnfe_shape *shape,
                            size_t index, size_t part, size_t n_parts, float *values)
{
    if (index >= SNNFE_P_CONV1_WEIGHT) {
        gather_synapses(gradients, shape, index, part, n_parts, values);
    } else if (part > 0) {
        return;
    } else if (index < SNNFE_P_CURRENT_DECAY) {
        const size_t layer = index - SNNFE_P_VOLTAGE_DECAY;
        snnfe_neurons_gather(&shape->layers[layer], gradients->layers[layer].voltage_decay, values);
    } else if (index < SNNFE_P_TIME_WEIGHTS) {
        const size_t layer = index - SNNFE_P_CURRENT_DECAY;
        snnfe_neurons_gather(&shape->layers[layer], gradients->layers[layer].current_decay, values);
    } else {
        add(values, gradients->time_weights, shape->n_steps);
    }
}
