/* The sidecars of a synthetic BIDS tree. */
#ifndef SNNFE_LIB_SYNTHETIC_SIDECARS_H
#define SNNFE_LIB_SYNTHETIC_SIDECARS_H

#include "recording/recording.h"

/* What all files of a recording have in common: "folder/sub-01_ses-1" and the task and run. */
typedef struct snnfe_bids_stem {
    const char *session;   /* path up to the session */
    const char *recording; /* the same with task and run */
    const char *task;
    double line_hz;
} snnfe_bids_stem;

/* events.tsv, channels.tsv and eeg.json of a recording. */
snnfe_status snnfe_synthetic_write_sidecars(const snnfe_bids_stem *stem,
                                            const snnfe_recording *recording);
/* electrodes.tsv and coordsystem.json of a session, by one of its recordings. */
snnfe_status snnfe_synthetic_write_places(const snnfe_bids_stem *stem,
                                          const snnfe_recording *recording);

/* dataset_description.json, participants.tsv and README. */
snnfe_status snnfe_synthetic_write_description(const char *root, uint32_t n_subjects);

#endif
