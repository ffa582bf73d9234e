/* Backward kernels. */
#include "vector.h"

#define VALUE float
#define VECTOR vfloat
#define LOAD load_f
#define STORE store_f
#define NAME add_rows_f32
#include "rows.h"

static inline void lif_backward_vector(const snnfe_lif_backward *s, size_t i, vmask spike,
                                       vmask spike_before, vmask window, bool masked)
{
    const vfloat voltage_decay = load_f(s->voltage_decay + i);
    const vfloat current_decay = load_f(s->current_decay + i);
    const vfloat voltage = load_f(s->voltage + i);
    const vfloat voltage_gradient_after = load_f(s->voltage_gradient + i);
    const vfloat drive_gradient_after = load_f(s->drive_gradient_after + i);

    /* A spike at t clears what V[t+1] inherits. */
    const vfloat inherited = voltage_decay * voltage_gradient_after;
    const vfloat spike_gradient =
        load_f(s->spike_gradient + i) * splat(s->spike_gradient_scale) - inherited * voltage;
    const vfloat voltage_gradient =
        keep(splat(s->surrogate_height) * spike_gradient, window) + drop(inherited, spike);

    vfloat drive_gradient = voltage_gradient + current_decay * drive_gradient_after;
    if (masked)
        drive_gradient *= load_f(s->mask + i);

    /* The current is not kept: it is what V[t] has beyond the inherited potential. */
    vfloat current = voltage;
    if (s->voltage_before)
        current -= voltage_decay * drop(load_f(s->voltage_before + i), spike_before);

    store_f(s->voltage_decay_gradient + i,
            load_f(s->voltage_decay_gradient + i) + voltage_gradient_after * drop(voltage, spike));
    store_f(s->current_decay_gradient + i,
            load_f(s->current_decay_gradient + i) + drive_gradient_after * current);
    store_f(s->voltage_gradient + i, voltage_gradient);
    store_f(s->drive_gradient + i, drive_gradient);
    if (s->suffix)
        store_f(s->suffix + i, load_f(s->suffix_after + i) + drive_gradient);
}

static inline void lif_backward_all(const snnfe_lif_backward *s, bool masked)
{
    for (size_t i = 0; i < s->n; i += SNNFE_BLOCK) {
        const size_t word = i / SNNFE_BLOCK;
        const uint64_t before = s->spikes_before ? s->spikes_before[word] : 0;
        for (size_t v = 0; v < VECTORS; v++)
            lif_backward_vector(s, i + v * LANES, mask_of(s->spikes[word] >> (v * LANES)),
                                mask_of(before >> (v * LANES)),
                                mask_of(s->window[word] >> (v * LANES)), masked);
    }
}

static void lif_backward(const snnfe_lif_backward *s)
{
    if (s->mask)
        lif_backward_all(s, true);
    else
        lif_backward_all(s, false);
}

static inline __attribute__((always_inline)) void
weight_gradient_strip(float *sums, uint64_t on, uint64_t off, const uint16_t *target, size_t width,
                      const float *suffix, const size_t n_vectors)
{
    vfloat sum[STRIP_VECTORS];
    for (size_t v = 0; v < n_vectors; v++)
        sum[v] = load_f(sums + v * LANES);
    for (; on != 0; on &= on - 1) {
        const float *there = suffix + target[__builtin_ctzll(on)] * width;
        for (size_t v = 0; v < n_vectors; v++)
            sum[v] += load_f(there + v * LANES);
    }
    for (; off != 0; off &= off - 1) {
        const float *there = suffix + target[__builtin_ctzll(off)] * width;
        for (size_t v = 0; v < n_vectors; v++)
            sum[v] -= load_f(there + v * LANES);
    }
    for (size_t v = 0; v < n_vectors; v++)
        store_f(sums + v * LANES, sum[v]);
}

static void conv_weight_gradient(const snnfe_conv_geometry *g, const float *suffix,
                                 const uint64_t *on, const uint64_t *off, float *weight_gradient)
{
    const size_t width = g->out_channels;
    for (size_t tap = 0; tap < 9; tap++)
        for (size_t c = 0; c < g->in_channels; c++)
            for (size_t word = 0; word < g->n_words; word++) {
                const size_t map = tap * g->n_words + word;
                const uint64_t on_here = on[c * g->n_words + word] & g->valid[map];
                const uint64_t off_here = off[c * g->n_words + word] & g->valid[map];
                if ((on_here | off_here) == 0)
                    continue;
                const uint16_t *target = g->target + map * 64;
                float *row = weight_gradient + (tap * g->in_channels + c) * width;
                size_t first = 0;
                for (; first + STRIP <= width; first += STRIP)
                    weight_gradient_strip(row + first, on_here, off_here, target, width,
                                          suffix + first, STRIP_VECTORS);
                for (; first < width; first += REST)
                    weight_gradient_strip(row + first, on_here, off_here, target, width,
                                          suffix + first, REST_VECTORS);
            }
}

static void conv_input_gradient(const snnfe_conv_geometry *g, const float *input,
                                size_t input_stride, const float *gradient, float *weight_gradient,
                                float *bias_gradient)
{
    const size_t channels = g->out_channels;
    for (size_t c = 0; c < channels; c += LANES) {
        vfloat weight[9], bias = load_f(bias_gradient + c);
        for (size_t tap = 0; tap < 9; tap++)
            weight[tap] = load_f(weight_gradient + tap * channels + c);
        for (size_t row = 0; row < g->live_rows; row++)
            for (size_t column = 0; column < g->live_columns; column++) {
                const vfloat v = load_f(gradient + (row * g->out_columns + column) * channels + c);
                const float *corner = input + (row * g->in_columns + column) * input_stride;
                bias += v;
                for (size_t tap = 0; tap < 9; tap++)
                    weight[tap] +=
                        splat(corner[(tap / 3 * g->in_columns + tap % 3) * input_stride]) * v;
            }
        for (size_t tap = 0; tap < 9; tap++)
            store_f(weight_gradient + tap * channels + c, weight[tap]);
        store_f(bias_gradient + c, bias);
    }
}

static void dense_spike_gradient(size_t n, size_t width, const float *weights,
                                 const float *gradient, const uint64_t *open, float *out)
{
    for (size_t word = 0; word < n / 64; word++)
        for (uint64_t bits = open[word]; bits != 0; bits &= bits - 1) {
            const size_t j = word * 64 + (size_t)__builtin_ctzll(bits);
            const float *row = weights + j * width;
            vfloat even = splat(0.0F), odd = splat(0.0F);
            for (size_t i = 0; i < width; i += 2 * LANES) {
                even += load_f(row + i) * load_f(gradient + i);
                odd += load_f(row + i + LANES) * load_f(gradient + i + LANES);
            }
            out[j] += total(even + odd);
        }
}

static void add_where(float *sums, size_t n, const uint64_t *bits, float factor)
{
    for (size_t i = 0; i < n; i += LANES)
        store_f(sums + i,
                load_f(sums + i) + keep(splat(factor), mask_of(bits[i / 64] >> (i % 64))));
}

void KERNEL_NAME(snnfe_fill_backward_)(snnfe_kernels *table);
void KERNEL_NAME(snnfe_fill_backward_)(snnfe_kernels *table)
{
    table->add_rows_f32 = add_rows_f32;
    table->lif_backward = lif_backward;
    table->conv_weight_gradient = conv_weight_gradient;
    table->conv_input_gradient = conv_input_gradient;
    table->dense_spike_gradient = dense_spike_gradient;
    table->add_where = add_where;
}
