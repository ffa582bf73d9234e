/* Where snnfe-live gets its samples from. */
#ifndef SNNFE_EXAMPLES_LIVE_SOURCE_H
#define SNNFE_EXAMPLES_LIVE_SOURCE_H

#include "cues.h"
#include "input.h"

typedef enum live_kind {
    LIVE_SAMPLES,
    LIVE_CUE,     /* a window begins with the next sample */
    LIVE_SESSION, /* numbers begin again with the next sample */
    LIVE_END,     /* of the stream */
    LIVE_FAILED,  /* the message is printed */
    LIVE_IDLE     /* nothing came for a while */
} live_kind;

typedef struct live_event {
    live_kind kind;
    bool numbered;
    uint64_t number;      /* of the first sample */
    const float *samples; /* [n][n_channels], valid until the next event */
    size_t n;
    int32_t label; /* of a cue, -1 = not known */
} live_event;

typedef struct live_source {
    void *state;
    live_event (*next)(void *state);
    void (*close)(void *state);
} live_source;

/* Recordings, one after another (their paths, with commas between, are the input's name), at
   `speed` times their rate (0 = as fast as possible). `cues` are the annotations that begin a
   window, NULL = none. */
bool live_open_edf(live_source *source, live_input *input, const live_cues *cues,
                   const char *const *class_names, double speed);

/* A descriptor that is read to its end, and closed unless it is standard input. */
bool live_open_stream(live_source *source, live_input *input, int fd, bool binary);

/* "HOST:PORT" to connect to, or "PORT" to wait for one connection at; -1 (with a message). */
int live_connect(const char *address);
int live_listen(const char *port);

#ifdef LIVE_HAVE_LSL
/* The Lab Streaming Layer stream of this name; of several that with this source id (or uid). */
bool live_open_lsl(live_source *source, live_input *input, const char *name, const char *source_id);
#endif

#endif
