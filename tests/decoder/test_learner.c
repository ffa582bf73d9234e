/* Personalisation on line: the steps of the trainer, replay, the guard, the exchange of weights. */
#include "decoder/replay.h"
#include "small.h"
#include "stream.h"
#include "trainer/optimiser.h"

#include <math.h>
#include <pthread.h>
#include <snnfe/learner.h>

enum { SIZE = 110 * SMALL_STEPS };

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

typedef struct trials {
    float *grids; /* [SMALL_TRIALS][SIZE] */
    int32_t labels[SMALL_TRIALS];
} trials;

static trials make_trials(uint64_t seed)
{
    trials t = {.grids = malloc(sizeof(float) * SIZE * SMALL_TRIALS)};
    snnfe_dataset *dataset = small_dataset(seed);
    assert_ok(snnfe_dataset_copy_grid(dataset, NULL, SMALL_TRIALS, t.grids));
    memcpy(t.labels, snnfe_dataset_labels(dataset), sizeof t.labels);
    snnfe_dataset_free(dataset);
    return t;
}

static const float *grid_of(const trials *t, size_t i)
{
    return t->grids + i % SMALL_TRIALS * SIZE;
}

static snnfe_learner_options fast_options(void)
{
    snnfe_learner_options options;
    assert_ok(snnfe_learner_options_init(&options, sizeof options));
    options.learning_rate = 1e-2;
    options.replay_steps = 3;
    return options;
}

static snnfe_learner_info info_of(const snnfe_learner *learner)
{
    snnfe_learner_info info = {.struct_size = sizeof info};
    assert_ok(snnfe_learner_get_info(learner, &info));
    return info;
}

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
            assert_ok(snnfe_learner_wear(learner, SNNFE_LAYER_FC1, NULL, &wear));
            ck_assert_uint_gt(wear.ltp_pulses + wear.ltd_pulses, 0);
        } else {
            assert_fails(snnfe_learner_wear(learner, -1, NULL, &wear), SNNFE_ERR_STATE, "device");
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

/* Labels turn: what is learned from them is thrown away. */
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
    ck_assert_double_eq(done.accuracy, before);
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
        assert_ok(snnfe_decoder_push(decoder, samples, 1));
    }
    assert_ok(snnfe_learner_adapt(learner, grid_of(&t, 2), t.labels[2], &done));
    ck_assert_int_eq(done.offered, 0);
    assert_ok(snnfe_decoder_push(decoder, samples, SMALL_STEPS));
    ck_assert_uint_eq(snnfe_decoder_pending(decoder), 2);
    assert_ok(snnfe_learner_adapt(learner, grid_of(&t, 3), t.labels[3], &done));
    ck_assert_int_eq(done.offered, 1);
    ck_assert_uint_eq(info_of(learner).n_offered, 3);
    /* A new window has the newest weights. */
    stream_next(decoder, NULL);
    stream_next(decoder, NULL);
    assert_ok(snnfe_decoder_cue(decoder, -1, NULL));
    assert_ok(snnfe_decoder_push(decoder, samples, SMALL_STEPS));
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

/* Learning on one thread, decoding on another: every window is that of whole weights. */
typedef struct background {
    snnfe_learner *learner;
    const trials *trials;
    size_t n;
    _Atomic int done;
} background;

static void *learn_all(void *argument)
{
    background *b = argument;
    for (size_t i = 0; i < b->n; i++)
        if (snnfe_learner_adapt(b->learner, grid_of(b->trials, i),
                                b->trials->labels[i % SMALL_TRIALS], NULL) != SNNFE_OK)
            break;
    b->done = 1;
    return NULL;
}

START_TEST(learning_beside_decoding)
{
    trials t = make_trials(5);
    snnfe_network *network = small_network();
    snnfe_decoder_options plain = stream_plain_options();
    plain.hop = 5;
    snnfe_decoder *decoder = NULL;
    snnfe_learner *learner = NULL;
    assert_ok(snnfe_decoder_create(&decoder, network, &plain));
    const snnfe_learner_options options = fast_options();
    assert_ok(snnfe_learner_create(&learner, network, decoder, &options));
    float *samples = stream_noise(7, SMALL_STEPS);
    background b = {learner, &t, 200, 0};
    pthread_t thread;
    ck_assert_int_eq(pthread_create(&thread, NULL, learn_all, &b), 0);
    size_t n = 0;
    while (!b.done) {
        assert_ok(snnfe_decoder_push(decoder, samples, SMALL_STEPS));
        for (; snnfe_decoder_pending(decoder); n++) {
            float logits[2];
            stream_next(decoder, logits);
            ck_assert(isfinite(logits[0]) && isfinite(logits[1]));
        }
    }
    pthread_join(thread, NULL);
    const snnfe_learner_info info = info_of(learner);
    printf("%zu decisions, weights exchanged %u times\n", n, (unsigned)info.n_offered);
    ck_assert_uint_gt(info.n_offered, 10);
    ck_assert_uint_eq(info.n_trials, 200);
    free(samples);
    free(t.grids);
    snnfe_decoder_free(decoder);
    snnfe_learner_free(learner);
    snnfe_network_free(network);
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

/* --- files ---------------------------------------------------------------------------------- */

/* A learner that replays, whose guard acts now and then. */
static snnfe_learner_options filed_options(const snnfe_device *device)
{
    snnfe_learner_options options = fast_options();
    options.device = device;
    options.n_replay = 5;
    options.guard_trials = 3;
    options.guard_least = 4;
    return options;
}

static snnfe_learner *filed_learner(const snnfe_network *network, const snnfe_device *device)
{
    const snnfe_learner_options options = filed_options(device);
    snnfe_learner *learner = NULL;
    assert_ok(snnfe_learner_create(&learner, network, NULL, &options));
    return learner;
}

static void adapt(snnfe_learner *learner, const trials *t, size_t first, size_t end)
{
    for (size_t i = first; i < end; i++)
        assert_ok(snnfe_learner_adapt(learner, grid_of(t, i), t->labels[i % SMALL_TRIALS], NULL));
}

/* The file that a learner writes: its whole state. */
static char *state_of(const snnfe_learner *learner, size_t *size)
{
    assert_ok(snnfe_learner_save(learner, support_path("now")));
    return support_read(support_path("now"), size);
}

static bool same_state(const snnfe_learner *a, const snnfe_learner *b)
{
    size_t size_a = 0, size_b = 0;
    char *state_a = state_of(a, &size_a), *state_b = state_of(b, &size_b);
    const bool same = size_a == size_b && memcmp(state_a, state_b, size_a) == 0;
    free(state_a);
    free(state_b);
    return same;
}

START_TEST(goes_on_from_its_file)
{
    trials t = make_trials(8);
    snnfe_device *device = NULL;
    assert_ok(snnfe_device_create(&device, NULL));
    for (int with_device = 0; with_device < 2; with_device++) {
        snnfe_network *network = small_network(), *from_file = NULL, *learned = NULL;
        snnfe_learner *whole = filed_learner(network, with_device ? device : NULL);
        snnfe_learner *resumed = filed_learner(network, with_device ? device : NULL);
        adapt(whole, &t, 0, 25);
        assert_ok(snnfe_learner_save(whole, support_path("learner")));
        adapt(resumed, &t, 3, 5); /* forgotten again */
        assert_ok(snnfe_learner_restore(resumed, support_path("learner")));
        ck_assert(same_state(whole, resumed));
        assert_ok(snnfe_network_load(&from_file, support_path("learner")));
        assert_ok(snnfe_learner_copy_network(whole, &learned));
        ck_assert(small_same_values(from_file, learned));
        adapt(whole, &t, 25, 70);
        adapt(resumed, &t, 25, 70);
        ck_assert(same_state(whole, resumed));
        ck_assert_uint_gt(info_of(whole).n_rollbacks, 0);
        ck_assert_uint_eq(info_of(resumed).n_replay, 5);
        ck_assert_uint_eq(info_of(resumed).ltp_pulses, info_of(whole).ltp_pulses);
        snnfe_learner_free(whole);
        snnfe_learner_free(resumed);
        snnfe_network_free(network);
        snnfe_network_free(from_file);
        snnfe_network_free(learned);
    }
    snnfe_device_free(device);
    free(t.grids);
}
END_TEST

/* The decoder decides with what was learned before. */
START_TEST(the_decoder_gets_restored_weights)
{
    trials t = make_trials(9);
    snnfe_network *network = small_network();
    snnfe_learner *before = filed_learner(network, NULL), *after = NULL;
    snnfe_decoder *decoder = NULL;
    adapt(before, &t, 0, 10);
    assert_ok(snnfe_learner_save(before, support_path("learner")));
    assert_ok(snnfe_decoder_create(&decoder, network, NULL));
    const snnfe_learner_options options = filed_options(NULL);
    assert_ok(snnfe_learner_create(&after, network, decoder, &options));
    ck_assert(snnfe_decoder_uses(decoder, network));
    assert_ok(snnfe_learner_restore(after, support_path("learner")));
    ck_assert(!snnfe_decoder_uses(decoder, network));
    ck_assert_uint_eq(info_of(after).n_offered, 1);
    snnfe_decoder_free(decoder);
    snnfe_learner_free(before);
    snnfe_learner_free(after);
    snnfe_network_free(network);
    free(t.grids);
}
END_TEST

START_TEST(bad_files)
{
    trials t = make_trials(10);
    snnfe_network *network = small_network();
    snnfe_learner *learner = filed_learner(network, NULL), *other = NULL;
    adapt(learner, &t, 0, 12);
    size_t size = 0;
    char *good = state_of(learner, &size);
    support_write(support_path("learner"), good, size);
    /* Cut off, or with a damaged byte: taken whole or refused, and then nothing changes. */
    for (size_t k = 0; k < 300; k++) {
        char *content = malloc(size);
        memcpy(content, good, size);
        const size_t place = size * k / 300;
        content[place] = (char)(content[place] ^ 1 << k % 8);
        support_write(support_path("bad"), content, k % 10 == 0 ? place : size);
        if (snnfe_learner_restore(learner, support_path("bad")) == SNNFE_OK) {
            assert_ok(snnfe_learner_restore(learner, support_path("learner")));
        } else {
            ck_assert_ptr_nonnull(strstr(snnfe_last_error(), support_path("bad")));
            size_t size_now = 0;
            char *now = state_of(learner, &size_now);
            ck_assert_uint_eq(size_now, size);
            ck_assert_mem_eq(now, good, size);
            free(now);
        }
        free(content);
    }
    snnfe_learner_options options = filed_options(NULL);
    options.n_replay = 6;
    assert_ok(snnfe_learner_create(&other, network, NULL, &options));
    assert_fails(snnfe_learner_restore(other, support_path("learner")), SNNFE_ERR_SHAPE,
                 "n_replay 5, not 6");
    snnfe_learner_free(other);
    options.n_replay = 5;
    options.learning_rate = 2e-2;
    assert_ok(snnfe_learner_create(&other, network, NULL, &options));
    assert_fails(snnfe_learner_restore(other, support_path("learner")), SNNFE_ERR_SHAPE,
                 "learning_rate");
    assert_ok(snnfe_network_save(network, support_path("bad")));
    assert_fails(snnfe_learner_restore(learner, support_path("bad")), SNNFE_ERR_FORMAT, "trainer");
    assert_fails(snnfe_learner_restore(learner, support_path("none")), SNNFE_ERR_IO, "none");
    assert_fails(snnfe_learner_restore(learner, NULL), SNNFE_ERR_ARGUMENT, "path");
    assert_fails(snnfe_learner_save(NULL, support_path("bad")), SNNFE_ERR_ARGUMENT, "learner");
    assert_fails(snnfe_learner_save(learner, "no/such/folder"), SNNFE_ERR_IO, "no/such/folder");
    snnfe_learner_free(learner);
    snnfe_learner_free(other);
    snnfe_network_free(network);
    free(good);
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
    assert_fails(snnfe_learner_wear(NULL, -1, NULL, NULL), SNNFE_ERR_ARGUMENT, "learner");
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
    tcase_add_test(tests, guard_rolls_back);
    tcase_add_test(tests, replay_is_fair);
    tcase_add_test(tests, weights_for_the_decoder);
    tcase_add_test(tests, learning_beside_decoding);
    tcase_add_test(tests, same_seed_same_weights);
    tcase_add_test(tests, goes_on_from_its_file);
    tcase_add_test(tests, the_decoder_gets_restored_weights);
    tcase_add_test(tests, bad_files);
    tcase_add_test(tests, bad_input);
    suite_add_tcase(suite, tests);
    return support_run(suite);
}
