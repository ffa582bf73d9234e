#include "signal/resample.h"

#include "base/check.h"
#include "base/floating.h"
#include "base/memory.h"
#include "signal/filter.h"

#include <math.h>
#include <snnfe/signal.h>

#define PI 3.14159265358979323846
#define CROSSINGS 10 /* zeros of the sinc on each side, at the lower rate */
#define KAISER_BETA 5.0

/* The low-pass runs at `up` times the old rate, but only every `down`-th of its outputs is wanted,
   and of its inputs only every `up`-th is no zero. So output k is a sum over old samples around
   k * down / up, with one of `up` sets of weights (phases). */
struct snnfe_resampler {
    size_t up, down;
    size_t reach;   /* old samples on each side */
    double *phases; /* [up][2 * reach + 1] */
};

/* --- ratios --------------------------------------------------------------------------------- */

/* By continued fractions: the simplest ratio that is near enough. */
bool snnfe_resample_ratio(double from_hz, double to_hz, uint32_t *up, uint32_t *down)
{
    const double wanted = to_hz / from_hz;
    double rest = wanted, p = 1, q = 0, last_p = 0, last_q = 1;
    for (int i = 0; i < 40; i++) {
        const double whole = floor(rest);
        const double next_p = whole * p + last_p, next_q = whole * q + last_q;
        if (!(next_p <= SNNFE_MOST_RATIO && next_q <= SNNFE_MOST_RATIO))
            return false;
        last_p = p;
        last_q = q;
        p = next_p;
        q = next_q;
        if (p >= 1 && fabs(p / q - wanted) <= 1e-9 * wanted) {
            *up = (uint32_t)p;
            *down = (uint32_t)q;
            return true;
        }
        rest = 1 / (rest - whole);
    }
    return false;
}

/* --- the filter ----------------------------------------------------------------------------- */

/* Modified Bessel function of the first kind, order 0. */
static double bessel(double x)
{
    double term = 1, sum = 1;
    for (int k = 1; term > 1e-17 * sum; k++) {
        term *= x / 2 / k * (x / 2 / k);
        sum += term;
    }
    return sum;
}

/* Tap at `i` from the center, up to the factor that makes the sum 1. */
static double tap(double i, double half, double most)
{
    const double x = i / most;
    const double sinc = i < 0 || i > 0 ? sin(PI * x) / (PI * x) : 1;
    return sinc * bessel(KAISER_BETA * sqrt(fmax(1 - (i / half) * (i / half), 0)));
}

static void fill_phases(snnfe_resampler *r, double half, double most)
{
    const long reach = (long)r->reach, up = (long)r->up;
    double sum = 0;
    for (long i = -(long)half; i <= (long)half; i++)
        sum += tap((double)i, half, most);
    for (long phase = 0; phase < up; phase++)
        for (long i = -reach; i <= reach; i++) {
            const double place = (double)(phase - i * up);
            r->phases[phase * (2 * reach + 1) + i + reach] =
                fabs(place) <= half ? (double)up * tap(place, half, most) / sum : 0;
        }
}

snnfe_status snnfe_resampler_create(snnfe_resampler **resampler, uint32_t up, uint32_t down)
{
    const size_t most = up > down ? up : down, half = CROSSINGS * most;
    snnfe_resampler *r = snnfe_alloc(1, sizeof *r);
    if (!r)
        return SNNFE_ERR_MEMORY;
    *r = (snnfe_resampler){.up = up, .down = down, .reach = half / up + 1};
    r->phases = snnfe_alloc_raw(r->up * (2 * r->reach + 1), sizeof *r->phases);
    if (!r->phases) {
        snnfe_resampler_free(r);
        return SNNFE_ERR_MEMORY;
    }
    fill_phases(r, (double)half, (double)most);
    *resampler = r;
    return SNNFE_OK;
}

void snnfe_resampler_free(snnfe_resampler *r)
{
    if (!r)
        return;
    snnfe_release(r->phases);
    snnfe_release(r);
}

/* --- signals -------------------------------------------------------------------------------- */

static size_t length_of(size_t n, uint64_t up, uint64_t down)
{
    return (size_t)((n * up + down - 1) / down);
}

size_t snnfe_resampler_length(const snnfe_resampler *r, size_t n)
{
    return length_of(n, r->up, r->down);
}

/* The signal in doubles with its odd reflections at both ends, zero beyond them. */
static void extend(const float *x, size_t n, size_t reach, double *extended)
{
    double *middle = extended + reach;
    const double first = (double)x[0], last = (double)x[n - 1];
    for (size_t t = 0; t < n; t++)
        middle[t] = (double)x[t];
    for (size_t i = 1; i <= reach; i++) {
        extended[reach - i] = i < n ? 2 * first - (double)x[i] : 0;
        middle[n - 1 + i] = i < n ? 2 * last - (double)x[n - 1 - i] : 0;
    }
}

size_t snnfe_resampler_reach(const snnfe_resampler *r)
{
    return r->reach;
}

float snnfe_resampler_sum(const snnfe_resampler *r, size_t phase, const double *around)
{
    const size_t n_taps = 2 * r->reach + 1;
    const double *weights = r->phases + phase * n_taps;
    double sum = 0;
    for (size_t i = 0; i < n_taps; i++)
        sum += weights[i] * around[i];
    return (float)sum;
}

static void run_channel(const snnfe_resampler *r, const double *extended, size_t n_out, float *out)
{
    size_t sample = 0, phase = 0;
    for (size_t k = 0; k < n_out; k++) {
        out[k] = snnfe_resampler_sum(r, phase, extended + sample);
        phase += r->down;
        sample += phase / r->up;
        phase %= r->up;
    }
}

snnfe_status snnfe_resampler_run(const snnfe_resampler *r, const float *samples, size_t n_channels,
                                 size_t n, float *out)
{
    const size_t n_out = snnfe_resampler_length(r, n);
    double *extended = snnfe_alloc_raw(n + 2 * r->reach, sizeof *extended);
    if (!extended)
        return SNNFE_ERR_MEMORY;
    for (size_t c = 0; c < n_channels; c++) {
        extend(samples + c * n, n, r->reach, extended);
        run_channel(r, extended, n_out, out + c * n_out);
    }
    snnfe_release(extended);
    return SNNFE_OK;
}

static snnfe_status resample_all(const float *samples, size_t n_channels, size_t n_samples,
                                 double from_hz, double to_hz, size_t *n_resampled,
                                 float *resampled)
{
    static const char call[] = "snnfe_resample";
    uint32_t up = 0, down = 0;
    SNNFE_TRY(snnfe_check_pointer(call, "n_resampled", n_resampled));
    SNNFE_TRY(snnfe_check_positive(call, "from_hz", from_hz));
    SNNFE_TRY(snnfe_check_positive(call, "to_hz", to_hz));
    SNNFE_TRY(snnfe_check_count(call, "n_samples", n_samples, 1, INT32_MAX));
    if (!snnfe_resample_ratio(from_hz, to_hz, &up, &down))
        return snnfe_fail(SNNFE_ERR_ARGUMENT,
                          "%s: %.15g Hz to %.15g Hz is no ratio of whole numbers up to %d", call,
                          from_hz, to_hz, SNNFE_MOST_RATIO);
    const size_t length = length_of(n_samples, up, down);
    if (!resampled) {
        *n_resampled = length;
        return SNNFE_OK;
    }
    if (*n_resampled < length)
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "%s: resampled has room for %zu samples of %zu", call,
                          *n_resampled, length);
    SNNFE_TRY(snnfe_check_pointer(call, "samples", samples));
    SNNFE_TRY(snnfe_signal_check(call, samples, n_channels, n_samples));
    const snnfe_span spans[] = {
        {"samples", samples, n_channels * n_samples * sizeof *samples, false},
        {"resampled", resampled, n_channels * length * sizeof *resampled, true}};
    SNNFE_TRY(snnfe_check_apart(call, spans, 2));
    snnfe_resampler *r = NULL;
    SNNFE_TRY(snnfe_resampler_create(&r, up, down));
    const snnfe_status status = snnfe_resampler_run(r, samples, n_channels, n_samples, resampled);
    snnfe_resampler_free(r);
    if (status == SNNFE_OK)
        *n_resampled = length;
    return status;
}

snnfe_status snnfe_resample(const float *samples, size_t n_channels, size_t n_samples,
                            double from_hz, double to_hz, size_t *n_resampled, float *resampled)
{
    SNNFE_RETURN_COMPUTED(
        resample_all(samples, n_channels, n_samples, from_hz, to_hz, n_resampled, resampled));
}
