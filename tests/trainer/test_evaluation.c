/* Accuracies of a network on a data set, per subject and fold. */
#include "base/memory.h"
#include "golden.h"
#include "same_dataset.h"
#include "small.h"

#include <math.h>

/* The reference epochs of subject 1 as a data set. */
static snnfe_dataset *golden_dataset(void)
{
    snnfe_tensors *file = golden_open("epochs_s001");
    float *epochs = golden_tensor(file, "x", NULL);
    uint8_t *classes = golden_tensor(file, "label", NULL);
    int32_t labels[GOLDEN_TRIALS];
    for (int i = 0; i < GOLDEN_TRIALS; i++)
        labels[i] = classes[i];
    const snnfe_dataset_arrays arrays = {.struct_size = sizeof arrays,
                                         .n_steps = 160,
                                         .n_trials = GOLDEN_TRIALS,
                                         .trials = epochs,
                                         .labels = labels};
    snnfe_dataset *dataset = NULL;
    assert_ok(snnfe_dataset_from_arrays(&dataset, &arrays));
    snnfe_release(epochs);
    snnfe_release(classes);
    snnfe_tensors_close(file);
    return dataset;
}

/* What the paper published for this model and subject. */
START_TEST(published_folds)
{
    if (!support_have_shared())
        return;
    snnfe_dataset *dataset = golden_dataset();
    snnfe_network *network = golden_network("on_device_fold1");
    snnfe_fold_accuracy folds[4];
    assert_ok(snnfe_evaluation_by_subject(network, dataset, NULL, 0, 4, 5, NULL, folds,
                                          sizeof folds[0], NULL));
    static const uint32_t n[] = {12, 12, 11, 10}, n_correct[] = {12, 11, 10, 10};
    for (int i = 0; i < 4; i++) {
        ck_assert_int_eq(folds[i].subject, 1);
        ck_assert_int_eq(folds[i].fold, i + 1);
        ck_assert_uint_eq(folds[i].n, n[i]);
        ck_assert_uint_eq(folds[i].n_correct, n_correct[i]);
        ck_assert_double_eq(folds[i].accuracy, n_correct[i] / (double)n[i]);
    }
    snnfe_evaluation result = {.struct_size = sizeof result};
    assert_ok(snnfe_evaluation_run(network, dataset, NULL, 0, NULL, &result, NULL, NULL));
    ck_assert_uint_eq(result.n, 45);
    ck_assert_uint_eq(result.n_correct, 43);
    snnfe_network_free(network);
    snnfe_dataset_free(dataset);
}
END_TEST

START_TEST(counts_follow_from_logits)
{
    snnfe_dataset *dataset = small_dataset(3);
    snnfe_network *network = small_network();
    const snnfe_trainer_data lists = small_lists();
    const size_t n = lists.n_train;
    float *grid = malloc(n * 110 * SMALL_STEPS * sizeof *grid);
    float expected[2 * SMALL_TRAIN], logits[2 * SMALL_TRAIN];
    int32_t classes[SMALL_TRAIN];
    float probabilities[2 * SMALL_TRAIN];
    assert_ok(snnfe_dataset_copy_grid(dataset, lists.train, n, grid));
    assert_ok(snnfe_network_evaluate(network, grid, n, NULL, expected, classes, probabilities));
    snnfe_evaluation result = {.struct_size = sizeof result};
    double class_accuracy[2];
    assert_ok(snnfe_evaluation_run(network, dataset, lists.train, n, NULL, &result, logits,
                                   class_accuracy));
    ck_assert_mem_eq(expected, logits, sizeof logits);
    size_t correct[2] = {0}, total[2] = {0};
    double loss = 0;
    for (size_t i = 0; i < n; i++) {
        const int32_t label = dataset_info(dataset).labels[lists.train[i]];
        total[label]++;
        correct[label] += classes[i] == label;
        loss -= log((double)probabilities[2 * i + (size_t)label]) / (double)n;
    }
    ck_assert_uint_eq(result.n, n);
    ck_assert_uint_eq(result.n_correct, correct[0] + correct[1]);
    ck_assert_double_eq(result.accuracy, (double)result.n_correct / (double)n);
    ck_assert_double_eq_tol(result.loss, loss, 1e-6);
    for (int c = 0; c < 2; c++)
        ck_assert_double_eq(class_accuracy[c], (double)correct[c] / (double)total[c]);
    free(grid);
    snnfe_network_free(network);
    snnfe_dataset_free(dataset);
}
END_TEST

START_TEST(no_trials_have_no_accuracy)
{
    snnfe_dataset *dataset = small_dataset(3);
    snnfe_network *network = small_network();
    const int32_t index = 0; /* of class 0 */
    snnfe_evaluation result = {.struct_size = sizeof result};
    double class_accuracy[2];
    assert_ok(
        snnfe_evaluation_run(network, dataset, &index, 0, NULL, &result, NULL, class_accuracy));
    ck_assert(result.n == 0 && isnan(result.accuracy) && isnan(result.loss));
    ck_assert(isnan(class_accuracy[0]) && isnan(class_accuracy[1]));
    assert_ok(
        snnfe_evaluation_run(network, dataset, &index, 1, NULL, &result, NULL, class_accuracy));
    ck_assert(result.n == 1 && !isnan(class_accuracy[0]) && isnan(class_accuracy[1]));
    snnfe_network_free(network);
    snnfe_dataset_free(dataset);
}
END_TEST

/* Folds of two subjects together hold each trial once. */
START_TEST(folds_cover_every_trial)
{
    snnfe_dataset *dataset = small_dataset(3);
    snnfe_network *network = small_network();
    snnfe_fold_accuracy folds[2][3], other[2][3];
    assert_ok(snnfe_evaluation_by_subject(network, dataset, NULL, 0, 3, 5, NULL, folds[0],
                                          sizeof folds[0][0], NULL));
    snnfe_evaluation all = {.struct_size = sizeof all};
    assert_ok(snnfe_evaluation_run(network, dataset, NULL, 0, NULL, &all, NULL, NULL));
    size_t n = 0, n_correct = 0;
    for (int s = 0; s < 2; s++)
        for (int f = 0; f < 3; f++) {
            ck_assert_int_eq(folds[s][f].subject, s ? 8 : 3);
            ck_assert_int_eq(folds[s][f].fold, f + 1);
            n += folds[s][f].n;
            n_correct += folds[s][f].n_correct;
        }
    ck_assert_uint_eq(n, SMALL_TRIALS);
    ck_assert_uint_eq(n_correct, all.n_correct);
    /* In the order of the caller's list, with any number of threads. */
    const int32_t subjects[] = {8, 3};
    snnfe_run_options options;
    assert_ok(snnfe_run_options_init(&options, sizeof options));
    options.n_threads = 1;
    assert_ok(snnfe_evaluation_by_subject(network, dataset, subjects, 2, 3, 5, &options, other[0],
                                          sizeof other[0][0], NULL));
    ck_assert_mem_eq(other[0], folds[1], sizeof folds[1]);
    ck_assert_mem_eq(other[1], folds[0], sizeof folds[0]);
    snnfe_network_free(network);
    snnfe_dataset_free(dataset);
}
END_TEST

/* Bad calls leave the outputs alone. */
START_TEST(bad_arguments_are_named)
{
    snnfe_dataset *dataset = small_dataset(3);
    snnfe_network *network = small_network();
    snnfe_evaluation result = {.struct_size = sizeof result, .n = 77};
    snnfe_fold_accuracy folds[64] = {{.subject = 77}};
    const int32_t bad[] = {2, 24}, subjects[] = {3, 4};
    assert_fails(snnfe_evaluation_run(NULL, dataset, NULL, 0, NULL, &result, NULL, NULL),
                 SNNFE_ERR_ARGUMENT, "network is NULL");
    assert_fails(snnfe_evaluation_run(network, NULL, NULL, 0, NULL, &result, NULL, NULL),
                 SNNFE_ERR_ARGUMENT, "dataset is NULL");
    assert_fails(snnfe_evaluation_run(network, dataset, bad, 2, NULL, &result, NULL, NULL),
                 SNNFE_ERR_ARGUMENT, "indices[1] is 24");
    result.struct_size = 0;
    assert_fails(snnfe_evaluation_run(network, dataset, NULL, 0, NULL, &result, NULL, NULL),
                 SNNFE_ERR_ARGUMENT, "struct_size is 0");
    ck_assert_uint_eq(result.n, 77);
    assert_fails(snnfe_evaluation_by_subject(NULL, dataset, NULL, 0, 4, 5, NULL, folds,
                                             sizeof folds[0], NULL),
                 SNNFE_ERR_ARGUMENT, "network is NULL");
    assert_fails(snnfe_evaluation_by_subject(network, NULL, NULL, 0, 4, 5, NULL, folds,
                                             sizeof folds[0], NULL),
                 SNNFE_ERR_ARGUMENT, "dataset is NULL");
    assert_fails(snnfe_evaluation_by_subject(network, dataset, NULL, 0, 4, 5, NULL, NULL,
                                             sizeof(snnfe_fold_accuracy), NULL),
                 SNNFE_ERR_ARGUMENT, "folds is NULL");
    assert_fails(snnfe_evaluation_by_subject(network, dataset, NULL, 0, 1, 5, NULL, folds,
                                             sizeof folds[0], NULL),
                 SNNFE_ERR_ARGUMENT, "n_folds is 1");
    assert_fails(snnfe_evaluation_by_subject(network, dataset, NULL, 0, 7, 5, NULL, folds,
                                             sizeof folds[0], NULL),
                 SNNFE_ERR_ARGUMENT, "subject 3");
    assert_fails(snnfe_evaluation_by_subject(network, dataset, subjects, 2, 4, 5, NULL, folds,
                                             sizeof folds[0], NULL),
                 SNNFE_ERR_NOT_FOUND, "subject 4");
    ck_assert_int_eq(folds[0].subject, 77);
    small_stop stop = {1, "evaluate"};
    snnfe_run_options options;
    assert_ok(snnfe_run_options_init(&options, sizeof options));
    options.progress = small_stop_after;
    options.user_data = &stop;
    assert_fails(snnfe_evaluation_by_subject(network, dataset, NULL, 0, 4, 5, &options, folds,
                                             sizeof folds[0], NULL),
                 SNNFE_ERR_CANCELLED, "evaluate");
    ck_assert_int_eq(folds[0].subject, 77);
    snnfe_network_free(network);
    snnfe_dataset_free(dataset);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("evaluation");
    TCase *accuracies = tcase_create("accuracies");
    tcase_set_timeout(accuracies, 300);
    tcase_add_test(accuracies, published_folds);
    tcase_add_test(accuracies, counts_follow_from_logits);
    tcase_add_test(accuracies, no_trials_have_no_accuracy);
    tcase_add_test(accuracies, folds_cover_every_trial);
    tcase_add_test(accuracies, bad_arguments_are_named);
    suite_add_tcase(suite, accuracies);
    return support_run(suite);
}
