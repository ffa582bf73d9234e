/**
 * @file learner.h
 * @brief Personalization on line: after every labeled window one trial of subject-specific
 * transfer learning through the device model (@ref spec_stages), and the new weights to the
 * decoder.
 *
 * A learner trains a network of its own and hands copies of it to a decoder by an atomic exchange,
 * so snnfe_learner_adapt() may run on another thread than the decoder. Its time is bounded: one
 * evaluation and 1 + replay_steps training steps of one trial each.
 *
 * Order of a call: the network decides on the trial before it has seen it, which enters the running
 * estimate of its accuracy; the guard puts back the best weights if the estimate has fallen too
 * far; then a training step on the trial and on trials drawn from the replay buffer, which takes up
 * the trial; then the new weights are offered to the decoder.
 *
 * A learner is used by one thread at a time.
 */
#ifndef SNNFE_LEARNER_H
#define SNNFE_LEARNER_H

#include <snnfe/decoder.h>
#include <snnfe/trainer.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct snnfe_learner snnfe_learner; /**< personalization on line */

/** Options of snnfe_learner_create(). */
typedef struct snnfe_learner_options {
    uint32_t struct_size;       /**< set by snnfe_learner_options_init() */
    uint32_t n_layers;          /**< entries of `layers` */
    const char *const *layers;  /**< [n_layers] what is trained, as in
                                     snnfe_network_freeze_for_stage() with #SNNFE_STAGE_SSTL; NULL =
                                     fc1 and fc2 (default) */
    const snnfe_device *device; /**< weights are trained through its pulses; borrowed until the
                                     learner is freed; NULL (default) = floating point */
    double learning_rate;       /**< 0…1; default 6e-4 */
    double threshold;           /**< accumulated update that makes a pulse, in units of 2A, > 0;
                                     default 0.025 */
    double threshold_asymmetry; /**< factor on it for LTD, > 0; default 1 */
    uint32_t levels;            /**< quantize after each step, even; 0 = not (default) */
    uint32_t n_replay;          /**< trials that the replay buffer holds, 0…65536; default 32 */
    uint32_t replay_steps;      /**< trials replayed after each new one, 0…1000; default 1 */
    uint32_t n_networks;        /**< copies to exchange with the decoder, 2…64; default 3: one in
                                     force, one in running windows, one to write to */
    uint32_t guard_trials;      /**< memory of the running estimate, trials, >= 2; default 16;
                                     of fewer than 8 trials the guard hardly trusts a fall */
    uint32_t guard_least;       /**< trials before the guard may act; default 16 */
    double guard_fall;          /**< fall below the best estimate at which the best weights are put
                                     back, > 0; above 1 = never; default 0.2. It also has to be
                                     four standard errors below the long-term accuracy: of an
                                     unchanged network's 1000 decisions fewer than one in fifty
                                     series puts weights back */
    uint64_t seed;              /**< of dropout, replay and device noise; default 5 */
    const snnfe_programming_options *programming; /**< as in snnfe_trainer_options; copied */
} snnfe_learner_options;

/** @brief Fill `options` (of `size` bytes) with the defaults. Thread-safe. */
SNNFE_API snnfe_status snnfe_learner_options_init(snnfe_learner_options *options, size_t size);

/**
 * @brief Make a learner that begins with a copy of a network.
 * @param[out] learner the new handle
 * @param network only read
 * @param decoder that gets the weights, of a network of the same configuration, or NULL; borrowed
 *                until the learner is freed. It uses networks of the learner's: free it first, or
 *                offer it another network and let its windows end.
 * @return #SNNFE_ERR_ARGUMENT, #SNNFE_ERR_SHAPE, #SNNFE_ERR_NOT_FOUND (a layer), #SNNFE_ERR_MEMORY
 */
SNNFE_API snnfe_status snnfe_learner_create(snnfe_learner **learner, const snnfe_network *network,
                                            snnfe_decoder *decoder,
                                            const snnfe_learner_options *options);

/** @brief Free a learner; accepts NULL. */
SNNFE_API void snnfe_learner_free(snnfe_learner *learner);

/** What one call of snnfe_learner_adapt() did. */
typedef struct snnfe_adaptation {
    uint32_t struct_size; /**< set by the caller to `sizeof(snnfe_adaptation)` */
    int32_t decided;      /**< class that the network decided for before it learned the trial */
    int32_t correct;      /**< 1 if that is the label */
    int32_t rolled_back;  /**< 1 if the guard put the best weights back */
    int32_t offered;      /**< 1 if the decoder got new weights; 0 if all copies are still in use:
                               they go with the next call */
    uint32_t n_replayed;  /**< trials replayed */
    double loss;          /**< softmax cross-entropy on the trial before learning it */
    double accuracy;      /**< running estimate, this trial included; after the guard has acted it
                               begins again with the next trial */
} snnfe_adaptation;

/**
 * @brief Learn one labeled trial. Nothing is learned and nothing changes on failure.
 * @param grid  [n_rows][n_columns][n_steps] as of snnfe_decoder_copy_window(), in ±1e6
 * @param label true class
 * @param[out] result what was done, or NULL
 * @return #SNNFE_ERR_ARGUMENT (no class), #SNNFE_ERR_NONFINITE, #SNNFE_ERR_MEMORY
 */
SNNFE_API snnfe_status snnfe_learner_adapt(snnfe_learner *learner, const float *grid, int32_t label,
                                           snnfe_adaptation *result);

/** State of a learner. */
typedef struct snnfe_learner_info {
    uint32_t struct_size;    /**< set by the caller to `sizeof(snnfe_learner_info)` */
    uint32_t n_replay;       /**< trials in the replay buffer */
    uint64_t n_trials;       /**< trials learned */
    uint64_t n_correct;      /**< of them decided correctly before they were learned */
    uint64_t n_steps;        /**< training steps, replayed ones included */
    uint64_t n_rollbacks;    /**< times that the guard acted */
    uint64_t n_reprogrammed; /**< synapses whose weight the guard changed, all times together */
    uint64_t n_offered;      /**< times that the decoder got new weights */
    uint64_t ltp_pulses;     /**< LTP pulses given by training */
    uint64_t ltd_pulses;     /**< LTD pulses given by training */
    double accuracy;         /**< running estimate over the trials since the start or the last time
                                  that the guard acted; NaN before the first trial */
    double best_accuracy;    /**< largest running estimate since the start or the last time that the
                                  guard acted, thus a lucky one; NaN before `guard_least` trials */
    uint64_t n_bytes;        /**< what the learner asked the allocator for when it was made */
    uint64_t n_clamped;      /**< trained weights that were beyond the device's bounds when the
                                  learner was made; its first step clamps them */
} snnfe_learner_info;

/** @brief State of a learner. @return #SNNFE_ERR_ARGUMENT. */
SNNFE_API snnfe_status snnfe_learner_get_info(const snnfe_learner *learner,
                                              snnfe_learner_info *info);

/** @brief Copy of the network as it is now, to be freed by the caller, for saving. After the first
 *         trial it is `incomplete` (snnfe_origin): live windows pass another filter state than
 * those of recordings, so that no data set would know them by their values. */
SNNFE_API snnfe_status snnfe_learner_copy_network(const snnfe_learner *learner,
                                                  snnfe_network **network);

/**
 * @brief Save all that a learner has: network, moments, accumulators and pulse counters, replay
 * buffer, the guard's estimate and best weights, counters. Written atomically. The file is a
 * network file, too: snnfe_network_load() takes the network from it.
 * @return #SNNFE_ERR_ARGUMENT, #SNNFE_ERR_IO, #SNNFE_ERR_MEMORY
 */
SNNFE_API snnfe_status snnfe_learner_save(const snnfe_learner *learner, const char *path);

/**
 * @brief Go on from a file of snnfe_learner_save() as if nothing had been in between, to the same
 * bits. The learner must have been made with the same options and a network of the same
 * configuration; its decoder gets the weights. The learner is unchanged on failure.
 * @return #SNNFE_ERR_ARGUMENT, #SNNFE_ERR_IO, #SNNFE_ERR_FORMAT (a damaged or other file),
 *         #SNNFE_ERR_SHAPE (options, device or configuration differ), #SNNFE_ERR_MEMORY
 */
SNNFE_API snnfe_status snnfe_learner_restore(snnfe_learner *learner, const char *path);

/** @brief Let time pass over the network, as snnfe_network_age(), such as between two sessions; the
 *         decoder gets what is left. The guard's best weights stay what they were.
 *  @return #SNNFE_ERR_STATE without a device, #SNNFE_ERR_ARGUMENT as snnfe_network_age(); nothing
 *          changes then. */
SNNFE_API snnfe_status snnfe_learner_age(snnfe_learner *learner, double from_s, double to_s,
                                         uint64_t readings);

/** @brief Wear by training, as snnfe_trainer_wear(). */
SNNFE_API snnfe_status snnfe_learner_wear(const snnfe_learner *learner, int32_t layer,
                                          const snnfe_wear_options *options, snnfe_wear *wear,
                                          uint64_t *counts, size_t n_bins);

#ifdef __cplusplus
}
#endif

#endif
