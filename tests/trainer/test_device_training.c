/* Training through a device: threads, resuming, wear, the best epoch, stages, transfer, bad
 * options. */
#include "course.h"
#include "devices.h"

#include <math.h>
#include <string.h>

static snnfe_device *noisy_device(double rsd)
{
    snnfe_device_options o;
    assert_ok(snnfe_device_options_init(&o, sizeof o));
    o.rsd_c2c = rsd;
    snnfe_device *device = NULL;
    assert_ok(snnfe_device_create(&device, &o));
    return device;
}

static snnfe_trainer_options device_options(const snnfe_device *device)
{
    snnfe_trainer_options o = small_options();
    o.learning_rate = 3e-3;
    o.device = device;
    return o;
}

static snnfe_wear wear_of(const snnfe_trainer *trainer, int32_t layer)
{
    const snnfe_wear_options costs = {.struct_size = sizeof costs,
                                      .ltp_energy_j = 1e-12,
                                      .ltd_energy_j = 2e-12,
                                      .endurance = 1000};
    snnfe_wear w = {.struct_size = sizeof w};
    assert_ok(snnfe_trainer_wear(trainer, layer, &costs, &w, NULL, 0));
    return w;
}

START_TEST(threads_do_not_matter)
{
    snnfe_dataset *dataset = small_dataset(1);
    snnfe_device *device = noisy_device(0.2);
    snnfe_trainer_options options = device_options(device);
    options.n_threads = 1;
    course one = course_run(&options, dataset);
    for (options.n_threads = 2; options.n_threads <= 3; options.n_threads++) {
        course more = course_run(&options, dataset);
        ck_assert(small_same_values(one.network, more.network));
        small_assert_same_logs(one.trainer, more.trainer);
        course_free(&more);
    }
    course_free(&one);
    snnfe_device_free(device);
    snnfe_dataset_free(dataset);
}
END_TEST

/* Leave a checkpoint of a training that was stopped in the second epoch, which `options` go on
   from. */
static void interrupt(snnfe_trainer_options *options, const snnfe_dataset *dataset,
                      const char *name)
{
    const snnfe_trainer_data lists = small_lists();
    small_stop stop = {6, "train"};
    options->checkpoint_path = support_path(name);
    options->resume = 1;
    options->progress = small_stop_after;
    options->user_data = &stop;
    course first = course_create(options);
    assert_fails(snnfe_trainer_run(first.trainer, dataset, &lists), SNNFE_ERR_CANCELLED, "train");
    course_free(&first);
    options->progress = NULL;
    options->user_data = NULL;
}

/* The checkpoint is of another device. */
static void assert_refused(snnfe_trainer_options options, const snnfe_device *device,
                           const snnfe_dataset *dataset, const char *message)
{
    const snnfe_trainer_data lists = small_lists();
    options.device = device;
    course wrong = course_create(&options);
    assert_fails(snnfe_trainer_run(wrong.trainer, dataset, &lists), SNNFE_ERR_SHAPE, message);
    course_free(&wrong);
}

START_TEST(stopped_runs_go_on_to_the_same_bits)
{
    snnfe_dataset *dataset = small_dataset(1);
    snnfe_device *device = noisy_device(0.2), *other = noisy_device(0.1);
    snnfe_trainer_options options = device_options(device);
    options.keep_best = 1;
    course reference = course_run(&options, dataset);
    interrupt(&options, dataset, "device.safetensors");
    assert_refused(options, other, dataset, "was saved with device ");
    assert_refused(options, NULL, dataset, ", not none");
    course second = course_run(&options, dataset);
    ck_assert(small_same_values(reference.network, second.network));
    small_assert_same_logs(reference.trainer, second.trainer);
    const snnfe_wear a = wear_of(reference.trainer, -1), b = wear_of(second.trainer, -1);
    ck_assert_mem_eq(&a, &b, sizeof a);
    course_free(&second);
    course_free(&reference);
    snnfe_device_free(device);
    snnfe_device_free(other);
    snnfe_dataset_free(dataset);
}
END_TEST

/* --- cells of an array ---------------------------------------------------------------------- */

/* Everything that programming knows. */
static snnfe_device *array_device(uint64_t array)
{
    snnfe_device_options o;
    snnfe_cells_options cells;
    snnfe_device *device = NULL;
    assert_ok(snnfe_device_options_init(&o, sizeof o));
    assert_ok(snnfe_cells_options_init(&cells, sizeof cells));
    cells.array = array;
    cells.spread_amplitude = cells.spread_alpha = cells.spread_beta = cells.spread_window = 0.2;
    cells.correlation = 0.5;
    cells.stuck_low = cells.stuck_high = cells.stuck_anywhere = 0.02;
    cells.fatigue_pulses = 5;
    cells.endurance = 8;
    cells.endurance_spread = 0.3;
    cells.retention = SNNFE_RETENTION_POWER;
    cells.retention_exponent = 0.2;
    cells.read_noise = 0.02;
    cells.imprint = 0.05;
    cells.held_s = 1e3;
    cells.history = 0.5;
    cells.wakeup_pulses = 2;
    cells.wakeup_start = 0.5;
    o.rsd_c2c = 0.2;
    o.rsd_c2c_state = 0.1;
    o.c2c_distribution = SNNFE_SPREAD_LOGNORMAL;
    o.cells = &cells;
    assert_ok(snnfe_device_create(&device, &o));
    return device;
}

START_TEST(an_array_trains_alike_for_any_threads_and_goes_on)
{
    snnfe_dataset *dataset = small_dataset(1);
    snnfe_device *device = array_device(1), *other = array_device(2);
    snnfe_trainer_options options = device_options(device);
    options.n_threads = 1;
    course one = course_run(&options, dataset);
    options.n_threads = 3;
    interrupt(&options, dataset, "array.safetensors");
    assert_refused(options, other, dataset, "was saved with device ");
    course second = course_run(&options, dataset);
    ck_assert(small_same_values(one.network, second.network));
    small_assert_same_logs(one.trainer, second.trainer);
    course_free(&second);
    course_free(&one);
    snnfe_device_free(device);
    snnfe_device_free(other);
    snnfe_dataset_free(dataset);
}
END_TEST

/* Nothing of cells that are all alike is seen, not even in checkpoints. */
START_TEST(perfect_cells_are_none)
{
    snnfe_dataset *dataset = small_dataset(1);
    snnfe_device_options o;
    snnfe_cells_options cells;
    snnfe_device *plain = noisy_device(0.2), *perfect = NULL;
    assert_ok(snnfe_device_options_init(&o, sizeof o));
    assert_ok(snnfe_cells_options_init(&cells, sizeof cells));
    cells.array = 7;
    o.rsd_c2c = 0.2;
    o.cells = &cells;
    assert_ok(snnfe_device_create(&perfect, &o));
    snnfe_trainer_options options = device_options(plain);
    course a = course_run(&options, dataset);
    assert_ok(snnfe_trainer_save(a.trainer, support_path("plain.safetensors")));
    options.device = perfect;
    course b = course_run(&options, dataset);
    ck_assert(small_same_values(a.network, b.network));
    assert_ok(snnfe_trainer_restore(b.trainer, support_path("plain.safetensors")));
    course_free(&a);
    course_free(&b);
    snnfe_device_free(plain);
    snnfe_device_free(perfect);
    snnfe_dataset_free(dataset);
}
END_TEST

static void get_fc1(const snnfe_network *network, float *values, size_t n)
{
    assert_ok(snnfe_network_get(network, "snn.fc1.psp_func.weight", values, n));
}

/* Number of the first synapse of fc1. */
static uint64_t number_of_fc1(const snnfe_network *network)
{
    size_t index = 0;
    uint64_t number = 0;
    assert_ok(snnfe_network_find(network, "snn.fc1.psp_func.weight", &index));
    for (size_t i = 0; i < index; i++) {
        snnfe_parameter_info info = {.struct_size = sizeof info};
        assert_ok(snnfe_network_parameter(network, i, &info));
        number += info.count;
    }
    return number;
}

START_TEST(networks_are_put_on_arrays_age_and_are_read)
{
    snnfe_device *device = array_device(3);
    snnfe_network *network = small_network();
    size_t index = 0;
    snnfe_parameter_info info = {.struct_size = sizeof info};
    assert_ok(snnfe_network_find(network, "snn.fc1.psp_func.weight", &index));
    assert_ok(snnfe_network_parameter(network, index, &info));
    const size_t n = info.count, column = n / info.shape[0];
    const uint64_t first = number_of_fc1(network);
    const double bound = 1 / sqrt((double)column);
    float *before = calloc(n, sizeof *before), *after = calloc(n, sizeof *after);
    snnfe_cell *cells = calloc(n, sizeof *cells);
    assert_ok(snnfe_device_cells(device, first, n, cells, sizeof *cells));
    get_fc1(network, before, n);
    uint64_t n_clamped = 0;
    const char *const fc1[] = {"fc1"};
    assert_ok(snnfe_network_transfer(network, device, 0, 0, 1, fc1, 1, &n_clamped));
    get_fc1(network, after, n);
    size_t n_changed = 0;
    for (size_t i = 0; i < n; i++) {
        const double w = (double)before[i] / bound / 2 + 0.5;
        const double put = fmin(fmax(w, (double)cells[i].low), (double)cells[i].high);
        ck_assert_double_eq_tol((double)after[i], bound * (2 * put - 1), 1e-6);
        n_changed += after[i] != before[i];
    }
    ck_assert_uint_gt(n_changed, 0);
    ck_assert_uint_eq(n_clamped, n_changed);
    /* The same as on plain arrays. */
    memcpy(before, after, n * sizeof *before);
    assert_ok(snnfe_network_age(network, device, 0, 1e4, 0));
    assert_ok(snnfe_device_age(device, before, n, bound, first, 0, 1e4, 0));
    get_fc1(network, after, n);
    ck_assert_mem_eq(before, after, n * sizeof *before);
    assert_ok(snnfe_network_read(network, device, 9));
    assert_ok(snnfe_device_read(device, before, n, column, bound, first, 9));
    get_fc1(network, after, n);
    ck_assert_mem_eq(before, after, n * sizeof *before);
    assert_fails(snnfe_network_age(network, device, 5, 4, 0), SNNFE_ERR_ARGUMENT,
                 "time runs backwards, from 5 s to 4 s");
    snnfe_device *perfect = device_make(NULL);
    assert_fails(snnfe_network_age(network, perfect, 0, 5, 0), SNNFE_ERR_ARGUMENT,
                 "snnfe_network_age: to_s is 5, but this device's cells lose nothing with time");
    assert_fails(snnfe_network_read(network, perfect, 1), SNNFE_ERR_ARGUMENT,
                 "snnfe_network_read: this device's cells are read as they are");
    get_fc1(network, after, n);
    ck_assert_mem_eq(before, after, n * sizeof *before);
    snnfe_device_free(perfect);
    free(before);
    free(after);
    free(cells);
    snnfe_network_free(network);
    snnfe_device_free(device);
}
END_TEST

START_TEST(wear_adds_up)
{
    snnfe_dataset *dataset = small_dataset(1);
    snnfe_device *device = noisy_device(0);
    snnfe_trainer_options options = device_options(device);
    options.wear_log_path = support_path("wear.csv");
    options.ltp_energy_j = 3e-12;
    options.endurance = 500;
    course c = course_run(&options, dataset);
    const snnfe_wear all = wear_of(c.trainer, -1);
    uint64_t ltp = 0, ltd = 0, synapses = 0, largest = 0;
    for (int32_t layer = 0; layer < SNNFE_N_LAYERS; layer++) {
        const snnfe_wear w = wear_of(c.trainer, layer);
        ltp += w.ltp_pulses;
        ltd += w.ltd_pulses;
        synapses += w.n_synapses;
        largest = w.largest > largest ? w.largest : largest;
    }
    ck_assert_uint_gt(ltp, 0);
    ck_assert_uint_gt(ltd, 0);
    ck_assert_uint_eq(all.ltp_pulses, ltp);
    ck_assert_uint_eq(all.ltd_pulses, ltd);
    ck_assert_uint_eq(all.n_synapses, synapses);
    ck_assert_uint_eq(all.largest, largest);
    ck_assert_double_eq_tol(all.energy_j, 1e-12 * (double)ltp + 2e-12 * (double)ltd, 1e-20);
    ck_assert_double_eq_tol(all.life_used, (double)largest / 1000, 1e-12);
    ck_assert_double_eq_tol(all.pulses_per_epoch, (double)(ltp + ltd) / 3, 1e-9);
    ck_assert_double_eq_tol(all.pulses_per_trial, (double)(ltp + ltd) / (3 * SMALL_TRAIN), 1e-9);
    uint64_t counts[3], total = 0;
    snnfe_wear again = {.struct_size = sizeof again};
    assert_ok(snnfe_trainer_wear(c.trainer, -1, NULL, &again, counts, 3));
    assert_fails(snnfe_trainer_wear(c.trainer, -1, NULL, &again, counts, 0), SNNFE_ERR_ARGUMENT,
                 "n_bins is 0");
    ck_assert_uint_eq(again.largest, largest);
    for (int b = 0; b < 3; b++)
        total += counts[b];
    ck_assert_uint_eq(total, synapses);
    ck_assert_double_eq_tol(all.never_programmed, (double)counts[0] / (double)synapses, 1e-12);
    /* Crossings are at least the pulses. */
    snnfe_trainer_record rows[8];
    const size_t n = small_log(c.trainer, SNNFE_TRAINER_LOG_EPOCHS, rows, 8);
    ck_assert_uint_ge(rows[n - 1].total_ltp_crossings, ltp);
    ck_assert_uint_ge(rows[n - 1].total_ltd_crossings, ltd);
    char *text = support_read(options.wear_log_path, NULL);
    ck_assert_ptr_nonnull(strstr(text, "\nfc2,"));
    char costs[64];
    snprintf(costs, sizeof costs, ",%.6g,%.6g,%.6g,\nconv1,", 3e-12 * (double)ltp,
             (double)largest / 500, (double)(ltp + ltd) / (double)synapses / 500);
    ck_assert_msg(strstr(text, costs), "no %s in %s", costs, text);
    free(text);
    snnfe_wear w = {.struct_size = sizeof w};
    assert_fails(snnfe_trainer_wear(c.trainer, 7, NULL, &w, NULL, 0), SNNFE_ERR_ARGUMENT,
                 "layer is 7");
    course_free(&c);
    const snnfe_trainer_options floating = small_options();
    c = course_create(&floating);
    assert_fails(snnfe_trainer_wear(c.trainer, -1, NULL, &w, NULL, 0), SNNFE_ERR_STATE,
                 "without a device");
    course_free(&c);
    snnfe_device_free(device);
    snnfe_dataset_free(dataset);
}
END_TEST

START_TEST(stages_freeze_the_rest)
{
    static const char *const fc1[] = {"fc1"}, *const unknown[] = {"fc1", "fc9"};
    snnfe_network *network = small_network();
    assert_fails(snnfe_network_freeze_for_stage(network, SNNFE_STAGE_SSTL, unknown, 2),
                 SNNFE_ERR_NOT_FOUND, "fc9");
    assert_fails(snnfe_network_freeze_for_stage(network, 4, NULL, 0), SNNFE_ERR_ARGUMENT,
                 "stage is 4");
    static const struct {
        int32_t stage;
        bool chosen;
        size_t n_trained; /* of 30 parameters */
    } cases[] = {{SNNFE_STAGE_PRETRAIN, false, 30},
                 {SNNFE_STAGE_RETUNE, false, 9},
                 {SNNFE_STAGE_RETUNE, true, 1},
                 {SNNFE_STAGE_SSTL, false, 5},
                 {SNNFE_STAGE_SSTL, true, 4}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_ok(snnfe_network_freeze_for_stage(network, cases[i].stage,
                                                 cases[i].chosen ? fc1 : NULL, 1));
        size_t n = 0;
        for (size_t p = 0; p < snnfe_network_parameter_count(network); p++) {
            snnfe_parameter_info info = {.struct_size = sizeof info};
            assert_ok(snnfe_network_parameter(network, p, &info));
            n += !info.frozen;
        }
        ck_assert_msg(n == cases[i].n_trained, "case %zu: %zu parameters are trained", i, n);
    }
    snnfe_network_free(network);
}
END_TEST

START_TEST(transfer_puts_weights_on_levels)
{
    snnfe_device *device = noisy_device(0);
    snnfe_network *network = small_network(), *same = small_network(), *start = small_network();
    assert_ok(snnfe_network_transfer(network, device, 2, 0, 1, NULL, 0, NULL));
    float weights[64];
    size_t index = 0;
    assert_ok(snnfe_network_find(network, "snn.fc1.psp_func.weight", &index));
    assert_ok(snnfe_network_get(network, "snn.fc1.psp_func.weight", weights, 64));
    for (int i = 0; i < 64; i++)
        ck_assert_float_eq_tol(fabsf(weights[i] * sqrtf(8)), roundf(fabsf(weights[i] * sqrtf(8))),
                               1e-6F); /* the bound follows from the fan-in of 8 */
    assert_ok(snnfe_network_transfer(network, device, 0, 2, 1, NULL, 0, NULL));
    assert_ok(snnfe_network_transfer(same, device, 2, 2, 1, NULL, 0, NULL));
    ck_assert(small_same_values(network, same)); /* the same two steps, the same noise */
    assert_fails(snnfe_network_transfer(start, device, 3, 0, 1, NULL, 0, NULL), SNNFE_ERR_ARGUMENT,
                 "levels is 3");
    assert_fails(snnfe_network_transfer(start, device, 0, -1, 1, NULL, 0, NULL), SNNFE_ERR_ARGUMENT,
                 "x is -1");
    snnfe_network_free(network);
    snnfe_network_free(same);
    snnfe_network_free(start);
    snnfe_device_free(device);
}
END_TEST

START_TEST(bad_options_are_named)
{
    snnfe_device *device = noisy_device(0);
    snnfe_network *network = small_network();
    snnfe_trainer *trainer = NULL;
    snnfe_trainer_options o = device_options(device);
    o.threshold = 0;
    assert_fails(snnfe_trainer_create(&trainer, network, &o), SNNFE_ERR_ARGUMENT, "threshold is 0");
    o = device_options(device);
    o.levels = 5;
    assert_fails(snnfe_trainer_create(&trainer, network, &o), SNNFE_ERR_ARGUMENT, "levels is 5");
    o = device_options(NULL);
    o.levels = 4;
    assert_fails(snnfe_trainer_create(&trainer, network, &o), SNNFE_ERR_ARGUMENT,
                 "levels is set, but has no effect unless there is a device");
    o = device_options(device);
    o.keep_best = 2;
    assert_fails(snnfe_trainer_create(&trainer, network, &o), SNNFE_ERR_ARGUMENT, "keep_best is 2");
    ck_assert_ptr_null(trainer);
    snnfe_network_free(network);
    snnfe_device_free(device);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("device_training");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 120);
    tcase_add_test(all, threads_do_not_matter);
    tcase_add_test(all, stopped_runs_go_on_to_the_same_bits);
    tcase_add_test(all, an_array_trains_alike_for_any_threads_and_goes_on);
    tcase_add_test(all, perfect_cells_are_none);
    tcase_add_test(all, networks_are_put_on_arrays_age_and_are_read);
    tcase_add_test(all, wear_adds_up);
    tcase_add_test(all, stages_freeze_the_rest);
    tcase_add_test(all, transfer_puts_weights_on_levels);
    tcase_add_test(all, bad_options_are_named);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
