/* PCG XSL-RR 128/64 (O'Neill, HMC-CS-2014-0905) with the seeding, bounded draws and shuffle of
   NumPy's default_rng, for the paper's folds within a subject (docs/spec.md 3). */
#ifndef SNNFE_LIB_PCG64_H
#define SNNFE_LIB_PCG64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* C11 has no 128-bit integer. */
typedef struct snnfe_u128 {
    uint64_t high, low;
} snnfe_u128;

typedef struct snnfe_pcg64 {
    snnfe_u128 state;
    snnfe_u128 increment;
    uint32_t spare; /* upper half of the last 64-bit output */
    bool has_spare;
} snnfe_pcg64;

/* numpy.random.default_rng(seed) */
void snnfe_pcg64_seed(snnfe_pcg64 *generator, uint64_t seed);
/* The generator's whole output, and its halves, the lower one first. */
uint64_t snnfe_pcg64_u64(snnfe_pcg64 *generator);
uint32_t snnfe_pcg64_u32(snnfe_pcg64 *generator);
/* Uniform below `bound` (> 0), as a shuffle draws it; a bound of one draws nothing. */
uint32_t snnfe_pcg64_below(snnfe_pcg64 *generator, uint32_t bound);
/* Generator.shuffle of a one-dimensional array */
void snnfe_pcg64_shuffle(snnfe_pcg64 *generator, int32_t *items, size_t n);

#endif
