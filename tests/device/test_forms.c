/* Forms of pulses: which is picked, what they are good for, their files. */
#include "device/array.h"
#include "devices.h"

#include <math.h>
#include <string.h>

static snnfe_device *with_forms(int32_t policy)
{
    /* Small and large pulses beside dut2's, of the same shape. */
    static const snnfe_pulse_form forms[2] = {
        {.amplitude = {0.02611, 0.05969}, .alpha = {1.6429, 2.4585}, .beta = {1.9873, 1.6885}},
        {.amplitude = {0.5222, 1.1938}, .alpha = {1.6429, 2.4585}, .beta = {1.9873, 1.6885}},
    };
    snnfe_device_options o = device_defaults();
    o.forms = forms;
    o.n_forms = 2;
    o.policy = policy;
    return device_make(&o);
}

static float moved(int32_t policy, float missing)
{
    array *a = array_begin(with_forms(policy), SNNFE_PROGRAMMING_VERIFY);
    a->way.most_pulses = 1;
    a->way.tolerance = 1e-3;
    a->updates[0] = missing;
    array_step(a);
    const float weight = a->weights[0];
    array_end(a);
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
        array *a = array_begin(with_forms(policy), SNNFE_PROGRAMMING_VERIFY);
        a->way.tolerance = 0.01;
        for (size_t i = 0; i < N; i++)
            a->updates[i] = (float)(0.04 * sin((double)i));
        array_step(a);
        missing[policy] = 0;
        for (size_t i = 0; i < N; i++)
            missing[policy] += fabs((double)a->accumulators[i]) / N / RANGE;
        array_end(a);
    }
    ck_assert_double_lt(missing[1], 0.006);
    ck_assert_double_lt(missing[1], missing[0] / 3);
}
END_TEST

/* Beside dut2 a pulse of a table: 0.01 of the window upwards, up to 0.03 downwards. */
static snnfe_device *with_a_table(bool noisy)
{
    static const double w[3] = {0, 0.5, 1}, ltp[3] = {0.01, 0.01, 0.01}, ltd[3] = {0, 0.02, 0.03};
    const snnfe_pulse_form form = {
        .energy_j = {1e-12, 2e-12}, .table_w = w, .table_ltp = ltp, .table_ltd = ltd, .n_table = 3};
    snnfe_device_options o = device_defaults();
    o.forms = &form;
    o.n_forms = 1;
    o.policy = SNNFE_POLICY_NEAREST;
    o.rsd_c2c = noisy ? 1e-9 : 0; /* pulses are computed together */
    return device_make(&o);
}

START_TEST(a_form_can_be_a_table)
{
    array *a = array_begin(with_a_table(_i), SNNFE_PROGRAMMING_VERIFY);
    a->way.most_pulses = 1;
    a->way.tolerance = 1e-3;
    a->updates[0] = (float)(0.011 * RANGE);
    a->updates[1] = (float)(-0.019 * RANGE);
    a->updates[2] = (float)(0.05 * RANGE);
    array_step(a);
    ck_assert_double_eq_tol((double)a->weights[0], 0.01 * RANGE, 1e-7);
    ck_assert_double_eq_tol((double)a->weights[1], -0.02 * RANGE, 1e-7);
    ck_assert_double_gt((double)a->weights[2], 0.05 * RANGE); /* the device's own */
    array_end(a);
}
END_TEST

START_TEST(forms_are_saved_and_loaded)
{
    const char *path = support_path("forms.json");
    for (int table = 0; table < 2; table++) {
        snnfe_device *device = table ? with_a_table(false) : with_forms(SNNFE_POLICY_NEAREST);
        snnfe_device *loaded = NULL;
        assert_ok(snnfe_device_save(device, path));
        assert_ok(snnfe_device_load(&loaded, path));
        snnfe_device_options a = {.struct_size = sizeof a}, b = {.struct_size = sizeof b};
        assert_ok(snnfe_device_get_options(device, &a));
        assert_ok(snnfe_device_get_options(loaded, &b));
        ck_assert_uint_eq(b.n_forms, a.n_forms);
        ck_assert_int_eq(b.policy, SNNFE_POLICY_NEAREST);
        for (size_t f = 0; f < a.n_forms; f++) {
            const snnfe_pulse_form *saved = &a.forms[f], *read = &b.forms[f];
            ck_assert_uint_eq(read->n_table, saved->n_table);
            ck_assert_mem_eq(read, saved, offsetof(snnfe_pulse_form, table_w));
            const size_t size = saved->n_table * sizeof(double);
            if (size == 0)
                continue;
            ck_assert_mem_eq(read->table_w, saved->table_w, size);
            ck_assert_mem_eq(read->table_ltp, saved->table_ltp, size);
            ck_assert_mem_eq(read->table_ltd, saved->table_ltd, size);
        }
        snnfe_device_free(device);
        snnfe_device_free(loaded);
    }
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

#define FORM_WITH(more) "{\"amplitude\": [1, 1], \"alpha\": [1, 1], \"beta\": [1, 1], " more "}"
#define FORM "{\"amplitude\": [1, 1], \"alpha\": [1, 1], \"beta\": [1, 1]}"

START_TEST(bad_forms_in_files_are_named)
{
    assert_no_file("\"forms\": 3", "\"forms\" is not an array of 1…15 objects");
    assert_no_file("\"forms\": [" FORM ", 4]",
                   "entry 1 is no object of either amplitude, alpha and beta or "
                   "table_w, table_ltp and table_ltd");
    assert_no_file("\"forms\": [{\"amplitude\": [1, 1], \"alpha\": [1, 1], \"gamma\": [1, 1]}]",
                   "entry 0 is no object of either");
    assert_no_file("\"forms\": [{\"amplitude\": [1, 1], \"alpha\": [1, 1], \"beta\": [1]}]",
                   "\"forms[0].beta\" is not an array of 2 numbers");
    assert_no_file("\"forms\": [" FORM_WITH("\"gamma\": 1") "]",
                   "\"forms[0].gamma\" is not a field of a form");
    assert_no_file("\"forms\": [" FORM_WITH("\"energy_j\": [1, -1]") "], \"policy\": \"nearest\"",
                   ".forms[0].energy_j[LTD] is -1");
    assert_no_file("\"energy_j\": 1e-12", "\"energy_j\" is not an array of 2 numbers");
    assert_no_file("\"energy_j\": [2, 0]", "snnfe_device_options.energy_j[LTP] is 2");
    assert_no_file("\"forms\": [" FORM_WITH("\"table_w\": [0, 1]") "]",
                   "entry 0 is no object of either");
    assert_no_file("\"forms\": [{\"table_w\": [0, 1], \"table_ltp\": [0, 1]}]",
                   ".forms[0]: a table needs");
    assert_no_file("\"forms\": [{\"table_w\": [0, 1], \"table_ltp\": [0, 1], \"table_ltd\": [0]}]",
                   "\"forms[0].table_ltd\" has 1 points");
    assert_no_file(
        "\"forms\": [{\"table_w\": [0, 1], \"table_ltp\": [0, 1], \"table_ltd\": [0, 2]}]",
        ".forms[0].table_ltd[1] is 2");
    assert_no_file("\"forms\": [" FORM "], \"policy\": \"last\"", "\"policy\" is \"last\"");
    assert_no_file("\"policy\": \"nearest\"", "there are no forms to pick from");
    assert_no_file("\"forms\": [{\"amplitude\": [1, -1], \"alpha\": [1, 1], \"beta\": [1, 1]}]",
                   ".forms[0].amplitude[LTD] is -1");
    assert_no_file("\"forms\": [{\"amplitude\": [1, 1], \"alpha\": [0, 1], \"beta\": [1, 1]}]",
                   ".forms[0].alpha[LTP] is 0");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("forms");
    TCase *tc = tcase_create("all");
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, the_pulse_nearest_to_the_wanted_change_is_picked);
    tcase_add_test(tc, several_forms_end_verification_closer);
    tcase_add_loop_test(tc, a_form_can_be_a_table, 0, 2);
    tcase_add_test(tc, forms_are_saved_and_loaded);
    tcase_add_test(tc, bad_forms_in_files_are_named);
    suite_add_tcase(suite, tc);
    return support_run(suite);
}
