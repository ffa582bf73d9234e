/* Index lists: the published ones index by index, the invariants of all, bad input. */
#include "base/memory.h"
#include "base/tensors.h"
#include "support.h"

#include <math.h>
#include <snnfe/split.h>

#define N_TRIALS 45

static const uint64_t golden_seeds[] = {5, 0, 12345};

/* --- reference lists ------------------------------------------------------------------------ */

static snnfe_tensors *open_golden(void)
{
    snnfe_tensors *golden = NULL;
    assert_ok(snnfe_tensors_open(&golden, support_shared("golden/splits.safetensors")));
    return golden;
}

static int32_t *read_list(snnfe_tensors *golden, const char *name, size_t *n)
{
    const snnfe_tensor_info *info = snnfe_tensors_find(golden, name);
    ck_assert_msg(info != NULL, "%s", name);
    *n = (size_t)info->count;
    int32_t *list = snnfe_alloc(*n, sizeof *list);
    ck_assert_ptr_nonnull(list);
    if (info->dtype == SNNFE_I32) {
        assert_ok(snnfe_tensors_read(golden, name, SNNFE_I32, 1, info->shape, false, list));
        return list;
    }
    uint8_t *bytes = snnfe_alloc(*n, 1);
    ck_assert_ptr_nonnull(bytes);
    assert_ok(snnfe_tensors_read(golden, name, SNNFE_U8, 1, info->shape, false, bytes));
    for (size_t i = 0; i < *n; i++)
        list[i] = bytes[i];
    snnfe_release(bytes);
    return list;
}

static void assert_list_is(snnfe_tensors *golden, const char *name, const int32_t *list, size_t n)
{
    size_t n_expected;
    int32_t *expected = read_list(golden, name, &n_expected);
    ck_assert_uint_eq(n, n_expected);
    for (size_t i = 0; i < n; i++)
        ck_assert_msg(list[i] == expected[i], "%s[%zu]: %d, expected %d", name, i, (int)list[i],
                      (int)expected[i]);
    snnfe_release(expected);
}

START_TEST(golden_groups)
{
    if (!support_have_shared())
        return;
    snnfe_tensors *golden = open_golden();
    size_t n;
    int32_t *subjects = read_list(golden, "subjects", &n);
    ck_assert_uint_eq(n, 103);
    int32_t group[103], members[103];
    assert_ok(snnfe_split_groups(n, 5, group));
    for (int32_t fold = 0; fold < 5; fold++) {
        size_t n_members = 0;
        for (size_t i = 0; i < n; i++)
            if (group[i] == fold)
                members[n_members++] = subjects[i];
        char name[40];
        snprintf(name, sizeof name, "subject_groups.fold%d", (int)fold + 1);
        assert_list_is(golden, name, members, n_members);
    }
    snnfe_release(subjects);
    snnfe_tensors_close(golden);
}
END_TEST

START_TEST(golden_holdout)
{
    if (!support_have_shared())
        return;
    snnfe_tensors *golden = open_golden();
    size_t n;
    int32_t *labels = read_list(golden, "holdout.label", &n);
    for (int s = 0; s < 3; s++) {
        snnfe_split split;
        assert_ok(snnfe_split_holdout(&split, labels, NULL, n, 0.2, SNNFE_GENERATOR_PAPER,
                                      golden_seeds[s]));
        char name[40];
        snprintf(name, sizeof name, "holdout.train_seed%d", (int)golden_seeds[s]);
        assert_list_is(golden, name, split.train, split.n_train);
        snprintf(name, sizeof name, "holdout.val_seed%d", (int)golden_seeds[s]);
        assert_list_is(golden, name, split.validation, split.n_validation);
        snnfe_split_release(&split);
    }
    snnfe_release(labels);
    snnfe_tensors_close(golden);
}
END_TEST

START_TEST(golden_folds)
{
    if (!support_have_shared())
        return;
    snnfe_tensors *golden = open_golden();
    size_t n;
    int32_t *labels = read_list(golden, "subject_kfold.label_s001", &n);
    for (int s = 0; s < 3; s++) {
        snnfe_split splits[4];
        assert_ok(
            snnfe_split_kfold(splits, labels, NULL, n, 4, SNNFE_GENERATOR_PAPER, golden_seeds[s]));
        for (int fold = 0; fold < 4; fold++) {
            char name[60];
            snprintf(name, sizeof name, "subject_kfold.seed%d_fold%d_val", (int)golden_seeds[s],
                     fold + 1);
            assert_list_is(golden, name, splits[fold].validation, splits[fold].n_validation);
            snnfe_split_release(&splits[fold]);
        }
    }
    snnfe_release(labels);
    snnfe_tensors_close(golden);
}
END_TEST

/* --- invariants ------------------------------------------------------------------------------ */

static const int32_t generators[] = {SNNFE_GENERATOR_PAPER, SNNFE_GENERATOR_OWN};

/* Three classes with 20, 15 and 10 elements, one label far from the others. */
static void make_labels(int32_t labels[N_TRIALS])
{
    for (int32_t i = 0; i < N_TRIALS; i++)
        labels[i] = i % 9 < 4 ? 0 : i % 9 < 7 ? 1 : 255;
}

static size_t count_label(const int32_t *labels, const int32_t *indices, size_t n, int32_t label)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += labels[indices[i]] == label;
    return count;
}

static void assert_partition(const snnfe_split *split, size_t n)
{
    ck_assert_uint_eq(split->n_train + split->n_validation, n);
    bool seen[N_TRIALS] = {false};
    for (size_t i = 0; i < n; i++) {
        const int32_t index =
            i < split->n_train ? split->train[i] : split->validation[i - split->n_train];
        ck_assert_int_ge(index, 0);
        ck_assert_int_lt(index, (int32_t)n);
        ck_assert_msg(!seen[index], "index %d comes twice", (int)index);
        seen[index] = true;
    }
    assert_ok(snnfe_split_check_disjoint(split->train, split->n_train, split->validation,
                                         split->n_validation));
}

START_TEST(holdouts_are_stratified)
{
    int32_t labels[N_TRIALS];
    make_labels(labels);
    for (int kind = 0; kind < 2; kind++) {
        snnfe_split split, again, other;
        assert_ok(snnfe_split_holdout(&split, labels, NULL, N_TRIALS, 0.25, generators[kind], 7));
        assert_partition(&split, N_TRIALS);
        ck_assert_uint_eq(count_label(labels, split.validation, split.n_validation, 0), 5);
        ck_assert_uint_eq(count_label(labels, split.validation, split.n_validation, 1), 3);
        ck_assert_uint_eq(count_label(labels, split.validation, split.n_validation, 255), 2);
        assert_ok(snnfe_split_holdout(&again, labels, NULL, N_TRIALS, 0.25, generators[kind], 7));
        ck_assert_mem_eq(split.train, again.train, split.n_train * sizeof(int32_t));
        assert_ok(snnfe_split_holdout(&other, labels, NULL, N_TRIALS, 0.25, generators[kind], 8));
        ck_assert_mem_ne(split.train, other.train, split.n_train * sizeof(int32_t));
        snnfe_split_release(&split);
        snnfe_split_release(&again);
        snnfe_split_release(&other);
        ck_assert_ptr_null(split.train);
        assert_ok(snnfe_split_holdout(&split, labels, NULL, N_TRIALS, 0, generators[kind], 7));
        ck_assert_uint_eq(split.n_validation, 0);
        assert_partition(&split, N_TRIALS);
        snnfe_split_release(&split);
    }
}
END_TEST

START_TEST(folds_cover_everything_once)
{
    int32_t labels[N_TRIALS];
    make_labels(labels);
    for (int kind = 0; kind < 2; kind++) {
        snnfe_split splits[4];
        assert_ok(snnfe_split_kfold(splits, labels, NULL, N_TRIALS, 4, generators[kind], 7));
        int held_out[N_TRIALS] = {0};
        /* 20, 15 and 10 elements in four parts. */
        const size_t sizes[4][3] = {{5, 4, 3}, {5, 4, 3}, {5, 4, 2}, {5, 3, 2}};
        for (int fold = 0; fold < 4; fold++) {
            const snnfe_split *split = &splits[fold];
            assert_partition(split, N_TRIALS);
            for (int c = 0; c < 3; c++)
                ck_assert_uint_eq(count_label(labels, split->validation, split->n_validation,
                                              (int32_t[]){0, 1, 255}[c]),
                                  sizes[fold][c]);
            for (size_t i = 0; i < split->n_validation; i++)
                held_out[split->validation[i]]++;
            for (size_t i = 1; i < split->n_train; i++)
                ck_assert_int_le(labels[split->train[i - 1]], labels[split->train[i]]);
        }
        for (int i = 0; i < N_TRIALS; i++)
            ck_assert_int_eq(held_out[i], 1);
        /* Fold 2 trains on part 1, then parts 3 and 4, of each class. */
        ck_assert_mem_eq(splits[1].train, splits[0].validation, 5 * sizeof(int32_t));
        ck_assert_mem_eq(splits[1].train + 5, splits[2].validation, 5 * sizeof(int32_t));
        ck_assert_mem_eq(splits[1].train + 10, splits[3].validation, 5 * sizeof(int32_t));
        for (int fold = 0; fold < 4; fold++)
            snnfe_split_release(&splits[fold]);
    }
}
END_TEST

START_TEST(groups_are_contiguous)
{
    int32_t group[7];
    assert_ok(snnfe_split_groups(7, 3, group));
    ck_assert_mem_eq(group, ((int32_t[]){0, 0, 0, 1, 1, 2, 2}), sizeof group);
    assert_ok(snnfe_split_groups(7, 7, group));
    ck_assert_mem_eq(group, ((int32_t[]){0, 1, 2, 3, 4, 5, 6}), sizeof group);
    assert_ok(snnfe_split_groups(7, 1, group));
    ck_assert_mem_eq(group, ((int32_t[7]){0}), sizeof group);
    assert_fails(snnfe_split_groups(7, 8, group), SNNFE_ERR_ARGUMENT, "n_groups is 8");
    assert_fails(snnfe_split_groups(7, 0, group), SNNFE_ERR_ARGUMENT, "n_groups is 0");
    assert_fails(snnfe_split_groups(0, 1, group), SNNFE_ERR_ARGUMENT, "n_subjects is 0");
    assert_fails(snnfe_split_groups(7, 3, NULL), SNNFE_ERR_ARGUMENT, "group is NULL");
}
END_TEST

START_TEST(one_subject_left_out)
{
    const int32_t subjects[] = {3, 1, 3, 2, 1}, third = 3, unknown = 4;
    snnfe_split split;
    assert_ok(snnfe_split_leave_subjects_out(&split, subjects, 5, &third, 1));
    ck_assert_uint_eq(split.n_train, 3);
    ck_assert_mem_eq(split.train, ((int32_t[]){1, 3, 4}), 3 * sizeof(int32_t));
    ck_assert_mem_eq(split.validation, ((int32_t[]){0, 2}), 2 * sizeof(int32_t));
    snnfe_split_release(&split);
    assert_fails(snnfe_split_leave_subjects_out(&split, subjects, 5, &unknown, 1),
                 SNNFE_ERR_NOT_FOUND, "subject 4");
    assert_fails(snnfe_split_leave_subjects_out(&split, subjects, 1, &third, 1), SNNFE_ERR_ARGUMENT,
                 "nothing is left");
    assert_fails(snnfe_split_leave_subjects_out(&split, NULL, 5, &third, 1), SNNFE_ERR_ARGUMENT,
                 "subjects is NULL");
}
END_TEST

START_TEST(several_subjects_left_out)
{
    const int32_t subjects[] = {3, 1, 3, 2, 1}, left_out[] = {2, 3}, all[] = {1, 2, 3};
    snnfe_split split;
    assert_ok(snnfe_split_leave_subjects_out(&split, subjects, 5, left_out, 2));
    ck_assert_uint_eq(split.n_train, 2);
    ck_assert_uint_eq(split.n_validation, 3);
    ck_assert_mem_eq(split.train, ((int32_t[]){1, 4}), 2 * sizeof(int32_t));
    ck_assert_mem_eq(split.validation, ((int32_t[]){0, 2, 3}), 3 * sizeof(int32_t));
    snnfe_split_release(&split);
    assert_fails(snnfe_split_leave_subjects_out(&split, subjects, 5, all, 3), SNNFE_ERR_ARGUMENT,
                 "the 3 subjects left out");
    const int32_t twice[] = {2, 2}, unknown[] = {2, 7};
    assert_fails(snnfe_split_leave_subjects_out(&split, subjects, 5, twice, 2), SNNFE_ERR_ARGUMENT,
                 "left_out has subject 2 twice");
    assert_fails(snnfe_split_leave_subjects_out(&split, subjects, 5, unknown, 2),
                 SNNFE_ERR_NOT_FOUND, "subject 7");
    assert_fails(snnfe_split_leave_subjects_out(&split, subjects, 5, all, 0), SNNFE_ERR_ARGUMENT,
                 "n_left_out is 0");
    assert_fails(snnfe_split_leave_subjects_out(&split, subjects, 5, NULL, 1), SNNFE_ERR_ARGUMENT,
                 "left_out is NULL");
    assert_fails(snnfe_split_leave_subjects_out(NULL, subjects, 5, all, 1), SNNFE_ERR_ARGUMENT,
                 "split is NULL");
}
END_TEST

START_TEST(calibration_comes_first)
{
    const int32_t labels[] = {1, 1, 0, 1, 0, 0, 1};
    snnfe_split split;
    assert_ok(snnfe_split_calibration(&split, labels, NULL, 7, 2));
    ck_assert_uint_eq(split.n_train, 4);
    ck_assert_mem_eq(split.train, ((int32_t[]){0, 1, 2, 4}), 4 * sizeof(int32_t));
    ck_assert_mem_eq(split.validation, ((int32_t[]){3, 5, 6}), 3 * sizeof(int32_t));
    snnfe_split_release(&split);
    assert_fails(snnfe_split_calibration(&split, labels, NULL, 7, 3), SNNFE_ERR_ARGUMENT,
                 "class 0 has 3 elements");
    assert_fails(snnfe_split_calibration(&split, labels, NULL, 7, 0), SNNFE_ERR_ARGUMENT,
                 "n_trials");
    assert_fails(snnfe_split_calibration(NULL, labels, NULL, 7, 1), SNNFE_ERR_ARGUMENT,
                 "split is NULL");
}
END_TEST

START_TEST(overlap_is_found)
{
    const int32_t a[] = {9, 4, 7}, b[] = {1, 7, 4};
    assert_fails(snnfe_split_check_disjoint(a, 3, b, 3), SNNFE_ERR_OVERLAP, "index 4");
    assert_ok(snnfe_split_check_disjoint(a, 1, b, 3));
    assert_ok(snnfe_split_check_disjoint(a, 3, NULL, 0));
    assert_ok(snnfe_split_check_disjoint(NULL, 0, b, 3));
    assert_fails(snnfe_split_check_disjoint(NULL, 2, b, 3), SNNFE_ERR_ARGUMENT, "a is NULL");
    assert_fails(snnfe_split_check_disjoint(a, 3, NULL, 1), SNNFE_ERR_ARGUMENT, "b is NULL");
}
END_TEST

START_TEST(bad_arguments)
{
    int32_t labels[N_TRIALS];
    make_labels(labels);
    const double bad_ratios[] = {-0.1, 1, NAN, INFINITY};
    for (int kind = 0; kind < 2; kind++) {
        snnfe_split split = {.n_train = 3}, splits[11];
        for (size_t i = 0; i < sizeof bad_ratios / sizeof *bad_ratios; i++) {
            assert_fails(snnfe_split_holdout(&split, labels, NULL, N_TRIALS, bad_ratios[i],
                                             generators[kind], 5),
                         SNNFE_ERR_ARGUMENT, "ratio is");
            ck_assert_uint_eq(split.n_train, 0);
        }
        assert_fails(snnfe_split_holdout(&split, NULL, NULL, N_TRIALS, 0.2, generators[kind], 5),
                     SNNFE_ERR_ARGUMENT, "labels is NULL");
        assert_fails(snnfe_split_holdout(&split, labels, NULL, 0, 0.2, generators[kind], 5),
                     SNNFE_ERR_ARGUMENT, "n is 0");
        assert_fails(snnfe_split_holdout(&split, labels, NULL, SIZE_MAX, 0.2, generators[kind], 5),
                     SNNFE_ERR_ARGUMENT, "n is");
        assert_fails(snnfe_split_holdout(NULL, labels, NULL, N_TRIALS, 0.2, generators[kind], 5),
                     SNNFE_ERR_ARGUMENT, "split is NULL");
        assert_fails(snnfe_split_kfold(splits, labels, NULL, N_TRIALS, 11, generators[kind], 5),
                     SNNFE_ERR_ARGUMENT, "class 255 has 10 elements");
        assert_fails(snnfe_split_kfold(splits, labels, NULL, N_TRIALS, 1, generators[kind], 5),
                     SNNFE_ERR_ARGUMENT, "n_folds is 1");
        assert_fails(snnfe_split_kfold(NULL, labels, NULL, N_TRIALS, 4, generators[kind], 5),
                     SNNFE_ERR_ARGUMENT, "splits is NULL");
        labels[17] = 256;
        assert_fails(snnfe_split_kfold(splits, labels, NULL, N_TRIALS, 4, generators[kind], 5),
                     SNNFE_ERR_ARGUMENT, "labels[17] is 256");
        labels[17] = -1;
        assert_fails(snnfe_split_holdout(&split, labels, NULL, N_TRIALS, 0.2, generators[kind], 5),
                     SNNFE_ERR_ARGUMENT, "labels[17] is -1");
        labels[17] = 255;
    }
    snnfe_split_release(NULL);
}
END_TEST

/* Eight elements of five trials; trial 40 has three. */
static const uint64_t trials_of_eight[8] = {40, 10, 40, 30, UINT64_MAX, 10, 0, 40};
static const int32_t labels_of_eight[8] = {0, 1, 0, 0, 1, 1, 0, 0};

START_TEST(trials_stay_together)
{
    for (int kind = 0; kind < 2; kind++) {
        snnfe_split of_trials, split;
        /* The trials in the order of their first elements, each as an element. */
        const int32_t labels[5] = {0, 1, 0, 1, 0};
        const int32_t members[5][3] = {{0, 2, 7}, {1, 5}, {3}, {4}, {6}};
        const size_t n_members[5] = {3, 2, 1, 1, 1};
        assert_ok(snnfe_split_holdout(&of_trials, labels, NULL, 5, 0.5, generators[kind], 5));
        assert_ok(snnfe_split_holdout(&split, labels_of_eight, trials_of_eight, 8, 0.5,
                                      generators[kind], 5));
        assert_partition(&split, 8);
        size_t place = 0;
        for (size_t i = 0; i < of_trials.n_train; i++)
            for (size_t k = 0; k < n_members[of_trials.train[i]]; k++)
                ck_assert_int_eq(split.train[place++], members[of_trials.train[i]][k]);
        ck_assert_uint_eq(place, split.n_train);
        snnfe_split_release(&of_trials);
        snnfe_split_release(&split);
        snnfe_split splits[2];
        assert_ok(
            snnfe_split_kfold(splits, labels_of_eight, trials_of_eight, 8, 2, generators[kind], 5));
        for (int fold = 0; fold < 2; fold++) {
            assert_partition(&splits[fold], 8);
            for (size_t i = 0; i < splits[fold].n_train; i++)
                for (size_t j = 0; j < splits[fold].n_validation; j++)
                    ck_assert_uint_ne(trials_of_eight[splits[fold].train[i]],
                                      trials_of_eight[splits[fold].validation[j]]);
            snnfe_split_release(&splits[fold]);
        }
        assert_fails(
            snnfe_split_kfold(splits, labels_of_eight, trials_of_eight, 8, 3, generators[kind], 5),
            SNNFE_ERR_ARGUMENT, "class 1 has 2 elements");
    }
}
END_TEST

START_TEST(calibration_counts_trials)
{
    snnfe_split split;
    assert_ok(snnfe_split_calibration(&split, labels_of_eight, trials_of_eight, 8, 1));
    ck_assert_uint_eq(split.n_train, 5);
    ck_assert_mem_eq(split.train, ((int32_t[]){0, 2, 7, 1, 5}), 5 * sizeof(int32_t));
    ck_assert_mem_eq(split.validation, ((int32_t[]){3, 4, 6}), 3 * sizeof(int32_t));
    snnfe_split_release(&split);
    assert_fails(snnfe_split_calibration(&split, labels_of_eight, trials_of_eight, 8, 2),
                 SNNFE_ERR_ARGUMENT, "class 1 has 2 elements");
    ck_assert_ptr_null(split.train);
}
END_TEST

START_TEST(a_trial_an_element_changes_nothing)
{
    int32_t labels[N_TRIALS];
    uint64_t trials[N_TRIALS];
    make_labels(labels);
    for (size_t i = 0; i < N_TRIALS; i++)
        trials[i] = 1000 - i * 7;
    for (int kind = 0; kind < 2; kind++) {
        snnfe_split plain, split;
        assert_ok(snnfe_split_holdout(&plain, labels, NULL, N_TRIALS, 0.2, generators[kind], 5));
        assert_ok(snnfe_split_holdout(&split, labels, trials, N_TRIALS, 0.2, generators[kind], 5));
        ck_assert_uint_eq(plain.n_train, split.n_train);
        ck_assert_mem_eq(plain.train, split.train, plain.n_train * sizeof(int32_t));
        ck_assert_mem_eq(plain.validation, split.validation, plain.n_validation * sizeof(int32_t));
        snnfe_split_release(&plain);
        snnfe_split_release(&split);
    }
}
END_TEST

START_TEST(bad_generators)
{
    snnfe_split split, splits[2];
    for (int32_t generator = -1; generator < 3; generator += 3) {
        assert_fails(snnfe_split_holdout(&split, labels_of_eight, NULL, 8, 0.2, generator, 5),
                     SNNFE_ERR_ARGUMENT, "generator is");
        assert_fails(snnfe_split_kfold(splits, labels_of_eight, NULL, 8, 2, generator, 5),
                     SNNFE_ERR_ARGUMENT, "generator is");
    }
}
END_TEST

int main(int argc, char **argv)
{
    (void)argc;
    support_set_program(argv[0]);
    Suite *suite = suite_create("split");
    TCase *golden = tcase_create("reference lists");
    tcase_add_test(golden, golden_groups);
    tcase_add_test(golden, golden_holdout);
    tcase_add_test(golden, golden_folds);
    suite_add_tcase(suite, golden);
    TCase *tests = tcase_create("invariants");
    tcase_add_test(tests, holdouts_are_stratified);
    tcase_add_test(tests, folds_cover_everything_once);
    tcase_add_test(tests, groups_are_contiguous);
    tcase_add_test(tests, one_subject_left_out);
    tcase_add_test(tests, several_subjects_left_out);
    tcase_add_test(tests, calibration_comes_first);
    tcase_add_test(tests, overlap_is_found);
    tcase_add_test(tests, bad_arguments);
    tcase_add_test(tests, trials_stay_together);
    tcase_add_test(tests, calibration_counts_trials);
    tcase_add_test(tests, a_trial_an_element_changes_nothing);
    tcase_add_test(tests, bad_generators);
    suite_add_tcase(suite, tests);
    return support_run(suite);
}
