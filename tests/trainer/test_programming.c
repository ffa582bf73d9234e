/* Training by every way to program: threads, resuming, wear, other ways' checkpoints, bad options.
 */
#include "course.h"
#include "devices.h"
#include "trainer/trainer.h"

#include <math.h>
#include <snnfe/report.h>
#include <stdio.h>

#define N_METHODS (SNNFE_PROGRAMMING_PAIRS + 1)

static snnfe_programming_options way_of(int32_t method)
{
    snnfe_programming_options way;
    assert_ok(snnfe_programming_options_init(&way, sizeof way));
    way.method = method;
    way.period = 3;
    way.shift_pairs = 4;
    return device_way(way);
}

static snnfe_trainer_options options_of(const snnfe_device *device,
                                        const snnfe_programming_options *way)
{
    snnfe_trainer_options o = small_options();
    o.learning_rate = 3e-3;
    o.device = device;
    o.programming = way;
    o.ltp_energy_j = 0.01; /* those of the second form are others */
    o.ltd_energy_j = 0.02;
    return o;
}

static snnfe_wear wear_of(const course *c)
{
    snnfe_wear w = {.struct_size = sizeof w};
    assert_ok(snnfe_trainer_wear(c->trainer, -1, NULL, &w, NULL, 0));
    return w;
}

static void assert_same(const course *a, const course *b)
{
    ck_assert(small_same_values(a->network, b->network));
    small_assert_same_logs(a->trainer, b->trainer);
    const snnfe_wear first = wear_of(a), second = wear_of(b);
    ck_assert_mem_eq(&first, &second, sizeof first);
}

START_TEST(threads_and_interruptions_do_not_matter)
{
    const snnfe_trainer_data lists = small_lists();
    snnfe_dataset *dataset = small_dataset(1);
    snnfe_device *device = device_with_every_effect();
    const snnfe_programming_options way = way_of(_i), other = way_of(_i ? 0 : 1);
    char name[32];
    snprintf(name, sizeof name, "way%d.safetensors", _i);
    snnfe_trainer_options options = options_of(device, &way);
    options.n_threads = 1;
    course reference = course_run(&options, dataset);
    ck_assert(wear_of(&reference).ltp_pulses > 0);

    small_stop stop = {6, "train"};
    options.n_threads = 3;
    options.checkpoint_path = support_path(name);
    options.resume = 1;
    options.progress = small_stop_after;
    options.user_data = &stop;
    course first = course_create(&options);
    assert_fails(snnfe_trainer_run(first.trainer, dataset, &lists), SNNFE_ERR_CANCELLED, "train");
    course_free(&first);
    options.progress = NULL;

    snnfe_trainer_options wrong = options;
    wrong.programming = &other;
    course refused = course_create(&wrong);
    assert_fails(snnfe_trainer_run(refused.trainer, dataset, &lists), SNNFE_ERR_SHAPE,
                 _i ? "was saved with another way to program than accumulation"
                    : "was saved with accumulation, not with \"stochastic\"");
    course_free(&refused);

    course second = course_run(&options, dataset);
    assert_same(&reference, &second);
    course_free(&second);
    course_free(&reference);
    snnfe_device_free(device);
    snnfe_dataset_free(dataset);
}
END_TEST

START_TEST(a_way_given_by_its_default_is_the_default)
{
    snnfe_dataset *dataset = small_dataset(1);
    snnfe_device *device = device_with_every_effect();
    snnfe_programming_options way = way_of(SNNFE_PROGRAMMING_ACCUMULATE);
    const snnfe_trainer_options with = options_of(device, &way), without = options_of(device, NULL);
    course a = course_run(&with, dataset), b = course_run(&without, dataset);
    assert_same(&a, &b);
    course_free(&a);
    course_free(&b);
    snnfe_device_free(device);
    snnfe_dataset_free(dataset);
}
END_TEST

START_TEST(wear_counts_both_cells_of_a_synapse)
{
    snnfe_dataset *dataset = small_dataset(1);
    snnfe_device *device = device_with_every_effect();
    const snnfe_programming_options way = way_of(SNNFE_PROGRAMMING_TIKI_TAKA);
    const snnfe_trainer_options options = options_of(device, &way);
    course c = course_run(&options, dataset);
    const snnfe_wear w = wear_of(&c);
    uint64_t n_weights = 0;
    for (size_t i = 0; i < snnfe_network_parameter_count(c.network); i++) {
        snnfe_parameter_info p = {.struct_size = sizeof p};
        assert_ok(snnfe_network_parameter(c.network, i, &p));
        n_weights += p.kind == SNNFE_PARAMETER_WEIGHT ? p.count : 0;
    }
    ck_assert_uint_eq(w.n_synapses, n_weights);
    /* Each fast cell had at least the pairs that shifted it. */
    ck_assert_uint_ge(w.ltp_pulses, 4 * n_weights);
    ck_assert_uint_ge(w.ltd_pulses, 4 * n_weights);
    ck_assert_double_le(w.never_programmed, 0.5);
    course_free(&c);
    snnfe_device_free(device);
    snnfe_dataset_free(dataset);
}
END_TEST

/* The weight of a pair may be beyond the window of each of its cells. */
/* The default device with a second pulse, of which one of the two is far too large ever to be the
   nearest. */
static snnfe_device *device_of_two_energies(bool own_is_used)
{
    static const double too_much = 1e6;
    snnfe_pulse_form form = {
        .amplitude = {0.2, 0.3}, .alpha = {1.5, 2}, .beta = {2, 1.5}, .energy_j = {0.3, 0}};
    snnfe_device_options o = device_defaults();
    for (int d = 0; d < 2; d++)
        *(own_is_used ? &form.amplitude[d] : &o.amplitude[d]) = too_much;
    o.forms = &form;
    o.n_forms = 1;
    o.policy = SNNFE_POLICY_NEAREST;
    return device_make(&o);
}

static double reported_energy(const course *c, const snnfe_device *device)
{
    snnfe_report_options o;
    snnfe_report report = {.struct_size = sizeof report};
    snnfe_layer_report rows[SNNFE_N_LAYERS + 1];
    assert_ok(snnfe_report_options_init(&o, sizeof o));
    o.checkpoint = support_path("energies.safetensors");
    o.device = device;
    o.ltp_energy_j = 0.01;
    o.ltd_energy_j = 0.02;
    assert_ok(snnfe_trainer_save(c->trainer, o.checkpoint));
    assert_ok(snnfe_report_make(c->network, NULL, 0, &o, &report, rows, sizeof rows[0]));
    return rows[SNNFE_N_LAYERS].energy_j;
}

START_TEST(pulses_of_forms_have_their_own_energies)
{
    snnfe_dataset *dataset = small_dataset(1);
    snnfe_device *device = device_of_two_energies(_i);
    const snnfe_trainer_options options = options_of(device, NULL);
    course c = course_run(&options, dataset);
    const snnfe_wear w = wear_of(&c);
    const double ltp = _i ? 0.01 : 0.3, ltd = 0.02; /* 0 = as the device's own */
    const double expected = ltp * (double)w.ltp_pulses + ltd * (double)w.ltd_pulses;
    ck_assert_uint_gt(w.ltp_pulses, 0);
    ck_assert_double_eq_tol(w.energy_j, expected, 1e-9 * expected);
    ck_assert_double_eq_tol(reported_energy(&c, device), expected, 1e-9 * expected);
    ck_assert_int_eq(!isnan(reported_energy(&c, NULL)), _i); /* nobody knows that of the form */
    double sum = 0;
    for (int32_t layer = 0; layer < SNNFE_N_LAYERS; layer++) {
        snnfe_wear part = {.struct_size = sizeof part};
        assert_ok(snnfe_trainer_wear(c.trainer, layer, NULL, &part, NULL, 0));
        sum += part.energy_j;
    }
    ck_assert_double_eq_tol(sum, expected, 1e-9 * expected);
    course_free(&c);
    snnfe_device_free(device);
    snnfe_dataset_free(dataset);
}
END_TEST

START_TEST(weights_of_pairs_are_not_measured_by_one_window)
{
    snnfe_device *device = device_with_every_effect();
    snnfe_network *network = small_network();
    const snnfe_programming_options pairs = way_of(SNNFE_PROGRAMMING_PAIRS);
    for (int k = 0; k < 2; k++) {
        const snnfe_trainer_options o = options_of(device, k ? &pairs : NULL);
        snnfe_trainer *trainer = NULL;
        assert_ok(snnfe_trainer_create(&trainer, network, &o));
        ck_assert_int_eq(snnfe_trainer_count_misfits(trainer) == 0, k);
        snnfe_trainer_free(trainer);
    }
    snnfe_network_free(network);
    snnfe_device_free(device);
}
END_TEST

static void assert_not_made(const snnfe_trainer_options *options, const char *message)
{
    snnfe_network *network = small_network();
    snnfe_trainer *trainer = NULL;
    assert_fails(snnfe_trainer_create(&trainer, network, options), SNNFE_ERR_ARGUMENT, message);
    snnfe_network_free(network);
}

START_TEST(what_makes_no_sense_is_refused)
{
    snnfe_device *device = device_with_every_effect();
    snnfe_programming_options way = way_of(SNNFE_PROGRAMMING_PAIRS);
    snnfe_trainer_options o = options_of(NULL, &way);
    assert_not_made(&o, "programming is set, but has no effect unless there is a device");
    o.device = device;
    o.levels = 4;
    assert_not_made(&o, "method is \"pairs\", whose weights are where their cells are");
    o.levels = 0;
    way.tolerance = 0.1;
    assert_not_made(&o, "snnfe_programming_options.tolerance is set, but has no effect unless "
                        "method is VERIFY");
    way.method = SNNFE_PROGRAMMING_VERIFY;
    o.threshold = 0.05;
    assert_not_made(&o, "snnfe_trainer_options.threshold is set, but has no effect unless "
                        "programming is another way than VERIFY");
    o.threshold = small_options().threshold;
    o.threshold_asymmetry = 2;
    assert_not_made(&o, "threshold_asymmetry is set, but has no effect");
    way.tolerance = -1;
    assert_not_made(&o, "snnfe_programming_options.tolerance is -1");
    way.tolerance = 0.1;
    way.struct_size = 3;
    assert_not_made(&o, "struct_size");
    snnfe_device_free(device);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("programming");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 120);
    tcase_add_loop_test(all, threads_and_interruptions_do_not_matter, 0, N_METHODS);
    tcase_add_test(all, a_way_given_by_its_default_is_the_default);
    tcase_add_test(all, wear_counts_both_cells_of_a_synapse);
    tcase_add_loop_test(all, pulses_of_forms_have_their_own_energies, 0, 2);
    tcase_add_test(all, weights_of_pairs_are_not_measured_by_one_window);
    tcase_add_test(all, what_makes_no_sense_is_refused);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
