/* Options of programs whose networks have been in the cells of an array for some time. */
#ifndef SNNFE_EXAMPLES_ARRAY_SETTINGS_H
#define SNNFE_EXAMPLES_ARRAY_SETTINGS_H

#include "cli.h"

typedef struct array_settings {
    double from_s, to_s; /* since they were programmed */
    int64_t readings;
} array_settings;

#define ARRAY_N_OPTIONS 3
/* Write the options into `options`; returns their number. */
size_t array_add_options(cli_option *options, array_settings *settings);

/* Whether time and readings change anything in cells of the device, which may be NULL; else a
   message was printed. */
bool array_check(const array_settings *settings, const snnfe_device *device);
/* Whether a reading with this seed (-1: none) gives anything but what the cells hold; else a
 * message. */
bool array_check_reading(int64_t seed, const snnfe_device *device);

/* Let the time pass. */
snnfe_status array_age(snnfe_network *network, const snnfe_device *device,
                       const array_settings *settings);

#endif
