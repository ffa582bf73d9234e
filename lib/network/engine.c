#include "network/engine.h"

#include "base/memory.h"
#include "kernels/blas.h"
#include "network/backward.h"
#include "network/conv_cache.h"
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
    const snnfe_group *group; /* NULL = nobody else */
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

void snnfe_engine_join(snnfe_engine *engine, const snnfe_group *group)
{
    engine->group = group;
}

/* --- one trial ------------------------------------------------------------------------------ */

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
    for (int32_t layer = SNNFE_LAYER_CONV1; layer < SNNFE_LAYER_AFTER_FRONT; layer++) {
        const size_t most = snnfe_most_shares(trial->state, layer);
        conv_work c = {engine, trial, layer, layer >= recorded,
                       most < engine->n_workers ? most : engine->n_workers};
        SNNFE_TRY(snnfe_pool_run(engine->pool, c.n_shares, run_share, &c, NULL, NULL));
    }
    return SNNFE_OK;
}

/* Layers conv1 to conv3 of trial `index`, unless their spikes are kept. `whole`: all neurons, seen
   by others or not. */
static snnfe_status run_front(snnfe_engine *engine, snnfe_trial *trial, const snnfe_trials *trials,
                              size_t index, int32_t recorded, bool whole, bool alone)
{
    const size_t key = key_of(trials, index);
    const bool replaceable = !whole && recorded >= SNNFE_LAYER_AFTER_FRONT;
    snnfe_trial_reset(trial);
    if (replaceable && snnfe_front_take(&engine->front, key, trial))
        return SNNFE_OK;
    trials->copy(trials->context, index, trial->grid);
    SNNFE_TRY(snnfe_trial_check(trial, index));
    trial->state->whole = whole;
    if (alone)
        SNNFE_TRY(run_shares(engine, trial, recorded));
    else
        snnfe_trial_run(trial, SNNFE_LAYER_CONV1, SNNFE_LAYER_AFTER_FRONT, false, recorded);
    if (replaceable)
        snnfe_front_keep(&engine->front, key, trial);
    return SNNFE_OK;
}

static snnfe_status run_trial(snnfe_engine *engine, snnfe_trial *trial, const snnfe_trials *trials,
                              size_t index, bool masked, int32_t recorded, bool whole, bool alone)
{
    SNNFE_TRY(run_front(engine, trial, trials, index, recorded, whole, alone));
    snnfe_trial_run(trial, SNNFE_LAYER_AFTER_FRONT, SNNFE_N_SPIKING, masked, recorded);
    snnfe_trial_read_out(trial, engine->network);
    return SNNFE_OK;
}

snnfe_status snnfe_engine_keep(snnfe_engine *engine, size_t n, bool with_sums)
{
    return snnfe_front_open(&engine->front, n, with_sums);
}

typedef struct preparation {
    snnfe_engine *engine;
    const snnfe_trials *trials;
} preparation;

static snnfe_status prepare_trial(void *context, size_t index, uint32_t worker_index)
{
    const preparation *p = context;
    snnfe_trial *trial = p->engine->workers[worker_index].trial;
    (void)run_front(p->engine, trial, p->trials, index, SNNFE_N_SPIKING, false, p->trials->n == 1);
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
    size_t first; /* trial of task 0 */
    size_t n_tasks;
} evaluation;

static snnfe_status evaluate_trial(void *context, size_t task, uint32_t worker_index)
{
    const evaluation *e = context;
    const size_t index = e->first + task;
    snnfe_trial *trial = e->engine->workers[worker_index].trial;
    const size_t n_classes = e->engine->network->options.n_classes;
    SNNFE_TRY(run_trial(e->engine, trial, e->trials, index, false, SNNFE_N_SPIKING,
                        e->activity != NULL, e->n_tasks == 1));
    for (size_t c = 0; e->logits && c < n_classes; c++)
        e->logits[index * n_classes + c] = (float)trial->state->logits[c];
    if (e->activity)
        snnfe_trial_activity(trial, e->activity + index * SNNFE_N_LAYERS);
    return SNNFE_OK;
}

/* Every member's share to all others. */
static snnfe_status collect_logits(const snnfe_engine *engine, size_t n, float *logits)
{
    const snnfe_group *group = engine->group;
    const size_t n_classes = engine->network->options.n_classes;
    for (uint32_t rank = 0; rank < group->n_ranks; rank++) {
        const size_t first = snnfe_group_begin_of(group, rank, n);
        const size_t end = snnfe_group_begin_of(group, rank + 1, n);
        SNNFE_TRY(snnfe_group_broadcast(group, rank, logits + first * n_classes,
                                        (end - first) * n_classes * sizeof *logits));
    }
    return SNNFE_OK;
}

snnfe_status snnfe_engine_evaluate(snnfe_engine *engine, const snnfe_trials *trials,
                                   const snnfe_sink *sink, const char *phase, float *logits,
                                   snnfe_layer_activity *activity)
{
    const snnfe_group *group = activity ? NULL : engine->group;
    evaluation e = {engine, trials, logits, activity, snnfe_group_begin(group, trials->n), 0};
    e.n_tasks = snnfe_group_end(group, trials->n) - e.first;
    snnfe_front_update(&engine->front, engine->network->packed);
    SNNFE_TRY(snnfe_pool_run(engine->pool, e.n_tasks, evaluate_trial, &e, sink, phase));
    return group && logits ? collect_logits(engine, trials->n, logits) : SNNFE_OK;
}

/* --- gradients ----------------------------------------------------------------------------- */

#define MESSAGE_VALUES 65536 /* of a gradient between two members, at least */

typedef struct batch {
    snnfe_engine *engine;
    const snnfe_trials *trials;
    const int32_t *labels;
    const uint8_t *masks;
    snnfe_gradient_needs needs;
    size_t n_shards;   /* in use: no more than trials */
    size_t first, end; /* shards of this member */
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

static snnfe_status run_shard(void *context, size_t task, uint32_t worker_index)
{
    const batch *b = context;
    const size_t shard = b->first + task;
    snnfe_engine *engine = b->engine;
    const worker *w = &engine->workers[worker_index];
    const size_t n = b->trials->n, hidden = engine->network->options.n_hidden;
    const bool masked = b->masks != NULL;
    snnfe_gradients *gradients = &engine->shards[shard];
    snnfe_gradients_clear(gradients, b->needs.lowest);
    for (size_t i = shard * n / b->n_shards; i < (shard + 1) * n / b->n_shards; i++) {
        if (masked)
            set_masks(w->trial, engine->network, b->masks + i * SNNFE_N_MASKS * hidden);
        SNNFE_TRY(run_trial(engine, w->trial, b->trials, i, masked, b->needs.lowest, false,
                            b->end - b->first == 1));
        engine->losses[i] = snnfe_backward_run(w->backward, w->trial, &engine->weights, &b->needs,
                                               b->labels[i], 1.0 / (double)n, masked, gradients);
    }
    return SNNFE_OK;
}

/* Add this member's shards to a part of one parameter's sum, in their order. */
static void add_shards(const batch *b, size_t index, size_t part, size_t n_parts, float *values)
{
    const snnfe_shape *shape = &b->engine->network->packed->shape;
    snnfe_gradients_gather(b->engine->shards + b->first, b->end - b->first, shape, index, part,
                           n_parts, values);
}

/* Parts of a large parameter, so that no worker is left with all of it. */
#define GATHER_PARTS 4

typedef struct gathering {
    const batch *batch;
    size_t trained[SNNFE_N_PARAMETERS]; /* parameters that are not frozen */
} gathering;

static snnfe_status gather_part(void *context, size_t task, uint32_t worker_index)
{
    (void)worker_index;
    const gathering *g = context;
    const size_t index = g->trained[task / GATHER_PARTS];
    add_shards(g->batch, index, task % GATHER_PARTS, GATHER_PARTS,
               g->batch->gradient + g->batch->engine->network->parameters[index].offset);
    return SNNFE_OK;
}

static snnfe_status gather_parts(const batch *b)
{
    const snnfe_network *network = b->engine->network;
    gathering g = {.batch = b};
    size_t n = 0;
    for (size_t i = 0; i < network->n_parameters; i++) {
        const snnfe_parameter *p = &network->parameters[i];
        if (p->frozen)
            continue;
        g.trained[n++] = i;
        memset(b->gradient + p->offset, 0, p->count * sizeof(float));
    }
    return snnfe_pool_run(b->engine->pool, GATHER_PARTS * n, gather_part, &g, NULL, NULL);
}

/* Parameters [first, *end) that go in one message: small ones together. */
static size_t message_of(const snnfe_network *network, size_t first, size_t *end)
{
    size_t count = 0;
    for (*end = first; *end < network->n_parameters && count < MESSAGE_VALUES; (*end)++)
        count += network->parameters[*end].count;
    return count;
}

/* The same in a group: every sum goes from member to member, each adding its shards, so that the
   order is that of one process. While one adds to a message the next adds to the one before. */
static snnfe_status pass_gradient(const batch *b)
{
    const snnfe_network *network = b->engine->network;
    const snnfe_group *group = b->engine->group;
    const uint32_t last = group->n_ranks - 1;
    for (size_t first = 0, end; first < network->n_parameters; first = end) {
        const size_t size = message_of(network, first, &end) * sizeof(float);
        float *values = b->gradient + network->parameters[first].offset;
        memset(values, 0, size);
        if (group->rank > 0)
            SNNFE_TRY(snnfe_group_receive(group, group->rank - 1, values, size));
        for (size_t i = first; i < end; i++)
            if (!network->parameters[i].frozen)
                add_shards(b, i, 0, 1, b->gradient + network->parameters[i].offset);
        if (group->rank < last)
            SNNFE_TRY(snnfe_group_send(group, group->rank + 1, values, size));
    }
    return snnfe_group_broadcast(group, last, b->gradient, network->n_values * sizeof(float));
}

/* The losses of every member's trials to all others. */
static snnfe_status collect_losses(const batch *b)
{
    const snnfe_group *group = b->engine->group;
    const size_t n = b->trials->n;
    for (uint32_t rank = 0; rank < group->n_ranks; rank++) {
        const size_t first = snnfe_group_begin_of(group, rank, b->n_shards) * n / b->n_shards;
        const size_t end = snnfe_group_begin_of(group, rank + 1, b->n_shards) * n / b->n_shards;
        SNNFE_TRY(snnfe_group_broadcast(group, rank, b->engine->losses + first,
                                        (end - first) * sizeof *b->engine->losses));
    }
    return SNNFE_OK;
}

static snnfe_status gather(batch *b)
{
    snnfe_engine *engine = b->engine;
    if (engine->group) {
        SNNFE_TRY(collect_losses(b));
        return b->gradient ? pass_gradient(b) : SNNFE_OK;
    }
    return b->gradient ? gather_parts(b) : SNNFE_OK;
}

/* Room for a batch: shards are made when first used, since small batches need few. */
static snnfe_status reserve(snnfe_engine *engine, size_t n_trials, size_t first, size_t end)
{
    if (n_trials > engine->n_losses) {
        double *losses = snnfe_alloc(n_trials, sizeof *losses);
        if (!losses)
            return SNNFE_ERR_MEMORY;
        snnfe_release(engine->losses);
        engine->losses = losses;
        engine->n_losses = n_trials;
    }
    for (size_t i = first; i < end; i++)
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
    b.first = snnfe_group_begin(engine->group, b.n_shards);
    b.end = snnfe_group_end(engine->group, b.n_shards);
    SNNFE_TRY(reserve(engine, trials->n, b.first, b.end));
    snnfe_front_update(&engine->front, engine->network->packed);
    snnfe_float_weights_refresh(&engine->weights, engine->network, b.needs.lowest);
    snnfe_blas_enter();
    snnfe_status status = snnfe_pool_run(engine->pool, b.end - b.first, run_shard, &b, NULL, NULL);
    if (status == SNNFE_OK)
        status = gather(&b);
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
