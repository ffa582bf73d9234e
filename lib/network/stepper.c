#include "network/stepper.h"
#include "network/converter.h"

/* Changes from step t - back - 1 to step t - back of a layer whose neurons are all inputs of a
   dense product; indices are neurons. */
static snnfe_rows find_dense_events(const snnfe_state *state, const snnfe_spike_rows *inputs,
                                    size_t t, size_t back, size_t base)
{
    snnfe_rows rows = {.base = base};
    snnfe_kernels_get()->list_changes(snnfe_spikes_back(inputs, t, back + 1),
                                      snnfe_spikes_back(inputs, t, back), inputs->words, state->on,
                                      state->off, &rows);
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
        .sums = snnfe_convert_sums(state, layer, sums),
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
    return whole ? &state->packed->geometry[layer] : &state->packed->used[layer];
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

void snnfe_step_conv1(snnfe_state *state, const float *input, size_t stride, size_t n_steps,
                      const snnfe_layer_output *out, snnfe_share share)
{
    const snnfe_packed *packed = state->packed;
    const snnfe_lif_run lif = run_of(state, SNNFE_LAYER_CONV1, n_steps, out, share);
    snnfe_kernels_get()->conv_input(geometry_of(state, SNNFE_LAYER_CONV1), input, stride,
                                    packed->conv1_weights, packed->conv1_bias, &lif);
}

void snnfe_step_conv(snnfe_state *state, int32_t layer, const snnfe_spike_rows *below, size_t t,
                     size_t n_steps, const snnfe_layer_output *out, snnfe_share share)
{
    const snnfe_lif_run lif = run_of(state, layer, n_steps, out, share);
    snnfe_kernels_get()->conv_events(
        geometry_of(state, layer), snnfe_spikes_back(below, t, 1), snnfe_spikes_back(below, t, 0),
        state->packed->layers[layer].weights, share.scratch, state->layers[layer].sums, &lif);
}

static void add_dense(snnfe_state *state, int32_t layer, const snnfe_rows *rows)
{
    const size_t width = snnfe_layer_outputs(&state->packed->shape, layer);
    snnfe_kernels_get()->add_rows_i32(state->layers[layer].sums, width,
                                      state->packed->layers[layer].weights, width, rows, 1);
}

const int32_t *snnfe_sum_tc1(snnfe_state *state, const snnfe_spike_rows *conv3, size_t t)
{
    const snnfe_shape *shape = &state->packed->shape;
    const snnfe_packed_layer *p = &state->packed->layers[SNNFE_LAYER_TC1];
    const size_t inputs = shape->layers[SNNFE_LAYER_CONV3].neurons;
    const size_t width = shape->layers[SNNFE_LAYER_TC1].padded;
    int32_t *sums = state->layers[SNNFE_LAYER_TC1].sums;
    for (size_t age = 0; age < 3 && age <= t; age++) {
        const size_t tap = 2 - age;
        /* A tap's bias comes with its first input. */
        if (age == t)
            for (size_t i = 0; i < width; i++)
                sums[i] += p->bias[tap * width + i];
        const snnfe_rows rows = find_dense_events(state, conv3, t, age, tap * inputs * width);
        add_dense(state, SNNFE_LAYER_TC1, &rows);
    }
    return sums;
}

void snnfe_fire_tc1(snnfe_state *state, const int32_t *sums, const snnfe_layer_output *out)
{
    fire(state, SNNFE_LAYER_TC1, sums, out);
}

/* Its own spikes are one step older than tc1's, which count by their number of units. */
static void sum_r1(snnfe_state *state, const snnfe_spike_rows *spikes, size_t t)
{
    const int32_t *units = state->packed->layers[SNNFE_LAYER_R1].spike_units;
    int32_t *sums = state->layers[SNNFE_LAYER_R1].sums;
    snnfe_rows rows = find_dense_events(state, &spikes[SNNFE_LAYER_R1], t, 1, 0);
    add_dense(state, SNNFE_LAYER_R1, &rows);
    rows = find_dense_events(state, &spikes[SNNFE_LAYER_TC1], t, 0, 0);
    for (uint32_t e = 0; e < rows.n_on; e++)
        sums[rows.on[e]] += units[rows.on[e]];
    for (uint32_t e = 0; e < rows.n_off; e++)
        sums[rows.off[e]] -= units[rows.off[e]];
}

static void sum_fc1(snnfe_state *state, const snnfe_spike_rows *spikes, size_t t)
{
    const snnfe_rows rows = find_dense_events(state, &spikes[SNNFE_LAYER_R1], t, 0, 0);
    add_dense(state, SNNFE_LAYER_FC1, &rows);
}

void snnfe_step_upper(snnfe_state *state, int32_t layer, const snnfe_spike_rows *spikes, size_t t,
                      const snnfe_layer_output *out)
{
    if (layer == SNNFE_LAYER_TC1)
        snnfe_sum_tc1(state, &spikes[SNNFE_LAYER_CONV3], t);
    else if (layer == SNNFE_LAYER_R1)
        sum_r1(state, spikes, t);
    else
        sum_fc1(state, spikes, t);
    fire(state, layer, state->layers[layer].sums, out);
}

void snnfe_step_fc2(snnfe_state *state, const snnfe_spike_rows *fc1, size_t t, float weight,
                    float *readout)
{
    const snnfe_rows rows = find_dense_events(state, fc1, t, 0, 0);
    add_dense(state, SNNFE_LAYER_FC2, &rows);
    const int32_t *sums = state->layers[SNNFE_LAYER_FC2].sums;
    const float *scale = state->packed->layers[SNNFE_LAYER_FC2].scale;
    for (size_t c = 0; c < state->packed->shape.n_classes; c++) {
        readout[c] = snnfe_convert_readout(state, (float)sums[c] * scale[c]);
        state->logits[c] += (double)weight * (double)readout[c];
    }
}
