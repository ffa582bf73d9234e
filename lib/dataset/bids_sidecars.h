/* What the sidecars of a BIDS recording say. */
#ifndef SNNFE_LIB_BIDS_SIDECARS_H
#define SNNFE_LIB_BIDS_SIDECARS_H

#include "dataset/bids_tree.h"
#include "recording/positions.h"
#include "recording/recording.h"

/* All may be called for several recordings at once. SNNFE_ERR_FORMAT names file, row and column. */

/* The rows of events.tsv in place of the recording's annotations, by the names in a column.
   SNNFE_ERR_NOT_FOUND without the file. */
snnfe_status snnfe_bids_events(const snnfe_bids_tree *tree, const snnfe_bids_recording *r,
                               const char *column, snnfe_recording *recording);

/* The electrodes among the channels of type EEG; `*told` is false without channels.tsv. */
snnfe_status snnfe_bids_electrodes(const snnfe_bids_tree *tree, const snnfe_bids_recording *r,
                                   const snnfe_positions *positions, snnfe_channels *channels,
                                   bool *told);

/* The channels that channels.tsv marks as bad, as bits, with a note for each that says what is done
   about it ("is used"); or a note that the table is missing. */
snnfe_status snnfe_bids_find_bad(const snnfe_bids_tree *tree, const snnfe_bids_recording *r,
                                 const snnfe_channels *channels, const char *what,
                                 snnfe_recording *recording, uint64_t *bad);

/* SNNFE_ERR_FORMAT if eeg.json has another rate than the recording; a note if it is missing. */
snnfe_status snnfe_bids_check_rate(const snnfe_bids_tree *tree, const snnfe_bids_recording *r,
                                   snnfe_recording *recording);

/* The line noise's frequency by eeg.json. SNNFE_ERR_NOT_FOUND without the file, SNNFE_ERR_FORMAT if
   it does not say. */
snnfe_status snnfe_bids_line(const snnfe_bids_tree *tree, const snnfe_bids_recording *r,
                             double *line_hz);

/* participants.tsv against the recordings: who has none is logged. */
snnfe_status snnfe_bids_participants(const snnfe_bids_tree *tree, const snnfe_sink *sink);

#endif
