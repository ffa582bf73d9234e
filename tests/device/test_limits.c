/* Every limit of the options of devices, cells, steps and ways to program: both ends are taken, the
   numbers next to them refused. */
#include "device/device_internal.h"
#include "given.h"

#include <math.h>
#include <snnfe/device.h>

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
    NUMBER(cells, reference_spread, 0, 1),
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

/* Numbers of a way need it. */
static int32_t method_for(size_t offset)
{
    switch (offset) {
    case offsetof(given, way.most_pulses):
    case offsetof(given, way.period):
        return SNNFE_PROGRAMMING_MIXED;
    case offsetof(given, way.fast_rate):
    case offsetof(given, way.transfer_rate):
    case offsetof(given, way.shift_pairs):
        return SNNFE_PROGRAMMING_TIKI_TAKA;
    case offsetof(given, way.tolerance):
        return SNNFE_PROGRAMMING_VERIFY;
    case offsetof(given, way.refresh):
        return SNNFE_PROGRAMMING_PAIRS;
    default:
        return SNNFE_PROGRAMMING_ACCUMULATE;
    }
}

static void check_number(const number_limit *limit, double value, bool taken)
{
    given g = defaults();
    g.cells.retention = SNNFE_RETENTION_POWER;
    g.way.method = method_for(limit->offset);
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
    g->way.method = method_for(limit->offset);
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
        double *energy = &g.device.energy_j[d];
        const char *name = d ? "snnfe_device_options.energy_j[LTD] is " : ".energy_j[LTP] is ";
        *energy = 1;
        assert_taken(&g);
        *energy = nextafter(1, HUGE_VAL);
        assert_refused(&g, name);
        *energy = nextafter(0, -HUGE_VAL);
        assert_refused(&g, name);
        *energy = (double)NAN;
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

START_TEST(tables_of_aging_have_ends)
{
    double *pulses = ascending(MOST_POINTS + 1);
    given g = defaults();
    g.cells.aging_pulses = g.cells.aging_factors = pulses;
    g.cells.n_aging = MOST_POINTS;
    assert_taken(&g);
    g.cells.n_aging = MOST_POINTS + 1;
    assert_refused(&g, "n_aging is 1000001");
    g.cells.n_aging = 1;
    assert_refused(&g, "n_aging is 1");
    double points[2] = {0, 1}, factors[2] = {0, 10};
    g.cells.aging_pulses = points;
    g.cells.aging_factors = factors;
    g.cells.n_aging = 2;
    assert_taken(&g);
    const struct {
        double *value, wrong;
        const char *name;
    } cases[] = {{&points[0], -1e-300, "aging_pulses[0]"},
                 {&points[1], 0, "aging_pulses[1]"},
                 {&points[1], HUGE_VAL, "aging_pulses[1]"},
                 {&points[1], (double)NAN, "aging_pulses[1]"},
                 {&factors[0], -1e-300, "aging_factors[0]"},
                 {&factors[1], nextafter(10, 20), "aging_factors[1]"},
                 {&factors[1], (double)NAN, "aging_factors[1]"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const double before = *cases[i].value;
        *cases[i].value = cases[i].wrong;
        assert_refused(&g, cases[i].name);
        *cases[i].value = before;
    }
    g.cells.aging_factors = NULL;
    assert_refused(&g, "a table needs aging_pulses, aging_factors");
    g.cells.aging_factors = factors;
    g.cells.aging_pulses = NULL;
    assert_refused(&g, "a table needs aging_pulses, aging_factors");
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
    tcase_add_test(all, tables_of_aging_have_ends);
    tcase_add_test(all, rules_of_two_fields_have_ends);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
