/* What the tables of sized structs share. */
#ifndef SNNFE_TESTS_SIZED_INTERNAL_H
#define SNNFE_TESTS_SIZED_INTERNAL_H

#include "sized.h"
#include "support.h"

#include <snnfe/snnfe.h>

/* The handles, made before and freed after each test. */
extern snnfe_network *network, *described;
extern snnfe_device *device;
extern snnfe_dataset *dataset;
extern snnfe_trainer *trainer;
extern snnfe_recording *recording;
extern snnfe_control *control;
extern snnfe_decoder *decoder;

/* Four trials of one channel and one sample, and one of them each to train on and to validate by.
 */
extern const snnfe_dataset_arrays sized_arrays;
extern const snnfe_trainer_data sized_parts;

snnfe_status sized_use_trainer_options(const void *options);
snnfe_status sized_use_personalization(const void *results);
snnfe_status sized_get_characterization(void *result);
snnfe_status sized_get_population(void *result);

#endif
