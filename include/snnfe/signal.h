/**
 * @file signal.h
 * @brief What a signal is, and filters of whole signals (@ref spec_filter).
 */
#ifndef SNNFE_SIGNAL_H
#define SNNFE_SIGNAL_H

#include <snnfe/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/** How recordings are filtered. */
enum {
    SNNFE_FILTER_ZERO_PHASE =
        0,                   /**< the paper's symmetric FIR (@ref spec_filter), which looks ahead */
    SNNFE_FILTER_CAUSAL = 1, /**< Butterworth sections that know the past only, as a live decoder
                                 must (decoder.h) */
    SNNFE_FILTER_UNKNOWN = 2 /**< of data sets from arrays: their caller knows; no option */
};

/** How samples are normalized. */
enum {
    SNNFE_NORMALIZE_ALL = 0,     /**< statistics over the recordings of all used subjects (the
                                      paper's way: test subjects are part of them) */
    SNNFE_NORMALIZE_GIVEN = 1,   /**< statistics that were given */
    SNNFE_NORMALIZE_NONE = 2,    /**< filtered microvolts */
    SNNFE_NORMALIZE_SUBJECTS = 3 /**< statistics over some subjects only
                                      (snnfe_dataset_normalize()) */
};

/** Ocular control: what is done about eye movements (control.h, @ref spec_control). */
enum {
    SNNFE_OCULAR_NONE = 0,
    SNNFE_OCULAR_REGRESSION = 1 /**< reference channels are regressed out of the others */
};

/** Alignment: what makes subjects' signals alike without labels (control.h, @ref spec_control). */
enum {
    SNNFE_ALIGNMENT_NONE = 0,
    SNNFE_ALIGNMENT_STANDARDIZE = 1, /**< each channel by the subject's mean and deviation */
    SNNFE_ALIGNMENT_EUCLIDEAN = 2 /**< by the inverse square root of the subject's mean covariance
                                       (He and Wu 2020) */
};

/** What the samples of a data set are, what a network was trained on, and what a decoder takes.
 *
 * In one that the library hands out every array is there but names that are not known; they belong
 * to the handle. Where the caller gives one, 0 and NULL stand for what the struct or function that
 * takes it says. A copy of one that the library handed out needs its own `struct_size`. */
typedef struct snnfe_signal {
    uint32_t struct_size;           /**< set by the caller to `sizeof(snnfe_signal)` */
    uint32_t n_channels;            /**< 1…64 */
    uint32_t n_classes;             /**< 2…256 */
    uint32_t filter_order;          /**< of each edge of a causal filter */
    double sampling_rate_hz;        /**< > 0 */
    double filter_low_hz;           /**< low edge, 0 = none */
    double filter_high_hz;          /**< high edge, 0 = none */
    int32_t filter_kind;            /**< `SNNFE_FILTER_*` */
    int32_t normalization;          /**< `SNNFE_NORMALIZE_*` */
    int32_t synthetic;              /**< 1 if any recording was made by snnfe_synthetic_write() */
    uint32_t reserved;              /**< 0 */
    const int32_t *channel_rows;    /**< [n_channels] places in the grid, no two the same */
    const int32_t *channel_columns; /**< [n_channels] */
    const double *channel_mean_uv;  /**< [n_channels] means that were subtracted */
    const double *channel_std_uv;   /**< [n_channels] standard deviations divided by, > 0 */
    /** [n_channels] such as "FC5". As all names one line of UTF-8, of up to 31 bytes. */
    const char *const *channel_names;
    const char *const *class_names; /**< [n_classes] such as "left", up to 255 bytes */
    int32_t ocular;                 /**< `SNNFE_OCULAR_*` */
    uint32_t n_lags;                /**< samples that ocular regression looks back at, 0…32 */
    uint32_t n_references;          /**< reference channels of ocular regression; 0 without */
    int32_t alignment;              /**< `SNNFE_ALIGNMENT_*` */
    /** [n_references] names as those of channels. References that are no channels (dropped ones, an
     *  electro-oculogram) follow the channels in a decoder's samples. At most 64 in all. */
    const char *const *reference_names;
    const double *reference_mean_uv; /**< [n_references] before the regression; NULL = zeros */
    const double *reference_std_uv;  /**< [n_references] > 0; NULL = ones */
    /** [n_channels][n_channels] mean product of two channels in the trials of many subjects before
     *  they are aligned: what alignment starts from while it knows little of a user. NULL: none. */
    const double *covariance;
    /** Bands of envelopes, 0…8; 0: channels are samples. Otherwise trials hold the log power of
     *  channels in bands (@ref spec_envelope): a quarter of the channels, with four bands, are of
     * the first band, called "C3@1", then those of the second follow. `n_steps` windows of
     *  `envelope_window_s`, one every `envelope_hop_s`, make a trial. `sampling_rate_hz` and the
     * filter are those of the recordings; means and deviations are of natural logarithms of square
     *  microvolts. */
    uint32_t n_bands;
    uint32_t reserved2;       /**< 0 */
    double envelope_window_s; /**< seconds that a power is the mean of */
    double envelope_hop_s;    /**< seconds from one power to the next */
    double band_low_hz[8];    /**< [n_bands] low edges, > 0 */
    double band_high_hz[8];   /**< [n_bands] high edges, below half of the rate */
    double notch_hz;          /**< of the notch for line noise, in front of the filter; 0 = none */
    double notch_width_hz;    /**< of the notch; 0 without one */
    /** Re-referencing: "" = none, "average", or labels of electrodes between commas, as
     *  snnfe_dataset_options::rereference says. Those that are neither channels nor references of
     *  ocular control come last in a decoder's samples. */
    char rereference[512];
} snnfe_signal;

/**
 * @brief Design the FIR taps that snnfe_dataset_open() filters with (@ref spec_filter).
 * @param low_hz  low edge, 0 = none
 * @param high_hz high edge, 0 = none
 * @param sampling_rate_hz > 0; edges must lie below half of it
 * @param[in,out] n_taps capacity of `taps`; afterwards the number of taps (odd)
 * @param[out] taps may be NULL with *n_taps = 0, to ask for the number
 * @return #SNNFE_ERR_ARGUMENT
 */
SNNFE_API snnfe_status snnfe_filter_design(double low_hz, double high_hz, double sampling_rate_hz,
                                           size_t *n_taps, double *taps);

/**
 * @brief Filter signals with zero phase and odd reflection at both ends (@ref spec_filter).
 * @param samples   [n_channels][n_samples], in ±1e20, replaced by the filtered signals
 * @param n_samples  samples of each, >= 1
 * @param taps      [n_taps] symmetric taps, of absolute values that sum up to 1e6 at the most
 * @param n_taps    odd
 * @return #SNNFE_ERR_ARGUMENT, #SNNFE_ERR_NONFINITE, #SNNFE_ERR_MEMORY
 */
SNNFE_API snnfe_status snnfe_filter_apply(float *samples, size_t n_channels, size_t n_samples,
                                          const double *taps, size_t n_taps);

/**
 * @brief Filter signals causally: a Butterworth high-pass at `low_hz` and low-pass at `high_hz`, by
 *        the bilinear transform, in double precision. Each signal begins as if its first sample had
 *        been there for ever. Sample for sample what #SNNFE_FILTER_CAUSAL and snnfe_decoder_push()
 *        do.
 * @param samples   [n_channels][n_samples], in ±1e20, replaced by the filtered signals
 * @param n_samples  samples of each, >= 1
 * @param low_hz    low edge, 0 = none
 * @param high_hz   high edge, 0 = none
 * @param sampling_rate_hz > 0; edges are at least a millionth of it away from 0 Hz and from half of
 *                  it: nearer ones cannot be computed. Every accepted filter is stable.
 * @param order     of each edge, 1…4
 * @return #SNNFE_ERR_ARGUMENT, #SNNFE_ERR_NONFINITE (nothing is changed)
 */
SNNFE_API snnfe_status snnfe_causal_filter_apply(float *samples, size_t n_channels,
                                                 size_t n_samples, double low_hz, double high_hz,
                                                 double sampling_rate_hz, uint32_t order);

/**
 * @brief Take line noise out of signals (@ref spec_notch): second-order notches at `notch_hz` and
 *        those of its multiples, the first eight at most, that lie below half of the rate with
 * their width. Sample for sample what snnfe_dataset_options::notch_hz does.
 * @param samples   [n_channels][n_samples], in ±1e20, replaced by the filtered signals
 * @param n_channels signals
 * @param n_samples  samples of each, >= 1
 * @param notch_hz  frequency of the line; 0 = nothing is done
 * @param width_hz  from the frequency below where half of the power is left to the one above
 * @param sampling_rate_hz > 0; the width is at least a millionth of it
 * @param filter_kind #SNNFE_FILTER_CAUSAL: forward, each signal beginning as if its first sample
 * had been there for ever; #SNNFE_FILTER_ZERO_PHASE: forward and backward, so that a quarter is
 * left at the edges of the width, with odd reflection of three seconds by the width in Hz at both
 * ends
 * @return #SNNFE_ERR_ARGUMENT, #SNNFE_ERR_NONFINITE (nothing is changed), #SNNFE_ERR_MEMORY
 */
SNNFE_API snnfe_status snnfe_notch_filter_apply(float *samples, size_t n_channels, size_t n_samples,
                                                double notch_hz, double width_hz,
                                                double sampling_rate_hz, int32_t filter_kind);

/**
 * @brief Change the rate of signals (@ref spec_resample): a windowed-sinc low-pass below half of
 *        the lower rate, without a delay, with odd reflection at both ends. A ratio of 1 copies.
 * @param samples   [n_channels][n_samples], in ±1e20
 * @param n_channels signals
 * @param n_samples  samples of each, 1…2^31-1
 * @param from_hz   rate of `samples`, > 0
 * @param to_hz     rate wanted, > 0; their ratio has to be one of whole numbers up to 100000
 * @param[in,out] n_resampled capacity of `resampled` in samples a signal; afterwards their number,
 *                  n_samples * to_hz / from_hz rounded up
 * @param[out] resampled [n_channels][n_resampled]; may be NULL with *n_resampled = 0, to ask for
 * the number
 * @return #SNNFE_ERR_ARGUMENT, #SNNFE_ERR_NONFINITE, #SNNFE_ERR_MEMORY
 */
SNNFE_API snnfe_status snnfe_resample(const float *samples, size_t n_channels, size_t n_samples,
                                      double from_hz, double to_hz, size_t *n_resampled,
                                      float *resampled);

typedef struct snnfe_live_resampler snnfe_live_resampler; /**< changes a stream's rate */

/**
 * @brief Make a resampler for a stream, to put in front of a decoder whose amplifier has another
 *        rate. Its samples are those of snnfe_resample(), bit for bit, but the last ones of a
 *        recording, which that reflects at its end.
 * @param[out] resampler the new handle
 * @param from_hz    rate of what is pushed, > 0
 * @param to_hz      rate wanted, > 0; their ratio as for snnfe_resample()
 * @param n_channels 1…64
 * @return #SNNFE_ERR_ARGUMENT, #SNNFE_ERR_MEMORY
 */
SNNFE_API snnfe_status snnfe_live_resampler_create(snnfe_live_resampler **resampler, double from_hz,
                                                   double to_hz, uint32_t n_channels);

/**
 * @brief Push samples and take what they become; real-time: nothing is allocated, no lock is taken.
 *        A new sample is there as soon as the old ones that it is a sum over are
 *        (snnfe_live_resampler_info::delay_s). Values that are no numbers make those around them
 *        so, which a decoder counts as faults. One thread at a time.
 * @param samples [n][n_channels]
 * @param n       old samples of each channel
 * @param[in,out] n_resampled capacity of `resampled` in samples a channel; afterwards how many
 * there are, at most n * up / down + 1
 * @param[out] resampled [n_resampled][n_channels]
 * @return #SNNFE_ERR_ARGUMENT (not enough room, too; then nothing was taken)
 */
SNNFE_API snnfe_status snnfe_live_resampler_push(snnfe_live_resampler *resampler,
                                                 const float *samples, size_t n,
                                                 size_t *n_resampled, float *resampled);

/** @brief Forget what was pushed: the next sample is the first; real-time.
 *  @return #SNNFE_ERR_ARGUMENT. */
SNNFE_API snnfe_status snnfe_live_resampler_reset(snnfe_live_resampler *resampler);

/** What a resampler is, and how far it has come. Old sample t is nearest to new sample
 *  round(t * up / down), where a window that a cue at t begins has to begin. */
typedef struct snnfe_live_resampler_info {
    uint32_t struct_size; /**< set by the caller to `sizeof(snnfe_live_resampler_info)` */
    uint32_t n_channels;  /**< values of a sample */
    uint32_t up;          /**< of the ratio of the rates, up / down */
    uint32_t down;        /**< of the ratio */
    double delay_s;   /**< from the time of a new sample to that of the last old one it needs: ten
                           samples of the lower rate, and up to two of the old one */
    uint64_t n_taken; /**< old samples since the beginning or the last reset */
    uint64_t n_given; /**< new samples since then */
} snnfe_live_resampler_info;

/** @brief What a resampler is; real-time. @return #SNNFE_ERR_ARGUMENT. */
SNNFE_API snnfe_status snnfe_live_resampler_get_info(const snnfe_live_resampler *resampler,
                                                     snnfe_live_resampler_info *info);

/** @brief Free a resampler; accepts NULL. */
SNNFE_API void snnfe_live_resampler_free(snnfe_live_resampler *resampler);

#ifdef __cplusplus
}
#endif

#endif
