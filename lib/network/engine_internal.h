/* Shared by the parts of the engine: its workers, one trial, and what members of a group exchange.
 */
#ifndef SNNFE_LIB_ENGINE_INTERNAL_H
#define SNNFE_LIB_ENGINE_INTERNAL_H

#include "network/backward.h"
#include "network/conv_cache.h"
#include "network/engine.h"

typedef struct snnfe_worker {
    snnfe_trial *trial;
    snnfe_backward *backward; /* NULL if the engine can only evaluate */
} snnfe_worker;

struct snnfe_engine {
    const snnfe_network *network;
    snnfe_pool *pool;
    uint32_t n_workers;
    snnfe_worker *workers;
    uint32_t n_shards;
    snnfe_gradients *shards; /* [n_shards] */
    snnfe_float_weights weights;
    double *losses; /* [n_losses] of the trials of a batch */
    size_t n_losses;
    snnfe_conv_cache cache;
    const snnfe_group *group; /* NULL = nobody else */
};

/* How a trial is run. */
typedef struct snnfe_trial_mode {
    bool masked;      /* with the dropout factors */
    int32_t recorded; /* lowest layer that the backward pass needs; SNNFE_N_SPIKING = none */
    bool whole;       /* also the neurons of conv1 and conv2 that no layer above uses */
    bool alone;       /* no other trial runs meanwhile: all workers share its convolutions */
} snnfe_trial_mode;

/* Trial `index`, with spikes from the cache where they are kept and enough. */
snnfe_status snnfe_engine_run_trial(snnfe_engine *engine, snnfe_trial *trial,
                                    const snnfe_trials *trials, size_t index,
                                    const snnfe_trial_mode *mode);

/* A batch, and the shards of it that this member of a group computes. */
typedef struct snnfe_batch {
    snnfe_engine *engine;
    const snnfe_trials *trials;
    const int32_t *labels;
    const uint8_t *masks;
    snnfe_gradient_needs needs;
    size_t n_shards;   /* in use: no more than trials */
    size_t first, end; /* shards of this member */
    float *gradient;
} snnfe_batch;

/* Add this member's shards to a part of one parameter's sum, in their order. */
void snnfe_batch_add_shards(const snnfe_batch *batch, size_t index, size_t part, size_t n_parts,
                            float *values);

/* Between the members of a group: every member's logits or losses to all others, and the gradient
   from member to member. */
snnfe_status snnfe_engine_share_logits(const snnfe_engine *engine, size_t n, float *logits);
snnfe_status snnfe_engine_share_losses(const snnfe_batch *batch);
snnfe_status snnfe_engine_pass_gradient(const snnfe_batch *batch);

#endif
