/* The events of a BrainVision recording. */
#ifndef SNNFE_LIB_BRAINVISION_MARKERS_H
#define SNNFE_LIB_BRAINVISION_MARKERS_H

#include "recording/ini.h"
#include "recording/recording.h"

/* Markers as "type/description", such as "Stimulus/S  1", ascending in time and each once; that of
   the segment that the recording is, at its first sample, is none. SNNFE_ERR_UNSUPPORTED: a segment
   that begins within the recording, which has a gap there. */
snnfe_status snnfe_brainvision_markers_read(const char *path, double sampling_rate_hz,
                                            snnfe_recording *recording, size_t *n_doubled);
/* The same of markers that were read already. */
snnfe_status snnfe_brainvision_markers_take(const snnfe_ini *ini, double sampling_rate_hz,
                                            snnfe_recording *recording, size_t *n_doubled);

#endif
