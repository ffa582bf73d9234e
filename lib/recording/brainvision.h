/* BrainVision recordings: a header (.vhdr), markers (.vmrk) and samples (.eeg), as its format's
   description says. No C library for them is packaged anywhere. */
#ifndef SNNFE_LIB_BRAINVISION_H
#define SNNFE_LIB_BRAINVISION_H

#include "recording/recording.h"

/* As snnfe_edf_read() and snnfe_edf_electrodes(), by the header's path. */
snnfe_status snnfe_brainvision_read(const char *path, const snnfe_channels *channels,
                                    double sampling_rate_hz, bool strict,
                                    snnfe_recording *recording);
snnfe_status snnfe_brainvision_electrodes(const char *path, const struct snnfe_positions *positions,
                                          snnfe_channels *channels);

#endif
