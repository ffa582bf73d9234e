#include "recording/brainvision.h"

#include "base/file.h"
#include "base/hash.h"
#include "base/memory.h"
#include "recording/brainvision_header.h"
#include "recording/brainvision_markers.h"
#include "recording/edf.h"
#include "recording/units.h"

#include <math.h>
#include <string.h>

#define MAX_FILE (UINT64_C(2) << 30)

typedef struct reader {
    snnfe_brainvision header;
    bool strict;
    snnfe_text *notes;
    size_t n_chosen;
    size_t chosen[SNNFE_MAX_CHANNELS];
    const uint8_t *data;
    size_t n_samples;
} reader;

/* A harmless deviation, as EDF files have them: how many of what. */
static snnfe_status deviation(const reader *r, const char *path, size_t n, const char *what)
{
    if (r->strict)
        return snnfe_fail(SNNFE_ERR_FORMAT, "%s: %zu %s (read all the same without `strict`)", path,
                          n, what);
    snnfe_text_append(r->notes, "%s: %zu %s\n", path, n, what);
    return r->notes->failed ? SNNFE_ERR_MEMORY : SNNFE_OK;
}

/* --- channels ------------------------------------------------------------------------------- */

static const char *label_of(const void *context, size_t index)
{
    const snnfe_brainvision *h = context;
    return h->channels[index].label;
}

static snnfe_status choose(reader *r, const snnfe_channels *channels, uint64_t *absent)
{
    const snnfe_brainvision *h = &r->header;
    const snnfe_channel_list list = {h->ini.path, h->n_channels, label_of, h};
    snnfe_channels present;
    SNNFE_TRY(snnfe_channels_present(&list, channels, &present, absent));
    r->n_chosen = present.n;
    for (size_t c = 0; c < present.n; c++) {
        SNNFE_TRY(snnfe_channel_find(&list, present.names[c], &r->chosen[c]));
        const snnfe_brainvision_channel *channel = &h->channels[r->chosen[c]];
        if (snnfe_microvolts(channel->unit) <= 0)
            return snnfe_fail(SNNFE_ERR_FORMAT,
                              "%s: unit of channel \"%.40s\" is \"%.20s\", no voltage", h->ini.path,
                              channel->label, channel->unit);
    }
    return SNNFE_OK;
}

/* --- samples -------------------------------------------------------------------------------- */

static snnfe_status count_samples(reader *r, size_t size)
{
    const snnfe_brainvision *h = &r->header;
    const size_t frame = h->n_channels * snnfe_brainvision_bytes(h->number);
    const size_t whole = size / frame, rest = size % frame;
    const uint64_t least = h->has_points ? h->n_points : 1;
    r->n_samples = whole;
    if (whole < least)
        return snnfe_fail(SNNFE_ERR_FORMAT,
                          "%s: is truncated: %zu bytes, and %llu samples of %zu channels have %zu "
                          "bytes each",
                          h->data_path, size, (unsigned long long)least, h->n_channels, frame);
    if (!h->has_points && h->vectorized && rest > 0)
        return snnfe_fail(SNNFE_ERR_FORMAT,
                          "%s: is truncated: %zu bytes are no whole number of samples of %zu "
                          "channels, %zu bytes each",
                          h->data_path, size, h->n_channels, frame);
    if (h->has_points && (whole > h->n_points || rest > 0)) {
        const size_t behind = size - (size_t)h->n_points * frame;
        if (h->vectorized)
            return snnfe_fail(SNNFE_ERR_FORMAT,
                              "%s: has %zu bytes more than the header's DataPoints give",
                              h->data_path, behind);
        r->n_samples = (size_t)h->n_points;
        return deviation(r, h->data_path, behind, "bytes behind the last sample are not read");
    }
    if (rest > 0)
        return deviation(r, h->data_path, rest, "bytes of a last sample are left out");
    return SNNFE_OK;
}

/* Little-endian, whatever the processor. */
static double number_at(const uint8_t *b, snnfe_brainvision_number number)
{
    const uint32_t low = (uint32_t)b[0] | (uint32_t)b[1] << 8;
    if (number == SNNFE_BRAINVISION_INT_16)
        return (int16_t)(uint16_t)low;
    const uint32_t bits = low | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
    if (number == SNNFE_BRAINVISION_INT_32)
        return (int32_t)bits;
    float value = 0;
    memcpy(&value, &bits, sizeof value);
    return (double)value;
}

static snnfe_status convert(const reader *r, size_t c, float *out)
{
    const snnfe_brainvision *h = &r->header;
    const snnfe_brainvision_channel *channel = &h->channels[r->chosen[c]];
    const size_t bytes = snnfe_brainvision_bytes(h->number);
    const size_t first = r->chosen[c] * (h->vectorized ? r->n_samples : 1);
    const size_t step = h->vectorized ? 1 : h->n_channels;
    const double scale = channel->resolution * snnfe_microvolts(channel->unit);
    for (size_t t = 0; t < r->n_samples; t++) {
        const double value = scale * number_at(r->data + (first + t * step) * bytes, h->number);
        if (!(fabs(value) <= 3e38))
            return snnfe_fail(SNNFE_ERR_NONFINITE,
                              "%s: channel \"%.40s\", sample %zu is no finite number", h->data_path,
                              channel->label, t + 1);
        out[t] = (float)value;
    }
    return SNNFE_OK;
}

static snnfe_status fill(reader *r, size_t size, snnfe_recording *recording)
{
    SNNFE_TRY(count_samples(r, size));
    recording->n_channels = (uint32_t)r->n_chosen;
    recording->n_samples = r->n_samples;
    recording->hash = snnfe_hash_bytes(SNNFE_HASH_START, r->data,
                                       r->n_samples * r->header.n_channels *
                                           snnfe_brainvision_bytes(r->header.number));
    recording->samples = snnfe_alloc_raw(r->n_chosen * r->n_samples, sizeof(float));
    if (!recording->samples)
        return SNNFE_ERR_MEMORY;
    for (size_t c = 0; c < r->n_chosen; c++)
        SNNFE_TRY(convert(r, c, recording->samples + c * r->n_samples));
    return SNNFE_OK;
}

static snnfe_status read_samples(reader *r, snnfe_recording *recording)
{
    uint8_t *content = NULL;
    size_t size = 0;
    const snnfe_status status = snnfe_file_read(&content, r->header.data_path, MAX_FILE, &size);
    if (status != SNNFE_OK)
        return snnfe_fail_prefix(status, "%s: [Common Infos] DataFile", r->header.ini.path);
    r->data = content;
    const snnfe_status filled = fill(r, size, recording);
    snnfe_release(content);
    return filled;
}

/* --- the recording -------------------------------------------------------------------------- */

static snnfe_status read_events(const reader *r, snnfe_recording *recording)
{
    const snnfe_brainvision *h = &r->header;
    size_t n_doubled = 0;
    if (!h->marker_path)
        return SNNFE_OK;
    SNNFE_TRY(snnfe_brainvision_markers_read(h->marker_path, recording->sampling_rate_hz, recording,
                                             &n_doubled));
    if (n_doubled == 0)
        return SNNFE_OK;
    return deviation(r, h->marker_path, n_doubled,
                     "annotations stand there twice at the same time and are taken once");
}

static snnfe_status read_recording(reader *r, const snnfe_channels *channels,
                                   double sampling_rate_hz, snnfe_recording *recording)
{
    const snnfe_brainvision *h = &r->header;
    const double wanted = sampling_rate_hz > 0 ? sampling_rate_hz : h->sampling_rate_hz;
    SNNFE_TRY(snnfe_ini_note_latin1(&h->ini, r->notes));
    SNNFE_TRY(choose(r, channels, &recording->absent));
    if (fabs(h->sampling_rate_hz - wanted) > 1e-6 * wanted)
        return snnfe_fail(SNNFE_ERR_FORMAT, "%s: sampling rate is %.10g Hz, not %.10g Hz%s",
                          h->ini.path, h->sampling_rate_hz, wanted, SNNFE_OTHER_RATE);
    recording->sampling_rate_hz = recording->recorded_hz = wanted;
    const char *maker = snnfe_ini_value(&h->ini, "User Infos", "Prop1");
    recording->synthetic = maker && strstr(maker, SNNFE_SYNTHETIC_MARK);
    SNNFE_TRY(read_samples(r, recording));
    SNNFE_TRY(snnfe_recording_spread(recording, channels->n));
    return read_events(r, recording);
}

snnfe_status snnfe_brainvision_read(const char *path, const snnfe_channels *channels,
                                    double sampling_rate_hz, bool strict,
                                    snnfe_recording *recording)
{
    reader r = {.strict = strict, .notes = &recording->notes};
    snnfe_status status = snnfe_brainvision_header_read(&r.header, path);
    if (status == SNNFE_OK)
        status = read_recording(&r, channels, sampling_rate_hz, recording);
    snnfe_brainvision_header_release(&r.header);
    return status;
}

snnfe_status snnfe_brainvision_electrodes(const char *path, const struct snnfe_positions *positions,
                                          snnfe_channels *channels)
{
    snnfe_brainvision header;
    snnfe_status status = snnfe_brainvision_header_read(&header, path);
    if (status == SNNFE_OK) {
        const snnfe_channel_list list = {path, header.n_channels, label_of, &header};
        status = snnfe_channels_electrodes(&list, positions, channels);
    }
    snnfe_brainvision_header_release(&header);
    return status;
}
