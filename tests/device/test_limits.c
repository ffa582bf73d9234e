/* Every limit of the options of devices, cells, steps and ways to program: both ends are taken, the
   numbers next to them refused. */
#include "device/device_internal.h"
#include "devices.h"

#include <math.h>
#include <snnfe/device.h>

/* One struct of each kind, changed in one field at a time. */
typedef struct given {
    snnfe_device_options device;
    snnfe_cells_options cells;
    snnfe_device_step_options step;
    snnfe_programming_options way;
} given;

static given defaults(void)
{
    given g = {.device = device_defaults(), .cells = cells_defaults()};
    assert_ok(snnfe_device_step_options_init(&g.step, sizeof g.step));
    assert_ok(snnfe_programming_options_init(&g.way, sizeof g.way));
    return g;
}

/* A device of these options makes a step. */
static snnfe_status try(given *g)
{
    float weight = 0, accumulator = 0, histories[2] = {0}, states[SNNFE_WAY_STATES] = {0};
    const float update = 0;
    uint32_t ltp = 0, ltd = 0, second[2] = {0};
    snnfe_device *device = NULL;
    g->device.cells = &g->cells;
    g->step.programming = &g->way;
    g->step.histories = histories;
    g->step.states = states;
    g->step.second_pulses = second;
    snnfe_status status = snnfe_device_create(&device, &g->device);
    if (status == SNNFE_OK)
        status = snnfe_device_step(device, &g->step, &weight, &accumulator, &update, 1, &ltp, &ltd,
                                   NULL, NULL);
    snnfe_device_free(device);
    return status;
}

#define assert_taken(g) assert_ok(try(g))
#define assert_refused(g, name) assert_fails(try(g), SNNFE_ERR_ARGUMENT, name)

/* An end that another rule forbids before. */
#define NONE HUGE_VAL

/* --- numbers --------------------------------------------------------------------------------- */

typedef struct number_limit {
    const char *name; /* as messages have it */
    size_t offset;
    double least, most;
} number_limit;

#define NUMBER(part, field, least, most)                                                           \
    {                                                                                              \
#field " is ", offsetof(given, part.field), least, most                                    \
    }

static const number_limit numbers[] = {
    NUMBER(cells, spread_amplitude, 0, 10),
    NUMBER(cells, spread_alpha, 0, 10),
    NUMBER(cells, spread_beta, 0, 10),
    NUMBER(cells, spread_window, 0, 10),
    NUMBER(cells, correlation, -1, 1),
    NUMBER(cells, truncation, 0.1, 10),
    NUMBER(cells, stuck_low, 0, 1),
    NUMBER(cells, stuck_high, 0, 1),
    NUMBER(cells, stuck_anywhere, 0, 1),
    NUMBER(cells, pulses_before, 0, 1e18),
    NUMBER(cells, wakeup_pulses, 0, 1e18),
    NUMBER(cells, wakeup_start, 0, 10),
    NUMBER(cells, fatigue_pulses, 0, 1e18),
    NUMBER(cells, fatigue_exponent, 0.01, 10),
    NUMBER(cells, fatigue_end, 0, 1),
    NUMBER(cells, endurance, 0, 1e18),
    NUMBER(cells, endurance_spread, 0, 10),
    NUMBER(cells, retention_s, 1e-12, 1e18),
    NUMBER(cells, retention_exponent, 0.001, 10),
    NUMBER(cells, retention_spread, 0, 10),
    NUMBER(cells, retention_rest, 0, 1),
    NUMBER(cells, imprint, 0, 1),
    NUMBER(cells, imprint_s, 1e-12, 1e18),
    NUMBER(cells, held_s, 0, 1e18),
    NUMBER(cells, history, -1, 10),
    NUMBER(cells, history_pulses, 0.01, 1e6),
    NUMBER(cells, read_noise, 0, 10),
    NUMBER(cells, read_noise_state, 0, 10),
    NUMBER(cells, adc_low, -10, NONE),
    NUMBER(cells, adc_high, NONE, 10),
    NUMBER(cells, wire, 0, 1),
    NUMBER(cells, read_disturb, 0, 1),
    NUMBER(cells, read_disturb_rest, 0, 1),
    NUMBER(cells, column_range, 1e-6, 1),
    NUMBER(device, scale, 0, 1e12),
    NUMBER(device, asymmetry, 0, 1e12),
    NUMBER(device, rsd_c2c, 0, 1e12),
    NUMBER(device, sigma_add, 0, 1e12),
    NUMBER(device, sigma_mul, 0, 1e12),
    NUMBER(device, rsd_c2c_state, -10, 10),
    NUMBER(step, threshold, 1e-12, 1e12),
    NUMBER(step, threshold_asymmetry, 1e-12, 1e12),
    NUMBER(step, bound, 1e-12, 1e12),
    NUMBER(way, fast_rate, 1e-6, 1000),
    NUMBER(way, transfer_rate, 1e-6, 1),
    NUMBER(way, tolerance, 1e-6, 1),
    NUMBER(way, refresh, 0.1, 1),
};

static void check_number(const number_limit *limit, double value, bool taken)
{
    given g = defaults();
    memcpy((char *)&g + limit->offset, &value, sizeof value);
    if (taken)
        ck_assert_msg(try(&g) == SNNFE_OK, "%s%.17g: %s", limit->name, value, snnfe_last_error());
    else
        assert_fails(try(&g), SNNFE_ERR_ARGUMENT, limit->name);
}

START_TEST(numbers_have_two_ends)
{
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        const number_limit *n = &numbers[i];
        check_number(n, (double)NAN, false);
        if (isfinite(n->least)) {
            check_number(n, n->least, true);
            check_number(n, nextafter(n->least, -HUGE_VAL), false);
        }
        if (isfinite(n->most)) {
            check_number(n, n->most, true);
            check_number(n, nextafter(n->most, HUGE_VAL), false);
        }
    }
}
END_TEST

/* --- whole numbers --------------------------------------------------------------------------- */

typedef struct count_limit {
    const char *name;
    size_t offset, size;
    uint64_t least, most;
} count_limit;

#define COUNT(part, field, least, most)                                                            \
    {                                                                                              \
#field " is ", offsetof(given, part.field), sizeof((given *)0)->part.field, least, most    \
    }

static const count_limit counts[] = {
    COUNT(cells, array, 0, (UINT64_C(1) << 53) - 1),
    COUNT(cells, column_bits, 2, 24),
    COUNT(cells, distribution, 0, SNNFE_SPREAD_LOGNORMAL),
    COUNT(cells, retention, 0, SNNFE_RETENTION_STRETCHED),
    COUNT(cells, adc_bits, 0, 24),
    COUNT(cells, reserved, 0, 0),
    COUNT(cells, reserved2, 0, 0),
    COUNT(cells, reserved3, 0, 0),
    COUNT(device, c2c_distribution, 0, SNNFE_SPREAD_LOGNORMAL),
    COUNT(device, reserved, 0, 0),
    COUNT(device, reserved2, 0, 0),
    COUNT(way, method, 0, SNNFE_PROGRAMMING_PAIRS),
    COUNT(way, most_pulses, 1, 1000),
    COUNT(way, period, 1, 1000000),
    COUNT(way, shift_pairs, 0, 10000),
    COUNT(way, reserved, 0, 0),
    COUNT(step, levels, 2, 65536),
};

static void set_count(given *g, const count_limit *limit, uint64_t value)
{
    const uint32_t narrow = (uint32_t)value;
    *g = defaults();
    if (limit->size == sizeof narrow)
        memcpy((char *)g + limit->offset, &narrow, sizeof narrow);
    else
        memcpy((char *)g + limit->offset, &value, sizeof value);
}

/* Where there is a least one, 0 is another choice, or refused with it. */
START_TEST(whole_numbers_have_two_ends)
{
    given g;
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        const count_limit *n = &counts[i];
        set_count(&g, n, n->least);
        ck_assert_msg(try(&g) == SNNFE_OK, "%s%u: %s", n->name, (unsigned)n->least,
                      snnfe_last_error());
        set_count(&g, n, n->most);
        ck_assert_msg(try(&g) == SNNFE_OK, "%s%llu: %s", n->name, (unsigned long long)n->most,
                      snnfe_last_error());
        set_count(&g, n, n->most + 1);
        assert_refused(&g, n->name);
        set_count(&g, n, n->least > 1 ? n->least - 1 : UINT64_MAX);
        assert_refused(&g, n->name);
    }
    for (uint64_t i = 0; i < 3; i++) {
        static const count_limit least_1[] = {COUNT(way, most_pulses, 1, 1000),
                                              COUNT(way, period, 1, 1000000),
                                              COUNT(step, levels, 2, 65536)};
        set_count(&g, &least_1[i], 0);
        if (i == 2)
            assert_taken(&g); /* not quantized */
        else
            assert_refused(&g, least_1[i].name);
    }
    g = defaults();
    g.step.levels = 65534;
    assert_taken(&g);
    g.step.levels = 65535;
    assert_refused(&g, "levels is 65535");
}
END_TEST

/* --- pairs, bounds and tables ---------------------------------------------------------------- */

START_TEST(responses_have_ends)
{
    for (int d = 0; d < 2; d++)
        for (int e = 0; e < 2; e++) {
            given g = defaults();
            double *exponent = e ? &g.device.beta[d] : &g.device.alpha[d];
            char name[32];
            snprintf(name, sizeof name, "%s[%s] is ", e ? "beta" : "alpha", d ? "LTD" : "LTP");
            *exponent = 100;
            assert_taken(&g);
            *exponent = nextafter(100, HUGE_VAL);
            assert_refused(&g, name);
            *exponent = 1e-300;
            assert_taken(&g);
            *exponent = 0;
            assert_refused(&g, name);
            *exponent = (double)NAN;
            assert_refused(&g, name);
        }
    for (int d = 0; d < 2; d++) {
        given g = defaults();
        g.device.amplitude[d] = 0;
        assert_taken(&g);
        g.device.amplitude[d] = -1e-300;
        assert_refused(&g, d ? "amplitude[LTD]" : "amplitude[LTP]");
        g.device.amplitude[d] = 1e12;
        assert_taken(&g);
        g.device.amplitude[d] = nextafter(1e12, HUGE_VAL);
        assert_refused(&g, d ? "amplitude[LTD]" : "amplitude[LTP]");
    }
}
END_TEST

START_TEST(bounds_have_ends)
{
    for (int layer = 0; layer < SNNFE_N_BOUNDS; layer++) {
        given g = defaults();
        double *bound = &g.device.bounds[layer];
        const double taken[] = {0, 1e-12, 1e12, HUGE_VAL};
        const double refused[] = {nextafter(1e-12, 0), -1, nextafter(1e12, HUGE_VAL), -HUGE_VAL,
                                  (double)NAN};
        char name[32];
        snprintf(name, sizeof name, "bounds[%d] is ", layer);
        for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++) {
            *bound = taken[i];
            assert_taken(&g);
        }
        for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
            *bound = refused[i];
            assert_refused(&g, name);
        }
    }
}
END_TEST

START_TEST(forms_have_ends)
{
    snnfe_pulse_form forms[SNNFE_MAX_FORMS + 1];
    for (int f = 0; f <= SNNFE_MAX_FORMS; f++)
        forms[f] = (snnfe_pulse_form){.amplitude = {0.1, 0.1}, .alpha = {2, 2}, .beta = {2, 2}};
    given g = defaults();
    g.device.forms = forms;
    g.device.n_forms = SNNFE_MAX_FORMS;
    g.device.policy = SNNFE_POLICY_NEAREST;
    assert_taken(&g);
    g.device.policy = SNNFE_POLICY_NEAREST + 1;
    assert_refused(&g, "policy is 2");
    g.device.policy = -1;
    assert_refused(&g, "policy is -1");
    g.device.policy = SNNFE_POLICY_FIRST;
    forms[14].beta[SNNFE_LTD] = 101;
    assert_refused(&g, "forms[14].beta[LTD] is 101");
    forms[14].beta[SNNFE_LTD] = 2;
    forms[0].amplitude[SNNFE_LTP] = -1;
    assert_refused(&g, "forms[0].amplitude[LTP] is -1");
    forms[0].amplitude[SNNFE_LTP] = 0;
    g.device.n_forms++;
    assert_refused(&g, "n_forms is 16");
    g.device.forms = NULL;
    g.device.n_forms = 1;
    assert_refused(&g, "forms is NULL");
    g.device.n_forms = 0;
    g.device.policy = SNNFE_POLICY_NEAREST;
    assert_refused(&g, "policy is 1, but there are no forms to pick from");
}
END_TEST

/* So many points that ascend from 0 to 1. */
static double *ascending(size_t n)
{
    double *points = calloc(n, sizeof *points);
    ck_assert_ptr_nonnull(points);
    for (size_t i = 0; i < n; i++)
        points[i] = (double)i / (double)(n - 1);
    return points;
}

enum { MOST_POINTS = 1000000 };

START_TEST(tables_of_responses_have_ends)
{
    double *w = ascending(MOST_POINTS + 1);
    given g = defaults();
    g.device.response = SNNFE_RESPONSE_TABLE;
    g.device.table_w = g.device.table_ltp = g.device.table_ltd = w;
    g.device.n_table = MOST_POINTS;
    assert_taken(&g);
    g.device.n_table = MOST_POINTS + 1;
    assert_refused(&g, "n_table is 1000001");
    g.device.n_table = 1;
    assert_refused(&g, "n_table is 1");
    double points[2] = {0, 1}, up[2] = {0, 1}, down[2] = {1, 0};
    g.device.table_w = points;
    g.device.table_ltp = up;
    g.device.table_ltd = down;
    g.device.n_table = 2;
    assert_taken(&g);
    const struct {
        double *value, wrong;
        const char *name;
    } cases[] = {{&points[0], -1e-300, "table_w[0]"}, {&points[1], nextafter(1, 2), "table_w[1]"},
                 {&points[1], 0, "table_w[1]"},       {&points[1], (double)NAN, "table_w[1]"},
                 {&up[0], -1e-300, "table_ltp[0]"},   {&up[1], nextafter(1, 2), "table_ltp[1]"},
                 {&down[1], -1e-300, "table_ltd[1]"}, {&down[0], nextafter(1, 2), "table_ltd[0]"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const double before = *cases[i].value;
        *cases[i].value = cases[i].wrong;
        assert_refused(&g, cases[i].name);
        *cases[i].value = before;
    }
    const double **const tables[3] = {&g.device.table_w, &g.device.table_ltp, &g.device.table_ltd};
    for (size_t i = 0; i < 3; i++) {
        const double *before = *tables[i];
        *tables[i] = NULL;
        assert_refused(&g, "a table needs table_w, table_ltp, table_ltd");
        *tables[i] = before;
    }
    free(w);
}
END_TEST

START_TEST(tables_of_ageing_have_ends)
{
    double *pulses = ascending(MOST_POINTS + 1);
    given g = defaults();
    g.cells.ageing_pulses = g.cells.ageing_factors = pulses;
    g.cells.n_ageing = MOST_POINTS;
    assert_taken(&g);
    g.cells.n_ageing = MOST_POINTS + 1;
    assert_refused(&g, "n_ageing is 1000001");
    g.cells.n_ageing = 1;
    assert_refused(&g, "n_ageing is 1");
    double points[2] = {0, 1}, factors[2] = {0, 10};
    g.cells.ageing_pulses = points;
    g.cells.ageing_factors = factors;
    g.cells.n_ageing = 2;
    assert_taken(&g);
    const struct {
        double *value, wrong;
        const char *name;
    } cases[] = {{&points[0], -1e-300, "ageing_pulses[0]"},
                 {&points[1], 0, "ageing_pulses[1]"},
                 {&points[1], HUGE_VAL, "ageing_pulses[1]"},
                 {&points[1], (double)NAN, "ageing_pulses[1]"},
                 {&factors[0], -1e-300, "ageing_factors[0]"},
                 {&factors[1], nextafter(10, 20), "ageing_factors[1]"},
                 {&factors[1], (double)NAN, "ageing_factors[1]"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const double before = *cases[i].value;
        *cases[i].value = cases[i].wrong;
        assert_refused(&g, cases[i].name);
        *cases[i].value = before;
    }
    g.cells.ageing_factors = NULL;
    assert_refused(&g, "a table needs ageing_pulses, ageing_factors");
    g.cells.ageing_factors = factors;
    g.cells.ageing_pulses = NULL;
    assert_refused(&g, "a table needs ageing_pulses, ageing_factors");
    free(pulses);
}
END_TEST

START_TEST(rules_of_two_fields_have_ends)
{
    given g = defaults();
    g.cells.stuck_low = 0.25;
    g.cells.stuck_high = 0.25;
    g.cells.stuck_anywhere = 0.5;
    assert_taken(&g);
    g.cells.stuck_anywhere = 0.5 + 0x1p-51;
    assert_refused(&g, "together, more than 1");
    g = defaults();
    g.cells.adc_high = 1e-6;
    assert_taken(&g);
    g.cells.adc_high = nextafter(1e-6, 0);
    assert_refused(&g, "adc_high is ");
    g.cells.adc_low = 10;
    assert_refused(&g, "not above adc_low (10)");
    g.cells.adc_low = nextafter(10, 11);
    assert_refused(&g, "adc_low is ");
    g = defaults();
    g.cells.adc_high = -10;
    assert_refused(&g, "not above adc_low");
    g.cells.adc_high = nextafter(-10, -11);
    assert_refused(&g, "adc_high is -10, not in -10");
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
    snnfe_device *device = device_make(NULL);
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

#define assert_null(call, name) assert_fails(call, SNNFE_ERR_ARGUMENT, #name " is NULL")

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
    Suite *suite = suite_create("limits");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 60);
    tcase_add_test(all, numbers_have_two_ends);
    tcase_add_test(all, whole_numbers_have_two_ends);
    tcase_add_test(all, responses_have_ends);
    tcase_add_test(all, bounds_have_ends);
    tcase_add_test(all, forms_have_ends);
    tcase_add_test(all, tables_of_responses_have_ends);
    tcase_add_test(all, tables_of_ageing_have_ends);
    tcase_add_test(all, rules_of_two_fields_have_ends);
    tcase_add_test(all, steps_and_synapses_are_counted);
    tcase_add_test(all, arguments_have_ends);
    tcase_add_test(all, units_are_those_of_the_range);
    tcase_add_test(all, scales_have_ends);
    tcase_add_test(all, pointers_are_needed);
    tcase_add_test(all, arrays_end_where_they_end);
    tcase_add_test(all, every_element_is_checked);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
