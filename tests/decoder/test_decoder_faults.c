/* Every fault injected: detected, reported, survived. */
#include "small.h"
#include "stream.h"

#include <math.h>

enum { STEPS = SMALL_STEPS };

typedef struct setup {
    snnfe_network *network;
    snnfe_decoder *decoder;
    float *samples;
} setup;

static setup make(const snnfe_decoder_options *options, uint64_t seed, size_t n)
{
    setup s = {.network = small_network(), .samples = stream_noise(seed, n)};
    assert_ok(snnfe_decoder_create(&s.decoder, s.network, options));
    return s;
}

static void end(setup *s)
{
    snnfe_decoder_free(s->decoder);
    snnfe_network_free(s->network);
    free(s->samples);
}

static void assert_window(const setup *s, const float *expected_samples, uint32_t faults)
{
    float logits[2], expected[2];
    const snnfe_decision d = stream_next(s->decoder, logits);
    stream_evaluate(s->network, expected_samples, expected);
    ck_assert_mem_eq(logits, expected, sizeof logits);
    ck_assert_uint_eq(d.faults, faults);
}

/* NaN, infinity and saturation: the last good value stands in, and only that channel's. */
START_TEST(values_that_are_none)
{
    const snnfe_decoder_options options = stream_plain_options();
    setup s = make(&options, 1, 2 * STEPS);
    float *clean = malloc((size_t)2 * STEPS * 64 * sizeof *clean);
    memcpy(clean, s.samples, (size_t)2 * STEPS * 64 * sizeof *clean);
    const float bad[] = {NAN, INFINITY, -INFINITY, 5000, -1e30F};
    for (size_t k = 0; k < 5; k++) {
        s.samples[(3 + k) * 64 + 7 * k] = bad[k];
        clean[(3 + k) * 64 + 7 * k] = clean[(2 + k) * 64 + 7 * k];
    }
    assert_ok(snnfe_decoder_push(s.decoder, SNNFE_NOT_NUMBERED, s.samples, 4));
    ck_assert_uint_eq(stream_info(s.decoder).channel_faults[0], SNNFE_FAULT_NONFINITE);
    ck_assert_uint_eq(stream_info(s.decoder).channel_faults[1], 0);
    assert_ok(snnfe_decoder_push(s.decoder, SNNFE_NOT_NUMBERED, s.samples + (size_t)4 * 64,
                                 2 * STEPS - 4));
    assert_window(&s, clean, SNNFE_FAULT_NONFINITE | SNNFE_FAULT_SATURATED);
    assert_window(&s, clean + (size_t)STEPS * 64, 0);
    const snnfe_decoder_info info = stream_info(s.decoder);
    ck_assert_uint_eq(info.n_nonfinite, 3);
    ck_assert_uint_eq(info.n_saturated, 2);
    free(clean);
    end(&s);
}
END_TEST

/* With the filter, a broken beginning does not reach what comes later. */
START_TEST(filter_begins_with_the_first_good_value)
{
    snnfe_decoder_options options;
    assert_ok(snnfe_decoder_options_init(&options, sizeof options));
    options.windows = SNNFE_WINDOWS_CUED;
    setup s = make(&options, 2, 3 * STEPS);
    for (size_t i = 0; i < (size_t)3 * STEPS; i++)
        s.samples[i * 64 + 5] += 4000;
    float *broken = malloc((size_t)3 * STEPS * 64 * sizeof *broken);
    memcpy(broken, s.samples, (size_t)3 * STEPS * 64 * sizeof *broken);
    for (size_t i = 0; i < 10; i++)
        broken[i * 64 + 5] = i % 2 ? NAN : INFINITY;
    /* The same as a signal that begins ten samples later. */
    assert_ok(snnfe_decoder_push(s.decoder, SNNFE_NOT_NUMBERED, broken, 10));
    assert_ok(snnfe_decoder_push(s.decoder, SNNFE_NOT_NUMBERED, broken + (size_t)10 * 64, 1));
    ck_assert_float_eq_tol(stream_info(s.decoder).grid[3 * 11 + 7], 0, 20);
    assert_ok(snnfe_decoder_push(s.decoder, SNNFE_NOT_NUMBERED, broken + (size_t)11 * 64, STEPS));
    float *signal = malloc(STEPS * sizeof *signal);
    for (size_t i = 0; i < STEPS; i++)
        signal[i] = s.samples[(10 + i) * 64 + 5];
    assert_ok(snnfe_causal_filter_apply(signal, 1, STEPS, 0.1, 79, 160, 2));
    snnfe_decoder *late = NULL;
    assert_ok(snnfe_decoder_create(&late, s.network, &options));
    assert_ok(snnfe_decoder_push(late, SNNFE_NOT_NUMBERED, s.samples + (size_t)10 * 64, STEPS));
    ck_assert_float_eq(stream_info(late).grid[3 * 11 + 7], signal[STEPS - 1]);
    free(signal);
    free(broken);
    snnfe_decoder_free(late);
    end(&s);
}
END_TEST

/* A channel without contact is reported, its neighbors replace it, and it comes back. */
START_TEST(flat_channel)
{
    const int32_t repairs[] = {SNNFE_REPAIR_NEIGHBORS, SNNFE_REPAIR_ZERO, SNNFE_REPAIR_NONE};
    for (size_t r = 0; r < 3; r++) {
        snnfe_decoder_options options = stream_plain_options();
        options.flat_samples = 10;
        options.repair = repairs[r];
        setup s = make(&options, 3, 4 * STEPS);
        for (size_t i = 15; i < 2 * STEPS; i++)
            s.samples[i * 64 + 10] = s.samples[(size_t)14 * 64 + 10];
        assert_ok(snnfe_decoder_push(s.decoder, SNNFE_NOT_NUMBERED, s.samples, 24));
        ck_assert_uint_eq(stream_info(s.decoder).channel_faults[10], 0);
        assert_ok(
            snnfe_decoder_push(s.decoder, SNNFE_NOT_NUMBERED, s.samples + (size_t)24 * 64, 1));
        ck_assert_uint_eq(stream_info(s.decoder).channel_faults[10], SNNFE_FAULT_FLAT);
        ck_assert_uint_eq(stream_info(s.decoder).n_bad_channels, 1);
        /* Channel 10 is at row 4, column 5; its eight neighbors are 3±1, 9, 11, 17±1, … */
        const float *grid = stream_info(s.decoder).grid;
        double sum = 0;
        for (int y = 3; y <= 5; y++)
            for (int x = 4; x <= 6; x++)
                sum += y == 4 && x == 5 ? 0 : (double)grid[y * 11 + x];
        const float expected = r == 0 ? (float)(sum / 8) : 0;
        ck_assert_float_eq_tol(grid[4 * 11 + 5], expected, 1e-6F);
        assert_ok(snnfe_decoder_push(s.decoder, SNNFE_NOT_NUMBERED, s.samples + (size_t)25 * 64,
                                     4 * STEPS - 25));
        ck_assert_uint_eq(stream_info(s.decoder).channel_faults[10], 0);
        const uint32_t expected_faults[4] = {0, SNNFE_FAULT_FLAT, 0, 0};
        for (size_t w = 0; w < 4; w++) {
            const snnfe_decision d = stream_next(s.decoder, NULL);
            ck_assert_uint_eq(d.faults, expected_faults[w]);
            ck_assert_uint_eq(d.n_bad_channels, expected_faults[w] != 0);
            ck_assert_int_eq(d.rejected, 0);
        }
        end(&s);
    }
}
END_TEST

START_TEST(noisy_channel)
{
    snnfe_decoder_options options = stream_plain_options();
    options.noisy_z = 5;
    setup s = make(&options, 4, 60 * STEPS);
    for (size_t i = 100; i < 400; i++)
        s.samples[i * 64 + 3] *= 40;
    size_t n_noisy = 0, first = 0, last = 0;
    for (size_t i = 0; i < (size_t)60 * STEPS; i++) {
        assert_ok(snnfe_decoder_push(s.decoder, SNNFE_NOT_NUMBERED, s.samples + i * 64, 1));
        if (stream_info(s.decoder).channel_faults[3] & SNNFE_FAULT_NOISY) {
            first = n_noisy++ ? first : i;
            last = i;
        }
        ck_assert_uint_eq(stream_info(s.decoder).channel_faults[4], 0);
    }
    ck_assert_uint_ge(first, 100);
    ck_assert_uint_lt(first, 110);
    ck_assert_uint_gt(last, 400);
    ck_assert_uint_lt(last, 1199);
    ck_assert_uint_eq(n_noisy, last - first + 1);
    end(&s);
}
END_TEST

START_TEST(too_many_bad_channels)
{
    snnfe_decoder_options options = stream_plain_options();
    options.flat_samples = 5;
    options.most_bad_channels = 20;
    setup s = make(&options, 5, 3 * STEPS);
    for (size_t i = STEPS; i < 3 * STEPS; i++)
        for (size_t c = 0; c < (i < 2 * STEPS ? 20 : 64); c++)
            s.samples[i * 64 + c] = 1;
    assert_ok(snnfe_decoder_push(s.decoder, SNNFE_NOT_NUMBERED, s.samples, 3 * STEPS));
    const uint32_t n_bad[3] = {0, 20, 64};
    for (size_t w = 0; w < 3; w++) {
        float logits[2];
        const snnfe_decision d = stream_next(s.decoder, logits);
        ck_assert_uint_eq(d.n_bad_channels, n_bad[w]);
        ck_assert_int_eq(d.rejected, n_bad[w] > 20);
        ck_assert(isfinite(logits[0]) && isfinite(logits[1]));
    }
    ck_assert_uint_eq(stream_info(s.decoder).n_rejected, 1);
    end(&s);
}
END_TEST

/* A short gap is bridged by the last sample. */
START_TEST(short_gap)
{
    const snnfe_decoder_options options = stream_plain_options();
    setup s = make(&options, 6, 2 * STEPS);
    float *bridged = malloc((size_t)2 * STEPS * 64 * sizeof *bridged);
    memcpy(bridged, s.samples, (size_t)2 * STEPS * 64 * sizeof *bridged);
    for (size_t i = 5; i < 8; i++)
        memcpy(bridged + i * 64, bridged + (size_t)4 * 64, 64 * sizeof *bridged);
    assert_ok(snnfe_decoder_push(s.decoder, 0, s.samples, 5));
    assert_ok(snnfe_decoder_push(s.decoder, 8, s.samples + (size_t)8 * 64, 2 * STEPS - 8));
    assert_window(&s, bridged, SNNFE_FAULT_DROPPED);
    assert_window(&s, bridged + (size_t)STEPS * 64, 0);
    ck_assert_uint_eq(stream_info(s.decoder).n_dropped, 3);
    free(bridged);
    end(&s);
}
END_TEST

/* A long gap cuts the windows; numbering and the rhythm of windows stay. */
START_TEST(long_gap)
{
    snnfe_decoder_options options;
    assert_ok(snnfe_decoder_options_init(&options, sizeof options));
    options.hop = STEPS / 2;
    setup s = make(&options, 7, 4 * STEPS);
    assert_ok(snnfe_decoder_push(s.decoder, SNNFE_NOT_NUMBERED, s.samples, 25));
    ck_assert_int_eq(stream_next(s.decoder, NULL).rejected, 0);
    assert_ok(snnfe_decoder_push(s.decoder, 45, s.samples, 3 * STEPS));
    for (uint64_t i = 0; i < 2; i++) {
        const snnfe_decision d = stream_next(s.decoder, NULL);
        ck_assert_int_eq(d.rejected, 1);
        ck_assert_uint_eq(d.faults, SNNFE_FAULT_DROPPED);
        ck_assert_uint_eq(d.first_sample, 10 + 10 * i);
        ck_assert_uint_eq(d.n_steps, 15 - 10 * i);
    }
    const snnfe_decision d = stream_next(s.decoder, NULL);
    ck_assert_uint_eq(d.first_sample, 50);
    ck_assert_int_eq(d.rejected, 0);
    ck_assert_uint_eq(d.faults, 0);
    /* The filter started again: as on a stream that begins there. */
    snnfe_decoder *fresh = NULL;
    float logits[2], expected[2];
    options.windows = SNNFE_WINDOWS_CUED;
    assert_ok(snnfe_decoder_create(&fresh, s.network, &options));
    assert_ok(snnfe_decoder_push(fresh, SNNFE_NOT_NUMBERED, s.samples, 15));
    assert_ok(snnfe_decoder_cue(fresh, -1, NULL));
    assert_ok(snnfe_decoder_push(fresh, SNNFE_NOT_NUMBERED, s.samples + (size_t)15 * 64, STEPS));
    stream_next(fresh, expected);
    ck_assert_uint_eq(stream_next(s.decoder, logits).first_sample, 60);
    ck_assert_mem_eq(logits, expected, sizeof logits);
    float *grid = malloc((size_t)10 * 11 * STEPS * sizeof *grid);
    assert_fails(snnfe_decoder_copy_window(s.decoder, 44, grid), SNNFE_ERR_NOT_FOUND, "kept");
    ck_assert_uint_eq(stream_info(s.decoder).n_dropped, 20);
    free(grid);
    snnfe_decoder_free(fresh);
    end(&s);
}
END_TEST

START_TEST(repeated_samples)
{
    const snnfe_decoder_options options = stream_plain_options();
    setup s = make(&options, 8, 2 * STEPS);
    assert_ok(snnfe_decoder_push(s.decoder, 0, s.samples, 12));
    assert_ok(snnfe_decoder_push(s.decoder, 7, s.samples + (size_t)7 * 64, 3));
    assert_ok(snnfe_decoder_push(s.decoder, 10, s.samples + (size_t)10 * 64, 2 * STEPS - 10));
    ck_assert_uint_eq(stream_info(s.decoder).n_samples, 2 * STEPS);
    ck_assert_uint_eq(stream_info(s.decoder).n_repeated, 5);
    assert_window(&s, s.samples, SNNFE_FAULT_REPEATED);
    assert_window(&s, s.samples + (size_t)STEPS * 64, 0);
    end(&s);
}
END_TEST

/* Anything at all may come in; what comes out stays finite. */
START_TEST(random_faults)
{
    snnfe_decoder_options options;
    assert_ok(snnfe_decoder_options_init(&options, sizeof options));
    options.hop = 7;
    options.early_confidence = 0.7;
    setup s = make(&options, support_seed(), 200 * STEPS);
    srand((unsigned)support_seed());
    uint64_t number = 0;
    for (size_t i = 0; i < (size_t)200 * STEPS; i++) {
        float *sample = s.samples + i * 64;
        const float values[] = {NAN, INFINITY, 3e38F, -4999, 0, 1e-40F};
        for (int k = rand() % 5; k > 0; k--)
            sample[rand() % 64] = values[rand() % 6];
        if (rand() % 40 == 0)
            number += (uint64_t)(rand() % 30);
        if (rand() % 40 == 0)
            number -= number > 20 ? (uint64_t)(rand() % 20) : 0;
        assert_ok(snnfe_decoder_push(s.decoder, number++, sample, 1));
        const float *grid = stream_info(s.decoder).grid;
        for (size_t p = 0; p < 110; p++)
            ck_assert(isfinite(grid[p]));
        while (stream_info(s.decoder).n_pending) {
            float logits[2];
            const snnfe_decision d = stream_next(s.decoder, logits);
            ck_assert(isfinite(logits[0]) && isfinite(logits[1]));
            ck_assert(d.confidence >= 0.5 && d.confidence <= 1);
        }
    }
    const snnfe_decoder_info info = stream_info(s.decoder);
    ck_assert_uint_gt(info.n_dropped, 0);
    ck_assert_uint_gt(info.n_repeated, 0);
    ck_assert_uint_eq(info.n_decisions + info.n_running, info.n_windows);
    end(&s);
}
END_TEST

int main(int argc, char **argv)
{
    (void)argc;
    support_set_program(argv[0]);
    Suite *suite = suite_create("decoder faults");
    TCase *tests = tcase_create("faults");
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, values_that_are_none);
    tcase_add_test(tests, filter_begins_with_the_first_good_value);
    tcase_add_test(tests, flat_channel);
    tcase_add_test(tests, noisy_channel);
    tcase_add_test(tests, too_many_bad_channels);
    tcase_add_test(tests, short_gap);
    tcase_add_test(tests, long_gap);
    tcase_add_test(tests, repeated_samples);
    tcase_add_test(tests, random_faults);
    suite_add_tcase(suite, tests);
    return support_run(suite);
}
