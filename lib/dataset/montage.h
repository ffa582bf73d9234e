/* Channels and their places in the grid. */
#ifndef SNNFE_LIB_MONTAGE_H
#define SNNFE_LIB_MONTAGE_H

#include "recording/positions.h"

#include <snnfe/dataset.h>

typedef struct snnfe_montage {
    snnfe_channels channels;
    uint32_t n_rows, n_columns;
    int32_t rows[SNNFE_MAX_CHANNELS];
    int32_t columns[SNNFE_MAX_CHANNELS];
} snnfe_montage;

/* The 64 channels of EEGMMIDB on the 10x11 grid (docs/spec.md 2.3). */
void snnfe_montage_eegmmidb(snnfe_montage *montage);

#define SNNFE_MOST_PLACES 64 /* rows or columns of a grid */

/* The caller's channels, or those that were found, or EEGMMIDB's when `found` is NULL. */
snnfe_status snnfe_montage_make(snnfe_montage *montage, const snnfe_dataset_options *options,
                                const snnfe_positions *positions, const snnfe_channels *found);

/* Places of the channels by their names (montage.h) and positions, with its errors. */
snnfe_status snnfe_montage_place_all(snnfe_montage *montage, const snnfe_positions *positions);

/* Places within the grid, no two the same. */
snnfe_status snnfe_montage_check(const snnfe_montage *montage, const char *what);

#endif
