/* Before the first batch: arguments, the data and their kind, the position, provenance. */
#include "trainer/training.h"

#include "base/check.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/options.h"
#include "trainer/batches.h"
#include "trainer/familiar.h"
#include "trainer/trainer.h"

#include <snnfe/split.h>

static const char call[] = "snnfe_trainer_run";

static snnfe_status check_lists(const snnfe_trainer_data *d, size_t n_trials)
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
        SNNFE_TRY(snnfe_selection_check_indices(place, names[i], lists[i], counts[i], n_trials));
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

static snnfe_status allocate(snnfe_training *run)
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

void snnfe_training_release(snnfe_training *run)
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

static snnfe_selection train_of(const snnfe_training *run)
{
    return (snnfe_selection){run->dataset, run->data.train, run->data.n_train};
}

/* Never 0, which stands for no data. */
static uint64_t hash_data(const snnfe_training *run, const snnfe_dataset_info *info)
{
    const snnfe_selection train = train_of(run);
    uint64_t hash = snnfe_selection_hash(SNNFE_HASH_START, &train, info);
    hash = snnfe_selection_hash(hash, &run->validation, info);
    hash = snnfe_selection_hash(hash, &run->test, info);
    return hash ? hash : 1;
}

/* Resume from the checkpoint if that is wanted and nothing has been trained yet, and check that
   the trainer's position belongs to this data. */
static snnfe_status take_position(snnfe_training *run, const snnfe_dataset_info *info)
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
        /* The run that goes on is this one: its options may name more epochs. */
        const uint64_t run_hash = trainer->network->provenance.origin.run_hash;
        SNNFE_TRY(snnfe_trainer_restore_for(trainer, trainer->checkpoint_path, hash));
        if (run_hash)
            trainer->network->provenance.origin.run_hash = run_hash;
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

/* Check that the data are of the kind that the network was trained on, and that no trial is
   evaluated that trained the network or is about to, not even by another of its windows. */
static snnfe_status check_familiar(const snnfe_training *run)
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
static snnfe_status record_provenance(const snnfe_training *run)
{
    snnfe_network *network = run->trainer->network;
    const snnfe_selection train = train_of(run);
    SNNFE_TRY(snnfe_familiar_record_trials(network, SNNFE_TRIALS_TRAINED, &train));
    SNNFE_TRY(snnfe_familiar_record_trials(network, SNNFE_TRIALS_VALIDATED, &run->validation));
    SNNFE_TRY(snnfe_familiar_record_trials(network, SNNFE_TRIALS_TESTED, &run->test));
    return snnfe_familiar_record_signal(network, run->dataset);
}

snnfe_status snnfe_training_prepare(snnfe_training *run, const snnfe_trainer_data *given)
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
