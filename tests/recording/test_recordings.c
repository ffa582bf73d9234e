/* Real recordings against the reference vectors. */
#include "base/memory.h"
#include "golden.h"
#include "same_dataset.h"

#include <math.h>
#include <snnfe/dataset.h>

START_TEST(taps_agree)
{
    if (!support_have_shared())
        return;
    snnfe_tensors *file = golden_open("filter_s001r04");
    size_t n_expected = 0, n = 0;
    double *expected = golden_tensor(file, "taps", &n_expected);
    assert_ok(snnfe_filter_design(0.1, 79, 160, &n, NULL));
    ck_assert_uint_eq(n, n_expected);
    double *taps = snnfe_alloc(n, sizeof(double));
    assert_ok(snnfe_filter_design(0.1, 79, 160, &n, taps));
    for (size_t i = 0; i < n; i++)
        ck_assert_double_eq_tol(taps[i], expected[i], 1e-12);
    snnfe_release(taps);
    snnfe_release(expected);
    snnfe_tensors_close(file);
}
END_TEST

/* The whole filtered recording as one trial: an event at 0 would be cut, so windows tile it. */
START_TEST(filtered_recording_agrees)
{
    if (!support_have_shared())
        return;
    snnfe_dataset_options options;
    assert_ok(snnfe_dataset_options_init(&options, sizeof options));
    const int32_t subject = 1, run = 4;
    options.subjects = &subject;
    options.n_subjects = 1;
    options.runs = &run;
    options.n_runs = 1;
    options.normalization = SNNFE_NORMALIZE_NONE;
    options.label_set = SNNFE_LABELS_EVENTS;
    const char *const names[] = {"T0", "T1", "T2"};
    const int32_t labels[] = {0, 1, 2};
    options.event_names = names;
    options.event_labels = labels;
    options.n_event_names = 3;
    options.window_length = 1;
    options.window_limit = 1000000;
    snnfe_dataset *dataset = NULL;
    assert_ok(snnfe_dataset_open(&dataset, support_shared("eegmmidb"), &options));
    snnfe_tensors *file = golden_open("filter_s001r04");
    float *expected = golden_tensor(file, "filtered_uv", NULL);
    int32_t *event_samples = golden_tensor(file, "event_sample", NULL);
    snnfe_dataset_info info = {.struct_size = sizeof info};
    assert_ok(snnfe_dataset_get_info(dataset, &info));
    ck_assert_uint_ge(info.n_trials, 19900);
    ck_assert_int_eq(info.signal->synthetic, 0);
    ck_assert_int_eq(dataset_info(dataset).onsets[0], event_samples[0]);
    for (size_t c = 0; c < 64; c++) {
        double largest = 0, worst = 0;
        for (size_t i = 0; i < 20000; i++)
            largest = fmax(largest, fabs((double)expected[c * 20000 + i]));
        for (size_t i = 0; i < info.n_trials; i++) {
            const size_t t = (size_t)dataset_info(dataset).onsets[i];
            const double x = (double)dataset_info(dataset).trials[i * 64 + c];
            worst = fmax(worst, fabs(x - (double)expected[c * 20000 + t]));
        }
        ck_assert_msg(worst <= 1e-5 * largest, "channel %zu: %g of %g", c, worst, largest);
    }
    snnfe_release(expected);
    snnfe_release(event_samples);
    snnfe_tensors_close(file);
    snnfe_dataset_free(dataset);
}
END_TEST

START_TEST(trials_agree)
{
    if (!support_have_shared())
        return;
    snnfe_dataset_options options;
    assert_ok(snnfe_dataset_options_init(&options, sizeof options));
    int32_t statistics_runs[12];
    for (int i = 0; i < 12; i++)
        statistics_runs[i] = i + 3;
    options.statistics_runs = statistics_runs;
    options.n_statistics_runs = 12;
    snnfe_dataset *dataset = NULL;
    assert_ok(snnfe_dataset_open(&dataset, support_shared("eegmmidb"), &options));
    snnfe_tensors *file = golden_open("epochs_s001");
    float *x = golden_tensor(file, "x", NULL);
    uint8_t *label = golden_tensor(file, "label", NULL), *run = golden_tensor(file, "run", NULL);
    int32_t *onset = golden_tensor(file, "onset_sample", NULL);
    double *mean = golden_tensor(file, "channel_mean_uv", NULL);
    double *std = golden_tensor(file, "channel_std_uv", NULL);
    snnfe_dataset_info info = {.struct_size = sizeof info};
    assert_ok(snnfe_dataset_get_info(dataset, &info));
    ck_assert_uint_eq(info.n_trials, 45);
    for (size_t i = 0; i < 45; i++) {
        ck_assert_int_eq(dataset_info(dataset).labels[i], label[i]);
        ck_assert_int_eq(dataset_info(dataset).runs[i], run[i]);
        ck_assert_int_eq(dataset_info(dataset).onsets[i], onset[i]);
        ck_assert_int_eq(dataset_info(dataset).subjects[i], 1);
    }
    for (size_t c = 0; c < 64; c++) {
        ck_assert_double_eq_tol(dataset_info(dataset).signal->channel_mean_uv[c], mean[c], 1e-4);
        ck_assert_double_eq_tol(dataset_info(dataset).signal->channel_std_uv[c] / std[c], 1, 1e-6);
    }
    for (size_t i = 0; i < (size_t)45 * 64 * 160; i++)
        ck_assert_msg(fabs((double)dataset_info(dataset).trials[i] - (double)x[i]) <= 1e-4,
                      "value %zu: %g, not %g", i, (double)dataset_info(dataset).trials[i],
                      (double)x[i]);
    void *const tensors[] = {x, label, run, onset, mean, std};
    for (size_t i = 0; i < sizeof tensors / sizeof tensors[0]; i++)
        snnfe_release(tensors[i]);
    snnfe_tensors_close(file);
    snnfe_dataset_free(dataset);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("recordings");
    TCase *real = tcase_create("real");
    tcase_set_timeout(real, 600);
    tcase_add_test(real, taps_agree);
    tcase_add_test(real, filtered_recording_agrees);
    tcase_add_test(real, trials_agree);
    suite_add_tcase(suite, real);
    return support_run(suite);
}
