/* Control of a live decoder: the same as in a data set, exchanged while windows run, and kept in
   files. */
#include "glances.h"
#include "own_signal.h"
#include "same_dataset.h"
#include "small.h"

#include <math.h>
#include <pthread.h>

enum { INPUTS = 64, LAGS = 2 };

/* The trials of somebody who glances at the cues: regressed with lags. */
static snnfe_dataset *open_dataset(void)
{
    snnfe_dataset_options o = glances_options(SMALL_STEPS);
    o.ocular = SNNFE_OCULAR_REGRESSION;
    o.n_lags = LAGS;
    return glances_open(&o);
}

static void push(snnfe_decoder *decoder, const float *rows, size_t n)
{
    assert_ok(snnfe_decoder_push(decoder, SNNFE_NOT_NUMBERED, rows, n));
}

/* --- the same as in a data set --------------------------------------------------------------- */

/* The whole recording is the calibration of the regression. */
static void calibrate(snnfe_decoder *decoder, snnfe_control *control, const float *rows, size_t n)
{
    float *samples = malloc(n * INPUTS * sizeof *samples);
    push(decoder, rows, n);
    assert_ok(snnfe_decoder_copy_samples(decoder, 0, n, samples));
    assert_ok(snnfe_control_add(control, SNNFE_CONTROL_OCULAR, samples, n));
    assert_ok(snnfe_decoder_offer_control(decoder, control));
    assert_ok(snnfe_decoder_reset(decoder));
    free(samples);
}

/* A trial that has ended: what the network saw, and what it decided, are the data set's; then the
   alignment learns it. */
static void check_trial(snnfe_decoder *decoder, snnfe_control *control, const snnfe_dataset *d,
                        int32_t trial)
{
    static float samples[(SMALL_STEPS + LAGS) * INPUTS];
    float logits[2];
    const snnfe_decision decision = stream_next(decoder, logits);
    ck_assert_uint_eq(decision.first_sample, (uint64_t)dataset_info(d).onsets[trial]);
    ck_assert_uint_eq(decision.faults, 0);
    glances_check_trial(decoder, d, trial, SMALL_STEPS);
    assert_ok(snnfe_decoder_copy_samples(decoder, decision.first_sample - LAGS, SMALL_STEPS + LAGS,
                                         samples));
    assert_ok(snnfe_control_add(control, SNNFE_CONTROL_ALIGNMENT, samples, SMALL_STEPS + LAGS));
    assert_ok(snnfe_decoder_offer_control(decoder, control));
}

START_TEST(live_is_as_in_a_data_set)
{
    const int32_t kinds[] = {SNNFE_ALIGNMENT_NONE, SNNFE_ALIGNMENT_STANDARDIZE,
                             SNNFE_ALIGNMENT_EUCLIDEAN};
    snnfe_network *network = small_network();
    for (size_t k = 0; k < 3; k++) {
        snnfe_dataset *d = open_dataset();
        const snnfe_signal *place = glances_align(d, kinds[k]);
        const snnfe_dataset_info info = dataset_info(d);
        size_t n = 0;
        snnfe_decoder *decoder = glances_decoder(network, place, 1 << 15);
        float *rows = glances_rows(decoder, &n);
        snnfe_control *control = glances_control(decoder);
        calibrate(decoder, control, rows, n);
        for (size_t i = 0, t = 0; i < info.n_trials; i++) {
            const size_t onset = (size_t)info.onsets[i];
            push(decoder, rows + t * INPUTS, onset - t);
            assert_ok(snnfe_decoder_cue(decoder, -1, NULL));
            push(decoder, rows + onset * INPUTS, SMALL_STEPS);
            check_trial(decoder, control, d, (int32_t)i);
            t = onset + SMALL_STEPS;
        }
        ck_assert_uint_eq(stream_info(decoder).n_controls, 1 + info.n_trials);
        snnfe_control_free(control);
        snnfe_decoder_free(decoder);
        free(rows);
        snnfe_dataset_free(d);
    }
    snnfe_network_free(network);
}
END_TEST

/* --- exchange -------------------------------------------------------------------------------- */

/* A signal whose samples come filtered, with control, and a control that learned some noise. */
static snnfe_signal plain_signal(const snnfe_dataset *d)
{
    snnfe_signal signal = *dataset_info(d).signal;
    signal.struct_size = sizeof signal;
    signal.filter_low_hz = signal.filter_high_hz = 0;
    signal.channel_mean_uv = signal.channel_std_uv = NULL;
    signal.reference_mean_uv = signal.reference_std_uv = NULL;
    signal.alignment = SNNFE_ALIGNMENT_EUCLIDEAN;
    return signal;
}

static snnfe_control *noisy_control(const snnfe_decoder *decoder, uint64_t seed)
{
    enum { N = 2000 };
    float *samples = stream_noise(seed, N);
    for (size_t t = 0; t < N; t++)
        for (size_t c = 0; c < 52; c++)
            samples[t * INPUTS + c] += (float)(seed % 7) * 0.3F * samples[t * INPUTS + 52];
    snnfe_control *control = glances_control(decoder);
    assert_ok(
        snnfe_control_add(control, SNNFE_CONTROL_OCULAR | SNNFE_CONTROL_ALIGNMENT, samples, N));
    free(samples);
    return control;
}

/* Logits of the window of `rows` through a control that was there before. */
static void evaluate_with(const snnfe_network *network, const snnfe_signal *signal,
                          snnfe_control *control, const float *rows, uint64_t first, size_t n,
                          float *logits)
{
    static float grid[110 * SMALL_STEPS];
    snnfe_decoder *decoder = glances_decoder(network, signal, 0);
    if (control)
        assert_ok(snnfe_decoder_offer_control(decoder, control));
    push(decoder, rows, n);
    assert_ok(snnfe_decoder_copy_window(decoder, first, grid));
    assert_ok(snnfe_network_evaluate(network, grid, 1, NULL, logits, NULL, NULL));
    snnfe_decoder_free(decoder);
}

/* A window keeps the filter that it began with; one that begins later has the newest. */
START_TEST(running_windows_keep_theirs)
{
    enum { N = 2 * SMALL_STEPS };
    snnfe_dataset *d = open_dataset();
    snnfe_network *network = small_network();
    const snnfe_signal signal = plain_signal(d);
    snnfe_decoder *decoder = glances_decoder(network, &signal, 0);
    snnfe_control *a = noisy_control(decoder, 5), *b = noisy_control(decoder, 6);
    float *rows = stream_noise(9, N), expected[3][2], logits[2];
    const size_t half = SMALL_STEPS / 2;
    evaluate_with(network, &signal, NULL, rows, 0, SMALL_STEPS, expected[0]);
    evaluate_with(network, &signal, a, rows, half, SMALL_STEPS + half, expected[1]);
    evaluate_with(network, &signal, b, rows, SMALL_STEPS, N, expected[2]);
    ck_assert_mem_ne(expected[0], expected[1], sizeof logits);
    assert_ok(snnfe_decoder_cue(decoder, -1, NULL));
    push(decoder, rows, half);
    assert_ok(snnfe_decoder_offer_control(decoder, a));
    assert_ok(snnfe_decoder_cue(decoder, -1, NULL));
    push(decoder, rows + half * INPUTS, half);
    stream_next(decoder, logits);
    ck_assert_mem_eq(logits, expected[0], sizeof logits);
    assert_ok(snnfe_decoder_offer_control(decoder, b));
    assert_ok(snnfe_decoder_cue(decoder, -1, NULL));
    push(decoder, rows + SMALL_STEPS * INPUTS, SMALL_STEPS);
    stream_next(decoder, logits);
    ck_assert_mem_eq(logits, expected[1], sizeof logits);
    stream_next(decoder, logits);
    ck_assert_mem_eq(logits, expected[2], sizeof logits);
    free(rows);
    snnfe_control_free(a);
    snnfe_control_free(b);
    snnfe_decoder_free(decoder);
    snnfe_network_free(network);
    snnfe_dataset_free(d);
}
END_TEST

/* Until something was learned channels pass, references do not, and lags change nothing. */
START_TEST(nothing_learned_nothing_taken_out)
{
    snnfe_dataset *d = open_dataset();
    snnfe_network *network = small_network();
    const snnfe_signal signal = plain_signal(d);
    snnfe_decoder *decoder = glances_decoder(network, &signal, 0);
    float *rows = stream_noise(3, 30);
    push(decoder, rows, 30);
    const snnfe_decoder_info info = stream_info(decoder);
    ck_assert_uint_eq(info.n_controls, 0);
    ck_assert_uint_eq(info.n_channels, INPUTS);
    ck_assert_str_eq(info.channel_names[51], info.signal->channel_names[51]);
    ck_assert_str_eq(info.channel_names[52], "FP1");
    ck_assert_str_eq(info.channel_names[63], "FT8");
    size_t n_set = 0;
    for (size_t i = 0; i < 110; i++)
        n_set += info.grid[i] < 0 || info.grid[i] > 0;
    ck_assert_uint_eq(n_set, 52);
    for (size_t c = 0; c < 52; c++)
        ck_assert_float_eq(
            info.grid[info.signal->channel_rows[c] * 11 + info.signal->channel_columns[c]],
            rows[29 * INPUTS + c]);
    free(rows);
    snnfe_decoder_free(decoder);
    snnfe_network_free(network);
    snnfe_dataset_free(d);
}
END_TEST

typedef struct exchange {
    snnfe_decoder *decoder;
    snnfe_control *controls[2];
    _Atomic int stop;
} exchange;

static void *keep_exchanging(void *argument)
{
    exchange *e = argument;
    for (size_t i = 0; !e->stop; i++)
        snnfe_decoder_offer_control(e->decoder, e->controls[i % 2]);
    return NULL;
}

/* Another thread offers all the time: each window is decided through one of the filters alone. */
START_TEST(exchange_from_another_thread)
{
    enum { WINDOWS = 2000, N = LAGS + SMALL_STEPS };
    snnfe_dataset *d = open_dataset();
    snnfe_network *network = small_network();
    const snnfe_signal signal = plain_signal(d);
    exchange e = {.decoder = glances_decoder(network, &signal, 0)};
    float *rows = stream_noise(4, N), expected[2][2];
    for (size_t i = 0; i < 2; i++) {
        e.controls[i] = noisy_control(e.decoder, 5 + i);
        evaluate_with(network, &signal, e.controls[i], rows, LAGS, N, expected[i]);
    }
    ck_assert_mem_ne(expected[0], expected[1], sizeof expected[0]);
    assert_ok(snnfe_decoder_offer_control(e.decoder, e.controls[0]));
    pthread_t thread;
    ck_assert_int_eq(pthread_create(&thread, NULL, keep_exchanging, &e), 0);
    size_t n[2] = {0, 0};
    for (size_t w = 0; w < WINDOWS; w++) {
        float logits[2];
        push(e.decoder, rows, LAGS);
        assert_ok(snnfe_decoder_cue(e.decoder, -1, NULL));
        push(e.decoder, rows + LAGS * INPUTS, SMALL_STEPS);
        stream_next(e.decoder, logits);
        const bool second = memcmp(logits, expected[1], sizeof logits) == 0;
        ck_assert(second || memcmp(logits, expected[0], sizeof logits) == 0);
        n[second]++;
    }
    e.stop = 1;
    pthread_join(thread, NULL);
    printf("windows through either filter: %zu, %zu\n", n[0], n[1]);
    free(rows);
    snnfe_decoder_free(e.decoder);
    for (size_t i = 0; i < 2; i++)
        snnfe_control_free(e.controls[i]);
    snnfe_network_free(network);
    snnfe_dataset_free(d);
}
END_TEST

/* --- files ----------------------------------------------------------------------------------- */

/* In the middle of a window, to the same bits; the filter is in the file. */
START_TEST(states_go_on)
{
    snnfe_dataset *d = open_dataset();
    snnfe_network *network = small_network();
    const snnfe_signal signal = plain_signal(d);
    snnfe_decoder *decoder = glances_decoder(network, &signal, 0);
    snnfe_decoder *again = glances_decoder(network, &signal, 0);
    snnfe_control *a = noisy_control(decoder, 5), *b = noisy_control(decoder, 6);
    float *rows = stream_noise(2, SMALL_STEPS), logits[2], expected[2];
    const char *file = support_path("state");
    assert_ok(snnfe_decoder_offer_control(decoder, a));
    assert_ok(snnfe_decoder_cue(decoder, -1, NULL));
    push(decoder, rows, 7);
    assert_ok(snnfe_decoder_save(decoder, file));
    assert_ok(snnfe_decoder_restore(again, file));
    ck_assert_uint_eq(stream_info(again).n_controls, 1);
    ck_assert_mem_eq(stream_info(again).grid, stream_info(decoder).grid, 110 * sizeof(float));
    push(decoder, rows + 7 * INPUTS, SMALL_STEPS - 7);
    push(again, rows + 7 * INPUTS, SMALL_STEPS - 7);
    stream_next(decoder, expected);
    stream_next(again, logits);
    ck_assert_mem_eq(logits, expected, sizeof logits);
    assert_ok(snnfe_decoder_cue(decoder, -1, NULL));
    push(decoder, rows, 3);
    assert_ok(snnfe_decoder_offer_control(decoder, b));
    /* A window goes on with a filter that was replaced, and the next one has the newest. */
    assert_ok(snnfe_decoder_save(decoder, file));
    assert_ok(snnfe_decoder_restore(again, file));
    ck_assert_uint_eq(stream_info(again).n_controls, 2);
    snnfe_decoder *const both[] = {decoder, again};
    float found[2][2][2];
    for (size_t i = 0; i < 2; i++) {
        push(both[i], rows + 3 * INPUTS, SMALL_STEPS - 3);
        stream_next(both[i], found[i][0]);
        assert_ok(snnfe_decoder_cue(both[i], -1, NULL));
        push(both[i], rows, SMALL_STEPS);
        stream_next(both[i], found[i][1]);
    }
    ck_assert_mem_eq(found[0], found[1], sizeof found[0]);
    ck_assert_mem_ne(found[0][0], found[0][1], sizeof found[0][0]);
    snnfe_signal other = signal;
    other.alignment = SNNFE_ALIGNMENT_NONE;
    snnfe_decoder *unlike = glances_decoder(network, &other, 0);
    assert_fails(snnfe_decoder_restore(unlike, file), SNNFE_ERR_SHAPE, "alignment");
    snnfe_decoder_free(unlike);
    free(rows);
    snnfe_control_free(a);
    snnfe_control_free(b);
    snnfe_decoder_free(again);
    snnfe_decoder_free(decoder);
    snnfe_network_free(network);
    snnfe_dataset_free(d);
}
END_TEST

/* --- what does not fit ----------------------------------------------------------------------- */

START_TEST(networks_know_their_control)
{
    snnfe_dataset *d = open_dataset();
    snnfe_network *network = small_network(), *loaded = NULL;
    assert_ok(snnfe_dataset_align(d, NULL));
    const snnfe_signal *place = dataset_info(d).signal;
    assert_ok(snnfe_network_set_signal(network, place));
    assert_ok(snnfe_network_save(network, support_path("network")));
    assert_ok(snnfe_network_load(&loaded, support_path("network")));
    snnfe_signal known = {.struct_size = sizeof known};
    assert_ok(snnfe_network_get_signal(loaded, &known));
    ck_assert_uint_eq(known.n_references, 12);
    ck_assert_str_eq(known.reference_names[11], "FT8");
    ck_assert_uint_eq(known.n_lags, LAGS);
    for (size_t r = 0; r < 12; r++)
        ck_assert_double_eq(known.reference_std_uv[r], place->reference_std_uv[r]);
    for (size_t i = 0; i < 52; i++)
        for (size_t k = 0; k <= i; k++)
            ck_assert_double_eq(known.covariance[i * 52 + k], place->covariance[i * 52 + k]);
    snnfe_decoder_options o;
    snnfe_decoder *decoder = NULL;
    assert_ok(snnfe_decoder_options_init(&o, sizeof o));
    o.signal = place;
    own_signal(&o.signal)->ocular = SNNFE_OCULAR_NONE;
    assert_fails(snnfe_decoder_create(&decoder, loaded, &o), SNNFE_ERR_SHAPE,
                 "the ocular control is none in the decoder, regression of FP1, FPZ, FP2, AF7, "
                 "AF3, AFZ, AF4, AF8, F7, F8, FT7, FT8, 2 lags in what");
    o.signal = place;
    own_signal(&o.signal)->alignment = SNNFE_ALIGNMENT_STANDARDIZE;
    assert_fails(snnfe_decoder_create(&decoder, loaded, &o), SNNFE_ERR_SHAPE,
                 "the alignment is standardization in the decoder, Euclidean in what");
    o.signal = place;
    assert_ok(snnfe_decoder_create(&decoder, loaded, &o));
    snnfe_decoder_free(decoder);
    snnfe_network_free(loaded);
    snnfe_network_free(network);
    snnfe_dataset_free(d);
}
END_TEST

START_TEST(bad_arguments)
{
    snnfe_dataset *d = open_dataset();
    snnfe_network *network = small_network();
    snnfe_signal signal = plain_signal(d);
    snnfe_decoder *decoder = glances_decoder(network, &signal, 0), *plain = NULL;
    snnfe_control *control = glances_control(decoder);
    static float samples[64 * INPUTS];
    assert_fails(snnfe_decoder_offer_control(NULL, control), SNNFE_ERR_ARGUMENT, "decoder");
    assert_fails(snnfe_decoder_offer_control(decoder, NULL), SNNFE_ERR_ARGUMENT, "control");
    assert_ok(snnfe_decoder_create(&plain, network, NULL));
    assert_fails(snnfe_decoder_offer_control(plain, control), SNNFE_ERR_SHAPE, "another kind");
    snnfe_control_free(control);
    signal.n_lags = 0;
    assert_ok(snnfe_control_create(&control, &signal, NULL));
    assert_fails(snnfe_decoder_offer_control(decoder, control), SNNFE_ERR_SHAPE, "another kind");
    push(decoder, samples, 2 * SMALL_STEPS + LAGS + 5);
    assert_ok(snnfe_decoder_copy_samples(decoder, 5, 2 * SMALL_STEPS + LAGS, samples));
    assert_fails(snnfe_decoder_copy_samples(decoder, 4, 1, samples), SNNFE_ERR_NOT_FOUND,
                 "samples 4…5 are not all among 5…47");
    assert_fails(snnfe_decoder_copy_samples(decoder, 47, 1, samples), SNNFE_ERR_NOT_FOUND, "47…48");
    assert_fails(snnfe_decoder_copy_samples(decoder, 5, 1, NULL), SNNFE_ERR_ARGUMENT, "samples");
    assert_fails(snnfe_decoder_copy_samples(NULL, 5, 1, samples), SNNFE_ERR_ARGUMENT, "decoder");
    /* A window needs its past. */
    static float grid[110 * SMALL_STEPS];
    assert_fails(snnfe_decoder_copy_window(decoder, 6, grid), SNNFE_ERR_NOT_FOUND, "among 7…47");
    assert_ok(snnfe_decoder_copy_window(decoder, 7, grid));
    snnfe_decoder_options o;
    snnfe_decoder *none = NULL;
    assert_ok(snnfe_decoder_options_init(&o, sizeof o));
    signal.n_lags = LAGS;
    o.signal = &signal;
    o.n_history = SMALL_STEPS + 1;
    assert_fails(snnfe_decoder_create(&none, network, &o), SNNFE_ERR_ARGUMENT, "n_history is 21");
    snnfe_control_free(control);
    snnfe_decoder_free(plain);
    snnfe_decoder_free(decoder);
    snnfe_network_free(network);
    snnfe_dataset_free(d);
}
END_TEST

int main(int argc, char **argv)
{
    (void)argc;
    support_set_program(argv[0]);
    Suite *suite = suite_create("control of decoders");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 120);
    tcase_add_test(all, live_is_as_in_a_data_set);
    tcase_add_test(all, running_windows_keep_theirs);
    tcase_add_test(all, nothing_learned_nothing_taken_out);
    tcase_add_test(all, exchange_from_another_thread);
    tcase_add_test(all, states_go_on);
    tcase_add_test(all, networks_know_their_control);
    tcase_add_test(all, bad_arguments);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
