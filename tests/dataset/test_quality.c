/* Trials that are worth nothing, and channels that splines replace. */
#include "dataset/bad_channels.h"
#include "edf_file.h"
#include "same_dataset.h"
#include "signal/splines.h"
#include "support.h"

#include <math.h>

enum { FLAT_FROM = 2 * 160, LOUD_AT = 8 * 160 + 80 };

/* The trial of T1, at 2 s, is flat in the first channel; that of T2, at 8 s, has a spike. */
static int16_t faulty(size_t channel, size_t t)
{
    if (channel == 0 && t >= FLAT_FROM && t < FLAT_FROM + 160)
        return 70;
    if (channel == 1 && t == LOUD_AT)
        return 3000;
    return (int16_t)((t * 7919 + channel * 31) % 200);
}

static snnfe_dataset_options options(int32_t quality)
{
    static const char *const names[] = {"T1", "T2"};
    snnfe_dataset_options o = edf_two_classes(names);
    o.quality = quality;
    o.allow_empty_classes = 1;
    return o;
}

static snnfe_dataset *opened(const snnfe_dataset_options *o)
{
    static const int32_t one[] = {1};
    edf_spec spec = edf_usual;
    spec.sample = faulty;
    const char *path = edf_write(&spec, "faulty.edf");
    snnfe_dataset *d = NULL;
    assert_ok(snnfe_dataset_open_files(&d, &path, one, one, 1, o));
    return d;
}

START_TEST(bad_trials_are_kept_marked_or_dropped)
{
    static const size_t trials[] = {2, 2, 1};
    for (int32_t quality = SNNFE_QUALITY_KEEP; quality <= SNNFE_QUALITY_DROP; quality++) {
        snnfe_dataset_options o = options(quality);
        snnfe_dataset *d = opened(&o);
        const snnfe_dataset_info info = dataset_info(d);
        ck_assert_uint_eq(info.n_trials, trials[quality]);
        ck_assert_uint_eq(info.n_bad, quality != SNNFE_QUALITY_KEEP);
        ck_assert_uint_eq(info.n_flat, quality != SNNFE_QUALITY_KEEP);
        ck_assert_uint_eq(info.n_loud + info.n_clipped + info.n_muscle, 0);
        ck_assert_int_eq(info.onsets[info.n_trials - 1], 8 * 160);
        ck_assert_int_eq(info.defects[0], quality == SNNFE_QUALITY_MARK ? SNNFE_DEFECT_FLAT : 0);
        ck_assert_int_eq(info.defects[info.n_trials - 1], 0);
        snnfe_dataset_free(d);
    }
}
END_TEST

/* In files, subsets, joined data sets and those from arrays. */
START_TEST(marks_stay_with_their_trials)
{
    static const int32_t turned[] = {1, 0}, labels[] = {0, 1};
    snnfe_dataset_options o = options(SNNFE_QUALITY_MARK);
    o.peak_uv = 100; /* the spike has 300 */
    snnfe_dataset *d = opened(&o), *again = NULL, *part = NULL, *joined = NULL, *copy = NULL;
    const snnfe_dataset_info info = dataset_info(d);
    ck_assert_int_eq(info.defects[0], SNNFE_DEFECT_FLAT);
    ck_assert_int_eq(info.defects[1], SNNFE_DEFECT_LOUD);
    assert_ok(snnfe_dataset_save(d, support_path("marked")));
    assert_ok(snnfe_dataset_load(&again, support_path("marked")));
    ck_assert(same_dataset(d, again));
    assert_ok(snnfe_dataset_subset(&part, d, turned, 2));
    ck_assert_int_eq(dataset_info(part).defects[0], SNNFE_DEFECT_LOUD);
    const snnfe_dataset *parts[] = {d, part};
    assert_ok(snnfe_dataset_concatenate(&joined, parts, 2));
    ck_assert_int_eq(dataset_info(joined).defects[3], SNNFE_DEFECT_FLAT);
    int32_t marks[] = {0, SNNFE_DEFECT_CLIPPED | SNNFE_DEFECT_MUSCLE};
    const float values[4] = {1, 2, 3, 4};
    const snnfe_signal signal = {.struct_size = sizeof signal,
                                 .n_channels = 1,
                                 .channel_names = (const char *const[]){"C3"}};
    const snnfe_dataset_arrays arrays = {.struct_size = sizeof arrays,
                                         .n_steps = 2,
                                         .n_trials = 2,
                                         .trials = values,
                                         .labels = labels,
                                         .signal = &signal,
                                         .defects = marks};
    assert_ok(snnfe_dataset_from_arrays(&copy, &arrays));
    ck_assert_mem_eq(dataset_info(copy).defects, marks, sizeof marks);
    snnfe_dataset_free(copy);
    marks[1] = 16;
    assert_fails(snnfe_dataset_from_arrays(&copy, &arrays), SNNFE_ERR_ARGUMENT,
                 "snnfe_dataset_arrays.defects[1] is 16, not in 0…15");
    snnfe_dataset_free(joined);
    snnfe_dataset_free(part);
    snnfe_dataset_free(again);
    snnfe_dataset_free(d);
}
END_TEST

/* The amplifier's range ends at 20 uV; in the trial of T1 seven samples of 250 Hz reach it. */
static int16_t clipped(size_t channel, size_t t)
{
    const int16_t value = (int16_t)((t * 7919 + channel * 31) % 180);
    return channel == 1 && t >= 2 * 250 + 100 && t < 2 * 250 + 107 ? 200 : value;
}

/* Filters, that of resampling among them, give an end of a range other values. */
START_TEST(clipping_is_found_at_the_recorded_rate)
{
    static const int32_t one[] = {1};
    edf_spec spec = edf_usual;
    spec.rate_hz = 250;
    spec.sample = clipped;
    const char *path = edf_write(&spec, "clipped.edf");
    for (uint32_t limit = 7; limit <= 8; limit++) {
        snnfe_dataset_options o = options(SNNFE_QUALITY_MARK);
        snnfe_dataset *d = NULL;
        o.resample = 1;
        o.muscle_uv = 0;
        o.clip_samples = limit;
        assert_ok(snnfe_dataset_open_files(&d, &path, one, one, 1, &o));
        ck_assert_uint_eq(dataset_info(d).n_clipped, limit == 7);
        ck_assert_uint_eq(dataset_info(d).n_bad, limit == 7);
        snnfe_dataset_free(d);
    }
}
END_TEST

START_TEST(limits_are_options)
{
    snnfe_dataset_options o = options(SNNFE_QUALITY_MARK);
    o.flat_uv = 0;
    o.peak_uv = 100;
    snnfe_dataset *d = opened(&o);
    ck_assert_uint_eq(dataset_info(d).n_bad, 1);
    ck_assert_uint_eq(dataset_info(d).n_loud, 1);
    snnfe_dataset_free(d);
    o.sampling_rate_hz = 50;
    assert_fails(snnfe_dataset_open(&d, "nowhere", &o), SNNFE_ERR_ARGUMENT,
                 "muscle_uv is 30: at 50 Hz there is nothing above 30 Hz");
    o = options(3);
    assert_fails(snnfe_dataset_open(&d, "nowhere", &o), SNNFE_ERR_ARGUMENT, "quality is 3");
    o = options(SNNFE_QUALITY_DROP);
    o.flat_uv = -1;
    assert_fails(snnfe_dataset_open(&d, "nowhere", &o), SNNFE_ERR_ARGUMENT, "flat_uv is -1");
}
END_TEST

/* A smooth potential is found again where it was not measured, a constant one exactly. */
START_TEST(splines_follow_smooth_potentials)
{
    static double table[41 * 41], weights[41 * 41], work[42 * 42];
    double from[41][3], sum = 0, value = 0;
    for (size_t i = 0; i < 40; i++) {
        const double z = 1 - 2 * ((double)i + 0.5) / 40, around = 2.399963 * (double)i;
        from[i][0] = sqrt(1 - z * z) * cos(around);
        from[i][1] = sqrt(1 - z * z) * sin(around);
        from[i][2] = z;
    }
    const double to[3] = {0.6, 0, 0.8};
    memcpy(from[40], to, sizeof to);
    snnfe_spline_table((const double(*)[3])from, 41, table);
    assert_ok(
        snnfe_spline_weights(table, 41, (UINT64_C(1) << 40) - 1, UINT64_C(1) << 40, work, weights));
    for (size_t i = 0; i < 40; i++) {
        sum += weights[40 * 41 + i];
        value += weights[40 * 41 + i] * (3 * from[i][0] - from[i][1] + 2 * from[i][2] * from[i][2]);
    }
    ck_assert_double_eq_tol(sum, 1, 1e-9);
    ck_assert_double_eq_tol(value, 3 * 0.6 + 2 * 0.8 * 0.8, 0.05);
}
END_TEST

START_TEST(what_cannot_be_interpolated_is_named)
{
    float samples[4 * 2] = {1, 2, 3, 4, 5, 6, 7, 8};
    snnfe_recording r = {.n_channels = 4, .n_samples = 2, .samples = samples};
    snnfe_channels channels = {.n = 4, .names = {"C3", "EOG", "C4", "CZ"}};
    const snnfe_positions nowhere = {0};
    assert_ok(snnfe_bad_channels_replace(&r, "x.edf", &channels, &nowhere, 0));
    assert_fails(snnfe_bad_channels_replace(&r, "x.edf", &channels, &nowhere, 1),
                 SNNFE_ERR_NOT_FOUND, "there are 2 good electrodes, fewer than 3");
    assert_fails(snnfe_bad_channels_replace(&r, "x.edf", &channels, &nowhere, 2),
                 SNNFE_ERR_NOT_FOUND,
                 "bad channel \"EOG\" cannot be interpolated: it is no electrode");
    ck_assert_float_eq(samples[0], 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("quality");
    TCase *all = tcase_create("all");
    suite_add_tcase(suite, all);
    tcase_add_test(all, bad_trials_are_kept_marked_or_dropped);
    tcase_add_test(all, marks_stay_with_their_trials);
    tcase_add_test(all, clipping_is_found_at_the_recorded_rate);
    tcase_add_test(all, limits_are_options);
    tcase_add_test(all, splines_follow_smooth_potentials);
    tcase_add_test(all, what_cannot_be_interpolated_is_named);
    return support_run(suite);
}
