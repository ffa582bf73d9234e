/* The dictionary of tensors in a checkpoint of PyTorch. */
#ifndef SNNFE_LIB_TORCH_STATE_H
#define SNNFE_LIB_TORCH_STATE_H

#include "base/tensors.h"
#include "network/torch_pickle.h"

/* A tensor as a part of a storage; offset and stride count elements. */
typedef struct snnfe_torch_tensor {
    char *name;
    char *storage;         /* name of its record */
    uint64_t storage_size; /* bytes */
    uint32_t type, n_dims;
    uint64_t shape[SNNFE_MAX_DIMENSIONS], stride[SNNFE_MAX_DIMENSIONS];
    uint64_t offset, count;
} snnfe_torch_tensor;

typedef struct snnfe_torch_state {
    snnfe_torch_tensor *tensors;
    size_t n;
} snnfe_torch_state;

#define SNNFE_TORCH_MAX_TENSORS 1000

/* The tensors of `root`, or of its entry "state_dict", "model_state_dict" or "model", which have to
   lie within their storages. Prefixes that wrappers put before all names ("module.") are dropped;
   so are entries that are no tensors. Release it after a failure, too. */
snnfe_status snnfe_torch_state_read(snnfe_torch_state *state, const snnfe_pickle *pickle,
                                    snnfe_pickle_value root);
void snnfe_torch_state_release(snnfe_torch_state *state);

#endif
