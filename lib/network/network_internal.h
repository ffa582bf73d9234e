/* The network handle: configuration, parameters in one flat array, and the forms of the weights
   that the kernels read. */
#ifndef SNNFE_LIB_NETWORK_INTERNAL_H
#define SNNFE_LIB_NETWORK_INTERNAL_H

#include "base/busy.h"
#include "base/pool.h"
#include "base/status.h"
#include "network/provenance.h"

#include <snnfe/network.h>
#include <stdbool.h>

#define SNNFE_PARAMETER_NAME_SIZE 64

typedef struct snnfe_parameter {
    char name[SNNFE_PARAMETER_NAME_SIZE];
    int32_t kind;  /* SNNFE_PARAMETER_* */
    int32_t layer; /* SNNFE_LAYER_* */
    bool frozen;
    uint32_t n_dims;
    size_t shape[4];
    size_t offset; /* into the flat arrays */
    size_t count;
    size_t fan_in; /* of the layer's synapses, for initial values; 0 for decays and ts_weights */
} snnfe_parameter;

typedef struct snnfe_packed snnfe_packed; /* packed.h */

struct snnfe_network {
    snnfe_network_options options;
    size_t n_parameters;
    snnfe_parameter *parameters; /* [n_parameters] */
    size_t n_values;
    float *values;        /* [n_values], the parameters one after another */
    snnfe_packed *packed; /* derived from `values` */
    snnfe_provenance provenance;
    snnfe_busy busy; /* a trainer's call changes it */
};

/* To be called after `values` was written directly: brings the packed forms of the layers in
   `layer_mask` (bit SNNFE_LAYER_*) up to date. */
void snnfe_network_refresh(snnfe_network *network, uint32_t layer_mask);
/* The same by the workers of a pool; NULL for none. */
void snnfe_network_refresh_on(snnfe_network *network, uint32_t layer_mask, snnfe_pool *pool);

/* SNNFE_ERR_NONFINITE or SNNFE_ERR_ARGUMENT naming the parameter and the value that it may not
   take. */
#define SNNFE_LEAST_FILED_DECAY (-1e6F) /* within an epoch a decay may fall below 0 */
snnfe_status snnfe_parameter_check(const snnfe_parameter *parameter, const float *values,
                                   float least_decay);

/* Adopt and check run options (NULL: the defaults). */
snnfe_status snnfe_run_options_take(snnfe_run_options *adopted, const snnfe_run_options *options);

/* SNNFE_ERR_ARGUMENT naming the first of `labels` [n] that is no class. */
snnfe_status snnfe_labels_check(const char *call, const int32_t *labels, size_t n,
                                uint32_t n_classes);

#define SNNFE_ALL_LAYERS ((1u << SNNFE_N_LAYERS) - 1)

/* Parameters that `name` stands for, as in snnfe_network_freeze(): calls `visit` for each index;
   SNNFE_ERR_NOT_FOUND if none fits. */
snnfe_status snnfe_network_select(const snnfe_network *network, const char *name,
                                  void (*visit)(size_t index, void *context), void *context);

#endif
