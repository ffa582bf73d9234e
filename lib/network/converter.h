/* The converter that sums of columns go through, if a network has one (docs/spec.md 5.6). */
#ifndef SNNFE_LIB_CONVERTER_H
#define SNNFE_LIB_CONVERTER_H

#include "network/state.h"

/* The sums of a layer from tc1 to fc1 as they are read: `sums` itself without a converter. */
const int32_t *snnfe_convert_sums(snnfe_state *state, int32_t layer, const int32_t *sums);

/* The same of a sum of fc2. */
float snnfe_convert_readout(const snnfe_state *state, float sum);

#endif
