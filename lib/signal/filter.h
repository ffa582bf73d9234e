/* Zero-phase FIR filtering of whole recordings by the fast Fourier transform (docs/spec.md 2.1). */
#ifndef SNNFE_LIB_FILTER_H
#define SNNFE_LIB_FILTER_H

#include "base/status.h"

/* Sums of samples up to this, over the longest signal and the largest taps, stay finite in single
   precision. Microvolts of the heart are 10000. */
#define SNNFE_LARGEST_SAMPLE 1e20F
#define SNNFE_LARGEST_TAPS 1e6 /* sum of their absolute values */

/* `samples` [n_channels][n_samples] of a caller's */
snnfe_status snnfe_signal_check(const char *call, const float *samples, size_t n_channels,
                                size_t n_samples);

typedef struct snnfe_filter snnfe_filter;

/* Prepare `taps` [n_taps] (odd, symmetric) for signals of `n_samples`; read-only afterwards, so
   several workers may share it. */
snnfe_status snnfe_filter_create(snnfe_filter **filter, const double *taps, size_t n_taps,
                                 size_t n_samples);
void snnfe_filter_free(snnfe_filter *filter);
size_t snnfe_filter_samples(const snnfe_filter *filter);

/* Filter `samples` [n_channels][n_samples] in place, with buffers of the call's own. */
snnfe_status snnfe_filter_run(const snnfe_filter *filter, float *samples, size_t n_channels);

#endif
