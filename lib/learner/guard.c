#include "learner/guard.h"

#include <math.h>

#define REFERENCE_MEMORY 8 /* times that of the estimate */

/* Standard errors below the reference at which a fall is no accident. Of an unchanged network's
   1000 decisions fewer than one in fifty series makes the guard act (tests/learner/test_guard.c).
 */
#define STANDARD_ERRORS 4

static double follow(double estimate, uint64_t n, double memory, bool correct)
{
    if (n == 0)
        return correct;
    return estimate + ((double)correct - estimate) / fmin((double)(n + 1), memory);
}

/* The best estimate is the luckiest one, and falls from it by itself. So the estimate also has to
   be further below the long-term accuracy than chance takes it. */
static bool is_no_accident(const snnfe_guard *g, double memory)
{
    const double n = fmin((double)g->n, REFERENCE_MEMORY * memory);
    const double p = (g->reference * n + 1) / (n + 2);
    return p - g->accuracy > STANDARD_ERRORS * sqrt(p * (1 - p) / (2 * memory - 1));
}

snnfe_guard_verdict snnfe_guard_watch(snnfe_guard *g, uint32_t memory, uint32_t least, double fall,
                                      bool correct)
{
    g->accuracy = follow(g->accuracy, g->n, memory, correct);
    g->reference = follow(g->reference, g->n, REFERENCE_MEMORY * (double)memory, correct);
    g->n++;
    if (g->n < least)
        return SNNFE_GUARD_NOTHING;
    if (isnan(g->best) || g->accuracy >= g->best) {
        g->best = g->accuracy;
        return SNNFE_GUARD_KEEP;
    }
    if (g->accuracy >= g->best - fall || !is_no_accident(g, memory))
        return SNNFE_GUARD_NOTHING;
    /* Nothing is known of how often the weights that come back are right from now on. */
    g->n = 0;
    g->best = (double)NAN;
    return SNNFE_GUARD_ROLL_BACK;
}
