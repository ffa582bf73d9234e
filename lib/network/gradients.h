/* Gradient sums of one shard of a batch, in the order of the kernels. */
#ifndef SNNFE_LIB_GRADIENTS_H
#define SNNFE_LIB_GRADIENTS_H

#include "network/packed.h"

typedef struct snnfe_layer_gradients {
    float *weights;       /* [taps][inputs][outputs]; fc2: [n_classes][hidden] */
    float *bias;          /* [taps of tc1, else 1][outputs]; NULL for fc2 */
    float *current_decay; /* [neurons]; NULL for fc2 */
    float *voltage_decay;
} snnfe_layer_gradients;

typedef struct snnfe_gradients {
    snnfe_layer_gradients layers[SNNFE_N_LAYERS];
    float *time_weights; /* [n_steps] */
    float *memory;       /* all of the above, one block */
    size_t size;         /* of the block, in floats */
} snnfe_gradients;

snnfe_status snnfe_gradients_create(snnfe_gradients *gradients, const snnfe_shape *shape);
void snnfe_gradients_release(snnfe_gradients *gradients);
void snnfe_gradients_clear(snnfe_gradients *gradients, int32_t lowest);

/* Add parameter `index` of some shards, in their order, to its place in the canonical flat order:
   one of `n_parts` parts, small parameters all in part 0. */
void snnfe_gradients_gather(const snnfe_gradients *shards, size_t n_shards,
                            const snnfe_shape *shape, size_t index, size_t part, size_t n_parts,
                            float *values);

/* The reverse of snnfe_weights_transpose(), for the table that begins `offset` values into each
   shard: adds factor * it to one of `n_parts` parts of a tensor's outputs. */
void snnfe_weights_gather(const snnfe_shape *shape, int32_t layer, size_t tap,
                          const snnfe_gradients *shards, size_t n_shards, size_t offset,
                          float factor, size_t part, size_t n_parts, float *weights);

#endif
