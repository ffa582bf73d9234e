/* The plan of a Fourier transform that signals are filtered by. */
#ifndef SNNFE_LIB_FFT_H
#define SNNFE_LIB_FFT_H

#include <stddef.h>

/* The last levels of every transform are one block of 16 x 16 points. */
#define SNNFE_FFT_SIDE ((size_t)16)
#define SNNFE_FFT_BLOCK (SNNFE_FFT_SIDE * SNNFE_FFT_SIDE)
#define SNNFE_FFT_LEVELS 32

/* A transform of radix * n points splits into `radix` transforms of n points. */
typedef struct snnfe_fft_level {
    size_t radix; /* 2 to 5 */
    size_t n;
    float *re, *im; /* [radix - 1][n] factors of all parts but the first; NULL: 1 */
} snnfe_fft_level;

typedef struct snnfe_fft_plan {
    size_t length; /* a multiple of SNNFE_FFT_BLOCK */
    size_t n_levels;
    snnfe_fft_level levels[SNNFE_FFT_LEVELS]; /* down to a block */
    snnfe_fft_level block[4];                 /* of a block: before and after it is transposed */
} snnfe_fft_plan;

#endif
