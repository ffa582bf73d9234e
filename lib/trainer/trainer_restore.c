/* Checkpoints: reading. Everything is read and checked aside before the trainer changes. */
#include "base/kind.h"
#include "base/memory.h"
#include "base/text.h"
#include "network/checkpoint.h"
#include "trainer/trainer_internal.h"

#include <math.h>
#include <string.h>

typedef struct loaded_state {
    float *values, *first, *second; /* [n_values] */
    float *accumulators, *best;     /* [n_values]; NULL where the trainer has none */
    int32_t *pulses[2];             /* [n_values] */
    int64_t device[4];
    double best_accuracy;
    int64_t *steps;  /* [n_parameters] */
    uint32_t period; /* of the schedule, where the trainer takes the checkpoint's */
    snnfe_training_position position;
    snnfe_record_list epoch_log, sample_log;
    snnfe_provenance provenance;
} loaded_state;

static void release_state(loaded_state *state)
{
    snnfe_release(state->values);
    snnfe_release(state->first);
    snnfe_release(state->second);
    snnfe_release(state->steps);
    snnfe_release(state->accumulators);
    snnfe_release(state->best);
    for (int d = 0; d < 2; d++)
        snnfe_release(state->pulses[d]);
    snnfe_record_list_release(&state->epoch_log);
    snnfe_record_list_release(&state->sample_log);
    snnfe_provenance_release(&state->provenance);
}

/* --- options and data ---------------------------------------------------------------------- */

/* The period of the schedule, which the caller left open. */
static snnfe_status read_period(const char *told, uint32_t *period)
{
    int64_t value = 0;
    if (!told || !snnfe_parse_int64(told, &value) || value < 1 || value > UINT32_MAX)
        return snnfe_fail(SNNFE_ERR_FORMAT,
                          "metadata \"trainer.schedule_epochs\" is missing or no period");
    *period = (uint32_t)value;
    return SNNFE_OK;
}

/* n_epochs, option 0, may be larger than in the file. */
static snnfe_status check_option(const snnfe_tensors *file, const snnfe_trainer *trainer,
                                 size_t index, uint32_t *period)
{
    char own[SNNFE_OPTION_TEXT_SIZE], key[64];
    const char *name = snnfe_trainer_option_text(&trainer->options, index, own);
    snnfe_format(key, sizeof key, "trainer.%s", name);
    const char *told = snnfe_tensors_metadata(file, key);
    int64_t n_epochs = 0;
    if (trainer->free_period && strcmp(name, "schedule_epochs") == 0)
        return read_period(told, period);
    if (!told || (index == 0 && !snnfe_parse_int64(told, &n_epochs)))
        return snnfe_fail(SNNFE_ERR_FORMAT, "metadata \"%s\" is missing or no number", key);
    const bool fits =
        index == 0 ? n_epochs <= (int64_t)trainer->options.n_epochs : strcmp(told, own) == 0;
    if (!fits)
        return snnfe_fail(SNNFE_ERR_SHAPE, "option %s is %.40s in the checkpoint, %s here", name,
                          told, own);
    return SNNFE_OK;
}

static snnfe_status check_options(const snnfe_tensors *file, const snnfe_trainer *trainer,
                                  uint32_t *period)
{
    const char *format = snnfe_tensors_metadata(file, "trainer.format");
    if (!format)
        return snnfe_fail(SNNFE_ERR_FORMAT, "holds no state of a trainer");
    if (strcmp(format, SNNFE_STATE_FORMAT) != 0)
        return snnfe_fail(SNNFE_ERR_FORMAT,
                          "trainer.format is \"%.40s\", this version knows \"%s\"", format,
                          SNNFE_STATE_FORMAT);
    for (size_t i = 0; i < SNNFE_N_SHAPING_OPTIONS; i++)
        SNNFE_TRY(check_option(file, trainer, i, period));
    char own[SNNFE_OPTION_TEXT_SIZE];
    const char *device = snnfe_device_text(trainer, own);
    const char *told = snnfe_tensors_metadata(file, "trainer.device");
    if (!told || strcmp(told, device) != 0)
        return snnfe_fail(SNNFE_ERR_SHAPE, "the device is %.40s in the checkpoint, %s here",
                          told ? told : "not told", device);
    return SNNFE_OK;
}

static snnfe_status read_hash(const snnfe_tensors *file, uint64_t expected, uint64_t *hash)
{
    const char *told = snnfe_tensors_metadata(file, "trainer.data");
    if (!told || !snnfe_parse_hash(told, hash))
        return snnfe_fail(SNNFE_ERR_FORMAT, "metadata \"trainer.data\" is missing or no hash");
    if (expected != 0 && *hash != 0 && *hash != expected)
        return snnfe_fail(SNNFE_ERR_SHAPE,
                          "the checkpoint was trained on other data or index lists (hash %016llx, "
                          "here %016llx)",
                          (unsigned long long)*hash, (unsigned long long)expected);
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

static snnfe_status read_values(snnfe_tensors *file, const snnfe_network *network,
                                const char *prefix, snnfe_dtype dtype, void *values)
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
        SNNFE_TRY(snnfe_tensors_read(file, name, dtype, p->n_dims, shape, false,
                                     (char *)values + p->offset * sizeof(float)));
    }
    return SNNFE_OK;
}

static snnfe_status read_programmer(snnfe_tensors *file, const snnfe_network *network,
                                    loaded_state *state)
{
    static const char *const prefixes[2] = {SNNFE_STATE_LTP_PULSES, SNNFE_STATE_LTD_PULSES};
    const uint64_t four = 4;
    state->accumulators = snnfe_alloc(network->n_values, sizeof(float));
    for (int d = 0; d < 2; d++)
        state->pulses[d] = snnfe_alloc(network->n_values, sizeof(int32_t));
    if (!state->accumulators || !state->pulses[0] || !state->pulses[1])
        return SNNFE_ERR_MEMORY;
    SNNFE_TRY(read_values(file, network, SNNFE_STATE_ACCUMULATOR, SNNFE_F32, state->accumulators));
    for (int d = 0; d < 2; d++) {
        SNNFE_TRY(read_values(file, network, prefixes[d], SNNFE_I32, state->pulses[d]));
        for (size_t i = 0; i < network->n_values; i++)
            if (state->pulses[d][i] < 0)
                return snnfe_fail(SNNFE_ERR_FORMAT, "%s: value %zu is %d, below 0", prefixes[d], i,
                                  (int)state->pulses[d][i]);
    }
    SNNFE_TRY(
        snnfe_tensors_read(file, SNNFE_STATE_DEVICE, SNNFE_I64, 1, &four, false, state->device));
    for (int i = 0; i < 4; i++)
        if (state->device[i] < 0 || state->device[i] >> 47 != 0)
            return snnfe_fail(SNNFE_ERR_FORMAT, "%s[%d] is %lld", SNNFE_STATE_DEVICE, i,
                              (long long)state->device[i]);
    return SNNFE_OK;
}

static snnfe_status read_best(snnfe_tensors *file, const snnfe_network *network,
                              loaded_state *state)
{
    const uint64_t one = 1;
    state->best = snnfe_alloc(network->n_values, sizeof(float));
    if (!state->best)
        return SNNFE_ERR_MEMORY;
    SNNFE_TRY(read_values(file, network, SNNFE_STATE_BEST, SNNFE_F32, state->best));
    for (size_t i = 0; i < network->n_parameters; i++)
        SNNFE_TRY(snnfe_parameter_check(&network->parameters[i],
                                        state->best + network->parameters[i].offset,
                                        SNNFE_LEAST_FILED_DECAY));
    return snnfe_tensors_read(file, SNNFE_STATE_BEST_ACCURACY, SNNFE_F64, 1, &one, false,
                              &state->best_accuracy);
}

static snnfe_status read_optimizer(snnfe_tensors *file, const snnfe_network *network,
                                   loaded_state *state)
{
    const uint64_t n = network->n_parameters;
    SNNFE_TRY(read_values(file, network, SNNFE_STATE_FIRST, SNNFE_F32, state->first));
    SNNFE_TRY(read_values(file, network, SNNFE_STATE_SECOND, SNNFE_F32, state->second));
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

static snnfe_status read_position(snnfe_tensors *file, const snnfe_trainer *trainer,
                                  loaded_state *state)
{
    const uint64_t one = 1, two = 2;
    int64_t counters[2];
    double loss_sum = 0;
    SNNFE_TRY(snnfe_tensors_read(file, SNNFE_STATE_POSITION, SNNFE_I64, 1, &two, false, counters));
    SNNFE_TRY(snnfe_tensors_read(file, SNNFE_STATE_LOSS_SUM, SNNFE_F64, 1, &one, false, &loss_sum));
    if (counters[0] < 0 || counters[0] > (int64_t)trainer->options.n_epochs || counters[1] < 0 ||
        counters[1] > INT32_MAX)
        return snnfe_fail(SNNFE_ERR_FORMAT, "%s is epoch %lld, batch %lld", SNNFE_STATE_POSITION,
                          (long long)counters[0], (long long)counters[1]);
    state->position.epoch = (uint32_t)counters[0];
    state->position.batch = (uint32_t)counters[1];
    state->position.loss_sum = loss_sum;
    return SNNFE_OK;
}

/* --- logs ---------------------------------------------------------------------------------- */

static bool is_count(double value, double most)
{
    return value >= 0 && value <= most && floor(value) >= value;
}

static bool is_accuracy(double value)
{
    return isnan(value) || (value >= 0 && value <= 1);
}

static bool is_record(const double row[SNNFE_RECORD_COLUMNS])
{
    bool valid = is_count(row[0], UINT32_MAX) && is_count(row[1], UINT32_MAX) &&
                 is_count(row[2], 0x1p53) && isfinite(row[8]) &&
                 (isfinite(row[3]) || (isnan(row[3]) && !(row[0] > 0)));
    for (int c = 9; c < SNNFE_RECORD_COLUMNS; c++)
        valid = valid && is_count(row[c], 0x1p53);
    for (int c = 4; c < 8; c++)
        valid = valid && is_accuracy(row[c]);
    return valid;
}

static snnfe_status add_rows(snnfe_record_list *list, const char *name, const double *table,
                             size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const double *row = table + i * SNNFE_RECORD_COLUMNS;
        if (!is_record(row))
            return snnfe_fail(SNNFE_ERR_FORMAT, "%s: row %zu is no row of a log", name, i);
        const snnfe_trainer_record record = {.epoch = (uint32_t)row[0],
                                             .batch = (uint32_t)row[1],
                                             .samples_seen = (uint64_t)row[2],
                                             .train_loss = row[3],
                                             .validation_accuracy = row[4],
                                             .class_accuracy = {row[5], row[6]},
                                             .test_accuracy = row[7],
                                             .learning_rate = row[8],
                                             .ltp_crossings = (uint64_t)row[9],
                                             .ltd_crossings = (uint64_t)row[10],
                                             .total_ltp_crossings = (uint64_t)row[11],
                                             .total_ltd_crossings = (uint64_t)row[12]};
        SNNFE_TRY(snnfe_record_list_add(list, &record));
    }
    return SNNFE_OK;
}

static snnfe_status read_log(snnfe_tensors *file, const char *name, snnfe_record_list *list)
{
    const snnfe_tensor_info *info = snnfe_tensors_find(file, name);
    const uint64_t shape[2] = {info && info->n_dims == 2 ? info->shape[0] : 0,
                               SNNFE_RECORD_COLUMNS};
    if (shape[0] > SIZE_MAX / SNNFE_RECORD_COLUMNS)
        return snnfe_fail_memory(SIZE_MAX, sizeof(double));
    double *table = snnfe_alloc((size_t)shape[0] * SNNFE_RECORD_COLUMNS, sizeof *table);
    if (!table)
        return SNNFE_ERR_MEMORY;
    snnfe_status status = snnfe_tensors_read(file, name, SNNFE_F64, 2, shape, true, table);
    if (status == SNNFE_OK)
        status = add_rows(list, name, table, (size_t)shape[0]);
    snnfe_release(table);
    return status;
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
    SNNFE_TRY(check_options(file, trainer, &state->period));
    SNNFE_TRY(read_hash(file, data_hash, &state->position.data_hash));
    SNNFE_TRY(snnfe_network_read_values(network, file, state->values));
    SNNFE_TRY(snnfe_provenance_read(&state->provenance, file));
    SNNFE_TRY(check_frozen(file, network));
    SNNFE_TRY(read_optimizer(file, network, state));
    if (trainer->programmer.device)
        SNNFE_TRY(read_programmer(file, network, state));
    if (trainer->best)
        SNNFE_TRY(read_best(file, network, state));
    SNNFE_TRY(read_position(file, trainer, state));
    SNNFE_TRY(read_log(file, SNNFE_STATE_EPOCH_LOG, &state->epoch_log));
    SNNFE_TRY(read_log(file, SNNFE_STATE_SAMPLE_LOG, &state->sample_log));
    if (state->epoch_log.n != state->position.epoch)
        return snnfe_fail(SNNFE_ERR_FORMAT, "%s has %zu rows after %u epochs",
                          SNNFE_STATE_EPOCH_LOG, state->epoch_log.n,
                          (unsigned)state->position.epoch);
    return SNNFE_OK;
}

static void adopt_programmer(snnfe_trainer *trainer, const loaded_state *state)
{
    snnfe_programmer *programmer = &trainer->programmer;
    const size_t size = trainer->network->n_values * sizeof(float);
    memcpy(programmer->accumulators, state->accumulators, size);
    for (int d = 0; d < 2; d++)
        memcpy(programmer->pulses[d], state->pulses[d], size);
    programmer->step = (uint64_t)state->device[0];
    programmer->total = (snnfe_crossings){(uint64_t)state->device[1], (uint64_t)state->device[2]};
    trainer->programmer_trials = (uint64_t)state->device[3];
}

/* A checkpoint of before it was kept takes nothing away. */
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
    if (trainer->programmer.device)
        adopt_programmer(trainer, state);
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

/* The file's name goes in front where the layer below did not know it, and what the file lacks or
   holds out of range makes it no checkpoint. */
static snnfe_status fail_reading(snnfe_status status, const char *path)
{
    if (status == SNNFE_ERR_NOT_FOUND || status == SNNFE_ERR_ARGUMENT)
        status = SNNFE_ERR_FORMAT;
    if (strncmp(snnfe_last_error(), path, strlen(path)) == 0)
        return status;
    return snnfe_fail_prefix(status, "%s", path);
}

snnfe_status snnfe_trainer_restore_with(snnfe_trainer *trainer, const char *path,
                                        uint64_t data_hash, const snnfe_state_extras *extras)
{
    snnfe_tensors *file = NULL;
    loaded_state state = {0};
    snnfe_status status = snnfe_tensors_open(&file, path);
    if (status == SNNFE_OK)
        status = load(&state, trainer, file, data_hash);
    if (status == SNNFE_OK && extras)
        status = extras->read(extras->context, file);
    snnfe_tensors_close(file);
    if (status == SNNFE_OK)
        adopt(trainer, &state);
    else
        status = snnfe_fail_kind(fail_reading(status, path), path, SNNFE_KIND_TRAINING);
    release_state(&state);
    return status;
}

snnfe_status snnfe_trainer_restore_for(snnfe_trainer *trainer, const char *path, uint64_t data_hash)
{
    return snnfe_trainer_restore_with(trainer, path, data_hash, NULL);
}

snnfe_status snnfe_trainer_restore(snnfe_trainer *trainer, const char *path)
{
    if (!trainer || !path)
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "snnfe_trainer_restore: %s is NULL",
                          trainer ? "path" : "trainer");
    return snnfe_trainer_restore_for(trainer, path, 0);
}
