/* Names of files in BIDS trees: "sub-01_ses-2_task-motor_run-1_eeg.edf". */
#ifndef SNNFE_LIB_BIDS_NAME_H
#define SNNFE_LIB_BIDS_NAME_H

#include <stdbool.h>

#define SNNFE_BIDS_LABEL 64    /* bytes of a label or key, the NUL included */
#define SNNFE_BIDS_ENTITIES 16 /* in a name */

typedef struct snnfe_bids_name {
    int n; /* entities */
    char keys[SNNFE_BIDS_ENTITIES][SNNFE_BIDS_LABEL];
    char labels[SNNFE_BIDS_ENTITIES][SNNFE_BIDS_LABEL];
    char suffix[SNNFE_BIDS_LABEL];    /* "eeg", "events", … */
    char extension[SNNFE_BIDS_LABEL]; /* ".edf", with the dot */
} snnfe_bids_name;

/* False if a file's name is none of BIDS. */
bool snnfe_bids_name_parse(snnfe_bids_name *name, const char *file);

/* The label of an entity, NULL if the name has none. */
const char *snnfe_bids_label(const snnfe_bids_name *name, const char *key);

/* Whether a sidecar is one of a recording: every entity of its name is in the recording's,
   but the `space` that coordinates are in. */
bool snnfe_bids_applies(const snnfe_bids_name *sidecar, const snnfe_bids_name *recording);

#endif
