/* Write-verify: a digital copy of the weights tells what is wanted, readings what is there. */
#include "device/way.h"

#include <math.h>

/* What reading number `k` of this step gives. */
static float reading(const snnfe_target *cell, float weight, uint32_t k)
{
    const snnfe_programming *p = cell->programming;
    const snnfe_cells_options *o = &p->device->cells;
    if (!(o->read_noise > 0) && !(o->read_noise_state > 0))
        return weight;
    const double range = 2 * p->bound, w = ((double)weight + p->bound) / range;
    const double noise = o->read_noise + o->read_noise_state * fmax(w, 0);
    return weight + (float)(range * noise * snnfe_reading_noise(p, cell->number, k));
}

static float program_cell(snnfe_target *cell, float weight, float wanted)
{
    const snnfe_programming *p = cell->programming;
    const float tolerance = (float)(2 * p->bound * p->way.tolerance);
    for (uint32_t k = 0; k < p->way.most_pulses; k++) {
        const float missing = wanted - reading(cell, weight, k);
        if (fabsf(missing) <= tolerance)
            break;
        weight = snnfe_target_pulse(cell, missing > 0 ? SNNFE_LTP : SNNFE_LTD, weight, missing);
    }
    return weight;
}

/* The accumulator is what the wanted weight has more than the cell. */
snnfe_crossings snnfe_way_verify(const snnfe_programming *p, const snnfe_programmed *d)
{
    snnfe_crossings crossings = {0, 0};
    const float bound = (float)p->bound;
    for (size_t i = 0; snnfe_transfer_is_due(p) && i < d->n; i++) {
        snnfe_target cell = snnfe_target_of(p, d, i, false, &crossings);
        const float wanted = fminf(fmaxf(d->weights[i] + d->accumulators[i], -bound), bound);
        d->weights[i] = program_cell(&cell, d->weights[i], wanted);
        d->accumulators[i] = wanted - d->weights[i];
    }
    return crossings;
}
