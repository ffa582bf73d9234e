/* The generators of CPython and NumPy against values that those programs gave. */
#include "split/mt19937.h"
#include "split/pcg64.h"
#include "support.h"

#define N_SEEDS 4

static const uint64_t seeds[N_SEEDS] = {0, 5, UINT64_C(4294967303), UINT64_MAX};

/* CPython 3.11: seed(s); getrandbits(32) four times and the 1000th; randrange(10) eight times;
   shuffle(list(range(10))), each after seeding again. */
static const struct {
    uint32_t words[4], word1000;
    uint32_t below10[8];
    int32_t shuffled[10];
} cpython[N_SEEDS] = {
    {{3626764237u, 1654615998u, 3255389356u, 3823568514u},
     2971151651u,
     {6, 6, 0, 4, 8, 7, 6, 4},
     {7, 8, 1, 5, 3, 4, 2, 0, 9, 6}},
    {{2675342405u, 1097127993u, 3185950873u, 1539898300u},
     142892084u,
     {9, 4, 5, 8, 0, 7, 3, 0},
     {2, 3, 1, 0, 8, 7, 6, 5, 4, 9}},
    {{968553300u, 3287823873u, 1540179448u, 1473205320u},
     2785553708u,
     {3, 5, 5, 0, 6, 0, 1, 9},
     {2, 1, 4, 7, 9, 0, 6, 8, 5, 3}},
    {{93740670u, 1068495656u, 1452108352u, 2657516307u},
     3545973770u,
     {0, 3, 5, 9, 3, 7, 9, 1},
     {2, 6, 7, 9, 8, 1, 4, 5, 3, 0}},
};

/* NumPy 2.4: PCG64(s).random_raw() four times and the 1000th; default_rng(s).shuffle of 0…9 twice
   over. */
static const struct {
    uint64_t words[4], word1000;
    int32_t shuffled[2][10];
} numpy[N_SEEDS] = {
    {{0xa30febcfd9c2825fu, 0x4510bdf882d9d721u, 0x0a7d3da94ecde8b8u, 0x43b27b61342f01du},
     0x6148329042f743b0u,
     {{4, 6, 2, 7, 3, 5, 9, 0, 8, 1}, {2, 1, 7, 9, 4, 3, 8, 0, 5, 6}}},
    {{0xce14abeeabb8e5a8u, 0xced5352505cc99f5u, 0x83ec603f7806adc0u, 0x492a477ca1570476u},
     0xaf6428683b69e9abu,
     {{7, 6, 1, 3, 2, 4, 0, 9, 5, 8}, {8, 0, 3, 9, 6, 7, 5, 2, 4, 1}}},
    {{0xc527f515dec95ccdu, 0x1ca7438de0381decu, 0x3068b5844246d312u, 0x28f2d3f9382089e3u},
     0x635a8850555fa9a0u,
     {{9, 0, 8, 6, 7, 1, 3, 4, 2, 5}, {9, 1, 6, 7, 5, 8, 0, 3, 2, 4}}},
    {{0xae163a7a8c47568fu, 0xd86659f5f3382359u, 0x1e52b195bc2d24au, 0xe5026aaf19a22db1u},
     0xed960be3e106025cu,
     {{8, 7, 3, 0, 4, 6, 1, 2, 5, 9}, {3, 2, 6, 7, 5, 4, 8, 1, 9, 0}}},
};

static void count_up(int32_t items[10])
{
    for (int32_t i = 0; i < 10; i++)
        items[i] = i;
}

START_TEST(mersenne_twister_is_cpythons)
{
    for (int s = 0; s < N_SEEDS; s++) {
        snnfe_mt19937 generator;
        snnfe_mt19937_seed(&generator, seeds[s]);
        for (int i = 0; i < 4; i++)
            ck_assert_uint_eq(snnfe_mt19937_u32(&generator), cpython[s].words[i]);
        for (int i = 4; i < 999; i++)
            snnfe_mt19937_u32(&generator);
        ck_assert_uint_eq(snnfe_mt19937_u32(&generator), cpython[s].word1000);
        snnfe_mt19937_seed(&generator, seeds[s]);
        for (int i = 0; i < 8; i++)
            ck_assert_uint_eq(snnfe_mt19937_below(&generator, 10), cpython[s].below10[i]);
        int32_t items[10];
        count_up(items);
        snnfe_mt19937_seed(&generator, seeds[s]);
        snnfe_mt19937_shuffle(&generator, items, 10);
        ck_assert_mem_eq(items, cpython[s].shuffled, sizeof items);
    }
}
END_TEST

START_TEST(pcg_is_numpys)
{
    for (int s = 0; s < N_SEEDS; s++) {
        snnfe_pcg64 generator;
        snnfe_pcg64_seed(&generator, seeds[s]);
        for (int i = 0; i < 4; i++)
            ck_assert_uint_eq(snnfe_pcg64_u64(&generator), numpy[s].words[i]);
        for (int i = 4; i < 999; i++)
            snnfe_pcg64_u64(&generator);
        ck_assert_uint_eq(snnfe_pcg64_u64(&generator), numpy[s].word1000);
        snnfe_pcg64_seed(&generator, seeds[s]);
        int32_t items[10];
        count_up(items);
        snnfe_pcg64_seed(&generator, seeds[s]);
        for (int i = 0; i < 2; i++) {
            snnfe_pcg64_shuffle(&generator, items, 10);
            ck_assert_mem_eq(items, numpy[s].shuffled[i], sizeof items);
        }
    }
}
END_TEST

START_TEST(halves_come_low_first)
{
    snnfe_pcg64 generator;
    snnfe_pcg64_seed(&generator, 0);
    ck_assert_uint_eq(snnfe_pcg64_u32(&generator), 0xd9c2825fu);
    ck_assert_uint_eq(snnfe_pcg64_u32(&generator), 0xa30febcfu);
    ck_assert_uint_eq(snnfe_pcg64_u32(&generator), 0x82d9d721u);
}
END_TEST

START_TEST(nothing_to_shuffle)
{
    snnfe_mt19937 twister;
    snnfe_mt19937_seed(&twister, 0);
    snnfe_pcg64 pcg;
    snnfe_pcg64_seed(&pcg, 0);
    int32_t item = 7;
    for (size_t n = 0; n < 2; n++) {
        snnfe_mt19937_shuffle(&twister, n ? &item : NULL, n);
        snnfe_pcg64_shuffle(&pcg, n ? &item : NULL, n);
    }
    ck_assert_int_eq(item, 7);
    ck_assert_uint_eq(snnfe_pcg64_below(&pcg, 1), 0);
    /* No number was drawn. */
    ck_assert_uint_eq(snnfe_mt19937_u32(&twister), cpython[0].words[0]);
    ck_assert_uint_eq(snnfe_pcg64_u64(&pcg), numpy[0].words[0]);
}
END_TEST

int main(int argc, char **argv)
{
    (void)argc;
    support_set_program(argv[0]);
    Suite *suite = suite_create("generators");
    TCase *tests = tcase_create("generators");
    tcase_add_test(tests, mersenne_twister_is_cpythons);
    tcase_add_test(tests, pcg_is_numpys);
    tcase_add_test(tests, halves_come_low_first);
    tcase_add_test(tests, nothing_to_shuffle);
    suite_add_tcase(suite, tests);
    return support_run(suite);
}
