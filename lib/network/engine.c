#include "network/engine_internal.h"

#include "base/memory.h"

static snnfe_status create_training(snnfe_engine *engine, uint32_t n_shards)
{
    const snnfe_shape *shape = &engine->network->packed->shape;
    engine->shards = snnfe_alloc(n_shards, sizeof *engine->shards);
    if (!engine->shards)
        return SNNFE_ERR_MEMORY;
    engine->n_shards = n_shards;
    SNNFE_TRY(snnfe_float_weights_create(&engine->weights, shape));
    for (uint32_t i = 0; i < engine->n_workers; i++)
        SNNFE_TRY(snnfe_backward_create(&engine->workers[i].backward, engine->network));
    return SNNFE_OK;
}

snnfe_status snnfe_engine_create(snnfe_engine **out, const snnfe_network *network, snnfe_pool *pool,
                                 uint32_t n_shards)
{
    snnfe_engine *engine = snnfe_alloc(1, sizeof *engine);
    if (!engine)
        return SNNFE_ERR_MEMORY;
    engine->network = network;
    engine->pool = pool;
    engine->n_workers = snnfe_pool_size(pool);
    engine->workers = snnfe_alloc(engine->n_workers, sizeof *engine->workers);
    snnfe_status status = engine->workers ? SNNFE_OK : SNNFE_ERR_MEMORY;
    for (uint32_t i = 0; status == SNNFE_OK && i < engine->n_workers; i++)
        status = snnfe_trial_create(&engine->workers[i].trial, network, n_shards > 0);
    if (status == SNNFE_OK && n_shards > 0)
        status = create_training(engine, n_shards);
    if (status != SNNFE_OK) {
        snnfe_engine_free(engine);
        return status;
    }
    *out = engine;
    return SNNFE_OK;
}

void snnfe_engine_free(snnfe_engine *engine)
{
    if (!engine)
        return;
    for (uint32_t i = 0; engine->workers && i < engine->n_workers; i++) {
        snnfe_trial_free(engine->workers[i].trial);
        snnfe_backward_free(engine->workers[i].backward);
    }
    for (uint32_t i = 0; i < engine->n_shards; i++)
        snnfe_gradients_release(&engine->shards[i]);
    snnfe_float_weights_release(&engine->weights);
    snnfe_conv_cache_close(&engine->cache);
    snnfe_release(engine->shards);
    snnfe_release(engine->losses);
    snnfe_release(engine->workers);
    snnfe_release(engine);
}

void snnfe_engine_join(snnfe_engine *engine, const snnfe_group *group)
{
    engine->group = group;
}

/* --- evaluation ---------------------------------------------------------------------------- */

typedef struct evaluation {
    snnfe_engine *engine;
    const snnfe_trials *trials;
    float *logits;
    snnfe_layer_activity *activity;
    size_t first; /* trial of task 0 */
    size_t n_tasks;
} evaluation;

static snnfe_status evaluate_trial(void *context, size_t task, uint32_t worker_index)
{
    const evaluation *e = context;
    const size_t index = e->first + task;
    snnfe_trial *trial = e->engine->workers[worker_index].trial;
    const size_t n_classes = e->engine->network->options.n_classes;
    const snnfe_trial_mode mode = {
        .recorded = SNNFE_N_SPIKING, .whole = e->activity != NULL, .alone = e->n_tasks == 1};
    SNNFE_TRY(snnfe_engine_run_trial(e->engine, trial, e->trials, index, &mode));
    for (size_t c = 0; e->logits && c < n_classes; c++)
        e->logits[index * n_classes + c] = (float)trial->state->logits[c];
    if (e->activity)
        snnfe_trial_activity(trial, e->activity + index * SNNFE_N_LAYERS);
    return SNNFE_OK;
}

snnfe_status snnfe_engine_evaluate(snnfe_engine *engine, const snnfe_trials *trials,
                                   const snnfe_sink *sink, const char *phase, float *logits,
                                   snnfe_layer_activity *activity)
{
    const snnfe_group *group = activity ? NULL : engine->group;
    evaluation e = {engine, trials, logits, activity, snnfe_group_begin(group, trials->n), 0};
    e.n_tasks = snnfe_group_end(group, trials->n) - e.first;
    snnfe_conv_cache_update(&engine->cache, engine->network->packed);
    SNNFE_TRY(snnfe_pool_run(engine->pool, e.n_tasks, evaluate_trial, &e, sink, phase));
    return group && logits ? snnfe_engine_share_logits(engine, trials->n, logits) : SNNFE_OK;
}
