#include "network/shape.h"
#include "base/check.h"
#include "base/limits.h"

static snnfe_status check_options(const snnfe_network_options *o)
{
    static const char struct_name[] = "snnfe_network_options";
    SNNFE_TRY(snnfe_check_count(struct_name, ".n_rows", o->n_rows, 10, 64));
    SNNFE_TRY(snnfe_check_count(struct_name, ".n_columns", o->n_columns, 10, 64));
    SNNFE_TRY(snnfe_check_count(struct_name, ".n_steps", o->n_steps, 1, 65535 - 2));
    SNNFE_TRY(snnfe_check_count(struct_name, ".conv1_channels", o->conv1_channels, 1, 1024));
    SNNFE_TRY(snnfe_check_count(struct_name, ".conv2_channels", o->conv2_channels, 1, 1024));
    SNNFE_TRY(snnfe_check_count(struct_name, ".conv3_channels", o->conv3_channels, 1, 1024));
    SNNFE_TRY(snnfe_check_count(struct_name, ".n_hidden", o->n_hidden, 1, 4096));
    SNNFE_TRY(snnfe_check_count(struct_name, ".n_classes", o->n_classes, 2, SNNFE_MAX_CLASSES));
    SNNFE_TRY(snnfe_check_number(struct_name, ".current_decay", (double)o->current_decay, 0, 1));
    SNNFE_TRY(snnfe_check_number(struct_name, ".voltage_decay", (double)o->voltage_decay, 0, 1));
    SNNFE_TRY(snnfe_check_number(struct_name, ".threshold", (double)o->threshold, 0, (double)1e6F));
    SNNFE_TRY(snnfe_check_number(struct_name, ".surrogate_width", (double)o->surrogate_width,
                                 (double)1e-6F, (double)1e6F));
    SNNFE_TRY(snnfe_check_number(struct_name, ".surrogate_height", (double)o->surrogate_height,
                                 (double)1e-6F, (double)1e6F));
    SNNFE_TRY(snnfe_check_number(struct_name, ".adaptive_step", (double)o->adaptive_step, 0,
                                 (double)1e6F));
    SNNFE_TRY(snnfe_check_number(struct_name, ".adaptive_decay", (double)o->adaptive_decay, 0, 1));
    SNNFE_TRY(snnfe_check_number(struct_name, ".adaptive_floor", (double)o->adaptive_floor, 0,
                                 (double)1e6F));
    SNNFE_TRY(snnfe_check_number(struct_name, ".dropout", (double)o->dropout, 0, (double)0.999F));
    if (o->column_bits != 0)
        SNNFE_TRY(snnfe_check_count(struct_name, ".column_bits", o->column_bits, 2, 24));
    return snnfe_check_number(struct_name, ".column_range", (double)o->column_range, (double)1e-6F,
                              1);
}

static void set_layer(snnfe_layer_shape *layer, uint32_t rows, uint32_t columns, size_t channels)
{
    layer->rows = rows;
    layer->columns = columns;
    layer->positions = (size_t)rows * columns;
    layer->channels = channels;
    layer->padded = snnfe_padded(channels);
    layer->neurons = layer->positions * layer->padded;
    layer->words = layer->neurons / SNNFE_BLOCK;
}

/* Neuron indices of a layer travel as 16-bit row numbers through the event kernels. */
static snnfe_status check_index_width(const snnfe_shape *shape)
{
    const size_t n = shape->layers[SNNFE_LAYER_CONV3].neurons;
    if (n > UINT16_MAX + 1u)
        return snnfe_fail(SNNFE_ERR_ARGUMENT,
                          "snnfe_network_options: grid and conv3_channels give conv3 %zu neurons, "
                          "more than 65536",
                          n);
    return SNNFE_OK;
}

snnfe_status snnfe_shape_make(snnfe_shape *shape, const snnfe_network_options *o)
{
    SNNFE_TRY(check_options(o));
    *shape = (snnfe_shape){.n_steps = o->n_steps,
                           .n_hidden = o->n_hidden,
                           .n_classes = o->n_classes,
                           .grid_positions = (size_t)o->n_rows * o->n_columns};
    snnfe_layer_shape *layers = shape->layers;
    set_layer(&layers[SNNFE_LAYER_CONV1], o->n_rows - 2, o->n_columns - 2, o->conv1_channels);
    set_layer(&layers[SNNFE_LAYER_CONV2], o->n_rows - 4, o->n_columns - 4, o->conv2_channels);
    shape->pool_rows = (o->n_rows - 4) / 2;
    shape->pool_columns = (o->n_columns - 4) / 2;
    shape->pool_positions = (size_t)shape->pool_rows * shape->pool_columns;
    set_layer(&layers[SNNFE_LAYER_CONV3], shape->pool_rows - 2, shape->pool_columns - 2,
              o->conv3_channels);
    set_layer(&layers[SNNFE_LAYER_TC1], 1, 1, o->n_hidden);
    set_layer(&layers[SNNFE_LAYER_R1], 1, 1, o->n_hidden);
    set_layer(&layers[SNNFE_LAYER_FC1], 1, 1, o->n_hidden);

    const size_t hidden = snnfe_padded(o->n_hidden);
    const size_t inputs[SNNFE_N_LAYERS] = {1,
                                           layers[SNNFE_LAYER_CONV1].padded,
                                           layers[SNNFE_LAYER_CONV2].padded,
                                           layers[SNNFE_LAYER_CONV3].neurons,
                                           hidden,
                                           hidden,
                                           hidden};
    const size_t fan_in[SNNFE_N_LAYERS] = {9,
                                           9 * (size_t)o->conv1_channels,
                                           9 * (size_t)o->conv2_channels,
                                           layers[SNNFE_LAYER_CONV3].positions * o->conv3_channels,
                                           o->n_hidden,
                                           o->n_hidden,
                                           o->n_hidden};
    for (int layer = 0; layer < SNNFE_N_LAYERS; layer++) {
        shape->inputs[layer] = inputs[layer];
        shape->fan_in[layer] = fan_in[layer];
    }
    return check_index_width(shape);
}
