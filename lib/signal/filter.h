/* Zero-phase FIR filtering of whole recordings by the fast Fourier transform (docs/spec.md 2.1). */
#ifndef SNNFE_LIB_FILTER_H
#define SNNFE_LIB_FILTER_H

#include "base/status.h"

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
