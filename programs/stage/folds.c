#include "folds.h"

#include "cli.h"

#include <stdlib.h>

void folds_release(fold_lists *lists)
{
    free(lists->pool);
    free(lists->test);
    free(lists->subjects);
    free(lists->tested);
    snnfe_split_release(&lists->split);
    *lists = (fold_lists){0};
}

static snnfe_status share_subjects(fold_lists *lists, const snnfe_dataset *dataset,
                                   size_t n_subjects, int64_t n_folds, int64_t fold)
{
    const int32_t *all = cli_dataset_info(dataset).subject_list;
    int32_t *group = calloc(n_subjects + 1, sizeof *group);
    if (!group)
        return SNNFE_ERR_MEMORY;
    const snnfe_status status = snnfe_split_groups(n_subjects, (size_t)n_folds, group);
    for (size_t i = 0; status == SNNFE_OK && i < n_subjects; i++) {
        const int32_t subject = all[i];
        if (group[i] == fold - 1)
            lists->tested[lists->n_tested++] = subject;
        else
            lists->subjects[lists->n_subjects++] = subject;
    }
    free(group);
    return status;
}

static void share_windows(fold_lists *lists, const snnfe_dataset *dataset, size_t n_windows)
{
    const int32_t *subjects = cli_dataset_info(dataset).subjects;
    for (size_t i = 0; i < n_windows; i++) {
        size_t place = 0;
        while (place < lists->n_tested && lists->tested[place] != subjects[i])
            place++;
        if (place < lists->n_tested)
            lists->test[lists->n_test++] = (int32_t)i;
        else
            lists->pool[lists->n_pool++] = (int32_t)i;
    }
}

/* Which of the pool validates; windows of a trial stay together. */
static snnfe_status split_pool(fold_lists *lists, const snnfe_dataset *dataset, double ratio,
                               uint64_t seed)
{
    const snnfe_dataset_info info = cli_dataset_info(dataset);
    uint64_t *ids = calloc(lists->n_pool + 1, sizeof *ids);
    int32_t *labels = calloc(lists->n_pool + 1, sizeof *labels);
    for (size_t i = 0; ids && labels && i < lists->n_pool; i++) {
        ids[i] = info.trial_ids[lists->pool[i]];
        labels[i] = info.labels[lists->pool[i]];
    }
    const snnfe_status status = ids && labels
                                    ? snnfe_split_holdout(&lists->split, labels, ids, lists->n_pool,
                                                          ratio, SNNFE_GENERATOR_PAPER, seed)
                                    : SNNFE_ERR_MEMORY;
    free(ids);
    free(labels);
    for (size_t i = 0; i < lists->split.n_train; i++)
        lists->split.train[i] = lists->pool[lists->split.train[i]];
    for (size_t i = 0; i < lists->split.n_validation; i++)
        lists->split.validation[i] = lists->pool[lists->split.validation[i]];
    return status;
}

snnfe_status folds_make(fold_lists *lists, const snnfe_dataset *dataset, int64_t n_folds,
                        int64_t fold, double validation_ratio, uint64_t seed)
{
    snnfe_dataset_info info = {.struct_size = sizeof info};
    snnfe_status status = snnfe_dataset_get_info(dataset, &info);
    *lists = (fold_lists){0};
    if (status != SNNFE_OK)
        return status;
    lists->pool = calloc(info.n_trials + 1, sizeof *lists->pool);
    lists->test = calloc(info.n_trials + 1, sizeof *lists->test);
    lists->subjects = calloc(info.n_subjects + 1, sizeof *lists->subjects);
    lists->tested = calloc(info.n_subjects + 1, sizeof *lists->tested);
    if (!lists->pool || !lists->test || !lists->subjects || !lists->tested)
        status = SNNFE_ERR_MEMORY;
    if (status == SNNFE_OK)
        status = share_subjects(lists, dataset, info.n_subjects, n_folds, fold);
    if (status != SNNFE_OK)
        return status;
    share_windows(lists, dataset, info.n_trials);
    return split_pool(lists, dataset, validation_ratio, seed);
}
