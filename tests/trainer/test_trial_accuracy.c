/* Several windows of a trial decide together: from logits that are known, and through everything
   that gives accuracies. */
#include "same_dataset.h"
#include "small.h"
#include "trainer/score.h"

#include "base/philox.h"

#include <math.h>
#include <string.h>

/* --- logits that are known ------------------------------------------------------------------ */

/* Of three trials, whose windows are mixed: 7 has label 0 and is right in one window of three, but
   that one is sure; 8 has label 1 and is right in two windows, but the third is surer; 9 has one
   window, and is right. */
#define N 7
static const uint64_t ids[N] = {7, 8, 7, 9, 8, 7, 8};
static const int32_t labels[N] = {0, 1, 0, 2, 1, 0, 1};
static const float logits[N][3] = {{9, 1, 2}, {0, 1, 0}, {1, 2, 3}, {-1, -2, 0},
                                   {0, 1, 0}, {1, 2, 3}, {5, 2, 0}};

START_TEST(windows_decide_together)
{
    snnfe_window windows[N];
    for (int i = 0; i < N; i++)
        windows[i] = (snnfe_window){ids[i], logits[i], labels[i]};
    snnfe_score score;
    snnfe_score_windows(&score, windows, N, 3);
    ck_assert_uint_eq(score.n, N);
    ck_assert_uint_eq(score.n_correct, 1 + 2 + 1);
    ck_assert_uint_eq(score.n_trials, 3);
    ck_assert_uint_eq(score.n_trials_correct, 2);
    ck_assert_double_eq(snnfe_score_trial_accuracy(&score), 2 / 3.0);
    snnfe_score_windows(&score, windows, 0, 3);
    ck_assert(score.n_trials == 0 && isnan(snnfe_score_trial_accuracy(&score)));
}
END_TEST

/* What the definition says: log-probabilities are added up. */
static int32_t decision_by_probabilities(uint64_t id)
{
    double sums[3] = {0};
    int32_t best = 0;
    for (int i = 0; i < N; i++) {
        double all = 0;
        for (int c = 0; c < 3; c++)
            all += exp((double)logits[i][c]);
        for (int c = 0; c < 3 && ids[i] == id; c++)
            sums[c] += log(exp((double)logits[i][c]) / all);
    }
    for (int32_t c = 1; c < 3; c++)
        best = sums[c] > sums[best] ? c : best;
    return best;
}

START_TEST(every_window_gets_its_trials_sums)
{
    static const double of_trial[3][3] = {{11, 5, 8}, {5, 4, 0}, {-1, -2, 0}};
    static const int32_t decisions[3] = {0, 0, 2};
    double sums[N][3];
    assert_ok(snnfe_evaluation_trial_logits(logits[0], ids, N, 3, sums[0]));
    for (int i = 0; i < N; i++)
        ck_assert_mem_eq(sums[i], of_trial[ids[i] - 7], sizeof sums[i]);
    for (uint64_t id = 7; id < 10; id++)
        ck_assert_int_eq(decision_by_probabilities(id), decisions[id - 7]);
    assert_ok(snnfe_evaluation_trial_logits(NULL, NULL, 0, 3, NULL));
}
END_TEST

/* Same values and label, such as two copies, are one trial; another label makes another. */
START_TEST(labels_tell_trials_apart)
{
    static const float two[2][2] = {{1, 0}, {1, 0}};
    snnfe_window windows[2] = {{5, two[0], 1}, {5, two[1], 0}};
    snnfe_score score;
    snnfe_score_windows(&score, windows, 2, 2);
    ck_assert_uint_eq(score.n_trials, 2);
    ck_assert_uint_eq(score.n_trials_correct, 1);
}
END_TEST

START_TEST(bad_arguments_are_named)
{
    double sums[2] = {77, 77};
    float bad[2] = {0, (float)NAN};
    const uint64_t id = 1;
    assert_fails(snnfe_evaluation_trial_logits(NULL, &id, 1, 2, sums), SNNFE_ERR_ARGUMENT,
                 "logits is NULL");
    assert_fails(snnfe_evaluation_trial_logits(bad, NULL, 1, 2, sums), SNNFE_ERR_ARGUMENT,
                 "trial_ids is NULL");
    assert_fails(snnfe_evaluation_trial_logits(bad, &id, 1, 2, NULL), SNNFE_ERR_ARGUMENT,
                 "sums is NULL");
    assert_fails(snnfe_evaluation_trial_logits(bad, &id, 1, 1, sums), SNNFE_ERR_ARGUMENT,
                 "n_classes is 1");
    assert_fails(snnfe_evaluation_trial_logits(bad, &id, SIZE_MAX, 2, sums), SNNFE_ERR_ARGUMENT,
                 "n is 18446744073709551615");
    assert_fails(snnfe_evaluation_trial_logits(bad, &id, 1, 2, sums), SNNFE_ERR_NONFINITE,
                 "logit 1 of window 0 is nan");
    ck_assert(sums[0] == 77 && sums[1] == 77);
}
END_TEST

/* --- a data set of several windows a trial --------------------------------------------------- */

#define WINDOWS 3
#define TRIALS 16
#define ALL (WINDOWS * TRIALS)

/* Window w of trial t is element w * TRIALS + t; subjects 3 and 8. In some trials the first window
   looks like the other class. */
static snnfe_dataset *windowed_dataset(bool several)
{
    const size_t size = (size_t)64 * SMALL_STEPS;
    float *trials = malloc(ALL * size * sizeof *trials);
    int32_t of[ALL], subjects[ALL];
    uint64_t numbers[ALL];
    snnfe_stream stream = snnfe_stream_make(4, SNNFE_STREAM_SYNTHETIC, 0);
    for (size_t i = 0; i < ALL; i++) {
        const size_t trial = i % TRIALS;
        of[i] = trial % 2;
        subjects[i] = trial < TRIALS / 2 ? 3 : 8;
        numbers[i] = several ? 1000 - trial : i;
        const float sign = (trial % 2 == 0) == (i < TRIALS && trial % 3 == 0) ? -1 : 1;
        for (size_t k = 0; k < size; k++)
            trials[i * size + k] =
                (float)snnfe_stream_normal(&stream) + (k / SMALL_STEPS < 32 ? sign : -sign);
    }
    const snnfe_dataset_arrays arrays = {.struct_size = sizeof arrays,
                                         .n_steps = SMALL_STEPS,
                                         .n_trials = ALL,
                                         .trials = trials,
                                         .labels = of,
                                         .subjects = subjects,
                                         .trial_ids = numbers};
    snnfe_dataset *dataset = NULL;
    assert_ok(snnfe_dataset_from_arrays(&dataset, &arrays));
    free(trials);
    return dataset;
}

static size_t list_subject(const snnfe_dataset *dataset, int32_t subject, int32_t *elements)
{
    size_t n = 0;
    for (int32_t i = 0; i < ALL; i++)
        if (dataset_info(dataset).subjects[i] == subject)
            elements[n++] = i;
    return n;
}

/* As it begins, but with larger weights, and one class's readout scaled so that neither class
   always wins: windows of a trial disagree. */
static snnfe_network *undecided_network(void)
{
    snnfe_network *network = small_network();
    float *values = small_values(network);
    for (size_t i = 0; i < snnfe_network_parameter_count(network); i++) {
        snnfe_parameter_info info = {.struct_size = sizeof info};
        assert_ok(snnfe_network_parameter(network, i, &info));
        const bool readout = info.layer == SNNFE_LAYER_FC2 && info.shape[0] == 2;
        const float factor = info.kind == SNNFE_PARAMETER_WEIGHT ? 4 : 1;
        for (size_t k = 0; k < info.count; k++)
            values[info.offset + k] *= factor * (readout && k >= info.count / 2 ? 0.45F : 1.0F);
        assert_ok(snnfe_network_set(network, info.name, values + info.offset, info.count));
    }
    free(values);
    return network;
}

/* Trials among `elements` [n] that all their windows there decide rightly together; `parted` counts
   those whose windows disagree. */
static size_t count_right(const snnfe_dataset *dataset, const float *of_all,
                          const int32_t *elements, size_t n, size_t *n_trials, size_t *parted)
{
    size_t right = 0;
    *n_trials = *parted = 0;
    for (int32_t trial = 0; trial < TRIALS; trial++) {
        double sums[2] = {0};
        int n_windows = 0, votes = 0;
        for (size_t i = 0; i < n; i++) {
            if (elements[i] % TRIALS != trial)
                continue;
            const float *l = of_all + (size_t)elements[i] * 2;
            n_windows++;
            votes += l[1] > l[0];
            for (int c = 0; c < 2; c++)
                sums[c] += (double)l[c];
        }
        const int32_t label = dataset_info(dataset).labels[trial];
        *n_trials += n_windows > 0;
        *parted += votes > 0 && votes < n_windows;
        right += n_windows > 0 && (sums[1] > sums[0]) == label;
    }
    return right;
}

START_TEST(evaluations_count_windows_and_trials)
{
    snnfe_dataset *dataset = windowed_dataset(true);
    snnfe_network *network = undecided_network();
    int32_t elements[ALL];
    float all[ALL][2], of_some[ALL][2];
    size_t n_trials = 0, parted = 0;
    snnfe_evaluation result = {.struct_size = sizeof result};
    const size_t n = list_subject(dataset, 8, elements);
    assert_ok(snnfe_evaluation_run(network, dataset, elements, n, NULL, &result, of_some[0], NULL));
    for (size_t i = 0; i < n; i++)
        memcpy(all[elements[i]], of_some[i], sizeof of_some[i]);
    const size_t right = count_right(dataset, all[0], elements, n, &n_trials, &parted);
    ck_assert_uint_gt(parted, 0);
    ck_assert_uint_eq(result.n, ALL / 2);
    ck_assert_uint_eq(result.n_trials, TRIALS / 2);
    ck_assert_uint_eq(result.n_trials, n_trials);
    ck_assert_uint_eq(result.n_trials_correct, right);
    ck_assert_double_eq(result.trial_accuracy, (double)right / (TRIALS / 2));

    snnfe_fold_accuracy folds[2];
    const int32_t subject = 8;
    size_t folds_right = 0;
    assert_ok(snnfe_evaluation_by_subject(network, dataset, &subject, 1, 2, 5, NULL, folds,
                                          sizeof folds[0], NULL));
    for (int f = 0; f < 2; f++) {
        ck_assert_uint_eq(folds[f].n, WINDOWS * folds[f].n_trials);
        ck_assert_double_eq(folds[f].trial_accuracy,
                            (double)folds[f].n_trials_correct / folds[f].n_trials);
        folds_right += folds[f].n_trials_correct;
    }
    ck_assert_uint_eq(folds_right, right);
    snnfe_network_free(network);
    snnfe_dataset_free(dataset);
}
END_TEST

/* No fold parts the windows of a trial: the trainer refuses to. */
START_TEST(logs_and_personalization_tell_of_trials)
{
    snnfe_dataset *dataset = windowed_dataset(true);
    snnfe_network *network = undecided_network();
    snnfe_trainer_options options = small_options();
    snnfe_personalized folds[2];
    snnfe_trainer_record records[2][3];
    snnfe_network *networks[2];
    snnfe_personalization to = small_results(folds);
    to.records = records[0];
    to.record_size = sizeof records[0][0];
    to.networks = networks;
    const int32_t subject = 8;
    assert_ok(snnfe_personalize(network, dataset, &subject, 1, 2, 5, &options, &to));
    snnfe_fold_accuracy before[2];
    assert_ok(snnfe_evaluation_by_subject(network, dataset, &subject, 1, 2, 5, NULL, before,
                                          sizeof before[0], NULL));
    for (int f = 0; f < 2; f++) {
        ck_assert_uint_eq(folds[f].n_validation, WINDOWS * folds[f].n_trials);
        ck_assert_double_eq(folds[f].trial_accuracy_before, before[f].trial_accuracy);
        ck_assert_double_eq(folds[f].trial_accuracy_after, records[f][2].validation_trial_accuracy);
        ck_assert(isnan(records[f][2].test_trial_accuracy));
        const double counted = folds[f].trial_accuracy_after * folds[f].n_trials;
        ck_assert_double_eq_tol(counted, round(counted), 1e-9);
        snnfe_network_free(networks[f]);
    }
    snnfe_network_free(network);
    snnfe_dataset_free(dataset);
}
END_TEST

START_TEST(one_window_a_trial_is_the_same)
{
    snnfe_dataset *dataset = windowed_dataset(false);
    snnfe_network *network = small_network();
    snnfe_evaluation result = {.struct_size = sizeof result};
    assert_ok(snnfe_evaluation_run(network, dataset, NULL, 0, NULL, &result, NULL, NULL));
    ck_assert_uint_eq(result.n_trials, result.n);
    ck_assert_uint_eq(result.n_trials_correct, result.n_correct);
    ck_assert(result.trial_accuracy == result.accuracy);
    snnfe_network_free(network);
    snnfe_dataset_free(dataset);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("trial_accuracy");
    TCase *known = tcase_create("known logits");
    tcase_add_test(known, windows_decide_together);
    tcase_add_test(known, every_window_gets_its_trials_sums);
    tcase_add_test(known, labels_tell_trials_apart);
    tcase_add_test(known, bad_arguments_are_named);
    suite_add_tcase(suite, known);
    TCase *data = tcase_create("several windows");
    tcase_set_timeout(data, 300);
    tcase_add_test(data, evaluations_count_windows_and_trials);
    tcase_add_test(data, logs_and_personalization_tell_of_trials);
    tcase_add_test(data, one_window_a_trial_is_the_same);
    suite_add_tcase(suite, data);
    return support_run(suite);
}
