/* A neuron's voltage and spike: one order of operations for every layer. */
#ifndef SNNFE_LIB_FIRE_H
#define SNNFE_LIB_FIRE_H

#include "vector.h"

/* `rest` is V (1 - s) of the step before, and of this one afterwards. */
static inline vmask fire(vfloat current, vfloat voltage_decay, vfloat threshold, vfloat *rest,
                         vfloat *voltage)
{
    *voltage = voltage_decay * *rest + current;
    const vmask spike = greater(*voltage, threshold);
    *rest = drop(*voltage, spike);
    return spike;
}

static inline vmask near_threshold(vfloat voltage, vfloat threshold, vfloat width)
{
    const vfloat distance = voltage - threshold;
    return greater(width, distance) & greater(distance, -width);
}

#endif
