#include "signal/filter.h"

#include "base/check.h"
#include "base/floating.h"
#include "base/memory.h"
#include "base/sums.h"
#include "kernels/kernels.h"
#include "signal/fft.h"

#include <math.h>
#include <snnfe/signal.h>
#include <stdbool.h>

struct snnfe_filter {
    size_t n_samples;
    size_t half;    /* taps on either side of the middle one */
    size_t padding; /* samples that are reflected on either side; zero beyond */
    float gain;     /* the response to a constant */
    snnfe_fft_plan *plan;
    /* [length] of the zero-phase filter, real, in the plan's order; with the inverse's 1 / length
     */
    float *response;
};

static snnfe_status make_response(snnfe_filter *f, const double *taps, size_t n_taps)
{
    const size_t n = f->plan->length;
    float *imaginary = snnfe_alloc(n, sizeof *imaginary);
    f->response = snnfe_alloc(n, sizeof *f->response);
    const bool complete = imaginary && f->response;
    if (complete) {
        /* The middle tap at time 0 makes the spectrum real. */
        for (size_t i = 0; i < n_taps; i++)
            f->response[(i + n - f->half) % n] += (float)taps[i];
        snnfe_kernels_get()->fft_filter(f->plan, f->response, imaginary, NULL);
        f->gain = f->response[0];
        for (size_t i = 0; i < n; i++)
            f->response[i] /= (float)n;
    }
    snnfe_release(imaginary);
    return complete ? SNNFE_OK : SNNFE_ERR_MEMORY;
}

snnfe_status snnfe_filter_create(snnfe_filter **filter, const double *taps, size_t n_taps,
                                 size_t n_samples)
{
    if (n_samples + n_taps > (size_t)1 << 30)
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "%zu samples are too many to filter", n_samples);
    snnfe_filter *f = snnfe_alloc(1, sizeof *f);
    if (!f)
        return SNNFE_ERR_MEMORY;
    f->n_samples = n_samples;
    f->half = (n_taps - 1) / 2;
    f->padding = (n_taps < n_samples ? n_taps : n_samples) - 1;
    /* Samples that wrap around stay outside the part that is kept. */
    snnfe_status status =
        snnfe_fft_plan_create(&f->plan, snnfe_fft_length(n_samples + 2 * f->half));
    if (status == SNNFE_OK)
        status = make_response(f, taps, n_taps);
    if (status != SNNFE_OK) {
        snnfe_filter_free(f);
        return status;
    }
    *filter = f;
    return SNNFE_OK;
}

void snnfe_filter_free(snnfe_filter *f)
{
    if (!f)
        return;
    snnfe_fft_plan_free(f->plan);
    snnfe_release(f->response);
    snnfe_release(f);
}

size_t snnfe_filter_samples(const snnfe_filter *f)
{
    return f->n_samples;
}

/* The signal, less `shift`, with its reflections. */
static void extend(const snnfe_filter *f, const float *x, double shift, float *out)
{
    const size_t n = f->n_samples, length = f->plan->length;
    const size_t reflected = f->padding < f->half ? f->padding : f->half;
    const double first = 2 * (double)x[0] - shift, last = 2 * (double)x[n - 1] - shift;
    for (size_t i = 0; i < n; i++)
        out[i] = (float)((double)x[i] - shift);
    for (size_t i = n; i < length; i++)
        out[i] = 0;
    for (size_t k = 1; k <= reflected; k++) {
        out[n - 1 + k] = (float)(last - (double)x[n - 1 - k]);
        out[length - k] = (float)(first - (double)x[k]);
    }
}

/* Whether the mean may be taken out before filtering. Beyond the reflected part the extension is
   0 and not the mean, so it has to reach as far as the filter. */
static bool shift_is_exact(const snnfe_filter *f)
{
    return f->padding >= f->half;
}

/* Two real signals make one complex one; a real response keeps them apart. */
static void filter_pair(const snnfe_filter *f, float *const signals[2], float *const parts[2])
{
    const size_t n = f->n_samples;
    double shift[2] = {0, 0};
    for (int s = 0; s < 2; s++) {
        /* A signal around 0 loses the least to single precision. */
        if (shift_is_exact(f))
            shift[s] = snnfe_mean(signals[s], n);
        extend(f, signals[s], shift[s], parts[s]);
    }
    snnfe_kernels_get()->fft_filter(f->plan, parts[0], parts[1], f->response);
    for (int s = 0; s < 2; s++) {
        /* What the filter does to a constant is known exactly from the taps. */
        const double filtered_shift = (double)f->gain * shift[s];
        for (size_t i = 0; i < n; i++)
            signals[s][i] = (float)((double)parts[s][i] + filtered_shift);
    }
}

snnfe_status snnfe_filter_run(const snnfe_filter *f, float *samples, size_t n_channels)
{
    float *const parts[2] = {snnfe_alloc_raw(f->plan->length, sizeof(float)),
                             snnfe_alloc_raw(f->plan->length, sizeof(float))};
    float *spare = snnfe_alloc(f->n_samples, sizeof *spare);
    const bool complete = parts[0] && parts[1] && spare;
    for (size_t c = 0; complete && c < n_channels; c += 2) {
        float *const signals[2] = {samples + c * f->n_samples,
                                   c + 1 < n_channels ? samples + (c + 1) * f->n_samples : spare};
        filter_pair(f, signals, parts);
    }
    snnfe_release(parts[0]);
    snnfe_release(parts[1]);
    snnfe_release(spare);
    return complete ? SNNFE_OK : SNNFE_ERR_MEMORY;
}

snnfe_status snnfe_signal_check(const char *call, const float *samples, size_t n_channels,
                                size_t n_samples)
{
    for (size_t i = 0; i < n_channels * n_samples; i++)
        if (!(fabsf(samples[i]) <= SNNFE_LARGEST_SAMPLE))
            return snnfe_fail(
                SNNFE_ERR_NONFINITE, "%s: sample %zu of channel %zu is %g, not in ±%g", call,
                i % n_samples, i / n_samples, (double)samples[i], (double)SNNFE_LARGEST_SAMPLE);
    return SNNFE_OK;
}

static snnfe_status filter_apply(float *samples, size_t n_channels, size_t n_samples,
                                 const double *taps, size_t n_taps)
{
    static const char call[] = "snnfe_filter_apply";
    SNNFE_TRY(snnfe_check_pointer(call, "samples", samples));
    SNNFE_TRY(snnfe_check_pointer(call, "taps", taps));
    SNNFE_TRY(snnfe_check_count(call, "n_samples", n_samples, 1, UINT64_MAX));
    if (n_taps % 2 == 0)
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "%s: n_taps is %zu, not an odd number", call, n_taps);
    double sum = 0;
    for (size_t i = 0; i < n_taps; i++) {
        if (!isfinite(taps[i]) ||
            fabs(taps[i] - taps[n_taps - 1 - i]) > 1e-12 * fabs(taps[i]) + 1e-15)
            return snnfe_fail(SNNFE_ERR_ARGUMENT,
                              "snnfe_filter_apply: taps are not symmetric and finite at %zu", i);
        sum += fabs(taps[i]);
    }
    if (sum > SNNFE_LARGEST_TAPS)
        return snnfe_fail(SNNFE_ERR_ARGUMENT,
                          "snnfe_filter_apply: taps sum up to %g without their signs, above %g",
                          sum, SNNFE_LARGEST_TAPS);
    SNNFE_TRY(snnfe_signal_check("snnfe_filter_apply", samples, n_channels, n_samples));
    snnfe_filter *filter = NULL;
    SNNFE_TRY(snnfe_filter_create(&filter, taps, n_taps, n_samples));
    const snnfe_status status = snnfe_filter_run(filter, samples, n_channels);
    snnfe_filter_free(filter);
    return status;
}

snnfe_status snnfe_filter_apply(float *samples, size_t n_channels, size_t n_samples,
                                const double *taps, size_t n_taps)
{
    SNNFE_RETURN_COMPUTED(filter_apply(samples, n_channels, n_samples, taps, n_taps));
}
