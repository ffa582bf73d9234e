/* Samples from a descriptor, as lines of text or as binary frames (docs/live.md). */
#include "source.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BUFFER_SIZE (1 << 20)
#define FRAME_MAGIC 0x45464E53u /* "SNFE" */
#define FRAME_SIZE 24
#define MAX_FRAME_SAMPLES 1024
#define NOT_NUMBERED UINT64_MAX

#define MAX_FRAME_TEXT 32768

enum { FRAME_SAMPLES = 1, FRAME_CUE = 2, FRAME_TEXT = 3 };

typedef struct reader {
    int fd;
    live_input *input;
    bool binary, ended;
    bool begun;    /* there was a sample */
    uint64_t unit; /* lines or frames so far */
    size_t first, size;
    char buffer[BUFFER_SIZE + 1];
    float row[LIVE_MAX_COLUMNS]; /* one sample as it comes */
    float samples[MAX_FRAME_SAMPLES * LIVE_MAX_CHANNELS];
} reader;

static void close_reader(void *state)
{
    reader *r = state;
    if (r->fd != STDIN_FILENO)
        close(r->fd);
    free(r);
}

static live_event failed(const reader *r, const char *what)
{
    cli_error("%s: %s %llu: %s", r->input->name, r->binary ? "frame" : "line",
              (unsigned long long)r->unit, what);
    return (live_event){.kind = LIVE_FAILED};
}

/* More bytes; LIVE_SAMPLES stands for "some came". */
static live_kind fill(reader *r)
{
    if (r->first > 0) {
        memmove(r->buffer, r->buffer + r->first, r->size);
        r->first = 0;
    }
    struct pollfd wait = {.fd = r->fd, .events = POLLIN};
    const int ready = poll(&wait, 1, 100);
    if (ready == 0 || (ready < 0 && errno == EINTR))
        return LIVE_IDLE;
    const ssize_t n = read(r->fd, r->buffer + r->size, BUFFER_SIZE - r->size);
    if (n < 0 && errno == EINTR)
        return LIVE_IDLE;
    if (n < 0) {
        cli_error("%s: cannot read: %s", r->input->name, strerror(errno));
        return LIVE_FAILED;
    }
    r->size += (size_t)n;
    r->ended = n == 0;
    return r->ended ? LIVE_END : LIVE_SAMPLES;
}

/* --- text ----------------------------------------------------------------------------------- */

static live_event parse_cue(const reader *r, const char *text)
{
    live_event event = {.kind = LIVE_CUE, .label = -1};
    char *end = NULL;
    if (*text == '\0')
        return event;
    const long label = strtol(text, &end, 10);
    if (end == text || *end != '\0' || label < 0 || label >= (long)r->input->n_classes)
        return failed(r, "no class of the network follows \"cue\"");
    event.label = (int32_t)label;
    return event;
}

/* Which of the input's columns is which channel must be settled before the first sample. */
static bool settle(reader *r, size_t n_columns)
{
    char where[64];
    if (r->begun)
        return true;
    r->begun = true;
    snprintf(where, sizeof where, "%s %llu", r->binary ? "frame" : "line",
             (unsigned long long)r->unit);
    if (live_input_settle(r->input, n_columns))
        return true;
    cli_error("%s: this was at %s", r->input->name, where);
    return false;
}

/* The values of a line, as many as there are; -1 for a line that is none. */
static int64_t scan_values(reader *r, char *text)
{
    int64_t n = 0;
    for (;; n++) {
        text += strspn(text, " \t,");
        if (*text == '\0')
            return n;
        char *end = NULL;
        const float value = strtof(text, &end);
        if (end == text || !strchr(" \t,", *end))
            return -1;
        if (n < LIVE_MAX_COLUMNS)
            r->row[n] = value;
        text = end;
    }
}

static live_event parse_values(reader *r, char *text)
{
    live_event event = {.kind = LIVE_SAMPLES, .samples = r->samples, .n = 1, .label = -1};
    if (*text == '@') {
        char *end = NULL;
        if (text[1] < '0' || text[1] > '9')
            return failed(r, "no sample number follows \"@\"");
        errno = 0;
        event.number = strtoull(text + 1, &end, 10);
        if (errno == ERANGE)
            return failed(r, "the sample number is 2^64 or more");
        event.numbered = true;
        text = end;
    }
    const int64_t n = scan_values(r, text);
    if (n < 0)
        return failed(r, "neither numbers nor one of cue, channels, rate, unit and session");
    if (!settle(r, (size_t)n))
        return (live_event){.kind = LIVE_FAILED};
    if ((size_t)n != r->input->n_columns) {
        char what[80];
        snprintf(what, sizeof what, "%lld values, not %zu as before", (long long)n,
                 r->input->n_columns);
        return failed(r, what);
    }
    live_input_take(r->input, r->row, r->samples);
    return event;
}

/* What stands behind a word; NULL if the line does not begin with it. */
static const char *behind_word(const char *line, const char *word)
{
    const size_t n = strlen(word);
    if (strncmp(line, word, n) != 0 || !strchr(" \t", line[n]))
        return NULL;
    return line + n + strspn(line + n, " \t");
}

/* What an input says of itself before its first sample. */
static live_event parse_header(reader *r, const char *channels, const char *rate, const char *unit)
{
    live_input *input = r->input;
    if (r->begun)
        return failed(r, "channels, rate and unit must come before the first sample");
    if ((channels && input->n_names > 0) || (rate && input->rate_hz > 0))
        return failed(r, "was given before (on the command line or by the input)");
    char *end = NULL;
    const double hz = rate ? strtod(rate, &end) : 0;
    if (rate && (end == rate || *end != '\0'))
        return failed(r, "no number follows \"rate\"");
    const bool good = channels ? live_input_set_names(input, channels)
                      : rate   ? live_input_set_rate(input, hz)
                               : live_input_set_unit(input, unit);
    return (live_event){.kind = good ? LIVE_IDLE : LIVE_FAILED};
}

static live_event parse_line(reader *r, char *line)
{
    line += strspn(line, " \t");
    size_t length = strlen(line);
    while (length > 0 && strchr(" \t\r", line[length - 1]))
        line[--length] = '\0';
    if (*line == '\0' || *line == '#')
        return (live_event){.kind = LIVE_IDLE};
    if (strcmp(line, "session") == 0)
        return (live_event){.kind = LIVE_SESSION};
    const char *cue = behind_word(line, "cue");
    if (cue)
        return parse_cue(r, cue);
    const char *channels = behind_word(line, "channels"), *rate = behind_word(line, "rate");
    const char *unit = behind_word(line, "unit");
    if (channels || rate || unit)
        return parse_header(r, channels, rate, unit);
    return parse_values(r, line);
}

static live_event next_line(void *state)
{
    reader *r = state;
    for (;;) {
        char *line = r->buffer + r->first;
        char *end = memchr(line, '\n', r->size);
        /* The last line may lack its end. */
        if (!end && r->ended && r->size > 0)
            end = line + r->size;
        if (end) {
            const size_t length = (size_t)(end - line), taken = length + (*end == '\n');
            *end = '\0';
            r->unit++;
            r->first += taken < r->size ? taken : r->size;
            r->size -= taken < r->size ? taken : r->size;
            if (strlen(line) != length)
                return failed(r, "has a NUL in it");
            const live_event event = parse_line(r, line);
            if (event.kind != LIVE_IDLE)
                return event;
            continue;
        }
        if (r->ended)
            return (live_event){.kind = LIVE_END};
        if (r->size == BUFFER_SIZE)
            return failed(r, "is too long");
        const live_kind kind = fill(r);
        if (kind == LIVE_IDLE || kind == LIVE_FAILED)
            return (live_event){.kind = kind};
    }
}

/* --- binary --------------------------------------------------------------------------------- */

static uint64_t little_endian(const char *bytes, size_t n)
{
    uint64_t value = 0;
    for (size_t i = n; i-- > 0;)
        value = value << 8 | (unsigned char)bytes[i];
    return value;
}

/* A line of text in a frame. */
static live_event parse_text_frame(reader *r, const char *text, size_t length)
{
    char line[MAX_FRAME_TEXT + 1];
    memcpy(line, text, length);
    line[length] = '\0';
    if (strlen(line) != length || strchr(line, '\n'))
        return failed(r, "its text is not one line");
    const live_event event = parse_line(r, line);
    /* Samples are numbers, and text of blanks says nothing. */
    return event.kind == LIVE_SAMPLES ? failed(r, "its text holds samples")
           : event.kind == LIVE_IDLE  ? (live_event){.kind = LIVE_SAMPLES}
                                      : event;
}

static void convert_rows(reader *r, const char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t c = 0; c < r->input->n_columns; c++, bytes += 4) {
            const uint32_t bits = (uint32_t)little_endian(bytes, 4);
            memcpy(&r->row[c], &bits, sizeof bits);
        }
        live_input_take(r->input, r->row, r->samples + i * r->input->n_channels);
    }
}

static live_event parse_samples(reader *r, const char *frame, size_t *taken)
{
    const uint32_t count = (uint32_t)little_endian(frame + 8, 4);
    const uint32_t columns = (uint32_t)little_endian(frame + 12, 4);
    live_event event = {.kind = LIVE_SAMPLES, .samples = r->samples, .n = count, .label = -1};
    if (count > MAX_FRAME_SAMPLES)
        return failed(r, "more than 1024 samples");
    if (columns == 0 || columns > LIVE_MAX_COLUMNS)
        return failed(r, "no channel, or more than 1024");
    if (!settle(r, columns))
        return (live_event){.kind = LIVE_FAILED};
    if (columns != r->input->n_columns)
        return failed(r, "another number of channels than before");
    *taken += (size_t)4 * count * columns;
    if (*taken > BUFFER_SIZE)
        return failed(r, "more than a mebibyte");
    if (r->size < *taken)
        return (live_event){.kind = LIVE_IDLE};
    convert_rows(r, frame + FRAME_SIZE, count);
    event.number = little_endian(frame + 16, 8);
    event.numbered = event.number != NOT_NUMBERED;
    return event;
}

static live_event parse_frame(reader *r, size_t *taken)
{
    const char *frame = r->buffer + r->first;
    const uint32_t kind = (uint32_t)little_endian(frame + 4, 4);
    const uint32_t count = (uint32_t)little_endian(frame + 8, 4);
    *taken = FRAME_SIZE;
    if (little_endian(frame, 4) != FRAME_MAGIC)
        return failed(r, "does not begin with \"SNFE\"");
    if (kind == FRAME_SAMPLES)
        return parse_samples(r, frame, taken);
    if (kind == FRAME_CUE && count > r->input->n_classes)
        return failed(r, "a cue of no class");
    if (kind == FRAME_CUE)
        return (live_event){.kind = LIVE_CUE, .label = (int32_t)count - 1};
    if (kind != FRAME_TEXT)
        return failed(r, "neither samples nor a cue nor text");
    if (count > MAX_FRAME_TEXT)
        return failed(r, "its text is too long");
    *taken += count;
    return r->size < *taken ? (live_event){.kind = LIVE_IDLE}
                            : parse_text_frame(r, frame + FRAME_SIZE, count);
}

static live_event next_frame(void *state)
{
    reader *r = state;
    for (;;) {
        if (r->size >= FRAME_SIZE) {
            size_t taken = 0;
            r->unit++;
            const live_event event = parse_frame(r, &taken);
            if (event.kind != LIVE_IDLE) {
                r->first += taken;
                r->size -= taken;
                return event;
            }
            r->unit--;
        }
        if (r->ended && r->size > 0) {
            r->unit++;
            return failed(r, "is cut short");
        }
        if (r->ended)
            return (live_event){.kind = LIVE_END};
        const live_kind kind = fill(r);
        if (kind == LIVE_IDLE || kind == LIVE_FAILED)
            return (live_event){.kind = kind};
    }
}

bool live_open_stream(live_source *source, live_input *input, int fd, bool binary)
{
    reader *r = calloc(1, sizeof *r);
    if (!r) {
        cli_error("out of memory");
        return false;
    }
    r->fd = fd;
    r->input = input;
    r->binary = binary;
    *source = (live_source){r, binary ? next_frame : next_line, close_reader};
    return true;
}
