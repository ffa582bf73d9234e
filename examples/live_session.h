/* A running session of snnfe-live: what it was told, what it holds, and how it follows the stream.
 */
#ifndef SNNFE_EXAMPLES_LIVE_SESSION_H
#define SNNFE_EXAMPLES_LIVE_SESSION_H

#include "live_learning.h"
#include "live_source.h"
#include "live_timing.h"
#include "live_view.h"

#define ROLLING 20 /* labelled decisions of the rolling accuracy */

typedef struct live_settings {
    const char *model, *input;
    const char *data, *statistics, *out, *course, *save_model, *state;
    bool plain, view, quiet;
    double speed, early, low_hz, high_hz;
    int64_t hop, early_least, order;
    int32_t windows, format;
    cli_names cues;
    live_learning_settings learning;
} live_settings;

typedef struct live_session {
    const live_settings *settings;
    snnfe_network *network;
    snnfe_dataset *dataset;
    snnfe_decoder *decoder;
    live_learning *learning;
    live_source source;
    cli_file out, course;
    live_timing timing;
    live_state view;
    int recent[ROLLING]; /* 1 = right */
    size_t n_decided, n_refused_cues;
    double step_sum; /* of all decisions */
} live_session;

/* Until the stream ends, `*status` is a failure or the user stops. False if the source failed,
   which it has told. */
bool live_follow(live_session *session, snnfe_status *status);

/* The view, if it is wanted; at once or when it is due. */
void live_show(live_session *session, bool now);

void live_print_summary(const live_session *session);

#endif
