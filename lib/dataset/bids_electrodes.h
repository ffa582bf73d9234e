/* What electrodes.tsv and coordsystem.json say of where electrodes are. */
#ifndef SNNFE_LIB_BIDS_ELECTRODES_H
#define SNNFE_LIB_BIDS_ELECTRODES_H

#include "dataset/bids_tree.h"
#include "recording/positions.h"

/* Read where a recording's electrodes are, as `places` (SNNFE_PLACES_*) asks for it. What cannot be
   used is logged by file, row and column, with `quiet` only names that contradict coordinates.
   Release the positions in any case. SNNFE_ERR_FORMAT: a table that is wrong, or most names
   contradict; SNNFE_ERR_NOT_FOUND and _UNSUPPORTED, with COORDINATES: no table, no known frame. */
snnfe_status snnfe_bids_positions_read(snnfe_positions *positions, const snnfe_bids_tree *tree,
                                       const snnfe_bids_recording *recording, int32_t places,
                                       bool quiet, const snnfe_sink *sink);

#endif
