#include "signal/spatial.h"

#include "base/memory.h"

#include <string.h>

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

snnfe_status snnfe_spatial_filter_run(const snnfe_spatial_filter *filter,
                                      const snnfe_spatial_shape *shape,
                                      const snnfe_samples *samples, float *outputs)
{
    const size_t n_terms = snnfe_spatial_terms(shape), n_outputs = shape->n_outputs;
    double *terms = snnfe_alloc(n_terms, sizeof *terms);
    if (!terms)
        return SNNFE_ERR_MEMORY;
    for (size_t t = 0; t < samples->n; t++) {
        snnfe_spatial_gather(shape, samples, t, terms);
        for (size_t c = 0; c < n_outputs; c++) {
            const double *weights = filter->weights + c * n_terms;
            double sum = filter->offset[c];
            for (size_t i = 0; i < n_terms; i++)
                sum += weights[i] * terms[i];
            outputs[c * samples->n + t] = (float)sum;
        }
    }
    snnfe_release(terms);
    return SNNFE_OK;
}
