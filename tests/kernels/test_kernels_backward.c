/* Every backward kernel of every instruction set against a plain loop on random arrays. */
#include "random.h"

#include "base/memory.h"
#include "support.h"

#include <math.h>
#include <string.h>

/* What one neuron's gradients are after a step, in double precision. */
typedef struct plain_gradients {
    double voltage, drive, suffix, current_decay, voltage_decay;
} plain_gradients;

typedef struct plain_step {
    double spike_gradient, height, voltage, rest, current_decay, voltage_decay, mask;
    bool spike, window;
} plain_step;

/* Backwards through V' = decay * V (1 - s) + I', I' = decay * I + drive, with s' = H(V'). */
static void plain_back(plain_gradients *g, const plain_step *s)
{
    const double kept = s->spike ? 0 : 1;
    const double into_rest = s->voltage_decay * g->voltage;
    const double into_spike = s->spike_gradient - into_rest * s->voltage;
    g->voltage_decay += g->voltage * s->voltage * kept;
    g->current_decay += g->drive * (s->voltage - s->voltage_decay * s->rest);
    g->voltage = into_rest * kept + (s->window ? s->height * into_spike : 0);
    g->drive = s->mask * (g->voltage + s->current_decay * g->drive);
    g->suffix += g->drive;
}

static void assert_gradients(const plain_gradients *expected, double voltage, double drive,
                             double suffix, double current_decay, double voltage_decay)
{
    ck_assert_double_eq_tol(voltage, expected->voltage, 1e-4);
    ck_assert_double_eq_tol(drive, expected->drive, 1e-4);
    ck_assert_double_eq_tol(suffix, expected->suffix, 1e-4);
    ck_assert_double_eq_tol(current_decay, expected->current_decay, 1e-4);
    ck_assert_double_eq_tol(voltage_decay, expected->voltage_decay, 1e-4);
}

enum { N_STATE = 5 };

enum { STEPS = 5 };

START_TEST(lif_backward)
{
    const snnfe_kernels *k = kernels_of(_i);
    if (!k)
        return;
    enum { N = 192, WORDS = N / 64, STRIDE = N + 64 };
    for (int variant = 0; variant < 8; variant++) {
        const bool masked = variant & 1, from_start = variant & 2, scaled = variant & 4;
        float *in[4], *state[3];
        for (size_t i = 0; i < 4; i++)
            in[i] = random_floats(STRIDE);
        for (size_t i = 0; i < 3; i++)
            state[i] = random_floats(N);
        float *gradient = random_floats((size_t)STEPS * STRIDE);
        float *voltage = random_floats((size_t)(1 + STEPS) * N);
        float *drive = random_floats((size_t)(STEPS + 1) * N);
        float *suffix = random_floats((size_t)(STEPS + 1) * N);
        uint64_t *spikes = random_bits((size_t)(1 + STEPS) * WORDS);
        uint64_t *window = random_bits((size_t)STEPS * WORDS);
        const snnfe_lif_backward run = {.n = N,
                                        .n_steps = STEPS,
                                        .from_start = from_start,
                                        .spike_gradient = gradient,
                                        .gradient_stride = STRIDE,
                                        .spike_gradient_scale = scaled ? in[3] : NULL,
                                        .surrogate_height = 0.3F,
                                        .voltage = voltage + N,
                                        .spikes = spikes + WORDS,
                                        .window = window,
                                        .current_decay = in[0],
                                        .voltage_decay = in[1],
                                        .mask = masked ? in[2] : NULL,
                                        .voltage_gradient = state[0],
                                        .drive_gradient = drive,
                                        .suffix = suffix,
                                        .current_decay_gradient = state[1],
                                        .voltage_decay_gradient = state[2]};
        plain_gradients expected[STEPS][N], g;
        for (size_t i = 0; i < N; i++) {
            g = (plain_gradients){(double)state[0][i], (double)drive[STEPS * N + i],
                                  (double)suffix[STEPS * N + i], (double)state[1][i],
                                  (double)state[2][i]};
            for (size_t t = STEPS; t-- > 0;) {
                const bool nothing = (t == 0 && from_start) || bit(spikes + t * WORDS, i);
                const plain_step step = {.spike_gradient = (double)gradient[t * STRIDE + i] *
                                                           (scaled ? (double)in[3][t] : 1),
                                         .height = 0.3,
                                         .voltage = (double)voltage[(1 + t) * N + i],
                                         .rest = nothing ? 0 : (double)voltage[t * N + i],
                                         .current_decay = (double)in[0][i],
                                         .voltage_decay = (double)in[1][i],
                                         .mask = masked ? (double)in[2][i] : 1,
                                         .spike = bit(spikes + (1 + t) * WORDS, i),
                                         .window = bit(window + t * WORDS, i)};
                plain_back(&g, &step);
                expected[t][i] = g;
            }
        }
        k->lif_backward(&run);
        for (size_t i = 0; i < N; i++) {
            for (size_t t = 0; t < STEPS; t++) {
                ck_assert_double_eq_tol((double)drive[t * N + i], expected[t][i].drive, 1e-4);
                ck_assert_double_eq_tol((double)suffix[t * N + i], expected[t][i].suffix, 1e-4);
            }
            assert_gradients(&expected[0][i], (double)state[0][i], (double)drive[i],
                             (double)suffix[i], (double)state[1][i], (double)state[2][i]);
        }
        release_floats(in, 4);
        release_floats(state, 3);
        release_floats((float *const[]){gradient, voltage, drive, suffix}, 4);
        snnfe_release(spikes);
        snnfe_release(window);
    }
}
END_TEST

/* Of one neuron of a strip's run, at used output (row, column). */
static void check_run(const snnfe_conv_geometry *g, const snnfe_lif_backward_run *run,
                      float *const *before, size_t row, size_t column, size_t lane)
{
    const size_t i = (row * g->out_columns + column) * g->out_channels + run->channel + lane;
    const size_t cell = row / run->cell * run->gradient_columns + column / run->cell;
    const size_t output = row * g->used_columns + column;
    plain_gradients expected = {(double)before[0][i], (double)before[1][i], (double)before[2][i],
                                (double)before[3][i], (double)before[4][i]};
    const float *voltage = run->voltage + i / SNNFE_STRIP * run->order.strip + i % SNNFE_STRIP;
    for (size_t t = STEPS; t-- > 0;) {
        /* Spikes and voltages of the step before the first lie in front. */
        const bool start = t == 0 && run->from_start;
        const uint64_t *spikes = run->spikes - run->n / 64;
        const bool spiked = bit(spikes, t * run->n + i);
        const plain_step step = {
            .spike_gradient = 0.25 * (double)run->spike_gradient[t * run->gradient_stride +
                                                                 cell * run->gradient_width + lane],
            .height = 0.3,
            .voltage = (double)voltage[t * run->order.step],
            .rest =
                start || spiked ? 0 : (double)*(voltage + t * run->order.step - run->order.step),
            .current_decay = (double)run->current_decay[i],
            .voltage_decay = (double)run->voltage_decay[i],
            .mask = 1,
            .spike = bit(spikes, (t + 1) * run->n + i),
            .window = bit(run->window, t * run->n + i)};
        plain_back(&expected, &step);
        const size_t at = (t * snnfe_conv_outputs(g) + output) * SNNFE_STRIP + lane;
        ck_assert_double_eq_tol((double)run->drives[at], expected.drive, 1e-4);
        if (run->suffix)
            ck_assert_double_eq_tol((double)run->suffixes[at], expected.suffix, 1e-4);
    }
    assert_gradients(&expected, (double)run->voltage_gradient[i], (double)run->drive_gradient[i],
                     run->suffix ? (double)run->suffix[i] : expected.suffix,
                     (double)run->current_decay_gradient[i],
                     (double)run->voltage_decay_gradient[i]);
}

static void check_bits(const snnfe_lif_backward_run *run, size_t outputs)
{
    int32_t expected[SNNFE_STRIP] = {1, 2};
    for (size_t i = 0; i < run->n_steps * outputs * SNNFE_STRIP; i++) {
        int32_t value;
        memcpy(&value, run->drives + i, sizeof value);
        expected[i % SNNFE_STRIP] |= value;
    }
    if (run->drive_bits)
        ck_assert_mem_eq(run->drive_bits, expected, sizeof expected);
}

START_TEST(lif_backward_run)
{
    const snnfe_kernels *k = kernels_of(_i);
    if (!k)
        return;
    for (int variant = 0; variant < 8; variant++) {
        const bool pooled = variant & 1, from_start = variant & 2, strips = variant & 4;
        snnfe_conv_geometry g = geometry(8, 9, 6, 1, 64 + 64 * (uint32_t)pooled);
        const size_t n = (size_t)6 * 7 * g.out_channels, outputs = snnfe_conv_outputs(&g);
        const size_t width = pooled ? g.out_channels : SNNFE_STRIP, cells = pooled ? 9 : 36;
        float *decays[2] = {random_floats(n), random_floats(n)};
        float *state[N_STATE], *before[N_STATE], *gradient = random_floats(STEPS * cells * width);
        float *voltage = random_floats((1 + STEPS) * n);
        float *drives = snnfe_alloc(STEPS * outputs * SNNFE_STRIP, 4);
        float *suffixes = snnfe_alloc(STEPS * outputs * SNNFE_STRIP, 4);
        for (size_t i = 0; i < N_STATE; i++) {
            state[i] = random_floats(n);
            before[i] = snnfe_duplicate(state[i], n, 4);
        }
        uint64_t *spikes = random_bits((1 + STEPS) * n / 64), *window = random_bits(STEPS * n / 64);
        snnfe_lif_backward_run run = {
            .n = n,
            .n_steps = STEPS,
            .from_start = from_start,
            .cell = pooled ? 2 : 1,
            .spike_gradient = gradient,
            .gradient_stride = cells * width,
            .gradient_columns = pooled ? 3 : 6,
            .gradient_width = width,
            .spike_gradient_scale = 0.25F,
            .surrogate_height = 0.3F,
            .order = strips ? (snnfe_voltage_order){SNNFE_STRIP, (1 + STEPS) * SNNFE_STRIP}
                            : (snnfe_voltage_order){n, SNNFE_STRIP},
            .spikes = spikes + n / 64,
            .window = window,
            .current_decay = decays[0],
            .voltage_decay = decays[1],
            .voltage_gradient = state[0],
            .drive_gradient = state[1],
            .suffix = pooled ? state[2] : NULL,
            .current_decay_gradient = state[3],
            .voltage_decay_gradient = state[4],
            .drives = drives,
            .suffixes = suffixes};
        run.voltage = voltage + run.order.step;
        for (run.channel = 0; run.channel < g.out_channels; run.channel += SNNFE_STRIP) {
            run.spike_gradient = gradient + (pooled ? run.channel : 0);
            _Alignas(64) int32_t bits[SNNFE_STRIP] = {1, 2};
            run.drive_bits = pooled ? bits : NULL;
            k->lif_backward_run(&g, &run);
            check_bits(&run, outputs);
            for (size_t output = 0; output < outputs; output++)
                for (size_t lane = 0; lane < SNNFE_STRIP; lane++)
                    check_run(&g, &run, before, output / 6, output % 6, lane);
        }
        release_floats(state, N_STATE);
        release_floats(before, N_STATE);
        release_floats((float *const[]){decays[0], decays[1], gradient, voltage, drives, suffixes},
                       6);
        snnfe_release(spikes);
        snnfe_release(window);
        release_geometry(&g);
    }
}
END_TEST

START_TEST(input_gradient)
{
    const snnfe_kernels *k = kernels_of(_i);
    if (!k)
        return;
    snnfe_conv_geometry g = geometry(7, 9, 6, 1, 64);
    enum { STRIDE = STEPS + 1, OUTPUTS = 5 * 6, CHANNEL = 32 };
    float *input = random_floats(7 * 9 * STRIDE);
    float *gradient = random_floats((size_t)STEPS * OUTPUTS * SNNFE_STRIP);
    float *weight_gradient = snnfe_alloc(9 * 64, 4), *bias_gradient = snnfe_alloc(64, 4);
    k->conv_input_gradient(&g, input, STRIDE, STEPS, gradient, weight_gradient + CHANNEL,
                           bias_gradient + CHANNEL);
    float expected_weights[9 * 64] = {0}, expected_bias[64] = {0};
    for (size_t i = 0; i < (size_t)STEPS * OUTPUTS * SNNFE_STRIP; i++) {
        const size_t c = CHANNEL + i % SNNFE_STRIP, p = i / SNNFE_STRIP % OUTPUTS;
        const size_t t = i / SNNFE_STRIP / OUTPUTS;
        expected_bias[c] += gradient[i];
        for (size_t tap = 0; tap < 9; tap++)
            expected_weights[tap * 64 + c] +=
                input[((p / 6 + tap / 3) * 9 + p % 6 + tap % 3) * STRIDE + t] * gradient[i];
    }
    assert_close(weight_gradient, expected_weights, 9 * 64, 1e-4);
    assert_close(bias_gradient, expected_bias, 64, 1e-4);
    release_floats((float *const[]){input, gradient, weight_gradient, bias_gradient}, 4);
    release_geometry(&g);
}
END_TEST

/* Convolutions of one tile and of several, with all columns used and without the last. */
enum { N_SIZES = 3 };

static snnfe_conv_geometry sized(size_t size)
{
    static const uint32_t sizes[N_SIZES][3] = {{8, 9, 6}, {8, 9, 7}, {15, 10, 7}};
    return geometry(sizes[size][0], sizes[size][1], sizes[size][2], 64, 128);
}

/* The three steps, with a plain product between them. */
static void spike_gradient(const snnfe_kernels *k, const snnfe_conv_geometry *g,
                           const float *gradient, const float *weights, float *result)
{
    const size_t in = g->in_channels, out = g->out_channels, n_tiles = snnfe_conv_tiles(g);
    const size_t n_inputs = (size_t)(g->used_rows + 2) * (g->used_columns + 2);
    float *points = random_floats(SNNFE_TILE_PRODUCTS * n_tiles * out);
    float *tables = random_floats(SNNFE_TILE_PRODUCTS * in * out);
    float *products = snnfe_alloc(SNNFE_TILE_PRODUCTS * n_tiles * in, 4);
    for (size_t c = 0; c < out; c += SNNFE_STRIP)
        k->winograd_gradient(g, gradient + c * snnfe_conv_outputs(g), points + c, n_tiles * out);
    k->winograd_weights(weights, out, in, tables);
    for (size_t i = 0; i < SNNFE_TILE_PRODUCTS * n_tiles; i++)
        for (size_t o = 0; o < out; o++)
            for (size_t c = 0; c < in; c++)
                products[i * in + c] +=
                    points[i * out + o] *
                    tables[i / n_tiles * out * in + snnfe_panel_place(out, o, c)];
    for (size_t c = 0; c < in; c += SNNFE_STRIP)
        k->winograd_inputs(g, products + c, n_tiles * in, result + c * n_inputs);
    release_floats((float *const[]){points, tables, products}, 3);
}

/* Element (place, channel) of strips [channel / SNNFE_STRIP][place][SNNFE_STRIP]. */
static size_t in_strips(size_t n_places, size_t place, size_t channel)
{
    return (channel / SNNFE_STRIP * n_places + place) * SNNFE_STRIP + channel % SNNFE_STRIP;
}

START_TEST(gradient_into_spikes)
{
    const snnfe_kernels *k = kernels_of(_i);
    if (!k)
        return;
    for (size_t size = 0; size < N_SIZES; size++) {
        snnfe_conv_geometry g = sized(size);
        const size_t n_out = snnfe_conv_outputs(&g), columns = g.used_columns + 2;
        const size_t n_in = (g.used_rows + 2) * columns;
        float *weights = random_floats((size_t)9 * 64 * 128),
              *gradient = random_floats(n_out * 128);
        float *result = random_floats(n_in * 64), *expected = snnfe_alloc(n_in * 64, 4);
        for (size_t output = 0; output < n_out; output++)
            for (size_t tap = 0; tap < 9; tap++) {
                const size_t row = output / g.used_columns + tap / 3;
                const size_t p = row * columns + output % g.used_columns + tap % 3;
                for (size_t o = 0; o < 128; o++)
                    for (size_t c = 0; c < 64; c++)
                        expected[in_strips(n_in, p, c)] += weights[(tap * 128 + o) * 64 + c] *
                                                           gradient[in_strips(n_out, output, o)];
            }
        spike_gradient(k, &g, gradient, weights, result);
        assert_close(result, expected, n_in * 64, 1e-3);
        release_floats((float *const[]){weights, gradient, result, expected}, 4);
        release_geometry(&g);
    }
}
END_TEST

/* The plain sum of what switched at each step. */
static void plain_weight_gradient(const snnfe_conv_geometry *g, const uint64_t *on,
                                  const uint64_t *off, size_t n_steps, const float *suffixes,
                                  float *sums)
{
    for (size_t i = 0; i < n_steps * g->in_channels; i++)
        for (size_t p = 0; p < (size_t)g->in_rows * g->in_columns; p++)
            for (size_t tap = 0; tap < 9; tap++) {
                const int sign = bit(on + i * g->n_words, p) - bit(off + i * g->n_words, p);
                const size_t row = p / g->in_columns - tap / 3,
                             column = p % g->in_columns - tap % 3;
                if (sign == 0 || row >= g->used_rows || column >= g->used_columns)
                    continue;
                const size_t output =
                    i / g->in_channels * snnfe_conv_outputs(g) + row * g->used_columns + column;
                for (size_t o = 0; o < SNNFE_STRIP; o++)
                    sums[(tap * g->in_channels + i % g->in_channels) * g->out_channels + o] +=
                        (float)sign * suffixes[output * SNNFE_STRIP + o];
            }
}

START_TEST(weight_gradient)
{
    const snnfe_kernels *k = kernels_of(_i);
    if (!k)
        return;
    for (size_t size = 0; size < N_SIZES; size++) {
        snnfe_conv_geometry g = sized(size);
        const size_t n_steps = snnfe_steps_of_run(&g), outputs = snnfe_conv_outputs(&g);
        const size_t n_words = n_steps * g.in_channels * g.n_words,
                     inputs = g.in_rows * g.in_columns;
        float *suffixes = random_floats((n_steps * outputs + 1) * SNNFE_STRIP);
        memset(suffixes + n_steps * outputs * SNNFE_STRIP, 0, SNNFE_STRIP * sizeof(float));
        uint64_t *on = random_bits(n_words), *off = random_bits(n_words);
        for (size_t i = 0; i < n_words; i++) {
            const size_t left = inputs - i % g.n_words * 64;
            const uint64_t within = left >= 64 ? UINT64_MAX : (UINT64_C(1) << left) - 1;
            off[i] &= within & ~on[i];
            on[i] &= within;
        }
        const size_t n_sums = (size_t)9 * 64 * 128;
        float *sums = random_floats(n_sums), *expected = snnfe_duplicate(sums, n_sums, 4);
        snnfe_gradient_rows rows = {.origin = snnfe_alloc(2 * snnfe_gradient_switches(&g), 2),
                                    .taps = snnfe_alloc(2 * snnfe_gradient_switches(&g), 2),
                                    .rows = snnfe_alloc(snnfe_gradient_list(&g), 2),
                                    .n = snnfe_alloc((size_t)9 * 2 * g.in_channels, 4),
                                    .empty = n_steps * outputs};
        for (size_t n = n_steps; n > 0; n /= 2) {
            k->list_gradient_rows(&g, on, off, n, &rows);
            k->conv_weight_gradient(&g, suffixes, &rows, sums + SNNFE_STRIP);
            plain_weight_gradient(&g, on, off, n, suffixes, expected + SNNFE_STRIP);
            assert_close(sums, expected, n_sums, 1e-3);
        }
        release_floats((float *const[]){suffixes, sums, expected}, 3);
        void *const lists[] = {on, off, rows.origin, rows.taps, rows.rows, rows.n};
        for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
            snnfe_release(lists[i]);
        release_geometry(&g);
    }
}
END_TEST

START_TEST(dense)
{
    const snnfe_kernels *k = kernels_of(_i);
    if (!k)
        return;
    enum { N = 192, WIDTH = 128 };
    float *weights = random_floats(N * WIDTH), *gradient = random_floats(WIDTH);
    float *result = random_floats(N), *sums = random_floats(N), expected[N], expected_sums[N];
    uint64_t *open = random_bits(N / 64);
    for (size_t j = 0; j < N; j++) {
        double sum = (double)result[j];
        for (size_t i = 0; i < WIDTH; i++)
            sum += (double)weights[j * WIDTH + i] * (double)gradient[i];
        expected[j] = bit(open, j) ? (float)sum : result[j];
        expected_sums[j] = sums[j] + (bit(open, j) ? 0.75F : 0);
    }
    k->dense_spike_gradient(N, WIDTH, weights, gradient, open, result);
    k->add_where(sums, N, open, 0.75F);
    assert_close(result, expected, N, 1e-5);
    assert_close(sums, expected_sums, N, 0);
    release_floats((float *const[]){weights, gradient, result, sums}, 4);
    snnfe_release(open);
}
END_TEST

/* Rows and depths within a tile of the kernel, at its edges and beyond several. */
static const struct {
    size_t m, n, k;
} product_sizes[] = {{5, 32, 7},    {6, 32, 128}, {13, 64, 129},
                     {25, 96, 300}, {1, 32, 1},   {80, 64, 128}};

/* All terms, every third, or none. */
static void check_product(const snnfe_kernels *kernels, size_t m, size_t n, size_t k,
                          bool accumulate, size_t listed)
{
    const size_t stride = 301, c_stride = 128;
    float *a = random_floats(m * stride), *panels = random_floats(n * k);
    uint32_t terms[300];
    size_t n_terms = 0;
    for (uint32_t l = 0; l < k; l++)
        if (listed > 0 && l % listed == 0)
            terms[n_terms++] = l;
    float *c = random_floats(m * c_stride), *expected = random_floats(m * c_stride);
    memcpy(expected, c, m * c_stride * sizeof *c);
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++) {
            double sum = accumulate ? (double)c[i * c_stride + j] : 0;
            for (size_t e = 0; e < n_terms; e++)
                sum += (double)a[i * stride + terms[e]] *
                       (double)panels[snnfe_panel_place(k, terms[e], j)];
            expected[i * c_stride + j] = (float)sum;
        }
    kernels->product(
        &(snnfe_product){m, n, k, a, stride, terms, n_terms, panels, c, c_stride, accumulate});
    assert_close(c, expected, m * c_stride, 1e-4);
    release_floats((float *const[]){a, panels, c, expected}, 4);
}

START_TEST(products)
{
    const snnfe_kernels *k = kernels_of(_i);
    if (!k)
        return;
    for (size_t i = 0; i < sizeof product_sizes / sizeof *product_sizes; i++)
        for (int accumulate = 0; accumulate < 2; accumulate++)
            for (size_t listed = 0; listed <= 3; listed++)
                check_product(k, product_sizes[i].m, product_sizes[i].n, product_sizes[i].k,
                              accumulate != 0, listed);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("kernels, backward");
    TCase *kernels = tcase_create("kernels");
    tcase_set_timeout(kernels, 300);
    tcase_add_loop_test(kernels, lif_backward, 0, 3);
    tcase_add_loop_test(kernels, lif_backward_run, 0, 3);
    tcase_add_loop_test(kernels, input_gradient, 0, 3);
    tcase_add_loop_test(kernels, gradient_into_spikes, 0, 3);
    tcase_add_loop_test(kernels, weight_gradient, 0, 3);
    tcase_add_loop_test(kernels, dense, 0, 3);
    tcase_add_loop_test(kernels, products, 0, 3);
    suite_add_tcase(suite, kernels);
    return support_run(suite);
}
