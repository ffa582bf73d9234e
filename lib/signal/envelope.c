#include "signal/envelope.h"

#include "base/check.h"
#include "base/format.h"
#include "base/hash.h"
#include "base/limits.h"
#include "signal/band.h"

#include <math.h>
#include <string.h>

#define MOST_SECONDS 60.0
#define LEAST_POWER 1e-6 /* square microvolts */

/* Seconds in whole samples. */
static snnfe_status take_samples(const char *place, const char *name, double seconds, double rate,
                                 size_t least, size_t *samples)
{
    SNNFE_TRY(snnfe_check_number(place, name, seconds, 0, MOST_SECONDS));
    *samples = (size_t)lround(seconds * rate);
    return *samples >= least ? SNNFE_OK
                             : snnfe_fail(SNNFE_ERR_ARGUMENT,
                                          "%s%s is %g, %zu samples at %g Hz, not at least %zu",
                                          place, name, seconds, *samples, rate, least);
}

static snnfe_status check_band(const char *place, const snnfe_signal *s, size_t band)
{
    const double low = s->band_low_hz[band], high = s->band_high_hz[band];
    if (!(low > 0 && high > low && high < s->sampling_rate_hz / 2))
        return snnfe_fail(
            SNNFE_ERR_ARGUMENT,
            "%s: band %zu goes from %g to %g Hz, not up from above 0 to below half of "
            "the %g Hz",
            place, band + 1, low, high, s->sampling_rate_hz);
    return SNNFE_OK;
}

static uint64_t hash_of(const snnfe_signal *s)
{
    const double times[] = {s->sampling_rate_hz, s->envelope_window_s, s->envelope_hop_s};
    const size_t size = s->n_bands * sizeof(double);
    uint64_t hash = snnfe_hash_bytes(SNNFE_HASH_START, times, sizeof times);
    hash = snnfe_hash_bytes(hash, s->band_low_hz, size);
    return snnfe_hash_bytes(hash, s->band_high_hz, size);
}

snnfe_status snnfe_envelope_make(snnfe_envelope *envelope, const char *place, const snnfe_signal *s)
{
    const double rate = s->sampling_rate_hz;
    *envelope = (snnfe_envelope){.n_bands = s->n_bands};
    SNNFE_TRY(snnfe_check_count(place, ".n_bands", s->n_bands, 0, SNNFE_MAX_BANDS));
    if (s->n_bands == 0)
        return SNNFE_OK;
    for (size_t b = 0; b < s->n_bands; b++)
        SNNFE_TRY(check_band(place, s, b));
    envelope->hash = hash_of(s);
    SNNFE_TRY(take_samples(place, ".envelope_window_s", s->envelope_window_s, rate, 2,
                           &envelope->window));
    return take_samples(place, ".envelope_hop_s", s->envelope_hop_s, rate, 1, &envelope->hop);
}

snnfe_status snnfe_signal_check_envelope(const snnfe_signal *s)
{
    snnfe_envelope envelope;
    SNNFE_TRY(snnfe_envelope_make(&envelope, "snnfe_signal", s));
    if (s->n_bands > 0 && s->n_channels % s->n_bands != 0)
        return snnfe_fail(SNNFE_ERR_ARGUMENT,
                          "snnfe_signal: %u channels are not as many in each of %u bands",
                          (unsigned)s->n_channels, (unsigned)s->n_bands);
    return SNNFE_OK;
}

size_t snnfe_envelope_steps(const snnfe_envelope *envelope, size_t n_samples)
{
    if (envelope->n_bands == 0)
        return n_samples;
    return n_samples < envelope->window ? 0 : (n_samples - envelope->window) / envelope->hop + 1;
}

uint64_t snnfe_envelope_samples(const snnfe_envelope *envelope, size_t n_steps)
{
    if (envelope->n_bands == 0)
        return n_steps;
    return (uint64_t)(n_steps - 1) * envelope->hop + envelope->window;
}

float snnfe_envelope_power(const float *x, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (double)x[i] * (double)x[i];
    return snnfe_envelope_of_sum(sum, n);
}

float snnfe_envelope_of_sum(double sum, size_t n)
{
    return (float)log(fmax(sum / (double)n, LEAST_POWER));
}

void snnfe_envelope_name(char *name, size_t size, const char *electrode, size_t band)
{
    snnfe_format(name, size, "%s@%zu", electrode, band + 1);
}

uint32_t snnfe_signal_electrodes(const snnfe_signal *signal)
{
    return signal->n_bands > 0 ? signal->n_channels / signal->n_bands : signal->n_channels;
}

bool snnfe_signal_is_electrode(const snnfe_signal *signal, size_t c, const char *electrode)
{
    char name[SNNFE_CLASS_NAME_SIZE];
    if (!signal->channel_names || !signal->channel_names[c])
        return false;
    snnfe_format(name, sizeof name, "%s", signal->channel_names[c]);
    char *mark = signal->n_bands > 0 ? strrchr(name, '@') : NULL;
    if (mark)
        *mark = '\0';
    return snnfe_same_label(name, electrode);
}
