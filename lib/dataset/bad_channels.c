#include "dataset/bad_channels.h"

#include "recording/electrodes.h"
#include "signal/splines.h"

#define FEWEST 3

typedef struct good_channels {
    size_t n;
    size_t channels[SNNFE_MAX_CHANNELS];
    double places[SNNFE_MAX_CHANNELS][3];
} good_channels;

static void find_good(good_channels *good, const snnfe_channels *channels, uint64_t bad)
{
    snnfe_electrode electrode;
    for (size_t c = 0; c < channels->n; c++) {
        if (bad >> c & 1 || !snnfe_electrode_find(channels->names[c], &electrode))
            continue;
        good->channels[good->n] = c;
        snnfe_electrode_direction(&electrode, good->places[good->n++]);
    }
}

static void mix(snnfe_recording *r, const good_channels *good, const double *weights, size_t to)
{
    float *out = r->samples + to * r->n_samples;
    for (size_t t = 0; t < r->n_samples; t++) {
        double sum = 0;
        for (size_t i = 0; i < good->n; i++)
            sum += weights[i] * (double)r->samples[good->channels[i] * r->n_samples + t];
        out[t] = (float)sum;
    }
}

snnfe_status snnfe_bad_channels_replace(snnfe_recording *r, const snnfe_channels *channels,
                                        uint64_t bad)
{
    good_channels good = {0};
    double weights[SNNFE_MAX_CHANNELS], place[3];
    snnfe_electrode electrode;
    if (bad == 0)
        return SNNFE_OK;
    find_good(&good, channels, bad);
    if (good.n < FEWEST)
        return snnfe_fail(SNNFE_ERR_NOT_FOUND,
                          "bad channels cannot be interpolated: there are %zu good electrodes, "
                          "fewer than %d",
                          good.n, FEWEST);
    for (size_t c = 0; c < channels->n; c++) {
        if (!(bad >> c & 1))
            continue;
        if (!snnfe_electrode_find(channels->names[c], &electrode))
            return snnfe_fail(
                SNNFE_ERR_NOT_FOUND,
                "bad channel \"%s\" cannot be interpolated: it is no electrode of the "
                "10-05 system",
                channels->names[c]);
        snnfe_electrode_direction(&electrode, place);
        SNNFE_TRY(snnfe_spline_weights((const double(*)[3])good.places, good.n, place, weights));
        mix(r, &good, weights, c);
    }
    return SNNFE_OK;
}
