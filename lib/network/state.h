/* What the neurons of one trial or live window carry from step to step. */
#ifndef SNNFE_LIB_STATE_H
#define SNNFE_LIB_STATE_H

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
    int32_t *converted; /* [neurons] sums of a layer above conv3 as its converter has them */
    double *logits;     /* [n_classes] so far */
    bool whole; /* also run the neurons of conv1 and conv2 that nothing above sees, to count their
                   spikes; false at first */
} snnfe_state;

/* With room for the events of `n_steps` steps of the convolutions, or fewer if they are large. */
snnfe_status snnfe_state_create(snnfe_state **state, const snnfe_network *network, size_t n_steps);
void snnfe_state_free(snnfe_state *state);

/* Back to before the first step; takes up the network's present biases. */
void snnfe_state_reset(snnfe_state *state);

#endif
