/**
 * @file cells.h
 * @brief What real cells of an array do beside the pulse response: they differ, age, lose what they
 *        hold, and are read with errors (@ref cells, @ref spec_cells).
 *
 * The cell of a synapse is drawn from the number of the array and the number of the synapse alone:
 * networks can be moved between arrays, and an array is the same in every run. Synapses of a
 * network are numbered as its parameters lie one after another.
 */
#ifndef SNNFE_CELLS_H
#define SNNFE_CELLS_H

#include <snnfe/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/** How the cells of an array are distributed. */
enum {
    SNNFE_SPREAD_GAUSSIAN = 0, /**< factors 1 + s z, at least 0.01 */
    SNNFE_SPREAD_LOGNORMAL = 1 /**< factors exp(sigma z - sigma²/2), sigma² = ln(1 + s²): of mean 1
                                    and relative standard deviation s */
};

/** How a cell goes to its rest state after it was programmed. */
enum {
    SNNFE_RETENTION_NONE = 0,     /**< it stays */
    SNNFE_RETENTION_POWER = 1,    /**< what is left is (1 + t / retention_s)^-retention_exponent */
    SNNFE_RETENTION_STRETCHED = 2 /**< exp(-(t / retention_s)^retention_exponent) */
};

/** Cells of an array; the defaults are cells that are all alike, never change and are read as they
 * are. */
typedef struct snnfe_cells_options {
    uint32_t struct_size;    /**< set by snnfe_cells_options_init() */
    int32_t distribution;    /**< `SNNFE_SPREAD_*`; default Gaussian */
    uint64_t array;          /**< number of the array, from which its cells are drawn, below 2^53 */
    double spread_amplitude; /**< relative standard deviation of LTP and LTD amplitudes, 0…10 */
    double spread_alpha;     /**< of the exponents alpha, 0…10; of the beta form only */
    double spread_beta;      /**< of the exponents beta, 0…10; of the beta form only */
    double spread_window;    /**< of how far the lowest and the highest conductance are from the
                                  middle, 0…10; a cell's larger window is not used */
    double correlation;      /**< of z of LTP and LTD, -1…1; default 0 */
    double truncation;       /**< a z beyond it is drawn again, 0.1…10; default 3 */
    double stuck_low;        /**< share of cells stuck at the lowest conductance, 0…1 */
    double stuck_high;       /**< share stuck at the highest; the three shares are at most 1 */
    double stuck_anywhere;   /**< share stuck at a conductance that is drawn, uniform in 0…1 */
    double pulses_before;    /**< pulses that every cell had before those that are counted, >= 0 */
    double wakeup_pulses;    /**< pulses in which wake-up ends but for 1/e, >= 0; 0 = none */
    double wakeup_start;     /**< factor on the amplitude of a fresh cell, 0…10; default 1 */
    double fatigue_pulses;   /**< pulses in which amplitudes fall, but for 1/e, >= 0; 0 = never */
    double fatigue_exponent; /**< of the stretched exponential, 0.01…10; default 1 */
    double fatigue_end;      /**< factor on the amplitude in the end, 0…1; default 0 */
    const double *aging_pulses;  /**< [n_aging] ascending, >= 0: a table of factors on the
                                      amplitude, linear in ln(1 + pulses); copied */
    const double *aging_factors; /**< [n_aging] 0…10; copied */
    size_t n_aging;              /**< entries of both, at least 2; 0 = no table */
    double endurance;        /**< pulses after which a cell is stuck where it is, >= 0; 0 = never */
    double endurance_spread; /**< relative standard deviation of it, log-normal, 0…10 */
    int32_t retention;       /**< `SNNFE_RETENTION_*`; NONE takes no other retention_* */
    uint32_t reserved;       /**< 0 */
    double retention_s;      /**< seconds, > 0; default 1 */
    double retention_exponent; /**< 0.001…10; default 1 */
    double retention_spread; /**< relative standard deviation of retention_s, log-normal, 0…10 */
    double retention_rest;   /**< where cells go, as part of their windows, 0…1; default 0.5 */
    double read_noise;       /**< standard deviation of a reading, as conductance 0…1, >= 0 */
    double read_noise_state; /**< what a conductance of 1 adds to it, in proportion, >= 0 */
    uint32_t adc_bits;       /**< of the converter that reads, 1…24; 0 = exact */
    uint32_t reserved2;      /**< 0 */
    double adc_low;          /**< conductance of its lowest code; default 0 */
    double adc_high;         /**< conductance of its highest code, above adc_low; default 1 */
    double wire;             /**< resistance of a column's wire from cell to cell × the highest
                                  conductance × share of rows that conduct, 0…1 */
    double imprint; /**< what a cell held at an end of its window prefers that end by: share of the
                         amplitude for each factor e of time, 0…1 */
    double imprint_s; /**< seconds after which it begins to show, > 0; default 1 */
    double held_s;    /**< seconds that cells have held what the first pulse finds, >= 0 */
    double history; /**< what the first pulse after a long run of the other direction changes more,
                         in proportion, -1…10 */
    double history_pulses;    /**< pulses in which a run is forgotten but for 1/e, 0.01…10^6;
                                   default 1 */
    double read_disturb;      /**< share of its distance from read_disturb_rest that a cell loses by
                                   one reading, 0…1 */
    double read_disturb_rest; /**< where readings drive cells, as part of their windows, 0…1 */
    uint32_t column_bits;     /**< of the converter of a column's sum, 2…24; 0 = exact */
    uint32_t reserved3;       /**< 0 */
    double column_range;      /**< its largest value, as snnfe_network_options has it; default 1 */
    double reference_spread; /**< standard deviation of the conductances, around ½, of the cells of
                                  the reference column that is subtracted from each column; of each
                                  row the same for all columns of a tensor, 0…1; default 0 */
} snnfe_cells_options;

/** @brief Fill `options` (of `size` bytes) with the defaults. Thread-safe. */
SNNFE_API snnfe_status snnfe_cells_options_init(snnfe_cells_options *options, size_t size);

/** One cell of an array. */
typedef struct snnfe_cell {
    float amplitude[2]; /**< factors on the amplitudes of LTP and LTD */
    float alpha[2];     /**< factors on alpha */
    float beta[2];      /**< factors on beta */
    float low;          /**< lowest conductance, 0…1 */
    float high;         /**< highest; the same as `low` for a stuck cell */
    float endurance;    /**< pulses after which it is stuck; infinite if never */
    float retention_s;  /**< seconds */
} snnfe_cell;

/**
 * @brief The cells of `n` synapses from number `first` on.
 * @param[out] cells [n]
 * @param size       `sizeof(snnfe_cell)`
 * @return #SNNFE_ERR_ARGUMENT (first + n is more than 2^32)
 */
SNNFE_API snnfe_status snnfe_device_cells(const snnfe_device *device, uint64_t first, size_t n,
                                          snnfe_cell *cells, size_t size);

/**
 * @brief Let time pass over programmed weights, then readings: each goes towards its cell's rest
 * state (retention), then towards where readings drive it (read disturb).
 * @param weights [n], finite, replaced
 * @param bound   A > 0
 * @param first   number of the first synapse; first + n is at most 2^32
 * @param from_s  seconds since the programming, >= 0, that the weights are of
 * @param to_s    seconds since the programming that they become those of, at least `from_s`
 * @param readings how often each cell is read in this time
 * @return #SNNFE_ERR_ARGUMENT (a time that runs backwards; time or readings for a device whose
 * cells lose nothing by them), #SNNFE_ERR_NONFINITE
 */
SNNFE_API snnfe_status snnfe_device_age(const snnfe_device *device, float *weights, size_t n,
                                        double bound, uint64_t first, double from_s, double to_s,
                                        uint64_t readings);

/**
 * @brief What a reading of weights gives: the wire's drop, less the reference column, read noise,
 *        the converter.
 * @param weights [n], finite, replaced; with read noise or another reference they may leave the
 *                bound
 * @param column  weights of a column, from the end where its current is sensed; `n` is a multiple
 * @param bound   A > 0
 * @param first   number of the first synapse; first + n is at most 2^32
 * @param seed    of the read noise: another seed is another reading
 * @return #SNNFE_ERR_ARGUMENT (cells that are read as they are, too), #SNNFE_ERR_NONFINITE
 */
SNNFE_API snnfe_status snnfe_device_read(const snnfe_device *device, float *weights, size_t n,
                                         size_t column, double bound, uint64_t first,
                                         uint64_t seed);

#ifdef __cplusplus
}
#endif

#endif
