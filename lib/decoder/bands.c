#include "decoder/bands.h"

#include "kernels/denormals.h"

#include <math.h>
#include <string.h>

snnfe_status snnfe_bands_make(snnfe_bands *bands, const snnfe_signal *s, size_t n_inputs)
{
    bands->n_inputs = n_inputs;
    SNNFE_TRY(snnfe_envelope_make(&bands->envelope, "snnfe_signal", s));
    for (size_t b = 0; b < bands->envelope.n_bands; b++)
        SNNFE_TRY(snnfe_causal_design(&bands->filters[b], s->band_low_hz[b], s->band_high_hz[b],
                                      s->sampling_rate_hz, s->filter_order));
    /* The order of operations is that of data sets, for the same bits. */
    for (size_t i = 0; i < s->n_channels; i++) {
        bands->factor[i] = 1 / s->channel_std_uv[i];
        bands->shift[i] = (0 - s->channel_mean_uv[i]) / s->channel_std_uv[i];
    }
    return SNNFE_OK;
}

void snnfe_bands_take(snnfe_bands *bands, const float *inputs, float *row)
{
    const size_t n = bands->n_inputs;
    memcpy(row, inputs, n * sizeof *row);
    snnfe_denormals_flush();
    for (size_t b = 0; b < bands->envelope.n_bands; b++) {
        const snnfe_causal *filter = &bands->filters[b];
        snnfe_causal_state *states = bands->states[b].inputs;
        for (size_t i = 0; i < n; i++) {
            const double x = (double)inputs[i];
            if (!bands->settled)
                snnfe_causal_settle(filter, &states[i], x);
            row[(b + 1) * n + i] = (float)snnfe_causal_step(filter, &states[i], x);
        }
    }
    snnfe_denormals_keep();
    bands->settled = 1;
}

/* The mean of a power whose logarithm is normal. */
double snnfe_bands_size_uv(const snnfe_signal *s, size_t electrode)
{
    double power = 0;
    for (size_t c = electrode; c < s->n_channels; c += snnfe_signal_electrodes(s))
        power += exp(s->channel_mean_uv[c] + s->channel_std_uv[c] * s->channel_std_uv[c] / 2);
    return sqrt(power);
}
