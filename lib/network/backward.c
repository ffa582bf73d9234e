#include "network/backward_internal.h"

#include "base/limits.h"
#include "base/memory.h"
#include "network/softmax.h"

#include <string.h>

snnfe_status snnfe_float_weights_create(snnfe_float_weights *weights, const snnfe_shape *shape)
{
    *weights = (snnfe_float_weights){0};
    for (int32_t layer = SNNFE_LAYER_CONV2; layer < SNNFE_N_LAYERS; layer++) {
        const size_t outputs =
            layer == SNNFE_LAYER_FC2 ? shape->n_classes : snnfe_layer_outputs(shape, layer);
        weights->layers[layer] =
            snnfe_alloc(snnfe_layer_taps(layer) * shape->inputs[layer] * outputs, sizeof(float));
        if (!weights->layers[layer]) {
            snnfe_float_weights_release(weights);
            return SNNFE_ERR_MEMORY;
        }
    }
    const size_t n_conv2 =
        shape->inputs[SNNFE_LAYER_CONV2] * shape->layers[SNNFE_LAYER_CONV2].padded;
    weights->conv2_points = snnfe_alloc(SNNFE_TILE_PRODUCTS * n_conv2, sizeof(float));
    weights->tc1_rows = snnfe_alloc(3 * shape->inputs[SNNFE_LAYER_TC1] *
                                        snnfe_layer_outputs(shape, SNNFE_LAYER_TC1),
                                    sizeof(float));
    if (!weights->conv2_points || !weights->tc1_rows) {
        snnfe_float_weights_release(weights);
        return SNNFE_ERR_MEMORY;
    }
    return SNNFE_OK;
}

void snnfe_float_weights_release(snnfe_float_weights *weights)
{
    for (int32_t layer = 0; layer < SNNFE_N_LAYERS; layer++)
        snnfe_release(weights->layers[layer]);
    snnfe_release(weights->conv2_points);
    snnfe_release(weights->tc1_rows);
    *weights = (snnfe_float_weights){0};
}

typedef struct refresh {
    snnfe_float_weights *weights;
    const snnfe_network *network;
    int32_t lowest;
} refresh;

/* The weights of the parameter SNNFE_P_CONV2_WEIGHT + `index`. */
static snnfe_status refresh_weights(void *context, size_t index, uint32_t worker)
{
    (void)worker;
    const refresh *r = context;
    const snnfe_shape *shape = &r->network->packed->shape;
    const size_t i = SNNFE_P_CONV2_WEIGHT + index;
    const snnfe_parameter *p = &r->network->parameters[i];
    /* r1 also passes gradients back to its own past. */
    const bool passes =
        p->layer > r->lowest || (p->layer == SNNFE_LAYER_R1 && r->lowest == SNNFE_LAYER_R1);
    if (p->kind != SNNFE_PARAMETER_WEIGHT || !passes)
        return SNNFE_OK;
    const float *values = r->network->values + p->offset;
    float *table = r->weights->layers[p->layer];
    const size_t tap = p->layer == SNNFE_LAYER_TC1 ? (i - SNNFE_P_TC1_WEIGHT) / 2 : 0;
    if (p->layer == SNNFE_LAYER_CONV2) {
        snnfe_weights_by_output(shape, values, table);
        snnfe_kernels_get()->winograd_weights(table, shape->layers[SNNFE_LAYER_CONV2].padded,
                                              shape->inputs[SNNFE_LAYER_CONV2],
                                              r->weights->conv2_points);
    } else if (p->layer == SNNFE_LAYER_R1) {
        snnfe_weights_transpose(shape, p->layer, tap, values, table);
    } else {
        snnfe_weights_to_panels(shape, p->layer, tap, values, table);
    }
    if (p->layer == SNNFE_LAYER_TC1)
        snnfe_weights_transpose(shape, p->layer, tap, values, r->weights->tc1_rows);
    return SNNFE_OK;
}

void snnfe_float_weights_refresh(snnfe_float_weights *weights, const snnfe_network *network,
                                 int32_t lowest, snnfe_pool *pool)
{
    refresh r = {weights, network, lowest};
    (void)snnfe_pool_run(pool, SNNFE_P_FC2_WEIGHT - SNNFE_P_CONV2_WEIGHT, refresh_weights, &r, NULL,
                         NULL);
    const snnfe_shape *shape = &network->packed->shape;
    weights->time_weights = snnfe_values_of(network, SNNFE_P_TIME_WEIGHTS);
    for (size_t c = 0; c < shape->n_classes; c++)
        memcpy(weights->layers[SNNFE_LAYER_FC2] + c * shape->inputs[SNNFE_LAYER_FC2],
               snnfe_values_of(network, SNNFE_P_FC2_WEIGHT) + c * shape->n_hidden,
               shape->n_hidden * sizeof(float));
}

snnfe_gradient_needs snnfe_gradient_needs_of(const snnfe_network *network)
{
    snnfe_gradient_needs needs = {.lowest = SNNFE_N_LAYERS};
    for (size_t i = 0; i < network->n_parameters; i++) {
        const snnfe_parameter *p = &network->parameters[i];
        if (p->frozen)
            continue;
        if (p->layer < needs.lowest)
            needs.lowest = p->layer;
        if (p->kind == SNNFE_PARAMETER_WEIGHT || p->kind == SNNFE_PARAMETER_BIAS)
            needs.synapses[p->layer] = true;
    }
    return needs;
}

static size_t most_neurons(const snnfe_shape *shape, int32_t first)
{
    size_t most = 0;
    for (int32_t layer = first; layer < SNNFE_N_SPIKING; layer++)
        if (shape->layers[layer].neurons > most)
            most = shape->layers[layer].neurons;
    return most;
}

static size_t most_channels(const snnfe_shape *shape)
{
    size_t most = 0;
    for (int32_t layer = 0; layer < SNNFE_N_SPIKING; layer++)
        if (shape->layers[layer].padded > most)
            most = shape->layers[layer].padded;
    return most;
}

static snnfe_status allocate(snnfe_backward *b)
{
    const snnfe_shape *shape = &b->packed->shape;
    const snnfe_layer_shape *conv2 = &shape->layers[SNNFE_LAYER_CONV2];
    const size_t rows = shape->n_steps + SNNFE_ROWS_BEHIND;
    bool complete = true;
    for (int32_t layer = SNNFE_LAYER_CONV3; layer < SNNFE_N_SPIKING; layer++) {
        const size_t n = shape->layers[layer].neurons;
        b->upper[layer].drive = snnfe_alloc(rows * n, sizeof(float));
        b->upper[layer].suffix = snnfe_alloc(rows * n, sizeof(float));
        complete = complete && b->upper[layer].drive && b->upper[layer].suffix;
    }
    struct {
        float **place;
        size_t count;
    } const floats[] = {
        {&b->spike_gradient, shape->n_steps * most_neurons(shape, SNNFE_LAYER_CONV3)},
        {&b->pool_gradient, shape->n_steps * shape->pool_positions * conv2->padded},
        {&b->voltage_gradient, most_neurons(shape, SNNFE_LAYER_CONV3)},
    };
    for (size_t i = 0; i < sizeof floats / sizeof floats[0]; i++) {
        *floats[i].place = snnfe_alloc(floats[i].count, sizeof(float));
        complete = complete && *floats[i].place;
    }
    b->time_bits = snnfe_alloc(4 * 64 * snnfe_time_words(shape), sizeof(uint64_t));
    b->bits_before = snnfe_alloc(snnfe_time_words(shape), sizeof(uint64_t));
    b->on = snnfe_alloc(4 * snnfe_event_times_most(shape), sizeof(uint16_t));
    b->off = snnfe_alloc(4 * snnfe_event_times_most(shape), sizeof(uint16_t));
    complete = complete && b->time_bits && b->bits_before && b->on && b->off;
    if (!complete)
        return SNNFE_ERR_MEMORY;
    SNNFE_TRY(snnfe_terms_create(&b->terms, most_channels(shape)));
    return snnfe_conv_buffers_create(&b->conv, b->packed);
}

snnfe_status snnfe_backward_create(snnfe_backward **backward, const snnfe_network *network)
{
    snnfe_backward *b = snnfe_alloc(1, sizeof *b);
    if (!b)
        return SNNFE_ERR_MEMORY;
    b->packed = network->packed;
    b->options = &network->options;
    const snnfe_status status = allocate(b);
    if (status != SNNFE_OK) {
        snnfe_backward_free(b);
        return status;
    }
    *backward = b;
    return SNNFE_OK;
}

void snnfe_backward_free(snnfe_backward *b)
{
    if (!b)
        return;
    for (int32_t layer = 0; layer < SNNFE_N_SPIKING; layer++) {
        snnfe_release(b->upper[layer].drive);
        snnfe_release(b->upper[layer].suffix);
    }
    snnfe_release(b->spike_gradient);
    snnfe_release(b->pool_gradient);
    snnfe_release(b->voltage_gradient);
    snnfe_release(b->time_bits);
    snnfe_release(b->bits_before);
    snnfe_release(b->on);
    snnfe_release(b->off);
    snnfe_terms_release(&b->terms);
    snnfe_conv_buffers_release(&b->conv);
    snnfe_release(b);
}

double snnfe_backward_run(snnfe_backward *b, const snnfe_trial *trial,
                          const snnfe_float_weights *weights, const snnfe_gradient_needs *needs,
                          int32_t label, double factor, bool masked, snnfe_gradients *gradients)
{
    const size_t n_classes = b->packed->shape.n_classes;
    float logits[SNNFE_MAX_CLASSES] = {0};
    double logit_gradient[SNNFE_MAX_CLASSES] = {0};
    for (size_t c = 0; c < n_classes; c++)
        logits[c] = (float)trial->state->logits[c];
    snnfe_softmax(logits, n_classes, logit_gradient);
    for (size_t c = 0; c < n_classes; c++)
        logit_gradient[c] = factor * (logit_gradient[c] - ((int32_t)c == label ? 1.0 : 0.0));
    snnfe_backward_upper(b, trial, weights, needs, logit_gradient, masked, gradients);
    if (needs->lowest <= SNNFE_LAYER_CONV2)
        snnfe_backward_conv(b, trial, weights, needs, gradients);
    return snnfe_cross_entropy(logits, n_classes, label);
}
