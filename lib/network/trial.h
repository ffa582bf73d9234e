/* One whole trial: its input, what the layers did, its result. */
#ifndef SNNFE_LIB_TRIAL_H
#define SNNFE_LIB_TRIAL_H

#include "network/stepper.h"

typedef struct snnfe_trace {
    uint64_t *spikes; /* [1 + n_steps][words]; row 1 + t is step t, the first one is empty */
    uint64_t *window; /* [n_steps][words], training only */
    float *voltage;   /* in the layer's order, training only */
} snnfe_trace;

/* conv1 and conv2 are run many steps at a time, both ways: a strip's steps lie together. The others
   are [n_steps][neurons]. */
static inline snnfe_voltage_order snnfe_trace_order(const snnfe_shape *shape, int32_t layer)
{
    const size_t n = shape->layers[layer].neurons;
    return layer <= SNNFE_LAYER_CONV2
               ? (snnfe_voltage_order){SNNFE_STRIP, shape->n_steps * SNNFE_STRIP}
               : (snnfe_voltage_order){n, SNNFE_STRIP};
}

typedef struct snnfe_trial {
    snnfe_state *state;
    snnfe_trace traces[SNNFE_N_SPIKING];
    snnfe_spike_rows spikes[SNNFE_N_SPIKING]; /* those of the traces */
    float *grid;             /* [n_rows][n_columns][n_steps], filled by the caller */
    float *readout;          /* [n_steps][n_classes] */
    float *masks;            /* [SNNFE_N_MASKS][hidden] dropout factors, training only */
    const int32_t *tc1_sums; /* [n_steps][hidden] of tc1's drive if they are known, else NULL */
    int32_t *own_tc1_sums;   /* the same, of snnfe_trial_sum_tc1(); made when first used */
} snnfe_trial;

snnfe_status snnfe_trial_create(snnfe_trial **trial, const snnfe_network *network, bool training);
void snnfe_trial_free(snnfe_trial *trial);

/* SNNFE_ERR_NONFINITE naming the place, with `index` as the trial's number. */
snnfe_status snnfe_trial_check(const snnfe_trial *trial, size_t index);

/* A run is a reset, all layers in their order, and the readout. */
void snnfe_trial_reset(snnfe_trial *trial);
/* All steps of the layers first…end-1, on the spikes that the one below has left. With `masked` the
   dropout factors apply. What the backward pass needs is recorded for layer `recorded` and those
   above it (SNNFE_N_SPIKING = none). */
void snnfe_trial_run(snnfe_trial *trial, int32_t first, int32_t end, bool masked, int32_t recorded);
/* A share of one of the convolutional layers. */
void snnfe_trial_run_conv(snnfe_trial *trial, int32_t layer, bool recorded, snnfe_share share);
/* Compute tc1's sums before it runs. When out of memory they are computed while it runs. */
void snnfe_trial_sum_tc1(snnfe_trial *trial);
void snnfe_trial_read_out(snnfe_trial *trial, const snnfe_network *network);

/* Count what the layers did [SNNFE_N_LAYERS]. */
void snnfe_trial_activity(const snnfe_trial *trial, snnfe_layer_activity *activity);

#endif
