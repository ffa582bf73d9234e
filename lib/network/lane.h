/* One running window: the network's state and the spikes of its last steps. */
#ifndef SNNFE_LIB_LANE_H
#define SNNFE_LIB_LANE_H

#include "network/stepper.h"

#include <snnfe/decoder.h>
#include <stdatomic.h>

#define SNNFE_LANE_ROWS 4 /* steps of spikes kept: tc1 looks back at three */

typedef struct snnfe_lane {
    snnfe_state *state;
    snnfe_spike_rows spikes[SNNFE_N_SPIKING]; /* SNNFE_LANE_ROWS each */
    _Atomic(const snnfe_network *) network;   /* of the running window; NULL = none runs */
    uint32_t step;                            /* steps taken */
    int32_t label;
    uint64_t window, first_sample;
    uint32_t faults, n_bad_channels;
    uint64_t faulty_channels; /* bits */
} snnfe_lane;

snnfe_status snnfe_lane_create(snnfe_lane *lane, const snnfe_network *network);
void snnfe_lane_release(snnfe_lane *lane);

static inline const snnfe_network *snnfe_lane_network(const snnfe_lane *lane)
{
    return atomic_load_explicit(&lane->network, memory_order_relaxed);
}

/* Let the lane's state take up a network's weights, before its first step or for a restored one. */
void snnfe_lane_attach(snnfe_lane *lane, const snnfe_network *network);

/* Back to before the first step of a window. */
void snnfe_lane_begin(snnfe_lane *lane);

/* One step on `grid` [positions]. */
void snnfe_lane_step(snnfe_lane *lane, const float *grid);

/* Softmax of the logits so far, and the class of the largest. */
int32_t snnfe_lane_decide(const snnfe_lane *lane, float *logits, double *probabilities);

#endif
