/* Devices as tests make them. */
#ifndef SNNFE_TESTS_DEVICES_H
#define SNNFE_TESTS_DEVICES_H

#include "support.h"

#include <snnfe/device.h>

/* Defaults; cells of an array that is the tests' seed. */
snnfe_device_options device_defaults(void);
snnfe_cells_options cells_defaults(void);

snnfe_device *device_make(const snnfe_device_options *options);
/* The default device on an array of such cells. */
snnfe_device *device_on_cells(const snnfe_cells_options *cells);
/* Everything that programming depends on. */
snnfe_device *device_with_every_effect(void);

/* Of these numbers those of the way itself, the others by default: other ways' are refused. */
snnfe_programming_options device_way(snnfe_programming_options numbers);

/* What the pulse response makes of one conductance. */
double device_change(const snnfe_device *device, int32_t direction, double w);

#endif
