/* What the layers did during a trial, counted from its spikes. */
#include "network/trial.h"

/* Number of weights that a spike of the neuron at a position reaches. An input of tc1 meets its
   three taps at three different steps; uses() counts these. */
static uint64_t conv_fan_out(const snnfe_conv_geometry *g, size_t p, size_t channels)
{
    uint64_t taps = 0;
    for (size_t tap = 0; tap < 9; tap++)
        taps += g->taps[p] >> tap & 1;
    return taps * channels;
}

static uint64_t fan_out(const snnfe_packed *packed, int32_t layer, size_t p)
{
    const snnfe_shape *shape = &packed->shape;
    if (layer == SNNFE_LAYER_CONV1)
        return conv_fan_out(&packed->geometry[1], p, shape->layers[SNNFE_LAYER_CONV2].channels);
    if (layer == SNNFE_LAYER_CONV2) {
        const size_t columns = shape->layers[SNNFE_LAYER_CONV2].columns;
        const size_t row = p / columns / 2, column = p % columns / 2;
        if (row >= shape->pool_rows || column >= shape->pool_columns)
            return 0;
        return conv_fan_out(&packed->geometry[2], row * shape->pool_columns + column,
                            shape->layers[SNNFE_LAYER_CONV3].channels);
    }
    return layer == SNNFE_LAYER_FC1 ? shape->n_classes : shape->n_hidden;
}

/* Times that a spike of step t, or a change at step t, is used within the trial. */
static uint64_t uses(const snnfe_shape *shape, int32_t layer, size_t t)
{
    const size_t left = shape->n_steps - t;
    if (layer == SNNFE_LAYER_CONV3)
        return left < 3 ? left : 3;
    return 1;
}

static uint64_t count_bits(const uint64_t *now, const uint64_t *before, size_t words)
{
    uint64_t n = 0;
    for (size_t w = 0; w < words; w++)
        n += (uint64_t)__builtin_popcountll(now[w] ^ (before ? before[w] : 0));
    return n;
}

/* Spikes, changes, and the operations they cause in the layer above. */
static void count_layer(const snnfe_trial *trial, int32_t layer, snnfe_layer_activity *activity)
{
    const snnfe_packed *packed = trial->state->packed;
    const snnfe_shape *shape = &packed->shape;
    const snnfe_layer_shape *l = &shape->layers[layer];
    const size_t words = l->padded / SNNFE_BLOCK;
    snnfe_layer_activity *own = &activity[layer], *above = &activity[layer + 1];
    for (size_t p = 0; p < l->positions; p++) {
        const uint64_t reach = fan_out(packed, layer, p);
        for (size_t t = 0; t < shape->n_steps; t++) {
            const uint64_t *now = trial->traces[layer].spikes + (1 + t) * l->words + p * words;
            const uint64_t spikes = count_bits(now, NULL, words);
            const uint64_t changes = count_bits(now, now - l->words, words);
            own->spikes += spikes;
            own->changes += t > 0 ? changes : 0;
            if (layer == SNNFE_LAYER_TC1)
                continue; /* r1 takes these in without weights */
            above->synaptic_operations += spikes * reach * uses(shape, layer, t);
            above->event_operations += changes * reach * uses(shape, layer, t);
            if (layer == SNNFE_LAYER_R1 && t + 1 < shape->n_steps) {
                own->synaptic_operations += spikes * shape->n_hidden;
                own->event_operations += changes * shape->n_hidden;
            }
        }
    }
}

/* conv1 by the grid's values that are not 0. */
static uint64_t effective_input(const snnfe_trial *trial)
{
    const snnfe_packed *packed = trial->state->packed;
    const snnfe_shape *shape = &packed->shape;
    uint64_t macs = 0;
    for (size_t p = 0; p < shape->grid_positions; p++) {
        uint64_t n = 0;
        for (size_t t = 0; t < shape->n_steps; t++)
            n += trial->grid[p * shape->n_steps + t] != 0;
        macs +=
            n * conv_fan_out(&packed->geometry[0], p, shape->layers[SNNFE_LAYER_CONV1].channels);
    }
    return macs;
}

/* Averages of four neurons of conv2, at one place and step, that are not 0. */
static uint64_t count_pooled(const uint64_t *step, size_t place, size_t columns, size_t words)
{
    const uint64_t *const first = step + place * words, *const second = first + columns * words;
    uint64_t n = 0;
    for (size_t w = 0; w < words; w++)
        n += (uint64_t)__builtin_popcountll(first[w] | first[words + w] | second[w] |
                                            second[words + w]);
    return n;
}

/* conv3 by the averages that are not 0. */
static uint64_t effective_pooled(const snnfe_trial *trial)
{
    const snnfe_packed *packed = trial->state->packed;
    const snnfe_shape *shape = &packed->shape;
    const snnfe_layer_shape *l = &shape->layers[SNNFE_LAYER_CONV2];
    const size_t words = l->padded / SNNFE_BLOCK;
    const uint64_t *spikes = trial->traces[SNNFE_LAYER_CONV2].spikes;
    uint64_t macs = 0;
    for (size_t row = 0; row < shape->pool_rows; row++)
        for (size_t column = 0; column < shape->pool_columns; column++) {
            const uint64_t reach =
                conv_fan_out(&packed->geometry[2], row * shape->pool_columns + column,
                             shape->layers[SNNFE_LAYER_CONV3].channels);
            uint64_t n = 0;
            for (size_t t = 0; t < shape->n_steps; t++)
                n += count_pooled(spikes + (1 + t) * l->words, 2 * row * l->columns + 2 * column,
                                  l->columns, words);
            macs += n * reach;
        }
    return macs;
}

static uint64_t dense_macs(const snnfe_shape *shape, int32_t layer)
{
    if (layer == SNNFE_LAYER_FC2)
        return (uint64_t)shape->fan_in[layer] * shape->n_classes * shape->n_steps;
    const snnfe_layer_shape *l = &shape->layers[layer];
    const uint64_t taps = layer == SNNFE_LAYER_TC1 ? 3 : 1;
    return (uint64_t)shape->fan_in[layer] * taps * l->positions * l->channels * shape->n_steps;
}

void snnfe_trial_activity(const snnfe_trial *trial, snnfe_layer_activity *activity)
{
    const snnfe_shape *shape = &trial->state->packed->shape;
    for (int32_t layer = 0; layer < SNNFE_N_LAYERS; layer++)
        activity[layer] = (snnfe_layer_activity){.dense_macs = dense_macs(shape, layer)};
    for (int32_t layer = 0; layer < SNNFE_N_SPIKING; layer++)
        count_layer(trial, layer, activity);
    activity[SNNFE_LAYER_CONV1].synaptic_operations = activity[SNNFE_LAYER_CONV1].dense_macs;
    activity[SNNFE_LAYER_CONV1].event_operations = activity[SNNFE_LAYER_CONV1].dense_macs;
    for (int32_t layer = 0; layer < SNNFE_N_LAYERS; layer++)
        activity[layer].effective_macs = activity[layer].synaptic_operations;
    activity[SNNFE_LAYER_CONV1].effective_macs = effective_input(trial);
    activity[SNNFE_LAYER_CONV3].effective_macs = effective_pooled(trial);
}
