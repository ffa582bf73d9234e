/* Training through a device: accumulators, pulse counters, and the best network so far. */
#ifndef SNNFE_LIB_PROGRAMMER_H
#define SNNFE_LIB_PROGRAMMER_H

#include "device/way.h"
#include "network/network_internal.h"

#include <snnfe/trainer.h>

typedef struct snnfe_programmer {
    const snnfe_device *device; /* borrowed; NULL = floating point, and nothing below is there */
    double threshold, threshold_asymmetry;
    uint32_t levels;
    uint64_t seed;
    uint64_t step;           /* steps taken, for the noise */
    uint64_t n_trials;       /* trained on with the device */
    snnfe_crossings total;   /* crossings since the start of training */
    float *accumulators;     /* [n_values]; those of weights are used */
    uint32_t *pulses[2];     /* [n_values] pulses each synapse has had, LTP and LTD */
    snnfe_array_cells cells; /* [n_values] of the array, if they differ */
    bool *drawn;             /* [n_parameters] whose cells are drawn */
    float *history;          /* [n_values] runs of the synapses, if the cells remember */
    float *imprint; /* [n_values] what they prefer, if they have an imprint: from the weights
                       that training begins with */
    snnfe_programming_options way;
    float *states[SNNFE_WAY_STATES]; /* [n_values] those that the way keeps */
    uint32_t *second_pulses[2];      /* [n_values] of second cells, if it has them */
    snnfe_array_cells second_cells;  /* the same of the array */
    float *second_history;           /* the same as `history` */
    uint64_t *form_pulses;           /* [n_parameters][2][SNNFE_MAX_FORMS] pulses of the device's
                                        forms, if it picks among them */
} snnfe_programmer;

snnfe_status snnfe_programmer_create(snnfe_programmer *programmer, const snnfe_network *network,
                                     const snnfe_trainer_options *options);
void snnfe_programmer_release(snnfe_programmer *programmer);

/* Before a step: draw the cells of the weights that it trains. */
void snnfe_programmer_prepare(const snnfe_programmer *programmer, const snnfe_network *network);

/* The weights were replaced: updates that are not yet pulses are forgotten. */
void snnfe_programmer_forget(snnfe_programmer *programmer, size_t n_values);

/* Bound A of a parameter's weights: the device's; where that is infinite the paper's of that fan-in
   if there is one; else, or where it is 0, 1/sqrt(fan_in). */
double snnfe_weight_bound(const snnfe_device *device, const snnfe_parameter *parameter);

/* Turn the accumulated updates of values [offset, offset + count) of a weight parameter into
   pulses. Several threads may do so for different ranges; the caller adds up the crossings, and the
   pulses of forms, [2][SNNFE_MAX_FORMS], which are counted up; NULL where they are not. */
snnfe_crossings snnfe_programmer_apply(const snnfe_programmer *programmer,
                                       const snnfe_network *network,
                                       const snnfe_parameter *parameter, size_t offset,
                                       size_t count, uint64_t *form_pulses);

#endif
