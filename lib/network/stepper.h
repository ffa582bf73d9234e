/* The network's layers, one time step at a time, the convolutional ones also several. The state is
   that of one trial; spikes go to and come from rows of bits that the caller keeps (a whole trial,
   or the last few steps of a stream).

   A row is NULL for times before the start, when nothing has spiked. */
#ifndef SNNFE_LIB_FORWARD_H
#define SNNFE_LIB_FORWARD_H

#include "network/packed.h"

typedef struct snnfe_layer_state {
    int32_t *sums;    /* [neurons] fixed-point drive */
    float *current;   /* [neurons] I */
    float *rest;      /* [neurons] V (1 - s) */
    float *threshold; /* [neurons] r1 only */
} snnfe_layer_state;

typedef struct snnfe_state {
    const snnfe_packed *packed;
    const snnfe_network_options *options;
    snnfe_layer_state layers[SNNFE_N_LAYERS];
    uint16_t *on, *off;         /* neurons of a layer above conv2 that switched */
    snnfe_conv_scratch scratch; /* of conv2 and conv3 */
    size_t n_conv_steps;        /* steps that they can take at a time */
    double *logits;             /* [n_classes] so far */
    bool whole; /* also run the neurons of conv1 and conv2 that nothing above sees, for those who
                   count spikes; false at first */
} snnfe_state;

/* With room for the events of `n_steps` steps of the convolutions, or fewer if they are large. */
snnfe_status snnfe_state_create(snnfe_state **state, const snnfe_network *network, size_t n_steps);
void snnfe_state_free(snnfe_state *state);

/* Back to before the first step; takes up the network's present biases. */
void snnfe_state_reset(snnfe_state *state);

/* Where a layer's results go, one step behind the other, and its dropout factors. */
typedef struct snnfe_layer_output {
    uint64_t *spikes;          /* [steps][words] */
    uint64_t *window;          /* [steps][words] or NULL */
    float *voltage;            /* or NULL, together with `window` */
    snnfe_voltage_order order; /* of a convolutional layer */
    const float *mask;         /* [neurons] or NULL */
} snnfe_layer_output;

/* A share of a convolutional layer's neurons, for one of several threads. */
typedef struct snnfe_share {
    size_t part, n_parts;
    const snnfe_conv_scratch *scratch; /* of the thread */
} snnfe_share;

/* The whole layer. */
snnfe_share snnfe_share_all(const snnfe_state *state);
/* How many shares a layer can have. */
size_t snnfe_most_shares(const snnfe_state *state, int32_t layer);

/* conv1: element (row, column) of the grid at input[(row * n_columns + column) * stride + step]. */
void snnfe_run_conv1(snnfe_state *state, const float *input, size_t stride, size_t n_steps,
                     const snnfe_layer_output *out, snnfe_share share);
/* conv2 and conv3, n_conv_steps at most: spikes of the layer below, of the step before the first
   and of the steps. */
void snnfe_run_conv(snnfe_state *state, int32_t layer, const uint64_t *before, const uint64_t *now,
                    size_t n_steps, const snnfe_layer_output *out, snnfe_share share);
/* tc1: conv3's spikes of the last four steps, newest first. First the sums of its drive, then its
   neurons. */
const int32_t *snnfe_sum_tc1(snnfe_state *state, const uint64_t *const conv3[4]);
void snnfe_fire_tc1(snnfe_state *state, const int32_t *sums, const snnfe_layer_output *out);
/* r1: tc1's spikes of the last two steps and its own of the two steps before this, newest first. */
void snnfe_step_r1(snnfe_state *state, const uint64_t *const tc1[2], const uint64_t *const own[2],
                   const snnfe_layer_output *out);
void snnfe_step_fc1(snnfe_state *state, const uint64_t *before, const uint64_t *now,
                    const snnfe_layer_output *out);
/* fc2: the readout of fc1's spikes [n_classes], also added to the logits with `weight`. */
void snnfe_step_fc2(snnfe_state *state, const uint64_t *before, const uint64_t *now, float weight,
                    float *readout);

#endif
