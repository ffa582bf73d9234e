/* The device handle. */
#ifndef SNNFE_LIB_DEVICE_INTERNAL_H
#define SNNFE_LIB_DEVICE_INTERNAL_H

#include "base/check.h"
#include "base/status.h"

#include <snnfe/device.h>

#include <stdbool.h>

struct snnfe_device {
    snnfe_device_options options; /* its tables are owned */
    bool noisy;                   /* any of the three noises */
};

/* Limits of the normalized conductance where the pulse response is evaluated. */
/* Beyond what any instrument measures, in ohms, siemens or volts: the codes for over-range are
   9.9e37 and 9.91e37 (SCPI), 199.999e99 and the like. */
#define SNNFE_OVER_RANGE 1e18

#define SNNFE_LEAST_CONDUCTANCE 0.01
#define SNNFE_MOST_CONDUCTANCE 0.99

/* Magnitude of the change of `w`, which is clamped first. */
double snnfe_response_value(const snnfe_device *device, int32_t direction, double w);

/* The same with the noise of one synapse and pulse. */
double snnfe_noisy_change(const snnfe_device *device, int32_t direction, double w, uint64_t seed,
                          uint64_t pulse, uint32_t synapse);

/* Everything that the step of one array needs. */
typedef struct snnfe_programming {
    const snnfe_device *device;
    double bound;
    float ltp_unit, ltd_unit; /* accumulated update that makes a crossing */
    float level_step;         /* between two levels; 0 = no quantization */
    uint64_t seed, step;
} snnfe_programming;

snnfe_programming snnfe_programming_make(const snnfe_device *device,
                                         const snnfe_device_step_options *options);

typedef struct snnfe_crossings {
    uint64_t ltp, ltd;
} snnfe_crossings;

/* Turn accumulated updates into pulses and quantize; `first` is the number of weights[0] among the
   synapses. Counters may be NULL. */
snnfe_crossings snnfe_program(const snnfe_programming *programming, float *weights,
                              float *accumulators, size_t n, uint64_t first, uint32_t *ltp_pulses,
                              uint32_t *ltd_pulses);

/* Put every weight into [-bound, bound]. */
void snnfe_clamp_values(float *weights, size_t n, float bound);

/* Distance between two levels. */
double snnfe_level_step(double bound, uint32_t levels);
void snnfe_quantize_values(float *weights, size_t n, float step);

/* Numbers of a device and of its programming lie in 1e-12…1e12 or, where they may be, are 0: what
   is computed from them then stays finite. */
#define SNNFE_MOST_NUMBER 1e12
snnfe_status snnfe_check_scale(const char *place, const char *name, double value);

/* 64-bit hash of what a device does (a caller's function counts by its kind only). */
uint64_t snnfe_device_hash(const snnfe_device *device);

/* SNNFE_LTP or SNNFE_LTD. */
snnfe_status snnfe_direction_check(const char *call, int32_t direction);

#endif
