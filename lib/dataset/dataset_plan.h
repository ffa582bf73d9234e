/* What a data set is made by. */
#ifndef SNNFE_LIB_DATASET_PLAN_H
#define SNNFE_LIB_DATASET_PLAN_H

#include "dataset/cleaning.h"
#include "dataset/labels.h"
#include "dataset/montage.h"
#include "recording/positions.h"
#include "signal/envelope.h"

/* Options with their channels and classes, checked once. */
typedef struct snnfe_dataset_plan {
    snnfe_dataset_options options;
    snnfe_positions positions; /* owned by who made the plan */
    snnfe_cleaning cleaning;
    snnfe_envelope envelope;
    snnfe_montage montage; /* of the trials' channels: those that go on, or their envelopes */
    uint32_t n_steps;
    snnfe_label_set labels; /* of `options` above, so that a plan stays where it was made */
} snnfe_dataset_plan;

snnfe_status snnfe_dataset_plan_make(snnfe_dataset_plan *plan,
                                     const snnfe_dataset_options *options);

/* Where channels come from that nobody has named: the electrodes of the first recording. */
typedef struct snnfe_electrode_source {
    snnfe_status (*find)(void *context, snnfe_channels *channels);
    void *context;
} snnfe_electrode_source;

/* The second step, for which the first has said which recordings there are. The source is asked
   only if the options want it. */
snnfe_status snnfe_dataset_plan_channels(snnfe_dataset_plan *plan,
                                         const snnfe_electrode_source *source);

#endif
