/* Splits within classes: hold-out and folds, each with the paper's generator or the library's. */
#include "base/check.h"
#include "base/floating.h"
#include "base/memory.h"
#include "base/philox.h"
#include "mt19937.h"
#include "pcg64.h"
#include "split_internal.h"

#include <string.h>

/* A generator in use: shuffles, keeping its own position. */
typedef struct split_generator {
    void (*shuffle)(void *state, int32_t *items, size_t n);
    union {
        snnfe_mt19937 mt19937;
        snnfe_pcg64 pcg64;
        snnfe_stream stream;
    } state;
} split_generator;

static void shuffle_mt19937(void *state, int32_t *items, size_t n)
{
    snnfe_mt19937_shuffle(state, items, n);
}

static void shuffle_pcg64(void *state, int32_t *items, size_t n)
{
    snnfe_pcg64_shuffle(state, items, n);
}

static void shuffle_philox(void *state, int32_t *items, size_t n)
{
    snnfe_stream_shuffle(state, items, n);
}

static snnfe_status check_generator(const char *call, int32_t generator)
{
    return snnfe_check_choice(call, "generator", generator, 2, "a SNNFE_GENERATOR_* value");
}

/* The library's own streams of hold-out and folds differ, so that one seed does not couple them. */
static void start_holdout(split_generator *g, int32_t generator, uint64_t seed)
{
    if (generator == SNNFE_GENERATOR_PAPER) {
        g->shuffle = shuffle_mt19937;
        snnfe_mt19937_seed(&g->state.mt19937, seed);
    } else {
        g->shuffle = shuffle_philox;
        g->state.stream = snnfe_stream_make(seed, SNNFE_STREAM_SPLIT, 0);
    }
}

static void start_folds(split_generator *g, int32_t generator, uint64_t seed)
{
    if (generator == SNNFE_GENERATOR_PAPER) {
        g->shuffle = shuffle_pcg64;
        snnfe_pcg64_seed(&g->state.pcg64, seed);
    } else {
        g->shuffle = shuffle_philox;
        g->state.stream = snnfe_stream_make(seed, SNNFE_STREAM_SPLIT, 1);
    }
}

static void shuffle(split_generator *g, int32_t *items, size_t n)
{
    g->shuffle(&g->state, items, n);
}

/* Indices grouped by class, ascending; within a class in the generator's order. */
static snnfe_status shuffle_classes(int32_t **indices, const int32_t *labels, size_t n,
                                    const size_t counts[SNNFE_N_LABELS], split_generator *generator)
{
    int32_t *grouped = snnfe_alloc_raw(n, sizeof *grouped);
    if (!grouped)
        return SNNFE_ERR_MEMORY;
    size_t next[SNNFE_N_LABELS], begin = 0;
    for (int label = 0; label < SNNFE_N_LABELS; label++) {
        next[label] = begin;
        begin += counts[label];
    }
    for (size_t i = 0; i < n; i++)
        grouped[next[labels[i]]++] = (int32_t)i;
    for (int label = 0; label < SNNFE_N_LABELS; label++)
        shuffle(generator, grouped + next[label] - counts[label], counts[label]);
    *indices = grouped;
    return SNNFE_OK;
}

static int32_t *append(int32_t *list, const int32_t *items, size_t n)
{
    memcpy(list, items, n * sizeof *items);
    return list + n;
}

static snnfe_status split_holdout(snnfe_split *split, const int32_t *labels, size_t n, double ratio,
                                  split_generator *generator)
{
    size_t counts[SNNFE_N_LABELS], held_out[SNNFE_N_LABELS], n_validation = 0;
    SNNFE_TRY(snnfe_split_count_labels(labels, n, counts));
    for (int label = 0; label < SNNFE_N_LABELS; label++) {
        held_out[label] = (size_t)(ratio * (double)counts[label]);
        n_validation += held_out[label];
    }
    int32_t *indices = NULL;
    SNNFE_TRY(shuffle_classes(&indices, labels, n, counts, generator));
    const snnfe_status status = snnfe_split_allocate(split, n - n_validation, n_validation);
    if (status == SNNFE_OK) {
        int32_t *train = split->train, *validation = split->validation;
        const int32_t *class_indices = indices;
        for (int label = 0; label < SNNFE_N_LABELS; label++) {
            validation = append(validation, class_indices, held_out[label]);
            train = append(train, class_indices + held_out[label], counts[label] - held_out[label]);
            class_indices += counts[label];
        }
        shuffle(generator, split->train, split->n_train);
        shuffle(generator, split->validation, split->n_validation);
    }
    snnfe_release(indices);
    return status;
}

/* Elements in part `fold` of `count` elements cut in `n_folds`, the first parts one larger. */
static size_t part_size(size_t count, size_t n_folds, size_t fold)
{
    return count / n_folds + (fold < count % n_folds);
}

/* Both lists go through the classes in ascending order; training takes a class's other parts in
   their order. */
static snnfe_status fill_fold(snnfe_split *split, const int32_t *indices, size_t n,
                              const size_t counts[SNNFE_N_LABELS], size_t n_folds, size_t fold)
{
    size_t n_validation = 0;
    for (int label = 0; label < SNNFE_N_LABELS; label++)
        n_validation += part_size(counts[label], n_folds, fold);
    SNNFE_TRY(snnfe_split_allocate(split, n - n_validation, n_validation));
    int32_t *train = split->train, *validation = split->validation;
    for (int label = 0; label < SNNFE_N_LABELS; label++)
        for (size_t part = 0; part < n_folds; part++) {
            const size_t size = part_size(counts[label], n_folds, part);
            if (part == fold)
                validation = append(validation, indices, size);
            else
                train = append(train, indices, size);
            indices += size;
        }
    return SNNFE_OK;
}

static snnfe_status split_kfold(snnfe_split *splits, const int32_t *labels, size_t n,
                                size_t n_folds, split_generator *generator)
{
    size_t counts[SNNFE_N_LABELS];
    SNNFE_TRY(snnfe_split_count_labels(labels, n, counts));
    for (int label = 0; label < SNNFE_N_LABELS; label++)
        if (counts[label] > 0 && counts[label] < n_folds)
            return snnfe_fail(SNNFE_ERR_ARGUMENT,
                              "class %d has %zu elements, too few for n_folds = %zu", label,
                              counts[label], n_folds);
    int32_t *indices = NULL;
    SNNFE_TRY(shuffle_classes(&indices, labels, n, counts, generator));
    memset(splits, 0, n_folds * sizeof *splits);
    snnfe_status status = SNNFE_OK;
    for (size_t fold = 0; fold < n_folds && status == SNNFE_OK; fold++)
        status = fill_fold(&splits[fold], indices, n, counts, n_folds, fold);
    for (size_t fold = 0; fold < n_folds && status != SNNFE_OK; fold++)
        snnfe_split_release(&splits[fold]);
    snnfe_release(indices);
    return status;
}

static snnfe_status holdout_of_trials(snnfe_split *split, const int32_t *labels,
                                      const uint64_t *trials, size_t n, double ratio,
                                      int32_t generator, uint64_t seed)
{
    SNNFE_TRY(snnfe_check_pointer(NULL, "split", split));
    *split = (snnfe_split){0};
    SNNFE_TRY(check_generator("snnfe_split_holdout", generator));
    if (!(ratio >= 0 && ratio < 1))
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "ratio is %g, not at least 0 and below 1", ratio);
    snnfe_split_trials of_trials;
    SNNFE_TRY(snnfe_split_gather(&of_trials, labels, trials, n));
    split_generator g;
    start_holdout(&g, generator, seed);
    snnfe_status status = split_holdout(split, of_trials.labels, of_trials.n, ratio, &g);
    if (status == SNNFE_OK)
        status = snnfe_split_spread(split, 1, &of_trials);
    snnfe_split_trials_release(&of_trials);
    return status;
}

snnfe_status snnfe_split_holdout(snnfe_split *split, const int32_t *labels, const uint64_t *trials,
                                 size_t n, double ratio, int32_t generator, uint64_t seed)
{
    SNNFE_RETURN_COMPUTED(holdout_of_trials(split, labels, trials, n, ratio, generator, seed));
}

static snnfe_status kfold_of_trials(snnfe_split *splits, const int32_t *labels,
                                    const uint64_t *trials, size_t n, size_t n_folds,
                                    int32_t generator, uint64_t seed)
{
    SNNFE_TRY(snnfe_check_pointer(NULL, "splits", splits));
    SNNFE_TRY(check_generator("snnfe_split_kfold", generator));
    SNNFE_TRY(snnfe_check_count(NULL, "n_folds", n_folds, 2, UINT64_MAX));
    snnfe_split_trials of_trials;
    SNNFE_TRY(snnfe_split_gather(&of_trials, labels, trials, n));
    split_generator g;
    start_folds(&g, generator, seed);
    snnfe_status status = split_kfold(splits, of_trials.labels, of_trials.n, n_folds, &g);
    if (status == SNNFE_OK)
        status = snnfe_split_spread(splits, n_folds, &of_trials);
    snnfe_split_trials_release(&of_trials);
    return status;
}

snnfe_status snnfe_split_kfold(snnfe_split *splits, const int32_t *labels, const uint64_t *trials,
                               size_t n, size_t n_folds, int32_t generator, uint64_t seed)
{
    SNNFE_RETURN_COMPUTED(kfold_of_trials(splits, labels, trials, n, n_folds, generator, seed));
}
