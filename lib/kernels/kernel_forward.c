/* Forward kernels: compiled without contraction, the same bits on every instruction set. */
#include "fire.h"

#include <math.h>

#define VALUE int32_t
#define VECTOR vint
#define LOAD load_i
#define STORE store_i
#define NAME add_rows_i32
#include "rows.h"

/* One vector of neurons; `adaptive`, `masked` and `recorded` are constants at every call. */
static inline void lif_vector(const snnfe_lif_forward *s, size_t i, size_t channel, bool adaptive,
                              bool masked, bool recorded, uint64_t *spikes, uint64_t *window)
{
    const vfloat drive =
        __builtin_convertvector(load_i(s->sums + i), vfloat) * load_f(s->scale + channel);
    vfloat current = load_f(s->current_decay + i) * load_f(s->current + i) + drive;
    if (masked)
        current *= load_f(s->mask + i);
    const vfloat threshold = adaptive ? load_f(s->threshold + i) : splat(s->fixed_threshold);
    vfloat rest = load_f(s->rest + i), voltage;
    const vint spike = fire(current, load_f(s->voltage_decay + i), threshold, &rest, &voltage);
    store_f(s->current + i, current);
    store_f(s->rest + i, rest);
    *spikes = bits_of(spike);
    if (adaptive) {
        const vfloat fall = threshold * splat(s->adaptive_decay);
        const vfloat floor = splat(s->adaptive_floor);
        store_f(s->threshold + i, choose(spike, threshold + splat(s->adaptive_step),
                                         choose((vint)(fall > floor), fall, floor)));
    }
    if (recorded) {
        *window = bits_of(near_threshold(voltage, threshold, splat(s->surrogate_width)));
        store_f(s->voltage + i, voltage);
    }
}

static inline void lif_all(const snnfe_lif_forward *s, bool adaptive, bool masked, bool recorded)
{
    size_t channel = 0;
    for (size_t i = 0; i < s->n; i += SNNFE_BLOCK) {
        uint64_t spikes = 0, window = 0;
        for (size_t v = 0; v < VECTORS; v++) {
            uint64_t spike_bits = 0, window_bits = 0;
            lif_vector(s, i + v * LANES, channel + v * LANES, adaptive, masked, recorded,
                       &spike_bits, &window_bits);
            spikes |= spike_bits << (v * LANES);
            window |= window_bits << (v * LANES);
        }
        s->spikes[i / SNNFE_BLOCK] = spikes;
        if (recorded)
            s->window[i / SNNFE_BLOCK] = window;
        channel += SNNFE_BLOCK;
        if (channel == s->n_channels)
            channel = 0;
    }
}

static void lif_forward(const snnfe_lif_forward *s)
{
    const bool adaptive = s->threshold != NULL, masked = s->mask != NULL;
    if (!masked && !s->voltage)
        lif_all(s, adaptive, false, false);
    else
        lif_all(s, adaptive, masked, s->voltage != NULL);
}

static void round_units(const float *values, size_t stride, const double *units, size_t n,
                        int32_t *out)
{
    double scaled[SNNFE_STRIP];
    for (size_t c = 0; c < n; c++)
        scaled[c] = (double)values[c * stride] * units[c];
    for (size_t c = 0; c < n; c++)
        out[c] = (int32_t)lrint(scaled[c]);
}

void KERNEL_NAME(snnfe_fill_forward_)(snnfe_kernels *table);
void KERNEL_NAME(snnfe_fill_forward_)(snnfe_kernels *table)
{
    table->add_rows_i32 = add_rows_i32;
    table->lif_forward = lif_forward;
    table->round_units = round_units;
}
