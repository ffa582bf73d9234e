/* What holds for every way to program: the same bits in any pieces, weights in their cells. */
#include "device/array.h"
#include "devices.h"

#include <math.h>

static const int32_t n_methods = SNNFE_PROGRAMMING_PAIRS + 1;

/* `drawn`: the cells, or NULL. */
static array *run_on(int32_t method, int n_steps, const snnfe_cell *drawn)
{
    array *a = array_begin(device_with_every_effect(), method);
    a->o.drawn_cells = drawn;
    a->way.period = 2;
    a->way.shift_pairs = 3;
    a->way = device_way(a->way);
    for (size_t i = 0; i < N; i++)
        a->weights[i] = (float)(0.03 * sin((double)i));
    for (int k = 0; k < n_steps; k++) {
        for (size_t i = 0; i < N; i++)
            a->updates[i] = (float)(0.004 * sin(0.7 * (double)i + k));
        array_step(a);
    }
    return a;
}

static array *run(int32_t method, int n_steps)
{
    return run_on(method, n_steps, NULL);
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

START_TEST(cells_that_were_drawn_before_are_the_same)
{
    static snnfe_cell cells[2 * N];
    array *a = run(_i, 4);
    assert_ok(snnfe_device_cells(a->device, 0, N, cells, sizeof cells[0]));
    assert_ok(snnfe_device_cells(a->device, UINT64_C(1) << 31, N, cells + N, sizeof cells[0]));
    array *again = run_on(_i, 4, cells);
    ck_assert_mem_eq(again->weights, a->weights, sizeof a->weights);
    ck_assert_mem_eq(again->states, a->states, sizeof a->states);
    ck_assert_mem_eq(again->pulses, a->pulses, sizeof a->pulses);
    for (size_t i = 0; i < 2 * N; i++)
        cells[i].low = cells[i].high = 0.25F;
    array *others = run_on(_i, 4, cells);
    ck_assert(_i == SNNFE_PROGRAMMING_PAIRS ||
              fabs(array_mean(others->weights) + BOUND / 2) < 1e-6);
    ck_assert_mem_ne(others->weights, a->weights, sizeof a->weights);
    array_end(others);
    array_end(again);
    array_end(a);
}
END_TEST

START_TEST(bad_cells_are_named)
{
    snnfe_device *device = device_make(NULL);
    snnfe_device_step_options o;
    assert_ok(snnfe_device_step_options_init(&o, sizeof o));
    float weights[3] = {0}, sums[3] = {0}, updates[3] = {0};
    snnfe_cell cells[3];
    o.drawn_cells = cells;
#define BAD(field, value, text)                                                                    \
    do {                                                                                           \
        assert_ok(snnfe_device_cells(device, 0, 3, cells, sizeof cells[0]));                       \
        assert_ok(                                                                                 \
            snnfe_device_step(device, &o, weights, sums, updates, 3, NULL, NULL, NULL, NULL));     \
        cells[2].field = (value);                                                                  \
        assert_fails(                                                                              \
            snnfe_device_step(device, &o, weights, sums, updates, 3, NULL, NULL, NULL, NULL),      \
            SNNFE_ERR_ARGUMENT, "drawn_cells[2]." text);                                           \
    } while (0)
    BAD(low, -0.1F, "low is -0.1, not in 0…1");
    BAD(high, 1.5F, "high is 1.5, not in 0…1");
    BAD(low, NAN, "low is nan");
    BAD(amplitude[0], -1, "amplitude[0] is -1");
    BAD(amplitude[1], INFINITY, "amplitude[1] is inf");
    BAD(alpha[0], -1, "alpha[0] is -1");
    BAD(alpha[1], NAN, "alpha[1] is nan");
    BAD(beta[0], 2e12F, "beta[0] is 2e+12");
    BAD(beta[1], -1, "beta[1] is -1");
    BAD(endurance, -1, "endurance is -1, not in 0…inf");
#undef BAD
    assert_ok(snnfe_device_cells(device, 0, 3, cells, sizeof cells[0]));
    cells[2].low = 0.75F;
    cells[2].high = 0.5F;
    assert_fails(snnfe_device_step(device, &o, weights, sums, updates, 3, NULL, NULL, NULL, NULL),
                 SNNFE_ERR_ARGUMENT, "drawn_cells[2].high is 0.5, not in 0.75…1");
    o.drawn_cells = (const snnfe_cell *)(const void *)weights;
    assert_fails(snnfe_device_step(device, &o, weights, sums, updates, 3, NULL, NULL, NULL, NULL),
                 SNNFE_ERR_ARGUMENT, "weights and drawn_cells overlap");
    snnfe_device_free(device);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("every_way");
    TCase *tc = tcase_create("all");
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, a_synapse_is_programmed_alike_in_any_company, 0, n_methods);
    tcase_add_loop_test(tc, weights_stay_in_their_cells_and_stuck_ones_stay, 0, n_methods);
    tcase_add_loop_test(tc, cells_that_were_drawn_before_are_the_same, 0, n_methods);
    tcase_add_test(tc, bad_cells_are_named);
    suite_add_tcase(suite, tc);
    return support_run(suite);
}
