/**
 * @file decoder.h
 * @brief Live decoding: raw samples in, decisions out, one time step at a time.
 *
 * A decoder filters, normalizes and maps every sample that is pushed and advances the windows that
 * are running by one step of the network, so that a decision is there as soon as a window's last
 * sample is. A window begins with the network at rest and lasts the network's n_steps samples;
 * windows begin regularly (and may overlap) or at cues.
 *
 * Everything is allocated when the decoder is made. After that, the functions marked "real-time"
 * allocate nothing, take no lock and make no system call, and their time per sample is bounded;
 * they may be called from a real-time thread. snnfe_decoder_offer() and snnfe_decoder_uses() may be
 * called from any thread at any time; every other function from one thread at a time.
 *
 * Rows of samples carry no names. A decoder knows the names of its channels (from the data set),
 * and snnfe_decoder_match_channels() finds for each of them its place in a source whose channels
 * have names too.
 *
 * A session is one unbroken run of a source: an amplifier that is switched on, a recording. A new
 * one begins with snnfe_decoder_begin_session(), or by itself when the source's sample numbers
 * start again (snnfe_decoder_push() says how this is distinguished from repeated samples
 * and from a counter that wraps). Windows that were running are cut, the filter starts again,
 * regular windows begin with the session's first sample; counts, waiting decisions and the
 * decoder's own numbering of samples and windows go on.
 *
 * Given the same filtered samples, a window's logits are bit for bit those of
 * snnfe_network_evaluate().
 *
 * Of envelopes (snnfe_signal::n_bands) a step of the network is due once every `envelope_hop_s`,
 * and a window lasts snnfe_decoder_info::window_samples. Bands are filtered causally, with the
 * order of the signal's filter.
 */
#ifndef SNNFE_DECODER_H
#define SNNFE_DECODER_H

#include <snnfe/control.h>
#include <snnfe/dataset.h>
#include <snnfe/network.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct snnfe_decoder snnfe_decoder; /**< live decoding */

/** When windows begin. */
enum {
    SNNFE_WINDOWS_REGULAR = 0, /**< at samples 0, hop, 2 hop, … of a session */
    SNNFE_WINDOWS_CUED = 1     /**< at the sample after snnfe_decoder_cue() */
};

/** What can be wrong with a sample of a channel; bits. */
enum {
    SNNFE_FAULT_NONFINITE = 1, /**< NaN or infinite: the channel's last good value is used */
    SNNFE_FAULT_SATURATED = 2, /**< beyond `saturation_uv` or `range_uv`: likewise */
    SNNFE_FAULT_FLAT = 4,      /**< the same value for `flat_samples`: no contact */
    SNNFE_FAULT_NOISY = 8,     /**< root mean square above `noisy_z`: bad contact */
    SNNFE_FAULT_DROPPED = 16,  /**< samples are missing (all channels) */
    SNNFE_FAULT_REPEATED = 32, /**< samples came twice and were skipped (all channels) */
    SNNFE_FAULT_RESTARTED = 64 /**< a new session began before the window's end (all channels) */
};

/** What the network sees in place of a channel that is flat or noisy. */
enum {
    SNNFE_REPAIR_NEIGHBORS = 0, /**< mean of the good channels next to it in the grid; 0 if none */
    SNNFE_REPAIR_ZERO = 1,      /**< 0, the channel's mean */
    SNNFE_REPAIR_NONE = 2,      /**< the channel as it is */
    /** Spherical splines of the good channels, by the places of their names in the 10-05 system,
     *  within a thousandth of what #SNNFE_ABSENT_INTERPOLATED gives. A channel of another name, and
     *  one with fewer than three good electrodes, as NEIGHBORS. The sample with which other
     *  channels are bad takes up to a millisecond more. */
    SNNFE_REPAIR_SPLINES = 3
};

/** Options of snnfe_decoder_create(). */
typedef struct snnfe_decoder_options {
    uint32_t struct_size; /**< set by snnfe_decoder_options_init() */
    int32_t windows;      /**< `SNNFE_WINDOWS_*`; default #SNNFE_WINDOWS_REGULAR */
    uint32_t hop;       /**< samples between the beginnings of regular windows, 1…2^31; 0 = those
                             of a window, end to end (default) */
    uint32_t n_running; /**< windows that can run at the same time, 1…1024; 0 = as many as regular
                             windows need, or 2 with cues (default) */
    uint32_t n_pending; /**< decisions kept until they are taken, 1…65536; default 64 */
    uint32_t
        n_history; /**< samples kept for snnfe_decoder_copy_window() and _copy_samples(): those of a
                        window + the signal's n_lags…2^24; 0 = a window more than that (default) */
    /** What the samples are; copied. They are filtered causally (snnfe_causal_filter_apply()),
     * whatever `filter_kind` says; both edges 0 = they come filtered. 0 and NULL stand for 64
     * channels, EEGMMIDB's where no places are given, 160 Hz, order 2 (but no edges), means of 0,
     * standard deviations of 1, names that are not known. `class_names` need `n_classes`, which is
     * the network's. Statistics should be of causally filtered recordings. Of a data set:
     *  snnfe_dataset_info::signal. Default, and NULL: EEGMMIDB's channels at 160 Hz, 0.1 to 79 Hz,
     *  order 2, no statistics; a copy of it can be changed. */
    const snnfe_signal *signal;
    uint32_t early_least;    /**< steps before an early decision, >= 1; default 1 */
    uint32_t flat_samples;   /**< 2…2^31; default 80 */
    double early_confidence; /**< a window ends early when a class's probability reaches this,
                                  0.5…1; 0 = never (default) */
    double saturation_uv;    /**< > 0; default 5000. A value is saturated when it is this far from
                                  the channel's slow mean (over about four seconds), so that the
                                  offset of a DC-coupled electrode does not count; after a second of
                                  nothing but saturated values the mean starts again where they are.
                                  Without a high-pass filter, which would take the offset away, the
                                  mean is taken for 0. */
    double range_uv;         /**< of the amplifier: values of this magnitude or more are saturated
                                  whatever the offset, > 0; default 1e6 (one volt) */
    double noisy_z;          /**< in standard deviations over about one second, > 0; default 20. Of
                                  envelopes what the mean powers of all bands together say */
    int32_t most_bad_channels; /**< a decision is marked rejected when more channels than this were
                                    flat or noisy at one sample of its window; -1 = a quarter of the
                                    channels (default) */
    int32_t repair;            /**< `SNNFE_REPAIR_*`; default #SNNFE_REPAIR_NEIGHBORS */
    uint32_t longest_gap;      /**< dropped samples that are bridged by the last one; a longer gap
                                    ends the running windows; default 16 */
    uint32_t longest_repeat;   /**< samples that a number may lie behind the expected one and still
                                    be a repeated sample; further behind a new session has begun;
                                    0 = one second of samples (default) */
    uint32_t counter_bits;  /**< width of the source's sample counter, 8…64: numbers begin again
                                 at 0 behind 2^counter_bits - 1; 0 = found out (default) */
    int32_t allow_mismatch; /**< 1: take a network that was trained on another signal, which is
                                 refused otherwise; snnfe_decoder_mismatch() tells; default 0 */
    uint64_t absent; /**< bit c: the source has no channel c. What comes in its place is not looked
                          at, `repair` (which may not be NONE) stands in, and nobody counts it as a
                          fault; default 0 */
} snnfe_decoder_options;

/** @brief Fill `options` (of `size` bytes) with the defaults. Thread-safe. */
SNNFE_API snnfe_status snnfe_decoder_options_init(snnfe_decoder_options *options, size_t size);

/**
 * @brief Make a decoder.
 *
 * Where the network tells what it was trained on (snnfe_network_get_signal()), the sampling rate,
 * the channels' places and names, the classes' names and the filter's edges have to be the same, as
 * far as both are known; the order of the filter too if that was causal. A decoder filters
 * causally: that the network was trained on recordings filtered with zero phase is no mismatch.
 * Means and standard deviations are not compared.
 * @param[out] decoder the new handle
 * @param network borrowed until the decoder is freed; must not change while a window uses it
 * @param options NULL for the defaults
 * @return #SNNFE_ERR_ARGUMENT naming field and value, #SNNFE_ERR_SHAPE (a channel lies outside the
 *         network's grid; the network was trained on another signal: field and both values are
 *         named; other numbers of classes), #SNNFE_ERR_MEMORY
 */
SNNFE_API snnfe_status snnfe_decoder_create(snnfe_decoder **decoder, const snnfe_network *network,
                                            const snnfe_decoder_options *options);

/** @brief 1 if a network was trained on another signal than the decoder's, as
 * snnfe_decoder_create() compares; for those that insist with `allow_mismatch`. 0 otherwise and for
 * NULL.
 *  @param network of any configuration
 *  @param[out] text [size] what differs, with both values, in words; only written to for 1; or NULL
 *  @param size bytes of `text`; 768 are enough
 *  @return 1 or 0. Any thread, any time. */
SNNFE_API int32_t snnfe_decoder_mismatch(const snnfe_decoder *decoder, const snnfe_network *network,
                                         char *text, size_t size);

/**
 * @brief Find the decoder's channels among those of a source, by name.
 * @param decoder whose channels have names
 * @param names   [n_names] the source's channels; compared without case, blanks and dots at the end
 * @param n_names entries, at least 1
 * @param[out] order [n_channels] for each channel of the decoder its place in `names`; SIZE_MAX for
 * those that the options say are absent
 * @return #SNNFE_ERR_NOT_FOUND (a channel is not there, or the decoder's have no names),
 *         #SNNFE_ERR_ARGUMENT (a channel is there twice; a NULL pointer)
 */
SNNFE_API snnfe_status snnfe_decoder_match_channels(const snnfe_decoder *decoder,
                                                    const char *const *names, size_t n_names,
                                                    size_t *order);

/** @brief Free a decoder; accepts NULL; networks stay. */
SNNFE_API void snnfe_decoder_free(snnfe_decoder *decoder);

/** Number of samples that come without one. */
#define SNNFE_NOT_NUMBERED UINT64_MAX

/**
 * @brief Push samples; real-time.
 *
 * The first number of a session is where its count begins. After that numbers that are missing
 * count as dropped, those that were there already as repeated and are skipped. Distinguished from
 * these:
 * - A counter that wraps: with `counter_bits` numbers are compared modulo 2^counter_bits. Without,
 *   a counter of 8, 16 or 32 bits is recognized when the expected number lies within `longest_gap`
 *   samples of 2^8, 2^16 or 2^32 (as missing or in the same call), no number was larger, and the
 *   number that comes continues it modulo that. Such a counter stays recognized for the session
 *   unless a larger number comes.
 * - A source that starts again: a number more than `longest_repeat` behind the expected one (of a
 *   narrow counter: more than a quarter of its span), one that is behind at all after
 *   snnfe_decoder_restore(), or one that is more than an hour of samples ahead, begins a new
 *   session there, as snnfe_decoder_begin_session() does. It is counted in
 *   snnfe_decoder_info::n_restarts.
 * @param number  of the first sample, as the source counts, or #SNNFE_NOT_NUMBERED
 * @param samples [n][n_channels], microvolts (or, without filter and statistics, what the network
 *                takes); anything that is not a number counts as a fault
 * @param n       samples of each channel; with 0 nothing happens
 * @return #SNNFE_ERR_ARGUMENT (a NULL pointer; a number that `counter_bits` cannot hold)
 */
SNNFE_API snnfe_status snnfe_decoder_push(snnfe_decoder *decoder, uint64_t number,
                                          const float *samples, size_t n);

/** @brief Say that `n` samples are missing; real-time. A gap of up to `longest_gap` is bridged with
 *         the last sample; a longer one ends all running windows as rejected decisions, and the
 *         filter starts again with the next sample. @return #SNNFE_ERR_ARGUMENT. */
SNNFE_API snnfe_status snnfe_decoder_drop(snnfe_decoder *decoder, uint64_t n);

/** @brief Begin a new session: the source was started again, or it is another one; real-time.
 * Running windows end as rejected decisions with #SNNFE_FAULT_RESTARTED, the filter starts again
 * with the next sample, the next number is the session's first. Nothing happens if no sample has
 *         come since the session began. @return #SNNFE_ERR_ARGUMENT. */
SNNFE_API snnfe_status snnfe_decoder_begin_session(snnfe_decoder *decoder);

/**
 * @brief Let a window begin with the next sample; real-time. With regular windows too.
 * @param label   true class if it is known, to be handed on to the decision; else -1
 * @param[out] window number of the window, or NULL
 * @return #SNNFE_ERR_STATE (all `n_running` windows are running), #SNNFE_ERR_ARGUMENT (no class)
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
    int32_t rejected;        /**< 1 if too many channels were bad, or the window was cut by a gap or
                                  a new session */
    uint64_t session;        /**< session that the window belongs to, from 0 */
    uint64_t source_sample;  /**< number of its first sample as the source counts (without the wraps
                                  of its counter); from 0 in each session if it gave no numbers */
    uint64_t faulty_channels; /**< bit c: channel c was flat, noisy, saturated or not a number at
                                 some sample */
} snnfe_decision;

/**
 * @brief Take the oldest decision; real-time. When more than `n_pending` wait, the oldest are lost
 *        and counted.
 * @param[out] decision the decision (`struct_size` set by the caller)
 * @param[out] logits        [n_classes] or NULL
 * @param[out] probabilities [n_classes] softmax of the logits, or NULL
 * @return #SNNFE_ERR_STATE (none waits), #SNNFE_ERR_ARGUMENT
 */
SNNFE_API snnfe_status snnfe_decoder_next(snnfe_decoder *decoder, snnfe_decision *decision,
                                          float *logits, float *probabilities);

/** Counts since the decoder was made or reset, and what is the case now. */
typedef struct snnfe_decoder_info {
    uint32_t struct_size;    /**< set by the caller to `sizeof(snnfe_decoder_info)` */
    uint32_t n_channels;     /**< values of a sample that is pushed: channels (of envelopes, the
                                  electrodes that they are of), then references that are none,
                                  then electrodes that only re-referencing takes */
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
    uint64_t n_sessions;     /**< sessions so far, the present one included */
    uint64_t n_restarts;     /**< sessions that were recognized by the source's numbers */
    uint64_t n_wraps;        /**< times that the source's counter wrapped */
    uint64_t session_first;  /**< number (the decoder's) of the present session's first sample */
    double rms_z; /**< root mean square, over about the last second, of the good channels as
                       the network sees them: about 1 where the samples fit the
                       statistics, far below where the unit is wrong; NaN in the first
                       second of a session */
    uint32_t counter_bits; /**< width of the source's counter, as given or found out; 0 = it has not
                                wrapped */
    uint32_t n_pending;    /**< decisions that wait to be taken */
    const uint32_t *channel_faults; /**< [n_channels] `SNNFE_FAULT_*` bits at the newest sample */
    /** [n_channels] upper case without blanks and dots at the end, such as "FC5"; NULL = not known.
     */
    const char *const *channel_names;
    const float *grid;          /**< [n_rows][n_columns] the newest sample (of envelopes, the newest
                                     step of a window) as the network saw it */
    const snnfe_signal *signal; /**< what the samples are, for snnfe_control_create() */
    uint64_t
        n_controls; /**< times that a control was offered; 0: nothing is taken out or aligned yet */
    uint32_t window_samples; /**< samples of a whole window: n_steps, of envelopes more */
    uint32_t n_values; /**< of a sample of snnfe_decoder_copy_samples(): n_channels, of envelopes
                            as many again for each band */
} snnfe_decoder_info;

/** @brief Counts and present state; real-time. Arrays are the decoder's, valid until it is freed;
 *         they follow the newest sample. @return #SNNFE_ERR_ARGUMENT. */
SNNFE_API snnfe_status snnfe_decoder_get_info(const snnfe_decoder *decoder,
                                              snnfe_decoder_info *info);

/** @brief How the window that has run longest stands: steps taken (0 = none is running) and the
 *         probabilities [n_classes] so far (or NULL); real-time.
 *  @return #SNNFE_ERR_ARGUMENT. */
SNNFE_API snnfe_status snnfe_decoder_peek(const snnfe_decoder *decoder, uint32_t *n_steps,
                                          float *probabilities);

/**
 * @brief Copy the samples of a window as the network saw them, for learning from it; real-time.
 * With control, through the spatial filter that the newest sample went through: until another is
 * offered, that of the window.
 * @param first_sample as in the decision
 * @param[out] grid [n_rows][n_columns][n_steps]
 * @return #SNNFE_ERR_NOT_FOUND (not yet or no longer in the history, or cut by a gap),
 *         #SNNFE_ERR_ARGUMENT
 */
SNNFE_API snnfe_status snnfe_decoder_copy_window(const snnfe_decoder *decoder,
                                                 uint64_t first_sample, float *grid);

/**
 * @brief Copy samples, filtered and normalized, as they are before control: what
 * snnfe_control_add() learns from. For a window begin snnfe_signal::n_lags earlier; real-time.
 * Of envelopes they are filtered microvolts, followed by the same in each band.
 * @param first   number of the first one, as snnfe_decision::first_sample counts
 * @param[out] samples [n][n_values] of the decoder's info
 * @return #SNNFE_ERR_NOT_FOUND (not yet or no longer in the history, or before a gap),
 *         #SNNFE_ERR_ARGUMENT
 */
SNNFE_API snnfe_status snnfe_decoder_copy_samples(const snnfe_decoder *decoder, uint64_t first,
                                                  size_t n, float *samples);

/**
 * @brief Put a user's spatial filter, as it follows from what was learned, in force for the windows
 *        that begin from now on; running ones go on with theirs. It is computed here and exchanged
 *        atomically: by one thread at a time, which need not be the decoder's. The decoder keeps
 * its own copy.
 * @param decoder whose signal says of control what that of `control` does
 * @param control the estimate
 * @return #SNNFE_ERR_SHAPE (another kind of control, other channels or references), and as
 *         snnfe_control_get_info()
 */
SNNFE_API snnfe_status snnfe_decoder_offer_control(snnfe_decoder *decoder, snnfe_control *control);

/**
 * @brief Put another network of the same configuration in force for the windows that begin from
 *        now on; running ones go on with theirs. An atomic exchange: any thread, any time.
 * @param network borrowed until snnfe_decoder_uses() says 0, after another was offered
 * @return #SNNFE_ERR_SHAPE (another configuration; trained on another signal, unless the decoder's
 *         `allow_mismatch` is set), #SNNFE_ERR_ARGUMENT
 */
SNNFE_API snnfe_status snnfe_decoder_offer(snnfe_decoder *decoder, const snnfe_network *network);

/** @brief 1 if a network is in force or a running window uses it, 0 if it is free to be changed.
 *         Any thread, any time. */
SNNFE_API int32_t snnfe_decoder_uses(const snnfe_decoder *decoder, const snnfe_network *network);

/** @brief Back to before the first sample; the network in force stays; real-time.
 *  @return #SNNFE_ERR_ARGUMENT. */
SNNFE_API snnfe_status snnfe_decoder_reset(snnfe_decoder *decoder);

/** @brief Write the decoder's state to a safetensors file, atomically: filter, running windows,
 *         history, waiting decisions, counts, spatial filters. The network is not in it, nor what
 * an snnfe_control has learned (snnfe_control_save()).
 *  @return #SNNFE_ERR_STATE (a running window uses a network that was since replaced: push until it
 *          has ended), #SNNFE_ERR_IO, #SNNFE_ERR_MEMORY, #SNNFE_ERR_ARGUMENT. */
SNNFE_API snnfe_status snnfe_decoder_save(const snnfe_decoder *decoder, const char *path);

/** @brief Take up a saved state; decoding then goes on to the same bits, if the source goes on too:
 *         for one that starts again, call snnfe_decoder_begin_session(). A number below the
 * expected one begins a new session by itself. The decoder must have the same options and a network
 *         with the same values. Nothing changes on failure.
 *  @return #SNNFE_ERR_SHAPE (other options or network), #SNNFE_ERR_IO, #SNNFE_ERR_FORMAT,
 *          #SNNFE_ERR_NONFINITE, #SNNFE_ERR_MEMORY, #SNNFE_ERR_ARGUMENT. */
SNNFE_API snnfe_status snnfe_decoder_restore(snnfe_decoder *decoder, const char *path);

#ifdef __cplusplus
}
#endif

#endif
