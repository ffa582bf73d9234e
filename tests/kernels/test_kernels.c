/* Every forward kernel of every instruction set against a plain loop on random arrays. */
#include "random.h"

#include "base/memory.h"
#include "kernels/processor.h"
#include "support.h"

#include <math.h>

START_TEST(row_sums)
{
    const snnfe_kernels *k = kernels_of(_i);
    if (!k)
        return;
    for (size_t width = 64; width <= 320; width += 64) {
        enum { ROWS = 50 };
        int32_t *table = snnfe_alloc(ROWS * width, sizeof(int32_t));
        for (size_t i = 0; i < ROWS * width; i++)
            table[i] = (int32_t)(snnfe_stream_u32(&stream) >> 8) - (1 << 23);
        float *ftable = random_floats(ROWS * width), *fsums = random_floats(width);
        int32_t *sums = snnfe_alloc(width, sizeof(int32_t));
        int64_t expected[320] = {0};
        double fexpected[320];
        for (size_t i = 0; i < width; i++)
            fexpected[i] = (double)fsums[i];
        uint16_t on[2][20], off[2][20];
        snnfe_rows lists[2] = {{on[0], off[0], 20, 7, 0}, {on[1], off[1], 0, 13, 5 * width}};
        for (int l = 0; l < 2; l++) {
            for (size_t e = 0; e < 20; e++) {
                on[l][e] = (uint16_t)snnfe_stream_below(&stream, 45);
                off[l][e] = (uint16_t)snnfe_stream_below(&stream, 45);
            }
            for (size_t i = 0; i < width; i++) {
                for (size_t e = 0; e < lists[l].n_on; e++) {
                    expected[i] += table[lists[l].base + on[l][e] * width + i];
                    fexpected[i] += (double)ftable[lists[l].base + on[l][e] * width + i];
                }
                for (size_t e = 0; e < lists[l].n_off; e++) {
                    expected[i] -= table[lists[l].base + off[l][e] * width + i];
                    fexpected[i] -= (double)ftable[lists[l].base + off[l][e] * width + i];
                }
            }
        }
        k->add_rows_i32(sums, width, table, width, lists, 2);
        k->add_rows_f32(fsums, width, ftable, width, lists, 2);
        for (size_t i = 0; i < width; i++) {
            ck_assert_int_eq(sums[i], expected[i]);
            ck_assert_double_eq_tol((double)fsums[i], fexpected[i], 1e-5);
        }
        snnfe_release(table);
        snnfe_release(ftable);
        snnfe_release(fsums);
        snnfe_release(sums);
    }
}
END_TEST

/* One LIF step of one neuron, in the order of docs/spec.md 4. */
static void plain_lif(const snnfe_lif_forward *s, size_t i, float drive, float *current,
                      float *rest, float *threshold, bool *spike, bool *window, float *voltage)
{
    *current = s->current_decay[i] * *current + drive;
    if (s->mask)
        *current *= s->mask[i];
    *voltage = s->voltage_decay[i] * *rest + *current;
    *spike = *voltage > *threshold;
    *window = fabsf(*voltage - *threshold) < s->surrogate_width && !(s->mask && s->mask[i] <= 0);
    *rest = *spike ? 0 : *voltage;
    if (*spike)
        *threshold += s->adaptive_step;
    else
        *threshold = fmaxf(*threshold * s->adaptive_decay, s->adaptive_floor);
}

START_TEST(lif_forward)
{
    const snnfe_kernels *k = kernels_of(_i);
    if (!k)
        return;
    enum { N = 256, PERIOD = 128 };
    for (int variant = 0; variant < 8; variant++) {
        const bool adaptive = variant & 1, masked = variant & 2, recorded = variant & 4;
        float *scale = random_floats(PERIOD), *mask = random_floats(N);
        float *current_decay = random_floats(N), *voltage_decay = random_floats(N);
        float *current = random_floats(N), *rest = random_floats(N), *threshold = random_floats(N);
        float *voltage = random_floats(N);
        int32_t *sums = snnfe_alloc(N, sizeof(int32_t));
        uint64_t *spikes = random_bits(N / 64), *window = random_bits(N / 64);
        for (size_t i = 0; i < N; i++)
            sums[i] = (int32_t)snnfe_stream_below(&stream, 9) - 4;
        const snnfe_lif_forward step = {.n = N,
                                        .n_channels = PERIOD,
                                        .sums = sums,
                                        .scale = scale,
                                        .current_decay = current_decay,
                                        .voltage_decay = voltage_decay,
                                        .mask = masked ? mask : NULL,
                                        .current = current,
                                        .rest = rest,
                                        .threshold = adaptive ? threshold : NULL,
                                        .fixed_threshold = 0.1F,
                                        .adaptive_step = 0.01F,
                                        .adaptive_decay = 0.1F,
                                        .adaptive_floor = 0.01F,
                                        .surrogate_width = 0.3F,
                                        .spikes = spikes,
                                        .window = recorded ? window : NULL,
                                        .voltage = recorded ? voltage : NULL};
        float c[N], r[N], t[N], v[N];
        bool s[N], w[N];
        for (size_t i = 0; i < N; i++) {
            c[i] = current[i];
            r[i] = rest[i];
            t[i] = adaptive ? threshold[i] : 0.1F;
            plain_lif(&step, i, (float)sums[i] * scale[i % PERIOD], &c[i], &r[i], &t[i], &s[i],
                      &w[i], &v[i]);
        }
        k->lif_forward(&step);
        for (size_t i = 0; i < N; i++) {
            ck_assert_float_eq(current[i], c[i]);
            ck_assert_float_eq(rest[i], r[i]);
            ck_assert_int_eq(bit(spikes, i), s[i]);
            if (adaptive)
                ck_assert_float_eq(threshold[i], t[i]);
            if (recorded) {
                ck_assert_int_eq(bit(window, i), w[i]);
                ck_assert_float_eq(voltage[i], v[i]);
            }
        }
        float *const arrays[] = {scale,   mask, current_decay, voltage_decay,
                                 current, rest, threshold,     voltage};
        for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++)
            snnfe_release(arrays[i]);
        snnfe_release(sums);
        snnfe_release(spikes);
        snnfe_release(window);
    }
}
END_TEST

static void make_run(snnfe_lif_run *run, size_t n, size_t n_steps, bool recorded)
{
    *run = (snnfe_lif_run){.n = n,
                           .n_steps = n_steps,
                           .n_parts = 1,
                           .current_decay = random_floats(n),
                           .voltage_decay = random_floats(n),
                           .current = random_floats(n),
                           .rest = random_floats(n),
                           .threshold = 0.1F,
                           .surrogate_width = 0.3F,
                           .spikes = random_bits(n_steps * n / 64)};
    if (recorded) {
        run->window = random_bits(n_steps * n / 64);
        run->voltage = random_floats(n_steps * n);
        run->order = snnfe_stream_below(&stream, 2) > 0
                         ? (snnfe_voltage_order){n, SNNFE_STRIP}
                         : (snnfe_voltage_order){SNNFE_STRIP, n_steps * SNNFE_STRIP};
    }
}

static void release_run(const snnfe_lif_run *run)
{
    const void *const all[] = {run->current_decay, run->voltage_decay, run->current, run->rest,
                               run->spikes,        run->window,        run->voltage};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        snnfe_release((void *)(uintptr_t)all[i]);
}

/* One neuron with its drive at each step, against what the kernel made of the same beginning. */
static void check_neuron(const snnfe_lif_run *run, size_t i, float current, float rest,
                         const float *drive)
{
    const snnfe_lif_forward step = {.current_decay = run->current_decay,
                                    .voltage_decay = run->voltage_decay,
                                    .surrogate_width = run->surrogate_width};
    for (size_t t = 0; t < run->n_steps; t++) {
        float voltage, threshold = run->threshold;
        bool spike, window;
        plain_lif(&step, i, drive[t], &current, &rest, &threshold, &spike, &window, &voltage);
        ck_assert_int_eq(bit(run->spikes, t * run->n + i), spike);
        if (run->voltage) {
            ck_assert_int_eq(bit(run->window, t * run->n + i), window);
            ck_assert_float_eq(run->voltage[i / SNNFE_STRIP * run->order.strip +
                                            t * run->order.step + i % SNNFE_STRIP],
                               voltage);
        }
    }
    ck_assert_float_eq(run->current[i], current);
    ck_assert_float_eq(run->rest[i], rest);
}

enum { STEPS = 5 };

static void make_scratch(snnfe_conv_scratch *s, const snnfe_conv_geometry *g)
{
    const size_t inputs = (size_t)g->in_rows * g->in_columns;
    const size_t outputs = (size_t)g->out_rows * g->out_columns;
    *s = (snnfe_conv_scratch){snnfe_alloc(snnfe_conv_switches(g, STEPS), 2),
                              snnfe_alloc(snnfe_conv_switches(g, STEPS), 2),
                              snnfe_alloc(STEPS * inputs + 1, 4),
                              snnfe_alloc(STEPS * inputs + 1, 4),
                              snnfe_alloc(snnfe_conv_rows(g, STEPS), 2),
                              snnfe_alloc(6 * STEPS * outputs, 4),
                              snnfe_alloc((size_t)STEPS * SNNFE_STRIP, 4)};
}

static void release_scratch(const snnfe_conv_scratch *s)
{
    void *const all[] = {s->on, s->off, s->on_begin, s->off_begin, s->rows, s->n_rows, s->partial};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        snnfe_release(all[i]);
}

/* Spikes of the layer below, where some neurons never rest, some never change and some do anything.
 */
static uint64_t *restless_bits(size_t words)
{
    uint64_t *bits = random_bits((1 + STEPS) * words);
    for (size_t t = 1; t <= STEPS; t++)
        for (size_t w = 0; w < words; w++) {
            uint64_t *now = &bits[t * words + w], before = bits[(t - 1) * words + w];
            if (w % 3 == 0)
                *now = ~before;
            else if (w % 3 == 1)
                *now = before ^ (*now & before & UINT64_C(0x8000000000010003));
        }
    return bits;
}

/* Spikes of an input: those of one neuron, or of the four that are pooled. */
static int32_t input_of(const snnfe_conv_geometry *g, const uint64_t *spikes, size_t row,
                        size_t column, size_t channel)
{
    int32_t sum = 0;
    for (size_t y = 0; y < g->pool; y++)
        for (size_t x = 0; x < g->pool; x++) {
            const size_t p = (row * g->pool + y) * g->source_columns + column * g->pool + x;
            sum += bit(spikes, p * g->in_channels + channel);
        }
    return sum;
}

/* Change of one sum from one step to the next. */
static int32_t plain_change(const snnfe_conv_geometry *g, const int32_t *strips,
                            const uint64_t *before, const uint64_t *now, size_t row, size_t column,
                            size_t channel)
{
    const size_t strip_size = snnfe_strip_rows(g->in_channels) * SNNFE_STRIP;
    const int32_t *strip = strips + channel / SNNFE_STRIP * strip_size + channel % SNNFE_STRIP;
    int32_t sum = 0;
    for (size_t tap = 0; tap < 9; tap++)
        for (size_t c = 0; c < g->in_channels; c++) {
            const size_t y = row + tap / 3, x = column + tap % 3;
            const int32_t change =
                input_of(g, now, y, x, c) - (before ? input_of(g, before, y, x, c) : 0);
            sum += change * strip[snnfe_strip_row(g->in_channels, tap, c) * SNNFE_STRIP];
        }
    return sum;
}

static void check_events(const snnfe_kernels *k, const snnfe_conv_geometry *g, bool recorded,
                         bool from_start)
{
    const size_t outputs = (size_t)g->out_rows * g->out_columns, n = outputs * g->out_channels;
    const size_t strip_size = snnfe_strip_rows(g->in_channels) * SNNFE_STRIP;
    const size_t n_strips = g->out_channels / SNNFE_STRIP * strip_size;
    int32_t *strips = snnfe_alloc(n_strips, 4);
    for (size_t i = 0; i < n_strips; i++)
        if ((i / SNNFE_STRIP + 1) % (snnfe_strip_rows(g->in_channels) / 3) != 0)
            strips[i] = (int32_t)(snnfe_stream_u32(&stream) >> 20) - (1 << 11);
    float *scale = random_floats(g->out_channels);
    for (size_t c = 0; c < g->out_channels; c++)
        scale[c] *= 1e-5F;
    uint64_t *spikes = restless_bits(g->source_words);
    const uint64_t *now = spikes + g->source_words, *before = from_start ? NULL : spikes;
    snnfe_conv_scratch scratch;
    make_scratch(&scratch, g);
    snnfe_lif_run run;
    make_run(&run, n, STEPS, recorded);
    run.scale = scale;
    int32_t *sums = snnfe_alloc(n, 4);
    for (size_t i = 0; i < n; i++)
        sums[i] = (int32_t)i;
    float *current = snnfe_duplicate(run.current, n, 4), *rest = snnfe_duplicate(run.rest, n, 4);
    /* One share of the blocks of channels after the other. */
    run.n_parts = recorded ? 2 : 1;
    for (run.part = 0; run.part < run.n_parts; run.part++)
        k->conv_events(g, before, now, strips, &scratch, sums, &run);
    for (size_t i = 0; i < n; i += 1 + snnfe_stream_below(&stream, 9)) {
        const size_t p = i / g->out_channels, channel = i % g->out_channels;
        const size_t row = p / g->out_columns, column = p % g->out_columns;
        if (row >= g->used_rows || column >= g->used_columns) {
            ck_assert_int_eq(sums[i], (int32_t)i);
            continue;
        }
        int32_t sum = (int32_t)i;
        float drive[STEPS];
        for (size_t t = 0; t < STEPS; t++) {
            const uint64_t *old = t > 0 ? now + (t - 1) * g->source_words : before;
            sum += plain_change(g, strips, old, now + t * g->source_words, row, column, channel);
            drive[t] = (float)sum * scale[channel];
        }
        ck_assert_int_eq(sums[i], sum);
        check_neuron(&run, i, current[i], rest[i], drive);
    }
    void *const all[] = {strips, scale, spikes, sums, current, rest};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        snnfe_release(all[i]);
    release_run(&run);
    release_scratch(&scratch);
}

START_TEST(convolution_of_events)
{
    const snnfe_kernels *k = kernels_of(_i);
    if (!k)
        return;
    /* One group of stencil rows and three; a pooled layer whose last row and column are dropped. */
    for (uint32_t channels = 64; channels <= 128; channels += 64)
        for (uint32_t pool = 1; pool <= 2; pool++)
            for (int variant = 0; variant < 2; variant++) {
                snnfe_conv_geometry g = geometry(5, 6, 4, channels, 192);
                g.pool = pool;
                g.source_columns = 6 * pool + (pool - 1);
                g.source_words = (size_t)(5 * pool + (pool - 1)) * g.source_columns * channels / 64;
                g.used_columns -= (uint32_t)variant;
                check_events(k, &g, variant == 1, variant == 0);
                release_geometry(&g);
            }
}
END_TEST

START_TEST(rounding_to_units)
{
    const snnfe_kernels *k = kernels_of(_i);
    if (!k)
        return;
    enum { STRIDE = 7 };
    float *values = random_floats((size_t)SNNFE_STRIP * STRIDE);
    double units[SNNFE_STRIP];
    for (int c = 0; c < SNNFE_STRIP; c++)
        units[c] = ldexp(1.0, c + 15);
    /* Halves go to the even neighbor. */
    values[0] = ldexpf(2.5F, -15);
    values[STRIDE] = ldexpf(-3.5F, -16);
    for (size_t n = 1; n <= SNNFE_STRIP; n++) {
        int32_t out[SNNFE_STRIP + 1];
        out[n] = 77;
        k->round_units(values, STRIDE, units, n, out);
        for (size_t c = 0; c < n; c++)
            ck_assert_int_eq(out[c], (int32_t)rint((double)values[c * STRIDE] * units[c]));
        ck_assert_int_eq(out[0], 2);
        ck_assert_int_eq(out[n], 77);
    }
    snnfe_release(values);
}
END_TEST

START_TEST(input_convolution)
{
    const snnfe_kernels *k = kernels_of(_i);
    if (!k)
        return;
    snnfe_conv_geometry g = geometry(7, 9, 7, 1, 64);
    enum { N = 5 * 7 * 64 };
    float *input = random_floats(7 * 9 * STEPS), *weights = random_floats(9 * 64);
    float *bias = random_floats(64);
    for (int recorded = 0; recorded < 2; recorded++) {
        snnfe_lif_run run;
        make_run(&run, N, STEPS, recorded);
        float *current = snnfe_duplicate(run.current, N, 4);
        float *rest = snnfe_duplicate(run.rest, N, 4);
        run.n_parts = recorded ? 3 : 1;
        for (run.part = 0; run.part < run.n_parts; run.part++)
            k->conv_input(&g, input, STEPS, weights, bias, &run);
        for (size_t i = 0; i < N; i++) {
            float drive[STEPS];
            for (size_t t = 0; t < STEPS; t++) {
                drive[t] = bias[i % 64];
                for (size_t tap = 0; tap < 9; tap++)
                    drive[t] +=
                        input[((i / 64 / 7 + tap / 3) * 9 + i / 64 % 7 + tap % 3) * STEPS + t] *
                        weights[tap * 64 + i % 64];
            }
            check_neuron(&run, i, current[i], rest[i], drive);
        }
        snnfe_release(current);
        snnfe_release(rest);
        release_run(&run);
    }
    float *const arrays[] = {input, weights, bias};
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++)
        snnfe_release(arrays[i]);
    release_geometry(&g);
}
END_TEST

START_TEST(bit_matrices)
{
    const snnfe_kernels *k = kernels_of(_i);
    if (!k)
        return;
    stream = snnfe_stream_make(support_seed(), SNNFE_STREAM_SYNTHETIC, 77);
    uint64_t *bits = random_bits(64), before[64];
    memcpy(before, bits, sizeof before);
    k->transpose_bits(bits);
    for (size_t i = 0; i < 64; i++)
        for (size_t j = 0; j < 64; j++)
            ck_assert_int_eq(before[i] >> j & 1, bits[j] >> i & 1);
    snnfe_release(bits);
}
END_TEST

/* As the compiler's own run-time library knows it, which is right for GCC. */
#if defined(__x86_64__) && !defined(__clang__)
START_TEST(features_of_the_processor)
{
    __builtin_cpu_init();
    ck_assert_int_eq(snnfe_processor_has_avx2(),
                     __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"));
    ck_assert_int_eq(snnfe_processor_has_avx512(),
                     __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                         __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
                         __builtin_cpu_supports("avx512vbmi2"));
}
END_TEST
#endif

int main(void)
{
    Suite *suite = suite_create("kernels");
    TCase *kernels = tcase_create("kernels");
    tcase_set_timeout(kernels, 300);
    tcase_add_loop_test(kernels, row_sums, 0, 3);
    tcase_add_loop_test(kernels, lif_forward, 0, 3);
    tcase_add_loop_test(kernels, input_convolution, 0, 3);
    tcase_add_loop_test(kernels, rounding_to_units, 0, 3);
    tcase_add_loop_test(kernels, convolution_of_events, 0, 3);
    tcase_add_loop_test(kernels, bit_matrices, 0, 3);
#if defined(__x86_64__) && !defined(__clang__)
    tcase_add_test(kernels, features_of_the_processor);
#endif
    suite_add_tcase(suite, kernels);
    return support_run(suite);
}
