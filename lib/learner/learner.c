#include "learner/learner_internal.h"

#include "base/check.h"
#include "base/floating.h"
#include "base/limits.h"
#include "base/memory.h"
#include "base/options.h"
#include "network/softmax.h"
#include "trainer/optimizer.h"

#include <math.h>
#include <string.h>

#define LARGEST_VALUE 1e6F

static const char struct_name[] = "snnfe_learner_options";

static const snnfe_learner_options default_options = {
    .struct_size = sizeof(snnfe_learner_options),
    .learning_rate = 6e-4,
    .threshold = 0.025,
    .threshold_asymmetry = 1,
    .n_replay = 32,
    .replay_steps = 1,
    .n_networks = 3,
    .guard_trials = 16,
    .guard_least = 16,
    .guard_fall = 0.2,
    .seed = 5,
};

snnfe_status snnfe_learner_options_init(snnfe_learner_options *options, size_t size)
{
    return snnfe_options_fill(options, size, &default_options, sizeof default_options, struct_name);
}

/* --- making one ----------------------------------------------------------------------------- */

/* Check the options that the trainer does not check. */
static snnfe_status check_options(const snnfe_learner_options *o)
{
    SNNFE_TRY(snnfe_check_count(struct_name, ".n_replay", o->n_replay, 0, 65536));
    SNNFE_TRY(snnfe_check_count(struct_name, ".replay_steps", o->replay_steps, 0, 1000));
    SNNFE_TRY(snnfe_check_count(struct_name, ".n_networks", o->n_networks, 2, 64));
    SNNFE_TRY(snnfe_check_count(struct_name, ".guard_trials", o->guard_trials, 2, UINT32_MAX));
    SNNFE_TRY(snnfe_check_positive(struct_name, ".guard_fall", o->guard_fall));
    SNNFE_TRY(snnfe_check_number(struct_name, ".learning_rate", o->learning_rate, 0, 1));
    return snnfe_check_array(struct_name, ".layers", o->layers, o->n_layers);
}

static snnfe_status create_trainer(snnfe_learner *l)
{
    const snnfe_learner_options *o = &l->options;
    snnfe_trainer_options t;
    SNNFE_TRY(snnfe_trainer_options_init(&t, sizeof t));
    SNNFE_TRY(snnfe_trainer_options_stage(&t, SNNFE_STAGE_SSTL));
    t.n_threads = 1;
    t.n_shards = 1;
    t.learning_rate = o->learning_rate;
    t.device = o->device;
    t.threshold = o->threshold;
    t.threshold_asymmetry = o->threshold_asymmetry;
    t.levels = o->levels;
    t.seed = o->seed;
    t.programming = o->programming;
    return snnfe_trainer_create(&l->trainer, l->network, &t);
}

static snnfe_status create_parts(snnfe_learner *l, const snnfe_network *network)
{
    const snnfe_learner_options *o = &l->options;
    const snnfe_network_options *n = &network->options;
    const int32_t label = 0;
    SNNFE_TRY(snnfe_network_clone(&l->network, network));
    SNNFE_TRY(snnfe_network_freeze_for_stage(l->network, SNNFE_STAGE_SSTL, o->layers, o->n_layers));
    for (size_t i = 0; i < l->network->n_parameters; i++)
        if (!l->network->parameters[i].frozen)
            l->changing |= 1u << l->network->parameters[i].layer;
    SNNFE_TRY(create_trainer(l));
    l->info.n_clamped = snnfe_trainer_count_misfits(l->trainer);
    snnfe_trainer_quantize_frozen(l->trainer);
    SNNFE_TRY(snnfe_replay_create(&l->replay, o->n_replay,
                                  (size_t)n->n_rows * n->n_columns * n->n_steps, o->seed));
    l->guard.best_values = snnfe_alloc(network->n_values, sizeof(float));
    l->copies = snnfe_alloc(o->n_networks, sizeof(snnfe_network *));
    if (!l->guard.best_values || !l->copies)
        return SNNFE_ERR_MEMORY;
    if (n->dropout > 0) {
        l->masks = snnfe_alloc(SNNFE_N_MASKS, n->n_hidden);
        if (!l->masks)
            return SNNFE_ERR_MEMORY;
    }
    for (uint32_t i = 0; l->decoder && i < o->n_networks; i++)
        SNNFE_TRY(snnfe_network_clone(&l->copies[i], l->network));
    SNNFE_TRY(snnfe_trainer_warm_up(l->trainer, &label, 1));
    l->guard.accuracy = l->guard.reference = l->guard.best = (double)NAN;
    return SNNFE_OK;
}

static snnfe_status create(snnfe_learner **learner, const snnfe_network *network,
                           snnfe_decoder *decoder, const snnfe_learner_options *options)
{
    size_t n_bytes = 0;
    snnfe_memory_meter(&n_bytes);
    snnfe_learner *l = snnfe_alloc(1, sizeof *l);
    if (!l)
        return SNNFE_ERR_MEMORY;
    *learner = l;
    SNNFE_TRY(snnfe_options_adopt(&l->options, &default_options, sizeof l->options, options,
                                  struct_name));
    SNNFE_TRY(check_options(&l->options));
    if (decoder)
        SNNFE_TRY(snnfe_decoder_check_network("snnfe_learner_create", decoder, network));
    l->decoder = decoder;
    SNNFE_TRY(create_parts(l, network));
    l->options.layers = NULL;
    l->options.programming = NULL;
    l->info.n_bytes = n_bytes;
    return SNNFE_OK;
}

static snnfe_status learner_create(snnfe_learner **learner, const snnfe_network *network,
                                   snnfe_decoder *decoder, const snnfe_learner_options *options)
{
    SNNFE_TRY(snnfe_check_pointer("snnfe_learner_create", "learner", learner));
    *learner = NULL;
    SNNFE_TRY(snnfe_check_pointer("snnfe_learner_create", "network", network));
    snnfe_learner *made = NULL;
    const snnfe_status status = create(&made, network, decoder, options);
    snnfe_memory_meter(NULL);
    if (status != SNNFE_OK) {
        snnfe_learner_free(made);
        return status;
    }
    *learner = made;
    return SNNFE_OK;
}

snnfe_status snnfe_learner_create(snnfe_learner **learner, const snnfe_network *network,
                                  snnfe_decoder *decoder, const snnfe_learner_options *options)
{
    SNNFE_RETURN_COMPUTED(learner_create(learner, network, decoder, options));
}

void snnfe_learner_free(snnfe_learner *l)
{
    if (!l || snnfe_busy_defers_free(&l->busy))
        return;
    for (uint32_t i = 0; l->copies && i < l->options.n_networks; i++)
        snnfe_network_free(l->copies[i]);
    snnfe_trainer_free(l->trainer);
    snnfe_network_free(l->network);
    snnfe_replay_release(&l->replay);
    snnfe_release(l->guard.best_values);
    snnfe_release(l->copies);
    snnfe_release(l->masks);
    snnfe_release(l);
}

snnfe_status snnfe_learner_leave(snnfe_learner *l, snnfe_status status)
{
    if (snnfe_busy_leave(&l->busy))
        snnfe_learner_free(l);
    return status;
}

/* --- one trial ------------------------------------------------------------------------------ */

/* Trials are z-scores. With one that is out of all proportion the gradient would overflow, after
   the guard has acted. */
static snnfe_status check_grid(const snnfe_learner *l, const char *call, const float *grid)
{
    for (size_t i = 0; i < l->replay.size; i++)
        if (!(fabsf(grid[i]) <= LARGEST_VALUE))
            return snnfe_fail(SNNFE_ERR_NONFINITE, "%s: grid[%zu] is %g, not in ±%g", call, i,
                              (double)grid[i], (double)LARGEST_VALUE);
    return SNNFE_OK;
}

/* What the network decides before it learns. */
static snnfe_status decide(snnfe_learner *l, const float *grid, int32_t label,
                           snnfe_adaptation *result)
{
    const size_t n_classes = l->network->options.n_classes;
    float logits[SNNFE_MAX_CLASSES];
    SNNFE_TRY(snnfe_trainer_logits(l->trainer, grid, logits));
    result->decided = snnfe_argmax(logits, n_classes);
    result->correct = result->decided == label;
    result->loss = snnfe_cross_entropy(logits, n_classes, label);
    return SNNFE_OK;
}

/* Go back to the best weights. On real devices every synapse that differs would have to be
   programmed again, so they are counted. */
static void roll_back(snnfe_learner *l)
{
    snnfe_network *network = l->network;
    for (size_t i = 0; i < network->n_parameters; i++) {
        const snnfe_parameter *p = &network->parameters[i];
        if (p->frozen || p->kind != SNNFE_PARAMETER_WEIGHT)
            continue;
        for (size_t k = p->offset; k < p->offset + p->count; k++)
            l->info.n_reprogrammed += network->values[k] < l->guard.best_values[k] ||
                                      network->values[k] > l->guard.best_values[k];
    }
    memcpy(network->values, l->guard.best_values, network->n_values * sizeof(float));
    snnfe_network_refresh(network, l->changing);
    snnfe_trainer_clear_moments(l->trainer);
    l->info.n_rollbacks++;
}

/* The estimate is that of the weights before this trial is learned. */
static bool watch(snnfe_learner *l, bool correct)
{
    const snnfe_learner_options *o = &l->options;
    const snnfe_guard_verdict verdict =
        snnfe_guard_watch(&l->guard, o->guard_trials, o->guard_least, o->guard_fall, correct);
    if (verdict == SNNFE_GUARD_KEEP)
        memcpy(l->guard.best_values, l->network->values, l->network->n_values * sizeof(float));
    if (verdict == SNNFE_GUARD_ROLL_BACK)
        roll_back(l);
    return verdict == SNNFE_GUARD_ROLL_BACK;
}

static snnfe_status learn(snnfe_learner *l, const float *grid, int32_t label)
{
    if (l->masks)
        SNNFE_TRY(snnfe_network_draw_masks(l->network, l->options.seed, l->info.n_steps, l->masks));
    SNNFE_TRY(snnfe_trainer_step(l->trainer, grid, &label, 1, l->masks, NULL));
    snnfe_decays_clamp(l->network);
    l->info.n_steps++;
    l->unoffered = true;
    return SNNFE_OK;
}

static snnfe_status replay(snnfe_learner *l, uint32_t *n)
{
    for (uint32_t i = 0; i < l->options.replay_steps; i++) {
        int32_t label = 0;
        const float *grid = snnfe_replay_draw(&l->replay, l->network->options.n_classes, &label);
        if (!grid)
            break;
        SNNFE_TRY(learn(l, grid, label));
        (*n)++;
    }
    return SNNFE_OK;
}

bool snnfe_learner_offer(snnfe_learner *l)
{
    if (!l->decoder || !l->unoffered)
        return false;
    for (uint32_t i = 0; i < l->options.n_networks; i++) {
        snnfe_network *copy = l->copies[i];
        if (snnfe_decoder_uses(l->decoder, copy))
            continue;
        memcpy(copy->values, l->network->values, l->network->n_values * sizeof(float));
        snnfe_network_refresh(copy, l->outdated >> i & 1 ? SNNFE_ALL_LAYERS : l->changing);
        l->outdated &= ~(UINT64_C(1) << i);
        if (snnfe_decoder_offer(l->decoder, copy) != SNNFE_OK)
            return false;
        l->unoffered = false;
        l->info.n_offered++;
        return true;
    }
    return false;
}

void snnfe_learner_renew(snnfe_learner *l)
{
    l->outdated = UINT64_MAX;
    l->unoffered = true;
    snnfe_learner_offer(l);
}

static snnfe_status adapt(snnfe_learner *l, const float *grid, int32_t label,
                          snnfe_adaptation *done)
{
    SNNFE_TRY(decide(l, grid, label, done));
    done->rolled_back = watch(l, done->correct);
    done->accuracy = l->guard.accuracy;
    if (done->rolled_back)
        l->unoffered = true;
    SNNFE_TRY(learn(l, grid, label));
    SNNFE_TRY(replay(l, &done->n_replayed));
    if (l->options.n_replay > 0)
        snnfe_replay_add(&l->replay, grid, label);
    l->info.n_trials++;
    l->info.n_correct += (uint64_t)done->correct;
    done->offered = snnfe_learner_offer(l);
    return SNNFE_OK;
}

static snnfe_status learner_adapt(snnfe_learner *l, const float *grid, int32_t label,
                                  snnfe_adaptation *result)
{
    static const char call[] = "snnfe_learner_adapt";
    SNNFE_TRY(snnfe_check_pointer(call, "learner", l));
    SNNFE_TRY(snnfe_check_pointer(call, "grid", grid));
    if (result)
        SNNFE_TRY(snnfe_info_check(call, "result", result, sizeof *result));
    SNNFE_TRY(snnfe_labels_check(call, &label, 1, l->network->options.n_classes));
    SNNFE_TRY(check_grid(l, call, grid));
    snnfe_adaptation done = {.struct_size = sizeof done};
    SNNFE_TRY(snnfe_busy_enter(&l->busy, call));
    SNNFE_TRY(snnfe_learner_leave(l, adapt(l, grid, label, &done)));
    if (result)
        snnfe_info_give(result, &done, sizeof done);
    return SNNFE_OK;
}

snnfe_status snnfe_learner_adapt(snnfe_learner *l, const float *grid, int32_t label,
                                 snnfe_adaptation *result)
{
    SNNFE_RETURN_COMPUTED(learner_adapt(l, grid, label, result));
}

/* --- time ----------------------------------------------------------------------------------- */

static snnfe_status age(snnfe_learner *l, const char *call, double from_s, double to_s,
                        uint64_t readings)
{
    SNNFE_TRY(snnfe_age_check(call, l->options.device, from_s, to_s, readings));
    SNNFE_TRY(snnfe_network_age(l->network, l->options.device, from_s, to_s, readings));
    snnfe_learner_renew(l);
    return SNNFE_OK;
}

static snnfe_status learner_age(snnfe_learner *l, double from_s, double to_s, uint64_t readings)
{
    static const char call[] = "snnfe_learner_age";
    SNNFE_TRY(snnfe_check_pointer(call, "learner", l));
    if (!l->options.device)
        return snnfe_fail(SNNFE_ERR_STATE, "%s: the learner learns without a device", call);
    SNNFE_TRY(snnfe_busy_enter(&l->busy, call));
    return snnfe_learner_leave(l, age(l, call, from_s, to_s, readings));
}

snnfe_status snnfe_learner_age(snnfe_learner *l, double from_s, double to_s, uint64_t readings)
{
    SNNFE_RETURN_COMPUTED(learner_age(l, from_s, to_s, readings));
}

/* --- information ---------------------------------------------------------------------------- */

static snnfe_status learner_get_info(const snnfe_learner *l, snnfe_learner_info *info)
{
    static const char call[] = "snnfe_learner_get_info";
    SNNFE_TRY(snnfe_check_pointer(call, "learner", l));
    SNNFE_TRY(snnfe_info_check(call, "info", info, sizeof *info));
    snnfe_learner_info full = l->info;
    full.n_replay = (uint32_t)l->replay.n;
    full.accuracy = l->guard.accuracy;
    full.best_accuracy = l->guard.best;
    if (l->options.device) {
        snnfe_wear wear = {.struct_size = sizeof wear};
        SNNFE_TRY(snnfe_trainer_wear(l->trainer, -1, NULL, &wear, NULL, 0));
        full.ltp_pulses = wear.ltp_pulses;
        full.ltd_pulses = wear.ltd_pulses;
    }
    snnfe_info_give(info, &full, sizeof full);
    return SNNFE_OK;
}

snnfe_status snnfe_learner_get_info(const snnfe_learner *l, snnfe_learner_info *info)
{
    SNNFE_RETURN_COMPUTED(learner_get_info(l, info));
}

snnfe_status snnfe_learner_copy_network(const snnfe_learner *learner, snnfe_network **network)
{
    static const char call[] = "snnfe_learner_copy_network";
    SNNFE_TRY(snnfe_check_pointer(call, "learner", learner));
    SNNFE_TRY(snnfe_check_pointer(call, "network", network));
    return snnfe_network_clone(network, learner->network);
}

snnfe_status snnfe_learner_wear(const snnfe_learner *learner, int32_t layer,
                                const snnfe_wear_options *options, snnfe_wear *wear,
                                uint64_t *counts, size_t n_bins)
{
    SNNFE_TRY(snnfe_check_pointer("snnfe_learner_wear", "learner", learner));
    return snnfe_trainer_wear(learner->trainer, layer, options, wear, counts, n_bins);
}
