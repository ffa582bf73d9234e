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
    lane->leader = NULL;
}

void snnfe_lane_begin(snnfe_lane *lane)
{
    snnfe_state_reset(lane->state);
    lane->step = 0;
}

/* --- layers that lanes share ---------------------------------------------------------------- */

#define FIRST_OWN_LAYER SNNFE_LAYER_R1

/* The state of a layer, which may be the leader's. */
static const snnfe_layer_state *state_of(const snnfe_lane *lane, int32_t layer)
{
    const bool shared = lane->leader && layer < FIRST_OWN_LAYER;
    return &(shared ? lane->leader : lane)->state->layers[layer];
}

/* Copy the spikes of the leader's last step. The rows stay each lane's own: they lie in the order
   of its steps. */
static void take_spikes(snnfe_lane *lane)
{
    const snnfe_lane *leader = lane->leader;
    for (int32_t layer = 0; layer < FIRST_OWN_LAYER; layer++) {
        const snnfe_spike_rows *from = &leader->spikes[layer], *to = &lane->spikes[layer];
        memcpy(snnfe_spikes_back(to, lane->step, 0), snnfe_spikes_back(from, leader->step - 1, 0),
               to->words * sizeof *to->rows);
    }
}

static bool layers_agree(const snnfe_lane *a, const snnfe_lane *b, int32_t layer)
{
    const snnfe_layer_state *x = &a->state->layers[layer], *y = &b->state->layers[layer];
    const size_t n = a->state->packed->shape.layers[layer].neurons;
    const size_t row = a->spikes[layer].words * sizeof *a->spikes[layer].rows;
    if (memcmp(x->current, y->current, n * sizeof *x->current) != 0 ||
        memcmp(x->rest, y->rest, n * sizeof *x->rest) != 0 ||
        memcmp(x->sums, y->sums, n * sizeof *x->sums) != 0)
        return false;
    for (size_t back = 0; back < SNNFE_LANE_ROWS; back++)
        if (memcmp(snnfe_spikes_back(&a->spikes[layer], a->step - 1, back),
                   snnfe_spikes_back(&b->spikes[layer], b->step - 1, back), row) != 0)
            return false;
    return true;
}

bool snnfe_lane_follow(snnfe_lane *lane, snnfe_lane *leader)
{
    if (lane == leader || lane->leader || leader->leader || lane->step < SNNFE_LANE_ROWS ||
        leader->step < SNNFE_LANE_ROWS || lane->state->packed != leader->state->packed)
        return false;
    for (int32_t layer = 0; layer < FIRST_OWN_LAYER; layer++)
        if (!layers_agree(lane, leader, layer))
            return false;
    lane->leader = leader;
    return true;
}

void snnfe_lane_succeed(snnfe_lane *follower)
{
    snnfe_layer_state *own = follower->state->layers;
    snnfe_layer_state *taken = follower->leader->state->layers;
    for (int32_t layer = 0; layer < FIRST_OWN_LAYER; layer++) {
        const snnfe_layer_state swap = own[layer];
        own[layer] = taken[layer];
        taken[layer] = swap;
    }
    follower->leader = NULL;
}

void snnfe_lane_step(snnfe_lane *lane, const float *grid)
{
    snnfe_state *s = lane->state;
    const snnfe_spike_rows *spikes = lane->spikes;
    const snnfe_share all = snnfe_share_all(s);
    const size_t t = lane->step;
    if (lane->leader)
        take_spikes(lane);
    for (int32_t layer = lane->leader ? FIRST_OWN_LAYER : 0; layer < SNNFE_N_SPIKING; layer++) {
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
        const snnfe_layer_state *s = state_of(lane, layer);
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
