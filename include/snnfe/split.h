/**
 * @file split.h
 * @brief Index lists for training, validation and test.
 *
 * The `paper` functions give the published experiments' lists index by index (@ref spec_splits,
 * with the generators of CPython and NumPy); the others use the library's own counter-based
 * generator. All are pure functions of their arguments and thread-safe. Labels are those of
 * snnfe_dataset_labels(); indices are positions in the arrays given.
 */
#ifndef SNNFE_SPLIT_H
#define SNNFE_SPLIT_H

#include <snnfe/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Two index lists that together name each element once. */
typedef struct snnfe_split {
    int32_t *train;      /**< [n_train], owned by the split */
    int32_t *validation; /**< [n_validation], owned by the split */
    size_t n_train;      /**< entries of `train` */
    size_t n_validation; /**< entries of `validation` */
} snnfe_split;

/** @brief Free the lists of a split and zero it; accepts NULL. @since 0.1 */
SNNFE_API void snnfe_split_release(snnfe_split *split);

/**
 * @brief Cut sorted subjects into contiguous groups, the first ones one larger (numpy array_split).
 * @param n_subjects number of subjects
 * @param n_groups   1…n_subjects
 * @param[out] group [n_subjects] group of each subject, 0-based; fold k tests on group k
 * @return #SNNFE_ERR_ARGUMENT
 * @since 0.1
 */
SNNFE_API snnfe_status snnfe_split_groups(size_t n_subjects, size_t n_groups, int32_t *group);

/**
 * @brief The paper's hold-out: per class the first floor(ratio n) of its shuffled indices validate;
 *        CPython's random seeded with `seed` (@ref spec_splits).
 * @param[out] split the lists, to be released
 * @param labels [n] classes, 0…255
 * @param n      number of elements
 * @param ratio  share of validation, 0 <= ratio < 1
 * @param seed   the paper uses 5
 * @return #SNNFE_ERR_ARGUMENT, #SNNFE_ERR_MEMORY
 * @since 0.1
 */
SNNFE_API snnfe_status snnfe_split_paper_holdout(snnfe_split *split, const int32_t *labels,
                                                 size_t n, double ratio, uint64_t seed);

/**
 * @brief The paper's folds within a subject: NumPy's default_rng(seed) (@ref spec_splits).
 * @param[out] splits [n_folds] lists of each fold, each to be released
 * @param labels  [n] classes of one subject, 0…255
 * @param n       number of elements
 * @param n_folds at least 2; every class needs as many elements
 * @param seed    the paper uses 5
 * @return #SNNFE_ERR_ARGUMENT (naming the class with too few elements), #SNNFE_ERR_MEMORY
 * @since 0.1
 */
SNNFE_API snnfe_status snnfe_split_paper_kfold(snnfe_split *splits, const int32_t *labels, size_t n,
                                               size_t n_folds, uint64_t seed);

/** @brief Stratified hold-out with the library's generator; arguments and errors as
 *  snnfe_split_paper_holdout(). @since 0.1 */
SNNFE_API snnfe_status snnfe_split_holdout(snnfe_split *split, const int32_t *labels, size_t n,
                                           double ratio, uint64_t seed);

/** @brief Stratified folds with the library's generator; arguments and errors as
 *  snnfe_split_paper_kfold(). @since 0.1 */
SNNFE_API snnfe_status snnfe_split_kfold(snnfe_split *splits, const int32_t *labels, size_t n,
                                         size_t n_folds, uint64_t seed);

/**
 * @brief Leave one subject out: its elements validate, all others train, both in order.
 * @param[out] split the lists, to be released
 * @param subjects [n] subject of each element
 * @param n        number of elements
 * @param subject  the one left out
 * @return #SNNFE_ERR_NOT_FOUND, #SNNFE_ERR_MEMORY, #SNNFE_ERR_ARGUMENT
 * @since 0.1
 */
SNNFE_API snnfe_status snnfe_split_leave_subject_out(snnfe_split *split, const int32_t *subjects,
                                                     size_t n, int32_t subject);

/**
 * @brief Leave several subjects out: their elements validate, all others train, both in order.
 * @param[out] split the lists, to be released
 * @param subjects   [n] subject of each element
 * @param n          number of elements
 * @param left_out   [n_left_out] subjects, each once
 * @param n_left_out at least 1
 * @return #SNNFE_ERR_NOT_FOUND (a subject without an element), #SNNFE_ERR_ARGUMENT,
 *         #SNNFE_ERR_MEMORY
 * @since 0.1
 */
SNNFE_API snnfe_status snnfe_split_leave_subjects_out(snnfe_split *split, const int32_t *subjects,
                                                      size_t n, const int32_t *left_out,
                                                      size_t n_left_out);

/**
 * @brief Calibration: the first `n_trials` elements of each class train, the later ones validate,
 *        as in a recording that begins with a few labeled trials.
 * @return #SNNFE_ERR_ARGUMENT (a class has no more than n_trials elements), #SNNFE_ERR_MEMORY
 * @since 0.1
 */
SNNFE_API snnfe_status snnfe_split_calibration(snnfe_split *split, const int32_t *labels, size_t n,
                                               size_t n_trials);

/**
 * @brief Number the trials of elements, to split trials where several elements (windows) are of
 * one: split the labels of the elements in `firsts`, then call snnfe_split_expand_trials().
 * @param trials [n] which trial each element is of, such as snnfe_dataset_trial_ids()
 * @param n      number of elements, at least 1
 * @param[out] numbers  [n] number of each element's trial, from 0 in order of first appearance
 * @param[out] firsts   [n] the first element of each trial; `n_trials` entries are written
 * @param[out] n_trials number of trials; with as many trials as elements both lists are 0, 1, 2, …
 * @return #SNNFE_ERR_ARGUMENT, #SNNFE_ERR_MEMORY
 * @since 0.1
 */
SNNFE_API snnfe_status snnfe_split_number_trials(const uint64_t *trials, size_t n, int32_t *numbers,
                                                 int32_t *firsts, size_t *n_trials);

/**
 * @brief Make lists of elements of a split's lists of trials: each trial gives way to all its
 *        elements in their order, so that no trial is in both lists.
 * @param[in,out] split of trials by number; unchanged on failure
 * @param numbers [n] of snnfe_split_number_trials()
 * @param n       number of elements
 * @return #SNNFE_ERR_ARGUMENT (a number that no trial has), #SNNFE_ERR_MEMORY
 * @since 0.1
 */
SNNFE_API snnfe_status snnfe_split_expand_trials(snnfe_split *split, const int32_t *numbers,
                                                 size_t n);

/** @brief Guard against leakage: no index may be in both lists (each sorted or not).
 *  @return #SNNFE_ERR_OVERLAP naming the first common index; #SNNFE_ERR_ARGUMENT;
 *          #SNNFE_ERR_MEMORY. @since 0.1 */
SNNFE_API snnfe_status snnfe_split_check_disjoint(const int32_t *a, size_t n_a, const int32_t *b,
                                                  size_t n_b);

#ifdef __cplusplus
}
#endif

#endif
