/* The Mersenne Twister MT19937 (Matsumoto and Nishimura, ACM TOMACS 8(1), 1998) with the seeding,
   bounded draws and shuffle of CPython's random.Random, for the paper's hold-out lists
   (docs/spec.md 3). */
#ifndef SNNFE_LIB_MT19937_H
#define SNNFE_LIB_MT19937_H

#include <stddef.h>
#include <stdint.h>

#define SNNFE_MT19937_WORDS 624

typedef struct snnfe_mt19937 {
    uint32_t state[SNNFE_MT19937_WORDS];
    uint32_t position; /* words of `state` handed out */
} snnfe_mt19937;

/* random.seed(seed) */
void snnfe_mt19937_seed(snnfe_mt19937 *generator, uint64_t seed);
/* random.getrandbits(32) */
uint32_t snnfe_mt19937_u32(snnfe_mt19937 *generator);
/* random.randrange(bound), bound > 0 */
uint32_t snnfe_mt19937_below(snnfe_mt19937 *generator, uint32_t bound);
/* random.shuffle(items) */
void snnfe_mt19937_shuffle(snnfe_mt19937 *generator, int32_t *items, size_t n);

#endif
