/* Shared by the two halves of the backward pass: the layers above conv2, whose products are
   over all steps, and the two large convolutions, which go back in time a few steps at a
   time. */
#ifndef SNNFE_LIB_BACKWARD_INTERNAL_H
#define SNNFE_LIB_BACKWARD_INTERNAL_H

#include "network/backward.h"
#include "network/terms.h"

/* Gradients with respect to a layer's drive at every step, and their sums from each step on.
   The rows behind the last step are zero, so that taps may reach past it. */
#define SNNFE_ROWS_BEHIND 3

typedef struct snnfe_drive_gradients {
    float *drive;  /* [n_steps + SNNFE_ROWS_BEHIND][neurons] */
    float *suffix; /* the same */
} snnfe_drive_gradients;

/* conv2 and conv1, at the steps in work. */
typedef struct snnfe_conv_buffers {
    size_t n_chunk; /* steps whose products are one */
    /* [neurons] Gradients of the step after */
    float *conv2_voltage, *conv2_drive, *conv2_suffix, *conv1_voltage, *conv1_drive;
    /* [steps of a run][used outputs][SNNFE_STRIP] of a strip; an empty row behind the suffixes */
    float *conv2_drives, *conv2_suffixes, *conv1_drives;
    uint64_t *spikes;   /* [1 + steps of a run][conv1 channels][words] positions of each channel */
    uint64_t *on, *off; /* [steps of a run][conv1 channels][words] */
    snnfe_gradient_rows rows;
    /* conv2's gradients at the points of tiles, and what becomes of them at conv1, of n_chunk
       steps: [point][step][tile][channels]. SNNFE_STRIP values lie between points: at a distance
       of a power of two all points of a strip would compete for the same set of cache lines. */
    float *conv2_points, *conv1_points;
} snnfe_conv_buffers;

struct snnfe_backward {
    const snnfe_packed *packed;
    const snnfe_network_options *options;
    snnfe_drive_gradients upper[SNNFE_N_SPIKING]; /* conv3 … fc1 */
    float *spike_gradient;   /* [n_steps][neurons] of the layer in work, conv3 … fc1 */
    float *pool_gradient;    /* [n_steps][pool positions][conv2 channels] */
    float *voltage_gradient; /* [neurons] of the largest layer from conv3 on */
    uint64_t *time_bits;   /* [4][64 neurons][time words]: spikes of blocks of neurons over time */
    uint64_t *bits_before; /* [time words] the same of a neuron one step earlier */
    uint16_t *on, *off;    /* [4][snnfe_event_times_most()] event times of up to four neurons */
    snnfe_terms terms;     /* of the product in work; up to the channels of the widest layer */
    snnfe_conv_buffers conv;
};

static inline size_t snnfe_time_words(const snnfe_shape *shape)
{
    return (shape->n_steps + 63) / 64;
}

static inline size_t snnfe_event_times_most(const snnfe_shape *shape)
{
    return shape->n_steps + SNNFE_LIST_SLACK;
}

/* Spikes over time of the 64 neurons of one word of a layer, into one of four slots. */
void snnfe_event_times(const snnfe_backward *b, const snnfe_trial *trial, int32_t layer,
                       size_t word, size_t slot);
/* Times at which neuron `bit` of a slot switched; valid until the slot's next use. */
snnfe_rows snnfe_event_rows(const snnfe_backward *b, size_t bit, size_t slot);

void snnfe_conv3_weights(snnfe_backward *b, const snnfe_trial *trial, float *weight_gradients);
void snnfe_backward_upper(snnfe_backward *b, const snnfe_trial *trial,
                          const snnfe_float_weights *weights, const snnfe_gradient_needs *needs,
                          const double *logit_gradient, bool masked, snnfe_gradients *gradients);
snnfe_status snnfe_conv_buffers_create(snnfe_conv_buffers *buffers, const snnfe_packed *packed);
void snnfe_conv_buffers_release(const snnfe_conv_buffers *buffers);
void snnfe_backward_conv(snnfe_backward *b, const snnfe_trial *trial,
                         const snnfe_float_weights *weights, const snnfe_gradient_needs *needs,
                         snnfe_gradients *gradients);

#endif
