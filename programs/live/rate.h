/* An input of another rate than the decoder's. */
#ifndef SNNFE_EXAMPLES_LIVE_RATE_H
#define SNNFE_EXAMPLES_LIVE_RATE_H

#include "source.h"

#define LIVE_MAX_CUES 64 /* that wait for their sample */

typedef struct live_rate {
    snnfe_live_resampler *resampler;
    snnfe_live_resampler_info info;
    bool begun;          /* the session has had a sample */
    uint64_t next_old;   /* number of the next sample of the input */
    uint64_t base;       /* number, at the decoder's rate, of the resampler's first sample */
    uint64_t n_left_out; /* samples that came twice */
    size_t n_cues;
    int32_t labels[LIVE_MAX_CUES];
    uint64_t due[LIVE_MAX_CUES]; /* samples that they are before, ascending */
    float *samples;              /* of the newest push */
} live_rate;

/* Whether the input's rate is known and another one. */
bool live_rate_differs(const live_input *input);

snnfe_status live_rate_open(live_rate *rate, const live_input *input);
void live_rate_close(live_rate *rate);

/* The next sample is a session's first. */
snnfe_status live_rate_begin(live_rate *rate);

/* What a sample becomes: `*n` samples in `rate->samples`, the first of number `*first`. A gap in
   the numbers resets the filter; the new numbers have the gap, too, for the decoder. */
snnfe_status live_rate_push(live_rate *rate, bool numbered, uint64_t number, const float *sample,
                            size_t *n, uint64_t *first);

/* A cue at the input's next sample; false if too many wait. */
bool live_rate_cue(live_rate *rate, int32_t label);
/* Whether a cue is due before the sample of this number. */
bool live_rate_due(live_rate *rate, uint64_t number, int32_t *label);

#endif
