/* Where snnfe-live gets its samples from. */
#ifndef SNNFE_EXAMPLES_LIVE_SOURCE_H
#define SNNFE_EXAMPLES_LIVE_SOURCE_H

#include "cli.h"

typedef enum live_kind {
    LIVE_SAMPLES,
    LIVE_CUE,    /* a window begins with the next sample */
    LIVE_END,    /* of the stream */
    LIVE_FAILED, /* the message is printed */
    LIVE_IDLE    /* nothing came for a while */
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

/* Annotated recordings, one after another, at `speed` times their rate (0 = as fast as possible).
   `cues` are the annotations that begin a window; their places are the classes. */
bool live_open_edf(live_source *source, const char *paths, const snnfe_dataset_options *options,
                   const cli_names *cues, double speed);

/* A descriptor that is read to its end, and closed unless it is standard input. */
bool live_open_stream(live_source *source, int fd, const char *name, bool binary, size_t n_channels,
                      uint32_t n_classes);

/* "HOST:PORT" to connect to, or "PORT" to wait for one connection at; -1 (with a message). */
int live_connect(const char *address);
int live_listen(const char *port);

#ifdef LIVE_HAVE_LSL
/* The first Lab Streaming Layer stream of this name. */
bool live_open_lsl(live_source *source, const char *name, size_t n_channels,
                   double sampling_rate_hz);
#endif

#endif
