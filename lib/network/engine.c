#include "network/engine.h"

#include "base/memory.h"
#include "kernels/blas.h"
#include "network/backward.h"
#include "network/front.h"
#include "network/softmax.h"

#include <math.h>
#include <string.h>

typedef struct worker {
    snnfe_trial *trial;
    snnfe_backward *backward; /* NULL if the engine can only evaluate */
} worker;

struct snnfe_engine {
    const snnfe_network *network;
    snnfe_pool *pool;
    uint32_t n_workers;
    worker *workers;
    uint32_t n_shards;
    snnfe_gradients *shards; /* [n_shards] */
    snnfe_float_weights weights;
    double *losses; /* [n_losses] of the trials of a batch */
    size_t n_losses;
    snnfe_front front;
};

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
    snnfe_front_close(&engine->front);
    snnfe_release(engine->shards);
    snnfe_release(engine->losses);
    snnfe_release(engine->workers);
    snnfe_release(engine);
}

/* --- one trial ------------------------------------------------------------------------------ */

static size_t key_of(const snnfe_trials *trials, size_t index)
{
    return trials->key ? trials->key(trials->context, index) : SIZE_MAX;
}

/* Layers conv1 to conv3 of trial `index`, unless their spikes are kept. `whole`: all neurons, seen
   by others or not. */
static snnfe_status run_front(snnfe_engine *engine, snnfe_trial *trial, const snnfe_trials *trials,
                              size_t index, int32_t recorded, bool whole)
{
    const size_t key = key_of(trials, index);
    const bool replaceable = !whole && recorded >= SNNFE_LAYER_AFTER_FRONT;
    snnfe_trial_reset(trial);
    if (replaceable && snnfe_front_take(&engine->front, key, trial))
        return SNNFE_OK;
    trials->copy(trials->context, index, trial->grid);
    SNNFE_TRY(snnfe_trial_check(trial, index));
    trial->state->whole = whole;
    snnfe_trial_run(trial, SNNFE_LAYER_CONV1, SNNFE_LAYER_AFTER_FRONT, false, recorded);
    if (replaceable)
        snnfe_front_keep(&engine->front, key, trial);
    return SNNFE_OK;
}

static snnfe_status run_trial(snnfe_engine *engine, snnfe_trial *trial, const snnfe_trials *trials,
                              size_t index, bool masked, int32_t recorded, bool whole)
{
    SNNFE_TRY(run_front(engine, trial, trials, index, recorded, whole));
    snnfe_trial_run(trial, SNNFE_LAYER_AFTER_FRONT, SNNFE_N_SPIKING, masked, recorded);
    snnfe_trial_read_out(trial, engine->network);
    return SNNFE_OK;
}

snnfe_status snnfe_engine_keep(snnfe_engine *engine, size_t n)
{
    return snnfe_front_open(&engine->front, n);
}

typedef struct preparation {
    snnfe_engine *engine;
    const snnfe_trials *trials;
} preparation;

static snnfe_status prepare_trial(void *context, size_t index, uint32_t worker_index)
{
    const preparation *p = context;
    snnfe_trial *trial = p->engine->workers[worker_index].trial;
    (void)run_front(p->engine, trial, p->trials, index, SNNFE_N_SPIKING, false);
    return SNNFE_OK;
}

snnfe_status snnfe_engine_prepare(snnfe_engine *engine, const snnfe_trials *trials)
{
    preparation p = {engine, trials};
    if (engine->front.n == 0)
        return SNNFE_OK;
    snnfe_front_update(&engine->front, engine->network->packed);
    return snnfe_pool_run(engine->pool, trials->n, prepare_trial, &p, NULL, NULL);
}

/* --- evaluation ---------------------------------------------------------------------------- */

typedef struct evaluation {
    snnfe_engine *engine;
    const snnfe_trials *trials;
    float *logits;
    snnfe_layer_activity *activity;
} evaluation;

static snnfe_status evaluate_trial(void *context, size_t index, uint32_t worker_index)
{
    const evaluation *e = context;
    snnfe_trial *trial = e->engine->workers[worker_index].trial;
    const size_t n_classes = e->engine->network->options.n_classes;
    SNNFE_TRY(
        run_trial(e->engine, trial, e->trials, index, false, SNNFE_N_SPIKING, e->activity != NULL));
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
    evaluation e = {engine, trials, logits, activity};
    snnfe_front_update(&engine->front, engine->network->packed);
    return snnfe_pool_run(engine->pool, trials->n, evaluate_trial, &e, sink, phase);
}

/* --- gradients ----------------------------------------------------------------------------- */

typedef struct batch {
    snnfe_engine *engine;
    const snnfe_trials *trials;
    const int32_t *labels;
    const uint8_t *masks;
    snnfe_gradient_needs needs;
    size_t n_shards; /* in use: no more than trials */
    float *gradient;
} batch;

/* Kept neurons are scaled up so that the expected current is that of evaluation. */
static void set_masks(snnfe_trial *trial, const snnfe_network *network, const uint8_t *masks)
{
    const size_t hidden = network->options.n_hidden;
    const size_t padded = network->packed->shape.layers[SNNFE_LAYER_FC1].neurons;
    const float kept = 1.0F / (1.0F - network->options.dropout);
    for (size_t m = 0; m < SNNFE_N_MASKS; m++)
        for (size_t j = 0; j < hidden; j++)
            trial->masks[m * padded + j] = masks[m * hidden + j] ? kept : 0.0F;
}

static snnfe_status run_shard(void *context, size_t shard, uint32_t worker_index)
{
    const batch *b = context;
    snnfe_engine *engine = b->engine;
    const worker *w = &engine->workers[worker_index];
    const size_t n = b->trials->n, hidden = engine->network->options.n_hidden;
    const bool masked = b->masks != NULL;
    snnfe_gradients *gradients = &engine->shards[shard];
    snnfe_gradients_clear(gradients, b->needs.lowest);
    for (size_t i = shard * n / b->n_shards; i < (shard + 1) * n / b->n_shards; i++) {
        if (masked)
            set_masks(w->trial, engine->network, b->masks + i * SNNFE_N_MASKS * hidden);
        SNNFE_TRY(run_trial(engine, w->trial, b->trials, i, masked, b->needs.lowest, false));
        engine->losses[i] = snnfe_backward_run(w->backward, w->trial, &engine->weights, &b->needs,
                                               b->labels[i], 1.0 / (double)n, masked, gradients);
    }
    return SNNFE_OK;
}

/* One parameter's sum over the shards, in their order. */
static snnfe_status gather_parameter(void *context, size_t index, uint32_t worker_index)
{
    (void)worker_index;
    const batch *b = context;
    const snnfe_network *network = b->engine->network;
    const snnfe_parameter *p = &network->parameters[index];
    if (p->frozen)
        return SNNFE_OK;
    float *values = b->gradient + p->offset;
    memset(values, 0, p->count * sizeof(float));
    for (size_t shard = 0; shard < b->n_shards; shard++)
        snnfe_gradients_gather(&b->engine->shards[shard], &network->packed->shape, index, values);
    return SNNFE_OK;
}

/* Room for a batch: shards are made when first used, since small batches need few. */
static snnfe_status reserve(snnfe_engine *engine, size_t n_trials, size_t n_shards)
{
    if (n_trials > engine->n_losses) {
        double *losses = snnfe_alloc(n_trials, sizeof *losses);
        if (!losses)
            return SNNFE_ERR_MEMORY;
        snnfe_release(engine->losses);
        engine->losses = losses;
        engine->n_losses = n_trials;
    }
    for (size_t i = 0; i < n_shards; i++)
        if (!engine->shards[i].memory)
            SNNFE_TRY(snnfe_gradients_create(&engine->shards[i], &engine->network->packed->shape));
    return SNNFE_OK;
}

snnfe_status snnfe_engine_gradient(snnfe_engine *engine, const snnfe_trials *trials,
                                   const int32_t *labels, const uint8_t *masks, double *loss,
                                   float *gradient)
{
    batch b = {.engine = engine,
               .trials = trials,
               .labels = labels,
               .masks = masks,
               .needs = snnfe_gradient_needs_of(engine->network),
               .n_shards = trials->n < engine->n_shards ? trials->n : engine->n_shards,
               .gradient = gradient};
    SNNFE_TRY(reserve(engine, trials->n, b.n_shards));
    snnfe_front_update(&engine->front, engine->network->packed);
    snnfe_float_weights_refresh(&engine->weights, engine->network, b.needs.lowest);
    snnfe_blas_enter();
    snnfe_status status = snnfe_pool_run(engine->pool, b.n_shards, run_shard, &b, NULL, NULL);
    if (status == SNNFE_OK && gradient)
        status = snnfe_pool_run(engine->pool, engine->network->n_parameters, gather_parameter, &b,
                                NULL, NULL);
    snnfe_blas_leave();
    if (status != SNNFE_OK)
        return status;
    double sum = 0;
    for (size_t i = 0; i < trials->n; i++)
        sum += engine->losses[i];
    if (loss)
        *loss = sum / (double)trials->n;
    return SNNFE_OK;
}
