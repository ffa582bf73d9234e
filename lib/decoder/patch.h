/* Channels that splines of the others stand in for, live. */
#ifndef SNNFE_LIB_PATCH_H
#define SNNFE_LIB_PATCH_H

#include "base/limits.h"
#include "base/status.h"

#include <stdbool.h>

typedef struct snnfe_patch {
    size_t n;        /* channels that have a place; 0: not made */
    uint64_t placed; /* these, as bits */
    size_t channels[SNNFE_MAX_CHANNELS];
    uint64_t bad;    /* places that the weights are for */
    bool solved;     /* there are weights */
    double *table;   /* [n][n] */
    double *weights; /* [n][n] */
    double *work;    /* [(n + 1) * (n + 1)] */
} snnfe_patch;

/* For channels with `names` [n], of which those of the 10-05 system have a place. */
snnfe_status snnfe_patch_make(snnfe_patch *patch, const char (*names)[SNNFE_NAME_SIZE], size_t n);
void snnfe_patch_release(snnfe_patch *patch);

/* Have weights for the channels that are `bad`, which takes time when they have changed; real-time.
   False if the good ones are too few. */
bool snnfe_patch_prepare(snnfe_patch *patch, uint64_t bad);

/* What the good channels among `microvolts` say of a bad one that has a place. */
double snnfe_patch_value(const snnfe_patch *patch, const double *microvolts, size_t channel);

#endif
