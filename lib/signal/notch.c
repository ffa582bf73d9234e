#include "signal/notch.h"

#include "base/check.h"
#include "base/floating.h"
#include "base/memory.h"
#include "kernels/denormals.h"
#include "signal/filter.h"

#include <math.h>
#include <snnfe/signal.h>

#define PI 3.14159265358979323846
#define REFLECTED_WIDTHS 3 /* over the width: only 1e-4 is remembered longer */

/* Whether a notch lies between 0 and half of the rate, so far from both that it can be computed. */
static bool fits(double hz, double width_hz, double rate)
{
    const double nearest = SNNFE_CAUSAL_NEAREST * rate;
    return hz - width_hz / 2 >= nearest && hz + width_hz / 2 <= rate / 2 - nearest;
}

snnfe_status snnfe_notch_check(double hz, double width_hz, double sampling_rate_hz)
{
    SNNFE_TRY(snnfe_check_positive(NULL, "sampling_rate_hz", sampling_rate_hz));
    if (!(hz < 0 || hz > 0 || isnan(hz)))
        return SNNFE_OK;
    if (!(width_hz >= SNNFE_CAUSAL_NEAREST * sampling_rate_hz && isfinite(width_hz)))
        return snnfe_fail(SNNFE_ERR_ARGUMENT,
                          "notch_width_hz is %g, below a millionth of the sampling rate of %g Hz",
                          width_hz, sampling_rate_hz);
    if (!fits(hz, width_hz, sampling_rate_hz))
        return snnfe_fail(SNNFE_ERR_ARGUMENT,
                          "notch_hz is %g: a notch that is %g Hz wide does not lie between 0 Hz "
                          "and half of the sampling rate of %g Hz",
                          hz, width_hz, sampling_rate_hz);
    return SNNFE_OK;
}

/* The zeros lie on the unit circle. The poles lie at the same angle within it: the product of both
   is 2 gain - 1, and the gain is in 0…1. */
static snnfe_section section_at(double hz, double width_hz, double rate)
{
    const double gain = 1 / (1 + tan(PI * width_hz / rate));
    const double middle = -2 * gain * cos(2 * PI * hz / rate);
    return (snnfe_section){.b = {gain, middle, gain}, .a = {1, middle, 2 * gain - 1}};
}

snnfe_status snnfe_notch_add(snnfe_causal *filter, double hz, double width_hz,
                             double sampling_rate_hz)
{
    SNNFE_TRY(snnfe_notch_check(hz, width_hz, sampling_rate_hz));
    for (int k = 1; k <= SNNFE_NOTCHES && fits(k * hz, width_hz, sampling_rate_hz); k++)
        filter->sections[filter->n_sections++] = section_at(k * hz, width_hz, sampling_rate_hz);
    return SNNFE_OK;
}

snnfe_status snnfe_notch_make(snnfe_notch *notch, double hz, double width_hz,
                              double sampling_rate_hz)
{
    *notch = (snnfe_notch){0};
    SNNFE_TRY(snnfe_notch_add(&notch->filter, hz, width_hz, sampling_rate_hz));
    if (notch->filter.n_sections > 0)
        notch->n_reflected = (size_t)ceil(REFLECTED_WIDTHS * sampling_rate_hz / width_hz);
    return SNNFE_OK;
}

/* In one direction, as if the signal had always been its first value. */
static void run_once(const snnfe_causal *filter, double *x, ptrdiff_t n, ptrdiff_t step)
{
    snnfe_causal_state state = {0};
    snnfe_causal_settle(filter, &state, *x);
    for (ptrdiff_t i = 0; i < n; i++)
        x[i * step] = snnfe_causal_step(filter, &state, x[i * step]);
}

/* Odd reflection of `n_reflected` samples on both sides. */
static void extend(const float *x, size_t n, size_t n_reflected, double *extended)
{
    double *middle = extended + n_reflected;
    for (size_t i = 0; i < n; i++)
        middle[i] = (double)x[i];
    for (size_t k = 1; k <= n_reflected; k++) {
        *(middle - k) = 2 * middle[0] - middle[k];
        middle[n - 1 + k] = 2 * middle[n - 1] - middle[n - 1 - k];
    }
}

snnfe_status snnfe_notch_run(const snnfe_notch *notch, float *samples, size_t n_channels,
                             size_t n_samples)
{
    if (notch->filter.n_sections == 0 || n_samples == 0)
        return SNNFE_OK;
    const size_t beside = notch->n_reflected < n_samples ? notch->n_reflected : n_samples - 1;
    const size_t n = n_samples + 2 * beside;
    double *extended = snnfe_alloc_raw(n, sizeof *extended);
    if (!extended)
        return SNNFE_ERR_MEMORY;
    for (size_t c = 0; c < n_channels; c++) {
        float *x = samples + c * n_samples;
        extend(x, n_samples, beside, extended);
        snnfe_denormals_flush();
        run_once(&notch->filter, extended, (ptrdiff_t)n, 1);
        run_once(&notch->filter, extended + n - 1, (ptrdiff_t)n, -1);
        for (size_t i = 0; i < n_samples; i++)
            x[i] = (float)extended[beside + i];
        snnfe_denormals_keep();
    }
    snnfe_release(extended);
    return SNNFE_OK;
}

static snnfe_status notch_filter_apply(float *samples, size_t n_channels, size_t n_samples,
                                       double notch_hz, double width_hz, double sampling_rate_hz,
                                       int32_t filter_kind)
{
    static const char call[] = "snnfe_notch_filter_apply";
    snnfe_notch notch;
    SNNFE_TRY(snnfe_check_pointer(call, "samples", samples));
    SNNFE_TRY(snnfe_check_count(call, "n_samples", n_samples, 1, UINT64_MAX));
    SNNFE_TRY(snnfe_check_choice(call, "filter_kind", filter_kind, SNNFE_FILTER_CAUSAL + 1,
                                 "ZERO_PHASE or CAUSAL"));
    SNNFE_TRY(snnfe_notch_make(&notch, notch_hz, width_hz, sampling_rate_hz));
    SNNFE_TRY(snnfe_signal_check(call, samples, n_channels, n_samples));
    if (filter_kind == SNNFE_FILTER_ZERO_PHASE)
        return snnfe_notch_run(&notch, samples, n_channels, n_samples);
    snnfe_causal_run(&notch.filter, samples, n_channels, n_samples);
    return SNNFE_OK;
}

snnfe_status snnfe_notch_filter_apply(float *samples, size_t n_channels, size_t n_samples,
                                      double notch_hz, double width_hz, double sampling_rate_hz,
                                      int32_t filter_kind)
{
    SNNFE_RETURN_COMPUTED(notch_filter_apply(samples, n_channels, n_samples, notch_hz, width_hz,
                                             sampling_rate_hz, filter_kind));
}
