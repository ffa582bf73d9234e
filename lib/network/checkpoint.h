/* A network inside a safetensors file that may hold more. */
#ifndef SNNFE_LIB_CHECKPOINT_H
#define SNNFE_LIB_CHECKPOINT_H

#include "base/tensors.h"
#include "network/network_internal.h"

/* Tensors under this prefix belong to the trainer and are ignored when a network is loaded. */
#define SNNFE_TRAINER_PREFIX "trainer."

/* Add parameters and configuration; the values are borrowed until the list is saved. */
snnfe_status snnfe_network_add_to_list(const snnfe_network *network, snnfe_tensor_list *list);

/* Read all parameters of an open file into `values` [like->n_values]. File and `like` must agree
   in every shape, and in every constant that the file has. */
snnfe_status snnfe_network_read_values(const snnfe_network *like, snnfe_tensors *file,
                                       float *values);

/* SNNFE_ERR_NONFINITE or SNNFE_ERR_FORMAT for `values` [like->n_values] that no file may hold. */
snnfe_status snnfe_network_check_values(const snnfe_network *like, const float *values);

/* An array in flat parameter order whose elements have four bytes, as the values have: in a file, a
   tensor for each parameter, or for each of the weights, called prefix + parameter. */
typedef struct snnfe_flat_type {
    const char *prefix;
    snnfe_dtype dtype;
    bool weights_only; /* elements of other parameters are not in files */
} snnfe_flat_type;

/* `values` [network->n_values]; borrowed until the list is saved. */
snnfe_status snnfe_flat_add(snnfe_tensor_list *list, const snnfe_flat_type *type,
                            const snnfe_network *network, const void *values);
snnfe_status snnfe_flat_read(snnfe_tensors *file, const snnfe_flat_type *type,
                             const snnfe_network *network, void *values);

#endif
