/* Splits of trials that have several elements, such as windows. */
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

snnfe_status snnfe_split_number_trials(const uint64_t *trials, size_t n, int32_t *numbers,
                                       int32_t *firsts, size_t *n_trials)
{
    if (!trials || !numbers || !firsts || !n_trials)
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "snnfe_split_number_trials: %s is NULL",
                          !trials    ? "trials"
                          : !numbers ? "numbers"
                          : !firsts  ? "firsts"
                                     : "n_trials");
    if (n < 1 || n > INT32_MAX)
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "n is %zu, must be 1 to %d", n, INT32_MAX);
    SNNFE_TRY(find_firsts(trials, n, numbers));
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        const size_t first = (size_t)numbers[i];
        if (first == i) {
            numbers[i] = (int32_t)count;
            firsts[count++] = (int32_t)i;
        } else {
            numbers[i] = numbers[first];
        }
    }
    *n_trials = count;
    return SNNFE_OK;
}

/* Where the elements of each trial are: those of t are elements[begin[t]] to elements[begin[t +
 * 1]]. */
typedef struct contents {
    size_t n_trials;
    size_t *begin;
    int32_t *elements;
} contents;

static void release_contents(contents *c)
{
    snnfe_release(c->begin);
    snnfe_release(c->elements);
}

static snnfe_status list_contents(contents *c, const int32_t *numbers, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (numbers[i] < 0 || (size_t)numbers[i] >= n)
            return snnfe_fail(SNNFE_ERR_ARGUMENT, "numbers[%zu] is %d, must be 0 to %zu", i,
                              (int)numbers[i], n - 1);
        if ((size_t)numbers[i] >= c->n_trials)
            c->n_trials = (size_t)numbers[i] + 1;
    }
    c->begin = snnfe_alloc(c->n_trials + 2, sizeof *c->begin);
    c->elements = snnfe_alloc(n, sizeof *c->elements);
    if (!c->begin || !c->elements)
        return SNNFE_ERR_MEMORY;
    for (size_t i = 0; i < n; i++)
        c->begin[numbers[i] + 2]++;
    for (size_t t = 0; t < c->n_trials; t++)
        c->begin[t + 2] += c->begin[t + 1];
    for (size_t i = 0; i < n; i++)
        c->elements[c->begin[numbers[i] + 1]++] = (int32_t)i;
    return SNNFE_OK;
}

static snnfe_status count_elements(const contents *c, const char *list, const int32_t *trials,
                                   size_t n, size_t *count)
{
    *count = 0;
    for (size_t i = 0; i < n; i++) {
        if (trials[i] < 0 || (size_t)trials[i] >= c->n_trials)
            return snnfe_fail(SNNFE_ERR_ARGUMENT, "split.%s[%zu] is %d, but there are %zu trials",
                              list, i, (int)trials[i], c->n_trials);
        *count += c->begin[trials[i] + 1] - c->begin[trials[i]];
    }
    return SNNFE_OK;
}

static void put_elements(const contents *c, const int32_t *trials, size_t n, int32_t *elements)
{
    for (size_t i = 0; i < n; i++) {
        const size_t begin = c->begin[trials[i]], count = c->begin[trials[i] + 1] - begin;
        memcpy(elements, c->elements + begin, count * sizeof *elements);
        elements += count;
    }
}

static snnfe_status expand(snnfe_split *split, const contents *c)
{
    size_t n_train = 0, n_validation = 0;
    snnfe_split made = {0};
    SNNFE_TRY(count_elements(c, "train", split->train, split->n_train, &n_train));
    SNNFE_TRY(
        count_elements(c, "validation", split->validation, split->n_validation, &n_validation));
    SNNFE_TRY(snnfe_split_allocate(&made, n_train, n_validation));
    put_elements(c, split->train, split->n_train, made.train);
    put_elements(c, split->validation, split->n_validation, made.validation);
    snnfe_split_release(split);
    *split = made;
    return SNNFE_OK;
}

snnfe_status snnfe_split_expand_trials(snnfe_split *split, const int32_t *numbers, size_t n)
{
    if (!split || !numbers)
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "snnfe_split_expand_trials: %s is NULL",
                          split ? "numbers" : "split");
    contents c = {0};
    snnfe_status status = list_contents(&c, numbers, n);
    if (status == SNNFE_OK)
        status = expand(split, &c);
    release_contents(&c);
    return status;
}
