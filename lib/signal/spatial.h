/* Spatial filters: channels that are mixed, each output a weighted sum of inputs, of the references
   some samples earlier, and an offset (docs/spec.md 2.4). */
#ifndef SNNFE_LIB_SPATIAL_H
#define SNNFE_LIB_SPATIAL_H

#include "base/limits.h"
#include "base/status.h"

#include <stdbool.h>

#define SNNFE_MOST_LAGS 32
#define SNNFE_MOST_TERMS (SNNFE_MAX_CHANNELS * (1 + SNNFE_MOST_LAGS))

/* The first `n_outputs` inputs go on; the others are references only. */
typedef struct snnfe_spatial_shape {
    size_t n_inputs, n_outputs;
    size_t n_references, n_lags;
    size_t references[SNNFE_MAX_CHANNELS]; /* the input of each */
} snnfe_spatial_shape;

/* Terms of an output: the inputs, then the references one sample earlier, two, and so on. */
static inline size_t snnfe_spatial_terms(const snnfe_spatial_shape *shape)
{
    return shape->n_inputs + shape->n_references * shape->n_lags;
}

/* The term of reference `r`, `lag` samples earlier. */
static inline size_t snnfe_spatial_term(const snnfe_spatial_shape *shape, size_t r, size_t lag)
{
    return lag == 0 ? shape->references[r] : shape->n_inputs + (lag - 1) * shape->n_references + r;
}

bool snnfe_spatial_is_reference(const snnfe_spatial_shape *shape, size_t input);

/* Samples of several channels: that of channel c at time t is at [c * channel_step + t *
   time_step]. */
typedef struct snnfe_samples {
    const float *values;
    size_t channel_step, time_step;
    size_t n;
} snnfe_samples;

/* Write the terms of sample `t` [n_terms]; before the first sample the signal was as at it. */
void snnfe_spatial_gather(const snnfe_spatial_shape *shape, const snnfe_samples *samples, size_t t,
                          double *terms);

typedef struct snnfe_spatial_filter {
    double *weights;                   /* [n_outputs][n_terms] */
    double offset[SNNFE_MAX_CHANNELS]; /* [n_outputs] */
} snnfe_spatial_filter;

/* A filter that lets the outputs through. */
snnfe_status snnfe_spatial_filter_make(snnfe_spatial_filter *filter,
                                       const snnfe_spatial_shape *shape);
void snnfe_spatial_filter_pass(snnfe_spatial_filter *filter, const snnfe_spatial_shape *shape);
void snnfe_spatial_filter_release(snnfe_spatial_filter *filter);

/* Filter `samples` into `outputs` [n_outputs][samples->n], which may not overlap them. */
void snnfe_spatial_filter_run(const snnfe_spatial_filter *filter, const snnfe_spatial_shape *shape,
                              const snnfe_samples *samples, float *outputs);

#endif
