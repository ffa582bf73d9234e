/* Ways to program against theory: means, remainders, tolerances, symmetry points, pairs; the same
   bits in any pieces; bad options. */
#include "support.h"

#include <math.h>
#include <snnfe/device.h>
#include <stdlib.h>
#include <string.h>

#define N 20000
#define BOUND 0.0625
#define RANGE (2 * BOUND)

static const int32_t n_methods = SNNFE_PROGRAMMING_PAIRS + 1;

/* Everything that a step knows of N synapses. */
typedef struct array {
    float weights[N], accumulators[N], updates[N], states[SNNFE_WAY_STATES * N], histories[2 * N];
    uint32_t pulses[2][N], second[2 * N];
    snnfe_device *device;
    snnfe_device_step_options o;
    snnfe_programming_options way;
    uint64_t ltp, ltd; /* of the last step */
} array;

/* A device whose pulses change a conductance by as much everywhere. */
static snnfe_device *linear(double change)
{
    const double w[2] = {0, 1}, dw[2] = {change, change};
    snnfe_device_options o;
    snnfe_device *device = NULL;
    assert_ok(snnfe_device_options_init(&o, sizeof o));
    o.response = SNNFE_RESPONSE_TABLE;
    o.table_w = w;
    o.table_ltp = o.table_ltd = dw;
    o.n_table = 2;
    assert_ok(snnfe_device_create(&device, &o));
    return device;
}

static array *begin(snnfe_device *device, int32_t method)
{
    array *a = calloc(1, sizeof *a);
    ck_assert_ptr_nonnull(a);
    a->device = device;
    assert_ok(snnfe_device_step_options_init(&a->o, sizeof a->o));
    assert_ok(snnfe_programming_options_init(&a->way, sizeof a->way));
    a->way.method = method;
    a->o.seed = support_seed();
    a->o.bound = BOUND;
    return a;
}

static void end(array *a)
{
    snnfe_device_free(a->device);
    free(a);
}

static void step(array *a)
{
    a->o.programming = &a->way;
    a->o.states = a->states;
    a->o.second_pulses = a->second;
    a->o.histories = a->histories;
    assert_ok(snnfe_device_step(a->device, &a->o, a->weights, a->accumulators, a->updates, N,
                                a->pulses[0], a->pulses[1], &a->ltp, &a->ltd));
    a->o.step++;
}

static void fill(float *values, float value)
{
    for (size_t i = 0; i < N; i++)
        values[i] = value;
}

static double mean(const float *values)
{
    double sum = 0;
    for (size_t i = 0; i < N; i++)
        sum += (double)values[i];
    return sum / N;
}

START_TEST(random_pulses_are_the_update_in_the_mean)
{
    array *a = begin(linear(0.02), SNNFE_PROGRAMMING_STOCHASTIC);
    a->o.threshold = 0.02;
    const double unit = 0.02 * RANGE;
    const double updates[] = {0.3, -0.3, 1.75, -2.5, 0.01};
    for (size_t u = 0; u < 5; u++) {
        fill(a->weights, 0);
        fill(a->updates, (float)(updates[u] * unit));
        step(a);
        const double part = fabs(updates[u]) - floor(fabs(updates[u]));
        const double error = 5 * sqrt(part * (1 - part) / N) + 1e-4;
        ck_assert_double_eq_tol(mean(a->weights) / unit, updates[u], error);
        ck_assert_double_eq_tol((double)(a->ltp + a->ltd) / N, fabs(updates[u]), error);
        ck_assert((updates[u] > 0 ? a->ltd : a->ltp) == 0);
        ck_assert_double_eq(mean(a->accumulators), 0);
    }
    a->way.most_pulses = 2;
    fill(a->weights, 0);
    fill(a->updates, (float)(7 * unit));
    step(a);
    ck_assert_double_eq_tol(mean(a->weights) / unit, 2, 1e-4);
    end(a);
}
END_TEST

START_TEST(mixed_precision_transfers_whole_units_and_keeps_the_rest)
{
    array *a = begin(linear(0.02), SNNFE_PROGRAMMING_MIXED);
    a->o.threshold = 0.02;
    a->way.period = 4;
    const double unit = 0.02 * RANGE;
    for (size_t i = 0; i < N; i++)
        a->updates[i] = (float)(unit * (0.65 + 0.3 * sin((double)i))) * (i % 2 ? 1 : -1);
    for (int k = 0; k < 3; k++) {
        step(a);
        ck_assert_uint_eq(a->ltp + a->ltd, 0);
    }
    step(a);
    for (size_t i = 0; i < N; i++) {
        const double wanted = 4 * (double)a->updates[i];
        ck_assert_double_eq_tol((double)a->weights[i], trunc(wanted / unit) * unit, 1e-6);
        ck_assert_double_eq_tol((double)(a->weights[i] + a->accumulators[i]), wanted, 1e-6);
    }
    a->way.most_pulses = 1;
    a->way.period = 1;
    a->o.step = 0;
    fill(a->accumulators, (float)(5.5 * unit));
    fill(a->updates, 0);
    fill(a->weights, 0);
    step(a);
    ck_assert_double_eq_tol(mean(a->accumulators) / unit, 4.5, 1e-3);
    ck_assert_uint_eq(a->ltp, N);
    end(a);
}
END_TEST

/* Of wanted changes that are uniform in 0…D, those up to tolerance + budget pulses are reached. */
static void check_reached(uint32_t budget)
{
    array *a = begin(linear(0.01), SNNFE_PROGRAMMING_VERIFY);
    a->way.tolerance = 0.0055;
    a->way.most_pulses = budget;
    const double most = 0.4 * RANGE, tolerance = a->way.tolerance * RANGE;
    for (size_t i = 0; i < N; i++)
        a->updates[i] = (float)(most * ((double)i + 0.5) / N) * (i % 2 ? 1 : -1);
    step(a);
    size_t n_reached = 0;
    for (size_t i = 0; i < N; i++) {
        ck_assert_double_eq_tol((double)(a->weights[i] + a->accumulators[i]), (double)a->updates[i],
                                1e-7);
        n_reached += fabs((double)a->accumulators[i]) <= tolerance * (1 + 1e-4);
    }
    const double share = fmin((a->way.tolerance + 0.01 * budget) / 0.4, 1);
    ck_assert_double_eq_tol((double)n_reached / N, share, 2e-3);
    /* Later steps go on with what is missing. */
    fill(a->updates, 0);
    for (int k = 0; k < 40; k++)
        step(a);
    for (size_t i = 0; i < N; i++)
        ck_assert(fabs((double)a->accumulators[i]) <= tolerance * (1 + 1e-4));
    ck_assert_uint_eq(a->ltp + a->ltd, 0);
    end(a);
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
    snnfe_device_options o;
    snnfe_cells_options cells;
    snnfe_device *device = NULL;
    assert_ok(snnfe_device_options_init(&o, sizeof o));
    assert_ok(snnfe_cells_options_init(&cells, sizeof cells));
    cells.read_noise = 0.02;
    o.cells = &cells;
    assert_ok(snnfe_device_create(&device, &o));
    array *a = begin(device, SNNFE_PROGRAMMING_VERIFY);
    a->way.tolerance = 0.03;
    a->way.most_pulses = 1;
    step(a);
    /* P(|z| > 1.5) */
    ck_assert_double_eq_tol((double)(a->ltp + a->ltd) / N, erfc(1.5 / sqrt(2)),
                            5 * sqrt(0.134 * 0.866 / N));
    end(a);
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
    snnfe_device_options o;
    snnfe_device *device = NULL;
    assert_ok(snnfe_device_options_init(&o, sizeof o));
    o.scale = 0.1;
    o.rsd_c2c = rsd;
    assert_ok(snnfe_device_create(&device, &o));
    return device;
}

static const double one_pulse = 0.01 * RANGE; /* of the fine device, nearly */

START_TEST(alternating_pulses_end_at_the_symmetry_point)
{
    for (int32_t method = SNNFE_PROGRAMMING_TIKI_TAKA; method <= SNNFE_PROGRAMMING_TIKI_TAKA_2;
         method++) {
        array *a = begin(fine_device(0.1), method);
        a->way.shift_pairs = 200;
        const double there = symmetry_point(a->device);
        ck_assert(there < -10 * one_pulse); /* the middle is another place */
        step(a);
        const float *zeros = a->states + N;
        ck_assert_double_eq_tol(mean(zeros), there, one_pulse);
        ck_assert_mem_eq(zeros, a->states, N * sizeof(float)); /* the fast cells are there, too */
        ck_assert_uint_eq(a->second[0] + a->second[N], 400);
        ck_assert_double_eq(mean(a->weights), 0);
        end(a);
    }
}
END_TEST

/* Pulses up and down as often bring a fast cell to its symmetry point from anywhere: taken as zero,
   it makes updates without a direction vanish. */
START_TEST(updates_without_a_direction_leave_weights_where_they_are)
{
    for (uint32_t pairs = 0; pairs <= 200; pairs += 200) {
        array *a = begin(fine_device(0), SNNFE_PROGRAMMING_TIKI_TAKA);
        a->way.shift_pairs = pairs;
        a->way.period = 300;
        a->o.threshold = 0.01;
        for (int k = 0; k < 300; k++) {
            for (size_t i = 0; i < N; i++)
                a->updates[i] = (float)one_pulse * ((i + (size_t)k) % 2 ? 1 : -1);
            step(a);
        }
        ck_assert_double_eq_tol(mean(a->states), symmetry_point(a->device), one_pulse);
        /* A transfer of a tenth of the distance to zero. */
        const double moved = mean(a->weights);
        if (pairs > 0)
            ck_assert_double_eq_tol(moved, 0, 0.15 * one_pulse);
        else
            ck_assert_double_le(moved, -0.5 * one_pulse);
        end(a);
    }
}
END_TEST

START_TEST(a_digital_sum_between_the_cells_keeps_what_is_no_whole_unit)
{
    array *a = begin(linear(0.02), SNNFE_PROGRAMMING_TIKI_TAKA_2);
    a->o.threshold = 0.02;
    a->way.shift_pairs = 0;
    a->way.transfer_rate = 0.25;
    const double unit = 0.02 * RANGE;
    fill(a->updates, (float)unit);
    step(a); /* fast: one unit or, as single precision has it, next to none less */
    fill(a->updates, 0);
    for (int k = 1; k < 9; k++)
        step(a);
    for (size_t i = 0; i < N; i++) {
        const double fast = (double)a->states[i], hidden = (double)a->states[2 * N + i];
        ck_assert_double_eq_tol((double)a->weights[i] + hidden, 9 * 0.25 * fast, 1e-6);
        ck_assert_double_lt(fabs(hidden), unit);
    }
    ck_assert_double_eq_tol(mean(a->weights) / unit, 2, 1e-3);
    end(a);
}
END_TEST

START_TEST(pairs_hold_their_weights_and_are_refreshed)
{
    array *a = begin(linear(0.04), SNNFE_PROGRAMMING_PAIRS);
    a->o.threshold = 0.02; /* of a cell of a pair 0.04 are 0.02 of the weight's range */
    const double unit = 0.02 * RANGE;
    fill(a->weights, (float)(-3 * unit));
    for (int k = 0; k < 10; k++) {
        fill(a->updates, (float)unit);
        step(a);
    }
    ck_assert_double_eq_tol(mean(a->weights) / unit, 7, 1e-3);
    ck_assert_double_eq_tol((double)a->states[0], 0.4, 1e-3);
    ck_assert_double_eq_tol((double)a->states[N], 0.12, 1e-3);
    ck_assert_uint_eq(a->pulses[SNNFE_LTP][0], 10);
    ck_assert_uint_eq(a->second[0], 0);
    /* To and fro fills both cells; erased twice for each refresh. */
    for (int k = 0; k < 60; k++) {
        fill(a->updates, (float)(k % 2 ? -unit : unit));
        step(a);
        ck_assert(a->states[0] <= 0.9F + 0.05F && a->states[N] <= 0.9F + 0.05F);
        ck_assert_double_eq_tol((double)a->weights[0],
                                BOUND * ((double)a->states[0] - (double)a->states[N]), 1e-8);
    }
    ck_assert_double_eq_tol(mean(a->weights) / unit, 7, 1.01);
    ck_assert_uint_ge(a->pulses[SNNFE_LTD][0], 1);
    ck_assert_uint_eq(a->pulses[SNNFE_LTD][0], a->second[N]);
    end(a);
}
END_TEST

/* --- every way ------------------------------------------------------------------------------ */

static snnfe_device *rich_device(void)
{
    static const snnfe_pulse_form forms[1] = {{{0.05, 0.05}, {1.5, 2}, {2, 1.5}}};
    snnfe_device_options o;
    snnfe_cells_options cells;
    snnfe_device *device = NULL;
    assert_ok(snnfe_device_options_init(&o, sizeof o));
    assert_ok(snnfe_cells_options_init(&cells, sizeof cells));
    cells.spread_amplitude = cells.spread_window = 0.2;
    cells.stuck_low = cells.stuck_high = cells.stuck_anywhere = 0.05;
    cells.fatigue_pulses = 50;
    cells.endurance = 60;
    cells.read_noise = 0.01;
    cells.history = 0.5;
    o.cells = &cells;
    o.rsd_c2c = o.sigma_add = 0.02;
    o.forms = forms;
    o.n_forms = 1;
    o.policy = SNNFE_POLICY_NEAREST;
    assert_ok(snnfe_device_create(&device, &o));
    return device;
}

static array *run(int32_t method, int n_steps)
{
    array *a = begin(rich_device(), method);
    a->way.period = 2;
    a->way.shift_pairs = 3;
    for (size_t i = 0; i < N; i++)
        a->weights[i] = (float)(0.03 * sin((double)i));
    for (int k = 0; k < n_steps; k++) {
        for (size_t i = 0; i < N; i++)
            a->updates[i] = (float)(0.004 * sin(0.7 * (double)i + k));
        step(a);
    }
    return a;
}

/* One synapse by itself, with all that belongs to it. */
static void follow_one(int32_t method, const array *all, size_t i, int n_steps)
{
    snnfe_device *device = rich_device();
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
    end(a);
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
    end(a);
}
END_TEST

/* --- forms ---------------------------------------------------------------------------------- */

static snnfe_device *with_forms(int32_t policy)
{
    /* Small and large pulses beside dut2's, of the same shape. */
    static const snnfe_pulse_form forms[2] = {
        {{0.02611, 0.05969}, {1.6429, 2.4585}, {1.9873, 1.6885}},
        {{0.5222, 1.1938}, {1.6429, 2.4585}, {1.9873, 1.6885}},
    };
    snnfe_device_options o;
    snnfe_device *device = NULL;
    assert_ok(snnfe_device_options_init(&o, sizeof o));
    o.forms = forms;
    o.n_forms = 2;
    o.policy = policy;
    assert_ok(snnfe_device_create(&device, &o));
    return device;
}

static float moved(int32_t policy, float missing)
{
    array *a = begin(with_forms(policy), SNNFE_PROGRAMMING_VERIFY);
    a->way.most_pulses = 1;
    a->way.tolerance = 1e-3;
    a->updates[0] = missing;
    step(a);
    const float weight = a->weights[0];
    end(a);
    return weight;
}

START_TEST(the_pulse_nearest_to_the_wanted_change_is_picked)
{
    const double own = 0.2611 * pow(0.5, 0.6429) * pow(0.5, 0.9873) * RANGE;
    const double changes[3] = {0.1 * own, own, 2 * own};
    for (int k = 0; k < 3; k++) {
        const float nearest = moved(SNNFE_POLICY_NEAREST, (float)(1.1 * changes[k]));
        ck_assert_double_eq_tol((double)nearest, changes[k], 1e-7);
        const float first = moved(SNNFE_POLICY_FIRST, (float)(1.1 * changes[k]));
        ck_assert_double_eq_tol((double)first, own, 1e-7);
    }
}
END_TEST

START_TEST(several_forms_end_verification_closer)
{
    double missing[2];
    for (int32_t policy = 0; policy < 2; policy++) {
        array *a = begin(with_forms(policy), SNNFE_PROGRAMMING_VERIFY);
        a->way.tolerance = 0.01;
        for (size_t i = 0; i < N; i++)
            a->updates[i] = (float)(0.04 * sin((double)i));
        step(a);
        missing[policy] = 0;
        for (size_t i = 0; i < N; i++)
            missing[policy] += fabs((double)a->accumulators[i]) / N / RANGE;
        end(a);
    }
    ck_assert_double_lt(missing[1], 0.006);
    ck_assert_double_lt(missing[1], missing[0] / 3);
}
END_TEST

START_TEST(forms_are_saved_and_loaded)
{
    snnfe_device *device = with_forms(SNNFE_POLICY_NEAREST), *loaded = NULL;
    const char *path = support_path("forms.json");
    assert_ok(snnfe_device_save(device, path));
    assert_ok(snnfe_device_load(&loaded, path));
    snnfe_device_options a = {.struct_size = sizeof a}, b = {.struct_size = sizeof b};
    assert_ok(snnfe_device_get_options(device, &a));
    assert_ok(snnfe_device_get_options(loaded, &b));
    ck_assert_uint_eq(b.n_forms, 2);
    ck_assert_int_eq(b.policy, SNNFE_POLICY_NEAREST);
    ck_assert_mem_eq(a.forms, b.forms, 2 * sizeof *a.forms);
    snnfe_device_free(device);
    snnfe_device_free(loaded);
}
END_TEST

static void assert_no_file(const char *fields, const char *message)
{
    snnfe_device *device = NULL;
    const char *path = support_path("bad_forms.json");
    char content[512];
    snprintf(content, sizeof content, "{\"format\": \"snnfe device 1\", %s}", fields);
    support_write(path, content, strlen(content));
    assert_fails(snnfe_device_load(&device, path), SNNFE_ERR_FORMAT, message);
}

#define FORM "{\"amplitude\": [1, 1], \"alpha\": [1, 1], \"beta\": [1, 1]}"

START_TEST(bad_forms_in_files_are_named)
{
    assert_no_file("\"forms\": 3", "\"forms\" is not an array of 1…15 objects");
    assert_no_file("\"forms\": [" FORM ", 4]", "entry 1 is no object of amplitude, alpha and beta");
    assert_no_file("\"forms\": [{\"amplitude\": [1, 1], \"alpha\": [1, 1], \"gamma\": [1, 1]}]",
                   "\"forms[0].beta\" is not an array of 2 numbers");
    assert_no_file("\"forms\": [" FORM "], \"policy\": \"last\"", "\"policy\" is \"last\"");
    assert_no_file("\"policy\": \"nearest\"", "there are no forms to pick from");
    assert_no_file("\"forms\": [{\"amplitude\": [1, -1], \"alpha\": [1, 1], \"beta\": [1, 1]}]",
                   ".forms[0].amplitude[LTD] is -1");
    assert_no_file("\"forms\": [{\"amplitude\": [1, 1], \"alpha\": [0, 1], \"beta\": [1, 1]}]",
                   ".forms[0].alpha[LTP] is 0");
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

START_TEST(what_a_way_needs_is_named)
{
    array *a = begin(fine_device(0), SNNFE_PROGRAMMING_PAIRS);
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
    end(a);
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
    tcase_add_test(tc, verification_reads_with_the_noise_of_the_cells);
    tcase_add_test(tc, alternating_pulses_end_at_the_symmetry_point);
    tcase_add_test(tc, updates_without_a_direction_leave_weights_where_they_are);
    tcase_add_test(tc, a_digital_sum_between_the_cells_keeps_what_is_no_whole_unit);
    tcase_add_test(tc, pairs_hold_their_weights_and_are_refreshed);
    tcase_add_loop_test(tc, a_synapse_is_programmed_alike_in_any_company, 0, n_methods);
    tcase_add_loop_test(tc, weights_stay_in_their_cells_and_stuck_ones_stay, 0, n_methods);
    tcase_add_test(tc, the_pulse_nearest_to_the_wanted_change_is_picked);
    tcase_add_test(tc, several_forms_end_verification_closer);
    tcase_add_test(tc, forms_are_saved_and_loaded);
    tcase_add_test(tc, bad_forms_in_files_are_named);
    tcase_add_test(tc, bad_options_are_named);
    tcase_add_test(tc, what_a_way_needs_is_named);
    suite_add_tcase(suite, tc);
    return support_run(suite);
}
