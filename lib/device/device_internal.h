/* The device handle. */
#ifndef SNNFE_LIB_DEVICE_INTERNAL_H
#define SNNFE_LIB_DEVICE_INTERNAL_H

#include "base/check.h"
#include "base/status.h"
#include "device/cells_internal.h"
#include "kernels/pulses.h"

#include <snnfe/device.h>

#include <stdbool.h>

#define SNNFE_N_FACTORS 1024

/* Numbers of steps, pulses and streams are below it: the counter of random numbers has room for no
   more beside what they are drawn for. */
#define SNNFE_MOST_DRAWS (UINT64_C(1) << 48)

struct snnfe_device {
    snnfe_device_options options; /* its tables are owned; `cells` points below, or is NULL */
    snnfe_cells_options cells;    /* the defaults without any */
    bool all_beta;                /* its own form and all others are the beta form */
    bool noisy;                   /* any of the three noises */
    bool plain;                   /* nothing but the pulse response counts */
    bool differ;                  /* programming depends on the cell */
    bool ages;                    /* it depends on the pulses that a cell has had */
    bool imprints, remembers;     /* on how long it has held its state, on the pulses just before */
    double history_kept;          /* of a run, by a pulse */
    snnfe_pulse_form *forms;      /* [1 + n_forms] its own, then those of the options */
    double *factors; /* [SNNFE_N_FACTORS] of aging after 0, 1, 2 … counted pulses, if it ages */
};

/* Beyond what any instrument measures, in ohms, siemens or volts: the codes for over-range are
   9.9e37 and 9.91e37 (SCPI), 199.999e99 and the like. */
#define SNNFE_OVER_RANGE 1e18

/* Limits of the normalized conductance where the pulse response is evaluated. */
#define SNNFE_LEAST_CONDUCTANCE 0.01
#define SNNFE_MOST_CONDUCTANCE 0.99

/* In line, where fmin() and fmax() would be calls. */
static inline double snnfe_within(double x, double least, double most)
{
    return x < least ? least : x > most ? most : x;
}

/* Magnitude of the change of `w` of a cell by a pulse of a form, 0 = the device's own; `w` is
   clamped first. */
double snnfe_response_value(const snnfe_device *device, const snnfe_cell *cell, uint32_t form,
                            int32_t direction, double w);

/* Counters of the pulses of forms, [2][SNNFE_MAX_FORMS]. */
#define SNNFE_FORM_COUNTS ((size_t)2 * SNNFE_MAX_FORMS)

/* Joules of pulses [2], of which so many had other forms than the device's own, whose joules are
   `given`, if not both 0, or the device's. NaN if those of any are not known, as of other forms
   without a device, which may be NULL. */
double snnfe_pulses_energy(const snnfe_device *device, const uint64_t pulses[2],
                           const uint64_t of_forms[SNNFE_FORM_COUNTS], const double given[2]);

/* The endurance that is given, or that of the device's cells; 0 = not known. */
double snnfe_endurance(const snnfe_device *device, double given);

/* The form whose change of `w` is nearest to the wanted one. */
uint32_t snnfe_form_nearest(const snnfe_device *device, int32_t direction, double w, double wanted);

/* Pulses on several cells, or one, that are computed together: one array for each of what they
   depend on. */
typedef struct snnfe_pulses {
    const snnfe_device *device;
    uint64_t seed, number;
    size_t n; /* at most SNNFE_PULSES */
    const snnfe_cell *cells[SNNFE_PULSES];
    double before[SNNFE_PULSES];  /* pulses that the cell has had */
    double imprint[SNNFE_PULSES]; /* what it prefers, -1…1 */
    float *history[SNNFE_PULSES]; /* its run, which goes on; NULL: not known */
    uint32_t synapses[SNNFE_PULSES];
    int32_t directions[SNNFE_PULSES];
    uint32_t again[SNNFE_PULSES]; /* pulses that it has had under this number */
    uint32_t forms[SNNFE_PULSES];
    double w[SNNFE_PULSES];
    double changes[SNNFE_PULSES]; /* the result: magnitudes as the cells' age and noise have them */
} snnfe_pulses;

void snnfe_pulses_compute(snnfe_pulses *pulses);

/* All that a pulse needs to know of a cell and that no pulse changes, in one line of the cache. */
typedef struct snnfe_array_cell {
    snnfe_cell drawn;
    float low, high; /* its window, as weights */
    float imprint;   /* what it prefers, -1…1 */
    float room[2];
} snnfe_array_cell;

/* Cells that stay drawn. */
typedef struct snnfe_array_cells {
    snnfe_array_cell *cells;
    float *low, *high; /* the windows once more, for all weights that get no pulse */
} snnfe_array_cells;

snnfe_status snnfe_array_cells_create(snnfe_array_cells *array, size_t n);
void snnfe_array_cells_release(snnfe_array_cells *array);
/* Those from `begin` on, if there are any. */
snnfe_array_cells snnfe_array_cells_from(const snnfe_array_cells *array, size_t begin);
/* The cells of synapses number `first` and after it, whose weights have this bound; `imprints` of
   each, or NULL. */
void snnfe_array_cells_draw(const snnfe_array_cells *array, const snnfe_device *device,
                            uint64_t first, size_t n, double bound, const float *imprints);
/* Likewise those that the caller has drawn. */
void snnfe_array_cells_take(const snnfe_array_cells *array, const snnfe_cell *cells, size_t n,
                            double bound, const float *imprints);

/* Everything that the step of one array needs. */
typedef struct snnfe_programming {
    const snnfe_device *device;
    double bound;
    float ltp_unit, ltd_unit; /* accumulated update that makes a crossing */
    float level_step;         /* between two levels; 0 = no quantization */
    /* Of weights[0] and those after it, and of their second cells; without any all are nominal. */
    snnfe_array_cells cells, second_cells;
    float *history, *second_history; /* likewise; NULL where there are none, as `imprint` */
    const float *imprint;            /* where there are no cells that have it */
    uint64_t seed, step;
    snnfe_programming_options way;
} snnfe_programming;

/* What is programmed: elements of `n` synapses. */
typedef struct snnfe_programmed {
    float *weights, *accumulators;
    uint32_t *pulses[2], *second_pulses[2]; /* LTP and LTD; may be NULL */
    uint64_t *form_pulses; /* [2][SNNFE_MAX_FORMS] of all synapses, those of the device's forms;
                              may be NULL */
    float *states[SNNFE_WAY_STATES]; /* those that the way has */
    size_t n;
    uint64_t first; /* number of the first synapse */
} snnfe_programmed;

snnfe_programming snnfe_programming_make(const snnfe_device *device,
                                         const snnfe_device_step_options *options);

typedef struct snnfe_crossings {
    uint64_t ltp, ltd;
} snnfe_crossings;

/* Turn what the accumulators hold into pulses, in the programming's way, and quantize. */
snnfe_crossings snnfe_program(const snnfe_programming *programming,
                              const snnfe_programmed *programmed);

/* Put every weight into [-bound, bound]. */
void snnfe_clamp_values(float *weights, size_t n, float bound);
/* Weights beyond the windows of their cells, which differ. */
size_t snnfe_count_off_array(const snnfe_device *device, const float *weights, size_t n,
                             double bound, uint64_t first);
/* Put every weight into its cell's window and count those that were beyond it. The cells of weights
 * number `first` and after it are drawn for this, if they differ. */
size_t snnfe_put_on_array(const snnfe_device *device, float *weights, size_t n, double bound,
                          uint64_t first);

/* Time goes forwards, and what is to pass changes something in the device's cells. */
snnfe_status snnfe_age_check(const char *call, const snnfe_device *device, double from_s,
                             double to_s, uint64_t readings);
/* A reading gives something else than what the cells hold; columns have converters in networks. */
snnfe_status snnfe_read_check(const char *call, const snnfe_device *device, bool in_network);
/* snnfe_device_age() and snnfe_device_read() on checked arguments. */
void snnfe_age_values(const snnfe_device *device, float *weights, size_t n, double bound,
                      uint64_t first, double from_s, double to_s, uint64_t readings);
void snnfe_read_values(const snnfe_device *device, float *weights, size_t n, size_t column,
                       double bound, uint64_t first, uint64_t seed);

/* Distance between two levels. */
double snnfe_level_step(double bound, uint32_t levels);
void snnfe_quantize_values(float *weights, size_t n, float step);

/* Numbers of a device and of its programming lie in 1e-12…1e12 or, where they may be, are 0: what
   is computed from them then stays finite. */
#define SNNFE_MOST_NUMBER 1e12
snnfe_status snnfe_check_scale(const char *place, const char *name, double value);

/* Finite values; numbers of synapses, of which there are 2^32. */
snnfe_status snnfe_values_check(const char *call, const char *name, const float *values, size_t n);
snnfe_status snnfe_levels_check(const char *call, uint32_t levels);
snnfe_status snnfe_synapses_check(const char *call, uint64_t first, size_t n);

/* 64-bit hash of what a device does (a caller's function counts by its kind only). */
uint64_t snnfe_device_hash(const snnfe_device *device);

/* SNNFE_LTP or SNNFE_LTD. */
snnfe_status snnfe_direction_check(const char *call, int32_t direction);
/* A normalized conductance, 0…1. */
snnfe_status snnfe_conductance_check(const char *call, size_t index, double w);

#endif
