/* Learners' files: they go on from them, and refuse damaged ones. */
#include "damage.h"
#include "devices.h"
#include "learning.h"

#include <math.h>

/* A learner that replays, whose guard acts now and then. */
static snnfe_learner_options filed_options(const snnfe_device *device)
{
    snnfe_learner_options options = fast_options();
    options.device = device;
    options.n_replay = 5;
    options.guard_trials = 8;
    options.guard_least = 8;
    return options;
}

static snnfe_learner *filed_learner(const snnfe_network *network, const snnfe_device *device)
{
    const snnfe_learner_options options = filed_options(device);
    snnfe_learner *learner = NULL;
    assert_ok(snnfe_learner_create(&learner, network, NULL, &options));
    return learner;
}

static snnfe_learner *programmed_learner(const snnfe_network *network, const snnfe_device *device,
                                         int32_t method)
{
    snnfe_programming_options way;
    assert_ok(snnfe_programming_options_init(&way, sizeof way));
    way.method = method;
    way.shift_pairs = 2;
    way = device_way(way);
    snnfe_learner_options options = filed_options(device);
    options.programming = &way;
    snnfe_learner *learner = NULL;
    assert_ok(snnfe_learner_create(&learner, network, NULL, &options));
    return learner;
}

/* Labels are what the network decides, but for trials 40 to 49: so the guard has a reason to act.
 */
static void adapt(snnfe_learner *learner, const trials *t, size_t first, size_t end)
{
    for (size_t i = first; i < end; i++) {
        snnfe_network *now = NULL;
        int32_t decided = 0;
        assert_ok(snnfe_learner_copy_network(learner, &now));
        assert_ok(snnfe_network_evaluate(now, grid_of(t, i), 1, NULL, NULL, &decided, NULL));
        snnfe_network_free(now);
        assert_ok(
            snnfe_learner_adapt(learner, grid_of(t, i), i / 10 == 4 ? !decided : decided, NULL));
    }
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

START_TEST(goes_on_by_any_way_to_program)
{
    trials t = make_trials(8);
    snnfe_device *device = NULL;
    assert_ok(snnfe_device_create(&device, NULL));
    snnfe_network *network = small_network();
    snnfe_learner *whole = programmed_learner(network, device, _i);
    snnfe_learner *resumed = programmed_learner(network, device, _i);
    adapt(whole, &t, 0, 45); /* the guard acts, too */
    assert_ok(snnfe_learner_save(whole, support_path("learner")));
    adapt(resumed, &t, 3, 5); /* forgotten again */
    assert_ok(snnfe_learner_restore(resumed, support_path("learner")));
    ck_assert(same_state(whole, resumed));
    adapt(whole, &t, 45, 55);
    adapt(resumed, &t, 45, 55);
    ck_assert(same_state(whole, resumed));
    ck_assert_uint_gt(info_of(whole).ltp_pulses, 0);
    snnfe_learner *other = programmed_learner(network, device, _i ? 0 : 1);
    assert_fails(snnfe_learner_restore(other, support_path("learner")), SNNFE_ERR_SHAPE,
                 "was saved with a");
    snnfe_learner_free(other);
    snnfe_learner_free(whole);
    snnfe_learner_free(resumed);
    snnfe_network_free(network);
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

START_TEST(values_out_of_range_are_named)
{
    trials t = make_trials(10);
    snnfe_network *network = small_network();
    snnfe_learner *learner = filed_learner(network, NULL);
    adapt(learner, &t, 0, 12);
    const char *whole = support_path("whole"), *bad = support_path("bad");
    assert_ok(snnfe_learner_save(learner, whole));
    const int64_t below = -1, above = 6, words = INT64_C(1) << 32;
    const double accuracy = 1.25;
    const float unknown = NAN;
    const int32_t label = 9;
    const struct {
        const char *tensor;
        const void *bytes;
        size_t size;
        snnfe_status status;
        const char *fragment;
    } cases[] = {
        {"info.n_trials", &below, 8, SNNFE_ERR_FORMAT, "info.n_trials[0] is -1"},
        {"guard.n", &below, 8, SNNFE_ERR_FORMAT, "guard.n[0] is -1"},
        {"guard.best", &accuracy, 8, SNNFE_ERR_FORMAT, "guard.best[0] is 1.25"},
        {"replay.n", &above, 8, SNNFE_ERR_FORMAT, "6 trials to replay, more than 5"},
        {"replay.stream.key", &words, 8, SNNFE_ERR_FORMAT, "replay.stream.key[0] is 4294967296"},
        {"replay.stream.used", &above, 8, SNNFE_ERR_FORMAT, "replay.stream.used[0] is 6"},
        {"best", &unknown, 4, SNNFE_ERR_NONFINITE, "trainer.learner.best"},
        {"grids", &unknown, 4, SNNFE_ERR_NONFINITE, "trainer.learner.grids"},
        {"labels", &label, 4, SNNFE_ERR_FORMAT, "trainer.learner.labels"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char name[64];
        snprintf(name, sizeof name, "trainer.learner.%s", cases[i].tensor);
        support_damage(whole, bad, name, cases[i].bytes, cases[i].size);
        assert_fails(snnfe_learner_restore(learner, bad), cases[i].status, cases[i].fragment);
    }
    assert_ok(snnfe_learner_restore(learner, whole));
    snnfe_learner_free(learner);
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
    assert_fails(snnfe_learner_restore(learner, support_path("bad")), SNNFE_ERR_FORMAT,
                 "is a network, not ");
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

int main(int argc, char **argv)
{
    (void)argc;
    support_set_program(argv[0]);
    Suite *suite = suite_create("learner's file");
    TCase *tests = tcase_create("file");
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, goes_on_from_its_file);
    tcase_add_loop_test(tests, goes_on_by_any_way_to_program, 0, SNNFE_PROGRAMMING_PAIRS + 1);
    tcase_add_test(tests, the_decoder_gets_restored_weights);
    tcase_add_test(tests, values_out_of_range_are_named);
    tcase_add_test(tests, bad_files);
    suite_add_tcase(suite, tests);
    return support_run(suite);
}
