/* The classes, functions and element types of PyTorch that dictionaries of tensors refer to. */
#ifndef SNNFE_LIB_TORCH_NAMES_H
#define SNNFE_LIB_TORCH_NAMES_H

#include "network/torch_pickle.h"

typedef enum snnfe_torch_type {
    SNNFE_TORCH_FLOAT32,
    SNNFE_TORCH_FLOAT64,
    SNNFE_TORCH_FLOAT16,
    SNNFE_TORCH_BFLOAT16,
    SNNFE_TORCH_OTHER_TYPES /* from here on: integers, complex numbers and the like */
} snnfe_torch_type;

/* Bytes of an element; what PyTorch calls it. */
uint32_t snnfe_torch_type_size(uint32_t type);
const char *snnfe_torch_type_name(uint32_t type);

/* What "module name" stands for; false if it is none of them. */
bool snnfe_torch_find_name(const char *name, snnfe_pickle_value *found);

#endif
