/* EDF and EDF+ recordings. Header and annotations are read here, samples by EDFlib. Any number of
   threads and a child of fork() may read. */
#ifndef SNNFE_LIB_EDF_H
#define SNNFE_LIB_EDF_H

#include "dataset/montage.h"
#include "recording/recording.h"

/* Words that mark the recordings of snnfe_synthetic_write in their header. */
#define SNNFE_SYNTHETIC_MARK "libsnnfe synthetic"

/* Read the channels of `montage` (in its order, in microvolts) and all annotations. The rate of
   every channel must be that of the options; `strict` of them counts as well. */
snnfe_status snnfe_edf_read(const char *path, const snnfe_montage *montage,
                            const snnfe_dataset_options *options, snnfe_recording *recording);

#endif
