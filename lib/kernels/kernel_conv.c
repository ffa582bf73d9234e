/* The convolutional layers over several steps: neurons of a few channels at one position run
   through all steps before the next ones, so that their weights, decays and state stay where they
   are. Compiled without contraction, as the other forward kernels. */
#include "fire.h"

#define VALUE int32_t
#define VECTOR vint
#define LOAD load_i
#include "strip_rows.h"

/* Write the bits of a strip's neurons into their word. Where the first byte is the lowest only the
   strip's bytes are stored: with a word that is read, changed and stored, each step would wait for
   the store of the strip before. Otherwise the first strip of a word overwrites all of it. */
static inline void put_bits(uint64_t *word, size_t channel, uint64_t bits)
{
    const size_t shift = channel % SNNFE_BLOCK;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    memcpy((char *)word + shift / 8, &bits, SNNFE_STRIP / 8);
#else
    *word = (shift == 0 ? 0 : *word) | bits << shift;
#endif
}

/* What a vector of neurons carries through the steps. */
typedef struct neurons {
    vfloat current, rest, current_decay, voltage_decay;
    size_t place;   /* of the first neuron in the layer */
    size_t channel; /* the same within its position */
    size_t voltage; /* where its first voltage goes */
} neurons;

static inline neurons neurons_at(const snnfe_lif_run *lif, size_t place, size_t channel)
{
    return (neurons){load_f(lif->current + place),
                     load_f(lif->rest + place),
                     load_f(lif->current_decay + place),
                     load_f(lif->voltage_decay + place),
                     place,
                     channel,
                     place / SNNFE_STRIP * lif->order.strip + place % SNNFE_STRIP};
}

static inline void neurons_keep(const snnfe_lif_run *lif, const neurons *v)
{
    store_f(lif->current + v->place, v->current);
    store_f(lif->rest + v->place, v->rest);
}

/* One step of a strip's neurons. */
static inline void neurons_step(const snnfe_lif_run *lif, neurons v[STRIP_PARTS],
                                const vfloat drive[STRIP_PARTS], size_t t, bool recorded)
{
    const vfloat threshold = splat(lif->threshold);
    uint64_t spikes = 0, window = 0;
    for (size_t i = 0; i < STRIP_PARTS; i++) {
        vfloat voltage;
        v[i].current = v[i].current_decay * v[i].current + drive[i];
        const vmask spike = fire(v[i].current, v[i].voltage_decay, threshold, &v[i].rest, &voltage);
        spikes |= bits_of(spike) << (i * LANES);
        if (recorded) {
            const vmask near = near_threshold(voltage, threshold, splat(lif->surrogate_width));
            window |= bits_of(near) << (i * LANES);
            store_f(lif->voltage + v[i].voltage + t * lif->order.step, voltage);
        }
    }
    const size_t word = t * (lif->n / SNNFE_BLOCK) + v[0].place / SNNFE_BLOCK;
    put_bits(lif->spikes + word, v[0].channel, spikes);
    if (recorded)
        put_bits(lif->window + word, v[0].channel, window);
}

/* A strip's neurons, whose drives are known, over a single step: as in live decoding. */
static inline void step_once(const snnfe_lif_run *lif, const vfloat drive[STRIP_PARTS],
                             size_t place, size_t channel)
{
    neurons v[STRIP_PARTS];
    for (size_t i = 0; i < STRIP_PARTS; i++)
        v[i] = neurons_at(lif, place + i * LANES, channel + i * LANES);
    neurons_step(lif, v, drive, 0, false);
    for (size_t i = 0; i < STRIP_PARTS; i++)
        neurons_keep(lif, &v[i]);
}

static inline bool is_single_step(const snnfe_lif_run *lif)
{
    return lif->n_steps == 1 && !lif->voltage;
}

/* Begin (`next` 0) or end (1) of this share of n things. */
static inline size_t share_of(const snnfe_lif_run *lif, size_t n, size_t next)
{
    return n * (lif->part + next) / lif->n_parts;
}

/* --- conv1 ---------------------------------------------------------------------------------- */

/* All steps of the neurons of one strip at one output: an input is spread over a vector once. */
static inline void input_strip(const snnfe_conv_geometry *g, const float *corner,
                               size_t input_stride, const float *weights, const float *bias,
                               size_t channel, size_t place, const snnfe_lif_run *lif,
                               bool recorded)
{
    vfloat w[STRIP_PARTS][9];
    neurons v[STRIP_PARTS];
    for (size_t i = 0; i < STRIP_PARTS; i++) {
        for (size_t tap = 0; tap < 9; tap++)
            w[i][tap] = load_f(weights + tap * g->out_channels + i * LANES);
        v[i] = neurons_at(lif, place + i * LANES, channel + i * LANES);
    }
    for (size_t t = 0; t < lif->n_steps; t++) {
        vfloat drive[STRIP_PARTS];
        for (size_t i = 0; i < STRIP_PARTS; i++)
            drive[i] = load_f(bias + i * LANES);
        for (size_t tap = 0; tap < 9; tap++) {
            const vfloat x = splat(corner[(tap / 3 * g->in_columns + tap % 3) * input_stride + t]);
            for (size_t i = 0; i < STRIP_PARTS; i++)
                drive[i] += x * w[i][tap];
        }
        neurons_step(lif, v, drive, t, recorded);
    }
    for (size_t i = 0; i < STRIP_PARTS; i++)
        neurons_keep(lif, &v[i]);
}

/* The same for a single step, in which weights are not worth keeping in registers. */
static inline void step_input(const snnfe_conv_geometry *g, const float *corner,
                              size_t input_stride, const float *weights, const float *bias,
                              size_t channel, size_t place, const snnfe_lif_run *lif)
{
    vfloat drive[STRIP_PARTS];
    for (size_t i = 0; i < STRIP_PARTS; i++)
        drive[i] = load_f(bias + i * LANES);
    for (size_t tap = 0; tap < 9; tap++) {
        const vfloat x = splat(corner[(tap / 3 * g->in_columns + tap % 3) * input_stride]);
        for (size_t i = 0; i < STRIP_PARTS; i++)
            drive[i] += x * load_f(weights + tap * g->out_channels + i * LANES);
    }
    step_once(lif, drive, place, channel);
}

static inline void conv_input_all(const snnfe_conv_geometry *g, const float *input,
                                  size_t input_stride, const float *weights, const float *bias,
                                  const snnfe_lif_run *lif, bool recorded, bool single)
{
    const size_t channels = g->out_channels;
    const size_t end_row = share_of(lif, g->used_rows, 1);
    for (size_t row = share_of(lif, g->used_rows, 0); row < end_row; row++)
        for (size_t column = 0; column < g->used_columns; column++) {
            const float *corner = input + (row * g->in_columns + column) * input_stride;
            const size_t place = (row * g->out_columns + column) * channels;
            for (size_t c = 0; c < channels; c += SNNFE_STRIP)
                if (single)
                    step_input(g, corner, input_stride, weights + c, bias + c, c, place + c, lif);
                else
                    input_strip(g, corner, input_stride, weights + c, bias + c, c, place + c, lif,
                                recorded);
        }
}

void KERNEL_NAME(conv_input)(const snnfe_conv_geometry *g, const float *input, size_t input_stride,
                             const float *weights, const float *bias, const snnfe_lif_run *lif)
{
    if (is_single_step(lif))
        conv_input_all(g, input, input_stride, weights, bias, lif, false, true);
    else if (lif->voltage)
        conv_input_all(g, input, input_stride, weights, bias, lif, true, false);
    else
        conv_input_all(g, input, input_stride, weights, bias, lif, false, false);
}

/* --- which channels switch ------------------------------------------------------------------ */

/* Lists are written a whole vector at a time: what lies beyond their end is overwritten later. */
#define LIST_VECTOR ((size_t)SNNFE_LIST_SLACK)

#if LANES == 16
static inline __m512i every_place(void)
{
    const __m512i four = _mm512_set1_epi32(0x03020100);
    const __m512i lane = _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    return _mm512_add_epi8(four, _mm512_mullo_epi32(lane, _mm512_set1_epi32(0x04040404)));
}
#endif

/* Append (base + index) * times for each bit that is set. */
static inline uint16_t *append_bits(uint16_t *end, uint64_t bits, size_t base, size_t times)
{
#if LANES == 16
    __m512i places = _mm512_maskz_compress_epi8((__mmask64)bits, every_place());
    uint16_t *const next = end + __builtin_popcountll(bits);
    const __m512i first = _mm512_set1_epi16((short)base), factor = _mm512_set1_epi16((short)times);
    do {
        const __m512i wide = _mm512_cvtepu8_epi16(_mm512_castsi512_si256(places));
        _mm512_storeu_si512(end, _mm512_mullo_epi16(_mm512_add_epi16(wide, first), factor));
        places = _mm512_alignr_epi32(places, places, 8);
        end += LIST_VECTOR;
    } while (end < next);
    return next;
#elif defined(__BMI__)
    /* Four at once, mostly enough: how many there are is hard to predict. Without a bit left,
       tzcnt is 64. */
    uint16_t *const next = end + __builtin_popcountll(bits);
    do {
        for (size_t i = 0; i < 4; i++, bits = _blsr_u64(bits))
            end[i] = (uint16_t)(times * (base + _tzcnt_u64(bits)));
        end += 4;
    } while (end < next);
    return next;
#else
    for (; bits != 0; bits &= bits - 1)
        *end++ = (uint16_t)(times * (base + (size_t)__builtin_ctzll(bits)));
    return end;
#endif
}

void KERNEL_NAME(list_changes)(const uint64_t *before, const uint64_t *now, size_t n_words,
                               uint16_t *on, uint16_t *off, snnfe_rows *rows)
{
    uint16_t *on_end = on, *off_end = off;
    for (size_t word = 0; word < n_words; word++) {
        const uint64_t old = before ? before[word] : 0, new = now ? now[word] : 0;
        if (old == new)
            continue;
        on_end = append_bits(on_end, new & ~old, word * SNNFE_BLOCK, 1);
        off_end = append_bits(off_end, old & ~new, word * SNNFE_BLOCK, 1);
    }
    *rows = (snnfe_rows){on, off, (uint32_t)(on_end - on), (uint32_t)(off_end - off), rows->base};
}

/* The four neurons of a pooled place have the same targets, so one that switches on cancels one
   that switches off. */
static inline void cancel(uint64_t on[4], uint64_t off[4])
{
    for (size_t i = 0; i < 4; i++)
        for (size_t j = 0; j < 4; j++) {
            const uint64_t both = on[i] & off[j];
            on[i] &= ~both;
            off[j] &= ~both;
        }
}

static void list_switches(const snnfe_conv_geometry *g, const uint64_t *before, const uint64_t *now,
                          size_t n_steps, const snnfe_conv_scratch *scratch)
{
    const size_t blocks = g->in_channels / SNNFE_BLOCK, side = g->pool;
    const size_t columns = g->source_columns, n_parts = side * side;
    uint16_t *on_end = scratch->on, *off_end = scratch->off;
    uint32_t *on_begin = scratch->on_begin, *off_begin = scratch->off_begin;
    for (size_t t = 0; t < n_steps; t++, before = now, now += g->source_words)
        for (size_t row = 0; row < g->in_rows; row++)
            for (size_t column = 0; column < g->in_columns; column++) {
                *on_begin++ = (uint32_t)(on_end - scratch->on);
                *off_begin++ = (uint32_t)(off_end - scratch->off);
                for (size_t block = 0; block < blocks; block++) {
                    const size_t first = column * g->in_channels + block * SNNFE_BLOCK;
                    uint64_t on[4], off[4];
                    for (size_t part = 0; part < n_parts; part++) {
                        const size_t place =
                            (side * row + part / side) * columns + side * column + part % side;
                        const uint64_t old = before ? before[place * blocks + block] : 0;
                        const uint64_t new = now[place * blocks + block];
                        on[part] = new & ~old;
                        off[part] = old & ~new;
                    }
                    if (n_parts == 4)
                        cancel(on, off);
                    for (size_t part = 0; part < n_parts; part++) {
                        on_end = append_bits(on_end, on[part], first, SNNFE_ROW_OFFSET_8);
                        off_end = append_bits(off_end, off[part], first, SNNFE_ROW_OFFSET_8);
                    }
                }
            }
    *on_begin = (uint32_t)(on_end - scratch->on);
    *off_begin = (uint32_t)(off_end - scratch->off);
}

/* --- which rows of the weights that gives --------------------------------------------------- */

static inline snnfe_row_offset_8 *
append_rows(snnfe_row_offset_8 *end, const snnfe_row_offset_8 *places, size_t n, size_t shift)
{
    size_t e = 0;
    do {
        for (size_t i = 0; i < LIST_VECTOR; i++)
            end[e + i] = (snnfe_row_offset_8)(places[e + i] + shift);
        e += LIST_VECTOR;
    } while (e < n);
    return end + n;
}

/* List the rows of weights for the neurons that switched at the inputs of an output, under the
   rows first_row…end_row-1 of the stencil. The first input is `corner`. Rows are counted from
   the first of these, and the list is filled up with the empty row. */
static inline snnfe_row_offset_8 *append_taps(snnfe_row_offset_8 *end, const snnfe_conv_geometry *g,
                                              size_t corner, size_t first_row, size_t end_row,
                                              const snnfe_row_offset_8 *places,
                                              const uint32_t *begin)
{
    const snnfe_row_offset_8 *const list = end;
    const size_t column = corner % g->in_columns;
    for (size_t row = first_row; row < end_row; row++) {
        const uint32_t *three = begin + corner + row * g->in_columns;
        const size_t first = snnfe_strip_row(g->in_channels, 3 * (row - first_row), 0);
        end = append_rows(end, places + three[0], three[3] - three[0],
                          SNNFE_ROW_OFFSET_8 * (first - column * g->in_channels));
    }
    return fill_up(list, end, snnfe_strip_row(g->in_channels, 2, g->in_channels));
}

/* For each output, group of stencil rows and step: the rows to add, then those to subtract. */
static void list_rows(const snnfe_conv_geometry *g, size_t n_steps, size_t n_groups,
                      const snnfe_conv_scratch *s)
{
    const size_t positions = (size_t)g->in_rows * g->in_columns, height = 3 / n_groups;
    snnfe_row_offset_8 *rows = s->rows;
    uint32_t *n = s->n_rows;
    for (size_t row = 0; row < g->used_rows; row++)
        for (size_t column = 0; column < g->used_columns; column++)
            for (size_t first = 0; first < 3; first += height)
                for (size_t t = 0; t < n_steps; t++) {
                    const size_t corner = row * g->in_columns + column, at = t * positions;
                    snnfe_row_offset_8 *const on_end = append_taps(
                        rows, g, corner, first, first + height, s->on, s->on_begin + at);
                    snnfe_row_offset_8 *const off_end = append_taps(
                        on_end, g, corner, first, first + height, s->off, s->off_begin + at);
                    *n++ = (uint32_t)(on_end - rows);
                    *n++ = (uint32_t)(off_end - on_end);
                    rows = off_end;
                }
}

/* --- conv2 and conv3 ------------------------------------------------------------------------ */

static inline strip_sums add_next(strip_sums sums, const int32_t *strip, row_cursor *next)
{
    const strip_sums on = sum_next(strip, next), off = sum_next(strip, next);
    for (size_t v = 0; v < STRIP_PARTS; v++)
        sums.part[v] += on.part[v] - off.part[v];
    return sums;
}

static inline strip_sums load_strip(const int32_t *sums)
{
    strip_sums loaded;
    for (size_t v = 0; v < STRIP_PARTS; v++)
        loaded.part[v] = load_i(sums + v * LANES);
    return loaded;
}

static inline void store_strip(int32_t *sums, strip_sums s)
{
    for (size_t v = 0; v < STRIP_PARTS; v++)
        store_i(sums + v * LANES, s.part[v]);
}

/* All steps of the neurons of one strip at one output. `partial` holds the sums of all groups of
   stencil rows but the last, for each step. */
static inline void run_strip(const int32_t *strip, row_cursor *next, int32_t *partial,
                             size_t n_groups, size_t group_size, int32_t *sums, size_t place,
                             size_t channel, const snnfe_lif_run *lif, bool recorded)
{
    for (size_t group = 0; group + 1 < n_groups; group++, strip += group_size)
        for (size_t t = 0; t < lif->n_steps; t++) {
            int32_t *here = partial + t * SNNFE_STRIP;
            const strip_sums so_far = group > 0 ? load_strip(here) : (strip_sums){0};
            store_strip(here, add_next(so_far, strip, next));
        }
    strip_sums total = load_strip(sums);
    neurons v[STRIP_PARTS];
    vfloat scale[STRIP_PARTS];
    for (size_t i = 0; i < STRIP_PARTS; i++) {
        v[i] = neurons_at(lif, place + i * LANES, channel + i * LANES);
        scale[i] = load_f(lif->scale + channel + i * LANES);
    }
    for (size_t t = 0; t < lif->n_steps; t++) {
        total = add_next(total, strip, next);
        if (n_groups > 1) {
            const strip_sums rest = load_strip(partial + t * SNNFE_STRIP);
            for (size_t i = 0; i < STRIP_PARTS; i++)
                total.part[i] += rest.part[i];
        }
        vfloat drive[STRIP_PARTS];
        for (size_t i = 0; i < STRIP_PARTS; i++)
            drive[i] = __builtin_convertvector(total.part[i], vfloat) * scale[i];
        neurons_step(lif, v, drive, t, recorded);
    }
    store_strip(sums, total);
    for (size_t i = 0; i < STRIP_PARTS; i++)
        neurons_keep(lif, &v[i]);
}

/* A single step of them, without groups. The sums are loaded last, when registers are free. */
static inline void step_strip(const int32_t *strip, row_cursor *next, int32_t *sums, size_t place,
                              size_t channel, const snnfe_lif_run *lif)
{
    const strip_sums change = add_next((strip_sums){0}, strip, next);
    vfloat drive[STRIP_PARTS];
    for (size_t i = 0; i < STRIP_PARTS; i++) {
        const vint total = load_i(sums + i * LANES) + change.part[i];
        store_i(sums + i * LANES, total);
        drive[i] =
            __builtin_convertvector(total, vfloat) * load_f(lif->scale + channel + i * LANES);
    }
    step_once(lif, drive, place, channel);
}

static inline void run_strips(const snnfe_conv_geometry *g, size_t n_groups, const int32_t *strips,
                              const snnfe_conv_scratch *scratch, int32_t *sums,
                              const snnfe_lif_run *lif, bool recorded, bool single)
{
    const size_t strip_size = snnfe_strip_rows(g->in_channels) * SNNFE_STRIP;
    const size_t n_blocks = g->out_channels / SNNFE_BLOCK;
    const size_t end = share_of(lif, n_blocks, 1) * SNNFE_BLOCK;
    for (size_t c = share_of(lif, n_blocks, 0) * SNNFE_BLOCK; c < end; c += SNNFE_STRIP) {
        const int32_t *strip = strips + c / SNNFE_STRIP * strip_size;
        row_cursor next = {scratch->rows, scratch->n_rows};
        for (size_t row = 0; row < g->used_rows; row++)
            for (size_t column = 0; column < g->used_columns; column++) {
                const size_t place = (row * g->out_columns + column) * g->out_channels + c;
                if (single)
                    step_strip(strip, &next, sums + place, place, c, lif);
                else
                    run_strip(strip, &next, scratch->partial, n_groups, strip_size / 3,
                              sums + place, place, c, lif, recorded);
            }
    }
}

/* Rows of a strip that are used together fit the first-level cache, or nearly. */
#define MOST_ROWS_TOGETHER 640

void KERNEL_NAME(conv_events)(const snnfe_conv_geometry *g, const uint64_t *before,
                              const uint64_t *now, const int32_t *strips,
                              const snnfe_conv_scratch *scratch, int32_t *sums,
                              const snnfe_lif_run *lif)
{
    /* A single step reads a row too seldom for it to stay there. */
    const bool single = is_single_step(lif);
    const size_t n_groups = !single && (size_t)9 * g->in_channels > MOST_ROWS_TOGETHER ? 3 : 1;
    list_switches(g, before, now, lif->n_steps, scratch);
    list_rows(g, lif->n_steps, n_groups, scratch);
    if (single)
        run_strips(g, 1, strips, scratch, sums, lif, false, true);
    else if (n_groups == 1 && !lif->voltage)
        run_strips(g, 1, strips, scratch, sums, lif, false, false);
    else if (n_groups == 1)
        run_strips(g, 1, strips, scratch, sums, lif, true, false);
    else if (!lif->voltage)
        run_strips(g, 3, strips, scratch, sums, lif, false, false);
    else
        run_strips(g, 3, strips, scratch, sums, lif, true, false);
}
