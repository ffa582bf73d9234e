/* Backpropagation through time over one recorded trial. */
#ifndef SNNFE_LIB_BACKWARD_H
#define SNNFE_LIB_BACKWARD_H

#include "base/pool.h"
#include "network/gradients.h"
#include "network/trial.h"

/* The weights in floating point as the backward products read them, shared by all workers. */
typedef struct snnfe_float_weights {
    /* conv3, tc1, fc1: [taps], of outputs x inputs in panels; conv2: [9][outputs][inputs]; r1:
       [inputs][outputs]; fc2: [n_classes][hidden]; conv1 needs none */
    float *layers[SNNFE_N_LAYERS];
    /* conv2's at the points of tiles: [SNNFE_TILE_PRODUCTS], of outputs x inputs in panels */
    float *conv2_points;
    float *tc1_rows;           /* tc1's once more: [3][inputs][outputs] */
    const float *time_weights; /* [n_steps], inside the network */
} snnfe_float_weights;

snnfe_status snnfe_float_weights_create(snnfe_float_weights *weights, const snnfe_shape *shape);
void snnfe_float_weights_release(snnfe_float_weights *weights);
/* Bring the weights of the layers above `lowest` (those that gradients pass through) up to date. */
void snnfe_float_weights_refresh(snnfe_float_weights *weights, const snnfe_network *network,
                                 int32_t lowest, snnfe_pool *pool);

/* Which gradients a batch needs. */
typedef struct snnfe_gradient_needs {
    int32_t lowest;                /* lowest layer with a gradient; the pass ends there */
    bool synapses[SNNFE_N_LAYERS]; /* weights or biases of the layer */
} snnfe_gradient_needs;

/* SNNFE_N_LAYERS as `lowest` when everything is frozen. */
snnfe_gradient_needs snnfe_gradient_needs_of(const snnfe_network *network);

/* A worker's buffers. */
typedef struct snnfe_backward snnfe_backward;
snnfe_status snnfe_backward_create(snnfe_backward **backward, const snnfe_network *network);
void snnfe_backward_free(snnfe_backward *backward);

/* Add the gradient of factor * cross-entropy of the trial, which was recorded from `needs->lowest`
   on, to `gradients`. Returns the cross-entropy. */
double snnfe_backward_run(snnfe_backward *backward, const snnfe_trial *trial,
                          const snnfe_float_weights *weights, const snnfe_gradient_needs *needs,
                          int32_t label, double factor, bool masked, snnfe_gradients *gradients);

#endif
