#include "learner/replay.h"

#include "base/memory.h"

#include <stdbool.h>
#include <string.h>

snnfe_status snnfe_replay_create(snnfe_replay *replay, size_t capacity, size_t size, uint64_t seed)
{
    *replay = (snnfe_replay){.capacity = capacity, .size = size};
    replay->grids = snnfe_alloc(capacity, size * sizeof *replay->grids);
    replay->labels = snnfe_alloc(capacity, sizeof *replay->labels);
    replay->stream = snnfe_stream_make(seed, SNNFE_STREAM_REPLAY, 0);
    return replay->grids && replay->labels ? SNNFE_OK : SNNFE_ERR_MEMORY;
}

void snnfe_replay_release(snnfe_replay *replay)
{
    snnfe_release(replay->grids);
    snnfe_release(replay->labels);
}

void snnfe_replay_add(snnfe_replay *replay, const float *grid, int32_t label)
{
    replay->n_seen++;
    size_t place = replay->n;
    if (replay->n < replay->capacity) {
        replay->n++;
    } else {
        const uint32_t seen = replay->n_seen < UINT32_MAX ? (uint32_t)replay->n_seen : UINT32_MAX;
        place = snnfe_stream_below(&replay->stream, seen);
        if (place >= replay->capacity)
            return;
    }
    memcpy(replay->grids + place * replay->size, grid, replay->size * sizeof *grid);
    replay->labels[place] = label;
}

static size_t count_label(const snnfe_replay *replay, int32_t label)
{
    size_t n = 0;
    for (size_t i = 0; i < replay->n; i++)
        n += replay->labels[i] == label;
    return n;
}

/* The k-th class that is held. */
static int32_t held_class(const snnfe_replay *replay, uint32_t n_classes, uint32_t k)
{
    for (uint32_t c = 0; c < n_classes; c++)
        if (count_label(replay, (int32_t)c) > 0 && k-- == 0)
            return (int32_t)c;
    return 0;
}

const float *snnfe_replay_draw(snnfe_replay *replay, uint32_t n_classes, int32_t *label)
{
    uint32_t n_held = 0;
    for (uint32_t c = 0; c < n_classes; c++)
        n_held += count_label(replay, (int32_t)c) > 0;
    if (n_held == 0)
        return NULL;
    *label = held_class(replay, n_classes, snnfe_stream_below(&replay->stream, n_held));
    uint32_t k = snnfe_stream_below(&replay->stream, (uint32_t)count_label(replay, *label));
    size_t place = 0;
    while (replay->labels[place] != *label || k-- > 0)
        place++;
    return replay->grids + place * replay->size;
}
