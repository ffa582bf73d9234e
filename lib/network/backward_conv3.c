/* The gradient of conv3's weights, from the events of the pooled neurons of conv2. */
#include "network/backward_internal.h"

#include <string.h>

/* What conv3's weights are summed from: suffixes of all channels, or, where many channels have no
   gradient, of the others alone, closer together. */
typedef struct suffix_table {
    const float *values; /* [n_steps][outputs][width] */
    size_t width;
    const snnfe_terms *channels; /* of the columns; NULL: all */
    float *sums;                 /* [width] */
    size_t n_channels;           /* of conv3, padded */
} suffix_table;

static void keep_columns(const snnfe_backward *b, size_t n_rows, size_t n_channels, size_t width)
{
    const float *all = b->upper[SNNFE_LAYER_CONV3].suffix;
    for (size_t row = 0; row < n_rows; row++) {
        float *kept = b->spike_gradient + row * width;
        memset(kept, 0, width * sizeof *kept);
        for (size_t e = 0; e < b->terms.n; e++)
            kept[e] = all[row * n_channels + b->terms.list[e]];
    }
}

/* The columns that are kept lie in `spike_gradient`, which has done its work. */
static suffix_table conv3_suffixes(snnfe_backward *b)
{
    const snnfe_drive_gradients *conv3 = &b->upper[SNNFE_LAYER_CONV3];
    const snnfe_conv_geometry *g = &b->packed->geometry[2];
    const size_t n_channels = g->out_channels;
    const size_t n_rows = b->packed->shape.n_steps * g->out_rows * g->out_columns;
    snnfe_terms_find(&b->terms, conv3->drive, n_rows, n_channels, n_channels);
    const size_t width = snnfe_padded(b->terms.n);
    if (width >= n_channels)
        return (suffix_table){
            .values = conv3->suffix, .width = n_channels, .n_channels = n_channels};
    keep_columns(b, n_rows, n_channels, width);
    return (suffix_table){b->spike_gradient, width, &b->terms, b->voltage_gradient, n_channels};
}

static void add_rows(const suffix_table *table, size_t output, size_t n_outputs,
                     const snnfe_rows rows[4], float *weight_gradients)
{
    const snnfe_kernels *k = snnfe_kernels_get();
    const float *values = table->values + output * table->width;
    const size_t stride = n_outputs * table->width;
    if (!table->channels) {
        k->add_rows_f32(weight_gradients, table->width, values, stride, rows, 4);
        return;
    }
    /* The row's values come while the suffixes are summed. */
    for (size_t c = 0; c < table->n_channels; c += SNNFE_STRIP)
        snnfe_prefetch(weight_gradients + c);
    memset(table->sums, 0, table->width * sizeof *table->sums);
    k->add_rows_f32(table->sums, table->width, values, stride, rows, 4);
    for (size_t e = 0; e < table->channels->n; e++)
        weight_gradients[table->channels->list[e]] += table->sums[e];
}

/* Weights of conv3 for one channel of one pooled position, whose four neurons' events are given. */
static void conv3_weights_of(const snnfe_backward *b, const suffix_table *table, size_t pool,
                             size_t channel, const snnfe_rows rows[4], float *weight_gradients)
{
    const snnfe_conv_geometry *g = &b->packed->geometry[2];
    for (size_t tap = 0; tap < 9; tap++)
        if (g->taps[pool] >> tap & 1)
            add_rows(table, snnfe_conv_output(g, pool, tap), (size_t)g->out_rows * g->out_columns,
                     rows, weight_gradients + (tap * g->in_channels + channel) * g->out_channels);
}

void snnfe_conv3_weights(snnfe_backward *b, const snnfe_trial *trial, float *weight_gradients)
{
    const snnfe_shape *shape = &b->packed->shape;
    const snnfe_layer_shape *conv2 = &shape->layers[SNNFE_LAYER_CONV2];
    const size_t blocks = conv2->padded / SNNFE_BLOCK;
    const suffix_table table = conv3_suffixes(b);
    for (size_t pool = 0; pool < shape->pool_positions; pool++)
        for (size_t block = 0; block < blocks; block++) {
            for (size_t corner = 0; corner < 4; corner++) {
                const size_t row = 2 * (pool / shape->pool_columns) + corner / 2;
                const size_t column = 2 * (pool % shape->pool_columns) + corner % 2;
                snnfe_event_times(b, trial, SNNFE_LAYER_CONV2,
                                  (row * conv2->columns + column) * blocks + block, corner);
            }
            for (size_t bit = 0; bit < 64; bit++) {
                snnfe_rows rows[4];
                for (size_t corner = 0; corner < 4; corner++)
                    rows[corner] = snnfe_event_rows(b, bit, corner);
                conv3_weights_of(b, &table, pool, block * SNNFE_BLOCK + bit, rows,
                                 weight_gradients);
            }
        }
}
