/* Time passes over a learner between sessions; the decoder decides by what is left. */
#include "devices.h"
#include "learning.h"
#include "stream.h"

#include <snnfe/cells.h>

/* What a device forgets by half in 1 s, and what readings disturb. */
static snnfe_device *forgetful_device(void)
{
    snnfe_cells_options o = cells_defaults();
    o.retention = SNNFE_RETENTION_POWER;
    o.read_disturb = 1e-3;
    return device_on_cells(&o);
}

/* Large enough for what the first layer does to reach the last. */
static snnfe_network *larger_network(void)
{
    snnfe_network_options sizes = small_network_options();
    snnfe_network *network = NULL;
    sizes.conv1_channels = 16;
    sizes.conv2_channels = 32;
    sizes.conv3_channels = 32;
    sizes.n_hidden = 32;
    assert_ok(snnfe_network_create(&network, &sizes));
    return network;
}

static snnfe_decoder *decoder_of(const snnfe_network *network)
{
    snnfe_decoder_options plain = stream_plain_options();
    snnfe_decoder *decoder = NULL;
    plain.windows = SNNFE_WINDOWS_CUED;
    assert_ok(snnfe_decoder_create(&decoder, network, &plain));
    return decoder;
}

static snnfe_learner *learner_of(const snnfe_network *network, snnfe_decoder *decoder,
                                 const snnfe_device *device)
{
    snnfe_learner_options options = fast_options();
    snnfe_learner *learner = NULL;
    options.device = device;
    assert_ok(snnfe_learner_create(&learner, network, decoder, &options));
    return learner;
}

/* Loud enough for every layer to spike. */
static float *loud_noise(void)
{
    float *samples = stream_noise(6, 2 * SMALL_STEPS);
    for (size_t i = 0; i < (size_t)2 * SMALL_STEPS * 64; i++)
        samples[i] *= 5;
    return samples;
}

/* The first layer, which does not learn, has its say. */
static void assert_first_layer_counts(const snnfe_network *aged, const snnfe_network *before)
{
    static const char name[] = "snn.conv1.psp_func.weight";
    float *samples = loud_noise(), logits[2], expected[2], weights[16 * 9];
    snnfe_network *partly = NULL;
    assert_ok(snnfe_network_clone(&partly, aged));
    assert_ok(snnfe_network_get(before, name, weights, 16 * 9));
    assert_ok(snnfe_network_set(partly, name, weights, 16 * 9));
    stream_evaluate(partly, samples, logits);
    stream_evaluate(aged, samples, expected);
    ck_assert(memcmp(logits, expected, sizeof logits) != 0);
    snnfe_network_free(partly);
    free(samples);
}

static void assert_decides_by(snnfe_decoder *decoder, const snnfe_network *network)
{
    float *samples = loud_noise(), logits[2], expected[2];
    assert_ok(snnfe_decoder_cue(decoder, -1, NULL));
    assert_ok(snnfe_decoder_push(decoder, SNNFE_NOT_NUMBERED, samples, SMALL_STEPS));
    stream_next(decoder, logits);
    stream_evaluate(network, samples, expected);
    ck_assert_mem_eq(logits, expected, sizeof logits);
    free(samples);
}

/* All layers lose, those too that do not learn; so does a learner that goes on from a file. */
START_TEST(decoders_get_what_is_left)
{
    trials t = make_trials(4);
    snnfe_device *device = forgetful_device();
    snnfe_network *network = larger_network(), *expected = NULL, *left = NULL;
    snnfe_decoder *decoder = decoder_of(network), *next = decoder_of(network);
    snnfe_learner *learner = learner_of(network, decoder, device), *resumed = NULL;
    for (size_t i = 0; i < 3; i++)
        assert_ok(snnfe_learner_adapt(learner, grid_of(&t, i), t.labels[i], NULL));
    assert_ok(snnfe_learner_copy_network(learner, &expected));
    assert_ok(snnfe_network_age(expected, device, 0.5, 1, 20));
    assert_ok(snnfe_learner_age(learner, 0.5, 1, 20));
    assert_ok(snnfe_learner_copy_network(learner, &left));
    ck_assert(small_same_values(left, expected));
    ck_assert(!small_same_values(left, network));
    assert_first_layer_counts(left, network);
    assert_decides_by(decoder, expected);
    assert_ok(snnfe_learner_save(learner, support_path("aged")));
    resumed = learner_of(network, next, device);
    assert_ok(snnfe_learner_restore(resumed, support_path("aged")));
    assert_decides_by(next, expected);
    snnfe_decoder_free(decoder);
    snnfe_decoder_free(next);
    snnfe_learner_free(learner);
    snnfe_learner_free(resumed);
    snnfe_network_free(network);
    snnfe_network_free(expected);
    snnfe_network_free(left);
    snnfe_device_free(device);
    free(t.grids);
}
END_TEST

START_TEST(bad_times_are_named)
{
    snnfe_device *device = forgetful_device();
    snnfe_network *network = small_network(), *left = NULL;
    snnfe_learner *learner = learner_of(network, NULL, device);
    snnfe_learner *floating = learner_of(network, NULL, NULL);
    snnfe_device *perfect = device_make(NULL);
    snnfe_learner *keeping = learner_of(network, NULL, perfect);
    assert_fails(snnfe_learner_age(NULL, 0, 1, 0), SNNFE_ERR_ARGUMENT, "learner is NULL");
    assert_fails(snnfe_learner_age(learner, 2, 1, 0), SNNFE_ERR_ARGUMENT,
                 "snnfe_learner_age: time runs backwards, from 2 s to 1 s");
    assert_fails(snnfe_learner_age(floating, 0, 1, 0), SNNFE_ERR_STATE,
                 "the learner learns without a device");
    assert_fails(snnfe_learner_age(keeping, 2, 3, 0), SNNFE_ERR_ARGUMENT,
                 "snnfe_learner_age: to_s is 3, but this device's cells lose nothing with time");
    assert_fails(snnfe_learner_age(keeping, 2, 2, 7), SNNFE_ERR_ARGUMENT,
                 "snnfe_learner_age: readings is 7, but none disturbs this device's cells");
    assert_ok(snnfe_learner_copy_network(learner, &left));
    ck_assert(small_same_values(left, network));
    snnfe_learner_free(learner);
    snnfe_learner_free(keeping);
    snnfe_device_free(perfect);
    snnfe_learner_free(floating);
    snnfe_network_free(network);
    snnfe_network_free(left);
    snnfe_device_free(device);
}
END_TEST

int main(int argc, char **argv)
{
    (void)argc;
    support_set_program(argv[0]);
    Suite *suite = suite_create("learner's time");
    TCase *tests = tcase_create("time");
    tcase_add_test(tests, decoders_get_what_is_left);
    tcase_add_test(tests, bad_times_are_named);
    suite_add_tcase(suite, tests);
    return support_run(suite);
}
