/* The gradients of conv1's and conv2's neurons and weights, a strip of channels at a time through
   some steps: neurons keep their state in registers, and the sums of events that make a weight's
   gradient run over all the steps at once. */
#include "eight.h"
#include "lif_back.h"

#define VALUE float
#define VECTOR vfloat
#define LOAD load_f
#include "strip_rows.h"

/* One vector of neurons: `i` of the layer, those of output `output` at lane `lane` of the strip. */
static inline void neurons_back(const snnfe_conv_geometry *g, const snnfe_lif_backward_run *s,
                                size_t i, size_t output, size_t lane, const float *spike_gradient,
                                bool summed)
{
    const size_t n_words = s->n / SNNFE_BLOCK, word = i / SNNFE_BLOCK, shift = i % SNNFE_BLOCK;
    const size_t out = output * SNNFE_STRIP + lane;
    const ptrdiff_t stride = (ptrdiff_t)(snnfe_conv_outputs(g) * SNNFE_STRIP);
    const ptrdiff_t gradient_step = (ptrdiff_t)s->gradient_stride;
    const vfloat current_decay = load_f(s->current_decay + i);
    const vfloat voltage_decay = load_f(s->voltage_decay + i);
    const vfloat scale = splat(s->spike_gradient_scale);
    const float height = s->surrogate_height;
    float *drives = s->drives + out, *suffixes = s->suffixes + out;
    const float *v = s->voltage + i / SNNFE_STRIP * s->order.strip + i % SNNFE_STRIP;
    const uint64_t *spikes = s->spikes + word, *window = s->window + word;
    const ptrdiff_t step = (ptrdiff_t)s->order.step, row = (ptrdiff_t)n_words;
    /* Prefetch the voltages of the output after the next two. Each output's voltages are a
       separate stream, which ends before the processor's own prefetcher has detected it. */
    const size_t later = 3 * g->out_channels;
    const size_t ahead = i + later < s->n ? later / SNNFE_STRIP * s->order.strip : 0;
    /* conv2's gradients come from far, too: those of the next cell. */
    const ptrdiff_t next_cell =
        output + 2 < snnfe_conv_outputs(g) ? (ptrdiff_t)s->gradient_width : 0;
    lif_gradients gradients = {load_f(s->voltage_gradient + i), load_f(s->drive_gradient + i),
                               load_f(s->current_decay_gradient + i),
                               load_f(s->voltage_decay_gradient + i)};
    vfloat suffix = summed ? load_f(s->suffix + i) : splat(0);
    vint drive_bits = {0};
    ptrdiff_t t = (ptrdiff_t)s->n_steps - 1;
    vfloat voltage = load_f(v + t * step);
    vmask spike = mask_of(spikes[t * row] >> shift);
    for (; t >= 0; t--) {
        const bool first = t == 0 && s->from_start;
        const vfloat before = first ? splat(0) : load_f(v + (t - 1) * step);
        const vmask spike_before = mask_of(first ? 0 : spikes[(t - 1) * row] >> shift);
        snnfe_prefetch_to_read(v + t * step + ahead);
        if (summed)
            snnfe_prefetch_to_read(spike_gradient + t * gradient_step + next_cell);
        const vmask open = mask_of(window[t * row] >> shift);
        lif_back(load_f(spike_gradient + t * gradient_step) * scale, voltage,
                 drop(before, spike_before), spike, open, current_decay, voltage_decay, height,
                 NULL, &gradients);
        store_f(drives + t * stride, gradients.drive);
        drive_bits |= (vint)gradients.drive;
        if (summed) {
            suffix += gradients.drive;
            store_f(suffixes + t * stride, suffix);
        }
        voltage = before;
        spike = spike_before;
    }
    store_f(s->voltage_gradient + i, gradients.voltage);
    store_f(s->drive_gradient + i, gradients.drive);
    store_f(s->current_decay_gradient + i, gradients.current_decay);
    store_f(s->voltage_decay_gradient + i, gradients.voltage_decay);
    if (summed)
        store_f(s->suffix + i, suffix);
    if (s->drive_bits)
        store_i(s->drive_bits + lane, load_i(s->drive_bits + lane) | drive_bits);
}

static inline void all_back(const snnfe_conv_geometry *g, const snnfe_lif_backward_run *s,
                            bool summed)
{
    for (size_t row = 0; row < g->used_rows; row++)
        for (size_t column = 0; column < g->used_columns; column++) {
            const size_t cell = row / s->cell * s->gradient_columns + column / s->cell;
            const size_t first = (row * g->out_columns + column) * g->out_channels + s->channel;
            for (size_t lane = 0; lane < SNNFE_STRIP; lane += LANES)
                neurons_back(g, s, first + lane, row * g->used_columns + column, lane,
                             s->spike_gradient + cell * s->gradient_width + lane, summed);
        }
}

void KERNEL_NAME(lif_backward_run)(const snnfe_conv_geometry *g, const snnfe_lif_backward_run *s)
{
    if (s->suffix)
        all_back(g, s, true);
    else
        all_back(g, s, false);
}

/* Origin and taps of the inputs of one channel that switched. */
static inline size_t list_inputs(const snnfe_conv_geometry *g, const uint64_t *bits, size_t n_steps,
                                 uint16_t *origin, uint16_t *taps)
{
    const size_t n_outputs = snnfe_conv_outputs(g), step = g->in_channels * g->n_words;
    size_t n = 0;
    for (size_t t = 0; t < n_steps; t++)
        for (size_t word = 0; word < g->n_words; word++) {
            const uint16_t *const from = g->origin + word * 64, *const have = g->taps + word * 64;
            uint64_t left = bits[t * step + word];
#if LANES == 16
            const __m512i row = _mm512_set1_epi16((short)(t * n_outputs));
            for (size_t half = 0; left != 0; half += 32, left >>= 32) {
                const __mmask32 some = (__mmask32)left;
                const __m512i place = _mm512_add_epi16(_mm512_loadu_si512(from + half), row);
                _mm512_storeu_si512(origin + n, _mm512_maskz_compress_epi16(some, place));
                _mm512_storeu_si512(
                    taps + n, _mm512_maskz_compress_epi16(some, _mm512_loadu_si512(have + half)));
                n += (size_t)__builtin_popcount(some);
            }
#else
            for (; left != 0; left &= left - 1, n++) {
                const size_t p = snnfe_lowest_bit(left);
                origin[n] = (uint16_t)(t * n_outputs + from[p]);
                taps[n] = have[p];
            }
#endif
        }
    return n;
}

/* Rows of those inputs that have an output under the tap, which lies `back` before the origin. */
static inline snnfe_row_offset_8 *append_outputs(snnfe_row_offset_8 *end, const uint16_t *origin,
                                                 const uint16_t *taps, size_t n, size_t tap,
                                                 size_t back)
{
#if LANES == 16
    const __m512i wanted = _mm512_set1_epi16((short)(1 << tap));
    const __m512i shift = _mm512_set1_epi16((short)back);
    for (size_t e = 0; e < n; e += 32) {
        const __mmask32 within = n - e < 32 ? (1u << (n - e)) - 1 : UINT32_MAX;
        const __mmask32 some =
            _mm512_mask_test_epi16_mask(within, _mm512_loadu_si512(taps + e), wanted);
        const __m512i row = _mm512_sub_epi16(_mm512_loadu_si512(origin + e), shift);
        _mm512_storeu_si512(end, _mm512_maskz_compress_epi16(some, _mm512_slli_epi16(row, 3)));
        end += __builtin_popcount(some);
    }
#elif defined(COMPRESS_EIGHT)
    for (size_t e = 0; e < n; e += 8) {
        const unsigned within = n - e < 8 ? (1u << (n - e)) - 1 : UINT8_MAX;
        const eight_u16 row =
            (load_eight(origin + e) - (uint16_t)back) * (uint16_t)SNNFE_ROW_OFFSET_8;
        const unsigned some = within & bits_of_eight((load_eight(taps + e) >> tap & 1) != 0);
        store_eight(end, compress_eight(row, some));
        end += __builtin_popcount(some);
    }
#else
    for (size_t e = 0; e < n; e++) {
        *end = (snnfe_row_offset_8)(SNNFE_ROW_OFFSET_8 * (origin[e] - back));
        end += taps[e] >> tap & 1;
    }
#endif
    return end;
}

void KERNEL_NAME(list_gradient_rows)(const snnfe_conv_geometry *g, const uint64_t *on,
                                     const uint64_t *off, size_t n_steps,
                                     snnfe_gradient_rows *lists)
{
    const size_t most = snnfe_gradient_switches(g);
    uint16_t *const origin[2] = {lists->origin, lists->origin + most};
    uint16_t *const taps[2] = {lists->taps, lists->taps + most};
    snnfe_row_offset_8 *end = lists->rows;
    uint32_t *n = lists->n;
    for (size_t c = 0; c < g->in_channels; c++) {
        const size_t n_switched[2] = {
            list_inputs(g, on + c * g->n_words, n_steps, origin[0], taps[0]),
            list_inputs(g, off + c * g->n_words, n_steps, origin[1], taps[1])};
        for (size_t tap = 0; tap < 9; tap++)
            for (size_t i = 0; i < 2; i++) {
                snnfe_row_offset_8 *const list = end;
                end = append_outputs(end, origin[i], taps[i], n_switched[i], tap,
                                     tap / 3 * g->used_columns + tap % 3);
                end = fill_up(list, end, lists->empty);
                *n++ = (uint32_t)(end - list);
            }
    }
}

void KERNEL_NAME(conv_weight_gradient)(const snnfe_conv_geometry *g, const float *suffixes,
                                       const snnfe_gradient_rows *rows, float *weight_gradient)
{
    row_cursor next = {rows->rows, rows->n};
    for (size_t c = 0; c < g->in_channels; c++)
        for (size_t tap = 0; tap < 9; tap++) {
            float *sums = weight_gradient + (tap * g->in_channels + c) * g->out_channels;
            snnfe_prefetch(sums + g->out_channels); /* of the next channel */
            const strip_sums on = sum_next(suffixes, &next), off = sum_next(suffixes, &next);
            for (size_t v = 0; v < STRIP_PARTS; v++)
                store_f(sums + v * LANES, load_f(sums + v * LANES) + (on.part[v] - off.part[v]));
        }
}

void KERNEL_NAME(conv_input_gradient)(const snnfe_conv_geometry *g, const float *input,
                                      size_t input_stride, size_t n_steps, const float *gradient,
                                      float *weight_gradient, float *bias_gradient)
{
    const size_t channels = g->out_channels;
    for (size_t lane = 0; lane < SNNFE_STRIP; lane += LANES) {
        vfloat weight[9], bias = load_f(bias_gradient + lane);
        for (size_t tap = 0; tap < 9; tap++)
            weight[tap] = load_f(weight_gradient + tap * channels + lane);
        const float *next = gradient + lane;
        for (size_t t = 0; t < n_steps; t++)
            for (size_t row = 0; row < g->used_rows; row++)
                for (size_t column = 0; column < g->used_columns; column++, next += SNNFE_STRIP) {
                    const vfloat v = load_f(next);
                    const float *corner = input + (row * g->in_columns + column) * input_stride + t;
                    bias += v;
                    for (size_t tap = 0; tap < 9; tap++)
                        weight[tap] +=
                            splat(corner[(tap / 3 * g->in_columns + tap % 3) * input_stride]) * v;
                }
        for (size_t tap = 0; tap < 9; tap++)
            store_f(weight_gradient + tap * channels + lane, weight[tap]);
        store_f(bias_gradient + lane, bias);
    }
}
