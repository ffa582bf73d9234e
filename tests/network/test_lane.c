/* Lanes that share a leader's layers compute what they would compute alone. */
#include "base/philox.h"
#include "network/lane.h"
#include "network/network_internal.h"
#include "small.h"

enum { STEPS = 100, OFFSET = 9, POSITIONS = 110 };

static snnfe_network *network;
static float samples[STEPS + OFFSET][POSITIONS];

static void make(void)
{
    snnfe_network_options options = small_network_options();
    options.n_steps = STEPS;
    assert_ok(snnfe_network_create(&network, &options));
    snnfe_stream stream = snnfe_stream_make(support_seed(), SNNFE_STREAM_SYNTHETIC, 5);
    for (size_t t = 0; t < STEPS + OFFSET; t++)
        for (size_t p = 0; p < POSITIONS; p++)
            samples[t][p] = 2 * (float)snnfe_stream_normal(&stream);
}

/* A lane that has made `n` steps from sample `first` on. */
static snnfe_lane lane_after(size_t first, size_t n)
{
    snnfe_lane lane = {0};
    assert_ok(snnfe_lane_create(&lane, network));
    atomic_store(&lane.network, network);
    snnfe_lane_attach(&lane, network);
    snnfe_lane_begin(&lane);
    for (size_t t = 0; t < n; t++)
        snnfe_lane_step(&lane, samples[first + t]);
    return lane;
}

static void assert_same_logits(const snnfe_lane *a, const snnfe_lane *b)
{
    ck_assert_uint_eq(a->step, b->step);
    ck_assert_mem_eq(a->state->logits, b->state->logits,
                     network->options.n_classes * sizeof *a->state->logits);
}

/* Steps of `follower` behind its leader until they agree. */
static void step_until_following(snnfe_lane *leader, snnfe_lane *follower, snnfe_lane *alone)
{
    while (!snnfe_lane_follow(follower, leader)) {
        ck_assert_uint_lt(leader->step, STEPS - 20);
        snnfe_lane_step(leader, samples[leader->step]);
        snnfe_lane_step(follower, samples[OFFSET + follower->step]);
        snnfe_lane_step(alone, samples[OFFSET + alone->step]);
    }
}

START_TEST(follow_and_succeed)
{
    make();
    snnfe_lane leader = lane_after(0, OFFSET), follower = lane_after(OFFSET, 0);
    snnfe_lane alone = lane_after(OFFSET, 0), copy = lane_after(OFFSET, 0);
    step_until_following(&leader, &follower, &alone);
    for (int t = 0; t < 9; t++) {
        snnfe_lane_step(&leader, samples[leader.step]);
        snnfe_lane_step(&follower, NULL);
        snnfe_lane_step(&alone, samples[OFFSET + alone.step]);
        assert_same_logits(&follower, &alone);
    }
    snnfe_lane_copy(&copy, &follower);
    copy.step = follower.step;
    snnfe_lane_succeed(&follower);
    snnfe_lane_begin(&leader);
    while (alone.step < STEPS) {
        snnfe_lane_step(&follower, samples[OFFSET + follower.step]);
        snnfe_lane_step(&copy, samples[OFFSET + copy.step]);
        snnfe_lane_step(&alone, samples[OFFSET + alone.step]);
        assert_same_logits(&follower, &alone);
        assert_same_logits(&copy, &alone);
    }
    snnfe_lane *const all[] = {&leader, &follower, &alone, &copy};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        snnfe_lane_release(all[i]);
    snnfe_network_free(network);
}
END_TEST

/* Neither lanes that differ in a bit, nor of another network, nor at their start. */
START_TEST(no_leader)
{
    make();
    snnfe_lane a = lane_after(0, 50), b = lane_after(0, 50), early = lane_after(0, 2),
               also_early = lane_after(0, 2);
    ck_assert(!snnfe_lane_follow(&a, &a));
    ck_assert(!snnfe_lane_follow(&early, &also_early));
    for (int32_t layer = 0; layer < SNNFE_LAYER_R1; layer++) {
        a.state->layers[layer].sums[0] ^= 1;
        ck_assert(!snnfe_lane_follow(&a, &b));
        a.state->layers[layer].sums[0] ^= 1;
        a.spikes[layer].rows[0] ^= 1;
        ck_assert(!snnfe_lane_follow(&a, &b));
        a.spikes[layer].rows[0] ^= 1;
    }
    snnfe_network *first = network;
    assert_ok(snnfe_network_clone(&network, first));
    snnfe_lane other = lane_after(0, 50);
    ck_assert(!snnfe_lane_follow(&a, &other));
    ck_assert(snnfe_lane_follow(&a, &b));
    ck_assert(!snnfe_lane_follow(&b, &a));
    snnfe_lane *const all[] = {&a, &b, &early, &also_early, &other};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        snnfe_lane_release(all[i]);
    snnfe_network_free(network);
    snnfe_network_free(first);
}
END_TEST

int main(int argc, char **argv)
{
    (void)argc;
    support_set_program(argv[0]);
    Suite *suite = suite_create("lane");
    TCase *tests = tcase_create("lane");
    tcase_add_test(tests, follow_and_succeed);
    tcase_add_test(tests, no_leader);
    suite_add_tcase(suite, tests);
    return support_run(suite);
}
