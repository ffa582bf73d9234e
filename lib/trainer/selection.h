/* Some trials of a data set as an engine's trials, and how well a network decides them. */
#ifndef SNNFE_LIB_SELECTION_H
#define SNNFE_LIB_SELECTION_H

#include "dataset/dataset.h"
#include "network/engine.h"
#include "trainer/score.h"

typedef struct snnfe_selection {
    const snnfe_dataset *dataset;
    const int32_t *indices; /* [n], NULL = trials 0…n-1 */
    size_t n;
} snnfe_selection;

/* SNNFE_ERR_SHAPE unless grid, steps and classes of the data set are the network's; `info` is
   filled. `call` is the function for messages. */
snnfe_status snnfe_selection_check_dataset(const char *call, const snnfe_dataset *dataset,
                                           const snnfe_network *network, snnfe_dataset_info *info);

/* SNNFE_ERR_ARGUMENT naming the first index that is not in 0…n_trials-1. */
snnfe_status snnfe_selection_check_indices(const char *call, const char *list,
                                           const int32_t *indices, size_t n, size_t n_trials);

/* The trials of a selection, which must outlive them. */
snnfe_trials snnfe_selection_trials(const snnfe_selection *selection);

int32_t snnfe_selection_label(const snnfe_selection *selection, size_t i);

/* What a network said of each of a selection's windows, `logits` [n][n_classes]. */
void snnfe_selection_windows(const snnfe_selection *selection, const float *logits,
                             size_t n_classes, snnfe_window *windows);

/* Run a selection in evaluation mode: logits [n][n_classes], which are then scored. */
snnfe_status snnfe_selection_score(snnfe_engine *engine, const snnfe_network *network,
                                   const snnfe_selection *selection, const snnfe_sink *sink,
                                   float *logits, snnfe_score *score);

/* 64-bit hash of the trials of a selection: positions, labels, subjects, runs, onsets, samples and
   their electrodes' places. Chained by `hash`, from SNNFE_HASH_START. */
uint64_t snnfe_selection_hash(uint64_t hash, const snnfe_selection *selection,
                              const snnfe_dataset_info *info);

#endif
