/* What the pulses of a checkpoint cost, by the device that gave them. */
#include "reported.h"
#include "small.h"

#include <math.h>

/* A pulse costs 2 pJ upwards and 3 pJ downwards, one of another form 5 pJ upwards; cells live
   through 10^4 pulses. */
static snnfe_device *device_that_knows(size_t n_forms)
{
    static const snnfe_pulse_form forms[2] = {
        {.amplitude = {0.02, 0.02}, .alpha = {1.5, 2}, .beta = {2, 1.5}, .energy_j = {5e-12, 0}},
        {.amplitude = {0.1, 0.1}, .alpha = {1.5, 2}, .beta = {2, 1.5}, .energy_j = {5e-12, 0}}};
    snnfe_device_options o;
    snnfe_cells_options cells;
    snnfe_device *device = NULL;
    assert_ok(snnfe_device_options_init(&o, sizeof o));
    assert_ok(snnfe_cells_options_init(&cells, sizeof cells));
    cells.endurance = 1e4;
    o.cells = &cells;
    o.energy_j[SNNFE_LTP] = 2e-12;
    o.energy_j[SNNFE_LTD] = 3e-12;
    o.forms = n_forms > 0 ? forms : NULL;
    o.n_forms = n_forms;
    o.policy = n_forms > 0 ? SNNFE_POLICY_NEAREST : SNNFE_POLICY_FIRST;
    assert_ok(snnfe_device_create(&device, &o));
    return device;
}

static void assert_as_trained(const reported *r, const snnfe_trainer *trainer,
                              const snnfe_wear_options *costs)
{
    for (int32_t layer = -1; layer < SNNFE_N_LAYERS; layer++) {
        snnfe_wear wear = {.struct_size = sizeof wear};
        assert_ok(snnfe_trainer_wear(trainer, layer, costs, &wear, NULL, 0));
        const snnfe_layer_report *l = &r->layers[layer < 0 ? SNNFE_N_LAYERS : layer];
        ck_assert_double_eq_tol(l->energy_j, wear.energy_j, 1e-9 * wear.energy_j);
        ck_assert_double_eq_tol(l->life_used, wear.life_used, 1e-12);
        ck_assert_double_eq_tol(l->mean_life_used, wear.mean_life_used, 1e-12);
    }
}

static const uint8_t ways[] = {SNNFE_PROGRAMMING_ACCUMULATE, SNNFE_PROGRAMMING_VERIFY,
                               SNNFE_PROGRAMMING_PAIRS};

START_TEST(a_device_knows_what_its_pulses_cost)
{
    snnfe_network *network = small_network();
    snnfe_dataset *dataset = small_dataset(1);
    snnfe_device *device = device_that_knows(2), *other = device_that_knows(1);
    snnfe_trainer *trainer = NULL;
    snnfe_programming_options way;
    snnfe_trainer_options o = small_options();
    assert_ok(snnfe_programming_options_init(&way, sizeof way));
    way.method = ways[_i];
    o.device = device;
    o.learning_rate = 1e-2;
    o.programming = &way;
    assert_ok(snnfe_trainer_create(&trainer, network, &o));
    const snnfe_trainer_data lists = small_lists();
    assert_ok(snnfe_trainer_run(trainer, dataset, &lists));
    assert_ok(snnfe_trainer_save(trainer, support_path("forms")));
    snnfe_report_options options;
    assert_ok(snnfe_report_options_init(&options, sizeof options));
    options.checkpoint = support_path("forms");
    options.device = device;
    const reported r = report_on(network, NULL, 0, &options);
    const snnfe_layer_report *all = &r.layers[SNNFE_N_LAYERS];
    assert_as_trained(&r, trainer, NULL);
    ck_assert_double_gt(all->energy_j,
                        2e-12 * (double)all->ltp_pulses + 3e-12 * (double)all->ltd_pulses + 1e-12);
    ck_assert_double_eq_tol(all->life_used, (double)all->largest / 1e4, 1e-12);
    ck_assert_double_lt(all->mean_life_used, all->life_used);
    /* What is given goes first. */
    const snnfe_wear_options costs = {
        .struct_size = sizeof costs, .ltp_energy_j = 7, .endurance = 50};
    options.ltp_energy_j = 7;
    options.endurance = 50;
    const reported given = report_on(network, NULL, 0, &options);
    assert_as_trained(&given, trainer, &costs);
    ck_assert_double_gt(given.layers[SNNFE_N_LAYERS].energy_j, 1e6 * all->energy_j);
    /* A device that lacks a form is another one. */
    snnfe_report report = {.struct_size = sizeof report};
    options.device = other;
    assert_fails(snnfe_report_make(network, NULL, 0, &options, &report, NULL, 0), SNNFE_ERR_SHAPE,
                 "forms has pulses of form 1, but the device has 1 forms");
    snnfe_trainer_free(trainer);
    snnfe_device_free(device);
    snnfe_device_free(other);
    snnfe_dataset_free(dataset);
    snnfe_network_free(network);
}
END_TEST

/* Where the pulse of the device's own has no energy, nothing is said of all pulses. */
START_TEST(a_part_of_the_energy_is_not_told)
{
    snnfe_network *network = small_network();
    snnfe_dataset *dataset = small_dataset(1);
    snnfe_device *knows = device_that_knows(2), *device = NULL;
    snnfe_trainer *trainer = NULL;
    snnfe_device_options o = {.struct_size = sizeof o};
    snnfe_trainer_options t = small_options();
    assert_ok(snnfe_device_get_options(knows, &o));
    o.energy_j[SNNFE_LTP] = o.energy_j[SNNFE_LTD] = 0;
    assert_ok(snnfe_device_create(&device, &o));
    t.device = device;
    t.learning_rate = 1e-2;
    assert_ok(snnfe_trainer_create(&trainer, network, &t));
    const snnfe_trainer_data lists = small_lists();
    assert_ok(snnfe_trainer_run(trainer, dataset, &lists));
    assert_ok(snnfe_trainer_save(trainer, support_path("partly")));
    snnfe_wear wear = {.struct_size = sizeof wear};
    assert_ok(snnfe_trainer_wear(trainer, -1, NULL, &wear, NULL, 0));
    ck_assert_double_eq(wear.energy_j, 0);
    snnfe_report_options options;
    assert_ok(snnfe_report_options_init(&options, sizeof options));
    options.checkpoint = support_path("partly");
    options.device = device;
    const reported r = report_on(network, NULL, 0, &options);
    ck_assert(isnan(r.layers[SNNFE_N_LAYERS].energy_j));
    snnfe_trainer_free(trainer);
    snnfe_device_free(device);
    snnfe_device_free(knows);
    snnfe_dataset_free(dataset);
    snnfe_network_free(network);
}
END_TEST

int main(int argc, char **argv)
{
    (void)argc;
    support_set_program(argv[0]);
    Suite *suite = suite_create("costs");
    TCase *tests = tcase_create("costs");
    tcase_add_loop_test(tests, a_device_knows_what_its_pulses_cost, 0, sizeof ways);
    tcase_add_test(tests, a_part_of_the_energy_is_not_told);
    suite_add_tcase(suite, tests);
    return support_run(suite);
}
