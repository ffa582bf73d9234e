/* The numbers of a signal in the metadata of files, and its re-referencing. Places, statistics and
   names are their owners' to save: data sets have them as tensors, networks as lines. */
#ifndef SNNFE_LIB_SIGNAL_FILE_H
#define SNNFE_LIB_SIGNAL_FILE_H

#include "base/tensors.h"

#include <snnfe/signal.h>

/* Keys are `prefix` and the member's name. */
snnfe_status snnfe_signal_add_numbers(snnfe_tensor_list *list, const char *prefix,
                                      const snnfe_signal *signal);
/* SNNFE_ERR_FORMAT naming the key: one is missing or out of its range, or there are references
   without regression or none with it. */
snnfe_status snnfe_signal_read_numbers(const snnfe_tensors *file, const char *prefix,
                                       snnfe_signal *signal);

#endif
