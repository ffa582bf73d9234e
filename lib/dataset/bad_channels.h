/* Channels that are replaced by what the others say. */
#ifndef SNNFE_LIB_BAD_CHANNELS_H
#define SNNFE_LIB_BAD_CHANNELS_H

#include "recording/recording.h"

/* Replace the channels of a recording whose bit is set by spherical splines of the others. Those
   that are no electrodes of the 10-05 system are not used; one of them that is bad is
   SNNFE_ERR_NOT_FOUND, as are fewer than three good ones. */
snnfe_status snnfe_bad_channels_replace(snnfe_recording *recording, const snnfe_channels *channels,
                                        uint64_t bad);

#endif
