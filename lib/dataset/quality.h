/* Trials whose samples are worth nothing, by the rules of snnfe_dataset_options::quality. */
#ifndef SNNFE_LIB_QUALITY_H
#define SNNFE_LIB_QUALITY_H

#include "recording/recording.h"

#include <snnfe/dataset.h>

/* The bits of SNNFE_DEFECT_*. */
enum { SNNFE_BIT_FLAT, SNNFE_BIT_CLIPPED, SNNFE_BIT_LOUD, SNNFE_BIT_MUSCLE, SNNFE_N_DEFECTS };

typedef struct snnfe_quality_counts {
    size_t n_judged, n_bad;     /* windows */
    size_t by[SNNFE_N_DEFECTS]; /* a window may have several */
} snnfe_quality_counts;

/* A recording's samples as they were before the filter, zeroed where nobody asks for them. Ends of
   the range are looked for before anything is resampled, since that filter gives them other values.
 */
typedef struct snnfe_quality {
    const snnfe_dataset_options *options;
    size_t n_channels, n_samples;
    size_t n_recorded;
    double recorded_step; /* recorded samples to one of the trials' rate */
    uint8_t *clipped;     /* [n_channels][n_recorded]; NULL if it is not looked at */
    float *samples;       /* [n_channels][n_samples] */
    float *fast;          /* the same above SNNFE_MUSCLE_HZ; NULL if it is not looked at */
} snnfe_quality;

#define SNNFE_MUSCLE_HZ 30 /* what muscles give lies above it */

snnfe_status snnfe_quality_options_check(const snnfe_dataset_options *options);

/* Look at a recording before it is resampled, and keep its samples afterwards, if the options want
   trials judged. Release it after a failure, too. */
snnfe_status snnfe_quality_begin(snnfe_quality *quality, const snnfe_dataset_options *options,
                                 const snnfe_recording *recording);
snnfe_status snnfe_quality_keep(snnfe_quality *quality, const snnfe_recording *recording);
void snnfe_quality_release(snnfe_quality *quality);

/* What is wrong with the window that begins at a sample, SNNFE_DEFECT_* bits; counts it, and tells
   in the recording's notes. */
int32_t snnfe_quality_judge(const snnfe_quality *quality, size_t first, const char *name,
                            snnfe_recording *recording, snnfe_quality_counts *counts);

#endif
