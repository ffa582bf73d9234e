/* Ways to program: what each does, and what they share. */
#ifndef SNNFE_LIB_WAY_H
#define SNNFE_LIB_WAY_H

#include "device/device_internal.h"
#include "kernels/layout.h"

#include <math.h>

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
    bool periodic;   /* acts every `period` steps only */
    bool reads;      /* readings tell how many pulses, not units */
    bool difference; /* a weight is that of its cells, and in neither's window */
    bool quantizes;  /* its weights can be rounded to levels after a step */
} snnfe_way;

const snnfe_way *snnfe_way_of(const snnfe_programming_options *options);

/* Adopt and check; `options` may be NULL; numbers of other ways are refused. `levels` of a step:
   refused where weights cannot be rounded. */
snnfe_status snnfe_programming_options_take(snnfe_programming_options *adopted,
                                            const snnfe_programming_options *options,
                                            uint32_t levels);

/* Why thresholds have no effect where a way reads. */
#define SNNFE_UNLESS_UNITS "programming is another way than VERIFY"

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
    uint32_t again;             /* pulses that it has had in this step */
    uint32_t *pulses[2];        /* its counters; NULL where none are counted */
    double imprint;             /* what it prefers */
    float *history;             /* its run; NULL: not known */
    snnfe_crossings *crossings; /* to which pulses are added; may be NULL */
    uint64_t *form_pulses;      /* likewise, those of the device's forms */
} snnfe_target;

/* In line, since accumulation gives a pulse to any number of cells, one each. */

/* The cell of synapse `i`, or its second one. One field after the other: a copy of the whole would
   wait for them. */
static inline void snnfe_target_find(snnfe_target *t, const snnfe_programming *p,
                                     const snnfe_programmed *d, size_t i, bool second,
                                     snnfe_crossings *crossings)
{
    const snnfe_array_cell *cells = second ? p->second_cells.cells : p->cells.cells;
    uint32_t *const *pulses = second ? d->second_pulses : d->pulses;
    float *history = second ? p->second_history : p->history;
    t->programming = p;
    t->cell = cells ? &cells[i].drawn : &snnfe_nominal_cell;
    t->low = cells ? cells[i].low : -(float)p->bound;
    t->high = cells ? cells[i].high : (float)p->bound;
    t->number = (uint32_t)(d->first + i) + (second ? SNNFE_SECOND_CELLS : 0);
    for (int k = 0; k < 2; k++)
        t->pulses[k] = pulses[k] ? &pulses[k][i] : NULL;
    t->imprint = 0;
    if (cells)
        t->imprint = (double)cells[i].imprint;
    else if (!second && p->imprint)
        t->imprint = (double)p->imprint[i];
    t->history = history ? &history[i] : NULL;
    t->again = 0;
    t->crossings = crossings;
    t->form_pulses = d->form_pulses;
}

static inline snnfe_target snnfe_target_of(const snnfe_programming *p, const snnfe_programmed *d,
                                           size_t i, bool second, snnfe_crossings *crossings)
{
    snnfe_target t;
    snnfe_target_find(&t, p, d, i, second, crossings);
    return t;
}

static inline float snnfe_target_clamp(const snnfe_target *t, float weight)
{
    return weight > t->high ? t->high : weight < t->low ? t->low : weight;
}

/* Pulses that it has had, if they matter. */
static inline double snnfe_target_age(const snnfe_target *t)
{
    return t->programming->device->ages && t->pulses[0] && t->pulses[1]
               ? (double)*t->pulses[0] + (double)*t->pulses[1]
               : 0;
}

/* A pulse is counted by itself; this counts one of another kind. */
static inline void snnfe_target_count(snnfe_target *t, int32_t direction)
{
    uint32_t *pulses = t->pulses[direction];
    if (pulses && *pulses < INT32_MAX)
        (*pulses)++;
    if (t->crossings)
        *(direction == SNNFE_LTP ? &t->crossings->ltp : &t->crossings->ltd) += 1;
    t->again++;
}

/* Its cell, counters and past, which lie far apart, are soon needed. */
static inline void snnfe_target_prefetch(const snnfe_programming *p, const snnfe_programmed *d,
                                         size_t i)
{
    if (p->cells.cells)
        snnfe_prefetch(&p->cells.cells[i]);
    else if (p->imprint)
        snnfe_prefetch(&p->imprint[i]);
    for (int direction = 0; direction < 2; direction++)
        if (d->pulses[direction])
            snnfe_prefetch(&d->pulses[direction][i]);
    if (p->history)
        snnfe_prefetch(&p->history[i]);
}

/* The form of a pulse on it that is wanted to change it so much; it is counted. */
static inline uint32_t snnfe_target_form(const snnfe_target *t, int32_t direction, double w,
                                         float wanted)
{
    const snnfe_programming *p = t->programming;
    if (p->device->options.policy == SNNFE_POLICY_FIRST)
        return 0;
    const uint32_t form =
        snnfe_form_nearest(p->device, direction, w, fabs((double)wanted) / (2 * p->bound));
    if (form > 0 && t->form_pulses)
        t->form_pulses[(size_t)direction * SNNFE_MAX_FORMS + form - 1]++;
    return form;
}

/* The change of a weight by a pulse of a device of which nothing but the response counts. */
static inline double snnfe_target_plain_change(const snnfe_target *t, int32_t direction,
                                               float weight, float wanted)
{
    const snnfe_programming *p = t->programming;
    const double range = 2 * p->bound, w = ((double)weight + p->bound) / range;
    return range * snnfe_response_value(p->device, t->cell,
                                        snnfe_target_form(t, direction, w, wanted), direction, w);
}

/* What a cell that held `weight` holds after a pulse that changes it by `change`. */
static inline float snnfe_target_moved(const snnfe_target *t, int32_t direction, float weight,
                                       double change)
{
    const double bound = t->programming->bound;
    const double moved = direction == SNNFE_LTP ? (double)weight + change : (double)weight - change;
    return snnfe_target_clamp(t, (float)(moved > bound ? bound : moved < -bound ? -bound : moved));
}

/* None yet, of a step. */
static inline void snnfe_pulses_begin(snnfe_pulses *pulses, const snnfe_programming *p)
{
    pulses->device = p->device;
    pulses->seed = p->seed;
    pulses->number = p->step;
    pulses->n = 0;
}

/* Add a pulse on it to those of its step that are computed together. */
static inline void snnfe_target_join(const snnfe_target *t, snnfe_pulses *pulses, int32_t direction,
                                     float weight, float wanted)
{
    const snnfe_programming *p = t->programming;
    const size_t i = pulses->n++;
    pulses->cells[i] = t->cell;
    pulses->before[i] = snnfe_target_age(t);
    pulses->imprint[i] = t->imprint;
    pulses->history[i] = t->history;
    pulses->synapses[i] = t->number;
    pulses->directions[i] = direction;
    pulses->again[i] = t->again;
    pulses->w[i] = ((double)weight + p->bound) / (2 * p->bound);
    pulses->forms[i] = snnfe_target_form(t, direction, pulses->w[i], wanted);
}

/* One pulse on a cell that holds `weight`: what it holds then. `wanted` change, for the policy. */
float snnfe_target_pulse(snnfe_target *target, int32_t direction, float weight, float wanted);

/* Pulses upwards (n > 0) or downwards, each wanted to be a unit. */
float snnfe_target_pulses(snnfe_target *target, int32_t n, float weight);

/* Trains of pulses on several cells, no cell twice. */
typedef struct snnfe_trains {
    size_t n; /* at most SNNFE_PULSES */
    snnfe_target cells[SNNFE_PULSES];
    int32_t pulses[SNNFE_PULSES]; /* to come, below 0 downwards, each wanted to be a unit */
    float *held[SNNFE_PULSES];    /* what each holds, replaced */
} snnfe_trains;

/* Where the synapses end whose trains go together, from `begin` on. */
static inline size_t snnfe_trains_end(const snnfe_programmed *d, size_t begin)
{
    return d->n - begin < SNNFE_PULSES ? d->n : begin + SNNFE_PULSES;
}

/* Add that of a synapse's cell, or of its second one. */
void snnfe_trains_add(snnfe_trains *trains, const snnfe_programming *p, const snnfe_programmed *d,
                      size_t i, bool second, snnfe_crossings *crossings, int32_t pulses,
                      float *held);
/* All pulses to come. A pulse of each cell at a time, computed together, they are the same as one
   train after the other. */
void snnfe_trains_give(snnfe_trains *trains);

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
