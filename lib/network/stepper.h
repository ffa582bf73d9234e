/* Steps of the network's layers, for whole trials and for live windows alike. Spikes go to and come
   from rows of bits that the caller keeps. */
#ifndef SNNFE_LIB_STEPPER_H
#define SNNFE_LIB_STEPPER_H

#include "network/state.h"

/* The rows of spikes of a layer that are kept: step t has row (1 + t) modulo n_rows. A trial keeps
   all of them behind an empty one, a live window the last few. */
typedef struct snnfe_spike_rows {
    uint64_t *rows; /* [n_rows][words] */
    size_t n_rows, words;
} snnfe_spike_rows;

/* The row `back` steps before step t; NULL before the start, when nothing has spiked. */
static inline uint64_t *snnfe_spikes_back(const snnfe_spike_rows *spikes, size_t t, size_t back)
{
    return back > t ? NULL : spikes->rows + (1 + t - back) % spikes->n_rows * spikes->words;
}

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
void snnfe_step_conv1(snnfe_state *state, const float *input, size_t stride, size_t n_steps,
                      const snnfe_layer_output *out, snnfe_share share);
/* Steps t…t+n_steps-1 of conv2 or conv3, n_conv_steps at most, on the spikes of the layer below;
   with several steps, the rows of these have to lie together. */
void snnfe_step_conv(snnfe_state *state, int32_t layer, const snnfe_spike_rows *below, size_t t,
                     size_t n_steps, const snnfe_layer_output *out, snnfe_share share);
/* tc1 in two halves: the sums of its drive from conv3's spikes, and its neurons. */
const int32_t *snnfe_sum_tc1(snnfe_state *state, const snnfe_spike_rows *conv3, size_t t);
void snnfe_fire_tc1(snnfe_state *state, const int32_t *sums, const snnfe_layer_output *out);
/* Step t of tc1, r1 or fc1 on the spikes [SNNFE_N_SPIKING] of all layers. */
void snnfe_step_upper(snnfe_state *state, int32_t layer, const snnfe_spike_rows *spikes, size_t t,
                      const snnfe_layer_output *out);
/* fc2: the readout of fc1's spikes [n_classes], also added to the logits with `weight`. */
void snnfe_step_fc2(snnfe_state *state, const snnfe_spike_rows *fc1, size_t t, float weight,
                    float *readout);

#endif
