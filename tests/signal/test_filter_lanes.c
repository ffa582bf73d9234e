/* Four transforms side by side against one at a time: the same filter, built twice. */
#include "support.h"

#include <math.h>
#include <snnfe/dataset.h>

/* lib/signal/filter.c with kissfft in float */
snnfe_status single_filter_apply(float *samples, size_t n_channels, size_t n_samples,
                                 const double *taps, size_t n_taps);

#define MOST_CHANNELS 17
#define MOST_SAMPLES 90001

static void assert_same(const float *side_by_side, const float *alone, size_t n_channels,
                        size_t n_samples)
{
    for (size_t i = 0; i < n_channels * n_samples; i++)
        ck_assert_msg(memcmp(&side_by_side[i], &alone[i], sizeof alone[i]) == 0,
                      "%zu channels of %zu samples: channel %zu, sample %zu: %a, alone %a",
                      n_channels, n_samples, i / n_samples, i % n_samples, (double)side_by_side[i],
                      (double)alone[i]);
}

/* Groups that are full and not, signals shorter than the filter and of several blocks. */
START_TEST(gives_the_same_bits)
{
    static const struct {
        size_t n_channels, n_samples;
    } cases[] = {{1, 1}, {3, 77}, {MOST_CHANNELS, 300}, {8, 7000}, {10, 20000}, {3, MOST_SAMPLES}};
    size_t n_taps = 0;
    assert_ok(snnfe_filter_design(0.1, 79, 160, &n_taps, NULL));
    double *taps = calloc(n_taps, sizeof *taps);
    assert_ok(snnfe_filter_design(0.1, 79, 160, &n_taps, taps));
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const size_t n = cases[i].n_samples, size = cases[i].n_channels * n;
        float *x = malloc(size * sizeof *x), *alone = malloc(size * sizeof *alone);
        uint64_t state = support_seed() + i;
        for (size_t t = 0; t < size; t++) {
            state = state * 6364136223846793005U + 1442695040888963407U;
            x[t] = alone[t] = (float)((double)(state >> 40) / 1e5 - 80 + 200 * (double)(t / n));
        }
        assert_ok(snnfe_filter_apply(x, cases[i].n_channels, n, taps, n_taps));
        assert_ok(single_filter_apply(alone, cases[i].n_channels, n, taps, n_taps));
        assert_same(x, alone, cases[i].n_channels, n);
        free(alone);
        free(x);
    }
    free(taps);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("filter_lanes");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 120);
    tcase_add_test(all, gives_the_same_bits);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
