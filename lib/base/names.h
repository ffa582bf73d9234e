/* Lists of names in the metadata of safetensors files: one text, a line for each. */
#ifndef SNNFE_LIB_NAMES_H
#define SNNFE_LIB_NAMES_H

#include "base/tensors.h"

snnfe_status snnfe_names_add(snnfe_tensor_list *list, const char *key, const char *const *names,
                             size_t n);

/* Read `n` names into `names` [n][stride]. SNNFE_ERR_FORMAT if there are more or fewer, or one is
   too long. */
snnfe_status snnfe_names_read(const snnfe_tensors *file, const char *key, size_t n, char *names,
                              size_t stride);

#endif
