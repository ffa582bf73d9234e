/* EDF, EDF+, BDF and BDF+ recordings. Header and annotations are read here, samples by EDFlib. Any
   number of threads and a child of fork() may read. */
#ifndef SNNFE_LIB_EDF_H
#define SNNFE_LIB_EDF_H

#include "recording/recording.h"

/* Words that mark the recordings of snnfe_synthetic_write in their header. */
#define SNNFE_SYNTHETIC_MARK "libsnnfe synthetic"

/* As snnfe_recording_read(). */
snnfe_status snnfe_edf_read(const char *path, const snnfe_channels *channels,
                            double sampling_rate_hz, bool strict, snnfe_recording *recording);

/* As snnfe_recording_electrodes(). */
snnfe_status snnfe_edf_electrodes(const char *path, bool strict,
                                  const struct snnfe_positions *positions,
                                  snnfe_channels *channels);

#endif
