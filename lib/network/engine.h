/* Runs a network over trials: a pool of workers, each with the state of one trial. */
#ifndef SNNFE_LIB_ENGINE_H
#define SNNFE_LIB_ENGINE_H

#include "base/group.h"
#include "base/pool.h"
#include "network/network_internal.h"

/* Where the trials of a call come from: `copy` writes trial `index` as
   [n_rows][n_columns][n_steps]; it is called from several threads at once for different trials.
   `key` numbers trials by their content, for engines that keep spikes; NULL = by nothing. */
typedef struct snnfe_trials {
    size_t n;
    void (*copy)(const void *context, size_t index, float *grid);
    size_t (*key)(const void *context, size_t index);
    const void *context;
} snnfe_trials;

typedef struct snnfe_engine snnfe_engine;

/* Workspaces for `network` (borrowed; its values may change between calls, not its sizes), one for
   each worker of `pool` (borrowed). With `n_shards` = 0 the engine can only evaluate. */
snnfe_status snnfe_engine_create(snnfe_engine **engine, const snnfe_network *network,
                                 snnfe_pool *pool, uint32_t n_shards);
void snnfe_engine_free(snnfe_engine *engine);

/* Keep what conv1, conv2 and conv3 do in trials with keys 0…n-1 from now on (0 = nothing), as long
   as these layers' parameters stay; what was kept before is dropped. `with_sums`: the sums of tc1's
   drive, too, as long as tc1's parameters stay. */
snnfe_status snnfe_engine_keep(snnfe_engine *engine, size_t n, bool with_sums);
/* If the engine keeps spikes, run these layers for all of `trials` at once, for batches that are
   smaller than the pool. Trials that cannot run are left to the batch they belong to. */
snnfe_status snnfe_engine_prepare(snnfe_engine *engine, const snnfe_trials *trials);

/* From now on share trials and shards with the other members of a group (borrowed): each call is
   made by all of them, and ends with the same bits in all. Activity is not shared. */
void snnfe_engine_join(snnfe_engine *engine, const snnfe_group *group);

/* Evaluation mode. `logits` [n][n_classes] and `activity` [n][SNNFE_N_LAYERS] may be NULL.
   Progress (sink may be NULL) is reported as `phase` with trials as units. */
snnfe_status snnfe_engine_evaluate(snnfe_engine *engine, const snnfe_trials *trials,
                                   const snnfe_sink *sink, const char *phase, float *logits,
                                   snnfe_layer_activity *activity);

/* Training mode: mean loss and gradient (flat parameter order; places of frozen parameters are
   left) of a batch of trials->n >= 1 trials. `masks` [n][SNNFE_N_MASKS][n_hidden] may be NULL (no
   dropout). The shards are fixed by n and n_shards, so the result does not depend on the pool's
   size. */
snnfe_status snnfe_engine_gradient(snnfe_engine *engine, const snnfe_trials *trials,
                                   const int32_t *labels, const uint8_t *masks, double *loss,
                                   float *gradient);

#endif
