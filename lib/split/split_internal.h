/* What the kinds of splits share. */
#ifndef SNNFE_LIB_SPLIT_INTERNAL_H
#define SNNFE_LIB_SPLIT_INTERNAL_H

#include "base/status.h"

#include <snnfe/split.h>

#define SNNFE_N_LABELS 256

/* Checks `n` labels (not NULL, 0…255) and counts each. */
snnfe_status snnfe_split_count_labels(const int32_t *labels, size_t n,
                                      size_t counts[SNNFE_N_LABELS]);

/* Lists of these lengths, to be filled. */
snnfe_status snnfe_split_allocate(snnfe_split *split, size_t n_train, size_t n_validation);

#endif
