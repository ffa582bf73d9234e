/* Envelopes: log power in bands as channels of a data set, against plain arithmetic, and who
   refuses what. */
#include "edf_file.h"
#include "same_dataset.h"
#include "support.h"

#include <math.h>
#include <snnfe/decoder.h>
#include <snnfe/trainer.h>
#include <string.h>

#define ELECTRODES 3
#define BANDS 2
#define FEATURES (BANDS * ELECTRODES)
#define LENGTH 480 /* samples of a trial: 11 steps */
#define STEPS 11

static const char *const names[] = {"Fc5", "C3", "Cz"};
static const int32_t rows[] = {4, 5, 6}, columns[] = {2, 3, 5};
static const double low[] = {8, 20}, high[] = {13, 30};

/* 100 uV at 10 Hz in the first channels; 25 Hz in others, and some noise in all. */
static int16_t waves(size_t channel, size_t t)
{
    const double s = (double)t / 160, pi = acos(-1);
    const double wave = channel % 2 ? 100 * sin(2 * pi * 10 * s) : 40 * sin(2 * pi * 25 * s);
    const uint32_t x = (uint32_t)(channel * 2654435761U + t * 40503U) * 2246822519U;
    return (int16_t)lround(10 * wave + (double)(x >> 25) - 64);
}

static snnfe_dataset_options plain_options(void)
{
    snnfe_dataset_options o;
    assert_ok(snnfe_dataset_options_init(&o, sizeof o));
    o.normalization = SNNFE_NORMALIZE_NONE;
    o.filter_low_hz = o.filter_high_hz = 0;
    o.window_start = 20;
    o.window_length = LENGTH;
    o.window_limit = 20 + LENGTH + 1;
    o.channel_names = names;
    o.channel_rows = rows;
    o.channel_columns = columns;
    o.n_channels = ELECTRODES;
    o.n_threads = 2;
    return o;
}

static snnfe_dataset_options band_options(void)
{
    snnfe_dataset_options o = plain_options();
    o.band_low_hz = low;
    o.band_high_hz = high;
    o.n_bands = BANDS;
    return o;
}

static snnfe_status open_waves(snnfe_dataset **d, const snnfe_dataset_options *o)
{
    edf_spec spec = edf_usual;
    spec.sample = waves;
    const char *path = edf_write(&spec, "waves.edf");
    const int32_t subject = 3, run = 4;
    return snnfe_dataset_open_files(d, &path, &subject, &run, 1, o);
}

static snnfe_dataset *opened(const snnfe_dataset_options *o)
{
    snnfe_dataset *d = NULL;
    assert_ok(open_waves(&d, o));
    return d;
}

static double log_power(const float *x, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (double)x[i] * (double)x[i];
    return log(sum / (double)n);
}

/* What one reads in a band, and squares, is what the library says. */
static void compare_with_bands(snnfe_dataset_options o)
{
    snnfe_dataset *d = opened(&o);
    const snnfe_dataset_info info = dataset_info(d);
    ck_assert_uint_eq(info.n_channels, FEATURES);
    ck_assert_uint_eq(info.n_steps, STEPS);
    ck_assert_uint_eq(info.n_trials, 2);
    for (size_t b = 0; b < BANDS; b++) {
        snnfe_dataset_options band = plain_options();
        band.filter_kind = o.filter_kind;
        band.filter_low_hz = low[b];
        band.filter_high_hz = high[b];
        snnfe_dataset *filtered = opened(&band);
        const snnfe_dataset_info of = dataset_info(filtered);
        for (size_t i = 0; i < info.n_trials; i++)
            for (size_t c = 0; c < ELECTRODES; c++)
                for (size_t t = 0; t < STEPS; t++) {
                    const float *x = of.trials + (i * ELECTRODES + c) * LENGTH + t * 40;
                    const float power = info.trials[((i * BANDS + b) * ELECTRODES + c) * STEPS + t];
                    ck_assert_float_eq(power, (float)log_power(x, 80));
                }
        ck_assert_mem_eq(info.onsets, of.onsets, 2 * sizeof(int32_t));
        ck_assert_mem_eq(info.trial_ids, of.trial_ids, 2 * sizeof(uint64_t));
        snnfe_dataset_free(filtered);
    }
    snnfe_dataset_free(d);
}

START_TEST(powers_are_those_of_filtered_recordings)
{
    snnfe_dataset_options o = band_options();
    compare_with_bands(o);
    o.filter_kind = SNNFE_FILTER_CAUSAL;
    compare_with_bands(o);
}
END_TEST

START_TEST(bands_are_tiles_of_the_grid)
{
    snnfe_dataset_options o = band_options();
    snnfe_dataset *d = opened(&o);
    const snnfe_dataset_info info = dataset_info(d);
    const snnfe_signal *s = info.signal;
    static const int32_t tiled[] = {0, 1, 2, 3, 4, 5};
    ck_assert_mem_eq(s->channel_rows, tiled, sizeof tiled);
    for (size_t c = 0; c < FEATURES; c++)
        ck_assert_int_eq(s->channel_columns[c], columns[c % ELECTRODES]);
    ck_assert_str_eq(s->channel_names[1], "C3@1");
    ck_assert_str_eq(s->channel_names[ELECTRODES], "FC5@2");
    ck_assert_uint_eq(info.n_rows, 10);
    ck_assert_uint_eq(s->n_bands, BANDS);
    ck_assert(s->envelope_window_s == 0.5 && s->envelope_hop_s == 0.25);
    ck_assert(s->band_low_hz[1] == 20 && s->band_high_hz[1] == 30);
    ck_assert(s->sampling_rate_hz == 160);
    snnfe_dataset_free(d);

    static const int32_t far[] = {0, 5, 7}; /* tiles of 8 rows */
    o.channel_rows = far;
    d = opened(&o);
    ck_assert_uint_eq(dataset_info(d).n_rows, 16);
    ck_assert_int_eq(dataset_info(d).signal->channel_rows[FEATURES - 1], 15);
    snnfe_dataset_free(d);
}
END_TEST

/* The power of a sine of 100 uV is 5000 uV2; z-scores are of logarithms. */
START_TEST(statistics_are_of_logarithms)
{
    snnfe_dataset_options o = band_options();
    snnfe_dataset *plain = opened(&o);
    o.normalization = SNNFE_NORMALIZE_ALL;
    snnfe_dataset *d = opened(&o);
    const snnfe_dataset_info info = dataset_info(d), raw = dataset_info(plain);
    const size_t strong = 1; /* channels 0, 8 and 10 of the file: 25 Hz in all */
    ck_assert_double_eq_tol(info.signal->channel_mean_uv[ELECTRODES + strong], log(800), 0.1);
    for (size_t c = 0; c < FEATURES; c++)
        for (size_t t = 0; t < STEPS; t++) {
            const double z = ((double)raw.trials[c * STEPS + t] - info.signal->channel_mean_uv[c]) /
                             info.signal->channel_std_uv[c];
            ck_assert_float_eq_tol(info.trials[c * STEPS + t], (float)z, 1e-4F);
        }
    o.normalization = SNNFE_NORMALIZE_GIVEN;
    o.channel_mean_uv = info.signal->channel_mean_uv;
    o.channel_std_uv = info.signal->channel_std_uv;
    snnfe_dataset *given = opened(&o);
    ck_assert_mem_eq(dataset_info(given).trials, info.trials, FEATURES * STEPS * sizeof(float));
    snnfe_dataset_free(given);
    snnfe_dataset_free(plain);
    snnfe_dataset_free(d);
}
END_TEST

START_TEST(control_and_alignment_go_with_envelopes)
{
    static const char *const references[] = {"Fp1", "AF8"};
    snnfe_dataset_options o = band_options();
    o.normalization = SNNFE_NORMALIZE_ALL;
    o.filter_low_hz = 4;
    o.filter_high_hz = 40;
    o.ocular = SNNFE_OCULAR_REGRESSION;
    o.reference_names = references;
    o.n_references = 2;
    snnfe_dataset *d = opened(&o);
    snnfe_alignment_options align;
    assert_ok(snnfe_alignment_options_init(&align, sizeof align));
    align.alignment = SNNFE_ALIGNMENT_STANDARDIZE;
    assert_ok(snnfe_dataset_align(d, &align));
    const snnfe_dataset_info info = dataset_info(d);
    for (size_t c = 0; c < FEATURES; c++) {
        double sum = 0, squares = 0;
        for (size_t i = 0; i < 2; i++)
            for (size_t t = 0; t < STEPS; t++) {
                const double x = (double)info.trials[(i * FEATURES + c) * STEPS + t];
                sum += x / (2 * STEPS);
                squares += x * x / (2 * STEPS);
            }
        ck_assert_double_eq_tol(sum, 0, 1e-4);
        ck_assert_double_eq_tol(squares, 1, 1e-2);
    }
    ck_assert_uint_eq(info.signal->n_references, 2);
    snnfe_dataset_free(d);
}
END_TEST

static int16_t nothing(size_t channel, size_t t)
{
    (void)channel;
    (void)t;
    return 0;
}

START_TEST(a_flat_channel_has_a_floor)
{
    snnfe_dataset_options o = band_options();
    edf_spec spec = edf_usual;
    spec.sample = nothing;
    const char *path = edf_write(&spec, "flat.edf");
    const int32_t subject = 3, run = 4;
    snnfe_dataset *d = NULL;
    assert_ok(snnfe_dataset_open_files(&d, &path, &subject, &run, 1, &o));
    for (size_t i = 0; i < FEATURES * STEPS; i++)
        ck_assert_float_eq(dataset_info(d).trials[i], (float)log(1e-6));
    snnfe_dataset_free(d);
}
END_TEST

/* --- files, copies and networks --------------------------------------------------------------- */

START_TEST(files_and_copies_keep_them)
{
    snnfe_dataset_options o = band_options();
    o.normalization = SNNFE_NORMALIZE_ALL;
    snnfe_dataset *d = opened(&o), *other = NULL;
    const char *path = support_path("envelopes.safetensors");
    assert_ok(snnfe_dataset_save(d, path));
    assert_ok(snnfe_dataset_load(&other, path));
    ck_assert(same_dataset(d, other));
    snnfe_dataset_free(other);
    assert_ok(snnfe_dataset_subset(&other, d, (const int32_t[]){0, 1}, 2));
    ck_assert(same_dataset(d, other));
    snnfe_dataset_free(other);
    const snnfe_dataset_info info = dataset_info(d);
    const snnfe_dataset_arrays arrays = {.struct_size = sizeof arrays,
                                         .n_steps = STEPS,
                                         .n_rows = info.n_rows,
                                         .n_columns = info.n_columns,
                                         .n_trials = 2,
                                         .trials = info.trials,
                                         .labels = info.labels,
                                         .signal = info.signal};
    assert_ok(snnfe_dataset_from_arrays(&other, &arrays));
    ck_assert_uint_eq(dataset_info(other).signal->n_bands, BANDS);
    ck_assert(dataset_info(other).signal->band_high_hz[0] == 13);
    snnfe_dataset_free(other);
    const snnfe_dataset *parts[] = {d, d};
    assert_ok(snnfe_dataset_concatenate(&other, parts, 2));
    ck_assert_uint_eq(dataset_info(other).signal->n_bands, BANDS);
    snnfe_dataset_free(other);
    static const double higher[] = {13, 31};
    o.band_high_hz = higher;
    snnfe_dataset *another = opened(&o);
    parts[1] = another;
    assert_fails(snnfe_dataset_concatenate(&other, parts, 2), SNNFE_ERR_SHAPE,
                 "band 2 of part 1 goes from 20 to 31 Hz");
    snnfe_dataset_free(another);
    snnfe_dataset_free(d);
}
END_TEST

static snnfe_network *trained_on(const snnfe_dataset *d)
{
    snnfe_network_options sizes;
    assert_ok(snnfe_network_options_init(&sizes, sizeof sizes));
    sizes.n_steps = STEPS;
    sizes.conv1_channels = sizes.conv2_channels = sizes.conv3_channels = 4;
    sizes.n_hidden = 4;
    snnfe_network *network = NULL;
    assert_ok(snnfe_network_create(&network, &sizes));
    snnfe_trainer_options options;
    assert_ok(snnfe_trainer_options_init(&options, sizeof options));
    options.n_epochs = 1;
    const int32_t train[] = {0};
    const snnfe_trainer_data data = {.struct_size = sizeof data, .train = train, .n_train = 1};
    snnfe_trainer *trainer = NULL;
    assert_ok(snnfe_trainer_create(&trainer, network, &options));
    assert_ok(snnfe_trainer_run(trainer, d, &data));
    snnfe_trainer_free(trainer);
    return network;
}

START_TEST(networks_know_them)
{
    snnfe_dataset_options o = band_options();
    snnfe_dataset *d = opened(&o);
    snnfe_network *network = trained_on(d), *loaded = NULL;
    const char *path = support_path("envelope_network.safetensors");
    assert_ok(snnfe_network_save(network, path));
    assert_ok(snnfe_network_load(&loaded, path));
    snnfe_signal signal = {.struct_size = sizeof signal};
    assert_ok(snnfe_network_get_signal(loaded, &signal));
    ck_assert_uint_eq(signal.n_bands, BANDS);
    ck_assert(signal.envelope_hop_s == 0.25 && signal.band_low_hz[0] == 8);
    assert_ok(snnfe_evaluation_run(loaded, d, (const int32_t[]){1}, 1, NULL, NULL, NULL, NULL));

    static const double higher[] = {14, 30};
    o.band_high_hz = higher;
    snnfe_dataset *other = opened(&o);
    assert_fails(
        snnfe_evaluation_run(loaded, other, (const int32_t[]){1}, 1, NULL, NULL, NULL, NULL),
        SNNFE_ERR_SHAPE,
        "the list of envelopes is of 8-14, 20-30 Hz in 0.5 s every 0.25 s in the data set");
    snnfe_dataset_free(other);
    snnfe_network_free(loaded);
    snnfe_network_free(network);
    snnfe_dataset_free(d);
}
END_TEST

START_TEST(decoders_need_the_same)
{
    snnfe_dataset_options o = band_options();
    snnfe_dataset *d = opened(&o);
    snnfe_network *network = trained_on(d);
    snnfe_decoder_options options;
    snnfe_decoder *decoder = NULL;
    assert_ok(snnfe_decoder_options_init(&options, sizeof options));
    assert_fails(snnfe_decoder_create(&decoder, network, &options), SNNFE_ERR_SHAPE,
                 "the list of envelopes is none in the decoder, of 8-13, 20-30 Hz");
    options.signal = dataset_info(d).signal;
    assert_ok(snnfe_decoder_create(&decoder, network, &options));
    snnfe_decoder_free(decoder);
    snnfe_network_free(network);
    snnfe_dataset_free(d);
}
END_TEST

/* --- what is refused -------------------------------------------------------------------------- */

#define refuse(change, fragment)                                                                   \
    do {                                                                                           \
        snnfe_dataset_options o = band_options();                                                  \
        snnfe_dataset *none = NULL;                                                                \
        change;                                                                                    \
        assert_fails(open_waves(&none, &o), SNNFE_ERR_ARGUMENT, fragment);                         \
    } while (0)

START_TEST(bad_bands_are_named)
{
    static const double zero[] = {0, 20}, falling[] = {7, 30}, fast[] = {13, 80};
    refuse(o.band_low_hz = NULL, "snnfe_dataset_options.band_low_hz is NULL");
    refuse(o.band_high_hz = NULL, "snnfe_dataset_options.band_high_hz is NULL");
    refuse(o.band_low_hz = zero, "band 1 goes from 0 to 13 Hz");
    refuse(o.band_high_hz = falling, "band 1 goes from 8 to 7 Hz");
    refuse(o.band_high_hz = fast, "band 2 goes from 20 to 80 Hz");
    refuse(o.filter_low_hz = 8.5, "band 1 goes from 8 to 13 Hz, beyond what the filter leaves");
    refuse(o.filter_high_hz = 29, "band 2 goes from 20 to 30 Hz, beyond what the filter leaves");
    refuse(o.n_bands = 9, "n_bands is 9, not in 0…8");
    refuse(o.envelope_window_s = 0.001, "envelope_window_s is 0.001, 0 samples at 160 Hz");
    refuse(o.envelope_window_s = (double)NAN, "envelope_window_s is nan");
    refuse(o.envelope_hop_s = 0, "envelope_hop_s is 0, 0 samples");
    refuse(o.envelope_hop_s = 61, "envelope_hop_s is 61, not in 0…60");
    refuse(o.envelope_window_s = 3.5, "window_length is 480 samples, shorter than");
    refuse((o.channel_names = NULL, o.channel_rows = o.channel_columns = NULL, o.n_channels = 0),
           "64 channels in 2 bands are 128 envelopes, more than 64");
}
END_TEST

START_TEST(bad_signals_are_named)
{
    static const int32_t places[] = {0, 1, 2};
    static const int32_t labels[] = {0, 1};
    static const float trials[2 * 3] = {1, 2, 3, 4, 5, 6};
    snnfe_signal signal = {.struct_size = sizeof signal,
                           .n_channels = 3,
                           .channel_rows = places,
                           .channel_columns = places,
                           .n_bands = 2,
                           .envelope_window_s = 0.5,
                           .envelope_hop_s = 0.25,
                           .band_low_hz = {8, 13},
                           .band_high_hz = {13, 20}};
    const snnfe_dataset_arrays arrays = {.struct_size = sizeof arrays,
                                         .n_steps = 1,
                                         .n_trials = 2,
                                         .trials = trials,
                                         .labels = labels,
                                         .signal = &signal};
    snnfe_dataset *d = NULL;
    assert_fails(snnfe_dataset_from_arrays(&d, &arrays), SNNFE_ERR_ARGUMENT,
                 "3 channels are not as many in each of 2 bands");
    signal.n_bands = 9;
    assert_fails(snnfe_dataset_from_arrays(&d, &arrays), SNNFE_ERR_ARGUMENT, "n_bands is 9");
    signal.n_bands = 1;
    signal.band_high_hz[0] = 200;
    assert_fails(snnfe_dataset_from_arrays(&d, &arrays), SNNFE_ERR_ARGUMENT,
                 "band 1 goes from 8 to 200 Hz");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("envelope");
    TCase *made = tcase_create("made");
    tcase_set_timeout(made, 120);
    tcase_add_test(made, powers_are_those_of_filtered_recordings);
    tcase_add_test(made, bands_are_tiles_of_the_grid);
    tcase_add_test(made, statistics_are_of_logarithms);
    tcase_add_test(made, control_and_alignment_go_with_envelopes);
    tcase_add_test(made, a_flat_channel_has_a_floor);
    suite_add_tcase(suite, made);
    TCase *kept = tcase_create("kept");
    tcase_set_timeout(kept, 120);
    tcase_add_test(kept, files_and_copies_keep_them);
    tcase_add_test(kept, networks_know_them);
    tcase_add_test(kept, decoders_need_the_same);
    suite_add_tcase(suite, kept);
    TCase *refused = tcase_create("refused");
    tcase_add_test(refused, bad_bands_are_named);
    tcase_add_test(refused, bad_signals_are_named);
    suite_add_tcase(suite, refused);
    return support_run(suite);
}
