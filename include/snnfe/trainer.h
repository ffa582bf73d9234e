/**
 * @file trainer.h
 * @brief Training in floating point and through a device, the paper's four stages, and evaluation
 *        on data sets (@ref spec_stages).
 *
 * Results are bit-identical for any number of threads, and a run that was stopped or killed goes on
 * from its checkpoint to the same bits.
 */
#ifndef SNNFE_TRAINER_H
#define SNNFE_TRAINER_H

#include <snnfe/dataset.h>
#include <snnfe/device.h>
#include <snnfe/group.h>
#include <snnfe/network.h>
#include <snnfe/provenance.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Course of the learning rates over the epochs. */
enum {
    SNNFE_SCHEDULE_CONSTANT = 0,
    SNNFE_SCHEDULE_COSINE = 1 /**< cosine annealing to the least rate over `schedule_epochs` */
};

/** Options of snnfe_trainer_create(); the defaults are the paper's pretraining. What is set and
 * would have no effect is refused: options of a device without one, thresholds where programming is
 * by readings, those of the annealing beside a constant schedule, `resume` without a checkpoint. */
typedef struct snnfe_trainer_options {
    uint32_t struct_size;             /**< set by snnfe_trainer_options_init() */
    uint32_t n_threads;               /**< 0 = snnfe_default_threads() */
    uint32_t n_epochs;                /**< 1…100000; default 20 */
    uint32_t batch_size;              /**< trials of a mini-batch, 1…65536; default 64 */
    double learning_rate;             /**< of weights and biases, >= 0; default 1e-4 */
    double decay_learning_rate;       /**< of neuron decays; negative = `learning_rate` (default) */
    double time_weight_learning_rate; /**< of ts_weights; negative = `learning_rate` (default) */
    double least_learning_rate;       /**< where cosine annealing ends, >= 0; default 1e-5 */
    double beta1;                     /**< Adam, 0 <= beta1 < 1; default 0.9 */
    double beta2;                     /**< Adam, 0 <= beta2 < 1; default 0.999 */
    double epsilon;                   /**< Adam, > 0; default 1e-8 */
    int32_t schedule;                 /**< `SNNFE_SCHEDULE_*`; default cosine */
    uint32_t schedule_epochs;         /**< T_max of the annealing: the rate is the least after so
                                           many epochs and then rises again, as fast as it fell;
                                           0 = n_epochs, or on resuming the checkpoint's (default);
                                           20 in the paper's stages, whatever n_epochs is */
    uint64_t seed;                    /**< of batch order and dropout; default 5 */
    uint32_t n_shards; /**< partial gradient sums of a batch, 1…1024; default 16; part of
                            the result's last bits, unlike `n_threads` */
    uint32_t evaluations_per_epoch; /**< points of the per-sample log, evenly spaced from the first
                                         to the last batch of an epoch, 0…1000; a single one comes
                                         after the last batch; default 10 */
    int32_t resume;                 /**< 1: go on from `checkpoint_path` if that file exists */
    uint32_t reserved;              /**< 0 */
    const char *phase;              /**< first column of the logs; NULL = "pretrain"; copied */
    const char *epoch_log_path;     /**< CSV, a row an epoch; NULL = none; copied */
    const char *sample_log_path;    /**< CSV, a row a point within an epoch; NULL = none; copied */
    const char *checkpoint_path;    /**< written after every epoch; NULL = none; copied */
    snnfe_log_fn log;               /**< may be NULL */
    snnfe_progress_fn progress;     /**< may be NULL; asked after every batch */
    void *user_data;                /**< handed to both */
    const snnfe_device *device; /**< synaptic weights are trained through its pulses; NULL (default)
                                   = floating point; borrowed until the trainer is freed */
    double
        threshold; /**< accumulated update that makes a pulse, in units of 2A, > 0; default 0.025 */
    double threshold_asymmetry; /**< factor on it for LTD, > 0; default 1 */
    uint32_t levels;   /**< quantize weights after each device step, frozen ones before the first,
                            as snnfe_quantize(): to `levels` + 1 values; even; 0 = not (default) */
    int32_t keep_best; /**< 1: the network ends as it was after the epoch with the best validation
                            accuracy (the first of equal ones); 0: after the last (default) */
    const char *wear_log_path; /**< CSV, a row a layer, written after every epoch; NULL = none;
                                    needs `device`; copied */
    double ltp_energy_j;       /**< joules of an LTP pulse of the device's own, for wear, >= 0;
                                    with `ltd_energy_j` 0 (default) those of the device */
    double ltd_energy_j;       /**< joules of an LTD pulse, >= 0; default 0 */
    double endurance; /**< pulses that a device lives through, >= 0; 0 (default) = that of the
                           device's cells */
    const snnfe_group *group; /**< members that train together, each with the same network, data and
                                   options; the first one alone writes files; NULL (default) = no
                                   others; copied */
    int32_t log_start;  /**< 1: the per-sample log begins with a row of epoch 0, the network as it
                             is before any training; 0 (default) */
    uint32_t reserved2; /**< 0 */
    int32_t allow_seen; /**< 1: validate and test on trials that trained the network before, too,
                             with a warning; 0: refuse them with #SNNFE_ERR_OVERLAP (default) */
    int32_t allow_mismatch; /**< 1: train on data of another rate, montage, filter or other classes
                                 than trained the network before, with a warning; 0: refuse them
                                 with #SNNFE_ERR_SHAPE (default) */
    const snnfe_programming_options *programming; /**< how updates become pulses; NULL (default) =
                                                       thresholded accumulation; needs `device`;
                                                       copied */
} snnfe_trainer_options;

/** The stages of the paper (@ref spec_stages). */
enum {
    SNNFE_STAGE_PRETRAIN = 0,  /**< floating point, everything */
    SNNFE_STAGE_ON_DEVICE = 1, /**< everything, weights by the device step */
    SNNFE_STAGE_RETUNE = 2,    /**< weights of the chosen layers, by the device step */
    SNNFE_STAGE_SSTL = 3,      /**< weights and decays of the chosen layers, and ts_weights */
    SNNFE_N_STAGES = 4         /**< number of stages */
};

/** @brief Set phase, epochs, batch size, rate, schedule with its period of 20 epochs, `keep_best`
 *         and `log_start` to a stage's, in options that were initialized; `device` is the caller's
 *         to set. @return #SNNFE_ERR_ARGUMENT. */
SNNFE_API snnfe_status snnfe_trainer_options_stage(snnfe_trainer_options *options, int32_t stage);

/** @brief Freeze everything but what a stage trains in `layers` [n_layers] (@ref spec_stages):
 *         names as in snnfe_network_freeze(); NULL = the stage's: fc1 and fc2 for SSTL, all for the
 *         others. @return #SNNFE_ERR_NOT_FOUND (nothing changes), #SNNFE_ERR_ARGUMENT.
 */
SNNFE_API snnfe_status snnfe_network_freeze_for_stage(snnfe_network *network, int32_t stage,
                                                      const char *const *layers, size_t n_layers);

/**
 * @brief Transfer a network to devices: every synaptic weight is quantized, then disturbed by
 *        programming noise, tensor by tensor, and clamped to its layer's bound (@ref spec_device).
 *        Each weight is then put into the window of its cell, at which stuck cells stay.
 *        Without any of these nothing is changed.
 * @param device  whose bounds and cells count
 * @param levels  even, or 0 for no quantization; as snnfe_quantize()
 * @param x       inverse relative standard deviation of the noise, or 0 for none
 * @param seed    of the noise, which a layer gets whatever other layers are transferred
 * @param layers  [n_layers] names as in snnfe_network_freeze(), all else stays; NULL = all
 * @param[out] n_clamped weights that were beyond the windows of their cells; or NULL
 * @return #SNNFE_ERR_ARGUMENT, #SNNFE_ERR_NOT_FOUND, #SNNFE_ERR_MEMORY; nothing changes then
 */
SNNFE_API snnfe_status snnfe_network_transfer(snnfe_network *network, const snnfe_device *device,
                                              uint32_t levels, double x, uint64_t seed,
                                              const char *const *layers, size_t n_layers,
                                              uint64_t *n_clamped);

/** @brief Let time pass over a network on devices: snnfe_device_age() for each tensor of weights.
 *  @param from_s seconds since the programming, >= 0, that the weights are of
 *  @param to_s   seconds since the programming that they become those of, at least `from_s`
 *  @param readings how often each cell is read in this time
 *  @return #SNNFE_ERR_ARGUMENT (a time that runs backwards; time or readings for a device whose
 *          cells lose nothing by them); nothing changes then. */
SNNFE_API snnfe_status snnfe_network_age(snnfe_network *network, const snnfe_device *device,
                                         double from_s, double to_s, uint64_t readings);

/** @brief Make of a network (a clone, rather) what one reading of its cells gives:
 *         snnfe_device_read() for each tensor of weights, a column for each neuron; and sums of
 * columns go through the device's converter (`column_bits` of snnfe_network_options).
 *  @param seed of the read noise: another seed is another reading
 *  @return #SNNFE_ERR_ARGUMENT (cells that are read as they are, too). */
SNNFE_API snnfe_status snnfe_network_read(snnfe_network *network, const snnfe_device *device,
                                          uint64_t seed);

/** @brief Fill `options` (of `size` bytes) with the defaults. Thread-safe. */
SNNFE_API snnfe_status snnfe_trainer_options_init(snnfe_trainer_options *options, size_t size);

/** @brief Make a trainer for a network, which it changes and which must outlive it. NULL `options`
 *         are the defaults. @return #SNNFE_ERR_ARGUMENT, #SNNFE_ERR_MEMORY. */
SNNFE_API snnfe_status snnfe_trainer_create(snnfe_trainer **trainer, snnfe_network *network,
                                            const snnfe_trainer_options *options);

/** @brief Free a trainer; accepts NULL; the network stays. In a callback of the trainer's own call,
 *         which goes on, it is freed when that call returns; so is its network by
 *         snnfe_network_free(). */
SNNFE_API void snnfe_trainer_free(snnfe_trainer *trainer);

/** Index lists into one data set; any of validation and test may be empty. */
typedef struct snnfe_trainer_data {
    uint32_t struct_size;      /**< `sizeof(snnfe_trainer_data)` */
    uint32_t reserved;         /**< 0 */
    const int32_t *train;      /**< [n_train] */
    const int32_t *validation; /**< [n_validation] or NULL */
    const int32_t *test;       /**< [n_test] or NULL */
    size_t n_train;            /**< >= 1 */
    size_t n_validation;       /**< entries of `validation` */
    size_t n_test;             /**< entries of `test` */
} snnfe_trainer_data;

/**
 * @brief Train for the remaining epochs.
 *
 * Each epoch: mini-batches in a seeded random order without replacement, one Adam step each, decays
 * clamped to at least 1e-7, evaluation of validation and test set, one log row, a checkpoint, then
 * the next learning rate. A callback's wish to stop takes effect after the running batch: the
 * network then holds that batch's result, and the last checkpoint is whole.
 *
 * Grid, steps and classes of `dataset` are the network's; no trial may be in two lists, not even
 * with different windows.
 * Until it returns, callbacks get #SNNFE_ERR_STATE from what would run, step, save or restore the
 * trainer or change its network. Logs and wear may be read, and the network be cloned.
 * @return #SNNFE_ERR_SHAPE, #SNNFE_ERR_OVERLAP, #SNNFE_ERR_CANCELLED, #SNNFE_ERR_NONFINITE (the
 *         loss is no longer finite: epoch and batch are named), #SNNFE_ERR_IO,
 *         #SNNFE_ERR_ARGUMENT, #SNNFE_ERR_MEMORY; on resuming also #SNNFE_ERR_FORMAT and
 *         #SNNFE_ERR_SHAPE (a checkpoint of another configuration, naming the option)
 */
SNNFE_API snnfe_status snnfe_trainer_run(snnfe_trainer *trainer, const snnfe_dataset *dataset,
                                         const snnfe_trainer_data *data);

/** @brief One Adam step on a batch of the caller's, at the current learning rates; arguments as of
 *         snnfe_network_gradient(); `loss` (or NULL) is that before the step.
 *  @return as snnfe_network_gradient(). */
SNNFE_API snnfe_status snnfe_trainer_step(snnfe_trainer *trainer, const float *grid,
                                          const int32_t *labels, size_t n, const uint8_t *masks,
                                          double *loss);

/** Logs of a trainer. */
enum {
    SNNFE_TRAINER_LOG_EPOCHS = 0, /**< a row an epoch */
    SNNFE_TRAINER_LOG_SAMPLES = 1 /**< a row a point within an epoch */
};

/** One row of a log. Accuracies are fractions of 1, of windows unless they are said to be of
 *  trials; NaN where a set is empty. */
typedef struct snnfe_trainer_record {
    uint32_t epoch;               /**< 1-based; 0 in the row before any training */
    uint32_t batch;               /**< 1-based batch after which it was taken; 0 in the epoch log */
    uint64_t samples_seen;        /**< trials since the start of training */
    double train_loss;            /**< mean of the batches' mean losses in the epoch so far; NaN
                                       before any training */
    double validation_accuracy;   /**< of the whole validation set */
    double test_accuracy;         /**< of the whole test set */
    double learning_rate;         /**< of the synapses, that the epoch was trained with */
    uint64_t ltp_crossings;       /**< crossings of the LTP threshold in the epoch so far */
    uint64_t ltd_crossings;       /**< crossings of the LTD threshold in the epoch so far */
    uint64_t total_ltp_crossings; /**< crossings of the LTP threshold since the start of training */
    uint64_t total_ltd_crossings; /**< crossings of the LTD threshold since the start of training */
    double validation_trial_accuracy; /**< of the validation set's trials, each once: its windows
                                           decide together (snnfe_evaluation_trial_logits()) */
    double test_trial_accuracy;       /**< of the test set's trials */
} snnfe_trainer_record;

/**
 * @brief Copy the first `*n` rows of a log, and set `*n` to the rows that it has.
 * @param which   `SNNFE_TRAINER_LOG_*`
 * @param[out] records [*n], or NULL
 * @param size    `sizeof(snnfe_trainer_record)`
 * @param[out] class_accuracy [*n][n_classes] share of each class's validation windows decided
 *                rightly, NaN for a class without windows; or NULL
 * @param[in,out] n room, then rows; 0 with NULL arrays asks how many there are
 * @return #SNNFE_ERR_ARGUMENT
 */
SNNFE_API snnfe_status snnfe_trainer_log(const snnfe_trainer *trainer, int32_t which,
                                         snnfe_trainer_record *records, size_t size,
                                         double *class_accuracy, size_t *n);

/** @brief Write network and trainer state (moments, counters, logs, options) to one safetensors
 *         file, atomically; snnfe_network_load() opens it too. */
SNNFE_API snnfe_status snnfe_trainer_save(const snnfe_trainer *trainer, const char *path);

/** @brief Take network and trainer state from a checkpoint. The options that shape the result must
 *         be those of the checkpoint; only `n_epochs` may be larger, and training goes on to it:
 * the schedule's period stays the checkpoint's. Nothing changes on failure.
 *  @return #SNNFE_ERR_IO, #SNNFE_ERR_FORMAT, #SNNFE_ERR_SHAPE (naming the option),
 *          #SNNFE_ERR_NONFINITE, #SNNFE_ERR_MEMORY. */
SNNFE_API snnfe_status snnfe_trainer_restore(snnfe_trainer *trainer, const char *path);

/** What pulses cost, for snnfe_trainer_wear(). */
typedef struct snnfe_wear_options {
    uint32_t struct_size; /**< `sizeof(snnfe_wear_options)` */
    uint32_t reserved;    /**< 0 */
    double ltp_energy_j;  /**< as in snnfe_trainer_options */
    double ltd_energy_j;  /**< as in snnfe_trainer_options */
    double endurance;     /**< as in snnfe_trainer_options */
} snnfe_wear_options;

/** What programming did to the synapses of a layer. With two cells to a synapse (Tiki-Taka, pairs)
 * all but `n_synapses` counts cells. */
typedef struct snnfe_wear {
    uint32_t struct_size;    /**< set by the caller to `sizeof(snnfe_wear)` */
    int32_t layer;           /**< `SNNFE_LAYER_*`; -1 = all */
    uint64_t n_synapses;     /**< synaptic weights */
    uint64_t ltp_pulses;     /**< LTP pulses given (of accumulation at most one a synapse and step,
                                unlike crossings) */
    uint64_t ltd_pulses;     /**< LTD pulses given */
    uint64_t largest;        /**< most pulses that a synapse had */
    uint64_t median;         /**< pulses of a synapse, median */
    uint64_t percentile_90;  /**< 90th percentile */
    uint64_t percentile_99;  /**< 99th percentile */
    double never_programmed; /**< share of the synapses without a pulse */
    double pulses_per_epoch; /**< of all synapses together */
    double pulses_per_trial; /**< of all synapses together */
    double energy_j;         /**< joules of all pulses; 0 if that of any is not known */
    double life_used;        /**< largest over endurance; 0 if that is not known */
    double mean_life_used;   /**< mean pulses over endurance; 0 if that is not known */
} snnfe_wear;

/**
 * @brief Wear of a layer's synapses since the start of training with this trainer or the checkpoint
 *        it took up.
 * @param layer   `SNNFE_LAYER_*`, or -1 for all
 * @param options NULL for the trainer's own energies and endurance
 * @param[out] wear the numbers
 * @param[out] counts [n_bins] synapses that had 0, 1, … pulses, the last bin also those with more;
 *                or NULL
 * @param n_bins  at least 1 with `counts`
 * @return #SNNFE_ERR_STATE without a device, #SNNFE_ERR_ARGUMENT, #SNNFE_ERR_MEMORY
 */
SNNFE_API snnfe_status snnfe_trainer_wear(const snnfe_trainer *trainer, int32_t layer,
                                          const snnfe_wear_options *options, snnfe_wear *wear,
                                          uint64_t *counts, size_t n_bins);

/** Result of an evaluation, of windows and of trials. With one window a trial both are the same. */
typedef struct snnfe_evaluation {
    uint32_t struct_size;    /**< set by the caller to `sizeof(snnfe_evaluation)` */
    uint32_t reserved;       /**< 0 */
    size_t n;                /**< windows */
    size_t n_correct;        /**< windows decided rightly */
    double accuracy;         /**< n_correct / n; NaN for n = 0 */
    double loss;             /**< mean softmax cross-entropy of the windows; NaN for n = 0 */
    size_t n_seen;           /**< windows whose trials trained the network, if `allow_seen` */
    size_t n_trials;         /**< trials, each once, by snnfe_dataset_info::trial_ids and label */
    size_t n_trials_correct; /**< trials decided rightly by all their windows together
                                  (snnfe_evaluation_trial_logits()) */
    double trial_accuracy;   /**< n_trials_correct / n_trials; NaN for n = 0 */
} snnfe_evaluation;

/**
 * @brief Evaluate a network on trials of a data set that did not train it. Which did follows from
 *        snnfe_network_trials() and snnfe_dataset_info::trial_ids.
 * @param dataset grid, steps and classes as the network's
 * @param indices [n] trials, or NULL for all of the data set (then `n` is ignored)
 * @param[out] result the counts, or NULL
 * @param[out] logits [n][n_classes], or NULL
 * @param[out] class_accuracy [n_classes] share of each class's windows decided rightly, NaN for a
 *                    class without windows; or NULL
 * @return #SNNFE_ERR_SHAPE (data of another kind than trained the network, naming what differs),
 *         #SNNFE_ERR_OVERLAP (trials that trained it), #SNNFE_ERR_ARGUMENT, #SNNFE_ERR_MEMORY,
 *         #SNNFE_ERR_CANCELLED
 */
SNNFE_API snnfe_status snnfe_evaluation_run(const snnfe_network *network,
                                            const snnfe_dataset *dataset, const int32_t *indices,
                                            size_t n, const snnfe_run_options *options,
                                            snnfe_evaluation *result, float *logits,
                                            double *class_accuracy);

/**
 * @brief Decide the windows of each trial together. The sum of their log-probabilities decides,
 *        which is largest for the class whose logits have the largest sum.
 * @param logits    [n][n_classes] of windows, finite, such as of snnfe_evaluation_run()
 * @param trial_ids [n] trial of each window, in any order (snnfe_dataset_info::trial_ids)
 * @param n         may be 0
 * @param n_classes 2…256
 * @param[out] sums [n][n_classes] for each window the sums of the logits over its trial's windows;
 *                  their softmax are the trial's probabilities
 * @return #SNNFE_ERR_ARGUMENT, #SNNFE_ERR_NONFINITE (naming the window), #SNNFE_ERR_MEMORY; `sums`
 *         is untouched then
 */
SNNFE_API snnfe_status snnfe_evaluation_trial_logits(const float *logits, const uint64_t *trial_ids,
                                                     size_t n, size_t n_classes, double *sums);

/** One subject's fold. */
typedef struct snnfe_fold_accuracy {
    int32_t subject;           /**< number of the subject */
    int32_t fold;              /**< 1-based */
    uint32_t n;                /**< validation windows of the fold */
    uint32_t n_correct;        /**< of them decided rightly */
    double accuracy;           /**< n_correct / n */
    uint32_t n_seen;           /**< of the windows, those whose trials trained the network
                                    (`allow_seen`) */
    uint32_t reserved;         /**< 0 */
    uint32_t n_trials;         /**< validation trials, as in snnfe_evaluation */
    uint32_t n_trials_correct; /**< of them decided rightly by their windows together */
    double trial_accuracy;     /**< n_trials_correct / n_trials */
} snnfe_fold_accuracy;

/**
 * @brief The paper's evaluation: accuracy of a network that did not see the subjects, on the
 *        validation part of every fold within each subject (@ref spec_splits and @ref spec_stages).
 * @param dataset  grid, steps and classes as the network's
 * @param subjects [n_subjects], each in the data set; NULL = all (then `n_subjects` is ignored)
 * @param n_folds  at least 2; the paper uses 4
 * @param seed     of the folds; the paper uses 5
 * @param[out] folds [n_subjects][n_folds]
 * @param size     `sizeof(snnfe_fold_accuracy)`
 * @param[out] class_accuracy [n_subjects][n_folds][n_classes], as of snnfe_evaluation_run()
 * @return #SNNFE_ERR_NOT_FOUND (a subject), #SNNFE_ERR_ARGUMENT (too few trials for the folds,
 *         naming the subject), and as snnfe_evaluation_run()
 */
SNNFE_API snnfe_status snnfe_evaluation_by_subject(
    const snnfe_network *network, const snnfe_dataset *dataset, const int32_t *subjects,
    size_t n_subjects, size_t n_folds, uint64_t seed, const snnfe_run_options *options,
    snnfe_fold_accuracy *folds, size_t size, double *class_accuracy);

/** What personalization did to one subject's fold. */
typedef struct snnfe_personalized {
    int32_t subject;              /**< number of the subject */
    int32_t fold;                 /**< 1-based */
    uint32_t n_train;             /**< windows trained on */
    uint32_t n_validation;        /**< windows the accuracies are of */
    double accuracy_before;       /**< of the network given */
    double accuracy_after;        /**< of the personalized network */
    double train_loss;            /**< mean over the last epoch */
    uint64_t ltp_crossings;       /**< crossings of the LTP threshold */
    uint64_t ltd_crossings;       /**< crossings of the LTD threshold */
    uint64_t ltp_pulses;          /**< LTP pulses given, all synapses together */
    uint64_t ltd_pulses;          /**< LTD pulses given, all synapses together */
    uint64_t largest;             /**< most pulses that a synapse had */
    uint32_t n_seen;              /**< of the validation windows, those whose trials had trained the
                                       network given (`allow_seen`) */
    uint32_t n_trials;            /**< validation trials, as in snnfe_evaluation */
    double trial_accuracy_before; /**< of the trials, by their windows together, of the network
                                       given */
    double trial_accuracy_after;  /**< the same of the personalized network */
    double energy_j;              /**< joules of all pulses, as in snnfe_wear */
    double life_used;             /**< as in snnfe_wear */
} snnfe_personalized;

/** Arrays of the caller's for the results of snnfe_personalize(); all but `folds` may be NULL. */
typedef struct snnfe_personalization {
    uint32_t struct_size;          /**< `sizeof(snnfe_personalization)` */
    uint32_t reserved;             /**< 0 */
    snnfe_personalized *folds;     /**< [n_subjects][n_folds] */
    size_t fold_size;              /**< `sizeof(snnfe_personalized)` */
    double *class_accuracy;        /**< [n_subjects][n_folds][2][n_classes] before and after, as of
                                        snnfe_evaluation_run() */
    snnfe_trainer_record *records; /**< [n_subjects][n_folds][n_epochs] epoch logs */
    size_t record_size;            /**< `sizeof(snnfe_trainer_record)` */
    double *record_class_accuracy; /**< [n_subjects][n_folds][n_epochs][n_classes] */
    snnfe_network **networks;      /**< [n_subjects][n_folds] to be freed */
} snnfe_personalization;

/**
 * @brief Personalize a network (subject-specific transfer learning, @ref spec_stages): for every
 *        fold within each subject, train a copy on the fold's training part and evaluate it on the
 *        rest.
 *
 * What is trained follows from the network's frozen marks: call snnfe_network_freeze_for_stage()
 * with #SNNFE_STAGE_SSTL first. Subjects and folds run side by side, each from a seed of its own
 * that follows from `options->seed`, subject and fold, so that a result depends neither on the
 * number of threads nor on the other subjects.
 *
 * Arguments and errors are those of snnfe_evaluation_by_subject() and snnfe_trainer_run(). The
 * network stays as it is. `options` are of each training, but `n_threads` trainings at a time;
 * paths must be NULL; NULL = those of #SNNFE_STAGE_SSTL with the device "dut2". Results are
 * untouched on failure.
 */
SNNFE_API snnfe_status snnfe_personalize(const snnfe_network *network, const snnfe_dataset *dataset,
                                         const int32_t *subjects, size_t n_subjects, size_t n_folds,
                                         uint64_t seed, const snnfe_trainer_options *options,
                                         const snnfe_personalization *results);

#ifdef __cplusplus
}
#endif

#endif
