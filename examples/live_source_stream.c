/* Samples from a descriptor, as lines of text or as binary frames (docs/live.md). */
#include "live_source.h"

#include <errno.h>
#include <math.h>
#include <netdb.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BUFFER_SIZE (1 << 20)
#define FRAME_MAGIC 0x45464E53u /* "SNFE" */
#define FRAME_SIZE 24
#define MAX_FRAME_SAMPLES 1024
#define NOT_NUMBERED UINT64_MAX

enum { FRAME_SAMPLES = 1, FRAME_CUE = 2 };

typedef struct reader {
    int fd;
    const char *name;
    bool binary, ended;
    size_t n_channels;
    uint32_t n_classes;
    uint64_t unit; /* lines or frames so far */
    size_t first, size;
    char buffer[BUFFER_SIZE + 1];
    float samples[MAX_FRAME_SAMPLES * 64];
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
    cli_error("%s: %s %llu: %s", r->name, r->binary ? "frame" : "line", (unsigned long long)r->unit,
              what);
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
        cli_error("%s: cannot read: %s", r->name, strerror(errno));
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
    if (end == text || *end != '\0' || label < 0 || label >= (long)r->n_classes)
        return failed(r, "no class follows \"cue\"");
    event.label = (int32_t)label;
    return event;
}

static live_event parse_values(reader *r, char *text)
{
    live_event event = {.kind = LIVE_SAMPLES, .samples = r->samples, .n = 1, .label = -1};
    if (*text == '@') {
        char *end = NULL;
        if (text[1] < '0' || text[1] > '9')
            return failed(r, "no sample number follows \"@\"");
        event.number = strtoull(text + 1, &end, 10);
        event.numbered = true;
        text = end;
    }
    size_t n = 0;
    for (;;) {
        text += strspn(text, " \t,");
        if (*text == '\0')
            break;
        char *end = NULL;
        const float value = strtof(text, &end);
        if (end == text || n == r->n_channels || !strchr(" \t,", *end))
            return failed(r, n == r->n_channels ? "more values than channels" : "not a number");
        r->samples[n++] = value;
        text = end;
    }
    return n == r->n_channels ? event : failed(r, "fewer values than channels");
}

static live_event parse_line(reader *r, char *line)
{
    line += strspn(line, " \t");
    size_t length = strlen(line);
    while (length > 0 && strchr(" \t\r", line[length - 1]))
        line[--length] = '\0';
    if (*line == '\0' || *line == '#')
        return (live_event){.kind = LIVE_IDLE};
    if (strncmp(line, "cue", 3) == 0 && strchr(" \t", line[3]))
        return parse_cue(r, line + 3 + strspn(line + 3, " \t"));
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

static live_event parse_frame(reader *r, size_t *taken)
{
    const char *frame = r->buffer + r->first;
    const uint32_t kind = (uint32_t)little_endian(frame + 4, 4);
    const uint32_t count = (uint32_t)little_endian(frame + 8, 4);
    const uint32_t channels = (uint32_t)little_endian(frame + 12, 4);
    live_event event = {.kind = LIVE_SAMPLES, .samples = r->samples, .n = count, .label = -1};
    *taken = FRAME_SIZE;
    if (little_endian(frame, 4) != FRAME_MAGIC)
        return failed(r, "does not begin with \"SNFE\"");
    if (kind == FRAME_CUE) {
        if (count > r->n_classes)
            return failed(r, "a cue of no class");
        event.kind = LIVE_CUE;
        event.label = (int32_t)count - 1;
        return event;
    }
    if (kind != FRAME_SAMPLES)
        return failed(r, "neither samples nor a cue");
    if (channels != r->n_channels)
        return failed(r, "another number of channels");
    if (count > MAX_FRAME_SAMPLES)
        return failed(r, "more than 1024 samples");
    const size_t n_values = (size_t)count * channels;
    *taken += 4 * n_values;
    if (r->size < *taken)
        return (live_event){.kind = LIVE_IDLE};
    for (size_t i = 0; i < n_values; i++) {
        const uint32_t bits = (uint32_t)little_endian(frame + FRAME_SIZE + 4 * i, 4);
        memcpy(&r->samples[i], &bits, sizeof bits);
    }
    event.number = little_endian(frame + 16, 8);
    event.numbered = event.number != NOT_NUMBERED;
    return event;
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

bool live_open_stream(live_source *source, int fd, const char *name, bool binary, size_t n_channels,
                      uint32_t n_classes)
{
    reader *r = calloc(1, sizeof *r);
    if (!r) {
        cli_error("out of memory");
        return false;
    }
    r->fd = fd;
    r->name = name;
    r->binary = binary;
    r->n_channels = n_channels;
    r->n_classes = n_classes;
    *source = (live_source){r, binary ? next_frame : next_line, close_reader};
    return true;
}

/* --- sockets -------------------------------------------------------------------------------- */

static int open_socket(const char *host, const char *port, bool passive)
{
    const struct addrinfo hints = {
        .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = passive ? AI_PASSIVE : 0};
    struct addrinfo *found = NULL;
    const int problem = getaddrinfo(host, port, &hints, &found);
    if (problem != 0) {
        cli_error("%s:%s: %s", host ? host : "", port, gai_strerror(problem));
        return -1;
    }
    int fd = -1;
    for (const struct addrinfo *a = found; a && fd < 0; a = a->ai_next) {
        fd = socket(a->ai_family, a->ai_socktype, a->ai_protocol);
        const int yes = 1;
        if (fd >= 0 && passive)
            setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
        if (fd >= 0 && (passive ? bind(fd, a->ai_addr, a->ai_addrlen) != 0 || listen(fd, 1) != 0
                                : connect(fd, a->ai_addr, a->ai_addrlen) != 0)) {
            close(fd);
            fd = -1;
        }
    }
    freeaddrinfo(found);
    if (fd < 0)
        cli_error("%s:%s: %s", host ? host : "", port, strerror(errno));
    return fd;
}

int live_connect(const char *address)
{
    char host[256];
    const char *colon = strrchr(address, ':');
    if (!colon || colon == address || (size_t)(colon - address) >= sizeof host) {
        cli_error("\"%s\" is not HOST:PORT", address);
        return -1;
    }
    memcpy(host, address, (size_t)(colon - address));
    host[colon - address] = '\0';
    return open_socket(host, colon + 1, false);
}

int live_listen(const char *port)
{
    const int listener = open_socket("localhost", port, true);
    if (listener < 0)
        return -1;
    int fd = -1;
    while (fd < 0 && !cli_interrupted()) {
        struct pollfd wait = {.fd = listener, .events = POLLIN};
        if (poll(&wait, 1, 100) > 0)
            fd = accept(listener, NULL, NULL);
    }
    close(listener);
    return fd;
}
