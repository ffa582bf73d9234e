#include "trainer/cohort.h"

#include "base/check.h"
#include "base/memory.h"
#include "dataset/dataset.h"

/* Trials of each subject in their order; only counted while `indices` is NULL. */
static snnfe_status collect(snnfe_cohort *c, const char *call, const snnfe_dataset *dataset,
                            size_t n_trials)
{
    const int32_t *of_trial = snnfe_dataset_about(dataset).subjects;
    const int32_t *labels = snnfe_dataset_about(dataset).labels;
    size_t n = 0;
    for (size_t s = 0; s < c->n_subjects; s++) {
        c->first[s] = n;
        for (size_t i = 0; i < n_trials; i++) {
            if (of_trial[i] != c->subjects[s])
                continue;
            if (c->indices) {
                c->indices[n] = (int32_t)i;
                c->labels[n] = labels[i];
            }
            n++;
        }
        if (n == c->first[s])
            return snnfe_fail(SNNFE_ERR_NOT_FOUND, "%s: subject %d is not in the data set", call,
                              (int)c->subjects[s]);
    }
    c->first[c->n_subjects] = n;
    return SNNFE_OK;
}

static snnfe_status gather_trials(snnfe_cohort *c, const char *call, const snnfe_dataset *dataset,
                                  size_t n_trials)
{
    c->first = snnfe_alloc(c->n_subjects + 1, sizeof *c->first);
    c->splits = snnfe_alloc(c->n_subjects * c->n_folds, sizeof *c->splits);
    if (!c->first || !c->splits)
        return SNNFE_ERR_MEMORY;
    SNNFE_TRY(collect(c, call, dataset, n_trials));
    const size_t n = c->first[c->n_subjects];
    c->labels = snnfe_alloc(n, sizeof *c->labels);
    c->indices = snnfe_alloc(n, sizeof *c->indices);
    if (!c->labels || !c->indices)
        return SNNFE_ERR_MEMORY;
    return collect(c, call, dataset, n_trials);
}

/* Windows of a trial stay together. */
static snnfe_status split_subject(snnfe_cohort *c, size_t subject, const snnfe_dataset *dataset,
                                  uint64_t seed)
{
    const size_t first = c->first[subject], n = c->first[subject + 1] - first;
    uint64_t *ids = snnfe_alloc(n, sizeof *ids);
    if (!ids)
        return SNNFE_ERR_MEMORY;
    for (size_t i = 0; i < n; i++)
        ids[i] = snnfe_dataset_about(dataset).trial_ids[c->indices[first + i]];
    const snnfe_status status =
        snnfe_split_kfold(c->splits + subject * c->n_folds, c->labels + first, ids, n, c->n_folds,
                          SNNFE_GENERATOR_PAPER, seed);
    snnfe_release(ids);
    return status;
}

snnfe_status snnfe_cohort_gather(snnfe_cohort *cohort, const char *call,
                                 const snnfe_dataset *dataset, const int32_t *subjects,
                                 size_t n_subjects, size_t n_folds, uint64_t seed)
{
    snnfe_dataset_info info = {.struct_size = sizeof info};
    *cohort = (snnfe_cohort){.n_folds = n_folds};
    SNNFE_TRY(snnfe_dataset_get_info(dataset, &info));
    SNNFE_TRY(snnfe_check_count(call, "n_folds", n_folds, 2, info.n_trials));
    if (subjects)
        SNNFE_TRY(snnfe_check_count(call, "n_subjects", n_subjects, 0, SIZE_MAX / n_folds - 1));
    cohort->subjects = subjects ? subjects : snnfe_dataset_about(dataset).subject_list;
    cohort->n_subjects = subjects ? n_subjects : info.n_subjects;
    SNNFE_TRY(gather_trials(cohort, call, dataset, info.n_trials));
    for (size_t s = 0; s < cohort->n_subjects; s++) {
        const snnfe_status status = split_subject(cohort, s, dataset, seed);
        if (status != SNNFE_OK)
            return snnfe_fail_prefix(status, "%s: subject %d", call, (int)cohort->subjects[s]);
    }
    return SNNFE_OK;
}

void snnfe_cohort_release(snnfe_cohort *cohort)
{
    for (size_t i = 0; cohort->splits && i < cohort->n_subjects * cohort->n_folds; i++)
        snnfe_split_release(&cohort->splits[i]);
    snnfe_release(cohort->splits);
    snnfe_release(cohort->first);
    snnfe_release(cohort->indices);
    snnfe_release(cohort->labels);
    *cohort = (snnfe_cohort){0};
}
