/* The newest samples: kept as they came from the intake, shown and copied as the network sees
   them. */
#include "decoder/decoder_internal.h"

#include "base/check.h"
#include "base/floating.h"

#include <string.h>

static float *row_of(const snnfe_decoder *d, uint64_t number)
{
    return d->history + number % d->options.n_history * d->inputs.shape.n_inputs;
}

/* Oldest sample that is kept; with `n_lags` the oldest whose past is. */
static uint64_t oldest_sample(const snnfe_decoder *d, uint64_t n_lags)
{
    const uint64_t end = d->info.n_samples, n = d->options.n_history;
    const uint64_t kept = end > n ? end - n + n_lags : 0;
    return kept > d->history_from ? kept : d->history_from;
}

/* Before the unbroken history the signal was as at its beginning. */
static void gather_terms(const snnfe_decoder *d, uint64_t number, float *terms)
{
    const snnfe_spatial_shape *shape = &d->inputs.shape;
    memcpy(terms, row_of(d, number), shape->n_inputs * sizeof *terms);
    for (size_t lag = 1; lag <= shape->n_lags; lag++) {
        const float *then =
            row_of(d, number - d->history_from > lag ? number - lag : d->history_from);
        for (size_t r = 0; r < shape->n_references; r++)
            terms[snnfe_spatial_term(shape, r, lag)] = then[shape->references[r]];
    }
}

static void place(const snnfe_decoder *d, const float *values, float *grid, size_t step)
{
    for (size_t c = 0; c < d->inputs.shape.n_outputs; c++)
        grid[d->place[c] * step] = values[c];
}

static void mix(const snnfe_decoder *d, const snnfe_mix *with, const float *terms, float *grid,
                size_t step)
{
    float mixed[SNNFE_MAX_CHANNELS];
    snnfe_mix_apply(with, &d->inputs.shape, terms, mixed);
    place(d, mixed, grid, step);
}

void snnfe_decoder_show(snnfe_decoder *d)
{
    const size_t n_inputs = d->inputs.shape.n_inputs;
    memcpy(row_of(d, d->info.n_samples), d->intake.values, n_inputs * sizeof(float));
    if (!snnfe_decoder_has_control(d)) {
        place(d, d->intake.values, d->grid, 1);
        return;
    }
    gather_terms(d, d->info.n_samples, d->terms);
    mix(d, snnfe_mixer_take(&d->mixer, d->n_windows), d->terms, d->grid, 1);
}

const float *snnfe_decoder_grid_of(snnfe_decoder *d, size_t index)
{
    if (!snnfe_decoder_has_control(d))
        return d->grid;
    const snnfe_mix *own = snnfe_mixer_of(&d->mixer, index);
    if (own == snnfe_mixer_of(&d->mixer, d->n_windows))
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

/* By the filter of the newest sample, which the grid has marked. */
static void copy_mixed(const snnfe_decoder *d, uint64_t first, float *grid)
{
    const size_t n_steps = d->network_options.n_steps;
    const snnfe_mix *with = snnfe_mixer_of(&d->mixer, d->n_windows);
    float terms[SNNFE_MOST_TERMS];
    for (size_t t = 0; t < n_steps; t++) {
        gather_terms(d, first + t, terms);
        mix(d, with, terms, grid + t, n_steps);
    }
}

static snnfe_status decoder_copy_window(const snnfe_decoder *d, uint64_t first, float *grid)
{
    static const char call[] = "snnfe_decoder_copy_window";
    SNNFE_TRY(snnfe_check_pointer(call, "decoder", d));
    SNNFE_TRY(snnfe_check_pointer(call, "grid", grid));
    const size_t n_steps = d->network_options.n_steps;
    SNNFE_TRY(check_kept(call, d, first, n_steps, oldest_sample(d, d->inputs.shape.n_lags)));
    memset(grid, 0, d->n_positions * n_steps * sizeof *grid);
    if (snnfe_decoder_has_control(d))
        copy_mixed(d, first, grid);
    else
        for (size_t t = 0; t < n_steps; t++)
            place(d, row_of(d, first + t), grid + t, n_steps);
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
    const size_t n_inputs = d->inputs.shape.n_inputs;
    for (size_t t = 0; t < n; t++)
        memcpy(samples + t * n_inputs, row_of(d, first + t), n_inputs * sizeof *samples);
    return SNNFE_OK;
}
