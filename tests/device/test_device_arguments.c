/* Ends of what calls of devices take: numbers of synapses, steps and pulses, scales, pointers,
   arrays. */
#include "device/device_internal.h"
#include "device/population_internal.h"
#include "given.h"

#include <math.h>

/* --- defaults -------------------------------------------------------------------------------- */

/* As the headers tell them: what is not named is 0. */
START_TEST(defaults_are_those_of_the_headers)
{
    const snnfe_device_options device = {
        .struct_size = sizeof device,
        .amplitude = {0.2611, 0.5969},
        .alpha = {1.6429, 2.4585},
        .beta = {1.9873, 1.6885},
        .scale = 1,
        .asymmetry = 1,
        .bounds = {INFINITY, INFINITY, INFINITY, INFINITY, INFINITY, INFINITY, INFINITY},
    };
    const snnfe_cells_options cells = {
        .struct_size = sizeof cells,
        .truncation = 3,
        .wakeup_start = 1,
        .fatigue_exponent = 1,
        .retention_s = 1,
        .retention_exponent = 1,
        .retention_rest = 0.5,
        .adc_high = 1,
        .imprint_s = 1,
        .history_pulses = 1,
        .column_range = 1,
    };
    const snnfe_device_step_options step = {.struct_size = sizeof step,
                                            .threshold = 0.025,
                                            .threshold_asymmetry = 1,
                                            .bound = 0.0625,
                                            .seed = 5};
    const snnfe_programming_options way = {.struct_size = sizeof way,
                                           .most_pulses = 10,
                                           .period = 1,
                                           .fast_rate = 1,
                                           .transfer_rate = 0.1,
                                           .shift_pairs = 20,
                                           .tolerance = 0.02,
                                           .refresh = 0.9};
    given g;
    assert_ok(snnfe_device_options_init(&g.device, sizeof g.device));
    assert_ok(snnfe_cells_options_init(&g.cells, sizeof g.cells));
    assert_ok(snnfe_device_step_options_init(&g.step, sizeof g.step));
    assert_ok(snnfe_programming_options_init(&g.way, sizeof g.way));
    ck_assert_mem_eq(&g.device, &device, sizeof device);
    ck_assert_mem_eq(&g.cells, &cells, sizeof cells);
    ck_assert_mem_eq(&g.step, &step, sizeof step);
    ck_assert_mem_eq(&g.way, &way, sizeof way);
}
END_TEST

/* --- numbers of synapses, steps and pulses --------------------------------------------------- */

#define DRAWS (UINT64_C(1) << 48)

START_TEST(steps_and_synapses_are_counted)
{
    given g = defaults();
    g.step.step = DRAWS - 1;
    assert_taken(&g);
    g.step.step = DRAWS;
    assert_refused(&g, "step 281474976710656");
    g = defaults();
    g.step.offset = UINT32_MAX - 1;
    assert_taken(&g);
    g.step.offset = UINT32_MAX;
    assert_refused(&g, "too many");
    g.step.offset = UINT64_C(1) << 32;
    assert_refused(&g, "too many");
    g = defaults();
    g.way.method = SNNFE_PROGRAMMING_PAIRS;
    g.step.offset = INT32_MAX;
    assert_taken(&g);
    g.step.offset++;
    assert_refused(&g, "synapse 2147483648 has no second cell");
}
END_TEST

START_TEST(arguments_have_ends)
{
    snnfe_device *device = device_make(NULL);
    snnfe_cell cell;
    const uint64_t most = UINT64_C(1) << 32;
    float weight = 0.5F;
    double w = 0;
    assert_ok(snnfe_device_cells(device, most - 1, 1, &cell, sizeof cell));
    assert_ok(snnfe_device_cells(device, most, 0, &cell, sizeof cell));
    assert_fails(snnfe_device_cells(device, most, 1, &cell, sizeof cell), SNNFE_ERR_ARGUMENT,
                 "too many");
    assert_fails(snnfe_device_cells(device, most + 1, 0, &cell, sizeof cell), SNNFE_ERR_ARGUMENT,
                 "too many");
    assert_ok(snnfe_device_pulse(device, SNNFE_LTP, &w, 1, 1, DRAWS - 1));
    assert_fails(snnfe_device_pulse(device, SNNFE_LTP, &w, 1, 1, DRAWS), SNNFE_ERR_ARGUMENT,
                 "too many");
    assert_fails(snnfe_device_pulse(device, SNNFE_LTP, &w, most, 1, 0), SNNFE_ERR_ARGUMENT,
                 "too many");
    const double ends[] = {0, 1}, beyond[] = {-1e-300, nextafter(1, 2), (double)NAN};
    for (size_t i = 0; i < 2; i++) {
        w = ends[i];
        assert_ok(snnfe_device_pulse(device, SNNFE_LTD, &w, 1, 1, 0));
    }
    for (size_t i = 0; i < 3; i++) {
        w = beyond[i];
        assert_fails(snnfe_device_pulse(device, SNNFE_LTD, &w, 1, 1, 0), SNNFE_ERR_ARGUMENT,
                     "conductance 0 is ");
    }
    w = 0;
    assert_fails(snnfe_device_pulse(device, -1, &w, 1, 1, 0), SNNFE_ERR_ARGUMENT,
                 "direction is -1");
    assert_ok(snnfe_device_age(device, &weight, 1, 1, 0, 1e18, 1e18, 0));
    assert_fails(snnfe_device_age(device, &weight, 1, 1, 0, 0, nextafter(1e18, 2e18), 0),
                 SNNFE_ERR_ARGUMENT, "to_s is ");
    assert_fails(snnfe_device_age(device, &weight, 1, 1, 0, nextafter(1e18, 2e18), 0, 0),
                 SNNFE_ERR_ARGUMENT, "from_s is ");
    assert_ok(snnfe_programming_noise(&weight, 1, 1, 4, 1, DRAWS - 1));
    assert_fails(snnfe_programming_noise(&weight, 1, 1, 4, 1, DRAWS), SNNFE_ERR_ARGUMENT,
                 "stream is 281474976710656");
    assert_ok(snnfe_quantize(&weight, 1, 1, 2));
    assert_ok(snnfe_quantize(&weight, 1, 1, 65536));
    assert_fails(snnfe_quantize(&weight, 1, 1, 0), SNNFE_ERR_ARGUMENT, "levels is 0");
    assert_fails(snnfe_quantize(&weight, 1, 1, 65538), SNNFE_ERR_ARGUMENT, "levels is 65538");
    snnfe_device_free(device);
}
END_TEST

/* What scales weights is above 0 and no larger than other numbers. */
START_TEST(scales_have_ends)
{
    snnfe_cells_options cells = cells_defaults();
    cells.retention = SNNFE_RETENTION_POWER;
    cells.read_noise = 0.01;
    snnfe_device *device = device_on_cells(&cells);
    float weight = 0;
    static const double taken[] = {1e-12, 1e12}, refused[] = {0, 0.9e-12, -1, 1.1e12, HUGE_VAL};
    for (size_t i = 0; i < 2; i++) {
        assert_ok(snnfe_device_age(device, &weight, 1, taken[i], 0, 0, 1, 0));
        assert_ok(snnfe_device_read(device, &weight, 1, 1, taken[i], 0, 1));
        assert_ok(snnfe_quantize(&weight, 1, taken[i], 2));
        assert_ok(snnfe_programming_noise(&weight, 1, taken[i], 1, 1, 0));
        assert_ok(snnfe_programming_noise(&weight, 1, 1, taken[i], 1, 0));
    }
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        assert_fails(snnfe_device_age(device, &weight, 1, refused[i], 0, 0, 1, 0),
                     SNNFE_ERR_ARGUMENT, "snnfe_device_age: bound is ");
        assert_fails(snnfe_device_read(device, &weight, 1, 1, refused[i], 0, 1), SNNFE_ERR_ARGUMENT,
                     "snnfe_device_read: bound is ");
        assert_fails(snnfe_quantize(&weight, 1, refused[i], 2), SNNFE_ERR_ARGUMENT,
                     "snnfe_quantize: bound is ");
        assert_fails(snnfe_programming_noise(&weight, 1, refused[i], 1, 1, 0), SNNFE_ERR_ARGUMENT,
                     "snnfe_programming_noise: bound is ");
        assert_fails(snnfe_programming_noise(&weight, 1, 1, refused[i], 1, 0), SNNFE_ERR_ARGUMENT,
                     "snnfe_programming_noise: x is ");
    }
    assert_fails(snnfe_device_age(device, &weight, 2, 1, UINT32_MAX, 0, 1, 0), SNNFE_ERR_ARGUMENT,
                 "too many");
    assert_fails(snnfe_device_read(device, &weight, 2, 1, 1, UINT32_MAX, 1), SNNFE_ERR_ARGUMENT,
                 "too many");
    weight = NAN;
    assert_fails(snnfe_device_age(device, &weight, 1, 1, 0, 0, 1, 0), SNNFE_ERR_NONFINITE,
                 "weights[0] is nan");
    assert_fails(snnfe_device_read(device, &weight, 1, 1, 1, 0, 1), SNNFE_ERR_NONFINITE,
                 "weights[0] is nan");
    assert_fails(snnfe_quantize(&weight, 1, 1, 2), SNNFE_ERR_NONFINITE, "weights[0] is nan");
    assert_fails(snnfe_programming_noise(&weight, 1, 1, 1, 1, 0), SNNFE_ERR_NONFINITE,
                 "weights[0] is nan");
    snnfe_device_free(device);
}
END_TEST

/* The call itself says so, not one within it. */
static void check_null(const char *text, snnfe_status status, const char *name)
{
    char words[80];
    snprintf(words, sizeof words, "%.*s: %s is NULL", (int)strcspn(text, "("), text, name);
    ck_assert_int_eq(status, SNNFE_ERR_ARGUMENT);
    ck_assert_str_eq(snnfe_last_error(), words);
}

#define assert_null(call, name) check_null(#call, call, #name)

START_TEST(pointers_are_needed)
{
    snnfe_device *device = device_make(NULL), *none = NULL;
    const char *path = support_path("none.json");
    double w[2] = {0.5, 0.5}, dw[2] = {0};
    float x = 0, accumulator = 0;
    const float update = 0;
    const int32_t direction = SNNFE_LTP;
    snnfe_cell cell;
    snnfe_characterization c = {.struct_size = sizeof c};
    snnfe_device_options o = device_defaults();
    assert_null(snnfe_device_create(NULL, NULL), device);
    assert_null(snnfe_device_get_options(NULL, &o), device);
    assert_null(snnfe_device_get_options(device, NULL), options);
    assert_null(snnfe_device_options_published(NULL, "dut1"), options);
    assert_null(snnfe_device_options_published(&o, NULL), name);
    assert_null(snnfe_device_options_characterized(NULL, &c, 0), options);
    assert_null(snnfe_device_options_characterized(&o, NULL, 0), result);
    assert_null(snnfe_device_save(NULL, path), device);
    assert_null(snnfe_device_save(device, NULL), path);
    assert_null(snnfe_device_load(NULL, path), device);
    assert_null(snnfe_device_load(&none, NULL), path);
    assert_null(snnfe_device_response(NULL, 0, w, 1, dw), device);
    assert_null(snnfe_device_response(device, 0, NULL, 1, dw), w);
    assert_null(snnfe_device_response(device, 0, w, 1, NULL), dw);
    assert_null(snnfe_device_pulse(NULL, 0, w, 1, 0, 0), device);
    assert_null(snnfe_device_pulse(device, 0, NULL, 1, 0, 0), w);
    assert_null(snnfe_device_pulse_train(NULL, &direction, 1, 0.5, 0, dw), device);
    assert_null(snnfe_device_pulse_train(device, NULL, 1, 0.5, 0, dw), directions);
    assert_null(snnfe_device_pulse_train(device, &direction, 1, 0.5, 0, NULL), w);
    assert_null(snnfe_device_cells(NULL, 0, 1, &cell, sizeof cell), device);
    assert_null(snnfe_device_cells(device, 0, 1, NULL, sizeof cell), cells);
    assert_null(snnfe_device_age(NULL, &x, 1, 1, 0, 0, 1, 0), device);
    assert_null(snnfe_device_age(device, NULL, 1, 1, 0, 0, 1, 0), weights);
    assert_null(snnfe_device_read(NULL, &x, 1, 1, 1, 0, 0), device);
    assert_null(snnfe_device_read(device, NULL, 1, 1, 1, 0, 0), weights);
    assert_null(snnfe_quantize(NULL, 1, 1, 2), weights);
    assert_null(snnfe_programming_noise(NULL, 1, 1, 1, 0, 0), weights);
    assert_null(snnfe_device_step(NULL, NULL, &x, &x, &update, 1, NULL, NULL, NULL, NULL), device);
    assert_null(snnfe_device_step(device, NULL, NULL, &x, &update, 1, NULL, NULL, NULL, NULL),
                weights);
    assert_null(snnfe_device_step(device, NULL, &x, NULL, &update, 1, NULL, NULL, NULL, NULL),
                accumulators);
    assert_null(snnfe_device_step(device, NULL, &x, &accumulator, NULL, 1, NULL, NULL, NULL, NULL),
                updates);
    assert_null(snnfe_device_fit(0, NULL, dw, 4, &c), w);
    assert_null(snnfe_device_fit(0, w, NULL, 4, &c), dw);
    assert_null(snnfe_device_fit(0, w, dw, 4, NULL), result);
    assert_null(snnfe_device_characterize(NULL, w, 1, 1, &c, NULL), voltage);
    assert_null(snnfe_device_characterize(w, NULL, 1, 1, &c, NULL), conductance);
    assert_null(snnfe_device_characterize(w, w, 1, 1, NULL, NULL), result);
    assert_null(snnfe_device_characterize_file(NULL, 1, &c, NULL), path);
    snnfe_device_free(device);
}
END_TEST

/* A unit is the threshold of the whole range, of LTD times its asymmetry. */
START_TEST(units_are_those_of_the_range)
{
    given g = defaults();
    snnfe_device *device = device_make(NULL);
    g.step.bound = 0.25;
    g.step.threshold = 0.125;
    g.step.threshold_asymmetry = 3;
    snnfe_programming p = snnfe_programming_make(device, &g.step);
    ck_assert_float_eq(p.ltp_unit, 0.0625F);
    ck_assert_float_eq(p.ltd_unit, 0.1875F);
    ck_assert_float_eq(p.level_step, 0);
    g.step.levels = 4; /* 0, ½ and all of the bound, and the same below 0 */
    p = snnfe_programming_make(device, &g.step);
    ck_assert_float_eq(p.level_step, 0.125F);
    snnfe_device_free(device);
}
END_TEST

/* --- arrays ---------------------------------------------------------------------------------- */

enum { N = 5 };

/* Arrays with an element behind the last that no call may touch. */
typedef struct arrays {
    float weights[N + 1], accumulators[N + 1], updates[N + 1], states[SNNFE_WAY_STATES * N + 1],
        histories[2 * N + 1];
    double w[N + 1], dw[N + 2];
    uint32_t ltp[N + 1], ltd[N + 1], second[2 * N + 1];
    int32_t directions[N + 1];
    snnfe_cell cells[N + 1];
} arrays;

static arrays usual_arrays(void)
{
    arrays a;
    memset(&a, 0, sizeof a);
    for (size_t i = 0; i <= N; i++) {
        a.weights[i] = 0.01F * (float)i;
        a.updates[i] = i % 2 ? 0.05F : -0.05F;
        a.w[i] = 0.1 + 0.1 * (double)i;
    }
    return a;
}

static void assert_ends(const arrays *after)
{
    const arrays before = usual_arrays();
    ck_assert(after->weights[N] == before.weights[N]);
    ck_assert(after->accumulators[N] == before.accumulators[N]);
    ck_assert(after->states[SNNFE_WAY_STATES * N] == 0 && after->histories[2 * N] == 0);
    ck_assert(after->w[N] == before.w[N] && after->dw[N + 1] == 0);
    ck_assert(after->ltp[N] == 0 && after->ltd[N] == 0 && after->second[2 * N] == 0);
    ck_assert(after->cells[N].endurance == 0);
}

START_TEST(arrays_end_where_they_end)
{
    snnfe_device *device = device_with_every_effect();
    snnfe_cells_options o = cells_defaults();
    o.retention = SNNFE_RETENTION_POWER;
    o.read_disturb = 0.1;
    o.read_noise = 0.1;
    o.wire = 0.001;
    snnfe_device *losing = device_on_cells(&o);
    arrays a = usual_arrays();
    assert_ok(snnfe_device_response(device, SNNFE_LTP, a.w, N, a.dw));
    ck_assert(a.dw[N] == 0);
    assert_ok(snnfe_device_pulse(device, SNNFE_LTP, a.w, N, 1, 0));
    assert_ok(snnfe_device_pulse_train(device, a.directions, N, 0.5, 1, a.dw));
    assert_ok(snnfe_device_cells(device, 0, N, a.cells, sizeof a.cells[0]));
    assert_ok(snnfe_device_age(losing, a.weights, N, 0.5, 0, 1, 2, 0));
    assert_ok(snnfe_device_age(losing, a.weights, N, 0.5, 0, 1, 1, 3));
    assert_ok(snnfe_device_read(losing, a.weights, N, N, 0.5, 0, 1));
    assert_ok(snnfe_device_read(losing, a.weights, N, 1, 0.5, 0, 1));
    assert_ok(snnfe_quantize(a.weights, N, 0.5, 4));
    assert_ok(snnfe_programming_noise(a.weights, N, 0.5, 4, 1, 0));
    assert_ends(&a);
    for (int32_t method = 0; method <= SNNFE_PROGRAMMING_PAIRS; method++) {
        a = usual_arrays();
        given g = defaults();
        g.way.method = method;
        g.step.programming = &g.way;
        g.step.states = a.states;
        g.step.second_pulses = a.second;
        g.step.histories = a.histories;
        g.step.levels = method < SNNFE_PROGRAMMING_VERIFY ? 4 : 0;
        assert_ok(snnfe_device_step(device, &g.step, a.weights, a.accumulators, a.updates, N, a.ltp,
                                    a.ltd, NULL, NULL));
        assert_ends(&a);
    }
    snnfe_device_free(device);
    snnfe_device_free(losing);
}
END_TEST

/* Arrays of a step in one piece, one behind the other from the `first` on; the one at place `late`
   begins `over` floats before the end of the one before it. */
static snnfe_status step_side_by_side(const snnfe_device *device, given *g, size_t first,
                                      size_t late, size_t over)
{
    enum { N_ARRAYS = 10, CELL = sizeof(snnfe_cell) / sizeof(float) };
    static float room[100 * N];
    const size_t cells = g->way.method >= SNNFE_PROGRAMMING_TIKI_TAKA ? 2 : 1;
    const size_t sizes[N_ARRAYS] = {N,
                                    N,
                                    N,
                                    N,
                                    N,
                                    cells * N,
                                    N,
                                    cells == 2 ? SNNFE_WAY_STATES * N : 0,
                                    cells == 2 ? 2 * N : 0,
                                    cells * N * CELL};
    float *at[N_ARRAYS], *next = room + 1;
    memset(room, 0, sizeof room);
    for (size_t k = 0; k < N_ARRAYS; k++) {
        const size_t which = (first + k) % N_ARRAYS;
        at[which] = next - (k == late ? over : 0);
        next = at[which] + sizes[which];
    }
    for (size_t i = 0; i < cells * N; i++)
        memcpy(at[9] + i * CELL, &snnfe_nominal_cell, sizeof snnfe_nominal_cell);
    g->step.programming = &g->way;
    g->step.histories = at[5];
    g->step.imprints = at[6];
    g->step.states = at[7];
    g->step.second_pulses = (uint32_t *)(void *)at[8];
    g->step.drawn_cells = (const snnfe_cell *)(void *)at[9];
    return snnfe_device_step(device, &g->step, at[0], at[1], at[2], N, (uint32_t *)(void *)at[3],
                             (uint32_t *)(void *)at[4], NULL, NULL);
}

/* Side by side is not one over the other, and by one element is. */
START_TEST(arrays_may_lie_side_by_side)
{
    static const char *const names[] = {"weights",       "accumulators", "updates",  "ltp_pulses",
                                        "ltd_pulses",    "histories",    "imprints", "states",
                                        "second_pulses", "drawn_cells"};
    static const int32_t methods[] = {SNNFE_PROGRAMMING_ACCUMULATE, SNNFE_PROGRAMMING_TIKI_TAKA};
    snnfe_device *device = device_with_every_effect();
    for (size_t m = 0; m < 2; m++)
        for (size_t first = 0; first < 10; first++) {
            given g = defaults();
            g.way.method = methods[m];
            assert_ok(step_side_by_side(device, &g, first, 0, 0));
            for (size_t late = 1; late < 10; late++) {
                const size_t a = (first + late - 1) % 10, b = (first + late) % 10;
                const bool used = m == 1 || ((a < 7 || a == 9) && (b < 7 || b == 9));
                char expected[64];
                snprintf(expected, sizeof expected, "%s and %s overlap", names[a < b ? a : b],
                         names[a < b ? b : a]);
                if (used)
                    assert_fails(step_side_by_side(device, &g, first, late, 1), SNNFE_ERR_ARGUMENT,
                                 expected);
            }
        }
    /* Directions behind the conductances, and before them. */
    static const struct {
        size_t directions, w;
        bool apart;
    } places[] = {
        {2 * (N + 1), 0, true}, {2 * (N + 1) - 1, 0, false}, {1, N + 1, true}, {2, N + 1, false}};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        union {
            int32_t directions[4 * N];
            double w[2 * N];
        } room = {{0}};
        const snnfe_status status = snnfe_device_pulse_train(
            device, room.directions + places[i].directions, N, 0.5, 1, room.w + places[i].w / 2);
        if (places[i].apart)
            assert_ok(status);
        else
            assert_fails(status, SNNFE_ERR_ARGUMENT, "directions and w overlap");
    }
    snnfe_device_free(device);
}
END_TEST

/* What instruments write in place of a number is refused from its beginning on. */
START_TEST(measurements_have_ends)
{
    const double most = nextafter(SNNFE_OVER_RANGE, 0);
    double least = 1 / SNNFE_OVER_RANGE;
    while (1 / least >= SNNFE_OVER_RANGE)
        least = nextafter(least, 1);
    const struct {
        double voltage, conductance;
        bool taken;
    } cases[] = {{most, 1, true},
                 {-most, 1, true},
                 {SNNFE_OVER_RANGE, 1, false},
                 {-SNNFE_OVER_RANGE, 1, false},
                 {1, most, true},
                 {1, SNNFE_OVER_RANGE, false},
                 {1, least, true},
                 {1, nextafter(least, 0), false}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const double voltage[2] = {1, cases[i].voltage}, conductance[2] = {1, cases[i].conductance};
        if (cases[i].taken)
            assert_ok(snnfe_samples_check("call", voltage, conductance, 2));
        else
            assert_fails(snnfe_samples_check("call", voltage, conductance, 2), SNNFE_ERR_ARGUMENT,
                         "call: sample 1: ");
    }
}
END_TEST

/* Of no synapses nothing needs to be there. */
START_TEST(nothing_needs_nothing)
{
    snnfe_device *device = device_with_every_effect();
    for (int32_t method = 0; method <= SNNFE_PROGRAMMING_PAIRS; method++) {
        given g = defaults();
        uint64_t ltp = 7, ltd = 7;
        g.way.method = method;
        g.step.programming = &g.way;
        assert_ok(snnfe_device_step(device, &g.step, NULL, NULL, NULL, 0, NULL, NULL, &ltp, &ltd));
        ck_assert(ltp == 0 && ltd == 0);
    }
    assert_ok(snnfe_device_response(device, SNNFE_LTP, NULL, 0, NULL));
    assert_ok(snnfe_device_pulse(device, SNNFE_LTP, NULL, 0, 1, 0));
    assert_ok(snnfe_device_cells(device, 0, 0, NULL, sizeof(snnfe_cell)));
    snnfe_cells_options cells = cells_defaults();
    cells.retention = SNNFE_RETENTION_POWER;
    cells.read_noise = 0.01;
    snnfe_device *losing = device_on_cells(&cells);
    assert_ok(snnfe_device_age(losing, NULL, 0, 1, 0, 0, 1, 0));
    assert_ok(snnfe_device_read(losing, NULL, 0, 1, 1, 0, 1));
    snnfe_device_free(losing);
    assert_fails(snnfe_device_read(device, NULL, 0, 0, 1, 0, 1), SNNFE_ERR_ARGUMENT,
                 "0 weights are no columns of 0");
    assert_ok(snnfe_quantize(NULL, 0, 1, 2));
    assert_ok(snnfe_programming_noise(NULL, 0, 1, 4, 1, 0));
    snnfe_device_free(device);
}
END_TEST

/* A value that is wrong is found wherever it stands. */
START_TEST(every_element_is_checked)
{
    snnfe_device *device = device_with_every_effect();
    given g = defaults();
    for (size_t i = 0; i < N; i++) {
        arrays a = usual_arrays();
        const struct {
            float *array, wrong;
            const char *name;
        } cases[] = {{a.weights, NAN, "weights"},       {a.accumulators, NAN, "accumulators"},
                     {a.updates, NAN, "updates"},       {a.histories, 1.5F, "histories"},
                     {a.states, NAN, "fast"},           {a.states + N, NAN, "zero"},
                     {a.states + 2 * N, NAN, "hidden"}, {a.histories + N, 1.5F, "histories"},
                     {a.accumulators, 3e38F, "updates"}};
        g.way.method = SNNFE_PROGRAMMING_TIKI_TAKA_2;
        g.step.programming = &g.way;
        g.step.states = a.states;
        g.step.second_pulses = a.second;
        g.step.histories = a.histories;
        for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
            const float before = cases[c].array[i];
            cases[c].array[i] = cases[c].wrong;
            if (cases[c].wrong > 2)
                a.updates[i] = cases[c].wrong; /* the sum overflows */
            ck_assert_int_ne(snnfe_device_step(device, &g.step, a.weights, a.accumulators,
                                               a.updates, N, a.ltp, a.ltd, NULL, NULL),
                             SNNFE_OK);
            ck_assert_msg(strstr(snnfe_last_error(), cases[c].name), "%s", snnfe_last_error());
            cases[c].array[i] = before;
        }
        a = usual_arrays();
        a.w[i] = (double)NAN;
        ck_assert_int_eq(snnfe_device_response(device, 0, a.w, N, a.dw), SNNFE_ERR_NONFINITE);
        ck_assert_int_eq(snnfe_device_pulse(device, 0, a.w, N, 0, 0), SNNFE_ERR_ARGUMENT);
        a.directions[i] = 2;
        ck_assert_int_eq(snnfe_device_pulse_train(device, a.directions, N, 0.5, 0, a.dw),
                         SNNFE_ERR_ARGUMENT);
    }
    snnfe_device_free(device);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("device_arguments");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 60);
    tcase_add_test(all, defaults_are_those_of_the_headers);
    tcase_add_test(all, steps_and_synapses_are_counted);
    tcase_add_test(all, arguments_have_ends);
    tcase_add_test(all, units_are_those_of_the_range);
    tcase_add_test(all, scales_have_ends);
    tcase_add_test(all, pointers_are_needed);
    tcase_add_test(all, arrays_end_where_they_end);
    tcase_add_test(all, arrays_may_lie_side_by_side);
    tcase_add_test(all, measurements_have_ends);
    tcase_add_test(all, nothing_needs_nothing);
    tcase_add_test(all, every_element_is_checked);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
