/* Trials for learners, and what learners are asked. */
#ifndef SNNFE_TESTS_LEARNING_H
#define SNNFE_TESTS_LEARNING_H

#include "small.h"

#include <snnfe/learner.h>

enum { SIZE = 110 * SMALL_STEPS };

typedef struct trials {
    float *grids; /* [SMALL_TRIALS][SIZE], to be freed */
    int32_t labels[SMALL_TRIALS];
} trials;

trials make_trials(uint64_t seed);

/* Trial `i`, from the first again after the last. */
static inline const float *grid_of(const trials *t, size_t i)
{
    return t->grids + i % SMALL_TRIALS * SIZE;
}

/* Learning fast, three trials of the past a step. */
snnfe_learner_options fast_options(void);

snnfe_learner_info info_of(const snnfe_learner *learner);

#endif
