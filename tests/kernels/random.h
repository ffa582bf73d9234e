/* Random arrays and small convolutions, for the tests of kernels. */
#ifndef SNNFE_TESTS_KERNELS_RANDOM_H
#define SNNFE_TESTS_KERNELS_RANDOM_H

#include "base/philox.h"
#include "kernels/kernels.h"

extern snnfe_stream stream;

/* Kernels of an instruction set, 0…2, with a stream of their own; NULL if the machine lacks it. */
const snnfe_kernels *kernels_of(int i);

float *random_floats(size_t n); /* in [-1, 1) */
uint64_t *random_bits(size_t words);

static inline bool bit(const uint64_t *bits, size_t i)
{
    return bits[i / 64] >> (i % 64) & 1;
}

void assert_close(const float *a, const float *b, size_t n, double tolerance);

/* All rows of outputs are used, and these columns. */
snnfe_conv_geometry geometry(uint32_t rows, uint32_t columns, uint32_t used_columns, uint32_t in,
                             uint32_t out);
void release_geometry(const snnfe_conv_geometry *g);
void release_floats(float *const *arrays, size_t n);

#endif
