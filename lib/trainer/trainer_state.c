#include "trainer/trainer_state.h"

#include "base/format.h"

#include <float.h>
#include <math.h>

#define COUNT(structure, member) SNNFE_FIELD(structure, member, U64, 0, SNNFE_MOST_COUNT)

/* --- conditions ----------------------------------------------------------------------------- */

#define OPTION(member, type) SNNFE_FIELD(snnfe_trainer_options, member, type, 0, 0)

static const snnfe_field shaping_fields[] = {
    OPTION(n_epochs, U32),
    OPTION(batch_size, U32),
    OPTION(learning_rate, F64),
    OPTION(decay_learning_rate, F64),
    OPTION(time_weight_learning_rate, F64),
    OPTION(least_learning_rate, F64),
    OPTION(beta1, F64),
    OPTION(beta2, F64),
    OPTION(epsilon, F64),
    OPTION(schedule, I32),
    OPTION(schedule_epochs, U32),
    OPTION(seed, U64),
    OPTION(n_shards, U32),
    OPTION(evaluations_per_epoch, U32),
    OPTION(threshold, F64),
    OPTION(threshold_asymmetry, F64),
    OPTION(levels, U32),
    OPTION(keep_best, I32),
};
const snnfe_record_type snnfe_shaping_type =
    SNNFE_RECORD_TYPE("trainer.", snnfe_trainer_options, shaping_fields);

static const snnfe_field open_fields[] = {
    SNNFE_FIELD(snnfe_trainer_options, n_epochs, U32, 1, UINT32_MAX),
    SNNFE_FIELD(snnfe_trainer_options, schedule_epochs, U32, 0, UINT32_MAX),
};
const snnfe_record_type snnfe_open_type =
    SNNFE_RECORD_TYPE("trainer.", snnfe_trainer_options, open_fields);

#define WAY_OPTION(member, type) SNNFE_FIELD(snnfe_programming_options, member, type, 0, 1e6)

static const snnfe_field programming_fields[] = {
    SNNFE_FIELD(snnfe_programming_options, method, I32, 0, SNNFE_PROGRAMMING_PAIRS),
    WAY_OPTION(most_pulses, U32),
    WAY_OPTION(period, U32),
    WAY_OPTION(fast_rate, F64),
    WAY_OPTION(transfer_rate, F64),
    WAY_OPTION(shift_pairs, U32),
    WAY_OPTION(tolerance, F64),
    WAY_OPTION(refresh, F64),
};
const snnfe_record_type snnfe_programming_type =
    SNNFE_RECORD_TYPE("trainer.programming.", snnfe_programming_options, programming_fields);

const char *snnfe_device_text(const snnfe_trainer *trainer, char text[SNNFE_DEVICE_TEXT_SIZE])
{
    const snnfe_device *device = trainer->programmer.device;
    if (!device)
        return "none";
    snnfe_format(text, SNNFE_DEVICE_TEXT_SIZE, "%016llx",
                 (unsigned long long)snnfe_device_hash(device));
    return text;
}

/* --- records -------------------------------------------------------------------------------- */

static const snnfe_field position_fields[] = {
    SNNFE_FIELD(snnfe_training_position, epoch, U32, 0, UINT32_MAX),
    SNNFE_FIELD(snnfe_training_position, batch, U32, 0, INT32_MAX),
    SNNFE_FIELD(snnfe_training_position, loss_sum, F64, -DBL_MAX, DBL_MAX),
    SNNFE_FIELD(snnfe_training_position, data_hash, BITS, 0, 0),
};
const snnfe_record_type snnfe_position_type =
    SNNFE_RECORD_TYPE("trainer.position.", snnfe_training_position, position_fields);

/* The step is part of the noise's stream: see snnfe_device_step(). */
static const snnfe_field programmer_fields[] = {
    SNNFE_FIELD(snnfe_programmer, step, U64, 0, 0x1p47 - 1),
    COUNT(snnfe_programmer, total.ltp),
    COUNT(snnfe_programmer, total.ltd),
    COUNT(snnfe_programmer, n_trials),
};
const snnfe_record_type snnfe_programmer_type =
    SNNFE_RECORD_TYPE("trainer.programmer.", snnfe_programmer, programmer_fields);

static const snnfe_field log_fields[] = {
    SNNFE_FIELD(snnfe_trainer_record, epoch, U32, 0, UINT32_MAX),
    SNNFE_FIELD(snnfe_trainer_record, batch, U32, 0, UINT32_MAX),
    COUNT(snnfe_trainer_record, samples_seen),
    SNNFE_FIELD(snnfe_trainer_record, train_loss, MAYBE, -DBL_MAX, DBL_MAX),
    SNNFE_FIELD(snnfe_trainer_record, validation_accuracy, MAYBE, 0, 1),
    SNNFE_FIELD(snnfe_trainer_record, test_accuracy, MAYBE, 0, 1),
    SNNFE_FIELD(snnfe_trainer_record, learning_rate, F64, -DBL_MAX, DBL_MAX),
    COUNT(snnfe_trainer_record, ltp_crossings),
    COUNT(snnfe_trainer_record, ltd_crossings),
    COUNT(snnfe_trainer_record, total_ltp_crossings),
    COUNT(snnfe_trainer_record, total_ltd_crossings),
    SNNFE_FIELD(snnfe_trainer_record, validation_trial_accuracy, MAYBE, 0, 1),
    SNNFE_FIELD(snnfe_trainer_record, test_trial_accuracy, MAYBE, 0, 1),
};
const snnfe_record_type snnfe_epoch_log_type =
    SNNFE_RECORD_TYPE("trainer.epoch_log.", snnfe_trainer_record, log_fields);
const snnfe_record_type snnfe_sample_log_type =
    SNNFE_RECORD_TYPE("trainer.sample_log.", snnfe_trainer_record, log_fields);

static snnfe_field classes_field(const snnfe_record_list *log)
{
    return (snnfe_field){"class_accuracy", SNNFE_FIELD_MAYBE, 0, log->n_classes, 0, 1};
}

static snnfe_record_type classes_type(const snnfe_record_type *type, const snnfe_field *field)
{
    return (snnfe_record_type){type->prefix, field, 1, field->count * sizeof(double)};
}

snnfe_status snnfe_log_add(snnfe_tensor_list *tensors, const snnfe_record_type *type,
                           const snnfe_record_list *log)
{
    const snnfe_field field = classes_field(log);
    const snnfe_record_type classes = classes_type(type, &field);
    SNNFE_TRY(snnfe_records_add(tensors, type, log->rows, log->n));
    return snnfe_records_add(tensors, &classes, log->class_accuracy, log->n);
}

snnfe_status snnfe_log_read(snnfe_tensors *file, const snnfe_record_type *type,
                            snnfe_record_list *log)
{
    const snnfe_field field = classes_field(log);
    const snnfe_record_type classes = classes_type(type, &field);
    const size_t n = snnfe_records_count(file, type);
    SNNFE_TRY(snnfe_record_list_allocate(log, n));
    SNNFE_TRY(snnfe_records_read(file, type, log->rows, n));
    SNNFE_TRY(snnfe_records_read(file, &classes, log->class_accuracy, n));
    /* Before any training there is no loss; later there always is. */
    for (size_t i = 0; i < n; i++)
        if (isnan(log->rows[i].train_loss) && log->rows[i].epoch > 0)
            return snnfe_fail(SNNFE_ERR_FORMAT, "%strain_loss[%zu] is NaN in epoch %u",
                              type->prefix, i, (unsigned)log->rows[i].epoch);
    return SNNFE_OK;
}

/* --- flat arrays ---------------------------------------------------------------------------- */

const snnfe_flat_type snnfe_first_type = {"trainer.adam_first.", SNNFE_F32, false};
const snnfe_flat_type snnfe_second_type = {"trainer.adam_second.", SNNFE_F32, false};
const snnfe_flat_type snnfe_accumulators_type = {"trainer.accumulator.", SNNFE_F32, true};
const snnfe_flat_type snnfe_pulses_types[2] = {
    [SNNFE_LTP] = {"trainer.ltp_pulses.", SNNFE_I32, true},
    [SNNFE_LTD] = {"trainer.ltd_pulses.", SNNFE_I32, true},
};
const snnfe_flat_type snnfe_history_type = {"trainer.history.", SNNFE_F32, true};
const snnfe_flat_type snnfe_imprint_type = {"trainer.imprint.", SNNFE_F32, true};
const snnfe_flat_type snnfe_second_history_type = {"trainer.second_history.", SNNFE_F32, true};
const snnfe_flat_type snnfe_second_pulses_types[2] = {
    [SNNFE_LTP] = {"trainer.second_ltp_pulses.", SNNFE_I32, true},
    [SNNFE_LTD] = {"trainer.second_ltd_pulses.", SNNFE_I32, true},
};

void snnfe_state_type_make(snnfe_state_type *type, const char *name)
{
    snnfe_format(type->prefix, sizeof type->prefix, "trainer.%s.", name);
    type->flat = (snnfe_flat_type){type->prefix, SNNFE_F32, true};
}

const snnfe_flat_type snnfe_best_type = {"trainer.best.", SNNFE_F32, false};
