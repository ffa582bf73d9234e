/* What a network costs, on the published network and on small ones. */
#include "base/memory.h"
#include "damage.h"
#include "golden.h"
#include "reported.h"
#include "small.h"
#include "stream.h"

#include <jansson.h>
#include <math.h>

/* Subject 1's 45 imagery trials and the published on-device network of fold 1 (docs/spec.md 4). */
START_TEST(published_network)
{
    if (!support_have_shared())
        return;
    int32_t labels[GOLDEN_TRIALS];
    float *grid = golden_grid(labels);
    snnfe_network *network = golden_network("on_device_fold1");
    const reported r = report_on(network, grid, GOLDEN_TRIALS, NULL);
    ck_assert_double_eq_tol((double)r.layers[SNNFE_N_LAYERS].dense_macs / 1e6, 601.8, 0.05);
    ck_assert_double_eq_tol((double)r.layers[SNNFE_LAYER_CONV2].dense_macs / 1e6, 495.5, 0.05);
    ck_assert_uint_eq(r.layers[SNNFE_N_LAYERS].n_synapses + r.layers[SNNFE_N_LAYERS].n_biases,
                      699136);
    snnfe_tensors *file = golden_open("forward_on_device_fold1");
    int64_t *spikes = golden_tensor(file, "spike_count", NULL);
    for (size_t layer = 0; layer < 6; layer++) {
        double expected = 0;
        for (size_t i = 0; i < GOLDEN_TRIALS; i++)
            expected += (double)spikes[i * 6 + layer] / GOLDEN_TRIALS;
        const snnfe_layer_report *l = &r.layers[layer];
        ck_assert_double_eq_tol(l->spikes / expected, 1, 5e-4);
        ck_assert_double_eq_tol(l->spike_rate, expected / ((double)l->n_neurons * 160),
                                1e-3 * l->spike_rate);
        ck_assert_double_gt(l->change_rate, 0);
        ck_assert_double_lt(l->event_operations, (double)l->dense_macs + 1);
    }
    ck_assert(isnan(r.layers[SNNFE_LAYER_FC2].spike_rate));
    /* The published count a step, on the subject's executed movements (other trials than these): 1
       466 355 by inputs that are not 0, of which conv1 has 31 104 (64 of 110 places) and conv3 108
       229. */
    ck_assert_double_eq(r.layers[SNNFE_LAYER_CONV1].effective_macs / 160, 31104);
    ck_assert_double_eq_tol(r.layers[SNNFE_LAYER_CONV3].effective_macs / 160 / 108229, 1, 0.02);
    ck_assert_double_eq_tol(r.layers[SNNFE_N_LAYERS].effective_macs / 160 / 1466355, 1, 0.04);
    printf("%.1f M dense, %.1f M synaptic, %.1f M events; spike rate %.3f\n",
           (double)r.layers[SNNFE_N_LAYERS].dense_macs / 1e6,
           r.layers[SNNFE_N_LAYERS].synaptic_operations / 1e6,
           r.layers[SNNFE_N_LAYERS].event_operations / 1e6, r.layers[SNNFE_N_LAYERS].spike_rate);
    snnfe_release(spikes);
    snnfe_tensors_close(file);
    snnfe_release(grid);
    snnfe_network_free(network);
}
END_TEST

START_TEST(counts_add_up)
{
    snnfe_network *network = small_network();
    float *grid = calloc(2 * (size_t)110 * SMALL_STEPS, sizeof *grid);
    for (size_t i = 0; i < 2 * (size_t)110 * SMALL_STEPS; i++)
        grid[i] = (float)(i % 7) - 3;
    const reported r = report_on(network, grid, 2, NULL);
    snnfe_layer_activity activity[2][SNNFE_N_LAYERS];
    assert_ok(
        snnfe_network_activity(network, grid, 2, NULL, activity[0], sizeof(snnfe_layer_activity)));
    uint64_t synapses = 0, values = 0, dense = 0;
    for (size_t k = 0; k < SNNFE_N_LAYERS; k++) {
        const snnfe_layer_report *l = &r.layers[k];
        synapses += l->n_synapses;
        values += l->n_synapses + l->n_biases + l->n_others;
        dense += l->dense_macs;
        ck_assert_uint_eq(l->dense_macs, activity[0][k].dense_macs);
        ck_assert_double_eq_tol(
            l->event_operations,
            (double)(activity[0][k].event_operations + activity[1][k].event_operations) / 2, 1e-6);
    }
    ck_assert_uint_eq(values, snnfe_network_value_count(network));
    ck_assert_uint_eq(values, r.head.n_values);
    ck_assert_uint_eq(synapses, r.layers[SNNFE_N_LAYERS].n_synapses);
    ck_assert_uint_eq(dense, r.layers[SNNFE_N_LAYERS].dense_macs);
    ck_assert_uint_eq(r.head.n_trials, 2);
    snnfe_decoder *decoder = NULL;
    assert_ok(snnfe_decoder_create(&decoder, network, NULL));
    ck_assert_uint_eq(r.head.live_bytes, stream_info(decoder).n_bytes);
    snnfe_decoder_free(decoder);
    ck_assert_uint_gt(r.head.training_bytes, r.head.evaluation_bytes);
    ck_assert_uint_gt(r.head.parameter_bytes, r.head.n_values * sizeof(float));
    free(grid);
    snnfe_network_free(network);
}
END_TEST

/* Counted by hand: one channel of conv2 fires everywhere at every step, the others never, so that
   four spikes make one average; three places of the grid are not 0 at some steps. */
START_TEST(inputs_that_are_not_zero)
{
    snnfe_network *network = small_network();
    const float weights[6 * 4 * 9] = {0}, biases[6] = {-10, -10, 10, -10, -10, -10};
    assert_ok(snnfe_network_set(network, "snn.conv2.psp_func.weight", weights,
                                sizeof weights / sizeof weights[0]));
    assert_ok(snnfe_network_set(network, "snn.conv2.psp_func.bias", biases, 6));
    float *grid = calloc((size_t)110 * SMALL_STEPS, sizeof *grid);
    for (size_t t = 0; t < 3; t++)
        grid[0 * SMALL_STEPS + t] = 1; /* a corner is in 1 window of 3 x 3 */
    for (size_t t = 0; t < 2; t++)
        grid[(5 * 11 + 5) * SMALL_STEPS + t] = -1; /* the middle in 9 */
    grid[5 * SMALL_STEPS + 7] = 0.5F;              /* an edge in 3 */
    const reported r = report_on(network, grid, 1, NULL);
    const snnfe_layer_report *l = r.layers;
    ck_assert_double_eq(l[SNNFE_LAYER_CONV1].effective_macs, (3 * 1 + 2 * 9 + 1 * 3) * 4);
    ck_assert_double_eq(l[SNNFE_LAYER_CONV2].spikes, 6 * 7 * SMALL_STEPS);
    /* 6 x 6 of the 6 x 7 places are averaged to 3 x 3, which reach 8 channels. */
    ck_assert_double_eq(l[SNNFE_LAYER_CONV3].synaptic_operations, 36 * 8 * SMALL_STEPS);
    ck_assert_double_eq(l[SNNFE_LAYER_CONV3].effective_macs, 9 * 8 * SMALL_STEPS);
    double sum = 0;
    for (int layer = 0; layer < SNNFE_N_LAYERS; layer++) {
        sum += l[layer].effective_macs;
        if (layer != SNNFE_LAYER_CONV1 && layer != SNNFE_LAYER_CONV3)
            ck_assert_double_eq(l[layer].effective_macs, l[layer].synaptic_operations);
    }
    ck_assert_double_eq(r.layers[SNNFE_N_LAYERS].effective_macs, sum);
    free(grid);
    snnfe_network_free(network);
}
END_TEST

/* Without data, what needs none is there. */
START_TEST(without_trials)
{
    snnfe_network *network = small_network();
    const reported r = report_on(network, NULL, 0, NULL);
    ck_assert_uint_gt(r.layers[SNNFE_N_LAYERS].dense_macs, 0);
    ck_assert(isnan(r.layers[SNNFE_N_LAYERS].synaptic_operations));
    ck_assert(isnan(r.layers[SNNFE_N_LAYERS].spike_rate));
    ck_assert(isnan(r.layers[SNNFE_N_LAYERS].effective_macs));
    ck_assert_uint_eq(r.layers[SNNFE_N_LAYERS].ltp_pulses, 0);
    ck_assert_uint_eq(r.head.pulses_known, 0);
    ck_assert(isnan(r.layers[SNNFE_N_LAYERS].energy_j));
    snnfe_network_free(network);
}
END_TEST

/* More threads and larger batches need more; so does training through a device. */
START_TEST(memory_follows_the_options)
{
    snnfe_network *network = small_network();
    snnfe_device *device = NULL;
    snnfe_report_options options;
    assert_ok(snnfe_device_create(&device, NULL));
    assert_ok(snnfe_report_options_init(&options, sizeof options));
    const reported one = report_on(network, NULL, 0, &options);
    options.n_threads = 3;
    const reported three = report_on(network, NULL, 0, &options);
    ck_assert_uint_gt(three.head.evaluation_bytes, 2 * one.head.evaluation_bytes);
    ck_assert_uint_gt(three.head.training_bytes, one.head.training_bytes);
    options.n_threads = 1;
    options.batch_size = 1;
    const reported single = report_on(network, NULL, 0, &options);
    ck_assert_uint_lt(single.head.training_bytes, one.head.training_bytes);
    options.device = device;
    const reported pulsed = report_on(network, NULL, 0, &options);
    /* An accumulator and two counters for every value. */
    ck_assert_uint_ge(pulsed.head.training_bytes,
                      single.head.training_bytes + 12 * pulsed.head.n_values);
    snnfe_decoder_options live;
    assert_ok(snnfe_decoder_options_init(&live, sizeof live));
    live.hop = 2;
    options.decoder = &live;
    ck_assert_uint_gt(report_on(network, NULL, 0, &options).head.live_bytes,
                      5 * one.head.live_bytes);
    snnfe_device_free(device);
    snnfe_network_free(network);
}
END_TEST

/* Pulses of a checkpoint are those that the trainer counts. */
START_TEST(pulses_of_a_checkpoint)
{
    snnfe_network *network = small_network();
    snnfe_dataset *dataset = small_dataset(1);
    snnfe_device *device = NULL;
    snnfe_trainer *trainer = NULL;
    assert_ok(snnfe_device_create(&device, NULL));
    snnfe_trainer_options o = small_options();
    o.device = device;
    o.learning_rate = 1e-2;
    assert_ok(snnfe_trainer_create(&trainer, network, &o));
    const snnfe_trainer_data lists = small_lists();
    assert_ok(snnfe_trainer_run(trainer, dataset, &lists));
    assert_ok(snnfe_trainer_save(trainer, support_path("checkpoint")));
    snnfe_report_options options;
    assert_ok(snnfe_report_options_init(&options, sizeof options));
    options.checkpoint = support_path("checkpoint");
    options.ltp_energy_j = 1e-12;
    options.ltd_energy_j = 3e-12;
    const reported r = report_on(network, NULL, 0, &options);
    for (int32_t layer = -1; layer < SNNFE_N_LAYERS; layer++) {
        snnfe_wear wear = {.struct_size = sizeof wear};
        assert_ok(snnfe_trainer_wear(trainer, layer, NULL, &wear, NULL, 0));
        const snnfe_layer_report *l = layer < 0 ? &r.layers[SNNFE_N_LAYERS] : &r.layers[layer];
        ck_assert_uint_eq(l->ltp_pulses, wear.ltp_pulses);
        ck_assert_uint_eq(l->ltd_pulses, wear.ltd_pulses);
        ck_assert_double_eq_tol(l->energy_j,
                                1e-12 * (double)(wear.ltp_pulses + 3 * wear.ltd_pulses), 1e-18);
        ck_assert_uint_eq(l->largest, wear.largest);
        ck_assert(isnan(l->life_used));
        ck_assert(isnan(l->mean_life_used));
    }
    ck_assert_uint_gt(r.layers[SNNFE_N_LAYERS].ltp_pulses, 0);
    ck_assert_uint_eq(r.head.pulses_known, 1);
    /* Pulses whose energy nobody gave. */
    options.ltp_energy_j = options.ltd_energy_j = 0;
    const reported counted = report_on(network, NULL, 0, &options);
    ck_assert_uint_eq(counted.layers[SNNFE_N_LAYERS].ltp_pulses,
                      r.layers[SNNFE_N_LAYERS].ltp_pulses);
    ck_assert(isnan(counted.layers[SNNFE_N_LAYERS].energy_j));
    snnfe_report report = {.struct_size = sizeof report};
    const int32_t below_0 = -1;
    support_damage(support_path("checkpoint"), support_path("damaged"),
                   "trainer.ltd_pulses.snn.fc2.weight", &below_0, sizeof below_0);
    options.checkpoint = support_path("damaged");
    assert_fails(snnfe_report_make(network, NULL, 0, &options, &report, NULL, 0), SNNFE_ERR_FORMAT,
                 "is -1, below 0");
    assert_ok(snnfe_network_save(network, support_path("network")));
    options.checkpoint = support_path("network");
    assert_fails(snnfe_report_make(network, NULL, 0, &options, &report, NULL, 0),
                 SNNFE_ERR_NOT_FOUND, "is a network, not a training's checkpoint");
    options.checkpoint = support_path("none");
    assert_fails(snnfe_report_make(network, NULL, 0, &options, &report, NULL, 0), SNNFE_ERR_IO,
                 "none");
    snnfe_trainer_free(trainer);
    snnfe_device_free(device);
    snnfe_dataset_free(dataset);
    snnfe_network_free(network);
}
END_TEST

static char *printed(const reported *report, int32_t form)
{
    size_t length = 0;
    assert_ok(snnfe_report_print(&report->head, report->layers, ROW_SIZE, form, NULL, 0, &length));
    char *text = malloc(length + 1);
    assert_ok(
        snnfe_report_print(&report->head, report->layers, ROW_SIZE, form, text, length + 1, NULL));
    ck_assert_uint_eq(strlen(text), length);
    return text;
}

START_TEST(three_forms)
{
    snnfe_network *network = small_network();
    float *grid = calloc((size_t)110 * SMALL_STEPS, sizeof *grid);
    const reported r = report_on(network, grid, 1, NULL);
    char *text = printed(&r, SNNFE_REPORT_TEXT), *json = printed(&r, SNNFE_REPORT_JSON);
    char *csv = printed(&r, SNNFE_REPORT_CSV);
    ck_assert_ptr_nonnull(strstr(text, "measured on 1 trial: "));
    ck_assert_ptr_nonnull(strstr(text, "\nfc2 "));
    json_t *object = json_loads(json, 0, NULL);
    ck_assert_ptr_nonnull(object);
    json_t *conv2 = json_object_get(json_object_get(object, "layers"), "conv2");
    ck_assert_int_eq(json_integer_value(json_object_get(conv2, "dense_macs")),
                     (json_int_t)r.layers[SNNFE_LAYER_CONV2].dense_macs);
    ck_assert(json_is_null(
        json_object_get(json_object_get(json_object_get(object, "layers"), "fc2"), "spike_rate")));
    json_t *all = json_object_get(object, "all");
    ck_assert(json_is_null(json_object_get(all, "ltp_pulses")));
    ck_assert(json_is_null(json_object_get(all, "energy_j")));
    json_decref(object);
    /* Unknown pulses and energy are no zeros. */
    ck_assert_ptr_nonnull(strstr(strstr(text, "\nall "), "           -           -\n"));
    ck_assert_ptr_nonnull(strstr(strstr(csv, "\nall,"), ",,,,"));
    size_t lines = 0, commas = 0;
    for (const char *c = csv; *c; c++) {
        lines += *c == '\n';
        commas += *c == ',';
    }
    ck_assert_uint_eq(lines, 9);
    ck_assert_uint_eq(commas, 9 * 17);
    char small[10];
    assert_ok(snnfe_report_print(&r.head, r.layers, ROW_SIZE, SNNFE_REPORT_CSV, small, sizeof small,
                                 NULL));
    ck_assert_str_eq(small, "layer,neu");
    free(text);
    free(json);
    free(csv);
    free(grid);
    snnfe_network_free(network);
}
END_TEST

START_TEST(bad_input)
{
    snnfe_network *network = small_network();
    static snnfe_layer_report rows[SNNFE_N_LAYERS + 1];
    snnfe_report report = {.struct_size = sizeof report};
    snnfe_report_options options;
    float *grid = calloc((size_t)110 * SMALL_STEPS, sizeof *grid);
    grid[5] = NAN;
    assert_fails(snnfe_report_make(NULL, NULL, 0, NULL, &report, NULL, 0), SNNFE_ERR_ARGUMENT,
                 "network");
    assert_fails(snnfe_report_make(network, NULL, 0, NULL, NULL, NULL, 0), SNNFE_ERR_ARGUMENT,
                 "report");
    assert_fails(snnfe_report_make(network, NULL, 1, NULL, &report, NULL, 0), SNNFE_ERR_ARGUMENT,
                 "grid");
    assert_fails(snnfe_report_make(network, grid, 1, NULL, &report, NULL, 0), SNNFE_ERR_NONFINITE,
                 "nan");
    assert_ok(snnfe_report_options_init(&options, sizeof options));
    options.ltp_energy_j = -1;
    assert_fails(snnfe_report_make(network, NULL, 0, &options, &report, NULL, 0),
                 SNNFE_ERR_ARGUMENT, "ltp_energy_j is -1");
    options.ltp_energy_j = 0;
    options.ltd_energy_j = (double)NAN;
    assert_fails(snnfe_report_make(network, NULL, 0, &options, &report, NULL, 0),
                 SNNFE_ERR_ARGUMENT, "ltd_energy_j is nan");
    options.ltd_energy_j = 0;
    options.endurance = -5;
    assert_fails(snnfe_report_make(network, NULL, 0, &options, &report, NULL, 0),
                 SNNFE_ERR_ARGUMENT, "endurance is -5");
    options.endurance = 0;
    options.batch_size = 0;
    assert_fails(snnfe_report_make(network, NULL, 0, &options, &report, NULL, 0),
                 SNNFE_ERR_ARGUMENT, "batch_size is 0");
    options.batch_size = 1;
    options.n_shards = 0;
    assert_fails(snnfe_report_make(network, NULL, 0, &options, &report, NULL, 0),
                 SNNFE_ERR_ARGUMENT, "n_shards is 0");
    assert_fails(snnfe_report_print(NULL, rows, ROW_SIZE, 0, NULL, 0, NULL), SNNFE_ERR_ARGUMENT,
                 "report");
    assert_fails(snnfe_report_print(&report, rows, ROW_SIZE, 3, NULL, 0, NULL), SNNFE_ERR_ARGUMENT,
                 "form is 3");
    assert_fails(snnfe_report_print(&report, rows, ROW_SIZE, 0, NULL, 3, NULL), SNNFE_ERR_ARGUMENT,
                 "text");
    assert_fails(snnfe_report_print(&report, NULL, ROW_SIZE, 0, NULL, 0, NULL), SNNFE_ERR_ARGUMENT,
                 "rows is NULL");
    assert_fails(snnfe_report_print(&report, rows, 7, 0, NULL, 0, NULL), SNNFE_ERR_ARGUMENT,
                 "the size of a struct is 7 bytes");
    assert_fails(snnfe_report_make(network, NULL, 0, NULL, &report, rows, 0), SNNFE_ERR_ARGUMENT,
                 "the size of a struct is 0 bytes");
    report.struct_size = 5;
    assert_fails(snnfe_report_print(&report, rows, ROW_SIZE, 0, NULL, 0, NULL), SNNFE_ERR_ARGUMENT,
                 "is 5");
    free(grid);
    snnfe_network_free(network);
}
END_TEST

int main(int argc, char **argv)
{
    (void)argc;
    support_set_program(argv[0]);
    Suite *suite = suite_create("report");
    TCase *tests = tcase_create("report");
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, published_network);
    tcase_add_test(tests, counts_add_up);
    tcase_add_test(tests, inputs_that_are_not_zero);
    tcase_add_test(tests, without_trials);
    tcase_add_test(tests, memory_follows_the_options);
    tcase_add_test(tests, pulses_of_a_checkpoint);
    tcase_add_test(tests, three_forms);
    tcase_add_test(tests, bad_input);
    suite_add_tcase(suite, tests);
    return support_run(suite);
}
