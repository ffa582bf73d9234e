/* One trial of an engine: its convolutions, by one worker or by all, or from the cache of their
   spikes, and the layers above. */
#include "network/engine_internal.h"

static size_t key_of(const snnfe_trials *trials, size_t index)
{
    return trials->key ? trials->key(trials->context, index) : SIZE_MAX;
}

typedef struct conv_work {
    snnfe_engine *engine;
    snnfe_trial *trial;
    int32_t layer;
    bool recorded;
    size_t n_shares;
} conv_work;

static snnfe_status run_share(void *context, size_t task, uint32_t worker_index)
{
    const conv_work *c = context;
    const snnfe_share share = {task, c->n_shares,
                               &c->engine->workers[worker_index].trial->state->scratch};
    snnfe_trial_run_conv(c->trial, c->layer, c->recorded, share);
    return SNNFE_OK;
}

/* Layers conv1 to conv3 of a trial that is alone: all workers take a share of each. */
static snnfe_status run_shares(snnfe_engine *engine, snnfe_trial *trial, int32_t recorded)
{
    for (int32_t layer = SNNFE_LAYER_CONV1; layer < SNNFE_LAYER_AFTER_CONV; layer++) {
        const size_t most = snnfe_most_shares(trial->state, layer);
        conv_work c = {engine, trial, layer, layer >= recorded,
                       most < engine->n_workers ? most : engine->n_workers};
        SNNFE_TRY(snnfe_pool_run(engine->pool, c.n_shares, run_share, &c, NULL, NULL));
    }
    return SNNFE_OK;
}

/* Layers conv1 to conv3 of trial `index`, unless their spikes are kept. */
static snnfe_status run_convolutions(snnfe_engine *engine, snnfe_trial *trial,
                                     const snnfe_trials *trials, size_t index,
                                     const snnfe_trial_mode *mode)
{
    const size_t key = key_of(trials, index);
    const bool replaceable = !mode->whole && mode->recorded >= SNNFE_LAYER_AFTER_CONV;
    snnfe_trial_reset(trial);
    if (replaceable && snnfe_conv_cache_take(&engine->cache, key, trial))
        return SNNFE_OK;
    trials->copy(trials->context, index, trial->grid);
    SNNFE_TRY(snnfe_trial_check(trial, index));
    trial->state->whole = mode->whole;
    if (mode->alone)
        SNNFE_TRY(run_shares(engine, trial, mode->recorded));
    else
        snnfe_trial_run(trial, SNNFE_LAYER_CONV1, SNNFE_LAYER_AFTER_CONV, false, mode->recorded);
    if (replaceable)
        snnfe_conv_cache_keep(&engine->cache, key, trial);
    return SNNFE_OK;
}

snnfe_status snnfe_engine_run_trial(snnfe_engine *engine, snnfe_trial *trial,
                                    const snnfe_trials *trials, size_t index,
                                    const snnfe_trial_mode *mode)
{
    SNNFE_TRY(run_convolutions(engine, trial, trials, index, mode));
    snnfe_trial_run(trial, SNNFE_LAYER_AFTER_CONV, SNNFE_N_SPIKING, mode->masked, mode->recorded);
    snnfe_trial_read_out(trial, engine->network);
    return SNNFE_OK;
}

snnfe_status snnfe_engine_keep(snnfe_engine *engine, size_t n, bool with_sums)
{
    return snnfe_conv_cache_open(&engine->cache, n, with_sums);
}

typedef struct preparation {
    snnfe_engine *engine;
    const snnfe_trials *trials;
} preparation;

static snnfe_status prepare_trial(void *context, size_t index, uint32_t worker_index)
{
    const preparation *p = context;
    snnfe_trial *trial = p->engine->workers[worker_index].trial;
    const snnfe_trial_mode mode = {.recorded = SNNFE_N_SPIKING, .alone = p->trials->n == 1};
    (void)run_convolutions(p->engine, trial, p->trials, index, &mode);
    return SNNFE_OK;
}

snnfe_status snnfe_engine_prepare(snnfe_engine *engine, const snnfe_trials *trials)
{
    preparation p = {engine, trials};
    if (engine->cache.n == 0)
        return SNNFE_OK;
    snnfe_conv_cache_update(&engine->cache, engine->network->packed);
    return snnfe_pool_run(engine->pool, trials->n, prepare_trial, &p, NULL, NULL);
}
