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

/* A stream's words are the blocks of its counter: position, index, and index and purpose. */
START_TEST(streams_are_blocks_in_order)
{
    const uint32_t key[2] = {0x89abcdefu, 0x01234567u};
    snnfe_stream stream = snnfe_stream_make(UINT64_C(0x0123456789abcdef), SNNFE_STREAM_DROPOUT,
                                            UINT64_C(0xa9876543210f));
    for (uint32_t block = 0; block < 3; block++) {
        const uint32_t counter[4] = {block, 0, 0x6543210fu, 0x3a987u};
        uint32_t words[4];
        snnfe_philox_block(counter, key, words);
        for (int i = 0; i < 4; i++)
            ck_assert_uint_eq(snnfe_stream_u32(&stream), words[i]);
    }
    /* The position has 64 bits. */
    stream.counter[0] = UINT32_MAX;
    for (int i = 0; i < 5; i++)
        (void)snnfe_stream_u32(&stream);
    ck_assert_uint_eq(stream.counter[0], 1);
    ck_assert_uint_eq(stream.counter[1], 1);
}
END_TEST

START_TEST(numbers_are_made_of_words)
{
    snnfe_stream stream = snnfe_stream_make(5, SNNFE_STREAM_SPLIT, 1), words = stream;
    for (int i = 0; i < 100; i++) {
        ck_assert_float_eq(snnfe_stream_float(&stream),
                           (float)(snnfe_stream_u32(&words) / 256) / 16777216.0F);
        const double high = snnfe_stream_u32(&words) / 32, low = snnfe_stream_u32(&words) / 64;
        const double number = (high * 67108864 + low) / 9007199254740992.0;
        ck_assert_double_eq(snnfe_stream_double(&stream), number);
        const double u = snnfe_stream_double(&words), v = snnfe_stream_double(&words);
        ck_assert_double_eq_tol(snnfe_stream_normal(&stream),
                                sqrt(-2 * log(1 - u)) * cos(2 * acos(-1) * v), 1e-12);
    }
}
END_TEST

/* Of 2^32 numbers below three quarters of it, the first quarter would come twice. */
START_TEST(surplus_is_drawn_again)
{
    snnfe_stream stream = snnfe_stream_make(5, SNNFE_STREAM_SPLIT, 2), words = stream;
    int n_again = 0;
    for (int i = 0; i < 1000; i++) {
        uint32_t word = snnfe_stream_u32(&words);
        for (; word < 0x40000000u; n_again++)
            word = snnfe_stream_u32(&words);
        ck_assert_uint_eq(snnfe_stream_below(&stream, 0xc0000000u), word % 0xc0000000u);
    }
    ck_assert_int_gt(n_again, 200);
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
    /* From the last item on, each is swapped with one of those up to it. */
    snnfe_stream same = snnfe_stream_make(5, SNNFE_STREAM_SPLIT, 3), numbers = same;
    int32_t swapped[N], expected[N];
    for (int32_t i = 0; i < N; i++)
        swapped[i] = expected[i] = i;
    snnfe_stream_shuffle(&same, swapped, N);
    for (uint32_t i = N - 1; i > 0; i--) {
        const uint32_t j = snnfe_stream_below(&numbers, i + 1);
        const int32_t kept = expected[i];
        expected[i] = expected[j];
        expected[j] = kept;
    }
    ck_assert_mem_eq(swapped, expected, sizeof swapped);
    snnfe_stream_shuffle(&stream, NULL, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("philox");
    TCase *all = tcase_create("all");
    tcase_add_test(all, known_answers);
    tcase_add_test(all, streams_are_blocks_in_order);
    tcase_add_test(all, numbers_are_made_of_words);
    tcase_add_test(all, surplus_is_drawn_again);
    tcase_add_test(all, streams_repeat_and_differ);
    tcase_add_test(all, moments_are_those_of_the_distributions);
    tcase_add_test(all, bounded_numbers_are_even);
    tcase_add_test(all, shuffles_are_permutations);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
