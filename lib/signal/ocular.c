#include "signal/ocular.h"

#include "base/memory.h"
#include "kernels/lapack.h"

/* What is added to the variance of each regressor, as a part of it, so that references that say the
   same can be told apart; and the part of the channels' mean variance below which one is flat. */
#define RIDGE 1e-6
#define FLAT 1e-12

typedef struct regression {
    const snnfe_spatial_shape *shape;
    const snnfe_covariance *covariance;
    size_t n, n_right;
    size_t *terms;   /* [n] of the regressors */
    size_t *outputs; /* [n_right] that are cleaned */
    double *matrix;  /* [n][n] */
    double *right;   /* [n_right][n], then the coefficients */
} regression;

static uint64_t find_flat(const snnfe_spatial_shape *shape, const snnfe_covariance *c)
{
    double mean = 0;
    uint64_t flat = 0;
    for (size_t i = 0; i < shape->n_inputs; i++)
        mean += snnfe_covariance_centered(c, i, i) / (double)shape->n_inputs;
    for (size_t r = 0; r < shape->n_references; r++) {
        const size_t i = shape->references[r];
        if (!(snnfe_covariance_centered(c, i, i) > FLAT * mean))
            flat |= UINT64_C(1) << r;
    }
    return flat;
}

static snnfe_status allocate(regression *g)
{
    const size_t most = g->shape->n_references * (g->shape->n_lags + 1);
    g->terms = snnfe_alloc(most, sizeof *g->terms);
    g->outputs = snnfe_alloc(g->shape->n_outputs, sizeof *g->outputs);
    g->matrix = snnfe_alloc(most * most, sizeof *g->matrix);
    g->right = snnfe_alloc(g->shape->n_outputs * most, sizeof *g->right);
    return g->terms && g->outputs && g->matrix && g->right ? SNNFE_OK : SNNFE_ERR_MEMORY;
}

static void release(regression *g)
{
    snnfe_release(g->terms);
    snnfe_release(g->outputs);
    snnfe_release(g->matrix);
    snnfe_release(g->right);
}

static void set_up(regression *g, uint64_t flat)
{
    const snnfe_spatial_shape *shape = g->shape;
    for (size_t lag = 0; lag <= shape->n_lags; lag++)
        for (size_t r = 0; r < shape->n_references; r++)
            if (!(flat >> r & 1))
                g->terms[g->n++] = snnfe_spatial_term(shape, r, lag);
    for (size_t c = 0; c < shape->n_outputs; c++)
        if (!snnfe_spatial_is_reference(shape, c))
            g->outputs[g->n_right++] = c;
    for (size_t i = 0; i < g->n; i++)
        for (size_t k = 0; k <= i; k++)
            g->matrix[i * g->n + k] =
                snnfe_covariance_centered(g->covariance, g->terms[i], g->terms[k]) *
                (i == k ? 1 + RIDGE : 1);
    for (size_t o = 0; o < g->n_right; o++)
        for (size_t i = 0; i < g->n; i++)
            g->right[o * g->n + i] =
                snnfe_covariance_centered(g->covariance, g->terms[i], g->outputs[o]);
}

/* The offset puts back what the references' means took away: an output keeps its own mean. */
static void take_out(const regression *g, snnfe_spatial_filter *filter)
{
    const size_t n_terms = snnfe_spatial_terms(g->shape);
    for (size_t o = 0; o < g->n_right; o++) {
        const size_t c = g->outputs[o];
        for (size_t i = 0; i < g->n; i++) {
            const double coefficient = g->right[o * g->n + i];
            filter->weights[c * n_terms + g->terms[i]] = -coefficient;
            filter->offset[c] +=
                coefficient * g->covariance->sums[g->terms[i]] / g->covariance->weight;
        }
    }
}

snnfe_status snnfe_ocular_solve(snnfe_spatial_filter *filter, const snnfe_spatial_shape *shape,
                                const snnfe_covariance *covariance, uint64_t *flat)
{
    regression g = {.shape = shape, .covariance = covariance};
    snnfe_spatial_filter_pass(filter, shape);
    *flat = find_flat(shape, covariance);
    snnfe_status status = allocate(&g);
    if (status == SNNFE_OK)
        set_up(&g, *flat);
    if (status == SNNFE_OK && g.n > 0 && g.n_right > 0)
        status = snnfe_lapack_solve(g.matrix, g.n, g.right, g.n_right);
    if (status == SNNFE_OK)
        take_out(&g, filter);
    release(&g);
    return status;
}
