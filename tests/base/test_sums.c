/* Sums over long arrays, hashes of content, and the shares of a group's members. */
#include "base/busy.h"
#include "base/group.h"
#include "base/hash.h"
#include "base/sums.h"
#include "support.h"

/* Whole numbers, so that every sum is exact, in arrays of all lengths around the vectors'. */
START_TEST(sums_take_every_element)
{
    float values[40];
    for (size_t n = 1; n <= 40; n++) {
        double sum = 0, squares = 0;
        for (size_t i = 0; i < n; i++) {
            values[i] = (float)((i * 37 + n) % 19) - 4;
            sum += (double)values[i];
            squares += ((double)values[i] - 2) * ((double)values[i] - 2);
        }
        ck_assert_double_eq(snnfe_mean(values, n), sum / (double)n);
        ck_assert_double_eq(snnfe_sum_squares(values, n, 2), squares);
    }
}
END_TEST

/* Eight sums side by side, behind the rest: the order makes the last bits, which never change. */
START_TEST(sums_are_added_in_one_order)
{
    float values[40];
    uint64_t random = support_seed();
    for (size_t i = 0; i < 40; i++)
        values[i] = (float)(support_next(&random) >> 40) * 1e-3F - 5000;
    for (size_t n = 1; n <= 40; n++) {
        double sums[2][9] = {{0}}; /* of the values, of the squares; those of the rest are last */
        for (size_t i = 0; i < n; i++) {
            const size_t place = i < n / 8 * 8 ? i % 8 : 8;
            const double value = (double)values[i], distance = value - 0.3;
            sums[0][place] += value;
            sums[1][place] += distance * distance;
        }
        for (int k = 0; k < 2; k++)
            for (int lane = 0; lane < 8; lane++)
                sums[k][8] += sums[k][lane];
        ck_assert(snnfe_mean(values, n) == sums[0][8] / (double)n);
        ck_assert(snnfe_sum_squares(values, n, 0.3) == sums[1][8]);
    }
}
END_TEST

/* Hashes are in files: they never change. */
START_TEST(hashes_stay)
{
    static const float values[] = {1, -2.5F, 0}, same[] = {1, -2.5F, -0.0F};
    static const struct {
        const char *bytes;
        size_t n;
        uint64_t hash;
    } cases[] = {
        {"", 0, UINT64_C(0xaf63bd49fd1c5dbb)},
        {"abc", 3, UINT64_C(0x85a5eebd923cde58)},
        {"12345678", 8, UINT64_C(0x5236df0b468d3888)},
        {"0123456789abcdef\xff\x80", 18, UINT64_C(0xf2c30a943c40bdb9)},
    };
    ck_assert(snnfe_hash_word(SNNFE_HASH_START, UINT64_C(0x0123456789abcdef)) ==
              UINT64_C(0x2c8363b1657bdcbe));
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        ck_assert(snnfe_hash_bytes(SNNFE_HASH_START, cases[i].bytes, cases[i].n) == cases[i].hash);
    ck_assert(snnfe_hash_floats(SNNFE_HASH_START, values, 3) == UINT64_C(0xf8b9ace9c8f3bedc));
    ck_assert(snnfe_hash_floats(SNNFE_HASH_START, same, 3) == UINT64_C(0xf8b9ace9c8f3bedc));
}
END_TEST

/* --- groups ---------------------------------------------------------------------------------- */

typedef struct calls {
    uint32_t rank;
    size_t size;
    int n;
    int32_t result;
} calls;

static int32_t note(uint32_t rank, size_t size, void *user_data)
{
    calls *c = user_data;
    c->rank = rank;
    c->size = size;
    c->n++;
    return c->result;
}

static int32_t send(uint32_t rank, const void *data, size_t size, void *user_data)
{
    (void)data;
    return note(rank, size, user_data);
}

static int32_t take(uint32_t rank, void *data, size_t size, void *user_data)
{
    (void)data;
    return note(rank, size, user_data);
}

static snnfe_group group_of(uint32_t rank, uint32_t n_ranks, calls *c)
{
    return (snnfe_group){.struct_size = sizeof(snnfe_group),
                         .rank = rank,
                         .n_ranks = n_ranks,
                         .send = send,
                         .receive = take,
                         .broadcast = take,
                         .user_data = c};
}

START_TEST(shares_are_whole)
{
    for (uint32_t n_ranks = 1; n_ranks <= 5; n_ranks++)
        for (size_t n = 0; n <= 12; n++) {
            size_t next = 0;
            for (uint32_t rank = 0; rank < n_ranks; rank++) {
                const snnfe_group group = group_of(rank, n_ranks, NULL);
                ck_assert_uint_eq(snnfe_group_begin(&group, n), next);
                next = snnfe_group_end(&group, n);
                ck_assert_uint_eq(snnfe_group_begin_of(&group, rank + 1, n), next);
                const size_t share = next - snnfe_group_begin(&group, n);
                ck_assert(share == n / n_ranks || share == n / n_ranks + 1);
                ck_assert(snnfe_group_is_first(&group) == (rank == 0));
            }
            ck_assert_uint_eq(next, n);
        }
    ck_assert_uint_eq(snnfe_group_begin(NULL, 7), 0);
    ck_assert_uint_eq(snnfe_group_end(NULL, 7), 7);
    ck_assert(snnfe_group_is_first(NULL));
}
END_TEST

START_TEST(groups_are_checked)
{
    calls c = {0};
    snnfe_group adopted, group = group_of(2, 3, &c);
    assert_ok(snnfe_group_adopt(&adopted, &group));
    ck_assert_uint_eq(adopted.rank, 2);
    group.rank = 3;
    assert_fails(snnfe_group_adopt(&adopted, &group), SNNFE_ERR_ARGUMENT,
                 "snnfe_group.rank is 3 of n_ranks 3");
    group = group_of(0, 0, &c);
    assert_fails(snnfe_group_adopt(&adopted, &group), SNNFE_ERR_ARGUMENT, "rank is 0 of n_ranks 0");
    group = group_of(0, 1, &c);
    group.send = NULL;
    assert_fails(snnfe_group_adopt(&adopted, &group), SNNFE_ERR_ARGUMENT, "group.send is NULL");
    group = group_of(0, 1, &c);
    group.receive = NULL;
    assert_fails(snnfe_group_adopt(&adopted, &group), SNNFE_ERR_ARGUMENT, "group.receive is NULL");
    group = group_of(0, 1, &c);
    group.broadcast = NULL;
    assert_fails(snnfe_group_adopt(&adopted, &group), SNNFE_ERR_ARGUMENT,
                 "group.broadcast is NULL");
    assert_fails(snnfe_group_adopt(&adopted, NULL), SNNFE_ERR_ARGUMENT, "n_ranks 0");
}
END_TEST

START_TEST(messages_of_groups)
{
    calls c = {0};
    char data[4] = "";
    const snnfe_group group = group_of(1, 3, &c);
    assert_ok(snnfe_group_send(&group, 2, data, 0));
    assert_ok(snnfe_group_receive(&group, 2, data, 0));
    assert_ok(snnfe_group_broadcast(&group, 2, data, 0));
    ck_assert_int_eq(c.n, 0);
    assert_ok(snnfe_group_send(&group, 2, data, 1));
    ck_assert(c.n == 1 && c.rank == 2 && c.size == 1);
    assert_ok(snnfe_group_receive(&group, 0, data, 2));
    ck_assert(c.n == 2 && c.rank == 0 && c.size == 2);
    assert_ok(snnfe_group_broadcast(&group, 1, data, 3));
    ck_assert(c.n == 3 && c.rank == 1 && c.size == 3);
    c.result = -7;
    assert_fails(snnfe_group_send(&group, 2, data, 1), SNNFE_ERR_IO,
                 "sending to rank 2 failed (-7)");
    assert_fails(snnfe_group_receive(&group, 0, data, 1), SNNFE_ERR_IO,
                 "receiving from rank 0 failed (-7)");
    c.result = 1;
    assert_fails(snnfe_group_broadcast(&group, 1, data, 1), SNNFE_ERR_IO,
                 "the broadcast of rank 1 failed (1)");
}
END_TEST

/* --- handles in use -------------------------------------------------------------------------- */

START_TEST(handles_are_used_by_one_call)
{
    snnfe_busy busy = {0};
    assert_ok(snnfe_busy_check(&busy, "first"));
    assert_ok(snnfe_busy_enter(&busy, "first"));
    assert_fails(snnfe_busy_enter(&busy, "second"), SNNFE_ERR_STATE,
                 "second: called by a callback while first uses the same handle");
    assert_fails(snnfe_busy_check(&busy, "third"), SNNFE_ERR_STATE, "third: called by a callback");
    ck_assert(!snnfe_busy_leave(&busy));
    ck_assert(!snnfe_busy_defers_free(&busy));
    assert_ok(snnfe_busy_enter(&busy, "second"));
    ck_assert(snnfe_busy_defers_free(&busy));
    ck_assert(snnfe_busy_leave(&busy));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sums");
    TCase *all = tcase_create("all");
    tcase_add_test(all, sums_take_every_element);
    tcase_add_test(all, sums_are_added_in_one_order);
    tcase_add_test(all, hashes_stay);
    tcase_add_test(all, shares_are_whole);
    tcase_add_test(all, groups_are_checked);
    tcase_add_test(all, messages_of_groups);
    tcase_add_test(all, handles_are_used_by_one_call);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
