#include "network/lane.h"

#include "base/memory.h"
#include "network/softmax.h"

snnfe_status snnfe_lane_create(snnfe_lane *lane, const snnfe_network *network)
{
    const snnfe_shape *shape = &network->packed->shape;
    SNNFE_TRY(snnfe_state_create(&lane->state, network, 1));
    for (int32_t layer = 0; layer < SNNFE_N_SPIKING; layer++) {
        const size_t words = shape->layers[layer].words;
        uint64_t *rows = snnfe_alloc(SNNFE_LANE_ROWS * words, sizeof *rows);
        lane->spikes[layer] = (snnfe_spike_rows){rows, SNNFE_LANE_ROWS, words};
        if (!rows)
            return SNNFE_ERR_MEMORY;
    }
    return SNNFE_OK;
}

void snnfe_lane_release(snnfe_lane *lane)
{
    snnfe_state_free(lane->state);
    for (int32_t layer = 0; layer < SNNFE_N_SPIKING; layer++)
        snnfe_release(lane->spikes[layer].rows);
}

void snnfe_lane_attach(snnfe_lane *lane, const snnfe_network *network)
{
    lane->state->packed = network->packed;
    lane->state->options = &network->options;
}

void snnfe_lane_begin(snnfe_lane *lane)
{
    snnfe_state_reset(lane->state);
    lane->step = 0;
    lane->faults = lane->n_bad_channels = 0;
    lane->faulty_channels = 0;
}

void snnfe_lane_step(snnfe_lane *lane, const float *grid)
{
    snnfe_state *s = lane->state;
    const snnfe_spike_rows *spikes = lane->spikes;
    const snnfe_share all = snnfe_share_all(s);
    const size_t t = lane->step;
    for (int32_t layer = 0; layer < SNNFE_N_SPIKING; layer++) {
        const snnfe_layer_output out = {.spikes = snnfe_spikes_back(&spikes[layer], t, 0)};
        if (layer == SNNFE_LAYER_CONV1)
            snnfe_step_conv1(s, grid, 1, 1, &out, all);
        else if (layer <= SNNFE_LAYER_CONV3)
            snnfe_step_conv(s, layer, &spikes[layer - 1], t, 1, &out, all);
        else
            snnfe_step_upper(s, layer, spikes, t, &out);
    }
    float readout[256];
    const float *time_weights = snnfe_values_of(snnfe_lane_network(lane), SNNFE_P_TIME_WEIGHTS);
    snnfe_step_fc2(s, &spikes[SNNFE_LAYER_FC1], t, time_weights[t], readout);
    lane->step++;
}

int32_t snnfe_lane_decide(const snnfe_lane *lane, float *logits, double *probabilities)
{
    const size_t n_classes = lane->state->packed->shape.n_classes;
    for (size_t c = 0; c < n_classes; c++)
        logits[c] = (float)lane->state->logits[c];
    snnfe_softmax(logits, n_classes, probabilities);
    return snnfe_argmax(logits, n_classes);
}
