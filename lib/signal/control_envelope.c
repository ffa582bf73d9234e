/* Alignment of envelopes: what it learns is the power of a trial's bands, through the regression.
 */
#include "base/memory.h"
#include "signal/control_internal.h"

#include <string.h>

snnfe_status snnfe_control_take_envelopes(snnfe_control *c, const snnfe_signal *s)
{
    SNNFE_TRY(snnfe_envelope_make(&c->envelopes.of, "snnfe_signal", s));
    if (s->n_bands == 0)
        return SNNFE_OK;
    c->envelopes.shape =
        (snnfe_spatial_shape){.n_inputs = s->n_channels, .n_outputs = s->n_channels};
    for (size_t i = 0; i < s->n_channels; i++) {
        const double mean = s->channel_mean_uv ? s->channel_mean_uv[i] : 0;
        const double std = s->channel_std_uv ? s->channel_std_uv[i] : 1;
        c->envelopes.factor[i] = 1 / std;
        c->envelopes.shift[i] = (0 - mean) / std;
    }
    return snnfe_spatial_filter_make(&c->envelopes.filter, &c->envelopes.shape);
}

size_t snnfe_control_values(const snnfe_control *c)
{
    return c->shape.n_inputs * (1 + c->envelopes.of.n_bands);
}

/* z-scores [n_steps] of one envelope, from its band's samples. */
static void measure(const snnfe_control *c, size_t envelope, const float *x, size_t n_steps,
                    float *z)
{
    const snnfe_envelope *e = &c->envelopes.of;
    for (size_t i = 0; i < n_steps; i++)
        z[i] = (float)((double)snnfe_envelope_power(x + i * e->hop, e->window) *
                           c->envelopes.factor[envelope] +
                       c->envelopes.shift[envelope]);
}

/* Envelopes [n_envelopes][n_steps] of the trial. In a band means are gone, and the regression's
   offset with them. */
static void measure_trial(const snnfe_control *c, const snnfe_samples *samples, size_t first,
                          size_t n_steps, float *mixed, float *z)
{
    const size_t n_outputs = c->shape.n_outputs;
    snnfe_spatial_filter filter = c->filter;
    memset(filter.offset, 0, sizeof filter.offset);
    for (size_t b = 0; b < c->envelopes.of.n_bands; b++) {
        snnfe_samples band = *samples;
        band.values += (b + 1) * c->shape.n_inputs;
        snnfe_spatial_filter_run(&filter, &c->shape, &band, mixed);
        for (size_t i = 0; i < n_outputs; i++)
            measure(c, b * n_outputs + i, mixed + i * samples->n + first, n_steps,
                    z + (b * n_outputs + i) * n_steps);
    }
}

snnfe_status snnfe_control_learn_envelopes(snnfe_control *c, const snnfe_samples *samples,
                                           size_t first)
{
    const size_t n_steps = snnfe_envelope_steps(&c->envelopes.of, samples->n - first);
    float *mixed = snnfe_alloc_raw(c->shape.n_outputs * samples->n, sizeof *mixed);
    float *z = snnfe_alloc_raw(c->envelopes.shape.n_inputs * n_steps, sizeof *z);
    const snnfe_status status = mixed && z ? SNNFE_OK : SNNFE_ERR_MEMORY;
    if (status == SNNFE_OK) {
        measure_trial(c, samples, first, n_steps, mixed, z);
        const snnfe_samples steps = {z, n_steps, 1, n_steps};
        snnfe_covariance_forget(&c->trials, c->options.memory_trials, 1);
        snnfe_covariance_add(&c->trials, &c->envelopes.shape, &steps, 0, 1 / (double)n_steps);
        c->n_trials++;
    }
    snnfe_release(mixed);
    snnfe_release(z);
    return status;
}
