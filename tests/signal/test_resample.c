/* Changes of rate: against the sum that defines them, tones, aliases, and recordings. */
#include "edf_file.h"
#include "recordings.h"
#include "same_dataset.h"

#include <math.h>
#include <snnfe/dataset.h>

#define PI 3.14159265358979323846

static float *resampled(const float *x, size_t n_channels, size_t n, double from, double to,
                        size_t *n_out)
{
    *n_out = 0;
    assert_ok(snnfe_resample(NULL, n_channels, n, from, to, n_out, NULL));
    float *y = calloc(n_channels * *n_out, sizeof *y);
    assert_ok(snnfe_resample(x, n_channels, n, from, to, n_out, y));
    return y;
}

/* I0 by its integral, unlike the library's series. */
static double bessel(double x)
{
    const int n = 2000;
    double sum = 0;
    for (int i = 0; i < n; i++)
        sum += exp(x * cos(PI * (i + 0.5) / n));
    return sum / n;
}

static double tap(long i, long most)
{
    const long half = 10 * most;
    if (labs(i) > half)
        return 0;
    const double x = (double)i / (double)most, r = (double)i / (double)half;
    return (i ? sin(PI * x) / (PI * x) : 1) * bessel(5 * sqrt(1 - r * r));
}

/* x with its odd reflections. */
static double extended(const float *x, long n, long i)
{
    if (i < 0)
        return -i < n ? 2 * (double)x[0] - (double)x[-i] : 0;
    if (i >= n)
        return i < 2 * n - 1 ? 2 * (double)x[n - 1] - (double)x[2 * n - 2 - i] : 0;
    return (double)x[i];
}

START_TEST(agrees_with_the_definition)
{
    static const struct {
        double from, to;
        long up, down;
        size_t n, n_out;
    } cases[] = {
        {250, 160, 16, 25, 300, 192},     {128, 160, 5, 4, 301, 377},   {256, 160, 5, 8, 500, 313},
        {500, 160, 8, 25, 777, 249},      {512, 160, 5, 16, 1000, 313}, {1000, 160, 4, 25, 2, 1},
        {160, 160, 1, 1, 50, 50},         {160, 320, 2, 1, 1, 2},       {100, 160, 8, 5, 12, 20},
        {400.0 / 3, 160, 6, 5, 100, 120},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const long up = cases[i].up, down = cases[i].down, most = up > down ? up : down;
        const size_t n = cases[i].n;
        float *x = calloc(2 * n, sizeof *x);
        uint64_t state = support_seed() + i;
        for (size_t t = 0; t < 2 * n; t++) {
            state = state * 6364136223846793005U + 1442695040888963407U;
            x[t] = (float)((double)(state >> 40) / 1e5 - 80);
        }
        size_t n_out = 0;
        float *y = resampled(x, 2, n, cases[i].from, cases[i].to, &n_out);
        ck_assert_uint_eq(n_out, cases[i].n_out);
        double *taps = calloc(20 * (size_t)most + 1, sizeof *taps), sum = 0;
        for (long k = -10 * most; k <= 10 * most; k++)
            sum += taps[k + 10 * most] = tap(k, most);
        for (size_t c = 0; c < 2; c++)
            for (long k = 0; k < (long)n_out; k++) {
                double expected = 0;
                const long first = (k * down - 10 * most) / up - 1;
                for (long j = first; j <= (k * down + 10 * most) / up + 1; j++)
                    if (labs(k * down - j * up) <= 10 * most)
                        expected += taps[k * down - j * up + 10 * most] * (double)up / sum *
                                    extended(x + c * n, (long)n, j);
                ck_assert_double_eq_tol((double)y[(long)(c * n_out) + k], expected, 2e-5);
            }
        free(taps);
        free(x);
        free(y);
    }
}
END_TEST

/* Amplitude of what is left of a tone of 100, away from the ends. */
static double tone_after(double from, double to, double hz)
{
    const size_t n = (size_t)(8 * from);
    float *x = calloc(n, sizeof *x);
    for (size_t t = 0; t < n; t++)
        x[t] = (float)(100 * sin(2 * PI * hz * (double)t / from));
    size_t n_out = 0;
    float *y = resampled(x, 1, n, from, to, &n_out);
    double most = 0;
    for (size_t k = n_out / 4; k < 3 * n_out / 4; k++)
        most = fmax(most, fabs((double)y[k]));
    free(x);
    free(y);
    return most;
}

START_TEST(tones_pass_and_aliases_do_not)
{
    static const double rates[] = {250, 256, 500, 512, 1000, 1024};
    for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++) {
        /* In the band a tone keeps its size and its phase. */
        const double hz = 20.3, from = rates[i];
        const size_t n = (size_t)(4 * from);
        float *x = calloc(n, sizeof *x);
        for (size_t t = 0; t < n; t++)
            x[t] = (float)(100 * sin(2 * PI * hz * (double)t / from));
        size_t n_out = 0;
        float *y = resampled(x, 1, n, from, 160, &n_out);
        for (size_t k = 80; k + 80 < n_out; k++)
            ck_assert_double_eq_tol((double)y[k], 100 * sin(2 * PI * hz * (double)k / 160), 0.3);
        free(x);
        free(y);
        /* What would come back as 40 and 10 Hz is gone. */
        ck_assert_double_lt(tone_after(from, 160, 120), 0.4);
        if (from > 300)
            ck_assert_double_lt(tone_after(from, 160, 150), 0.4);
        ck_assert_double_gt(tone_after(from, 160, 0.42 * 160), 98);
        ck_assert_double_lt(tone_after(from, 160, 0.58 * 160), 0.4);
    }
    /* Upwards no image of the tone appears. */
    ck_assert_double_eq_tol(tone_after(128, 160, 10), 100, 1);
}
END_TEST

/* Pushed in pieces of all sizes, what comes is what the whole signal becomes, but for its end. */
START_TEST(a_stream_becomes_what_the_whole_signal_does)
{
    static const double rates[] = {128, 250, 256, 500, 512, 1000, 160};
    enum { CHANNELS = 3, N = 700 };
    static float x[CHANNELS][N], row[N][CHANNELS], streamed[2 * N][CHANNELS];
    for (size_t t = 0; t < N; t++)
        for (size_t c = 0; c < CHANNELS; c++)
            row[t][c] = x[c][t] = (float)(50 * sin(0.1 * (double)(t * (c + 1))) + 7 * (double)c);
    for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++) {
        snnfe_live_resampler *r = NULL;
        snnfe_live_resampler_info info = {.struct_size = sizeof info};
        assert_ok(snnfe_live_resampler_create(&r, rates[i], 160, CHANNELS));
        for (int round = 0; round < 2; round++) { /* the second after a reset */
            size_t n_all = 0, n_out = 0;
            float *whole = resampled(x[0], CHANNELS, N, rates[i], 160, &n_all);
            for (size_t t = 0, n = 1; t < N; t += n, n = (n * 5 + 1) % 23) {
                size_t n_new = 2 * N - n_out;
                n = n > N - t ? N - t : n;
                assert_ok(snnfe_live_resampler_push(r, row[t], n, &n_new, streamed[n_out]));
                n_out += n_new;
            }
            assert_ok(snnfe_live_resampler_get_info(r, &info));
            ck_assert(info.n_taken == N && info.n_given == n_out);
            /* Those are missing whose sums reach beyond the end. */
            ck_assert_uint_ge(n_out, n_all - (size_t)(info.delay_s * 160) - 2);
            for (size_t k = 0; k < n_out; k++)
                for (size_t c = 0; c < CHANNELS; c++)
                    ck_assert_float_eq(streamed[k][c], whole[c * n_all + k]);
            free(whole);
            assert_ok(snnfe_live_resampler_reset(r));
        }
        ck_assert(info.delay_s > 0.06 && info.delay_s < 0.1);
        snnfe_live_resampler_free(r);
    }
}
END_TEST

START_TEST(bad_streams_are_named)
{
    float x[40] = {0}, y[40];
    size_t n = 0;
    snnfe_live_resampler *r = NULL;
    assert_fails(snnfe_live_resampler_create(NULL, 250, 160, 1), SNNFE_ERR_ARGUMENT, "resampler");
    assert_fails(snnfe_live_resampler_create(&r, 0, 160, 1), SNNFE_ERR_ARGUMENT, "from_hz is 0");
    assert_fails(snnfe_live_resampler_create(&r, 250, -1, 1), SNNFE_ERR_ARGUMENT, "to_hz is -1");
    assert_fails(snnfe_live_resampler_create(&r, 250, 160, 65), SNNFE_ERR_ARGUMENT,
                 "n_channels is 65, not in 1…64");
    assert_fails(snnfe_live_resampler_create(&r, 160 * PI, 160, 1), SNNFE_ERR_ARGUMENT, "no ratio");
    assert_ok(snnfe_live_resampler_create(&r, 250, 160, 1));
    assert_fails(snnfe_live_resampler_push(r, x, 40, &n, y), SNNFE_ERR_ARGUMENT,
                 "resampled has room for 0 samples of 16");
    n = 16;
    assert_fails(snnfe_live_resampler_push(r, x, 40, &n, NULL), SNNFE_ERR_ARGUMENT, "resampled");
    assert_fails(snnfe_live_resampler_push(r, NULL, 40, &n, y), SNNFE_ERR_ARGUMENT, "samples");
    assert_fails(snnfe_live_resampler_push(r, x, 40, NULL, y), SNNFE_ERR_ARGUMENT, "n_resampled");
    assert_fails(snnfe_live_resampler_push(NULL, x, 40, &n, y), SNNFE_ERR_ARGUMENT, "resampler");
    assert_ok(snnfe_live_resampler_push(r, x, 40, &n, y)); /* nothing was taken before */
    ck_assert_uint_eq(n, 16);
    assert_fails(snnfe_live_resampler_reset(NULL), SNNFE_ERR_ARGUMENT, "resampler");
    assert_fails(snnfe_live_resampler_get_info(r, NULL), SNNFE_ERR_ARGUMENT, "info");
    snnfe_live_resampler_free(r);
    snnfe_live_resampler_free(NULL);
}
END_TEST

START_TEST(bad_rates_are_named)
{
    float x[10] = {0}, y[10];
    size_t n = 10;
    assert_fails(snnfe_resample(x, 1, 10, 0, 160, &n, y), SNNFE_ERR_ARGUMENT, "from_hz is 0");
    assert_fails(snnfe_resample(x, 1, 10, 160, NAN, &n, y), SNNFE_ERR_ARGUMENT, "to_hz is nan");
    assert_fails(snnfe_resample(x, 1, 0, 250, 160, &n, y), SNNFE_ERR_ARGUMENT, "n_samples is 0");
    assert_fails(snnfe_resample(x, 1, 10, 250, 160, NULL, y), SNNFE_ERR_ARGUMENT, "n_resampled");
    assert_fails(snnfe_resample(NULL, 1, 10, 250, 160, &n, y), SNNFE_ERR_ARGUMENT,
                 "samples is NULL");
    assert_fails(snnfe_resample(x, 1, 10, 160 * 3.14159265358979, 160, &n, y), SNNFE_ERR_ARGUMENT,
                 "no ratio of whole numbers");
    assert_fails(snnfe_resample(x, 1, 10, 1e-300, 1e300, &n, y), SNNFE_ERR_ARGUMENT, "no ratio");
    n = 6;
    assert_fails(snnfe_resample(x, 1, 10, 250, 160, &n, y), SNNFE_ERR_ARGUMENT, "room for 6");
    n = 10;
    x[3] = INFINITY;
    assert_fails(snnfe_resample(x, 1, 10, 250, 160, &n, y), SNNFE_ERR_NONFINITE, "sample 3");
}
END_TEST

/* --- recordings ----------------------------------------------------------------------------- */

/* A second of 8 Hz has a whole number of samples at all rates. */
static double file_rate;
static int16_t tone(size_t channel, size_t t)
{
    return (int16_t)lrint(1000 * sin(2 * PI * 8 * (double)t / file_rate + (double)channel));
}

static const char *write_rate(double rate, const char *name)
{
    static const char *const labels[] = {"C3", "C4"};
    static const edf_annotation cues[] = {{1.0031, "left"}, {3, "right"}, {5, "left"}};
    file_rate = rate;
    const edf_spec spec = {.n_channels = 2,
                           .labels = labels,
                           .rate_hz = (size_t)rate,
                           .n_records = 8,
                           .dimension = "uV",
                           .kind = "EDF+C",
                           .n_annotations = 3,
                           .annotations = cues,
                           .sample = tone};
    return edf_write(&spec, name);
}

static snnfe_dataset_options tone_options(void)
{
    static const char *const names[] = {"left", "right"};
    snnfe_dataset_options o = edf_two_classes(names);
    o.normalization = SNNFE_NORMALIZE_NONE;
    o.electrodes = SNNFE_ELECTRODES_FOUND;
    o.resample = 1;
    return o;
}

START_TEST(recordings_of_many_rates_make_one_data_set)
{
    static const double rates[] = {160, 128, 250, 256, 500, 512};
    enum { N = sizeof rates / sizeof rates[0] };
    const char *paths[N];
    int32_t subjects[N], runs[N];
    char names[N][16];
    for (int i = 0; i < N; i++) {
        snprintf(names[i], sizeof names[i], "r%d.edf", i);
        paths[i] = write_rate(rates[i], names[i]);
        subjects[i] = i + 1;
        runs[i] = 1;
    }
    snnfe_dataset_options o = tone_options();
    snnfe_dataset *d = NULL;
    assert_ok(snnfe_dataset_open_files(&d, paths, subjects, runs, N, &o));
    const snnfe_dataset_info info = dataset_info(d);
    ck_assert_uint_eq(info.n_resampled, N - 1);
    ck_assert_uint_eq(info.n_trials, 3 * N);
    ck_assert(info.signal->sampling_rate_hz == 160);
    for (size_t i = 0; i < info.n_trials; i++) {
        /* 1.0031 s is 160.496 samples. */
        static const int32_t onsets[] = {160, 480, 800};
        ck_assert_int_eq(info.onsets[i], onsets[i % 3]);
        for (size_t c = 0; c < 2; c++)
            for (size_t t = 0; t < 160; t++)
                ck_assert_double_eq_tol((double)info.trials[(2 * i + c) * 160 + t],
                                        100 * sin(2 * PI * 8 * (double)t / 160 + (double)c), 0.4);
    }
    /* The count is kept in files and parts, and not by chosen trials. */
    assert_ok(snnfe_dataset_save(d, support_path("rates")));
    snnfe_dataset *loaded = NULL, *joined = NULL, *chosen = NULL;
    assert_ok(snnfe_dataset_load(&loaded, support_path("rates")));
    ck_assert_uint_eq(dataset_info(loaded).n_resampled, N - 1);
    const snnfe_dataset *const parts[] = {d, loaded};
    assert_ok(snnfe_dataset_concatenate(&joined, parts, 2));
    ck_assert_uint_eq(dataset_info(joined).n_resampled, 2 * (N - 1));
    const int32_t first = 0;
    assert_ok(snnfe_dataset_subset(&chosen, d, &first, 1));
    ck_assert_uint_eq(dataset_info(chosen).n_resampled, 0);
    snnfe_dataset_free(chosen);
    snnfe_dataset_free(joined);
    snnfe_dataset_free(loaded);
    snnfe_dataset_free(d);
    o.resample = 0;
    assert_fails(
        snnfe_dataset_open_files(&d, paths, subjects, runs, N, &o), SNNFE_ERR_FORMAT,
        "r1.edf: sampling rate of channel \"C3\" is 128 Hz, not 160 Hz; to resample is an option");
    o.resample = 2;
    assert_fails(snnfe_dataset_open_files(&d, paths, subjects, runs, N, &o), SNNFE_ERR_ARGUMENT,
                 "resample is 2");
    o = tone_options();
    o.sampling_rate_hz = 160.0000123456;
    assert_fails(snnfe_dataset_open_files(&d, paths, subjects, runs, 1, &o), SNNFE_ERR_UNSUPPORTED,
                 "r0.edf: 160 Hz cannot be resampled to 160.0000123456 Hz");
}
END_TEST

/* A network knows the trials that trained it at whatever rate they come back. */
START_TEST(trials_keep_their_identity)
{
    const char *path = write_rate(250, "identity.edf");
    const int32_t one = 1;
    uint64_t ids[2][3];
    for (int i = 0; i < 2; i++) {
        snnfe_dataset_options o = tone_options();
        snnfe_dataset *d = NULL;
        if (i == 1) {
            o.sampling_rate_hz = 250;
            o.resample = 0;
        }
        assert_ok(snnfe_dataset_open_files(&d, &path, &one, &one, 1, &o));
        ck_assert_uint_eq(dataset_info(d).n_resampled, i == 0 ? 1 : 0);
        memcpy(ids[i], dataset_info(d).trial_ids, sizeof ids[i]);
        snnfe_dataset_free(d);
    }
    ck_assert_mem_eq(ids[0], ids[1], sizeof ids[0]);
}
END_TEST

START_TEST(a_recording_opens_at_its_own_rate)
{
    static const char *const names[] = {"C4"};
    const char *path = write_rate(250, "own.edf");
    snnfe_recording_options o;
    assert_ok(snnfe_recording_options_init(&o, sizeof o));
    o.channel_names = names;
    o.n_channels = 1;
    o.sampling_rate_hz = 0;
    snnfe_recording *r = NULL;
    assert_ok(snnfe_recording_open(&r, path, &o));
    const snnfe_recording_info info = recording_info(r);
    ck_assert(info.sampling_rate_hz == 250 && info.n_samples == 2000);
    ck_assert_uint_eq(info.event_onsets[0], 251);
    snnfe_recording_free(r);
    o.sampling_rate_hz = 160;
    assert_fails(snnfe_recording_open(&r, path, &o), SNNFE_ERR_FORMAT, "is 250 Hz, not 160 Hz");
    o.sampling_rate_hz = -1;
    assert_fails(snnfe_recording_open(&r, path, &o), SNNFE_ERR_ARGUMENT, "sampling_rate_hz is -1");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("resample");
    TCase *all = tcase_create("all");
    suite_add_tcase(suite, all);
    tcase_add_test(all, agrees_with_the_definition);
    tcase_add_test(all, tones_pass_and_aliases_do_not);
    tcase_add_test(all, a_stream_becomes_what_the_whole_signal_does);
    tcase_add_test(all, bad_streams_are_named);
    tcase_add_test(all, bad_rates_are_named);
    tcase_add_test(all, recordings_of_many_rates_make_one_data_set);
    tcase_add_test(all, trials_keep_their_identity);
    tcase_add_test(all, a_recording_opens_at_its_own_rate);
    return support_run(suite);
}
