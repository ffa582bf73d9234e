/* The run over all epochs.

   A run can end after any batch. The trainer's position says where it stands, and everything else
   (order, masks, rates) follows from position and seed, so that a later call goes on exactly there.
 */
#include "trainer/training.h"

#include "base/check.h"
#include "base/floating.h"
#include "base/format.h"
#include "network/backward.h"
#include "trainer/batches.h"
#include "trainer/trainer.h"

#include <math.h>
#include <string.h>

/* --- evaluation and logs ------------------------------------------------------------------- */

/* Trials of the running epoch that were trained on. */
static size_t trained_in_epoch(const snnfe_training *run)
{
    const size_t full = (size_t)run->trainer->position.batch * run->trainer->options.batch_size;
    return full < run->data.n_train ? full : run->data.n_train;
}

static uint64_t samples_seen(const snnfe_training *run)
{
    return (uint64_t)run->trainer->position.epoch * run->data.n_train + trained_in_epoch(run);
}

static double mean_loss(const snnfe_training *run)
{
    if (run->trainer->position.batch == 0)
        return (double)NAN;
    return run->trainer->position.loss_sum / (double)run->trainer->position.batch;
}

static double newest_accuracy(const snnfe_trainer *trainer)
{
    const snnfe_record_list *list =
        trainer->sample_log.n > 0 ? &trainer->sample_log : &trainer->epoch_log;
    return list->n > 0 ? list->rows[list->n - 1].validation_accuracy : (double)NAN;
}

/* What had been crossed when the running epoch began. */
static snnfe_crossings crossings_before(const snnfe_trainer *trainer)
{
    const snnfe_record_list *list = &trainer->epoch_log;
    if (list->n == 0)
        return (snnfe_crossings){0, 0};
    const snnfe_trainer_record *last = &list->rows[list->n - 1];
    return (snnfe_crossings){last->total_ltp_crossings, last->total_ltd_crossings};
}

/* Evaluate now, for a row of a log and the accuracies [n_classes] beside it. */
static snnfe_status take_record(snnfe_training *run, snnfe_trainer_record *record,
                                double *class_accuracy)
{
    snnfe_trainer *trainer = run->trainer;
    const snnfe_training_position *position = &trainer->position;
    const snnfe_crossings total = trainer->programmer.total, before = crossings_before(trainer);
    snnfe_score validation, test;
    SNNFE_TRY(snnfe_selection_score(trainer->engine, trainer->network, &run->validation,
                                    &trainer->sink, run->logits, &validation));
    SNNFE_TRY(snnfe_selection_score(trainer->engine, trainer->network, &run->test, &trainer->sink,
                                    run->logits, &test));
    *record = (snnfe_trainer_record){
        .epoch = position->epoch + 1,
        .batch = position->batch,
        .samples_seen = samples_seen(run),
        .train_loss = mean_loss(run),
        .validation_accuracy = snnfe_score_accuracy(&validation),
        .test_accuracy = snnfe_score_accuracy(&test),
        .learning_rate = snnfe_trainer_rates(&trainer->options, position->epoch).synapses,
        .ltp_crossings = total.ltp - before.ltp,
        .ltd_crossings = total.ltd - before.ltd,
        .total_ltp_crossings = total.ltp,
        .total_ltd_crossings = total.ltd,
        .validation_trial_accuracy = snnfe_score_trial_accuracy(&validation),
        .test_trial_accuracy = snnfe_score_trial_accuracy(&test)};
    snnfe_score_class_accuracies(&validation, trainer->network->options.n_classes, class_accuracy);
    return SNNFE_OK;
}

/* Whether the last row of the per-sample log is of the present position. */
static bool is_recorded(const snnfe_trainer *trainer)
{
    const snnfe_record_list *list = &trainer->sample_log;
    const snnfe_trainer_record *last = list->n > 0 ? &list->rows[list->n - 1] : NULL;
    return last && last->epoch == trainer->position.epoch + 1 &&
           last->batch == trainer->position.batch;
}

/* Evaluate now, or take what the per-sample log has of the present position. */
static snnfe_status record_now(snnfe_training *run, snnfe_trainer_record *record,
                               double *class_accuracy)
{
    const snnfe_record_list *list = &run->trainer->sample_log;
    if (!is_recorded(run->trainer))
        return take_record(run, record, class_accuracy);
    *record = list->rows[list->n - 1];
    memcpy(class_accuracy, list->class_accuracy + (list->n - 1) * list->n_classes,
           list->n_classes * sizeof *class_accuracy);
    return SNNFE_OK;
}

static snnfe_status write_files(snnfe_trainer *trainer)
{
    if (!snnfe_group_is_first(trainer->options.group)) {
        trainer->unwritten = false;
        return SNNFE_OK;
    }
    const uint64_t run = trainer->network->provenance.origin.run_hash;
    if (trainer->epoch_log_path)
        SNNFE_TRY(snnfe_train_log_save_epochs(&trainer->epoch_log, trainer->phase, run,
                                              trainer->epoch_log_path));
    if (trainer->sample_log_path)
        SNNFE_TRY(snnfe_train_log_save_samples(&trainer->sample_log, trainer->phase, run,
                                               trainer->sample_log_path));
    if (trainer->wear_log_path)
        SNNFE_TRY(snnfe_wear_log_save(trainer, trainer->wear_log_path));
    /* The checkpoint comes last, so that the logs have all rows that it has. */
    if (trainer->checkpoint_path)
        SNNFE_TRY(snnfe_trainer_save_with(trainer, trainer->checkpoint_path, NULL, NULL));
    trainer->unwritten = false;
    return SNNFE_OK;
}

/* --- one epoch ----------------------------------------------------------------------------- */

/* Batches smaller than the pool leave workers idle. Frozen layers do not depend on the batches
   before, so they run ahead for many trials at once. */
#define TRIALS_AHEAD 64

static snnfe_status prepare_ahead(snnfe_training *run, size_t done)
{
    if (done < run->prepared)
        return SNNFE_OK;
    const size_t left = run->data.n_train - done;
    const snnfe_selection ahead = {run->dataset, run->order + done,
                                   left < TRIALS_AHEAD ? left : TRIALS_AHEAD};
    const snnfe_trials trials = snnfe_selection_trials(&ahead);
    run->prepared = done + ahead.n;
    return snnfe_engine_prepare(run->trainer->engine, &trials);
}

static snnfe_status train_batch(snnfe_training *run)
{
    snnfe_trainer *trainer = run->trainer;
    snnfe_training_position *position = &trainer->position;
    const size_t done = trained_in_epoch(run), left = run->data.n_train - done;
    const size_t size = trainer->options.batch_size;
    const snnfe_selection batch = {run->dataset, run->order + done, left < size ? left : size};
    for (size_t i = 0; i < batch.n; i++)
        run->labels[i] = snnfe_selection_label(&batch, i);
    SNNFE_TRY(prepare_ahead(run, done));
    if (run->masks)
        SNNFE_TRY(snnfe_batches_draw_masks(trainer->network, trainer->options.seed,
                                           samples_seen(run), batch.n, run->masks));
    const snnfe_trials trials = snnfe_selection_trials(&batch);
    double loss = 0;
    const snnfe_status status =
        snnfe_trainer_step_on(trainer, &trials, run->labels, run->masks, &loss);
    if (status != SNNFE_OK)
        return snnfe_fail_prefix(status, "epoch %u, batch %u", (unsigned)position->epoch + 1,
                                 (unsigned)position->batch + 1);
    position->batch++;
    position->loss_sum += loss;
    return snnfe_sink_progress_training(&trainer->sink, "train", position->epoch + 1,
                                        samples_seen(run),
                                        (uint64_t)run->data.n_train * trainer->options.n_epochs,
                                        mean_loss(run), newest_accuracy(trainer));
}

/* Without a validation set every epoch counts as better than those before. */
static void keep_if_best(snnfe_trainer *trainer, double accuracy)
{
    if (!trainer->best || accuracy <= trainer->best_accuracy)
        return;
    trainer->best_accuracy = isnan(accuracy) ? -1 : accuracy;
    memcpy(trainer->best, trainer->network->values, trainer->network->n_values * sizeof(float));
}

static void take_best(snnfe_trainer *trainer)
{
    if (!trainer->best)
        return;
    memcpy(trainer->network->values, trainer->best, trainer->network->n_values * sizeof(float));
    snnfe_network_refresh(trainer->network, SNNFE_ALL_LAYERS);
}

static void log_epoch(const snnfe_trainer *trainer, const snnfe_trainer_record *record)
{
    const double of_windows = record->validation_accuracy;
    const double of_trials = record->validation_trial_accuracy;
    char accuracy[64] = "";
    if (of_windows != of_trials && !isnan(of_windows))
        snnfe_format(accuracy, sizeof accuracy,
                     ", validation accuracy %.4f of windows, %.4f of trials", of_windows,
                     of_trials);
    else if (!isnan(of_windows))
        snnfe_format(accuracy, sizeof accuracy, ", validation accuracy %.4f", of_windows);
    snnfe_sink_log(&trainer->sink, SNNFE_LOG_INFO, "%s: epoch %u of %u: loss %.4f%s",
                   trainer->phase, (unsigned)record->epoch, (unsigned)trainer->options.n_epochs,
                   record->train_loss, accuracy);
}

/* Everything after the last batch. */
static snnfe_status finish_epoch(snnfe_training *run)
{
    snnfe_trainer *trainer = run->trainer;
    snnfe_trainer_record record;
    double class_accuracy[SNNFE_MAX_CLASSES];
    SNNFE_TRY(record_now(run, &record, class_accuracy));
    record.batch = 0;
    SNNFE_TRY(snnfe_record_list_add(&trainer->epoch_log, &record, class_accuracy));
    trainer->position.epoch++;
    trainer->position.batch = 0;
    trainer->position.loss_sum = 0;
    trainer->unwritten = true;
    keep_if_best(trainer, record.validation_accuracy);
    log_epoch(trainer, &record);
    return write_files(trainer);
}

/* Continue the epoch where it stands. An evaluation that was interrupted comes first. */
static snnfe_status run_epoch(snnfe_training *run)
{
    snnfe_trainer *trainer = run->trainer;
    const snnfe_training_position *position = &trainer->position;
    snnfe_batches_order(run->data.train, run->data.n_train, trainer->options.seed, position->epoch,
                        run->order);
    run->prepared = 0;
    for (;;) {
        const bool ended = position->batch == run->n_batches;
        if (ended)
            snnfe_decays_clamp(trainer->network);
        if (position->batch > 0 && !is_recorded(trainer) &&
            snnfe_batches_is_point(position->batch, run->n_batches,
                                   trainer->options.evaluations_per_epoch)) {
            snnfe_trainer_record record;
            double class_accuracy[SNNFE_MAX_CLASSES];
            SNNFE_TRY(take_record(run, &record, class_accuracy));
            SNNFE_TRY(snnfe_record_list_add(&trainer->sample_log, &record, class_accuracy));
        }
        if (ended)
            return finish_epoch(run);
        SNNFE_TRY(train_batch(run));
    }
}

static bool is_at_start(const snnfe_trainer *trainer)
{
    return trainer->position.epoch == 0 && trainer->position.batch == 0;
}

/* The row of epoch 0: the network before any training. */
static snnfe_status record_start(snnfe_training *run)
{
    snnfe_trainer *trainer = run->trainer;
    if (!trainer->options.log_start || !is_at_start(trainer) || trainer->sample_log.n > 0)
        return SNNFE_OK;
    snnfe_trainer_record record;
    double class_accuracy[SNNFE_MAX_CLASSES];
    SNNFE_TRY(take_record(run, &record, class_accuracy));
    record.epoch = 0;
    return snnfe_record_list_add(&trainer->sample_log, &record, class_accuracy);
}

/* Sums of tc1 are kept of no more trials than this, 42 MB in the default network. */
#define MOST_SUMS 256

/* Frozen convolutions give the same spikes in every epoch, so they are kept; so are tc1's sums
   if tc1 is frozen, too. */
static snnfe_status keep_convolutions(const snnfe_training *run, const snnfe_dataset_info *info)
{
    const int32_t lowest = snnfe_gradient_needs_of(run->trainer->network).lowest;
    const size_t n = run->data.n_train + run->data.n_validation + run->data.n_test;
    return snnfe_engine_keep(run->trainer->engine, lowest > SNNFE_LAYER_CONV3 ? info->n_trials : 0,
                             lowest > SNNFE_LAYER_TC1 && n <= MOST_SUMS);
}

/* What comes before the first batch. From here on frozen layers do not change, so their spikes
   can be kept. */
static snnfe_status start(snnfe_training *run)
{
    snnfe_dataset_info info = {.struct_size = sizeof info};
    snnfe_trainer_tell_misfit(run->trainer);
    SNNFE_TRY(record_start(run));
    snnfe_trainer_quantize_frozen(run->trainer);
    SNNFE_TRY(snnfe_dataset_get_info(run->dataset, &info));
    return keep_convolutions(run, &info);
}

/* Below this share of the loss of guessing, something has been learned. */
#define GUESSING 0.98

static void tell_of_guessing(const snnfe_trainer *trainer)
{
    const snnfe_record_list *list = &trainer->epoch_log;
    const uint32_t n_classes = trainer->network->options.n_classes;
    const double guess = log((double)n_classes);
    if (list->n == 0 || list->rows[list->n - 1].train_loss < GUESSING * guess)
        return;
    snnfe_sink_log(&trainer->sink, SNNFE_LOG_WARNING,
                   "%s: the loss is %.4f after epoch %u; guessing among %u classes has ln %u = "
                   "%.4f: next to nothing was learned. More steps help (more epochs, smaller "
                   "batches), or a larger learning rate",
                   trainer->phase, list->rows[list->n - 1].train_loss, (unsigned)list->n,
                   (unsigned)n_classes, (unsigned)n_classes, guess);
}

static snnfe_status run_epochs(snnfe_training *run)
{
    snnfe_trainer *trainer = run->trainer;
    if (trainer->unwritten)
        SNNFE_TRY(write_files(trainer));
    while (trainer->position.epoch < trainer->options.n_epochs)
        SNNFE_TRY(run_epoch(run));
    take_best(trainer);
    tell_of_guessing(trainer);
    return SNNFE_OK;
}

static snnfe_status trainer_run(snnfe_trainer *trainer, const snnfe_dataset *dataset,
                                const snnfe_trainer_data *data)
{
    static const char call[] = "snnfe_trainer_run";
    SNNFE_TRY(snnfe_check_pointer(call, "trainer", trainer));
    SNNFE_TRY(snnfe_check_pointer(call, "dataset", dataset));
    SNNFE_TRY(snnfe_check_pointer(call, "data", data));
    SNNFE_TRY(snnfe_trainer_enter(trainer, call));
    snnfe_training run = {.trainer = trainer, .dataset = dataset};
    snnfe_status status = snnfe_training_prepare(&run, data);
    if (status == SNNFE_OK)
        status = start(&run);
    if (status == SNNFE_OK)
        status = run_epochs(&run);
    (void)snnfe_engine_keep(trainer->engine, 0, false);
    snnfe_training_release(&run);
    return snnfe_trainer_leave(trainer, status);
}

snnfe_status snnfe_trainer_run(snnfe_trainer *trainer, const snnfe_dataset *dataset,
                               const snnfe_trainer_data *data)
{
    SNNFE_RETURN_COMPUTED(trainer_run(trainer, dataset, data));
}
