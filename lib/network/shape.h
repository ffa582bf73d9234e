/* Sizes that follow from a configuration. */
#ifndef SNNFE_LIB_SHAPE_H
#define SNNFE_LIB_SHAPE_H

#include "base/status.h"
#include "kernels/kernels.h"

#include <snnfe/network.h>

/* Neurons of one layer, as the kernels see them: [position][padded channel]. */
typedef struct snnfe_layer_shape {
    uint32_t rows, columns;
    size_t positions; /* rows * columns */
    size_t channels;  /* of the configuration */
    size_t padded;    /* channels, a multiple of SNNFE_BLOCK */
    size_t neurons;   /* positions * padded */
    size_t words;     /* neurons / 64 */
} snnfe_layer_shape;

#define SNNFE_N_SPIKING 6 /* layers with neurons: conv1 … fc1 */

typedef struct snnfe_shape {
    size_t n_steps;
    size_t n_hidden;
    size_t n_classes;
    size_t grid_positions; /* input positions */
    snnfe_layer_shape layers[SNNFE_N_SPIKING];
    uint32_t pool_rows, pool_columns; /* of the pooled conv2 */
    size_t pool_positions;
    size_t inputs[SNNFE_N_LAYERS]; /* padded input neurons of each layer's weights */
    size_t fan_in[SNNFE_N_LAYERS]; /* of the configuration; tc1: of one tap */
} snnfe_shape;

static inline size_t snnfe_larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* SNNFE_ERR_ARGUMENT naming the option that is out of range. */
snnfe_status snnfe_shape_make(snnfe_shape *shape, const snnfe_network_options *options);

#endif
