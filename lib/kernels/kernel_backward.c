/* Backward kernels of the layers above conv2. */
#include "lif_back.h"

#define VALUE float
#define VECTOR vfloat
#define LOAD load_f
#define STORE store_f
#define NAME KERNEL_NAME(add_rows_f32)
#include "rows.h"

/* Steps are rows of neurons, too far apart for the processor's own prefetcher: each is fetched some
   steps before its turn. That of the first steps lies before the array, and fetches nothing of use;
   of a layer that goes back step by step these are steps to come. */
#define STEPS_AHEAD 8

static inline void fetch_ahead(const float *now, size_t stride)
{
    snnfe_prefetch((const void *)((uintptr_t)now - STEPS_AHEAD * stride * sizeof *now));
}

/* One vector of neurons through all steps, with its state in registers. */
static inline void lif_backward_vector(const snnfe_lif_backward *s, size_t i, bool masked)
{
    const ptrdiff_t n = (ptrdiff_t)s->n, n_words = n / SNNFE_BLOCK, last = (ptrdiff_t)s->n_steps;
    const size_t word = i / SNNFE_BLOCK, shift = i % SNNFE_BLOCK;
    const uint64_t *spikes = s->spikes + word, *window = s->window + word;
    const vfloat current_decay = load_f(s->current_decay + i);
    const vfloat voltage_decay = load_f(s->voltage_decay + i);
    const float *scale = s->spike_gradient_scale, *mask = masked ? s->mask + i : NULL;
    const float *spike_gradient = s->spike_gradient + i, *v = s->voltage + i;
    const size_t stride = s->gradient_stride;
    float *drive = s->drive_gradient + i, *sums = s->suffix + i;
    lif_gradients gradients = {load_f(s->voltage_gradient + i), load_f(drive + last * n),
                               load_f(s->current_decay_gradient + i),
                               load_f(s->voltage_decay_gradient + i)};
    vfloat suffix = load_f(sums + last * n);
    for (ptrdiff_t t = last - 1; t >= 0; t--) {
        const bool first = t == 0 && s->from_start;
        const vmask spike_before = mask_of(first ? 0 : spikes[(t - 1) * n_words] >> shift);
        const vfloat before = first ? splat(0) : load_f(v + (t - 1) * n);
        fetch_ahead(v + t * n, s->n);
        fetch_ahead(spike_gradient + (size_t)t * stride, stride);
        fetch_ahead(drive + t * n, s->n);
        fetch_ahead(sums + t * n, s->n);
        lif_back(load_f(spike_gradient + (size_t)t * stride) * splat(scale ? scale[t] : 1),
                 load_f(v + t * n), drop(before, spike_before),
                 mask_of(spikes[t * n_words] >> shift), mask_of(window[t * n_words] >> shift),
                 current_decay, voltage_decay, s->surrogate_height, mask, &gradients);
        suffix += gradients.drive;
        store_f(drive + t * n, gradients.drive);
        store_f(sums + t * n, suffix);
    }
    store_f(s->voltage_gradient + i, gradients.voltage);
    store_f(s->current_decay_gradient + i, gradients.current_decay);
    store_f(s->voltage_decay_gradient + i, gradients.voltage_decay);
}

void KERNEL_NAME(lif_backward)(const snnfe_lif_backward *s)
{
    for (size_t i = 0; i < s->n; i += LANES)
        if (s->mask)
            lif_backward_vector(s, i, true);
        else
            lif_backward_vector(s, i, false);
}

/* Swap the bits outside of the diagonal blocks of size `half`, in each block of twice that size. */
static inline void swap_blocks(uint64_t rows[64], const size_t half, uint64_t mask)
{
    for (size_t block = 0; block < 64; block += 2 * half)
        for (size_t i = block; i < block + half; i++) {
            const uint64_t swap = ((rows[i] >> half) ^ rows[i + half]) & mask;
            rows[i] ^= swap << half;
            rows[i + half] ^= swap;
        }
}

void KERNEL_NAME(transpose_bits)(uint64_t rows[64])
{
    swap_blocks(rows, 32, UINT64_C(0x00000000FFFFFFFF));
    swap_blocks(rows, 16, UINT64_C(0x0000FFFF0000FFFF));
    swap_blocks(rows, 8, UINT64_C(0x00FF00FF00FF00FF));
    swap_blocks(rows, 4, UINT64_C(0x0F0F0F0F0F0F0F0F));
    swap_blocks(rows, 2, UINT64_C(0x3333333333333333));
    swap_blocks(rows, 1, UINT64_C(0x5555555555555555));
}

/* Two rows at a time: both are fetched at once, and use a part of the gradient that is loaded once.
   A row without a partner is its own. */
static inline void add_two_products(size_t width, const float *weights, const float *gradient,
                                    size_t j, size_t k, float *out)
{
    const float *first = weights + j * width, *second = weights + k * width;
    vfloat even[2] = {splat(0), splat(0)}, odd[2] = {splat(0), splat(0)};
    for (size_t i = 0; i < width; i += 2 * LANES) {
        const vfloat left = load_f(gradient + i), right = load_f(gradient + i + LANES);
        even[0] += load_f(first + i) * left;
        odd[0] += load_f(first + i + LANES) * right;
        even[1] += load_f(second + i) * left;
        odd[1] += load_f(second + i + LANES) * right;
    }
    out[j] += total(even[0] + odd[0]);
    if (k != j)
        out[k] += total(even[1] + odd[1]);
}

void KERNEL_NAME(dense_spike_gradient)(size_t n, size_t width, const float *weights,
                                       const float *gradient, const uint64_t *open, float *out)
{
    for (size_t word = 0; word < n / 64; word++)
        for (uint64_t bits = open[word]; bits != 0;) {
            const size_t j = word * 64 + snnfe_lowest_bit(bits);
            bits &= bits - 1;
            const size_t k = bits != 0 ? word * 64 + snnfe_lowest_bit(bits) : j;
            bits &= bits - 1;
            add_two_products(width, weights, gradient, j, k, out);
        }
}

void KERNEL_NAME(add_where)(float *sums, size_t n, const uint64_t *bits, float factor)
{
    for (size_t i = 0; i < n; i += LANES)
        store_f(sums + i,
                load_f(sums + i) + keep(splat(factor), mask_of(bits[i / 64] >> (i % 64))));
}
