/* How an epoch is cut into mini-batches. */
#ifndef SNNFE_LIB_BATCHES_H
#define SNNFE_LIB_BATCHES_H

#include "network/network_internal.h"

/* Number of batches of `size` in `n` trials, the last one smaller. */
size_t snnfe_batches_count(size_t n, uint32_t size);

/* Is one of `n_points` evenly spaced points of an epoch right after batch `batch` (1-based) of
   `n_batches`? They are numpy's linspace(1, n_batches, n_points), cut to whole batches: the first
   and the last batch are among them, as in the published logs. A single point is the last one. */
bool snnfe_batches_is_point(size_t batch, size_t n_batches, uint32_t n_points);

/* The trials `train` [n] in the order of an epoch (0-based): a pure function of seed and epoch. */
void snnfe_batches_order(const int32_t *train, size_t n, uint64_t seed, uint32_t epoch,
                         int32_t *order);

/* Dropout masks [n][SNNFE_N_MASKS][n_hidden] of trials first…first+n-1, counted from the start of
   training. */
snnfe_status snnfe_batches_draw_masks(const snnfe_network *network, uint64_t seed, uint64_t first,
                                      size_t n, uint8_t *masks);

#endif
