/**
 * @file decoder.h
 * @brief Live decoding: raw samples in, decisions out, one time step at a time.
 *
 * A decoder filters, normalises and maps every sample that is pushed and advances the windows that
 * are running by one step of the network, so that a decision is there as soon as a window's last
 * sample is. A window begins with the network at rest and lasts the network's n_steps samples;
 * windows begin regularly (and may overlap) or at cues.
 *
 * Everything is allocated when the decoder is made. After that, the functions marked "real-time"
 * allocate nothing, take no lock and make no system call, and their time per sample is bounded;
 * they may be called from a real-time thread. snnfe_decoder_offer() and snnfe_decoder_uses() may be
 * called from any thread at any time; every other function from one thread at a time.
 *
 * Given the same filtered samples, a window's logits are bit for bit those of
 * snnfe_network_evaluate().
 */
#ifndef SNNFE_DECODER_H
#define SNNFE_DECODER_H

#include <snnfe/dataset.h>
#include <snnfe/network.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct snnfe_decoder snnfe_decoder; /**< live decoding */

/** When windows begin. */
enum {
    SNNFE_WINDOWS_REGULAR = 0, /**< at samples 0, hop, 2 hop, … */
    SNNFE_WINDOWS_CUED = 1     /**< at the sample after snnfe_decoder_cue() */
};

/** What can be wrong with a sample of a channel; bits. */
enum {
    SNNFE_FAULT_NONFINITE = 1, /**< NaN or infinite: the channel's last good value stands in */
    SNNFE_FAULT_SATURATED = 2, /**< magnitude of `saturation_uv` or more: likewise */
    SNNFE_FAULT_FLAT = 4,      /**< the same value for `flat_samples`: no contact */
    SNNFE_FAULT_NOISY = 8,     /**< root mean square above `noisy_z`: bad contact */
    SNNFE_FAULT_DROPPED = 16,  /**< samples are missing (all channels) */
    SNNFE_FAULT_REPEATED = 32  /**< samples came twice and were passed over (all channels) */
};

/** What the network sees in place of a channel that is flat or noisy. */
enum {
    SNNFE_REPAIR_NEIGHBOURS = 0, /**< mean of the good channels next to it in the grid; 0 if none */
    SNNFE_REPAIR_ZERO = 1,       /**< 0, the channel's mean */
    SNNFE_REPAIR_NONE = 2        /**< the channel as it is */
};

/** Options of snnfe_decoder_create(). */
typedef struct snnfe_decoder_options {
    uint32_t struct_size; /**< set by snnfe_decoder_options_init() */
    int32_t windows;      /**< `SNNFE_WINDOWS_*`; default #SNNFE_WINDOWS_REGULAR */
    uint32_t hop;         /**< samples between the beginnings of regular windows, 1…2^31; 0 = the
                               network's n_steps, end to end (default) */
    uint32_t n_running; /**< windows that can run at the same time, 1…1024; 0 = as many as regular
                             windows need, or 2 with cues (default) */
    uint32_t n_pending; /**< decisions kept until they are taken, 1…65536; default 64 */
    uint32_t n_history; /**< samples kept for snnfe_decoder_copy_window(), n_steps…2^24; 0 = twice
                             n_steps (default) */
    /** Channels: their number, places in the grid and statistics, as a data set has them. All
     *  arrays are copied. */
    size_t n_channels;              /**< 1…64; default 64 */
    const int32_t *channel_rows;    /**< [n_channels] or NULL: the 64 EEGMMIDB channels (default) */
    const int32_t *channel_columns; /**< [n_channels] or NULL */
    const double *channel_mean_uv;  /**< [n_channels] or NULL: zeros (default) */
    const double *channel_std_uv;   /**< [n_channels] > 0 or NULL: ones (default) */
    /** Causal filter (snnfe_causal_filter_apply()); both edges 0 = samples come filtered. */
    double sampling_rate_hz; /**< > 0; default 160 */
    double filter_low_hz;    /**< default 0.1; 0 = no high-pass */
    double filter_high_hz;   /**< default 79; 0 = no low-pass */
    uint32_t filter_order;   /**< of each edge, 1…4; default 2 */
    uint32_t early_least;    /**< steps before an early decision, >= 1; default 1 */
    double early_confidence; /**< a window ends early when a class's probability reaches this,
                                  0.5…1; 0 = never (default) */
    double saturation_uv;    /**< > 0; default 5000 */
    double noisy_z;          /**< in standard deviations over about one second, > 0; default 20 */
    uint32_t flat_samples;   /**< 2…2^31; default 80 */
    uint32_t longest_gap;    /**< dropped samples that are bridged by the last one; a longer gap
                                  ends the running windows; default 16 */
    int32_t repair;          /**< `SNNFE_REPAIR_*`; default #SNNFE_REPAIR_NEIGHBOURS */
    uint32_t most_bad_channels; /**< a decision is marked rejected when more channels than this were
                                     flat or noisy at one sample of its window; default 16 */
} snnfe_decoder_options;

/** @brief Fill `options` (of `size` bytes) with the defaults. Thread-safe. @since 0.1 */
SNNFE_API snnfe_status snnfe_decoder_options_init(snnfe_decoder_options *options, size_t size);

/** @brief Take channels, statistics, sampling rate and filter edges from a data set; a causal
 *         filter's order too. Arrays are borrowed from it until the decoder is made. The statistics
 *         should be of causally filtered recordings.
 *  @return #SNNFE_ERR_ARGUMENT. @since 0.1 */
SNNFE_API snnfe_status snnfe_decoder_options_dataset(snnfe_decoder_options *options,
                                                     const snnfe_dataset *dataset);

/**
 * @brief Make a decoder.
 * @param[out] decoder the new handle
 * @param network borrowed until the decoder is freed; must not change while a window uses it
 * @param options NULL for the defaults
 * @return #SNNFE_ERR_ARGUMENT naming field and value, #SNNFE_ERR_SHAPE (a channel lies outside the
 *         network's grid), #SNNFE_ERR_MEMORY
 * @since 0.1
 */
SNNFE_API snnfe_status snnfe_decoder_create(snnfe_decoder **decoder, const snnfe_network *network,
                                            const snnfe_decoder_options *options);

/** @brief Free a decoder; accepts NULL; networks stay. @since 0.1 */
SNNFE_API void snnfe_decoder_free(snnfe_decoder *decoder);

/** @brief Exact number of bytes that a decoder asks the allocator for, the network's own not
 *         counted (found by making one and freeing it).
 *  @return as snnfe_decoder_create(). @since 0.1 */
SNNFE_API snnfe_status snnfe_decoder_size(const snnfe_network *network,
                                          const snnfe_decoder_options *options, size_t *bytes);

/**
 * @brief Push samples; real-time.
 * @param decoder the decoder
 * @param samples [n][n_channels], microvolts (or, without filter and statistics, what the network
 *                takes); anything that is not a number counts as a fault
 * @param n       samples of each channel, may be 0
 * @return #SNNFE_ERR_ARGUMENT (a NULL pointer)
 * @since 0.1
 */
SNNFE_API snnfe_status snnfe_decoder_push(snnfe_decoder *decoder, const float *samples, size_t n);

/** @brief The same with the number of the first sample, counted from 0 by the source: numbers that
 *         are missing count as dropped, those that were there already are passed over; real-time.
 *  @return #SNNFE_ERR_ARGUMENT. @since 0.1 */
SNNFE_API snnfe_status snnfe_decoder_push_numbered(snnfe_decoder *decoder, uint64_t number,
                                                   const float *samples, size_t n);

/** @brief Say that `n` samples are missing; real-time. A gap of up to `longest_gap` is bridged with
 *         the last sample; a longer one ends all running windows as rejected decisions, and the
 *         filter begins anew with the next sample. @return #SNNFE_ERR_ARGUMENT. @since 0.1 */
SNNFE_API snnfe_status snnfe_decoder_drop(snnfe_decoder *decoder, uint64_t n);

/**
 * @brief Let a window begin with the next sample; real-time. With regular windows too.
 * @param decoder the decoder
 * @param label   true class if it is known, to be handed on to the decision; else -1
 * @param[out] window number of the window, or NULL
 * @return #SNNFE_ERR_STATE (all `n_running` windows are running), #SNNFE_ERR_ARGUMENT (no class)
 * @since 0.1
 */
SNNFE_API snnfe_status snnfe_decoder_cue(snnfe_decoder *decoder, int32_t label, uint64_t *window);

/** A window's result. */
typedef struct snnfe_decision {
    uint32_t struct_size;    /**< set by the caller to `sizeof(snnfe_decision)` */
    int32_t decided;         /**< class of the largest logit (the first of equal ones) */
    int32_t label;           /**< as given with the cue, else -1 */
    uint32_t n_steps;        /**< steps taken: fewer than the network's after an early decision */
    uint64_t window;         /**< number of the window, in the order of beginning, from 0 */
    uint64_t first_sample;   /**< number of its first sample */
    double confidence;       /**< probability of `decided` */
    uint32_t faults;         /**< `SNNFE_FAULT_*` bits that any channel showed meanwhile */
    uint32_t n_bad_channels; /**< most channels that were flat or noisy at one sample */
    int32_t early;           /**< 1 if decided early */
    int32_t rejected;        /**< 1 if too many channels were bad, or the window was cut by a gap */
} snnfe_decision;

/** @brief Decisions that wait to be taken; 0 for NULL; real-time. @since 0.1 */
SNNFE_API size_t snnfe_decoder_pending(const snnfe_decoder *decoder);

/**
 * @brief Take the oldest decision; real-time. When more than `n_pending` wait, the oldest are lost
 *        and counted.
 * @param decoder the decoder
 * @param[out] decision the decision (`struct_size` set by the caller)
 * @param[out] logits        [n_classes] or NULL
 * @param[out] probabilities [n_classes] softmax of the logits, or NULL
 * @return #SNNFE_ERR_STATE (none waits), #SNNFE_ERR_ARGUMENT
 * @since 0.1
 */
SNNFE_API snnfe_status snnfe_decoder_next(snnfe_decoder *decoder, snnfe_decision *decision,
                                          float *logits, float *probabilities);

/** Counts since the decoder was made or reset, and what is the case now. */
typedef struct snnfe_decoder_info {
    uint32_t struct_size;    /**< set by the caller to `sizeof(snnfe_decoder_info)` */
    uint32_t n_channels;     /**< values of a sample */
    uint32_t n_running;      /**< windows running now */
    uint32_t n_bad_channels; /**< channels flat or noisy now */
    uint64_t n_samples;      /**< samples so far, dropped ones included: number of the next one */
    uint64_t n_windows;      /**< windows begun */
    uint64_t n_decisions;    /**< decisions made */
    uint64_t n_early;        /**< of them early */
    uint64_t n_rejected;     /**< of them rejected */
    uint64_t n_lost;         /**< decisions lost because nobody took them */
    uint64_t n_skipped;      /**< regular windows that found all of `n_running` running */
    uint64_t n_dropped;      /**< samples dropped */
    uint64_t n_repeated;     /**< samples that came twice */
    uint64_t n_nonfinite;    /**< values (of one channel) that were not finite */
    uint64_t n_saturated;    /**< values that were saturated */
    uint64_t n_bytes;        /**< what the decoder asked the allocator for */
} snnfe_decoder_info;

/** @brief Counts and present state; real-time. @return #SNNFE_ERR_ARGUMENT. @since 0.1 */
SNNFE_API snnfe_status snnfe_decoder_get_info(const snnfe_decoder *decoder,
                                              snnfe_decoder_info *info);

/** @brief `SNNFE_FAULT_*` bits of each channel at the newest sample, borrowed, [n_channels]; NULL
 *         for NULL; real-time. @since 0.1 */
SNNFE_API const uint32_t *snnfe_decoder_channel_faults(const snnfe_decoder *decoder);

/** @brief The newest sample as the network saw it, borrowed, [n_rows][n_columns]; NULL for NULL;
 *         real-time. @since 0.1 */
SNNFE_API const float *snnfe_decoder_grid(const snnfe_decoder *decoder);

/** @brief How the window that has run longest stands: steps taken (0 = none is running) and the
 *         probabilities [n_classes] so far (or NULL); real-time.
 *  @return #SNNFE_ERR_ARGUMENT. @since 0.1 */
SNNFE_API snnfe_status snnfe_decoder_peek(const snnfe_decoder *decoder, uint32_t *n_steps,
                                          float *probabilities);

/**
 * @brief Copy the samples of a window as the network saw them, for learning from it; real-time.
 * @param decoder      the decoder
 * @param first_sample as in the decision
 * @param[out] grid [n_rows][n_columns][n_steps]
 * @return #SNNFE_ERR_NOT_FOUND (not yet or no longer in the history, or cut by a gap),
 *         #SNNFE_ERR_ARGUMENT
 * @since 0.1
 */
SNNFE_API snnfe_status snnfe_decoder_copy_window(const snnfe_decoder *decoder,
                                                 uint64_t first_sample, float *grid);

/**
 * @brief Put another network of the same configuration in force for the windows that begin from
 *        now on; running ones go on with theirs. An atomic exchange: any thread, any time.
 * @param decoder the decoder
 * @param network borrowed until snnfe_decoder_uses() says 0, after another was offered
 * @return #SNNFE_ERR_SHAPE (another configuration), #SNNFE_ERR_ARGUMENT
 * @since 0.1
 */
SNNFE_API snnfe_status snnfe_decoder_offer(snnfe_decoder *decoder, const snnfe_network *network);

/** @brief 1 if a network is in force or a running window uses it, 0 if it is free to be changed.
 *         Any thread, any time. @since 0.1 */
SNNFE_API int32_t snnfe_decoder_uses(const snnfe_decoder *decoder, const snnfe_network *network);

/** @brief Back to before the first sample; the network in force stays; real-time.
 *  @return #SNNFE_ERR_ARGUMENT. @since 0.1 */
SNNFE_API snnfe_status snnfe_decoder_reset(snnfe_decoder *decoder);

/** @brief Write the decoder's state to a safetensors file, atomically: filter, running windows,
 *         history, waiting decisions, counts. The network is not in it.
 *  @return #SNNFE_ERR_STATE (a running window uses a network that was since replaced: push until it
 *          has ended), #SNNFE_ERR_IO, #SNNFE_ERR_MEMORY, #SNNFE_ERR_ARGUMENT. @since 0.1 */
SNNFE_API snnfe_status snnfe_decoder_save(const snnfe_decoder *decoder, const char *path);

/** @brief Take up a saved state; decoding then goes on to the same bits. The decoder must have the
 *         same options and a network with the same values. Nothing changes on failure.
 *  @return #SNNFE_ERR_SHAPE (other options or network), #SNNFE_ERR_IO, #SNNFE_ERR_FORMAT,
 *          #SNNFE_ERR_NONFINITE, #SNNFE_ERR_MEMORY, #SNNFE_ERR_ARGUMENT. @since 0.1 */
SNNFE_API snnfe_status snnfe_decoder_restore(snnfe_decoder *decoder, const char *path);

#ifdef __cplusplus
}
#endif

#endif
