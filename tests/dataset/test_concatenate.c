/* Data sets joined: what must agree, the order, and the statistics. */
#include "own_signal.h"
#include "same_dataset.h"
#include "support.h"

#include <math.h>
#include <snnfe/synthetic.h>

/* A data set of one subject's recording, with statistics of its own, or of several subjects. */
static snnfe_dataset *synthesize(uint32_t n_subjects, const int32_t *subjects, size_t n)
{
    static const int32_t runs[] = {4};
    snnfe_synthetic_options s;
    assert_ok(snnfe_synthetic_options_init(&s, sizeof s));
    s.n_subjects = n_subjects;
    s.trials_per_run = 4;
    s.runs = runs;
    s.n_runs = 1;
    snnfe_dataset_options o;
    assert_ok(snnfe_dataset_options_init(&o, sizeof o));
    o.runs = runs;
    o.n_runs = 1;
    o.statistics_runs = runs;
    o.n_statistics_runs = 1;
    o.subjects = subjects;
    o.n_subjects = n;
    snnfe_dataset *d = NULL;
    assert_ok(snnfe_dataset_synthesize(&d, &s, &o));
    return d;
}

static void assert_close(const snnfe_dataset *a, const snnfe_dataset *b)
{
    const snnfe_dataset_info i = dataset_info(a), j = dataset_info(b);
    ck_assert_uint_eq(i.n_trials, j.n_trials);
    ck_assert_int_eq(i.signal->normalization, j.signal->normalization);
    ck_assert_mem_eq(dataset_info(a).subjects, dataset_info(b).subjects, i.n_trials * 4);
    ck_assert_mem_eq(dataset_info(a).onsets, dataset_info(b).onsets, i.n_trials * 4);
    for (size_t c = 0; c < i.n_channels; c++)
        ck_assert_double_eq_tol(dataset_info(a).signal->channel_mean_uv[c],
                                dataset_info(b).signal->channel_mean_uv[c], 1e-9);
    for (size_t k = 0; k < i.n_trials * i.n_channels * i.n_steps; k++)
        ck_assert_float_eq_tol(dataset_info(a).trials[k], dataset_info(b).trials[k], 2e-6F);
}

START_TEST(people_are_normalized_together)
{
    static const int32_t first[] = {1}, others[] = {2, 3};
    snnfe_dataset *a = synthesize(3, first, 1), *b = synthesize(3, others, 2);
    snnfe_dataset *whole = synthesize(3, NULL, 0), *joined = NULL;
    const snnfe_dataset *const parts[] = {a, b};
    assert_ok(snnfe_dataset_concatenate(&joined, parts, 2));
    assert_close(joined, whole);
    ck_assert_uint_eq(dataset_info(joined).n_subjects, 3);
    assert_ok(snnfe_dataset_normalize(joined, others, 2));
    assert_ok(snnfe_dataset_normalize(whole, others, 2));
    assert_close(joined, whole);
    snnfe_dataset_free(joined);
    snnfe_dataset_free(whole);
    snnfe_dataset_free(b);
    snnfe_dataset_free(a);
}
END_TEST

START_TEST(parts_of_one_data_set_give_it_back)
{
    static const int32_t front[] = {0, 1, 2}, back[] = {3, 4, 5, 6, 7};
    snnfe_dataset *whole = synthesize(2, NULL, 0), *a = NULL, *b = NULL, *joined = NULL;
    assert_ok(snnfe_dataset_subset(&a, whole, front, 3));
    assert_ok(snnfe_dataset_subset(&b, whole, back, 5));
    const snnfe_dataset *const parts[] = {a, b};
    assert_ok(snnfe_dataset_concatenate(&joined, parts, 2));
    ck_assert(same_dataset(joined, whole));
    static const int32_t subject = 2;
    assert_ok(snnfe_dataset_normalize(joined, &subject, 1));
    assert_ok(snnfe_dataset_normalize(whole, &subject, 1));
    ck_assert(same_dataset(joined, whole));
    snnfe_dataset_free(joined);
    assert_ok(snnfe_dataset_concatenate(&joined, parts, 1));
    ck_assert(same_dataset(joined, a));
    snnfe_dataset_free(joined);
    snnfe_dataset_free(b);
    snnfe_dataset_free(a);
    snnfe_dataset_free(whole);
}
END_TEST

static const float values[] = {1, 2, 3, 4, 5, 6, 7, 8};
static const char *const names[] = {"C3", "C4"}, *const classes[] = {"left", "right"};

static snnfe_dataset_arrays arrays(void)
{
    static const int32_t labels[] = {0, 1}, rows[] = {4, 4}, columns[] = {3, 7};
    static const double means[] = {0, 10}, stds[] = {1, 2};
    static const snnfe_signal signal = {.struct_size = sizeof(snnfe_signal),
                                        .n_channels = 2,
                                        .n_classes = 2,
                                        .channel_rows = rows,
                                        .channel_columns = columns,
                                        .channel_names = names,
                                        .class_names = classes,
                                        .channel_mean_uv = means,
                                        .channel_std_uv = stds};
    return (snnfe_dataset_arrays){.struct_size = sizeof(snnfe_dataset_arrays),
                                  .n_steps = 2,
                                  .n_trials = 2,
                                  .trials = values,
                                  .labels = labels,
                                  .n_statistics_samples = 100,
                                  .signal = &signal};
}

static snnfe_dataset *made(const snnfe_dataset_arrays *a)
{
    snnfe_dataset *d = NULL;
    assert_ok(snnfe_dataset_from_arrays(&d, a));
    return d;
}

START_TEST(runs_of_one_person_add_up)
{
    static const double means[] = {4, 10}, stds[] = {3, 2};
    static const int32_t runs[] = {2, 2};
    snnfe_dataset_arrays a = arrays(), b = arrays();
    own_signal(&b.signal)->channel_mean_uv = means;
    own_signal(&b.signal)->channel_std_uv = stds;
    b.n_statistics_samples = 300;
    b.runs = runs;
    snnfe_dataset *one = made(&a), *two = made(&b), *joined = NULL;
    const snnfe_dataset *const parts[] = {one, two};
    assert_ok(snnfe_dataset_concatenate(&joined, parts, 2));
    /* Mean (0·100 + 4·300)/400; variance (1·100 + 9·300)/400 + 100·300·16/400². */
    ck_assert_double_eq_tol(dataset_info(joined).signal->channel_mean_uv[0], 3, 1e-12);
    ck_assert_double_eq_tol(dataset_info(joined).signal->channel_std_uv[0], sqrt(10), 1e-12);
    ck_assert_float_eq_tol(dataset_info(joined).trials[0], (1 - 3) / sqrtf(10), 1e-6F);
    ck_assert_float_eq_tol(dataset_info(joined).trials[8], (1 * 3 + 4 - 3) / sqrtf(10), 1e-6F);
    ck_assert_float_eq_tol(dataset_info(joined).trials[2], 3, 1e-6F);
    ck_assert_int_eq(dataset_info(joined).runs[1], 1);
    ck_assert_int_eq(dataset_info(joined).runs[2], 2);
    ck_assert_uint_eq(dataset_info(joined).n_subjects, 1);
    snnfe_dataset_free(joined);
    snnfe_dataset_free(two);
    snnfe_dataset_free(one);
}
END_TEST

/* The errors of parts that do not fit. */
static void refused(const snnfe_dataset_arrays *other, snnfe_status status, const char *message)
{
    const snnfe_dataset_arrays fitting = arrays();
    snnfe_dataset *a = made(&fitting), *b = made(other), *joined = NULL;
    const snnfe_dataset *const parts[] = {a, a, b};
    assert_fails(snnfe_dataset_concatenate(&joined, parts, 3), status, message);
    ck_assert_ptr_null(joined);
    snnfe_dataset_free(b);
    snnfe_dataset_free(a);
}

START_TEST(parts_that_differ_are_refused)
{
    static const char *const turned[] = {"C4", "C3"}, *const feet[] = {"left", "feet"};
    static const int32_t columns[] = {3, 8}, rows[] = {5, 4};
    static const double means[] = {1e30, 10}, stds[] = {5, 2};
    static const float large[] = {3e38F, 2, 3, 4, 5, 6, 7, 8};
    snnfe_dataset_arrays a = arrays();
    a.n_steps = 1;
    refused(&a, SNNFE_ERR_SHAPE, "part 2 has 1 samples a trial, part 0 has 2");
    a = arrays();
    own_signal(&a.signal)->sampling_rate_hz = 250;
    refused(&a, SNNFE_ERR_SHAPE, "part 2 has 250 Hz of sampling rate, part 0 has 160");
    a = arrays();
    own_signal(&a.signal)->filter_high_hz = 40;
    refused(&a, SNNFE_ERR_SHAPE, "40 Hz as the filter's high edge");
    a = arrays();
    own_signal(&a.signal)->channel_names = turned;
    refused(&a, SNNFE_ERR_SHAPE, "channel 0 is \"C4\" at (4, 3) in part 2, \"C3\" at (4, 3)");
    a = arrays();
    own_signal(&a.signal)->channel_columns = columns;
    refused(&a, SNNFE_ERR_SHAPE, "channel 1 is \"C4\" at (4, 8) in part 2");
    a = arrays();
    own_signal(&a.signal)->channel_rows = rows;
    refused(&a, SNNFE_ERR_SHAPE, "channel 0 is \"C3\" at (5, 3) in part 2, \"C3\" at (4, 3)");
    a = arrays();
    own_signal(&a.signal)->class_names = feet;
    refused(&a, SNNFE_ERR_SHAPE, "class 1 is \"feet\" in part 2, \"right\" in part 0");
    a = arrays();
    own_signal(&a.signal)->n_classes = 3;
    own_signal(&a.signal)->class_names = NULL;
    refused(&a, SNNFE_ERR_SHAPE, "part 2 has 3 classes, part 0 has 2");
    a = arrays();
    own_signal(&a.signal)->channel_mean_uv = NULL, own_signal(&a.signal)->channel_std_uv = NULL;
    a.n_statistics_samples = 0;
    refused(&a, SNNFE_ERR_SHAPE, "one of the parts 0 and 2 is normalized");
    a = arrays();
    own_signal(&a.signal)->channel_mean_uv = means;
    a.n_statistics_samples = 0;
    refused(&a, SNNFE_ERR_STATE, "part 2 has no sums of subject 1's recordings");
    a = arrays();
    a.trials = large;
    own_signal(&a.signal)->channel_std_uv = stds;
    a.n_statistics_samples = 1;
    refused(&a, SNNFE_ERR_NONFINITE, "\"C3\" overflows in trial");
}
END_TEST

START_TEST(bad_arguments)
{
    const snnfe_dataset_arrays a = arrays();
    snnfe_dataset *d = made(&a), *joined = d;
    const snnfe_dataset *const parts[] = {d, NULL};
    assert_fails(snnfe_dataset_concatenate(NULL, parts, 1), SNNFE_ERR_ARGUMENT, "joined is NULL");
    assert_fails(snnfe_dataset_concatenate(&joined, NULL, 1), SNNFE_ERR_ARGUMENT, "parts is NULL");
    ck_assert_ptr_null(joined);
    assert_fails(snnfe_dataset_concatenate(&joined, parts, 0), SNNFE_ERR_ARGUMENT, "n is 0");
    assert_fails(snnfe_dataset_concatenate(&joined, parts, 2), SNNFE_ERR_ARGUMENT, "parts[1]");
    snnfe_dataset_free(d);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("concatenate");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 300);
    tcase_add_test(all, people_are_normalized_together);
    tcase_add_test(all, parts_of_one_data_set_give_it_back);
    tcase_add_test(all, runs_of_one_person_add_up);
    tcase_add_test(all, parts_that_differ_are_refused);
    tcase_add_test(all, bad_arguments);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
