/* A notch for line noise (docs/spec.md 2.6): second-order sections at its frequency and multiples.
 */
#ifndef SNNFE_LIB_NOTCH_H
#define SNNFE_LIB_NOTCH_H

#include "signal/causal.h"

#include <snnfe/signal.h>
#include <stdbool.h>

#define SNNFE_NOTCH_WIDTH 2.0 /* Hz, where nothing else is said */

/* SNNFE_ERR_ARGUMENT unless hz is 0, for none, or the notch lies whole between 0 and half of the
   rate. */
snnfe_status snnfe_notch_check(double hz, double width_hz, double sampling_rate_hz);

/* Behind what the filter has; nothing for 0 Hz. */
snnfe_status snnfe_notch_add(snnfe_causal *filter, double hz, double width_hz,
                             double sampling_rate_hz);

/* Whether a signal says that something filtered it. */
static inline bool snnfe_signal_is_filtered(const snnfe_signal *s)
{
    return s->filter_low_hz > 0 || s->filter_high_hz > 0 || s->notch_hz > 0;
}

/* The width that a caller left out; none without a notch. */
static inline void snnfe_signal_fill_notch(snnfe_signal *s)
{
    if (!(s->notch_hz > 0))
        s->notch_width_hz = 0;
    else if (!(s->notch_width_hz < 0 || s->notch_width_hz > 0))
        s->notch_width_hz = SNNFE_NOTCH_WIDTH;
}

/* A notch as it is run forward and backward over whole signals. */
typedef struct snnfe_notch {
    snnfe_causal filter; /* no sections: signals stay */
    size_t n_reflected;  /* samples on either side that it settles on */
} snnfe_notch;

snnfe_status snnfe_notch_make(snnfe_notch *notch, double hz, double width_hz,
                              double sampling_rate_hz);

/* Filter `samples` [n_channels][n_samples] in place with zero phase. */
snnfe_status snnfe_notch_run(const snnfe_notch *notch, float *samples, size_t n_channels,
                             size_t n_samples);

#endif
