/* Options of every program that trains through a device, and the device they make. */
#ifndef SNNFE_EXAMPLES_DEVICE_SETTINGS_H
#define SNNFE_EXAMPLES_DEVICE_SETTINGS_H

#include "programming_settings.h"

typedef struct device_settings {
    const char *dut;
    double scale, asymmetry;
    double rsd_c2c, sigma_add, sigma_mul, spread; /* NaN = the device's */
    double threshold, threshold_asymmetry;
    double ltp_energy, ltd_energy, endurance;
    int64_t array; /* -1 = the device's */
    cli_numbers bounds;
    programming_settings programming;
} device_settings;

device_settings device_defaults(void);

#define DEVICE_N_OPTIONS (14 + PROGRAMMING_N_OPTIONS)
#define DEVICE_DUT_HELP "device: dut1 … dut5, or a JSON file such as snnfe-characterize writes"
#define DEVICE_LTP_ENERGY_HELP "joules of a potentiating pulse; both 0 = the device's"
#define DEVICE_LTD_ENERGY_HELP "joules of a depressing pulse"
#define DEVICE_ENDURANCE_HELP "pulses that a cell lives through; 0 = that of the device's cells"
#define DEVICE_ARRAY_HELP "number of the array whose cells hold the weights; -1 = the device's"
#define DEVICE_SPREAD_HELP                                                                         \
    "relative standard deviation of the change by a pulse between cells (default the device's)"
/* Write the options into `options`; returns their number. */
size_t device_add_options(cli_option *options, device_settings *settings);

snnfe_status device_make(snnfe_device **device, const device_settings *settings);
/* Whether another array has other cells of the device, which may be NULL; else, if one is asked
   for, a message was printed. */
bool device_check_array(const device_settings *settings, const snnfe_device *device);

/* Put a network onto the device's array and tell what did not fit there; as
   snnfe_network_transfer(). */
snnfe_status device_transfer(snnfe_network *network, const snnfe_device *device, uint32_t levels,
                             double x, uint64_t seed, const cli_names *layers);

/* Set what a trainer wants to know; `device` stays the caller's, and `programming`, which is
   filled, has to outlive the options. */
void device_set_trainer(snnfe_trainer_options *options, const device_settings *settings,
                        const snnfe_device *device, snnfe_programming_options *programming);

#endif
