/* One measured device of many: its pulses, their fit, and how they differ from it. */
#ifndef SNNFE_LIB_POPULATION_INTERNAL_H
#define SNNFE_LIB_POPULATION_INTERNAL_H

#include "base/status.h"

#include <snnfe/population.h>

#define SNNFE_N_FITTED 3 /* ln(amplitude), alpha - 1, beta - 1 */

/* The pulses of one direction. */
typedef struct snnfe_fitted_pulses {
    size_t n;
    double *w;       /* before the pulse, within the response's limits */
    double *dw;      /* its change, above 0 as it should be */
    double *excess;  /* dw / fit - 1 */
    double *squares; /* its square, without what the fit has taken of it */
    double value[SNNFE_N_FITTED], variance[SNNFE_N_FITTED];
} snnfe_fitted_pulses;

typedef struct snnfe_measured_device {
    snnfe_fitted_pulses pulses[2];
    size_t n_left_out;
} snnfe_measured_device;

/* Conductances of samples that were checked, of which lowest and highest are 0 and 1. */
snnfe_status snnfe_measured_device_fit(snnfe_measured_device *device, const double *voltage,
                                       const double *conductance, size_t n, double lowest,
                                       double highest);
void snnfe_measured_device_release(snnfe_measured_device *device);

/* The relative standard deviation of pulses, at[0] + at[1] · w; that without one device, near that
   of all. */
void snnfe_cycle_spread(const snnfe_measured_device *devices, size_t n, double at[2]);
void snnfe_cycle_spread_without(const snnfe_measured_device *devices, size_t n, size_t without,
                                const double of_all[2], double at[2]);
/* SNNFE_SPREAD_* of pulses with this spread that is likelier. */
int32_t snnfe_cycle_distribution(const snnfe_measured_device *devices, size_t n,
                                 const double at[2]);

/* Samples of an instrument: finite, above 0, no codes. */
snnfe_status snnfe_samples_check(const char *call, const double *voltage, const double *conductance,
                                 size_t n);

/* An instrument's file as voltages and conductances [*n], to be released. */
snnfe_status snnfe_instrument_file_read(const char *path, double **voltage, double **conductance,
                                        size_t *n);

#endif
