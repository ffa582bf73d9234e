#include "network/packed.h"

#include "base/memory.h"

#include <math.h>
#include <string.h>

static snnfe_status create_geometry(snnfe_packed *packed)
{
    const snnfe_shape *s = &packed->shape;
    const snnfe_layer_shape *l = s->layers;
    packed->geometry[0] = (snnfe_conv_geometry){
        .in_rows = l[0].rows + 2, .in_columns = l[0].columns + 2, .in_channels = 1};
    packed->geometry[1] = (snnfe_conv_geometry){
        .in_rows = l[0].rows, .in_columns = l[0].columns, .in_channels = (uint32_t)l[0].padded};
    packed->geometry[2] = (snnfe_conv_geometry){.in_rows = s->pool_rows,
                                                .in_columns = s->pool_columns,
                                                .in_channels = (uint32_t)l[1].padded};
    for (int i = 0; i < 3; i++) {
        snnfe_conv_geometry *g = &packed->geometry[i];
        g->out_rows = g->used_rows = l[i].rows;
        g->out_columns = g->used_columns = l[i].columns;
        g->out_channels = (uint32_t)l[i].padded;
        g->pool = i == 2 ? 2 : 1;
        g->source_columns = i > 0 ? l[i - 1].columns : 0;
        g->source_words = i > 0 ? l[i - 1].words : 0;
        g->n_words = snnfe_conv_words(g);
    }
    for (uint32_t i = 0; i < 2; i++) {
        packed->used[i] = packed->geometry[i];
        packed->used[i].used_rows = 2 * s->pool_rows + 2 * (1 - i);
        packed->used[i].used_columns = 2 * s->pool_columns + 2 * (1 - i);
    }
    for (int i = 0; i < 5; i++) {
        snnfe_conv_geometry *g = i < 3 ? &packed->geometry[i] : &packed->used[i - 3];
        packed->taps[i] = snnfe_alloc(g->n_words * 64, sizeof(uint16_t));
        packed->origin[i] = snnfe_alloc(g->n_words * 64, sizeof(uint16_t));
        if (!packed->taps[i] || !packed->origin[i])
            return SNNFE_ERR_MEMORY;
        snnfe_conv_fill_maps(g, packed->taps[i], packed->origin[i]);
    }
    return SNNFE_OK;
}

/* Whether the weights of a layer are kept in strips, as conv_events() takes them. */
static bool in_strips(int32_t layer)
{
    return layer == SNNFE_LAYER_CONV2 || layer == SNNFE_LAYER_CONV3;
}

static snnfe_status create_layer(snnfe_packed *packed, int32_t layer)
{
    const snnfe_shape *shape = &packed->shape;
    snnfe_packed_layer *p = &packed->layers[layer];
    const size_t outputs = snnfe_layer_outputs(shape, layer);
    if (layer < SNNFE_N_SPIKING) {
        p->current_decay = snnfe_alloc(shape->layers[layer].neurons, sizeof(float));
        p->voltage_decay = snnfe_alloc(shape->layers[layer].neurons, sizeof(float));
        if (!p->current_decay || !p->voltage_decay)
            return SNNFE_ERR_MEMORY;
    }
    if (layer == SNNFE_LAYER_CONV1) {
        packed->conv1_weights = snnfe_alloc(9 * outputs, sizeof(float));
        packed->conv1_bias = snnfe_alloc(outputs, sizeof(float));
        return packed->conv1_weights && packed->conv1_bias ? SNNFE_OK : SNNFE_ERR_MEMORY;
    }
    const size_t n_rows = in_strips(layer) ? snnfe_strip_rows(shape->inputs[layer])
                                           : snnfe_layer_taps(layer) * shape->inputs[layer];
    p->weights = snnfe_alloc(n_rows * outputs, sizeof(int32_t));
    p->bias = snnfe_alloc((layer == SNNFE_LAYER_TC1 ? 3 : 1) * outputs, sizeof(int32_t));
    p->scale = snnfe_alloc(outputs, sizeof(float));
    if (layer == SNNFE_LAYER_R1)
        p->spike_units = snnfe_alloc(outputs, sizeof(int32_t));
    if (!p->weights || !p->bias || !p->scale || (layer == SNNFE_LAYER_R1 && !p->spike_units))
        return SNNFE_ERR_MEMORY;
    return SNNFE_OK;
}

snnfe_status snnfe_packed_create(snnfe_packed **out, const snnfe_shape *shape)
{
    snnfe_packed *packed = snnfe_alloc(1, sizeof *packed);
    if (!packed)
        return SNNFE_ERR_MEMORY;
    packed->shape = *shape;
    snnfe_status status = create_geometry(packed);
    for (int32_t layer = 0; status == SNNFE_OK && layer < SNNFE_N_LAYERS; layer++)
        status = create_layer(packed, layer);
    if (status != SNNFE_OK) {
        snnfe_packed_free(packed);
        return status;
    }
    *out = packed;
    return SNNFE_OK;
}

void snnfe_packed_free(snnfe_packed *packed)
{
    if (!packed)
        return;
    for (int i = 0; i < 5; i++) {
        snnfe_release(packed->taps[i]);
        snnfe_release(packed->origin[i]);
    }
    for (int32_t layer = 0; layer < SNNFE_N_LAYERS; layer++) {
        snnfe_packed_layer *p = &packed->layers[layer];
        snnfe_release(p->weights);
        snnfe_release(p->bias);
        snnfe_release(p->scale);
        snnfe_release(p->spike_units);
        snnfe_release(p->current_decay);
        snnfe_release(p->voltage_decay);
    }
    snnfe_release(packed->conv1_weights);
    snnfe_release(packed->conv1_bias);
    snnfe_release(packed);
}

/* One weight tensor and its bias: tc1 has three of each. */
typedef struct tensor_pair {
    const float *weight;
    const float *bias; /* NULL for fc2 */
} tensor_pair;

static size_t tensors_of(const snnfe_network *network, int32_t layer, tensor_pair pairs[3])
{
    static const size_t first[SNNFE_N_LAYERS] = {
        SNNFE_P_CONV1_WEIGHT, SNNFE_P_CONV2_WEIGHT, SNNFE_P_CONV3_WEIGHT, SNNFE_P_TC1_WEIGHT,
        SNNFE_P_R1_WEIGHT,    SNNFE_P_FC1_WEIGHT,   SNNFE_P_FC2_WEIGHT};
    const size_t n = layer == SNNFE_LAYER_TC1 ? 3 : 1;
    for (size_t tap = 0; tap < n; tap++) {
        pairs[tap].weight = snnfe_values_of(network, first[layer] + 2 * tap);
        pairs[tap].bias =
            layer == SNNFE_LAYER_FC2 ? NULL : snnfe_values_of(network, first[layer] + 2 * tap + 1);
    }
    return n;
}

/* Units per value of output `c`: the largest power of two with which no sum of some of its weights
   and biases leaves the integers. A sum counts each weight once at most, so the positive ones
   together and the negative ones together are its bounds. False for an output with a value that is
   not finite, as a step may leave behind: it counts as 0, and saving refuses it. */
static bool find_exponent(const tensor_pair *pairs, size_t n_pairs, size_t c, size_t fan_in,
                          double input, int *exponent)
{
    const snnfe_kernels *k = snnfe_kernels_get();
    double sum = input, magnitude = input;
    for (size_t tap = 0; tap < n_pairs; tap++) {
        k->add_up(pairs[tap].weight + c * fan_in, fan_in, &sum, &magnitude);
        if (pairs[tap].bias)
            k->add_up(pairs[tap].bias + c, 1, &sum, &magnitude);
    }
    const double largest = (magnitude + fabs(sum)) / 2;
    if (!isfinite(largest))
        return false;
    /* The rounding of each weight may add half a unit. */
    frexp(largest * (1 + 1e-5), exponent);
    *exponent = largest > 0 && *exponent > -90 ? 31 - *exponent : 120;
    return true;
}

static int32_t units(double value, double units_per_value)
{
    return units_per_value > 0 ? (int32_t)rint(value * units_per_value) : 0;
}

#define OUTPUTS_AT_ONCE ((size_t)SNNFE_STRIP)

/* Outputs first…end-1 of a tensor. Few at a time, so that their rows of the network and of the
   tables both stay in the cache. */
static void pack_outputs(const snnfe_packed *packed, int32_t layer, size_t tap, size_t first,
                         size_t end, const tensor_pair *pair, const double *units_per_value)
{
    const snnfe_shape *shape = &packed->shape;
    const snnfe_packed_layer *p = &packed->layers[layer];
    const size_t outputs = snnfe_layer_outputs(shape, layer);
    const size_t tables = layer <= SNNFE_LAYER_CONV3 ? 9 : 1;
    const size_t fan_in = shape->fan_in[layer], n_inputs = fan_in / tables;
    const size_t positions =
        layer == SNNFE_LAYER_TC1 ? shape->layers[SNNFE_LAYER_CONV3].positions : 1;
    const size_t padded = shape->inputs[layer] / positions;
    const snnfe_kernels *k = snnfe_kernels_get();
    bool finite = true;
    for (size_t c = first; c < end; c++)
        finite &= units_per_value[c - first] > 0;
    for (size_t i = 0; i < n_inputs; i++) {
        const size_t row = i % positions * padded + i / positions;
        for (size_t table = 0; table < tables; table++) {
            const float *w = pair->weight + i * tables + table;
            const size_t at = in_strips(layer)
                                  ? (first / SNNFE_STRIP * snnfe_strip_rows(padded) +
                                     snnfe_strip_row(padded, table, row)) *
                                        SNNFE_STRIP
                                  : ((table + tap) * shape->inputs[layer] + row) * outputs + first;
            if (finite)
                k->round_units(w + first * fan_in, fan_in, units_per_value, end - first,
                               p->weights + at);
            for (size_t c = first; !finite && c < end; c++)
                p->weights[at + c - first] =
                    units((double)w[c * fan_in], units_per_value[c - first]);
        }
    }
    for (size_t c = first; pair->bias && c < end; c++)
        p->bias[tap * outputs + c] = units((double)pair->bias[c], units_per_value[c - first]);
}

static size_t outputs_of(const snnfe_shape *shape, int32_t layer)
{
    return layer == SNNFE_LAYER_FC2 ? shape->n_classes : shape->layers[layer].channels;
}

/* Weights and biases of outputs first… of a layer, as many as go at once. */
static void pack_fixed_point(const snnfe_network *network, int32_t layer, size_t first)
{
    const snnfe_shape *shape = &network->packed->shape;
    snnfe_packed_layer *p = &network->packed->layers[layer];
    tensor_pair pairs[3];
    const size_t n_pairs = tensors_of(network, layer, pairs);
    const double input = layer == SNNFE_LAYER_R1 ? 1.0 : 0.0;
    /* A sum of conv3 counts each pooled spike four times. */
    const int quarters = layer == SNNFE_LAYER_CONV3 ? 2 : 0;
    const size_t left = outputs_of(shape, layer) - first;
    const size_t end = first + (left < OUTPUTS_AT_ONCE ? left : OUTPUTS_AT_ONCE);
    double units_per_value[OUTPUTS_AT_ONCE];
    for (size_t c = first; c < end; c++) {
        int exponent = 0;
        const bool finite =
            find_exponent(pairs, n_pairs, c, shape->fan_in[layer], input, &exponent);
        units_per_value[c - first] = finite ? ldexp(1.0, exponent - quarters) : 0;
        p->scale[c] = (float)ldexp(1.0, -exponent);
        if (p->spike_units)
            p->spike_units[c] = units(1.0, units_per_value[c - first]);
    }
    for (size_t tap = 0; tap < n_pairs; tap++)
        pack_outputs(network->packed, layer, tap, first, end, &pairs[tap], units_per_value);
    for (size_t c = first; quarters && c < end; c++)
        p->bias[c] = units((double)pairs[0].bias[c], 4 * units_per_value[c - first]);
}

static void pack_decays(const snnfe_network *network, int32_t layer)
{
    const snnfe_packed_layer *p = &network->packed->layers[layer];
    const snnfe_layer_shape *shape = &network->packed->shape.layers[layer];
    const size_t l = (size_t)layer;
    snnfe_neurons_transpose(shape, snnfe_values_of(network, SNNFE_P_CURRENT_DECAY + l),
                            p->current_decay);
    snnfe_neurons_transpose(shape, snnfe_values_of(network, SNNFE_P_VOLTAGE_DECAY + l),
                            p->voltage_decay);
}

static void pack_conv1(const snnfe_network *network)
{
    const snnfe_packed *packed = network->packed;
    snnfe_weights_transpose(&packed->shape, SNNFE_LAYER_CONV1, 0,
                            snnfe_values_of(network, SNNFE_P_CONV1_WEIGHT), packed->conv1_weights);
    memcpy(packed->conv1_bias, snnfe_values_of(network, SNNFE_P_CONV1_BIAS),
           packed->shape.layers[SNNFE_LAYER_CONV1].channels * sizeof(float));
}

typedef struct packing {
    const snnfe_network *network;
    int32_t layer;
} packing;

/* The decays of a layer, or some of its outputs. */
static snnfe_status pack_part(void *context, size_t part, uint32_t worker)
{
    (void)worker;
    const packing *p = context;
    if (part > 0 && p->layer == SNNFE_LAYER_CONV1)
        pack_conv1(p->network);
    else if (part > 0)
        pack_fixed_point(p->network, p->layer, (part - 1) * OUTPUTS_AT_ONCE);
    else if (p->layer < SNNFE_N_SPIKING)
        pack_decays(p->network, p->layer);
    return SNNFE_OK;
}

static void pack_layer(const snnfe_network *network, int32_t layer, snnfe_pool *pool)
{
    packing p = {network, layer};
    const size_t n_outputs = outputs_of(&network->packed->shape, layer);
    const size_t n_parts =
        layer == SNNFE_LAYER_CONV1 ? 2 : 1 + (n_outputs + OUTPUTS_AT_ONCE - 1) / OUTPUTS_AT_ONCE;
    if (pool) {
        (void)snnfe_pool_run(pool, n_parts, pack_part, &p, NULL, NULL);
        return;
    }
    for (size_t part = 0; part < n_parts; part++)
        (void)pack_part(&p, part, 0);
}

void snnfe_network_refresh(snnfe_network *network, uint32_t layer_mask)
{
    snnfe_network_refresh_on(network, layer_mask, NULL);
}

void snnfe_network_refresh_on(snnfe_network *network, uint32_t layer_mask, snnfe_pool *pool)
{
    for (int32_t layer = 0; layer < SNNFE_N_LAYERS; layer++)
        if (layer_mask & (1u << layer))
            pack_layer(network, layer, pool);
    const uint32_t convolutions =
        1u << SNNFE_LAYER_CONV1 | 1u << SNNFE_LAYER_CONV2 | 1u << SNNFE_LAYER_CONV3;
    if (layer_mask & convolutions)
        network->packed->conv_revision++;
    if (layer_mask & 1u << SNNFE_LAYER_TC1)
        network->packed->tc1_revision++;
}
