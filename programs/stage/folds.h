/* Cross-validation over groups of subjects: who trains, validates and tests in a fold. */
#ifndef SNNFE_EXAMPLES_FOLDS_H
#define SNNFE_EXAMPLES_FOLDS_H

#include <snnfe/snnfe.h>

typedef struct fold_lists {
    int32_t *pool, *test; /* trials of the other subjects, and of the fold's own group */
    int32_t *subjects;    /* those of the pool */
    int32_t *tested;      /* those of the group */
    size_t n_pool, n_test, n_subjects, n_tested;
    snnfe_split split; /* of the pool: trials of the data set that train and validate */
} fold_lists;

/* Subjects of group `fold` (1-based) of `n_folds` test; of the others' trials a share validates.
   Release it after a failure too. */
snnfe_status folds_make(fold_lists *lists, const snnfe_dataset *dataset, int64_t n_folds,
                        int64_t fold, double validation_ratio, uint64_t seed);
void folds_release(fold_lists *lists);

#endif
