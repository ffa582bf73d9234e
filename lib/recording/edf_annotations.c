/* Time-stamped annotation lists (TALs) of EDF+: "+onset[\x15duration]\x14text\x14text\x14\0". The
   first list of a record holds an empty text first: it tells when the record begins.

   EDFlib's own reading of them is not used: it cuts texts at 512 bytes, takes 530 bytes of memory
   for as little as one byte of annotation, and does not tell when a record begins. */
#include "recording/edf_annotations.h"

#include "base/memory.h"
#include "base/utf8.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { END_OF_PART = 0x14, DURATION_FOLLOWS = 0x15 };

typedef struct found {
    double onset_s; /* from the file's start time */
    size_t text;    /* place in the texts */
} found;

/* A day of ten a second; they take some 100 bytes each while they are read. */
#define MOST_EVENTS 1000000

typedef struct reader {
    const snnfe_edf_file *file;
    size_t record, signal; /* being read */
    double begin_s;        /* of that record; NaN until its list of time is found */
    double first_s;        /* of the first record */
    double tolerance_s;
    size_t n_untimed; /* records without a time */
    size_t n_latin1;  /* texts that are not UTF-8 */
    size_t n_events, event_capacity;
    found *events;
    size_t text_size, text_capacity;
    char *texts; /* each ends with NUL */
} reader;

static snnfe_status fault(const reader *r, const char *what, const uint8_t *at, size_t n)
{
    char shown[4 * 24 + 1];
    snnfe_edf_shown(at, n < 24 ? n : 24, shown);
    return snnfe_fail(SNNFE_ERR_FORMAT, "%s: annotation signal %zu, record %zu: %s: \"%s\"",
                      r->file->path, r->signal + 1, r->record + 1, what, shown);
}

static snnfe_status add_event(reader *r, double onset_s, const uint8_t *text, size_t n)
{
    if (r->n_events == MOST_EVENTS)
        return snnfe_fail(SNNFE_ERR_FORMAT, "%s: has more than %d annotations", r->file->path,
                          MOST_EVENTS);
    if (r->n_events == r->event_capacity) {
        const size_t capacity = 2 * r->event_capacity + 64;
        found *grown = snnfe_realloc(r->events, r->event_capacity, capacity, sizeof *r->events);
        if (!grown)
            return SNNFE_ERR_MEMORY;
        r->events = grown;
        r->event_capacity = capacity;
    }
    if (r->text_capacity - r->text_size < 2 * n + 1) {
        const size_t capacity = 2 * r->text_capacity + 2 * n + 256;
        char *grown = snnfe_realloc(r->texts, r->text_capacity, capacity, 1);
        if (!grown)
            return SNNFE_ERR_MEMORY;
        r->texts = grown;
        r->text_capacity = capacity;
    }
    size_t size = 0;
    r->n_latin1 += !snnfe_utf8_copy(r->texts + r->text_size, (const char *)text, n, &size);
    r->events[r->n_events++] = (found){onset_s, r->text_size};
    r->text_size += size + 1;
    return SNNFE_OK;
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
            SNNFE_TRY(add_event(r, onset_s, at + i, size));
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
                              "%s: is marked discontinuous (EDF+D), and record %zu does not tell "
                              "when it begins",
                              file->path, r->record + 1);
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
                SNNFE_TRY(read_signal(r, record + s->offset, 2 * s->n_samples));
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
            file, "is marked discontinuous (EDF+D), but its records follow each other"));
    if (r->n_untimed > 0)
        SNNFE_TRY(snnfe_edf_deviation(file, "%zu of %zu records do not tell when they begin",
                                      r->n_untimed, file->n_records));
    if (r->n_latin1 > 0)
        return snnfe_edf_deviation(
            file, "%zu annotation texts are not UTF-8 and are taken as Latin-1", r->n_latin1);
    return SNNFE_OK;
}

/* --- order --------------------------------------------------------------------------------- */

static int by_place(const snnfe_event *x, const snnfe_event *y)
{
    return (x->text > y->text) - (x->text < y->text);
}

static int by_time(const snnfe_event *x, const snnfe_event *y)
{
    return (x->onset_s > y->onset_s) - (x->onset_s < y->onset_s);
}

static int by_time_and_text(const void *a, const void *b)
{
    const snnfe_event *x = a, *y = b;
    const int time = by_time(x, y), text = strcmp(x->text, y->text);
    return time ? time : text ? text : by_place(x, y);
}

static int by_time_and_place(const void *a, const void *b)
{
    const snnfe_event *x = a, *y = b;
    const int time = by_time(x, y);
    return time ? time : by_place(x, y);
}

/* The same text at the same time is one event: two annotation signals may hold the same cues. */
static size_t drop_doubled(snnfe_event *events, size_t n)
{
    size_t kept = 0;
    qsort(events, n, sizeof *events, by_time_and_text);
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || by_time(&events[kept - 1], &events[i]) != 0 ||
            strcmp(events[kept - 1].text, events[i].text) != 0)
            events[kept++] = events[i];
    qsort(events, kept, sizeof *events, by_time_and_place);
    return kept;
}

static snnfe_status take_events(const reader *r, snnfe_recording *recording)
{
    recording->events = snnfe_alloc(r->n_events, sizeof *recording->events);
    if (!recording->events)
        return SNNFE_ERR_MEMORY;
    for (size_t i = 0; i < r->n_events; i++)
        recording->events[i] =
            (snnfe_event){r->events[i].onset_s - r->first_s, r->texts + r->events[i].text};
    recording->n_events = r->n_events > 0 ? drop_doubled(recording->events, r->n_events) : 0;
    const size_t doubled = r->n_events - recording->n_events;
    if (doubled > 0)
        return snnfe_edf_deviation(
            r->file, "%zu annotations stand there twice at the same time and are taken once",
            doubled);
    return SNNFE_OK;
}

snnfe_status snnfe_edf_annotations_read(const snnfe_edf_file *file, double sampling_rate_hz,
                                        snnfe_recording *recording)
{
    reader r = {.file = file, .tolerance_s = 0.5 / sampling_rate_hz};
    if (!file->plus)
        return SNNFE_OK;
    snnfe_status status = read_records(&r);
    recording->event_texts = r.texts;
    if (status == SNNFE_OK)
        status = tell(&r);
    if (status == SNNFE_OK)
        status = take_events(&r, recording);
    snnfe_release(r.events);
    return status;
}
