/* The run over all epochs.

   A run can end after any batch. The trainer's position says where it stands, and everything else
   (order, masks, rates) follows from position and seed, so that a later call goes on exactly there.
 */
#include "base/check.h"
#include "base/file.h"
#include "base/format.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/options.h"
#include "network/backward.h"
#include "trainer/batches.h"
#include "trainer/familiar.h"
#include "trainer/selection.h"
#include "trainer/trainer.h"
#include "trainer/trainer_internal.h"

#include <math.h>
#include <snnfe/split.h>
#include <string.h>

/* What one call of snnfe_trainer_run works with. */
typedef struct training {
    snnfe_trainer *trainer;
    const snnfe_dataset *dataset;
    snnfe_trainer_data data;
    snnfe_selection validation, test;
    size_t n_batches; /* of an epoch */
    int32_t *order;   /* [n_train] trials of the epoch */
    int32_t *labels;  /* [batch_size] */
    uint8_t *masks;   /* [batch_size][SNNFE_N_MASKS][n_hidden], NULL without dropout */
    float *logits;    /* of the larger evaluation set */
    size_t prepared;  /* trials of the epoch that the engine has run ahead */
} training;

static const char call[] = "snnfe_trainer_run";

/* --- arguments ----------------------------------------------------------------------------- */

static snnfe_status check_lists(const snnfe_trainer_data *d, size_t n_epochs)
{
    static const char place[] = "snnfe_trainer_data";
    static const char *const names[] = {".train", ".validation", ".test"};
    const int32_t *lists[] = {d->train, d->validation, d->test};
    const size_t counts[] = {d->n_train, d->n_validation, d->n_test};
    SNNFE_TRY(snnfe_check_count(place, ".n_train", d->n_train, 1, INT32_MAX));
    SNNFE_TRY(snnfe_check_count(place, ".n_validation", d->n_validation, 0, INT32_MAX));
    SNNFE_TRY(snnfe_check_count(place, ".n_test", d->n_test, 0, INT32_MAX));
    for (size_t i = 0; i < 3; i++) {
        SNNFE_TRY(snnfe_check_array(place, names[i], lists[i], counts[i]));
        SNNFE_TRY(snnfe_selection_check_indices(place, names[i], lists[i], counts[i], n_epochs));
    }
    for (size_t i = 0; i < 3; i++)
        for (size_t j = i + 1; j < 3; j++) {
            if (counts[i] == 0 || counts[j] == 0)
                continue;
            const snnfe_status status =
                snnfe_split_check_disjoint(lists[i], counts[i], lists[j], counts[j]);
            if (status != SNNFE_OK)
                return snnfe_fail_prefix(status, "%s: %s and %s", call, names[i] + 1, names[j] + 1);
        }
    return SNNFE_OK;
}

static snnfe_status allocate(training *run)
{
    const snnfe_trainer_data *d = &run->data;
    const snnfe_network_options *o = &run->trainer->network->options;
    const size_t batch = run->trainer->options.batch_size < d->n_train
                             ? run->trainer->options.batch_size
                             : d->n_train;
    const size_t larger = d->n_validation > d->n_test ? d->n_validation : d->n_test;
    run->order = snnfe_alloc(d->n_train, sizeof *run->order);
    run->labels = snnfe_alloc(batch, sizeof *run->labels);
    run->logits = snnfe_alloc(larger * o->n_classes, sizeof *run->logits);
    if (!run->order || !run->labels || !run->logits)
        return SNNFE_ERR_MEMORY;
    if (o->dropout > 0) {
        run->masks = snnfe_alloc(batch * SNNFE_N_MASKS, o->n_hidden);
        if (!run->masks)
            return SNNFE_ERR_MEMORY;
    }
    return SNNFE_OK;
}

static void release(training *run)
{
    snnfe_release(run->order);
    snnfe_release(run->labels);
    snnfe_release(run->masks);
    snnfe_release(run->logits);
}

/* Check at the start, and not after hours of training, that logs can be written. */
static snnfe_status check_places(const snnfe_trainer *trainer)
{
    const char *const paths[] = {trainer->epoch_log_path, trainer->sample_log_path,
                                 trainer->wear_log_path, trainer->checkpoint_path};
    for (size_t i = 0;
         snnfe_group_is_first(trainer->options.group) && i < sizeof paths / sizeof paths[0]; i++)
        if (paths[i])
            SNNFE_TRY(snnfe_writer_try(paths[i]));
    return SNNFE_OK;
}

static snnfe_selection train_of(const training *run)
{
    return (snnfe_selection){run->dataset, run->data.train, run->data.n_train};
}

/* Never 0, which stands for no data. */
static uint64_t hash_data(const training *run, const snnfe_dataset_info *info)
{
    const snnfe_selection train = train_of(run);
    uint64_t hash = snnfe_selection_hash(SNNFE_HASH_START, &train, info);
    hash = snnfe_selection_hash(hash, &run->validation, info);
    hash = snnfe_selection_hash(hash, &run->test, info);
    return hash ? hash : 1;
}

/* Resume from the checkpoint if that is wanted and nothing has been trained yet, and check that
   the trainer's position belongs to this data. */
static snnfe_status take_position(training *run, const snnfe_dataset_info *info)
{
    snnfe_trainer *trainer = run->trainer;
    snnfe_training_position *position = &trainer->position;
    const uint64_t hash = hash_data(run, info);
    const bool begun = position->epoch > 0 || position->batch > 0;
    if (begun && position->data_hash != hash)
        return snnfe_fail(SNNFE_ERR_SHAPE,
                          "%s: the trainer has begun on other data or index lists (hash %016llx, "
                          "here %016llx)",
                          call, (unsigned long long)position->data_hash, (unsigned long long)hash);
    if (!begun && trainer->options.resume && trainer->checkpoint_path &&
        snnfe_file_exists(trainer->checkpoint_path)) {
        SNNFE_TRY(snnfe_trainer_restore_for(trainer, trainer->checkpoint_path, hash));
        snnfe_sink_log(&trainer->sink, SNNFE_LOG_INFO, "%s: going on after epoch %u",
                       trainer->checkpoint_path, (unsigned)position->epoch);
    }
    if (position->batch > run->n_batches)
        return snnfe_fail(SNNFE_ERR_FORMAT, "%s: the trainer is at batch %u of %zu", call,
                          (unsigned)position->batch, run->n_batches);
    position->data_hash = hash;
    trainer->n_train = run->data.n_train;
    return SNNFE_OK;
}

/* Sums of tc1 are kept of no more trials than this, 42 MB in the default network. */
#define MOST_SUMS 256

/* Frozen convolutions give the same spikes in every epoch, so they are kept; so are tc1's sums
   if tc1 is frozen, too. */
static snnfe_status keep_convolutions(const training *run, const snnfe_dataset_info *info)
{
    const int32_t lowest = snnfe_gradient_needs_of(run->trainer->network).lowest;
    const size_t n = run->data.n_train + run->data.n_validation + run->data.n_test;
    return snnfe_engine_keep(run->trainer->engine, lowest > SNNFE_LAYER_CONV3 ? info->n_trials : 0,
                             lowest > SNNFE_LAYER_TC1 && n <= MOST_SUMS);
}

/* Check that the data are of the kind that the network was trained on, and that no trial is
   evaluated that trained the network or is about to, not even by another of its windows. */
static snnfe_status check_familiar(const training *run)
{
    const snnfe_trainer *trainer = run->trainer;
    const snnfe_network *network = trainer->network;
    const bool seen = trainer->options.allow_seen, mismatch = trainer->options.allow_mismatch;
    const snnfe_selection train = train_of(run);
    SNNFE_TRY(snnfe_familiar_check_signal(call, network, run->dataset, mismatch, &trainer->sink));
    SNNFE_TRY(snnfe_familiar_check_unseen(call, "validation", network, &run->validation, seen,
                                          &trainer->sink));
    SNNFE_TRY(snnfe_familiar_check_unseen(call, "test", network, &run->test, seen, &trainer->sink));
    SNNFE_TRY(snnfe_familiar_check_apart(call, "validation", &train, &run->validation, seen,
                                         &trainer->sink));
    return snnfe_familiar_check_apart(call, "test", &train, &run->test, seen, &trainer->sink);
}

/* Recorded before the first batch, since a run that is stopped early has trained the network,
   too. */
static snnfe_status record_provenance(const training *run)
{
    snnfe_network *network = run->trainer->network;
    const snnfe_selection train = train_of(run);
    SNNFE_TRY(snnfe_familiar_record_trials(network, SNNFE_TRIALS_TRAINED, &train));
    SNNFE_TRY(snnfe_familiar_record_trials(network, SNNFE_TRIALS_VALIDATED, &run->validation));
    SNNFE_TRY(snnfe_familiar_record_trials(network, SNNFE_TRIALS_TESTED, &run->test));
    return snnfe_familiar_record_signal(network, run->dataset);
}

static snnfe_status prepare(training *run, const snnfe_trainer_data *given)
{
    static const snnfe_trainer_data none = {.struct_size = sizeof none};
    const snnfe_trainer *trainer = run->trainer;
    snnfe_dataset_info info;
    SNNFE_TRY(snnfe_options_adopt(&run->data, &none, sizeof none, given, "snnfe_trainer_data"));
    SNNFE_TRY(snnfe_selection_check_dataset(call, run->dataset, trainer->network, &info));
    SNNFE_TRY(check_lists(&run->data, info.n_trials));
    run->validation = (snnfe_selection){run->dataset, run->data.validation, run->data.n_validation};
    run->test = (snnfe_selection){run->dataset, run->data.test, run->data.n_test};
    run->n_batches = snnfe_batches_count(run->data.n_train, trainer->options.batch_size);
    SNNFE_TRY(allocate(run));
    SNNFE_TRY(check_places(trainer));
    SNNFE_TRY(check_familiar(run));
    SNNFE_TRY(take_position(run, &info));
    return record_provenance(run);
}

/* --- evaluation and logs ------------------------------------------------------------------- */

/* Trials of the running epoch that were trained on. */
static size_t trained_in_epoch(const training *run)
{
    const size_t full = (size_t)run->trainer->position.batch * run->trainer->options.batch_size;
    return full < run->data.n_train ? full : run->data.n_train;
}

static uint64_t samples_seen(const training *run)
{
    return (uint64_t)run->trainer->position.epoch * run->data.n_train + trained_in_epoch(run);
}

static double mean_loss(const training *run)
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

/* Evaluate now. */
static snnfe_status take_record(training *run, snnfe_trainer_record *record)
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
        .class_accuracy = {snnfe_score_class_accuracy(&validation, 0),
                           snnfe_score_class_accuracy(&validation, 1)},
        .test_accuracy = snnfe_score_accuracy(&test),
        .learning_rate = snnfe_trainer_rates(&trainer->options, position->epoch).synapses,
        .ltp_crossings = total.ltp - before.ltp,
        .ltd_crossings = total.ltd - before.ltd,
        .total_ltp_crossings = total.ltp,
        .total_ltd_crossings = total.ltd};
    return SNNFE_OK;
}

/* The row of the present position, if the per-sample log has it already. */
static const snnfe_trainer_record *present_row(const snnfe_trainer *trainer)
{
    const snnfe_record_list *list = &trainer->sample_log;
    const snnfe_trainer_record *last = list->n > 0 ? &list->rows[list->n - 1] : NULL;
    return last && last->epoch == trainer->position.epoch + 1 &&
                   last->batch == trainer->position.batch
               ? last
               : NULL;
}

static snnfe_status write_files(snnfe_trainer *trainer)
{
    if (!snnfe_group_is_first(trainer->options.group)) {
        trainer->unwritten = false;
        return SNNFE_OK;
    }
    if (trainer->epoch_log_path)
        SNNFE_TRY(snnfe_train_log_save_epochs(&trainer->epoch_log, trainer->phase,
                                              trainer->epoch_log_path));
    if (trainer->sample_log_path)
        SNNFE_TRY(snnfe_train_log_save_samples(&trainer->sample_log, trainer->phase,
                                               trainer->sample_log_path));
    if (trainer->wear_log_path)
        SNNFE_TRY(snnfe_wear_log_save(trainer, trainer->wear_log_path));
    /* The checkpoint comes last, so that the logs have all rows that it has. */
    if (trainer->checkpoint_path)
        SNNFE_TRY(snnfe_trainer_save(trainer, trainer->checkpoint_path));
    trainer->unwritten = false;
    return SNNFE_OK;
}

/* --- one epoch ----------------------------------------------------------------------------- */

/* Batches smaller than the pool leave workers idle. Frozen layers do not depend on the batches
   before, so they run ahead for many trials at once. */
#define TRIALS_AHEAD 64

static snnfe_status prepare_ahead(training *run, size_t done)
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

static snnfe_status train_batch(training *run)
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
    char accuracy[64] = "";
    if (!isnan(record->validation_accuracy))
        snnfe_format(accuracy, sizeof accuracy, ", validation accuracy %.4f",
                     record->validation_accuracy);
    snnfe_sink_log(&trainer->sink, SNNFE_LOG_INFO, "%s: epoch %u of %u: loss %.4f%s",
                   trainer->phase, (unsigned)record->epoch, (unsigned)trainer->options.n_epochs,
                   record->train_loss, accuracy);
}

/* Everything after the last batch. */
static snnfe_status finish_epoch(training *run)
{
    snnfe_trainer *trainer = run->trainer;
    snnfe_trainer_record record;
    const snnfe_trainer_record *present = present_row(trainer);
    if (present)
        record = *present;
    else
        SNNFE_TRY(take_record(run, &record));
    record.batch = 0;
    SNNFE_TRY(snnfe_record_list_add(&trainer->epoch_log, &record));
    trainer->position.epoch++;
    trainer->position.batch = 0;
    trainer->position.loss_sum = 0;
    trainer->unwritten = true;
    keep_if_best(trainer, record.validation_accuracy);
    log_epoch(trainer, &record);
    return write_files(trainer);
}

/* Continue the epoch where it stands. An evaluation that was interrupted comes first. */
static snnfe_status run_epoch(training *run)
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
        if (position->batch > 0 && !present_row(trainer) &&
            snnfe_batches_is_point(position->batch, run->n_batches,
                                   trainer->options.evaluations_per_epoch)) {
            snnfe_trainer_record record;
            SNNFE_TRY(take_record(run, &record));
            SNNFE_TRY(snnfe_record_list_add(&trainer->sample_log, &record));
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
static snnfe_status record_start(training *run)
{
    snnfe_trainer *trainer = run->trainer;
    if (!trainer->options.log_start || !is_at_start(trainer) || trainer->sample_log.n > 0)
        return SNNFE_OK;
    snnfe_trainer_record record;
    SNNFE_TRY(take_record(run, &record));
    record.epoch = 0;
    return snnfe_record_list_add(&trainer->sample_log, &record);
}

/* What comes before the first batch. From here on frozen layers do not change, so their spikes
   can be kept. */
static snnfe_status start(training *run)
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
                   "%s: the loss is %.4f after %u epochs; guessing among %u classes has ln %u = "
                   "%.4f: next to nothing was learned. More steps help (more epochs, smaller "
                   "batches), or a larger learning rate",
                   trainer->phase, list->rows[list->n - 1].train_loss, (unsigned)list->n,
                   (unsigned)n_classes, (unsigned)n_classes, guess);
}

static snnfe_status run_epochs(training *run)
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

snnfe_status snnfe_trainer_run(snnfe_trainer *trainer, const snnfe_dataset *dataset,
                               const snnfe_trainer_data *data)
{
    SNNFE_TRY(snnfe_check_pointer(call, "trainer", trainer));
    SNNFE_TRY(snnfe_check_pointer(call, "dataset", dataset));
    SNNFE_TRY(snnfe_check_pointer(call, "data", data));
    training run = {.trainer = trainer, .dataset = dataset};
    snnfe_status status = prepare(&run, data);
    if (status == SNNFE_OK)
        status = start(&run);
    if (status == SNNFE_OK)
        status = run_epochs(&run);
    (void)snnfe_engine_keep(trainer->engine, 0, false);
    release(&run);
    return status;
}
