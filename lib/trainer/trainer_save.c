/* Checkpoints: writing. */
#include "base/check.h"
#include "base/memory.h"
#include "trainer/trainer.h"
#include "trainer/trainer_state.h"

static snnfe_status add_frozen(snnfe_tensor_list *list, const snnfe_network *network)
{
    const uint64_t n = network->n_parameters;
    uint8_t *frozen = snnfe_alloc(network->n_parameters, 1);
    if (!frozen)
        return SNNFE_ERR_MEMORY;
    for (size_t i = 0; i < network->n_parameters; i++)
        frozen[i] = network->parameters[i].frozen;
    return snnfe_tensor_list_add_owned(list, SNNFE_STATE_FROZEN, SNNFE_U8, 1, &n, frozen);
}

static snnfe_status add_optimizer(snnfe_tensor_list *list, const snnfe_network *network,
                                  const snnfe_optimizer *optimizer)
{
    const uint64_t n = network->n_parameters;
    SNNFE_TRY(snnfe_flat_add(list, &snnfe_first_type, network, optimizer->first));
    SNNFE_TRY(snnfe_flat_add(list, &snnfe_second_type, network, optimizer->second));
    return snnfe_tensor_list_add(list, SNNFE_STATE_STEPS, SNNFE_I64, 1, &n, optimizer->steps);
}

/* What ways other than accumulation have beside the accumulators. */
static snnfe_status add_way(snnfe_tensor_list *list, const snnfe_network *network,
                            const snnfe_programmer *programmer)
{
    const snnfe_way *way = snnfe_way_of(&programmer->way);
    if (programmer->way.method == SNNFE_PROGRAMMING_ACCUMULATE)
        return SNNFE_OK;
    SNNFE_TRY(snnfe_record_add_metadata(list, &snnfe_programming_type, &programmer->way));
    for (int s = 0; s < SNNFE_WAY_STATES && way->state_names[s]; s++) {
        snnfe_state_type type;
        snnfe_state_type_make(&type, way->state_names[s]);
        SNNFE_TRY(snnfe_flat_add(list, &type.flat, network, programmer->states[s]));
    }
    for (int d = 0; way->second_cells && d < 2; d++)
        SNNFE_TRY(snnfe_flat_add(list, &snnfe_second_pulses_types[d], network,
                                 programmer->second_pulses[d]));
    return programmer->second_history ? snnfe_flat_add(list, &snnfe_second_history_type, network,
                                                       programmer->second_history)
                                      : SNNFE_OK;
}

static snnfe_status add_programmer(snnfe_tensor_list *list, const snnfe_network *network,
                                   const snnfe_programmer *programmer)
{
    SNNFE_TRY(snnfe_records_add(list, &snnfe_programmer_type, programmer, 1));
    SNNFE_TRY(snnfe_flat_add(list, &snnfe_accumulators_type, network, programmer->accumulators));
    for (int d = 0; d < 2; d++)
        SNNFE_TRY(snnfe_flat_add(list, &snnfe_pulses_types[d], network, programmer->pulses[d]));
    if (programmer->history)
        SNNFE_TRY(snnfe_flat_add(list, &snnfe_history_type, network, programmer->history));
    if (programmer->imprint)
        SNNFE_TRY(snnfe_flat_add(list, &snnfe_imprint_type, network, programmer->imprint));
    if (programmer->form_pulses) {
        const uint64_t shape[2] = {network->n_parameters, SNNFE_FORM_COUNTS};
        SNNFE_TRY(snnfe_tensor_list_add(list, SNNFE_STATE_FORM_PULSES, SNNFE_I64, 2, shape,
                                        programmer->form_pulses));
    }
    return add_way(list, network, programmer);
}

static snnfe_status add_best(snnfe_tensor_list *list, const snnfe_trainer *trainer)
{
    const uint64_t one = 1;
    SNNFE_TRY(snnfe_flat_add(list, &snnfe_best_type, trainer->network, trainer->best));
    return snnfe_tensor_list_add(list, SNNFE_STATE_BEST_ACCURACY, SNNFE_F64, 1, &one,
                                 &trainer->best_accuracy);
}

static snnfe_status fill_list(snnfe_tensor_list *list, const snnfe_trainer *trainer)
{
    const snnfe_network *network = trainer->network;
    char text[SNNFE_DEVICE_TEXT_SIZE];
    SNNFE_TRY(snnfe_tensor_list_add_metadata(list, "trainer.format", SNNFE_STATE_FORMAT));
    SNNFE_TRY(snnfe_record_add_metadata(list, &snnfe_shaping_type, &trainer->options));
    SNNFE_TRY(
        snnfe_tensor_list_add_metadata(list, "trainer.device", snnfe_device_text(trainer, text)));
    SNNFE_TRY(
        snnfe_tensor_list_add_metadata(list, SNNFE_STATE_INSTRUCTIONS, snnfe_instruction_set()));
    SNNFE_TRY(snnfe_network_add_to_list(network, list));
    SNNFE_TRY(add_frozen(list, network));
    SNNFE_TRY(snnfe_records_add(list, &snnfe_position_type, &trainer->position, 1));
    SNNFE_TRY(snnfe_log_add(list, &snnfe_epoch_log_type, &trainer->epoch_log));
    SNNFE_TRY(snnfe_log_add(list, &snnfe_sample_log_type, &trainer->sample_log));
    SNNFE_TRY(add_optimizer(list, network, &trainer->optimizer));
    if (trainer->programmer.device)
        SNNFE_TRY(add_programmer(list, network, &trainer->programmer));
    return trainer->best ? add_best(list, trainer) : SNNFE_OK;
}

snnfe_status snnfe_trainer_save_with(const snnfe_trainer *trainer, const char *path,
                                     snnfe_add_extras *add, const void *context)
{
    /* Values that restoring would refuse are not saved. */
    SNNFE_TRY(snnfe_network_check_values(trainer->network, trainer->network->values));
    snnfe_tensor_list *list = NULL;
    SNNFE_TRY(snnfe_tensor_list_create(&list));
    snnfe_status status = fill_list(list, trainer);
    if (status == SNNFE_OK && add)
        status = add(context, list);
    if (status == SNNFE_OK)
        status = snnfe_tensor_list_save(list, path);
    snnfe_tensor_list_free(list);
    return status;
}

snnfe_status snnfe_trainer_save(const snnfe_trainer *trainer, const char *path)
{
    static const char call[] = "snnfe_trainer_save";
    SNNFE_TRY(snnfe_check_pointer(call, "trainer", trainer));
    SNNFE_TRY(snnfe_check_pointer(call, "path", path));
    SNNFE_TRY(snnfe_busy_check(&trainer->busy, call));
    return snnfe_trainer_save_with(trainer, path, NULL, NULL);
}
