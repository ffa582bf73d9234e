/* The trainer handle and its single step. */
#include "trainer/trainer.h"
#include "base/check.h"
#include "base/floating.h"
#include "base/memory.h"
#include "base/options.h"
#include "network/trial_array.h"
#include "trainer/trainer_internal.h"

#include <math.h>
#include <string.h>

static snnfe_status copy_string(char **copy, const char *string)
{
    if (!string)
        return SNNFE_OK;
    *copy = snnfe_duplicate_string(string);
    return *copy ? SNNFE_OK : SNNFE_ERR_MEMORY;
}

/* The caller's strings are copied, and the options keep no pointers to them. */
static snnfe_status take_strings(snnfe_trainer *trainer)
{
    snnfe_trainer_options *o = &trainer->options;
    SNNFE_TRY(copy_string(&trainer->phase, o->phase ? o->phase : "pretrain"));
    SNNFE_TRY(copy_string(&trainer->epoch_log_path, o->epoch_log_path));
    SNNFE_TRY(copy_string(&trainer->sample_log_path, o->sample_log_path));
    SNNFE_TRY(copy_string(&trainer->checkpoint_path, o->checkpoint_path));
    SNNFE_TRY(copy_string(&trainer->wear_log_path, o->wear_log_path));
    o->phase = o->epoch_log_path = o->sample_log_path = o->checkpoint_path = o->wear_log_path =
        NULL;
    return SNNFE_OK;
}

static snnfe_status create_parts(snnfe_trainer *trainer)
{
    const snnfe_trainer_options *o = &trainer->options;
    SNNFE_TRY(take_strings(trainer));
    trainer->sink = (snnfe_sink){o->log, o->progress, o->user_data};
    trainer->gradient = snnfe_alloc(trainer->network->n_values, sizeof(float));
    if (!trainer->gradient)
        return SNNFE_ERR_MEMORY;
    SNNFE_TRY(snnfe_optimizer_create(&trainer->optimizer, trainer->network, o->beta1, o->beta2,
                                     o->epsilon));
    SNNFE_TRY(snnfe_programmer_create(&trainer->programmer, trainer->network, o));
    trainer->options.programming = &trainer->programmer.way;
    trainer->best_accuracy = -1;
    if (o->keep_best) {
        trainer->best = snnfe_alloc(trainer->network->n_values, sizeof(float));
        if (!trainer->best)
            return SNNFE_ERR_MEMORY;
    }
    SNNFE_TRY(snnfe_pool_create(&trainer->pool, o->n_threads));
    SNNFE_TRY(snnfe_engine_create(&trainer->engine, trainer->network, trainer->pool, o->n_shards));
    snnfe_engine_join(trainer->engine, o->group);
    return SNNFE_OK;
}

static snnfe_status trainer_create(snnfe_trainer **trainer, snnfe_network *network,
                                   const snnfe_trainer_options *options)
{
    SNNFE_TRY(snnfe_check_pointer("snnfe_trainer_create", "trainer", trainer));
    *trainer = NULL;
    SNNFE_TRY(snnfe_check_pointer("snnfe_trainer_create", "network", network));
    snnfe_trainer_options adopted;
    SNNFE_TRY(snnfe_trainer_options_take(&adopted, options));
    snnfe_group group = {0};
    if (adopted.group)
        SNNFE_TRY(snnfe_group_adopt(&group, adopted.group));
    snnfe_trainer *made = snnfe_alloc(1, sizeof *made);
    if (!made)
        return SNNFE_ERR_MEMORY;
    made->network = network;
    made->options = adopted;
    made->free_period = adopted.schedule == SNNFE_SCHEDULE_COSINE && adopted.schedule_epochs == 0;
    if (made->free_period)
        made->options.schedule_epochs = adopted.n_epochs;
    made->epoch_log.n_classes = made->sample_log.n_classes = network->options.n_classes;
    made->group = group;
    if (adopted.group)
        made->options.group = &made->group;
    const snnfe_status status = create_parts(made);
    if (status != SNNFE_OK) {
        snnfe_trainer_free(made);
        return status;
    }
    *trainer = made;
    return SNNFE_OK;
}

snnfe_status snnfe_trainer_create(snnfe_trainer **trainer, snnfe_network *network,
                                  const snnfe_trainer_options *options)
{
    SNNFE_RETURN_COMPUTED(trainer_create(trainer, network, options));
}

void snnfe_trainer_free(snnfe_trainer *trainer)
{
    if (!trainer || snnfe_busy_defers_free(&trainer->busy))
        return;
    snnfe_engine_free(trainer->engine);
    snnfe_pool_free(trainer->pool);
    snnfe_optimizer_release(&trainer->optimizer);
    snnfe_programmer_release(&trainer->programmer);
    snnfe_record_list_release(&trainer->epoch_log);
    snnfe_record_list_release(&trainer->sample_log);
    snnfe_release(trainer->gradient);
    snnfe_release(trainer->best);
    snnfe_release(trainer->wear_log_path);
    snnfe_release(trainer->phase);
    snnfe_release(trainer->epoch_log_path);
    snnfe_release(trainer->sample_log_path);
    snnfe_release(trainer->checkpoint_path);
    snnfe_release(trainer);
}

snnfe_status snnfe_trainer_enter(snnfe_trainer *trainer, const char *call)
{
    SNNFE_TRY(snnfe_busy_check(&trainer->busy, call));
    SNNFE_TRY(snnfe_busy_enter(&trainer->network->busy, call));
    return snnfe_busy_enter(&trainer->busy, call);
}

snnfe_status snnfe_trainer_leave(snnfe_trainer *trainer, snnfe_status status)
{
    snnfe_network *network = trainer->network;
    const bool free_network = snnfe_busy_leave(&network->busy);
    if (snnfe_busy_leave(&trainer->busy))
        snnfe_trainer_free(trainer);
    if (free_network)
        snnfe_network_free(network);
    return status;
}

snnfe_status snnfe_trainer_step_on(snnfe_trainer *trainer, const snnfe_trials *trials,
                                   const int32_t *labels, const uint8_t *masks, double *loss)
{
    double mean = 0;
    SNNFE_TRY(
        snnfe_engine_gradient(trainer->engine, trials, labels, masks, &mean, trainer->gradient));
    if (!isfinite(mean))
        return snnfe_fail(SNNFE_ERR_NONFINITE, "the loss is %g", mean);
    const snnfe_rates rates = snnfe_trainer_rates(&trainer->options, trainer->position.epoch);
    SNNFE_TRY(snnfe_optimizer_step(&trainer->optimizer, trainer->network, &trainer->programmer,
                                   trainer->pool, &rates, trainer->gradient));
    trainer->programmer.n_trials += trials->n;
    *loss = mean;
    return SNNFE_OK;
}

static snnfe_status step(snnfe_trainer *trainer, const snnfe_trials *trials, const int32_t *labels,
                         const uint8_t *masks, double *loss)
{
    snnfe_trainer_tell_misfit(trainer);
    snnfe_trainer_quantize_frozen(trainer);
    trainer->network->provenance.origin.incomplete = 1;
    return snnfe_trainer_step_on(trainer, trials, labels, masks, loss);
}

static snnfe_status trainer_step(snnfe_trainer *trainer, const float *grid, const int32_t *labels,
                                 size_t n, const uint8_t *masks, double *loss)
{
    static const char call[] = "snnfe_trainer_step";
    SNNFE_TRY(snnfe_check_pointer(call, "trainer", trainer));
    SNNFE_TRY(snnfe_check_pointer(call, "grid", grid));
    SNNFE_TRY(snnfe_check_pointer(call, "labels", labels));
    SNNFE_TRY(snnfe_check_count(call, "n", n, 1, UINT64_MAX));
    SNNFE_TRY(snnfe_labels_check(call, labels, n, trainer->network->options.n_classes));
    const snnfe_trial_array array = snnfe_trial_array_of(trainer->network, grid);
    const snnfe_trials trials = snnfe_trial_array_trials(&array, n);
    double mean = 0;
    SNNFE_TRY(snnfe_trainer_enter(trainer, call));
    SNNFE_TRY(snnfe_trainer_leave(trainer, step(trainer, &trials, labels, masks, &mean)));
    if (loss)
        *loss = mean;
    return SNNFE_OK;
}

snnfe_status snnfe_trainer_step(snnfe_trainer *trainer, const float *grid, const int32_t *labels,
                                size_t n, const uint8_t *masks, double *loss)
{
    SNNFE_RETURN_COMPUTED(trainer_step(trainer, grid, labels, n, masks, loss));
}

/* --- for the learner and the report --------------------------------------------------------- */

snnfe_status snnfe_trainer_warm_up(snnfe_trainer *trainer, const int32_t *labels, size_t n)
{
    const snnfe_trial_array zeros = snnfe_trial_array_of(trainer->network, NULL);
    const snnfe_trials trials = snnfe_trial_array_trials(&zeros, n);
    return snnfe_engine_gradient(trainer->engine, &trials, labels, NULL, NULL, trainer->gradient);
}

snnfe_status snnfe_trainer_logits(snnfe_trainer *trainer, const float *grid, float *logits)
{
    const snnfe_trial_array array = snnfe_trial_array_of(trainer->network, grid);
    const snnfe_trials trials = snnfe_trial_array_trials(&array, 1);
    return snnfe_engine_evaluate(trainer->engine, &trials, NULL, "decide", logits, NULL);
}

void snnfe_trainer_clear_moments(snnfe_trainer *trainer)
{
    const size_t size = trainer->network->n_values * sizeof(float);
    snnfe_optimizer *o = &trainer->optimizer;
    memset(o->first, 0, size);
    memset(o->second, 0, size);
    memset(o->steps, 0, trainer->network->n_parameters * sizeof *o->steps);
    snnfe_programmer_forget(&trainer->programmer, trainer->network->n_values);
}

/* --- logs ----------------------------------------------------------------------------------- */

snnfe_status snnfe_trainer_log(const snnfe_trainer *trainer, int32_t which,
                               snnfe_trainer_record *records, size_t size, double *class_accuracy,
                               size_t *n)
{
    static const char call[] = "snnfe_trainer_log";
    SNNFE_TRY(snnfe_check_pointer(call, "trainer", trainer));
    SNNFE_TRY(snnfe_check_choice(call, "which", which, 2, "a SNNFE_TRAINER_LOG_* value"));
    SNNFE_TRY(snnfe_check_pointer(call, "n", n));
    SNNFE_TRY(snnfe_rows_check(call, size, sizeof *records));
    const snnfe_record_list *list =
        which == SNNFE_TRAINER_LOG_EPOCHS ? &trainer->epoch_log : &trainer->sample_log;
    const size_t n_copied = *n < list->n ? *n : list->n;
    for (size_t i = 0; records && i < n_copied; i++)
        snnfe_row_give(records, size, i, &list->rows[i], sizeof *records);
    if (class_accuracy && n_copied > 0)
        memcpy(class_accuracy, list->class_accuracy,
               n_copied * list->n_classes * sizeof *class_accuracy);
    *n = list->n;
    return SNNFE_OK;
}
