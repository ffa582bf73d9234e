/* Philox4x32-10 counter-based generator (Salmon et al., Parallel random numbers: as easy as
   1, 2, 3, SC 2011): output is a pure function of key and counter, so random numbers do not depend
   on the order in which threads ask for them. */
#ifndef SNNFE_LIB_PHILOX_H
#define SNNFE_LIB_PHILOX_H

#include <stddef.h>
#include <stdint.h>

/* One block: four words from a 128-bit counter and a 64-bit key. */
void snnfe_philox_block(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);

/* Independent uses of one seed. Values are part of what a seed means: never renumber. */
enum snnfe_stream_purpose {
    SNNFE_STREAM_INITIAL_WEIGHTS = 1,
    SNNFE_STREAM_BATCH_ORDER = 2,
    SNNFE_STREAM_DROPOUT = 3,
    SNNFE_STREAM_SPLIT = 4,
    SNNFE_STREAM_SYNTHETIC = 5,
    SNNFE_STREAM_DEVICE = 6,
    SNNFE_STREAM_PERSONALIZE = 7,
    SNNFE_STREAM_REPLAY = 8,
    SNNFE_STREAM_CELLS = 9,
    SNNFE_STREAM_READ = 10,
    SNNFE_STREAM_PROGRAMMING = 11,
    SNNFE_STREAM_REFERENCE = 12
};

/* A sequence of numbers: key = seed, counter = (position, index low, index high and purpose). */
typedef struct snnfe_stream {
    uint32_t key[2];
    uint32_t counter[4];
    uint32_t block[4];
    uint32_t used; /* words of `block` handed out; 4 = none left */
} snnfe_stream;

/* The stream of `seed` for one purpose and index (say, a tensor, an epoch or a trial);
   `index` < 2^48. */
snnfe_stream snnfe_stream_make(uint64_t seed, enum snnfe_stream_purpose purpose, uint64_t index);

uint32_t snnfe_stream_u32(snnfe_stream *stream);
/* Uniform in [0, 1) with 24 bits; in [0, 1) with 53 bits. */
float snnfe_stream_float(snnfe_stream *stream);
double snnfe_stream_double(snnfe_stream *stream);
/* Standard normal (Box-Muller, two uniforms a number, no rejection: a fixed count of words). */
double snnfe_stream_normal(snnfe_stream *stream);
/* Uniform below `bound` (> 0) without bias. */
uint32_t snnfe_stream_below(snnfe_stream *stream, uint32_t bound);
/* Fisher-Yates. */
void snnfe_stream_shuffle(snnfe_stream *stream, int32_t *items, size_t n);

#endif
