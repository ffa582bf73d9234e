/* Checkpoints: reading. Everything is read and checked aside before the trainer changes. */
#include "base/check.h"
#include "base/floating.h"
#include "base/kind.h"
#include "base/memory.h"
#include "trainer/trainer.h"
#include "trainer/trainer_state.h"

#include <math.h>
#include <string.h>

typedef struct loaded_state {
    float *values, *first, *second; /* [n_values] */
    float *best;                    /* [n_values]; NULL where the trainer has none */
    double best_accuracy;
    int64_t *steps;  /* [n_parameters] */
    uint32_t period; /* of the schedule, where the trainer takes the checkpoint's */
    snnfe_programmer programmer;
    snnfe_training_position position;
    snnfe_record_list epoch_log, sample_log;
    snnfe_provenance provenance;
} loaded_state;

static void release_state(loaded_state *state)
{
    snnfe_release(state->values);
    snnfe_release(state->first);
    snnfe_release(state->second);
    snnfe_release(state->best);
    snnfe_release(state->steps);
    snnfe_programmer_release(&state->programmer);
    snnfe_record_list_release(&state->epoch_log);
    snnfe_record_list_release(&state->sample_log);
    snnfe_provenance_release(&state->provenance);
}

/* --- conditions ----------------------------------------------------------------------------- */

/* A checkpoint of fewer epochs can be continued, and its schedule's period is taken if the caller
   gave none; all else must be the same. */
static snnfe_status check_options(const snnfe_tensors *file, const snnfe_trainer *trainer,
                                  uint32_t *period)
{
    const snnfe_trainer_options *own = &trainer->options;
    snnfe_trainer_options saved = *own, expected = *own;
    SNNFE_TRY(snnfe_record_read_metadata(file, &snnfe_open_type, true, &saved));
    if (saved.n_epochs > own->n_epochs)
        return snnfe_fail(SNNFE_ERR_SHAPE, "was saved with n_epochs %u, more than %u",
                          (unsigned)saved.n_epochs, (unsigned)own->n_epochs);
    expected.n_epochs = saved.n_epochs;
    if (trainer->free_period)
        expected.schedule_epochs = saved.schedule_epochs;
    SNNFE_TRY(snnfe_record_expect_metadata(file, &snnfe_shaping_type, &expected));
    if (trainer->free_period && saved.schedule_epochs == 0)
        return snnfe_fail(SNNFE_ERR_FORMAT, "metadata \"trainer.schedule_epochs\" is 0");
    *period = expected.schedule_epochs;
    return SNNFE_OK;
}

/* A file of accumulation does not say so. */
static snnfe_status check_way(const snnfe_tensors *file, const snnfe_programmer *programmer)
{
    const bool has_one = snnfe_tensors_metadata(file, "trainer.programming.method");
    const bool wants_one = programmer->way.method != SNNFE_PROGRAMMING_ACCUMULATE;
    if (has_one && !wants_one)
        return snnfe_fail(SNNFE_ERR_SHAPE,
                          "was saved with another way to program than accumulation");
    if (wants_one && !has_one)
        return snnfe_fail(SNNFE_ERR_SHAPE, "was saved with accumulation, not with \"%s\"",
                          snnfe_way_of(&programmer->way)->name);
    return wants_one ? snnfe_record_expect_metadata(file, &snnfe_programming_type, &programmer->way)
                     : SNNFE_OK;
}

static snnfe_status check_conditions(const snnfe_tensors *file, const snnfe_trainer *trainer,
                                     uint32_t *period)
{
    const char *format = snnfe_tensors_metadata(file, "trainer.format");
    if (!format)
        return snnfe_fail(SNNFE_ERR_FORMAT, "holds no state of a trainer");
    if (strcmp(format, SNNFE_STATE_FORMAT) != 0)
        return snnfe_fail(SNNFE_ERR_FORMAT,
                          "trainer.format is \"%.40s\", this version knows \"%s\"", format,
                          SNNFE_STATE_FORMAT);
    SNNFE_TRY(check_options(file, trainer, period));
    SNNFE_TRY(check_way(file, &trainer->programmer));
    char text[SNNFE_DEVICE_TEXT_SIZE];
    const char *own = snnfe_device_text(trainer, text);
    const char *saved = snnfe_tensors_metadata(file, "trainer.device");
    if (!saved)
        return snnfe_fail(SNNFE_ERR_FORMAT, "metadata \"trainer.device\" is missing");
    if (strcmp(saved, own) != 0)
        return snnfe_fail(SNNFE_ERR_SHAPE, "was saved with device %.40s, not %s", saved, own);
    return SNNFE_OK;
}

static snnfe_status check_frozen(snnfe_tensors *file, const snnfe_network *network)
{
    const uint64_t n = network->n_parameters;
    uint8_t *frozen = snnfe_alloc(network->n_parameters, 1);
    if (!frozen)
        return SNNFE_ERR_MEMORY;
    snnfe_status status =
        snnfe_tensors_read(file, SNNFE_STATE_FROZEN, SNNFE_U8, 1, &n, false, frozen);
    for (size_t i = 0; status == SNNFE_OK && i < network->n_parameters; i++)
        if ((frozen[i] != 0) != network->parameters[i].frozen)
            status = snnfe_fail(SNNFE_ERR_SHAPE, "\"%s\" is %s in the checkpoint, %s here",
                                network->parameters[i].name, frozen[i] ? "frozen" : "trained",
                                frozen[i] ? "trained" : "frozen");
    snnfe_release(frozen);
    return status;
}

/* --- moments and counters ------------------------------------------------------------------ */

static snnfe_status read_memory(snnfe_tensors *file, const snnfe_flat_type *type,
                                const snnfe_network *network, float *values)
{
    if (!values)
        return SNNFE_OK;
    SNNFE_TRY(snnfe_flat_read(file, type, network, values));
    for (size_t i = 0; i < network->n_values; i++)
        if (!(fabsf(values[i]) <= 1))
            return snnfe_fail(SNNFE_ERR_FORMAT, "%s: value %zu is %g, not in -1…1", type->prefix, i,
                              (double)values[i]);
    return SNNFE_OK;
}

static snnfe_status read_pulses(snnfe_tensors *file, const snnfe_flat_type *type,
                                const snnfe_network *network, uint32_t *pulses)
{
    SNNFE_TRY(snnfe_flat_read(file, type, network, pulses));
    for (size_t i = 0; i < network->n_values; i++)
        if (pulses[i] > INT32_MAX)
            return snnfe_fail(SNNFE_ERR_FORMAT, "%s: value %zu is %d, below 0", type->prefix, i,
                              (int)pulses[i]);
    return SNNFE_OK;
}

static snnfe_status read_way(snnfe_tensors *file, const snnfe_network *network,
                             const snnfe_programmer *programmer)
{
    const snnfe_way *way = snnfe_way_of(&programmer->way);
    for (int s = 0; s < SNNFE_WAY_STATES && way->state_names[s]; s++) {
        snnfe_state_type type;
        snnfe_state_type_make(&type, way->state_names[s]);
        SNNFE_TRY(snnfe_flat_read(file, &type.flat, network, programmer->states[s]));
    }
    for (int d = 0; way->second_cells && d < 2; d++)
        SNNFE_TRY(read_pulses(file, &snnfe_second_pulses_types[d], network,
                              programmer->second_pulses[d]));
    return read_memory(file, &snnfe_second_history_type, network, programmer->second_history);
}

static snnfe_status read_form_pulses(snnfe_tensors *file, const snnfe_network *network,
                                     uint64_t *form_pulses)
{
    const uint64_t shape[2] = {network->n_parameters, SNNFE_FORM_COUNTS};
    SNNFE_TRY(
        snnfe_tensors_read(file, SNNFE_STATE_FORM_PULSES, SNNFE_I64, 2, shape, false, form_pulses));
    for (size_t i = 0; i < network->n_parameters * SNNFE_FORM_COUNTS; i++)
        if (form_pulses[i] >> 53 != 0)
            return snnfe_fail(SNNFE_ERR_FORMAT, "%s[%zu] is %lld", SNNFE_STATE_FORM_PULSES, i,
                              (long long)form_pulses[i]);
    return SNNFE_OK;
}

static snnfe_status read_programmer(snnfe_tensors *file, const snnfe_trainer *trainer,
                                    snnfe_programmer *programmer)
{
    const snnfe_network *network = trainer->network;
    SNNFE_TRY(snnfe_programmer_create(programmer, network, &trainer->options));
    SNNFE_TRY(snnfe_records_read(file, &snnfe_programmer_type, programmer, 1));
    SNNFE_TRY(snnfe_flat_read(file, &snnfe_accumulators_type, network, programmer->accumulators));
    for (int d = 0; d < 2; d++)
        SNNFE_TRY(read_pulses(file, &snnfe_pulses_types[d], network, programmer->pulses[d]));
    SNNFE_TRY(read_memory(file, &snnfe_history_type, network, programmer->history));
    SNNFE_TRY(read_memory(file, &snnfe_imprint_type, network, programmer->imprint));
    if (programmer->form_pulses)
        SNNFE_TRY(read_form_pulses(file, network, programmer->form_pulses));
    return read_way(file, network, programmer);
}

static snnfe_status read_best(snnfe_tensors *file, const snnfe_network *network,
                              loaded_state *state)
{
    const uint64_t one = 1;
    state->best = snnfe_alloc(network->n_values, sizeof(float));
    if (!state->best)
        return SNNFE_ERR_MEMORY;
    SNNFE_TRY(snnfe_flat_read(file, &snnfe_best_type, network, state->best));
    SNNFE_TRY(snnfe_network_check_values(network, state->best));
    return snnfe_tensors_read(file, SNNFE_STATE_BEST_ACCURACY, SNNFE_F64, 1, &one, false,
                              &state->best_accuracy);
}

static snnfe_status read_optimizer(snnfe_tensors *file, const snnfe_network *network,
                                   loaded_state *state)
{
    const uint64_t n = network->n_parameters;
    SNNFE_TRY(snnfe_flat_read(file, &snnfe_first_type, network, state->first));
    SNNFE_TRY(snnfe_flat_read(file, &snnfe_second_type, network, state->second));
    SNNFE_TRY(snnfe_tensors_read(file, SNNFE_STATE_STEPS, SNNFE_I64, 1, &n, false, state->steps));
    for (size_t i = 0; i < network->n_values; i++)
        if (state->second[i] < 0)
            return snnfe_fail(SNNFE_ERR_FORMAT, "second moment %zu is %g, below 0", i,
                              (double)state->second[i]);
    for (size_t i = 0; i < network->n_parameters; i++)
        if (state->steps[i] < 0 || state->steps[i] >> 53 != 0)
            return snnfe_fail(SNNFE_ERR_FORMAT, "%s[%zu] is %lld", SNNFE_STATE_STEPS, i,
                              (long long)state->steps[i]);
    return SNNFE_OK;
}

/* Unless `data_hash` is 0, a checkpoint of other data is refused. */
static snnfe_status read_position(snnfe_tensors *file, const snnfe_trainer *trainer,
                                  uint64_t data_hash, snnfe_training_position *position)
{
    SNNFE_TRY(snnfe_records_read(file, &snnfe_position_type, position, 1));
    if (position->epoch > trainer->options.n_epochs)
        return snnfe_fail(SNNFE_ERR_FORMAT, "trainer.position.epoch is %u, of %u epochs",
                          (unsigned)position->epoch, (unsigned)trainer->options.n_epochs);
    if (data_hash != 0 && position->data_hash != 0 && position->data_hash != data_hash)
        return snnfe_fail(SNNFE_ERR_SHAPE,
                          "the checkpoint was trained on other data or index lists (hash %016llx, "
                          "here %016llx)",
                          (unsigned long long)position->data_hash, (unsigned long long)data_hash);
    return SNNFE_OK;
}

/* --- all of it ----------------------------------------------------------------------------- */

static snnfe_status load(loaded_state *state, const snnfe_trainer *trainer, snnfe_tensors *file,
                         uint64_t data_hash)
{
    const snnfe_network *network = trainer->network;
    state->values = snnfe_alloc(network->n_values, sizeof(float));
    state->first = snnfe_alloc(network->n_values, sizeof(float));
    state->second = snnfe_alloc(network->n_values, sizeof(float));
    state->steps = snnfe_alloc(network->n_parameters, sizeof *state->steps);
    if (!state->values || !state->first || !state->second || !state->steps)
        return SNNFE_ERR_MEMORY;
    SNNFE_TRY(check_conditions(file, trainer, &state->period));
    SNNFE_TRY(read_position(file, trainer, data_hash, &state->position));
    SNNFE_TRY(snnfe_network_read_values(network, file, state->values));
    SNNFE_TRY(snnfe_provenance_read(&state->provenance, file));
    SNNFE_TRY(check_frozen(file, network));
    SNNFE_TRY(read_optimizer(file, network, state));
    if (trainer->programmer.device)
        SNNFE_TRY(read_programmer(file, trainer, &state->programmer));
    if (trainer->best)
        SNNFE_TRY(read_best(file, network, state));
    state->epoch_log.n_classes = state->sample_log.n_classes = network->options.n_classes;
    SNNFE_TRY(snnfe_log_read(file, &snnfe_epoch_log_type, &state->epoch_log));
    SNNFE_TRY(snnfe_log_read(file, &snnfe_sample_log_type, &state->sample_log));
    if (state->epoch_log.n != state->position.epoch)
        return snnfe_fail(SNNFE_ERR_FORMAT, "trainer.epoch_log ends with row %zu, not %u",
                          state->epoch_log.n, (unsigned)state->position.epoch);
    return SNNFE_OK;
}

/* An older checkpoint has no provenance: the network keeps its own, marked as incomplete. */
static void adopt_provenance(snnfe_network *network, loaded_state *state)
{
    const snnfe_provenance before = network->provenance;
    if (!snnfe_provenance_tells(&state->provenance)) {
        network->provenance.origin.incomplete = 1;
        return;
    }
    network->provenance = state->provenance;
    state->provenance = before; /* to be released */
}

static void adopt(snnfe_trainer *trainer, loaded_state *state)
{
    snnfe_network *network = trainer->network;
    snnfe_optimizer *optimizer = &trainer->optimizer;
    const size_t size = network->n_values * sizeof(float);
    memcpy(network->values, state->values, size);
    memcpy(optimizer->first, state->first, size);
    memcpy(optimizer->second, state->second, size);
    memcpy(optimizer->steps, state->steps, network->n_parameters * sizeof *state->steps);
    snnfe_network_refresh(network, SNNFE_ALL_LAYERS);
    if (trainer->programmer.device) {
        const snnfe_programmer before = trainer->programmer;
        trainer->programmer = state->programmer;
        state->programmer = before; /* to be released */
    }
    if (trainer->best) {
        memcpy(trainer->best, state->best, size);
        trainer->best_accuracy = state->best_accuracy;
    }
    adopt_provenance(network, state);
    trainer->position = state->position;
    if (trainer->free_period)
        trainer->options.schedule_epochs = state->period;
    trainer->unwritten = false;
    snnfe_record_list_release(&trainer->epoch_log);
    snnfe_record_list_release(&trainer->sample_log);
    trainer->epoch_log = state->epoch_log;
    trainer->sample_log = state->sample_log;
    state->epoch_log = state->sample_log = (snnfe_record_list){0};
}

/* The last bits of what follows are those of the kernels that run here. */
static void tell_of_other_kernels(const snnfe_tensors *file, const snnfe_trainer *trainer,
                                  const char *path)
{
    const char *saved = snnfe_tensors_metadata(file, SNNFE_STATE_INSTRUCTIONS);
    if (saved && strcmp(saved, snnfe_instruction_set()) != 0)
        snnfe_sink_log(
            &trainer->sink, SNNFE_LOG_WARNING,
            "%s: was trained with the instruction set %.40s, here it is %s: what follows "
            "differs in the last bits from a training without interruption",
            path, saved, snnfe_instruction_set());
}

/* A field that is missing or out of range means that the file is no checkpoint. The message
   begins with the file's name, if the layer below has not put it there. */
static snnfe_status fail_reading(snnfe_status status, const char *path)
{
    if (status == SNNFE_ERR_NOT_FOUND || status == SNNFE_ERR_ARGUMENT)
        status = SNNFE_ERR_FORMAT;
    return snnfe_fail_prefix(status, "%s", path);
}

static snnfe_status restore(snnfe_trainer *trainer, const char *path, uint64_t data_hash,
                            snnfe_read_extras *read, void *context)
{
    snnfe_tensors *file = NULL;
    loaded_state state = {0};
    snnfe_status status = snnfe_tensors_open(&file, path);
    if (status == SNNFE_OK)
        status = load(&state, trainer, file, data_hash);
    if (status == SNNFE_OK && read)
        status = read(context, file);
    if (status == SNNFE_OK)
        tell_of_other_kernels(file, trainer, path);
    snnfe_tensors_close(file);
    if (status == SNNFE_OK)
        adopt(trainer, &state);
    else
        status = snnfe_fail_kind(fail_reading(status, path), path, SNNFE_KIND_TRAINING);
    release_state(&state);
    return status;
}

snnfe_status snnfe_trainer_restore_with(snnfe_trainer *trainer, const char *path,
                                        snnfe_read_extras *read, void *context)
{
    return restore(trainer, path, 0, read, context);
}

snnfe_status snnfe_trainer_restore_for(snnfe_trainer *trainer, const char *path, uint64_t data_hash)
{
    return restore(trainer, path, data_hash, NULL, NULL);
}

static snnfe_status trainer_restore(snnfe_trainer *trainer, const char *path)
{
    static const char call[] = "snnfe_trainer_restore";
    SNNFE_TRY(snnfe_check_pointer(call, "trainer", trainer));
    SNNFE_TRY(snnfe_check_pointer(call, "path", path));
    SNNFE_TRY(snnfe_trainer_enter(trainer, call));
    return snnfe_trainer_leave(trainer, restore(trainer, path, 0, NULL, NULL));
}

snnfe_status snnfe_trainer_restore(snnfe_trainer *trainer, const char *path)
{
    SNNFE_RETURN_COMPUTED(trainer_restore(trainer, path));
}

/* --- pulses alone --------------------------------------------------------------------------- */

/* `values` [2][n_values] is room for both counters. */
static snnfe_status add_up_pulses(snnfe_tensors *file, const snnfe_flat_type types[2],
                                  const snnfe_network *network, uint32_t *values,
                                  snnfe_layer_pulses layers[SNNFE_N_LAYERS])
{
    uint32_t *const counters[2] = {values, values + network->n_values};
    for (int d = 0; d < 2; d++)
        SNNFE_TRY(read_pulses(file, &types[d], network, counters[d]));
    for (size_t i = 0; i < network->n_parameters; i++) {
        const snnfe_parameter *p = &network->parameters[i];
        snnfe_layer_pulses *layer = &layers[p->layer];
        if (p->kind != SNNFE_PARAMETER_WEIGHT)
            continue;
        layer->n_cells += p->count;
        for (size_t k = p->offset; k < p->offset + p->count; k++) {
            const uint64_t of_cell = (uint64_t)counters[0][k] + counters[1][k];
            for (int d = 0; d < 2; d++)
                layer->n[d] += counters[d][k];
            if (of_cell > layer->largest)
                layer->largest = of_cell;
        }
    }
    return SNNFE_OK;
}

static snnfe_status add_up_all_pulses(snnfe_tensors *file, const snnfe_network *network,
                                      snnfe_layer_pulses layers[SNNFE_N_LAYERS])
{
    snnfe_programming_options way = {.method = SNNFE_PROGRAMMING_ACCUMULATE};
    SNNFE_TRY(snnfe_record_read_metadata(file, &snnfe_programming_type, false, &way));
    uint32_t *values = snnfe_alloc(network->n_values, 2 * sizeof *values);
    if (!values)
        return SNNFE_ERR_MEMORY;
    snnfe_status status = add_up_pulses(file, snnfe_pulses_types, network, values, layers);
    if (status == SNNFE_OK && snnfe_way_of(&way)->second_cells)
        status = add_up_pulses(file, snnfe_second_pulses_types, network, values, layers);
    snnfe_release(values);
    return status;
}

/* A file of one form has no counters of others. */
static snnfe_status add_up_form_pulses(snnfe_tensors *file, const snnfe_network *network,
                                       snnfe_layer_pulses layers[SNNFE_N_LAYERS])
{
    if (!snnfe_tensors_find(file, SNNFE_STATE_FORM_PULSES))
        return SNNFE_OK;
    uint64_t *counts = snnfe_alloc(network->n_parameters, SNNFE_FORM_COUNTS * sizeof *counts);
    if (!counts)
        return SNNFE_ERR_MEMORY;
    const snnfe_status status = read_form_pulses(file, network, counts);
    for (size_t i = 0; status == SNNFE_OK && i < network->n_parameters; i++)
        for (size_t k = 0; k < SNNFE_FORM_COUNTS; k++)
            layers[network->parameters[i].layer].forms[k] += counts[i * SNNFE_FORM_COUNTS + k];
    snnfe_release(counts);
    return status;
}

snnfe_status snnfe_trainer_file_pulses(const char *path, const snnfe_network *network,
                                       snnfe_layer_pulses layers[SNNFE_N_LAYERS])
{
    snnfe_tensors *file = NULL;
    memset(layers, 0, SNNFE_N_LAYERS * sizeof *layers);
    snnfe_status status = snnfe_tensors_open(&file, path);
    if (status == SNNFE_OK && snnfe_records_count(file, &snnfe_programmer_type) == 0)
        status = snnfe_fail(SNNFE_ERR_NOT_FOUND, "is no checkpoint of a training through a device");
    if (status == SNNFE_OK)
        status = add_up_all_pulses(file, network, layers);
    if (status == SNNFE_OK)
        status = add_up_form_pulses(file, network, layers);
    snnfe_tensors_close(file);
    return status == SNNFE_OK
               ? status
               : snnfe_fail_kind(snnfe_fail_prefix(status, "%s", path), path, SNNFE_KIND_TRAINING);
}
