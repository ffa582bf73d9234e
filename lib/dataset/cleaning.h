/* Ocular control of recordings: which channels are read for it, and the regression itself. */
#ifndef SNNFE_LIB_CLEANING_H
#define SNNFE_LIB_CLEANING_H

#include "dataset/montage.h"
#include "recording/recording.h"
#include "signal/inputs.h"

typedef struct snnfe_cleaning {
    snnfe_channels inputs;     /* to be read: the montage's channels, then references besides */
    snnfe_channels references; /* none without ocular control */
    snnfe_inputs layout;
} snnfe_cleaning;

/* References leave the montage unless they are kept. */
snnfe_status snnfe_cleaning_make(snnfe_cleaning *cleaning, snnfe_montage *montage,
                                 const snnfe_dataset_options *options);

/* Regress the references out of the other channels of a filtered recording, by what its own samples
   say. Without ocular control nothing happens. Between snnfe_blas_enter() and snnfe_blas_leave().
   SNNFE_ERR_ARGUMENT names a reference that is flat. */
snnfe_status snnfe_cleaning_run(const snnfe_cleaning *cleaning, snnfe_recording *recording);

#endif
