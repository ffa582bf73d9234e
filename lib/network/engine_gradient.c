/* Gradients of batches: shards of a batch, each computed by one worker, and their sum in a fixed
   order. */
#include "network/engine_internal.h"

#include "base/memory.h"
#include "kernels/denormals.h"

#include <string.h>

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
    const snnfe_batch *b = context;
    const size_t shard = b->first + task;
    snnfe_engine *engine = b->engine;
    const snnfe_worker *w = &engine->workers[worker_index];
    const size_t n = b->trials->n, hidden = engine->network->options.n_hidden;
    const bool masked = b->masks != NULL;
    const snnfe_trial_mode mode = {
        .masked = masked, .recorded = b->needs.lowest, .alone = b->end - b->first == 1};
    snnfe_gradients *gradients = &engine->shards[shard];
    snnfe_gradients_clear(gradients, b->needs.lowest);
    for (size_t i = shard * n / b->n_shards; i < (shard + 1) * n / b->n_shards; i++) {
        if (masked)
            set_masks(w->trial, engine->network, b->masks + i * SNNFE_N_MASKS * hidden);
        SNNFE_TRY(snnfe_engine_run_trial(engine, w->trial, b->trials, i, &mode));
        snnfe_denormals_flush();
        engine->losses[i] = snnfe_backward_run(w->backward, w->trial, &engine->weights, &b->needs,
                                               b->labels[i], 1.0 / (double)n, masked, gradients);
        snnfe_denormals_keep();
    }
    return SNNFE_OK;
}

void snnfe_batch_add_shards(const snnfe_batch *b, size_t index, size_t part, size_t n_parts,
                            float *values)
{
    const snnfe_shape *shape = &b->engine->network->packed->shape;
    snnfe_gradients_gather(b->engine->shards + b->first, b->end - b->first, shape, index, part,
                           n_parts, values);
}

/* Parts of a large parameter, so that no worker is left with all of it. */
#define GATHER_PARTS 4

typedef struct gathering {
    const snnfe_batch *batch;
    size_t trained[SNNFE_N_PARAMETERS]; /* parameters that are not frozen */
} gathering;

static snnfe_status gather_part(void *context, size_t task, uint32_t worker_index)
{
    (void)worker_index;
    const gathering *g = context;
    const size_t index = g->trained[task / GATHER_PARTS];
    snnfe_batch_add_shards(g->batch, index, task % GATHER_PARTS, GATHER_PARTS,
                           g->batch->gradient +
                               g->batch->engine->network->parameters[index].offset);
    return SNNFE_OK;
}

static snnfe_status gather_parts(const snnfe_batch *b)
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

static snnfe_status gather(snnfe_batch *b)
{
    snnfe_engine *engine = b->engine;
    if (engine->group) {
        SNNFE_TRY(snnfe_engine_share_losses(b));
        return b->gradient ? snnfe_engine_pass_gradient(b) : SNNFE_OK;
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
    snnfe_batch b = {.engine = engine,
                     .trials = trials,
                     .labels = labels,
                     .masks = masks,
                     .needs = snnfe_gradient_needs_of(engine->network),
                     .n_shards = trials->n < engine->n_shards ? trials->n : engine->n_shards,
                     .gradient = gradient};
    b.first = snnfe_group_begin(engine->group, b.n_shards);
    b.end = snnfe_group_end(engine->group, b.n_shards);
    SNNFE_TRY(reserve(engine, trials->n, b.first, b.end));
    snnfe_conv_cache_update(&engine->cache, engine->network->packed);
    snnfe_float_weights_refresh(&engine->weights, engine->network, b.needs.lowest, engine->pool);
    snnfe_status status = snnfe_pool_run(engine->pool, b.end - b.first, run_shard, &b, NULL, NULL);
    if (status == SNNFE_OK)
        status = gather(&b);
    if (status != SNNFE_OK)
        return status;
    double sum = 0;
    for (size_t i = 0; i < trials->n; i++)
        sum += engine->losses[i];
    if (loss)
        *loss = sum / (double)trials->n;
    return SNNFE_OK;
}
