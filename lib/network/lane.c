#include "network/lane.h"

#include "base/memory.h"
#include "network/softmax.h"

snnfe_status snnfe_lane_create(snnfe_lane *lane, const snnfe_network *network)
{
    const snnfe_shape *shape = &network->packed->shape;
    SNNFE_TRY(snnfe_state_create(&lane->state, network, 1));
    for (int32_t layer = 0; layer < SNNFE_N_SPIKING; layer++) {
        lane->spikes[layer] =
            snnfe_alloc(SNNFE_LANE_ROWS * shape->layers[layer].words, sizeof(uint64_t));
        if (!lane->spikes[layer])
            return SNNFE_ERR_MEMORY;
    }
    return SNNFE_OK;
}

void snnfe_lane_release(snnfe_lane *lane)
{
    snnfe_state_free(lane->state);
    for (int32_t layer = 0; layer < SNNFE_N_SPIKING; layer++)
        snnfe_release(lane->spikes[layer]);
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

/* Spikes `back` steps before the present one; NULL before the start. */
static uint64_t *row(const snnfe_lane *lane, int32_t layer, uint32_t back)
{
    if (back > lane->step)
        return NULL;
    const size_t place = (lane->step - back) % SNNFE_LANE_ROWS;
    return lane->spikes[layer] + place * lane->state->packed->shape.layers[layer].words;
}

void snnfe_lane_step(snnfe_lane *lane, const float *grid)
{
    snnfe_state *s = lane->state;
    snnfe_layer_output out[SNNFE_N_SPIKING] = {0};
    for (int32_t layer = 0; layer < SNNFE_N_SPIKING; layer++)
        out[layer].spikes = row(lane, layer, 0);
    snnfe_run_conv1(s, grid, 1, 1, &out[SNNFE_LAYER_CONV1], snnfe_share_all(s));
    for (int32_t layer = SNNFE_LAYER_CONV2; layer <= SNNFE_LAYER_CONV3; layer++)
        snnfe_run_conv(s, layer, row(lane, layer - 1, 1), row(lane, layer - 1, 0), 1, &out[layer],
                       snnfe_share_all(s));
    const uint64_t *const conv3[4] = {
        row(lane, SNNFE_LAYER_CONV3, 0), row(lane, SNNFE_LAYER_CONV3, 1),
        row(lane, SNNFE_LAYER_CONV3, 2), row(lane, SNNFE_LAYER_CONV3, 3)};
    snnfe_fire_tc1(s, snnfe_sum_tc1(s, conv3), &out[SNNFE_LAYER_TC1]);
    const uint64_t *const tc1[2] = {row(lane, SNNFE_LAYER_TC1, 0), row(lane, SNNFE_LAYER_TC1, 1)};
    const uint64_t *const own[2] = {row(lane, SNNFE_LAYER_R1, 1), row(lane, SNNFE_LAYER_R1, 2)};
    snnfe_step_r1(s, tc1, own, &out[SNNFE_LAYER_R1]);
    snnfe_step_fc1(s, row(lane, SNNFE_LAYER_R1, 1), row(lane, SNNFE_LAYER_R1, 0),
                   &out[SNNFE_LAYER_FC1]);
    float readout[256];
    const float *time_weights = snnfe_values_of(snnfe_lane_network(lane), SNNFE_P_TIME_WEIGHTS);
    snnfe_step_fc2(s, row(lane, SNNFE_LAYER_FC1, 1), row(lane, SNNFE_LAYER_FC1, 0),
                   time_weights[lane->step], readout);
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
