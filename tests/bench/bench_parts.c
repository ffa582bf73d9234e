/* Single live steps, and the dense peak to compare with. */
#include "base/memory.h"
#include "bench.h"
#include "kernels/kernels.h"
#include "network/lane.h"
#include "network/network_internal.h"

#include <pthread.h>

/* A sample as a live window takes it. */
static void copy_sample(const bench_setup *setup, size_t i, float *sample)
{
    const float *trial = setup->grid + i / 160 % BENCH_TRIALS * BENCH_SIZE + i % 160;
    for (size_t p = 0; p < BENCH_SIZE / 160; p++)
        sample[p] = trial[p * 160];
}

void bench_live_steps(const bench_setup *setup, double *seconds, size_t n)
{
    static float sample[BENCH_SIZE / 160];
    snnfe_network *network = bench_network();
    snnfe_lane lane = {0};
    bench_expect(snnfe_lane_create(&lane, network));
    atomic_store(&lane.network, network);
    snnfe_lane_attach(&lane, network);
    for (size_t i = 0; i < n; i++) {
        if (i % 160 == 0)
            snnfe_lane_begin(&lane);
        copy_sample(setup, i, sample);
        const double before = bench_wall();
        snnfe_lane_step(&lane, sample);
        seconds[i] = bench_wall() - before;
    }
    snnfe_lane_release(&lane);
    snnfe_network_free(network);
}

/* With control the twelve frontal channels are mixed into all others, and all are aligned. Nothing
   was learned, which costs as much, so that the network sees the same. */
static snnfe_decoder *make_decoder(const snnfe_network *network, uint32_t hop, int32_t n_lags)
{
    static const char *const frontal[] = {"Fp1", "Fpz", "Fp2", "AF7", "AF3", "AFz",
                                          "AF4", "AF8", "F7",  "F8",  "FT7", "FT8"};
    snnfe_decoder_options options;
    snnfe_decoder *decoder = NULL;
    bench_expect(snnfe_decoder_options_init(&options, sizeof options));
    snnfe_signal signal = *options.signal;
    signal.filter_low_hz = signal.filter_high_hz = 0; /* the trials are filtered */
    if (n_lags >= 0) {
        signal.ocular = SNNFE_OCULAR_REGRESSION;
        signal.alignment = SNNFE_ALIGNMENT_EUCLIDEAN;
        signal.n_lags = (uint32_t)n_lags;
        signal.reference_names = frontal;
        signal.n_references = sizeof frontal / sizeof frontal[0];
    }
    options.signal = &signal;
    options.hop = hop;
    bench_expect(snnfe_decoder_create(&decoder, network, &options));
    return decoder;
}

/* Seconds that sample `i` takes. */
static double time_sample(const bench_setup *setup, snnfe_decoder *decoder, size_t i)
{
    float sample[64];
    for (size_t c = 0; c < 64; c++)
        sample[c] = setup->trials[(i / 160 % BENCH_TRIALS * 64 + c) * 160 + i % 160];
    const double before = bench_wall();
    bench_expect(snnfe_decoder_push(decoder, SNNFE_NOT_NUMBERED, sample, 1));
    return bench_wall() - before;
}

void bench_live_samples(const bench_setup *setup, uint32_t hop, double *seconds, size_t n)
{
    snnfe_network *network = bench_network();
    snnfe_decoder *decoder = make_decoder(network, hop, -1);
    for (size_t i = 0; i < n; i++)
        seconds[i] = time_sample(setup, decoder, i);
    snnfe_decoder_free(decoder);
    snnfe_network_free(network);
}

void bench_live_control(const bench_setup *setup, int32_t n_lags, double *without, double *with,
                        size_t n)
{
    snnfe_network *network = bench_network();
    snnfe_decoder *plain = make_decoder(network, 160, -1);
    snnfe_decoder *controlled = make_decoder(network, 160, n_lags);
    for (size_t i = 0; i < n; i++) {
        /* Whoever comes second finds the caches warm. */
        if (i % 2 == 0)
            without[i] = time_sample(setup, plain, i);
        with[i] = time_sample(setup, controlled, i);
        if (i % 2 == 1)
            without[i] = time_sample(setup, plain, i);
    }
    snnfe_decoder_free(controlled);
    snnfe_decoder_free(plain);
    snnfe_network_free(network);
}

/* --- the dense peak ------------------------------------------------------------------------- */

/* A product whose factors stay in the cache, as often as a thread is timed. */
enum { ROWS = 96, COLUMNS = 64, DEPTH = 128, PRODUCTS = 2000 };
#define FACTORS ((size_t)(ROWS * DEPTH + DEPTH * COLUMNS + ROWS * COLUMNS))

static void *multiply(void *context)
{
    float *a = context;
    uint32_t terms[DEPTH];
    for (uint32_t i = 0; i < DEPTH; i++)
        terms[i] = i;
    const snnfe_product product = {.m = ROWS,
                                   .n = COLUMNS,
                                   .k = DEPTH,
                                   .a = a,
                                   .lda = DEPTH,
                                   .terms = terms,
                                   .n_terms = DEPTH,
                                   .panels = a + ROWS * DEPTH,
                                   .c = a + ROWS * DEPTH + DEPTH * COLUMNS,
                                   .ldc = COLUMNS};
    for (int i = 0; i < PRODUCTS; i++)
        snnfe_kernels_get()->product(&product);
    return NULL;
}

static double seconds_of_products(float *memory, uint32_t n_threads)
{
    pthread_t threads[256];
    const double before = bench_wall();
    for (uint32_t i = 1; i < n_threads; i++)
        pthread_create(&threads[i], NULL, multiply, memory + i * FACTORS);
    multiply(memory);
    for (uint32_t i = 1; i < n_threads; i++)
        pthread_join(threads[i], NULL);
    return bench_wall() - before;
}

double bench_dense_peak(uint32_t n_threads)
{
    const uint32_t n = n_threads < 256 ? n_threads : 256;
    float *memory = snnfe_alloc(n * FACTORS, sizeof(float));
    for (size_t i = 0; i < n * FACTORS; i++)
        memory[i] = (float)(i % 17) - 8.0F;
    double least = seconds_of_products(memory, n);
    for (int i = 0; i < 10; i++) {
        const double seconds = seconds_of_products(memory, n);
        if (seconds < least)
            least = seconds;
    }
    snnfe_release(memory);
    return 2.0 * PRODUCTS * n * ROWS * COLUMNS * DEPTH / least * 1e-9;
}
