#include "signal/alignment.h"

#include "base/memory.h"
#include "kernels/lapack.h"

#include <math.h>
#include <snnfe/signal.h>
#include <string.h>

#define FLOOR 1e-4

/* Second moments of a filter's outputs. */
typedef struct spread {
    size_t n;
    double mean[SNNFE_MAX_CHANNELS];
    double *products; /* [n][n] mean products of two outputs, not centered; the lower triangle */
} spread;

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

/* Nothing was measured yet: the spread stays zero. */
static snnfe_status measure(spread *found, const snnfe_spatial_filter *filter,
                            const snnfe_spatial_shape *shape, const snnfe_covariance *covariance)
{
    if (!(covariance->weight > 0))
        return SNNFE_OK;
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
            found->products[c * n + d] = sum;
        }
        found->mean[c] = bare[c] + filter->offset[c];
    }
    snnfe_release(half);
    return SNNFE_OK;
}

static void mix(spread *found, double weight, const snnfe_prior *prior)
{
    const size_t n = found->n;
    const double all = weight + prior->weight, share = all > 0 ? weight / all : 0;
    for (size_t c = 0; c < n; c++) {
        found->mean[c] *= share;
        for (size_t d = 0; d <= c; d++) {
            const double before = prior->products ? prior->products[c * n + d] : (double)(c == d);
            double *product = &found->products[c * n + d];
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

static void standardize(snnfe_spatial_filter *filter, const snnfe_spatial_shape *shape,
                        const spread *found, size_t *n_floored)
{
    const size_t n = found->n, n_terms = snnfe_spatial_terms(shape);
    double variance[SNNFE_MAX_CHANNELS];
    for (size_t c = 0; c < n; c++)
        variance[c] = found->products[c * n + c] - found->mean[c] * found->mean[c];
    *n_floored = raise(variance, n);
    for (size_t c = 0; c < n; c++) {
        const double factor = 1 / sqrt(variance[c]);
        for (size_t i = 0; i < n_terms; i++)
            filter->weights[c * n_terms + i] *= factor;
        filter->offset[c] = (filter->offset[c] - found->mean[c]) * factor;
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

static snnfe_status whiten(snnfe_spatial_filter *filter, const snnfe_spatial_shape *shape,
                           const spread *found, size_t *n_floored)
{
    const size_t n = found->n, n_terms = snnfe_spatial_terms(shape);
    double *vectors = snnfe_duplicate(found->products, n * n, sizeof *vectors);
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

snnfe_status snnfe_align(snnfe_spatial_filter *filter, const snnfe_spatial_shape *shape,
                         int32_t alignment, const snnfe_covariance *covariance,
                         const snnfe_prior *prior, size_t *n_floored)
{
    const size_t n = shape->n_outputs;
    spread found = {.n = n, .products = snnfe_alloc(n * n, sizeof *found.products)};
    snnfe_status status =
        found.products ? measure(&found, filter, shape, covariance) : SNNFE_ERR_MEMORY;
    if (status == SNNFE_OK) {
        mix(&found, covariance->weight, prior);
        if (alignment == SNNFE_ALIGNMENT_EUCLIDEAN)
            status = whiten(filter, shape, &found, n_floored);
        else
            standardize(filter, shape, &found, n_floored);
    }
    snnfe_release(found.products);
    return status;
}
