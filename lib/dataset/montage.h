/* Channels and their places in the grid. */
#ifndef SNNFE_LIB_MONTAGE_H
#define SNNFE_LIB_MONTAGE_H

#include "recording/channels.h"

#include <snnfe/dataset.h>

typedef struct snnfe_montage {
    snnfe_channels channels;
    uint32_t n_rows, n_columns;
    int32_t rows[SNNFE_MAX_CHANNELS];
    int32_t columns[SNNFE_MAX_CHANNELS];
} snnfe_montage;

/* The 64 channels of EEGMMIDB on the 10x11 grid (docs/spec.md 2.3). */
void snnfe_montage_eegmmidb(snnfe_montage *montage);

/* The caller's channels, or EEGMMIDB's when none are given. */
snnfe_status snnfe_montage_make(snnfe_montage *montage, const snnfe_dataset_options *options);

/* Places within the grid, no two the same. */
snnfe_status snnfe_montage_check(const snnfe_montage *montage, const char *what);

#endif
