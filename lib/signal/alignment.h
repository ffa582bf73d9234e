/* Alignment of subjects without labels (docs/spec.md 2.4). */
#ifndef SNNFE_LIB_ALIGNMENT_H
#define SNNFE_LIB_ALIGNMENT_H

#include "signal/covariance.h"

/* What alignment starts from: second moments of n channels. */
typedef struct snnfe_spread {
    size_t n;
    double mean[SNNFE_MAX_CHANNELS];
    double *products; /* [n][n] mean products of two channels, not centered; the lower triangle */
} snnfe_spread;

snnfe_status snnfe_spread_make(snnfe_spread *spread, size_t n);
void snnfe_spread_release(snnfe_spread *spread);

/* Of a filter's outputs, when the covariance is of its terms. */
snnfe_status snnfe_spread_of_outputs(snnfe_spread *spread, const snnfe_spatial_filter *filter,
                                     const snnfe_spatial_shape *shape,
                                     const snnfe_covariance *covariance);

/* Mix with `prior` [n][n] (mean products; NULL = of uncorrelated channels of variance 1) in the
   proportion weight : prior_weight. */
void snnfe_spread_mix(snnfe_spread *spread, double weight, const double *prior,
                      double prior_weight);

/* Add to `filter` what makes its outputs, of this spread, have mean 0 and variance 1 each. Channels
   whose variance is below the floor, 1e-4 of the mean one, are divided by the floor's root; their
   number is counted. */
void snnfe_align_standardize(snnfe_spatial_filter *filter, const snnfe_spatial_shape *shape,
                             const snnfe_spread *spread, size_t *n_floored);

/* The same with the inverse square root of the mean products, of which eigenvalues below the floor,
   1e-4 of their mean, are raised to it. Between snnfe_blas_enter() and snnfe_blas_leave(). */
snnfe_status snnfe_align_whiten(snnfe_spatial_filter *filter, const snnfe_spatial_shape *shape,
                                const snnfe_spread *spread, size_t *n_floored);

#endif
