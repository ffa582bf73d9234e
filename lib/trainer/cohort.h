/* Subjects of a data set, the trials of each, and the paper's folds within each. */
#ifndef SNNFE_LIB_COHORT_H
#define SNNFE_LIB_COHORT_H

#include "base/status.h"

#include <snnfe/dataset.h>
#include <snnfe/split.h>

typedef struct snnfe_cohort {
    const int32_t *subjects; /* [n_subjects], borrowed */
    size_t n_subjects, n_folds;
    int32_t *indices;    /* trials of all subjects, one subject after another */
    int32_t *labels;     /* of these */
    size_t *first;       /* [n_subjects + 1] where each subject begins */
    snnfe_split *splits; /* [n_subjects][n_folds], positions within the subject */
} snnfe_cohort;

/* `subjects` NULL stands for all of the data set (then `n_subjects` is ignored). Errors name `call`
   and the subject that is missing or has too few trials. Release it after a failure too. */
snnfe_status snnfe_cohort_gather(snnfe_cohort *cohort, const char *call,
                                 const snnfe_dataset *dataset, const int32_t *subjects,
                                 size_t n_subjects, size_t n_folds, uint64_t seed);
void snnfe_cohort_release(snnfe_cohort *cohort);

#endif
