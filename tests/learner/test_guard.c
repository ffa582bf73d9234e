/* How often a learner's guard acts without and with a reason, by simulation. */
#include "base/philox.h"
#include "learner/guard.h"
#include "support.h"

#include <math.h>

enum { MEMORY = 16, LEAST = 16 };
#define FALL 0.2

/* A series of decisions that are right with probability `p`, from trial `turn` on with `later`.
   Returns the first trial at which the guard acts, or `n`. */
static int first_action(uint64_t seed, int n, double p, int turn, double later, snnfe_guard *guard)
{
    snnfe_stream stream = snnfe_stream_make(seed, 0, 0);
    *guard = (snnfe_guard){.accuracy = (double)NAN, .reference = (double)NAN, .best = (double)NAN};
    for (int i = 0; i < n; i++) {
        const bool correct = snnfe_stream_double(&stream) < (i < turn ? p : later);
        if (snnfe_guard_watch(guard, MEMORY, LEAST, FALL, correct) == SNNFE_GUARD_ROLL_BACK)
            return i;
    }
    return n;
}

/* Below one false alarm in fifty series of 1000 trials, whatever the accuracy. */
START_TEST(false_alarms_are_rare)
{
    const double accuracies[] = {0.5, 0.6, 0.7, 0.8, 0.9, 0.97};
    snnfe_guard guard;
    for (size_t a = 0; a < sizeof accuracies / sizeof accuracies[0]; a++) {
        int alarms = 0;
        for (uint64_t s = 0; s < 2000; s++)
            alarms += first_action(s + 1, 1000, accuracies[a], 1000, 0, &guard) < 1000;
        printf("accuracy %.2f: %d of 2000 series with a false alarm\n", accuracies[a], alarms);
        ck_assert_int_lt(alarms, 40);
    }
}
END_TEST

/* A network that is worse than before is noticed. */
START_TEST(falls_are_noticed)
{
    snnfe_guard guard;
    int noticed = 0, soon = 0;
    for (uint64_t s = 0; s < 1000; s++) {
        soon += first_action(s + 1, 240, 0.9, 200, 0.3, &guard) < 240;
        noticed += first_action(s + 1, 600, 0.85, 200, 0.5, &guard) < 600;
    }
    printf("from 0.9 to 0.3: %d of 1000 within 40 trials; from 0.85 to 0.5: %d\n", soon, noticed);
    ck_assert_int_gt(soon, 900);
    ck_assert_int_gt(noticed, 500);
}
END_TEST

/* After the guard has acted the estimate is that of the trials since. */
START_TEST(the_estimate_is_honest)
{
    snnfe_guard guard;
    int n_acted = 0;
    double sum = 0;
    for (uint64_t s = 0; s < 500; s++) {
        if (first_action(s + 1, 300, 0.9, 100, 0.3, &guard) == 300)
            continue;
        n_acted++;
        ck_assert(isnan(guard.best));
        for (int i = 0; i < 64; i++)
            snnfe_guard_watch(&guard, MEMORY, UINT32_MAX, FALL, (i * 7 + (int)s) % 2 == 0);
        sum += guard.accuracy;
    }
    ck_assert_int_gt(n_acted, 400);
    ck_assert_double_eq_tol(sum / n_acted, 0.5, 0.05);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("guard");
    TCase *tests = tcase_create("guard");
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, false_alarms_are_rare);
    tcase_add_test(tests, falls_are_noticed);
    tcase_add_test(tests, the_estimate_is_honest);
    suite_add_tcase(suite, tests);
    return support_run(suite);
}
