/* Trials to be learned again: a bounded random sample of all that came. */
#ifndef SNNFE_LIB_REPLAY_H
#define SNNFE_LIB_REPLAY_H

#include "base/philox.h"
#include "base/status.h"

typedef struct snnfe_replay {
    size_t capacity, size; /* trials that fit, values of a trial */
    size_t n;              /* trials held */
    uint64_t n_seen;
    float *grids; /* [capacity][size] */
    int32_t *labels;
    snnfe_stream stream;
} snnfe_replay;

snnfe_status snnfe_replay_create(snnfe_replay *replay, size_t capacity, size_t size, uint64_t seed);
void snnfe_replay_release(snnfe_replay *replay);

/* Every trial seen so far is held with the same probability (reservoir sampling). */
void snnfe_replay_add(snnfe_replay *replay, const float *grid, int32_t label);

/* A trial at random, of a class at random among those held, so that classes are seen equally often;
   NULL if none is held. */
const float *snnfe_replay_draw(snnfe_replay *replay, uint32_t n_classes, int32_t *label);

#endif
