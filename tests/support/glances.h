/* A recording of somebody who glances at the cues, and decoders that it is played to. */
#ifndef SNNFE_TESTS_GLANCES_H
#define SNNFE_TESTS_GLANCES_H

#include "stream.h"

#include <snnfe/control.h>

/* Its file, which the first call writes: six trials of run 4. */
const char *glances_path(void);

/* Its samples [n][n_channels] in the decoder's order; free() them. */
float *glances_rows(const snnfe_decoder *decoder, size_t *n);

/* A decoder of cued windows. */
snnfe_decoder *glances_decoder(const snnfe_network *network, const snnfe_signal *signal,
                               uint32_t n_history);

/* Control of the decoder's signal that has learned nothing yet. */
snnfe_control *glances_control(const snnfe_decoder *decoder);

#endif
