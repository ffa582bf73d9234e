#include "network/state.h"

#include "base/memory.h"

#include <string.h>

static snnfe_status create_layer_state(snnfe_state *state, int32_t layer)
{
    const snnfe_shape *shape = &state->packed->shape;
    snnfe_layer_state *l = &state->layers[layer];
    const size_t n =
        layer == SNNFE_LAYER_FC2 ? snnfe_layer_outputs(shape, layer) : shape->layers[layer].neurons;
    l->sums = snnfe_alloc(n, sizeof(int32_t));
    if (!l->sums)
        return SNNFE_ERR_MEMORY;
    if (layer == SNNFE_LAYER_FC2)
        return SNNFE_OK;
    l->current = snnfe_alloc(n, sizeof(float));
    l->rest = snnfe_alloc(n, sizeof(float));
    if (layer == SNNFE_LAYER_R1)
        l->threshold = snnfe_alloc(n, sizeof(float));
    if (!l->current || !l->rest || (layer == SNNFE_LAYER_R1 && !l->threshold))
        return SNNFE_ERR_MEMORY;
    return SNNFE_OK;
}

/* Steps whose events are listed together: enough that weights are used again while they are in the
   cache, few enough that the lists are. */
#define MOST_CONV_STEPS 32
#define MOST_LIST_ROWS ((size_t)1 << 20)

static size_t steps_together(const snnfe_packed *packed, size_t n_steps)
{
    size_t most = n_steps < MOST_CONV_STEPS ? n_steps : MOST_CONV_STEPS;
    for (int i = 1; i < 3; i++) {
        const size_t fit = MOST_LIST_ROWS / snnfe_conv_rows(&packed->geometry[i], 1);
        if (fit < most)
            most = fit > 0 ? fit : 1;
    }
    return most;
}

/* One scratch for conv2 and conv3. */
static snnfe_status create_scratch(snnfe_conv_scratch *scratch, const snnfe_packed *packed,
                                   size_t n_steps)
{
    size_t switches = 0, rows = 0, inputs = 0, outputs = 0;
    for (int i = 1; i < 3; i++) {
        const snnfe_conv_geometry *g = &packed->geometry[i];
        switches = snnfe_larger(switches, snnfe_conv_switches(g, n_steps));
        rows = snnfe_larger(rows, snnfe_conv_rows(g, n_steps));
        inputs = snnfe_larger(inputs, n_steps * g->in_rows * g->in_columns);
        outputs = snnfe_larger(outputs, n_steps * g->out_rows * g->out_columns);
    }
    /* Most of the buffers for many steps are never used, so they are left untouched: the system
       provides each page when it is first used. Those of a single step, for live windows, are
       written now, so that real-time code causes no page faults. */
    void *(*const alloc)(size_t, size_t) = n_steps > 1 ? snnfe_alloc_raw : snnfe_alloc;
    *scratch = (snnfe_conv_scratch){
        .on = alloc(switches, sizeof(uint16_t)),
        .off = alloc(switches, sizeof(uint16_t)),
        .on_begin = alloc(inputs + 1, sizeof(uint32_t)),
        .off_begin = alloc(inputs + 1, sizeof(uint32_t)),
        .rows = alloc(rows, sizeof(uint16_t)),
        .n_rows = alloc(6 * outputs, sizeof(uint32_t)),
        .partial = alloc(n_steps * SNNFE_STRIP, sizeof(int32_t)),
    };
    return scratch->on && scratch->off && scratch->on_begin && scratch->off_begin &&
                   scratch->rows && scratch->n_rows && scratch->partial
               ? SNNFE_OK
               : SNNFE_ERR_MEMORY;
}

static void release_scratch(const snnfe_conv_scratch *scratch)
{
    snnfe_release(scratch->on);
    snnfe_release(scratch->off);
    snnfe_release(scratch->on_begin);
    snnfe_release(scratch->off_begin);
    snnfe_release(scratch->rows);
    snnfe_release(scratch->n_rows);
    snnfe_release(scratch->partial);
}

static snnfe_status create_events(snnfe_state *state, size_t n_steps)
{
    const snnfe_layer_shape *layers = state->packed->shape.layers;
    size_t neurons = 0;
    for (int32_t layer = SNNFE_LAYER_CONV3; layer < SNNFE_N_SPIKING; layer++)
        neurons = snnfe_larger(neurons, layers[layer].neurons);
    state->on = snnfe_alloc(neurons + SNNFE_LIST_SLACK, sizeof(uint16_t));
    state->off = snnfe_alloc(neurons + SNNFE_LIST_SLACK, sizeof(uint16_t));
    if (!state->on || !state->off)
        return SNNFE_ERR_MEMORY;
    state->n_conv_steps = steps_together(state->packed, n_steps);
    return create_scratch(&state->scratch, state->packed, state->n_conv_steps);
}

snnfe_status snnfe_state_create(snnfe_state **out, const snnfe_network *network, size_t n_steps)
{
    snnfe_state *state = snnfe_alloc(1, sizeof *state);
    if (!state)
        return SNNFE_ERR_MEMORY;
    state->packed = network->packed;
    state->options = &network->options;
    const snnfe_shape *shape = &state->packed->shape;
    snnfe_status status = create_events(state, n_steps);
    for (int32_t layer = 0; status == SNNFE_OK && layer < SNNFE_N_LAYERS; layer++)
        status = create_layer_state(state, layer);
    state->logits = snnfe_alloc(shape->n_classes, sizeof(double));
    state->converted = snnfe_alloc(shape->layers[SNNFE_LAYER_TC1].neurons, sizeof(int32_t));
    if (status == SNNFE_OK && !(state->logits && state->converted))
        status = SNNFE_ERR_MEMORY;
    if (status != SNNFE_OK) {
        snnfe_state_free(state);
        return status;
    }
    *out = state;
    return SNNFE_OK;
}

void snnfe_state_free(snnfe_state *state)
{
    if (!state)
        return;
    for (int32_t layer = 0; layer < SNNFE_N_LAYERS; layer++) {
        snnfe_release(state->layers[layer].sums);
        snnfe_release(state->layers[layer].current);
        snnfe_release(state->layers[layer].rest);
        snnfe_release(state->layers[layer].threshold);
    }
    snnfe_release(state->on);
    snnfe_release(state->off);
    release_scratch(&state->scratch);
    snnfe_release(state->logits);
    snnfe_release(state->converted);
    snnfe_release(state);
}

void snnfe_state_reset(snnfe_state *state)
{
    const snnfe_shape *shape = &state->packed->shape;
    for (int32_t layer = 0; layer < SNNFE_N_SPIKING; layer++) {
        const snnfe_layer_shape *l = &shape->layers[layer];
        snnfe_layer_state *s = &state->layers[layer];
        memset(s->current, 0, l->neurons * sizeof(float));
        memset(s->rest, 0, l->neurons * sizeof(float));
        if (layer == SNNFE_LAYER_CONV1)
            continue;
        /* tc1's biases come with its taps; the others' are there from the start. */
        if (layer == SNNFE_LAYER_TC1) {
            memset(s->sums, 0, l->neurons * sizeof(int32_t));
            continue;
        }
        for (size_t p = 0; p < l->positions; p++)
            memcpy(s->sums + p * l->padded, state->packed->layers[layer].bias,
                   l->padded * sizeof(int32_t));
    }
    const size_t hidden = shape->layers[SNNFE_LAYER_R1].neurons;
    for (size_t i = 0; i < hidden; i++)
        state->layers[SNNFE_LAYER_R1].threshold[i] = state->options->threshold;
    memset(state->layers[SNNFE_LAYER_FC2].sums, 0,
           snnfe_layer_outputs(shape, SNNFE_LAYER_FC2) * sizeof(int32_t));
    memset(state->logits, 0, shape->n_classes * sizeof(double));
}
