#include "signal/filter.h"

#include "base/check.h"
#include "base/floating.h"
#include "base/memory.h"
#include "base/sums.h"

#include <kiss_fft.h>
#include <math.h>
#include <snnfe/signal.h>
#include <stdbool.h>
#include <string.h>

/* Transforms that kissfft computes side by side: one, or four where it is built for that. */
#ifdef USE_SIMD
#define LANES ((size_t)4)
#else
#define LANES ((size_t)1)
#endif
/* Two real signals make one complex one; a real response keeps them apart. */
#define SIGNALS (2 * LANES)
/* Longer signals are filtered in blocks, whose transforms stay in the caches. */
#define LONGEST_BLOCK ((size_t)40000)

struct snnfe_filter {
    size_t n_samples;
    size_t half;       /* taps on either side of the middle one */
    size_t padding;    /* samples that are reflected on either side; zero beyond */
    size_t block;      /* samples that a transform filters */
    int length;        /* of a transform */
    float *response;   /* [length] of the zero-phase filter, real; with the inverse's 1 / length */
    kiss_fft_cfg plan; /* read-only while in use */
};

/* kissfft is given the memory for its plan, so that it comes from the allocator hook. */
static kiss_fft_cfg make_plan(int length)
{
    size_t size = 0;
    kiss_fft_alloc(length, 0, NULL, &size);
    void *memory = snnfe_alloc_raw(size, 1);
    return memory ? kiss_fft_alloc(length, 0, memory, &size) : NULL;
}

/* `time` and `spectrum` [length][2][LANES]: real parts, then imaginary ones */
static void transform(const snnfe_filter *f, const float *time, float *spectrum)
{
    kiss_fft(f->plan, (const void *)time, (void *)spectrum);
}

static snnfe_status make_response(snnfe_filter *f, const double *taps, size_t n_taps)
{
    const size_t n = (size_t)f->length;
    float *impulse = snnfe_alloc(n, SIGNALS * sizeof *impulse);
    float *spectrum = snnfe_alloc(n, SIGNALS * sizeof *spectrum);
    f->response = snnfe_alloc(n, sizeof *f->response);
    const bool complete = impulse && spectrum && f->response;
    if (complete) {
        /* The middle tap at time 0 makes the spectrum real. */
        for (size_t i = 0; i < n_taps; i++)
            impulse[(i + n - f->half) % n * SIGNALS] += (float)taps[i];
        transform(f, impulse, spectrum);
        for (size_t i = 0; i < n; i++)
            f->response[i] = spectrum[i * SIGNALS] / (float)n;
    }
    snnfe_release(impulse);
    snnfe_release(spectrum);
    return complete ? SNNFE_OK : SNNFE_ERR_MEMORY;
}

/* Blocks of equal size; samples that wrap around stay outside the part that is kept of each. */
static void choose_block(snnfe_filter *f)
{
    const size_t overlap = 2 * f->half;
    const size_t longest = 3 * overlap > LONGEST_BLOCK ? 3 * overlap : LONGEST_BLOCK;
    const size_t n_blocks = (f->n_samples + longest - 1) / longest;
    f->block = (f->n_samples + n_blocks - 1) / n_blocks;
    f->length = kiss_fft_next_fast_size((int)(f->block + overlap));
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
    choose_block(f);
    f->plan = make_plan(f->length);
    const snnfe_status status = f->plan ? make_response(f, taps, n_taps) : SNNFE_ERR_MEMORY;
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
    snnfe_release(f->plan);
    snnfe_release(f->response);
    snnfe_release(f);
}

size_t snnfe_filter_samples(const snnfe_filter *f)
{
    return f->n_samples;
}

/* --- running ---------------------------------------------------------------------------------- */

/* The signals that are filtered side by side. */
typedef struct group {
    size_t row_size;
    float *rows; /* [SIGNALS][row_size], less their means, with `half` samples on either side */
    float *time, *spectrum; /* [length][2][LANES] */
    double shifts[SIGNALS];
} group;

/* The signal, less `shift`, with its reflections. */
static void extend(const snnfe_filter *f, const float *x, double shift, float *row)
{
    const size_t n = f->n_samples, half = f->half;
    const size_t reflected = f->padding < half ? f->padding : half;
    const double first = 2 * (double)x[0] - shift, last = 2 * (double)x[n - 1] - shift;
    float *const middle = row + half;
    for (size_t i = 0; i < n; i++)
        middle[i] = (float)((double)x[i] - shift);
    for (size_t k = 1; k <= reflected; k++) {
        middle[n - 1 + k] = (float)(last - (double)x[n - 1 - k]);
        row[half - k] = (float)(first - (double)x[k]);
    }
    memset(row, 0, (half - reflected) * sizeof *row);
    memset(middle + n + reflected, 0, (half - reflected) * sizeof *row);
}

/* Whether the mean may be taken out before filtering. Beyond the reflected part the extension is
   0 and not the mean, so it has to reach as far as the filter. */
static bool shift_is_exact(const snnfe_filter *f)
{
    return f->padding >= f->half;
}

/* Channels from `samples` on into the rows; rows without one are 0. */
static void begin_group(const snnfe_filter *f, const float *samples, size_t n_channels, group *g)
{
    for (size_t s = 0; s < SIGNALS; s++) {
        float *row = g->rows + s * g->row_size;
        g->shifts[s] = 0;
        if (s >= n_channels) {
            memset(row, 0, g->row_size * sizeof *row);
            continue;
        }
        const float *x = samples + s * f->n_samples;
        /* A signal around 0 loses the least to single precision. */
        if (shift_is_exact(f))
            g->shifts[s] = snnfe_mean(x, f->n_samples);
        extend(f, x, g->shifts[s], row);
    }
}

/* Where signal s has its part of a point: channels 0 and 1 share a transform, 2 and 3, … */
static size_t part_of(size_t s)
{
    return s % 2 * LANES + s / 2;
}

/* `n` samples of all rows from `first` on, side by side. */
static void interleave(const group *g, size_t first, size_t n, float *out)
{
    for (size_t i = 0; i < n; i++)
        for (size_t s = 0; s < SIGNALS; s++)
            out[i * SIGNALS + part_of(s)] = g->rows[s * g->row_size + first + i];
}

/* The `n` samples from `first` on, with what the filter sees on either side of them: what comes
   before is at the end, as if around a circle. */
static void filter_block(const snnfe_filter *f, const group *g, size_t first, size_t n)
{
    const size_t length = (size_t)f->length, before = length - f->half;
    interleave(g, first + f->half, n + f->half, g->time);
    memset(g->time + (n + f->half) * SIGNALS, 0,
           (before - n - f->half) * SIGNALS * sizeof *g->time);
    interleave(g, first, f->half, g->time + before * SIGNALS);
    transform(f, g->time, g->spectrum);
    /* With real and imaginary parts exchanged, the transform is its own inverse. */
    for (size_t i = 0; i < length; i++)
        for (size_t lane = 0; lane < LANES; lane++) {
            float *const point = g->spectrum + i * SIGNALS + lane;
            const float real = point[0] * f->response[i];
            point[0] = point[LANES] * f->response[i];
            point[LANES] = real;
        }
    transform(f, g->spectrum, g->time);
}

/* Real and imaginary parts are still exchanged. */
static void store_block(const snnfe_filter *f, const group *g, size_t first, size_t n,
                        float *samples, size_t n_channels)
{
    /* What the filter does to a constant: its response at 0 Hz, known exactly from the taps. */
    const double gain = (double)f->response[0] * (double)f->length;
    for (size_t s = 0; s < SIGNALS && s < n_channels; s++) {
        float *const x = samples + s * f->n_samples + first;
        const float *const part = g->time + part_of(s ^ 1);
        for (size_t i = 0; i < n; i++)
            x[i] = (float)((double)part[i * SIGNALS] + gain * g->shifts[s]);
    }
}

static void filter_group(const snnfe_filter *f, float *samples, size_t n_channels, group *g)
{
    begin_group(f, samples, n_channels, g);
    for (size_t first = 0; first < f->n_samples; first += f->block) {
        const size_t left = f->n_samples - first, n = left < f->block ? left : f->block;
        filter_block(f, g, first, n);
        store_block(f, g, first, n, samples, n_channels);
    }
}

snnfe_status snnfe_filter_run(const snnfe_filter *f, float *samples, size_t n_channels)
{
    group g = {.row_size = f->n_samples + 2 * f->half};
    g.rows = snnfe_alloc_raw(SIGNALS * g.row_size, sizeof *g.rows);
    g.time = snnfe_alloc_raw(SIGNALS * (size_t)f->length, sizeof *g.time);
    g.spectrum = snnfe_alloc_raw(SIGNALS * (size_t)f->length, sizeof *g.spectrum);
    const bool complete = g.rows && g.time && g.spectrum;
    for (size_t c = 0; complete && c < n_channels; c += SIGNALS)
        filter_group(f, samples + c * f->n_samples, n_channels - c, &g);
    snnfe_release(g.rows);
    snnfe_release(g.time);
    snnfe_release(g.spectrum);
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
