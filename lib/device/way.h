/* Ways to program: what each does, and what they share. */
#ifndef SNNFE_LIB_WAY_H
#define SNNFE_LIB_WAY_H

#include "device/device_internal.h"

/* One synapse after another; crossings or pulses of this step. */
typedef snnfe_crossings snnfe_way_step(const snnfe_programming *programming,
                                       const snnfe_programmed *programmed);

/* What a way is. */
typedef struct snnfe_way {
    const char *name;
    snnfe_way_step *step;
    const char *state_names[SNNFE_WAY_STATES]; /* in files; NULL where it has none */
    void (*forget)(float *const *states,
                   size_t n); /* weights were replaced; NULL = nothing to do */
    bool second_cells;
    bool quantizes; /* its weights can be rounded to levels after a step */
} snnfe_way;

const snnfe_way *snnfe_way_of(const snnfe_programming_options *options);

/* Adopt and check; `options` may be NULL. `levels` of a step: refused where weights cannot be
   rounded. */
snnfe_status snnfe_programming_options_take(snnfe_programming_options *adopted,
                                            const snnfe_programming_options *options,
                                            uint32_t levels);

snnfe_way_step snnfe_way_accumulate, snnfe_way_stochastic, snnfe_way_mixed, snnfe_way_tiki_taka,
    snnfe_way_tiki_taka_2, snnfe_way_verify, snnfe_way_pairs;

/* Fast cells hold nothing, as one programs them back to their zeros. */
void snnfe_tiki_taka_forget(float *const *states, size_t n);

/* --- cells ---------------------------------------------------------------------------------- */

/* Numbers of second cells follow those of all synapses that can have one. */
#define SNNFE_SECOND_CELLS (UINT32_C(1) << 31)

/* A cell that is pulsed. */
typedef struct snnfe_target {
    const snnfe_programming *programming;
    const snnfe_cell *cell;
    float low, high; /* its window, as weights */
    uint32_t number;
    uint32_t *pulses[2];        /* its counters; NULL where none are counted */
    double imprint;             /* what it prefers */
    float *history;             /* its run; NULL: not known */
    uint32_t again;             /* pulses that it has had in this step */
    snnfe_crossings *crossings; /* to which pulses are added; may be NULL */
} snnfe_target;

/* The cell of synapse `i`, or its second one. */
snnfe_target snnfe_target_of(const snnfe_programming *programming,
                             const snnfe_programmed *programmed, size_t i, bool second,
                             snnfe_crossings *crossings);

float snnfe_target_clamp(const snnfe_target *target, float weight);
/* One pulse on a cell that holds `weight`: what it holds then. `wanted` change, for the policy. */
float snnfe_target_pulse(snnfe_target *target, int32_t direction, float weight, float wanted);
/* A pulse is counted by itself; this counts one of another kind. */
void snnfe_target_count(snnfe_target *target, int32_t direction);
/* Pulses upwards (n > 0) or downwards, each wanted to be a unit. */
float snnfe_target_pulses(snnfe_target *target, int32_t n, float weight);

/* --- numbers -------------------------------------------------------------------------------- */

/* Is a transfer due after this step? */
bool snnfe_transfer_is_due(const snnfe_programming *programming);

/* Whole units in a change, at most most_pulses; below 0 for a depression. */
int32_t snnfe_whole_units(const snnfe_programming *programming, float change);
/* `n` units as a change. */
float snnfe_units_change(const snnfe_programming *programming, int32_t n);
/* The same rounded at random, so that the mean is the change; `draw` tells draws of a cell in a
   step apart. */
int32_t snnfe_random_units(const snnfe_programming *programming, float change, uint32_t number,
                           uint32_t draw);
/* A standard normal number for reading number `k` of a cell in this step. */
double snnfe_reading_noise(const snnfe_programming *programming, uint32_t number, uint32_t k);

#endif
