/**
 * @file split.h
 * @brief Index lists for training, validation and test.
 *
 * All are pure functions of their arguments and thread-safe. Elements are what a list is made of,
 * 1…2^31 - 1 of them: `labels` [n] are their classes, 0…255 (snnfe_dataset_info::labels), `trials`
 * [n] say which trial each is of (snnfe_dataset_info::trial_ids). Elements of one trial, such as
 * windows, stay together; the label of the first counts. With `trials` NULL each element is a trial
 * of its own. Splits are to be released.
 *
 * Errors: #SNNFE_ERR_ARGUMENT, #SNNFE_ERR_MEMORY, and what is said below.
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

/** What shuffles in snnfe_split_holdout() and snnfe_split_kfold(). */
enum {
    SNNFE_GENERATOR_PAPER = 0, /**< the published experiments' lists, index by index: CPython's
                                    random for hold-out, NumPy's default_rng for folds (@ref
                                    spec_splits); the paper's seed is 5 */
    SNNFE_GENERATOR_OWN = 1    /**< the library's counter-based generator */
};

/** @brief Free the lists of a split and zero it; accepts NULL. */
SNNFE_API void snnfe_split_release(snnfe_split *split);

/** @brief Cut sorted subjects into contiguous groups, the first ones one larger (numpy
 *         array_split): `group` [n_subjects] gets each subject's, from 0; `n_groups` is
 * 1…n_subjects. Fold k tests on group k. */
SNNFE_API snnfe_status snnfe_split_groups(size_t n_subjects, size_t n_groups, int32_t *group);

/** @brief Stratified hold-out: of each class the first floor(ratio n) of its n shuffled trials
 *         validate, 0 <= ratio < 1. `generator` is a `SNNFE_GENERATOR_*`. */
SNNFE_API snnfe_status snnfe_split_holdout(snnfe_split *split, const int32_t *labels,
                                           const uint64_t *trials, size_t n, double ratio,
                                           int32_t generator, uint64_t seed);

/** @brief Stratified folds into `splits` [n_folds]: at least 2, and every class needs as many
 *         trials. The paper's are within one subject. */
SNNFE_API snnfe_status snnfe_split_kfold(snnfe_split *splits, const int32_t *labels,
                                         const uint64_t *trials, size_t n, size_t n_folds,
                                         int32_t generator, uint64_t seed);

/** @brief Calibration: the first `n_trials` trials of each class train, the later ones, of which
 *         every class needs one, validate, as in a recording that begins with a few labeled trials.
 */
SNNFE_API snnfe_status snnfe_split_calibration(snnfe_split *split, const int32_t *labels,
                                               const uint64_t *trials, size_t n, size_t n_trials);

/** @brief Leave subjects out: the elements of those in `left_out` [n_left_out], each named once,
 *         validate, all others train, both in order. `subjects` [n] are those of the elements.
 *  @return #SNNFE_ERR_NOT_FOUND (a subject without an element). */
SNNFE_API snnfe_status snnfe_split_leave_subjects_out(snnfe_split *split, const int32_t *subjects,
                                                      size_t n, const int32_t *left_out,
                                                      size_t n_left_out);

/** @brief Guard against leakage: no index may be in both lists (each sorted or not).
 *  @return #SNNFE_ERR_OVERLAP naming the first common index. */
SNNFE_API snnfe_status snnfe_split_check_disjoint(const int32_t *a, size_t n_a, const int32_t *b,
                                                  size_t n_b);

#ifdef __cplusplus
}
#endif

#endif
