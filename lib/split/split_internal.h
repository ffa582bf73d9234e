/* What the kinds of splits share. */
#ifndef SNNFE_LIB_SPLIT_INTERNAL_H
#define SNNFE_LIB_SPLIT_INTERNAL_H

#include "base/limits.h"
#include "base/status.h"

#include <snnfe/split.h>

#define SNNFE_N_LABELS SNNFE_MAX_CLASSES

/* Checks `n` labels (not NULL, 0…255) and counts each. */
snnfe_status snnfe_split_count_labels(const int32_t *labels, size_t n,
                                      size_t counts[SNNFE_N_LABELS]);

/* Lists of these lengths, to be filled. */
snnfe_status snnfe_split_allocate(snnfe_split *split, size_t n_train, size_t n_validation);

/* What is split: trials, each of one or several elements. */
typedef struct snnfe_split_trials {
    size_t n;              /* trials */
    const int32_t *labels; /* [n] of each trial's first element */
    size_t *begin;         /* [n + 1] trial t has elements[begin[t]] to elements[begin[t + 1] - 1];
                              NULL = each element is a trial */
    int32_t *elements;     /* all elements, trial by trial, in their order */
    int32_t *own_labels;   /* what `labels` points to if there are fewer trials than elements */
} snnfe_split_trials;

/* Trials in the order of their first elements; `trials` NULL: each element is one. Empty after a
   failure. */
snnfe_status snnfe_split_gather(snnfe_split_trials *t, const int32_t *labels,
                                const uint64_t *trials, size_t n);
void snnfe_split_trials_release(snnfe_split_trials *t);

/* In lists of trials each gives way to its elements. The splits are released after a failure. */
snnfe_status snnfe_split_spread(snnfe_split *splits, size_t n_splits, const snnfe_split_trials *t);

#endif
