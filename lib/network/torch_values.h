/* Values of a tensor from the bytes of its storage. */
#ifndef SNNFE_LIB_TORCH_VALUES_H
#define SNNFE_LIB_TORCH_VALUES_H

#include "network/torch_state.h"

/* All values in C order, as float; `out` has t->count of them. The tensor is of a floating-point
   type and lies within its storage. Values beyond the range of float become infinite. */
void snnfe_torch_values(const snnfe_torch_tensor *t, const uint8_t *storage, bool big_endian,
                        float *out);

#endif
