/* A network inside a safetensors file that may hold more. */
#ifndef SNNFE_LIB_CHECKPOINT_H
#define SNNFE_LIB_CHECKPOINT_H

#include "base/tensors.h"
#include "network/network_internal.h"

/* Tensors under this prefix belong to the trainer and are ignored when a network is loaded. */
#define SNNFE_TRAINER_PREFIX "trainer."

/* Add parameters and configuration; the values are borrowed until the list is saved. */
snnfe_status snnfe_network_add_to_list(const snnfe_network *network, snnfe_tensor_list *list);

/* Read all parameters of an open file into `values` [like->n_values]; file and `like` must agree in
   every shape and in every constant that the file tells. */
snnfe_status snnfe_network_read_values(const snnfe_network *like, snnfe_tensors *file,
                                       float *values);

#endif
