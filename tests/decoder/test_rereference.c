/* The common reference, and electrodes that are absent: in data sets, and live to the same bits. */
#include "edf_file.h"
#include "logged.h"
#include "own_signal.h"
#include "same_dataset.h"
#include "small.h"
#include "stream.h"

#include <math.h>
#include <snnfe/recording.h>

enum { N = 8, RATE = 160, SECONDS = 12 };
static const char *const cap[N] = {"C3", "Cz", "C4", "M1", "T3", "M2", "Pz", "Fz"};
/* Any values, with an offset of the channel's own. */
static int16_t noisy(size_t channel, size_t t)
{
    uint64_t random = 1000003 * channel + t;
    return (int16_t)(300 * (int)channel + (int)(support_next(&random) % 2001) - 1000);
}

static int16_t fz_is_flat(size_t channel, size_t t)
{
    return channel == 7 ? 1234 : noisy(channel, t);
}

static const char *write_recording(int16_t (*sample)(size_t channel, size_t t), size_t n)
{
    static const edf_annotation cues[] = {{3, "left"}, {6, "right"}, {9, "left"}};
    const edf_spec spec = {.n_channels = n,
                           .labels = cap,
                           .rate_hz = RATE,
                           .n_records = SECONDS,
                           .dimension = "uV",
                           .kind = "EDF+C",
                           .n_annotations = 3,
                           .annotations = cues,
                           .sample = sample};
    return edf_write(&spec, "cap.edf");
}

static snnfe_dataset_options options(const char *rereference)
{
    static const char *const names[2] = {"left", "right"};
    snnfe_dataset_options o = edf_two_classes(names);
    o.electrodes = SNNFE_ELECTRODES_FOUND;
    o.normalization = SNNFE_NORMALIZE_NONE;
    o.window_length = SMALL_STEPS;
    o.window_limit = SMALL_STEPS + 1;
    o.rereference = rereference;
    o.log = logged_collect;
    logged[0] = '\0';
    return o;
}

static snnfe_status open_one(snnfe_dataset **d, const char *path, const snnfe_dataset_options *o)
{
    static const int32_t one[] = {1};
    return snnfe_dataset_open_files(d, &path, one, one, 1, o);
}

static snnfe_dataset *opened(const char *path, const snnfe_dataset_options *o)
{
    snnfe_dataset *d = NULL;
    assert_ok(open_one(&d, path, o));
    return d;
}

/* Microvolts that the file has. */
static double recorded(int16_t (*sample)(size_t channel, size_t t), size_t channel, size_t t)
{
    return sample(channel, t) / 10.;
}

/* Trials are the file's channels `from` without the mean of channels `taken`. */
static void assert_rereferenced(const snnfe_dataset *d, int16_t (*sample)(size_t channel, size_t t),
                                const size_t *from, size_t n_from, const size_t *taken,
                                size_t n_taken)
{
    const snnfe_dataset_info info = dataset_info(d);
    ck_assert_uint_eq(info.n_channels, n_from);
    for (size_t i = 0; i < info.n_trials; i++)
        for (size_t c = 0; c < n_from; c++)
            for (size_t t = 0; t < info.n_steps; t++) {
                const size_t at = (size_t)info.onsets[i] + t;
                double mean = 0;
                for (size_t k = 0; k < n_taken; k++)
                    mean += recorded(sample, taken[k], at) / (double)n_taken;
                ck_assert_double_eq_tol((double)info.trials[(i * n_from + c) * info.n_steps + t],
                                        recorded(sample, from[c], at) - mean, 2e-4);
            }
}

START_TEST(average_and_mastoids_are_taken_off)
{
    static const size_t all[] = {0, 1, 2, 4, 6, 7}, mastoids[] = {3, 5};
    static const size_t but_t3[] = {0, 1, 2, 6, 7}, t3[] = {4};
    const char *path = write_recording(noisy, N);
    snnfe_dataset_options o = options("average");
    snnfe_dataset *d = opened(path, &o);
    assert_rereferenced(d, noisy, all, 6, all, 6);
    ck_assert_str_eq(dataset_info(d).signal->rereference, "average");
    snnfe_dataset_free(d);
    o = options("m1, M2.");
    d = opened(path, &o);
    assert_rereferenced(d, noisy, all, 6, mastoids, 2);
    ck_assert_str_eq(dataset_info(d).signal->rereference, "M1,M2");
    snnfe_dataset_free(d);
    /* A reference that is a channel leaves the grid, whatever it is called. */
    o = options("T7");
    d = opened(path, &o);
    assert_rereferenced(d, noisy, but_t3, 5, t3, 1);
    snnfe_dataset_free(d);
    o = options("none");
    d = opened(path, &o);
    assert_rereferenced(d, noisy, all, 6, NULL, 0);
    ck_assert_str_eq(dataset_info(d).signal->rereference, "");
    snnfe_dataset_free(d);
}
END_TEST

START_TEST(what_is_flat_is_no_part_of_an_average)
{
    static const size_t all[] = {0, 1, 2, 4, 6, 7}, but_fz[] = {0, 1, 2, 4, 6};
    const char *path = write_recording(fz_is_flat, N);
    snnfe_dataset_options o = options("average");
    snnfe_dataset *d = opened(path, &o);
    assert_rereferenced(d, fz_is_flat, all, 6, but_fz, 5);
    ck_assert_ptr_nonnull(strstr(logged, "cap.edf: the reference is made without \"FZ\", which"));
    snnfe_dataset_free(d);
    o = options("Fz");
    assert_fails(open_one(&d, path, &o), SNNFE_ERR_ARGUMENT,
                 "cap.edf: no electrode is left for the reference (rereference): \"FZ\" are bad");
}
END_TEST

START_TEST(wrong_references_are_named)
{
    static const char *const mastoids[2] = {"M1", "M2"};
    static const int32_t places[2] = {1, 2};
    const char *path = write_recording(noisy, N);
    char long_text[600];
    snnfe_dataset *d = NULL;
    snnfe_dataset_options o = options("M1,,M2");
    assert_fails(open_one(&d, path, &o), SNNFE_ERR_ARGUMENT,
                 "snnfe_dataset_options.rereference: label 2 is empty");
    o = options("M1,m1.");
    assert_fails(open_one(&d, path, &o), SNNFE_ERR_ARGUMENT, "rereference has \"M1\" twice");
    o = options("M1,A2");
    assert_fails(open_one(&d, path, &o), SNNFE_ERR_NOT_FOUND, "channel \"A2\" is missing; there");
    o = options("an electrode with more than thirty-one letters");
    assert_fails(open_one(&d, path, &o), SNNFE_ERR_ARGUMENT, "label 1 has more than 31 bytes");
    o = options("M1\nM2");
    assert_fails(open_one(&d, path, &o), SNNFE_ERR_ARGUMENT, "rereference[0]");
    memset(long_text, 0, sizeof long_text);
    for (size_t i = 0; i < 64; i++)
        snprintf(long_text + strlen(long_text), 12, "%sELECTR%zu", i ? "," : "", i);
    o = options(long_text);
    assert_fails(open_one(&d, path, &o), SNNFE_ERR_ARGUMENT, "more than 64 labels or 511 bytes");
    o = options("M1,M2");
    o.electrodes = SNNFE_ELECTRODES_EEGMMIDB;
    o.channel_names = mastoids;
    o.channel_rows = o.channel_columns = places;
    o.n_channels = 2;
    assert_fails(open_one(&d, path, &o), SNNFE_ERR_ARGUMENT, "none is left to decode");
}
END_TEST

/* --- files and networks --------------------------------------------------------------------- */

START_TEST(networks_know_the_reference)
{
    const char *path = write_recording(noisy, N), *saved = support_path("saved.safetensors");
    snnfe_dataset_options o = options("M1,M2");
    snnfe_dataset *d = opened(path, &o), *again = NULL;
    assert_ok(snnfe_dataset_save(d, saved));
    assert_ok(snnfe_dataset_load(&again, saved));
    ck_assert(same_dataset(d, again));
    ck_assert_str_eq(dataset_info(again).signal->rereference, "M1,M2");
    o = options(NULL);
    snnfe_dataset *plain = opened(path, &o), *joined = NULL;
    const snnfe_dataset *parts[2] = {d, plain};
    assert_fails(snnfe_dataset_concatenate(&joined, parts, 2), SNNFE_ERR_SHAPE,
                 "part 1 has the reference \"\", part 0 \"M1,M2\"");

    snnfe_network *network = small_network(), *loaded = NULL;
    assert_ok(snnfe_network_set_signal(network, dataset_info(again).signal));
    assert_ok(snnfe_network_save(network, support_path("network.safetensors")));
    assert_ok(snnfe_network_load(&loaded, support_path("network.safetensors")));
    snnfe_signal known = {.struct_size = sizeof known};
    assert_ok(snnfe_network_get_signal(loaded, &known));
    ck_assert_str_eq(known.rereference, "M1,M2");
    snnfe_decoder_options live;
    snnfe_decoder *decoder = NULL;
    assert_ok(snnfe_decoder_options_init(&live, sizeof live));
    live.signal = dataset_info(plain).signal;
    assert_fails(snnfe_decoder_create(&decoder, loaded, &live), SNNFE_ERR_SHAPE,
                 "the reference is that of the recordings in the decoder, M1,M2 in what");
    snnfe_signal wrong = *dataset_info(plain).signal;
    snprintf(wrong.rereference, sizeof wrong.rereference, "M1,M1");
    assert_fails(snnfe_network_set_signal(network, &wrong), SNNFE_ERR_ARGUMENT,
                 "snnfe_signal.rereference has \"M1\" twice");
    memset(wrong.rereference, 'A', sizeof wrong.rereference);
    assert_fails(snnfe_network_set_signal(network, &wrong), SNNFE_ERR_ARGUMENT,
                 "snnfe_signal.rereference: label 1 has more than 31 bytes");
    snnfe_network_free(network);
    snnfe_network_free(loaded);
    snnfe_dataset_free(d);
    snnfe_dataset_free(again);
    snnfe_dataset_free(plain);
}
END_TEST

/* --- live ----------------------------------------------------------------------------------- */

typedef struct played {
    snnfe_network *network;
    snnfe_decoder *decoder;
    snnfe_recording *recording;
    snnfe_recording_info info;
} played;

/* A decoder of a data set's signal, and the recording's channels that it takes. */
static played prepare(const char *path, const snnfe_dataset *d, const snnfe_decoder_options *more)
{
    played p = {.network = small_network(), .info = {.struct_size = sizeof p.info}};
    snnfe_decoder_options o = *more;
    o.signal = dataset_info(d).signal;
    o.windows = SNNFE_WINDOWS_CUED;
    o.n_history = SECONDS * RATE;
    assert_ok(snnfe_decoder_create(&p.decoder, p.network, &o));
    const snnfe_decoder_info info = stream_info(p.decoder);
    const char *names[64];
    snnfe_recording_options r;
    assert_ok(snnfe_recording_options_init(&r, sizeof r));
    for (uint32_t c = 0; c < info.n_channels; c++)
        if (!(o.absent >> c & 1))
            names[r.n_channels++] = info.channel_names[c];
    r.channel_names = names;
    assert_ok(snnfe_recording_open(&p.recording, path, &r));
    assert_ok(snnfe_recording_get_info(p.recording, &p.info));
    return p;
}

/* Push all of the recording; absent channels come as what nobody should look at. */
static void play(const played *p, uint64_t absent)
{
    const uint32_t n = stream_info(p->decoder).n_channels;
    for (size_t t = 0; t < p->info.n_samples; t++) {
        float sample[64];
        for (size_t c = 0, from = 0; c < n; c++)
            sample[c] =
                absent >> c & 1 ? (float)NAN : p->info.samples[from++ * p->info.n_samples + t];
        assert_ok(snnfe_decoder_push(p->decoder, SNNFE_NOT_NUMBERED, sample, 1));
    }
}

static void finish(played *p)
{
    snnfe_decoder_free(p->decoder);
    snnfe_network_free(p->network);
    snnfe_recording_free(p->recording);
}

/* The grids of a data set's trials and those of a decoder differ by `most` of it at the most. */
static void assert_same_windows(const played *p, const snnfe_dataset *d, float most)
{
    enum { GRID = 110 * SMALL_STEPS };
    static float trial[GRID], window[GRID];
    const snnfe_dataset_info info = dataset_info(d);
    for (int32_t i = 0; i < (int32_t)info.n_trials; i++) {
        assert_ok(snnfe_dataset_copy_grid(d, &i, 1, trial));
        assert_ok(snnfe_decoder_copy_window(p->decoder, (uint64_t)info.onsets[i], window));
        for (size_t k = 0; k < GRID; k++)
            ck_assert_float_le(fabsf(trial[k] - window[k]), most * fmaxf(1, fabsf(trial[k])));
    }
}

static snnfe_dataset_options causal(const char *rereference)
{
    snnfe_dataset_options o = options(rereference);
    o.filter_kind = SNNFE_FILTER_CAUSAL;
    o.filter_low_hz = 1;
    o.filter_high_hz = 40;
    o.normalization = SNNFE_NORMALIZE_ALL;
    return o;
}

static snnfe_decoder_options usual(void)
{
    snnfe_decoder_options o;
    assert_ok(snnfe_decoder_options_init(&o, sizeof o));
    return o;
}

START_TEST(live_references_have_the_same_bits)
{
    static const char *const references[] = {"average", "M1,M2", "Fz,M1"};
    static const uint32_t widths[] = {6, 8, 7};
    const char *path = write_recording(noisy, N);
    for (size_t k = 0; k < 3; k++) {
        const snnfe_dataset_options o = causal(references[k]);
        const snnfe_decoder_options live = usual();
        snnfe_dataset *d = opened(path, &o);
        played p = prepare(path, d, &live);
        ck_assert_uint_eq(stream_info(p.decoder).n_channels, widths[k]);
        play(&p, 0);
        assert_same_windows(&p, d, 0);
        finish(&p);
        snnfe_dataset_free(d);
    }
}
END_TEST

/* One sample of `n` values, of which that at `odd` is `value`. */
static void push_one(snnfe_decoder *decoder, size_t t, size_t n, size_t odd, float value)
{
    float sample[64];
    for (size_t c = 0; c < n; c++)
        sample[c] = (float)recorded(noisy, c, t);
    if (odd < n)
        sample[odd] = value;
    assert_ok(snnfe_decoder_push(decoder, SNNFE_NOT_NUMBERED, sample, 1));
}

/* With both mastoids flat nothing is known; with one, the other is the reference. */
START_TEST(references_without_contact_are_left_out)
{
    const char *path = write_recording(noisy, N);
    const snnfe_dataset_options o = causal("M1,M2");
    const snnfe_decoder_options live = usual();
    snnfe_dataset *d = opened(path, &o);
    played p = prepare(path, d, &live);
    for (size_t t = 0; t < 200; t++)
        push_one(p.decoder, t, 8, 6, 5);
    ck_assert_uint_eq(stream_info(p.decoder).channel_faults[6], SNNFE_FAULT_FLAT);
    ck_assert_uint_eq(stream_info(p.decoder).n_bad_channels, 1);
    for (size_t t = 200; t < 400; t++) {
        float sample[8];
        for (size_t c = 0; c < 8; c++)
            sample[c] = c < 6 ? (float)recorded(noisy, c, t) : 5;
        assert_ok(snnfe_decoder_push(p.decoder, SNNFE_NOT_NUMBERED, sample, 1));
    }
    ck_assert_uint_eq(stream_info(p.decoder).n_bad_channels, 8);
    snnfe_decoder_free(p.decoder);
    p.decoder = NULL;
    finish(&p);
    snnfe_dataset_free(d);
}
END_TEST

/* State goes on to the same bits, and not with another reference. */
START_TEST(states_know_the_reference)
{
    const char *path = write_recording(noisy, N), *state = support_path("state.safetensors");
    const snnfe_dataset_options o = causal("M1,M2"), other = causal("average");
    const snnfe_decoder_options live = usual();
    snnfe_dataset *d = opened(path, &o), *e = opened(path, &other);
    played a = prepare(path, d, &live), b = prepare(path, d, &live), c = prepare(path, e, &live);
    for (size_t t = 0; t < 300; t++)
        push_one(a.decoder, t, 8, 8, 0);
    assert_ok(snnfe_decoder_save(a.decoder, state));
    assert_ok(snnfe_decoder_restore(b.decoder, state));
    assert_fails(snnfe_decoder_restore(c.decoder, state), SNNFE_ERR_SHAPE, "channels");
    for (size_t t = 300; t < 320; t++) {
        push_one(a.decoder, t, 8, 8, 0);
        push_one(b.decoder, t, 8, 8, 0);
    }
    ck_assert_mem_eq(stream_info(a.decoder).grid, stream_info(b.decoder).grid, 110 * sizeof(float));
    finish(&a);
    finish(&b);
    finish(&c);
    snnfe_dataset_free(d);
    snnfe_dataset_free(e);
}
END_TEST

/* --- absent electrodes ---------------------------------------------------------------------- */

START_TEST(absent_electrodes_are_interpolated)
{
    static const char *const wanted[] = {"C3", "Cz", "C4", "Pz", "FC1"};
    const char *path = write_recording(noisy, N);
    snnfe_dataset_options o = causal(NULL);
    o.electrodes = SNNFE_ELECTRODES_EEGMMIDB;
    o.channel_names = wanted;
    o.n_channels = 5;
    o.n_rows = 19;
    o.n_columns = 21;
    snnfe_dataset *d = NULL;
    assert_fails(open_one(&d, path, &o), SNNFE_ERR_NOT_FOUND, "channel \"FC1\" is missing");
    o.absent_electrodes = SNNFE_ABSENT_INTERPOLATED;
    d = opened(path, &o);
    ck_assert_uint_eq(dataset_info(d).n_interpolated, 1);
    ck_assert_ptr_nonnull(
        strstr(logged, "cap.edf: has no \"FC1\": these 1 of 5 channels are interpolated"));
    snnfe_dataset_free(d);
    o.n_channels = 2;
    o.channel_names = wanted + 3;
    assert_fails(open_one(&d, path, &o), SNNFE_ERR_NOT_FOUND,
                 "cap.edf: channels cannot be interpolated: there are 1 good electrodes");
    o.n_channels = 1;
    o.channel_names = wanted + 4;
    assert_fails(open_one(&d, path, &o), SNNFE_ERR_NOT_FOUND, "channel \"FC1\" is missing");
    o.absent_electrodes = 2;
    assert_fails(open_one(&d, path, &o), SNNFE_ERR_ARGUMENT, "absent_electrodes is 2");
    /* What is no electrode is missing in any case. */
    o = options("A1");
    o.absent_electrodes = SNNFE_ABSENT_INTERPOLATED;
    assert_fails(open_one(&d, path, &o), SNNFE_ERR_NOT_FOUND, "channel \"A1\" is missing");
}
END_TEST

/* The decoder makes of what comes what the data set made of the recording; an average is of what
   was measured in both. */
START_TEST(live_splines_follow_those_of_data_sets)
{
    static const char *const wanted[] = {"C3", "FC1", "Cz", "C4", "Pz"};
    static const char *const references[] = {NULL, "average", "M1,M2"};
    const char *path = write_recording(noisy, N);
    for (size_t k = 0; k < 3; k++) {
        snnfe_dataset_options o = causal(references[k]);
        o.electrodes = SNNFE_ELECTRODES_EEGMMIDB;
        o.channel_names = wanted;
        o.n_channels = 5;
        o.absent_electrodes = SNNFE_ABSENT_INTERPOLATED;
        snnfe_dataset *d = opened(path, &o);
        snnfe_decoder_options live = usual();
        live.absent = 2;
        live.repair = SNNFE_REPAIR_SPLINES;
        played p = prepare(path, d, &live);
        play(&p, live.absent);
        assert_same_windows(&p, d, 1e-3F);
        ck_assert_uint_eq(stream_info(p.decoder).n_bad_channels, 0);
        ck_assert_uint_eq(stream_info(p.decoder).n_nonfinite, 0);
        size_t order[8];
        const char *const source[] = {"Pz", "C4", "Cz", "C3", "M2", "M1"};
        assert_ok(snnfe_decoder_match_channels(p.decoder, source, 6, order));
        ck_assert(order[0] == 3 && order[1] == SIZE_MAX && order[2] == 2);
        finish(&p);
        snnfe_dataset_free(d);
    }
}
END_TEST

START_TEST(wrong_absent_channels_are_named)
{
    snnfe_network *network = small_network();
    snnfe_decoder *decoder = NULL;
    snnfe_decoder_options o = usual();
    o.absent = 1;
    o.repair = SNNFE_REPAIR_NONE;
    assert_fails(snnfe_decoder_create(&decoder, network, &o), SNNFE_ERR_ARGUMENT,
                 "absent channels need a repair");
    o.repair = 4;
    assert_fails(snnfe_decoder_create(&decoder, network, &o), SNNFE_ERR_ARGUMENT, "repair is 4");
    o.repair = SNNFE_REPAIR_SPLINES;
    o.absent = UINT64_MAX;
    assert_fails(snnfe_decoder_create(&decoder, network, &o), SNNFE_ERR_ARGUMENT,
                 "absent has bits of other than some of the 64 channels");
    snnfe_network_free(network);
}
END_TEST

int main(void)
{

    Suite *suite = suite_create("rereference");
    TCase *all = tcase_create("all");
    suite_add_tcase(suite, all);
    tcase_add_test(all, average_and_mastoids_are_taken_off);
    tcase_add_test(all, what_is_flat_is_no_part_of_an_average);
    tcase_add_test(all, wrong_references_are_named);
    tcase_add_test(all, networks_know_the_reference);
    tcase_add_test(all, live_references_have_the_same_bits);
    tcase_add_test(all, references_without_contact_are_left_out);
    tcase_add_test(all, states_know_the_reference);
    tcase_add_test(all, absent_electrodes_are_interpolated);
    tcase_add_test(all, live_splines_follow_those_of_data_sets);
    tcase_add_test(all, wrong_absent_channels_are_named);
    return support_run(suite);
}
