/* The data set handle. */
#ifndef SNNFE_LIB_DATASET_INTERNAL_H
#define SNNFE_LIB_DATASET_INTERNAL_H

#include "base/busy.h"
#include "base/limits.h"
#include "dataset/dataset.h"
#include "dataset/dataset_control.h"
#include "dataset/montage.h"
#include "recording/recording.h"

#include <snnfe/dataset.h>

/* Sums over one subject's filtered samples, from which any pooled statistics follow. */
typedef struct snnfe_moments {
    int32_t subject;
    int64_t n_samples;
    double mean[SNNFE_MAX_CHANNELS]; /* microvolts */
    double m2[SNNFE_MAX_CHANNELS];   /* sum of squared deviations */
} snnfe_moments;

struct snnfe_dataset {
    snnfe_dataset_info info; /* sizes and counts; no pointers */
    snnfe_signal signal;     /* its arrays are the handle's own */
    snnfe_montage montage;
    const char *channel_names[SNNFE_MAX_CHANNELS]; /* the montage's, for the signal */
    char class_names[SNNFE_MAX_CLASSES][SNNFE_CLASS_NAME_SIZE];
    const char *class_name_list[SNNFE_MAX_CLASSES]; /* the same, likewise */
    float *trials;                                  /* [n_trials][n_channels][n_steps] */
    int32_t *labels, *subjects, *runs, *onsets;
    int32_t *defects;      /* SNNFE_DEFECT_* bits */
    uint64_t *trial_ids;   /* the same for all windows of a trial */
    int32_t *subject_list; /* [info.n_subjects] */
    double mean[SNNFE_MAX_CHANNELS], std[SNNFE_MAX_CHANNELS];
    size_t n_moments;
    snnfe_moments *moments; /* by subject, ascending; none if nothing was read */
    char **missing;         /* [info.n_missing] paths */
    snnfe_dataset_control control;
    snnfe_busy busy; /* being aligned */
};

#define SNNFE_ALL_DEFECTS                                                                          \
    (SNNFE_DEFECT_FLAT | SNNFE_DEFECT_CLIPPED | SNNFE_DEFECT_LOUD | SNNFE_DEFECT_MUSCLE)

/* Room for info.n_trials trials; sizes and montage are set before. */
snnfe_status snnfe_dataset_allocate(snnfe_dataset *dataset);

/* Trials without a recording are identified by their values. */
void snnfe_dataset_identify_by_values(snnfe_dataset *dataset);

/* Fill subject_list and info.n_subjects from `subjects`. */
snnfe_status snnfe_dataset_list_subjects(snnfe_dataset *dataset);

/* The counts of events are of recordings: trials that were chosen have none. */
void snnfe_dataset_forget_events(snnfe_dataset_info *info);

/* Add b's samples to a. */
void snnfe_moments_merge(snnfe_moments *a, const snnfe_moments *b, size_t n_channels);

/* Mean and standard deviation of pooled moments; SNNFE_ERR_ARGUMENT names a constant channel. */
snnfe_status snnfe_moments_statistics(const snnfe_moments *moments, const snnfe_montage *montage,
                                      double *mean, double *std);

/* Turn values normalized by (from_mean, from_std) into ones normalized by (mean, std), and put
   these in force. SNNFE_ERR_NONFINITE, and nothing changed, if a value would overflow. */
snnfe_status snnfe_dataset_apply(snnfe_dataset *dataset, const double *mean, const double *std);

/* Whether the line's frequency is to be found in a tree. */
static inline bool snnfe_notch_is_auto(const snnfe_dataset_options *o)
{
    return o->notch_hz <= SNNFE_NOTCH_AUTO && o->notch_hz >= SNNFE_NOTCH_AUTO;
}

/* Options of this library's size, or an error. */
snnfe_status snnfe_dataset_options_take(snnfe_dataset_options *adopted,
                                        const snnfe_dataset_options *options);

#endif
