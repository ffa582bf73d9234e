/* A notch and a band-pass for recordings of any length, zero-phase or causal as a data set's
 * options say. */
#ifndef SNNFE_LIB_RECORDING_FILTER_H
#define SNNFE_LIB_RECORDING_FILTER_H

#include "signal/filter.h"
#include "signal/notch.h"

#include <pthread.h>
#include <snnfe/dataset.h>

#define SNNFE_MAX_FILTERS 16 /* lengths of recordings that filters are kept for */

typedef struct snnfe_recording_filter {
    bool made;
    size_t n_taps;
    double *taps;        /* NULL without a zero-phase band-pass */
    snnfe_notch notch;   /* no sections without a zero-phase one */
    snnfe_causal causal; /* no sections unless causal */
    pthread_mutex_t lock;
    size_t n_filters;
    snnfe_filter *filters[SNNFE_MAX_FILTERS];
} snnfe_recording_filter;

/* Into a zeroed one; release it after a failure too. It stays where it was made. */
snnfe_status snnfe_recording_filter_make(snnfe_recording_filter *filter,
                                         const snnfe_dataset_options *options, double notch_hz,
                                         double low_hz, double high_hz);
void snnfe_recording_filter_release(snnfe_recording_filter *filter);

/* Filter `samples` [n_channels][n_samples] in place; by several threads at a time. */
snnfe_status snnfe_recording_filter_run(snnfe_recording_filter *filter, float *samples,
                                        size_t n_channels, size_t n_samples);

#endif
