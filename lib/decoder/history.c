/* The newest samples: kept as they came from the intake, shown and copied as the network sees
   them. */
#include "decoder/decoder_internal.h"

#include "base/check.h"
#include "base/floating.h"

#include <string.h>

float *snnfe_decoder_row(const snnfe_decoder *d, uint64_t number)
{
    return d->history + number % d->options.n_history * snnfe_bands_values(&d->bands);
}

/* Oldest sample that is kept; with `n_lags` the oldest whose past is. */
static uint64_t oldest_sample(const snnfe_decoder *d, uint64_t n_lags)
{
    const uint64_t end = d->info.n_samples, n = d->options.n_history;
    const uint64_t kept = end > n ? end - n + n_lags : 0;
    return kept > d->history_from ? kept : d->history_from;
}

/* Before the unbroken history the signal was as at its beginning. */
void snnfe_decoder_gather_terms(const snnfe_decoder *d, uint64_t number, size_t first_value,
                                float *terms)
{
    const snnfe_spatial_shape *shape = &d->inputs.shape;
    memcpy(terms, snnfe_decoder_row(d, number) + first_value, shape->n_inputs * sizeof *terms);
    for (size_t lag = 1; lag <= shape->n_lags; lag++) {
        const uint64_t past = number - d->history_from > lag ? number - lag : d->history_from;
        const float *then = snnfe_decoder_row(d, past) + first_value;
        for (size_t r = 0; r < shape->n_references; r++)
            terms[snnfe_spatial_term(shape, r, lag)] = then[shape->references[r]];
    }
}

void snnfe_decoder_place(const snnfe_decoder *d, const float *values, float *grid, size_t step)
{
    for (size_t c = 0; c < d->samples.signal.n_channels; c++)
        grid[d->place[c] * step] = values[c];
}

static void mix(const snnfe_decoder *d, const snnfe_mix *with, const float *terms, float *grid,
                size_t step)
{
    float mixed[SNNFE_MAX_CHANNELS];
    snnfe_mix_apply(with, &d->inputs.shape, terms, mixed);
    snnfe_decoder_place(d, mixed, grid, step);
}

void snnfe_decoder_show(snnfe_decoder *d)
{
    const snnfe_mix *with =
        snnfe_decoder_has_control(d) ? snnfe_mixer_take(&d->mixer, d->n_windows) : NULL;
    snnfe_bands_take(&d->bands, d->intake.values, snnfe_decoder_row(d, d->info.n_samples));
    if (d->bands.envelope.n_bands > 0)
        return;
    if (!with) {
        snnfe_decoder_place(d, d->intake.values, d->grid, 1);
        return;
    }
    snnfe_decoder_gather_terms(d, d->info.n_samples, 0, d->terms);
    mix(d, with, d->terms, d->grid, 1);
}

const float *snnfe_decoder_grid_of(snnfe_decoder *d, size_t index)
{
    const snnfe_mix *own = snnfe_decoder_has_control(d) ? snnfe_mixer_of(&d->mixer, index) : NULL;
    if (d->bands.envelope.n_bands > 0)
        snnfe_decoder_measure_newest(d, own);
    if (!own || d->bands.envelope.n_bands > 0 || own == snnfe_mixer_of(&d->mixer, d->n_windows))
        return d->grid;
    mix(d, own, d->terms, d->older_grid, 1);
    return d->older_grid;
}

/* --- copies --------------------------------------------------------------------------------- */

static snnfe_status check_kept(const char *call, const snnfe_decoder *d, uint64_t first, uint64_t n,
                               uint64_t oldest)
{
    const uint64_t end = d->info.n_samples;
    return first >= oldest && first <= end && end - first >= n
               ? SNNFE_OK
               : snnfe_fail(SNNFE_ERR_NOT_FOUND,
                            "%s: samples %llu…%llu are not all among %llu…%llu, which are kept",
                            call, (unsigned long long)first, (unsigned long long)(first + n),
                            (unsigned long long)oldest, (unsigned long long)end);
}

/* One step of the window from `first` on, by the filter of the newest sample or without. */
static void copy_step(const snnfe_decoder *d, const snnfe_mix *with, uint64_t first, size_t t,
                      float *grid)
{
    const size_t n_steps = d->network_options.n_steps;
    float terms[SNNFE_MOST_TERMS], envelopes[SNNFE_MAX_CHANNELS];
    if (d->bands.envelope.n_bands > 0) {
        snnfe_decoder_measure(d, with, first + t * d->bands.envelope.hop, envelopes);
        snnfe_decoder_place(d, envelopes, grid + t, n_steps);
    } else if (with) {
        snnfe_decoder_gather_terms(d, first + t, 0, terms);
        mix(d, with, terms, grid + t, n_steps);
    } else
        snnfe_decoder_place(d, snnfe_decoder_row(d, first + t), grid + t, n_steps);
}

static snnfe_status decoder_copy_window(const snnfe_decoder *d, uint64_t first, float *grid)
{
    static const char call[] = "snnfe_decoder_copy_window";
    SNNFE_TRY(snnfe_check_pointer(call, "decoder", d));
    SNNFE_TRY(snnfe_check_pointer(call, "grid", grid));
    const size_t n_steps = d->network_options.n_steps;
    SNNFE_TRY(
        check_kept(call, d, first, d->window_samples, oldest_sample(d, d->inputs.shape.n_lags)));
    memset(grid, 0, d->n_positions * n_steps * sizeof *grid);
    /* The grid has marked that filter. */
    const snnfe_mix *with =
        snnfe_decoder_has_control(d) ? snnfe_mixer_of(&d->mixer, d->n_windows) : NULL;
    for (size_t t = 0; t < n_steps; t++)
        copy_step(d, with, first, t, grid);
    return SNNFE_OK;
}

snnfe_status snnfe_decoder_copy_window(const snnfe_decoder *d, uint64_t first, float *grid)
{
    SNNFE_RETURN_COMPUTED(decoder_copy_window(d, first, grid));
}

snnfe_status snnfe_decoder_copy_samples(const snnfe_decoder *d, uint64_t first, size_t n,
                                        float *samples)
{
    static const char call[] = "snnfe_decoder_copy_samples";
    SNNFE_TRY(snnfe_check_pointer(call, "decoder", d));
    SNNFE_TRY(snnfe_check_array(call, "samples", samples, n));
    SNNFE_TRY(check_kept(call, d, first, n, oldest_sample(d, 0)));
    const size_t n_values = snnfe_bands_values(&d->bands);
    for (size_t t = 0; t < n; t++)
        memcpy(samples + t * n_values, snnfe_decoder_row(d, first + t), n_values * sizeof *samples);
    return SNNFE_OK;
}
