#include "network/trial.h"

#include "base/memory.h"

#include <math.h>
#include <string.h>

static snnfe_status create_trace(snnfe_trace *trace, const snnfe_layer_shape *layer, size_t n_steps,
                                 bool training)
{
    trace->spikes = snnfe_alloc((1 + n_steps) * layer->words, sizeof(uint64_t));
    if (!trace->spikes)
        return SNNFE_ERR_MEMORY;
    if (!training)
        return SNNFE_OK;
    trace->window = snnfe_alloc(n_steps * layer->words, sizeof(uint64_t));
    trace->voltage = snnfe_alloc(n_steps * layer->neurons, sizeof(float));
    return trace->window && trace->voltage ? SNNFE_OK : SNNFE_ERR_MEMORY;
}

snnfe_status snnfe_trial_create(snnfe_trial **out, const snnfe_network *network, bool training)
{
    const snnfe_shape *shape = &network->packed->shape;
    snnfe_trial *trial = snnfe_alloc(1, sizeof *trial);
    if (!trial)
        return SNNFE_ERR_MEMORY;
    snnfe_status status = snnfe_state_create(&trial->state, network, shape->n_steps);
    for (int32_t layer = 0; status == SNNFE_OK && layer < SNNFE_N_SPIKING; layer++) {
        status =
            create_trace(&trial->traces[layer], &shape->layers[layer], shape->n_steps, training);
        trial->spikes[layer] = (snnfe_spike_rows){trial->traces[layer].spikes, 1 + shape->n_steps,
                                                  shape->layers[layer].words};
    }
    const size_t hidden = shape->layers[SNNFE_LAYER_FC1].neurons;
    trial->grid = snnfe_alloc(shape->grid_positions * shape->n_steps, sizeof(float));
    trial->readout = snnfe_alloc(shape->n_steps * shape->n_classes, sizeof(float));
    if (training)
        trial->masks = snnfe_alloc(SNNFE_N_MASKS * hidden, sizeof(float));
    if (!trial->grid || !trial->readout || (training && !trial->masks))
        status = SNNFE_ERR_MEMORY;
    if (status != SNNFE_OK) {
        snnfe_trial_free(trial);
        return status;
    }
    *out = trial;
    return SNNFE_OK;
}

void snnfe_trial_free(snnfe_trial *trial)
{
    if (!trial)
        return;
    snnfe_state_free(trial->state);
    for (int32_t layer = 0; layer < SNNFE_N_SPIKING; layer++) {
        snnfe_release(trial->traces[layer].spikes);
        snnfe_release(trial->traces[layer].window);
        snnfe_release(trial->traces[layer].voltage);
    }
    snnfe_release(trial->grid);
    snnfe_release(trial->readout);
    snnfe_release(trial->masks);
    snnfe_release(trial->own_tc1_sums);
    snnfe_release(trial);
}

snnfe_status snnfe_trial_check(const snnfe_trial *trial, size_t index)
{
    const snnfe_shape *shape = &trial->state->packed->shape;
    const size_t n = shape->grid_positions * shape->n_steps;
    for (size_t i = 0; i < n; i++)
        if (!isfinite(trial->grid[i])) {
            const size_t place = i / shape->n_steps, columns = trial->state->options->n_columns;
            return snnfe_fail(SNNFE_ERR_NONFINITE,
                              "trial %zu: sample at row %zu, column %zu, step %zu is %g", index,
                              place / columns, place % columns, i % shape->n_steps,
                              (double)trial->grid[i]);
        }
    return SNNFE_OK;
}

static snnfe_layer_output output_of(const snnfe_trial *trial, int32_t layer, size_t t, bool masked,
                                    bool recorded)
{
    const snnfe_layer_shape *shape = &trial->state->packed->shape.layers[layer];
    const snnfe_trace *trace = &trial->traces[layer];
    snnfe_layer_output out = {.spikes = snnfe_spikes_back(&trial->spikes[layer], t, 0)};
    if (masked && layer >= SNNFE_LAYER_TC1)
        out.mask = trial->masks + (size_t)(layer - SNNFE_LAYER_TC1) * shape->neurons;
    if (recorded) {
        out.window = trace->window + t * shape->words;
        out.order = snnfe_trace_order(&trial->state->packed->shape, layer);
        out.voltage = trace->voltage + t * out.order.step;
    }
    return out;
}

/* tc1's sums may be known already. */
static void step_upper(snnfe_trial *trial, int32_t layer, size_t t, const snnfe_layer_output *out)
{
    const size_t n = trial->state->packed->shape.layers[layer].neurons;
    if (layer == SNNFE_LAYER_TC1 && trial->tc1_sums)
        snnfe_fire_tc1(trial->state, trial->tc1_sums + t * n, out);
    else
        snnfe_step_upper(trial->state, layer, trial->spikes, t, out);
}

void snnfe_trial_reset(snnfe_trial *trial)
{
    snnfe_state_reset(trial->state);
    trial->tc1_sums = NULL;
}

/* The convolutional layers take several steps at once. */
void snnfe_trial_run_conv(snnfe_trial *trial, int32_t layer, bool recorded, snnfe_share share)
{
    snnfe_state *state = trial->state;
    const size_t n_steps = state->packed->shape.n_steps;
    const size_t most = layer == SNNFE_LAYER_CONV1 ? n_steps : state->n_conv_steps;
    for (size_t t = 0; t < n_steps; t += most) {
        const size_t n = n_steps - t < most ? n_steps - t : most;
        const snnfe_layer_output out = output_of(trial, layer, t, false, recorded);
        if (layer == SNNFE_LAYER_CONV1)
            snnfe_step_conv1(state, trial->grid, n_steps, n, &out, share);
        else
            snnfe_step_conv(state, layer, &trial->spikes[layer - 1], t, n, &out, share);
    }
}

/* Layer by layer, so that a layer's weights stay in the cache over all its steps. */
void snnfe_trial_run(snnfe_trial *trial, int32_t first, int32_t end, bool masked, int32_t recorded)
{
    const size_t n_steps = trial->state->packed->shape.n_steps;
    for (int32_t layer = first; layer < end; layer++) {
        if (layer <= SNNFE_LAYER_CONV3) {
            snnfe_trial_run_conv(trial, layer, layer >= recorded, snnfe_share_all(trial->state));
            continue;
        }
        for (size_t t = 0; t < n_steps; t++) {
            const snnfe_layer_output out = output_of(trial, layer, t, masked, layer >= recorded);
            step_upper(trial, layer, t, &out);
        }
    }
}

void snnfe_trial_sum_tc1(snnfe_trial *trial)
{
    const snnfe_shape *shape = &trial->state->packed->shape;
    const size_t n = shape->layers[SNNFE_LAYER_TC1].neurons;
    if (!trial->own_tc1_sums)
        trial->own_tc1_sums = snnfe_alloc_raw(shape->n_steps * n, sizeof(int32_t));
    if (!trial->own_tc1_sums)
        return;
    for (size_t t = 0; t < shape->n_steps; t++)
        memcpy(trial->own_tc1_sums + t * n,
               snnfe_sum_tc1(trial->state, &trial->spikes[SNNFE_LAYER_CONV3], t),
               n * sizeof(int32_t));
    trial->tc1_sums = trial->own_tc1_sums;
}

void snnfe_trial_read_out(snnfe_trial *trial, const snnfe_network *network)
{
    const snnfe_shape *shape = &trial->state->packed->shape;
    const float *time_weights = snnfe_values_of(network, SNNFE_P_TIME_WEIGHTS);
    for (size_t t = 0; t < shape->n_steps; t++)
        snnfe_step_fc2(trial->state, &trial->spikes[SNNFE_LAYER_FC1], t, time_weights[t],
                       trial->readout + t * shape->n_classes);
}
