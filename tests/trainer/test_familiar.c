/* Networks refuse trials that trained them, and data of another kind. */
#include "same_dataset.h"
#include "small.h"
#include "support.h"

#include <snnfe/provenance.h>

/* --- trials --------------------------------------------------------------------------------- */

static void train(snnfe_network *network, const snnfe_dataset *dataset,
                  const snnfe_trainer_data *lists)
{
    snnfe_trainer_options options = small_options();
    options.n_epochs = 1;
    snnfe_trainer *trainer = NULL;
    assert_ok(snnfe_trainer_create(&trainer, network, &options));
    assert_ok(snnfe_trainer_run(trainer, dataset, lists));
    snnfe_trainer_free(trainer);
}

static size_t n_trials(const snnfe_network *network, int32_t use)
{
    const uint64_t *ids = NULL;
    size_t n = 0;
    assert_ok(snnfe_network_trials(network, use, &ids, NULL, &n));
    return n;
}

static void assert_counts(const snnfe_network *network, size_t trained, size_t validated,
                          size_t tested)
{
    ck_assert_uint_eq(n_trials(network, SNNFE_TRIALS_TRAINED), trained);
    ck_assert_uint_eq(n_trials(network, SNNFE_TRIALS_VALIDATED), validated);
    ck_assert_uint_eq(n_trials(network, SNNFE_TRIALS_TESTED), tested);
}

static snnfe_run_options insisting(void)
{
    snnfe_run_options run;
    assert_ok(snnfe_run_options_init(&run, sizeof run));
    run.allow_seen = 1;
    return run;
}

START_TEST(training_is_written_down)
{
    snnfe_dataset *dataset = small_dataset(1);
    snnfe_network *network = small_network();
    const snnfe_trainer_data lists = small_lists();
    train(network, dataset, &lists);
    assert_counts(network, SMALL_TRAIN, SMALL_VALIDATION, SMALL_TEST);
    snnfe_signal signal = {.struct_size = sizeof signal};
    assert_ok(snnfe_network_get_signal(network, &signal));
    ck_assert_uint_eq(signal.n_channels, 64);
    ck_assert_double_eq(signal.sampling_rate_hz, 160);

    const uint64_t *ids = NULL;
    size_t n = 0;
    assert_ok(snnfe_network_trials(network, SNNFE_TRIALS_TRAINED, &ids, NULL, &n));
    ck_assert_uint_eq(n, SMALL_TRAIN);
    for (size_t i = 0; i < SMALL_TRAIN; i++) {
        bool seen = false;
        for (size_t k = 0; k < n; k++)
            seen = seen || ids[k] == dataset_info(dataset).trial_ids[lists.train[i]];
        ck_assert(seen);
    }
    snnfe_network_free(network);
    snnfe_dataset_free(dataset);
}
END_TEST

START_TEST(later_stages_add_to_it)
{
    snnfe_dataset *dataset = small_dataset(1);
    snnfe_network *network = small_network();
    snnfe_trainer_data lists = small_lists();
    lists.n_train = 5;
    train(network, dataset, &lists);
    lists.train += 3;
    train(network, dataset, &lists);
    assert_counts(network, 8, SMALL_VALIDATION, SMALL_TEST);
    /* The second stage's copy has it from the first, by way of a file. */
    snnfe_network *loaded = NULL;
    const char *path = support_path("stage.safetensors");
    assert_ok(snnfe_network_save(network, path));
    assert_ok(snnfe_network_load(&loaded, path));
    assert_counts(loaded, 8, SMALL_VALIDATION, SMALL_TEST);
    snnfe_network_free(loaded);
    snnfe_network_free(network);
    snnfe_dataset_free(dataset);
}
END_TEST

START_TEST(checkpoints_keep_it)
{
    snnfe_dataset *dataset = small_dataset(1);
    snnfe_network *network = small_network(), *other = small_network(), *loaded = NULL;
    const snnfe_trainer_data lists = small_lists();
    snnfe_trainer_options options = small_options();
    snnfe_trainer *trainer = NULL, *restored = NULL;
    const char *path = support_path("checkpoint.safetensors");
    assert_ok(snnfe_trainer_create(&trainer, network, &options));
    assert_ok(snnfe_trainer_run(trainer, dataset, &lists));
    assert_ok(snnfe_trainer_save(trainer, path));
    assert_ok(snnfe_trainer_create(&restored, other, &options));
    assert_ok(snnfe_trainer_restore(restored, path));
    assert_counts(other, SMALL_TRAIN, SMALL_VALIDATION, SMALL_TEST);
    assert_ok(snnfe_network_load(&loaded, path));
    assert_counts(loaded, SMALL_TRAIN, SMALL_VALIDATION, SMALL_TEST);
    /* Continuing with the same lists is no leak. */
    assert_ok(snnfe_trainer_run(restored, dataset, &lists));
    snnfe_network_free(loaded);
    snnfe_trainer_free(restored);
    snnfe_trainer_free(trainer);
    snnfe_network_free(other);
    snnfe_network_free(network);
    snnfe_dataset_free(dataset);
}
END_TEST

START_TEST(trained_trials_are_not_evaluated)
{
    snnfe_dataset *dataset = small_dataset(1), *elsewhere = small_dataset(2);
    snnfe_network *network = small_network();
    const snnfe_trainer_data lists = small_lists();
    const snnfe_run_options run = insisting();
    snnfe_evaluation result = {.struct_size = sizeof result};
    train(network, dataset, &lists);
    assert_ok(snnfe_evaluation_run(network, dataset, lists.test, lists.n_test, NULL, &result, NULL,
                                   NULL));
    ck_assert_uint_eq(result.n_seen, 0);
    assert_fails(snnfe_evaluation_run(network, dataset, NULL, 0, NULL, &result, NULL, NULL),
                 SNNFE_ERR_OVERLAP, "14 of 24 evaluated trials, the first of subject 3");
    ck_assert_uint_eq(result.n, SMALL_TEST); /* untouched */
    assert_ok(snnfe_evaluation_run(network, dataset, NULL, 0, &run, &result, NULL, NULL));
    ck_assert_uint_eq(result.n_seen, SMALL_TRAIN);
    ck_assert_uint_eq(result.n, SMALL_TRIALS);
    /* Whatever the positions: a part of the data set has the same trials. */
    snnfe_dataset *part = NULL;
    assert_ok(snnfe_dataset_subset(&part, dataset, lists.train + 2, 1));
    assert_fails(snnfe_evaluation_run(network, part, NULL, 0, NULL, NULL, NULL, NULL),
                 SNNFE_ERR_OVERLAP, "1 of 1");
    assert_ok(snnfe_evaluation_run(network, elsewhere, NULL, 0, NULL, &result, NULL, NULL));

    snnfe_fold_accuracy folds[2 * 2];
    assert_fails(snnfe_evaluation_by_subject(network, dataset, NULL, 0, 2, 5, NULL, folds,
                                             sizeof folds[0], NULL),
                 SNNFE_ERR_OVERLAP, "snnfe_evaluation_by_subject: 14 of 24");
    assert_ok(snnfe_evaluation_by_subject(network, dataset, NULL, 0, 2, 5, &run, folds,
                                          sizeof folds[0], NULL));
    ck_assert_uint_eq(folds[0].n_seen + folds[1].n_seen + folds[2].n_seen + folds[3].n_seen,
                      SMALL_TRAIN);
    snnfe_dataset_free(part);
    snnfe_network_free(network);
    snnfe_dataset_free(elsewhere);
    snnfe_dataset_free(dataset);
}
END_TEST

START_TEST(trained_trials_do_not_validate_later_stages)
{
    snnfe_dataset *dataset = small_dataset(1);
    snnfe_network *network = small_network();
    const snnfe_trainer_data lists = small_lists();
    snnfe_trainer_data swapped = lists;
    swapped.train = lists.validation;
    swapped.n_train = lists.n_validation;
    swapped.validation = lists.train;
    swapped.n_validation = lists.n_train;
    train(network, dataset, &lists);
    snnfe_trainer_options options = small_options();
    options.n_epochs = 1;
    snnfe_trainer *trainer = NULL;
    assert_ok(snnfe_trainer_create(&trainer, network, &options));
    assert_fails(snnfe_trainer_run(trainer, dataset, &swapped), SNNFE_ERR_OVERLAP,
                 "14 of 14 validation trials");
    swapped.n_validation = 0;
    swapped.test = lists.train + 2;
    swapped.n_test = 1;
    assert_fails(snnfe_trainer_run(trainer, dataset, &swapped), SNNFE_ERR_OVERLAP,
                 "1 of 1 test trials");
    assert_counts(network, SMALL_TRAIN, SMALL_VALIDATION, SMALL_TEST);
    snnfe_trainer_free(trainer);
    options.allow_seen = 1;
    assert_ok(snnfe_trainer_create(&trainer, network, &options));
    assert_ok(snnfe_trainer_run(trainer, dataset, &swapped));
    assert_counts(network, SMALL_TRAIN + SMALL_VALIDATION, SMALL_VALIDATION, SMALL_TEST + 1);
    snnfe_trainer_free(trainer);
    options.allow_seen = 2;
    assert_fails(snnfe_trainer_create(&trainer, network, &options), SNNFE_ERR_ARGUMENT,
                 "allow_seen is 2");
    snnfe_network_free(network);
    snnfe_dataset_free(dataset);
}
END_TEST

START_TEST(trained_trials_do_not_personalize)
{
    snnfe_dataset *dataset = small_dataset(1);
    snnfe_network *network = small_network();
    const snnfe_trainer_data lists = small_lists();
    snnfe_personalized results[2 * 2];
    const snnfe_personalization to = small_results(results);
    snnfe_trainer_options options = small_options();
    options.n_epochs = 1;
    options.n_threads = 1;
    train(network, dataset, &lists);
    assert_fails(snnfe_personalize(network, dataset, NULL, 0, 2, 5, &options, &to),
                 SNNFE_ERR_OVERLAP, "snnfe_personalize: 14 of 24");
    options.allow_seen = 1;
    assert_ok(snnfe_personalize(network, dataset, NULL, 0, 2, 5, &options, &to));
    ck_assert_uint_eq(results[0].n_seen + results[1].n_seen + results[2].n_seen + results[3].n_seen,
                      SMALL_TRAIN);
    snnfe_network_free(network);
    snnfe_dataset_free(dataset);
}
END_TEST

/* The same samples, as windows of the trials with these ids. */
static snnfe_dataset *windows_of(const snnfe_dataset *dataset, const uint64_t ids[SMALL_TRIALS])
{
    const snnfe_dataset_arrays arrays = {.struct_size = sizeof arrays,
                                         .n_steps = SMALL_STEPS,
                                         .n_trials = SMALL_TRIALS,
                                         .trials = dataset_info(dataset).trials,
                                         .labels = dataset_info(dataset).labels,
                                         .subjects = dataset_info(dataset).subjects,
                                         .trial_ids = ids};
    snnfe_dataset *windows = NULL;
    assert_ok(snnfe_dataset_from_arrays(&windows, &arrays));
    return windows;
}

/* The folds within subjects part no trial, so that nothing is refused. */
START_TEST(folds_keep_windows_together)
{
    snnfe_dataset *dataset = small_dataset(1);
    uint64_t ids[SMALL_TRIALS];
    /* Two of one class each; both subjects have some. */
    for (size_t i = 0; i < SMALL_TRIALS; i++)
        ids[i] = (uint64_t)dataset_info(dataset).subjects[i] * 100 + i / 4 * 2 + i % 2;
    snnfe_dataset *windows = windows_of(dataset, ids);
    snnfe_network *network = small_network();
    snnfe_trainer_options options = small_options();
    snnfe_personalized results[4];
    const snnfe_personalization to = small_results(results);
    options.n_threads = 1;
    options.n_epochs = 1;
    assert_ok(snnfe_personalize(network, windows, NULL, 0, 2, 5, &options, &to));
    for (size_t i = 0; i < 4; i++)
        ck_assert_uint_gt(results[i].n_validation, 0);
    snnfe_network_free(network);
    snnfe_dataset_free(windows);
    snnfe_dataset_free(dataset);
}
END_TEST

/* Two windows of a trial are one trial. */
START_TEST(windows_of_a_trial_stay_together)
{
    snnfe_dataset *dataset = small_dataset(1);
    uint64_t ids[SMALL_TRIALS];
    for (size_t i = 0; i < SMALL_TRIALS; i++)
        ids[i] = i / 2;
    snnfe_dataset *windows = windows_of(dataset, ids);
    snnfe_network *network = small_network();
    snnfe_trainer_options options = small_options();
    const int32_t first[] = {0, 2, 4, 5}, second[] = {1, 6}, third[] = {6, 7};
    snnfe_trainer_data lists = {.struct_size = sizeof lists,
                                .train = first,
                                .n_train = 4,
                                .validation = second,
                                .n_validation = 2};
    snnfe_trainer *trainer = NULL;
    assert_ok(snnfe_trainer_create(&trainer, network, &options));
    assert_fails(snnfe_trainer_run(trainer, windows, &lists), SNNFE_ERR_OVERLAP,
                 "1 of 2 validation trials, the first of subject 3, have windows among those that "
                 "train");
    lists.validation = third;
    assert_ok(snnfe_trainer_run(trainer, windows, &lists));
    assert_counts(network, 3, 1, 0);
    assert_fails(snnfe_evaluation_run(network, windows, second, 2, NULL, NULL, NULL, NULL),
                 SNNFE_ERR_OVERLAP, "1 of 2");
    snnfe_trainer_free(trainer);
    snnfe_network_free(network);
    snnfe_dataset_free(windows);
    snnfe_dataset_free(dataset);
}
END_TEST

START_TEST(steps_on_arrays_leave_the_rest_untold)
{
    snnfe_dataset *dataset = small_dataset(1);
    snnfe_network *network = small_network();
    const snnfe_trainer_options options = small_options();
    static float grid[10 * 11 * SMALL_STEPS];
    const int32_t label = 0;
    snnfe_trainer *trainer = NULL;
    snnfe_origin origin = {.struct_size = sizeof origin};
    assert_ok(snnfe_dataset_copy_grid(dataset, NULL, 1, grid));
    assert_ok(snnfe_trainer_create(&trainer, network, &options));
    assert_ok(snnfe_network_get_origin(network, &origin));
    ck_assert_int_eq(origin.incomplete, 0);
    assert_ok(snnfe_trainer_step(trainer, grid, &label, 1, NULL, NULL));
    assert_ok(snnfe_network_get_origin(network, &origin));
    ck_assert_int_eq(origin.incomplete, 1);
    snnfe_trainer_free(trainer);
    snnfe_network_free(network);
    snnfe_dataset_free(dataset);
}
END_TEST

/* --- data of another kind ------------------------------------------------------------------- */

#define N_PLACES 3
static const int32_t rows[] = {3, 4, 5}, columns[] = {2, 5, 7};
static const char *const channels[] = {"C3", "Cz", "C4"}, *const classes[] = {"left", "right"};

typedef struct kind {
    double rate, low, high;
    int32_t filter_kind;
    uint32_t order;
    const int32_t *rows, *columns;
    const char *const *channels, *const *classes;
} kind;

static kind usual(void)
{
    return (kind){128, 0.5, 40, SNNFE_FILTER_ZERO_PHASE, 0, rows, columns, channels, classes};
}

static snnfe_dataset *make(const kind *k, uint64_t seed)
{
    static float epochs[2 * N_PLACES * SMALL_STEPS];
    static const int32_t labels[] = {0, 1};
    for (size_t i = 0; i < 2 * N_PLACES * SMALL_STEPS; i++)
        epochs[i] = (float)(i * 7 % 13) + (float)seed;
    const snnfe_dataset_arrays arrays = {
        .struct_size = sizeof arrays,
        .n_steps = SMALL_STEPS,
        .n_trials = 2,
        .trials = epochs,
        .labels = labels,
        .signal = &(const snnfe_signal){.struct_size = sizeof(snnfe_signal),
                                        .n_channels = N_PLACES,
                                        .n_classes = 2,
                                        .channel_rows = k->rows,
                                        .channel_columns = k->columns,
                                        .channel_names = k->channels,
                                        .class_names = k->classes,
                                        .sampling_rate_hz = k->rate,
                                        .filter_low_hz = k->low,
                                        .filter_high_hz = k->high,
                                        .filter_kind = k->filter_kind,
                                        .filter_order = k->order}};
    snnfe_dataset *dataset = NULL;
    assert_ok(snnfe_dataset_from_arrays(&dataset, &arrays));
    return dataset;
}

static void keep_message(int32_t level, const char *message, void *place)
{
    if (level == SNNFE_LOG_WARNING)
        snprintf(place, 512, "%s", message);
}

static snnfe_status evaluate(const snnfe_network *network, const kind *k, bool allow,
                             char warning[512])
{
    snnfe_run_options run;
    assert_ok(snnfe_run_options_init(&run, sizeof run));
    run.allow_mismatch = allow;
    run.log = keep_message;
    run.user_data = warning;
    warning[0] = '\0';
    snnfe_dataset *dataset = make(k, 2);
    const snnfe_status status =
        snnfe_evaluation_run(network, dataset, NULL, 0, &run, NULL, NULL, NULL);
    snnfe_dataset_free(dataset);
    return status;
}

static void assert_differs(const snnfe_network *network, const kind *k, const char *data,
                           const char *trained)
{
    char warning[512];
    assert_fails(evaluate(network, k, false, warning), SNNFE_ERR_SHAPE, data);
    ck_assert_msg(strstr(snnfe_last_error(), trained) != NULL, "%s", snnfe_last_error());
    ck_assert_str_eq(warning, "");
    assert_ok(evaluate(network, k, true, warning));
    ck_assert_msg(strstr(warning, data) && strstr(warning, trained), "%s", warning);
}

START_TEST(data_of_another_kind_are_refused)
{
    static const int32_t other_rows[] = {3, 4, 6};
    static const char *const other_channels[] = {"C3", "Cz", "Cp4"},
                             *const lower[] = {"c3", "CZ", "c4"},
                             *const other_classes[] = {"right", "left"};
    const kind same = usual();
    snnfe_network *network = small_network();
    snnfe_dataset *dataset = make(&same, 1);
    char warning[512];
    assert_ok(snnfe_network_set_signal(network, dataset_info(dataset).signal));
    assert_ok(evaluate(network, &same, false, warning));
    kind k = usual();
    k.channels = lower;
    assert_ok(evaluate(network, &k, false, warning));
    k = usual();
    k.rate = 160;
    assert_differs(network, &k, "the sampling rate is 160 Hz", "128 Hz");
    k = usual();
    k.rows = other_rows;
    assert_differs(network, &k, "row 6, column 7 is \"C4\"", "none in what");
    k = usual();
    k.channels = other_channels;
    assert_differs(network, &k, "row 5, column 7 is \"CP4\"", "\"C4\" in what");
    k = usual();
    k.classes = other_classes;
    assert_differs(network, &k, "class 0 is \"right\"", "\"left\" in what");
    k = usual();
    k.high = 45;
    assert_differs(network, &k, "the filter is 0.5 to 45 Hz, zero phase",
                   "0.5 to 40 Hz, zero phase");
    k = usual();
    k.filter_kind = SNNFE_FILTER_CAUSAL;
    k.order = 3;
    assert_differs(network, &k, "the filter is 0.5 to 40 Hz, causal of order 3", "zero phase");
    snnfe_dataset_free(dataset);
    snnfe_network_free(network);
}
END_TEST

START_TEST(what_nobody_told_is_not_compared)
{
    const kind same = usual();
    snnfe_network *network = small_network();
    snnfe_dataset *dataset = make(&same, 1);
    char warning[512];
    kind k = usual();
    k.channels = k.classes = NULL;
    k.low = k.high = 0;
    assert_ok(evaluate(network, &k, false, warning)); /* a network without provenance */
    assert_ok(snnfe_network_set_signal(network, dataset_info(dataset).signal));
    assert_ok(evaluate(network, &k, false, warning));
    ck_assert_str_eq(warning, "");
    snnfe_dataset_free(dataset);
    snnfe_network_free(network);
}
END_TEST

START_TEST(training_and_personalizing_refuse_them_too)
{
    kind k = usual();
    snnfe_network *network = small_network();
    snnfe_dataset *dataset = make(&k, 1);
    k.rate = 100;
    snnfe_dataset *other = make(&k, 2);
    assert_ok(snnfe_network_set_signal(network, dataset_info(dataset).signal));
    snnfe_trainer_options options = small_options();
    options.n_epochs = 1;
    snnfe_trainer *trainer = NULL;
    const int32_t first = 0;
    const snnfe_trainer_data lists = {.struct_size = sizeof lists, .train = &first, .n_train = 1};
    assert_ok(snnfe_trainer_create(&trainer, network, &options));
    assert_fails(snnfe_trainer_run(trainer, other, &lists), SNNFE_ERR_SHAPE,
                 "the sampling rate is 100 Hz");
    snnfe_personalized results[2];
    const snnfe_personalization to = small_results(results);
    assert_fails(snnfe_personalize(network, other, NULL, 0, 2, 5, &options, &to), SNNFE_ERR_SHAPE,
                 "the sampling rate is 100 Hz");
    snnfe_fold_accuracy folds[2];
    assert_fails(snnfe_evaluation_by_subject(network, other, NULL, 0, 2, 5, NULL, folds,
                                             sizeof folds[0], NULL),
                 SNNFE_ERR_SHAPE, "the sampling rate is 100 Hz");
    snnfe_trainer_free(trainer);
    options.allow_mismatch = 1;
    assert_ok(snnfe_trainer_create(&trainer, network, &options));
    assert_ok(snnfe_trainer_run(trainer, other, &lists));
    /* What it was trained on last is what it takes. */
    snnfe_signal signal = {.struct_size = sizeof signal};
    assert_ok(snnfe_network_get_signal(network, &signal));
    ck_assert_double_eq(signal.sampling_rate_hz, 100);
    snnfe_trainer_free(trainer);
    snnfe_dataset *wide = small_dataset(1);
    assert_ok(snnfe_network_set_signal(network, dataset_info(wide).signal));
    assert_fails(snnfe_network_set_signal(NULL, dataset_info(wide).signal), SNNFE_ERR_ARGUMENT,
                 "network");
    snnfe_dataset_free(wide);
    snnfe_dataset_free(other);
    snnfe_dataset_free(dataset);
    snnfe_network_free(network);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("familiar");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 300);
    tcase_add_test(all, training_is_written_down);
    tcase_add_test(all, later_stages_add_to_it);
    tcase_add_test(all, checkpoints_keep_it);
    tcase_add_test(all, trained_trials_are_not_evaluated);
    tcase_add_test(all, trained_trials_do_not_validate_later_stages);
    tcase_add_test(all, trained_trials_do_not_personalize);
    tcase_add_test(all, windows_of_a_trial_stay_together);
    tcase_add_test(all, folds_keep_windows_together);
    tcase_add_test(all, steps_on_arrays_leave_the_rest_untold);
    tcase_add_test(all, data_of_another_kind_are_refused);
    tcase_add_test(all, what_nobody_told_is_not_compared);
    tcase_add_test(all, training_and_personalizing_refuse_them_too);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
