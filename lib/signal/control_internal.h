/* The handle of an estimate of a user's spatial filter. */
#ifndef SNNFE_LIB_CONTROL_INTERNAL_H
#define SNNFE_LIB_CONTROL_INTERNAL_H

#include "signal/alignment.h"
#include "signal/covariance.h"
#include "signal/envelope.h"

#include <snnfe/control.h>

struct snnfe_control {
    snnfe_control_options options;
    int32_t ocular, alignment;
    snnfe_spatial_shape shape;
    snnfe_covariance stretch; /* of terms, over all samples for the regression */
    snnfe_covariance trials;  /* of terms, or of envelopes, over trials, each of weight 1 */
    double *prior;            /* [n_aligned][n_aligned], or NULL */
    uint64_t n_samples, n_trials;
    bool solved;                 /* the filters are those of what was learned */
    snnfe_spatial_filter filter; /* the newest; of envelopes without the alignment */
    struct {                     /* what envelopes need besides */
        snnfe_envelope of;
        snnfe_spatial_shape shape; /* each envelope is an input and an output */
        snnfe_spatial_filter filter;
        double factor[SNNFE_MAX_CHANNELS], shift[SNNFE_MAX_CHANNELS]; /* z = x factor + shift */
    } envelopes;
    uint64_t flat; /* its references without variance, bits */
    size_t n_floored;
};

/* Compute the filters, unless they are there. */
snnfe_status snnfe_control_solve(snnfe_control *control);

/* What envelopes need of a signal that was checked; nothing without bands. */
snnfe_status snnfe_control_take_envelopes(snnfe_control *control, const snnfe_signal *signal);
/* Values of a sample: the inputs, then the inputs in each band. */
size_t snnfe_control_values(const snnfe_control *control);
/* Add the envelopes of a trial, which begins at sample `first`, through the regression as it is
   solved. Between snnfe_blas_enter() and snnfe_blas_leave(). */
snnfe_status snnfe_control_learn_envelopes(snnfe_control *control, const snnfe_samples *samples,
                                           size_t first);

#endif
