#include "signal/filter.h"

#include "base/check.h"
#include "base/floating.h"
#include "base/memory.h"
#include "base/sums.h"

#include <kiss_fft.h>
#include <math.h>
#include <snnfe/signal.h>
#include <stdbool.h>

struct snnfe_filter {
    size_t n_samples;
    size_t half;     /* taps on either side of the middle one */
    size_t padding;  /* samples that are reflected on either side; zero beyond */
    int length;      /* of the transform */
    float *response; /* [length] of the zero-phase filter, real; with the inverse's 1 / length */
    kiss_fft_cfg forward, inverse; /* read-only while in use */
};

/* kissfft is given the memory for its plans, so that it comes from the allocator hook. */
static kiss_fft_cfg make_plan(int length, int inverse)
{
    size_t size = 0;
    kiss_fft_alloc(length, inverse, NULL, &size);
    void *memory = snnfe_alloc_raw(size, 1);
    return memory ? kiss_fft_alloc(length, inverse, memory, &size) : NULL;
}

static snnfe_status make_response(snnfe_filter *f, const double *taps, size_t n_taps)
{
    const size_t n = (size_t)f->length;
    kiss_fft_cpx *impulse = snnfe_alloc(n, sizeof *impulse);
    kiss_fft_cpx *spectrum = snnfe_alloc(n, sizeof *spectrum);
    f->response = snnfe_alloc(n, sizeof *f->response);
    const bool complete = impulse && spectrum && f->response;
    if (complete) {
        /* The middle tap at time 0 makes the spectrum real. */
        for (size_t i = 0; i < n_taps; i++)
            impulse[(i + n - f->half) % n].r += (float)taps[i];
        kiss_fft(f->forward, impulse, spectrum);
        for (size_t i = 0; i < n; i++)
            f->response[i] = spectrum[i].r / (float)n;
    }
    snnfe_release(impulse);
    snnfe_release(spectrum);
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
    f->length = kiss_fft_next_fast_size((int)(n_samples + 2 * f->half));
    f->forward = make_plan(f->length, 0);
    f->inverse = make_plan(f->length, 1);
    snnfe_status status = f->forward && f->inverse ? SNNFE_OK : SNNFE_ERR_MEMORY;
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
    snnfe_release(f->forward);
    snnfe_release(f->inverse);
    snnfe_release(f->response);
    snnfe_release(f);
}

size_t snnfe_filter_samples(const snnfe_filter *f)
{
    return f->n_samples;
}

/* The signal, less `shift`, with its reflections, into the real or imaginary parts. */
static void extend(const snnfe_filter *f, const float *x, double shift, float *out)
{
    const size_t n = f->n_samples, length = (size_t)f->length;
    const size_t reflected = f->padding < f->half ? f->padding : f->half;
    const double first = 2 * (double)x[0] - shift, last = 2 * (double)x[n - 1] - shift;
    for (size_t i = 0; i < n; i++)
        out[2 * i] = (float)((double)x[i] - shift);
    for (size_t i = n; i < length; i++)
        out[2 * i] = 0;
    for (size_t k = 1; k <= reflected; k++) {
        out[2 * (n - 1 + k)] = (float)(last - (double)x[n - 1 - k]);
        out[2 * (length - k)] = (float)(first - (double)x[k]);
    }
}

/* Whether the mean may be taken out before filtering. Beyond the reflected part the extension is
   0 and not the mean, so it has to reach as far as the filter. */
static bool shift_is_exact(const snnfe_filter *f)
{
    return f->padding >= f->half;
}

/* Two real signals make one complex one; a real response keeps them apart. */
static void filter_pair(const snnfe_filter *f, float *a, float *b, kiss_fft_cpx *time,
                        kiss_fft_cpx *spectrum)
{
    const size_t n = f->n_samples, length = (size_t)f->length;
    float *parts = &time[0].r;
    float *const signals[2] = {a, b};
    double shift[2] = {0, 0};
    for (int s = 0; s < 2; s++) {
        /* A signal around 0 loses the least to single precision. */
        if (shift_is_exact(f))
            shift[s] = snnfe_mean(signals[s], n);
        extend(f, signals[s], shift[s], parts + s);
    }
    kiss_fft(f->forward, time, spectrum);
    for (size_t i = 0; i < length; i++) {
        spectrum[i].r *= f->response[i];
        spectrum[i].i *= f->response[i];
    }
    kiss_fft(f->inverse, spectrum, time);
    /* What the filter does to a constant: its response at 0 Hz, known exactly from the taps. */
    const double gain = (double)f->response[0] * (double)length;
    for (int s = 0; s < 2; s++)
        for (size_t i = 0; i < n; i++)
            signals[s][i] = (float)((double)parts[2 * i + (size_t)s] + gain * shift[s]);
}

snnfe_status snnfe_filter_run(const snnfe_filter *f, float *samples, size_t n_channels)
{
    kiss_fft_cpx *time = snnfe_alloc((size_t)f->length, sizeof *time);
    kiss_fft_cpx *spectrum = snnfe_alloc((size_t)f->length, sizeof *spectrum);
    float *spare = snnfe_alloc(f->n_samples, sizeof *spare);
    const bool complete = time && spectrum && spare;
    for (size_t c = 0; complete && c < n_channels; c += 2)
        filter_pair(f, samples + c * f->n_samples,
                    c + 1 < n_channels ? samples + (c + 1) * f->n_samples : spare, time, spectrum);
    snnfe_release(time);
    snnfe_release(spectrum);
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
