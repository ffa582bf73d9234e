/* Single live steps, and the dense peak to compare with. */
#include "base/memory.h"
#include "bench.h"
#include "kernels/blas.h"
#include "network/stepper.h"
#include "network/network_internal.h"

#include <pthread.h>

/* The newest four rows of spikes of each layer. */
#define ROWS 4

typedef struct history {
    uint64_t *rows[SNNFE_N_SPIKING];
    const snnfe_shape *shape;
    size_t t;
} history;

static uint64_t *row_at(const history *h, int32_t layer, size_t back)
{
    return back > h->t ? NULL
                       : h->rows[layer] + (h->t - back) % ROWS * h->shape->layers[layer].words;
}

static void live_step(snnfe_state *state, history *h, const float *input)
{
    snnfe_layer_output out[SNNFE_N_SPIKING];
    const uint64_t *now[SNNFE_N_SPIKING], *before[SNNFE_N_SPIKING];
    for (int32_t layer = 0; layer < SNNFE_N_SPIKING; layer++) {
        out[layer] = (snnfe_layer_output){.spikes = row_at(h, layer, 0)};
        now[layer] = row_at(h, layer, 0);
        before[layer] = row_at(h, layer, 1);
    }
    const uint64_t *conv3[4],
        *own[2] = {row_at(h, SNNFE_LAYER_R1, 1), row_at(h, SNNFE_LAYER_R1, 2)};
    for (size_t age = 0; age < 4; age++)
        conv3[age] = row_at(h, SNNFE_LAYER_CONV3, age);
    const uint64_t *tc1[2] = {now[SNNFE_LAYER_TC1], before[SNNFE_LAYER_TC1]};
    float readout[2];
    snnfe_run_conv1(state, input, 160, 1, &out[SNNFE_LAYER_CONV1], snnfe_share_all(state));
    snnfe_run_conv(state, SNNFE_LAYER_CONV2, before[0], now[0], 1, &out[SNNFE_LAYER_CONV2],
                   snnfe_share_all(state));
    snnfe_run_conv(state, SNNFE_LAYER_CONV3, before[1], now[1], 1, &out[SNNFE_LAYER_CONV3],
                   snnfe_share_all(state));
    snnfe_fire_tc1(state, snnfe_sum_tc1(state, conv3), &out[SNNFE_LAYER_TC1]);
    snnfe_step_r1(state, tc1, own, &out[SNNFE_LAYER_R1]);
    snnfe_step_fc1(state, before[SNNFE_LAYER_R1], now[SNNFE_LAYER_R1], &out[SNNFE_LAYER_FC1]);
    snnfe_step_fc2(state, before[SNNFE_LAYER_FC1], now[SNNFE_LAYER_FC1], 1.0F / 160, readout);
    h->t++;
}

void bench_live_steps(const bench_setup *setup, double *seconds, size_t n)
{
    snnfe_network *network = bench_network();
    snnfe_state *state = NULL;
    bench_expect(snnfe_state_create(&state, network, 1));
    snnfe_state_reset(state);
    history h = {.shape = &network->packed->shape};
    for (int32_t layer = 0; layer < SNNFE_N_SPIKING; layer++)
        h.rows[layer] = snnfe_alloc(ROWS * h.shape->layers[layer].words, sizeof(uint64_t));
    for (size_t i = 0; i < n; i++) {
        const float *input = setup->grid + i / 160 % BENCH_TRIALS * BENCH_SIZE + i % 160;
        const double before = bench_wall();
        live_step(state, &h, input);
        seconds[i] = bench_wall() - before;
    }
    for (int32_t layer = 0; layer < SNNFE_N_SPIKING; layer++)
        snnfe_release(h.rows[layer]);
    snnfe_state_free(state);
    snnfe_network_free(network);
}

/* --- the dense peak ------------------------------------------------------------------------- */

#define SIDE 768

static void *multiply(void *context)
{
    float *memory = context;
    for (int i = 0; i < 4; i++)
        snnfe_blas_product(SIDE, SIDE, SIDE, memory, SIDE, memory + SIDE * SIDE, SIDE, true,
                           memory + 2 * SIDE * SIDE, SIDE, false);
    return NULL;
}

static double seconds_of_products(float *memory, uint32_t n_threads)
{
    pthread_t threads[256];
    const double before = bench_wall();
    for (uint32_t i = 1; i < n_threads; i++)
        pthread_create(&threads[i], NULL, multiply, memory + (size_t)i * 3 * SIDE * SIDE);
    multiply(memory);
    for (uint32_t i = 1; i < n_threads; i++)
        pthread_join(threads[i], NULL);
    return bench_wall() - before;
}

double bench_dense_peak(uint32_t n_threads)
{
    const uint32_t n = n_threads < 256 ? n_threads : 256;
    float *memory = snnfe_alloc((size_t)n * 3 * SIDE * SIDE, sizeof(float));
    for (size_t i = 0; i < (size_t)n * 3 * SIDE * SIDE; i++)
        memory[i] = (float)(i % 17) - 8.0F;
    snnfe_blas_enter();
    double least = seconds_of_products(memory, n);
    for (int i = 0; i < 10; i++) {
        const double seconds = seconds_of_products(memory, n);
        if (seconds < least)
            least = seconds;
    }
    snnfe_blas_leave();
    snnfe_release(memory);
    return 4.0 * n * 2.0 * SIDE * SIDE * SIDE / least * 1e-9;
}
