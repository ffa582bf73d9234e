/* What watches a learner: how often its network is right, and when to put older weights back. */
#ifndef SNNFE_LIB_GUARD_H
#define SNNFE_LIB_GUARD_H

#include <stdbool.h>
#include <stdint.h>

typedef struct snnfe_guard {
    uint64_t n;         /* trials since the start or the last time it acted */
    double accuracy;    /* mean of the first trials, then exponential; NaN before */
    double reference;   /* the same with eight times the memory */
    double best;        /* largest `accuracy` since then; NaN before there is one */
    float *best_values; /* [n_values] */
} snnfe_guard;

typedef enum snnfe_guard_verdict {
    SNNFE_GUARD_NOTHING,
    SNNFE_GUARD_KEEP,     /* these weights are the best so far */
    SNNFE_GUARD_ROLL_BACK /* the best ones are to be put back; the guard begins again */
} snnfe_guard_verdict;

/* A decision was right or wrong. `memory`, `least` and `fall` are the learner's options. */
snnfe_guard_verdict snnfe_guard_watch(snnfe_guard *guard, uint32_t memory, uint32_t least,
                                      double fall, bool correct);

#endif
