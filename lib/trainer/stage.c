/* The four stages of the paper: their settings, what they train, and the transfer between them
 * (SPEC 6).
 */
#include "base/memory.h"
#include "trainer/programmer.h"

#include <stddef.h>
#include <string.h>

static const struct {
    const char *phase;
    uint32_t n_epochs, batch_size;
    double learning_rate;
    int32_t schedule, keep_best;
} stages[SNNFE_N_STAGES] = {
    {"Pretrain", 20, 64, 1e-4, SNNFE_SCHEDULE_COSINE, 0},
    {"OnDevice", 20, 64, 1e-4, SNNFE_SCHEDULE_COSINE, 0},
    {"Retune", 4, 64, 1e-4, SNNFE_SCHEDULE_COSINE, 1},
    {"Finetune", 5, 1, 6e-4, SNNFE_SCHEDULE_CONSTANT, 0},
};

static snnfe_status check_stage(const char *call, int32_t stage)
{
    if (stage < 0 || stage >= SNNFE_N_STAGES)
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "%s: stage is %d, no SNNFE_STAGE_* value", call,
                          (int)stage);
    return SNNFE_OK;
}

snnfe_status snnfe_trainer_options_stage(snnfe_trainer_options *options, int32_t stage)
{
    static const char call[] = "snnfe_trainer_options_stage";
    /* Programs built against an earlier header have less after what is set here. */
    if (!options || options->struct_size < offsetof(snnfe_trainer_options, wear_log_path))
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "%s: options is NULL or was not initialised", call);
    SNNFE_TRY(check_stage(call, stage));
    options->phase = stages[stage].phase;
    options->n_epochs = stages[stage].n_epochs;
    options->batch_size = stages[stage].batch_size;
    options->learning_rate = stages[stage].learning_rate;
    options->schedule = stages[stage].schedule;
    options->keep_best = stages[stage].keep_best;
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
    if (!network)
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "%s: network is NULL", call);
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

static snnfe_status transfer_values(const snnfe_network *network, const snnfe_device *device,
                                    uint32_t levels, double x, uint64_t seed, float *values)
{
    for (size_t i = 0; i < network->n_parameters; i++) {
        const snnfe_parameter *p = &network->parameters[i];
        if (p->kind != SNNFE_PARAMETER_WEIGHT)
            continue;
        const double bound = snnfe_weight_bound(device, p);
        if (levels > 0)
            SNNFE_TRY(snnfe_quantise(values + p->offset, p->count, bound, levels));
        if (x > 0)
            SNNFE_TRY(snnfe_programming_noise(values + p->offset, p->count, bound, x, seed, i));
    }
    return SNNFE_OK;
}

snnfe_status snnfe_network_transfer(snnfe_network *network, const snnfe_device *device,
                                    uint32_t levels, double x, uint64_t seed)
{
    static const char call[] = "snnfe_network_transfer";
    if (!network || !device)
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "%s: %s is NULL", call,
                          network ? "device" : "network");
    if (!(x >= 0))
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "%s: x is %g, not >= 0", call, x);
    float *values = snnfe_duplicate(network->values, network->n_values, sizeof(float));
    if (!values)
        return SNNFE_ERR_MEMORY;
    const snnfe_status status = transfer_values(network, device, levels, x, seed, values);
    if (status == SNNFE_OK) {
        memcpy(network->values, values, network->n_values * sizeof(float));
        snnfe_network_refresh(network, SNNFE_ALL_LAYERS);
    }
    snnfe_release(values);
    return status;
}
