/* conv2 and conv1 go back in time a run of steps at a time, strip by strip: what a strip's neurons
   and sums of events read and write stays in the first-level cache. The runs of a chunk of steps
   leave conv2's gradients at the points of their tiles; from their products conv1 goes on. */
#include "base/memory.h"
#include "network/backward_internal.h"

#include <string.h>

/* Largest number of rows (steps times tiles) of a matrix product. */
#define ROWS_OF_A_PRODUCT ((size_t)20)

/* Values from one point to the next. */
static size_t point_stride(const snnfe_conv_buffers *b, const snnfe_conv_geometry *g,
                           size_t channels)
{
    return b->n_chunk * snnfe_conv_tiles(g) * channels + SNNFE_STRIP;
}

static snnfe_status create_lists(snnfe_conv_buffers *b, const snnfe_conv_geometry *g)
{
    const size_t n_steps = snnfe_steps_of_run(g), n = g->in_channels * g->n_words;
    b->spikes = snnfe_alloc((1 + n_steps) * n, sizeof(uint64_t));
    b->on = snnfe_alloc(n_steps * n, sizeof(uint64_t));
    b->off = snnfe_alloc(n_steps * n, sizeof(uint64_t));
    b->rows = (snnfe_gradient_rows){
        .origin = snnfe_alloc(2 * snnfe_gradient_switches(g), sizeof(uint16_t)),
        .taps = snnfe_alloc(2 * snnfe_gradient_switches(g), sizeof(uint16_t)),
        .rows = snnfe_alloc(snnfe_gradient_list(g), sizeof(uint16_t)),
        .n = snnfe_alloc((size_t)9 * 2 * g->in_channels, sizeof(uint32_t)),
        .empty = n_steps * snnfe_conv_outputs(g)};
    const snnfe_gradient_rows *r = &b->rows;
    return b->spikes && b->on && b->off && r->origin && r->taps && r->rows && r->n
               ? SNNFE_OK
               : SNNFE_ERR_MEMORY;
}

snnfe_status snnfe_conv_buffers_create(snnfe_conv_buffers *b, const snnfe_packed *packed)
{
    const snnfe_shape *shape = &packed->shape;
    const snnfe_conv_geometry *conv1 = &packed->used[0], *conv2 = &packed->used[1];
    const size_t n_tiles = snnfe_conv_tiles(conv2);
    b->n_chunk = n_tiles < ROWS_OF_A_PRODUCT ? ROWS_OF_A_PRODUCT / n_tiles : 1;
    if (b->n_chunk > shape->n_steps)
        b->n_chunk = shape->n_steps;
    const size_t n1 = shape->layers[SNNFE_LAYER_CONV1].neurons;
    const size_t n2 = shape->layers[SNNFE_LAYER_CONV2].neurons;
    const size_t rows1 = snnfe_steps_of_run(conv1) * snnfe_conv_outputs(conv1);
    const size_t rows2 = snnfe_steps_of_run(conv2) * snnfe_conv_outputs(conv2);
    struct {
        float **place;
        size_t count;
    } const floats[] = {
        {&b->conv2_voltage, n2},
        {&b->conv2_drive, n2},
        {&b->conv2_suffix, n2},
        {&b->conv1_voltage, n1},
        {&b->conv1_drive, n1},
        {&b->conv2_drives, rows2 * SNNFE_STRIP},
        {&b->conv2_suffixes, (rows2 + 1) * SNNFE_STRIP},
        {&b->conv1_drives, rows1 * SNNFE_STRIP},
        {&b->conv2_points, SNNFE_TILE_PRODUCTS * point_stride(b, conv2, conv2->out_channels)},
        {&b->conv1_points, SNNFE_TILE_PRODUCTS * point_stride(b, conv2, conv2->in_channels)},
    };
    for (size_t i = 0; i < sizeof floats / sizeof floats[0]; i++) {
        *floats[i].place = snnfe_alloc(floats[i].count, sizeof(float));
        if (!*floats[i].place)
            return SNNFE_ERR_MEMORY;
    }
    return create_lists(b, conv2);
}

void snnfe_conv_buffers_release(const snnfe_conv_buffers *b)
{
    void *const all[] = {b->conv2_voltage, b->conv2_drive,  b->conv2_suffix,   b->conv1_voltage,
                         b->conv1_drive,   b->conv2_drives, b->conv2_suffixes, b->conv1_drives,
                         b->conv2_points,  b->conv1_points, b->spikes,         b->on,
                         b->off,           b->rows.origin,  b->rows.taps,      b->rows.rows,
                         b->rows.n};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        snnfe_release(all[i]);
}

/* Bits [position][channel word] of a conv1 row, transposed to [channel][position word]. */
static void transpose_positions(const snnfe_packed *packed, const uint64_t *bits, uint64_t *columns)
{
    const snnfe_layer_shape *conv1 = &packed->shape.layers[SNNFE_LAYER_CONV1];
    const size_t blocks = conv1->padded / SNNFE_BLOCK, n_words = packed->geometry[1].n_words;
    for (size_t block = 0; block < blocks; block++)
        for (size_t word = 0; word < n_words; word++) {
            uint64_t rows[64] = {0};
            for (size_t i = 0; i < 64 && word * 64 + i < conv1->positions; i++)
                rows[i] = bits[(word * 64 + i) * blocks + block];
            snnfe_kernels_get()->transpose_bits(rows);
            for (size_t c = 0; c < 64; c++)
                columns[(block * SNNFE_BLOCK + c) * n_words + word] = rows[c];
        }
}

/* What conv1 switched at n steps, as rows of conv2's suffixes. */
static void list_rows(snnfe_backward *backward, const snnfe_trial *trial, size_t first, size_t n)
{
    snnfe_conv_buffers *b = &backward->conv;
    const snnfe_conv_geometry *g = &backward->packed->used[1];
    const size_t size = g->in_channels * g->n_words;
    const size_t words = backward->packed->shape.layers[SNNFE_LAYER_CONV1].words;
    /* Row 0 of a trace is before the first step. */
    const uint64_t *before = trial->traces[SNNFE_LAYER_CONV1].spikes + first * words;
    for (size_t t = 0; t <= n; t++)
        transpose_positions(backward->packed, before + t * words, b->spikes + t * size);
    for (size_t i = 0; i < n * size; i++) {
        b->on[i] = b->spikes[size + i] & ~b->spikes[i];
        b->off[i] = b->spikes[i] & ~b->spikes[size + i];
    }
    snnfe_kernels_get()->list_gradient_rows(g, b->on, b->off, n, &b->rows);
}

/* A strip's neurons at n steps; the caller adds where gradients come from and go to. */
static snnfe_lif_backward_run run_at(const snnfe_backward *b, const snnfe_trial *trial,
                                     int32_t layer, size_t first, size_t n, size_t channel,
                                     const snnfe_gradients *gradients)
{
    const snnfe_layer_shape *shape = &b->packed->shape.layers[layer];
    const snnfe_packed_layer *p = &b->packed->layers[layer];
    const snnfe_trace *trace = &trial->traces[layer];
    const snnfe_voltage_order order = snnfe_trace_order(&b->packed->shape, layer);
    return (snnfe_lif_backward_run){
        .n = shape->neurons,
        .n_steps = n,
        .from_start = first == 0,
        .channel = channel,
        .cell = 1,
        .spike_gradient_scale = 1.0F,
        .surrogate_height = b->options->surrogate_height,
        .voltage = trace->voltage + first * order.step,
        .order = order,
        .spikes = trace->spikes + (1 + first) * shape->words,
        .window = trace->window + first * shape->words,
        .current_decay = p->current_decay,
        .voltage_decay = p->voltage_decay,
        .current_decay_gradient = gradients->layers[layer].current_decay,
        .voltage_decay_gradient = gradients->layers[layer].voltage_decay};
}

/* conv2's neurons; each position takes a quarter of its pooled neuron's gradient. */
static void conv2_neurons(snnfe_backward *backward, const snnfe_trial *trial, size_t first,
                          size_t n, size_t channel, snnfe_gradients *gradients)
{
    const snnfe_conv_buffers *b = &backward->conv;
    const snnfe_shape *shape = &backward->packed->shape;
    const snnfe_conv_geometry *g = &backward->packed->used[1];
    snnfe_lif_backward_run run =
        run_at(backward, trial, SNNFE_LAYER_CONV2, first, n, channel, gradients);
    run.cell = 2;
    run.gradient_columns = shape->pool_columns;
    run.gradient_width = g->out_channels;
    run.gradient_stride = shape->pool_positions * g->out_channels;
    run.spike_gradient = backward->pool_gradient + first * run.gradient_stride + channel;
    run.spike_gradient_scale = 0.25F;
    run.voltage_gradient = b->conv2_voltage;
    run.drive_gradient = b->conv2_drive;
    run.suffix = b->conv2_suffix;
    run.drives = b->conv2_drives;
    run.suffixes = b->conv2_suffixes;
    run.drive_bits = backward->terms.bits + channel;
    snnfe_kernels_get()->lif_backward_run(g, &run);
}

/* conv2 at the steps first … first + n - 1, of which the first is `row` in its chunk. */
static void conv2_run(snnfe_backward *backward, const snnfe_trial *trial, size_t first, size_t n,
                      size_t row, const snnfe_gradient_needs *needs, snnfe_gradients *gradients)
{
    const snnfe_kernels *k = snnfe_kernels_get();
    const snnfe_conv_buffers *b = &backward->conv;
    const snnfe_conv_geometry *g = &backward->packed->used[1];
    const size_t step = snnfe_conv_tiles(g) * g->out_channels;
    const bool synapses = needs->synapses[SNNFE_LAYER_CONV2];
    if (synapses)
        list_rows(backward, trial, first, n);
    for (size_t c = 0; c < g->out_channels; c += SNNFE_STRIP) {
        conv2_neurons(backward, trial, first, n, c, gradients);
        for (size_t t = 0; needs->lowest <= SNNFE_LAYER_CONV1 && t < n; t++)
            k->winograd_gradient(g, b->conv2_drives + t * snnfe_conv_outputs(g) * SNNFE_STRIP,
                                 b->conv2_points + (row + t) * step + c,
                                 point_stride(b, g, g->out_channels));
        if (synapses)
            k->conv_weight_gradient(g, b->conv2_suffixes, &b->rows,
                                    gradients->layers[SNNFE_LAYER_CONV2].weights + c);
    }
}

/* Products at every point of the tiles, of n steps at once; channels of conv2 whose gradients are
   0 at all of them are left out. */
static void conv2_products(snnfe_backward *backward, const snnfe_float_weights *weights, size_t n)
{
    const snnfe_conv_buffers *b = &backward->conv;
    const snnfe_conv_geometry *g = &backward->packed->used[1];
    const size_t in = g->in_channels, out = g->out_channels;
    snnfe_terms_list(&backward->terms, out);
    for (size_t point = 0; point < SNNFE_TILE_PRODUCTS; point++)
        snnfe_kernels_get()->product(
            &(snnfe_product){.m = n * snnfe_conv_tiles(g),
                             .n = in,
                             .k = out,
                             .a = b->conv2_points + point * point_stride(b, g, out),
                             .lda = out,
                             .terms = backward->terms.list,
                             .n_terms = backward->terms.n,
                             .panels = weights->conv2_points + point * in * out,
                             .c = b->conv1_points + point * point_stride(b, g, in),
                             .ldc = in});
}

/* conv1 at the steps first … first + n - 1, of which the first is `row` in its chunk. */
static void conv1_run(snnfe_backward *backward, const snnfe_trial *trial, size_t first, size_t n,
                      size_t row, bool synapses, snnfe_gradients *gradients)
{
    const snnfe_kernels *k = snnfe_kernels_get();
    const snnfe_conv_buffers *b = &backward->conv;
    const snnfe_conv_geometry *conv1 = &backward->packed->used[0];
    const snnfe_conv_geometry *conv2 = &backward->packed->used[1];
    const snnfe_layer_gradients *sums = &gradients->layers[SNNFE_LAYER_CONV1];
    const size_t step = snnfe_conv_tiles(conv2) * conv2->in_channels;
    const size_t size = snnfe_conv_outputs(conv1) * SNNFE_STRIP;
    for (size_t c = 0; c < conv1->out_channels; c += SNNFE_STRIP) {
        for (size_t t = 0; t < n; t++)
            k->winograd_inputs(conv2, b->conv1_points + (row + t) * step + c,
                               point_stride(b, conv2, conv2->in_channels),
                               b->conv1_drives + t * size);
        snnfe_lif_backward_run run =
            run_at(backward, trial, SNNFE_LAYER_CONV1, first, n, c, gradients);
        run.gradient_columns = conv1->used_columns;
        run.gradient_width = SNNFE_STRIP;
        run.gradient_stride = size;
        run.spike_gradient = run.drives = b->conv1_drives;
        run.voltage_gradient = b->conv1_voltage;
        run.drive_gradient = b->conv1_drive;
        k->lif_backward_run(conv1, &run);
        if (synapses)
            k->conv_input_gradient(conv1, trial->grid + first, backward->packed->shape.n_steps, n,
                                   b->conv1_drives, sums->weights + c, sums->bias + c);
    }
}

/* Both layers at the steps of a chunk. */
static void run_chunk(snnfe_backward *b, const snnfe_trial *trial,
                      const snnfe_float_weights *weights, size_t first, size_t n,
                      const snnfe_gradient_needs *needs, snnfe_gradients *gradients)
{
    const size_t most2 = snnfe_steps_of_run(&b->packed->used[1]);
    snnfe_terms_clear(&b->terms, b->packed->used[1].out_channels);
    for (size_t end = n, m; end > 0; end -= m) {
        m = end < most2 ? end : most2;
        conv2_run(b, trial, first + end - m, m, end - m, needs, gradients);
    }
    if (needs->lowest > SNNFE_LAYER_CONV1)
        return;
    conv2_products(b, weights, n);
    const size_t most1 = snnfe_steps_of_run(&b->packed->used[0]);
    for (size_t end = n, m; end > 0; end -= m) {
        m = end < most1 ? end : most1;
        conv1_run(b, trial, first + end - m, m, end - m, needs->synapses[SNNFE_LAYER_CONV1],
                  gradients);
    }
}

void snnfe_backward_conv(snnfe_backward *b, const snnfe_trial *trial,
                         const snnfe_float_weights *weights, const snnfe_gradient_needs *needs,
                         snnfe_gradients *gradients)
{
    const snnfe_shape *shape = &b->packed->shape;
    const snnfe_layer_shape *conv1 = &shape->layers[SNNFE_LAYER_CONV1];
    const snnfe_layer_shape *conv2 = &shape->layers[SNNFE_LAYER_CONV2];
    memset(b->conv.conv2_drive, 0, conv2->neurons * sizeof(float));
    memset(b->conv.conv2_suffix, 0, conv2->neurons * sizeof(float));
    memset(b->conv.conv2_voltage, 0, conv2->neurons * sizeof(float));
    memset(b->conv.conv1_drive, 0, conv1->neurons * sizeof(float));
    memset(b->conv.conv1_voltage, 0, conv1->neurons * sizeof(float));
    for (size_t end = shape->n_steps, n; end > 0; end -= n) {
        n = end < b->conv.n_chunk ? end : b->conv.n_chunk;
        run_chunk(b, trial, weights, end - n, n, needs, gradients);
    }
    if (!needs->synapses[SNNFE_LAYER_CONV2])
        return;
    float *bias = gradients->layers[SNNFE_LAYER_CONV2].bias;
    for (size_t p = 0; p < conv2->positions; p++)
        for (size_t c = 0; c < conv2->padded; c++)
            bias[c] += b->conv.conv2_suffix[p * conv2->padded + c];
}
