/* Checkpoints: writing. */
#include "base/memory.h"
#include "base/text.h"
#include "network/checkpoint.h"
#include "trainer/trainer_internal.h"

#include <string.h>

/* Eight-byte copies of what the handle keeps otherwise; they live until the file is written. */
typedef struct saved_state {
    int64_t position[2], device[4];
    double *epoch_log, *sample_log; /* [rows][SNNFE_RECORD_COLUMNS] */
    uint8_t *frozen;                /* [n_parameters] */
} saved_state;

static double *table_of(const snnfe_record_list *list)
{
    double *table = snnfe_alloc(list->n * SNNFE_RECORD_COLUMNS, sizeof *table);
    for (size_t i = 0; table && i < list->n; i++) {
        const snnfe_trainer_record *r = &list->rows[i];
        const double row[SNNFE_RECORD_COLUMNS] = {(double)r->epoch,
                                                  (double)r->batch,
                                                  (double)r->samples_seen,
                                                  r->train_loss,
                                                  r->validation_accuracy,
                                                  r->class_accuracy[0],
                                                  r->class_accuracy[1],
                                                  r->test_accuracy,
                                                  r->learning_rate,
                                                  (double)r->ltp_crossings,
                                                  (double)r->ltd_crossings,
                                                  (double)r->total_ltp_crossings,
                                                  (double)r->total_ltd_crossings};
        for (size_t c = 0; c < SNNFE_RECORD_COLUMNS; c++)
            table[i * SNNFE_RECORD_COLUMNS + c] = row[c];
    }
    return table;
}

static snnfe_status copy_state(saved_state *state, const snnfe_trainer *trainer)
{
    const snnfe_network *network = trainer->network;
    state->position[0] = trainer->position.epoch;
    state->position[1] = trainer->position.batch;
    const snnfe_programmer *programmer = &trainer->programmer;
    const int64_t device[4] = {(int64_t)programmer->step, (int64_t)programmer->total.ltp,
                               (int64_t)programmer->total.ltd, (int64_t)trainer->programmer_trials};
    memcpy(state->device, device, sizeof device);
    state->epoch_log = table_of(&trainer->epoch_log);
    state->sample_log = table_of(&trainer->sample_log);
    state->frozen = snnfe_alloc(network->n_parameters, 1);
    if (!state->epoch_log || !state->sample_log || !state->frozen)
        return SNNFE_ERR_MEMORY;
    for (size_t i = 0; i < network->n_parameters; i++)
        state->frozen[i] = network->parameters[i].frozen;
    return SNNFE_OK;
}

static void release_state(saved_state *state)
{
    snnfe_release(state->epoch_log);
    snnfe_release(state->sample_log);
    snnfe_release(state->frozen);
}

static snnfe_status add_table(snnfe_tensor_list *list, const char *name, size_t n,
                              const double *table)
{
    const uint64_t shape[2] = {n, SNNFE_RECORD_COLUMNS};
    return snnfe_tensor_list_add(list, name, SNNFE_F64, 2, shape, table);
}

/* Larger elements go first, so that every tensor is aligned. */
static snnfe_status add_counters(snnfe_tensor_list *list, const snnfe_trainer *trainer,
                                 const saved_state *state)
{
    const uint64_t n_parameters = trainer->network->n_parameters, one = 1, two = 2, four = 4;
    SNNFE_TRY(
        snnfe_tensor_list_add(list, SNNFE_STATE_POSITION, SNNFE_I64, 1, &two, state->position));
    if (trainer->programmer.device)
        SNNFE_TRY(
            snnfe_tensor_list_add(list, SNNFE_STATE_DEVICE, SNNFE_I64, 1, &four, state->device));
    if (trainer->best)
        SNNFE_TRY(snnfe_tensor_list_add(list, SNNFE_STATE_BEST_ACCURACY, SNNFE_F64, 1, &one,
                                        &trainer->best_accuracy));
    SNNFE_TRY(snnfe_tensor_list_add(list, SNNFE_STATE_LOSS_SUM, SNNFE_F64, 1, &one,
                                    &trainer->position.loss_sum));
    SNNFE_TRY(snnfe_tensor_list_add(list, SNNFE_STATE_STEPS, SNNFE_I64, 1, &n_parameters,
                                    trainer->optimizer.steps));
    SNNFE_TRY(add_table(list, SNNFE_STATE_EPOCH_LOG, trainer->epoch_log.n, state->epoch_log));
    return add_table(list, SNNFE_STATE_SAMPLE_LOG, trainer->sample_log.n, state->sample_log);
}

bool snnfe_state_has(const char *prefix, const snnfe_parameter *parameter)
{
    static const char *const of_weights[] = {SNNFE_STATE_ACCUMULATOR, SNNFE_STATE_LTP_PULSES,
                                             SNNFE_STATE_LTD_PULSES};
    for (size_t i = 0; i < 3; i++)
        if (strcmp(prefix, of_weights[i]) == 0)
            return parameter->kind == SNNFE_PARAMETER_WEIGHT;
    return true;
}

/* Four-byte values in flat parameter order, tensor by tensor. */
static snnfe_status add_values(snnfe_tensor_list *list, const snnfe_network *network,
                               const char *prefix, snnfe_dtype dtype, const void *values)
{
    for (size_t i = 0; i < network->n_parameters; i++) {
        const snnfe_parameter *p = &network->parameters[i];
        if (!snnfe_state_has(prefix, p))
            continue;
        char name[SNNFE_STATE_NAME_SIZE];
        snnfe_format(name, sizeof name, "%s%s", prefix, p->name);
        uint64_t shape[4];
        for (uint32_t d = 0; d < p->n_dims; d++)
            shape[d] = p->shape[d];
        SNNFE_TRY(snnfe_tensor_list_add(list, name, dtype, p->n_dims, shape,
                                        (const char *)values + p->offset * sizeof(float)));
    }
    return SNNFE_OK;
}

static snnfe_status add_programmer(snnfe_tensor_list *list, const snnfe_network *network,
                                   const snnfe_programmer *programmer)
{
    SNNFE_TRY(
        add_values(list, network, SNNFE_STATE_ACCUMULATOR, SNNFE_F32, programmer->accumulators));
    SNNFE_TRY(add_values(list, network, SNNFE_STATE_LTP_PULSES, SNNFE_I32,
                         programmer->pulses[SNNFE_LTP]));
    return add_values(list, network, SNNFE_STATE_LTD_PULSES, SNNFE_I32,
                      programmer->pulses[SNNFE_LTD]);
}

const char *snnfe_device_text(const snnfe_trainer *trainer, char text[SNNFE_OPTION_TEXT_SIZE])
{
    const snnfe_device *device = trainer->programmer.device;
    if (!device)
        return "none";
    snnfe_format(text, SNNFE_OPTION_TEXT_SIZE, "%016llx",
                 (unsigned long long)snnfe_device_hash(device));
    return text;
}

static snnfe_status add_metadata(snnfe_tensor_list *list, const snnfe_trainer *trainer)
{
    char key[64], text[SNNFE_OPTION_TEXT_SIZE];
    SNNFE_TRY(snnfe_tensor_list_add_metadata(list, "trainer.format", SNNFE_STATE_FORMAT));
    for (size_t i = 0; i < SNNFE_N_SHAPING_OPTIONS; i++) {
        snnfe_format(key, sizeof key, "trainer.%s",
                     snnfe_trainer_option_text(&trainer->options, i, text));
        SNNFE_TRY(snnfe_tensor_list_add_metadata(list, key, text));
    }
    SNNFE_TRY(
        snnfe_tensor_list_add_metadata(list, "trainer.device", snnfe_device_text(trainer, text)));
    snnfe_format(text, sizeof text, "%016llx", (unsigned long long)trainer->position.data_hash);
    return snnfe_tensor_list_add_metadata(list, "trainer.data", text);
}

static snnfe_status add_extras(snnfe_tensor_list *list, const snnfe_state_extras *extras,
                               size_t element)
{
    return extras ? extras->add(extras->context, list, element) : SNNFE_OK;
}

static snnfe_status fill_list(snnfe_tensor_list *list, const snnfe_trainer *trainer,
                              const saved_state *state, const snnfe_state_extras *extras)
{
    const snnfe_network *network = trainer->network;
    const uint64_t n_parameters = network->n_parameters;
    SNNFE_TRY(add_extras(list, extras, 8));
    SNNFE_TRY(add_counters(list, trainer, state));
    SNNFE_TRY(snnfe_network_add_to_list(network, list));
    SNNFE_TRY(add_values(list, network, SNNFE_STATE_FIRST, SNNFE_F32, trainer->optimizer.first));
    SNNFE_TRY(add_values(list, network, SNNFE_STATE_SECOND, SNNFE_F32, trainer->optimizer.second));
    if (trainer->programmer.device)
        SNNFE_TRY(add_programmer(list, network, &trainer->programmer));
    if (trainer->best)
        SNNFE_TRY(add_values(list, network, SNNFE_STATE_BEST, SNNFE_F32, trainer->best));
    SNNFE_TRY(add_extras(list, extras, 4));
    SNNFE_TRY(
        snnfe_tensor_list_add(list, SNNFE_STATE_FROZEN, SNNFE_U8, 1, &n_parameters, state->frozen));
    return add_metadata(list, trainer);
}

snnfe_status snnfe_trainer_save_with(const snnfe_trainer *trainer, const char *path,
                                     const snnfe_state_extras *extras)
{
    /* What could not be read back is not written. */
    const snnfe_network *network = trainer->network;
    for (size_t i = 0; i < network->n_parameters; i++)
        SNNFE_TRY(snnfe_parameter_check(&network->parameters[i],
                                        network->values + network->parameters[i].offset,
                                        SNNFE_LEAST_FILED_DECAY));
    saved_state state = {0};
    snnfe_tensor_list *list = NULL;
    snnfe_status status = copy_state(&state, trainer);
    if (status == SNNFE_OK)
        status = snnfe_tensor_list_create(&list);
    if (status == SNNFE_OK)
        status = fill_list(list, trainer, &state, extras);
    if (status == SNNFE_OK)
        status = snnfe_tensor_list_save(list, path);
    snnfe_tensor_list_free(list);
    release_state(&state);
    return status;
}

snnfe_status snnfe_trainer_save(const snnfe_trainer *trainer, const char *path)
{
    if (!trainer || !path)
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "snnfe_trainer_save: %s is NULL",
                          trainer ? "path" : "trainer");
    return snnfe_trainer_save_with(trainer, path, NULL);
}
