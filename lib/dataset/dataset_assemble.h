/* From recordings that are cut to the data set that they make up. */
#ifndef SNNFE_LIB_DATASET_ASSEMBLE_H
#define SNNFE_LIB_DATASET_ASSEMBLE_H

#include "dataset/dataset_events.h"
#include "dataset/dataset_internal.h"
#include "dataset/dataset_plan.h"
#include "dataset/quality.h"

/* What one recording leaves behind. */
typedef struct snnfe_cut_recording {
    const char *name; /* borrowed */
    int32_t subject, run;
    bool missing, synthetic;
    double recorded_hz;
    size_t n_interpolated;
    size_t n_trials;
    float *trials; /* [n_trials][n_channels][n_steps] filtered microvolts */
    int32_t *labels, *onsets, *defects;
    uint64_t *trial_ids;
    snnfe_moments moments;
    snnfe_moments references; /* by reference */
    snnfe_event_counts events;
    snnfe_quality_counts quality;
    snnfe_text notes; /* of the recording */
} snnfe_cut_recording;

/* Fills a zeroed data set. Recordings are sorted by subject and run first, so that the result does
   not depend on the order of the files. */
snnfe_status snnfe_dataset_assemble(snnfe_dataset *dataset, const snnfe_dataset_plan *plan,
                                    snnfe_cut_recording *recordings, size_t n,
                                    const snnfe_sink *sink);

#endif
