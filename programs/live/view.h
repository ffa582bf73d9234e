/* A small live view in the terminal. */
#ifndef SNNFE_EXAMPLES_LIVE_VIEW_H
#define SNNFE_EXAMPLES_LIVE_VIEW_H

#include "cli.h"

/* What is shown. */
typedef struct live_state {
    uint32_t n_channels, n_rows, n_columns, n_steps, n_classes;
    double sampling_rate_hz;
    const char *class_names[SNNFE_MAX_CLASSES];
    snnfe_decision newest;
    bool decided;                           /* there is a newest decision */
    float probabilities[SNNFE_MAX_CLASSES]; /* its own */
    size_t n_labeled, n_correct;
    double rolling; /* accuracy of the newest labeled decisions; NaN before the first */
    bool learning;
    snnfe_learner_info learner;
} live_state;

/* Draw again, at most twenty times a second unless `now`. */
void live_view_draw(const live_state *state, const snnfe_decoder *decoder, bool now);
void live_view_begin(void);
void live_view_end(void);

#endif
