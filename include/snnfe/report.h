/**
 * @file report.h
 * @brief What a network costs: parameters, operations, spikes, memory, pulses, energy and wear.
 *
 * Dense multiply-accumulates follow from the configuration. Synaptic operations, spikes and changes
 * are counted on the caller's trials. Memory is what the library asks its allocator for, found by
 * making what is reported on. Pulses are those in a trainer's checkpoint.
 */
#ifndef SNNFE_REPORT_H
#define SNNFE_REPORT_H

#include <snnfe/decoder.h>
#include <snnfe/trainer.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Options of snnfe_report_make(). */
typedef struct snnfe_report_options {
    uint32_t struct_size;   /**< set by snnfe_report_options_init() */
    uint32_t n_threads;     /**< of evaluation and training, also for their memory; 0 =
                                 snnfe_default_threads(); default 1 */
    uint32_t batch_size;    /**< of training, for its memory, 1…65536; default 64 */
    uint32_t n_shards;      /**< of training, 1…1024; default 16 */
    const char *checkpoint; /**< file of snnfe_trainer_save() that has pulses; NULL = none */
    const snnfe_decoder_options *decoder; /**< for the live memory; NULL = the defaults */
    const snnfe_device *device; /**< training through it needs more memory, and it may know its
                                     pulses' energies and its cells' endurance; NULL = floating
                                     point */
    double ltp_energy_j;        /**< joules of an LTP pulse of the device's own, >= 0; with
                                     `ltd_energy_j` 0 (default) those of `device` */
    double ltd_energy_j;        /**< joules of an LTD pulse, >= 0; default 0 */
    double endurance; /**< pulses that a cell lives through, >= 0; 0 (default) = that of the cells
                           of `device` */
} snnfe_report_options;

/** @brief Fill `options` (of `size` bytes) with the defaults. Thread-safe. */
SNNFE_API snnfe_status snnfe_report_options_init(snnfe_report_options *options, size_t size);

/** One layer, or all together. Operations are means per trial. */
typedef struct snnfe_layer_report {
    uint64_t n_neurons;         /**< 0 for the readout */
    uint64_t n_synapses;        /**< synaptic weights */
    uint64_t n_biases;          /**< biases */
    uint64_t n_others;          /**< decays and ts_weights */
    uint64_t dense_macs;        /**< multiply-accumulates of the dense product, per trial */
    double synaptic_operations; /**< weights that incoming spikes add; NaN without trials */
    double event_operations;    /**< weights that incoming changes add or subtract; NaN without */
    double spikes;              /**< of its neurons; NaN without trials or neurons */
    double spike_rate;          /**< per neuron and step; NaN likewise */
    double change_rate;    /**< neurons whose output differs from the step before, per neuron and
                                step after the first; NaN likewise */
    uint64_t ltp_pulses;   /**< LTP pulses given; 0 without checkpoint, see `pulses_known` */
    uint64_t ltd_pulses;   /**< LTD pulses given */
    double energy_j;       /**< joules of all pulses; NaN without checkpoint, or if that of any is
                                not known, as of other forms' than the device's own without it */
    double effective_macs; /**< multiply-accumulates by inputs that are not 0, see
                                snnfe_layer_activity; NaN without trials */
    uint64_t largest;      /**< most pulses that a cell had; 0 without checkpoint */
    double life_used;      /**< `largest` over endurance; NaN if either is not known */
    double mean_life_used; /**< mean pulses of its cells over endurance; NaN likewise */
} snnfe_layer_report;

/** The report. */
typedef struct snnfe_report {
    uint32_t struct_size;      /**< set by the caller to `sizeof(snnfe_report)` */
    uint32_t n_steps;          /**< of a trial */
    uint64_t n_trials;         /**< that the operations were counted on */
    uint64_t n_values;         /**< values of all parameters */
    uint64_t parameter_bytes;  /**< a network in memory, packed forms included */
    uint64_t evaluation_bytes; /**< workspaces of an evaluation, the network not counted */
    uint64_t training_bytes;   /**< a trainer, the network not counted */
    uint64_t live_bytes;       /**< a decoder, the network not counted */
    uint64_t pulses_known;     /**< 1 if they come from a checkpoint, 0: unknown */
} snnfe_report;

/**
 * @brief Report on a network.
 * @param grid  [n][n_rows][n_columns][n_steps] trials to count on, finite; NULL with n = 0
 * @param n     number of trials, may be 0
 * @param[out] report the report
 * @param[out] rows [SNNFE_N_LAYERS + 1] by `SNNFE_LAYER_*`, the last all layers together with rates
 *             over all neurons; or NULL
 * @param size  `sizeof(snnfe_layer_report)`
 * @return #SNNFE_ERR_ARGUMENT, #SNNFE_ERR_NONFINITE, #SNNFE_ERR_MEMORY; for the checkpoint
 *         #SNNFE_ERR_IO, #SNNFE_ERR_FORMAT, #SNNFE_ERR_SHAPE (its pulses had more forms than
 *         `device` has, too), #SNNFE_ERR_NOT_FOUND (it has no pulses)
 */
SNNFE_API snnfe_status snnfe_report_make(const snnfe_network *network, const float *grid, size_t n,
                                         const snnfe_report_options *options, snnfe_report *report,
                                         snnfe_layer_report *rows, size_t size);

/** Forms of a report. */
enum {
    SNNFE_REPORT_TEXT = 0, /**< a table to read */
    SNNFE_REPORT_JSON = 1, /**< one object; what is not known is null */
    SNNFE_REPORT_CSV = 2   /**< a row a layer and one of all; what is not known is empty */
};

/**
 * @brief Put a report in words.
 * @param report, rows, size as of snnfe_report_make()
 * @param form   `SNNFE_REPORT_*`
 * @param[out] text     [capacity] NUL-terminated, cut if it does not fit; NULL with capacity 0
 * @param capacity bytes of `text`
 * @param[out] length bytes of the whole text without its NUL, or NULL
 * @return #SNNFE_ERR_ARGUMENT, #SNNFE_ERR_MEMORY
 */
SNNFE_API snnfe_status snnfe_report_print(const snnfe_report *report,
                                          const snnfe_layer_report *rows, size_t size, int32_t form,
                                          char *text, size_t capacity, size_t *length);

#ifdef __cplusplus
}
#endif

#endif
