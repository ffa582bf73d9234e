#include "dataset/bad_channels.h"

#include "base/bits.h"
#include "base/format.h"
#include "base/memory.h"
#include "signal/splines.h"

/* Channels that have a place. */
typedef struct placed {
    size_t n;
    size_t channels[SNNFE_MAX_CHANNELS];
    double places[SNNFE_MAX_CHANNELS][3];
} placed;

static snnfe_status find_places(placed *p, const snnfe_channels *channels,
                                const snnfe_positions *positions, uint64_t bad)
{
    for (size_t c = 0; c < channels->n; c++) {
        if (snnfe_positions_find(positions, channels->names[c], p->places[p->n]))
            p->channels[p->n++] = c;
        else if (bad >> c & 1)
            return snnfe_fail(SNNFE_ERR_NOT_FOUND,
                              "bad channel \"%s\" cannot be interpolated: it is no electrode of "
                              "the 10-05 system",
                              channels->names[c]);
    }
    return SNNFE_OK;
}

/* Bits of channels as bits of places. */
static uint64_t places_of(const placed *p, uint64_t channels)
{
    uint64_t bits = 0;
    for (size_t i = 0; i < p->n; i++)
        if (channels >> p->channels[i] & 1)
            bits |= UINT64_C(1) << i;
    return bits;
}

static void mix(snnfe_recording *r, const placed *p, uint64_t good, const double *weights,
                size_t to)
{
    float *out = r->samples + p->channels[to] * r->n_samples;
    for (size_t t = 0; t < r->n_samples; t++) {
        double sum = 0;
        for (size_t i = 0; i < p->n; i++)
            if (good >> i & 1)
                sum +=
                    weights[to * p->n + i] * (double)r->samples[p->channels[i] * r->n_samples + t];
        out[t] = (float)sum;
    }
}

static snnfe_status interpolate(snnfe_recording *r, const placed *p, uint64_t good, uint64_t bad)
{
    const size_t n = p->n;
    double *table = snnfe_alloc(2 * n * n + (n + 1) * (n + 1), sizeof *table);
    if (!table)
        return SNNFE_ERR_MEMORY;
    double *weights = table + n * n, *work = weights + n * n;
    snnfe_spline_table((const double(*)[3])p->places, n, table);
    const snnfe_status status = snnfe_spline_weights(table, n, good, bad, work, weights);
    for (size_t i = 0; status == SNNFE_OK && i < n; i++)
        if (bad >> i & 1)
            mix(r, p, good, weights, i);
    snnfe_release(table);
    return status;
}

static snnfe_status replace(snnfe_recording *r, const snnfe_channels *channels,
                            const snnfe_positions *positions, uint64_t bad)
{
    placed p = {0};
    SNNFE_TRY(find_places(&p, channels, positions, bad));
    const uint64_t wanted = places_of(&p, bad), good = places_of(&p, ~(bad | r->doubtful));
    if (snnfe_count_bits(good) < SNNFE_FEWEST_PLACES)
        return snnfe_fail(SNNFE_ERR_NOT_FOUND,
                          "channels cannot be interpolated: there are %zu good electrodes, fewer "
                          "than %d",
                          snnfe_count_bits(good), SNNFE_FEWEST_PLACES);
    return interpolate(r, &p, good, wanted);
}

static snnfe_status tell_absent(snnfe_recording *r, const char *path,
                                const snnfe_channels *channels)
{
    char names[400] = "";
    if (r->absent == 0)
        return SNNFE_OK;
    for (size_t c = 0; c < channels->n; c++)
        if (r->absent >> c & 1)
            snnfe_list_name(names, sizeof names, channels->names[c]);
    snnfe_text_append(&r->notes,
                      "%s: has no %s: these %zu of %zu channels are interpolated from the others\n",
                      path, names, snnfe_count_bits(r->absent), channels->n);
    return r->notes.failed ? SNNFE_ERR_MEMORY : SNNFE_OK;
}

snnfe_status snnfe_bad_channels_replace(snnfe_recording *r, const char *path,
                                        const snnfe_channels *channels,
                                        const snnfe_positions *positions, uint64_t bad)
{
    bad |= r->absent;
    if (bad == 0)
        return SNNFE_OK;
    SNNFE_TRY(tell_absent(r, path, channels));
    const snnfe_status status = replace(r, channels, positions, bad);
    if (status != SNNFE_OK)
        return snnfe_fail_prefix(status, "%s", path);
    r->doubtful |= bad;
    r->n_interpolated += snnfe_count_bits(bad);
    return SNNFE_OK;
}
