/* The four stages of the paper: their settings, what they train, and the transfer between them
 * (docs/spec.md 6).
 */
#include "base/check.h"
#include "base/floating.h"
#include "base/memory.h"
#include "base/options.h"
#include "trainer/programmer.h"
#include "trainer/schedule.h"

#include <math.h>
#include <string.h>

static const struct {
    const char *phase;
    uint32_t n_epochs, batch_size;
    double learning_rate;
    int32_t schedule, keep_best, log_start;
} stages[SNNFE_N_STAGES] = {
    {"pretrain", 20, 64, 1e-4, SNNFE_SCHEDULE_COSINE, 0, 0},
    {"pretrain", 20, 64, 1e-4, SNNFE_SCHEDULE_COSINE, 0, 0},
    {"finetune", 4, 64, 1e-4, SNNFE_SCHEDULE_COSINE, 1, 1},
    {"finetune", 5, 1, 6e-4, SNNFE_SCHEDULE_CONSTANT, 0, 0},
};

static snnfe_status check_stage(const char *call, int32_t stage)
{
    return snnfe_check_choice(call, "stage", stage, SNNFE_N_STAGES, "a SNNFE_STAGE_* value");
}

snnfe_status snnfe_trainer_options_stage(snnfe_trainer_options *options, int32_t stage)
{
    static const char call[] = "snnfe_trainer_options_stage";
    SNNFE_TRY(snnfe_check_pointer(call, "options", options));
    SNNFE_TRY(check_stage(call, stage));
    static const snnfe_trainer_options none = {.struct_size = sizeof none};
    snnfe_trainer_options full;
    SNNFE_TRY(snnfe_options_adopt(&full, &none, sizeof full, options, "snnfe_trainer_options"));
    full.phase = stages[stage].phase;
    full.n_epochs = stages[stage].n_epochs;
    full.batch_size = stages[stage].batch_size;
    full.learning_rate = stages[stage].learning_rate;
    full.schedule = stages[stage].schedule;
    full.schedule_epochs = stages[stage].schedule == SNNFE_SCHEDULE_COSINE ? SNNFE_PAPER_PERIOD : 0;
    full.keep_best = stages[stage].keep_best;
    full.log_start = stages[stage].log_start;
    snnfe_info_give(options, &full, sizeof full);
    return SNNFE_OK;
}

/* --- what a stage trains -------------------------------------------------------------------- */

static bool is_trained(int32_t stage, int32_t kind)
{
    switch (stage) {
    case SNNFE_STAGE_RETUNE:
        return kind == SNNFE_PARAMETER_WEIGHT;
    case SNNFE_STAGE_SSTL:
        return kind == SNNFE_PARAMETER_WEIGHT || kind == SNNFE_PARAMETER_DECAY;
    default:
        return true;
    }
}

typedef struct selection {
    snnfe_network *network;
    int32_t stage;
} selection;

static void thaw(size_t index, void *context)
{
    const selection *s = context;
    snnfe_parameter *p = &s->network->parameters[index];
    if (is_trained(s->stage, p->kind))
        p->frozen = false;
}

snnfe_status snnfe_network_freeze_for_stage(snnfe_network *network, int32_t stage,
                                            const char *const *layers, size_t n_layers)
{
    static const char call[] = "snnfe_network_freeze_for_stage";
    static const char *const everything[] = {"*"}, *const last[] = {"fc1", "fc2"};
    SNNFE_TRY(snnfe_check_pointer(call, "network", network));
    SNNFE_TRY(snnfe_busy_check(&network->busy, call));
    SNNFE_TRY(check_stage(call, stage));
    if (!layers) {
        layers = stage == SNNFE_STAGE_SSTL ? last : everything;
        n_layers = stage == SNNFE_STAGE_SSTL ? 2 : 1;
    }
    for (size_t i = 0; i < n_layers; i++) {
        if (!layers[i])
            return snnfe_fail(SNNFE_ERR_ARGUMENT, "%s: layers[%zu] is NULL", call, i);
        SNNFE_TRY(snnfe_network_select(network, layers[i], NULL, NULL));
    }
    for (size_t i = 0; i < network->n_parameters; i++)
        network->parameters[i].frozen = true;
    selection s = {network, stage};
    for (size_t i = 0; i < n_layers; i++)
        SNNFE_TRY(snnfe_network_select(network, layers[i], thaw, &s));
    if (stage == SNNFE_STAGE_SSTL)
        SNNFE_TRY(snnfe_network_freeze(network, "snn.ts_weights", 0));
    return SNNFE_OK;
}

/* --- transfer ------------------------------------------------------------------------------- */

typedef struct transfer {
    const snnfe_network *network;
    const snnfe_device *device;
    uint32_t levels;
    double x;
    uint64_t seed;
    bool *chosen;  /* [n_parameters] */
    float *values; /* [n_values] the new ones */
    uint64_t n_clamped;
} transfer;

static void choose(size_t index, void *context)
{
    bool *chosen = context;
    chosen[index] = true;
}

static snnfe_status choose_layers(const transfer *t, const char *call, const char *const *layers,
                                  size_t n_layers)
{
    static const char *const everything[] = {"*"};
    if (!layers) {
        layers = everything;
        n_layers = 1;
    }
    for (size_t i = 0; i < n_layers; i++) {
        if (!layers[i])
            return snnfe_fail(SNNFE_ERR_ARGUMENT, "%s: layers[%zu] is NULL", call, i);
        SNNFE_TRY(snnfe_network_select(t->network, layers[i], choose, t->chosen));
    }
    return SNNFE_OK;
}

static snnfe_status transfer_values(transfer *t)
{
    for (size_t i = 0; i < t->network->n_parameters; i++) {
        const snnfe_parameter *p = &t->network->parameters[i];
        if (p->kind != SNNFE_PARAMETER_WEIGHT || !t->chosen[i])
            continue;
        float *values = t->values + p->offset;
        const double bound = snnfe_weight_bound(t->device, p);
        if (t->levels > 0)
            SNNFE_TRY(snnfe_quantize(values, p->count, bound, t->levels));
        if (t->x > 0)
            SNNFE_TRY(snnfe_programming_noise(values, p->count, bound, t->x, t->seed, i));
        if (t->levels > 0 || t->x > 0)
            snnfe_clamp_values(values, p->count, (float)bound);
        t->n_clamped += snnfe_put_on_array(t->device, values, p->count, bound, p->offset);
    }
    return SNNFE_OK;
}

static snnfe_status run_transfer(transfer *t, const char *call, const char *const *layers,
                                 size_t n_layers)
{
    const snnfe_network *network = t->network;
    t->chosen = snnfe_alloc(network->n_parameters, sizeof *t->chosen);
    t->values = snnfe_duplicate(network->values, network->n_values, sizeof(float));
    if (!t->chosen || !t->values)
        return SNNFE_ERR_MEMORY;
    SNNFE_TRY(choose_layers(t, call, layers, n_layers));
    return transfer_values(t);
}

static snnfe_status network_transfer(snnfe_network *network, const snnfe_device *device,
                                     uint32_t levels, double x, uint64_t seed,
                                     const char *const *layers, size_t n_layers,
                                     uint64_t *n_clamped)
{
    static const char call[] = "snnfe_network_transfer";
    SNNFE_TRY(snnfe_check_pointer(call, "network", network));
    SNNFE_TRY(snnfe_check_pointer(call, "device", device));
    SNNFE_TRY(snnfe_busy_check(&network->busy, call));
    SNNFE_TRY(snnfe_check_number(call, "x", x, 0, HUGE_VAL));
    transfer t = {network, device, levels, x, seed, NULL, NULL, 0};
    const snnfe_status status = run_transfer(&t, call, layers, n_layers);
    if (status == SNNFE_OK) {
        memcpy(network->values, t.values, network->n_values * sizeof(float));
        snnfe_network_refresh(network, SNNFE_ALL_LAYERS);
        if (n_clamped)
            *n_clamped = t.n_clamped;
    }
    snnfe_release(t.chosen);
    snnfe_release(t.values);
    return status;
}

snnfe_status snnfe_network_transfer(snnfe_network *network, const snnfe_device *device,
                                    uint32_t levels, double x, uint64_t seed,
                                    const char *const *layers, size_t n_layers, uint64_t *n_clamped)
{
    SNNFE_RETURN_COMPUTED(
        network_transfer(network, device, levels, x, seed, layers, n_layers, n_clamped));
}
