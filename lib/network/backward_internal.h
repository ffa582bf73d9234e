/* Shared by the two halves of the backward pass: the layers above conv2, whose products over all
   steps go through BLAS, and the two large convolutions, which go back in time a few steps at a
   time. */
#ifndef SNNFE_LIB_BACKWARD_INTERNAL_H
#define SNNFE_LIB_BACKWARD_INTERNAL_H

#include "network/backward.h"

/* Gradients with respect to a layer's drive at every step, and their sums from each step on.
   The rows behind the last step are zero, so that taps may reach past it. */
#define SNNFE_ROWS_BEHIND 3

typedef struct snnfe_drive_gradients {
    float *drive;  /* [n_steps + SNNFE_ROWS_BEHIND][neurons] */
    float *suffix; /* the same */
} snnfe_drive_gradients;

struct snnfe_backward {
    const snnfe_packed *packed;
    const snnfe_network_options *options;
    snnfe_drive_gradients upper[SNNFE_N_SPIKING]; /* conv3 … fc1 */
    float *spike_gradient;   /* [n_steps][neurons] of the layer in work, conv3 … fc1 */
    float *pool_gradient;    /* [n_steps][pool positions][conv2 channels] */
    float *voltage_gradient; /* [neurons] of the largest layer */
    uint64_t *time_bits; /* [4][64 neurons][time words]: spikes of blocks of neurons over time */
    uint16_t *on, *off;  /* [4][n_steps] event times of up to four neurons */
    /* conv2 and conv1, at the step in work */
    float *conv2_drive, *conv2_suffix, *conv2_voltage;
    float *conv1_drive, *conv1_spikes, *conv1_voltage;
    uint64_t *columns[2]; /* [conv1 channels][words]: on, off */
    /* conv2's gradients at the points of tiles, and what becomes of them at conv1, of a few steps:
       [point][step][tile][channels] */
    float *conv2_points, *conv1_points;
    size_t n_chunk; /* those steps */
};

static inline size_t snnfe_time_words(const snnfe_shape *shape)
{
    return (shape->n_steps + 63) / 64;
}

/* One step back in time of a layer; the caller sets the gradient pointers. */
snnfe_lif_backward snnfe_lif_at(const snnfe_backward *b, const snnfe_trial *trial, int32_t layer,
                                size_t t, bool masked, snnfe_gradients *gradients);

void snnfe_backward_upper(snnfe_backward *b, const snnfe_trial *trial,
                          const snnfe_float_weights *weights, const snnfe_gradient_needs *needs,
                          const double *logit_gradient, bool masked, snnfe_gradients *gradients);
void snnfe_backward_conv(snnfe_backward *b, const snnfe_trial *trial,
                         const snnfe_float_weights *weights, const snnfe_gradient_needs *needs,
                         snnfe_gradients *gradients);

/* Spikes over time of the 64 neurons of one word of a layer, into one of four slots. */
void snnfe_event_times(const snnfe_backward *b, const snnfe_trial *trial, int32_t layer,
                       size_t word, size_t slot);
/* Times at which neuron `bit` of a slot switched; valid until the slot's next use. */
snnfe_rows snnfe_event_rows(const snnfe_backward *b, size_t bit, size_t slot);

#endif
