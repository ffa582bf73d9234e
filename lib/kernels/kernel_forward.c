/* Forward kernels: compiled without contraction, the same bits on every instruction set. */
#include "fire.h"

#include <math.h>

#define VALUE int32_t
#define VECTOR vint
#define LOAD load_i
#define STORE store_i
#define NAME KERNEL_NAME(add_rows_i32)
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
    const vmask spike = fire(current, load_f(s->voltage_decay + i), threshold, &rest, &voltage);
    store_f(s->current + i, current);
    store_f(s->rest + i, rest);
    *spikes = bits_of(spike);
    if (adaptive) {
        const vfloat fall = threshold * splat(s->adaptive_decay);
        const vfloat floor = splat(s->adaptive_floor);
        store_f(s->threshold + i, choose(spike, threshold + splat(s->adaptive_step),
                                         choose(greater(fall, floor), fall, floor)));
    }
    if (recorded) {
        vmask near = near_threshold(voltage, threshold, splat(s->surrogate_width));
        if (masked)
            near &= greater(load_f(s->mask + i), splat(0));
        *window = bits_of(near);
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

void KERNEL_NAME(lif_forward)(const snnfe_lif_forward *s)
{
    const bool adaptive = s->threshold != NULL, masked = s->mask != NULL;
    if (!masked && !s->voltage)
        lif_all(s, adaptive, false, false);
    else
        lif_all(s, adaptive, masked, s->voltage != NULL);
}

/* Several partial sums, since in a single one each addition waits for the one before. Their
   number is the same on every instruction set, so that the rounding is the same. */
#define SUM_LANES ((size_t)8)
#define HALF ((size_t)LANES / 2)

typedef double vdouble __attribute__((vector_size(LANES * 4)));
typedef int64_t vlong __attribute__((vector_size(LANES * 4)));
typedef float vhalf __attribute__((vector_size(LANES * 2)));

void KERNEL_NAME(add_up)(const float *values, size_t n, double *sum, double *magnitude)
{
    vdouble sums[SUM_LANES / HALF] = {{0}}, magnitudes[SUM_LANES / HALF] = {{0}};
    size_t i = 0;
    for (; i + SUM_LANES <= n; i += SUM_LANES)
        for (size_t v = 0; v < SUM_LANES / HALF; v++) {
            vhalf part;
            memcpy(&part, values + i + v * HALF, sizeof part);
            const vdouble x = __builtin_convertvector(part, vdouble);
            sums[v] += x;
            magnitudes[v] += (vdouble)((vlong)x & INT64_MAX);
        }
    for (; i < n; i++) {
        *sum += (double)values[i];
        *magnitude += (double)fabsf(values[i]);
    }
    for (size_t lane = 0; lane < SUM_LANES; lane++) {
        *sum += sums[lane / HALF][lane % HALF];
        *magnitude += magnitudes[lane / HALF][lane % HALF];
    }
}

/* Sums with this number have a unit of 1 in the last place: adding it rounds to nearest, and the
   low half of the sum's bits is the integer. No instruction set converts as many at once. */
#define ROUNDER 0x1.8p52

static inline int32_t round_unit(float value, double units)
{
    const double sum = (double)value * units + ROUNDER;
    int64_t bits;
    memcpy(&bits, &sum, sizeof bits);
    return (int32_t)bits;
}

void KERNEL_NAME(round_units)(const float *values, size_t stride, const double *units, size_t n,
                              int32_t *out)
{
    if (n == SNNFE_STRIP)
        for (size_t c = 0; c < SNNFE_STRIP; c++)
            out[c] = round_unit(values[c * stride], units[c]);
    else
        for (size_t c = 0; c < n; c++)
            out[c] = round_unit(values[c * stride], units[c]);
}

void KERNEL_NAME(adam_update)(float *restrict values, const float *restrict gradient,
                              float *restrict first, float *restrict second, size_t count,
                              const snnfe_adam_factors *factors)
{
    const snnfe_adam_factors f = *factors;
    for (size_t i = 0; i < count; i++) {
        first[i] += f.first_share * (gradient[i] - first[i]);
        second[i] = f.second_keep * second[i] + f.second_share * (gradient[i] * gradient[i]);
        values[i] -= f.step_size * (first[i] / (sqrtf(second[i]) * f.root_scale + f.epsilon));
    }
}

uint64_t KERNEL_NAME(crossings)(const float *accumulators, size_t n, float ltp_unit, float ltd_unit)
{
    uint64_t reached = 0;
    size_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        vfloat a;
        memcpy(&a, accumulators + i, sizeof a);
        reached |= bits_of(at_least(a, splat(ltp_unit)) | at_least(-a, splat(ltd_unit))) << i;
    }
    for (; i < n; i++)
        reached |= (uint64_t)(accumulators[i] >= ltp_unit || -accumulators[i] >= ltd_unit) << i;
    return reached;
}
