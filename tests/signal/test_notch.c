/* The notch: its response, that it is stable, line noise that it takes out of recordings, and the
   same live as in a data set. */
#include "glances.h"
#include "same_dataset.h"
#include "signal/notch.h"
#include "small.h"

#include <math.h>

#define PI 3.14159265358979323846

/* Magnitude at a frequency, from the response to one impulse in the middle. */
static double gain_at(double hz, double notch_hz, double width_hz, double rate, int32_t kind)
{
    enum { N = 20001 };
    static float x[N];
    memset(x, 0, sizeof x);
    x[N / 2] = 1;
    assert_ok(snnfe_notch_filter_apply(x, 1, N, notch_hz, width_hz, rate, kind));
    double re = 0, im = 0;
    for (int i = 0; i < N; i++) {
        re += (double)x[i] * cos(2 * PI * hz / rate * i);
        im += (double)x[i] * sin(2 * PI * hz / rate * i);
    }
    return sqrt(re * re + im * im);
}

/* Of a section at `hz`: 1 / sqrt(1 + (tan(width / 2) sin w / (cos w - cos w0))^2). */
static double expected_gain(double hz, double notch_hz, double width_hz, double rate)
{
    double gain = 1;
    for (double f = notch_hz; f + width_hz / 2 < rate / 2; f += notch_hz) {
        const double distance = fabs(cos(2 * PI * hz / rate) - cos(2 * PI * f / rate));
        const double beside = tan(PI * width_hz / rate) * sin(2 * PI * hz / rate);
        gain *= distance / hypot(distance, beside);
    }
    return gain;
}

START_TEST(response_is_that_of_second_order_notches)
{
    static const double cases[][3] = {{50, 2, 160}, {60, 1, 160}, {50, 4, 500}, {16.7, 1, 160}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const double f = cases[i][0], width = cases[i][1], rate = cases[i][2];
        const double at[] = {1, f - 5, f - width / 2, f, f + width / 2, f + 5, 2 * f, 0.49 * rate};
        for (size_t k = 0; k < sizeof at / sizeof at[0]; k++) {
            const double expected = expected_gain(at[k], f, width, rate);
            ck_assert_double_eq_tol(gain_at(at[k], f, width, rate, SNNFE_FILTER_CAUSAL), expected,
                                    1e-4);
            ck_assert_double_eq_tol(gain_at(at[k], f, width, rate, SNNFE_FILTER_ZERO_PHASE),
                                    expected * expected, 1e-4);
        }
        ck_assert_double_lt(gain_at(f, f, width, rate, SNNFE_FILTER_CAUSAL), 1e-4);
        ck_assert_double_eq_tol(expected_gain(f + width / 2, f, width, rate), sqrt(0.5), 0.01);
    }
}
END_TEST

/* The ninth multiple and those beyond stay. */
START_TEST(eight_multiples_at_the_most)
{
    ck_assert_double_lt(gain_at(400, 50, 2, 1000, SNNFE_FILTER_CAUSAL), 1e-4);
    ck_assert_double_gt(gain_at(450, 50, 2, 1000, SNNFE_FILTER_CAUSAL), 0.99);
}
END_TEST

START_TEST(begins_settled_and_keeps_constants)
{
    enum { N = 500 };
    for (int32_t kind = SNNFE_FILTER_ZERO_PHASE; kind <= SNNFE_FILTER_CAUSAL; kind++) {
        float flat[N], none[2] = {1, 2};
        for (int i = 0; i < N; i++)
            flat[i] = 4000;
        assert_ok(snnfe_notch_filter_apply(flat, 1, N, 50, 2, 160, kind));
        for (int i = 0; i < N; i++)
            ck_assert_float_eq_tol(flat[i], 4000, 1e-3F);
        assert_ok(snnfe_notch_filter_apply(none, 1, 2, 0, 0, 160, kind));
        ck_assert(none[0] == 1 && none[1] == 2);
        assert_ok(snnfe_notch_filter_apply(flat, 1, 1, 50, 2, 160, kind));
    }
}
END_TEST

/* Backward and forward: a signal that is turned round comes out turned round. */
START_TEST(zero_phase_has_no_direction)
{
    enum { N = 700 };
    float there[N], back[N];
    for (int i = 0; i < N; i++)
        there[i] = back[N - 1 - i] = (float)(sin(0.3 * i) + 5 * cos(2 * PI * 50 / 160 * i) + i % 7);
    assert_ok(snnfe_notch_filter_apply(there, 1, N, 50, 2, 160, SNNFE_FILTER_ZERO_PHASE));
    assert_ok(snnfe_notch_filter_apply(back, 1, N, 50, 2, 160, SNNFE_FILTER_ZERO_PHASE));
    for (int i = 0; i < N; i++)
        ck_assert_float_eq_tol(there[i], back[N - 1 - i], 0.02F);
}
END_TEST

/* The poles of every section lie within the unit circle, and a bounded signal stays so. */
static void assert_stable(double hz, double width_hz, double rate, const snnfe_causal *f)
{
    float x[200];
    bool good = f->n_sections >= 1 && f->n_sections <= SNNFE_NOTCHES;
    for (size_t i = 0; i < f->n_sections; i++) {
        const double a1 = f->sections[i].a[1], a2 = f->sections[i].a[2];
        good = good && fabs(a2) < 1 && fabs(a1) < 1 + a2;
    }
    for (int i = 0; i < 200; i++)
        x[i] = i < 5 ? 1000 : (float)((i * 37) % 101) - 50;
    assert_ok(snnfe_notch_filter_apply(x, 1, 200, hz, width_hz, rate, SNNFE_FILTER_CAUSAL));
    for (int i = 0; i < 200; i++)
        good = good && fabsf(x[i]) < 1e5F;
    ck_assert_msg(good, "a notch at %a Hz, %a Hz wide, at a rate of %a Hz", hz, width_hz, rate);
}

/* From end to end of what is accepted. */
START_TEST(every_accepted_notch_is_stable)
{
    static const double rates[] = {1e-9, 160, 1e9};
    size_t n = 0;
    for (size_t r = 0; r < sizeof rates / sizeof rates[0]; r++)
        for (double part = 1e-6; part < 0.5; part *= 1.3)
            for (double width = 1e-6; width < 0.5; width *= 1.5) {
                const double rate = rates[r];
                snnfe_causal f = {.n_sections = 0};
                if (snnfe_notch_add(&f, part * rate, width * rate, rate) != SNNFE_OK)
                    continue;
                assert_stable(part * rate, width * rate, rate, &f);
                n++;
            }
    ck_assert_uint_gt(n, 1000);
}
END_TEST

START_TEST(bad_arguments)
{
    float x[4] = {1, 2, NAN, 4};
    assert_fails(snnfe_notch_filter_apply(NULL, 1, 4, 50, 2, 160, 0), SNNFE_ERR_ARGUMENT,
                 "samples is NULL");
    assert_fails(snnfe_notch_filter_apply(x, 1, 0, 50, 2, 160, 0), SNNFE_ERR_ARGUMENT,
                 "n_samples is 0");
    assert_fails(snnfe_notch_filter_apply(x, 1, 4, 50, 2, 160, 1), SNNFE_ERR_NONFINITE,
                 "sample 2 of channel 0 is nan");
    assert_fails(snnfe_notch_filter_apply(x, 1, 2, 50, 2, 160, 2), SNNFE_ERR_ARGUMENT,
                 "filter_kind is 2");
    assert_fails(snnfe_notch_filter_apply(x, 1, 2, 79.5, 2, 160, 0), SNNFE_ERR_ARGUMENT,
                 "notch_hz is 79.5: a notch that is 2 Hz wide does not lie between 0 Hz and half");
    assert_fails(snnfe_notch_filter_apply(x, 1, 2, 0.5, 2, 160, 0), SNNFE_ERR_ARGUMENT,
                 "notch_hz is 0.5");
    assert_fails(snnfe_notch_filter_apply(x, 1, 2, -1, 2, 160, 0), SNNFE_ERR_ARGUMENT,
                 "notch_hz is -1");
    assert_fails(snnfe_notch_filter_apply(x, 1, 2, NAN, 2, 160, 0), SNNFE_ERR_ARGUMENT,
                 "notch_hz is nan");
    assert_fails(snnfe_notch_filter_apply(x, 1, 2, 50, 0, 160, 0), SNNFE_ERR_ARGUMENT,
                 "notch_width_hz is 0");
    assert_fails(snnfe_notch_filter_apply(x, 1, 2, 50, 2, 0, 0), SNNFE_ERR_ARGUMENT,
                 "sampling_rate_hz is 0");
    ck_assert(x[0] == 1 && x[1] == 2);
}
END_TEST

/* --- data sets ------------------------------------------------------------------------------- */

static snnfe_dataset_options options(double notch_hz, int32_t kind)
{
    static const int32_t runs[] = {4};
    snnfe_dataset_options o;
    assert_ok(snnfe_dataset_options_init(&o, sizeof o));
    o.runs = o.statistics_runs = runs;
    o.n_runs = o.n_statistics_runs = 1;
    o.normalization = SNNFE_NORMALIZE_NONE;
    o.filter_kind = kind;
    o.notch_hz = notch_hz;
    o.window_length = 640; /* whole periods of 50 Hz and of 13 Hz */
    o.window_limit = 641;
    return o;
}

static snnfe_dataset *synthesized(const snnfe_dataset_options *o)
{
    static const int32_t runs[] = {4};
    snnfe_synthetic_options s;
    snnfe_dataset *d = NULL;
    assert_ok(snnfe_synthetic_options_init(&s, sizeof s));
    s.n_subjects = 1;
    s.trials_per_run = 4;
    s.runs = runs;
    s.n_runs = 1;
    s.line_hz = 50;
    s.line_uv = 40;
    assert_ok(snnfe_dataset_synthesize(&d, &s, o));
    return d;
}

/* Amplitude in the first channel of the last trial. */
static double amplitude(const snnfe_dataset *d, double hz)
{
    const snnfe_dataset_info info = dataset_info(d);
    const float *x = info.trials + (info.n_trials - 1) * info.n_channels * info.n_steps;
    double re = 0, im = 0;
    for (size_t t = 0; t < info.n_steps; t++) {
        re += (double)x[t] * cos(2 * PI * hz / 160 * (double)t);
        im += (double)x[t] * sin(2 * PI * hz / 160 * (double)t);
    }
    return 2 * hypot(re, im) / info.n_steps;
}

START_TEST(line_noise_goes_and_the_rest_stays)
{
    for (int32_t kind = SNNFE_FILTER_ZERO_PHASE; kind <= SNNFE_FILTER_CAUSAL; kind++) {
        const snnfe_dataset_options with = options(50, kind), without = options(0, kind);
        snnfe_dataset *a = synthesized(&with), *b = synthesized(&without);
        ck_assert_double_gt(amplitude(b, 50), 20);
        ck_assert_double_lt(amplitude(a, 50), 1e-2 * amplitude(b, 50));
        for (double hz = 5; hz < 79; hz += 5)
            if (fabs(hz - 50) > 4)
                ck_assert_double_eq_tol(amplitude(a, hz) / amplitude(b, hz), 1, 0.15);
        ck_assert_double_eq(dataset_info(a).signal->notch_hz, 50);
        ck_assert_double_eq(dataset_info(a).signal->notch_width_hz, 2);
        ck_assert_double_eq(dataset_info(b).signal->notch_width_hz, 0);
        snnfe_dataset_free(a);
        snnfe_dataset_free(b);
    }
}
END_TEST

/* Line noise is no muscle where a notch takes it out. */
START_TEST(muscle_is_judged_behind_the_notch)
{
    for (int k = 0; k < 2; k++) {
        snnfe_dataset_options o = options(k ? 50 : 0, SNNFE_FILTER_ZERO_PHASE);
        o.quality = SNNFE_QUALITY_MARK;
        o.muscle_uv = 20;
        snnfe_dataset *d = synthesized(&o);
        ck_assert_uint_eq(dataset_info(d).n_muscle, k ? 0 : dataset_info(d).n_trials);
        snnfe_dataset_free(d);
    }
}
END_TEST

START_TEST(files_keep_it_and_parts_have_to_agree)
{
    const snnfe_dataset_options with = options(50, SNNFE_FILTER_ZERO_PHASE);
    const snnfe_dataset_options without = options(0, SNNFE_FILTER_ZERO_PHASE);
    snnfe_dataset *a = synthesized(&with), *b = synthesized(&without), *again = NULL;
    const char *path = support_path("notch.safetensors");
    assert_ok(snnfe_dataset_save(a, path));
    assert_ok(snnfe_dataset_load(&again, path));
    ck_assert(same_dataset(a, again));
    ck_assert_double_eq(dataset_info(again).signal->notch_hz, 50);
    ck_assert_double_eq(dataset_info(again).signal->notch_width_hz, 2);
    const snnfe_dataset *parts[] = {a, b};
    snnfe_dataset *joined = NULL;
    assert_fails(snnfe_dataset_concatenate(&joined, parts, 2), SNNFE_ERR_SHAPE,
                 "part 1 has 0 Hz as the notch's frequency, part 0 has 50");
    snnfe_dataset_free(again);
    snnfe_dataset_free(a);
    snnfe_dataset_free(b);
}
END_TEST

START_TEST(only_a_tree_of_bids_tells_the_frequency)
{
    snnfe_dataset_options o = options(SNNFE_NOTCH_AUTO, SNNFE_FILTER_ZERO_PHASE);
    snnfe_dataset *d = NULL;
    assert_fails(snnfe_dataset_synthesize(&d, NULL, &o), SNNFE_ERR_ARGUMENT,
                 "notch_hz is AUTO, but only the sidecars of a BIDS tree tell");
    o.notch_hz = -2;
    assert_fails(snnfe_dataset_synthesize(&d, NULL, &o), SNNFE_ERR_ARGUMENT, "notch_hz is -2");
    o.notch_hz = 79.5;
    assert_fails(snnfe_dataset_synthesize(&d, NULL, &o), SNNFE_ERR_ARGUMENT, "notch_hz is 79.5");
    o.notch_width_hz = 0;
    assert_fails(snnfe_dataset_synthesize(&d, NULL, &o), SNNFE_ERR_ARGUMENT, "notch_width_hz is 0");
}
END_TEST

/* --- live ------------------------------------------------------------------------------------ */

static snnfe_dataset *glanced(double notch_hz)
{
    snnfe_dataset_options o = glances_options(SMALL_STEPS);
    o.notch_hz = notch_hz;
    return glances_open(&o);
}

START_TEST(live_is_bit_for_bit_as_in_a_data_set)
{
    static float seen[GLANCES_POSITIONS * SMALL_STEPS], expected[GLANCES_POSITIONS * SMALL_STEPS];
    static float plain[GLANCES_POSITIONS * SMALL_STEPS];
    snnfe_dataset *d = glanced(60), *other = glanced(0);
    snnfe_network *network = small_network();
    snnfe_decoder *decoder = glances_decoder(network, dataset_info(d).signal, 1 << 15);
    size_t n = 0;
    float *rows = glances_rows(decoder, &n);
    assert_ok(snnfe_decoder_push(decoder, SNNFE_NOT_NUMBERED, rows, n));
    for (int32_t i = 0; i < (int32_t)dataset_info(d).n_trials; i++) {
        assert_ok(snnfe_decoder_copy_window(decoder, (uint64_t)dataset_info(d).onsets[i], seen));
        assert_ok(snnfe_dataset_copy_grid(d, &i, 1, expected));
        assert_ok(snnfe_dataset_copy_grid(other, &i, 1, plain));
        ck_assert_mem_eq(seen, expected, sizeof seen);
        ck_assert_mem_ne(seen, plain, sizeof seen);
    }
    free(rows);
    snnfe_decoder_free(decoder);
    snnfe_network_free(network);
    snnfe_dataset_free(d);
    snnfe_dataset_free(other);
}
END_TEST

/* A network keeps it in its file, and refuses samples without it. */
START_TEST(networks_know_theirs)
{
    snnfe_dataset *d = glanced(60), *other = glanced(0);
    snnfe_network *network = small_network(), *again = NULL;
    snnfe_decoder_options o;
    snnfe_decoder *decoder = NULL;
    const char *path = support_path("network.safetensors");
    assert_ok(snnfe_network_set_signal(network, dataset_info(d).signal));
    assert_ok(snnfe_network_save(network, path));
    assert_ok(snnfe_network_load(&again, path));
    assert_ok(snnfe_decoder_options_init(&o, sizeof o));
    o.signal = dataset_info(other).signal;
    assert_fails(snnfe_decoder_create(&decoder, again, &o), SNNFE_ERR_SHAPE,
                 "the filter is 0.1 to 79 Hz, causal of order 2 in the decoder, 0.1 to 79 Hz, "
                 "causal of order 2, notch at 60 Hz, 2 Hz wide in what the network was trained on");
    snnfe_signal signal = *dataset_info(d).signal;
    signal.struct_size = sizeof signal;
    signal.notch_width_hz = 0; /* the usual one */
    o.signal = &signal;
    assert_ok(snnfe_decoder_create(&decoder, again, &o));
    snnfe_decoder_free(decoder);
    signal.notch_width_hz = 3;
    assert_fails(snnfe_decoder_create(&decoder, again, &o), SNNFE_ERR_SHAPE, "60 Hz, 3 Hz wide");
    signal.notch_hz = 79.9;
    assert_fails(snnfe_decoder_create(&decoder, again, &o), SNNFE_ERR_ARGUMENT, "notch_hz is 79.9");
    assert_fails(snnfe_network_set_signal(network, &signal), SNNFE_ERR_ARGUMENT,
                 "notch_hz is 79.9");
    snnfe_network_free(again);
    snnfe_network_free(network);
    snnfe_dataset_free(d);
    snnfe_dataset_free(other);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("notch");
    TCase *all = tcase_create("all");
    suite_add_tcase(suite, all);
    tcase_add_test(all, response_is_that_of_second_order_notches);
    tcase_add_test(all, eight_multiples_at_the_most);
    tcase_add_test(all, begins_settled_and_keeps_constants);
    tcase_add_test(all, zero_phase_has_no_direction);
    tcase_add_test(all, every_accepted_notch_is_stable);
    tcase_add_test(all, bad_arguments);
    tcase_add_test(all, line_noise_goes_and_the_rest_stays);
    tcase_add_test(all, muscle_is_judged_behind_the_notch);
    tcase_add_test(all, files_keep_it_and_parts_have_to_agree);
    tcase_add_test(all, only_a_tree_of_bids_tells_the_frequency);
    tcase_add_test(all, live_is_bit_for_bit_as_in_a_data_set);
    tcase_add_test(all, networks_know_theirs);
    return support_run(suite);
}
