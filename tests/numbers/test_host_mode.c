/* Results do not depend on the floating-point mode that the host has set, nor on what a callback
   does to it, and the host gets its mode back. */
#include "small.h"

#include <fenv.h>
#include <snnfe/snnfe.h>
#if defined(__SSE__)
#include <xmmintrin.h>
#endif

/* Flush to zero and denormals are zero; rounding is fesetround()'s. */
#define FLUSH 0x8040u

typedef struct mode {
    int rounding;
    bool flushes;
} mode;

static void mode_set(mode m)
{
    ck_assert_int_eq(fesetround(m.rounding), 0);
#if defined(__SSE__)
    _mm_setcsr((_mm_getcsr() & ~FLUSH) | (m.flushes ? FLUSH : 0));
#endif
}

static mode mode_get(void)
{
    mode m = {.rounding = fegetround()};
#if defined(__SSE__)
    m.flushes = (_mm_getcsr() & FLUSH) == FLUSH;
#endif
    return m;
}

static const mode usual = {FE_TONEAREST, false};

/* --- what is computed from, made in the usual mode ---------------------------------------------
 */

#define GRID ((size_t)110 * SMALL_STEPS)
#define N_GRIDS 6
#define N_SAMPLES 200
#define N_WEIGHTS 16

typedef struct inputs {
    float grids[N_GRIDS * GRID]; /* denormal numbers among them */
    int32_t labels[N_GRIDS];
    float samples[64 * N_SAMPLES];
    float weights[N_WEIGHTS];
    double w[N_WEIGHTS], dw[N_WEIGHTS];
    int32_t split_labels[50];
    snnfe_dataset *dataset;
    mode host, callback; /* of the run, and what callbacks set */
} inputs;

static inputs in;

static void inputs_make(void)
{
    for (size_t i = 0; i < N_GRIDS * GRID; i++)
        in.grids[i] = ((float)(i * 7919 % 1009) / 336.3F - 1.5F) * (i % 5 ? 1 : 1e-38F);
    for (size_t i = 0; i < N_GRIDS; i++)
        in.labels[i] = (int32_t)(i % 2);
    for (size_t i = 0; i < (size_t)64 * N_SAMPLES; i++)
        in.samples[i] = (float)(i * 104729 % 2003) / 20.3F - 50;
    for (size_t i = 0; i < N_WEIGHTS; i++) {
        in.weights[i] = (float)i / 271 - 0.03F;
        in.w[i] = 0.03 + (double)i / 17.1;
        in.dw[i] = 0.04 * in.w[i] * in.w[i] * (1.02 - in.w[i]) + 1e-4 * (double)(i % 3);
    }
    for (size_t i = 0; i < 50; i++)
        in.split_labels[i] = i % 3 == 0;
    in.dataset = small_dataset(1);
}

/* --- results, as bytes ------------------------------------------------------------------------ */

typedef struct results {
    unsigned char bytes[1 << 20];
    size_t size;
} results;

static void keep(results *r, const void *data, size_t size)
{
    ck_assert_uint_le(r->size + size, sizeof r->bytes);
    memcpy(r->bytes + r->size, data, size);
    r->size += size;
}

/* Every call is made in the host's mode, which is then still in force. */
#define IN_HOSTS_MODE(expression)                                                                  \
    do {                                                                                           \
        mode_set(in.host);                                                                         \
        const snnfe_status status_ = (expression);                                                 \
        const mode left_ = mode_get();                                                             \
        mode_set(usual);                                                                           \
        ck_assert_msg(status_ == SNNFE_OK, "%s: %s", #expression, snnfe_last_error());             \
        ck_assert_msg(left_.rounding == in.host.rounding && left_.flushes == in.host.flushes,      \
                      "%s changed the host's mode", #expression);                                  \
    } while (0)

static void keep_values(results *r, const snnfe_network *network)
{
    float *values = small_values(network);
    keep(r, values, snnfe_network_value_count(network) * sizeof *values);
    free(values);
}

static snnfe_network *make_network(void)
{
    const snnfe_network_options options = small_network_options();
    snnfe_network *network = NULL;
    IN_HOSTS_MODE(snnfe_network_create(&network, &options));
    return network;
}

/* --- the rooms -------------------------------------------------------------------------------- */

static void networks(results *r)
{
    snnfe_network *network = make_network();
    keep_values(r, network);
    for (uint32_t n_threads = 1; n_threads <= 2; n_threads++) {
        snnfe_run_options options;
        assert_ok(snnfe_run_options_init(&options, sizeof options));
        options.n_threads = n_threads;
        float logits[N_GRIDS * 2], probabilities[N_GRIDS * 2];
        double loss = 0;
        float *gradient = malloc(snnfe_network_value_count(network) * sizeof *gradient);
        IN_HOSTS_MODE(snnfe_network_evaluate(network, in.grids, N_GRIDS, &options, logits, NULL,
                                             probabilities));
        IN_HOSTS_MODE(snnfe_network_gradient(network, in.grids, in.labels, N_GRIDS, NULL, &options,
                                             &loss, gradient));
        keep(r, logits, sizeof logits);
        keep(r, probabilities, sizeof probabilities);
        keep(r, &loss, sizeof loss);
        keep(r, gradient, snnfe_network_value_count(network) * sizeof *gradient);
        free(gradient);
    }
    IN_HOSTS_MODE(snnfe_network_reinitialize(network, "*", 3));
    keep_values(r, network);
    snnfe_network_free(network);
}

static int32_t change_mode(const snnfe_progress *progress, void *user_data)
{
    (void)progress;
    (void)user_data;
    mode_set(in.callback);
    return 0;
}

/* `device` or NULL */
static void training(results *r, const snnfe_device *device)
{
    const snnfe_trainer_data lists = small_lists();
    snnfe_network *network = make_network();
    snnfe_trainer_options options = small_options();
    options.device = device;
    if (device)
        options.threshold = 0.002;
    options.progress = change_mode;
    snnfe_trainer *trainer = NULL;
    IN_HOSTS_MODE(snnfe_trainer_create(&trainer, network, &options));
    IN_HOSTS_MODE(snnfe_trainer_run(trainer, in.dataset, &lists));
    double loss = 0;
    IN_HOSTS_MODE(snnfe_trainer_step(trainer, in.grids, in.labels, N_GRIDS, NULL, &loss));
    keep(r, &loss, sizeof loss);
    keep_values(r, network);
    snnfe_run_options seen;
    assert_ok(snnfe_run_options_init(&seen, sizeof seen));
    seen.allow_seen = 1;
    snnfe_evaluation evaluation = {.struct_size = sizeof evaluation};
    IN_HOSTS_MODE(
        snnfe_evaluation_run(network, in.dataset, NULL, 0, &seen, &evaluation, NULL, NULL));
    keep(r, &evaluation.loss, sizeof evaluation.loss);
    snnfe_trainer_free(trainer);
    snnfe_network_free(network);
}

static void devices(results *r)
{
    snnfe_device_options options;
    assert_ok(snnfe_device_options_init(&options, sizeof options));
    options.rsd_c2c = 0.1;
    snnfe_device *device = NULL;
    IN_HOSTS_MODE(snnfe_device_create(&device, &options));
    double w[N_WEIGHTS], dw[N_WEIGHTS];
    float weights[N_WEIGHTS];
    memcpy(w, in.w, sizeof w);
    memcpy(weights, in.weights, sizeof weights);
    IN_HOSTS_MODE(snnfe_device_response(device, SNNFE_LTP, w, N_WEIGHTS, dw));
    IN_HOSTS_MODE(snnfe_device_pulse(device, SNNFE_LTD, w, N_WEIGHTS, 1, 2));
    IN_HOSTS_MODE(snnfe_programming_noise(weights, N_WEIGHTS, 0.0417, 10, 1, 2));
    IN_HOSTS_MODE(snnfe_quantize(weights, N_WEIGHTS, 0.0417, 16));
    snnfe_characterization fit = {.struct_size = sizeof fit};
    IN_HOSTS_MODE(snnfe_device_fit(SNNFE_LTP, in.w, in.dw, N_WEIGHTS, &fit));
    keep(r, w, sizeof w);
    keep(r, dw, sizeof dw);
    keep(r, weights, sizeof weights);
    keep(r, fit.amplitude, sizeof fit.amplitude);
    training(r, device);
    snnfe_device_free(device);
}

/* The same array after a pulse, later, and as it is read. */
static void cells(results *r)
{
    snnfe_cells_options cells;
    snnfe_device_options options;
    assert_ok(snnfe_cells_options_init(&cells, sizeof cells));
    assert_ok(snnfe_device_options_init(&options, sizeof options));
    cells.spread_amplitude = cells.spread_window = 0.2;
    cells.retention = SNNFE_RETENTION_STRETCHED;
    cells.retention_spread = 0.1;
    cells.read_noise = 0.01;
    cells.wire = 1e-3;
    options.cells = &cells;
    snnfe_device *device = NULL;
    IN_HOSTS_MODE(snnfe_device_create(&device, &options));
    snnfe_cell drawn[N_WEIGHTS];
    float weights[N_WEIGHTS];
    memcpy(weights, in.weights, sizeof weights);
    IN_HOSTS_MODE(snnfe_device_cells(device, 5, N_WEIGHTS, drawn, sizeof drawn[0]));
    IN_HOSTS_MODE(snnfe_device_age(device, weights, N_WEIGHTS, 0.0417, 5, 0, 3, 0));
    IN_HOSTS_MODE(snnfe_device_read(device, weights, N_WEIGHTS, N_WEIGHTS / 2, 0.0417, 5, 9));
    keep(r, drawn, sizeof drawn);
    keep(r, weights, sizeof weights);
    snnfe_network *network = make_network();
    IN_HOSTS_MODE(snnfe_network_age(network, device, 0, 3, 0));
    IN_HOSTS_MODE(snnfe_network_read(network, device, 9));
    keep_values(r, network);
    snnfe_network_free(network);
    snnfe_device_free(device);
}

static void filters(results *r)
{
    size_t n_taps = 0;
    static double taps[10000];
    static float samples[64 * N_SAMPLES];
    IN_HOSTS_MODE(snnfe_filter_design(8, 30, 160, &n_taps, NULL));
    ck_assert_uint_le(n_taps, 10000);
    IN_HOSTS_MODE(snnfe_filter_design(8, 30, 160, &n_taps, taps));
    memcpy(samples, in.samples, sizeof samples);
    IN_HOSTS_MODE(
        snnfe_filter_apply(samples, 8, sizeof samples / sizeof *samples / 8, taps, n_taps));
    keep(r, taps, n_taps * sizeof *taps);
    keep(r, samples, sizeof samples);
    static float resampled[8 * N_SAMPLES];
    size_t n_resampled = N_SAMPLES;
    IN_HOSTS_MODE(snnfe_resample(in.samples, 8, N_SAMPLES, 160, 128, &n_resampled, resampled));
    keep(r, resampled, 8 * n_resampled * sizeof *resampled);
    memcpy(samples, in.samples, sizeof samples);
    IN_HOSTS_MODE(snnfe_causal_filter_apply(samples, 64, N_SAMPLES, 8, 30, 160, 2));
    keep(r, samples, sizeof samples);
}

static void datasets(results *r)
{
    snnfe_dataset *dataset = small_dataset(2);
    static float grid[GRID];
    const int32_t index = 3;
    IN_HOSTS_MODE(snnfe_dataset_align(dataset, NULL));
    assert_ok(snnfe_dataset_copy_grid(dataset, &index, 1, grid));
    keep(r, grid, sizeof grid);
    snnfe_dataset_free(dataset);
    double sums[N_GRIDS * 2];
    const uint64_t ids[N_GRIDS] = {4, 4, 2, 2, 2, 9};
    IN_HOSTS_MODE(snnfe_evaluation_trial_logits(in.grids, ids, N_GRIDS, 2, sums));
    keep(r, sums, sizeof sums);
    snnfe_split split = {0};
    IN_HOSTS_MODE(
        snnfe_split_holdout(&split, in.split_labels, NULL, 50, 0.3, SNNFE_GENERATOR_PAPER, 5));
    keep(r, &split.n_train, sizeof split.n_train);
    keep(r, split.train, split.n_train * sizeof *split.train);
    snnfe_split_release(&split);
}

static void live(results *r)
{
    snnfe_network *network = make_network();
    snnfe_decoder *decoder = NULL;
    snnfe_decoder_options options;
    assert_ok(snnfe_decoder_options_init(&options, sizeof options));
    options.hop = 9;
    options.allow_mismatch = 1;
    IN_HOSTS_MODE(snnfe_decoder_create(&decoder, network, &options));
    for (size_t i = 0; i < N_SAMPLES; i++) {
        IN_HOSTS_MODE(snnfe_decoder_push(decoder, SNNFE_NOT_NUMBERED, in.samples + i * 64, 1));
        snnfe_decoder_info info = {.struct_size = sizeof info};
        assert_ok(snnfe_decoder_get_info(decoder, &info));
        if (info.n_pending == 0)
            continue;
        snnfe_decision decision = {.struct_size = sizeof decision};
        float logits[2], probabilities[2];
        IN_HOSTS_MODE(snnfe_decoder_next(decoder, &decision, logits, probabilities));
        keep(r, logits, sizeof logits);
        keep(r, probabilities, sizeof probabilities);
    }
    snnfe_learner *learner = NULL;
    snnfe_network *learned = NULL;
    IN_HOSTS_MODE(snnfe_learner_create(&learner, network, NULL, NULL));
    for (size_t i = 0; i < N_GRIDS; i++)
        IN_HOSTS_MODE(snnfe_learner_adapt(learner, in.grids + i * GRID, in.labels[i], NULL));
    assert_ok(snnfe_learner_copy_network(learner, &learned));
    keep_values(r, learned);
    snnfe_network_free(learned);
    snnfe_learner_free(learner);
    snnfe_decoder_free(decoder);
    snnfe_network_free(network);
}

/* Decimals in files are rounded, too. */
static void files(results *r)
{
    snnfe_device_options options;
    assert_ok(snnfe_device_options_init(&options, sizeof options));
    options.amplitude[0] = 0.1 / 3;
    options.alpha[1] = 1 + 0.2 / 3;
    snnfe_device *device = NULL, *loaded = NULL;
    assert_ok(snnfe_device_create(&device, &options));
    const char *path = support_path("device.json");
    IN_HOSTS_MODE(snnfe_device_save(device, path));
    size_t size = 0;
    char *text = support_read(path, &size);
    keep(r, text, size);
    free(text);
    IN_HOSTS_MODE(snnfe_device_load(&loaded, path));
    snnfe_device_options found = {.struct_size = sizeof found};
    assert_ok(snnfe_device_get_options(loaded, &found));
    keep(r, found.amplitude, sizeof found.amplitude);
    keep(r, found.alpha, sizeof found.alpha);
    snnfe_device_free(device);
    snnfe_device_free(loaded);
}

static void plain_training(results *r)
{
    training(r, NULL);
}

static void (*const rooms[])(results *) = {networks, plain_training, devices, cells,
                                           filters,  datasets,       live,    files};

static void compute(results *r, size_t room, mode host, mode callback)
{
    in.host = host;
    in.callback = callback;
    r->size = 0;
    rooms[room](r);
}

START_TEST(the_mode_does_not_matter)
{
    static const mode modes[] = {{FE_UPWARD, false},
                                 {FE_DOWNWARD, false},
                                 {FE_TOWARDZERO, false},
                                 {FE_TONEAREST, true},
                                 {FE_UPWARD, true}};
    static results expected, found;
    inputs_make();
    compute(&expected, (size_t)_i, usual, usual);
    ck_assert_uint_gt(expected.size, 0);
    for (size_t m = 0; m < sizeof modes / sizeof modes[0]; m++) {
        compute(&found, (size_t)_i, modes[m], usual);
        ck_assert_msg(found.size == expected.size &&
                          memcmp(found.bytes, expected.bytes, found.size) == 0,
                      "mode %zu: other results", m);
        compute(&found, (size_t)_i, usual, modes[m]);
        ck_assert_msg(memcmp(found.bytes, expected.bytes, found.size) == 0,
                      "mode %zu set by a callback: other results", m);
    }
    snnfe_dataset_free(in.dataset);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("host mode");
    TCase *tests = tcase_create("modes");
    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, the_mode_does_not_matter, 0, (int)(sizeof rooms / sizeof rooms[0]));
    suite_add_tcase(suite, tests);
    return support_run(suite);
}
