/* EDF and EDF+ recordings, read through EDFlib. */
#ifndef SNNFE_LIB_EDF_H
#define SNNFE_LIB_EDF_H

#include "dataset/montage.h"
#include "dataset/recording.h"

/* Words that mark the recordings of snnfe_synthetic_write in their header. */
#define SNNFE_SYNTHETIC_MARK "libsnnfe synthetic"

/* Read the channels of `montage` (in its order, in microvolts) and all annotations. The rate of
   every channel must be `sampling_rate_hz`. */
snnfe_status snnfe_edf_read(const char *path, const snnfe_montage *montage, double sampling_rate_hz,
                            snnfe_recording *recording);

#endif
