/* Forward kernels: compiled without contraction, the same bits on every instruction set. */
#include "vector.h"

#include <math.h>

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

/* Places of rows in a strip, in bytes, a whole vector at a time: what lies beyond the list is
   overwritten by the next. Returns the end of what counts. */
static inline uint32_t *append_rows(uint32_t *end, const uint16_t *channels, uint32_t n,
                                    uint32_t first)
{
    uint32_t e = 0;
    do {
        for (uint32_t i = 0; i < SNNFE_STRIP; i++)
            end[e + i] = (first + channels[e + i]) * (uint32_t)(SNNFE_STRIP * sizeof(int32_t));
        e += SNNFE_STRIP;
    } while (e < n);
    return end + n;
}

/* All rows that switched on, or off, under the taps of one output. */
static inline uint32_t *append_taps(uint32_t *end, const snnfe_conv_geometry *g, size_t corner,
                                    const uint16_t *channels, const uint32_t *n)
{
    const size_t width = g->in_channels;
    uint32_t first = 0;
    for (size_t row = 0; row < 3; row++, corner += g->in_columns)
        for (size_t p = corner; p < corner + 3; p++, first += (uint32_t)width)
            end = append_rows(end, channels + p * width, n[p], first);
    return end;
}

/* The rows to add and to subtract at one output: as many of both, the shorter list filled up with
   the empty row, since a second loop costs more. Returns how many. */
static uint32_t list_rows(uint32_t *on, uint32_t *off, const snnfe_conv_geometry *g, size_t corner,
                          const snnfe_events *events)
{
    const uint32_t empty = 9 * g->in_channels * (uint32_t)(SNNFE_STRIP * sizeof(int32_t));
    uint32_t *on_end = append_taps(on, g, corner, events->on, events->n_on);
    uint32_t *off_end = append_taps(off, g, corner, events->off, events->n_off);
    const ptrdiff_t n_on = on_end - on, n_off = off_end - off;
    for (ptrdiff_t e = n_on; e < n_off; e++)
        *on_end++ = empty;
    for (ptrdiff_t e = n_off; e < n_on; e++)
        *off_end++ = empty;
    return (uint32_t)(n_on > n_off ? n_on : n_off);
}

#define STRIP_PARTS ((size_t)SNNFE_STRIP / LANES)

static inline void add_output(int32_t *sums, const int32_t *strip, const uint32_t *on,
                              const uint32_t *off, uint32_t n)
{
    const char *rows = (const char *)strip;
    vint sum[STRIP_PARTS];
    for (size_t v = 0; v < STRIP_PARTS; v++)
        sum[v] = load_i(sums + v * LANES);
    for (uint32_t e = 0; e < n; e++) {
        const int32_t *plus = (const int32_t *)(const void *)(rows + on[e]);
        const int32_t *minus = (const int32_t *)(const void *)(rows + off[e]);
        for (size_t v = 0; v < STRIP_PARTS; v++)
            sum[v] += load_i(plus + v * LANES) - load_i(minus + v * LANES);
    }
    for (size_t v = 0; v < STRIP_PARTS; v++)
        store_i(sums + v * LANES, sum[v]);
}

static void conv_events(const snnfe_conv_geometry *g, const snnfe_events *events,
                        const int32_t *strips, const snnfe_conv_scratch *scratch, int32_t *sums)
{
    const size_t n_rows = g->live_rows, n_columns = g->live_columns;
    const size_t strip_size = ((size_t)9 * g->in_channels + 1) * SNNFE_STRIP;
    uint32_t *on = scratch->on, *off = scratch->off, *n = scratch->n;
    for (size_t row = 0; row < n_rows; row++)
        for (size_t column = 0; column < n_columns; column++) {
            *n = list_rows(on, off, g, row * g->in_columns + column, events);
            on += *n;
            off += *n++;
        }
    for (size_t c = 0; c < g->out_channels; c += SNNFE_STRIP) {
        const int32_t *strip = strips + c / SNNFE_STRIP * strip_size;
        on = scratch->on;
        off = scratch->off;
        n = scratch->n;
        for (size_t row = 0; row < n_rows; row++)
            for (size_t column = 0; column < n_columns; column++) {
                add_output(sums + (row * g->out_columns + column) * g->out_channels + c, strip, on,
                           off, *n);
                on += *n;
                off += *n++;
            }
    }
}

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
    table->conv_input = conv_input;
    table->add_rows_i32 = add_rows_i32;
    table->conv_events = conv_events;
    table->lif_forward = lif_forward;
    table->round_units = round_units;
}
