/* Changes of a signal's rate by a ratio of whole numbers. */
#ifndef SNNFE_LIB_RESAMPLE_H
#define SNNFE_LIB_RESAMPLE_H

#include "base/status.h"

#include <stdbool.h>

/* Whole numbers, up to SNNFE_MOST_RATIO, with `from_hz` * up / down = `to_hz`, to 1e-9; false if
   there are none. */
#define SNNFE_MOST_RATIO 100000
bool snnfe_resample_ratio(double from_hz, double to_hz, uint32_t *up, uint32_t *down);

typedef struct snnfe_resampler snnfe_resampler;

/* Read-only afterwards, so that several workers may share it. `up` and `down` have no common
   divisor. */
snnfe_status snnfe_resampler_create(snnfe_resampler **resampler, uint32_t up, uint32_t down);
void snnfe_resampler_free(snnfe_resampler *resampler);

/* Samples that `n` samples become. */
size_t snnfe_resampler_length(const snnfe_resampler *resampler, size_t n);

/* Old samples on each side that a new one is a sum over. */
size_t snnfe_resampler_reach(const snnfe_resampler *resampler);

/* The new sample of a phase (0…up-1) from the old ones around it, [2 * reach + 1]. */
float snnfe_resampler_sum(const snnfe_resampler *resampler, size_t phase, const double *around);

/* `samples` [n_channels][n], n > 0, into `out` [n_channels][length]. */
snnfe_status snnfe_resampler_run(const snnfe_resampler *resampler, const float *samples,
                                 size_t n_channels, size_t n, float *out);

#endif
