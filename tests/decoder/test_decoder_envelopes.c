/* Envelopes live: the same as in a data set of causally filtered recordings, also through control,
   while it is exchanged, across files and gaps. */
#include "glances.h"
#include "same_dataset.h"

#include <math.h>

enum {
    ELECTRODES = 9,
    REFERENCES = 12, /* the frontal channels, of which none is decoded */
    BANDS = 2,
    LAGS = 2,
    STEPS = 11,
    WINDOW = 80,
    HOP = 40,
    LENGTH = WINDOW + (STEPS - 1) * HOP,
    POSITIONS = GLANCES_POSITIONS
};

static const char *const names[] = {"FC3", "FCz", "FC4", "C3", "Cz", "C4", "CP3", "CPz", "CP4"};
static const int32_t rows[] = {4, 4, 4, 5, 5, 5, 6, 6, 6}, columns[] = {3, 5, 7, 3, 5, 7, 3, 5, 7};

static snnfe_dataset *open_dataset(int32_t ocular)
{
    snnfe_dataset_options o = glances_envelopes(names, ELECTRODES, LENGTH);
    o.channel_rows = rows;
    o.channel_columns = columns;
    o.ocular = ocular;
    o.n_lags = ocular ? LAGS : 0;
    return glances_open(&o);
}

static snnfe_network *make_network(void)
{
    snnfe_network_options o;
    snnfe_network *network = NULL;
    assert_ok(snnfe_network_options_init(&o, sizeof o));
    o.n_steps = STEPS;
    o.conv1_channels = o.conv2_channels = o.conv3_channels = 16;
    o.n_hidden = 32;
    assert_ok(snnfe_network_create(&network, &o));
    return network;
}

/* A recording in the decoder's order. */
typedef struct stream {
    float *rows;
    size_t n, n_inputs;
} stream;

/* What most tests need: the decoder takes the data set's signal as it comes, filtered and with this
   alignment. */
typedef struct setting {
    snnfe_dataset *dataset;
    snnfe_network *network;
    snnfe_signal signal;
    snnfe_decoder *decoder;
    stream stream;
} setting;

static stream read_stream(const snnfe_decoder *decoder)
{
    stream s = {.n_inputs = stream_info(decoder).n_channels};
    s.rows = glances_rows(decoder, &s.n);
    return s;
}

static setting begin(int32_t ocular, int32_t alignment)
{
    setting s = {.dataset = open_dataset(ocular), .network = make_network()};
    s.signal = *dataset_info(s.dataset).signal;
    s.signal.struct_size = sizeof s.signal;
    s.signal.alignment = alignment;
    s.decoder = glances_decoder(s.network, &s.signal, 0);
    s.stream = read_stream(s.decoder);
    return s;
}

/* Another decoder than that of cued windows. */
static void make_decoder(setting *s, const snnfe_decoder_options *options)
{
    snnfe_decoder_options o = *options;
    o.signal = &s->signal;
    snnfe_decoder_free(s->decoder);
    assert_ok(snnfe_decoder_create(&s->decoder, s->network, &o));
}

static void end(setting *s)
{
    free(s->stream.rows);
    snnfe_decoder_free(s->decoder);
    snnfe_network_free(s->network);
    snnfe_dataset_free(s->dataset);
}

static void push(snnfe_decoder *decoder, const stream *s, size_t from, size_t to)
{
    assert_ok(
        snnfe_decoder_push(decoder, SNNFE_NOT_NUMBERED, s->rows + from * s->n_inputs, to - from));
}

/* Learn from samples of a decoder. */
static void learn(const snnfe_decoder *decoder, snnfe_control *control, uint32_t use,
                  uint64_t first, size_t n)
{
    const size_t n_values = stream_info(decoder).n_values;
    float *samples = malloc(n * n_values * sizeof *samples);
    assert_ok(snnfe_decoder_copy_samples(decoder, first, n, samples));
    assert_ok(snnfe_control_add(control, use, samples, n));
    free(samples);
}

/* --- the same as in a data set --------------------------------------------------------------- */

START_TEST(live_is_bit_for_bit_as_in_a_data_set)
{
    static float seen[POSITIONS * STEPS], expected[POSITIONS * STEPS];
    setting s = begin(SNNFE_OCULAR_NONE, SNNFE_ALIGNMENT_NONE);
    snnfe_decoder *decoder = s.decoder;
    const snnfe_dataset_info info = dataset_info(s.dataset);
    ck_assert_uint_eq(stream_info(decoder).n_channels, ELECTRODES);
    ck_assert_uint_eq(stream_info(decoder).window_samples, LENGTH);
    ck_assert_uint_eq(stream_info(decoder).n_values, ELECTRODES * (1 + BANDS));
    ck_assert_str_eq(stream_info(decoder).channel_names[0], "FC3");
    size_t t = 0;
    float before[2] = {0, 0};
    for (int32_t i = 0; i < (int32_t)info.n_trials; i++) {
        float logits[2], batch[2];
        const size_t onset = (size_t)info.onsets[i];
        push(decoder, &s.stream, t, onset);
        assert_ok(snnfe_decoder_cue(decoder, -1, NULL));
        push(decoder, &s.stream, onset, onset + LENGTH - 1);
        ck_assert_uint_eq(stream_info(decoder).n_pending, 0);
        push(decoder, &s.stream, onset + LENGTH - 1, t = onset + LENGTH);
        const snnfe_decision decision = stream_next(decoder, logits);
        ck_assert_uint_eq(decision.n_steps, STEPS);
        ck_assert_uint_eq(decision.faults, 0);
        assert_ok(snnfe_decoder_copy_window(decoder, onset, seen));
        assert_ok(snnfe_dataset_copy_grid(s.dataset, &i, 1, expected));
        ck_assert_mem_eq(seen, expected, sizeof seen);
        assert_ok(snnfe_network_evaluate(s.network, expected, 1, NULL, batch, NULL, NULL));
        ck_assert_mem_eq(logits, batch, sizeof logits);
        ck_assert_mem_ne(logits, before, sizeof logits); /* the network sees a difference */
        memcpy(before, logits, sizeof before);
    }
    ck_assert_double_eq_tol(stream_info(decoder).rms_z, 1, 0.9);
    end(&s);
}
END_TEST

/* The whole recording is the calibration of the regression; trials are aligned by those before. */
START_TEST(control_is_as_in_a_data_set)
{
    snnfe_dataset *d = open_dataset(SNNFE_OCULAR_REGRESSION);
    snnfe_network *network = make_network();
    const snnfe_signal *place = glances_align(d, _i);
    const snnfe_dataset_info info = dataset_info(d);
    snnfe_decoder *decoder = glances_decoder(network, place, 1 << 15);
    const stream s = read_stream(decoder);
    ck_assert_uint_eq(s.n_inputs, ELECTRODES + REFERENCES);
    snnfe_control *control = glances_control(decoder);
    push(decoder, &s, 0, s.n);
    learn(decoder, control, SNNFE_CONTROL_OCULAR, 0, s.n);
    assert_ok(snnfe_decoder_offer_control(decoder, control));
    assert_ok(snnfe_decoder_reset(decoder));
    size_t t = 0;
    for (size_t i = 0; i < info.n_trials; i++) {
        const size_t onset = (size_t)info.onsets[i];
        push(decoder, &s, t, onset);
        assert_ok(snnfe_decoder_cue(decoder, -1, NULL));
        push(decoder, &s, onset, t = onset + LENGTH);
        glances_check_trial(decoder, d, (int32_t)i, STEPS);
        learn(decoder, control, SNNFE_CONTROL_ALIGNMENT, onset - LAGS, LENGTH + LAGS);
        assert_ok(snnfe_decoder_offer_control(decoder, control));
    }
    snnfe_control_info learned = {.struct_size = sizeof learned};
    assert_ok(snnfe_control_get_info(control, &learned));
    ck_assert_uint_eq(learned.n_trials, info.n_trials);
    ck_assert_uint_eq(learned.n_outputs, ELECTRODES);
    ck_assert_uint_eq(learned.n_envelopes, BANDS * ELECTRODES);
    free(s.rows);
    snnfe_control_free(control);
    snnfe_decoder_free(decoder);
    snnfe_network_free(network);
    snnfe_dataset_free(d);
}
END_TEST

/* --- exchange, files and gaps ---------------------------------------------------------------- */

/* An estimate of some part of the recording. */
static snnfe_control *learned_from(const setting *s, size_t from)
{
    enum { N = 2000 };
    snnfe_decoder *decoder = glances_decoder(s->network, &s->signal, N);
    snnfe_control *control = glances_control(decoder);
    ck_assert_uint_le(from + N, s->stream.n);
    push(decoder, &s->stream, from, from + N);
    learn(decoder, control, SNNFE_CONTROL_OCULAR, 0, N);
    learn(decoder, control, SNNFE_CONTROL_ALIGNMENT, 500, LENGTH + LAGS);
    snnfe_decoder_free(decoder);
    return control;
}

/* Logits of the window from `first` on, alone and through a control that was there before. */
static void evaluate_with(const setting *s, snnfe_control *control, size_t first, float *logits)
{
    static float grid[POSITIONS * STEPS];
    snnfe_decoder *decoder = glances_decoder(s->network, &s->signal, 0);
    if (control)
        assert_ok(snnfe_decoder_offer_control(decoder, control));
    push(decoder, &s->stream, 0, first + LENGTH);
    assert_ok(snnfe_decoder_copy_window(decoder, first, grid));
    assert_ok(snnfe_network_evaluate(s->network, grid, 1, NULL, logits, NULL, NULL));
    snnfe_decoder_free(decoder);
}

/* Two windows whose steps fall on other samples, and two on the same ones with other filters. */
START_TEST(running_windows_keep_theirs)
{
    const size_t first[] = {100, 117, 140};
    setting s = begin(SNNFE_OCULAR_REGRESSION, SNNFE_ALIGNMENT_EUCLIDEAN);
    snnfe_decoder_options o;
    assert_ok(snnfe_decoder_options_init(&o, sizeof o));
    o.windows = SNNFE_WINDOWS_CUED;
    o.n_running = 3;
    make_decoder(&s, &o);
    snnfe_decoder *decoder = s.decoder;
    snnfe_control *controls[] = {NULL, learned_from(&s, 1000), learned_from(&s, 4000)};
    float logits[2], expected[3][2];
    for (size_t i = 0, t = 0; i < 3; t = first[i++]) {
        evaluate_with(&s, controls[i], first[i], expected[i]);
        push(decoder, &s.stream, t, first[i]);
        if (controls[i])
            assert_ok(snnfe_decoder_offer_control(decoder, controls[i]));
        assert_ok(snnfe_decoder_cue(decoder, -1, NULL));
    }
    ck_assert_mem_ne(expected[0], expected[2], sizeof logits);
    push(decoder, &s.stream, first[2], first[2] + LENGTH);
    for (size_t i = 0; i < 3; i++) {
        ck_assert_uint_eq(stream_next(decoder, logits).first_sample, first[i]);
        ck_assert_mem_eq(logits, expected[i], sizeof logits);
    }
    snnfe_control_free(controls[1]);
    snnfe_control_free(controls[2]);
    end(&s);
}
END_TEST

/* In the middle of a window and between two steps, to the same bits. */
START_TEST(states_go_on)
{
    enum { FIRST = 333, SAVED = FIRST + WINDOW + 3 * HOP + 7 };
    setting s = begin(_i, SNNFE_ALIGNMENT_EUCLIDEAN);
    snnfe_decoder *decoder = s.decoder, *again = glances_decoder(s.network, &s.signal, 0);
    snnfe_control *control = learned_from(&s, 1000);
    const char *file = support_path("state");
    float logits[2], expected[2];
    assert_ok(snnfe_decoder_offer_control(decoder, control));
    push(decoder, &s.stream, 0, FIRST);
    assert_ok(snnfe_decoder_cue(decoder, -1, NULL));
    push(decoder, &s.stream, FIRST, SAVED);
    assert_ok(snnfe_decoder_save(decoder, file));
    assert_ok(snnfe_decoder_restore(again, file));
    ck_assert_mem_eq(stream_info(again).grid, stream_info(decoder).grid, POSITIONS * sizeof(float));
    push(decoder, &s.stream, SAVED, FIRST + LENGTH);
    push(again, &s.stream, SAVED, FIRST + LENGTH);
    stream_next(decoder, expected);
    stream_next(again, logits);
    ck_assert_mem_eq(logits, expected, sizeof logits);
    snnfe_signal other = s.signal;
    other.band_high_hz[1] = 31;
    snnfe_decoder *unlike = glances_decoder(s.network, &other, 0);
    assert_fails(snnfe_decoder_restore(unlike, file), SNNFE_ERR_SHAPE, "channels");
    assert_fails(snnfe_decoder_offer_control(unlike, control), SNNFE_ERR_SHAPE, "or bands");
    snnfe_decoder_free(unlike);
    snnfe_control_free(control);
    snnfe_decoder_free(again);
    end(&s);
}
END_TEST

START_TEST(controls_keep_envelopes_in_files)
{
    setting s = begin(SNNFE_OCULAR_REGRESSION, SNNFE_ALIGNMENT_EUCLIDEAN);
    snnfe_control *control = learned_from(&s, 1000), *again = NULL;
    const char *file = support_path("control");
    assert_ok(snnfe_control_save(control, file));
    assert_ok(snnfe_control_create(&again, &s.signal, NULL));
    assert_ok(snnfe_control_restore(again, file));
    snnfe_control_info a = {.struct_size = sizeof a}, b = {.struct_size = sizeof b};
    assert_ok(snnfe_control_get_info(control, &a));
    assert_ok(snnfe_control_get_info(again, &b));
    const size_t n = BANDS * ELECTRODES;
    ck_assert_mem_eq(a.envelope_weights, b.envelope_weights, n * n * sizeof(double));
    ck_assert_mem_eq(a.envelope_offset, b.envelope_offset, n * sizeof(double));
    snnfe_control_free(again);
    snnfe_signal other = s.signal;
    other.envelope_hop_s = 0.5;
    assert_ok(snnfe_control_create(&again, &other, NULL));
    assert_fails(snnfe_control_restore(again, file), SNNFE_ERR_SHAPE, "envelopes.of.hash");
    snnfe_control_free(again);
    other.n_bands = 0;
    other.n_channels = ELECTRODES;
    assert_ok(snnfe_control_create(&again, &other, NULL));
    assert_fails(snnfe_control_restore(again, file), SNNFE_ERR_SHAPE, "envelopes.of.n_bands");
    snnfe_control_free(again);
    snnfe_control_free(control);
    end(&s);
}
END_TEST

/* What comes behind a gap is what a decoder says that never saw anything before it. */
START_TEST(gaps_start_again)
{
    setting s = begin(SNNFE_OCULAR_NONE, SNNFE_ALIGNMENT_NONE);
    snnfe_decoder *decoder = s.decoder, *fresh = glances_decoder(s.network, &s.signal, 0);
    float logits[2], expected[2];
    push(decoder, &s.stream, 0, 700);
    assert_ok(snnfe_decoder_cue(decoder, -1, NULL));
    push(decoder, &s.stream, 700, 900);
    assert_ok(snnfe_decoder_drop(decoder, 100));
    ck_assert_int_eq(stream_next(decoder, logits).rejected, 1);
    snnfe_decoder *const both[] = {decoder, fresh};
    for (size_t i = 0; i < 2; i++) {
        push(both[i], &s.stream, 1000, 1123);
        assert_ok(snnfe_decoder_cue(both[i], -1, NULL));
        push(both[i], &s.stream, 1123, 1123 + LENGTH);
    }
    stream_next(decoder, logits);
    stream_next(fresh, expected);
    ck_assert_mem_eq(logits, expected, sizeof logits);
    snnfe_decoder_free(fresh);
    end(&s);
}
END_TEST

/* --- options and what does not fit ----------------------------------------------------------- */

/* Windows that begin hops apart share what is equal, and decide as alone. */
START_TEST(windows_overlap)
{
    static float grid[POSITIONS * STEPS];
    setting s = begin(SNNFE_OCULAR_NONE, SNNFE_ALIGNMENT_NONE);
    snnfe_decoder_options o;
    assert_ok(snnfe_decoder_options_init(&o, sizeof o));
    o.hop = HOP / 2;
    make_decoder(&s, &o);
    snnfe_decoder *decoder = s.decoder;
    size_t n = 0;
    for (size_t t = 0; t + HOP <= s.stream.n; t += HOP) {
        push(decoder, &s.stream, t, t + HOP);
        for (; stream_info(decoder).n_pending > 0; n++) {
            float logits[2], alone[2];
            const snnfe_decision decision = stream_next(decoder, logits);
            assert_ok(snnfe_decoder_copy_window(decoder, decision.first_sample, grid));
            assert_ok(snnfe_network_evaluate(s.network, grid, 1, NULL, alone, NULL, NULL));
            ck_assert_mem_eq(logits, alone, sizeof logits);
        }
    }
    ck_assert_uint_gt(n, 100);
    end(&s);
}
END_TEST

START_TEST(windows_are_counted_in_samples)
{
    setting s = begin(SNNFE_OCULAR_NONE, SNNFE_ALIGNMENT_NONE);
    snnfe_decoder_options o;
    assert_ok(snnfe_decoder_options_init(&o, sizeof o));
    make_decoder(&s, &o);
    push(s.decoder, &s.stream, 0, 2 * LENGTH);
    ck_assert_uint_eq(stream_info(s.decoder).n_decisions, 2);
    ck_assert_uint_eq(stream_info(s.decoder).n_skipped, 0);
    o.hop = 50;
    make_decoder(&s, &o);
    push(s.decoder, &s.stream, 0, 2 * LENGTH);
    ck_assert_uint_eq(stream_info(s.decoder).n_decisions, 1 + LENGTH / 50);
    ck_assert_uint_eq(stream_info(s.decoder).n_skipped, 0);
    snnfe_decoder *none = NULL;
    o.signal = &s.signal;
    o.n_history = LENGTH - 1;
    assert_fails(snnfe_decoder_create(&none, s.network, &o), SNNFE_ERR_ARGUMENT,
                 "n_history is 479, not in 480");
    end(&s);
}
END_TEST

START_TEST(bad_arguments)
{
    static float samples[(LAGS + WINDOW) * (ELECTRODES + REFERENCES) * (1 + BANDS)];
    setting s = begin(SNNFE_OCULAR_REGRESSION, SNNFE_ALIGNMENT_EUCLIDEAN);
    snnfe_signal signal = s.signal;
    snnfe_control *control = NULL;
    assert_ok(snnfe_control_create(&control, &signal, NULL));
    assert_fails(snnfe_control_add(control, SNNFE_CONTROL_ALIGNMENT, samples, LAGS + WINDOW - 1),
                 SNNFE_ERR_ARGUMENT, "n is 81, not in 82");
    assert_ok(snnfe_control_add(control, SNNFE_CONTROL_OCULAR, samples, LAGS + 1));
    assert_ok(snnfe_control_add(control, SNNFE_CONTROL_ALIGNMENT, samples, LAGS + WINDOW));
    samples[ELECTRODES + REFERENCES] = (float)NAN;
    assert_fails(snnfe_control_add(control, SNNFE_CONTROL_OCULAR, samples, LAGS + 1),
                 SNNFE_ERR_NONFINITE, "sample 0 of input 21 is nan");
    snnfe_control_free(control);
    signal.n_channels--;
    snnfe_decoder_options o;
    snnfe_decoder *decoder = NULL;
    assert_ok(snnfe_decoder_options_init(&o, sizeof o));
    o.signal = &signal;
    assert_fails(snnfe_decoder_create(&decoder, s.network, &o), SNNFE_ERR_ARGUMENT,
                 "17 channels are not as many in each of 2 bands");
    signal.n_channels++;
    signal.envelope_hop_s = 0;
    assert_fails(snnfe_decoder_create(&decoder, s.network, &o), SNNFE_ERR_ARGUMENT,
                 "snnfe_signal.envelope_hop_s is 0");
    signal.envelope_hop_s = 60;
    signal.sampling_rate_hz = 1e5;
    assert_fails(snnfe_decoder_create(&decoder, s.network, &o), SNNFE_ERR_ARGUMENT,
                 "a window lasts 60050000 samples");
    end(&s);
}
END_TEST

int main(int argc, char **argv)
{
    (void)argc;
    support_set_program(argv[0]);
    Suite *suite = suite_create("envelopes of decoders");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 120);
    tcase_add_test(all, live_is_bit_for_bit_as_in_a_data_set);
    tcase_add_loop_test(all, control_is_as_in_a_data_set, SNNFE_ALIGNMENT_NONE,
                        SNNFE_ALIGNMENT_EUCLIDEAN + 1);
    tcase_add_test(all, running_windows_keep_theirs);
    tcase_add_loop_test(all, states_go_on, SNNFE_OCULAR_NONE, SNNFE_OCULAR_REGRESSION + 1);
    tcase_add_test(all, controls_keep_envelopes_in_files);
    tcase_add_test(all, gaps_start_again);
    tcase_add_test(all, windows_overlap);
    tcase_add_test(all, windows_are_counted_in_samples);
    tcase_add_test(all, bad_arguments);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
