/* What recordings of EEGMMIDB have in common: their channels, and their places in a tree of
   folders. */
#ifndef SNNFE_LIB_EEGMMIDB_H
#define SNNFE_LIB_EEGMMIDB_H

#include "recording/channels.h"

#include <stdbool.h>

#define SNNFE_LAST_SUBJECT 999
#define SNNFE_LAST_RUN 14

/* Label of a channel as BCI2000 writes it, such as "Fc5.". */
const char *snnfe_eegmmidb_label(size_t channel);

/* All 64 channels in the order of the files. */
void snnfe_eegmmidb_channels(snnfe_channels *channels);

/* Their places on the 10x11 grid (docs/spec.md 2.3). */
void snnfe_eegmmidb_places(int32_t rows[SNNFE_MAX_CHANNELS], int32_t columns[SNNFE_MAX_CHANNELS]);

/* "root/S001/S001R04.edf"; false if it does not fit into `size` bytes. */
bool snnfe_tree_path(char *path, size_t size, const char *root, int32_t subject, int32_t run);

#endif
