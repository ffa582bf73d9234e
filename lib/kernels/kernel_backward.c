/* Backward kernels of the layers above conv2. */
#include "lif_back.h"

#define VALUE float
#define VECTOR vfloat
#define LOAD load_f
#define STORE store_f
#define NAME KERNEL_NAME(add_rows_f32)
#include "rows.h"

static inline void lif_backward_vector(const snnfe_lif_backward *s, size_t i, vmask spike,
                                       vmask spike_before, vmask window, bool masked)
{
    const vfloat rest =
        s->voltage_before ? drop(load_f(s->voltage_before + i), spike_before) : splat(0);
    lif_gradients gradients = {load_f(s->voltage_gradient + i), load_f(s->drive_gradient_after + i),
                               load_f(s->current_decay_gradient + i),
                               load_f(s->voltage_decay_gradient + i)};
    lif_back(load_f(s->spike_gradient + i) * splat(s->spike_gradient_scale), load_f(s->voltage + i),
             rest, spike, window, load_f(s->current_decay + i), load_f(s->voltage_decay + i),
             s->surrogate_height, masked ? s->mask + i : NULL, &gradients);
    store_f(s->voltage_gradient + i, gradients.voltage);
    store_f(s->drive_gradient + i, gradients.drive);
    store_f(s->current_decay_gradient + i, gradients.current_decay);
    store_f(s->voltage_decay_gradient + i, gradients.voltage_decay);
    store_f(s->suffix + i, load_f(s->suffix_after + i) + gradients.drive);
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

void KERNEL_NAME(lif_backward)(const snnfe_lif_backward *s)
{
    if (s->mask)
        lif_backward_all(s, true);
    else
        lif_backward_all(s, false);
}

void KERNEL_NAME(dense_spike_gradient)(size_t n, size_t width, const float *weights,
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

void KERNEL_NAME(add_where)(float *sums, size_t n, const uint64_t *bits, float factor)
{
    for (size_t i = 0; i < n; i += LANES)
        store_f(sums + i,
                load_f(sums + i) + keep(splat(factor), mask_of(bits[i / 64] >> (i % 64))));
}
