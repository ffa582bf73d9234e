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
    uint64_t programmer_trials; /* trained on with the device */
    size_t n_train;             /* trials of an epoch of the newest run */
    float *gradient;            /* [n_values] */
    float *best;                /* [n_values] of the best epoch; NULL without keep_best */
    double best_accuracy;       /* negative before the first epoch */
    snnfe_training_position position;
    snnfe_record_list epoch_log, sample_log;
    bool free_period; /* schedule_epochs was not given: a checkpoint's counts */
    bool unwritten;   /* the last epoch has not reached logs and checkpoint yet */
};

/* Adopt and check the caller's options; rates get the values that their defaults stand for. */
snnfe_status snnfe_trainer_options_take(snnfe_trainer_options *adopted,
                                        const snnfe_trainer_options *options);

/* Options that shape the result, for checkpoints. */
#define SNNFE_N_SHAPING_OPTIONS 18
#define SNNFE_OPTION_TEXT_SIZE 32

/* Name and value, as text, of option `index`. */
const char *snnfe_trainer_option_text(const snnfe_trainer_options *options, size_t index,
                                      char text[SNNFE_OPTION_TEXT_SIZE]);

/* Learning rates of a 0-based epoch. */
snnfe_rates snnfe_trainer_rates(const snnfe_trainer_options *options, uint32_t epoch);

/* Weights beyond their layers' bounds. */
typedef struct snnfe_misfit {
    size_t n_trained, n_frozen;
} snnfe_misfit;
snnfe_misfit snnfe_misfit_of(const snnfe_network *network, const snnfe_device *device);
void snnfe_misfit_log(const snnfe_misfit *misfit, const snnfe_sink *sink, const char *who);

/* Tell the log before the first step; the device-aware step clamps. */
void snnfe_trainer_tell_misfit(const snnfe_trainer *trainer);
/* With levels, frozen weights are quantized before the first step, too. */
void snnfe_trainer_quantize_frozen(snnfe_trainer *trainer);

/* Gradient of a batch and one step; nothing changes on failure. */
snnfe_status snnfe_trainer_step_on(snnfe_trainer *trainer, const snnfe_trials *trials,
                                   const int32_t *labels, const uint8_t *masks, double *loss);

/* Names in checkpoints. */
#define SNNFE_STATE_FORMAT "trainer 2"
#define SNNFE_STATE_FIRST "trainer.adam_first."        /* + parameter: F32, its shape */
#define SNNFE_STATE_SECOND "trainer.adam_second."      /* + parameter: F32, its shape */
#define SNNFE_STATE_STEPS "trainer.adam_steps"         /* I64 [n_parameters] */
#define SNNFE_STATE_FROZEN "trainer.frozen"            /* U8 [n_parameters] */
#define SNNFE_STATE_POSITION "trainer.position"        /* I64 [2]: epochs, batches finished */
#define SNNFE_STATE_ACCUMULATOR "trainer.accumulator." /* + weights: F32, with a device */
#define SNNFE_STATE_LTP_PULSES "trainer.ltp_pulses."   /* + weights: I32, with a device */
#define SNNFE_STATE_LTD_PULSES "trainer.ltd_pulses."   /* + weights: I32, with a device */
#define SNNFE_STATE_DEVICE "trainer.device_state" /* I64 [4]: steps, LTP, LTD crossings, trials */
#define SNNFE_STATE_BEST "trainer.best."          /* + parameter: F32, with keep_best */
#define SNNFE_STATE_BEST_ACCURACY "trainer.best_accuracy" /* F64 [1] */
#define SNNFE_STATE_LOSS_SUM "trainer.loss_sum"           /* F64 [1] */
#define SNNFE_STATE_EPOCH_LOG "trainer.epoch_log"         /* F64 [rows][SNNFE_RECORD_COLUMNS] */
#define SNNFE_STATE_SAMPLE_LOG "trainer.sample_log"
#define SNNFE_STATE_NAME_SIZE (SNNFE_PARAMETER_NAME_SIZE + 32)

/* epoch, batch, samples seen, loss, validation, class 0, class 1, test accuracy, learning rate,
   LTP, LTD crossings of the epoch, the same since the start */
#define SNNFE_RECORD_COLUMNS 13

/* What the options say of pulses, and whether it can be. */
snnfe_wear_options snnfe_trainer_wear_options(const snnfe_trainer_options *options);
snnfe_status snnfe_wear_options_check(const snnfe_wear_options *options, const char *place);

/* The wear log. */
snnfe_status snnfe_wear_log_save(const snnfe_trainer *trainer, const char *path);

/* The device that a trainer trains through, as checkpoints tell it. */
const char *snnfe_device_text(const snnfe_trainer *trainer, char text[SNNFE_OPTION_TEXT_SIZE]);
/* Whether checkpoints hold a value of this prefix for a parameter. */
bool snnfe_state_has(const char *prefix, const snnfe_parameter *parameter);

/* What another handle keeps in its trainer's checkpoints, under names that begin with
   SNNFE_TRAINER_PREFIX. */
typedef struct snnfe_state_extras {
    /* Add the tensors whose elements have this many bytes, 8 before 4. */
    snnfe_status (*add)(void *context, snnfe_tensor_list *list, size_t element);
    /* Read and check aside; the trainer changes only after this. */
    snnfe_status (*read)(void *context, snnfe_tensors *file);
    void *context;
} snnfe_state_extras;

/* snnfe_trainer_save() and snnfe_trainer_restore() with extras, or NULL. */
snnfe_status snnfe_trainer_save_with(const snnfe_trainer *trainer, const char *path,
                                     const snnfe_state_extras *extras);
snnfe_status snnfe_trainer_restore_with(snnfe_trainer *trainer, const char *path,
                                        uint64_t data_hash, const snnfe_state_extras *extras);

/* snnfe_trainer_restore(); unless `data_hash` is 0, the checkpoint must be of that data. */
snnfe_status snnfe_trainer_restore_for(snnfe_trainer *trainer, const char *path,
                                       uint64_t data_hash);

#endif
