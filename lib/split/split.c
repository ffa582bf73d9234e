#include <snnfe/split.h>

#include "base/check.h"
#include "base/memory.h"
#include "split_internal.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

void snnfe_split_release(snnfe_split *split)
{
    if (!split)
        return;
    snnfe_release(split->train);
    snnfe_release(split->validation);
    *split = (snnfe_split){0};
}

snnfe_status snnfe_split_allocate(snnfe_split *split, size_t n_train, size_t n_validation)
{
    int32_t *train = snnfe_alloc(n_train, sizeof *train);
    int32_t *validation = snnfe_alloc(n_validation, sizeof *validation);
    if (!train || !validation) {
        snnfe_release(train);
        snnfe_release(validation);
        return SNNFE_ERR_MEMORY;
    }
    *split = (snnfe_split){
        .train = train, .validation = validation, .n_train = n_train, .n_validation = n_validation};
    return SNNFE_OK;
}

/* Positions are 32-bit integers, which limits the number of elements. */
static snnfe_status check_elements(const int32_t *elements, size_t n, const char *name)
{
    SNNFE_TRY(snnfe_check_pointer(NULL, name, elements));
    return snnfe_check_count(NULL, "n", n, 1, INT32_MAX);
}

snnfe_status snnfe_split_count_labels(const int32_t *labels, size_t n,
                                      size_t counts[SNNFE_N_LABELS])
{
    SNNFE_TRY(check_elements(labels, n, "labels"));
    memset(counts, 0, SNNFE_N_LABELS * sizeof *counts);
    for (size_t i = 0; i < n; i++) {
        SNNFE_TRY(snnfe_check_entry(NULL, "labels", i, labels[i], SNNFE_N_LABELS));
        counts[labels[i]]++;
    }
    return SNNFE_OK;
}

snnfe_status snnfe_split_groups(size_t n_subjects, size_t n_groups, int32_t *group)
{
    SNNFE_TRY(snnfe_check_pointer(NULL, "group", group));
    SNNFE_TRY(snnfe_check_count(NULL, "n_subjects", n_subjects, 1, INT32_MAX));
    SNNFE_TRY(snnfe_check_count(NULL, "n_groups", n_groups, 1, n_subjects));
    const size_t small = n_subjects / n_groups, n_larger = n_subjects % n_groups;
    const size_t in_larger = n_larger * (small + 1);
    for (size_t i = 0; i < n_subjects; i++)
        group[i] = (int32_t)(i < in_larger ? i / (small + 1) : n_larger + (i - in_larger) / small);
    return SNNFE_OK;
}

static bool is_among(const int32_t *subjects, size_t n, int32_t subject)
{
    for (size_t i = 0; i < n; i++)
        if (subjects[i] == subject)
            return true;
    return false;
}

/* Each subject that is left out has an element and is named once. */
static snnfe_status check_left_out(const int32_t *subjects, size_t n, const int32_t *left_out,
                                   size_t n_left_out)
{
    SNNFE_TRY(snnfe_check_pointer(NULL, "left_out", left_out));
    SNNFE_TRY(snnfe_check_count(NULL, "n_left_out", n_left_out, 1, UINT64_MAX));
    for (size_t i = 0; i < n_left_out; i++) {
        if (is_among(left_out, i, left_out[i]))
            return snnfe_fail(SNNFE_ERR_ARGUMENT, "left_out has subject %d twice",
                              (int)left_out[i]);
        if (!is_among(subjects, n, left_out[i]))
            return snnfe_fail(SNNFE_ERR_NOT_FOUND, "subject %d has none of the %zu elements",
                              (int)left_out[i], n);
    }
    return SNNFE_OK;
}

snnfe_status snnfe_split_leave_subjects_out(snnfe_split *split, const int32_t *subjects, size_t n,
                                            const int32_t *left_out, size_t n_left_out)
{
    SNNFE_TRY(snnfe_check_pointer(NULL, "split", split));
    *split = (snnfe_split){0};
    SNNFE_TRY(check_elements(subjects, n, "subjects"));
    SNNFE_TRY(check_left_out(subjects, n, left_out, n_left_out));
    size_t n_validation = 0;
    for (size_t i = 0; i < n; i++)
        n_validation += is_among(left_out, n_left_out, subjects[i]);
    if (n_validation == n && n_left_out == 1)
        return snnfe_fail(SNNFE_ERR_ARGUMENT,
                          "all %zu elements are of subject %d: nothing is left to train on", n,
                          (int)left_out[0]);
    if (n_validation == n)
        return snnfe_fail(SNNFE_ERR_ARGUMENT,
                          "all %zu elements are of the %zu subjects left out: nothing is left to "
                          "train on",
                          n, n_left_out);
    SNNFE_TRY(snnfe_split_allocate(split, n - n_validation, n_validation));
    int32_t *train = split->train, *validation = split->validation;
    for (size_t i = 0; i < n; i++) {
        if (is_among(left_out, n_left_out, subjects[i]))
            *validation++ = (int32_t)i;
        else
            *train++ = (int32_t)i;
    }
    return SNNFE_OK;
}

/* Of each class the first `n_first` train. */
static snnfe_status split_calibration(snnfe_split *split, const int32_t *labels, size_t n,
                                      size_t n_first)
{
    size_t counts[SNNFE_N_LABELS], n_train = 0;
    SNNFE_TRY(snnfe_split_count_labels(labels, n, counts));
    for (int label = 0; label < SNNFE_N_LABELS; label++) {
        if (counts[label] == 0)
            continue;
        if (counts[label] <= n_first)
            return snnfe_fail(SNNFE_ERR_ARGUMENT,
                              "class %d has %zu elements, too few for n_trials = %zu and one more",
                              label, counts[label], n_first);
        n_train += n_first;
    }
    SNNFE_TRY(snnfe_split_allocate(split, n_train, n - n_train));
    size_t seen[SNNFE_N_LABELS] = {0};
    int32_t *train = split->train, *validation = split->validation;
    for (size_t i = 0; i < n; i++) {
        if (seen[labels[i]]++ < n_first)
            *train++ = (int32_t)i;
        else
            *validation++ = (int32_t)i;
    }
    return SNNFE_OK;
}

snnfe_status snnfe_split_calibration(snnfe_split *split, const int32_t *labels,
                                     const uint64_t *trials, size_t n, size_t n_trials)
{
    SNNFE_TRY(snnfe_check_pointer(NULL, "split", split));
    *split = (snnfe_split){0};
    SNNFE_TRY(snnfe_check_count(NULL, "n_trials", n_trials, 1, UINT64_MAX));
    snnfe_split_trials of_trials;
    SNNFE_TRY(snnfe_split_gather(&of_trials, labels, trials, n));
    snnfe_status status = split_calibration(split, of_trials.labels, of_trials.n, n_trials);
    if (status == SNNFE_OK)
        status = snnfe_split_spread(split, 1, &of_trials);
    snnfe_split_trials_release(&of_trials);
    return status;
}

static int compare_indices(const void *a, const void *b)
{
    const int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

snnfe_status snnfe_split_check_disjoint(const int32_t *a, size_t n_a, const int32_t *b, size_t n_b)
{
    SNNFE_TRY(snnfe_check_array(NULL, "a", a, n_a));
    SNNFE_TRY(snnfe_check_array(NULL, "b", b, n_b));
    if (n_a == 0 || n_b == 0)
        return SNNFE_OK;
    int32_t *sorted = snnfe_duplicate(b, n_b, sizeof *b);
    if (!sorted)
        return SNNFE_ERR_MEMORY;
    qsort(sorted, n_b, sizeof *sorted, compare_indices);
    snnfe_status status = SNNFE_OK;
    for (size_t i = 0; i < n_a && status == SNNFE_OK; i++)
        if (bsearch(&a[i], sorted, n_b, sizeof *sorted, compare_indices))
            status = snnfe_fail(SNNFE_ERR_OVERLAP,
                                "index %d is in both lists: training data would be used for "
                                "validation or test",
                                (int)a[i]);
    snnfe_release(sorted);
    return status;
}
