#ifndef SNNFE_LIB_TENSORS_INTERNAL_H
#define SNNFE_LIB_TENSORS_INTERNAL_H

#include "tensors.h"

#include <string.h>

bool snnfe_little_endian(void);
void snnfe_swap_bytes(void *data, size_t count, size_t size);

#endif
