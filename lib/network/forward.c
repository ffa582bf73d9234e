#include "network/forward.h"

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

static snnfe_status create_events(snnfe_state *state)
{
    const snnfe_layer_shape *layers = state->packed->shape.layers;
    size_t neurons = 0, positions = 0;
    for (int32_t layer = 0; layer < SNNFE_N_SPIKING; layer++) {
        if (layers[layer].neurons > neurons)
            neurons = layers[layer].neurons;
        if (layers[layer].positions > positions)
            positions = layers[layer].positions;
    }
    snnfe_events *e = &state->events;
    e->on = snnfe_alloc(neurons, sizeof(uint16_t));
    e->off = snnfe_alloc(neurons, sizeof(uint16_t));
    e->n_on = snnfe_alloc(positions, sizeof(uint32_t));
    e->n_off = snnfe_alloc(positions, sizeof(uint32_t));
    const snnfe_conv_geometry *conv2 = &state->packed->geometry[1];
    snnfe_conv_scratch *scratch = &state->scratch;
    scratch->on = snnfe_alloc(snnfe_conv_scratch_rows(conv2), sizeof(uint32_t));
    scratch->off = snnfe_alloc(snnfe_conv_scratch_rows(conv2), sizeof(uint32_t));
    scratch->n = snnfe_alloc((size_t)conv2->out_rows * conv2->out_columns, sizeof(uint32_t));
    return e->on && e->off && e->n_on && e->n_off && scratch->on && scratch->off && scratch->n
               ? SNNFE_OK
               : SNNFE_ERR_MEMORY;
}

snnfe_status snnfe_state_create(snnfe_state **out, const snnfe_network *network)
{
    snnfe_state *state = snnfe_alloc(1, sizeof *state);
    if (!state)
        return SNNFE_ERR_MEMORY;
    state->packed = network->packed;
    state->options = &network->options;
    const snnfe_shape *shape = &state->packed->shape;
    snnfe_status status = create_events(state);
    for (int32_t layer = 0; status == SNNFE_OK && layer < SNNFE_N_LAYERS; layer++)
        status = create_layer_state(state, layer);
    state->drive = snnfe_alloc(shape->layers[SNNFE_LAYER_CONV1].neurons, sizeof(float));
    state->logits = snnfe_alloc(shape->n_classes, sizeof(double));
    if (status == SNNFE_OK && (!state->drive || !state->logits))
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
    snnfe_release(state->events.on);
    snnfe_release(state->events.off);
    snnfe_release(state->events.n_on);
    snnfe_release(state->events.n_off);
    snnfe_release(state->scratch.on);
    snnfe_release(state->scratch.off);
    snnfe_release(state->scratch.n);
    snnfe_release(state->drive);
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

static uint64_t word_of(const uint64_t *row, size_t word)
{
    return row ? row[word] : 0;
}

/* Changes of a layer, position by position; indices are channels. */
static void find_events(snnfe_events *events, const snnfe_layer_shape *layer,
                        const uint64_t *before, const uint64_t *now)
{
    const size_t blocks = layer->padded / SNNFE_BLOCK;
    for (size_t p = 0; p < layer->positions; p++) {
        events->n_on[p] = events->n_off[p] = 0;
        for (size_t b = 0; b < blocks; b++)
            snnfe_split_changes(word_of(before, p * blocks + b), word_of(now, p * blocks + b),
                                (uint16_t)(b * SNNFE_BLOCK), events->on + p * layer->padded,
                                &events->n_on[p], events->off + p * layer->padded,
                                &events->n_off[p]);
    }
}

/* Changes of a layer whose neurons are all inputs of a dense product; indices are neurons. */
static snnfe_rows find_dense_events(snnfe_events *events, const snnfe_layer_shape *layer,
                                    const uint64_t *before, const uint64_t *now, size_t base)
{
    snnfe_rows rows = {.on = events->on, .off = events->off, .base = base};
    for (size_t word = 0; word < layer->words; word++)
        snnfe_split_changes(word_of(before, word), word_of(now, word),
                            (uint16_t)(word * SNNFE_BLOCK), events->on, &rows.n_on, events->off,
                            &rows.n_off);
    return rows;
}

static void fire(snnfe_state *state, int32_t layer, const snnfe_layer_output *out)
{
    const snnfe_layer_shape *shape = &state->packed->shape.layers[layer];
    const snnfe_packed_layer *p = &state->packed->layers[layer];
    const snnfe_layer_state *s = &state->layers[layer];
    const snnfe_network_options *o = state->options;
    const bool fixed_point = layer != SNNFE_LAYER_CONV1;
    const snnfe_lif_forward step = {
        .n = shape->neurons,
        .n_channels = shape->padded,
        .sums = fixed_point ? s->sums : NULL,
        .scale = p->scale,
        .drive = state->drive,
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

void snnfe_step_conv1(snnfe_state *state, const float *input, size_t stride,
                      const snnfe_layer_output *out)
{
    const snnfe_packed *packed = state->packed;
    snnfe_kernels_get()->conv_input(state->whole ? &packed->geometry[0] : &packed->live[0], input,
                                    stride, state->packed->conv1_weights, state->packed->conv1_bias,
                                    state->drive);
    fire(state, SNNFE_LAYER_CONV1, out);
}

/* Event lists of the input neurons that meet output position (row, column) of conv3, whose inputs
   are the pooled neurons: four of conv2 each. */
static size_t collect_conv3(snnfe_state *state, uint32_t row, uint32_t column)
{
    const snnfe_conv_geometry *g = &state->packed->geometry[2];
    const snnfe_layer_shape *conv2 = &state->packed->shape.layers[SNNFE_LAYER_CONV2];
    const snnfe_events *e = &state->events;
    size_t n = 0;
    for (uint32_t tap = 0; tap < 9; tap++)
        for (uint32_t part = 0; part < 4; part++) {
            const size_t y = 2 * (size_t)(row + tap / 3) + part / 2;
            const size_t x = 2 * (size_t)(column + tap % 3) + part % 2;
            const size_t p = y * conv2->columns + x;
            if (e->n_on[p] + e->n_off[p] == 0)
                continue;
            state->rows[n++] =
                (snnfe_rows){e->on + p * g->in_channels, e->off + p * g->in_channels, e->n_on[p],
                             e->n_off[p], (size_t)tap * g->in_channels * g->out_channels};
        }
    return n;
}

static void add_conv3(snnfe_state *state)
{
    const snnfe_layer_shape *shape = &state->packed->shape.layers[SNNFE_LAYER_CONV3];
    const int32_t *weights = state->packed->layers[SNNFE_LAYER_CONV3].weights;
    int32_t *sums = state->layers[SNNFE_LAYER_CONV3].sums;
    for (uint32_t row = 0; row < shape->rows; row++)
        for (uint32_t column = 0; column < shape->columns; column++) {
            const size_t n = collect_conv3(state, row, column);
            snnfe_kernels_get()->add_rows_i32(sums, shape->padded, weights, shape->padded,
                                              state->rows, n);
            sums += shape->padded;
        }
}

void snnfe_step_conv(snnfe_state *state, int32_t layer, const uint64_t *before, const uint64_t *now,
                     const snnfe_layer_output *out)
{
    const snnfe_packed *packed = state->packed;
    find_events(&state->events, &packed->shape.layers[layer - 1], before, now);
    if (layer == SNNFE_LAYER_CONV2)
        snnfe_kernels_get()->conv_events(state->whole ? &packed->geometry[1] : &packed->live[1],
                                         &state->events, packed->layers[layer].weights,
                                         &state->scratch, state->layers[layer].sums);
    else
        add_conv3(state);
    fire(state, layer, out);
}

static void add_dense(snnfe_state *state, int32_t layer, const snnfe_rows *rows)
{
    const size_t width = snnfe_layer_outputs(&state->packed->shape, layer);
    snnfe_kernels_get()->add_rows_i32(state->layers[layer].sums, width,
                                      state->packed->layers[layer].weights, width, rows, 1);
}

void snnfe_step_tc1(snnfe_state *state, const uint64_t *const conv3[4],
                    const snnfe_layer_output *out)
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
        const snnfe_rows rows = find_dense_events(&state->events, inputs, conv3[age + 1],
                                                  conv3[age], tap * inputs->neurons * width);
        add_dense(state, SNNFE_LAYER_TC1, &rows);
    }
    fire(state, SNNFE_LAYER_TC1, out);
}

void snnfe_step_r1(snnfe_state *state, const uint64_t *const tc1[2], const uint64_t *const own[2],
                   const snnfe_layer_output *out)
{
    const snnfe_layer_shape *shape = &state->packed->shape.layers[SNNFE_LAYER_R1];
    const int32_t *one = state->packed->layers[SNNFE_LAYER_R1].one;
    int32_t *sums = state->layers[SNNFE_LAYER_R1].sums;
    snnfe_rows rows = find_dense_events(&state->events, shape, own[1], own[0], 0);
    add_dense(state, SNNFE_LAYER_R1, &rows);
    rows = find_dense_events(&state->events, shape, tc1[1], tc1[0], 0);
    for (uint32_t e = 0; e < rows.n_on; e++)
        sums[rows.on[e]] += one[rows.on[e]];
    for (uint32_t e = 0; e < rows.n_off; e++)
        sums[rows.off[e]] -= one[rows.off[e]];
    fire(state, SNNFE_LAYER_R1, out);
}

void snnfe_step_fc1(snnfe_state *state, const uint64_t *before, const uint64_t *now,
                    const snnfe_layer_output *out)
{
    const snnfe_layer_shape *inputs = &state->packed->shape.layers[SNNFE_LAYER_R1];
    const snnfe_rows rows = find_dense_events(&state->events, inputs, before, now, 0);
    add_dense(state, SNNFE_LAYER_FC1, &rows);
    fire(state, SNNFE_LAYER_FC1, out);
}

void snnfe_step_fc2(snnfe_state *state, const uint64_t *before, const uint64_t *now, float weight,
                    float *readout)
{
    const snnfe_shape *shape = &state->packed->shape;
    const snnfe_layer_shape *inputs = &shape->layers[SNNFE_LAYER_FC1];
    const snnfe_rows rows = find_dense_events(&state->events, inputs, before, now, 0);
    add_dense(state, SNNFE_LAYER_FC2, &rows);
    const int32_t *sums = state->layers[SNNFE_LAYER_FC2].sums;
    const float *scale = state->packed->layers[SNNFE_LAYER_FC2].scale;
    for (size_t c = 0; c < shape->n_classes; c++) {
        readout[c] = (float)sums[c] * scale[c];
        state->logits[c] += (double)weight * (double)readout[c];
    }
}
