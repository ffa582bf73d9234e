/* The generator against published answers, and the sequences built on it. */
#include "base/philox.h"
#include "support.h"

#include <math.h>

/* Known answers of Random123's kat_vectors. */
START_TEST(known_answers)
{
    static const struct {
        uint32_t counter[4], key[2], out[4];
    } cases[] = {
        {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
         {0xffffffff, 0xffffffff},
         {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
         {0xa4093822, 0x299f31d0},
         {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint32_t out[4];
        snnfe_philox_block(cases[i].counter, cases[i].key, out);
        ck_assert_mem_eq(out, cases[i].out, sizeof out);
    }
}
END_TEST

START_TEST(streams_repeat_and_differ)
{
    snnfe_stream a = snnfe_stream_make(7, SNNFE_STREAM_SPLIT, 3);
    snnfe_stream same = snnfe_stream_make(7, SNNFE_STREAM_SPLIT, 3);
    snnfe_stream others[] = {
        snnfe_stream_make(8, SNNFE_STREAM_SPLIT, 3),
        snnfe_stream_make(7, SNNFE_STREAM_DROPOUT, 3),
        snnfe_stream_make(7, SNNFE_STREAM_SPLIT, 4),
        snnfe_stream_make(7, SNNFE_STREAM_SPLIT, 3 + (UINT64_C(1) << 40)),
        snnfe_stream_make(7 + (UINT64_C(1) << 40), SNNFE_STREAM_SPLIT, 3),
    };
    size_t equal[5] = {0};
    for (int i = 0; i < 1000; i++) {
        const uint32_t word = snnfe_stream_u32(&a);
        ck_assert_uint_eq(word, snnfe_stream_u32(&same));
        for (size_t k = 0; k < 5; k++)
            equal[k] += snnfe_stream_u32(&others[k]) == word;
    }
    for (size_t k = 0; k < 5; k++)
        ck_assert_uint_le(equal[k], 2);
}
END_TEST

START_TEST(moments_are_those_of_the_distributions)
{
    enum { N = 200000 };
    snnfe_stream stream = snnfe_stream_make(support_seed(), SNNFE_STREAM_DEVICE, 0);
    double sum = 0, squares = 0, uniform = 0;
    for (int i = 0; i < N; i++) {
        const double x = snnfe_stream_normal(&stream), u = snnfe_stream_double(&stream);
        const double f = (double)snnfe_stream_float(&stream);
        ck_assert(isfinite(x) && u >= 0 && u < 1 && f >= 0 && f < 1);
        sum += x;
        squares += x * x;
        uniform += u + f;
    }
    ck_assert_double_eq_tol(sum / N, 0, 5 / sqrt(N));
    ck_assert_double_eq_tol(squares / N, 1, 5 * sqrt(2.0 / N));
    ck_assert_double_eq_tol(uniform / (2 * N), 0.5, 5 / sqrt(24.0 * N));
}
END_TEST

START_TEST(bounded_numbers_are_even)
{
    enum { N = 60000, BOUND = 6 };
    snnfe_stream stream = snnfe_stream_make(support_seed(), SNNFE_STREAM_DEVICE, 1);
    int counts[BOUND] = {0};
    for (int i = 0; i < N; i++) {
        const uint32_t x = snnfe_stream_below(&stream, BOUND);
        ck_assert_uint_lt(x, BOUND);
        counts[x]++;
    }
    for (int k = 0; k < BOUND; k++)
        ck_assert_int_le(abs(counts[k] - N / BOUND), 500);
    ck_assert_uint_eq(snnfe_stream_below(&stream, 1), 0);
}
END_TEST

START_TEST(shuffles_are_permutations)
{
    enum { N = 100 };
    snnfe_stream stream = snnfe_stream_make(support_seed(), SNNFE_STREAM_DEVICE, 2);
    int32_t items[N];
    for (int32_t i = 0; i < N; i++)
        items[i] = i;
    snnfe_stream_shuffle(&stream, items, N);
    int seen[N] = {0}, in_place = 0;
    for (int32_t i = 0; i < N; i++) {
        seen[items[i]]++;
        in_place += items[i] == i;
    }
    for (int i = 0; i < N; i++)
        ck_assert_int_eq(seen[i], 1);
    ck_assert_int_lt(in_place, 15);
    snnfe_stream_shuffle(&stream, NULL, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("philox");
    TCase *all = tcase_create("all");
    tcase_add_test(all, known_answers);
    tcase_add_test(all, streams_repeat_and_differ);
    tcase_add_test(all, moments_are_those_of_the_distributions);
    tcase_add_test(all, bounded_numbers_are_even);
    tcase_add_test(all, shuffles_are_permutations);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
