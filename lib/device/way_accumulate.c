/* Thresholded accumulation, as published: at most one pulse a step, however many crossings. */
#include "device/way.h"
#include "kernels/kernels.h"

#include <math.h>

#define MOST_CROSSINGS 0x1p40F /* of one synapse in one step */

snnfe_crossings snnfe_way_accumulate(const snnfe_programming *p, const snnfe_programmed *d)
{
    snnfe_crossings crossings = {0, 0};
    const snnfe_kernels *k = snnfe_kernels_get();
    float *accumulators = d->accumulators;
    for (size_t begin = 0; begin < d->n; begin += 64) {
        const size_t left = d->n - begin;
        uint64_t reached =
            k->crossings(accumulators + begin, left < 64 ? left : 64, p->ltp_unit, p->ltd_unit);
        for (; reached != 0; reached &= reached - 1) {
            const size_t i = begin + snnfe_lowest_bit(reached);
            const bool up = accumulators[i] > 0;
            const float unit = up ? p->ltp_unit : p->ltd_unit;
            const float count = fminf(floorf(fabsf(accumulators[i]) / unit), MOST_CROSSINGS);
            if (count < 1)
                continue;
            snnfe_target cell = snnfe_target_of(p, d, i, false, NULL);
            d->weights[i] =
                snnfe_target_pulse(&cell, up ? SNNFE_LTP : SNNFE_LTD, d->weights[i], count * unit);
            accumulators[i] -= up ? count * unit : -count * unit;
            *(up ? &crossings.ltp : &crossings.ltd) += (uint64_t)count;
        }
    }
    return crossings;
}
