/* An array of synapses that are programmed, with all that a step reads and writes. */
#ifndef SNNFE_TESTS_ARRAY_H
#define SNNFE_TESTS_ARRAY_H

#include <snnfe/device.h>

#define N 20000
#define BOUND 0.0625
#define RANGE (2 * BOUND)

/* Everything that a step knows of N synapses. */
typedef struct array {
    float weights[N], accumulators[N], updates[N], states[SNNFE_WAY_STATES * N], histories[2 * N];
    uint32_t pulses[2][N], second[2 * N];
    snnfe_device *device;
    snnfe_device_step_options o;
    snnfe_programming_options way;
    uint64_t ltp, ltd; /* of the last step */
} array;

/* All 0; the array owns the device. */
array *array_begin(snnfe_device *device, int32_t method);
void array_end(array *a);
void array_step(array *a);

/* Of N values. */
void array_fill(float *values, float value);
double array_mean(const float *values);

#endif
