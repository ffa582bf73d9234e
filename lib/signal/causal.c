#include "signal/causal.h"

#include "base/check.h"
#include "base/floating.h"
#include "kernels/denormals.h"
#include "signal/band.h"
#include "signal/filter.h"

#include <math.h>
#include <snnfe/signal.h>
#include <stdbool.h>

#define PI 3.14159265358979323846

/* Sections of one edge. A pole pair of the analogue prototype has quality 1 / (2 cos angle); an odd
   order leaves a real pole. `tangent` is the edge's frequency after the bilinear transform. */
static void add_edge(snnfe_causal *filter, double tangent, uint32_t order, bool high_pass)
{
    for (uint32_t k = 0; k < order / 2; k++) {
        const double angle = PI * (2 * k + 1) / (2 * order);
        const double damping = 2 * sin(angle), square = tangent * tangent;
        const double scale = 1 / (1 + damping * tangent + square);
        const double gain = high_pass ? scale : square * scale;
        filter->sections[filter->n_sections++] = (snnfe_section){
            .b = {gain, high_pass ? -2 * gain : 2 * gain, gain},
            .a = {1, 2 * (square - 1) * scale, (1 - damping * tangent + square) * scale}};
    }
    if (order % 2 == 1) {
        const double scale = 1 / (1 + tangent);
        const double gain = high_pass ? scale : tangent * scale;
        filter->sections[filter->n_sections++] = (snnfe_section){
            .b = {gain, high_pass ? -gain : gain, 0}, .a = {1, (tangent - 1) * scale, 0}};
    }
}

/* The bilinear transform of an edge next to 0 Hz or to half the sampling rate puts the poles so
   near to 1 or -1 that rounding decides where they are. */
static snnfe_status check_edge(const char *name, double hz, double sampling_rate_hz)
{
    const double fraction = hz / sampling_rate_hz;
    if (hz > 0 && !(fraction >= SNNFE_CAUSAL_NEAREST && fraction <= 0.5 - SNNFE_CAUSAL_NEAREST))
        return snnfe_fail(SNNFE_ERR_ARGUMENT,
                          "%s is %g Hz, closer than a millionth of the sampling rate of %g Hz to 0 "
                          "or to half of it: a causal filter of that edge cannot be computed",
                          name, hz, sampling_rate_hz);
    return SNNFE_OK;
}

snnfe_status snnfe_causal_add(snnfe_causal *filter, double low_hz, double high_hz,
                              double sampling_rate_hz, uint32_t order)
{
    SNNFE_TRY(snnfe_band_check(low_hz, high_hz, sampling_rate_hz));
    SNNFE_TRY(check_edge("filter_low_hz", low_hz, sampling_rate_hz));
    SNNFE_TRY(check_edge("filter_high_hz", high_hz, sampling_rate_hz));
    SNNFE_TRY(snnfe_check_count(NULL, "filter_order", order, 1, SNNFE_CAUSAL_MAX_ORDER));
    if (low_hz > 0)
        add_edge(filter, tan(PI * low_hz / sampling_rate_hz), order, true);
    if (high_hz > 0)
        add_edge(filter, tan(PI * high_hz / sampling_rate_hz), order, false);
    return SNNFE_OK;
}

snnfe_status snnfe_causal_design(snnfe_causal *filter, double low_hz, double high_hz,
                                 double sampling_rate_hz, uint32_t order)
{
    filter->n_sections = 0;
    return snnfe_causal_add(filter, low_hz, high_hz, sampling_rate_hz, order);
}

void snnfe_causal_settle(const snnfe_causal *filter, snnfe_causal_state *state, double x)
{
    for (size_t i = 0; i < filter->n_sections; i++) {
        const snnfe_section *f = &filter->sections[i];
        const double y = x * (f->b[0] + f->b[1] + f->b[2]) / (f->a[0] + f->a[1] + f->a[2]);
        state->s[i][1] = f->b[2] * x - f->a[2] * y;
        state->s[i][0] = f->b[1] * x - f->a[1] * y + state->s[i][1];
        x = y;
    }
}

void snnfe_causal_run(const snnfe_causal *filter, float *samples, size_t n_channels,
                      size_t n_samples)
{
    snnfe_denormals_flush();
    for (size_t c = 0; c < n_channels && n_samples > 0; c++) {
        float *x = samples + c * n_samples;
        snnfe_causal_state state = {0};
        snnfe_causal_settle(filter, &state, (double)x[0]);
        for (size_t i = 0; i < n_samples; i++)
            x[i] = (float)snnfe_causal_step(filter, &state, (double)x[i]);
    }
    snnfe_denormals_keep();
}

static snnfe_status causal_filter_apply(float *samples, size_t n_channels, size_t n_samples,
                                        double low_hz, double high_hz, double sampling_rate_hz,
                                        uint32_t order)
{
    static const char call[] = "snnfe_causal_filter_apply";
    snnfe_causal filter;
    SNNFE_TRY(snnfe_check_pointer(call, "samples", samples));
    SNNFE_TRY(snnfe_check_count(call, "n_samples", n_samples, 1, UINT64_MAX));
    SNNFE_TRY(snnfe_causal_design(&filter, low_hz, high_hz, sampling_rate_hz, order));
    SNNFE_TRY(snnfe_signal_check(call, samples, n_channels, n_samples));
    snnfe_causal_run(&filter, samples, n_channels, n_samples);
    return SNNFE_OK;
}

snnfe_status snnfe_causal_filter_apply(float *samples, size_t n_channels, size_t n_samples,
                                       double low_hz, double high_hz, double sampling_rate_hz,
                                       uint32_t order)
{
    SNNFE_RETURN_COMPUTED(causal_filter_apply(samples, n_channels, n_samples, low_hz, high_hz,
                                              sampling_rate_hz, order));
}
