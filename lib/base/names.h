/* Names, which callers set and files hold: as lists in the metadata of safetensors files, one text,
   a line for each. */
#ifndef SNNFE_LIB_NAMES_H
#define SNNFE_LIB_NAMES_H

#include "base/tensors.h"

/* SNNFE_ERR_ARGUMENT naming `field`[index] unless files can hold the name: one line of UTF-8 of
   1…size - 1 bytes. What cannot be saved is refused where it is set. */
snnfe_status snnfe_name_check(const char *field, size_t index, const char *name, size_t size);

snnfe_status snnfe_names_add(snnfe_tensor_list *list, const char *key, const char *const *names,
                             size_t n);

/* Read `n` names into `names` [n][stride]. SNNFE_ERR_FORMAT if there are more or fewer, or one
   could not have been set. */
snnfe_status snnfe_names_read(const snnfe_tensors *file, const char *key, size_t n, char *names,
                              size_t stride);

#endif
