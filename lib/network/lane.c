#include "network/lane.h"

#include "base/format.h"
#include "base/limits.h"
#include "base/memory.h"
#include "network/softmax.h"

#include <string.h>

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
    float readout[SNNFE_MAX_CLASSES];
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

/* --- the state array by array --------------------------------------------------------------- */

#define NAME_SIZE 64
#define MOST_ARRAYS (5 * SNNFE_N_LAYERS + 1)

typedef struct array {
    const char *what;
    int32_t layer;
    snnfe_dtype dtype;
    uint64_t count;
    void *data;
} array;

/* List the arrays that the layers have; returns their number. */
static size_t list_arrays(const snnfe_lane *lane, array list[MOST_ARRAYS])
{
    const snnfe_shape *shape = &lane->state->packed->shape;
    size_t n = 0;
    for (int32_t layer = 0; layer < SNNFE_N_LAYERS; layer++) {
        const snnfe_layer_state *s = &lane->state->layers[layer];
        const bool spiking = layer < SNNFE_N_SPIKING;
        const snnfe_spike_rows *spikes = spiking ? &lane->spikes[layer] : NULL;
        const size_t count =
            spiking ? shape->layers[layer].neurons : snnfe_layer_outputs(shape, layer);
        const array of_layer[] = {
            {"sums", layer, SNNFE_I32, count, s->sums},
            {"current", layer, SNNFE_F32, count, s->current},
            {"rest", layer, SNNFE_F32, count, s->rest},
            {"threshold", layer, SNNFE_F32, count, s->threshold},
            {"spikes", layer, SNNFE_I64, spiking ? SNNFE_LANE_ROWS * spikes->words : 0,
             spiking ? spikes->rows : NULL},
        };
        for (size_t i = 0; i < sizeof of_layer / sizeof of_layer[0]; i++)
            if (of_layer[i].data)
                list[n++] = of_layer[i];
    }
    list[n++] =
        (array){"logits", SNNFE_LAYER_FC2, SNNFE_F64, shape->n_classes, lane->state->logits};
    return n;
}

static void name_of(char name[NAME_SIZE], const char *prefix, const array *a)
{
    snnfe_format(name, NAME_SIZE, "%s%s.%d", prefix, a->what, (int)a->layer);
}

snnfe_status snnfe_lane_add(snnfe_tensor_list *list, const char *prefix, const snnfe_lane *lane)
{
    array arrays[MOST_ARRAYS];
    const size_t n = list_arrays(lane, arrays);
    for (size_t i = 0; i < n; i++) {
        char name[NAME_SIZE];
        name_of(name, prefix, &arrays[i]);
        SNNFE_TRY(snnfe_tensor_list_add(list, name, arrays[i].dtype, 1, &arrays[i].count,
                                        arrays[i].data));
    }
    return SNNFE_OK;
}

snnfe_status snnfe_lane_read(snnfe_tensors *file, const char *prefix, snnfe_lane *lane)
{
    array arrays[MOST_ARRAYS];
    const size_t n = list_arrays(lane, arrays);
    for (size_t i = 0; i < n; i++) {
        char name[NAME_SIZE];
        name_of(name, prefix, &arrays[i]);
        SNNFE_TRY(snnfe_tensors_read(file, name, arrays[i].dtype, 1, &arrays[i].count, false,
                                     arrays[i].data));
    }
    return SNNFE_OK;
}

void snnfe_lane_copy(snnfe_lane *lane, const snnfe_lane *from)
{
    array to[MOST_ARRAYS], source[MOST_ARRAYS];
    const size_t n = list_arrays(lane, to);
    list_arrays(from, source);
    for (size_t i = 0; i < n; i++)
        memcpy(to[i].data, source[i].data, to[i].count * snnfe_dtype_size(to[i].dtype));
}
