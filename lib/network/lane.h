/* A network in a live window: the state of its neurons and the spikes of the last steps. */
#ifndef SNNFE_LIB_LANE_H
#define SNNFE_LIB_LANE_H

#include "base/tensors.h"
#include "network/stepper.h"

#include <stdatomic.h>

#define SNNFE_LANE_ROWS 4 /* steps of spikes kept: tc1 looks back at three */

typedef struct snnfe_lane {
    snnfe_state *state;
    snnfe_spike_rows spikes[SNNFE_N_SPIKING]; /* SNNFE_LANE_ROWS each */
    _Atomic(const snnfe_network *) network;   /* the network that is run; NULL = none */
    uint32_t step;                            /* steps taken */
    struct snnfe_lane *leader; /* whose state of the layers below r1 is also this one's, or NULL */
} snnfe_lane;

snnfe_status snnfe_lane_create(snnfe_lane *lane, const snnfe_network *network);
void snnfe_lane_release(snnfe_lane *lane);

static inline const snnfe_network *snnfe_lane_network(const snnfe_lane *lane)
{
    return atomic_load_explicit(&lane->network, memory_order_relaxed);
}

/* Let the lane's state take up a network's weights, before its first step or for a restored one. */
void snnfe_lane_attach(snnfe_lane *lane, const snnfe_network *network);

/* Back to before the first step. */
void snnfe_lane_begin(snnfe_lane *lane);

/* One step on `grid` [positions]; with a leader, after the leader's step on the same grid. */
void snnfe_lane_step(snnfe_lane *lane, const float *grid);

/* A lane's state in a file, under names that begin with `prefix`, and from one lane to another of
   the same network's shape: all but `network` and `step`. */
snnfe_status snnfe_lane_add(snnfe_tensor_list *list, const char *prefix, const snnfe_lane *lane);
snnfe_status snnfe_lane_read(snnfe_tensors *file, const char *prefix, snnfe_lane *lane);
void snnfe_lane_copy(snnfe_lane *lane, const snnfe_lane *from);

/* Lanes of one network that get the same samples agree after some steps, to the last bit, in all
   layers below r1: these forget what was before. From then on only one of them, the leader, runs
   these layers. Let `lane` follow another one if they agree; true if so. */
bool snnfe_lane_follow(snnfe_lane *lane, snnfe_lane *leader);

/* Let a follower lead in the leader's place, which ends. */
void snnfe_lane_succeed(snnfe_lane *follower);

/* Softmax of the logits so far, and the class of the largest. */
int32_t snnfe_lane_decide(const snnfe_lane *lane, float *logits, double *probabilities);

#endif
