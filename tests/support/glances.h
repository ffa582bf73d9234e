/* A recording of somebody who glances at the cues, and decoders that it is played to. */
#ifndef SNNFE_TESTS_GLANCES_H
#define SNNFE_TESTS_GLANCES_H

#include "stream.h"

#include <snnfe/control.h>
#include <snnfe/dataset.h>

enum { GLANCES_POSITIONS = 110 }; /* on the grid */

/* Its file, which the first call writes: six trials of run 4. */
const char *glances_path(void);

/* Options that filter it causally and cut windows of so many samples. */
snnfe_dataset_options glances_options(uint32_t window);

/* Those of these electrodes and the envelopes of two bands; `names` stays the caller's. */
snnfe_dataset_options glances_envelopes(const char *const *names, uint32_t n_names,
                                        uint32_t window);

/* A data set of it. */
snnfe_dataset *glances_open(const snnfe_dataset_options *options);

/* Its samples [n][n_channels] in the decoder's order; free() them. */
float *glances_rows(const snnfe_decoder *decoder, size_t *n);

/* A decoder of cued windows. */
snnfe_decoder *glances_decoder(const snnfe_network *network, const snnfe_signal *signal,
                               uint32_t n_history);

/* Align a data set of the recording by past trials; its signal, without the covariance that a
   decoder would start from. */
const snnfe_signal *glances_align(snnfe_dataset *d, int32_t alignment);

/* What the network saw in a trial's window is the data set's, but for rounding. */
void glances_check_trial(const snnfe_decoder *decoder, const snnfe_dataset *d, int32_t trial,
                         size_t n_steps);

/* Control of the decoder's signal that has learned nothing yet. */
snnfe_control *glances_control(const snnfe_decoder *decoder);

#endif
