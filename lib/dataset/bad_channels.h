/* Channels that are replaced by what the others say. */
#ifndef SNNFE_LIB_BAD_CHANNELS_H
#define SNNFE_LIB_BAD_CHANNELS_H

#include "recording/positions.h"
#include "recording/recording.h"

/* Replace the channels of a recording whose bit is set, and those that its file lacks (with a
   note), by spherical splines of the others that have a place and are not doubtful. They are
   doubtful themselves from then on. SNNFE_ERR_NOT_FOUND: one has no place, or fewer than three
   others do. */
snnfe_status snnfe_bad_channels_replace(snnfe_recording *recording, const char *path,
                                        const snnfe_channels *channels,
                                        const snnfe_positions *positions, uint64_t bad);

#endif
