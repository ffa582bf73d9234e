/* Recordings of any rate to the rate of the trials. */
#ifndef SNNFE_LIB_RATES_H
#define SNNFE_LIB_RATES_H

#include "recording/recording.h"
#include "signal/resample.h"

#include <pthread.h>
#include <snnfe/dataset.h>

/* The first ratio's resampler is kept: recordings of a data set mostly have one rate. */
typedef struct snnfe_rates {
    pthread_mutex_t lock;
    uint32_t up, down;
    snnfe_resampler *resampler;
} snnfe_rates;

void snnfe_rates_init(snnfe_rates *rates);
void snnfe_rates_release(snnfe_rates *rates);

/* Resample a recording to the options' rate, if they say so. From several threads at once for
   different recordings. SNNFE_ERR_UNSUPPORTED: no ratio of whole numbers. */
snnfe_status snnfe_rates_change(snnfe_rates *rates, const snnfe_dataset_options *options,
                                snnfe_recording *recording);

#endif
