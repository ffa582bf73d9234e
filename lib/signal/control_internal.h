/* The handle of an estimate of a user's spatial filter. */
#ifndef SNNFE_LIB_CONTROL_INTERNAL_H
#define SNNFE_LIB_CONTROL_INTERNAL_H

#include "signal/alignment.h"
#include "signal/covariance.h"

#include <snnfe/control.h>

struct snnfe_control {
    snnfe_control_options options;
    int32_t ocular, alignment;
    snnfe_spatial_shape shape;
    snnfe_covariance stretch; /* of terms, over all samples for the regression */
    snnfe_covariance trials;  /* of terms, over trials, each of weight 1 */
    double *prior;            /* [n_outputs][n_outputs], or NULL */
    uint64_t n_samples, n_trials;
    bool solved;                 /* the filter is that of what was learned */
    snnfe_spatial_filter filter; /* the newest */
    uint64_t flat;               /* its references without variance, bits */
    size_t n_floored;
};

/* Compute the filter, unless it is there. */
snnfe_status snnfe_control_solve(snnfe_control *control);

#endif
