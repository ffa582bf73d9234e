/**
 * @file bids.h
 * @brief Data sets from BIDS trees, in one call.
 *
 * BIDS (the Brain Imaging Data Structure) is how the field shares recordings:
 * `sub-01/ses-1/eeg/sub-01_ses-1_task-motor_run-1_eeg.edf` with its sidecars.
 * Read are recordings in EDF, BDF and BrainVision's format, `events.tsv`, `channels.tsv`, the rate
 * (and on request the frequency of the line noise) in `eeg.json`, `electrodes.tsv` with
 * `coordsystem.json`, and `participants.tsv`; sidecars may also lie in the folders above, for all
 * recordings that have the entities of their names: of JSON each key is that of the nearest file,
 * of tables the nearest holds.
 */
#ifndef SNNFE_BIDS_H
#define SNNFE_BIDS_H

#include <snnfe/dataset.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What is done about channels that `channels.tsv` marks as bad. */
enum {
    SNNFE_BAD_CHANNELS_USED = 0, /**< they are used as they are; the log names them */
    /** They are replaced by spherical splines (Perrin et al. 1989) of the good channels that are
     *  read, by the places of their names in the 10-05 system on a sphere; the log names them. The
     *  weights are those of MNE-Python's interpolate_bads() for the same places. */
    SNNFE_BAD_CHANNELS_INTERPOLATED = 1
};

/** What says where electrodes are. */
enum {
    /** Names of the 10-05 system, and for other names the coordinates of `electrodes.tsv`. Where
     *  both are known they are compared: an electrode that is more than 30 degrees from the place
     *  of its name is a warning; if most of them are, names or coordinates mean something else than
     *  they seem to, which is an error. */
    SNNFE_PLACES_CHECKED = 0,
    SNNFE_PLACES_NAMES = 1,      /**< names alone; `electrodes.tsv` is not read */
    SNNFE_PLACES_COORDINATES = 2 /**< coordinates alone, whatever the names */
};

/** Which recordings of a tree, and which of their events. */
typedef struct snnfe_bids_options {
    uint32_t struct_size; /**< set by snnfe_bids_options_init() */
    int32_t bad_channels; /**< `SNNFE_BAD_CHANNELS_*`; default USED */
    const char *task;     /**< label, without "task-"; NULL where the tree has a single one */
    /** [n_sessions] labels, without "ses-"; NULL = all */
    const char *const *sessions;
    size_t n_sessions;        /**< entries of `sessions` */
    const char *event_column; /**< of `events.tsv`, with the events' names; NULL =
                                 "trial_type" */
    int32_t places;           /**< `SNNFE_PLACES_*`; default CHECKED */
    uint32_t reserved;        /**< 0 */
} snnfe_bids_options;

/** @brief Fill `options` (of `size` bytes) with the defaults. Thread-safe. */
SNNFE_API snnfe_status snnfe_bids_options_init(snnfe_bids_options *options, size_t size);

/**
 * @brief Open a BIDS tree.
 *
 * - Trials begin at the events of `events.tsv` that `event_names` has (label
 * set #SNNFE_LABELS_EVENTS); annotations of the recordings do not count.
 * - Without `channel_names` the channels are those of type EEG in the first
 * recording's `channels.tsv`, or without one its labels, that are electrodes of
 * the 10-05 system, or else have coordinates (`places`), whatever `electrodes` says.
 * - Subjects are numbered by their labels where all are whole numbers from 1,
 * otherwise in order from 1; runs by their labels (1 without), plus 100 for
 * each session before theirs. Both orders are logged.
 * - A run of `runs` that no subject has, and one of `statistics_runs` that a subject lacks, are
 * missing recordings: an error that names them, or skipped as `missing` says.
 * - What is missing and not needed is logged by file and column:
 * `channels.tsv`, `eeg.json`, channels that are marked bad,
 * participants without a recording.
 * @param[out] dataset the new handle
 * @param root    folder of the tree, UTF-8
 * @param bids    NULL for the defaults
 * @param options with label set #SNNFE_LABELS_EVENTS
 * @return as snnfe_dataset_open_files(); #SNNFE_ERR_FORMAT names file, row and
 * column of a sidecar that is wrong, #SNNFE_ERR_NOT_FOUND what the tree has
 * instead of the task, session or subject, #SNNFE_ERR_UNSUPPORTED a recording
 * in another format
 */
SNNFE_API snnfe_status snnfe_dataset_open_bids(snnfe_dataset **dataset, const char *root,
                                               const snnfe_bids_options *bids,
                                               const snnfe_dataset_options *options);

#ifdef __cplusplus
}
#endif

#endif
