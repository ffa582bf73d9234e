/* The change of a stream's rate, a sample at a time, by the filter for whole signals. */
#include "signal/resample.h"

#include "base/check.h"
#include "base/limits.h"
#include "base/memory.h"
#include "base/options.h"

#include <math.h>
#include <snnfe/signal.h>
#include <string.h>

struct snnfe_live_resampler {
    snnfe_resampler *filter;
    size_t up, down, n_channels;
    size_t reach, n_taps; /* old samples on each side of a new one, and in all */
    double from_hz;
    /* The newest old samples, each twice, so that those that a new one needs lie in a row wherever
       the ring begins: [n_channels][2 * n_taps]. */
    double *ring;
    uint64_t n_taken, n_given;
    uint64_t sample; /* the old sample that the next new one is at or behind */
    size_t phase;
};

static snnfe_status make(snnfe_live_resampler *r, double from_hz, double to_hz, uint32_t n_channels)
{
    uint32_t up = 0, down = 0;
    if (!snnfe_resample_ratio(from_hz, to_hz, &up, &down))
        return snnfe_fail(SNNFE_ERR_ARGUMENT,
                          "snnfe_live_resampler_create: %.15g Hz to %.15g Hz is no ratio of whole "
                          "numbers up to %d",
                          from_hz, to_hz, SNNFE_MOST_RATIO);
    SNNFE_TRY(snnfe_resampler_create(&r->filter, up, down));
    r->up = up;
    r->down = down;
    r->n_channels = n_channels;
    r->reach = snnfe_resampler_reach(r->filter);
    r->n_taps = 2 * r->reach + 1;
    r->from_hz = from_hz;
    r->ring = snnfe_alloc(2 * r->n_taps * n_channels, sizeof *r->ring);
    return r->ring ? SNNFE_OK : SNNFE_ERR_MEMORY;
}

snnfe_status snnfe_live_resampler_create(snnfe_live_resampler **resampler, double from_hz,
                                         double to_hz, uint32_t n_channels)
{
    static const char call[] = "snnfe_live_resampler_create";
    SNNFE_TRY(snnfe_check_pointer(call, "resampler", resampler));
    *resampler = NULL;
    SNNFE_TRY(snnfe_check_positive(call, "from_hz", from_hz));
    SNNFE_TRY(snnfe_check_positive(call, "to_hz", to_hz));
    SNNFE_TRY(snnfe_check_count(call, "n_channels", n_channels, 1, SNNFE_MAX_CHANNELS));
    snnfe_live_resampler *made = snnfe_alloc(1, sizeof *made);
    if (!made)
        return SNNFE_ERR_MEMORY;
    const snnfe_status status = make(made, from_hz, to_hz, n_channels);
    if (status != SNNFE_OK) {
        snnfe_live_resampler_free(made);
        return status;
    }
    *resampler = made;
    return SNNFE_OK;
}

void snnfe_live_resampler_free(snnfe_live_resampler *r)
{
    if (!r)
        return;
    snnfe_resampler_free(r->filter);
    snnfe_release(r->ring);
    snnfe_release(r);
}

/* Old sample `t`, from -reach on, of a channel. */
static void put(snnfe_live_resampler *r, size_t channel, uint64_t t_and_reach, double value)
{
    double *at = r->ring + channel * 2 * r->n_taps + t_and_reach % r->n_taps;
    at[0] = at[r->n_taps] = value;
}

static double got(const snnfe_live_resampler *r, size_t channel, uint64_t t_and_reach)
{
    return r->ring[channel * 2 * r->n_taps + t_and_reach % r->n_taps];
}

/* The odd reflection in front of the first sample. */
static void reflect(snnfe_live_resampler *r)
{
    for (size_t c = 0; c < r->n_channels; c++)
        for (size_t i = 1; i <= r->reach; i++)
            put(r, c, r->reach - i, 2 * got(r, c, r->reach) - got(r, c, r->reach + i));
}

static void take(snnfe_live_resampler *r, const float *sample)
{
    for (size_t c = 0; c < r->n_channels; c++)
        put(r, c, r->n_taken + r->reach, (double)sample[c]);
    if (r->n_taken++ == r->reach)
        reflect(r);
}

static void give(snnfe_live_resampler *r, float *out)
{
    for (size_t c = 0; c < r->n_channels; c++)
        out[c] = snnfe_resampler_sum(r->filter, r->phase,
                                     r->ring + c * 2 * r->n_taps + r->sample % r->n_taps);
    r->n_given++;
    r->phase += r->down;
    r->sample += r->phase / r->up;
    r->phase %= r->up;
}

/* New samples that `n` old ones are enough for. */
static uint64_t enough_for(const snnfe_live_resampler *r, uint64_t n)
{
    return n > r->reach ? ((n - r->reach) * r->up + r->down - 1) / r->down : 0;
}

snnfe_status snnfe_live_resampler_push(snnfe_live_resampler *r, const float *samples, size_t n,
                                       size_t *n_resampled, float *resampled)
{
    static const char call[] = "snnfe_live_resampler_push";
    SNNFE_TRY(snnfe_check_pointer(call, "resampler", r));
    SNNFE_TRY(snnfe_check_pointer(call, "n_resampled", n_resampled));
    SNNFE_TRY(snnfe_check_array(call, "samples", samples, n));
    const uint64_t n_new = enough_for(r, r->n_taken + n) - r->n_given;
    if (*n_resampled < n_new)
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "%s: resampled has room for %zu samples of %llu",
                          call, *n_resampled, (unsigned long long)n_new);
    SNNFE_TRY(snnfe_check_array(call, "resampled", resampled, (size_t)n_new));
    for (size_t i = 0, k = 0; i < n; i++) {
        take(r, samples + i * r->n_channels);
        while (r->n_taken > r->sample + r->reach)
            give(r, resampled + k++ * r->n_channels);
    }
    *n_resampled = (size_t)n_new;
    return SNNFE_OK;
}

snnfe_status snnfe_live_resampler_reset(snnfe_live_resampler *r)
{
    SNNFE_TRY(snnfe_check_pointer("snnfe_live_resampler_reset", "resampler", r));
    r->n_taken = r->n_given = r->sample = 0;
    r->phase = 0;
    return SNNFE_OK;
}

snnfe_status snnfe_live_resampler_get_info(const snnfe_live_resampler *r,
                                           snnfe_live_resampler_info *info)
{
    static const char call[] = "snnfe_live_resampler_get_info";
    SNNFE_TRY(snnfe_check_pointer(call, "resampler", r));
    SNNFE_TRY(snnfe_info_check(call, "info", info, sizeof *info));
    const snnfe_live_resampler_info full = {.struct_size = sizeof full,
                                            .n_channels = (uint32_t)r->n_channels,
                                            .up = (uint32_t)r->up,
                                            .down = (uint32_t)r->down,
                                            .delay_s = (double)r->reach / r->from_hz,
                                            .n_taken = r->n_taken,
                                            .n_given = r->n_given};
    snnfe_info_give(info, &full, sizeof full);
    return SNNFE_OK;
}
