/* Numbers at the edges of their ranges through data sets, network, devices and training; random
   configurations; several handles in several threads. */
#include "base/philox.h"
#include "small.h"

#include <float.h>
#include <math.h>
#include <pthread.h>
#include <snnfe/snnfe.h>

#define SIZE (10 * 11 * SMALL_STEPS)

static const float edges[] = {FLT_MAX, -FLT_MAX, FLT_MIN, -FLT_MIN, 1e-45F,
                              -1e-45F, 0,        -0.0F,   1e20F};
#define N_EDGES (sizeof edges / sizeof edges[0])

/* Huge, least, denormal and constant inputs: every logit is finite, and the gradient too unless the
   call says that it is not. */
START_TEST(edge_inputs_give_finite_results)
{
    static float grid[SIZE], gradient[1 << 16];
    snnfe_network *network = small_network();
    ck_assert_uint_le(snnfe_network_value_count(network), 1 << 16);
    const int32_t label = 1;
    for (size_t e = 0; e <= N_EDGES; e++) {
        for (size_t i = 0; i < SIZE; i++)
            grid[i] = e < N_EDGES ? edges[e] : edges[i % N_EDGES];
        float logits[2], probabilities[2];
        int32_t decision = -1;
        assert_ok(snnfe_network_evaluate(network, grid, 1, NULL, logits, &decision, probabilities));
        ck_assert(isfinite(logits[0]) && isfinite(logits[1]) && (decision == 0 || decision == 1));
        ck_assert_float_eq_tol(probabilities[0] + probabilities[1], 1, 1e-6F);
        const snnfe_status status =
            snnfe_network_gradient(network, grid, &label, 1, NULL, NULL, NULL, gradient);
        ck_assert(status == SNNFE_OK || status == SNNFE_ERR_NONFINITE);
    }
    snnfe_network_free(network);
}
END_TEST

/* Denormal numbers on the way back would cost some processors most of the time of a training: of an
   error of 1e-37, too, no gradient is one. */
START_TEST(gradients_are_no_denormal_numbers)
{
    static float grid[SIZE];
    for (size_t i = 0; i < SIZE; i++)
        grid[i] = (float)(i % 5) - 2;
    snnfe_network *network = small_network();
    float weights[2 * 8], logits[2];
    const size_t n_weights = sizeof weights / sizeof *weights;
    int32_t decision = -1;
    assert_ok(snnfe_network_evaluate(network, grid, 1, NULL, logits, &decision, NULL));
    ck_assert_float_gt(fabsf(logits[1] - logits[0]), 1e-4F);
    assert_ok(snnfe_network_get(network, "snn.fc2.weight", weights, n_weights));
    for (size_t i = 0; i < n_weights; i++)
        weights[i] *= 85 / fabsf(logits[1] - logits[0]);
    assert_ok(snnfe_network_set(network, "snn.fc2.weight", weights, n_weights));

    const size_t n = snnfe_network_value_count(network);
    float *gradient = malloc(n * sizeof *gradient);
    assert_ok(snnfe_network_gradient(network, grid, &decision, 1, NULL, NULL, NULL, gradient));
    size_t n_normal = 0;
    for (size_t i = 0; i < n; i++) {
        ck_assert_msg(support_keeps_denormals() || fpclassify(gradient[i]) != FP_SUBNORMAL,
                      "value %zu: %g", i, (double)gradient[i]);
        n_normal += fpclassify(gradient[i]) == FP_NORMAL;
    }
    ck_assert_uint_gt(n_normal, 0);
    free(gradient);
    snnfe_network_free(network);
}
END_TEST

START_TEST(inputs_that_are_no_numbers_are_named)
{
    static float grid[2 * SIZE];
    const float bad[] = {NAN, INFINITY, -INFINITY};
    snnfe_network *network = small_network();
    float logits[4] = {7, 7, 7, 7};
    for (size_t b = 0; b < 3; b++) {
        grid[SIZE + 17] = bad[b];
        assert_fails(snnfe_network_evaluate(network, grid, 2, NULL, logits, NULL, NULL),
                     SNNFE_ERR_NONFINITE, "17");
        ck_assert_float_eq(logits[0], 7);
    }
    snnfe_network_free(network);
}
END_TEST

/* Found by fuzzing: sums, counts and thresholds beyond what floats and counters hold. */
START_TEST(device_steps_stay_finite)
{
    snnfe_device *device = NULL;
    assert_ok(snnfe_device_create(&device, NULL));
    snnfe_device_step_options o;
    assert_ok(snnfe_device_step_options_init(&o, sizeof o));
    float weight = 0.01F, sum = FLT_MAX, update = FLT_MAX;
    assert_fails(snnfe_device_step(device, &o, &weight, &sum, &update, 1, NULL, NULL, NULL, NULL),
                 SNNFE_ERR_NONFINITE, "overflows");
    ck_assert_float_eq(sum, FLT_MAX);
    update = 0;
    uint64_t ltp = 0;
    o.threshold = 1e-12;
    assert_ok(snnfe_device_step(device, &o, &weight, &sum, &update, 1, NULL, NULL, &ltp, NULL));
    ck_assert(isfinite(weight) && isfinite(sum) && ltp > 0);
    const double refused[] = {0, -1, 1e-13, 1e13, (double)NAN, (double)INFINITY};
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        o.threshold = refused[i];
        assert_fails(
            snnfe_device_step(device, &o, &weight, &sum, &update, 1, NULL, NULL, NULL, NULL),
            SNNFE_ERR_ARGUMENT, "threshold");
    }
    float huge[2] = {FLT_MAX, -FLT_MAX};
    assert_ok(snnfe_quantize(huge, 2, 1e-12, 65536));
    ck_assert(isfinite(huge[0]) && isfinite(huge[1]));
    snnfe_device_free(device);
}
END_TEST

/* A network that snnfe_trainer_step has taken below 0 in a decay can be kept. */
START_TEST(decays_below_0_are_kept)
{
    static float grid[SIZE];
    for (size_t i = 0; i < SIZE; i++)
        grid[i] = (float)(i % 5) - 2;
    snnfe_trainer_options options = small_options();
    options.decay_learning_rate = 0.05;
    snnfe_network *network = small_network(), *loaded = NULL;
    snnfe_trainer *trainer = NULL;
    assert_ok(snnfe_trainer_create(&trainer, network, &options));
    const int32_t label = 0;
    for (int i = 0; i < 4; i++)
        assert_ok(snnfe_trainer_step(trainer, grid, &label, 1, NULL, NULL));
    float *values = small_values(network), least = 0;
    for (size_t i = 0; i < snnfe_network_parameter_count(network); i++) {
        snnfe_parameter_info info = {.struct_size = sizeof info};
        assert_ok(snnfe_network_parameter(network, i, &info));
        for (size_t k = 0; info.kind == SNNFE_PARAMETER_DECAY && k < info.count; k++)
            least = fminf(least, values[info.offset + k]);
    }
    ck_assert_float_lt(least, 0);
    free(values);
    assert_ok(snnfe_trainer_save(trainer, support_path("below.safetensors")));
    assert_ok(snnfe_trainer_restore(trainer, support_path("below.safetensors")));
    assert_ok(snnfe_network_load(&loaded, support_path("below.safetensors")));
    ck_assert(small_same_values(network, loaded));
    snnfe_trainer_free(trainer);
    snnfe_network_free(network);
    snnfe_network_free(loaded);
}
END_TEST

/* Sizes at random: a network is saved and loaded to the same bits, its decisions depend on neither
   the number of threads nor the batch, and frozen parameters get no gradient. */
START_TEST(random_configurations_hold)
{
    snnfe_stream stream = snnfe_stream_make(support_seed(), SNNFE_STREAM_SYNTHETIC, (uint64_t)_i);
    snnfe_network_options o;
    assert_ok(snnfe_network_options_init(&o, sizeof o));
    o.n_rows = 10 + snnfe_stream_below(&stream, 5);
    o.n_columns = 10 + snnfe_stream_below(&stream, 5);
    o.n_steps = 1 + snnfe_stream_below(&stream, 30);
    o.conv1_channels = 1 + snnfe_stream_below(&stream, 40);
    o.conv2_channels = 1 + snnfe_stream_below(&stream, 40);
    o.conv3_channels = 1 + snnfe_stream_below(&stream, 70);
    o.n_hidden = 1 + snnfe_stream_below(&stream, 70);
    o.n_classes = 2 + snnfe_stream_below(&stream, 9);
    o.seed = snnfe_stream_u32(&stream);
    snnfe_network *network = NULL, *loaded = NULL;
    assert_ok(snnfe_network_create(&network, &o));
    const size_t size = (size_t)o.n_rows * o.n_columns * o.n_steps;
    float *grid = malloc(3 * size * sizeof *grid);
    for (size_t i = 0; i < 3 * size; i++)
        grid[i] = 2 * (float)snnfe_stream_normal(&stream);
    assert_ok(snnfe_network_save(network, support_path("random")));
    assert_ok(snnfe_network_load(&loaded, support_path("random")));
    ck_assert(small_same_values(network, loaded));
    snnfe_run_options run;
    assert_ok(snnfe_run_options_init(&run, sizeof run));
    float together[3 * 10], alone[10];
    run.n_threads = 3;
    assert_ok(snnfe_network_evaluate(loaded, grid, 3, &run, together, NULL, NULL));
    run.n_threads = 1;
    for (size_t i = 0; i < 3; i++) {
        assert_ok(snnfe_network_evaluate(network, grid + i * size, 1, &run, alone, NULL, NULL));
        ck_assert_mem_eq(alone, together + i * o.n_classes, o.n_classes * sizeof *alone);
    }
    assert_ok(snnfe_network_freeze(network, "*", 1));
    float *gradient = malloc(snnfe_network_value_count(network) * sizeof *gradient);
    const int32_t label = (int32_t)o.n_classes - 1;
    assert_ok(snnfe_network_gradient(network, grid, &label, 1, NULL, &run, NULL, gradient));
    for (size_t i = 0; i < snnfe_network_value_count(network); i++)
        ck_assert(!(gradient[i] < 0) && !(gradient[i] > 0));
    free(gradient);
    free(grid);
    snnfe_network_free(network);
    snnfe_network_free(loaded);
}
END_TEST

/* --- several handles in several threads ------------------------------------------------------ */

#define THREADS 4

typedef struct own_training {
    pthread_t thread;
    const snnfe_dataset *dataset; /* shared, only read */
    const snnfe_network *start;   /* shared, only read */
    snnfe_network *network;
    snnfe_status statuses[5];
    bool own_message;
    int number;
} own_training;

static void *train_alone(void *context)
{
    own_training *t = context;
    const snnfe_trainer_data lists = small_lists();
    snnfe_trainer_options options = small_options();
    options.n_epochs = 1;
    snnfe_trainer *trainer = NULL;
    snnfe_network *none = NULL;
    snnfe_evaluation result = {.struct_size = sizeof result};
    char name[64];
    t->statuses[0] = snnfe_network_clone(&t->network, t->start);
    t->statuses[1] = snnfe_trainer_create(&trainer, t->network, &options);
    t->statuses[2] = snnfe_trainer_run(trainer, t->dataset, &lists);
    t->statuses[3] = snnfe_evaluation_run(t->start, t->dataset, NULL, 0, NULL, &result, NULL, NULL);
    snprintf(name, sizeof name, "/dev/null/of-thread-%d", t->number);
    t->statuses[4] = snnfe_network_load(&none, name) == SNNFE_ERR_IO ? SNNFE_OK : SNNFE_ERR_STATE;
    t->own_message = strstr(snnfe_last_error(), name) != NULL;
    snnfe_trainer_free(trainer);
    return NULL;
}

START_TEST(handles_in_threads)
{
    snnfe_dataset *dataset = small_dataset(1);
    snnfe_network *start = small_network();
    own_training trainings[THREADS];
    for (int i = 0; i < THREADS; i++) {
        trainings[i] = (own_training){.dataset = dataset, .start = start, .number = i};
        ck_assert_int_eq(pthread_create(&trainings[i].thread, NULL, train_alone, &trainings[i]), 0);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(trainings[i].thread, NULL);
    for (int i = 0; i < THREADS; i++) {
        for (int s = 0; s < 5; s++)
            ck_assert_int_eq(trainings[i].statuses[s], SNNFE_OK);
        ck_assert(trainings[i].own_message);
        ck_assert(small_same_values(trainings[0].network, trainings[i].network));
    }
    for (int i = 0; i < THREADS; i++)
        snnfe_network_free(trainings[i].network);
    snnfe_network_free(start);
    snnfe_dataset_free(dataset);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("extremes");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 300);
    tcase_add_test(all, edge_inputs_give_finite_results);
    tcase_add_test(all, gradients_are_no_denormal_numbers);
    tcase_add_test(all, inputs_that_are_no_numbers_are_named);
    tcase_add_test(all, device_steps_stay_finite);
    tcase_add_test(all, decays_below_0_are_kept);
    tcase_add_loop_test(all, random_configurations_hold, 0, 30);
    tcase_add_test(all, handles_in_threads);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
