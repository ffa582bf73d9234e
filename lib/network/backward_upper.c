/* The layers from the readout down to conv3. */
#include "network/backward_internal.h"

#include <string.h>

/* Readout and time weights. Returns through `hidden` [neurons] the gradient that every step's
   fc1 spikes get, to be multiplied by the step's time weight. */
static void backward_readout(snnfe_backward *b, const snnfe_trial *trial, const float *time_weights,
                             const float *weights, const double *logit_gradient, float *hidden,
                             snnfe_gradients *gradients)
{
    const snnfe_shape *shape = &b->packed->shape;
    const snnfe_layer_shape *fc1 = &shape->layers[SNNFE_LAYER_FC1];
    const snnfe_kernels *k = snnfe_kernels_get();
    memset(hidden, 0, fc1->neurons * sizeof(float));
    for (size_t c = 0; c < shape->n_classes; c++)
        for (size_t j = 0; j < fc1->neurons; j++)
            hidden[j] += (float)logit_gradient[c] * weights[c * fc1->neurons + j];

    /* Weighted count of each neuron's spikes. */
    float *count = b->voltage_gradient;
    memset(count, 0, fc1->neurons * sizeof(float));
    for (size_t t = 0; t < shape->n_steps; t++) {
        k->add_where(count, fc1->neurons,
                     trial->traces[SNNFE_LAYER_FC1].spikes + (1 + t) * fc1->words, time_weights[t]);
        double sum = 0;
        for (size_t c = 0; c < shape->n_classes; c++)
            sum += logit_gradient[c] * (double)trial->readout[t * shape->n_classes + c];
        gradients->time_weights[t] += (float)sum;
    }
    float *weight_gradient = gradients->layers[SNNFE_LAYER_FC2].weights;
    for (size_t c = 0; c < shape->n_classes; c++)
        for (size_t j = 0; j < fc1->neurons; j++)
            weight_gradient[c * fc1->neurons + j] += (float)logit_gradient[c] * count[j];
}

/* One step back in time of a layer; the caller sets the gradient pointers. */
static snnfe_lif_backward lif_at(const snnfe_backward *b, const snnfe_trial *trial, int32_t layer,
                                 size_t t, bool masked, snnfe_gradients *gradients)
{
    const snnfe_layer_shape *shape = &b->packed->shape.layers[layer];
    const snnfe_packed_layer *p = &b->packed->layers[layer];
    const snnfe_trace *trace = &trial->traces[layer];
    const snnfe_layer_gradients *g = &gradients->layers[layer];
    snnfe_lif_backward step = {
        .n = shape->neurons,
        .spike_gradient_scale = 1.0F,
        .surrogate_height = b->options->surrogate_height,
        .voltage = trace->voltage + t * shape->neurons,
        .spikes = trace->spikes + (1 + t) * shape->words,
        .window = trace->window + t * shape->words,
        .current_decay = p->current_decay,
        .voltage_decay = p->voltage_decay,
        .current_decay_gradient = g->current_decay,
        .voltage_decay_gradient = g->voltage_decay,
    };
    if (t > 0) {
        step.voltage_before = step.voltage - shape->neurons;
        step.spikes_before = step.spikes - shape->words;
    }
    if (masked && layer >= SNNFE_LAYER_TC1)
        step.mask = trial->masks + (size_t)(layer - SNNFE_LAYER_TC1) * shape->neurons;
    return step;
}

/* Go back through a layer's neurons from the last step to the first. `spike_gradient` holds what
   the layer above sends, row t at stride `stride`, scaled by scale[t] (NULL: 1). `recurrent` are
   r1's own weights, or NULL. */
static void backward_neurons(snnfe_backward *b, const snnfe_trial *trial, int32_t layer,
                             float *spike_gradient, size_t stride, const float *scale,
                             const float *recurrent, bool masked, snnfe_gradients *gradients)
{
    const snnfe_shape *shape = &b->packed->shape;
    const size_t n = shape->layers[layer].neurons;
    const snnfe_drive_gradients *d = &b->upper[layer];
    const snnfe_kernels *k = snnfe_kernels_get();
    memset(b->voltage_gradient, 0, n * sizeof(float));
    for (size_t t = shape->n_steps; t-- > 0;) {
        snnfe_lif_backward step = lif_at(b, trial, layer, t, masked, gradients);
        float *here = spike_gradient + t * stride;
        if (recurrent)
            k->dense_spike_gradient(n, n, recurrent, d->drive + (t + 1) * n, step.window, here);
        step.spike_gradient = here;
        if (scale)
            step.spike_gradient_scale = scale[t];
        step.voltage_gradient = b->voltage_gradient;
        step.drive_gradient_after = d->drive + (t + 1) * n;
        step.drive_gradient = d->drive + t * n;
        step.suffix_after = d->suffix + (t + 1) * n;
        step.suffix = d->suffix + t * n;
        k->lif_backward(&step);
    }
}

static void add_bias(float *bias, const snnfe_layer_shape *layer, const float *suffix)
{
    for (size_t p = 0; p < layer->positions; p++)
        for (size_t c = 0; c < layer->padded; c++)
            bias[c] += suffix[p * layer->padded + c];
}

void snnfe_event_times(const snnfe_backward *b, const snnfe_trial *trial, int32_t layer,
                       size_t word, size_t slot)
{
    const snnfe_shape *shape = &b->packed->shape;
    const size_t n_words = snnfe_time_words(shape), words = shape->layers[layer].words;
    uint64_t *bits = b->time_bits + slot * 64 * n_words;
    const uint64_t *spikes = trial->traces[layer].spikes + words + word;
    for (size_t chunk = 0; chunk < n_words; chunk++) {
        uint64_t rows[64] = {0};
        for (size_t i = 0; i < 64 && chunk * 64 + i < shape->n_steps; i++)
            rows[i] = spikes[(chunk * 64 + i) * words];
        snnfe_transpose_bits(rows);
        for (size_t neuron = 0; neuron < 64; neuron++)
            bits[neuron * n_words + chunk] = rows[neuron];
    }
}

snnfe_rows snnfe_event_rows(const snnfe_backward *b, size_t bit, size_t slot)
{
    const snnfe_shape *shape = &b->packed->shape;
    const size_t n_words = snnfe_time_words(shape);
    const uint64_t *now = b->time_bits + (slot * 64 + bit) * n_words;
    uint16_t *on = b->on + slot * shape->n_steps, *off = b->off + slot * shape->n_steps;
    snnfe_rows rows = {.on = on, .off = off};
    uint64_t last = 0;
    for (size_t w = 0; w < n_words; w++) {
        const uint64_t before = now[w] << 1 | last;
        const size_t left = shape->n_steps - w * 64;
        const uint64_t within = left >= 64 ? UINT64_MAX : (UINT64_C(1) << left) - 1;
        snnfe_split_changes(before & within, now[w] & within, (uint16_t)(w * 64), on, &rows.n_on,
                            off, &rows.n_off);
        last = now[w] >> 63;
    }
    return rows;
}

/* Weights from the spikes of layer `below` of `lag` steps earlier. */
static void dense_weights(snnfe_backward *b, const snnfe_trial *trial, int32_t layer, int32_t below,
                          size_t lag, float *weight_gradients)
{
    const snnfe_shape *shape = &b->packed->shape;
    const size_t n = shape->layers[layer].neurons;
    const float *suffix = b->upper[layer].suffix + lag * n;
    for (size_t word = 0; word < shape->layers[below].words; word++) {
        snnfe_event_times(b, trial, below, word, 0);
        for (size_t bit = 0; bit < 64; bit++) {
            const snnfe_rows rows = snnfe_event_rows(b, bit, 0);
            if (rows.n_on + rows.n_off > 0)
                snnfe_kernels_get()->add_rows_f32(weight_gradients + (word * 64 + bit) * n, n,
                                                  suffix, n, &rows, 1);
        }
    }
}

/* The product, without the terms whose gradients are 0 at all its steps. */
static void multiply(snnfe_backward *b, snnfe_product product)
{
    snnfe_terms_find(&b->terms, product.a, product.m, product.k, product.lda);
    product.terms = b->terms.list;
    product.n_terms = b->terms.n;
    snnfe_kernels_get()->product(&product);
}

/* Steps of a product whose terms are found together: the fewer, the fewer of these are not 0. */
#define STEPS_OF_A_PRODUCT ((size_t)40)

static size_t steps_from(const snnfe_shape *shape, size_t t)
{
    return shape->n_steps - t < STEPS_OF_A_PRODUCT ? shape->n_steps - t : STEPS_OF_A_PRODUCT;
}

/* Gradient into the pooled neurons of conv2. */
static void backward_pool(snnfe_backward *b, const float *weights)
{
    const snnfe_shape *shape = &b->packed->shape;
    const snnfe_conv_geometry *g = &b->packed->geometry[2];
    const size_t out = g->out_channels, in = g->in_channels;
    const size_t drive_stride = shape->layers[SNNFE_LAYER_CONV3].neurons;
    const size_t pool_stride = shape->pool_positions * in;
    const float *drives = b->upper[SNNFE_LAYER_CONV3].drive;
    memset(b->pool_gradient, 0, shape->n_steps * pool_stride * sizeof(float));
    for (size_t row = 0; row < g->out_rows; row++)
        for (size_t column = 0; column < g->out_columns; column++)
            for (size_t t = 0; t < shape->n_steps; t += STEPS_OF_A_PRODUCT)
                for (size_t tap = 0; tap < 9; tap++) {
                    const size_t output = row * g->out_columns + column;
                    const size_t pool = (row + tap / 3) * g->in_columns + column + tap % 3;
                    multiply(b, (snnfe_product){.m = steps_from(shape, t),
                                                .n = in,
                                                .k = out,
                                                .a = drives + t * drive_stride + output * out,
                                                .lda = drive_stride,
                                                .panels = weights + tap * in * out,
                                                .c = b->pool_gradient + t * pool_stride + pool * in,
                                                .ldc = pool_stride,
                                                .accumulate = true});
                }
}

static void backward_fc1(snnfe_backward *b, const snnfe_trial *trial, const float *time_weights,
                         float *hidden, bool masked, const snnfe_gradient_needs *needs,
                         snnfe_gradients *gradients)
{
    const snnfe_layer_shape *l = &b->packed->shape.layers[SNNFE_LAYER_FC1];
    snnfe_layer_gradients *g = &gradients->layers[SNNFE_LAYER_FC1];
    backward_neurons(b, trial, SNNFE_LAYER_FC1, hidden, 0, time_weights, NULL, masked, gradients);
    if (!needs->synapses[SNNFE_LAYER_FC1])
        return;
    add_bias(g->bias, l, b->upper[SNNFE_LAYER_FC1].suffix);
    dense_weights(b, trial, SNNFE_LAYER_FC1, SNNFE_LAYER_R1, 0, g->weights);
}

static void backward_r1(snnfe_backward *b, const snnfe_trial *trial,
                        const snnfe_float_weights *weights, bool masked,
                        const snnfe_gradient_needs *needs, snnfe_gradients *gradients)
{
    const snnfe_shape *shape = &b->packed->shape;
    const snnfe_layer_shape *l = &shape->layers[SNNFE_LAYER_R1];
    snnfe_layer_gradients *g = &gradients->layers[SNNFE_LAYER_R1];
    multiply(b, (snnfe_product){.m = shape->n_steps,
                                .n = l->neurons,
                                .k = l->neurons,
                                .a = b->upper[SNNFE_LAYER_FC1].drive,
                                .lda = l->neurons,
                                .panels = weights->layers[SNNFE_LAYER_FC1],
                                .c = b->spike_gradient,
                                .ldc = l->neurons});
    backward_neurons(b, trial, SNNFE_LAYER_R1, b->spike_gradient, l->neurons, NULL,
                     weights->layers[SNNFE_LAYER_R1], masked, gradients);
    if (!needs->synapses[SNNFE_LAYER_R1])
        return;
    add_bias(g->bias, l, b->upper[SNNFE_LAYER_R1].suffix);
    dense_weights(b, trial, SNNFE_LAYER_R1, SNNFE_LAYER_R1, 1, g->weights);
}

static void backward_tc1(snnfe_backward *b, const snnfe_trial *trial, bool masked,
                         const snnfe_gradient_needs *needs, snnfe_gradients *gradients)
{
    const snnfe_shape *shape = &b->packed->shape;
    const snnfe_layer_shape *l = &shape->layers[SNNFE_LAYER_TC1];
    snnfe_layer_gradients *g = &gradients->layers[SNNFE_LAYER_TC1];
    /* r1 takes tc1's spikes as they are. */
    backward_neurons(b, trial, SNNFE_LAYER_TC1, b->upper[SNNFE_LAYER_R1].drive, l->neurons, NULL,
                     NULL, masked, gradients);
    if (!needs->synapses[SNNFE_LAYER_TC1])
        return;
    const size_t inputs = shape->inputs[SNNFE_LAYER_TC1];
    for (size_t tap = 0; tap < 3; tap++) {
        const size_t lag = 2 - tap;
        /* A tap's bias acts from step `lag` on. */
        add_bias(g->bias + tap * l->padded, l,
                 b->upper[SNNFE_LAYER_TC1].suffix +
                     (lag < shape->n_steps ? lag : shape->n_steps) * l->neurons);
        dense_weights(b, trial, SNNFE_LAYER_TC1, SNNFE_LAYER_CONV3, lag,
                      g->weights + tap * inputs * l->padded);
    }
}

/* Open windows are looked at one by one where they are less than one in so many: what a product of
   all is faster by. */
#define FEW 4

static bool few_windows_are_open(const snnfe_shape *shape, const snnfe_trial *trial, int32_t layer)
{
    const size_t n_words = shape->n_steps * shape->layers[layer].words;
    size_t n_open = 0;
    for (size_t i = 0; i < n_words; i++)
        n_open += (size_t)__builtin_popcountll(trial->traces[layer].window[i]);
    return n_open < n_words * SNNFE_BLOCK / FEW;
}

/* What tc1's three taps send into conv3's spikes. */
static void backward_taps(snnfe_backward *b, const snnfe_trial *trial,
                          const snnfe_float_weights *weights)
{
    const snnfe_shape *shape = &b->packed->shape;
    const snnfe_layer_shape *l = &shape->layers[SNNFE_LAYER_CONV3];
    const size_t hidden = shape->layers[SNNFE_LAYER_TC1].neurons, size = l->neurons * hidden;
    const float *drives = b->upper[SNNFE_LAYER_TC1].drive;
    if (!few_windows_are_open(shape, trial, SNNFE_LAYER_CONV3)) {
        for (size_t tap = 0; tap < 3; tap++)
            multiply(b, (snnfe_product){.m = shape->n_steps,
                                        .n = l->neurons,
                                        .k = hidden,
                                        .a = drives + (2 - tap) * hidden,
                                        .lda = hidden,
                                        .panels = weights->layers[SNNFE_LAYER_TC1] + tap * size,
                                        .c = b->spike_gradient,
                                        .ldc = l->neurons,
                                        .accumulate = tap > 0});
        return;
    }
    memset(b->spike_gradient, 0, shape->n_steps * l->neurons * sizeof(float));
    for (size_t tap = 0; tap < 3; tap++)
        for (size_t t = 0; t < shape->n_steps; t++)
            snnfe_kernels_get()->dense_spike_gradient(
                l->neurons, hidden, weights->tc1_rows + tap * size, drives + (t + 2 - tap) * hidden,
                trial->traces[SNNFE_LAYER_CONV3].window + t * l->words,
                b->spike_gradient + t * l->neurons);
}

static void backward_conv3(snnfe_backward *b, const snnfe_trial *trial,
                           const snnfe_float_weights *weights, const snnfe_gradient_needs *needs,
                           snnfe_gradients *gradients)
{
    const snnfe_shape *shape = &b->packed->shape;
    const snnfe_layer_shape *l = &shape->layers[SNNFE_LAYER_CONV3];
    snnfe_layer_gradients *g = &gradients->layers[SNNFE_LAYER_CONV3];
    backward_taps(b, trial, weights);
    backward_neurons(b, trial, SNNFE_LAYER_CONV3, b->spike_gradient, l->neurons, NULL, NULL, false,
                     gradients);
    if (!needs->synapses[SNNFE_LAYER_CONV3])
        return;
    add_bias(g->bias, l, b->upper[SNNFE_LAYER_CONV3].suffix);
    snnfe_conv3_weights(b, trial, g->weights);
}

void snnfe_backward_upper(snnfe_backward *b, const snnfe_trial *trial,
                          const snnfe_float_weights *weights, const snnfe_gradient_needs *needs,
                          const double *logit_gradient, bool masked, snnfe_gradients *gradients)
{
    float *hidden = b->spike_gradient;
    backward_readout(b, trial, weights->time_weights, weights->layers[SNNFE_LAYER_FC2],
                     logit_gradient, hidden, gradients);
    if (needs->lowest <= SNNFE_LAYER_FC1)
        backward_fc1(b, trial, weights->time_weights, hidden, masked, needs, gradients);
    if (needs->lowest <= SNNFE_LAYER_R1)
        backward_r1(b, trial, weights, masked, needs, gradients);
    if (needs->lowest <= SNNFE_LAYER_TC1)
        backward_tc1(b, trial, masked, needs, gradients);
    if (needs->lowest <= SNNFE_LAYER_CONV3)
        backward_conv3(b, trial, weights, needs, gradients);
    if (needs->lowest <= SNNFE_LAYER_CONV2)
        backward_pool(b, weights->layers[SNNFE_LAYER_CONV3]);
}
