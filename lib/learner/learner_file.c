/* A learner's state: its trainer's checkpoint, and with it the replay buffer, the guard and the
   counters. A network can be loaded from the same file. */
#include "learner/learner_internal.h"

#include "base/memory.h"
#include "base/text.h"
#include "network/checkpoint.h"

#include <math.h>
#include <string.h>

#define FORMAT "learner 1"
#define NAME(text) SNNFE_TRAINER_PREFIX "learner." text
#define N_COUNTS 10
#define N_STREAM 11
#define N_CONDITIONS 5

/* The state in the form of a file. */
typedef struct state {
    snnfe_learner *learner;
    int64_t counts[N_COUNTS];
    int64_t stream[N_STREAM];
    double accuracies[2];
    float *best;     /* [n_values] */
    float *grids;    /* [trials][size] */
    int32_t *labels; /* [trials] */
} state;

static void list_counts(snnfe_learner *l, uint64_t *counts[N_COUNTS - 2])
{
    uint64_t *const all[N_COUNTS - 2] = {
        &l->info.n_trials,       &l->info.n_correct, &l->info.n_steps, &l->info.n_rollbacks,
        &l->info.n_reprogrammed, &l->info.n_offered, &l->guard.n,      &l->replay.n_seen};
    memcpy(counts, all, sizeof all);
}

/* Options that shape what is learned, besides the trainer's. */
static void list_conditions(const snnfe_learner *l, const char *names[N_CONDITIONS],
                            double values[N_CONDITIONS])
{
    const snnfe_learner_options *o = &l->options;
    const char *const all_names[N_CONDITIONS] = {NAME("n_replay"), NAME("replay_steps"),
                                                 NAME("guard_trials"), NAME("guard_least"),
                                                 NAME("guard_fall")};
    const double all_values[N_CONDITIONS] = {o->n_replay, o->replay_steps, o->guard_trials,
                                             o->guard_least, o->guard_fall};
    memcpy(names, all_names, sizeof all_names);
    memcpy(values, all_values, sizeof all_values);
}

/* --- writing -------------------------------------------------------------------------------- */

static void gather(state *s)
{
    snnfe_learner *l = s->learner;
    uint64_t *counts[N_COUNTS - 2];
    list_counts(l, counts);
    for (size_t i = 0; i < N_COUNTS - 2; i++)
        s->counts[i] = (int64_t)*counts[i];
    s->counts[N_COUNTS - 2] = (int64_t)l->replay.n;
    s->counts[N_COUNTS - 1] = l->unoffered;
    const snnfe_stream *stream = &l->replay.stream;
    for (size_t i = 0; i < 2; i++)
        s->stream[i] = stream->key[i];
    for (size_t i = 0; i < 4; i++) {
        s->stream[2 + i] = stream->counter[i];
        s->stream[6 + i] = stream->block[i];
    }
    s->stream[10] = stream->used;
    s->accuracies[0] = l->guard.accuracy;
    s->accuracies[1] = l->guard.best;
    s->best = l->guard.best_values;
    s->grids = l->replay.grids;
    s->labels = l->replay.labels;
}

static snnfe_status add_metadata(const snnfe_learner *l, snnfe_tensor_list *list)
{
    const char *names[N_CONDITIONS];
    double values[N_CONDITIONS];
    list_conditions(l, names, values);
    SNNFE_TRY(snnfe_tensor_list_add_metadata(list, NAME("format"), FORMAT));
    for (size_t i = 0; i < N_CONDITIONS; i++) {
        char text[SNNFE_OPTION_TEXT_SIZE];
        snnfe_format(text, sizeof text, "%.17g", values[i]);
        SNNFE_TRY(snnfe_tensor_list_add_metadata(list, names[i], text));
    }
    return SNNFE_OK;
}

static snnfe_status add(void *context, snnfe_tensor_list *list, size_t element)
{
    state *s = context;
    const snnfe_learner *l = s->learner;
    const uint64_t n_counts = N_COUNTS, n_stream = N_STREAM, two = 2;
    const uint64_t n_values = l->network->n_values, replay[2] = {l->replay.n, l->replay.size};
    if (element == 8) {
        SNNFE_TRY(add_metadata(l, list));
        SNNFE_TRY(snnfe_tensor_list_add(list, NAME("counts"), SNNFE_I64, 1, &n_counts, s->counts));
        SNNFE_TRY(snnfe_tensor_list_add(list, NAME("stream"), SNNFE_I64, 1, &n_stream, s->stream));
        return snnfe_tensor_list_add(list, NAME("accuracies"), SNNFE_F64, 1, &two, s->accuracies);
    }
    SNNFE_TRY(snnfe_tensor_list_add(list, NAME("best"), SNNFE_F32, 1, &n_values, s->best));
    SNNFE_TRY(snnfe_tensor_list_add(list, NAME("replay"), SNNFE_F32, 2, replay, s->grids));
    return snnfe_tensor_list_add(list, NAME("labels"), SNNFE_I32, 1, replay, s->labels);
}

snnfe_status snnfe_learner_save(const snnfe_learner *learner, const char *path)
{
    if (!learner || !path)
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "snnfe_learner_save: %s is NULL",
                          learner ? "path" : "learner");
    /* Only read, but lists point at what they may also fill. */
    state s = {0};
    memcpy(&s.learner, &learner, sizeof(void *));
    gather(&s);
    const snnfe_state_extras extras = {.add = add, .context = &s};
    return snnfe_trainer_save_with(learner->trainer, path, &extras);
}

/* --- reading -------------------------------------------------------------------------------- */

static snnfe_status check_metadata(const snnfe_learner *l, const snnfe_tensors *file)
{
    const char *names[N_CONDITIONS];
    double values[N_CONDITIONS];
    const char *format = snnfe_tensors_metadata(file, NAME("format"));
    if (!format || strcmp(format, FORMAT) != 0)
        return snnfe_fail(SNNFE_ERR_FORMAT, "is no learner's state: metadata \"%s\" is \"%.40s\"",
                          NAME("format"), format ? format : "");
    list_conditions(l, names, values);
    for (size_t i = 0; i < N_CONDITIONS; i++) {
        char own[SNNFE_OPTION_TEXT_SIZE];
        snnfe_format(own, sizeof own, "%.17g", values[i]);
        const char *told = snnfe_tensors_metadata(file, names[i]);
        if (!told || strcmp(told, own) != 0)
            return snnfe_fail(SNNFE_ERR_SHAPE, "was saved with %s %.40s, not %s", names[i],
                              told ? told : "(none)", own);
    }
    return SNNFE_OK;
}

static snnfe_status check_counts(const state *s)
{
    const snnfe_learner *l = s->learner;
    for (size_t i = 0; i < N_COUNTS; i++)
        if (s->counts[i] < 0 || s->counts[i] >> 53 != 0)
            return snnfe_fail(SNNFE_ERR_FORMAT, "%s[%zu] is %lld", NAME("counts"), i,
                              (long long)s->counts[i]);
    if (s->counts[N_COUNTS - 2] > (int64_t)l->replay.capacity)
        return snnfe_fail(SNNFE_ERR_FORMAT, "holds %lld trials to replay, more than %zu",
                          (long long)s->counts[N_COUNTS - 2], l->replay.capacity);
    for (size_t i = 0; i < N_STREAM; i++)
        if (s->stream[i] < 0 || s->stream[i] > (i + 1 == N_STREAM ? 4 : (int64_t)UINT32_MAX))
            return snnfe_fail(SNNFE_ERR_FORMAT, "%s[%zu] is %lld", NAME("stream"), i,
                              (long long)s->stream[i]);
    for (size_t i = 0; i < 2; i++)
        if (!isnan(s->accuracies[i]) && !(s->accuracies[i] >= 0 && s->accuracies[i] <= 1))
            return snnfe_fail(SNNFE_ERR_FORMAT, "%s[%zu] is %g", NAME("accuracies"), i,
                              s->accuracies[i]);
    return SNNFE_OK;
}

/* The guard may put these weights in force. */
static snnfe_status check_best(const snnfe_network *network, const float *best)
{
    for (size_t i = 0; i < network->n_parameters; i++)
        SNNFE_TRY(snnfe_parameter_check(&network->parameters[i],
                                        best + network->parameters[i].offset,
                                        SNNFE_LEAST_FILED_DECAY));
    return SNNFE_OK;
}

static snnfe_status read_replay(state *s, snnfe_tensors *file)
{
    const snnfe_learner *l = s->learner;
    const uint64_t shape[2] = {(uint64_t)s->counts[N_COUNTS - 2], l->replay.size};
    s->grids = snnfe_alloc((size_t)shape[0], l->replay.size * sizeof *s->grids);
    s->labels = snnfe_alloc((size_t)shape[0], sizeof *s->labels);
    if (!s->grids || !s->labels)
        return SNNFE_ERR_MEMORY;
    SNNFE_TRY(snnfe_tensors_read(file, NAME("replay"), SNNFE_F32, 2, shape, false, s->grids));
    SNNFE_TRY(snnfe_tensors_read(file, NAME("labels"), SNNFE_I32, 1, shape, false, s->labels));
    return snnfe_labels_check(NAME("labels"), s->labels, (size_t)shape[0],
                              l->network->options.n_classes);
}

static snnfe_status read(void *context, snnfe_tensors *file)
{
    state *s = context;
    const snnfe_learner *l = s->learner;
    const uint64_t n_counts = N_COUNTS, n_stream = N_STREAM, two = 2;
    const uint64_t n_values = l->network->n_values;
    SNNFE_TRY(check_metadata(l, file));
    SNNFE_TRY(snnfe_tensors_read(file, NAME("counts"), SNNFE_I64, 1, &n_counts, false, s->counts));
    SNNFE_TRY(snnfe_tensors_read(file, NAME("stream"), SNNFE_I64, 1, &n_stream, false, s->stream));
    SNNFE_TRY(
        snnfe_tensors_read(file, NAME("accuracies"), SNNFE_F64, 1, &two, true, s->accuracies));
    SNNFE_TRY(check_counts(s));
    s->best = snnfe_alloc((size_t)n_values, sizeof *s->best);
    if (!s->best)
        return SNNFE_ERR_MEMORY;
    SNNFE_TRY(snnfe_tensors_read(file, NAME("best"), SNNFE_F32, 1, &n_values, false, s->best));
    if (!isnan(s->accuracies[1]))
        SNNFE_TRY(check_best(l->network, s->best));
    return read_replay(s, file);
}

static void take_over(const state *s)
{
    snnfe_learner *l = s->learner;
    uint64_t *counts[N_COUNTS - 2];
    list_counts(l, counts);
    for (size_t i = 0; i < N_COUNTS - 2; i++)
        *counts[i] = (uint64_t)s->counts[i];
    l->replay.n = (size_t)s->counts[N_COUNTS - 2];
    snnfe_stream *stream = &l->replay.stream;
    for (size_t i = 0; i < 2; i++)
        stream->key[i] = (uint32_t)s->stream[i];
    for (size_t i = 0; i < 4; i++) {
        stream->counter[i] = (uint32_t)s->stream[2 + i];
        stream->block[i] = (uint32_t)s->stream[6 + i];
    }
    stream->used = (uint32_t)s->stream[10];
    l->guard.accuracy = s->accuracies[0];
    l->guard.best = s->accuracies[1];
    memcpy(l->guard.best_values, s->best, l->network->n_values * sizeof *s->best);
    memcpy(l->replay.grids, s->grids, l->replay.n * l->replay.size * sizeof *s->grids);
    memcpy(l->replay.labels, s->labels, l->replay.n * sizeof *s->labels);
}

snnfe_status snnfe_learner_restore(snnfe_learner *learner, const char *path)
{
    if (!learner || !path)
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "snnfe_learner_restore: %s is NULL",
                          learner ? "path" : "learner");
    state s = {.learner = learner};
    const snnfe_state_extras extras = {.read = read, .context = &s};
    const snnfe_status status = snnfe_trainer_restore_with(learner->trainer, path, 0, &extras);
    if (status == SNNFE_OK) {
        take_over(&s);
        learner->unoffered = true;
        snnfe_learner_offer(learner);
    }
    snnfe_release(s.best);
    snnfe_release(s.grids);
    snnfe_release(s.labels);
    return status;
}
