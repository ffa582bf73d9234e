/* The network's layers, one time step at a time. The state is that of one trial; spikes go to and
   come from rows of bits that the caller keeps (a whole trial, or the last few steps of a stream).

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
    float *drive;               /* [conv1 neurons] */
    snnfe_events events;        /* of the largest layer */
    snnfe_conv_scratch scratch; /* of conv2 */
    snnfe_rows rows[36];        /* 9 taps of up to 4 pooled neurons */
    double *logits;             /* [n_classes] so far */
    bool whole; /* also run the neurons of conv1 and conv2 that nothing above sees, for those who
                   count spikes; false at first */
} snnfe_state;

snnfe_status snnfe_state_create(snnfe_state **state, const snnfe_network *network);
void snnfe_state_free(snnfe_state *state);

/* Back to before the first step; takes up the network's present biases. */
void snnfe_state_reset(snnfe_state *state);

/* Where a layer's results of one step go, and its dropout factors. */
typedef struct snnfe_layer_output {
    uint64_t *spikes;  /* [words] */
    uint64_t *window;  /* [words] or NULL */
    float *voltage;    /* [neurons] or NULL, together with `window` */
    const float *mask; /* [neurons] or NULL */
} snnfe_layer_output;

/* conv1: element (row, column) of the grid at input[(row * n_columns + column) * stride]. */
void snnfe_step_conv1(snnfe_state *state, const float *input, size_t stride,
                      const snnfe_layer_output *out);
/* conv2 and conv3: spikes of the layer below, before and now. */
void snnfe_step_conv(snnfe_state *state, int32_t layer, const uint64_t *before, const uint64_t *now,
                     const snnfe_layer_output *out);
/* tc1: conv3's spikes of the last four steps, newest first. */
void snnfe_step_tc1(snnfe_state *state, const uint64_t *const conv3[4],
                    const snnfe_layer_output *out);
/* r1: tc1's spikes of the last two steps and its own of the two steps before this, newest first. */
void snnfe_step_r1(snnfe_state *state, const uint64_t *const tc1[2], const uint64_t *const own[2],
                   const snnfe_layer_output *out);
void snnfe_step_fc1(snnfe_state *state, const uint64_t *before, const uint64_t *now,
                    const snnfe_layer_output *out);
/* fc2: the readout of fc1's spikes [n_classes], also added to the logits with `weight`. */
void snnfe_step_fc2(snnfe_state *state, const uint64_t *before, const uint64_t *now, float weight,
                    float *readout);

#endif
