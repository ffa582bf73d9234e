/* Forms of pulses: which is picked, what they are good for, their files. */
#include "device/array.h"
#include "devices.h"

#include <math.h>
#include <string.h>

static snnfe_device *with_forms(int32_t policy)
{
    /* Small and large pulses beside dut2's, of the same shape. */
    static const snnfe_pulse_form forms[2] = {
        {{0.02611, 0.05969}, {1.6429, 2.4585}, {1.9873, 1.6885}},
        {{0.5222, 1.1938}, {1.6429, 2.4585}, {1.9873, 1.6885}},
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

int main(void)
{
    Suite *suite = suite_create("forms");
    TCase *tc = tcase_create("all");
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, the_pulse_nearest_to_the_wanted_change_is_picked);
    tcase_add_test(tc, several_forms_end_verification_closer);
    tcase_add_test(tc, forms_are_saved_and_loaded);
    tcase_add_test(tc, bad_forms_in_files_are_named);
    suite_add_tcase(suite, tc);
    return support_run(suite);
}
