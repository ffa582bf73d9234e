/* Elements of one trial, such as windows, stay together: trials are split, then each gives way to
   its elements. */
#include "base/memory.h"
#include "split_internal.h"

#include <stdlib.h>
#include <string.h>

typedef struct element {
    uint64_t trial;
    int32_t place;
} element;

static int by_trial(const void *a, const void *b)
{
    const element *x = a, *y = b;
    if (x->trial != y->trial)
        return x->trial < y->trial ? -1 : 1;
    return (x->place > y->place) - (x->place < y->place);
}

/* The first element of each element's trial. */
static snnfe_status find_firsts(const uint64_t *trials, size_t n, int32_t *first)
{
    element *sorted = snnfe_alloc(n, sizeof *sorted);
    if (!sorted)
        return SNNFE_ERR_MEMORY;
    for (size_t i = 0; i < n; i++)
        sorted[i] = (element){trials[i], (int32_t)i};
    qsort(sorted, n, sizeof *sorted, by_trial);
    for (size_t i = 0, begin = 0; i < n; i++) {
        if (sorted[i].trial != sorted[begin].trial)
            begin = i;
        first[sorted[i].place] = sorted[begin].place;
    }
    snnfe_release(sorted);
    return SNNFE_OK;
}

/* `numbers` has the first element of each element's trial, and gets the trial's number. */
static void number_trials(snnfe_split_trials *t, const int32_t *labels, int32_t *numbers, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const size_t first = (size_t)numbers[i];
        if (first == i) {
            t->own_labels[t->n] = labels[i];
            numbers[i] = (int32_t)t->n++;
        } else {
            numbers[i] = numbers[first];
        }
    }
    t->labels = t->own_labels;
}

static snnfe_status list_elements(snnfe_split_trials *t, const int32_t *numbers, size_t n)
{
    t->begin = snnfe_alloc(t->n + 2, sizeof *t->begin);
    t->elements = snnfe_alloc(n, sizeof *t->elements);
    if (!t->begin || !t->elements)
        return SNNFE_ERR_MEMORY;
    for (size_t i = 0; i < n; i++)
        t->begin[numbers[i] + 2]++;
    for (size_t k = 0; k < t->n; k++)
        t->begin[k + 2] += t->begin[k + 1];
    for (size_t i = 0; i < n; i++)
        t->elements[t->begin[numbers[i] + 1]++] = (int32_t)i;
    return SNNFE_OK;
}

snnfe_status snnfe_split_gather(snnfe_split_trials *t, const int32_t *labels,
                                const uint64_t *trials, size_t n)
{
    size_t counts[SNNFE_N_LABELS];
    *t = (snnfe_split_trials){.labels = labels, .n = n};
    SNNFE_TRY(snnfe_split_count_labels(labels, n, counts));
    if (!trials)
        return SNNFE_OK;
    t->n = 0;
    t->own_labels = snnfe_alloc(n, sizeof *t->own_labels);
    int32_t *numbers = snnfe_alloc(n, sizeof *numbers);
    snnfe_status status =
        t->own_labels && numbers ? find_firsts(trials, n, numbers) : SNNFE_ERR_MEMORY;
    if (status == SNNFE_OK) {
        number_trials(t, labels, numbers, n);
        status = list_elements(t, numbers, n);
    }
    snnfe_release(numbers);
    if (status != SNNFE_OK)
        snnfe_split_trials_release(t);
    return status;
}

void snnfe_split_trials_release(snnfe_split_trials *t)
{
    snnfe_release(t->begin);
    snnfe_release(t->elements);
    snnfe_release(t->own_labels);
    *t = (snnfe_split_trials){0};
}

static size_t count_elements(const snnfe_split_trials *t, const int32_t *trials, size_t n)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += t->begin[trials[i] + 1] - t->begin[trials[i]];
    return count;
}

static void put_elements(const snnfe_split_trials *t, const int32_t *trials, size_t n,
                         int32_t *elements)
{
    for (size_t i = 0; i < n; i++) {
        const size_t begin = t->begin[trials[i]], count = t->begin[trials[i] + 1] - begin;
        memcpy(elements, t->elements + begin, count * sizeof *elements);
        elements += count;
    }
}

static snnfe_status spread(snnfe_split *split, const snnfe_split_trials *t)
{
    snnfe_split made = {0};
    SNNFE_TRY(snnfe_split_allocate(&made, count_elements(t, split->train, split->n_train),
                                   count_elements(t, split->validation, split->n_validation)));
    put_elements(t, split->train, split->n_train, made.train);
    put_elements(t, split->validation, split->n_validation, made.validation);
    snnfe_split_release(split);
    *split = made;
    return SNNFE_OK;
}

snnfe_status snnfe_split_spread(snnfe_split *splits, size_t n_splits, const snnfe_split_trials *t)
{
    snnfe_status status = SNNFE_OK;
    for (size_t i = 0; t->begin && status == SNNFE_OK && i < n_splits; i++)
        status = spread(&splits[i], t);
    for (size_t i = 0; status != SNNFE_OK && i < n_splits; i++)
        snnfe_split_release(&splits[i]);
    return status;
}
