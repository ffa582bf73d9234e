/* From the events of a recording to trials, and what became of each event. */
#ifndef SNNFE_LIB_DATASET_EVENTS_H
#define SNNFE_LIB_DATASET_EVENTS_H

#include "dataset/dataset_internal.h"
#include "dataset/event_tally.h"
#include "dataset/labels.h"
#include "recording/recording.h"

/* What became of an event. */
typedef enum snnfe_event_fate {
    SNNFE_EVENT_USED,    /* it became a trial, or several */
    SNNFE_EVENT_OTHER,   /* its name has no class */
    SNNFE_EVENT_SHORT,   /* its trial has no room for a window */
    SNNFE_EVENT_OUTSIDE, /* it lies before the first sample or behind the last */
    SNNFE_EVENT_SHARED,  /* it shares its sample with another event of a class */
    SNNFE_N_FATES
} snnfe_event_fate;

/* Events of one recording, or of all that trials are cut from. */
typedef struct snnfe_event_counts {
    size_t fates[SNNFE_N_FATES];
    size_t longest; /* samples of the longest trial that has no room for a window */
    snnfe_event_tally tally;
    bool *named; /* [n_event_names] whether an event has the name; NULL without such names */
} snnfe_event_counts;

/* Samples `onset`…`onset + length - 1` belong to a class. */
typedef struct snnfe_trial_cut {
    int64_t onset;
    int64_t recorded_onset; /* at the rate of the recording */
    size_t length;
    int32_t label;
    size_t n_windows;
} snnfe_trial_cut;

/* Room in `trials` is for all events of the recording; those that give trials come in order of
   time. The counts are zeroed before. */
snnfe_status snnfe_trials_find(const snnfe_label_set *set, const snnfe_recording *recording,
                               int32_t run, snnfe_trial_cut *trials, size_t *n_trials,
                               snnfe_event_counts *counts);

snnfe_status snnfe_event_counts_merge(snnfe_event_counts *a, const snnfe_event_counts *b,
                                      uint32_t n_event_names);
void snnfe_event_counts_release(snnfe_event_counts *counts);
size_t snnfe_event_counts_total(const snnfe_event_counts *counts);

/* The counts into the info, and in words into the log. */
void snnfe_events_tell(const snnfe_event_counts *counts, const snnfe_sink *sink,
                       snnfe_dataset_info *info);

/* SNNFE_ERR_NOT_FOUND: `who` has no trial, with the events and windows that were compared. */
snnfe_status snnfe_trials_missing(const snnfe_dataset_options *options,
                                  const snnfe_event_counts *counts, const char *who);

/* An event name that no event has, and a class that no trial has, are errors (SNNFE_ERR_NOT_FOUND)
   unless empty classes are allowed; then they are logged. */
snnfe_status snnfe_event_names_check(const snnfe_label_set *set, const snnfe_event_counts *counts,
                                     const snnfe_sink *sink);
snnfe_status snnfe_classes_check(const snnfe_dataset_options *options,
                                 const snnfe_event_counts *counts, const snnfe_dataset *dataset,
                                 const snnfe_sink *sink);

/* "30 events, 15 used, 2 too short (…), …; names: "T0" (15), …" */
void snnfe_event_counts_describe(const snnfe_event_counts *counts, char *text, size_t size);

#endif
