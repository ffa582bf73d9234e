/**
 * @file population.h
 * @brief From measurements of many devices to how the cells of an array are distributed
 *        (@ref cells, @ref spec_population), and from pulse trains to the history of a device.
 */
#ifndef SNNFE_POPULATION_H
#define SNNFE_POPULATION_H

#include <snnfe/device.h>

#ifdef __cplusplus
extern "C" {
#endif

/** An estimate and its 95 % confidence interval. */
typedef struct snnfe_estimate {
    double value; /**< estimate */
    double low;   /**< lower end of the interval */
    double high;  /**< upper end */
} snnfe_estimate;

/** What measurements say of many devices; pairs are of LTP and LTD. */
typedef struct snnfe_population {
    uint32_t struct_size;        /**< set by the caller to `sizeof(snnfe_population)` */
    uint32_t n_devices;          /**< devices that were measured */
    uint32_t n_pulses;           /**< pulses of all that were used */
    uint32_t n_left_out;         /**< pulses that were not: the first of a run, or at an end */
    int32_t distribution;        /**< `SNNFE_SPREAD_*` that was assumed of the devices */
    int32_t c2c_distribution;    /**< `SNNFE_SPREAD_*` of the noise that is likelier */
    snnfe_estimate amplitude[2]; /**< means of the devices */
    snnfe_estimate alpha[2];     /**< means */
    snnfe_estimate beta[2];      /**< means */
    snnfe_estimate spread_amplitude[2]; /**< relative standard deviations between devices */
    snnfe_estimate spread_alpha[2];     /**< relative standard deviations */
    snnfe_estimate spread_beta[2];      /**< relative standard deviations */
    snnfe_estimate correlation;         /**< of the amplitudes of LTP and LTD */
    snnfe_estimate rsd_c2c;       /**< relative standard deviation of a pulse, at conductance 0 */
    snnfe_estimate rsd_c2c_state; /**< what a conductance of 1 adds to it */
} snnfe_population;

/**
 * @brief Estimate how devices are distributed from their write voltages and the conductances after
 *        each write. Noise of the instrument's own reading counts as noise of pulses.
 * @param voltage      [n_devices][n] volts; < 0: LTP, > 0: LTD
 * @param conductance  [n_devices][n] siemens, > 0
 * @param n            [n_devices] samples of each
 * @param n_devices    at least 5
 * @param distribution `SNNFE_SPREAD_*` of the parameters between devices
 * @param lowest_s     conductance that is 0 for all devices, siemens
 * @param highest_s    conductance that is 1, above lowest_s; both 0: each device's own extremes
 * @param[out] result  estimates with intervals
 * @return #SNNFE_ERR_ARGUMENT, #SNNFE_ERR_NONFINITE, #SNNFE_ERR_FORMAT (a device with fewer than 8
 *         usable pulses of a direction, or whose pulses fit no response), naming the device;
 *         #SNNFE_ERR_MEMORY
 */
SNNFE_API snnfe_status snnfe_population_characterize(const double *const *voltage,
                                                     const double *const *conductance,
                                                     const size_t *n, size_t n_devices,
                                                     int32_t distribution, double lowest_s,
                                                     double highest_s, snnfe_population *result);

/**
 * @brief The same from files [n_devices], as snnfe_device_characterize_file() reads them.
 * @return as snnfe_population_characterize() and snnfe_device_characterize_file(), naming the file
 */
SNNFE_API snnfe_status snnfe_population_characterize_files(const char *const *paths,
                                                           size_t n_devices, int32_t distribution,
                                                           double lowest_s, double highest_s,
                                                           snnfe_population *result);

/**
 * @brief Put the estimates into options that were initialized: pulse response and noise of the
 *        device, spread and correlation of its cells (the mean of LTP's and LTD's spreads).
 * @return #SNNFE_ERR_ARGUMENT
 */
SNNFE_API snnfe_status snnfe_population_take(const snnfe_population *population,
                                             snnfe_device_options *options,
                                             snnfe_cells_options *cells);

/**
 * @brief Fit the history of cells (`history` and `history_pulses` of snnfe_cells_options) to a
 *        train of pulses with reversals, given the response without it.
 * @param device     whose response and noiseless change per pulse count
 * @param directions [n_pulses] #SNNFE_LTP or #SNNFE_LTD each, with both among them
 * @param w          [n_pulses + 1] conductance 0…1 before the first and after every pulse
 * @param n_pulses   at least 8
 * @param[out] history        least squares estimate, -1…10
 * @param[out] history_pulses 0.05…100
 * @return #SNNFE_ERR_ARGUMENT, #SNNFE_ERR_FORMAT (a train of one direction)
 */
SNNFE_API snnfe_status snnfe_device_fit_history(const snnfe_device *device,
                                                const int32_t *directions, const double *w,
                                                size_t n_pulses, double *history,
                                                double *history_pulses);

/**
 * @brief The same from an instrument's file of such a train, as snnfe_device_characterize_file()
 *        reads it: the first conductance is that before the train, each other one that after a
 *        pulse (V_write < 0: LTP, > 0: LTD).
 * @param lowest_s  conductance that is 0, siemens
 * @param highest_s conductance that is 1, above lowest_s
 * @return as snnfe_device_fit_history() and snnfe_device_characterize_file(), naming the file;
 *         #SNNFE_ERR_FORMAT (a conductance beyond the two, a voltage of 0)
 */
SNNFE_API snnfe_status snnfe_device_fit_history_file(const snnfe_device *device, const char *path,
                                                     double lowest_s, double highest_s,
                                                     double *history, double *history_pulses);

#ifdef __cplusplus
}
#endif

#endif
