/**
 * @file control.h
 * @brief Control of what a live decoder listens to: ocular regression and alignment, estimated from
 *        unlabeled samples (@ref spec_control).
 *
 * A data set does the same when it is opened (snnfe_dataset_options) or aligned
 * (snnfe_dataset_align()). Live, an snnfe_control takes samples that a decoder has filtered and
 * normalized, on any thread, and makes of them one spatial filter: weights by which the decoder
 * mixes channels. snnfe_decoder_offer_control() hands it over; windows that begin later are decided
 * through it.
 *
 * What kind of control it is, with which references, a signal says: that of the data set a network
 * was trained on, or of the network itself (snnfe_network_get_signal()).
 */
#ifndef SNNFE_CONTROL_H
#define SNNFE_CONTROL_H

#include <snnfe/signal.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct snnfe_control snnfe_control; /**< estimates of a user's spatial filter */

/** What samples are for; bits. */
enum {
    SNNFE_CONTROL_OCULAR = 1,   /**< any stretch of samples: the regression of the references */
    SNNFE_CONTROL_ALIGNMENT = 2 /**< a trial: the mean covariance, in which each counts the same */
};

/** Options of snnfe_control_create(). */
typedef struct snnfe_control_options {
    uint32_t struct_size; /**< set by snnfe_control_options_init() */
    uint32_t reserved;    /**< 0 */
    /** Samples before the regression acts; until then nothing is taken out (references that are no
     *  channels do not go on in any case). Default 1600. */
    uint64_t least_samples;
    double memory_samples; /**< of the regression: weights fall to 1/e over so many samples, > 1;
                                0 = all count the same (default) */
    double memory_trials;  /**< of the mean covariance, likewise in trials; default 0 */
    double prior_trials;   /**< trials that the signal's `covariance` counts as, >= 0; without one
                                that of uncorrelated channels of variance 1; default 5 */
} snnfe_control_options;

/** @brief Fill `options` (of `size` bytes) with the defaults. Thread-safe. */
SNNFE_API snnfe_status snnfe_control_options_init(snnfe_control_options *options, size_t size);

/**
 * @brief Make an estimate that has seen nothing yet.
 * @param[out] control the new handle
 * @param signal  of a network or a data set; copied
 * @return #SNNFE_ERR_ARGUMENT naming field and value (a signal without control or channels, a
 *         reference twice, more than 64 channels and references), #SNNFE_ERR_MEMORY
 */
SNNFE_API snnfe_status snnfe_control_create(snnfe_control **control, const snnfe_signal *signal,
                                            const snnfe_control_options *options);

/** @brief Free an estimate; accepts NULL. Decoders keep what they were offered. */
SNNFE_API void snnfe_control_free(snnfe_control *control);

/**
 * @brief Learn from samples, such as a calibration or a window that has ended.
 * @param control the estimate
 * @param use     `SNNFE_CONTROL_*`, one or both
 * @param samples [n][n_values] in a row, as snnfe_decoder_copy_samples() gives them
 * @param n       more than the signal's `n_lags`: the first `n_lags` only serve as the past. Of
 * envelopes a trial has `n_lags` + snnfe_decoder_info::window_samples, and is measured through the
 * regression as it is now; later trials do not change that.
 * @return #SNNFE_ERR_ARGUMENT, #SNNFE_ERR_NONFINITE naming the sample; nothing
 *         is learned then
 */
SNNFE_API snnfe_status snnfe_control_add(snnfe_control *control, uint32_t use, const float *samples,
                                         size_t n);

/** The spatial filter that follows from what was learned, and how. Output c at time t is
 *  `offset[c]` + sum over terms k of `weights[c][k]` times term k; the terms are the inputs at t,
 *  then the references at t - 1, those at t - 2, and so on. */
typedef struct snnfe_control_info {
    uint32_t struct_size;  /**< set by the caller to `sizeof(snnfe_control_info)` */
    uint32_t n_inputs;     /**< these channels, then references that are none */
    uint32_t n_outputs;    /**< channels (of envelopes, the electrodes that they are of) */
    uint32_t n_terms;      /**< n_inputs + n_references * n_lags */
    uint64_t n_samples;    /**< learned for the regression */
    uint64_t n_trials;     /**< learned for the alignment */
    uint32_t n_flat;       /**< references without variance, which take nothing out */
    uint32_t n_floored;    /**< directions (channels, when standardizing) whose variance was below
                                1e-4 of the mean one, and was raised to that */
    const double *weights; /**< [n_outputs][n_terms], valid until the handle changes or is freed */
    const double *offset;  /**< [n_outputs], likewise */
    uint32_t n_values; /**< of a sample: n_inputs, and as many again for each band of envelopes */
    uint32_t n_envelopes; /**< 0: channels are samples. Otherwise the filter above takes the eyes
                             out of the samples of each band (without its offset), and the alignment
                               mixes the envelopes of that: */
    const double *envelope_weights; /**< [n_envelopes][n_envelopes] or NULL */
    const double *envelope_offset;  /**< [n_envelopes] or NULL */
} snnfe_control_info;

/** @brief Compute the filter and tell it. @return #SNNFE_ERR_ARGUMENT, #SNNFE_ERR_NONFINITE (no
 *  solution: values beyond the range of numbers), #SNNFE_ERR_MEMORY. */
SNNFE_API snnfe_status snnfe_control_get_info(snnfe_control *control, snnfe_control_info *info);

/** @brief Write what was learned to a safetensors file, atomically.
 *  @return #SNNFE_ERR_ARGUMENT, #SNNFE_ERR_IO, #SNNFE_ERR_MEMORY. */
SNNFE_API snnfe_status snnfe_control_save(const snnfe_control *control, const char *path);

/** @brief Take up a saved estimate, for example of the user's last session. Nothing changes on
 *         failure.
 *  @return #SNNFE_ERR_SHAPE (of another kind, channels or references), #SNNFE_ERR_IO,
 *          #SNNFE_ERR_FORMAT, #SNNFE_ERR_NONFINITE, #SNNFE_ERR_MEMORY, #SNNFE_ERR_ARGUMENT.
 */
SNNFE_API snnfe_status snnfe_control_restore(snnfe_control *control, const char *path);

#ifdef __cplusplus
}
#endif

#endif
