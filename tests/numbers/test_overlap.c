/* Arrays of a call that overlap: refused where results would be wrong, right where they are written
   at the end. */
#include "small.h"

#include <snnfe/device.h>
#include <snnfe/signal.h>

enum { N = 8 };

static snnfe_device *make_device(void)
{
    snnfe_device *device = NULL;
    assert_ok(snnfe_device_create(&device, NULL));
    return device;
}

START_TEST(responses_and_pulses)
{
    snnfe_device *device = make_device();
    double w[2 * N] = {0}, dw[N];
    for (size_t at = 0; at < N; at++)
        assert_fails(snnfe_device_response(device, SNNFE_LTP, w, N, w + at), SNNFE_ERR_ARGUMENT,
                     "snnfe_device_response: w and dw overlap");
    assert_ok(snnfe_device_response(device, SNNFE_LTP, w, N, w + N));
    assert_ok(snnfe_device_response(device, SNNFE_LTP, w + N, N, w));
    assert_ok(snnfe_device_response(device, SNNFE_LTP, w, N, dw));
    union {
        double w[N + 1];
        int32_t directions[N];
    } both = {{0}};
    assert_fails(snnfe_device_pulse_train(device, both.directions, N, 0.5, 5, both.w),
                 SNNFE_ERR_ARGUMENT, "directions and w overlap");
    snnfe_device_free(device);
}
END_TEST

/* Each pair of the seven arrays of a step. */
START_TEST(steps)
{
    static const char *const names[] = {"weights",    "accumulators", "updates", "ltp_pulses",
                                        "ltd_pulses", "histories",    "imprints"};
    snnfe_device *device = make_device();
    for (size_t i = 0; i < 7; i++)
        for (size_t k = i + 1; k < 7; k++) {
            float room[7][N] = {{0}};
            float *at[7];
            char expected[64];
            for (size_t a = 0; a < 7; a++)
                at[a] = room[a];
            at[k] = at[i] + (k - i == 1 ? N - 1 : 0);
            snnfe_device_step_options options;
            assert_ok(snnfe_device_step_options_init(&options, sizeof options));
            options.histories = at[5];
            options.imprints = at[6];
            const snnfe_status status =
                snnfe_device_step(device, &options, at[0], at[1], at[2], N, (uint32_t *)at[3],
                                  (uint32_t *)at[4], NULL, NULL);
            snprintf(expected, sizeof expected, "%s and %s overlap", names[i], names[k]);
            if (strcmp(names[i], "updates") == 0 && strcmp(names[k], "imprints") == 0)
                assert_ok(status); /* neither is written */
            else
                assert_fails(status, SNNFE_ERR_ARGUMENT, expected);
        }
    snnfe_device_free(device);
}
END_TEST

START_TEST(signals_and_sums)
{
    float samples[64] = {0};
    size_t n = 32;
    assert_fails(snnfe_resample(samples, 1, 32, 100, 100, &n, samples + 31), SNNFE_ERR_ARGUMENT,
                 "samples and resampled overlap");
    assert_ok(snnfe_resample(samples, 1, 32, 100, 100, &n, samples + 32));
    union {
        double sums[2 * N];
        float logits[2 * N];
        uint64_t ids[N];
    } all = {{0}};
    uint64_t ids[N] = {0};
    float logits[2 * N] = {0};
    assert_fails(snnfe_evaluation_trial_logits(all.logits, ids, N, 2, all.sums), SNNFE_ERR_ARGUMENT,
                 "logits and sums overlap");
    assert_fails(snnfe_evaluation_trial_logits(logits, all.ids, N, 2, all.sums), SNNFE_ERR_ARGUMENT,
                 "trial_ids and sums overlap");
    assert_ok(snnfe_evaluation_trial_logits(logits, ids, N, 2, all.sums));
}
END_TEST

/* A grid of one trial, with as much room behind it. */
static float *make_grid(const snnfe_dataset *dataset, size_t *size)
{
    const snnfe_network_options o = small_network_options();
    *size = (size_t)o.n_rows * o.n_columns * o.n_steps;
    float *grid = calloc(2 * *size, sizeof *grid);
    ck_assert_ptr_nonnull(grid);
    assert_ok(snnfe_dataset_copy_grid(dataset, NULL, 1, grid));
    return grid;
}

/* Logits, classes and gradients that are written over the trial they come from. */
START_TEST(results_over_inputs_are_right)
{
    snnfe_dataset *dataset = small_dataset(1);
    snnfe_network *network = small_network();
    size_t size = 0;
    float *grid = make_grid(dataset, &size), *over = make_grid(dataset, &size);
    assert_fails(snnfe_dataset_copy_grid(dataset, (const int32_t *)over, 1, over),
                 SNNFE_ERR_ARGUMENT, "indices and grid overlap");
    float logits[SNNFE_MAX_CLASSES];
    assert_ok(snnfe_network_evaluate(network, grid, 1, NULL, logits, NULL, NULL));
    assert_ok(snnfe_network_evaluate(network, over, 1, NULL, over, NULL, NULL));
    ck_assert_mem_eq(over, logits, 2 * sizeof(float));
    const size_t n_values = snnfe_network_value_count(network);
    ck_assert_uint_le(n_values, 2 * size);
    float *gradient = calloc(n_values, sizeof *gradient);
    ck_assert_ptr_nonnull(gradient);
    const int32_t label = 1;
    assert_ok(snnfe_network_gradient(network, grid, &label, 1, NULL, NULL, NULL, gradient));
    memcpy(over, grid, size * sizeof *grid);
    assert_ok(snnfe_network_gradient(network, over, &label, 1, NULL, NULL, NULL, over));
    ck_assert_mem_eq(over, gradient, n_values * sizeof *gradient);
    union {
        int32_t indices[4];
        float logits[8];
    } both = {.indices = {3, 1, 0, 2}};
    int32_t indices[4] = {3, 1, 0, 2};
    float said[8];
    assert_ok(snnfe_evaluation_run(network, dataset, indices, 4, NULL, NULL, said, NULL));
    assert_ok(
        snnfe_evaluation_run(network, dataset, both.indices, 4, NULL, NULL, both.logits, NULL));
    ck_assert_mem_eq(both.logits, said, sizeof said);
    free(grid);
    free(over);
    free(gradient);
    snnfe_network_free(network);
    snnfe_dataset_free(dataset);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("overlap");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 60);
    tcase_add_test(all, responses_and_pulses);
    tcase_add_test(all, steps);
    tcase_add_test(all, signals_and_sums);
    tcase_add_test(all, results_over_inputs_are_right);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
