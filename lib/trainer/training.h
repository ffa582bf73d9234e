/* What a run over all epochs works with, and what is checked before it begins. */
#ifndef SNNFE_LIB_TRAINING_H
#define SNNFE_LIB_TRAINING_H

#include "trainer/selection.h"
#include "trainer/trainer_internal.h"

/* What one call of snnfe_trainer_run works with. */
typedef struct snnfe_training {
    snnfe_trainer *trainer;
    const snnfe_dataset *dataset;
    snnfe_trainer_data data;
    snnfe_selection validation, test;
    size_t n_batches; /* of an epoch */
    int32_t *order;   /* [n_train] trials of the epoch */
    int32_t *labels;  /* [batch_size] */
    uint8_t *masks;   /* [batch_size][SNNFE_N_MASKS][n_hidden], NULL without dropout */
    float *logits;    /* of the larger evaluation set */
    size_t prepared;  /* trials of the epoch that the engine has run ahead */
} snnfe_training;

/* Check everything that can be, resume if that is wanted, and record in the network what it is
   going to be trained on. `run` comes with trainer and data set; release it after a failure, too.
 */
snnfe_status snnfe_training_prepare(snnfe_training *run, const snnfe_trainer_data *data);
void snnfe_training_release(snnfe_training *run);

#endif
