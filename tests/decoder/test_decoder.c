/* Decisions: the same bits as batch evaluation, regular windows, overlap, cues, early ends. */
#include "base/memory.h"
#include "base/philox.h"
#include "golden.h"
#include "own_signal.h"
#include "same_dataset.h"
#include "small.h"
#include "stream.h"

#include <math.h>

START_TEST(same_bits_as_batch)
{
    enum { N = 7 * SMALL_STEPS + 3 };
    snnfe_network *network = small_network();
    float *samples = stream_noise(1, N);
    const uint32_t hops[] = {0, 1, 6, SMALL_STEPS + 5};
    for (size_t h = 0; h < 4; h++) {
        snnfe_decoder_options options = stream_plain_options();
        options.hop = hops[h];
        options.n_pending = 200;
        snnfe_decoder *decoder = NULL;
        assert_ok(snnfe_decoder_create(&decoder, network, &options));
        /* In pieces of all sizes. */
        for (size_t first = 0, size = 0; first < N; first += size, size++)
            assert_ok(snnfe_decoder_push(decoder, SNNFE_NOT_NUMBERED, samples + first * 64,
                                         size < N - first ? size : N - first));
        const size_t hop = hops[h] ? hops[h] : SMALL_STEPS;
        const size_t n = (N - SMALL_STEPS) / hop + 1;
        ck_assert_uint_eq(stream_info(decoder).n_pending, n);
        for (size_t i = 0; i < n; i++) {
            float logits[2], expected[2];
            const snnfe_decision d = stream_next(decoder, logits);
            stream_evaluate(network, samples + i * hop * 64, expected);
            ck_assert_mem_eq(logits, expected, sizeof expected);
            ck_assert_uint_eq(d.window, i);
            ck_assert_uint_eq(d.first_sample, i * hop);
            ck_assert_uint_eq(d.n_steps, SMALL_STEPS);
            ck_assert_int_eq(d.decided, expected[1] > expected[0]);
            const double p = 1 / (1 + exp(-fabs((double)expected[1] - (double)expected[0])));
            ck_assert_double_eq_tol(d.confidence, p, 1e-12);
            ck_assert_int_eq(d.label, -1);
            ck_assert_int_eq(d.early, 0);
            ck_assert_int_eq(d.rejected, 0);
            ck_assert_uint_eq(d.faults, 0);
        }
        ck_assert_uint_eq(stream_info(decoder).n_windows, (N - 1) / hop + 1);
        snnfe_decoder_free(decoder);
    }
    free(samples);
    snnfe_network_free(network);
}
END_TEST

/* Of any sizes, pushed in any pieces. */
START_TEST(random_networks)
{
    enum { N_WINDOWS = 3 };
    snnfe_stream stream = snnfe_stream_make(support_seed(), SNNFE_STREAM_SYNTHETIC, 77);
    for (int k = 0; k < 25; k++) {
        snnfe_network_options sizes;
        assert_ok(snnfe_network_options_init(&sizes, sizeof sizes));
        sizes.n_steps = 1 + snnfe_stream_below(&stream, 40);
        sizes.conv1_channels = 1 + snnfe_stream_below(&stream, 90);
        sizes.conv2_channels = 1 + snnfe_stream_below(&stream, 90);
        sizes.conv3_channels = 1 + snnfe_stream_below(&stream, 90);
        sizes.n_hidden = 1 + snnfe_stream_below(&stream, 90);
        sizes.n_classes = 2 + snnfe_stream_below(&stream, 4);
        sizes.threshold = 0.02F * (float)snnfe_stream_below(&stream, 6);
        sizes.seed = (uint64_t)k;
        snnfe_network *network = NULL;
        assert_ok(snnfe_network_create(&network, &sizes));
        snnfe_decoder_options options = stream_plain_options();
        options.hop = 1 + snnfe_stream_below(&stream, sizes.n_steps + 5);
        snnfe_decoder *decoder = NULL;
        assert_ok(snnfe_decoder_create(&decoder, network, &options));
        const size_t n = (N_WINDOWS - 1) * (size_t)options.hop + sizes.n_steps;
        float *samples = stream_noise((uint64_t)k, n);
        for (size_t first = 0, size = 0; first < n; first += size) {
            size = 1 + snnfe_stream_below(&stream, (uint32_t)(n - first));
            assert_ok(snnfe_decoder_push(decoder, SNNFE_NOT_NUMBERED, samples + first * 64, size));
        }
        for (size_t i = 0; i < N_WINDOWS; i++) {
            float logits[5], expected[5];
            stream_next(decoder, logits);
            stream_evaluate(network, samples + i * options.hop * 64, expected);
            ck_assert_mem_eq(logits, expected, sizes.n_classes * sizeof *logits);
        }
        free(samples);
        snnfe_decoder_free(decoder);
        snnfe_network_free(network);
    }
}
END_TEST

START_TEST(real_epochs_and_published_networks)
{
    if (!support_have_shared())
        return;
    static const char *const names[] = {"init", "float_fold1", "on_device_fold1"};
    snnfe_tensors *file = golden_open("epochs_s001");
    float *epochs = golden_tensor(file, "x", NULL); /* [45][64][160] */
    int32_t labels[GOLDEN_TRIALS];
    float *grid = golden_grid(labels);
    for (size_t k = 0; k < 3; k++) {
        snnfe_network *network = golden_network(names[k]);
        float expected[GOLDEN_TRIALS][2], logits[2];
        assert_ok(
            snnfe_network_evaluate(network, grid, GOLDEN_TRIALS, NULL, expected[0], NULL, NULL));
        snnfe_decoder_options options = stream_plain_options();
        options.windows = SNNFE_WINDOWS_CUED;
        snnfe_decoder *decoder = NULL;
        assert_ok(snnfe_decoder_create(&decoder, network, &options));
        for (size_t i = 0; i < GOLDEN_TRIALS; i++) {
            assert_ok(snnfe_decoder_cue(decoder, labels[i], NULL));
            for (size_t t = 0; t < 160; t++) {
                float sample[64];
                for (size_t c = 0; c < 64; c++)
                    sample[c] = epochs[(i * 64 + c) * 160 + t];
                assert_ok(snnfe_decoder_push(decoder, SNNFE_NOT_NUMBERED, sample, 1));
            }
            const snnfe_decision d = stream_next(decoder, logits);
            ck_assert_mem_eq(logits, expected[i], sizeof logits);
            ck_assert_int_eq(d.label, labels[i]);
        }
        snnfe_decoder_free(decoder);
        snnfe_network_free(network);
    }
    snnfe_release(grid);
    snnfe_release(epochs);
    snnfe_tensors_close(file);
}
END_TEST

START_TEST(windows_at_cues)
{
    snnfe_network *network = small_network();
    float *samples = stream_noise(2, 100);
    snnfe_decoder_options options = stream_plain_options();
    options.windows = SNNFE_WINDOWS_CUED;
    snnfe_decoder *decoder = NULL;
    assert_ok(snnfe_decoder_create(&decoder, network, &options));
    assert_ok(snnfe_decoder_push(decoder, SNNFE_NOT_NUMBERED, samples, 10));
    ck_assert_uint_eq(stream_info(decoder).n_windows, 0);
    uint64_t window = 9;
    assert_ok(snnfe_decoder_cue(decoder, 1, &window));
    ck_assert_uint_eq(window, 0);
    assert_ok(snnfe_decoder_push(decoder, SNNFE_NOT_NUMBERED, samples + 10 * 64, 5));
    assert_ok(snnfe_decoder_cue(decoder, -1, &window));
    ck_assert_uint_eq(window, 1);
    assert_fails(snnfe_decoder_cue(decoder, 0, &window), SNNFE_ERR_STATE, "all 2 windows");
    assert_fails(snnfe_decoder_cue(decoder, 2, NULL), SNNFE_ERR_ARGUMENT, "label is 2");
    assert_fails(snnfe_decoder_cue(decoder, -2, NULL), SNNFE_ERR_ARGUMENT, "label is -2");
    uint32_t steps = 0;
    float probabilities[2] = {0};
    assert_ok(snnfe_decoder_peek(decoder, &steps, probabilities));
    ck_assert_uint_eq(steps, 5);
    ck_assert_float_eq_tol(probabilities[0] + probabilities[1], 1, 1e-6F);
    assert_ok(snnfe_decoder_push(decoder, SNNFE_NOT_NUMBERED, samples + 15 * 64, 60));
    ck_assert_uint_eq(stream_info(decoder).n_pending, 2);
    float logits[2], expected[2];
    snnfe_decision d = stream_next(decoder, logits);
    stream_evaluate(network, samples + 10 * 64, expected);
    ck_assert_mem_eq(logits, expected, sizeof logits);
    ck_assert_int_eq(d.label, 1);
    d = stream_next(decoder, logits);
    stream_evaluate(network, samples + 15 * 64, expected);
    ck_assert_mem_eq(logits, expected, sizeof logits);
    ck_assert_int_eq(d.label, -1);
    ck_assert_uint_eq(d.first_sample, 15);
    assert_fails(snnfe_decoder_next(decoder, &d, NULL, NULL), SNNFE_ERR_STATE, "no decision");
    assert_ok(snnfe_decoder_peek(decoder, &steps, NULL));
    ck_assert_uint_eq(steps, 0);
    snnfe_decoder_free(decoder);
    free(samples);
    snnfe_network_free(network);
}
END_TEST

/* An early decision is what the readout says after so many steps. */
START_TEST(early_decisions)
{
    snnfe_network *network = small_network();
    enum { N = 40 * SMALL_STEPS };
    float *samples = stream_noise(3, N);
    snnfe_decoder_options options = stream_plain_options();
    snnfe_decoder *whole = NULL, *early = NULL;
    assert_ok(snnfe_decoder_create(&whole, network, &options));
    options.early_confidence = 0.52;
    options.early_least = 4;
    assert_ok(snnfe_decoder_create(&early, network, &options));
    size_t n_early = 0;
    for (size_t w = 0; w < 40; w++) {
        bool decided = false;
        for (size_t t = 0; t < SMALL_STEPS; t++) {
            const float *sample = samples + (w * SMALL_STEPS + t) * 64;
            float probabilities[2] = {0.5F, 0.5F};
            uint32_t steps = 0;
            assert_ok(snnfe_decoder_push(whole, SNNFE_NOT_NUMBERED, sample, 1));
            assert_ok(snnfe_decoder_push(early, SNNFE_NOT_NUMBERED, sample, 1));
            if (t + 1 < SMALL_STEPS)
                assert_ok(snnfe_decoder_peek(whole, &steps, probabilities));
            const float best = fmaxf(probabilities[0], probabilities[1]);
            const bool now = !decided && (t + 1 == SMALL_STEPS || (t >= 3 && best >= 0.52F));
            ck_assert_uint_eq(stream_info(early).n_pending, now);
            if (!now)
                continue;
            const snnfe_decision d = stream_next(early, NULL);
            ck_assert_uint_eq(d.n_steps, t + 1);
            ck_assert_int_eq(d.early, t + 1 < SMALL_STEPS);
            n_early += d.early == 1;
            decided = true;
        }
        stream_next(whole, NULL);
    }
    ck_assert_uint_gt(n_early, 5);
    ck_assert_uint_lt(n_early, 40);
    ck_assert_uint_eq(stream_info(early).n_early, n_early);
    snnfe_decoder_free(whole);
    snnfe_decoder_free(early);
    free(samples);
    snnfe_network_free(network);
}
END_TEST

START_TEST(decisions_that_nobody_takes)
{
    snnfe_network *network = small_network();
    float *samples = stream_noise(4, 10 * SMALL_STEPS);
    snnfe_decoder_options options = stream_plain_options();
    options.n_pending = 3;
    snnfe_decoder *decoder = NULL;
    assert_ok(snnfe_decoder_create(&decoder, network, &options));
    assert_ok(snnfe_decoder_push(decoder, SNNFE_NOT_NUMBERED, samples, 10 * SMALL_STEPS));
    ck_assert_uint_eq(stream_info(decoder).n_pending, 3);
    const snnfe_decoder_info info = stream_info(decoder);
    ck_assert_uint_eq(info.n_lost, 7);
    ck_assert_uint_eq(info.n_decisions, 10);
    for (uint64_t window = 7; window < 10; window++)
        ck_assert_uint_eq(stream_next(decoder, NULL).window, window);
    snnfe_decoder_free(decoder);
    free(samples);
    snnfe_network_free(network);
}
END_TEST

/* More windows are due than may run. */
START_TEST(windows_without_room)
{
    snnfe_network *network = small_network();
    float *samples = stream_noise(5, 4 * SMALL_STEPS);
    snnfe_decoder_options options = stream_plain_options();
    options.hop = SMALL_STEPS / 2;
    options.n_running = 1;
    snnfe_decoder *decoder = NULL;
    assert_ok(snnfe_decoder_create(&decoder, network, &options));
    assert_ok(snnfe_decoder_push(decoder, SNNFE_NOT_NUMBERED, samples, 4 * SMALL_STEPS));
    const snnfe_decoder_info info = stream_info(decoder);
    ck_assert_uint_eq(info.n_windows, 4);
    ck_assert_uint_eq(info.n_skipped, 4);
    for (uint64_t i = 0; i < 4; i++)
        ck_assert_uint_eq(stream_next(decoder, NULL).first_sample, i * SMALL_STEPS);
    snnfe_decoder_free(decoder);
    free(samples);
    snnfe_network_free(network);
}
END_TEST

START_TEST(windows_to_learn_from)
{
    snnfe_network *network = small_network();
    float *samples = stream_noise(6, 5 * SMALL_STEPS);
    const snnfe_decoder_options options = stream_plain_options();
    snnfe_decoder *decoder = NULL;
    assert_ok(snnfe_decoder_create(&decoder, network, &options));
    const size_t size = (size_t)10 * 11 * SMALL_STEPS;
    float *grid = malloc(size * sizeof *grid), expected[2], logits[2];
    assert_fails(snnfe_decoder_copy_window(decoder, 0, grid), SNNFE_ERR_NOT_FOUND, "not all among");
    assert_ok(snnfe_decoder_push(decoder, SNNFE_NOT_NUMBERED, samples, 5 * SMALL_STEPS));
    assert_fails(snnfe_decoder_copy_window(decoder, 2 * SMALL_STEPS, grid), SNNFE_ERR_NOT_FOUND,
                 "not all among");
    assert_fails(snnfe_decoder_copy_window(decoder, 4 * SMALL_STEPS + 1, grid), SNNFE_ERR_NOT_FOUND,
                 "not all among");
    for (size_t first = 3 * SMALL_STEPS; first <= 4 * SMALL_STEPS; first++) {
        assert_ok(snnfe_decoder_copy_window(decoder, first, grid));
        assert_ok(snnfe_network_evaluate(network, grid, 1, NULL, logits, NULL, NULL));
        stream_evaluate(network, samples + first * 64, expected);
        ck_assert_mem_eq(logits, expected, sizeof logits);
    }
    ck_assert_float_eq(stream_info(decoder).grid[3 * 11 + 2],
                       samples[((size_t)5 * SMALL_STEPS - 1) * 64]);
    free(grid);
    snnfe_decoder_free(decoder);
    free(samples);
    snnfe_network_free(network);
}
END_TEST

/* A running window keeps its network, later ones have the new one. */
START_TEST(exchange_of_networks)
{
    snnfe_network_options sizes = small_network_options();
    snnfe_network *first = small_network(), *second = NULL, *other = NULL;
    sizes.seed = 99;
    assert_ok(snnfe_network_create(&second, &sizes));
    sizes.n_hidden = 9;
    assert_ok(snnfe_network_create(&other, &sizes));
    float *samples = stream_noise(7, 2 * SMALL_STEPS), logits[2], expected[2];
    const snnfe_decoder_options options = stream_plain_options();
    snnfe_decoder *decoder = NULL;
    assert_ok(snnfe_decoder_create(&decoder, first, &options));
    assert_ok(snnfe_decoder_push(decoder, SNNFE_NOT_NUMBERED, samples, 5));
    assert_ok(snnfe_decoder_offer(decoder, second));
    ck_assert_int_eq(snnfe_decoder_uses(decoder, first), 1);
    ck_assert_int_eq(snnfe_decoder_uses(decoder, second), 1);
    ck_assert_int_eq(snnfe_decoder_uses(decoder, other), 0);
    assert_fails(snnfe_decoder_offer(decoder, other), SNNFE_ERR_SHAPE, "configuration");
    assert_fails(snnfe_decoder_offer(decoder, NULL), SNNFE_ERR_ARGUMENT, "network is NULL");
    assert_ok(
        snnfe_decoder_push(decoder, SNNFE_NOT_NUMBERED, samples + 5 * 64, 2 * SMALL_STEPS - 5));
    ck_assert_int_eq(snnfe_decoder_uses(decoder, first), 0);
    stream_next(decoder, logits);
    stream_evaluate(first, samples, expected);
    ck_assert_mem_eq(logits, expected, sizeof logits);
    stream_next(decoder, logits);
    stream_evaluate(second, samples + (size_t)SMALL_STEPS * 64, expected);
    ck_assert_mem_eq(logits, expected, sizeof logits);
    snnfe_decoder_free(decoder);
    free(samples);
    snnfe_network_free(first);
    snnfe_network_free(second);
    snnfe_network_free(other);
}
END_TEST

/* Raw samples through the causal filter and the z-score: what a data set makes of a recording. */
START_TEST(raw_samples_as_a_dataset_takes_them)
{
    enum { N = 8 * SMALL_STEPS };
    snnfe_network *network = small_network();
    float *samples = stream_noise(8, N), *signals = malloc(64 * N * sizeof *signals);
    double mean[64], std[64];
    for (size_t c = 0; c < 64; c++) {
        mean[c] = 0.1 * (double)c;
        std[c] = 20 + (double)c;
        for (size_t i = 0; i < N; i++) {
            samples[i * 64 + c] = 30 * samples[i * 64 + c] + 3000 - 90 * (float)c;
            signals[c * N + i] = samples[i * 64 + c];
        }
    }
    snnfe_decoder_options options;
    assert_ok(snnfe_decoder_options_init(&options, sizeof options));
    own_signal(&options.signal)->channel_mean_uv = mean;
    own_signal(&options.signal)->channel_std_uv = std;
    snnfe_decoder *decoder = NULL;
    assert_ok(snnfe_decoder_create(&decoder, network, &options));
    assert_ok(snnfe_decoder_push(decoder, SNNFE_NOT_NUMBERED, samples, N));
    assert_ok(snnfe_causal_filter_apply(signals, 64, N, 0.1, 79, 160, 2));
    for (size_t c = 0; c < 64; c++)
        for (size_t i = 0; i < N; i++)
            samples[i * 64 + c] =
                (float)((double)signals[c * N + i] * (1 / std[c]) + (0 - mean[c]) / std[c]);
    for (size_t w = 0; w < 8; w++) {
        float logits[2], expected[2];
        stream_next(decoder, logits);
        stream_evaluate(network, samples + w * SMALL_STEPS * 64, expected);
        ck_assert_mem_eq(logits, expected, sizeof logits);
    }
    snnfe_decoder_free(decoder);
    free(samples);
    free(signals);
    snnfe_network_free(network);
}
END_TEST

START_TEST(reset_begins_again)
{
    snnfe_network *network = small_network();
    float *samples = stream_noise(9, 3 * SMALL_STEPS), first[2], again[2];
    snnfe_decoder *decoder = NULL;
    assert_ok(snnfe_decoder_create(&decoder, network, NULL));
    assert_ok(snnfe_decoder_push(decoder, SNNFE_NOT_NUMBERED, samples, SMALL_STEPS));
    stream_next(decoder, first);
    assert_ok(snnfe_decoder_push(decoder, SNNFE_NOT_NUMBERED, samples, SMALL_STEPS + 3));
    assert_ok(snnfe_decoder_reset(decoder));
    ck_assert_uint_eq(stream_info(decoder).n_pending, 0);
    ck_assert_uint_eq(stream_info(decoder).n_samples, 0);
    ck_assert_uint_eq(stream_info(decoder).n_running, 0);
    assert_ok(snnfe_decoder_push(decoder, SNNFE_NOT_NUMBERED, samples, SMALL_STEPS));
    stream_next(decoder, again);
    ck_assert_mem_eq(first, again, sizeof first);
    snnfe_decoder_free(decoder);
    free(samples);
    snnfe_network_free(network);
}
END_TEST

static void refuse(const snnfe_network *network, const snnfe_decoder_options *options,
                   snnfe_status status, const char *fragment)
{
    snnfe_decoder *decoder = (snnfe_decoder *)(uintptr_t)1;
    assert_fails(snnfe_decoder_create(&decoder, network, options), status, fragment);
    ck_assert_ptr_null(decoder);
}

#define REFUSED(field, value, fragment)                                                            \
    do {                                                                                           \
        snnfe_decoder_options options_ = stream_plain_options();                                   \
        options_.field = (value);                                                                  \
        refuse(network, &options_, SNNFE_ERR_ARGUMENT, fragment);                                  \
    } while (0)

#define REFUSED_SIGNAL(field, value, fragment)                                                     \
    do {                                                                                           \
        snnfe_decoder_options options_ = stream_plain_options();                                   \
        own_signal(&options_.signal)->field = (value);                                             \
        refuse(network, &options_, SNNFE_ERR_ARGUMENT, fragment);                                  \
    } while (0)

START_TEST(bad_options)
{
    snnfe_network *network = small_network();
    REFUSED(windows, 2, "windows is 2");
    REFUSED(hop, UINT32_MAX, "hop is 4294967295");
    REFUSED(n_running, 1025, "n_running is 1025");
    REFUSED(n_pending, 0, "n_pending is 0");
    REFUSED(n_history, SMALL_STEPS - 1, "n_history is 19");
    REFUSED_SIGNAL(n_channels, 65, "n_channels is 65");
    REFUSED_SIGNAL(n_channels, 3, "without places");
    REFUSED_SIGNAL(sampling_rate_hz, -1, "sampling_rate_hz is -1");
    REFUSED_SIGNAL(filter_low_hz, 80, "filter_low_hz is 80");
    REFUSED_SIGNAL(filter_high_hz, (double)NAN, "filter_high_hz is nan");
    REFUSED_SIGNAL(filter_order, 5, "filter_order is 5");
    REFUSED(early_least, 0, "early_least is 0");
    REFUSED(early_least, 2, "early_least is set, but has no effect unless there is an early_conf");
    REFUSED(early_confidence, 0.3, "early_confidence is 0.3");
    REFUSED(early_confidence, 1.01, "early_confidence is 1.01");
    REFUSED(early_confidence, (double)NAN, "early_confidence is nan");
    REFUSED(saturation_uv, 0, "saturation_uv is 0");
    REFUSED(noisy_z, -1, "noisy_z is -1");
    REFUSED(flat_samples, 1, "flat_samples is 1");
    REFUSED(repair, -1, "repair is -1");
    REFUSED(most_bad_channels, -2, "most_bad_channels is -2");
    const int32_t rows[2] = {0, 10}, columns[2] = {0, 0}, same[2] = {0, 0};
    const double mean[2] = {0, 0}, std[2] = {1, 0};
    snnfe_decoder_options options = stream_plain_options();
    own_signal(&options.signal)->n_channels = 2;
    own_signal(&options.signal)->channel_rows = rows;
    refuse(network, &options, SNNFE_ERR_ARGUMENT, "channel_columns is NULL");
    own_signal(&options.signal)->channel_columns = columns;
    refuse(network, &options, SNNFE_ERR_SHAPE, "(10, 0)");
    own_signal(&options.signal)->channel_rows = same;
    refuse(network, &options, SNNFE_ERR_SHAPE, "share place");
    const int32_t apart[2] = {0, 9};
    own_signal(&options.signal)->channel_rows = apart;
    own_signal(&options.signal)->channel_mean_uv = mean;
    own_signal(&options.signal)->channel_std_uv = std;
    refuse(network, &options, SNNFE_ERR_ARGUMENT, "channel 1 has mean 0, standard deviation 0");
    refuse(NULL, NULL, SNNFE_ERR_ARGUMENT, "network is NULL");
    assert_fails(snnfe_decoder_create(NULL, network, NULL), SNNFE_ERR_ARGUMENT, "decoder is NULL");
    snnfe_network_free(network);
}
END_TEST

START_TEST(bad_calls)
{
    snnfe_network *network = small_network();
    snnfe_decoder *decoder = NULL;
    assert_ok(snnfe_decoder_create(&decoder, network, NULL));
    const float sample[64] = {0};
    snnfe_decision decision = {.struct_size = sizeof decision};
    snnfe_decoder_info info = {.struct_size = 3};
    assert_fails(snnfe_decoder_push(NULL, SNNFE_NOT_NUMBERED, sample, 1), SNNFE_ERR_ARGUMENT,
                 "decoder is NULL");
    assert_fails(snnfe_decoder_push(decoder, SNNFE_NOT_NUMBERED, NULL, 1), SNNFE_ERR_ARGUMENT,
                 "samples is NULL");
    assert_ok(snnfe_decoder_push(decoder, SNNFE_NOT_NUMBERED, NULL, 0));
    assert_fails(snnfe_decoder_push(decoder, 0, NULL, 1), SNNFE_ERR_ARGUMENT, "samples");
    assert_fails(snnfe_decoder_drop(NULL, 1), SNNFE_ERR_ARGUMENT, "decoder");
    assert_fails(snnfe_decoder_cue(NULL, 0, NULL), SNNFE_ERR_ARGUMENT, "decoder");
    assert_fails(snnfe_decoder_next(decoder, NULL, NULL, NULL), SNNFE_ERR_ARGUMENT, "decision");
    assert_fails(snnfe_decoder_get_info(decoder, NULL), SNNFE_ERR_ARGUMENT, "info");
    assert_fails(snnfe_decoder_get_info(decoder, &info), SNNFE_ERR_ARGUMENT, "size is 3");
    assert_fails(snnfe_decoder_peek(decoder, NULL, NULL), SNNFE_ERR_ARGUMENT, "n_steps");
    assert_fails(snnfe_decoder_copy_window(decoder, 0, NULL), SNNFE_ERR_ARGUMENT, "grid");
    assert_fails(snnfe_decoder_reset(NULL), SNNFE_ERR_ARGUMENT, "decoder");
    assert_fails(snnfe_decoder_options_init(NULL, 8), SNNFE_ERR_ARGUMENT, "NULL");
    ck_assert_int_eq(snnfe_decoder_uses(NULL, network), 0);
    assert_fails(snnfe_decoder_get_info(NULL, &info), SNNFE_ERR_ARGUMENT, "decoder");
    snnfe_decoder_free(NULL);
    snnfe_decoder_free(decoder);
    snnfe_network_free(network);
}
END_TEST

static void assert_same_logits(snnfe_decoder *a, snnfe_decoder *b, const float *samples)
{
    float p[2], q[2];
    assert_ok(snnfe_decoder_push(a, SNNFE_NOT_NUMBERED, samples, SMALL_STEPS));
    assert_ok(snnfe_decoder_push(b, SNNFE_NOT_NUMBERED, samples, SMALL_STEPS));
    stream_next(a, p);
    stream_next(b, q);
    ck_assert_mem_eq(p, q, sizeof p);
}

/* Members of a signal that are 0 or NULL have their defaults, except the filter's; without a signal
   all have. */
START_TEST(signals_of_few_words)
{
    snnfe_network *network = small_network();
    snnfe_decoder_options options, none;
    snnfe_decoder *a = NULL, *b = NULL;
    assert_ok(snnfe_decoder_options_init(&options, sizeof options));
    ck_assert_uint_eq(options.signal->n_channels, 64);
    ck_assert_double_eq(options.signal->sampling_rate_hz, 160);
    none = options;
    none.signal = NULL;
    float *samples = stream_noise(4, SMALL_STEPS);
    assert_ok(snnfe_decoder_create(&a, network, &options));
    assert_ok(snnfe_decoder_create(&b, network, &none));
    assert_same_logits(a, b, samples);
    snnfe_decoder_free(a);
    snnfe_decoder_free(b);
    const snnfe_signal few = {
        .struct_size = sizeof few, .filter_low_hz = 0.1, .filter_high_hz = 79};
    options.signal = &few;
    assert_ok(snnfe_decoder_create(&a, network, &options));
    assert_ok(snnfe_decoder_create(&b, network, NULL));
    assert_same_logits(a, b, samples);
    ck_assert_str_eq(stream_info(a).channel_names[0], "FC5");
    snnfe_decoder_free(a);
    snnfe_decoder_free(b);
    free(samples);
    snnfe_network_free(network);
}
END_TEST

int main(int argc, char **argv)
{
    (void)argc;
    support_set_program(argv[0]);
    Suite *suite = suite_create("decoder");
    TCase *tests = tcase_create("decoder");
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, same_bits_as_batch);
    tcase_add_test(tests, random_networks);
    tcase_add_test(tests, real_epochs_and_published_networks);
    tcase_add_test(tests, windows_at_cues);
    tcase_add_test(tests, early_decisions);
    tcase_add_test(tests, decisions_that_nobody_takes);
    tcase_add_test(tests, windows_without_room);
    tcase_add_test(tests, windows_to_learn_from);
    tcase_add_test(tests, exchange_of_networks);
    tcase_add_test(tests, raw_samples_as_a_dataset_takes_them);
    tcase_add_test(tests, reset_begins_again);
    tcase_add_test(tests, bad_options);
    tcase_add_test(tests, bad_calls);
    tcase_add_test(tests, signals_of_few_words);
    suite_add_tcase(suite, tests);
    return support_run(suite);
}
