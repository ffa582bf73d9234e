#include "signal/spatial.h"

#include "base/memory.h"

#include <string.h>

#define BLOCK 256 /* samples that are mixed at once */

bool snnfe_spatial_is_reference(const snnfe_spatial_shape *shape, size_t input)
{
    for (size_t r = 0; r < shape->n_references; r++)
        if (shape->references[r] == input)
            return true;
    return false;
}

void snnfe_spatial_gather(const snnfe_spatial_shape *shape, const snnfe_samples *samples, size_t t,
                          double *terms)
{
    const float *now = samples->values + t * samples->time_step;
    for (size_t c = 0; c < shape->n_inputs; c++)
        terms[c] = (double)now[c * samples->channel_step];
    for (size_t lag = 1; lag <= shape->n_lags; lag++) {
        const float *then = samples->values + (t > lag ? t - lag : 0) * samples->time_step;
        for (size_t r = 0; r < shape->n_references; r++)
            terms[snnfe_spatial_term(shape, r, lag)] =
                (double)then[shape->references[r] * samples->channel_step];
    }
}

snnfe_status snnfe_spatial_filter_make(snnfe_spatial_filter *filter,
                                       const snnfe_spatial_shape *shape)
{
    filter->weights =
        snnfe_alloc(shape->n_outputs * snnfe_spatial_terms(shape), sizeof *filter->weights);
    if (!filter->weights)
        return SNNFE_ERR_MEMORY;
    snnfe_spatial_filter_pass(filter, shape);
    return SNNFE_OK;
}

void snnfe_spatial_filter_pass(snnfe_spatial_filter *filter, const snnfe_spatial_shape *shape)
{
    const size_t n_terms = snnfe_spatial_terms(shape);
    memset(filter->weights, 0, shape->n_outputs * n_terms * sizeof *filter->weights);
    memset(filter->offset, 0, sizeof filter->offset);
    for (size_t c = 0; c < shape->n_outputs; c++)
        filter->weights[c * n_terms + c] = 1;
}

void snnfe_spatial_filter_release(snnfe_spatial_filter *filter)
{
    snnfe_release(filter->weights);
    filter->weights = NULL;
}

/* sums[i] += weight * an input's sample `lag` before `first` + i; before the first sample the
   signal was as at it. */
static void add_term(double *sums, size_t n, double weight, const snnfe_samples *samples,
                     size_t input, size_t lag, size_t first)
{
    const float *x = samples->values + input * samples->channel_step;
    size_t i = 0;
    for (; i < n && first + i < lag; i++)
        sums[i] += weight * (double)x[0];
    if (i == n)
        return;
    const float *then = x + (first + i - lag) * samples->time_step;
    if (samples->time_step == 1)
        for (size_t k = i; k < n; k++)
            sums[k] += weight * (double)then[k - i];
    else
        for (size_t k = i; k < n; k++)
            sums[k] += weight * (double)then[(k - i) * samples->time_step];
}

/* Output `c` of samples `first`…`first` + n - 1. */
static void mix_block(const snnfe_spatial_filter *filter, const snnfe_spatial_shape *shape,
                      size_t c, const snnfe_samples *samples, size_t first, size_t n, float *output)
{
    const double *weights = filter->weights + c * snnfe_spatial_terms(shape);
    double sums[BLOCK];
    for (size_t i = 0; i < n; i++)
        sums[i] = filter->offset[c];
    for (size_t input = 0; input < shape->n_inputs; input++)
        if (weights[input] < 0 || weights[input] > 0)
            add_term(sums, n, weights[input], samples, input, 0, first);
    for (size_t lag = 1; lag <= shape->n_lags; lag++)
        for (size_t r = 0; r < shape->n_references; r++)
            add_term(sums, n, weights[snnfe_spatial_term(shape, r, lag)], samples,
                     shape->references[r], lag, first);
    for (size_t i = 0; i < n; i++)
        output[i] = (float)sums[i];
}

void snnfe_spatial_filter_run(const snnfe_spatial_filter *filter, const snnfe_spatial_shape *shape,
                              const snnfe_samples *samples, float *outputs)
{
    for (size_t first = 0; first < samples->n; first += BLOCK) {
        const size_t left = samples->n - first, n = left < BLOCK ? left : BLOCK;
        for (size_t c = 0; c < shape->n_outputs; c++)
            mix_block(filter, shape, c, samples, first, n, outputs + c * samples->n + first);
    }
}
