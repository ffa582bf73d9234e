/* The trainer handle. */
#ifndef SNNFE_LIB_TRAINER_INTERNAL_H
#define SNNFE_LIB_TRAINER_INTERNAL_H

#include "base/tensors.h"
#include "network/engine.h"
#include "trainer/optimizer.h"
#include "trainer/programmer.h"
#include "trainer/train_log.h"

#include <snnfe/trainer.h>

/* Where a run stands. Order of trials and masks follow from it and the seed. */
typedef struct snnfe_training_position {
    uint32_t epoch;     /* finished epochs */
    uint32_t batch;     /* finished batches of the running epoch */
    double loss_sum;    /* of the batches' means in the running epoch */
    uint64_t data_hash; /* of the data trained on; 0 before the first run */
} snnfe_training_position;

struct snnfe_trainer {
    snnfe_network *network;        /* borrowed */
    snnfe_trainer_options options; /* with the values that defaults stand for; no strings */
    char *phase;
    char *epoch_log_path, *sample_log_path, *checkpoint_path, *wear_log_path; /* NULL = none */
    snnfe_sink sink;
    snnfe_group group; /* options.group points here, if there is one */
    snnfe_pool *pool;
    snnfe_engine *engine;
    snnfe_optimizer optimizer;
    snnfe_programmer programmer;
    size_t n_train;       /* trials of an epoch of the newest run */
    float *gradient;      /* [n_values] */
    float *best;          /* [n_values] of the best epoch; NULL without keep_best */
    double best_accuracy; /* negative before the first epoch */
    snnfe_training_position position;
    snnfe_record_list epoch_log, sample_log;
    bool free_period; /* schedule_epochs was not given: a checkpoint's counts */
    bool unwritten;   /* the last epoch has not reached logs and checkpoint yet */
    snnfe_busy busy;
};

/* A call that changes trainer and network begins: SNNFE_ERR_STATE if one of them is in use. */
snnfe_status snnfe_trainer_enter(snnfe_trainer *trainer, const char *call);
/* It ends with `status`, which is returned. What a callback freed is freed now. */
snnfe_status snnfe_trainer_leave(snnfe_trainer *trainer, snnfe_status status);

/* Adopt and check the caller's options; rates get the values that their defaults stand for. */
snnfe_status snnfe_trainer_options_take(snnfe_trainer_options *adopted,
                                        const snnfe_trainer_options *options);

/* Learning rates of a 0-based epoch. */
snnfe_rates snnfe_trainer_rates(const snnfe_trainer_options *options, uint32_t epoch);

/* Weights beyond their layers' bounds, or the windows of their cells. */
typedef struct snnfe_misfit {
    size_t n_trained, n_frozen;
} snnfe_misfit;
snnfe_misfit snnfe_misfit_of(const snnfe_network *network, const snnfe_device *device,
                             const snnfe_programming_options *way);
void snnfe_misfit_log(const snnfe_misfit *misfit, const snnfe_sink *sink, const char *who);

/* Log, before the first step, the weights beyond their layers' bounds, which that step is going
   to clamp. */
void snnfe_trainer_tell_misfit(const snnfe_trainer *trainer);

/* Gradient of a batch and one step; nothing changes on failure. */
snnfe_status snnfe_trainer_step_on(snnfe_trainer *trainer, const snnfe_trials *trials,
                                   const int32_t *labels, const uint8_t *masks, double *loss);

/* The options of energy and endurance; `place` goes in front of a wrong one's name. */
snnfe_wear_options snnfe_trainer_wear_options(const snnfe_trainer_options *options);
snnfe_status snnfe_wear_options_check(const snnfe_wear_options *options, const char *place);

/* The wear log. */
snnfe_status snnfe_wear_log_save(const snnfe_trainer *trainer, const char *path);

/* snnfe_trainer_restore(); unless `data_hash` is 0, the checkpoint must be of that data. */
snnfe_status snnfe_trainer_restore_for(snnfe_trainer *trainer, const char *path,
                                       uint64_t data_hash);

#endif
