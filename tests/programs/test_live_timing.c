/* Percentiles of times are those of the sorted times, whatever their size. */
#include "../../programs/live/timing.h"
#include "support.h"

#include <math.h>

static live_timing timing;

static void begin(void)
{
    memset(&timing, 0, sizeof timing);
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* From nanoseconds to minutes. */
START_TEST(percentiles_are_order_statistics)
{
    enum { N = 20000 };
    static double us[N];
    const double shares[] = {0.001, 0.25, 0.5, 0.9, 0.99, 0.999};
    srand((unsigned)support_seed());
    for (int scale = -3; scale <= 7; scale++) {
        begin();
        for (size_t i = 0; i < N; i++) {
            us[i] = pow(10, scale) * (1 + pow((double)(rand() % 100000) / 1e5, 8) * 1000);
            timing_add(&timing, us[i]);
        }
        qsort(us, N, sizeof us[0], compare);
        for (size_t k = 0; k < sizeof shares / sizeof shares[0]; k++) {
            const double expected = us[(size_t)ceil(shares[k] * N) - 1];
            const double found = timing_percentile(&timing, shares[k]);
            ck_assert_double_ge(found, expected * (1 - 1e-12));
            ck_assert_double_le(found, expected * 1.016 + 1e-3);
        }
        ck_assert_double_eq(timing.largest_us, us[N - 1]);
    }
}
END_TEST

/* What lies far out is shown as what it is, not as the largest. */
START_TEST(far_out)
{
    begin();
    for (int i = 0; i < 10000; i++)
        timing_add(&timing, i < 9800 ? 20 : i < 9995 ? 3000 : 60000);
    ck_assert_double_eq_tol(timing_percentile(&timing, 0.99), 3000, 48);
    ck_assert_double_eq_tol(timing_percentile(&timing, 0.999), 3000, 48);
    ck_assert_double_eq(timing.largest_us, 60000);
}
END_TEST

/* Of a hundred measurements none lies beyond the 99.9 %: it is not known. */
START_TEST(too_few_to_know)
{
    begin();
    ck_assert(isnan(timing_percentile(&timing, 0.5)));
    for (int i = 0; i < 100; i++)
        timing_add(&timing, 10 + i);
    ck_assert_double_eq_tol(timing_percentile(&timing, 0.5), 59, 1);
    ck_assert_double_eq_tol(timing_percentile(&timing, 0.99), 108, 2);
    ck_assert(isnan(timing_percentile(&timing, 0.999)));
    timing_add(&timing, -1); /* a clock that went back */
    timing_add(&timing, 1e30);
    ck_assert_double_eq(timing.largest_us, 1e30);
}
END_TEST

int main(int argc, char **argv)
{
    (void)argc;
    support_set_program(argv[0]);
    Suite *suite = suite_create("timing of snnfe-live");
    TCase *tests = tcase_create("timing");
    tcase_add_test(tests, percentiles_are_order_statistics);
    tcase_add_test(tests, far_out);
    tcase_add_test(tests, too_few_to_know);
    suite_add_tcase(suite, tests);
    return support_run(suite);
}
