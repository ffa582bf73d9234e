/* What the learner and the report use of a trainer, beside <snnfe/trainer.h>. */
#ifndef SNNFE_LIB_TRAINER_H
#define SNNFE_LIB_TRAINER_H

#include "base/tensors.h"
#include "device/device_internal.h"
#include "network/network_internal.h"

#include <snnfe/trainer.h>

/* --- training ------------------------------------------------------------------------------- */

/* Allocates what a first step on `n` trials would. The network does not change. `labels` [n] */
snnfe_status snnfe_trainer_warm_up(snnfe_trainer *trainer, const int32_t *labels, size_t n);

/* Logits [n_classes] of one trial, by the network as it is. */
snnfe_status snnfe_trainer_logits(snnfe_trainer *trainer, const float *grid, float *logits);

/* With levels, frozen weights are quantized before the first step, too. */
void snnfe_trainer_quantize_frozen(snnfe_trainer *trainer);

/* Trained weights beyond their layers' bounds: the first device-aware step clamps them. */
size_t snnfe_trainer_count_misfits(const snnfe_trainer *trainer);

/* After the network's values were replaced: Adam starts from zero, and with a device the
   accumulators do. Pulses that were counted stay. */
void snnfe_trainer_clear_moments(snnfe_trainer *trainer);

/* --- checkpoints ---------------------------------------------------------------------------- */

/* What another handle keeps in its trainer's checkpoints, under names that begin with
   SNNFE_TRAINER_PREFIX. */
typedef snnfe_status snnfe_add_extras(const void *context, snnfe_tensor_list *list);
/* Reads into the context and checks; the trainer changes only after this succeeded. */
typedef snnfe_status snnfe_read_extras(void *context, snnfe_tensors *file);

/* snnfe_trainer_save() and snnfe_trainer_restore() with extras, or NULL. */
snnfe_status snnfe_trainer_save_with(const snnfe_trainer *trainer, const char *path,
                                     snnfe_add_extras *add, const void *context);
snnfe_status snnfe_trainer_restore_with(snnfe_trainer *trainer, const char *path,
                                        snnfe_read_extras *read, void *context);

/* Pulses that the cells of a layer have had. */
typedef struct snnfe_layer_pulses {
    uint64_t n[2];                     /* LTP and LTD */
    uint64_t forms[SNNFE_FORM_COUNTS]; /* those of them of other forms than the device's own */
    uint64_t n_cells;
    uint64_t largest; /* of one cell */
} snnfe_layer_pulses;

/* By a checkpoint of a training of such a network through a device. */
snnfe_status snnfe_trainer_file_pulses(const char *path, const snnfe_network *network,
                                       snnfe_layer_pulses layers[SNNFE_N_LAYERS]);

#endif
