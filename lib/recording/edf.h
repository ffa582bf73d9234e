/* EDF and EDF+ recordings. Header and annotations are read here, samples by EDFlib. Any number of
   threads and a child of fork() may read. */
#ifndef SNNFE_LIB_EDF_H
#define SNNFE_LIB_EDF_H

#include "recording/recording.h"

/* Words that mark the recordings of snnfe_synthetic_write in their header. */
#define SNNFE_SYNTHETIC_MARK "libsnnfe synthetic"

/* Read the channels (in this order, in microvolts) and all annotations. Every channel must have
   this rate, or with 0 that of the first one; a strict reader refuses every departure from the
   format. */
snnfe_status snnfe_edf_read(const char *path, const snnfe_channels *channels,
                            double sampling_rate_hz, bool strict, snnfe_recording *recording);

/* The electrodes of the 10-05 system among a file's labels, in its order, by the names that
   snnfe_electrode_name() gives them. SNNFE_ERR_NOT_FOUND: none; SNNFE_ERR_FORMAT: one twice;
   SNNFE_ERR_UNSUPPORTED: more than 64. */
snnfe_status snnfe_edf_electrodes(const char *path, bool strict, snnfe_channels *channels);

#endif
