/* A running session of snnfe-live: its settings, what it holds, and how it follows the stream.
 */
#ifndef SNNFE_EXAMPLES_LIVE_SESSION_H
#define SNNFE_EXAMPLES_LIVE_SESSION_H

#include "control.h"
#include "faults.h"
#include "learning.h"
#include "rate.h"
#include "source.h"
#include "timing.h"
#include "view.h"

#define ROLLING 20 /* labeled decisions of the rolling accuracy */

typedef struct live_settings {
    const char *model, *input;
    const char *data, *statistics, *out, *course, *save_model, *state;
    const char *channels, *unit, *lsl_source_id;
    bool plain, view, quiet, allow_mismatch, resample;
    double speed, early, low_hz, high_hz, notch_hz, notch_width_hz, rate;
    double saturation_uv, range_uv, noisy_z;
    int64_t hop, early_least, order;
    int64_t flat_samples, longest_gap, longest_repeat, counter_bits, most_bad_channels;
    int32_t windows, format, repair;
    cli_names absent; /* channels that the input lacks */
    cli_names cues;
    live_learning_settings learning;
} live_settings;

typedef struct live_session {
    const live_settings *settings;
    snnfe_network *network;
    snnfe_device *device; /* of the array; NULL without one */
    snnfe_dataset *dataset;
    snnfe_decoder *decoder;
    live_learning *learning;
    live_control *control;
    live_input input;
    live_cues cues;
    live_source source;
    live_rate rate; /* of an input that is resampled */
    cli_file out, course;
    live_timing timing;
    live_state view;
    int recent[ROLLING]; /* 1 = correct */
    size_t n_decided, n_cues, n_refused_cues;
    uint64_t n_misnumbered;                  /* samples left out for their numbers */
    size_t n_unlabeled, n_rejected, n_early; /* decisions that nothing was learned from */
    double step_sum;                         /* of all decisions */
    snnfe_decoder_info before;               /* counts of a state that was taken up */
    bool told_input, told_size;
    uint32_t course_steps; /* in the newest row of the course */
    uint64_t n_samples;    /* of the decoder, after the newest push */
    /* Samples at which each channel showed each fault of its own. */
    uint64_t faulty[LIVE_MAX_CHANNELS][LIVE_N_CHANNEL_FAULTS];
} live_session;

#define LIVE_N_OPTIONS (38 + LIVE_LEARNING_N_OPTIONS)
size_t live_add_options(cli_option *options, live_settings *settings);

/* Whether the input is recordings. */
bool live_is_recording(const char *input);

/* Open all that the settings name. False: a message was printed; `*status` may be a failure. */
bool live_open_session(live_session *session, snnfe_status *status);

/* Until the stream ends, `*status` is a failure or the user stops. False if the source failed,
   which it has reported. */
bool live_follow(live_session *session, snnfe_status *status);

/* The view, if it is wanted; at once or when it is due. */
void live_show(live_session *session, bool now);

void live_print_decision(const live_session *session, const snnfe_decision *decision);
/* A row of --out. */
void live_write_decision(const live_session *session, const snnfe_decision *decision,
                         const float *logits);
void live_print_summary(const live_session *session);

#endif
