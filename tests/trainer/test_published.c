/* The published fold-1 networks over the 21 real subjects they were tested on. */
#include "published.h"

#include "base/memory.h"
#include "same_dataset.h"

#include <math.h>

enum { SUBJECTS = PUBLISHED_SUBJECTS, FOLDS = PUBLISHED_FOLDS, TRIALS = PUBLISHED_TRIALS };

static void check_network(snnfe_tensors *file, const snnfe_dataset *dataset, const char *name,
                          const char *tensor, size_t expected_right)
{
    float *expected = golden_tensor(file, tensor, NULL);
    static float logits[TRIALS * 2];
    snnfe_network *network = golden_network(name);
    snnfe_evaluation result = {.struct_size = sizeof result};
    assert_ok(snnfe_evaluation_run(network, dataset, NULL, 0, NULL, &result, logits, NULL));
    int different = 0;
    for (int i = 0; i < TRIALS; i++)
        different += (logits[2 * i] < logits[2 * i + 1]) != (expected[2 * i] < expected[2 * i + 1]);
    printf("%s: %zu of %zu right, %d decisions differ\n", name, result.n_correct, result.n,
           different);
    ck_assert_int_le(different, 3);
    ck_assert_uint_ge(result.n_correct + 3, expected_right);
    ck_assert_uint_le(result.n_correct, expected_right + 3);
    snnfe_network_free(network);
    snnfe_release(expected);
}

static void check_folds(snnfe_tensors *file, const snnfe_dataset *dataset)
{
    double *published = golden_tensor(file, "published_fold_accuracy", NULL);
    snnfe_network *network = golden_network("on_device_fold1");
    static snnfe_fold_accuracy folds[SUBJECTS][FOLDS];
    assert_ok(snnfe_evaluation_by_subject(network, dataset, NULL, 0, FOLDS, 5, NULL, folds[0],
                                          sizeof folds[0][0], NULL));
    double mean = 0;
    int same = 0;
    printf("subject   ours (published) of each fold\n");
    for (int s = 0; s < SUBJECTS; s++) {
        bool equal = true;
        printf("S%03d  ", (int)folds[s][0].subject);
        for (int f = 0; f < FOLDS; f++) {
            const snnfe_fold_accuracy *fold = &folds[s][f];
            const double theirs = published[s * FOLDS + f];
            printf("  %.4f (%.4f)", fold->accuracy, theirs);
            mean += fold->accuracy / (SUBJECTS * FOLDS);
            equal = equal && fabs(fold->accuracy - theirs) < 1e-3;
            /* The statistics are not quite the paper's: two trials may turn. */
            ck_assert_msg(fabs(fold->accuracy - theirs) * fold->n < 2.05,
                          "subject %d, fold %d: %g, published %g", (int)fold->subject, f + 1,
                          fold->accuracy, theirs);
        }
        same += equal;
        printf("%s\n", equal ? "  same" : "");
    }
    printf("mean %.4f (published 0.8129), %d subjects the same in all folds\n", mean, same);
    ck_assert_double_eq_tol(mean, 0.8129, 0.01);
    ck_assert_int_ge(same, 7);
    snnfe_network_free(network);
    snnfe_release(published);
}

START_TEST(published_networks)
{
    if (!support_have_shared())
        return;
    snnfe_tensors *file = golden_open("subjects_s001_s021");
    snnfe_dataset *dataset = published_dataset(file);
    uint8_t *labels = golden_tensor(file, "label", NULL);
    uint8_t *subjects = golden_tensor(file, "subject", NULL);
    snnfe_dataset_info info = {.struct_size = sizeof info};
    assert_ok(snnfe_dataset_get_info(dataset, &info));
    ck_assert_uint_eq(info.n_trials, TRIALS);
    for (size_t i = 0; i < TRIALS; i++) {
        ck_assert_int_eq(dataset_info(dataset).labels[i], labels[i]);
        ck_assert_int_eq(dataset_info(dataset).subjects[i], subjects[i]);
    }
    check_network(file, dataset, "on_device_fold1", "logits_on_device_fold1", 772);
    check_network(file, dataset, "float_fold1", "logits_float_fold1", 773);
    check_folds(file, dataset);
    snnfe_release(labels);
    snnfe_release(subjects);
    snnfe_dataset_free(dataset);
    snnfe_tensors_close(file);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("published networks");
    TCase *real = tcase_create("real");
    tcase_set_timeout(real, 900);
    tcase_add_test(real, published_networks);
    suite_add_tcase(suite, real);
    return support_run(suite);
}
