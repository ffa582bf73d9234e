#include "signal/covariance.h"

#include "base/check.h"
#include "base/memory.h"
#include "kernels/lapack.h"

#include <math.h>

snnfe_status snnfe_covariance_make(snnfe_covariance *c, size_t n)
{
    *c = (snnfe_covariance){.n = n};
    c->sums = snnfe_alloc(n, sizeof *c->sums);
    c->products = snnfe_alloc(n * n, sizeof *c->products);
    c->rows = snnfe_alloc(SNNFE_COVARIANCE_ROWS * n, sizeof *c->rows);
    return c->sums && c->products && c->rows ? SNNFE_OK : SNNFE_ERR_MEMORY;
}

void snnfe_covariance_release(snnfe_covariance *c)
{
    snnfe_release(c->sums);
    snnfe_release(c->products);
    snnfe_release(c->rows);
    *c = (snnfe_covariance){0};
}

static void add_rows(snnfe_covariance *c, size_t n_rows, double weight)
{
    for (size_t t = 0; t < n_rows; t++)
        for (size_t i = 0; i < c->n; i++)
            c->sums[i] += weight * c->rows[t * c->n + i];
    snnfe_lapack_add_products(c->products, c->n, c->rows, n_rows, weight);
    c->weight += weight * (double)n_rows;
}

void snnfe_covariance_add(snnfe_covariance *c, const snnfe_spatial_shape *shape,
                          const snnfe_samples *samples, size_t first, double weight)
{
    size_t n_rows = 0;
    for (size_t t = first; t < samples->n; t++) {
        snnfe_spatial_gather(shape, samples, t, c->rows + n_rows++ * c->n);
        if (n_rows == SNNFE_COVARIANCE_ROWS || t + 1 == samples->n) {
            add_rows(c, n_rows, weight);
            n_rows = 0;
        }
    }
}

snnfe_status snnfe_check_memory(const char *place, const char *name, double memory)
{
    if (memory <= 0 && memory >= 0)
        return SNNFE_OK;
    return snnfe_check_number(place, name, memory, 1, HUGE_VAL);
}

void snnfe_covariance_forget(snnfe_covariance *c, double memory, double n)
{
    if (!(memory > 0))
        return;
    const double factor = exp(-n / memory);
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
