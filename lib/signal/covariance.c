#include "signal/covariance.h"

#include "base/memory.h"
#include "kernels/lapack.h"

#define BLOCK 256 /* samples that are added at once */

snnfe_status snnfe_covariance_make(snnfe_covariance *c, size_t n)
{
    *c = (snnfe_covariance){.n = n};
    c->sums = snnfe_alloc(n, sizeof *c->sums);
    c->products = snnfe_alloc(n * n, sizeof *c->products);
    return c->sums && c->products ? SNNFE_OK : SNNFE_ERR_MEMORY;
}

void snnfe_covariance_release(snnfe_covariance *c)
{
    snnfe_release(c->sums);
    snnfe_release(c->products);
    *c = (snnfe_covariance){0};
}

static void add_block(snnfe_covariance *c, const double *rows, size_t n_rows, double weight)
{
    for (size_t t = 0; t < n_rows; t++)
        for (size_t i = 0; i < c->n; i++)
            c->sums[i] += weight * rows[t * c->n + i];
    snnfe_lapack_add_products(c->products, c->n, rows, n_rows, weight);
    c->weight += weight * (double)n_rows;
}

snnfe_status snnfe_covariance_add(snnfe_covariance *c, const snnfe_spatial_shape *shape,
                                  const snnfe_samples *samples, size_t first, double weight)
{
    double *rows = snnfe_alloc_raw(BLOCK * c->n, sizeof *rows);
    if (!rows)
        return SNNFE_ERR_MEMORY;
    for (size_t begin = first; begin < samples->n; begin += BLOCK) {
        const size_t left = samples->n - begin, n_rows = left < BLOCK ? left : BLOCK;
        for (size_t t = 0; t < n_rows; t++)
            snnfe_spatial_gather(shape, samples, begin + t, rows + t * c->n);
        add_block(c, rows, n_rows, weight);
    }
    snnfe_release(rows);
    return SNNFE_OK;
}

void snnfe_covariance_fade(snnfe_covariance *c, double factor)
{
    c->weight *= factor;
    for (size_t i = 0; i < c->n; i++)
        c->sums[i] *= factor;
    for (size_t i = 0; i < c->n * c->n; i++)
        c->products[i] *= factor;
}

double snnfe_covariance_product(const snnfe_covariance *c, size_t i, size_t k)
{
    return (i > k ? c->products[i * c->n + k] : c->products[k * c->n + i]) / c->weight;
}

double snnfe_covariance_centered(const snnfe_covariance *c, size_t i, size_t k)
{
    return snnfe_covariance_product(c, i, k) - c->sums[i] / c->weight * (c->sums[k] / c->weight);
}
