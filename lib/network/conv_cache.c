#include "network/conv_cache.h"

#include "base/memory.h"

#include <string.h>

static void release_trial(snnfe_kept_trial *kept)
{
    if (!kept)
        return;
    snnfe_release(kept->spikes);
    snnfe_release(kept->tc1_sums);
    snnfe_release(kept);
}

static void forget(snnfe_conv_cache *cache)
{
    for (size_t i = 0; i < cache->n; i++) {
        release_trial(atomic_load_explicit(&cache->trials[i], memory_order_relaxed));
        atomic_store_explicit(&cache->trials[i], NULL, memory_order_relaxed);
    }
}

snnfe_status snnfe_conv_cache_open(snnfe_conv_cache *cache, size_t n, bool with_sums)
{
    snnfe_conv_cache_close(cache);
    if (n == 0)
        return SNNFE_OK;
    cache->trials = snnfe_alloc(n, sizeof *cache->trials);
    if (!cache->trials)
        return SNNFE_ERR_MEMORY;
    cache->n = n;
    cache->with_sums = with_sums;
    return SNNFE_OK;
}

void snnfe_conv_cache_close(snnfe_conv_cache *cache)
{
    forget(cache);
    snnfe_release(cache->trials);
    *cache = (snnfe_conv_cache){0};
}

void snnfe_conv_cache_update(snnfe_conv_cache *cache, const snnfe_packed *packed)
{
    const bool tc1_changed = cache->with_sums && cache->tc1_revision != packed->tc1_revision;
    if (cache->revision != packed->conv_revision || tc1_changed)
        forget(cache);
    cache->revision = packed->conv_revision;
    cache->tc1_revision = packed->tc1_revision;
}

/* conv3's rows of spikes without the empty one in cache. */
static uint64_t *rows_of(const snnfe_trial *trial, size_t *n_words)
{
    const snnfe_shape *shape = &trial->state->packed->shape;
    const size_t words = shape->layers[SNNFE_LAYER_CONV3].words;
    *n_words = shape->n_steps * words;
    return trial->traces[SNNFE_LAYER_CONV3].spikes + words;
}

bool snnfe_conv_cache_take(const snnfe_conv_cache *cache, size_t index, snnfe_trial *trial)
{
    const snnfe_kept_trial *kept =
        index < cache->n ? atomic_load_explicit(&cache->trials[index], memory_order_acquire) : NULL;
    if (!kept)
        return false;
    size_t n_words = 0;
    uint64_t *rows = rows_of(trial, &n_words);
    memcpy(rows, kept->spikes, n_words * sizeof *rows);
    trial->tc1_sums = kept->tc1_sums;
    return true;
}

static snnfe_kept_trial *copy_of(snnfe_trial *trial, bool with_sums)
{
    size_t n_words = 0;
    const uint64_t *rows = rows_of(trial, &n_words);
    snnfe_kept_trial *kept = snnfe_alloc(1, sizeof *kept);
    if (!kept)
        return NULL;
    kept->spikes = snnfe_duplicate(rows, n_words, sizeof *rows);
    if (with_sums)
        snnfe_trial_sum_tc1(trial);
    if (trial->tc1_sums) {
        const snnfe_shape *shape = &trial->state->packed->shape;
        kept->tc1_sums = snnfe_duplicate(trial->tc1_sums,
                                         shape->n_steps * shape->layers[SNNFE_LAYER_TC1].neurons,
                                         sizeof(int32_t));
    }
    if (kept->spikes)
        return kept;
    release_trial(kept);
    return NULL;
}

void snnfe_conv_cache_keep(snnfe_conv_cache *cache, size_t index, snnfe_trial *trial)
{
    if (index >= cache->n)
        return;
    snnfe_kept_trial *kept = copy_of(trial, cache->with_sums), *none = NULL;
    /* A trial may come twice in a batch. */
    if (kept && !atomic_compare_exchange_strong_explicit(
                    &cache->trials[index], &none, kept, memory_order_release, memory_order_relaxed))
        release_trial(kept);
}
