/* Forward kernels: compiled without contraction, the same bits on every instruction set. */
#include "vector.h"

static void conv_input(const snnfe_conv_geometry *g, const float *input, size_t input_stride,
                       const float *weights, const float *bias, float *drive)
{
    const size_t channels = g->out_channels;
    for (uint32_t row = 0; row < g->live_rows; row++)
        for (uint32_t column = 0; column < g->live_columns; column++) {
            float *here = drive + ((size_t)row * g->out_columns + column) * channels;
            float x[9];
            for (uint32_t tap = 0; tap < 9; tap++)
                x[tap] = input[((size_t)(row + tap / 3) * g->in_columns + column + tap % 3) *
                               input_stride];
            for (size_t c = 0; c < channels; c += LANES) {
                vfloat sum = load_f(bias + c);
                for (int tap = 0; tap < 9; tap++)
                    sum += splat(x[tap]) * load_f(weights + (size_t)tap * channels + c);
                store_f(here + c, sum);
            }
        }
}

#define VALUE int32_t
#define VECTOR vint
#define LOAD load_i
#define STORE store_i
#define NAME add_rows_i32
#include "rows.h"

/* One vector of neurons; `adaptive`, `masked` and `recorded` are constants at every call. */
static inline void lif_vector(const snnfe_lif_forward *s, size_t i, size_t channel, bool adaptive,
                              bool masked, bool fixed_point, bool recorded, uint64_t *spikes,
                              uint64_t *window)
{
    vfloat drive;
    if (fixed_point)
        drive = __builtin_convertvector(load_i(s->sums + i), vfloat) * load_f(s->scale + channel);
    else
        drive = load_f(s->drive + i);
    vfloat current = load_f(s->current_decay + i) * load_f(s->current + i) + drive;
    if (masked)
        current *= load_f(s->mask + i);
    const vfloat voltage = load_f(s->voltage_decay + i) * load_f(s->rest + i) + current;
    const vfloat threshold = adaptive ? load_f(s->threshold + i) : splat(s->fixed_threshold);
    const vint spike = (vint)(voltage > threshold);
    store_f(s->current + i, current);
    store_f(s->rest + i, drop(voltage, spike));
    *spikes = bits_of(spike);
    if (adaptive) {
        const vfloat fall = threshold * splat(s->adaptive_decay);
        const vfloat floor = splat(s->adaptive_floor);
        store_f(s->threshold + i, choose(spike, threshold + splat(s->adaptive_step),
                                         choose((vint)(fall > floor), fall, floor)));
    }
    if (recorded) {
        const vfloat distance = voltage - threshold;
        const vfloat width = splat(s->surrogate_width);
        *window = bits_of((vint)(distance < width) & (vint)(distance > -width));
        store_f(s->voltage + i, voltage);
    }
}

static inline void lif_all(const snnfe_lif_forward *s, bool adaptive, bool masked, bool fixed_point,
                           bool recorded)
{
    size_t channel = 0;
    for (size_t i = 0; i < s->n; i += SNNFE_BLOCK) {
        uint64_t spikes = 0, window = 0;
        for (size_t v = 0; v < VECTORS; v++) {
            uint64_t spike_bits = 0, window_bits = 0;
            lif_vector(s, i + v * LANES, channel + v * LANES, adaptive, masked, fixed_point,
                       recorded, &spike_bits, &window_bits);
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
    const bool fixed_point = s->sums != NULL, recorded = s->voltage != NULL;
    if (!adaptive && !masked && fixed_point && !recorded)
        lif_all(s, false, false, true, false);
    else if (!adaptive && !masked && fixed_point && recorded)
        lif_all(s, false, false, true, true);
    else if (!adaptive && !masked && !fixed_point)
        lif_all(s, false, false, false, recorded);
    else
        lif_all(s, adaptive, masked, fixed_point, recorded);
}

void KERNEL_NAME(snnfe_fill_forward_)(snnfe_kernels *table);
void KERNEL_NAME(snnfe_fill_forward_)(snnfe_kernels *table)
{
    table->conv_input = conv_input;
    table->add_rows_i32 = add_rows_i32;
    table->lif_forward = lif_forward;
}
