/* What a decoder of envelopes keeps besides its intake: inputs filtered in bands, and how a power
   becomes a z-score. */
#ifndef SNNFE_LIB_BANDS_H
#define SNNFE_LIB_BANDS_H

#include "base/limits.h"
#include "signal/causal.h"
#include "signal/envelope.h"

/* Saved and restored as it is. */
typedef struct snnfe_band_state {
    snnfe_causal_state inputs[SNNFE_MAX_CHANNELS];
} snnfe_band_state;

typedef struct snnfe_bands {
    snnfe_envelope envelope; /* of no bands: channels are samples */
    size_t n_inputs;
    snnfe_causal filters[SNNFE_MAX_BANDS];
    snnfe_band_state states[SNNFE_MAX_BANDS];
    uint32_t settled;                                             /* 0: they start again */
    double factor[SNNFE_MAX_CHANNELS], shift[SNNFE_MAX_CHANNELS]; /* z = power factor + shift */
} snnfe_bands;

/* The signal was checked and is complete. */
snnfe_status snnfe_bands_make(snnfe_bands *bands, const snnfe_signal *signal, size_t n_inputs);

/* Values of a sample: its inputs, then the inputs in each band. */
static inline size_t snnfe_bands_values(const snnfe_bands *bands)
{
    return bands->n_inputs * (1 + bands->envelope.n_bands);
}

/* Fill `row` [n_values] with a sample's inputs [n_inputs] and what they are in each band. */
void snnfe_bands_take(snnfe_bands *bands, const float *inputs, float *row);

/* Size of an electrode's samples in microvolts, as the powers of its bands say. */
double snnfe_bands_size_uv(const snnfe_signal *signal, size_t electrode);

#endif
