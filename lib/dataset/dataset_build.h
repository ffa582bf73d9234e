/* From recordings, wherever they come from, to a data set. */
#ifndef SNNFE_LIB_DATASET_BUILD_H
#define SNNFE_LIB_DATASET_BUILD_H

#include "recording/recording.h"

#include <snnfe/dataset.h>

/* Where the recordings of a data set come from. `load` fills a zeroed recording for item `index`;
   it is called from several threads at once for different items. SNNFE_ERR_NOT_FOUND with
   `*missing` set to true means that there is no such recording at all (as opposed to one that lacks
   something). `describe` gives the path or name for messages (valid as long as the context). */
typedef struct snnfe_recording_source {
    snnfe_status (*load)(void *context, size_t index, snnfe_recording *recording, bool *missing);
    const char *(*describe)(void *context, size_t index);
    void *context;
} snnfe_recording_source;

/* Read, filter and cut `n` recordings with their subjects and runs into a data set. This is the one
   path that snnfe_dataset_open, _open_files and _synthesize share. */
snnfe_status snnfe_dataset_build(snnfe_dataset **dataset, const snnfe_recording_source *source,
                                 size_t n, const int32_t *subjects, const int32_t *runs,
                                 const snnfe_dataset_options *options);

#endif
