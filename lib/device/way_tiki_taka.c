/* Tiki-Taka: a fast cell beside the weight's takes the updates; what it holds beyond its symmetry
   point goes on to the weight from time to time. */
#include "device/way.h"

#include <string.h>

enum { FAST = 0, ZERO = 1, HIDDEN = 2 };

/* Draws of a step. */
enum { DRAW_UPDATE = 0, DRAW_TRANSFER = 1 };

/* Pairs of pulses bring a cell to where both move it by as much: that is its zero, as a reference
   cell keeps it. It is done once, before the cell's first update. */
static void shift(const snnfe_programmed *d, size_t i, snnfe_target *fast)
{
    float weight = snnfe_target_clamp(fast, 0);
    for (uint32_t k = 0; k < fast->programming->way.shift_pairs; k++) {
        weight = snnfe_target_pulses(fast, 1, weight);
        weight = snnfe_target_pulses(fast, -1, weight);
    }
    d->states[FAST][i] = d->states[ZERO][i] = weight;
}

static bool is_fresh(const snnfe_programmed *d, size_t i)
{
    return (d->second_pulses[SNNFE_LTP][i] | d->second_pulses[SNNFE_LTD][i]) == 0;
}

static void update_fast(const snnfe_programming *p, const snnfe_programmed *d, size_t i,
                        snnfe_crossings *crossings)
{
    const bool fresh = is_fresh(d, i);
    snnfe_target fast = snnfe_target_of(p, d, i, true, crossings);
    if (fresh)
        shift(d, i, &fast);
    const float change = (float)p->way.fast_rate * d->accumulators[i];
    const int32_t n = snnfe_random_units(p, change, fast.number, DRAW_UPDATE);
    d->accumulators[i] = 0;
    if (n != 0)
        d->states[FAST][i] = snnfe_target_pulses(&fast, n, d->states[FAST][i]);
}

static float transferred(const snnfe_programming *p, const snnfe_programmed *d, size_t i)
{
    return (float)p->way.transfer_rate * (d->states[FAST][i] - d->states[ZERO][i]);
}

snnfe_crossings snnfe_way_tiki_taka(const snnfe_programming *p, const snnfe_programmed *d)
{
    snnfe_crossings crossings = {0, 0};
    const bool due = snnfe_transfer_is_due(p);
    for (size_t i = 0; i < d->n; i++) {
        update_fast(p, d, i, &crossings);
        if (!due)
            continue;
        snnfe_target cell = snnfe_target_of(p, d, i, false, &crossings);
        const int32_t n = snnfe_random_units(p, transferred(p, d, i), cell.number, DRAW_TRANSFER);
        if (n != 0)
            d->weights[i] = snnfe_target_pulses(&cell, n, d->weights[i]);
    }
    return crossings;
}

snnfe_crossings snnfe_way_tiki_taka_2(const snnfe_programming *p, const snnfe_programmed *d)
{
    snnfe_crossings crossings = {0, 0};
    const bool due = snnfe_transfer_is_due(p);
    float *hidden = d->states[HIDDEN];
    for (size_t i = 0; i < d->n; i++) {
        update_fast(p, d, i, &crossings);
        if (!due)
            continue;
        hidden[i] += transferred(p, d, i);
        const int32_t n = snnfe_whole_units(p, hidden[i]);
        if (n == 0)
            continue;
        snnfe_target cell = snnfe_target_of(p, d, i, false, &crossings);
        d->weights[i] = snnfe_target_pulses(&cell, n, d->weights[i]);
        hidden[i] -= snnfe_units_change(p, n);
    }
    return crossings;
}

void snnfe_tiki_taka_forget(float *const *states, size_t n)
{
    memcpy(states[FAST], states[ZERO], n * sizeof(float));
    if (states[HIDDEN])
        memset(states[HIDDEN], 0, n * sizeof(float));
}
