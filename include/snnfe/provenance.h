/**
 * @file provenance.h
 * @brief What a network was made for and what it has seen: the signal it takes, and the trials that
 *        trained, validated and tested it.
 *
 * Training writes it down (snnfe_trainer_run(), snnfe_personalize()); snnfe_network_save() and
 * checkpoints keep it; evaluation, personalization and further training refuse data of another kind
 * and trials that trained the network, unless their options insist. A network says nothing of what
 * happened to it elsewhere: a file without these lines, values that were set by hand, and single
 * steps on the caller's arrays leave it `incomplete`.
 */
#ifndef SNNFE_PROVENANCE_H
#define SNNFE_PROVENANCE_H

#include <snnfe/signal.h>

#ifdef __cplusplus
extern "C" {
#endif

/** @brief The signal a network was trained on; `n_channels` is 0 if it is not known. The arrays
 *         are the network's, valid until it is trained, restored, described again or freed.
 *  @return #SNNFE_ERR_ARGUMENT. */
SNNFE_API snnfe_status snnfe_network_get_signal(const snnfe_network *network, snnfe_signal *signal);

/** @brief Say what signal a network takes, such as snnfe_dataset_info::signal; everything is
 * copied. NULL: it is not known. Names that only number ("channel 3", "class 1") say nothing.
 *  @return #SNNFE_ERR_SHAPE (another number of classes; a channel outside the network's grid),
 *          #SNNFE_ERR_ARGUMENT naming the field, #SNNFE_ERR_MEMORY; nothing changes then.
 */
SNNFE_API snnfe_status snnfe_network_set_signal(snnfe_network *network, const snnfe_signal *signal);

/** Where a network comes from. */
typedef struct snnfe_origin {
    uint32_t struct_size; /**< set by the caller to `sizeof(snnfe_origin)` */
    uint32_t fold;        /**< 1-based fold of a cross-validation, 0 = none */
    uint32_t n_folds;     /**< groups of subjects in that cross-validation, 0 = none */
    int32_t incomplete;   /**< 1: it was also trained by what is not recorded */
    uint64_t data_hash;   /**< the program's, of all trials at hand; 0 = none */
    uint64_t run_hash; /**< the program's identifier of the run; a trainer's logs carry it in their
                          column Run, 16 hexadecimal digits; 0 = none */
} snnfe_origin;

/** @brief Where a network comes from. @return #SNNFE_ERR_ARGUMENT. */
SNNFE_API snnfe_status snnfe_network_get_origin(const snnfe_network *network, snnfe_origin *origin);

/** @brief Say where a network comes from. @return #SNNFE_ERR_ARGUMENT (fold above n_folds).
 */
SNNFE_API snnfe_status snnfe_network_set_origin(snnfe_network *network, const snnfe_origin *origin);

/** What trials were used for. */
enum {
    SNNFE_TRIALS_TRAINED = 0,
    SNNFE_TRIALS_VALIDATED = 1, /**< they may have chosen the trial that was kept */
    SNNFE_TRIALS_TESTED = 2,
    SNNFE_N_TRIAL_USES = 3 /**< number of uses */
};

/**
 * @brief Trials that a network was trained, validated or tested on in all its stages, each once.
 * @param use     `SNNFE_TRIALS_*`
 * @param[out] ids      [n] ascending, as snnfe_dataset_info::trial_ids has them; the network's,
 * valid until it is trained, restored or freed
 * @param[out] subjects [n] whose trials they are; or NULL
 * @param[out] n        their number
 * @return #SNNFE_ERR_ARGUMENT
 */
SNNFE_API snnfe_status snnfe_network_trials(const snnfe_network *network, int32_t use,
                                            const uint64_t **ids, const int32_t **subjects,
                                            size_t *n);

/** @brief Write down trials [n] with their subjects [n]; those that are there already are not
 *         counted twice. For training that is done elsewhere.
 *  @return #SNNFE_ERR_ARGUMENT, #SNNFE_ERR_MEMORY; nothing changes then. */
SNNFE_API snnfe_status snnfe_network_add_trials(snnfe_network *network, int32_t use,
                                                const uint64_t *ids, const int32_t *subjects,
                                                size_t n);

#ifdef __cplusplus
}
#endif

#endif
