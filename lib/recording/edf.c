#include "recording/edf.h"

#include "base/file.h"
#include "base/hash.h"
#include "base/memory.h"
#include "recording/bdf_status.h"
#include "recording/edf_annotations.h"
#include "recording/edf_samples.h"
#include "recording/units.h"

#include <math.h>
#include <string.h>

#define MAX_FILE (UINT64_C(2) << 30)

static const char *label_of(const void *context, size_t index)
{
    const snnfe_edf_file *file = context;
    return file->signals[index].annotations ? NULL : file->signals[index].label;
}

static snnfe_status check_signal(const snnfe_edf_file *file, const snnfe_edf_signal *s,
                                 double sampling_rate_hz, bool asked, size_t per_record)
{
    const double rate = (double)s->n_samples / file->record_s;
    if (fabs(rate - sampling_rate_hz) > 1e-6 * sampling_rate_hz)
        return snnfe_fail(
            SNNFE_ERR_FORMAT, "%s: sampling rate of channel \"%s\" is %.10g Hz, not %.10g Hz%s",
            file->path, s->label, rate, sampling_rate_hz, asked ? SNNFE_OTHER_RATE : "");
    if (s->n_samples != per_record)
        return snnfe_fail(SNNFE_ERR_FORMAT, "%s: channel \"%s\" has %zu samples a record, not %zu",
                          file->path, s->label, s->n_samples, per_record);
    if (snnfe_microvolts(s->dimension) <= 0)
        return snnfe_fail(SNNFE_ERR_FORMAT, "%s: unit of channel \"%s\" is \"%s\", no voltage",
                          file->path, s->label, s->dimension);
    if (s->range_fault[0] != '\0')
        return snnfe_fail(SNNFE_ERR_FORMAT, "%s: %s", file->path, s->range_fault);
    return SNNFE_OK;
}

/* `*rate_hz` of 0 becomes that of the first channel. */
static snnfe_status select_signals(const snnfe_edf_file *file, const snnfe_channels *channels,
                                   double *rate_hz, snnfe_edf_selection *chosen, uint64_t *absent)
{
    const snnfe_channel_list list = {file->path, file->n_signals, label_of, file};
    snnfe_channels present;
    SNNFE_TRY(snnfe_channels_present(&list, channels, &present, absent));
    const bool asked = *rate_hz > 0;
    chosen->n = present.n;
    for (size_t c = 0; c < chosen->n; c++) {
        SNNFE_TRY(snnfe_channel_find(&list, present.names[c], &chosen->signals[c]));
        const snnfe_edf_signal *s = &file->signals[chosen->signals[c]];
        if (!(*rate_hz > 0))
            *rate_hz = (double)s->n_samples / file->record_s;
        SNNFE_TRY(
            check_signal(file, s, *rate_hz, asked, file->signals[chosen->signals[0]].n_samples));
        chosen->unit_uv[c] = snnfe_microvolts(s->dimension);
    }
    return SNNFE_OK;
}

static bool is_chosen(const snnfe_edf_selection *chosen, size_t signal)
{
    for (size_t c = 0; c < chosen->n; c++)
        if (chosen->signals[c] == signal)
            return true;
    return false;
}

static snnfe_status tell_of_others(const snnfe_edf_file *file, const snnfe_edf_selection *chosen)
{
    for (size_t i = 0; i < file->n_signals; i++)
        if (file->signals[i].range_fault[0] != '\0' && !is_chosen(chosen, i))
            SNNFE_TRY(
                snnfe_edf_deviation(file, "%s; it is not asked for", file->signals[i].range_fault));
    return SNNFE_OK;
}

/* Signals that were not calibrated are left without a unit. */
static snnfe_status tell_of_units(const snnfe_edf_file *file, const snnfe_edf_selection *chosen)
{
    const snnfe_edf_signal *first = NULL;
    size_t n = 0;
    for (size_t c = 0; c < chosen->n; c++) {
        const snnfe_edf_signal *s = &file->signals[chosen->signals[c]];
        if (s->dimension[strspn(s->dimension, " ")] == '\0' && n++ == 0)
            first = s;
    }
    return n == 0
               ? SNNFE_OK
               : snnfe_edf_deviation(file,
                                     "channels without a unit, taken as microvolts: %zu, the first "
                                     "\"%s\"",
                                     n, first->label);
}

static snnfe_status tell_of_constants(const snnfe_edf_file *file, const snnfe_edf_selection *chosen)
{
    for (size_t c = 0; c < chosen->n; c++) {
        const snnfe_edf_signal *s = &file->signals[chosen->signals[c]];
        if (snnfe_edf_is_constant(s))
            SNNFE_TRY(snnfe_edf_deviation(
                file, "range of channel \"%s\" is a single value; it is read as %g %s throughout",
                s->label, s->physical_min, s->dimension));
    }
    return SNNFE_OK;
}

static void convert(const snnfe_edf_signal *s, double unit_uv, const int *digital, float *out)
{
    const double step = (s->physical_max - s->physical_min) / (s->digital_max - s->digital_min);
    for (size_t i = 0; i < s->n_samples; i++)
        out[i] = (float)(((digital[i] - s->digital_min) * step + s->physical_min) * unit_uv);
}

static void fill_constant(const snnfe_edf_signal *s, double unit_uv, float *out)
{
    for (size_t i = 0; i < s->n_samples; i++)
        out[i] = (float)(s->physical_min * unit_uv);
}

/* Record by record, in the order of the file: reading signal by signal would make EDFlib seek
   through the whole file for each of them. */
static snnfe_status read_records(const snnfe_edf_file *file, const snnfe_edf_selection *chosen,
                                 snnfe_edf_samples *samples, float *out, size_t *n_beyond)
{
    const size_t length = file->signals[chosen->signals[0]].n_samples;
    for (size_t r = 0; r < file->n_records; r++)
        for (size_t c = 0; c < chosen->n; c++) {
            const snnfe_edf_signal *s = &file->signals[chosen->signals[c]];
            float *at = out + (c * file->n_records + r) * length;
            const int *digital = NULL;
            if (snnfe_edf_is_constant(s)) {
                fill_constant(s, chosen->unit_uv[c], at);
                continue;
            }
            SNNFE_TRY(snnfe_edf_samples_read(samples, r, c, &digital, n_beyond));
            convert(s, chosen->unit_uv[c], digital, at);
        }
    return SNNFE_OK;
}

static snnfe_status read_samples(const snnfe_edf_file *file, const snnfe_edf_selection *chosen,
                                 double sampling_rate_hz, snnfe_recording *recording)
{
    const size_t n_samples = file->signals[chosen->signals[0]].n_samples * file->n_records;
    if (n_samples > INT32_MAX)
        return snnfe_fail(SNNFE_ERR_FORMAT, "%s: has %zu samples a channel", file->path, n_samples);
    recording->n_channels = (uint32_t)chosen->n;
    recording->n_samples = n_samples;
    recording->sampling_rate_hz = recording->recorded_hz = sampling_rate_hz;
    recording->samples = snnfe_alloc_raw(chosen->n * n_samples, sizeof(float));
    if (!recording->samples)
        return SNNFE_ERR_MEMORY;
    snnfe_edf_samples *samples = NULL;
    size_t n_beyond = 0;
    SNNFE_TRY(snnfe_edf_samples_open(&samples, file, chosen));
    const snnfe_status status = read_records(file, chosen, samples, recording->samples, &n_beyond);
    snnfe_edf_samples_close(samples);
    if (status == SNNFE_OK && n_beyond > 0)
        return snnfe_edf_deviation(
            file, "samples beyond the digital range of their channel, set to its end: %zu",
            n_beyond);
    return status;
}

/* The recording field in full, 80 bytes at 88; EDF+ writes blanks within parts as '_'. */
static bool is_marked_synthetic(const uint8_t *content)
{
    char field[81];
    for (size_t i = 0; i < 80; i++)
        field[i] = content[88 + i] == '_' ? ' ' : (char)content[88 + i];
    field[80] = '\0';
    return strstr(field, SNNFE_SYNTHETIC_MARK) != NULL;
}

/* Of all whole records, without the header: people edit names and dates there, and it is still the
   same recording. */
static uint64_t hash_records(const snnfe_edf_file *file)
{
    return snnfe_hash_bytes(SNNFE_HASH_START, file->content + file->header_size,
                            file->n_records * file->record_size);
}

static snnfe_status read_file(snnfe_edf_file *file, const snnfe_channels *channels,
                              double sampling_rate_hz, snnfe_recording *recording)
{
    snnfe_edf_selection chosen = {0};
    SNNFE_TRY(select_signals(file, channels, &sampling_rate_hz, &chosen, &recording->absent));
    SNNFE_TRY(tell_of_others(file, &chosen));
    SNNFE_TRY(tell_of_units(file, &chosen));
    SNNFE_TRY(tell_of_constants(file, &chosen));
    recording->synthetic = is_marked_synthetic(file->content);
    recording->hash = hash_records(file);
    SNNFE_TRY(read_samples(file, &chosen, sampling_rate_hz, recording));
    SNNFE_TRY(snnfe_recording_spread(recording, channels->n));
    SNNFE_TRY(snnfe_bdf_status_read(file, recording));
    return snnfe_edf_annotations_read(file, sampling_rate_hz, recording);
}

/* The whole file is read: how many records there are is part of the header's check. */
static snnfe_status open_file(snnfe_edf_file *file, uint8_t **content)
{
    SNNFE_TRY(snnfe_file_read(content, file->path, MAX_FILE, &file->size));
    file->content = *content;
    return snnfe_edf_header_read(file);
}

static void close_file(snnfe_edf_file *file, uint8_t *content)
{
    snnfe_edf_header_release(file);
    snnfe_release(content);
}

snnfe_status snnfe_edf_electrodes(const char *path, bool strict,
                                  const struct snnfe_positions *positions, snnfe_channels *channels)
{
    uint8_t *content = NULL;
    snnfe_text notes = {0}; /* told when the file is read for its samples */
    snnfe_edf_file file = {.path = path, .strict = strict, .notes = &notes};
    snnfe_status status = open_file(&file, &content);
    if (status == SNNFE_OK) {
        const snnfe_channel_list list = {path, file.n_signals, label_of, &file};
        status = snnfe_channels_electrodes(&list, positions, channels);
    }
    close_file(&file, content);
    snnfe_text_release(&notes);
    return status;
}

snnfe_status snnfe_edf_read(const char *path, const snnfe_channels *channels,
                            double sampling_rate_hz, bool strict, snnfe_recording *recording)
{
    uint8_t *content = NULL;
    snnfe_edf_file file = {.path = path, .strict = strict, .notes = &recording->notes};
    snnfe_status status = open_file(&file, &content);
    if (status == SNNFE_OK)
        status = read_file(&file, channels, sampling_rate_hz, recording);
    close_file(&file, content);
    return status;
}
