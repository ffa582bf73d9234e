#include "network/front.h"

#include "base/memory.h"

#include <string.h>

static void forget(snnfe_front *front)
{
    for (size_t i = 0; i < front->n; i++) {
        snnfe_release(atomic_load_explicit(&front->spikes[i], memory_order_relaxed));
        atomic_store_explicit(&front->spikes[i], NULL, memory_order_relaxed);
    }
}

snnfe_status snnfe_front_open(snnfe_front *front, size_t n)
{
    snnfe_front_close(front);
    if (n == 0)
        return SNNFE_OK;
    front->spikes = snnfe_alloc(n, sizeof *front->spikes);
    if (!front->spikes)
        return SNNFE_ERR_MEMORY;
    front->n = n;
    return SNNFE_OK;
}

void snnfe_front_close(snnfe_front *front)
{
    forget(front);
    snnfe_release(front->spikes);
    *front = (snnfe_front){0};
}

void snnfe_front_update(snnfe_front *front, const snnfe_packed *packed)
{
    if (front->revision != packed->front_revision)
        forget(front);
    front->revision = packed->front_revision;
}

/* conv3's rows of spikes without the empty one in front. */
static uint64_t *rows_of(const snnfe_trial *trial, size_t *n_words)
{
    const snnfe_shape *shape = &trial->state->packed->shape;
    const size_t words = shape->layers[SNNFE_LAYER_CONV3].words;
    *n_words = shape->n_steps * words;
    return trial->traces[SNNFE_LAYER_CONV3].spikes + words;
}

bool snnfe_front_take(const snnfe_front *front, size_t index, snnfe_trial *trial)
{
    const uint64_t *kept =
        index < front->n ? atomic_load_explicit(&front->spikes[index], memory_order_acquire) : NULL;
    if (!kept)
        return false;
    size_t n_words = 0;
    uint64_t *rows = rows_of(trial, &n_words);
    memcpy(rows, kept, n_words * sizeof *rows);
    return true;
}

void snnfe_front_keep(snnfe_front *front, size_t index, const snnfe_trial *trial)
{
    if (index >= front->n)
        return;
    size_t n_words = 0;
    const uint64_t *rows = rows_of(trial, &n_words);
    uint64_t *kept = snnfe_duplicate(rows, n_words, sizeof *rows), *none = NULL;
    /* A trial may come twice in a batch. */
    if (kept && !atomic_compare_exchange_strong_explicit(
                    &front->spikes[index], &none, kept, memory_order_release, memory_order_relaxed))
        snnfe_release(kept);
}
