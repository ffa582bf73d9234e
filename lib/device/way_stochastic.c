/* Updates that are rounded to pulses: at random at once, or whole ones from time to time. */
#include "device/way.h"

/* What is rounded away is lost, but not in the mean. */
snnfe_crossings snnfe_way_stochastic(const snnfe_programming *p, const snnfe_programmed *d)
{
    snnfe_crossings crossings = {0, 0};
    snnfe_trains trains;
    for (size_t begin = 0; begin < d->n; begin += SNNFE_PULSES) {
        trains.n = 0;
        for (size_t i = begin; i < snnfe_trains_end(d, begin); i++) {
            const uint32_t number = (uint32_t)(d->first + i);
            const int32_t n = snnfe_random_units(p, d->accumulators[i], number, 0);
            d->accumulators[i] = 0;
            if (n != 0)
                snnfe_trains_add(&trains, p, d, i, false, &crossings, n, &d->weights[i]);
        }
        snnfe_trains_give(&trains);
    }
    return crossings;
}

/* The digital sum counts each pulse as a unit, whatever it did: nobody reads the cell. */
snnfe_crossings snnfe_way_mixed(const snnfe_programming *p, const snnfe_programmed *d)
{
    snnfe_crossings crossings = {0, 0};
    snnfe_trains trains;
    for (size_t begin = 0; snnfe_transfer_is_due(p) && begin < d->n; begin += SNNFE_PULSES) {
        trains.n = 0;
        for (size_t i = begin; i < snnfe_trains_end(d, begin); i++) {
            const int32_t n = snnfe_whole_units(p, d->accumulators[i]);
            if (n == 0)
                continue;
            d->accumulators[i] -= snnfe_units_change(p, n);
            snnfe_trains_add(&trains, p, d, i, false, &crossings, n, &d->weights[i]);
        }
        snnfe_trains_give(&trains);
    }
    return crossings;
}
