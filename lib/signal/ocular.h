/* Regression of reference channels, which see the eyes, out of the others (docs/spec.md 2.4). */
#ifndef SNNFE_LIB_OCULAR_H
#define SNNFE_LIB_OCULAR_H

#include "signal/covariance.h"

/* Make `filter` take from each output that is no reference what the references, as far as
   `n_lags` samples back, say of it by least squares. References that are flat say nothing; they
   are marked in `*flat`, by number. Between snnfe_blas_enter() and snnfe_blas_leave(). */
snnfe_status snnfe_ocular_solve(snnfe_spatial_filter *filter, const snnfe_spatial_shape *shape,
                                const snnfe_covariance *covariance, uint64_t *flat);

#endif
