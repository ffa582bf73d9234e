/* Sources that begin again and counters that wrap: no sample is taken for another one. */
#include "small.h"
#include "stream.h"

enum { STEPS = SMALL_STEPS, HOUR = 3600 * 160 };

static snnfe_decoder *make(const snnfe_network *network, snnfe_decoder_options options)
{
    snnfe_decoder *decoder = NULL;
    assert_ok(snnfe_decoder_create(&decoder, network, &options));
    return decoder;
}

static snnfe_decoder_options filtered_options(void)
{
    snnfe_decoder_options options;
    assert_ok(snnfe_decoder_options_init(&options, sizeof options));
    return options;
}

/* Push `n` samples whose numbers begin at `first` and wrap behind `mask`, `chunk` at a time. */
static void push_counted(snnfe_decoder *decoder, const float *samples, size_t n, uint64_t first,
                         uint64_t mask, size_t chunk)
{
    for (size_t i = 0; i < n; i += chunk)
        assert_ok(snnfe_decoder_push(decoder, (first + i) & mask, samples + i * 64,
                                     n - i < chunk ? n - i : chunk));
}

/* Both decoders decide the same from here on; `a` may have decided before. */
static void assert_same_decisions(snnfe_decoder *a, snnfe_decoder *b)
{
    ck_assert_uint_eq(stream_info(a).n_pending, stream_info(b).n_pending);
    while (stream_info(b).n_pending > 0) {
        float x[2], y[2];
        const snnfe_decision d = stream_next(a, x), e = stream_next(b, y);
        ck_assert_mem_eq(x, y, sizeof x);
        ck_assert_uint_eq(d.source_sample, e.source_sample);
        ck_assert_uint_eq(d.faults, e.faults);
        ck_assert_int_eq(d.rejected, e.rejected);
    }
}

static void take_all(snnfe_decoder *decoder)
{
    while (stream_info(decoder).n_pending > 0)
        stream_next(decoder, NULL);
}

/* A second session decides as the first one did, whether it is announced or noticed, and from
   whatever number the source counts. */
START_TEST(second_session)
{
    snnfe_network *network = small_network();
    float *samples = stream_noise(1, 30 * STEPS);
    const uint64_t starts[] = {0, 7, 1000000};
    for (int told = 0; told < 2; told++)
        for (size_t s = 0; s < 3; s++) {
            snnfe_decoder *once = make(network, filtered_options());
            snnfe_decoder *twice = make(network, filtered_options());
            push_counted(once, samples, 10 * STEPS, starts[s], UINT64_MAX, 1);
            push_counted(twice, samples, 25 * STEPS - 3, starts[s], UINT64_MAX, 3);
            if (told)
                assert_ok(snnfe_decoder_begin_session(twice));
            else
                assert_ok(snnfe_decoder_push(twice, starts[s], samples, 1));
            /* The window that was cut says why. */
            snnfe_decision cut = {0};
            while (stream_info(twice).n_pending > 0)
                cut = stream_next(twice, NULL);
            ck_assert_int_eq(cut.rejected, 1);
            ck_assert_uint_eq(cut.faults, SNNFE_FAULT_RESTARTED);
            ck_assert_uint_eq(cut.session, 0);
            push_counted(twice, samples + (size_t)!told * 64, 10 * STEPS - !told, starts[s] + !told,
                         UINT64_MAX, 1);
            const snnfe_decoder_info info = stream_info(twice);
            ck_assert_uint_eq(info.n_sessions, 2);
            ck_assert_uint_eq(info.n_restarts, !told);
            ck_assert_uint_eq(info.n_repeated + info.n_dropped + info.n_wraps, 0);
            ck_assert_uint_eq(info.n_samples, 35 * STEPS - 3);
            ck_assert_uint_eq(info.session_first, 25 * STEPS - 3);
            assert_same_decisions(twice, once);
            snnfe_decoder_free(once);
            snnfe_decoder_free(twice);
        }
    free(samples);
    snnfe_network_free(network);
}
END_TEST

/* Nothing has come: nothing ends. Numbers of windows and samples go on. */
START_TEST(empty_and_many_sessions)
{
    snnfe_network *network = small_network();
    snnfe_decoder *decoder = make(network, stream_plain_options());
    float *samples = stream_noise(2, STEPS);
    assert_ok(snnfe_decoder_begin_session(decoder));
    ck_assert_uint_eq(stream_info(decoder).n_sessions, 1);
    for (uint64_t k = 0; k < 5; k++) {
        assert_ok(snnfe_decoder_push(decoder, SNNFE_NOT_NUMBERED, samples, STEPS));
        const snnfe_decision d = stream_next(decoder, NULL);
        ck_assert_uint_eq(d.session, k);
        ck_assert_uint_eq(d.window, k);
        ck_assert_uint_eq(d.first_sample, k * STEPS);
        ck_assert_uint_eq(d.source_sample, 0);
        assert_ok(snnfe_decoder_begin_session(decoder));
        assert_ok(snnfe_decoder_begin_session(decoder));
    }
    ck_assert_uint_eq(stream_info(decoder).n_sessions, 6);
    assert_ok(snnfe_decoder_reset(decoder));
    ck_assert_uint_eq(stream_info(decoder).n_sessions, 1);
    assert_fails(snnfe_decoder_begin_session(NULL), SNNFE_ERR_ARGUMENT, "decoder is NULL");
    snnfe_decoder_free(decoder);
    snnfe_network_free(network);
    free(samples);
}
END_TEST

/* A counter of any usual width, from any number, in chunks of any size: as one that never wraps. */
START_TEST(counters_that_wrap)
{
    snnfe_network *network = small_network();
    enum { N = 40 * STEPS };
    float *samples = stream_noise(3, N);
    const uint32_t widths[] = {8, 16, 32};
    const size_t chunks[] = {1, 7, 20, 100};
    for (size_t w = 0; w < 3; w++)
        for (size_t k = 0; k < 4; k++)
            for (int given = 0; given < 2; given++) {
                snnfe_decoder_options options = filtered_options();
                options.hop = 13;
                options.counter_bits = given ? widths[w] : 0;
                options.n_pending = 1000;
                const uint64_t mask = (UINT64_C(1) << widths[w]) - 1;
                const uint64_t first = w == 0 ? 3 : mask - 5 * STEPS;
                snnfe_decoder *a = make(network, options), *b = make(network, options);
                push_counted(a, samples, N, first, mask, chunks[k]);
                assert_ok(snnfe_decoder_push(b, SNNFE_NOT_NUMBERED, samples, N));
                const snnfe_decoder_info info = stream_info(a);
                const uint64_t last_call = first + (N - 1) / chunks[k] * chunks[k];
                ck_assert_uint_eq(info.n_wraps, last_call >> widths[w]);
                ck_assert_uint_eq(info.counter_bits, widths[w]);
                ck_assert_uint_eq(info.n_dropped + info.n_repeated + info.n_restarts, 0);
                ck_assert_uint_eq(stream_info(a).n_pending, stream_info(b).n_pending);
                for (uint64_t last = 0; stream_info(b).n_pending > 0;) {
                    float x[2], y[2];
                    const snnfe_decision d = stream_next(a, x), e = stream_next(b, y);
                    ck_assert_mem_eq(x, y, sizeof x);
                    ck_assert_uint_eq(d.source_sample, first + e.source_sample);
                    ck_assert(d.source_sample >= last);
                    last = d.source_sample;
                }
                snnfe_decoder_free(a);
                snnfe_decoder_free(b);
            }
    free(samples);
    snnfe_network_free(network);
}
END_TEST

/* Samples that are missing or repeated around a wrap are counted as what they are. */
START_TEST(gaps_at_a_wrap)
{
    snnfe_network *network = small_network();
    float *samples = stream_noise(4, 600);
    for (int given = 0; given < 2; given++) {
        snnfe_decoder_options options = filtered_options();
        options.counter_bits = given ? 8 : 0;
        snnfe_decoder *decoder = make(network, options);
        push_counted(decoder, samples, 250, 0, 255, 1);
        push_counted(decoder, samples, 200, 4, 255, 1); /* 250…259 are missing */
        ck_assert_uint_eq(stream_info(decoder).n_dropped, 10);
        push_counted(decoder, samples, 90, 204, 255, 1);
        ck_assert_uint_eq(stream_info(decoder).n_wraps, 2);
        push_counted(decoder, samples, 5, 33, 255, 5); /* 550…554 were there: 289…293 came again */
        ck_assert_uint_eq(stream_info(decoder).n_repeated, 5);
        push_counted(decoder, samples, 10, 38, 255, 10);
        const snnfe_decoder_info info = stream_info(decoder);
        ck_assert_uint_eq(info.n_samples, 560);
        ck_assert_uint_eq(info.n_dropped, 10);
        ck_assert_uint_eq(info.n_restarts, 0);
        snnfe_decoder_free(decoder);
    }
    free(samples);
    snnfe_network_free(network);
}
END_TEST

/* How far behind is what: a sample that came again, or a source that began again. */
START_TEST(repeated_or_restarted)
{
    snnfe_network *network = small_network();
    float *samples = stream_noise(5, 1000);
    const struct {
        uint32_t longest_repeat;
        uint64_t behind;
        bool restarts;
    } cases[] = {{0, 160, false}, {0, 161, true}, {20, 20, false}, {20, 21, true}};
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        snnfe_decoder_options options = stream_plain_options();
        options.longest_repeat = cases[k].longest_repeat;
        snnfe_decoder *decoder = make(network, options);
        push_counted(decoder, samples, 500, 0, UINT64_MAX, 50);
        assert_ok(snnfe_decoder_push(decoder, 500 - cases[k].behind, samples, 10));
        const snnfe_decoder_info info = stream_info(decoder);
        ck_assert_uint_eq(info.n_restarts, cases[k].restarts);
        ck_assert_uint_eq(info.n_repeated, cases[k].restarts ? 0 : 10);
        ck_assert_uint_eq(info.n_samples, cases[k].restarts ? 510 : 500);
        snnfe_decoder_free(decoder);
    }
    free(samples);
    snnfe_network_free(network);
}
END_TEST

/* A counter that starts again in mid-stream, many times; jumps that no gap explains. */
START_TEST(restarts_in_mid_stream)
{
    snnfe_network *network = small_network();
    float *samples = stream_noise(6, 1000);
    snnfe_decoder *decoder = make(network, stream_plain_options());
    for (uint64_t k = 0; k < 6; k++)
        push_counted(decoder, samples, 400, k * 3, UINT64_MAX, 40);
    snnfe_decoder_info info = stream_info(decoder);
    ck_assert_uint_eq(info.n_restarts, 5);
    ck_assert_uint_eq(info.n_samples, 2400);
    ck_assert_uint_eq(info.n_dropped + info.n_repeated, 0);
    take_all(decoder);
    /* An hour ahead is a gap, a sample more is not. */
    push_counted(decoder, samples, 40, 415 + HOUR, UINT64_MAX, 40);
    info = stream_info(decoder);
    ck_assert_uint_eq(info.n_dropped, HOUR);
    push_counted(decoder, samples, 40, 415 + HOUR + 40 + HOUR + 1, UINT64_MAX, 40);
    push_counted(decoder, samples, 40, UINT64_MAX - 10, UINT64_MAX, 1);
    info = stream_info(decoder);
    ck_assert_uint_eq(info.n_dropped, HOUR);
    ck_assert_uint_eq(info.n_restarts, 7);
    ck_assert_uint_eq(info.n_samples, 2400 + HOUR + 120);
    snnfe_decoder_free(decoder);
    free(samples);
    snnfe_network_free(network);
}
END_TEST

/* A restart that looks like the wrap of a narrow counter loses nothing, and is reported when
   numbers go on beyond it. */
START_TEST(restart_at_256)
{
    snnfe_network *network = small_network();
    float *samples = stream_noise(7, 600);
    snnfe_decoder *decoder = make(network, stream_plain_options());
    push_counted(decoder, samples, 256, 0, UINT64_MAX, 1);
    push_counted(decoder, samples, 300, 0, UINT64_MAX, 1);
    const snnfe_decoder_info info = stream_info(decoder);
    ck_assert_uint_eq(info.n_samples, 556);
    ck_assert_uint_eq(info.n_dropped + info.n_repeated, 0);
    ck_assert_uint_eq(info.n_restarts, 1);
    ck_assert_uint_eq(info.counter_bits, 0);
    snnfe_decoder_free(decoder);
    free(samples);
    snnfe_network_free(network);
}
END_TEST

/* One number out of `chosen` kinds of wild ones, of at most `bits`. */
static uint64_t wild_number(uint64_t *random, uint64_t expected, uint64_t mask)
{
    const uint64_t r = support_next(random);
    const uint64_t near_end = mask - r % 200, ahead = expected + (UINT64_C(1) << r % 64);
    return (r >> 8) % 3 == 0 ? near_end : (r >> 8) % 3 == 1 ? ahead & mask : r & mask;
}

/* A frame with any number costs at most `longest_repeat` samples of the stream that goes on, which
   are counted as repeated. */
START_TEST(wild_numbers)
{
    enum { N = 400, REPEAT = 40 };
    snnfe_network *network = small_network();
    float *samples = stream_noise(9, N);
    uint64_t random = support_seed();
    for (size_t k = 0; k < 300; k++) {
        const uint32_t widths[] = {0, 8, 16, 32, 64};
        snnfe_decoder_options options = stream_plain_options();
        options.counter_bits = widths[k % 5];
        options.longest_repeat = REPEAT;
        const uint32_t bits = options.counter_bits;
        const uint64_t mask = bits && bits < 64 ? (UINT64_C(1) << bits) - 1 : UINT64_MAX;
        const uint64_t first = support_next(&random) % 1000, n = support_next(&random) % 300;
        snnfe_decoder *decoder = make(network, options);
        push_counted(decoder, samples, n, first, mask, 1);
        const uint64_t wild = wild_number(&random, first + n, mask);
        const uint64_t gap = wild == SNNFE_NOT_NUMBERED;
        assert_ok(snnfe_decoder_push(decoder, wild, samples, 1));
        const snnfe_decoder_info before = stream_info(decoder);
        push_counted(decoder, samples, N, first + n + gap, mask, 1);
        const snnfe_decoder_info info = stream_info(decoder);
        ck_assert_msg(info.n_samples - before.n_samples + info.n_repeated - before.n_repeated >=
                              N &&
                          info.n_repeated <= REPEAT + 1,
                      "%llu of %d samples repeated behind number %llu (%u bits, %llu expected)",
                      (unsigned long long)info.n_repeated, N, (unsigned long long)wild,
                      (unsigned)bits, (unsigned long long)(first + n));
        snnfe_decoder_free(decoder);
    }
    free(samples);
    snnfe_network_free(network);
}
END_TEST

START_TEST(numbers_that_do_not_fit)
{
    snnfe_network *network = small_network();
    const float sample[64] = {0};
    snnfe_decoder_options options = stream_plain_options();
    options.counter_bits = 7;
    snnfe_decoder *decoder = NULL;
    assert_fails(snnfe_decoder_create(&decoder, network, &options), SNNFE_ERR_ARGUMENT,
                 "counter_bits is 7, not in 8…64");
    options.counter_bits = 8;
    decoder = make(network, options);
    assert_fails(snnfe_decoder_push(decoder, 256, sample, 1), SNNFE_ERR_ARGUMENT,
                 "number is 256, which 8 bits cannot hold");
    ck_assert_uint_eq(stream_info(decoder).n_samples, 0);
    assert_ok(snnfe_decoder_push(decoder, 255, sample, 1));
    snnfe_decoder_free(decoder);
    snnfe_network_free(network);
}
END_TEST

/* A state that is taken up goes on where the source goes on, and begins a session where it begins
   again, however few samples there were. */
START_TEST(sessions_of_a_state_file)
{
    snnfe_network *network = small_network();
    float *samples = stream_noise(8, 1000);
    const char *path = support_path("state");
    for (int bits = 0; bits <= 16; bits += 8) {
        snnfe_decoder_options options = filtered_options();
        options.counter_bits = (uint32_t)bits;
        const uint64_t mask = bits ? (UINT64_C(1) << bits) - 1 : UINT64_MAX;
        snnfe_decoder *whole = make(network, options), *first = make(network, options);
        snnfe_decoder *goes_on = make(network, options), *again = make(network, options);
        snnfe_decoder *fresh = make(network, options);
        const uint64_t start = bits == 8 ? 200 : 12;
        push_counted(whole, samples, 120, start, mask, 1);
        push_counted(first, samples, 70, start, mask, 1);
        take_all(first);
        assert_ok(snnfe_decoder_save(first, path));
        assert_ok(snnfe_decoder_restore(goes_on, path));
        push_counted(goes_on, samples + (size_t)70 * 64, 50, start + 70, mask, 1);
        for (int i = 0; i < 3; i++)
            stream_next(whole, NULL);
        assert_same_decisions(goes_on, whole);
        ck_assert_uint_eq(stream_info(goes_on).n_sessions, 1);

        assert_ok(snnfe_decoder_restore(again, path));
        push_counted(again, samples, 50, start, mask, 1);
        push_counted(fresh, samples, 50, start, mask, 1);
        ck_assert_uint_eq(stream_next(again, NULL).faults, SNNFE_FAULT_RESTARTED);
        assert_same_decisions(again, fresh);
        ck_assert_uint_eq(stream_info(again).n_repeated, 0);
        ck_assert_uint_eq(stream_info(again).n_restarts, 1);
        snnfe_decoder *const all[] = {whole, first, goes_on, again, fresh};
        for (size_t i = 0; i < 5; i++)
            snnfe_decoder_free(all[i]);
    }
    free(samples);
    snnfe_network_free(network);
}
END_TEST

int main(int argc, char **argv)
{
    (void)argc;
    support_set_program(argv[0]);
    Suite *suite = suite_create("decoder sessions");
    TCase *tests = tcase_create("sessions");
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, second_session);
    tcase_add_test(tests, empty_and_many_sessions);
    tcase_add_test(tests, counters_that_wrap);
    tcase_add_test(tests, gaps_at_a_wrap);
    tcase_add_test(tests, repeated_or_restarted);
    tcase_add_test(tests, restarts_in_mid_stream);
    tcase_add_test(tests, restart_at_256);
    tcase_add_test(tests, wild_numbers);
    tcase_add_test(tests, numbers_that_do_not_fit);
    tcase_add_test(tests, sessions_of_a_state_file);
    suite_add_tcase(suite, tests);
    return support_run(suite);
}
