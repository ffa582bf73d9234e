/* Calls that run a network over the caller's trials. */
#include "base/check.h"
#include "base/floating.h"
#include "base/limits.h"
#include "base/memory.h"
#include "base/options.h"
#include "base/philox.h"
#include "network/softmax.h"
#include "network/trial_array.h"

#include <string.h>

static const char struct_name[] = "snnfe_run_options";

static const snnfe_run_options default_options = {.struct_size = sizeof(snnfe_run_options),
                                                  .n_shards = 16};

snnfe_status snnfe_run_options_init(snnfe_run_options *options, size_t size)
{
    return snnfe_options_fill(options, size, &default_options, sizeof default_options, struct_name);
}

snnfe_status snnfe_run_options_take(snnfe_run_options *adopted, const snnfe_run_options *options)
{
    SNNFE_TRY(
        snnfe_options_adopt(adopted, &default_options, sizeof *adopted, options, struct_name));
    SNNFE_TRY(snnfe_check_count(struct_name, ".n_shards", adopted->n_shards, 1, 1024));
    SNNFE_TRY(snnfe_check_switch(struct_name, ".allow_seen", adopted->allow_seen));
    return snnfe_check_switch(struct_name, ".allow_mismatch", adopted->allow_mismatch);
}

/* A pool and an engine for one call. */
typedef struct runner {
    snnfe_pool *pool;
    snnfe_engine *engine;
} runner;

static snnfe_status runner_open(runner *s, const snnfe_network *network,
                                const snnfe_run_options *options, size_t n, bool training)
{
    const uint32_t wanted = options->n_threads ? options->n_threads : snnfe_default_threads();
    SNNFE_TRY(snnfe_pool_create(&s->pool, n < wanted ? (uint32_t)n : wanted));
    return snnfe_engine_create(&s->engine, network, s->pool, training ? options->n_shards : 0);
}

static void runner_close(runner *s)
{
    snnfe_engine_free(s->engine);
    snnfe_pool_free(s->pool);
}

static snnfe_status evaluate(const char *call, const snnfe_network *network, const float *grid,
                             size_t n, const snnfe_run_options *options, float *logits,
                             snnfe_layer_activity *activity)
{
    SNNFE_TRY(snnfe_check_pointer(call, "network", network));
    SNNFE_TRY(snnfe_check_array(call, "grid", grid, n));
    snnfe_run_options run;
    SNNFE_TRY(snnfe_run_options_take(&run, options));
    if (n == 0)
        return SNNFE_OK;
    const snnfe_trial_array array = snnfe_trial_array_of(network, grid);
    const snnfe_trials trials = snnfe_trial_array_trials(&array, n);
    const snnfe_sink sink = {run.log, run.progress, run.user_data};
    runner s = {0};
    snnfe_status status = runner_open(&s, network, &run, n, false);
    if (status == SNNFE_OK)
        status = snnfe_engine_evaluate(s.engine, &trials, &sink, "evaluate", logits, activity);
    runner_close(&s);
    return status;
}

/* Results go into a buffer first, so that outputs are untouched on failure. */
static snnfe_status network_evaluate(const snnfe_network *network, const float *grid, size_t n,
                                     const snnfe_run_options *options, float *logits,
                                     int32_t *classes, float *probabilities)
{
    SNNFE_TRY(snnfe_check_pointer("snnfe_network_evaluate", "network", network));
    const size_t n_classes = network->options.n_classes;
    float *result = snnfe_alloc(n * n_classes, sizeof(float));
    if (!result)
        return SNNFE_ERR_MEMORY;
    const snnfe_status status =
        evaluate("snnfe_network_evaluate", network, grid, n, options, result, NULL);
    for (size_t i = 0; status == SNNFE_OK && i < n; i++) {
        const float *row = result + i * n_classes;
        double softmax[SNNFE_MAX_CLASSES];
        snnfe_softmax(row, n_classes, softmax);
        if (classes)
            classes[i] = snnfe_argmax(row, n_classes);
        for (size_t c = 0; c < n_classes; c++) {
            if (logits)
                logits[i * n_classes + c] = row[c];
            if (probabilities)
                probabilities[i * n_classes + c] = (float)softmax[c];
        }
    }
    snnfe_release(result);
    return status;
}

snnfe_status snnfe_network_evaluate(const snnfe_network *network, const float *grid, size_t n,
                                    const snnfe_run_options *options, float *logits,
                                    int32_t *classes, float *probabilities)
{
    SNNFE_RETURN_COMPUTED(
        network_evaluate(network, grid, n, options, logits, classes, probabilities));
}

static snnfe_status network_activity(const snnfe_network *network, const float *grid, size_t n,
                                     const snnfe_run_options *options,
                                     snnfe_layer_activity *activity, size_t size)
{
    SNNFE_TRY(snnfe_check_array("snnfe_network_activity", "activity", activity, n));
    SNNFE_TRY(snnfe_rows_check("snnfe_network_activity", size, sizeof *activity));
    snnfe_layer_activity *result = snnfe_alloc(n * SNNFE_N_LAYERS, sizeof *result);
    if (!result)
        return SNNFE_ERR_MEMORY;
    const snnfe_status status =
        evaluate("snnfe_network_activity", network, grid, n, options, NULL, result);
    for (size_t i = 0; status == SNNFE_OK && i < n * SNNFE_N_LAYERS; i++)
        snnfe_row_give(activity, size, i, &result[i], sizeof *result);
    snnfe_release(result);
    return status;
}

snnfe_status snnfe_network_activity(const snnfe_network *network, const float *grid, size_t n,
                                    const snnfe_run_options *options,
                                    snnfe_layer_activity *activity, size_t size)
{
    SNNFE_RETURN_COMPUTED(network_activity(network, grid, n, options, activity, size));
}

snnfe_status snnfe_labels_check(const char *call, const int32_t *labels, size_t n,
                                uint32_t n_classes)
{
    for (size_t i = 0; i < n; i++)
        if (labels[i] < 0 || (uint32_t)labels[i] >= n_classes)
            return snnfe_fail(SNNFE_ERR_ARGUMENT, "%s: label %zu is %d, not in 0…%u", call, i,
                              (int)labels[i], (unsigned)(n_classes - 1));
    return SNNFE_OK;
}

static snnfe_status network_gradient(const snnfe_network *network, const float *grid,
                                     const int32_t *labels, size_t n, const uint8_t *masks,
                                     const snnfe_run_options *options, double *loss,
                                     float *gradient)
{
    static const char call[] = "snnfe_network_gradient";
    SNNFE_TRY(snnfe_check_pointer(call, "network", network));
    SNNFE_TRY(snnfe_check_pointer(call, "grid", grid));
    SNNFE_TRY(snnfe_check_pointer(call, "labels", labels));
    SNNFE_TRY(snnfe_check_count(call, "n", n, 1, UINT64_MAX));
    snnfe_run_options run;
    SNNFE_TRY(snnfe_run_options_take(&run, options));
    SNNFE_TRY(snnfe_labels_check(call, labels, n, network->options.n_classes));
    const snnfe_trial_array array = snnfe_trial_array_of(network, grid);
    const snnfe_trials trials = snnfe_trial_array_trials(&array, n);
    runner s = {0};
    snnfe_status status = runner_open(&s, network, &run, n, true);
    if (status == SNNFE_OK)
        status = snnfe_engine_gradient(s.engine, &trials, labels, masks, loss, gradient);
    for (size_t i = 0; status == SNNFE_OK && gradient && i < network->n_parameters; i++) {
        const snnfe_parameter *p = &network->parameters[i];
        if (p->frozen)
            memset(gradient + p->offset, 0, p->count * sizeof *gradient);
    }
    runner_close(&s);
    return status;
}

snnfe_status snnfe_network_gradient(const snnfe_network *network, const float *grid,
                                    const int32_t *labels, size_t n, const uint8_t *masks,
                                    const snnfe_run_options *options, double *loss, float *gradient)
{
    SNNFE_RETURN_COMPUTED(
        network_gradient(network, grid, labels, n, masks, options, loss, gradient));
}

static snnfe_status network_draw_masks(const snnfe_network *network, uint64_t seed, uint64_t index,
                                       uint8_t *masks)
{
    static const char call[] = "snnfe_network_draw_masks";
    SNNFE_TRY(snnfe_check_pointer(call, "network", network));
    SNNFE_TRY(snnfe_check_pointer(call, "masks", masks));
    if (index >> 48)
        return snnfe_fail(SNNFE_ERR_ARGUMENT,
                          "snnfe_network_draw_masks: index is %llu, not below 2^48",
                          (unsigned long long)index);
    snnfe_stream stream = snnfe_stream_make(seed, SNNFE_STREAM_DROPOUT, index);
    const size_t n = (size_t)SNNFE_N_MASKS * network->options.n_hidden;
    for (size_t i = 0; i < n; i++)
        masks[i] = snnfe_stream_float(&stream) >= network->options.dropout;
    return SNNFE_OK;
}

snnfe_status snnfe_network_draw_masks(const snnfe_network *network, uint64_t seed, uint64_t index,
                                      uint8_t *masks)
{
    SNNFE_RETURN_COMPUTED(network_draw_masks(network, seed, index, masks));
}
