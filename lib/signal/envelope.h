/* Envelopes: the log power of channels in bands, window after window. */
#ifndef SNNFE_LIB_ENVELOPE_H
#define SNNFE_LIB_ENVELOPE_H

#include "base/status.h"

#include <snnfe/signal.h>

#define SNNFE_MAX_BANDS 8

typedef struct snnfe_envelope {
    size_t n_bands;     /* 0: no envelopes, channels are samples */
    size_t window, hop; /* samples */
    uint64_t hash;      /* of all that is said of envelopes; 0 without */
} snnfe_envelope;

/* Check what a signal, or options in the guise of one, says of envelopes at its sampling rate.
   `place` is the struct for messages. */
snnfe_status snnfe_envelope_make(snnfe_envelope *envelope, const char *place,
                                 const snnfe_signal *signal);

/* The same of a signal that is known with its channels: each band has as many. */
snnfe_status snnfe_signal_check_envelope(const snnfe_signal *signal);

/* Steps that so many samples give, and samples that so many steps, 1 or more, take. */
size_t snnfe_envelope_steps(const snnfe_envelope *envelope, size_t n_samples);
uint64_t snnfe_envelope_samples(const snnfe_envelope *envelope, size_t n_steps);

/* Natural logarithm of the mean square of x [n]; of 1e-6 at least, which a flat channel has. */
float snnfe_envelope_power(const float *x, size_t n);
/* The same of a sum of n squares. */
float snnfe_envelope_of_sum(double sum, size_t n);

/* "C3@2" is C3 in the second band. */
void snnfe_envelope_name(char *name, size_t size, const char *electrode, size_t band);

/* Channels that a signal's envelopes are of, which begin its list; all of them without envelopes.
 */
uint32_t snnfe_signal_electrodes(const snnfe_signal *signal);
/* Whether channel `c` of a signal is, or is an envelope of, the electrode. */
bool snnfe_signal_is_electrode(const snnfe_signal *signal, size_t c, const char *electrode);

#endif
