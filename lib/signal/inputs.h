/* What a decoder's samples consist of: a signal's channels (of envelopes, the channels that they
   are of), then the references that are none. */
#ifndef SNNFE_LIB_INPUTS_H
#define SNNFE_LIB_INPUTS_H

#include "signal/spatial.h"

#include <snnfe/signal.h>

typedef struct snnfe_inputs {
    snnfe_spatial_shape shape;
    size_t reference[SNNFE_MAX_CHANNELS]; /* number of the reference that an input behind the
                                            channels is */
} snnfe_inputs;

/* SNNFE_ERR_ARGUMENT: a reference is there twice, has no name, is missing altogether, or is one too
   many. */
snnfe_status snnfe_inputs_find(snnfe_inputs *inputs, const snnfe_signal *signal);

/* What a signal says of control: the same, and that its numbers are finite and standard deviations
   above 0. */
snnfe_status snnfe_signal_check_control(const snnfe_signal *signal);

#endif
