/* Thresholded accumulation, as published: at most one pulse a step, however many crossings. */
#include "device/way.h"
#include "kernels/kernels.h"

#include <math.h>

#define MOST_CROSSINGS 0x1p40F /* of one synapse in one step */

/* Synapses that are going to get a pulse, as many as are computed together. */
typedef struct queue {
    size_t n;
    size_t synapses[SNNFE_PULSES];
    int32_t directions[SNNFE_PULSES];
    float wanted[SNNFE_PULSES]; /* changes */
} queue;

static void give_each(const snnfe_programming *p, const snnfe_programmed *d, const queue *q)
{
    for (size_t k = 0; k < q->n; k++) {
        float *weight = &d->weights[q->synapses[k]];
        snnfe_target cell = snnfe_target_of(p, d, q->synapses[k], false, NULL);
        const double change =
            snnfe_target_plain_change(&cell, q->directions[k], *weight, q->wanted[k]);
        snnfe_target_count(&cell, q->directions[k]);
        *weight = snnfe_target_moved(&cell, q->directions[k], *weight, change);
    }
}

static void give_together(const snnfe_programming *p, const snnfe_programmed *d, const queue *q)
{
    snnfe_target cells[SNNFE_PULSES];
    snnfe_pulses together;
    snnfe_pulses_begin(&together, p);
    for (size_t k = 0; k < q->n; k++) {
        snnfe_target_find(&cells[k], p, d, q->synapses[k], false, NULL);
        snnfe_target_join(&cells[k], &together, q->directions[k], d->weights[q->synapses[k]],
                          q->wanted[k]);
    }
    snnfe_pulses_compute(&together);
    for (size_t k = 0; k < q->n; k++) {
        float *weight = &d->weights[q->synapses[k]];
        snnfe_target_count(&cells[k], q->directions[k]);
        *weight = snnfe_target_moved(&cells[k], q->directions[k], *weight,
                                     2 * p->bound * together.changes[k]);
    }
}

static void give(const snnfe_programming *p, const snnfe_programmed *d, queue *q)
{
    if (p->device->plain)
        give_each(p, d, q);
    else
        give_together(p, d, q);
    q->n = 0;
}

/* Take the crossings of synapses whose bit is set from their accumulators. */
static void take_crossings(const snnfe_programming *p, const snnfe_programmed *d, size_t begin,
                           uint64_t reached, queue *q, snnfe_crossings *crossings)
{
    float *accumulators = d->accumulators;
    for (; reached != 0; reached &= reached - 1) {
        const size_t i = begin + snnfe_lowest_bit(reached);
        const bool up = accumulators[i] > 0;
        const float unit = up ? p->ltp_unit : p->ltd_unit;
        const float count = fminf(floorf(fabsf(accumulators[i]) / unit), MOST_CROSSINGS);
        if (count < 1)
            continue;
        if (q->n == SNNFE_PULSES)
            give(p, d, q);
        snnfe_target_prefetch(p, d, i);
        accumulators[i] -= up ? count * unit : -count * unit;
        *(up ? &crossings->ltp : &crossings->ltd) += (uint64_t)count;
        q->synapses[q->n] = i;
        q->directions[q->n] = up ? SNNFE_LTP : SNNFE_LTD;
        q->wanted[q->n++] = count * unit;
    }
}

snnfe_crossings snnfe_way_accumulate(const snnfe_programming *p, const snnfe_programmed *d)
{
    snnfe_crossings crossings = {0, 0};
    const snnfe_kernels *k = snnfe_kernels_get();
    queue pulses;
    pulses.n = 0;
    for (size_t begin = 0; begin < d->n; begin += 64) {
        const size_t left = d->n - begin;
        const uint64_t reached =
            k->crossings(d->accumulators + begin, left < 64 ? left : 64, p->ltp_unit, p->ltd_unit);
        take_crossings(p, d, begin, reached, &pulses, &crossings);
    }
    give(p, d, &pulses);
    return crossings;
}
