/* Trials in an array of the caller's, for an engine. */
#ifndef SNNFE_LIB_TRIAL_ARRAY_H
#define SNNFE_LIB_TRIAL_ARRAY_H

#include "network/engine.h"

typedef struct snnfe_trial_array {
    const float *grid; /* [n][n_rows][n_columns][n_steps], NULL = zeros */
    size_t size;       /* values of a trial */
} snnfe_trial_array;

snnfe_trial_array snnfe_trial_array_of(const snnfe_network *network, const float *grid);

/* The first `n` trials of the array, which must outlive them. */
snnfe_trials snnfe_trial_array_trials(const snnfe_trial_array *array, size_t n);

#endif
