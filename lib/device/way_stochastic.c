/* Updates that are rounded to pulses: at random at once, or whole ones from time to time. */
#include "device/way.h"

/* What is rounded away is lost, but not in the mean. */
snnfe_crossings snnfe_way_stochastic(const snnfe_programming *p, const snnfe_programmed *d)
{
    snnfe_crossings crossings = {0, 0};
    for (size_t i = 0; i < d->n; i++) {
        snnfe_target cell = snnfe_target_of(p, d, i, false, &crossings);
        const int32_t n = snnfe_random_units(p, d->accumulators[i], cell.number, 0);
        d->accumulators[i] = 0;
        if (n != 0)
            d->weights[i] = snnfe_target_pulses(&cell, n, d->weights[i]);
    }
    return crossings;
}

/* The digital sum counts each pulse as a unit, whatever it did: nobody reads the cell. */
snnfe_crossings snnfe_way_mixed(const snnfe_programming *p, const snnfe_programmed *d)
{
    snnfe_crossings crossings = {0, 0};
    for (size_t i = 0; snnfe_transfer_is_due(p) && i < d->n; i++) {
        const int32_t n = snnfe_whole_units(p, d->accumulators[i]);
        if (n == 0)
            continue;
        snnfe_target cell = snnfe_target_of(p, d, i, false, &crossings);
        d->weights[i] = snnfe_target_pulses(&cell, n, d->weights[i]);
        d->accumulators[i] -= snnfe_units_change(p, n);
    }
    return crossings;
}
