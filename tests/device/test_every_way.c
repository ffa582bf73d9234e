/* What holds for every way to program: the same bits in any pieces, weights in their cells. */
#include "device/array.h"
#include "devices.h"

#include <math.h>

static const int32_t n_methods = SNNFE_PROGRAMMING_PAIRS + 1;

static array *run(int32_t method, int n_steps)
{
    array *a = array_begin(device_with_every_effect(), method);
    a->way.period = 2;
    a->way.shift_pairs = 3;
    for (size_t i = 0; i < N; i++)
        a->weights[i] = (float)(0.03 * sin((double)i));
    for (int k = 0; k < n_steps; k++) {
        for (size_t i = 0; i < N; i++)
            a->updates[i] = (float)(0.004 * sin(0.7 * (double)i + k));
        array_step(a);
    }
    return a;
}

/* One synapse by itself, with all that belongs to it. */
static void follow_one(int32_t method, const array *all, size_t i, int n_steps)
{
    snnfe_device *device = device_with_every_effect();
    float weight = (float)(0.03 * sin((double)i)), sum = 0, states[SNNFE_WAY_STATES] = {0};
    float histories[2] = {0};
    uint32_t ltp = 0, ltd = 0, second[2] = {0};
    snnfe_device_step_options o = all->o;
    snnfe_programming_options way = all->way;
    way.method = method;
    o.programming = &way;
    o.states = states;
    o.second_pulses = second;
    o.histories = histories;
    o.offset = i;
    for (int k = 0; k < n_steps; k++) {
        const float update = (float)(0.004 * sin(0.7 * (double)i + k));
        o.step = (uint64_t)k;
        assert_ok(snnfe_device_step(device, &o, &weight, &sum, &update, 1, &ltp, &ltd, NULL, NULL));
    }
    ck_assert_mem_eq(&weight, &all->weights[i], sizeof weight);
    ck_assert_mem_eq(&sum, &all->accumulators[i], sizeof sum);
    ck_assert_uint_eq(ltp, all->pulses[0][i]);
    ck_assert_uint_eq(second[1], all->second[N + i]);
    ck_assert_mem_eq(&histories[0], &all->histories[i], sizeof(float));
    ck_assert_mem_eq(&histories[1], &all->histories[N + i], sizeof(float));
    for (size_t s = 0; s < SNNFE_WAY_STATES; s++)
        ck_assert_mem_eq(&states[s], &all->states[s * N + i], sizeof(float));
    snnfe_device_free(device);
}

START_TEST(a_synapse_is_programmed_alike_in_any_company)
{
    array *a = run(_i, 12);
    for (size_t i = 0; i < N; i += 397)
        follow_one(_i, a, i, 12);
    array_end(a);
}
END_TEST

START_TEST(weights_stay_in_their_cells_and_stuck_ones_stay)
{
    static snnfe_cell cells[N];
    array *a = run(_i, 6);
    assert_ok(snnfe_device_cells(a->device, 0, N, cells, sizeof cells[0]));
    size_t n_stuck = 0;
    for (size_t i = 0; i < N; i++) {
        ck_assert(fabsf(a->weights[i]) <= (float)BOUND);
        if (_i == SNNFE_PROGRAMMING_PAIRS) {
            const float g = a->states[i];
            ck_assert(g >= cells[i].low - 1e-5F && g <= cells[i].high + 1e-5F);
            continue;
        }
        const double low = BOUND * (2 * (double)cells[i].low - 1);
        const double high = BOUND * (2 * (double)cells[i].high - 1);
        ck_assert((double)a->weights[i] >= low - 1e-7 && (double)a->weights[i] <= high + 1e-7);
        n_stuck += !(cells[i].low < cells[i].high);
    }
    ck_assert(_i == SNNFE_PROGRAMMING_PAIRS || n_stuck > N / 10);
    array_end(a);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("every_way");
    TCase *tc = tcase_create("all");
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, a_synapse_is_programmed_alike_in_any_company, 0, n_methods);
    tcase_add_loop_test(tc, weights_stay_in_their_cells_and_stuck_ones_stay, 0, n_methods);
    suite_add_tcase(suite, tc);
    return support_run(suite);
}
