/* conv2 and conv1 go back in time a few steps at a time: conv2's gradients of a step are in the
   cache until they are at the points of their tiles; the steps' rows together make products large
   enough for BLAS, from which conv1's neurons go on. */
#include "kernels/blas.h"
#include "network/backward_internal.h"

#include <string.h>

/* Bits [position][channel word] of a conv1 row, transposed to [channel][position word]. */
static void transpose_positions(const snnfe_backward *b, const uint64_t *bits, uint64_t *columns)
{
    const snnfe_layer_shape *conv1 = &b->packed->shape.layers[SNNFE_LAYER_CONV1];
    const size_t blocks = conv1->padded / SNNFE_BLOCK, n_words = b->packed->geometry[1].n_words;
    for (size_t block = 0; block < blocks; block++)
        for (size_t word = 0; word < n_words; word++) {
            uint64_t rows[64] = {0};
            for (size_t i = 0; i < 64 && word * 64 + i < conv1->positions; i++)
                rows[i] = bits[(word * 64 + i) * blocks + block];
            snnfe_transpose_bits(rows);
            for (size_t c = 0; c < 64; c++)
                columns[(block * SNNFE_BLOCK + c) * n_words + word] = rows[c];
        }
}

/* Neurons of conv2 at step t; each position takes a quarter of its pooled neuron's gradient. */
static void conv2_neurons(snnfe_backward *b, const snnfe_trial *trial, size_t t,
                          snnfe_gradients *gradients)
{
    const snnfe_shape *shape = &b->packed->shape;
    const snnfe_layer_shape *conv2 = &shape->layers[SNNFE_LAYER_CONV2];
    const size_t width = conv2->padded;
    const float *pool = b->pool_gradient + t * shape->pool_positions * width;
    snnfe_lif_backward whole = snnfe_lif_at(b, trial, SNNFE_LAYER_CONV2, t, false, gradients);
    for (size_t p = 0; p < conv2->positions; p++) {
        const size_t row = p / conv2->columns / 2, column = p % conv2->columns / 2;
        if (row >= shape->pool_rows || column >= shape->pool_columns)
            continue; /* no gradient ever gets there */
        const size_t first = p * width, word = first / SNNFE_BLOCK;
        snnfe_lif_backward step = whole;
        step.n = width;
        step.spike_gradient = pool + (row * shape->pool_columns + column) * width;
        step.spike_gradient_scale = 0.25F;
        step.voltage += first;
        step.spikes += word;
        step.window += word;
        if (t > 0) {
            step.voltage_before += first;
            step.spikes_before += word;
        }
        step.current_decay += first;
        step.voltage_decay += first;
        step.current_decay_gradient += first;
        step.voltage_decay_gradient += first;
        step.voltage_gradient = b->conv2_voltage + first;
        step.drive_gradient_after = step.drive_gradient = b->conv2_drive + first;
        step.suffix_after = step.suffix = b->conv2_suffix + first;
        snnfe_kernels_get()->lif_backward(&step);
    }
}

static void conv2_weights(snnfe_backward *b, const snnfe_trial *trial, size_t t,
                          snnfe_gradients *gradients)
{
    const size_t words = b->packed->shape.layers[SNNFE_LAYER_CONV1].words;
    const size_t n =
        b->packed->shape.layers[SNNFE_LAYER_CONV1].padded * b->packed->geometry[1].n_words;
    const uint64_t *now = trial->traces[SNNFE_LAYER_CONV1].spikes + (1 + t) * words;
    transpose_positions(b, now, b->columns[0]);
    transpose_positions(b, now - words, b->columns[1]);
    for (size_t i = 0; i < n; i++) {
        const uint64_t on = b->columns[0][i] & ~b->columns[1][i];
        b->columns[1][i] &= ~b->columns[0][i];
        b->columns[0][i] = on;
    }
    snnfe_kernels_get()->conv_weight_gradient(&b->packed->live[1], b->conv2_suffix, b->columns[0],
                                              b->columns[1],
                                              gradients->layers[SNNFE_LAYER_CONV2].weights);
}

/* Products at every point of the tiles, of n steps at once. */
static void conv2_products(const snnfe_backward *b, const snnfe_float_weights *weights, size_t n)
{
    const snnfe_conv_geometry *g = &b->packed->live[1];
    const size_t in = g->in_channels, out = g->out_channels;
    const size_t n_tiles = snnfe_conv_tiles(g), n_rows = b->n_chunk * n_tiles;
    for (size_t point = 0; point < SNNFE_TILE_PRODUCTS; point++)
        snnfe_blas_product(n * n_tiles, in, out, b->conv2_points + point * n_rows * out, out,
                           weights->conv2_points + point * in * out, out,
                           b->conv1_points + point * n_rows * in, in, 0);
}

/* Step t of conv1, in row `row` of the products. */
static void conv1_step(snnfe_backward *b, const snnfe_trial *trial, size_t t, size_t row,
                       bool synapses, snnfe_gradients *gradients)
{
    const snnfe_kernels *k = snnfe_kernels_get();
    const snnfe_conv_geometry *g = &b->packed->live[1];
    const size_t stride = snnfe_conv_tiles(g) * g->in_channels;
    k->winograd_inputs(g, b->conv1_points + row * stride, b->n_chunk * stride, b->conv1_spikes);
    snnfe_lif_backward step = snnfe_lif_at(b, trial, SNNFE_LAYER_CONV1, t, false, gradients);
    step.spike_gradient = b->conv1_spikes;
    step.voltage_gradient = b->conv1_voltage;
    step.drive_gradient_after = step.drive_gradient = b->conv1_drive;
    k->lif_backward(&step);
    if (synapses)
        k->conv_input_gradient(&b->packed->live[0], trial->grid + t, b->packed->shape.n_steps,
                               b->conv1_drive, gradients->layers[SNNFE_LAYER_CONV1].weights,
                               gradients->layers[SNNFE_LAYER_CONV1].bias);
}

/* conv2 at the steps first … first + n - 1, backwards. */
static void conv2_steps(snnfe_backward *b, const snnfe_trial *trial, size_t first, size_t n,
                        const snnfe_gradient_needs *needs, snnfe_gradients *gradients)
{
    const snnfe_conv_geometry *g = &b->packed->live[1];
    const size_t stride = snnfe_conv_tiles(g) * g->out_channels;
    for (size_t row = n; row-- > 0;) {
        conv2_neurons(b, trial, first + row, gradients);
        if (needs->synapses[SNNFE_LAYER_CONV2])
            conv2_weights(b, trial, first + row, gradients);
        if (needs->lowest <= SNNFE_LAYER_CONV1)
            snnfe_kernels_get()->winograd_gradient(
                g, b->conv2_drive, b->conv2_points + row * stride, b->n_chunk * stride);
    }
}

void snnfe_backward_conv(snnfe_backward *b, const snnfe_trial *trial,
                         const snnfe_float_weights *weights, const snnfe_gradient_needs *needs,
                         snnfe_gradients *gradients)
{
    const snnfe_shape *shape = &b->packed->shape;
    const snnfe_layer_shape *conv1 = &shape->layers[SNNFE_LAYER_CONV1];
    const snnfe_layer_shape *conv2 = &shape->layers[SNNFE_LAYER_CONV2];
    memset(b->conv2_drive, 0, conv2->neurons * sizeof(float));
    memset(b->conv2_suffix, 0, conv2->neurons * sizeof(float));
    memset(b->conv2_voltage, 0, conv2->neurons * sizeof(float));
    memset(b->conv1_drive, 0, conv1->neurons * sizeof(float));
    memset(b->conv1_voltage, 0, conv1->neurons * sizeof(float));
    for (size_t end = shape->n_steps; end > 0;) {
        const size_t n = end < b->n_chunk ? end : b->n_chunk, first = end - n;
        conv2_steps(b, trial, first, n, needs, gradients);
        if (needs->lowest <= SNNFE_LAYER_CONV1) {
            conv2_products(b, weights, n);
            for (size_t row = n; row-- > 0;)
                conv1_step(b, trial, first + row, row, needs->synapses[SNNFE_LAYER_CONV1],
                           gradients);
        }
        end = first;
    }
    if (!needs->synapses[SNNFE_LAYER_CONV2])
        return;
    float *bias = gradients->layers[SNNFE_LAYER_CONV2].bias;
    for (size_t p = 0; p < conv2->positions; p++)
        for (size_t c = 0; c < conv2->padded; c++)
            bias[c] += b->conv2_suffix[p * conv2->padded + c];
}
