/* Causal filtering, a sample at a time: a cascade of second-order sections in double precision. */
#ifndef SNNFE_LIB_CAUSAL_H
#define SNNFE_LIB_CAUSAL_H

#include "base/status.h"

#define SNNFE_CAUSAL_MAX_ORDER 4
/* Edges are at least this part of the sampling rate away from 0 Hz and from half the rate. */
#define SNNFE_CAUSAL_NEAREST 1e-6
#define SNNFE_NOTCHES 8 /* most sections of a notch: at its frequency and multiples */
#define SNNFE_CAUSAL_SECTIONS                                                                      \
    (SNNFE_NOTCHES + 4) /* and two of the high-pass, two of the low-pass */

/* Transposed direct form: y = b0 x + s0; s0 = b1 x - a1 y + s1; s1 = b2 x - a2 y. */
typedef struct snnfe_section {
    double b[3];
    double a[3]; /* a[0] = 1 */
} snnfe_section;

typedef struct snnfe_causal {
    size_t n_sections; /* 0: the signal passes unchanged */
    snnfe_section sections[SNNFE_CAUSAL_SECTIONS];
} snnfe_causal;

/* What one channel's filter remembers. */
typedef struct snnfe_causal_state {
    double s[SNNFE_CAUSAL_SECTIONS][2];
} snnfe_causal_state;

/* Butterworth band-pass: a high-pass at low_hz and a low-pass at high_hz (0 = none) of this order
   each, by the bilinear transform; and the same behind the notch that a filter has. */
snnfe_status snnfe_causal_design(snnfe_causal *filter, double low_hz, double high_hz,
                                 double sampling_rate_hz, uint32_t order);
snnfe_status snnfe_causal_add(snnfe_causal *filter, double low_hz, double high_hz,
                              double sampling_rate_hz, uint32_t order);

/* As if the signal had always been x. */
void snnfe_causal_settle(const snnfe_causal *filter, snnfe_causal_state *state, double x);

/* Of a signal that has become constant a filter remembers ever less: whoever takes many steps has
   denormal numbers flushed meanwhile. */
static inline double snnfe_causal_step(const snnfe_causal *filter, snnfe_causal_state *state,
                                       double x)
{
    for (size_t i = 0; i < filter->n_sections; i++) {
        const snnfe_section *f = &filter->sections[i];
        double *s = state->s[i];
        const double y = f->b[0] * x + s[0];
        s[0] = f->b[1] * x - f->a[1] * y + s[1];
        s[1] = f->b[2] * x - f->a[2] * y;
        x = y;
    }
    return x;
}

/* Filter `samples` [n_channels][n_samples] in place, each channel settled on its first sample. */
void snnfe_causal_run(const snnfe_causal *filter, float *samples, size_t n_channels,
                      size_t n_samples);

#endif
