/* What pulses cost, of a device, of its forms or as it is given, and how long cells live. */
#include "device/device_internal.h"
#include "devices.h"

#include <math.h>

/* Pulses of two forms, the second of which has no energies of its own; -1 stands for not known. */
START_TEST(pulses_cost_what_their_forms_do)
{
    static const struct {
        double own[2]; /* of the device; -1: there is none */
        double given[2];
        uint64_t pulses[2];
        uint64_t of_first[2], of_second[2], of_third[2]; /* LTP and LTD of forms */
        double energy;
    } cases[] = {
        {{0.1, 0.2}, {0, 0}, {10, 20}, {0, 0}, {0, 0}, {0, 0}, 5},
        {{0.1, 0.2}, {0, 0}, {10, 20}, {4, 0}, {0, 0}, {0, 0}, 5.8},
        {{0.1, 0.2}, {0, 0}, {10, 20}, {4, 5}, {0, 0}, {0, 0}, 6.8},
        {{0.1, 0.2}, {0, 0}, {10, 20}, {1, 0}, {0, 0}, {0, 0}, 5.2},
        {{0.1, 0.2}, {0, 0}, {10, 20}, {0, 0}, {5, 6}, {0, 0}, 5}, /* as its own pulses */
        {{0.1, 0.2}, {0, 0}, {10, 20}, {15, 0}, {0, 0}, {0, 0}, 8.5},
        {{0.1, 0.2}, {0, 0}, {10, 20}, {0, 0}, {0, 0}, {1, 0}, -1},
        {{0.1, 0.2}, {0, 0}, {10, 20}, {0, 0}, {0, 0}, {0, 1}, -1},
        {{0.1, 0.2}, {0.5, 0}, {10, 20}, {0, 0}, {0, 0}, {0, 0}, 5},
        {{0.1, 0.2}, {0, 0.5}, {10, 20}, {0, 0}, {0, 0}, {0, 0}, 10},
        {{0.1, 0}, {0, 0}, {10, 20}, {0, 0}, {0, 0}, {0, 0}, 1},
        {{0, 0.2}, {0, 0}, {10, 20}, {0, 0}, {0, 0}, {0, 0}, 4},
        {{0, 0}, {0, 0}, {4, 0}, {4, 0}, {0, 0}, {0, 0}, 1.2},
        {{0, 0}, {0, 0}, {5, 0}, {4, 0}, {0, 0}, {0, 0}, -1},
        {{0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, 0},
        {{-1, -1}, {1, 2}, {10, 20}, {0, 0}, {0, 0}, {0, 0}, 50},
        {{-1, -1}, {1, 2}, {10, 20}, {1, 0}, {0, 0}, {0, 0}, -1},
        {{-1, -1}, {0, 0}, {1, 0}, {0, 0}, {0, 0}, {0, 0}, -1},
        {{-1, -1}, {0, 0}, {0, 1}, {0, 0}, {0, 0}, {0, 0}, -1},
        {{-1, -1}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 0}, 0},
    };
    static const snnfe_pulse_form forms[2] = {
        {.amplitude = {0.1, 0.1}, .alpha = {2, 2}, .beta = {2, 2}, .energy_j = {0.3, 0.4}},
        {.amplitude = {0.1, 0.1}, .alpha = {2, 2}, .beta = {2, 2}}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        snnfe_device *device = NULL;
        snnfe_device_options o = device_defaults();
        uint64_t of_forms[SNNFE_FORM_COUNTS] = {0};
        o.forms = forms;
        o.n_forms = 2;
        memcpy(o.energy_j, cases[i].own, sizeof o.energy_j);
        if (cases[i].own[0] >= 0)
            device = device_make(&o);
        for (size_t d = 0; d < 2; d++) {
            of_forms[d * SNNFE_MAX_FORMS] = cases[i].of_first[d];
            of_forms[d * SNNFE_MAX_FORMS + 1] = cases[i].of_second[d];
            of_forms[d * SNNFE_MAX_FORMS + 2] = cases[i].of_third[d];
        }
        const double energy =
            snnfe_pulses_energy(device, cases[i].pulses, of_forms, cases[i].given);
        ck_assert_msg(cases[i].energy < 0 ? isnan(energy) : fabs(energy - cases[i].energy) < 1e-12,
                      "case %zu: %g, not %g", i, energy, cases[i].energy);
        snnfe_device_free(device);
    }
    /* So is the last form that there can be. */
    snnfe_pulse_form all[SNNFE_MAX_FORMS];
    snnfe_device_options o = device_defaults();
    uint64_t of_forms[SNNFE_FORM_COUNTS] = {0};
    const uint64_t pulses[2] = {3, 3};
    const double none[2] = {0, 0};
    for (int f = 0; f < SNNFE_MAX_FORMS; f++)
        all[f] = forms[f < SNNFE_MAX_FORMS - 1];
    o.forms = all;
    o.n_forms = SNNFE_MAX_FORMS;
    of_forms[SNNFE_MAX_FORMS - 1] = of_forms[SNNFE_FORM_COUNTS - 1] = 3;
    snnfe_device *device = device_make(&o);
    ck_assert_double_eq_tol(snnfe_pulses_energy(device, pulses, of_forms, none), 2.1, 1e-12);
    snnfe_device_free(device);
}
END_TEST

START_TEST(endurance_is_given_or_the_devices)
{
    snnfe_cells_options cells = cells_defaults();
    cells.endurance = 0.5;
    snnfe_device *device = device_on_cells(&cells);
    ck_assert_double_eq(snnfe_endurance(device, 0), 0.5);
    ck_assert_double_eq(snnfe_endurance(device, 0.25), 0.25);
    ck_assert_double_eq(snnfe_endurance(NULL, 0.25), 0.25);
    ck_assert_double_eq(snnfe_endurance(NULL, 0), 0);
    snnfe_device_free(device);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("energy");
    TCase *all = tcase_create("all");
    tcase_add_test(all, pulses_cost_what_their_forms_do);
    tcase_add_test(all, endurance_is_given_or_the_devices);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
