/* From the order of the checkpoints to the order of the kernels and back. */
#include "network/gradients.h"

size_t snnfe_layer_taps(int32_t layer)
{
    if (layer <= SNNFE_LAYER_CONV3)
        return 9;
    return layer == SNNFE_LAYER_TC1 ? 3 : 1;
}

size_t snnfe_layer_outputs(const snnfe_shape *shape, int32_t layer)
{
    return layer == SNNFE_LAYER_FC2 ? snnfe_padded(shape->n_classes) : shape->layers[layer].padded;
}

/* Where the weights of one input lie: canonical index = out * fan_in + place * step + start. */
typedef struct weight_order {
    size_t n_out;    /* output channels of the configuration */
    size_t stride;   /* padded ones */
    size_t fan_in;   /* canonical values of an output */
    size_t n_inputs; /* inputs of the configuration, in canonical order */
    size_t tables;   /* taps of a stencil */
    size_t padded_inputs;
    size_t positions, channels, padded; /* of the input layer where its neurons are inputs */
} weight_order;

static weight_order order_of(const snnfe_shape *shape, int32_t layer)
{
    const snnfe_layer_shape *conv3 = &shape->layers[SNNFE_LAYER_CONV3];
    weight_order o = {.n_out = layer == SNNFE_LAYER_FC2 ? shape->n_classes
                                                        : shape->layers[layer].channels,
                      .stride = snnfe_layer_outputs(shape, layer),
                      .fan_in = shape->fan_in[layer],
                      .tables = layer <= SNNFE_LAYER_CONV3 ? 9 : 1,
                      .padded_inputs = shape->inputs[layer],
                      .positions = 1};
    o.n_inputs = o.fan_in / o.tables;
    if (layer == SNNFE_LAYER_TC1)
        o.positions = conv3->positions;
    o.channels = o.n_inputs / o.positions;
    o.padded = o.padded_inputs / o.positions;
    return o;
}

/* Row of the packed tables that holds canonical input `i`. */
static size_t packed_row(const weight_order *o, size_t i)
{
    return i % o->positions * o->padded + i / o->positions;
}

/* Both orders are walked few outputs at a time, so that all their rows stay in the cache. */
#define OUTPUTS_AT_ONCE ((size_t)16)

static size_t end_of(size_t first, size_t n_out)
{
    return n_out - first < OUTPUTS_AT_ONCE ? n_out : first + OUTPUTS_AT_ONCE;
}

static void transpose_outputs(const weight_order *o, size_t first, const float *weights, float *out)
{
    const size_t end = end_of(first, o->n_out);
    for (size_t i = 0; i < o->n_inputs; i++)
        for (size_t table = 0; table < o->tables; table++) {
            float *row = out + (table * o->padded_inputs + packed_row(o, i)) * o->stride;
            const float *source = weights + i * o->tables + table;
            for (size_t c = first; c < end; c++)
                row[c] = source[c * o->fan_in];
        }
}

/* Table of tap `tap`, where a layer has taps. */
static size_t table_offset(const weight_order *o, int32_t layer, size_t tap)
{
    return layer == SNNFE_LAYER_TC1 ? tap * o->padded_inputs * o->stride : 0;
}

void snnfe_weights_to_panels(const snnfe_shape *shape, int32_t layer, size_t tap,
                             const float *weights, float *out)
{
    const weight_order o = order_of(shape, layer);
    float *tables = out + table_offset(&o, layer, tap);
    for (size_t c = 0; c < o.n_out; c++)
        for (size_t i = 0; i < o.n_inputs; i++) {
            float *place = tables + snnfe_panel_place(o.stride, c, packed_row(&o, i));
            for (size_t table = 0; table < o.tables; table++)
                place[table * o.stride * o.padded_inputs] =
                    weights[c * o.fan_in + i * o.tables + table];
        }
}

void snnfe_weights_by_output(const snnfe_shape *shape, const float *weights, float *out)
{
    const weight_order o = order_of(shape, SNNFE_LAYER_CONV2);
    for (size_t c = 0; c < o.n_out; c++)
        for (size_t i = 0; i < o.n_inputs; i++)
            for (size_t tap = 0; tap < 9; tap++)
                out[(tap * o.stride + c) * o.padded_inputs + i] =
                    weights[c * o.fan_in + i * 9 + tap];
}

/* Shards are fetched from memory this many inputs before they are added: one after the other they
   would each be waited for. */
#define INPUTS_AHEAD 4

/* All shards go into a value before the next, since its place in a tensor is far from the last. */
static void gather_outputs(const weight_order *o, size_t first, const snnfe_gradients *shards,
                           size_t n_shards, size_t offset, float factor, float *weights)
{
    const size_t n = end_of(first, o->n_out) - first;
    for (size_t i = 0; i < o->n_inputs; i++)
        for (size_t table = 0; table < o->tables; table++) {
            const size_t row = (table * o->padded_inputs + packed_row(o, i)) * o->stride + first;
            float *target = weights + first * o->fan_in + i * o->tables + table;
            float sums[OUTPUTS_AT_ONCE] = {0};
            for (size_t c = 0; c < n; c++)
                sums[c] = target[c * o->fan_in];
            const size_t later = i + INPUTS_AHEAD < o->n_inputs ? INPUTS_AHEAD * o->stride : 0;
            for (size_t shard = 0; shard < n_shards; shard++) {
                const float *values = shards[shard].memory + offset + row;
                snnfe_prefetch_to_read(values + later);
                for (size_t c = 0; c < OUTPUTS_AT_ONCE; c++)
                    sums[c] += factor * values[c];
            }
            for (size_t c = 0; c < n; c++)
                target[c * o->fan_in] = sums[c];
        }
}

void snnfe_weights_transpose(const snnfe_shape *shape, int32_t layer, size_t tap,
                             const float *weights, float *out)
{
    const weight_order o = order_of(shape, layer);
    for (size_t first = 0; first < o.n_out; first += OUTPUTS_AT_ONCE)
        transpose_outputs(&o, first, weights, out + table_offset(&o, layer, tap));
}

void snnfe_weights_gather(const snnfe_shape *shape, int32_t layer, size_t tap,
                          const snnfe_gradients *shards, size_t n_shards, size_t offset,
                          float factor, size_t part, size_t n_parts, float *weights)
{
    const weight_order o = order_of(shape, layer);
    const size_t n_blocks = (o.n_out + OUTPUTS_AT_ONCE - 1) / OUTPUTS_AT_ONCE;
    const size_t end = (part + 1) * n_blocks / n_parts * OUTPUTS_AT_ONCE;
    for (size_t first = part * n_blocks / n_parts * OUTPUTS_AT_ONCE; first < end && first < o.n_out;
         first += OUTPUTS_AT_ONCE)
        gather_outputs(&o, first, shards, n_shards, offset + table_offset(&o, layer, tap), factor,
                       weights);
}

void snnfe_neurons_transpose(const snnfe_layer_shape *layer, const float *values, float *out)
{
    for (size_t p = 0; p < layer->positions; p++)
        for (size_t c = 0; c < layer->channels; c++)
            out[p * layer->padded + c] = values[c * layer->positions + p];
}

void snnfe_neurons_gather(const snnfe_layer_shape *layer, const float *packed, float *values)
{
    for (size_t p = 0; p < layer->positions; p++)
        for (size_t c = 0; c < layer->channels; c++)
            values[c * layer->positions + p] += packed[p * layer->padded + c];
}
