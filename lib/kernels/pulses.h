/* What the kernels of programming pulses take: pulses on many synapses, computed together. */
#ifndef SNNFE_LIB_PULSES_H
#define SNNFE_LIB_PULSES_H

#include <stdint.h>

/* Pulses that are computed together, a multiple of any vector's lanes. */
#define SNNFE_PULSES 64

/* Random numbers of pulses. */
typedef struct snnfe_normals {
    uint32_t key[2];
    uint64_t counters[4][SNNFE_PULSES]; /* of the generator's blocks, below 2^32 */
    double values[3][SNNFE_PULSES];     /* standard normal numbers of each block */
} snnfe_normals;

#endif
