/* What a data set knows of its control besides the signal's numbers: references and the covariance
   that alignment starts from. */
#ifndef SNNFE_LIB_DATASET_CONTROL_H
#define SNNFE_LIB_DATASET_CONTROL_H

#include "base/tensors.h"
#include "recording/channels.h"

#include <snnfe/dataset.h>

typedef struct snnfe_dataset_control {
    snnfe_channels references;
    const char *names[SNNFE_MAX_CHANNELS];                    /* the same, for the signal */
    double mean[SNNFE_MAX_CHANNELS], std[SNNFE_MAX_CHANNELS]; /* of the references, microvolts */
    double *covariance; /* [n_channels][n_channels], or NULL */
} snnfe_dataset_control;

/* Let the signal point to what is here. */
void snnfe_dataset_control_point(snnfe_dataset *dataset);

/* What the caller's signal says, checked; numbers go into the data set's signal. */
snnfe_status snnfe_dataset_control_take(snnfe_dataset *dataset, const snnfe_signal *signal);

snnfe_status snnfe_dataset_control_copy(snnfe_dataset *dataset, const snnfe_dataset *from);

/* Of data sets that are joined: SNNFE_ERR_SHAPE if it is not the same control. Covariances and
   statistics of references become means, weighted by subjects. */
snnfe_status snnfe_dataset_control_join(snnfe_dataset *dataset, const snnfe_dataset *const *parts,
                                        size_t n);

/* Names, statistics and covariance in files; numbers are in signal_file.h. */
snnfe_status snnfe_dataset_control_add(snnfe_tensor_list *list, const snnfe_dataset *dataset);
snnfe_status snnfe_dataset_control_read(snnfe_tensors *file, snnfe_dataset *dataset);

#endif
