/* Pairs: a weight is A × the difference of two conductances, both of which only rise, until they
   are erased and programmed again. */
#include "device/way.h"

#include <math.h>

/* One synapse. Conductances are kept as such: 0, a fresh cell, is what memory begins with. */
typedef struct pair {
    const snnfe_programming *p;
    snnfe_target cells[2];
    float *conductance[2];
} pair;

static float as_weight(pair *s, float conductance)
{
    return (float)(s->p->bound * (2 * (double)conductance - 1));
}

static float as_conductance(pair *s, float weight)
{
    return (float)(((double)weight + s->p->bound) / (2 * s->p->bound));
}

static float lowest(pair *s, int k)
{
    return as_conductance(s, s->cells[k].low);
}

static float weight_of(pair *s)
{
    return (float)(s->p->bound * ((double)*s->conductance[0] - (double)*s->conductance[1]));
}

/* A weight that the pair does not make was written from outside, by a transfer or a restored
   network: the pair is as that left it. */
static void follow(pair *s, float weight)
{
    const float made = weight_of(s);
    if (!(weight < made) && !(weight > made) && *s->conductance[0] >= lowest(s, 0) &&
        *s->conductance[1] >= lowest(s, 1))
        return;
    for (int k = 0; k < 2; k++) {
        const float share = (float)((k == 0 ? 1 : -1) * (double)weight / s->p->bound);
        const float conductance = lowest(s, k) + fmaxf(share, 0);
        *s->conductance[k] =
            as_conductance(s, snnfe_target_clamp(&s->cells[k], as_weight(s, conductance)));
    }
}

static void potentiate(pair *s, int k, float wanted)
{
    snnfe_target *cell = &s->cells[k];
    const float weight = snnfe_target_clamp(cell, as_weight(s, *s->conductance[k]));
    *s->conductance[k] = as_conductance(s, snnfe_target_pulse(cell, SNNFE_LTP, weight, wanted));
}

/* One depression that is large enough for all of it. */
static void erase(pair *s, int k)
{
    snnfe_target_count(&s->cells[k], SNNFE_LTD);
    *s->conductance[k] = lowest(s, k);
}

/* Is a cell full that the other one's erasure would relieve? */
static bool needs_refresh(pair *s)
{
    for (int k = 0; k < 2; k++) {
        const float low = lowest(s, k), range = as_conductance(s, s->cells[k].high) - low;
        if (range > 0 && *s->conductance[k] >= low + (float)s->p->way.refresh * range &&
            *s->conductance[1 - k] > lowest(s, 1 - k))
            return true;
    }
    return false;
}

/* Pulses on one of the erased cells, until the difference is reached. */
static void refresh(pair *s)
{
    const float wanted = weight_of(s);
    const int k = wanted > 0 ? 0 : 1;
    for (int e = 0; e < 2; e++)
        erase(s, e);
    for (uint32_t n = 0; n < s->p->way.most_pulses; n++) {
        const float missing = fabsf(wanted) - fabsf(weight_of(s));
        if (!(missing > 0))
            break;
        potentiate(s, k, 2 * missing);
    }
}

snnfe_crossings snnfe_way_pairs(const snnfe_programming *p, const snnfe_programmed *d)
{
    snnfe_crossings crossings = {0, 0};
    for (size_t i = 0; i < d->n; i++) {
        pair s = {.p = p,
                  .cells = {snnfe_target_of(p, d, i, false, &crossings),
                            snnfe_target_of(p, d, i, true, &crossings)},
                  .conductance = {&d->states[0][i], &d->states[1][i]}};
        follow(&s, d->weights[i]);
        const int32_t n = snnfe_whole_units(p, d->accumulators[i]);
        d->accumulators[i] -= snnfe_units_change(p, n);
        for (int32_t k = 0; k < (n > 0 ? n : -n); k++)
            potentiate(&s, n > 0 ? 0 : 1, 2 * snnfe_units_change(p, n > 0 ? 1 : -1));
        if (n != 0 && needs_refresh(&s)) {
            const float before = weight_of(&s);
            refresh(&s);
            d->accumulators[i] += before - weight_of(&s); /* what the refresh missed */
        }
        d->weights[i] = weight_of(&s);
    }
    return crossings;
}
