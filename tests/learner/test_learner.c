/* Personalization on line: the steps of the trainer, replay, the guard, the exchange of weights. */
#include "learner/replay.h"
#include "learning.h"
#include "stream.h"
#include "trainer/optimizer.h"

#include <math.h>

/* A network that is large enough to learn, and all of its layers, which have learned nothing. */
static const char *const everything[] = {"*"};

static snnfe_network *learning_network(void)
{
    snnfe_network_options sizes = small_network_options();
    sizes.conv1_channels = 16;
    sizes.conv2_channels = 16;
    sizes.conv3_channels = 32;
    sizes.n_hidden = 32;
    snnfe_network *network = NULL;
    assert_ok(snnfe_network_create(&network, &sizes));
    return network;
}

/* Weights beyond what the device can hold are counted, and clamped by the first step. */
START_TEST(misfits_are_counted)
{
    trials t = make_trials(1);
    snnfe_device_options narrow;
    snnfe_device *device = NULL;
    assert_ok(snnfe_device_options_init(&narrow, sizeof narrow));
    narrow.bounds[SNNFE_LAYER_FC1] = 0.01;
    assert_ok(snnfe_device_create(&device, &narrow));
    snnfe_network *start = small_network(), *learned = NULL;
    snnfe_learner_options options = fast_options();
    options.device = device;
    options.learning_rate = 0;
    snnfe_learner *learner = NULL;
    assert_ok(snnfe_learner_create(&learner, start, NULL, &options));
    float weights[64];
    uint64_t n_beyond = 0;
    assert_ok(snnfe_network_get(start, "snn.fc1.psp_func.weight", weights, 64));
    for (int i = 0; i < 64; i++)
        n_beyond += fabsf(weights[i]) > 0.01F;
    ck_assert_uint_gt(n_beyond, 0);
    ck_assert_uint_eq(info_of(learner).n_clamped, n_beyond);
    assert_ok(snnfe_learner_adapt(learner, grid_of(&t, 0), t.labels[0], NULL));
    assert_ok(snnfe_learner_copy_network(learner, &learned));
    assert_ok(snnfe_network_get(learned, "snn.fc1.psp_func.weight", weights, 64));
    for (int i = 0; i < 64; i++)
        ck_assert(fabsf(weights[i]) <= 0.01F);
    snnfe_learner_free(learner);
    snnfe_network_free(learned);
    snnfe_network_free(start);
    snnfe_device_free(device);
    free(t.grids);
}
END_TEST

/* Without replay a learner does what a trainer does that gets the trials one by one. */
START_TEST(the_trainers_steps)
{
    trials t = make_trials(1);
    snnfe_device *device = NULL;
    assert_ok(snnfe_device_create(&device, NULL));
    for (int with_device = 0; with_device < 2; with_device++) {
        snnfe_network *start = small_network(), *network = NULL, *learned = NULL;
        snnfe_learner_options options = fast_options();
        options.n_replay = 0;
        options.guard_fall = 2;
        options.device = with_device ? device : NULL;
        snnfe_learner *learner = NULL;
        assert_ok(snnfe_learner_create(&learner, start, NULL, &options));
        snnfe_trainer_options o;
        assert_ok(snnfe_trainer_options_init(&o, sizeof o));
        assert_ok(snnfe_trainer_options_stage(&o, SNNFE_STAGE_SSTL));
        o.learning_rate = 1e-2;
        o.device = options.device;
        snnfe_trainer *trainer = NULL;
        assert_ok(snnfe_network_clone(&network, start));
        assert_ok(snnfe_network_freeze_for_stage(network, SNNFE_STAGE_SSTL, NULL, 0));
        assert_ok(snnfe_trainer_create(&trainer, network, &o));
        uint8_t masks[3 * 8];
        for (size_t i = 0; i < 3 * SMALL_TRIALS; i++) {
            float logits[2];
            double loss = 0;
            snnfe_adaptation done = {.struct_size = sizeof done};
            assert_ok(snnfe_network_evaluate(network, grid_of(&t, i), 1, NULL, logits, NULL, NULL));
            assert_ok(
                snnfe_learner_adapt(learner, grid_of(&t, i), t.labels[i % SMALL_TRIALS], &done));
            ck_assert_int_eq(done.decided, logits[1] > logits[0]);
            ck_assert_int_eq(done.correct, done.decided == t.labels[i % SMALL_TRIALS]);
            assert_ok(snnfe_network_draw_masks(network, 5, i, masks));
            assert_ok(snnfe_trainer_step(trainer, grid_of(&t, i), &t.labels[i % SMALL_TRIALS], 1,
                                         masks, &loss));
            snnfe_decays_clamp(network);
        }
        assert_ok(snnfe_learner_copy_network(learner, &learned));
        ck_assert(small_same_values(learned, network));
        ck_assert(!small_same_values(learned, start));
        const snnfe_learner_info info = info_of(learner);
        ck_assert_uint_eq(info.n_steps, 3 * SMALL_TRIALS);
        ck_assert_int_eq(info.ltp_pulses + info.ltd_pulses > 0, with_device);
        snnfe_wear wear = {.struct_size = sizeof wear};
        if (with_device) {
            assert_ok(snnfe_learner_wear(learner, SNNFE_LAYER_FC1, NULL, &wear, NULL, 0));
            ck_assert_uint_gt(wear.ltp_pulses + wear.ltd_pulses, 0);
        } else {
            assert_fails(snnfe_learner_wear(learner, -1, NULL, &wear, NULL, 0), SNNFE_ERR_STATE,
                         "device");
        }
        snnfe_trainer_free(trainer);
        snnfe_learner_free(learner);
        snnfe_network_free(start);
        snnfe_network_free(network);
        snnfe_network_free(learned);
    }
    snnfe_device_free(device);
    free(t.grids);
}
END_TEST

/* A learner gets better, the estimate says so, and the replay buffer stays bounded. */
START_TEST(gets_better)
{
    trials t = make_trials(2);
    snnfe_network *network = learning_network();
    snnfe_learner_options options = fast_options();
    options.n_replay = 10;
    options.learning_rate = 5e-4;
    options.guard_least = 100;
    options.layers = everything;
    options.n_layers = 1;
    snnfe_learner *learner = NULL;
    assert_ok(snnfe_learner_create(&learner, network, NULL, &options));
    ck_assert(isnan(info_of(learner).accuracy));
    ck_assert(isnan(info_of(learner).best_accuracy));
    for (size_t i = 0; i < 120; i++) {
        snnfe_adaptation done = {.struct_size = sizeof done};
        assert_ok(snnfe_learner_adapt(learner, grid_of(&t, i), t.labels[i % SMALL_TRIALS], &done));
        ck_assert_uint_eq(done.n_replayed, i == 0 ? 0 : 3);
        ck_assert_uint_eq(info_of(learner).n_replay, i < 10 ? i + 1 : 10);
    }
    const snnfe_learner_info info = info_of(learner);
    printf("running accuracy %.3f, %u of 120 right\n", info.accuracy, (unsigned)info.n_correct);
    ck_assert_double_gt(info.accuracy, 0.9);
    ck_assert_uint_eq(info.n_trials, 120);
    ck_assert_uint_eq(info.n_steps, 120 + 119 * 3);
    ck_assert_uint_eq(info.n_rollbacks, 0);
    snnfe_learner_free(learner);
    snnfe_network_free(network);
    free(t.grids);
}
END_TEST

/* A trial out of all proportion changes nothing, not even the guard. */
START_TEST(huge_trials_change_nothing)
{
    trials t = make_trials(2);
    snnfe_network *network = small_network();
    snnfe_learner_options options = fast_options();
    snnfe_learner *learner = NULL;
    assert_ok(snnfe_learner_create(&learner, network, NULL, &options));
    for (size_t i = 0; i < 6; i++)
        assert_ok(snnfe_learner_adapt(learner, grid_of(&t, i), t.labels[i], NULL));
    assert_ok(snnfe_learner_save(learner, support_path("before")));
    float *grid = malloc(SIZE * sizeof *grid);
    memcpy(grid, grid_of(&t, 0), SIZE * sizeof *grid);
    grid[3] = 3e38F;
    assert_fails(snnfe_learner_adapt(learner, grid, 1, NULL), SNNFE_ERR_NONFINITE,
                 "grid[3] is 3e+38, not in ±1e+06");
    assert_ok(snnfe_learner_save(learner, support_path("after")));
    size_t a = 0, b = 0;
    char *before = support_read(support_path("before"), &a);
    char *after = support_read(support_path("after"), &b);
    ck_assert(a == b && memcmp(before, after, a) == 0);
    options.learning_rate = 1e36;
    snnfe_learner *wild = NULL;
    assert_fails(snnfe_learner_create(&wild, network, NULL, &options), SNNFE_ERR_ARGUMENT,
                 "learning_rate is 1e+36");
    free(before);
    free(after);
    free(grid);
    snnfe_learner_free(learner);
    snnfe_network_free(network);
    free(t.grids);
}
END_TEST

/* Labels are swapped: what is learned from them is undone. */
START_TEST(guard_rolls_back)
{
    trials t = make_trials(3);
    snnfe_network *network = learning_network(), *best = NULL, *after = NULL;
    snnfe_learner_options options = fast_options();
    options.guard_trials = 8;
    options.guard_least = 200;
    options.guard_fall = 0.3;
    options.n_replay = 0;
    options.learning_rate = 2e-3;
    options.layers = everything;
    options.n_layers = 1;
    snnfe_learner *learner = NULL;
    assert_ok(snnfe_learner_create(&learner, network, NULL, &options));
    size_t i = 0;
    for (; i < 240; i++)
        assert_ok(snnfe_learner_adapt(learner, grid_of(&t, i), t.labels[i % SMALL_TRIALS], NULL));
    ck_assert_uint_eq(info_of(learner).n_rollbacks, 0);
    const double before = info_of(learner).best_accuracy;
    ck_assert_double_gt(before, 0.9);
    assert_ok(snnfe_learner_copy_network(learner, &best));
    snnfe_adaptation done = {.struct_size = sizeof done};
    for (; i < 280 && !done.rolled_back; i++)
        assert_ok(snnfe_learner_adapt(learner, grid_of(&t, i), !t.labels[i % SMALL_TRIALS], &done));
    ck_assert_int_eq(done.rolled_back, 1);
    ck_assert_double_lt(done.accuracy, before - 0.3);
    ck_assert(isnan(info_of(learner).best_accuracy));
    ck_assert_uint_eq(info_of(learner).n_rollbacks, 1);
    ck_assert_uint_gt(info_of(learner).n_reprogrammed, 0);
    /* The trial that made the guard act was still learned, from the best weights: one more with
       its right label, and the network decides as the best one did. */
    assert_ok(snnfe_learner_copy_network(learner, &after));
    int same = 0;
    for (size_t k = 0; k < SMALL_TRIALS; k++) {
        int32_t a = 0, b = 0;
        assert_ok(snnfe_network_evaluate(best, grid_of(&t, k), 1, NULL, NULL, &a, NULL));
        assert_ok(snnfe_network_evaluate(after, grid_of(&t, k), 1, NULL, NULL, &b, NULL));
        same += a == b;
    }
    ck_assert_int_ge(same, SMALL_TRIALS - 4);
    snnfe_learner_free(learner);
    snnfe_network_free(network);
    snnfe_network_free(best);
    snnfe_network_free(after);
    free(t.grids);
}
END_TEST

/* Every trial is as likely to be held; classes are drawn equally often. */
START_TEST(replay_is_fair)
{
    enum { N = 40, CAPACITY = 8, ROUNDS = 4000 };
    int held[N] = {0}, drawn[2] = {0};
    for (uint64_t round = 0; round < ROUNDS; round++) {
        snnfe_replay replay;
        int32_t label = -1;
        assert_ok(snnfe_replay_create(&replay, CAPACITY, 1, round));
        ck_assert_ptr_null(snnfe_replay_draw(&replay, 2, &label));
        for (int i = 0; i < N; i++) {
            const float value = (float)i;
            snnfe_replay_add(&replay, &value, i % 4 == 0);
        }
        ck_assert_uint_eq(replay.n, CAPACITY);
        int n_ones = 0;
        for (int k = 0; k < CAPACITY; k++) {
            held[(int)replay.grids[k]]++;
            n_ones += replay.labels[k] == 1;
        }
        for (int k = 0; k < 4 && n_ones > 0 && n_ones < CAPACITY; k++) {
            const float *grid = snnfe_replay_draw(&replay, 2, &label);
            ck_assert_int_eq((int)*grid % 4 == 0, label);
            drawn[label]++;
        }
        snnfe_replay_release(&replay);
    }
    /* Expected 800 each with a standard deviation of 25; drawn: half of about 13000, 57. */
    for (int i = 0; i < N; i++) {
        ck_assert_int_gt(held[i], 800 - 6 * 25);
        ck_assert_int_lt(held[i], 800 + 6 * 25);
    }
    ck_assert_int_lt(abs(drawn[0] - drawn[1]), 6 * 2 * 57);
}
END_TEST

/* The decoder gets copies that no window uses; if there is none, the weights go later. */
START_TEST(weights_for_the_decoder)
{
    trials t = make_trials(4);
    snnfe_network *network = small_network();
    snnfe_decoder_options plain = stream_plain_options();
    plain.windows = SNNFE_WINDOWS_CUED;
    plain.n_running = 4;
    snnfe_decoder *decoder = NULL;
    snnfe_learner *learner = NULL;
    assert_ok(snnfe_decoder_create(&decoder, network, &plain));
    snnfe_learner_options options = fast_options();
    options.n_networks = 2;
    assert_ok(snnfe_learner_create(&learner, network, decoder, &options));
    float *samples = stream_noise(6, 8 * SMALL_STEPS), logits[2], expected[2];
    /* Two windows keep two copies busy. */
    snnfe_adaptation done = {.struct_size = sizeof done};
    for (size_t i = 0; i < 2; i++) {
        assert_ok(snnfe_learner_adapt(learner, grid_of(&t, i), t.labels[i], &done));
        ck_assert_int_eq(done.offered, 1);
        assert_ok(snnfe_decoder_cue(decoder, -1, NULL));
        assert_ok(snnfe_decoder_push(decoder, SNNFE_NOT_NUMBERED, samples, 1));
    }
    assert_ok(snnfe_learner_adapt(learner, grid_of(&t, 2), t.labels[2], &done));
    ck_assert_int_eq(done.offered, 0);
    assert_ok(snnfe_decoder_push(decoder, SNNFE_NOT_NUMBERED, samples, SMALL_STEPS));
    ck_assert_uint_eq(stream_info(decoder).n_pending, 2);
    assert_ok(snnfe_learner_adapt(learner, grid_of(&t, 3), t.labels[3], &done));
    ck_assert_int_eq(done.offered, 1);
    ck_assert_uint_eq(info_of(learner).n_offered, 3);
    /* A new window has the newest weights. */
    stream_next(decoder, NULL);
    stream_next(decoder, NULL);
    assert_ok(snnfe_decoder_cue(decoder, -1, NULL));
    assert_ok(snnfe_decoder_push(decoder, SNNFE_NOT_NUMBERED, samples, SMALL_STEPS));
    stream_next(decoder, logits);
    snnfe_network *newest = NULL;
    assert_ok(snnfe_learner_copy_network(learner, &newest));
    stream_evaluate(newest, samples, expected);
    ck_assert_mem_eq(logits, expected, sizeof logits);
    free(samples);
    free(t.grids);
    snnfe_decoder_free(decoder);
    snnfe_learner_free(learner);
    snnfe_network_free(network);
    snnfe_network_free(newest);
}
END_TEST

START_TEST(same_seed_same_weights)
{
    trials t = make_trials(6);
    snnfe_network *network = small_network(), *results[2];
    for (int k = 0; k < 2; k++) {
        const snnfe_learner_options options = fast_options();
        snnfe_learner *learner = NULL;
        assert_ok(snnfe_learner_create(&learner, network, NULL, &options));
        for (size_t i = 0; i < 60; i++)
            assert_ok(
                snnfe_learner_adapt(learner, grid_of(&t, i), t.labels[i % SMALL_TRIALS], NULL));
        assert_ok(snnfe_learner_copy_network(learner, &results[k]));
        snnfe_learner_free(learner);
    }
    ck_assert(small_same_values(results[0], results[1]));
    for (int k = 0; k < 2; k++)
        snnfe_network_free(results[k]);
    snnfe_network_free(network);
    free(t.grids);
}
END_TEST

#define REFUSED(field, value, fragment)                                                            \
    do {                                                                                           \
        snnfe_learner_options options_ = fast_options();                                           \
        options_.field = (value);                                                                  \
        snnfe_learner *learner_ = (snnfe_learner *)(uintptr_t)1;                                   \
        assert_fails(snnfe_learner_create(&learner_, network, NULL, &options_),                    \
                     SNNFE_ERR_ARGUMENT, fragment);                                                \
        ck_assert_ptr_null(learner_);                                                              \
    } while (0)

START_TEST(bad_input)
{
    trials t = make_trials(7);
    snnfe_network_options sizes = small_network_options();
    snnfe_network *network = small_network(), *other = NULL, *copy = NULL;
    sizes.n_hidden = 9;
    assert_ok(snnfe_network_create(&other, &sizes));
    REFUSED(learning_rate, -1, "learning_rate is -1");
    REFUSED(threshold, 0, "threshold is 0");
    REFUSED(levels, 3, "levels is 3");
    REFUSED(n_replay, 65537, "n_replay is 65537");
    REFUSED(replay_steps, 1001, "replay_steps is 1001");
    REFUSED(n_networks, 1, "n_networks is 1");
    REFUSED(guard_trials, 1, "guard_trials is 1");
    REFUSED(guard_fall, 0, "guard_fall is 0");
    REFUSED(guard_fall, (double)NAN, "guard_fall is nan");
    REFUSED(n_layers, 2, "layers is NULL");
    snnfe_learner *learner = NULL;
    snnfe_decoder *decoder = NULL;
    const char *const layers[] = {"fc9"};
    snnfe_learner_options options = fast_options();
    options.layers = layers;
    options.n_layers = 1;
    assert_fails(snnfe_learner_create(&learner, network, NULL, &options), SNNFE_ERR_NOT_FOUND,
                 "fc9");
    assert_ok(snnfe_decoder_create(&decoder, other, NULL));
    assert_fails(snnfe_learner_create(&learner, network, decoder, NULL), SNNFE_ERR_SHAPE,
                 "configuration");
    assert_fails(snnfe_learner_create(NULL, network, NULL, NULL), SNNFE_ERR_ARGUMENT, "learner");
    assert_fails(snnfe_learner_create(&learner, NULL, NULL, NULL), SNNFE_ERR_ARGUMENT, "network");
    assert_ok(snnfe_learner_create(&learner, network, NULL, NULL));
    snnfe_adaptation result = {.struct_size = 4};
    assert_fails(snnfe_learner_adapt(NULL, t.grids, 0, NULL), SNNFE_ERR_ARGUMENT, "learner");
    assert_fails(snnfe_learner_adapt(learner, NULL, 0, NULL), SNNFE_ERR_ARGUMENT, "grid");
    assert_fails(snnfe_learner_adapt(learner, t.grids, 2, NULL), SNNFE_ERR_ARGUMENT,
                 "label 0 is 2");
    assert_fails(snnfe_learner_adapt(learner, t.grids, 0, &result), SNNFE_ERR_ARGUMENT,
                 "struct_size is 4");
    t.grids[17] = NAN;
    assert_fails(snnfe_learner_adapt(learner, t.grids, 0, NULL), SNNFE_ERR_NONFINITE, "nan");
    ck_assert_uint_eq(info_of(learner).n_trials, 0);
    assert_ok(snnfe_learner_copy_network(learner, &copy));
    ck_assert(small_same_values(copy, network));
    assert_fails(snnfe_learner_get_info(learner, NULL), SNNFE_ERR_ARGUMENT, "info");
    assert_fails(snnfe_learner_copy_network(NULL, &copy), SNNFE_ERR_ARGUMENT, "learner");
    assert_fails(snnfe_learner_wear(NULL, -1, NULL, NULL, NULL, 0), SNNFE_ERR_ARGUMENT, "learner");
    assert_fails(snnfe_learner_options_init(NULL, 8), SNNFE_ERR_ARGUMENT, "NULL");
    snnfe_learner_free(NULL);
    snnfe_learner_free(learner);
    snnfe_decoder_free(decoder);
    snnfe_network_free(network);
    snnfe_network_free(other);
    snnfe_network_free(copy);
    free(t.grids);
}
END_TEST

int main(int argc, char **argv)
{
    (void)argc;
    support_set_program(argv[0]);
    Suite *suite = suite_create("learner");
    TCase *tests = tcase_create("learner");
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, the_trainers_steps);
    tcase_add_test(tests, gets_better);
    tcase_add_test(tests, huge_trials_change_nothing);
    tcase_add_test(tests, guard_rolls_back);
    tcase_add_test(tests, replay_is_fair);
    tcase_add_test(tests, weights_for_the_decoder);
    tcase_add_test(tests, same_seed_same_weights);
    tcase_add_test(tests, misfits_are_counted);
    tcase_add_test(tests, bad_input);
    suite_add_tcase(suite, tests);
    return support_run(suite);
}
