/* Ways to program against theory: means, remainders, tolerances, symmetry points, pairs; bad
 * options.
 */
#include "device/array.h"
#include "devices.h"

#include <math.h>

/* A device whose pulses change a conductance by as much everywhere. */
static snnfe_device *linear(double change)
{
    const double w[2] = {0, 1}, dw[2] = {change, change};
    snnfe_device_options o = device_defaults();
    o.response = SNNFE_RESPONSE_TABLE;
    o.table_w = w;
    o.table_ltp = o.table_ltd = dw;
    o.n_table = 2;
    return device_make(&o);
}

START_TEST(random_pulses_are_the_update_in_the_mean)
{
    array *a = array_begin(linear(0.02), SNNFE_PROGRAMMING_STOCHASTIC);
    a->o.threshold = 0.02;
    const double unit = 0.02 * RANGE;
    const double updates[] = {0.3, -0.3, 1.75, -2.5, 0.01};
    for (size_t u = 0; u < 5; u++) {
        array_fill(a->weights, 0);
        array_fill(a->updates, (float)(updates[u] * unit));
        array_step(a);
        const double part = fabs(updates[u]) - floor(fabs(updates[u]));
        const double error = 5 * sqrt(part * (1 - part) / N) + 1e-4;
        ck_assert_double_eq_tol(array_mean(a->weights) / unit, updates[u], error);
        ck_assert_double_eq_tol((double)(a->ltp + a->ltd) / N, fabs(updates[u]), error);
        ck_assert((updates[u] > 0 ? a->ltd : a->ltp) == 0);
        ck_assert_double_eq(array_mean(a->accumulators), 0);
    }
    a->way.most_pulses = 2;
    array_fill(a->weights, 0);
    array_fill(a->updates, (float)(7 * unit));
    array_step(a);
    ck_assert_double_eq_tol(array_mean(a->weights) / unit, 2, 1e-4);
    array_end(a);
}
END_TEST

START_TEST(mixed_precision_transfers_whole_units_and_keeps_the_rest)
{
    array *a = array_begin(linear(0.02), SNNFE_PROGRAMMING_MIXED);
    a->o.threshold = 0.02;
    a->way.period = 4;
    const double unit = 0.02 * RANGE;
    for (size_t i = 0; i < N; i++)
        a->updates[i] = (float)(unit * (0.65 + 0.3 * sin((double)i))) * (i % 2 ? 1 : -1);
    for (int k = 0; k < 3; k++) {
        array_step(a);
        ck_assert_uint_eq(a->ltp + a->ltd, 0);
    }
    array_step(a);
    for (size_t i = 0; i < N; i++) {
        const double wanted = 4 * (double)a->updates[i];
        ck_assert_double_eq_tol((double)a->weights[i], trunc(wanted / unit) * unit, 1e-6);
        ck_assert_double_eq_tol((double)(a->weights[i] + a->accumulators[i]), wanted, 1e-6);
    }
    a->way.most_pulses = 1;
    a->way.period = 1;
    a->o.step = 0;
    array_fill(a->accumulators, (float)(5.5 * unit));
    array_fill(a->updates, 0);
    array_fill(a->weights, 0);
    array_step(a);
    ck_assert_double_eq_tol(array_mean(a->accumulators) / unit, 4.5, 1e-3);
    ck_assert_uint_eq(a->ltp, N);
    array_end(a);
}
END_TEST

/* Of wanted changes that are uniform in 0…D, those up to tolerance + budget pulses are reached. */
static void check_reached(uint32_t budget)
{
    array *a = array_begin(linear(0.01), SNNFE_PROGRAMMING_VERIFY);
    a->way.tolerance = 0.0055;
    a->way.most_pulses = budget;
    const double most = 0.4 * RANGE, tolerance = a->way.tolerance * RANGE;
    for (size_t i = 0; i < N; i++)
        a->updates[i] = (float)(most * ((double)i + 0.5) / N) * (i % 2 ? 1 : -1);
    array_step(a);
    size_t n_reached = 0;
    for (size_t i = 0; i < N; i++) {
        ck_assert_double_eq_tol((double)(a->weights[i] + a->accumulators[i]), (double)a->updates[i],
                                1e-7);
        n_reached += fabs((double)a->accumulators[i]) <= tolerance * (1 + 1e-4);
    }
    const double share = fmin((a->way.tolerance + 0.01 * budget) / 0.4, 1);
    ck_assert_double_eq_tol((double)n_reached / N, share, 2e-3);
    /* Later steps go on with what is missing. */
    array_fill(a->updates, 0);
    for (int k = 0; k < 40; k++)
        array_step(a);
    for (size_t i = 0; i < N; i++)
        ck_assert(fabs((double)a->accumulators[i]) <= tolerance * (1 + 1e-4));
    ck_assert_uint_eq(a->ltp + a->ltd, 0);
    array_end(a);
}

START_TEST(verified_weights_are_within_the_tolerance_as_far_as_the_budget_goes)
{
    check_reached(5);
    check_reached(20);
    check_reached(50);
}
END_TEST

/* With read noise of σ a cell is let be when a reading is within the tolerance: errors are those of
   one reading, and no pulses would be given if the noise were none. */
START_TEST(verification_reads_with_the_noise_of_the_cells)
{
    snnfe_device_options o = device_defaults();
    snnfe_cells_options cells;
    snnfe_device *device = NULL;
    assert_ok(snnfe_cells_options_init(&cells, sizeof cells));
    *(_i ? &cells.read_noise_state : &cells.read_noise) = _i ? 0.04 : 0.02; /* at half the range */
    o.cells = &cells;
    assert_ok(snnfe_device_create(&device, &o));
    array *a = array_begin(device, SNNFE_PROGRAMMING_VERIFY);
    a->way.tolerance = 0.03;
    a->way.most_pulses = 1;
    array_step(a);
    /* P(|z| > 1.5) */
    ck_assert_double_eq_tol((double)(a->ltp + a->ltd) / N, erfc(1.5 / sqrt(2)),
                            5 * sqrt(0.134 * 0.866 / N));
    array_end(a);
}
END_TEST

/* Where LTP and LTD change the conductance by as much, by bisection, as a weight. */
static double symmetry_point(const snnfe_device *device)
{
    double low = 0.02, high = 0.98;
    for (int k = 0; k < 60; k++) {
        const double w = (low + high) / 2;
        double up, down;
        assert_ok(snnfe_device_response(device, SNNFE_LTP, &w, 1, &up));
        assert_ok(snnfe_device_response(device, SNNFE_LTD, &w, 1, &down));
        *(up > down ? &low : &high) = w;
    }
    return BOUND * (2 * low - 1);
}

static snnfe_device *fine_device(double rsd)
{
    snnfe_device_options o = device_defaults();
    o.scale = 0.1;
    o.rsd_c2c = rsd;
    return device_make(&o);
}

static const double one_pulse = 0.01 * RANGE; /* of the fine device, nearly */

START_TEST(alternating_pulses_end_at_the_symmetry_point)
{
    for (int32_t method = SNNFE_PROGRAMMING_TIKI_TAKA; method <= SNNFE_PROGRAMMING_TIKI_TAKA_2;
         method++) {
        array *a = array_begin(fine_device(0.1), method);
        a->way.shift_pairs = 200;
        const double there = symmetry_point(a->device);
        ck_assert(there < -10 * one_pulse); /* the middle is another place */
        array_step(a);
        const float *zeros = a->states + N;
        ck_assert_double_eq_tol(array_mean(zeros), there, one_pulse);
        ck_assert_mem_eq(zeros, a->states, N * sizeof(float)); /* the fast cells are there, too */
        ck_assert_uint_eq(a->second[0] + a->second[N], 400);
        ck_assert_double_eq(array_mean(a->weights), 0);
        array_end(a);
    }
}
END_TEST

/* Pulses up and down as often bring a fast cell to its symmetry point from anywhere: taken as zero,
   it makes updates without a direction vanish. */
START_TEST(updates_without_a_direction_leave_weights_where_they_are)
{
    for (uint32_t pairs = 0; pairs <= 200; pairs += 200) {
        array *a = array_begin(fine_device(0), SNNFE_PROGRAMMING_TIKI_TAKA);
        a->way.shift_pairs = pairs;
        a->way.period = 300;
        a->o.threshold = 0.01;
        for (int k = 0; k < 300; k++) {
            for (size_t i = 0; i < N; i++)
                a->updates[i] = (float)one_pulse * ((i + (size_t)k) % 2 ? 1 : -1);
            array_step(a);
        }
        ck_assert_double_eq_tol(array_mean(a->states), symmetry_point(a->device), one_pulse);
        /* A transfer of a tenth of the distance to zero. */
        const double moved = array_mean(a->weights);
        if (pairs > 0)
            ck_assert_double_eq_tol(moved, 0, 0.15 * one_pulse);
        else
            ck_assert_double_le(moved, -0.5 * one_pulse);
        array_end(a);
    }
}
END_TEST

START_TEST(a_digital_sum_between_the_cells_keeps_what_is_no_whole_unit)
{
    array *a = array_begin(linear(0.02), SNNFE_PROGRAMMING_TIKI_TAKA_2);
    a->o.threshold = 0.02;
    a->way.shift_pairs = 0;
    a->way.transfer_rate = 0.25;
    const double unit = 0.02 * RANGE;
    array_fill(a->updates, (float)unit);
    array_step(a); /* fast: one unit or, as single precision has it, next to none less */
    array_fill(a->updates, 0);
    for (int k = 1; k < 9; k++)
        array_step(a);
    for (size_t i = 0; i < N; i++) {
        const double fast = (double)a->states[i], hidden = (double)a->states[2 * N + i];
        ck_assert_double_eq_tol((double)a->weights[i] + hidden, 9 * 0.25 * fast, 1e-6);
        ck_assert_double_lt(fabs(hidden), unit);
    }
    ck_assert_double_eq_tol(array_mean(a->weights) / unit, 2, 1e-3);
    array_end(a);
}
END_TEST

START_TEST(pairs_hold_their_weights_and_are_refreshed)
{
    array *a = array_begin(linear(0.04), SNNFE_PROGRAMMING_PAIRS);
    a->o.threshold = 0.02; /* of a cell of a pair 0.04 are 0.02 of the weight's range */
    const double unit = 0.02 * RANGE;
    array_fill(a->weights, (float)(-3 * unit));
    for (int k = 0; k < 10; k++) {
        array_fill(a->updates, (float)unit);
        array_step(a);
    }
    ck_assert_double_eq_tol(array_mean(a->weights) / unit, 7, 1e-3);
    ck_assert_double_eq_tol((double)a->states[0], 0.4, 1e-3);
    ck_assert_double_eq_tol((double)a->states[N], 0.12, 1e-3);
    ck_assert_uint_eq(a->pulses[SNNFE_LTP][0], 10);
    ck_assert_uint_eq(a->second[0], 0);
    /* To and fro fills both cells; erased twice for each refresh. */
    for (int k = 0; k < 60; k++) {
        array_fill(a->updates, (float)(k % 2 ? -unit : unit));
        array_step(a);
        ck_assert(a->states[0] <= 0.9F + 0.05F && a->states[N] <= 0.9F + 0.05F);
        ck_assert_double_eq_tol((double)a->weights[0],
                                BOUND * ((double)a->states[0] - (double)a->states[N]), 1e-8);
    }
    ck_assert_double_eq_tol(array_mean(a->weights) / unit, 7, 1.01);
    ck_assert_uint_ge(a->pulses[SNNFE_LTD][0], 1);
    ck_assert_uint_eq(a->pulses[SNNFE_LTD][0], a->second[N]);
    array_end(a);
}
END_TEST

/* A refresh erases both cells and gives the right one as many pulses as the difference needs,
   within the budget; what it misses stays in the accumulator. */
START_TEST(refreshes_have_a_budget)
{
    static const struct {
        uint32_t budget, pulses; /* of the refresh: 0.46 in steps of 0.04 are 12 */
        float first, second;
        int sign;
    } cases[] = {{1000, 12, 0.88F, 0.46F, 1},
                 {12, 12, 0.88F, 0.46F, 1},
                 {11, 11, 0.88F, 0.46F, 1},
                 {1, 1, 0.88F, 0.46F, 1},
                 {3, 3, 0.46F, 0.88F, -1}};
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        array *a = array_begin(linear(0.04), SNNFE_PROGRAMMING_PAIRS);
        const int sign = cases[c].sign;
        const double unit = 0.02 * RANGE;
        a->o.threshold = 0.02;
        a->way.most_pulses = cases[c].budget;
        array_fill(a->states, cases[c].first);
        array_fill(a->states + N, cases[c].second);
        array_fill(a->weights, (float)BOUND * (cases[c].first - cases[c].second));
        array_fill(a->updates, (float)(sign * 1.001 * unit));
        array_step(a);
        const uint32_t *rising = sign > 0 ? a->pulses[SNNFE_LTP] : a->second;
        const uint32_t *other = sign > 0 ? a->second : a->pulses[SNNFE_LTP];
        const double wanted = sign * 0.46 * BOUND, made = sign * 0.04 * cases[c].pulses * BOUND;
        ck_assert_uint_eq(rising[7], 1 + cases[c].pulses);
        ck_assert_uint_eq(other[7], 0);
        ck_assert_uint_eq(a->pulses[SNNFE_LTD][7], 1);
        ck_assert_uint_eq(a->second[N + 7], 1);
        ck_assert_double_eq_tol((double)a->weights[7], made, 1e-7);
        ck_assert_double_eq_tol((double)a->accumulators[7], wanted - made + sign * 0.001 * unit,
                                1e-7);
        ck_assert_double_eq(sign > 0 ? (double)a->states[N + 7] : (double)a->states[7], 0);
        array_end(a);
    }
}
END_TEST

/* A cell is full from the share of its window on that the options say; a stuck one never is. */
START_TEST(full_cells_are_refreshed)
{
    for (int full = 0; full < 2; full++) {
        array *a = array_begin(linear(0.04), SNNFE_PROGRAMMING_PAIRS);
        array_fill(a->states, full ? 0.9F : nextafterf(0.9F, 0));
        array_fill(a->states + N, 0.25F);
        for (size_t i = 0; i < N; i++) {
            a->weights[i] = (float)(BOUND * ((double)a->states[i] - 0.25));
            a->updates[i] = (float)(-1.001 * 0.025 * RANGE); /* the other cell gets the pulse */
        }
        array_step(a);
        ck_assert_uint_eq(a->second[3], 1);
        ck_assert_uint_eq(a->pulses[SNNFE_LTD][3], (uint32_t)full);
        array_end(a);
    }
    snnfe_cells_options o = cells_defaults();
    o.stuck_anywhere = 0.3;
    array *a = array_begin(device_on_cells(&o), SNNFE_PROGRAMMING_PAIRS);
    static snnfe_cell cells[2][N];
    size_t n_stuck = 0;
    for (uint64_t k = 0; k < 2; k++)
        assert_ok(snnfe_device_cells(a->device, k << 31, N, cells[k], sizeof cells[k][0]));
    array_fill(a->updates, (float)(-1.001 * 0.025 * RANGE));
    array_step(a);
    for (size_t i = 0; i < N; i++)
        if (cells[0][i].low >= cells[0][i].high && cells[1][i].low < cells[1][i].high) {
            n_stuck++;
            ck_assert_uint_eq(a->second[i], 1);
            ck_assert_uint_eq(a->pulses[SNNFE_LTD][i], 0);
        }
    ck_assert_uint_gt(n_stuck, N / 10);
    array_end(a);
}
END_TEST

/* --- bad options ---------------------------------------------------------------------------- */

static void assert_bad(snnfe_programming_options way, const char *message)
{
    snnfe_device *device = fine_device(0);
    snnfe_device_step_options o;
    float weight = 0, sum = 0;
    const float update = 0.1F;
    assert_ok(snnfe_device_step_options_init(&o, sizeof o));
    o.programming = &way;
    assert_fails(snnfe_device_step(device, &o, &weight, &sum, &update, 1, NULL, NULL, NULL, NULL),
                 SNNFE_ERR_ARGUMENT, message);
    ck_assert_double_eq((double)weight + (double)sum, 0);
    snnfe_device_free(device);
}

#define ASSERT_BAD(member, value, message)                                                         \
    do {                                                                                           \
        snnfe_programming_options o;                                                               \
        assert_ok(snnfe_programming_options_init(&o, sizeof o));                                   \
        o.member = value;                                                                          \
        assert_bad(o, "snnfe_programming_options." #member message);                               \
    } while (0)

START_TEST(bad_options_are_named)
{
    ASSERT_BAD(method, 7, " is 7");
    ASSERT_BAD(method, -1, " is -1");
    ASSERT_BAD(most_pulses, 0, " is 0, not in 1…1000");
    ASSERT_BAD(period, 0, " is 0, not in 1…1000000");
    ASSERT_BAD(shift_pairs, 10001, " is 10001");
    ASSERT_BAD(reserved, 1, " is 1");
    ASSERT_BAD(fast_rate, 0, " is 0");
    ASSERT_BAD(transfer_rate, 1.5, " is 1.5");
    ASSERT_BAD(tolerance, (double)NAN, " is nan");
    ASSERT_BAD(refresh, 0, " is 0");
    assert_fails(snnfe_programming_options_init(NULL, 100), SNNFE_ERR_ARGUMENT, "options");
}
END_TEST

/* Each number that is set does something, or is refused by its name, by whichever way. */
START_TEST(numbers_of_other_ways_are_refused)
{
    snnfe_programming_options set;
    assert_ok(snnfe_programming_options_init(&set, sizeof set));
    set.method = _i;
    set.most_pulses = 3;
    set.period = 2;
    set.fast_rate = 2;
    set.transfer_rate = 0.2;
    set.shift_pairs = 4;
    set.tolerance = 0.1;
    set.refresh = 0.5;
    const snnfe_programming_options own = device_way(set);
    static const struct {
        const char *name;
        size_t offset, size;
    } numbers[] = {
#define NUMBER(member)                                                                             \
    {#member " is set, but has no effect unless method is ",                                       \
     offsetof(snnfe_programming_options, member), sizeof set.member}
        NUMBER(most_pulses), NUMBER(period),    NUMBER(fast_rate), NUMBER(transfer_rate),
        NUMBER(shift_pairs), NUMBER(tolerance), NUMBER(refresh),
#undef NUMBER
    };
    size_t n_refused = 0;
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        snnfe_programming_options one = own;
        memcpy((char *)&one + numbers[i].offset, (const char *)&set + numbers[i].offset,
               numbers[i].size);
        if (memcmp(&one, &own, sizeof one) == 0)
            continue;
        assert_bad(one, numbers[i].name);
        n_refused++;
    }
    static const size_t expected[] = {7, 6, 5, 2, 2, 4, 5};
    ck_assert_uint_eq(n_refused, expected[_i]);
}
END_TEST

START_TEST(write_verify_takes_no_thresholds)
{
    array *a = array_begin(fine_device(0), SNNFE_PROGRAMMING_VERIFY);
    snnfe_device_step_options o = a->o;
    o.programming = &a->way;
#define STEP()                                                                                     \
    snnfe_device_step(a->device, &o, a->weights, a->accumulators, a->updates, N, NULL, NULL, NULL, \
                      NULL)
    assert_ok(STEP());
    o.threshold = 0.05;
    assert_fails(STEP(), SNNFE_ERR_ARGUMENT,
                 "snnfe_device_step_options.threshold is set, but has no effect unless programming "
                 "is another way than VERIFY");
    o.threshold = a->o.threshold;
    o.threshold_asymmetry = 2;
    assert_fails(STEP(), SNNFE_ERR_ARGUMENT, ".threshold_asymmetry is set, but has no effect");
    o.programming = NULL;
    assert_ok(STEP());
#undef STEP
    array_end(a);
}
END_TEST

START_TEST(what_a_way_needs_is_named)
{
    array *a = array_begin(fine_device(0), SNNFE_PROGRAMMING_PAIRS);
    a->o.programming = &a->way;
#define STEP()                                                                                     \
    snnfe_device_step(a->device, &a->o, a->weights, a->accumulators, a->updates, N, NULL, NULL,    \
                      NULL, NULL)
    assert_fails(STEP(), SNNFE_ERR_ARGUMENT, "states is NULL");
    a->o.states = a->states;
    assert_fails(STEP(), SNNFE_ERR_ARGUMENT, "second_pulses is NULL");
    a->o.second_pulses = a->second;
    a->o.offset = (UINT64_C(1) << 31) - N + 1;
    assert_fails(STEP(), SNNFE_ERR_ARGUMENT, "synapse 2147483648 has no second cell");
    a->o.offset--;
    assert_ok(STEP());
    a->states[N + 3] = NAN;
    assert_fails(STEP(), SNNFE_ERR_NONFINITE, "minus[3]");
    a->states[N + 3] = 0;
    for (int32_t method = SNNFE_PROGRAMMING_VERIFY; method <= SNNFE_PROGRAMMING_PAIRS; method++) {
        a->way.method = method;
        a->o.levels = 4;
        assert_fails(STEP(), SNNFE_ERR_ARGUMENT, "levels (4) must be 0");
    }
    array_end(a);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ways");
    TCase *tc = tcase_create("all");
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, random_pulses_are_the_update_in_the_mean);
    tcase_add_test(tc, mixed_precision_transfers_whole_units_and_keeps_the_rest);
    tcase_add_test(tc, verified_weights_are_within_the_tolerance_as_far_as_the_budget_goes);
    tcase_add_loop_test(tc, verification_reads_with_the_noise_of_the_cells, 0, 2);
    tcase_add_test(tc, alternating_pulses_end_at_the_symmetry_point);
    tcase_add_test(tc, updates_without_a_direction_leave_weights_where_they_are);
    tcase_add_test(tc, a_digital_sum_between_the_cells_keeps_what_is_no_whole_unit);
    tcase_add_test(tc, pairs_hold_their_weights_and_are_refreshed);
    tcase_add_test(tc, refreshes_have_a_budget);
    tcase_add_test(tc, full_cells_are_refreshed);
    tcase_add_test(tc, bad_options_are_named);
    tcase_add_loop_test(tc, numbers_of_other_ways_are_refused, 0, SNNFE_PROGRAMMING_PAIRS + 1);
    tcase_add_test(tc, write_verify_takes_no_thresholds);
    tcase_add_test(tc, what_a_way_needs_is_named);
    suite_add_tcase(suite, tc);
    return support_run(suite);
}
