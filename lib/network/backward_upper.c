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

/* `n_steps` steps of a layer from `first` on, back in time; the caller says where gradients come
   from. */
static snnfe_lif_backward lif_at(const snnfe_backward *b, const snnfe_trial *trial, int32_t layer,
                                 size_t first, size_t n_steps, bool masked,
                                 snnfe_gradients *gradients)
{
    const snnfe_layer_shape *shape = &b->packed->shape.layers[layer];
    const snnfe_packed_layer *p = &b->packed->layers[layer];
    const snnfe_trace *trace = &trial->traces[layer];
    const snnfe_layer_gradients *g = &gradients->layers[layer];
    const size_t n = shape->neurons;
    snnfe_lif_backward run = {
        .n = n,
        .n_steps = n_steps,
        .from_start = first == 0,
        .surrogate_height = b->options->surrogate_height,
        .voltage = trace->voltage + first * n,
        .spikes = trace->spikes + (1 + first) * shape->words,
        .window = trace->window + first * shape->words,
        .current_decay = p->current_decay,
        .voltage_decay = p->voltage_decay,
        .voltage_gradient = b->voltage_gradient,
        .drive_gradient = b->upper[layer].drive + first * n,
        .suffix = b->upper[layer].suffix + first * n,
        .current_decay_gradient = g->current_decay,
        .voltage_decay_gradient = g->voltage_decay,
    };
    if (masked && layer >= SNNFE_LAYER_TC1)
        run.mask = trial->masks + (size_t)(layer - SNNFE_LAYER_TC1) * n;
    return run;
}

/* Go back through a layer's neurons from the last step to the first. `spike_gradient` is what the
   layer above sends, row t at stride `stride`, scaled by scale[t] (NULL: 1). */
static void backward_neurons(const snnfe_backward *b, const snnfe_trial *trial, int32_t layer,
                             const float *spike_gradient, size_t stride, const float *scale,
                             bool masked, snnfe_gradients *gradients)
{
    const snnfe_shape *shape = &b->packed->shape;
    memset(b->voltage_gradient, 0, shape->layers[layer].neurons * sizeof(float));
    snnfe_lif_backward run = lif_at(b, trial, layer, 0, shape->n_steps, masked, gradients);
    run.spike_gradient = spike_gradient;
    run.gradient_stride = stride;
    run.spike_gradient_scale = scale;
    snnfe_kernels_get()->lif_backward(&run);
}

/* r1's neurons, one step after the other, since by its own weights the gradient of a step goes into
   the spikes of the step before. */
static void backward_recurrent(const snnfe_backward *b, const snnfe_trial *trial,
                               const float *weights, bool masked, snnfe_gradients *gradients)
{
    const snnfe_shape *shape = &b->packed->shape;
    const snnfe_kernels *k = snnfe_kernels_get();
    const size_t n = shape->layers[SNNFE_LAYER_R1].neurons;
    memset(b->voltage_gradient, 0, n * sizeof(float));
    for (size_t t = shape->n_steps; t-- > 0;) {
        snnfe_lif_backward run = lif_at(b, trial, SNNFE_LAYER_R1, t, 1, masked, gradients);
        k->dense_spike_gradient(n, n, weights, run.drive_gradient + n, run.window,
                                b->spike_gradient + t * n);
        run.spike_gradient = b->spike_gradient + t * n;
        k->lif_backward(&run);
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
        snnfe_kernels_get()->transpose_bits(rows);
        for (size_t neuron = 0; neuron < 64; neuron++)
            bits[neuron * n_words + chunk] = rows[neuron];
    }
}

snnfe_rows snnfe_event_rows(const snnfe_backward *b, size_t bit, size_t slot)
{
    const snnfe_shape *shape = &b->packed->shape;
    const size_t n_words = snnfe_time_words(shape), most = snnfe_event_times_most(shape);
    const uint64_t *now = b->time_bits + (slot * 64 + bit) * n_words;
    uint64_t last = 0;
    for (size_t w = 0; w < n_words; w++) {
        const size_t left = shape->n_steps - w * 64;
        const uint64_t within = left >= 64 ? UINT64_MAX : (UINT64_C(1) << left) - 1;
        b->bits_before[w] = (now[w] << 1 | last) & within;
        last = now[w] >> 63;
    }
    snnfe_rows rows = {0};
    snnfe_kernels_get()->list_changes(b->bits_before, now, n_words, b->on + slot * most,
                                      b->off + slot * most, &rows);
    return rows;
}

/* Weights from the spikes of layer `below`: those of tap i from spikes of first_lag - i steps
   earlier. */
static void dense_weights(snnfe_backward *b, const snnfe_trial *trial, int32_t layer, int32_t below,
                          size_t first_lag, size_t n_taps, float *weight_gradients)
{
    const snnfe_shape *shape = &b->packed->shape;
    const size_t n = shape->layers[layer].neurons, size = shape->layers[below].neurons * n;
    for (size_t word = 0; word < shape->layers[below].words; word++) {
        snnfe_event_times(b, trial, below, word, 0);
        for (size_t bit = 0; bit < 64; bit++) {
            const snnfe_rows rows = snnfe_event_rows(b, bit, 0);
            for (size_t tap = 0; rows.n_on + rows.n_off > 0 && tap < n_taps; tap++)
                snnfe_kernels_get()->add_rows_f32(
                    weight_gradients + tap * size + (word * 64 + bit) * n, n,
                    b->upper[layer].suffix + (first_lag - tap) * n, n, &rows, 1);
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
                         const float *hidden, bool masked, const snnfe_gradient_needs *needs,
                         snnfe_gradients *gradients)
{
    const snnfe_layer_shape *l = &b->packed->shape.layers[SNNFE_LAYER_FC1];
    snnfe_layer_gradients *g = &gradients->layers[SNNFE_LAYER_FC1];
    backward_neurons(b, trial, SNNFE_LAYER_FC1, hidden, 0, time_weights, masked, gradients);
    if (!needs->synapses[SNNFE_LAYER_FC1])
        return;
    add_bias(g->bias, l, b->upper[SNNFE_LAYER_FC1].suffix);
    dense_weights(b, trial, SNNFE_LAYER_FC1, SNNFE_LAYER_R1, 0, 1, g->weights);
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
    backward_recurrent(b, trial, weights->layers[SNNFE_LAYER_R1], masked, gradients);
    if (!needs->synapses[SNNFE_LAYER_R1])
        return;
    add_bias(g->bias, l, b->upper[SNNFE_LAYER_R1].suffix);
    dense_weights(b, trial, SNNFE_LAYER_R1, SNNFE_LAYER_R1, 1, 1, g->weights);
}

static void backward_tc1(snnfe_backward *b, const snnfe_trial *trial, bool masked,
                         const snnfe_gradient_needs *needs, snnfe_gradients *gradients)
{
    const snnfe_shape *shape = &b->packed->shape;
    const snnfe_layer_shape *l = &shape->layers[SNNFE_LAYER_TC1];
    snnfe_layer_gradients *g = &gradients->layers[SNNFE_LAYER_TC1];
    /* r1 takes tc1's spikes as they are. */
    backward_neurons(b, trial, SNNFE_LAYER_TC1, b->upper[SNNFE_LAYER_R1].drive, l->neurons, NULL,
                     masked, gradients);
    if (!needs->synapses[SNNFE_LAYER_TC1])
        return;
    for (size_t tap = 0; tap < 3; tap++) {
        const size_t lag = 2 - tap;
        /* A tap's bias acts from step `lag` on. */
        add_bias(g->bias + tap * l->padded, l,
                 b->upper[SNNFE_LAYER_TC1].suffix +
                     (lag < shape->n_steps ? lag : shape->n_steps) * l->neurons);
    }
    dense_weights(b, trial, SNNFE_LAYER_TC1, SNNFE_LAYER_CONV3, 2, 3, g->weights);
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
    backward_neurons(b, trial, SNNFE_LAYER_CONV3, b->spike_gradient, l->neurons, NULL, false,
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
