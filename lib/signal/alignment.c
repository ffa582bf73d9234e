#include "signal/alignment.h"

#include "base/memory.h"
#include "kernels/lapack.h"

#include <math.h>
#include <string.h>

#define FLOOR 1e-4

snnfe_status snnfe_spread_make(snnfe_spread *spread, size_t n)
{
    *spread = (snnfe_spread){.n = n};
    spread->products = snnfe_alloc(n * n, sizeof *spread->products);
    return spread->products ? SNNFE_OK : SNNFE_ERR_MEMORY;
}

void snnfe_spread_release(snnfe_spread *spread)
{
    snnfe_release(spread->products);
    spread->products = NULL;
}

/* means[c] and half[c][i] = sum over terms k of weights[c][k] <term k> and <term k, term i>. */
static void weigh_terms(const double *weights, const snnfe_covariance *covariance, double *half,
                        double *mean)
{
    const size_t n_terms = covariance->n;
    for (size_t k = 0; k < n_terms; k++) {
        if (!(weights[k] < 0 || weights[k] > 0))
            continue;
        *mean += weights[k] * covariance->sums[k] / covariance->weight;
        for (size_t i = 0; i < n_terms; i++)
            half[i] += weights[k] * snnfe_covariance_product(covariance, k, i);
    }
}

snnfe_status snnfe_spread_of_outputs(snnfe_spread *spread, const snnfe_spatial_filter *filter,
                                     const snnfe_spatial_shape *shape,
                                     const snnfe_covariance *covariance)
{
    const size_t n = shape->n_outputs, n_terms = covariance->n;
    double bare[SNNFE_MAX_CHANNELS] = {0}; /* means without the offset */
    double *half = snnfe_alloc(n * n_terms, sizeof *half);
    if (!half)
        return SNNFE_ERR_MEMORY;
    for (size_t c = 0; c < n; c++)
        weigh_terms(filter->weights + c * n_terms, covariance, half + c * n_terms, &bare[c]);
    for (size_t c = 0; c < n; c++) {
        for (size_t d = 0; d <= c; d++) {
            double sum = filter->offset[c] * bare[d] + bare[c] * filter->offset[d] +
                         filter->offset[c] * filter->offset[d];
            for (size_t i = 0; i < n_terms; i++)
                sum += half[c * n_terms + i] * filter->weights[d * n_terms + i];
            spread->products[c * n + d] = sum;
        }
        spread->mean[c] = bare[c] + filter->offset[c];
    }
    snnfe_release(half);
    return SNNFE_OK;
}

void snnfe_spread_mix(snnfe_spread *spread, double weight, const double *prior, double prior_weight)
{
    const size_t n = spread->n;
    const double share = weight + prior_weight > 0 ? weight / (weight + prior_weight) : 0;
    for (size_t c = 0; c < n; c++) {
        spread->mean[c] *= share;
        for (size_t d = 0; d <= c; d++) {
            const double before = prior ? prior[c * n + d] : (double)(c == d);
            double *product = &spread->products[c * n + d];
            *product = share * *product + (1 - share) * before;
        }
    }
}

/* `values` [n] below the floor are raised to it. Without any variance at all it is 1, so that
   nothing is amplified. */
static size_t raise(double *values, size_t n)
{
    size_t n_raised = 0;
    double mean = 0;
    for (size_t i = 0; i < n; i++)
        mean += values[i] / (double)n;
    const double least = mean > 0 ? FLOOR * mean : 1;
    for (size_t i = 0; i < n; i++)
        if (!(values[i] >= least)) {
            values[i] = least;
            n_raised++;
        }
    return n_raised;
}

void snnfe_align_standardize(snnfe_spatial_filter *filter, const snnfe_spatial_shape *shape,
                             const snnfe_spread *spread, size_t *n_floored)
{
    const size_t n = spread->n, n_terms = snnfe_spatial_terms(shape);
    double variance[SNNFE_MAX_CHANNELS];
    for (size_t c = 0; c < n; c++)
        variance[c] = spread->products[c * n + c] - spread->mean[c] * spread->mean[c];
    *n_floored = raise(variance, n);
    for (size_t c = 0; c < n; c++) {
        const double factor = 1 / sqrt(variance[c]);
        for (size_t i = 0; i < n_terms; i++)
            filter->weights[c * n_terms + i] *= factor;
        filter->offset[c] = (filter->offset[c] - spread->mean[c]) * factor;
    }
}

/* The inverse square root of a symmetric matrix [n][n], which becomes its eigenvectors. */
static snnfe_status invert_root(double *matrix, size_t n, double *inverse, size_t *n_floored)
{
    double values[SNNFE_MAX_CHANNELS];
    SNNFE_TRY(snnfe_lapack_eigen(matrix, n, values));
    *n_floored = raise(values, n);
    for (size_t k = 0; k < n; k++) {
        const double *vector = matrix + k * n, factor = 1 / sqrt(values[k]);
        for (size_t c = 0; c < n; c++)
            for (size_t d = 0; d < n; d++)
                inverse[c * n + d] += factor * vector[c] * vector[d];
    }
    return SNNFE_OK;
}

/* filter = root filter. */
static void apply_root(snnfe_spatial_filter *filter, size_t n, size_t n_terms, const double *root,
                       const double *weights)
{
    double offset[SNNFE_MAX_CHANNELS];
    memcpy(offset, filter->offset, sizeof offset);
    memset(filter->weights, 0, n * n_terms * sizeof *filter->weights);
    for (size_t c = 0; c < n; c++) {
        filter->offset[c] = 0;
        for (size_t d = 0; d < n; d++) {
            filter->offset[c] += root[c * n + d] * offset[d];
            for (size_t i = 0; i < n_terms; i++)
                filter->weights[c * n_terms + i] += root[c * n + d] * weights[d * n_terms + i];
        }
    }
}

snnfe_status snnfe_align_whiten(snnfe_spatial_filter *filter, const snnfe_spatial_shape *shape,
                                const snnfe_spread *spread, size_t *n_floored)
{
    const size_t n = spread->n, n_terms = snnfe_spatial_terms(shape);
    double *vectors = snnfe_duplicate(spread->products, n * n, sizeof *vectors);
    double *root = snnfe_alloc(n * n, sizeof *root);
    double *weights = snnfe_duplicate(filter->weights, n * n_terms, sizeof *weights);
    snnfe_status status = vectors && root && weights ? SNNFE_OK : SNNFE_ERR_MEMORY;
    if (status == SNNFE_OK)
        status = invert_root(vectors, n, root, n_floored);
    if (status == SNNFE_OK)
        apply_root(filter, n, n_terms, root, weights);
    snnfe_release(vectors);
    snnfe_release(root);
    snnfe_release(weights);
    return status;
}
