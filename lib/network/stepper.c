#include "network/stepper.h"

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
    /* Of many steps, most is never used; of a live step, all shall be there. */
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
    if (status == SNNFE_OK && !state->logits)
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

/* Changes of a layer whose neurons are all inputs of a dense product; indices are neurons. */
static snnfe_rows find_dense_events(const snnfe_state *state, const snnfe_layer_shape *layer,
                                    const uint64_t *before, const uint64_t *now, size_t base)
{
    snnfe_rows rows = {.base = base};
    snnfe_kernels_get()->list_changes(before, now, layer->words, state->on, state->off, &rows);
    return rows;
}

static void fire(snnfe_state *state, int32_t layer, const int32_t *sums,
                 const snnfe_layer_output *out)
{
    const snnfe_layer_shape *shape = &state->packed->shape.layers[layer];
    const snnfe_packed_layer *p = &state->packed->layers[layer];
    const snnfe_layer_state *s = &state->layers[layer];
    const snnfe_network_options *o = state->options;
    const snnfe_lif_forward step = {
        .n = shape->neurons,
        .n_channels = shape->padded,
        .sums = sums,
        .scale = p->scale,
        .current_decay = p->current_decay,
        .voltage_decay = p->voltage_decay,
        .mask = out->mask,
        .current = s->current,
        .rest = s->rest,
        .threshold = s->threshold,
        .fixed_threshold = o->threshold,
        .adaptive_step = o->adaptive_step,
        .adaptive_decay = o->adaptive_decay,
        .adaptive_floor = o->adaptive_floor,
        .surrogate_width = o->surrogate_width,
        .spikes = out->spikes,
        .window = out->window,
        .voltage = out->voltage,
    };
    snnfe_kernels_get()->lif_forward(&step);
}

static snnfe_lif_run run_of(const snnfe_state *state, int32_t layer, size_t n_steps,
                            const snnfe_layer_output *out, snnfe_share share)
{
    const snnfe_packed_layer *p = &state->packed->layers[layer];
    return (snnfe_lif_run){
        .n = state->packed->shape.layers[layer].neurons,
        .n_steps = n_steps,
        .part = share.part,
        .n_parts = share.n_parts,
        .scale = p->scale,
        .current_decay = p->current_decay,
        .voltage_decay = p->voltage_decay,
        .current = state->layers[layer].current,
        .rest = state->layers[layer].rest,
        .threshold = state->options->threshold,
        .surrogate_width = state->options->surrogate_width,
        .spikes = out->spikes,
        .window = out->window,
        .voltage = out->voltage,
        .order = out->order,
    };
}

static const snnfe_conv_geometry *geometry_of(const snnfe_state *state, int32_t layer)
{
    const bool whole = state->whole || layer == SNNFE_LAYER_CONV3;
    return whole ? &state->packed->geometry[layer] : &state->packed->live[layer];
}

snnfe_share snnfe_share_all(const snnfe_state *state)
{
    return (snnfe_share){0, 1, &state->scratch};
}

size_t snnfe_most_shares(const snnfe_state *state, int32_t layer)
{
    const snnfe_layer_shape *shape = &state->packed->shape.layers[layer];
    return layer == SNNFE_LAYER_CONV1 ? shape->rows : shape->padded / SNNFE_BLOCK;
}

void snnfe_run_conv1(snnfe_state *state, const float *input, size_t stride, size_t n_steps,
                     const snnfe_layer_output *out, snnfe_share share)
{
    const snnfe_packed *packed = state->packed;
    const snnfe_lif_run lif = run_of(state, SNNFE_LAYER_CONV1, n_steps, out, share);
    snnfe_kernels_get()->conv_input(geometry_of(state, SNNFE_LAYER_CONV1), input, stride,
                                    packed->conv1_weights, packed->conv1_bias, &lif);
}

void snnfe_run_conv(snnfe_state *state, int32_t layer, const uint64_t *before, const uint64_t *now,
                    size_t n_steps, const snnfe_layer_output *out, snnfe_share share)
{
    const snnfe_lif_run lif = run_of(state, layer, n_steps, out, share);
    snnfe_kernels_get()->conv_events(geometry_of(state, layer), before, now,
                                     state->packed->layers[layer].weights, share.scratch,
                                     state->layers[layer].sums, &lif);
}

static void add_dense(snnfe_state *state, int32_t layer, const snnfe_rows *rows)
{
    const size_t width = snnfe_layer_outputs(&state->packed->shape, layer);
    snnfe_kernels_get()->add_rows_i32(state->layers[layer].sums, width,
                                      state->packed->layers[layer].weights, width, rows, 1);
}

const int32_t *snnfe_sum_tc1(snnfe_state *state, const uint64_t *const conv3[4])
{
    const snnfe_shape *shape = &state->packed->shape;
    const snnfe_layer_shape *inputs = &shape->layers[SNNFE_LAYER_CONV3];
    const snnfe_packed_layer *p = &state->packed->layers[SNNFE_LAYER_TC1];
    const size_t width = shape->layers[SNNFE_LAYER_TC1].padded;
    int32_t *sums = state->layers[SNNFE_LAYER_TC1].sums;
    for (size_t age = 0; age < 3; age++) {
        const size_t tap = 2 - age;
        if (!conv3[age])
            break;
        /* A tap's bias comes with its first input. */
        if (!conv3[age + 1])
            for (size_t i = 0; i < width; i++)
                sums[i] += p->bias[tap * width + i];
        const snnfe_rows rows = find_dense_events(state, inputs, conv3[age + 1], conv3[age],
                                                  tap * inputs->neurons * width);
        add_dense(state, SNNFE_LAYER_TC1, &rows);
    }
    return sums;
}

void snnfe_fire_tc1(snnfe_state *state, const int32_t *sums, const snnfe_layer_output *out)
{
    fire(state, SNNFE_LAYER_TC1, sums, out);
}

void snnfe_step_r1(snnfe_state *state, const uint64_t *const tc1[2], const uint64_t *const own[2],
                   const snnfe_layer_output *out)
{
    const snnfe_layer_shape *shape = &state->packed->shape.layers[SNNFE_LAYER_R1];
    const int32_t *one = state->packed->layers[SNNFE_LAYER_R1].one;
    int32_t *sums = state->layers[SNNFE_LAYER_R1].sums;
    snnfe_rows rows = find_dense_events(state, shape, own[1], own[0], 0);
    add_dense(state, SNNFE_LAYER_R1, &rows);
    rows = find_dense_events(state, shape, tc1[1], tc1[0], 0);
    for (uint32_t e = 0; e < rows.n_on; e++)
        sums[rows.on[e]] += one[rows.on[e]];
    for (uint32_t e = 0; e < rows.n_off; e++)
        sums[rows.off[e]] -= one[rows.off[e]];
    fire(state, SNNFE_LAYER_R1, sums, out);
}

void snnfe_step_fc1(snnfe_state *state, const uint64_t *before, const uint64_t *now,
                    const snnfe_layer_output *out)
{
    const snnfe_layer_shape *inputs = &state->packed->shape.layers[SNNFE_LAYER_R1];
    const snnfe_rows rows = find_dense_events(state, inputs, before, now, 0);
    add_dense(state, SNNFE_LAYER_FC1, &rows);
    fire(state, SNNFE_LAYER_FC1, state->layers[SNNFE_LAYER_FC1].sums, out);
}

void snnfe_step_fc2(snnfe_state *state, const uint64_t *before, const uint64_t *now, float weight,
                    float *readout)
{
    const snnfe_shape *shape = &state->packed->shape;
    const snnfe_layer_shape *inputs = &shape->layers[SNNFE_LAYER_FC1];
    const snnfe_rows rows = find_dense_events(state, inputs, before, now, 0);
    add_dense(state, SNNFE_LAYER_FC2, &rows);
    const int32_t *sums = state->layers[SNNFE_LAYER_FC2].sums;
    const float *scale = state->packed->layers[SNNFE_LAYER_FC2].scale;
    for (size_t c = 0; c < shape->n_classes; c++) {
        readout[c] = (float)sums[c] * scale[c];
        state->logits[c] += (double)weight * (double)readout[c];
    }
}
