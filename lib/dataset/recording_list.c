#include "dataset/recording_list.h"

#include "base/check.h"
#include "base/memory.h"
#include "recording/eegmmidb.h"

#include <stdlib.h>
#include <string.h>

#define MAX_PATH 4096

void snnfe_recording_list_release(snnfe_recording_list *list)
{
    for (size_t i = 0; i < list->n; i++)
        snnfe_release(list->paths[i]);
    snnfe_release(list->paths);
    snnfe_release(list->subjects);
    snnfe_release(list->runs);
}

snnfe_status snnfe_recording_list_reserve(snnfe_recording_list *list, size_t capacity)
{
    list->paths = snnfe_alloc(capacity, sizeof *list->paths);
    list->subjects = snnfe_alloc(capacity, sizeof *list->subjects);
    list->runs = snnfe_alloc(capacity, sizeof *list->runs);
    return list->paths && list->subjects && list->runs ? SNNFE_OK : SNNFE_ERR_MEMORY;
}

snnfe_status snnfe_recording_list_add(snnfe_recording_list *list, const char *path, int32_t subject,
                                      int32_t run)
{
    char *copy = snnfe_duplicate_string(path);
    if (!copy)
        return SNNFE_ERR_MEMORY;
    list->paths[list->n] = copy;
    list->subjects[list->n] = subject;
    list->runs[list->n] = run;
    list->n++;
    return SNNFE_OK;
}

static int ascending(const void *a, const void *b)
{
    const int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

/* The numbers in a list of the options are 1…`most`. */
static snnfe_status check_numbers(const char *member, const int32_t *numbers, size_t n,
                                  int32_t most)
{
    for (size_t i = 0; i < n; i++)
        if (numbers[i] < 1 || numbers[i] > most)
            return snnfe_fail(SNNFE_ERR_ARGUMENT,
                              "snnfe_dataset_options.%s[%zu] is %d, not in 1…%d", member, i,
                              (int)numbers[i], (int)most);
    return SNNFE_OK;
}

static snnfe_status given_subjects(const snnfe_dataset_options *o, int32_t *subjects, size_t *n)
{
    SNNFE_TRY(snnfe_check_count("snnfe_dataset_options", ".n_subjects", o->n_subjects, 1,
                                SNNFE_LAST_SUBJECT));
    SNNFE_TRY(check_numbers("subjects", o->subjects, o->n_subjects, SNNFE_LAST_SUBJECT));
    memcpy(subjects, o->subjects, o->n_subjects * sizeof *subjects);
    *n = o->n_subjects;
    return SNNFE_OK;
}

static snnfe_status check_distinct(const int32_t *subjects, size_t n)
{
    for (size_t i = 1; i < n; i++)
        if (subjects[i] == subjects[i - 1])
            return snnfe_fail(SNNFE_ERR_ARGUMENT, "subjects has %d twice", (int)subjects[i]);
    return SNNFE_OK;
}

bool snnfe_is_listed(const int32_t *numbers, size_t n, int32_t number)
{
    for (size_t i = 0; i < n; i++)
        if (numbers[i] == number)
            return true;
    return false;
}

/* Runs that give trials or that statistics_runs names must be there; without such a list every
   other run that is there counts. */
static snnfe_status add_subject(snnfe_recording_list *list, const snnfe_tree *tree, int32_t subject,
                                const snnfe_label_set *labels)
{
    const snnfe_dataset_options *o = labels->options;
    const bool statistics = o->normalization == SNNFE_NORMALIZE_ALL;
    for (int32_t run = 1; run <= SNNFE_LAST_RUN; run++) {
        char path[MAX_PATH];
        if (!snnfe_tree_path(path, sizeof path, tree->root, subject, run))
            return snnfe_fail(SNNFE_ERR_ARGUMENT, "%.100s…: path is too long", tree->root);
        bool wanted = snnfe_label_set_uses_run(labels, run);
        if (statistics && o->statistics_runs)
            wanted = wanted || snnfe_is_listed(o->statistics_runs, o->n_statistics_runs, run);
        else if (statistics)
            wanted = wanted || tree->has_run(tree, path, run);
        if (wanted)
            SNNFE_TRY(snnfe_recording_list_add(list, path, subject, run));
    }
    return SNNFE_OK;
}

snnfe_status snnfe_recording_list_tree(snnfe_recording_list *list, const snnfe_tree *tree,
                                       const snnfe_label_set *labels)
{
    const snnfe_dataset_options *o = labels->options;
    int32_t subjects[SNNFE_LAST_SUBJECT];
    size_t n = 0;
    SNNFE_TRY(
        check_numbers("statistics_runs", o->statistics_runs, o->n_statistics_runs, SNNFE_LAST_RUN));
    SNNFE_TRY(o->subjects ? given_subjects(o, subjects, &n)
                          : tree->present_subjects(tree, subjects, &n));
    /* A tree of another kind has been told by now. */
    if (o->label_set == SNNFE_LABELS_EVENTS && !o->runs)
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "label set EVENTS needs `runs` for a tree");
    qsort(subjects, n, sizeof *subjects, ascending);
    SNNFE_TRY(check_distinct(subjects, n));
    SNNFE_TRY(snnfe_recording_list_reserve(list, n * SNNFE_LAST_RUN));
    for (size_t i = 0; i < n; i++)
        SNNFE_TRY(add_subject(list, tree, subjects[i], labels));
    return SNNFE_OK;
}
