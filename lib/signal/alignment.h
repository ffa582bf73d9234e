/* Alignment of subjects without labels (docs/spec.md 2.4). */
#ifndef SNNFE_LIB_ALIGNMENT_H
#define SNNFE_LIB_ALIGNMENT_H

#include "signal/covariance.h"

/* What alignment begins with: the mean products [n][n] of two channels, NULL = of uncorrelated
   channels of variance 1, and the weight that they have beside what was measured. */
typedef struct snnfe_prior {
    const double *products;
    double weight;
} snnfe_prior;

/* Add to `filter` what aligns its outputs, when `covariance` is of its terms: with
   SNNFE_ALIGNMENT_STANDARDIZE they get mean 0 and variance 1 each, with SNNFE_ALIGNMENT_EUCLIDEAN
   they are multiplied by the inverse square root of their mean products. Variances and eigenvalues
   below 1e-4 of their mean are raised to that; their number is counted. Between snnfe_blas_enter()
   and snnfe_blas_leave(). */
snnfe_status snnfe_align(snnfe_spatial_filter *filter, const snnfe_spatial_shape *shape,
                         int32_t alignment, const snnfe_covariance *covariance,
                         const snnfe_prior *prior, size_t *n_floored);

#endif
