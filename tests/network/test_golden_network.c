/* Forward and backward passes against the reference vectors. */
#include "base/memory.h"
#include "golden.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *const names[] = {"init", "float_fold1", "on_device_fold1"};

START_TEST(forward_agrees)
{
    if (!support_have_shared())
        return;
    const char *name = names[_i];
    int32_t labels[GOLDEN_TRIALS];
    float *grid = golden_grid(labels);
    snnfe_network *network = golden_network(name);
    char file_name[64];
    snprintf(file_name, sizeof file_name, "forward_%s", name);
    snnfe_tensors *file = golden_open(file_name);
    float *expected = golden_tensor(file, "logits", NULL);
    int64_t *counts = golden_tensor(file, "spike_count", NULL);
    int64_t *changes = golden_tensor(file, "spike_toggles", NULL);

    float logits[GOLDEN_TRIALS * 2];
    assert_ok(snnfe_network_evaluate(network, grid, GOLDEN_TRIALS, NULL, logits, NULL, NULL));
    double difference = 0;
    for (int i = 0; i < GOLDEN_TRIALS; i++) {
        ck_assert_msg((logits[2 * i] > logits[2 * i + 1]) ==
                          (expected[2 * i] > expected[2 * i + 1]),
                      "trial %d is decided otherwise", i);
        for (int c = 0; c < 2; c++)
            difference += fabs((double)logits[2 * i + c] - (double)expected[2 * i + c]);
    }
    difference /= 2 * GOLDEN_TRIALS;
    ck_assert_msg(difference <= 2e-3, "mean difference of logits is %g", difference);

    snnfe_layer_activity activity[GOLDEN_TRIALS][SNNFE_N_LAYERS];
    assert_ok(snnfe_network_activity(network, grid, GOLDEN_TRIALS, NULL, activity[0],
                                     sizeof(snnfe_layer_activity)));
    for (int layer = 0; layer < 6; layer++) {
        double spikes = 0, expected_spikes = 0;
        for (int i = 0; i < GOLDEN_TRIALS; i++) {
            spikes += (double)activity[i][layer].spikes;
            expected_spikes += (double)counts[i * 6 + layer];
        }
        ck_assert_msg(fabs(spikes / expected_spikes - 1) <= 5e-4, "layer %d: %g spikes, not %g",
                      layer, spikes, expected_spikes);
    }
    /* One spike on its threshold may turn a trial's later layers; all others agree exactly. */
    int same = 0;
    for (int i = 0; i < GOLDEN_TRIALS; i++) {
        bool equal = true;
        for (int layer = 0; layer < 6; layer++)
            equal = equal && (int64_t)activity[i][layer].spikes == counts[i * 6 + layer] &&
                    (int64_t)activity[i][layer].changes == changes[i * 6 + layer];
        same += equal;
    }
    ck_assert_msg(same >= 40, "only %d of 45 trials have the very same spikes", same);
    uint64_t macs = 0;
    for (int layer = 0; layer < SNNFE_N_LAYERS; layer++)
        macs += activity[0][layer].dense_macs;
    ck_assert_uint_eq((macs + 50000) / 100000, 6018); /* 601.8 million */
    snnfe_release(expected);
    snnfe_release(counts);
    snnfe_release(changes);
    snnfe_tensors_close(file);
    snnfe_network_free(network);
    snnfe_release(grid);
}
END_TEST

static void interleave_masks(snnfe_tensors *file, uint8_t *masks, size_t n)
{
    static const char *const layers[] = {"mask_tc1", "mask_r1", "mask_fc1"};
    for (size_t m = 0; m < 3; m++) {
        uint8_t *mask = golden_tensor(file, layers[m], NULL);
        for (size_t i = 0; i < n; i++)
            memcpy(masks + (i * 3 + m) * GOLDEN_HIDDEN, mask + i * GOLDEN_HIDDEN, GOLDEN_HIDDEN);
        snnfe_release(mask);
    }
}

START_TEST(gradient_agrees)
{
    if (!support_have_shared())
        return;
    const char *name = names[_i];
    int32_t labels[GOLDEN_TRIALS];
    float *grid = golden_grid(labels);
    snnfe_network *network = golden_network(name);
    char file_name[64];
    snprintf(file_name, sizeof file_name, "grad_%s", name);
    snnfe_tensors *file = golden_open(file_name);
    uint8_t masks[8 * 3 * GOLDEN_HIDDEN];
    interleave_masks(file, masks, 8);

    double loss = 0;
    float *gradient = snnfe_alloc(snnfe_network_value_count(network), sizeof(float));
    assert_ok(snnfe_network_gradient(network, grid, labels, 8, masks, NULL, &loss, gradient));
    double *expected_loss = golden_tensor(file, "loss", NULL);
    ck_assert_msg(fabs(loss - expected_loss[0]) <= 1e-4, "loss is %.9g, not %.9g", loss,
                  expected_loss[0]);
    for (size_t i = 0; i < snnfe_network_parameter_count(network); i++) {
        snnfe_parameter_info info = {.struct_size = sizeof info};
        assert_ok(snnfe_network_parameter(network, i, &info));
        char tensor[96];
        snprintf(tensor, sizeof tensor, "grad.%s", info.name);
        float *expected = golden_tensor(file, tensor, NULL);
        const double error = relative_error(gradient + info.offset, expected, info.count);
        if (getenv("SNNFE_TEST_VERBOSE"))
            printf("%-45s %.2e\n", tensor, error);
        ck_assert_msg(error <= 1e-3, "%s: relative error %g", tensor, error);
        snnfe_release(expected);
    }
    snnfe_release(expected_loss);
    snnfe_release(gradient);
    snnfe_tensors_close(file);
    snnfe_network_free(network);
    snnfe_release(grid);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("golden network");
    TCase *passes = tcase_create("passes");
    tcase_set_timeout(passes, 600);
    tcase_add_loop_test(passes, forward_agrees, 0, 3);
    tcase_add_loop_test(passes, gradient_agrees, 0, 3);
    suite_add_tcase(suite, passes);
    return support_run(suite);
}
