/* The annotation signals of an EDF+ or BDF+ file. */
#ifndef SNNFE_LIB_EDF_ANNOTATIONS_H
#define SNNFE_LIB_EDF_ANNOTATIONS_H

#include "recording/edf_header.h"
#include "recording/recording.h"

/* Read all events of the file, whole texts in UTF-8, ascending in time from the first sample on,
   those at one time in the order of the file and each once. Records that do not follow each other
   in time without a gap are SNNFE_ERR_UNSUPPORTED. */
snnfe_status snnfe_edf_annotations_read(const snnfe_edf_file *file, double sampling_rate_hz,
                                        snnfe_recording *recording);

#endif
