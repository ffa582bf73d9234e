#include "dataset/dataset_envelope.h"

#include "base/memory.h"
#include "base/sums.h"

#include <stdbool.h>
#include <string.h>

static const char struct_name[] = "snnfe_dataset_options";

/* --- before anything is read ----------------------------------------------------------------- */

void snnfe_envelope_describe(snnfe_signal *s, const snnfe_dataset_options *o)
{
    if (o->n_bands == 0)
        return;
    s->n_bands = (uint32_t)o->n_bands;
    s->envelope_window_s = o->envelope_window_s;
    s->envelope_hop_s = o->envelope_hop_s;
    memcpy(s->band_low_hz, o->band_low_hz, o->n_bands * sizeof *o->band_low_hz);
    memcpy(s->band_high_hz, o->band_high_hz, o->n_bands * sizeof *o->band_high_hz);
}

static void find_tile(const snnfe_montage *m, int32_t *first_row, int32_t *n_rows)
{
    int32_t first = m->rows[0], last = m->rows[0];
    for (size_t c = 1; c < m->channels.n; c++) {
        first = m->rows[c] < first ? m->rows[c] : first;
        last = m->rows[c] > last ? m->rows[c] : last;
    }
    *first_row = first;
    *n_rows = last - first + 1;
}

/* A tile of the grid for each band, one below the other. */
static snnfe_status lay_tiles(snnfe_montage *m, size_t n_bands)
{
    const snnfe_montage of = *m;
    const size_t n = of.channels.n;
    int32_t first, tile;
    if (n * n_bands > SNNFE_MAX_CHANNELS)
        return snnfe_fail(
            SNNFE_ERR_ARGUMENT,
            "%s: %zu channels in %zu bands are %zu envelopes, more than %d: take fewer "
            "channels (channel_names) or bands",
            struct_name, n, n_bands, n * n_bands, SNNFE_MAX_CHANNELS);
    find_tile(&of, &first, &tile);
    m->channels.n = n * n_bands;
    for (size_t b = 0; b < n_bands; b++)
        for (size_t c = 0; c < n; c++) {
            const size_t to = b * n + c;
            if (strlen(of.channels.names[c]) > SNNFE_NAME_SIZE - 3)
                return snnfe_fail(SNNFE_ERR_ARGUMENT,
                                  "%s: \"%s\" is too long a name for a channel with envelopes",
                                  struct_name, of.channels.names[c]);
            snnfe_envelope_name(m->channels.names[to], SNNFE_NAME_SIZE, of.channels.names[c], b);
            m->rows[to] = of.rows[c] - first + (int32_t)b * tile;
            m->columns[to] = of.columns[c];
        }
    const uint32_t needed = (uint32_t)tile * (uint32_t)n_bands;
    m->n_rows = needed > of.n_rows ? needed : of.n_rows;
    return snnfe_montage_check(m, "the bands' tiles");
}

/* Beyond the filter's edges a band would hold what the filter let through by its slopes. */
static snnfe_status check_within_filter(const snnfe_dataset_options *o)
{
    for (size_t b = 0; b < o->n_bands; b++) {
        const bool below = o->band_low_hz[b] < o->filter_low_hz;
        const bool above = o->filter_high_hz > 0 && o->band_high_hz[b] > o->filter_high_hz;
        if (below || above)
            return snnfe_fail(SNNFE_ERR_ARGUMENT,
                              "%s: band %zu goes from %g to %g Hz, beyond what the filter leaves "
                              "(filter_low_hz %g, filter_high_hz %g; 0 is no edge)",
                              struct_name, b + 1, o->band_low_hz[b], o->band_high_hz[b],
                              o->filter_low_hz, o->filter_high_hz);
    }
    return SNNFE_OK;
}

snnfe_status snnfe_envelope_plan(snnfe_envelope *envelope, snnfe_montage *montage,
                                 uint32_t *n_steps, const snnfe_dataset_options *o)
{
    snnfe_signal said = {.sampling_rate_hz = o->sampling_rate_hz};
    *envelope = (snnfe_envelope){0};
    *n_steps = o->window_length;
    if (o->n_bands == 0)
        return SNNFE_OK;
    if (o->n_bands > SNNFE_MAX_BANDS)
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "%s.n_bands is %zu, not in 0…%d", struct_name,
                          o->n_bands, SNNFE_MAX_BANDS);
    snnfe_envelope_describe(&said, o);
    SNNFE_TRY(snnfe_envelope_make(envelope, struct_name, &said));
    SNNFE_TRY(check_within_filter(o));
    *n_steps = (uint32_t)snnfe_envelope_steps(envelope, o->window_length);
    if (*n_steps == 0)
        return snnfe_fail(SNNFE_ERR_ARGUMENT,
                          "%s.window_length is %u samples, shorter than envelope_window_s, %g: no "
                          "envelope fits into a trial",
                          struct_name, (unsigned)o->window_length, o->envelope_window_s);
    return lay_tiles(montage, o->n_bands);
}

/* --- of a recording -------------------------------------------------------------------------- */

/* Powers [n_steps] of samples that begin at x. */
static void measure(const snnfe_envelope *e, const float *x, size_t n_steps, float *powers)
{
    for (size_t i = 0; i < n_steps; i++)
        powers[i] = snnfe_envelope_power(x + i * e->hop, e->window);
}

static void fill_trials(const snnfe_dataset_plan *plan, const float *x, size_t feature,
                        snnfe_cut_recording *cut)
{
    const size_t n_steps = plan->n_steps, n_features = plan->montage.channels.n;
    for (size_t i = 0; i < cut->n_trials; i++)
        measure(&plan->envelope, x + cut->onsets[i], n_steps,
                cut->trials + (i * n_features + feature) * n_steps);
}

static void sum(const snnfe_envelope *e, const float *x, size_t n_steps, float *powers,
                size_t feature, snnfe_moments *moments)
{
    measure(e, x, n_steps, powers);
    moments->mean[feature] = snnfe_mean(powers, n_steps);
    moments->m2[feature] = snnfe_sum_squares(powers, n_steps, moments->mean[feature]);
}

snnfe_status snnfe_envelope_run(const snnfe_dataset_plan *plan, snnfe_recording_filter *filters,
                                const snnfe_recording *r, snnfe_cut_recording *cut,
                                snnfe_moments *moments)
{
    const size_t n = r->n_channels, size = n * r->n_samples;
    const size_t n_steps = snnfe_envelope_steps(&plan->envelope, r->n_samples);
    float *samples = snnfe_alloc_raw(size, sizeof *samples);
    float *powers = snnfe_alloc_raw(n_steps, sizeof *powers);
    snnfe_status status = samples && powers ? SNNFE_OK : SNNFE_ERR_MEMORY;
    for (size_t b = 0; status == SNNFE_OK && b < plan->envelope.n_bands; b++) {
        memcpy(samples, r->samples, size * sizeof *samples);
        status = snnfe_recording_filter_run(&filters[b], samples, n, r->n_samples);
        for (size_t c = 0; status == SNNFE_OK && c < n; c++) {
            const float *x = samples + c * r->n_samples;
            fill_trials(plan, x, b * n + c, cut);
            if (moments && n_steps > 0)
                sum(&plan->envelope, x, n_steps, powers, b * n + c, moments);
        }
    }
    if (moments)
        moments->n_samples = (int64_t)n_steps;
    snnfe_release(powers);
    snnfe_release(samples);
    return status;
}
