/* A learner's state: its trainer's checkpoint, and with it the replay buffer, the guard and the
   counters. A network can be loaded from the same file. */
#include "learner/learner_internal.h"

#include "base/check.h"
#include "base/fields.h"
#include "base/floating.h"
#include "base/memory.h"
#include "network/checkpoint.h"

#include <math.h>
#include <string.h>

#define FORMAT "learner 3"
#define PREFIX SNNFE_TRAINER_PREFIX "learner."

static const char format_name[] = PREFIX "format"; /* metadata */
static const char best_name[] = PREFIX "best";     /* F32 [n_values] */
static const char grids_name[] = PREFIX "grids";   /* F32 [replay.n][replay.size] */
static const char labels_name[] = PREFIX "labels"; /* I32 [replay.n] */

/* Options that shape what is learned, besides the trainer's. */
#define OPTION(member, type) SNNFE_FIELD(snnfe_learner_options, member, type, 0, 0)

static const snnfe_field option_fields[] = {
    OPTION(n_replay, U32),    OPTION(replay_steps, U32), OPTION(guard_trials, U32),
    OPTION(guard_least, U32), OPTION(guard_fall, F64),
};
static const snnfe_record_type options_type =
    SNNFE_RECORD_TYPE(PREFIX, snnfe_learner_options, option_fields);

#define COUNT(member) SNNFE_FIELD(snnfe_learner, member, U64, 0, SNNFE_MOST_COUNT)
#define WORDS(member, n) SNNFE_FIELDS(snnfe_learner, member, U32, n, 0, UINT32_MAX)

static const snnfe_field learner_fields[] = {
    COUNT(info.n_trials),
    COUNT(info.n_correct),
    COUNT(info.n_steps),
    COUNT(info.n_rollbacks),
    COUNT(info.n_reprogrammed),
    COUNT(info.n_offered),
    COUNT(guard.n),
    SNNFE_FIELD(snnfe_learner, guard.accuracy, MAYBE, 0, 1),
    SNNFE_FIELD(snnfe_learner, guard.reference, MAYBE, 0, 1),
    SNNFE_FIELD(snnfe_learner, guard.best, MAYBE, 0, 1),
    SNNFE_FIELD(snnfe_learner, replay.n, SIZE, 0, SNNFE_MOST_COUNT),
    COUNT(replay.n_seen),
    WORDS(replay.stream.key, 2),
    WORDS(replay.stream.counter, 4),
    WORDS(replay.stream.block, 4),
    SNNFE_FIELD(snnfe_learner, replay.stream.used, U32, 0, 4),
};
static const snnfe_record_type learner_type =
    SNNFE_RECORD_TYPE(PREFIX, snnfe_learner, learner_fields);

/* --- writing -------------------------------------------------------------------------------- */

static snnfe_status add(const void *context, snnfe_tensor_list *list)
{
    const snnfe_learner *l = context;
    const uint64_t n_values = l->network->n_values, grids[2] = {l->replay.n, l->replay.size};
    SNNFE_TRY(snnfe_tensor_list_add_metadata(list, format_name, FORMAT));
    SNNFE_TRY(snnfe_record_add_metadata(list, &options_type, &l->options));
    SNNFE_TRY(snnfe_records_add(list, &learner_type, l, 1));
    SNNFE_TRY(
        snnfe_tensor_list_add(list, best_name, SNNFE_F32, 1, &n_values, l->guard.best_values));
    SNNFE_TRY(snnfe_tensor_list_add(list, grids_name, SNNFE_F32, 2, grids, l->replay.grids));
    return snnfe_tensor_list_add(list, labels_name, SNNFE_I32, 1, grids, l->replay.labels);
}

snnfe_status snnfe_learner_save(const snnfe_learner *learner, const char *path)
{
    static const char call[] = "snnfe_learner_save";
    SNNFE_TRY(snnfe_check_pointer(call, "learner", learner));
    SNNFE_TRY(snnfe_check_pointer(call, "path", path));
    SNNFE_TRY(snnfe_busy_check(&learner->busy, call));
    return snnfe_trainer_save_with(learner->trainer, path, add, learner);
}

/* --- reading -------------------------------------------------------------------------------- */

static snnfe_status check_conditions(const snnfe_learner *l, const snnfe_tensors *file)
{
    const char *format = snnfe_tensors_metadata(file, format_name);
    if (!format || strcmp(format, FORMAT) != 0)
        return snnfe_fail(SNNFE_ERR_FORMAT, "is no learner's state: metadata \"%s\" is \"%.40s\"",
                          format_name, format ? format : "");
    return snnfe_record_expect_metadata(file, &options_type, &l->options);
}

/* The guard may put these weights in force. */
static snnfe_status read_best(snnfe_learner *spare, snnfe_tensors *file)
{
    const uint64_t n_values = spare->network->n_values;
    SNNFE_TRY(snnfe_tensors_read(file, best_name, SNNFE_F32, 1, &n_values, false,
                                 spare->guard.best_values));
    return isnan(spare->guard.best)
               ? SNNFE_OK
               : snnfe_network_check_values(spare->network, spare->guard.best_values);
}

static snnfe_status read_replay(snnfe_learner *spare, snnfe_tensors *file)
{
    snnfe_replay *replay = &spare->replay;
    const uint64_t grids[2] = {replay->n, replay->size};
    if (replay->n > replay->capacity)
        return snnfe_fail(SNNFE_ERR_FORMAT, "holds %zu trials to replay, more than %zu", replay->n,
                          replay->capacity);
    SNNFE_TRY(snnfe_tensors_read(file, grids_name, SNNFE_F32, 2, grids, false, replay->grids));
    SNNFE_TRY(snnfe_tensors_read(file, labels_name, SNNFE_I32, 1, grids, false, replay->labels));
    return snnfe_labels_check(labels_name, replay->labels, replay->n,
                              spare->network->options.n_classes);
}

/* Into a copy of the learner that has arrays of its own for what is read. */
static snnfe_status read(void *context, snnfe_tensors *file)
{
    snnfe_learner *spare = context;
    SNNFE_TRY(check_conditions(spare, file));
    SNNFE_TRY(snnfe_records_read(file, &learner_type, spare, 1));
    SNNFE_TRY(read_best(spare, file));
    return read_replay(spare, file);
}

static snnfe_status create_arrays(snnfe_learner *spare)
{
    snnfe_replay *replay = &spare->replay;
    spare->guard.best_values = snnfe_alloc(spare->network->n_values, sizeof(float));
    replay->grids = snnfe_alloc(replay->capacity, replay->size * sizeof(float));
    replay->labels = snnfe_alloc(replay->capacity, sizeof *replay->labels);
    const bool whole = spare->guard.best_values && replay->grids && replay->labels;
    return whole ? SNNFE_OK : SNNFE_ERR_MEMORY;
}

/* The arrays that the learner had are the copy's then. */
static void take_over(snnfe_learner *l, snnfe_learner *spare)
{
    const snnfe_guard guard = l->guard;
    const snnfe_replay replay = l->replay;
    l->info = spare->info;
    l->guard = spare->guard;
    l->replay = spare->replay;
    spare->guard = guard;
    spare->replay = replay;
}

static snnfe_status learner_restore(snnfe_learner *learner, const char *path)
{
    static const char call[] = "snnfe_learner_restore";
    SNNFE_TRY(snnfe_check_pointer(call, "learner", learner));
    SNNFE_TRY(snnfe_check_pointer(call, "path", path));
    SNNFE_TRY(snnfe_busy_check(&learner->busy, call));
    snnfe_learner spare = *learner;
    snnfe_status status = create_arrays(&spare);
    if (status == SNNFE_OK)
        status = snnfe_trainer_restore_with(learner->trainer, path, read, &spare);
    if (status == SNNFE_OK) {
        take_over(learner, &spare);
        snnfe_learner_renew(learner);
    }
    snnfe_release(spare.guard.best_values);
    snnfe_replay_release(&spare.replay);
    return status;
}

snnfe_status snnfe_learner_restore(snnfe_learner *learner, const char *path)
{
    SNNFE_RETURN_COMPUTED(learner_restore(learner, path));
}
