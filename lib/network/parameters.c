#include "network/parameters.h"

#include "base/format.h"
#include "base/philox.h"

#include <math.h>
#include <string.h>

typedef struct table_builder {
    snnfe_parameter *table;
    size_t n;
    size_t n_values;
} table_builder;

static snnfe_parameter *add(table_builder *builder, const char *name, int32_t kind, int32_t layer,
                            size_t fan_in, uint32_t n_dims, const size_t shape[4])
{
    snnfe_parameter *p = &builder->table[builder->n++];
    *p = (snnfe_parameter){.kind = kind,
                           .layer = layer,
                           .n_dims = n_dims,
                           .offset = builder->n_values,
                           .count = 1,
                           .fan_in = fan_in};
    snnfe_format(p->name, sizeof p->name, "%s", name);
    for (uint32_t d = 0; d < n_dims; d++) {
        p->shape[d] = shape[d];
        p->count *= shape[d];
    }
    builder->n_values += p->count;
    return p;
}

static void add_decays(table_builder *builder, const snnfe_shape *shape, const char *suffix)
{
    static const char *const short_names[SNNFE_N_SPIKING] = {"c1", "c2", "c3", "tc1", "r1", "f1"};
    for (int32_t layer = 0; layer < SNNFE_N_SPIKING; layer++) {
        const snnfe_layer_shape *l = &shape->layers[layer];
        char name[SNNFE_PARAMETER_NAME_SIZE];
        snnfe_format(name, sizeof name, "snn.%s_%s", short_names[layer], suffix);
        const uint32_t n_dims = layer <= SNNFE_LAYER_CONV3 ? 4 : 2;
        add(builder, name, SNNFE_PARAMETER_DECAY, layer, 0, n_dims,
            (size_t[4]){1, l->channels, l->rows, l->columns});
    }
}

static void add_synapses(table_builder *builder, const snnfe_shape *shape, const char *prefix,
                         int32_t layer, size_t in, bool bias)
{
    const bool conv = layer <= SNNFE_LAYER_CONV3;
    const size_t out = layer == SNNFE_LAYER_FC2 ? shape->n_classes : shape->layers[layer].channels;
    char name[SNNFE_PARAMETER_NAME_SIZE];
    snnfe_format(name, sizeof name, "%s.weight", prefix);
    add(builder, name, SNNFE_PARAMETER_WEIGHT, layer, shape->fan_in[layer], conv ? 4 : 2,
        (size_t[4]){out, in, 3, 3});
    if (!bias)
        return;
    snnfe_format(name, sizeof name, "%s.bias", prefix);
    add(builder, name, SNNFE_PARAMETER_BIAS, layer, shape->fan_in[layer], 1, (size_t[4]){out});
}

size_t snnfe_parameters_fill(snnfe_parameter *table, const snnfe_shape *shape)
{
    table_builder builder = {.table = table};
    add_decays(&builder, shape, "vdecay");
    add_decays(&builder, shape, "cdecay");
    add(&builder, "snn.ts_weights", SNNFE_PARAMETER_TIME_WEIGHT, SNNFE_LAYER_FC2, 0, 1,
        (size_t[4]){shape->n_steps});

    const snnfe_layer_shape *l = shape->layers;
    add_synapses(&builder, shape, "snn.conv1.psp_func", SNNFE_LAYER_CONV1, 1, true);
    add_synapses(&builder, shape, "snn.conv2.psp_func", SNNFE_LAYER_CONV2,
                 l[SNNFE_LAYER_CONV1].channels, true);
    add_synapses(&builder, shape, "snn.conv3.psp_func", SNNFE_LAYER_CONV3,
                 l[SNNFE_LAYER_CONV2].channels, true);
    static const char *const taps[3] = {"snn.temp_conv1.psp_func_list.0",
                                        "snn.temp_conv1.psp_func_list.1",
                                        "snn.temp_conv1.psp_func_list.2"};
    for (int tap = 0; tap < 3; tap++)
        add_synapses(&builder, shape, taps[tap], SNNFE_LAYER_TC1, shape->fan_in[SNNFE_LAYER_TC1],
                     true);
    add_synapses(&builder, shape, "snn.rec1.rec_func", SNNFE_LAYER_R1, shape->n_hidden, true);
    add_synapses(&builder, shape, "snn.fc1.psp_func", SNNFE_LAYER_FC1, shape->n_hidden, true);
    add_synapses(&builder, shape, "snn.fc2", SNNFE_LAYER_FC2, shape->n_hidden, false);
    return builder.n_values;
}

void snnfe_parameter_initialize(const snnfe_parameter *p, size_t index,
                                const snnfe_network_options *options, uint64_t seed, float *values)
{
    if (p->kind == SNNFE_PARAMETER_DECAY) {
        const float decay =
            index >= SNNFE_P_CURRENT_DECAY ? options->current_decay : options->voltage_decay;
        for (size_t i = 0; i < p->count; i++)
            values[i] = decay;
        return;
    }
    if (p->kind == SNNFE_PARAMETER_TIME_WEIGHT) {
        for (size_t i = 0; i < p->count; i++)
            values[i] = 1.0F / (float)p->count;
        return;
    }
    const float bound = 1.0F / sqrtf((float)p->fan_in);
    snnfe_stream stream = snnfe_stream_make(seed, SNNFE_STREAM_INITIAL_WEIGHTS, index);
    for (size_t i = 0; i < p->count; i++)
        values[i] = bound * (2.0F * snnfe_stream_float(&stream) - 1.0F);
}

const char *snnfe_layer_name(int32_t layer)
{
    static const char *const names[SNNFE_N_LAYERS] = {"conv1", "conv2", "conv3", "tc1",
                                                      "r1",    "fc1",   "fc2"};
    return layer >= 0 && layer < SNNFE_N_LAYERS ? names[layer] : NULL;
}

static int32_t layer_named(const char *name)
{
    for (int32_t layer = 0; layer < SNNFE_N_LAYERS; layer++)
        if (strcmp(snnfe_layer_name(layer), name) == 0)
            return layer;
    return -1;
}

static bool stands_for(const char *name, const snnfe_parameter *p)
{
    if (strcmp(name, "*") == 0)
        return true;
    if (layer_named(name) >= 0)
        return p->layer == layer_named(name) && p->kind != SNNFE_PARAMETER_TIME_WEIGHT;
    const size_t length = strlen(name);
    return strncmp(p->name, name, length) == 0 &&
           (p->name[length] == '\0' || p->name[length] == '.');
}

snnfe_status snnfe_network_select(const snnfe_network *network, const char *name,
                                  void (*visit)(size_t index, void *context), void *context)
{
    bool any = false;
    for (size_t i = 0; i < network->n_parameters; i++) {
        if (!stands_for(name, &network->parameters[i]))
            continue;
        any = true;
        if (visit)
            visit(i, context);
    }
    if (!any)
        return snnfe_fail(SNNFE_ERR_NOT_FOUND, "no parameter or layer is named \"%s\"", name);
    return SNNFE_OK;
}
