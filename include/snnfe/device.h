/**
 * @file device.h
 * @brief The ferroelectric device: what a programming pulse does to a synaptic weight (@ref
 * spec_device).
 *
 * A weight W of a layer lives in [-A, A] ("bound" A). Its normalized conductance is w = (W + A) /
 * 2A, 0…1. A pulse changes w by
 *
 *     dw = amplitude * scale * w^(alpha - 1) * (1 - w)^(beta - 1)
 *
 * upwards (potentiation, LTP) or downwards (depression, LTD, whose amplitude is also multiplied by
 * `asymmetry`), with w clamped to 0.01…0.99 inside the formula and the result to 0…1. Instead of
 * this beta form a device may have a table of measured points or a function of the caller's.
 *
 * Numbers that have to be positive lie in 1e-12…1e12, those that may be 0 are at most 1e12, so that
 * no result overflows.
 *
 * Noise comes from a counter-based generator: it is a pure function of seed, pulse and synapse, so
 * that results do not depend on the order of calls or the number of threads. A `const snnfe_device`
 * may be used from several threads at once.
 */
#ifndef SNNFE_DEVICE_H
#define SNNFE_DEVICE_H

#include <snnfe/base.h>
#include <snnfe/cells.h>
#include <snnfe/programming.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Direction of a programming pulse. */
enum {
    SNNFE_LTP = 0, /**< potentiation: the conductance rises */
    SNNFE_LTD = 1  /**< depression: the conductance falls */
};

/** Where the change per pulse comes from. */
enum {
    SNNFE_RESPONSE_BETA = 0,    /**< the beta form and its parameters */
    SNNFE_RESPONSE_TABLE = 1,   /**< linear interpolation of measured points */
    SNNFE_RESPONSE_FUNCTION = 2 /**< a function of the caller's */
};

/** Magnitude (>= 0) of the change of the normalized conductance `w` (0.01…0.99) by one pulse;
 * called from several threads. A result that is not finite counts as 0. */
typedef double (*snnfe_response_fn)(int32_t direction, double w, void *user_data);

/** Number of layers that have a bound: those of network.h, in their order. */
#define SNNFE_N_BOUNDS 7

/** A pulse of another voltage or width: its response, the beta form or a table as in
 * snnfe_device_options, and its energy. */
typedef struct snnfe_pulse_form {
    double amplitude[2];   /**< of LTP and LTD, >= 0 */
    double alpha[2];       /**< of LTP and LTD, above 0, at most 100 */
    double beta[2];        /**< of LTP and LTD, above 0, at most 100 */
    double energy_j[2];    /**< joules of an LTP and an LTD pulse, 0…1; 0 = those of the device's
                                own pulse */
    const double *table_w; /**< [n_table] a table instead of the beta form, whose numbers are not
                                looked at then; copied */
    const double *table_ltp; /**< [n_table]; copied */
    const double *table_ltd; /**< [n_table]; copied */
    size_t n_table;          /**< entries of the three, >= 2; 0 = the beta form */
} snnfe_pulse_form;

/** Which pulse a device with several forms gets. */
enum {
    SNNFE_POLICY_FIRST = 0,  /**< the device's own, not those of `forms` */
    SNNFE_POLICY_NEAREST = 1 /**< that whose nominal change, at the weight, is nearest to the wanted
                                  one; of equal ones the first */
};

/** Most entries of `forms`. */
#define SNNFE_MAX_FORMS 15

/** Options of snnfe_device_create(); the defaults are the published device "dut2". */
typedef struct snnfe_device_options {
    uint32_t struct_size; /**< set by snnfe_device_options_init() */
    int32_t response;     /**< `SNNFE_RESPONSE_*`; default #SNNFE_RESPONSE_BETA */
    double amplitude[2];  /**< of LTP and LTD, >= 0 */
    double alpha[2];      /**< of LTP and LTD, above 0, at most 100 */
    double beta[2];       /**< of LTP and LTD, above 0, at most 100 */
    double scale;         /**< factor on both amplitudes, >= 0; default 1 */
    double asymmetry;     /**< factor on the LTD amplitude, >= 0; default 1 */
    double rsd_c2c;   /**< cycle to cycle: the amplitude is drawn per synapse and pulse with this
                           relative standard deviation, >= 0; default 0 */
    double sigma_add; /**< standard deviation of noise added to dw, >= 0; default 0 */
    double
        sigma_mul; /**< dw is multiplied by 1 + noise of this standard deviation, >= 0; default 0 */
    double bounds[SNNFE_N_BOUNDS]; /**< bound A of each layer's weights; 0 = that of the initial
                                      weights, 1/sqrt(fan_in); infinite (default) = the same, in
                                      layers of the paper's sizes as the paper rounds it: 0.3330,
                                      0.0417, 0.0295, 0.0625 for a fan-in of 9, 576, 1152, 256 */
    const double *table_w;   /**< [n_table] ascending, 0…1, with #SNNFE_RESPONSE_TABLE; copied */
    const double *table_ltp; /**< [n_table] magnitudes >= 0 of dw; copied */
    const double *table_ltd; /**< [n_table] magnitudes >= 0 of dw; copied */
    size_t n_table;          /**< entries of the three, >= 2 */
    snnfe_response_fn function;       /**< with #SNNFE_RESPONSE_FUNCTION */
    void *user_data;                  /**< handed to `function` */
    const snnfe_cells_options *cells; /**< how the cells of an array differ, age, lose and are read;
                                         NULL (default) = all alike and perfect; copied */
    double rsd_c2c_state; /**< what a conductance of 1 adds to rsd_c2c, in proportion, -10…10; where
                               the sum is below 0 it is 0; default 0 */
    int32_t c2c_distribution; /**< `SNNFE_SPREAD_*` of the noise cycle to cycle: factors 1 + s z
                                   (Gaussian, default) or log-normal ones */
    uint32_t reserved;        /**< 0 */
    const snnfe_pulse_form *forms; /**< [n_forms] pulses that a programmer can choose beside the
                                        device's own; copied */
    size_t n_forms;                /**< 0 (default)…#SNNFE_MAX_FORMS */
    int32_t policy;                /**< `SNNFE_POLICY_*`; default #SNNFE_POLICY_FIRST */
    uint32_t reserved2;            /**< 0 */
    double energy_j[2]; /**< joules of an LTP and an LTD pulse of the device's own, 0…1, which
                             trainers and reports take where they are given none; both 0 (default)
                             = not known */
} snnfe_device_options;

/** @brief Fill `options` (of `size` bytes) with the defaults. Thread-safe. */
SNNFE_API snnfe_status snnfe_device_options_init(snnfe_device_options *options, size_t size);

/**
 * @brief Put the pulse response of a published device into options that were initialized: "dut1" …
 *        "dut5" (@ref spec_device). All else stays.
 * @return #SNNFE_ERR_NOT_FOUND naming the device and those there are, #SNNFE_ERR_ARGUMENT
 */
SNNFE_API snnfe_status snnfe_device_options_published(snnfe_device_options *options,
                                                      const char *name);

/** @brief Make a device. @param[out] device the new handle @param options NULL for the defaults
 *  @return #SNNFE_ERR_ARGUMENT naming field and value, #SNNFE_ERR_MEMORY. */
SNNFE_API snnfe_status snnfe_device_create(snnfe_device **device,
                                           const snnfe_device_options *options);

/** @brief Free a device; accepts NULL. */
SNNFE_API void snnfe_device_free(snnfe_device *device);

/** @brief Options of a device (`options->struct_size` set by the caller); its tables are borrowed
 * from the device. @return #SNNFE_ERR_ARGUMENT. */
SNNFE_API snnfe_status snnfe_device_get_options(const snnfe_device *device,
                                                snnfe_device_options *options);

/**
 * @brief Write a device as a JSON file with the fields of snnfe_device_options, atomically.
 * @return #SNNFE_ERR_ARGUMENT (a device with a function of the caller's), #SNNFE_ERR_IO,
 *         #SNNFE_ERR_MEMORY
 */
SNNFE_API snnfe_status snnfe_device_save(const snnfe_device *device, const char *path);

/**
 * @brief Read a device from a JSON file: an object with "format": "snnfe device 1", "response":
 *        "beta" or "table", and any of the numeric fields of snnfe_device_options; those that are
 *        missing have their defaults, and so has a bound that is null. "cells" is an object with
 *        any of the fields of snnfe_cells_options, "distribution": "gaussian" or "lognormal" and
 *        "retention": "none", "power" or "stretched" among them. "forms" is an array of objects
 * with amplitude, alpha and beta, or table_w, table_ltp and table_ltd, and perhaps energy_j;
 * "policy" is "first" or "nearest".
 * @param[out] device the new handle
 * @param path the file, at most 64 MiB
 * @return #SNNFE_ERR_IO, #SNNFE_ERR_FORMAT naming file, field and value, #SNNFE_ERR_MEMORY
 */
SNNFE_API snnfe_status snnfe_device_load(snnfe_device **device, const char *path);

/**
 * @brief Magnitude of the change by one pulse without noise, scale and asymmetry included.
 * @param direction #SNNFE_LTP or #SNNFE_LTD
 * @param w  [n] normalized conductances, finite
 * @param[out] dw [n] >= 0
 * @return #SNNFE_ERR_ARGUMENT, #SNNFE_ERR_NONFINITE naming the entry
 */
SNNFE_API snnfe_status snnfe_device_response(const snnfe_device *device, int32_t direction,
                                             const double *w, size_t n, double *dw);

/**
 * @brief Give every one of `n` synapses one pulse.
 * @param direction #SNNFE_LTP or #SNNFE_LTD
 * @param w     [n] normalized conductances 0…1, replaced
 * @param seed  of the noise
 * @param pulse number of the pulse, < 2^48: the same number draws the same noise; cells that age
 *              have had so many before
 * @return #SNNFE_ERR_ARGUMENT (a conductance outside 0…1, naming it)
 */
SNNFE_API snnfe_status snnfe_device_pulse(const snnfe_device *device, int32_t direction, double *w,
                                          size_t n, uint64_t seed, uint64_t pulse);

/**
 * @brief Give one synapse a train of pulses.
 * @param directions [n_pulses] #SNNFE_LTP or #SNNFE_LTD each
 * @param w0   normalized conductance before, 0…1
 * @param seed of the noise
 * @param[out] w [n_pulses + 1] conductance before the first and after every pulse
 * @return #SNNFE_ERR_ARGUMENT
 */
SNNFE_API snnfe_status snnfe_device_pulse_train(const snnfe_device *device,
                                                const int32_t *directions, size_t n_pulses,
                                                double w0, uint64_t seed, double *w);

/**
 * @brief Round weights to levels, as the paper counts them: multiples of
 *        bound / ((levels - 2) / 2 + 1), halves away from zero. Within the bound there are `levels`
 * + 1 values, 0 among them: -A, 0 and A for 2. A weight beyond the bound stays beyond it (@ref
 * spec_device).
 * @param weights [n], finite, replaced
 * @param bound   A > 0
 * @param levels  even, 2…65536
 * @return #SNNFE_ERR_ARGUMENT, #SNNFE_ERR_NONFINITE
 */
SNNFE_API snnfe_status snnfe_quantize(float *weights, size_t n, double bound, uint32_t levels);

/**
 * @brief Programming noise of a transfer: adds normal noise of standard deviation mean(|W| of the
 *        non-zero weights) / x to every weight and clamps to [-bound, bound] (@ref spec_device).
 * @param weights [n], finite, replaced
 * @param bound   A > 0
 * @param x       inverse relative standard deviation, > 0
 * @param seed    of the noise
 * @param stream  keeps arrays of the same seed apart, < 2^48
 * @return #SNNFE_ERR_ARGUMENT, #SNNFE_ERR_NONFINITE
 */
SNNFE_API snnfe_status snnfe_programming_noise(float *weights, size_t n, double bound, double x,
                                               uint64_t seed, uint64_t stream);

/** How optimizer updates become pulses. */
typedef struct snnfe_device_step_options {
    uint32_t struct_size; /**< set by snnfe_device_step_options_init() */
    uint32_t levels;      /**< quantize after the step, as snnfe_quantize(); 0 = not; default 0 */
    double threshold;     /**< of the accumulated update for a pulse, in units of 2A, > 0; default
                             0.025; not of write-verify, as the next */
    double threshold_asymmetry; /**< factor on it for LTD, > 0; default 1 */
    double bound;               /**< A of the weights, > 0; default 0.0625 */
    uint64_t seed;              /**< of the noise; default 5 */
    uint64_t step;   /**< number of the step, < 2^48, so that every step draws its own noise */
    uint64_t offset; /**< number of the first synapse, < 2^32 with `n` added; of ways with a second
                          cell to a synapse, which is number 2^31 + that of the synapse, < 2^31 */
    float *histories; /**< [n] run of each synapse, -1 (LTD) … 1 (LTP), replaced; 0 at first; needed
                      with cells that have a history; then those of second cells, if the way has
                      them */
    const float *imprints; /**< [n] what each prefers, -1 (LTD) … 1 (LTP); NULL = nothing */
    const snnfe_programming_options *programming; /**< NULL (default) = thresholded accumulation */
    float *states;           /**< [#SNNFE_WAY_STATES][n] what the way keeps, replaced; zeros before
                                  the first step; needed by Tiki-Taka and pairs */
    uint32_t *second_pulses; /**< [2][n] LTP and LTD pulses of each synapse's second cell, counted
                                  up; needed with `states` */
    const snnfe_cell *drawn_cells; /**< [n] cells, as snnfe_device_cells() gives them or others,
                                        then [n] second cells, if the way has them; NULL (default) =
                                        drawn in this call, which takes longer than the step */
} snnfe_device_step_options;

/** @brief Fill `options` (of `size` bytes) with the defaults. Thread-safe. */
SNNFE_API snnfe_status snnfe_device_step_options_init(snnfe_device_step_options *options,
                                                      size_t size);

/**
 * @brief The device-aware step on plain arrays: accumulate updates, and where an accumulator
 * crosses the threshold, give one pulse (@ref spec_device), or program in another way (@ref
 * spec_programming). Cells that differ count with theirs.
 * @param weights      [n] replaced; all are clamped to the bound, before the pulses and after them
 * @param accumulators [n] updates not yet turned into pulses, replaced
 * @param updates      [n] the optimizer's updates, finite
 * @param ltp_pulses   [n] LTP pulses each synapse has had, counted up; or NULL, unless cells age
 * @param ltd_pulses   [n] LTD pulses, counted up; or NULL, unless cells age
 * @param[out] ltp_crossings crossings of the LTP threshold, of other ways LTP pulses; or NULL
 * @param[out] ltd_crossings crossings of the LTD threshold, of other ways LTD pulses; or NULL
 * @return #SNNFE_ERR_ARGUMENT, #SNNFE_ERR_NONFINITE, #SNNFE_ERR_MEMORY; nothing is changed then
 */
SNNFE_API snnfe_status snnfe_device_step(const snnfe_device *device,
                                         const snnfe_device_step_options *options, float *weights,
                                         float *accumulators, const float *updates, size_t n,
                                         uint32_t *ltp_pulses, uint32_t *ltd_pulses,
                                         uint64_t *ltp_crossings, uint64_t *ltd_crossings);

/** What a measurement says about a device. */
typedef struct snnfe_characterization {
    uint32_t struct_size; /**< set by the caller to `sizeof(snnfe_characterization)` */
    uint32_t n_cycles;    /**< whole cycles that the spread was estimated over */
    double amplitude[2];  /**< fitted, of LTP and LTD */
    double alpha[2];      /**< fitted */
    double beta[2];       /**< fitted */
    double residual[2];   /**< root mean square of fitted less measured dw */
    double r_squared[2];  /**< share of the variance of dw that the fit explains */
    double
        rsd_c2c[2]; /**< relative standard deviation of the amplitude over the cycles; 0 for one */
    uint32_t n_points[2]; /**< measured pairs (w, dw) */
} snnfe_characterization;

/**
 * @brief Fit the beta form to measured pairs by bounded least squares: amplitude in [0, 1], alpha
 * and beta in [0.1, 10] (@ref spec_device).
 * @param direction #SNNFE_LTP or #SNNFE_LTD, whose entries of `result` are set
 * @param w  [n] normalized conductances, 0…1
 * @param dw [n] changes; for LTD their magnitudes are fitted
 * @param n  >= 4
 * @param[out] result amplitude, alpha, beta, residual, r_squared and n_points of the direction
 * @return #SNNFE_ERR_ARGUMENT, #SNNFE_ERR_NONFINITE, #SNNFE_ERR_FORMAT (the fit does not converge)
 */
SNNFE_API snnfe_status snnfe_device_fit(int32_t direction, const double *w, const double *dw,
                                        size_t n, snnfe_characterization *result);

/** Measured pairs of one cycle, owned by the struct. */
typedef struct snnfe_measured_points {
    double *w[2];  /**< [n[direction]] normalized conductance before each pulse of LTP and LTD */
    double *dw[2]; /**< [n[direction]] change by it; negative for a depression */
    size_t n[2];   /**< pairs of LTP and LTD */
} snnfe_measured_points;

/** @brief Free the arrays and zero the struct; accepts NULL. */
SNNFE_API void snnfe_measured_points_release(snnfe_measured_points *points);

/**
 * @brief Characterize a device from write voltages and conductances: cut into cycles where the
 * voltage goes from > 0 to < 0, normalize one cycle's conductances to 0…1, form pairs (voltage < 0:
 * LTP, > 0: LTD), fit both pulse responses, and estimate the spread over all whole cycles (@ref
 * spec_device).
 * @param voltage     [n] write voltages, volts, finite
 * @param conductance [n] conductances after each write, siemens, within 1e-18…1e18 (beyond are
 *                    instruments' codes)
 * @param cycle       1-based whole cycle to fit; the paper's is 4
 * @param[out] result the fit
 * @param[out] points the fitted pairs, to be released; or NULL
 * @return #SNNFE_ERR_NOT_FOUND (fewer cycles), #SNNFE_ERR_FORMAT (a cycle without spread or with
 * too few pulses), #SNNFE_ERR_NONFINITE, #SNNFE_ERR_ARGUMENT, #SNNFE_ERR_MEMORY
 */
SNNFE_API snnfe_status snnfe_device_characterize(const double *voltage, const double *conductance,
                                                 size_t n, uint32_t cycle,
                                                 snnfe_characterization *result,
                                                 snnfe_measured_points *points);

/**
 * @brief The same from the instrument's text file: header lines, a line of tab-separated column
 * names among which `V_write` and `R_pos_ohm` are needed, then rows. A resistance that is not above
 * 0, and a value of 1e18 or more (instruments write 9.9e37, 199.999e99 and the like for over-range)
 * is refused and never left out, as a cycle without one of its pulses is another cycle. A
 * byte-order mark is passed over.
 * @return as snnfe_device_characterize(); #SNNFE_ERR_FORMAT naming the line and the column (of the
 *         first of all values that are not above 0 or that are codes, with their number),
 *         #SNNFE_ERR_IO
 */
SNNFE_API snnfe_status snnfe_device_characterize_file(const char *path, uint32_t cycle,
                                                      snnfe_characterization *result,
                                                      snnfe_measured_points *points);

/** @brief Put the fitted pulse response of a characterization into options that were initialized;
 *         `with_spread` 1 also sets rsd_c2c to the mean of both directions.
 *  @return #SNNFE_ERR_ARGUMENT. */
SNNFE_API snnfe_status snnfe_device_options_characterized(snnfe_device_options *options,
                                                          const snnfe_characterization *result,
                                                          int32_t with_spread);

#ifdef __cplusplus
}
#endif

#endif
