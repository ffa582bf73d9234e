/* Steps of envelopes: the power of the newest samples in each band, through a spatial filter. */
#include "decoder/decoder_internal.h"

#include <string.h>

bool snnfe_decoder_step_is_due(const snnfe_decoder *d, const snnfe_window *w)
{
    const snnfe_envelope *e = &d->bands.envelope;
    const uint64_t n = d->info.n_samples - w->first_sample;
    return e->n_bands == 0 || (n >= e->window && (n - e->window) % e->hop == 0);
}

/* Add the squares of one sample in one band. Offsets do not pass a band. */
static void add_squares(const snnfe_decoder *d, const snnfe_mix *with, uint64_t number,
                        size_t first_value, double *sums)
{
    const snnfe_spatial_shape *shape = &d->inputs.shape;
    float terms[SNNFE_MOST_TERMS], mixed[SNNFE_MAX_CHANNELS] = {0};
    const float *outputs = mixed;
    if (shape->n_references > 0) {
        snnfe_decoder_gather_terms(d, number, first_value, terms);
        snnfe_mix_add(with->weights, snnfe_spatial_terms(shape), shape->n_outputs, terms, mixed);
    } else
        outputs = snnfe_decoder_row(d, number) + first_value;
    for (size_t c = 0; c < shape->n_outputs; c++)
        sums[c] += (double)outputs[c] * (double)outputs[c];
}

void snnfe_decoder_measure(const snnfe_decoder *d, const snnfe_mix *with, uint64_t first,
                           float *envelopes)
{
    const snnfe_bands *bands = &d->bands;
    const size_t n_outputs = d->inputs.shape.n_outputs, n = d->samples.signal.n_channels;
    double sums[SNNFE_MAX_CHANNELS] = {0};
    float z[SNNFE_MAX_CHANNELS];
    for (size_t b = 0; b < bands->envelope.n_bands; b++)
        for (size_t t = 0; t < bands->envelope.window; t++)
            add_squares(d, with, first + t, (b + 1) * bands->n_inputs, sums + b * n_outputs);
    for (size_t i = 0; i < n; i++)
        z[i] = (float)((double)snnfe_envelope_of_sum(sums[i], bands->envelope.window) *
                           bands->factor[i] +
                       bands->shift[i]);
    if (with)
        snnfe_mix_envelopes(with, n, z, envelopes);
    else
        memcpy(envelopes, z, n * sizeof *z);
}

/* Windows that began a whole number of hops apart see the same. */
void snnfe_decoder_measure_newest(snnfe_decoder *d, const snnfe_mix *with)
{
    float envelopes[SNNFE_MAX_CHANNELS];
    if (d->measured_at == d->info.n_samples && d->measured_with == with)
        return;
    snnfe_decoder_measure(d, with, d->info.n_samples - d->bands.envelope.window, envelopes);
    snnfe_decoder_place(d, envelopes, d->grid, 1);
    d->measured_at = d->info.n_samples;
    d->measured_with = with;
}
