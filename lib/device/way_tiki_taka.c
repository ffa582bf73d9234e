/* Tiki-Taka: a fast cell beside the weight's takes the updates; what it holds beyond its symmetry
   point goes on to the weight from time to time. */
#include "device/way.h"

#include <string.h>

enum { FAST = 0, ZERO = 1, HIDDEN = 2 };

/* Draws of a step. */
enum { DRAW_UPDATE = 0, DRAW_TRANSFER = 1 };

/* Fast cells of some synapses, one behind the other. */
static void find_fast(const snnfe_programming *p, const snnfe_programmed *d, size_t begin,
                      size_t end, snnfe_crossings *crossings, snnfe_trains *fast)
{
    fast->n = 0;
    for (size_t i = begin; i < end; i++)
        snnfe_trains_add(fast, p, d, i, true, crossings, 0, &d->states[FAST][i]);
}

static bool is_fresh(const snnfe_programmed *d, size_t i)
{
    return (d->second_pulses[SNNFE_LTP][i] | d->second_pulses[SNNFE_LTD][i]) == 0;
}

static void give_fresh(snnfe_trains *fast, const bool *fresh, int32_t pulses)
{
    for (size_t k = 0; k < fast->n; k++)
        fast->pulses[k] = fresh[k] ? pulses : 0;
    snnfe_trains_give(fast);
}

/* Pairs of pulses bring a cell to where both move it by as much: that is its zero, as a reference
   cell keeps it. It is done once, before the cell's first update. */
static void shift_fresh(const snnfe_programming *p, const snnfe_programmed *d, size_t begin,
                        snnfe_trains *fast)
{
    bool fresh[SNNFE_PULSES] = {false}, any = false;
    for (size_t k = 0; k < fast->n; k++) {
        fresh[k] = is_fresh(d, begin + k);
        any = any || fresh[k];
        if (fresh[k])
            *fast->held[k] = snnfe_target_clamp(&fast->cells[k], 0);
    }
    for (uint32_t pair = 0; any && pair < p->way.shift_pairs; pair++) {
        give_fresh(fast, fresh, 1);
        give_fresh(fast, fresh, -1);
    }
    for (size_t k = 0; k < fast->n; k++)
        if (fresh[k])
            d->states[ZERO][begin + k] = *fast->held[k];
}

static void update_fast(const snnfe_programming *p, const snnfe_programmed *d, size_t begin,
                        size_t end, snnfe_crossings *crossings)
{
    snnfe_trains fast;
    find_fast(p, d, begin, end, crossings, &fast);
    shift_fresh(p, d, begin, &fast);
    for (size_t k = 0; k < fast.n; k++) {
        const float change = (float)p->way.fast_rate * d->accumulators[begin + k];
        fast.pulses[k] = snnfe_random_units(p, change, fast.cells[k].number, DRAW_UPDATE);
        d->accumulators[begin + k] = 0;
    }
    snnfe_trains_give(&fast);
}

static float transferred(const snnfe_programming *p, const snnfe_programmed *d, size_t i)
{
    return (float)p->way.transfer_rate * (d->states[FAST][i] - d->states[ZERO][i]);
}

/* Pulses that transfer what the fast cell of a synapse holds. */
typedef int32_t transfer(const snnfe_programming *p, const snnfe_programmed *d, size_t i);

static int32_t transfer_at_random(const snnfe_programming *p, const snnfe_programmed *d, size_t i)
{
    return snnfe_random_units(p, transferred(p, d, i), (uint32_t)(d->first + i), DRAW_TRANSFER);
}

static int32_t transfer_by_sum(const snnfe_programming *p, const snnfe_programmed *d, size_t i)
{
    float *hidden = &d->states[HIDDEN][i];
    *hidden += transferred(p, d, i);
    const int32_t n = snnfe_whole_units(p, *hidden);
    *hidden -= snnfe_units_change(p, n);
    return n;
}

static snnfe_crossings tiki_taka(const snnfe_programming *p, const snnfe_programmed *d,
                                 transfer *pulses_of)
{
    snnfe_crossings crossings = {0, 0};
    const bool due = snnfe_transfer_is_due(p);
    snnfe_trains cells;
    for (size_t begin = 0; begin < d->n; begin += SNNFE_PULSES) {
        const size_t end = snnfe_trains_end(d, begin);
        update_fast(p, d, begin, end, &crossings);
        cells.n = 0;
        for (size_t i = begin; due && i < end; i++) {
            const int32_t n = pulses_of(p, d, i);
            if (n != 0)
                snnfe_trains_add(&cells, p, d, i, false, &crossings, n, &d->weights[i]);
        }
        snnfe_trains_give(&cells);
    }
    return crossings;
}

snnfe_crossings snnfe_way_tiki_taka(const snnfe_programming *p, const snnfe_programmed *d)
{
    return tiki_taka(p, d, transfer_at_random);
}

snnfe_crossings snnfe_way_tiki_taka_2(const snnfe_programming *p, const snnfe_programmed *d)
{
    return tiki_taka(p, d, transfer_by_sum);
}

void snnfe_tiki_taka_forget(float *const *states, size_t n)
{
    memcpy(states[FAST], states[ZERO], n * sizeof(float));
    if (states[HIDDEN])
        memset(states[HIDDEN], 0, n * sizeof(float));
}
