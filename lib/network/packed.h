/* The parameters as the forward kernels read them.

   Weights of event-driven layers are fixed-point integers: each output channel has a power of two
   that lets every possible sum of its weights and biases fit 32 bits. Sums of events are then exact
   in any order and cannot drift however many steps are taken; what a weight loses by rounding,
   2^-32 of the largest possible drive at most, is less than single precision loses in adding up. */
#ifndef SNNFE_LIB_PACKED_H
#define SNNFE_LIB_PACKED_H

#include "network/parameters.h"

typedef struct snnfe_packed_layer {
    int32_t *weights;     /* [taps][input neuron or channel][padded channels]; conv2 and conv3: in
                             strips, as conv_events() takes them */
    int32_t *bias;        /* [taps of tc1, else 1][padded channels] */
    float *scale;         /* [padded channels] value of one unit */
    int32_t *spike_units; /* r1: [padded channels] units of its input spikes, else NULL */
    float *current_decay; /* [neurons], NULL for fc2 */
    float *voltage_decay;
} snnfe_packed_layer;

struct snnfe_packed {
    snnfe_shape shape;
    snnfe_conv_geometry geometry[3]; /* of conv1, conv2, conv3 */
    /* Of conv1 and conv2 without the rows and columns that pooling drops, and what feeds only
       those: nothing above ever sees them. */
    snnfe_conv_geometry used[2];
    uint16_t *taps[5]; /* maps of geometry and used */
    uint16_t *origin[5];
    float *conv1_weights; /* [9][padded channels] */
    float *conv1_bias;
    snnfe_packed_layer layers[SNNFE_N_LAYERS];
    uint64_t conv_revision; /* counts the changes of conv1, conv2 and conv3 */
    uint64_t tc1_revision;
};

snnfe_status snnfe_packed_create(snnfe_packed **packed, const snnfe_shape *shape);
void snnfe_packed_free(snnfe_packed *packed);

/* Number of weight tables of a layer: 9 taps of a stencil, 3 taps of tc1, else 1. */
size_t snnfe_layer_taps(int32_t layer);

/* Padded output channels of a layer (fc2: padded classes). */
size_t snnfe_layer_outputs(const snnfe_shape *shape, int32_t layer);

/* Copy a weight tensor [out][in…] of a layer to [tap][input neuron][padded out] floats; `tap` is
   that of tc1's tensors, ignored elsewhere. Padding stays as it is. */
void snnfe_weights_transpose(const snnfe_shape *shape, int32_t layer, size_t tap,
                             const float *weights, float *out);

/* Copy conv2's weights to [9][padded out][padded in] floats. Padding stays as it is. */
void snnfe_weights_by_output(const snnfe_shape *shape, const float *weights, float *out);

/* The same tables by output, each in panels (outputs x inputs). */
void snnfe_weights_to_panels(const snnfe_shape *shape, int32_t layer, size_t tap,
                             const float *weights, float *out);

/* Decays or other per-neuron values [channel][row][column] to [position][padded channel]; the
 * reverse adds. */
void snnfe_neurons_transpose(const snnfe_layer_shape *layer, const float *values, float *out);
void snnfe_neurons_gather(const snnfe_layer_shape *layer, const float *packed, float *values);

#endif
