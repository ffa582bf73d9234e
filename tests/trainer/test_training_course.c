/* What an epoch looks like: learning rates, order of batches, points of evaluation. */
#include "support.h"
#include "trainer/batches.h"
#include "trainer/schedule.h"

#include <math.h>
#include <snnfe/trainer.h>

/* PyTorch's CosineAnnealingLR(T_max=20, eta_min=1e-5) from 1e-4, to ten digits. */
START_TEST(cosine_annealing)
{
    ck_assert_double_eq_tol(snnfe_schedule_rate(SNNFE_SCHEDULE_COSINE, 1e-4, 1e-5, 0, 20), 1e-4,
                            1e-18);
    ck_assert_double_eq_tol(snnfe_schedule_rate(SNNFE_SCHEDULE_COSINE, 1e-4, 1e-5, 1, 20),
                            9.944597532678119e-05, 1e-16);
    ck_assert_double_eq_tol(snnfe_schedule_rate(SNNFE_SCHEDULE_COSINE, 1e-4, 1e-5, 10, 20), 5.5e-5,
                            1e-16);
    ck_assert_double_eq_tol(snnfe_schedule_rate(SNNFE_SCHEDULE_COSINE, 1e-4, 1e-5, 19, 20),
                            1.0554024673218808e-05, 1e-16);
    ck_assert_double_eq_tol(snnfe_schedule_rate(SNNFE_SCHEDULE_COSINE, 1e-4, 1e-5, 20, 20), 1e-5,
                            1e-18);
    ck_assert_double_eq_tol(snnfe_schedule_rate(SNNFE_SCHEDULE_COSINE, 1e-4, 1e-5, 21, 20),
                            1.0554024673218808e-05, 1e-16);
}
END_TEST

START_TEST(constant_rate)
{
    for (uint32_t epoch = 0; epoch < 5; epoch++)
        ck_assert_double_eq(snnfe_schedule_rate(SNNFE_SCHEDULE_CONSTANT, 6e-4, 1e-5, epoch, 0),
                            6e-4);
}
END_TEST

START_TEST(order_is_a_seeded_permutation)
{
    int32_t train[100], first[100], again[100], second[100], other[100];
    for (int i = 0; i < 100; i++)
        train[i] = 3 * i + 1;
    snnfe_batches_order(train, 100, 5, 0, first);
    snnfe_batches_order(train, 100, 5, 0, again);
    snnfe_batches_order(train, 100, 5, 1, second);
    snnfe_batches_order(train, 100, 6, 0, other);
    ck_assert_mem_eq(first, again, sizeof first);
    ck_assert_mem_ne(first, train, sizeof first);
    ck_assert_mem_ne(first, second, sizeof first);
    ck_assert_mem_ne(first, other, sizeof first);
    int seen[301] = {0};
    for (int i = 0; i < 100; i++)
        seen[first[i]]++;
    for (int i = 0; i < 100; i++)
        ck_assert_int_eq(seen[train[i]], 1);
}
END_TEST

/* The published logs have these batches of 47. */
START_TEST(points_are_the_published_ones)
{
    static const size_t published[] = {1, 6, 11, 16, 21, 26, 31, 36, 41, 47};
    size_t n = 0;
    for (size_t batch = 1; batch <= 47; batch++)
        if (snnfe_batches_is_point(batch, 47, 10)) {
            ck_assert_uint_lt(n, 10);
            ck_assert_uint_eq(batch, published[n++]);
        }
    ck_assert_uint_eq(n, 10);
}
END_TEST

/* The cut values of linspace(1, n_batches, n_points); a single point is the last batch. */
START_TEST(points_are_evenly_spaced)
{
    const struct {
        size_t n_batches;
        uint32_t n_points;
    } cases[] = {{58, 10}, {10, 10}, {3, 10},     {1, 1},     {1, 4}, {7, 2},
                 {7, 1},   {9, 3},   {1000, 999}, {1000, 10}, {5, 0}};
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        const size_t n = cases[c].n_batches;
        bool expected[1001] = {false};
        for (size_t i = 0; i < cases[c].n_points; i++)
            expected[1 + (cases[c].n_points > 1 ? i * (n - 1) / (cases[c].n_points - 1) : n - 1)] =
                true;
        for (size_t batch = 1; batch <= n; batch++)
            ck_assert_int_eq(snnfe_batches_is_point(batch, n, cases[c].n_points), expected[batch]);
    }
}
END_TEST

START_TEST(last_batch_may_be_smaller)
{
    ck_assert_uint_eq(snnfe_batches_count(3708, 64), 58);
    ck_assert_uint_eq(snnfe_batches_count(128, 64), 2);
    ck_assert_uint_eq(snnfe_batches_count(1, 64), 1);
}
END_TEST

/* Trials count up over the whole training, so masks are never drawn twice. */
START_TEST(masks_are_those_of_the_trials)
{
    snnfe_network_options options;
    assert_ok(snnfe_network_options_init(&options, sizeof options));
    options.conv1_channels = options.conv2_channels = options.conv3_channels = 2;
    options.n_hidden = 20;
    snnfe_network *network = NULL;
    assert_ok(snnfe_network_create(&network, &options));
    uint8_t masks[3][60], single[60];
    assert_ok(snnfe_batches_draw_masks(network, 9, 1000, 3, masks[0]));
    for (uint64_t i = 0; i < 3; i++) {
        assert_ok(snnfe_network_draw_masks(network, 9, 1000 + i, single));
        ck_assert_mem_eq(masks[i], single, sizeof single);
    }
    ck_assert_mem_ne(masks[0], masks[1], sizeof single);
    snnfe_network_free(network);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("course of training");
    TCase *rates = tcase_create("rates");
    tcase_add_test(rates, cosine_annealing);
    tcase_add_test(rates, constant_rate);
    suite_add_tcase(suite, rates);
    TCase *batches = tcase_create("batches");
    tcase_add_test(batches, order_is_a_seeded_permutation);
    tcase_add_test(batches, points_are_the_published_ones);
    tcase_add_test(batches, points_are_evenly_spaced);
    tcase_add_test(batches, last_batch_may_be_smaller);
    tcase_add_test(batches, masks_are_those_of_the_trials);
    suite_add_tcase(suite, batches);
    return support_run(suite);
}
