/* What checkpoints hold of a trainer. */
#ifndef SNNFE_LIB_TRAINER_STATE_H
#define SNNFE_LIB_TRAINER_STATE_H

#include "base/fields.h"
#include "network/checkpoint.h"
#include "trainer/trainer_internal.h"

#define SNNFE_STATE_FORMAT "trainer 4"

/* Conditions, as metadata: options that shape the result. */
extern const snnfe_record_type snnfe_shaping_type; /* of snnfe_trainer_options */
/* Those among them that may differ between trainer and checkpoint: n_epochs, and schedule_epochs if
   the caller gave none. */
extern const snnfe_record_type snnfe_open_type; /* of snnfe_trainer_options */

/* How updates become pulses, in checkpoints of ways other than accumulation. */
extern const snnfe_record_type snnfe_programming_type; /* of snnfe_programming_options */

/* Records. */
extern const snnfe_record_type snnfe_position_type;   /* [1] of snnfe_training_position */
extern const snnfe_record_type snnfe_programmer_type; /* [1] of snnfe_programmer, with a device */
extern const snnfe_record_type snnfe_epoch_log_type;  /* [rows] of snnfe_trainer_record */
extern const snnfe_record_type snnfe_sample_log_type;

/* A log with its accuracies of the classes, [rows][n_classes]. Reading keeps `n_classes`. */
snnfe_status snnfe_log_add(snnfe_tensor_list *tensors, const snnfe_record_type *type,
                           const snnfe_record_list *log);
snnfe_status snnfe_log_read(snnfe_tensors *file, const snnfe_record_type *type,
                            snnfe_record_list *log);

/* Arrays in flat parameter order. */
extern const snnfe_flat_type snnfe_first_type, snnfe_second_type;    /* Adam's moments */
extern const snnfe_flat_type snnfe_accumulators_type;                /* with a device */
extern const snnfe_flat_type snnfe_pulses_types[2];                  /* with a device */
extern const snnfe_flat_type snnfe_history_type, snnfe_imprint_type; /* with cells that have them */
/* Of second cells, and what the way keeps under its name for it. */
extern const snnfe_flat_type snnfe_second_pulses_types[2], snnfe_second_history_type;
typedef struct snnfe_state_type {
    snnfe_flat_type flat;
    char prefix[32]; /* that `flat` points to */
} snnfe_state_type;
void snnfe_state_type_make(snnfe_state_type *type, const char *name);
extern const snnfe_flat_type snnfe_best_type; /* with keep_best */

/* Other tensors. */
#define SNNFE_STATE_INSTRUCTIONS "trainer.instruction_set"
#define SNNFE_STATE_STEPS "trainer.adam_steps"        /* I64 [n_parameters] */
#define SNNFE_STATE_FROZEN "trainer.frozen"           /* U8 [n_parameters] */
#define SNNFE_STATE_FORM_PULSES "trainer.form_pulses" /* I64 [n_parameters][SNNFE_FORM_COUNTS] */
#define SNNFE_STATE_BEST_ACCURACY "trainer.best_accuracy" /* F64 [1], with keep_best */

#define SNNFE_DEVICE_TEXT_SIZE 32

/* The device that a trainer trains through, as metadata "trainer.device". */
const char *snnfe_device_text(const snnfe_trainer *trainer, char text[SNNFE_DEVICE_TEXT_SIZE]);

#endif
