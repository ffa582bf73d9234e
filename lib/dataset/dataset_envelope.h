/* Envelopes of recordings as channels of a data set. */
#ifndef SNNFE_LIB_DATASET_ENVELOPE_H
#define SNNFE_LIB_DATASET_ENVELOPE_H

#include "dataset/dataset_assemble.h"
#include "dataset/recording_filter.h"
#include "signal/envelope.h"

/* Check the options' bands. With any, the montage of channels becomes that of their envelopes.
   `n_steps` of a trial, with bands or without. */
snnfe_status snnfe_envelope_plan(snnfe_envelope *envelope, snnfe_montage *montage,
                                 uint32_t *n_steps, const snnfe_dataset_options *options);

/* What the options say of envelopes, in a signal. */
void snnfe_envelope_describe(snnfe_signal *signal, const snnfe_dataset_options *options);

/* Fill the trials of a cut recording, whose onsets are known, with the envelopes of a cleaned one,
   and `moments` (or NULL) with the sums of all its envelopes. `filters` [n_bands]. */
snnfe_status snnfe_envelope_run(const snnfe_dataset_plan *plan, snnfe_recording_filter *filters,
                                const snnfe_recording *recording, snnfe_cut_recording *cut,
                                snnfe_moments *moments);

#endif
