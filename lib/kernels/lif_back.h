/* One step back in time of a vector of LIF neurons. */
#ifndef SNNFE_LIB_LIF_BACK_H
#define SNNFE_LIB_LIF_BACK_H

#include "vector.h"

/* Gradients of the step after, which become those of this step, and sums over the steps. */
typedef struct lif_gradients {
    vfloat voltage, drive;
    vfloat current_decay, voltage_decay; /* sums */
} lif_gradients;

/* `rest` is V (1 - s) of the step before; `mask` is the dropout factor of the drive, or NULL. */
static inline void lif_back(vfloat spike_gradient, vfloat voltage, vfloat rest, vmask spike,
                            vmask window, vfloat current_decay, vfloat voltage_decay,
                            float surrogate_height, const float *mask, lif_gradients *g)
{
    /* A spike at t clears what V[t+1] inherits. Each step waits for dL/dV of the step after: what
       that is multiplied by and what is added is computed apart, so that one operation is waited
       for. */
    const vfloat kept = keep(splat(surrogate_height) * -voltage, window) + drop(splat(1), spike);
    const vfloat from_spike = keep(splat(surrogate_height) * spike_gradient, window);

    /* The current is not kept: it is what V[t] has beyond the inherited potential. */
    const vfloat current = voltage - voltage_decay * rest;
    g->voltage_decay += g->voltage * drop(voltage, spike);
    g->current_decay += g->drive * current;
    g->voltage = g->voltage * (voltage_decay * kept) + from_spike;
    g->drive = g->voltage + current_decay * g->drive;
    if (mask)
        g->drive *= load_f(mask);
}

#endif
