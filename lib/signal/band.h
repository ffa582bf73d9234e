/* What a band-pass may be, zero-phase or causal. */
#ifndef SNNFE_LIB_BAND_H
#define SNNFE_LIB_BAND_H

#include "base/status.h"

/* Edges in 0…half the rate, the low one below the high one; an edge of 0 is none. */
snnfe_status snnfe_band_check(double low_hz, double high_hz, double sampling_rate_hz);

#endif
