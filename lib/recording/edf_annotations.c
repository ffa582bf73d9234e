/* Time-stamped annotation lists (TALs) of EDF+: "+onset[\x15duration]\x14text\x14text\x14\0". The
   first list of a record holds an empty text first: it tells when the record begins.

   EDFlib's own reading of them is not used: it cuts texts at 512 bytes, takes 530 bytes of memory
   for as little as one byte of annotation, and does not tell when a record begins. */
#include "recording/edf_annotations.h"

#include "recording/event_list.h"

#include <math.h>
#include <string.h>

enum { END_OF_PART = 0x14, DURATION_FOLLOWS = 0x15 };

typedef struct reader {
    const snnfe_edf_file *file;
    size_t record, signal; /* being read */
    double begin_s;        /* of that record; NaN until its list of time is found */
    double first_s;        /* of the first record */
    double tolerance_s;
    size_t n_untimed;        /* records without a time */
    snnfe_event_list events; /* from the file's start time */
} reader;

static snnfe_status fault(const reader *r, const char *what, const uint8_t *at, size_t n)
{
    char shown[4 * 24 + 1];
    snnfe_edf_shown(at, n < 24 ? n : 24, shown);
    return snnfe_fail(SNNFE_ERR_FORMAT, "%s: annotation signal %zu, record %zu: %s: \"%s\"",
                      r->file->path, r->signal + 1, r->record + 1, what, shown);
}

/* Seconds as EDF+ writes them: digits and at most one dot. */
static bool seconds(const uint8_t *at, size_t n, double *value)
{
    char text[32];
    if (n == 0 || n >= sizeof text)
        return false;
    memcpy(text, at, n);
    text[n] = '\0';
    const size_t sign = text[0] == '+' || text[0] == '-';
    return strspn(text + sign, "0123456789.") == n - sign && snnfe_parse_double(text, value);
}

/* The time of a list, from `at` on; `*length` bytes with the byte that ends it. */
static snnfe_status read_time(const reader *r, const uint8_t *at, size_t n, double *onset_s,
                              size_t *length)
{
    const uint8_t *end = memchr(at, END_OF_PART, n);
    if (!end)
        return fault(r, "a list of annotations does not end", at, n);
    const uint8_t *duration = memchr(at, DURATION_FOLLOWS, (size_t)(end - at));
    const uint8_t *onset_end = duration ? duration : end;
    if ((at[0] != '+' && at[0] != '-') || !seconds(at, (size_t)(onset_end - at), onset_s))
        return fault(r, "time of an annotation is not + or - and seconds", at,
                     (size_t)(onset_end - at));
    double unused = 0;
    if (duration && !seconds(duration + 1, (size_t)(end - duration - 1), &unused))
        return fault(r, "duration of an annotation is no number of seconds", duration + 1,
                     (size_t)(end - duration - 1));
    *length = (size_t)(end - at) + 1;
    return SNNFE_OK;
}

/* One list; `*length` bytes without the NUL behind it. */
static snnfe_status read_list(reader *r, const uint8_t *at, size_t n, size_t *length)
{
    double onset_s = 0;
    size_t i = 0;
    SNNFE_TRY(read_time(r, at, n, &onset_s, &i));
    for (bool first = true; i < n && at[i] != '\0'; first = false) {
        const uint8_t *end = memchr(at + i, END_OF_PART, n - i);
        const size_t size = end ? (size_t)(end - at) - i : 0;
        if (!end || memchr(at + i, '\0', size))
            return fault(r, "text of an annotation does not end", at + i, n - i);
        if (size > 0)
            SNNFE_TRY(snnfe_event_list_add(&r->events, onset_s, (const char *)at + i, size));
        else if (first && isnan(r->begin_s))
            r->begin_s = onset_s;
        i += size + 1;
    }
    *length = i;
    return SNNFE_OK;
}

static snnfe_status read_signal(reader *r, const uint8_t *at, size_t n)
{
    for (size_t i = 0, length = 0; i < n; i += length) {
        length = 1;
        if (at[i] != '\0')
            SNNFE_TRY(read_list(r, at + i, n - i, &length));
    }
    return SNNFE_OK;
}

/* Where a record does not begin when the one before it ends, later samples have wrong times. */
static snnfe_status check_time(reader *r)
{
    const snnfe_edf_file *file = r->file;
    if (isnan(r->begin_s)) {
        r->n_untimed++;
        if (file->discontinuous)
            return snnfe_fail(SNNFE_ERR_UNSUPPORTED,
                              "%s: is marked discontinuous (%s+D), and record %zu does not tell "
                              "when it begins",
                              file->path, snnfe_edf_format(file), r->record + 1);
        return SNNFE_OK;
    }
    if (r->record == 0)
        r->first_s = r->begin_s;
    const double due_s = r->first_s + (double)r->record * file->record_s;
    if (fabs(r->begin_s - due_s) <= r->tolerance_s)
        return SNNFE_OK;
    return snnfe_fail(SNNFE_ERR_UNSUPPORTED,
                      "%s: is discontinuous: record %zu begins at %.9g s, not at %.9g s where the "
                      "one before it ends",
                      file->path, r->record + 1, r->begin_s, due_s);
}

static snnfe_status read_records(reader *r)
{
    const snnfe_edf_file *file = r->file;
    for (r->record = 0; r->record < file->n_records; r->record++) {
        const uint8_t *record = file->content + file->header_size + r->record * file->record_size;
        r->begin_s = (double)NAN;
        for (r->signal = 0; r->signal < file->n_signals; r->signal++) {
            const snnfe_edf_signal *s = &file->signals[r->signal];
            if (s->annotations)
                SNNFE_TRY(read_signal(r, record + s->offset, file->sample_bytes * s->n_samples));
        }
        SNNFE_TRY(check_time(r));
    }
    return SNNFE_OK;
}

static snnfe_status tell(const reader *r)
{
    const snnfe_edf_file *file = r->file;
    if (file->discontinuous)
        SNNFE_TRY(snnfe_edf_deviation(
            file, "is marked discontinuous (%s+D), but its records follow each other",
            snnfe_edf_format(file)));
    if (r->n_untimed > 0)
        SNNFE_TRY(snnfe_edf_deviation(file, "%zu of %zu records do not tell when they begin",
                                      r->n_untimed, file->n_records));
    if (r->events.n_latin1 > 0)
        return snnfe_edf_deviation(file,
                                   "%zu annotation texts are not UTF-8 and are taken as Latin-1",
                                   r->events.n_latin1);
    return SNNFE_OK;
}

static snnfe_status take_events(reader *r, snnfe_recording *recording)
{
    size_t n_doubled = 0;
    SNNFE_TRY(snnfe_event_list_give(&r->events, r->first_s, recording, &n_doubled));
    if (n_doubled == 0)
        return SNNFE_OK;
    return snnfe_edf_deviation(
        r->file, "%zu annotations stand there twice at the same time and are taken once",
        n_doubled);
}

snnfe_status snnfe_edf_annotations_read(const snnfe_edf_file *file, double sampling_rate_hz,
                                        snnfe_recording *recording)
{
    reader r = {
        .file = file, .tolerance_s = 0.5 / sampling_rate_hz, .events = {.path = file->path}};
    if (!file->plus)
        return SNNFE_OK;
    snnfe_status status = read_records(&r);
    if (status == SNNFE_OK)
        status = tell(&r);
    if (status == SNNFE_OK)
        status = take_events(&r, recording);
    snnfe_event_list_release(&r.events);
    return status;
}
