/* What is taken out of recordings, and which channels are read for it: the common reference, and
   what the eyes say. */
#ifndef SNNFE_LIB_CLEANING_H
#define SNNFE_LIB_CLEANING_H

#include "dataset/common_reference.h"
#include "dataset/montage.h"
#include "recording/recording.h"
#include "signal/inputs.h"
#include "signal/rereference.h"

typedef struct snnfe_cleaning {
    snnfe_channels inputs;     /* to be read: the montage's channels, then references besides, then
                                  electrodes for the common reference */
    snnfe_channels references; /* none without ocular control */
    snnfe_inputs layout;
    snnfe_common_reference common;
    char rereference[SNNFE_REREFERENCE_SIZE]; /* as signals have it */
} snnfe_cleaning;

/* References leave the montage unless they are kept; those of the common reference do. */
snnfe_status snnfe_cleaning_make(snnfe_cleaning *cleaning, snnfe_montage *montage,
                                 const snnfe_dataset_options *options);

/* Of a recording before it is filtered: electrodes of the common reference that are flat throughout
   are doubtful. */
void snnfe_cleaning_find_flat(const snnfe_cleaning *cleaning, snnfe_recording *recording);
/* Take the common reference off a filtered recording, and forget the electrodes that are only read
   for it. Doubtful ones are left out, with a note. SNNFE_ERR_ARGUMENT if none is left. `name` is
   the recording's, for notes. */
snnfe_status snnfe_cleaning_rereference(const snnfe_cleaning *cleaning, const char *name,
                                        snnfe_recording *recording);

/* Regress the references out of the other channels of a filtered recording, by what its own samples
   say. Without ocular control nothing happens. Between snnfe_blas_enter() and snnfe_blas_leave().
   SNNFE_ERR_ARGUMENT names a reference that is flat. */
snnfe_status snnfe_cleaning_run(const snnfe_cleaning *cleaning, snnfe_recording *recording);

#endif
