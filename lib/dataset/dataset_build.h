/* From recordings, wherever they come from, to a data set. */
#ifndef SNNFE_LIB_DATASET_BUILD_H
#define SNNFE_LIB_DATASET_BUILD_H

#include "dataset/dataset_plan.h"
#include "dataset/recording_list.h"
#include "recording/recording.h"

/* Where the recordings of a list come from. `load` fills a zeroed recording for entry `index`; it
   is called from several threads at once for different entries. SNNFE_ERR_NOT_FOUND with `*missing`
   set to true means that there is no such recording at all (as opposed to one that lacks
   something). */
typedef struct snnfe_recording_source {
    snnfe_status (*load)(void *context, size_t index, snnfe_recording *recording, bool *missing);
    void *context;
} snnfe_recording_source;

/* Read, filter and cut the recordings of a list into a data set. This is the one path that
   snnfe_dataset_open, _open_files and _synthesize share. */
snnfe_status snnfe_dataset_build(snnfe_dataset **dataset, const snnfe_dataset_plan *plan,
                                 const snnfe_recording_source *source,
                                 const snnfe_recording_list *list);

#endif
