#include "synthetic/synthetic_model.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/process_lock.h"
#include "recording/edf.h"
#include "recording/edf_annotations.h"
#include "recording/edf_header.h"

#include <edflib.h>
#include <errno.h>
#include <math.h>
#include <string.h>

/* The physical range is a whole number of microvolts, since EDFlib cuts off decimals. */
typedef struct scaling {
    int type;        /* EDFlib's */
    int digital_max; /* -digital_min, too */
    int units_per_uv;
    size_t sample_bytes;
} scaling;

static const scaling scalings[] = {
    [SNNFE_FORMAT_EDF] = {EDFLIB_FILETYPE_EDFPLUS, 32000, 10, 2},
    [SNNFE_FORMAT_BDF] = {EDFLIB_FILETYPE_BDFPLUS, 8388576, 32, 3},
};

/* EDF+ demands a date; this one stands for none. */
static bool set_header(int file, const snnfe_recording *r, const scaling *scale)
{
    int failed = edf_set_startdatetime(file, 1985, 1, 1, 0, 0, 0);
    failed |= edf_set_recording_additional(file, SNNFE_SYNTHETIC_MARK);
    for (int c = 0; c < (int)r->n_channels; c++) {
        failed |= edf_set_samplefrequency(file, c, (int)r->sampling_rate_hz);
        failed |=
            edf_set_physical_maximum(file, c, (double)scale->digital_max / scale->units_per_uv);
        failed |=
            edf_set_physical_minimum(file, c, (double)-scale->digital_max / scale->units_per_uv);
        failed |= edf_set_digital_maximum(file, c, scale->digital_max);
        failed |= edf_set_digital_minimum(file, c, -scale->digital_max);
        failed |= edf_set_label(file, c, r->names[c]);
        failed |= edf_set_physical_dimension(file, c, "uV");
        failed |= edf_set_transducer(file, c, "synthetic");
    }
    return failed == 0;
}

/* One record is a second of every channel. */
static void fill_record(const snnfe_recording *r, const scaling *scale, size_t index, int *record)
{
    const size_t rate = (size_t)r->sampling_rate_hz;
    const float most = (float)scale->digital_max, units = (float)scale->units_per_uv;
    for (size_t c = 0; c < r->n_channels; c++) {
        const float *x = r->samples + c * r->n_samples + index * rate;
        for (size_t i = 0; i < rate; i++)
            record[c * rate + i] = (int)lrintf(fminf(fmaxf(x[i] * units, -most), most));
    }
}

static size_t count_records(const snnfe_recording *r)
{
    return r->n_samples / (size_t)r->sampling_rate_hz;
}

static bool write_records(int file, const snnfe_recording *r, const scaling *scale, int *record)
{
    for (size_t i = 0; i < count_records(r); i++) {
        fill_record(r, scale, i, record);
        if (edf_blockwrite_digital_samples(file, record) != 0)
            return false;
    }
    return true;
}

static bool write_events(int file, const snnfe_recording *r)
{
    for (size_t e = 0; e < r->n_events; e++) {
        const double end_s = e + 1 < r->n_events ? r->events[e + 1].onset_s
                                                 : (double)r->n_samples / r->sampling_rate_hz;
        const long long onset = llround(r->events[e].onset_s * 1e4);
        const long long end = llround(end_s * 1e4);
        if (edfwrite_annotation_utf8(file, onset, end - onset, r->events[e].text) != 0)
            return false;
    }
    return true;
}

static snnfe_status write_file(const char *path, const char *temporary, const snnfe_recording *r,
                               const scaling *scale, int *record)
{
    errno = 0;
    const int file = edfopen_file_writeonly(temporary, scale->type, (int)r->n_channels);
    if (file < 0)
        return snnfe_fail(SNNFE_ERR_IO, "%s: cannot open for writing: %s", path,
                          errno ? strerror(errno) : "EDFlib failed");
    const bool written = set_header(file, r, scale) && write_records(file, r, scale, record) &&
                         write_events(file, r);
    const bool closed = edfclose_file(file) == 0;
    if (!written || !closed)
        return snnfe_fail(SNNFE_ERR_IO, "%s: cannot write: %s", path,
                          errno ? strerror(errno) : "EDFlib failed");
    return SNNFE_OK;
}

/* EDFlib keeps a table of open files that nothing guards and that has 64 places; with one file at a
   time it needs one, and a child of fork() inherits none that is open. */
static snnfe_status write_alone(const char *path, const char *temporary, const snnfe_recording *r,
                                const scaling *scale, int *record)
{
    snnfe_process_lock_take(SNNFE_LOCK_EDFLIB);
    const snnfe_status status = write_file(path, temporary, r, scale, record);
    snnfe_process_lock_release(SNNFE_LOCK_EDFLIB);
    return status;
}

/* --- what was written ------------------------------------------------------------------------ */

static bool has_samples(const snnfe_edf_file *file, const snnfe_recording *r, const scaling *scale,
                        int *record)
{
    const size_t n = (size_t)r->n_channels * (size_t)r->sampling_rate_hz;
    for (size_t i = 0; i < count_records(r); i++) {
        const uint8_t *bytes = file->content + file->header_size + i * file->record_size;
        fill_record(r, scale, i, record);
        for (size_t k = 0; k < n; k++)
            if (snnfe_edf_sample(file, bytes + k * file->sample_bytes) != record[k])
                return false;
    }
    return true;
}

static snnfe_status compare(snnfe_edf_file *file, const snnfe_recording *r, const scaling *scale,
                            int *record)
{
    snnfe_recording read = {0};
    SNNFE_TRY(snnfe_edf_header_read(file));
    snnfe_status status = snnfe_edf_annotations_read(file, r->sampling_rate_hz, &read);
    if (status == SNNFE_OK &&
        (file->n_records != count_records(r) || read.n_events != r->n_events ||
         !has_samples(file, r, scale, record)))
        status = snnfe_fail(SNNFE_ERR_FORMAT, "other records");
    snnfe_recording_release(&read);
    return status;
}

/* EDFlib does not tell whether all writing went well. */
static snnfe_status verify(const char *path, const char *temporary, const snnfe_recording *r,
                           const scaling *scale, int *record)
{
    uint8_t *content = NULL;
    snnfe_text notes = {0};
    snnfe_edf_file file = {.path = path, .strict = true, .notes = &notes};
    SNNFE_TRY(snnfe_file_read(&content, temporary, UINT64_MAX, &file.size));
    file.content = content;
    snnfe_status status = compare(&file, r, scale, record);
    if (status != SNNFE_OK && status != SNNFE_ERR_MEMORY)
        status = snnfe_fail(SNNFE_ERR_IO, "%s: cannot write: parts of it are missing", path);
    snnfe_edf_header_release(&file);
    snnfe_text_release(&notes);
    snnfe_release(content);
    return status;
}

snnfe_status snnfe_synthetic_write_edf(const char *path, const snnfe_recording *r, int32_t format)
{
    int *record =
        snnfe_alloc_raw((size_t)r->n_channels * (size_t)r->sampling_rate_hz, sizeof *record);
    if (!record)
        return SNNFE_ERR_MEMORY;
    snnfe_writer *writer = NULL;
    snnfe_status status = snnfe_writer_open(&writer, path);
    /* EDFlib goes back to the header when the samples are written. */
    if (status == SNNFE_OK && !snnfe_writer_temporary_path(writer))
        status = snnfe_fail(SNNFE_ERR_IO, "%s: is not a regular file, which EDF needs", path);
    if (status == SNNFE_OK)
        status =
            write_alone(path, snnfe_writer_temporary_path(writer), r, &scalings[format], record);
    if (status == SNNFE_OK)
        status = verify(path, snnfe_writer_temporary_path(writer), r, &scalings[format], record);
    if (status == SNNFE_OK)
        status = snnfe_writer_commit(writer);
    else
        snnfe_writer_abort(writer);
    snnfe_release(record);
    return status;
}
