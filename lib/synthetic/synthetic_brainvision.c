/* Synthetic recordings in BrainVision's format: floats, sample by sample. */
#include "synthetic/synthetic_model.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "recording/edf.h"

#include <math.h>
#include <string.h>

/* "folder/name.vhdr" with another ending. */
static snnfe_status path_of(snnfe_text *path, const char *header, const char *ending)
{
    snnfe_text_append(path, "%.*s%s", (int)(strlen(header) - 5), header, ending);
    return path->failed ? SNNFE_ERR_MEMORY : SNNFE_OK;
}

/* The name of a file, without its folder and ending. */
static int stem_of(const char *header, const char **stem)
{
    const char *slash = strrchr(header, '/');
    *stem = slash ? slash + 1 : header;
    return (int)strlen(*stem) - 5;
}

static snnfe_status write_header(const char *path, const snnfe_recording *r)
{
    const char *stem = NULL;
    const int n = stem_of(path, &stem);
    snnfe_text text = {0};
    snnfe_text_append(&text,
                      "Brain Vision Data Exchange Header File Version 1.0\r\n"
                      "; " SNNFE_SYNTHETIC_MARK "\r\n\r\n[Common Infos]\r\nCodepage=UTF-8\r\n"
                      "DataFile=%.*s.eeg\r\nMarkerFile=%.*s.vmrk\r\nDataFormat=BINARY\r\n"
                      "DataOrientation=MULTIPLEXED\r\nNumberOfChannels=%u\r\n"
                      "SamplingInterval=%.15g\r\n\r\n[User Infos]\r\n"
                      "Prop1=string,source," SNNFE_SYNTHETIC_MARK "\r\n\r\n[Binary Infos]\r\n"
                      "BinaryFormat=IEEE_FLOAT_32\r\n\r\n[Channel Infos]\r\n",
                      n, stem, n, stem, (unsigned)r->n_channels, 1e6 / r->sampling_rate_hz);
    for (size_t c = 0; c < r->n_channels; c++)
        snnfe_text_append(&text, "Ch%zu=%s,,1,\xc2\xb5V\r\n", c + 1, r->names[c]);
    const snnfe_status status = snnfe_text_save(&text, path);
    snnfe_text_release(&text);
    return status;
}

static snnfe_status write_markers(const char *path, const char *header, const snnfe_recording *r)
{
    const char *stem = NULL;
    const int n = stem_of(header, &stem);
    snnfe_text text = {0};
    snnfe_text_append(&text,
                      "Brain Vision Data Exchange Marker File, Version 1.0\r\n\r\n[Common Infos]"
                      "\r\nCodepage=UTF-8\r\nDataFile=%.*s.eeg\r\n\r\n[Marker Infos]\r\n"
                      "Mk1=New Segment,,1,1,0\r\n",
                      n, stem);
    for (size_t e = 0; e < r->n_events; e++)
        snnfe_text_append(&text, "Mk%zu=Stimulus,%s,%lld,1,0\r\n", e + 2, r->events[e].text,
                          llround(r->events[e].onset_s * r->sampling_rate_hz) + 1);
    const snnfe_status status = snnfe_text_save(&text, path);
    snnfe_text_release(&text);
    return status;
}

static void put_float(uint8_t *out, float value)
{
    uint32_t bits = 0;
    memcpy(&bits, &value, sizeof bits);
    for (int i = 0; i < 4; i++)
        out[i] = (uint8_t)(bits >> 8 * i);
}

static snnfe_status write_samples(const char *path, const snnfe_recording *r)
{
    const size_t size = 4 * (size_t)r->n_channels * r->n_samples;
    uint8_t *content = snnfe_alloc_raw(size, 1);
    if (!content)
        return SNNFE_ERR_MEMORY;
    for (size_t t = 0; t < r->n_samples; t++)
        for (size_t c = 0; c < r->n_channels; c++)
            put_float(content + 4 * (t * r->n_channels + c), r->samples[c * r->n_samples + t]);
    const snnfe_status status = snnfe_file_write(path, content, size);
    snnfe_release(content);
    return status;
}

snnfe_status snnfe_synthetic_write_brainvision(const char *path, const snnfe_recording *r)
{
    snnfe_text markers = {0}, samples = {0};
    snnfe_status status = path_of(&markers, path, ".vmrk");
    if (status == SNNFE_OK)
        status = path_of(&samples, path, ".eeg");
    if (status == SNNFE_OK)
        status = write_samples(samples.data, r);
    if (status == SNNFE_OK)
        status = write_markers(markers.data, path, r);
    if (status == SNNFE_OK)
        status = write_header(path, r);
    snnfe_text_release(&markers);
    snnfe_text_release(&samples);
    return status;
}
