/* Adam over all parameters of a network: moments, step counters, and the parallel update. */
#ifndef SNNFE_LIB_OPTIMIZER_H
#define SNNFE_LIB_OPTIMIZER_H

#include "base/pool.h"
#include "network/network_internal.h"
#include "trainer/programmer.h"

/* Learning rates of the three groups. */
typedef struct snnfe_rates {
    double synapses; /* weights and biases */
    double decays;
    double time_weights;
} snnfe_rates;

/* A run of values of one parameter: one task of the pool. */
typedef struct snnfe_value_block {
    size_t parameter;
    size_t offset; /* into the flat arrays */
    size_t count;
} snnfe_value_block;

typedef struct snnfe_optimizer {
    double beta1, beta2, epsilon;
    float *first;   /* [n_values] moments, in flat parameter order */
    float *second;  /* [n_values] */
    int64_t *steps; /* [n_parameters] steps taken by each */
    snnfe_value_block *blocks;
    snnfe_crossings *crossings; /* [n_blocks] of the running step */
    uint64_t *form_pulses;      /* [n_blocks][SNNFE_FORM_COUNTS] likewise */
    size_t n_blocks;
    size_t *trained; /* blocks of the running step: those of parameters that are not frozen */
} snnfe_optimizer;

snnfe_status snnfe_optimizer_create(snnfe_optimizer *optimizer, const snnfe_network *network,
                                    double beta1, double beta2, double epsilon);
void snnfe_optimizer_release(snnfe_optimizer *optimizer);

/* One step of every parameter that is not frozen; frozen ones keep their moments and counters.
   With a device in `programmer`, weights change by pulses only.
   SNNFE_ERR_NONFINITE, with nothing changed, naming the parameter whose gradient is not finite.
   The network's packed forms are brought up to date. */
snnfe_status snnfe_optimizer_step(snnfe_optimizer *optimizer, snnfe_network *network,
                                  snnfe_programmer *programmer, snnfe_pool *pool,
                                  const snnfe_rates *rates, const float *gradient);

/* Least value of a decay after an epoch (docs/spec.md 6). */
#define SNNFE_LEAST_DECAY 1e-7F

/* Lift the decays that are not frozen to SNNFE_LEAST_DECAY. */
void snnfe_decays_clamp(snnfe_network *network);

#endif
