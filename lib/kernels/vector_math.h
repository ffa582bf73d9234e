/* Logarithms, exponentials and circular functions of vectors of doubles, to a few units of the last
   place. Without contraction of products and sums they give the same bits on every instruction
   set and with every C library. */
#ifndef SNNFE_LIB_VECTOR_MATH_H
#define SNNFE_LIB_VECTOR_MATH_H

#include "vector.h"

#define DOUBLES (LANES / 2) /* lanes of the vectors here */

typedef double vdouble __attribute__((vector_size(LANES * 4)));
typedef uint64_t vword __attribute__((vector_size(LANES * 4)));
typedef vdouble vdouble_mem __attribute__((may_alias, aligned(8)));
typedef vword vword_mem __attribute__((may_alias, aligned(8)));

static inline vdouble load_d(const double *p)
{
    return *(const vdouble_mem *)p;
}
static inline void store_d(double *p, vdouble v)
{
    *(vdouble_mem *)p = v;
}
static inline vword load_w(const uint64_t *p)
{
    return *(const vword_mem *)p;
}
static inline vdouble splat_d(double x)
{
    return x - (vdouble){0};
}
static inline vword splat_w(uint64_t x)
{
    return x - (vword){0};
}

static inline vdouble root(vdouble x)
{
#if LANES == 16
    return (vdouble)_mm512_sqrt_pd((__m512d)x);
#elif LANES == 8
    return (vdouble)_mm256_sqrt_pd((__m256d)x);
#elif defined(__SSE2__)
    return (vdouble)_mm_sqrt_pd((__m128d)x);
#else
    for (int lane = 0; lane < DOUBLES; lane++)
        x[lane] = __builtin_sqrt(x[lane]);
    return x;
#endif
}

/* Products of the lower halves of words. */
static inline vword multiply_halves(vword a, vword b)
{
#if LANES == 16
    return (vword)_mm512_mul_epu32((__m512i)a, (__m512i)b);
#elif LANES == 8
    return (vword)_mm256_mul_epu32((__m256i)a, (__m256i)b);
#elif defined(__SSE2__)
    return (vword)_mm_mul_epu32((__m128i)a, (__m128i)b);
#else
    return (a & 0xFFFFFFFF) * (b & 0xFFFFFFFF);
#endif
}

/* Lanes of `yes` where the mask's are all ones, of `no` where they are zeros. */
static inline vdouble select_d(vword mask, vdouble yes, vdouble no)
{
    return (vdouble)(((vword)yes & mask) | ((vword)no & ~mask));
}
static inline vdouble least_of(vdouble a, vdouble b)
{
    return select_d((vword)(a < b), a, b);
}
static inline vdouble most_of(vdouble a, vdouble b)
{
    return select_d((vword)(a > b), a, b);
}

/* A whole number below 2^52 as a double. */
static inline vdouble double_of(vword n)
{
    return (vdouble)(n | 0x4330000000000000) - 0x1p52;
}

/* Added to a number below 2^51 it leaves the nearest whole number in the sum's lowest bits. */
#define ROUND_TO_WHOLE 0x1.8p52

#define LN2_HIGH 0x1.62e42fefa2p-1 /* 40 bits: multiples of it are exact */
#define LN2_LOW 0x1.9ef35793c7673p-41

/* 2 atanh(s) - 2 s, |s| < 0.1716: the series' first eleven terms. */
static inline vdouble atanh_rest(vdouble s)
{
    const vdouble z = s * s;
    vdouble sum = splat_d(1.0 / 23);
    for (int k = 21; k >= 3; k -= 2)
        sum = sum * z + 1.0 / k;
    return 2 * s * z * sum;
}

/* Of a normal number above 0. */
static inline vdouble logarithm(vdouble x)
{
    /* x = m 2^k, m from sqrt(1/2) up to sqrt(2); ln m = 2 atanh((m - 1) / (m + 1)) */
    const vword scaled = (vword)x + (0x3FF0000000000000 - 0x3FE6A09E667F3BCD);
    const vdouble k = double_of(scaled >> 52) - 1023;
    const vdouble f = (vdouble)((vword)x - ((scaled >> 52) << 52) + 0x3FF0000000000000) - 1;
    const vdouble s = f / (2 + f);
    return k * LN2_HIGH + (f - (s * f - atanh_rest(s)) + k * LN2_LOW);
}

/* ln(1 + y), y >= 0. */
static inline vdouble logarithm_1p(vdouble y)
{
    const vdouble x = 1 + y;
    return logarithm(x) + (y - (x - 1)) / x;
}

/* Beyond ±708 as there. */
static inline vdouble exponential(vdouble x)
{
    /* x = k ln 2 + r, |r| <= ln(2) / 2 */
    x = least_of(most_of(x, splat_d(-708)), splat_d(708));
    const vdouble shifted = x * (1 / (LN2_HIGH + LN2_LOW)) + ROUND_TO_WHOLE;
    const vdouble k = shifted - ROUND_TO_WHOLE;
    const vdouble r = (x - k * LN2_HIGH) - k * LN2_LOW;
    vdouble sum = splat_d(1);
    for (int n = 13; n >= 1; n--)
        sum = sum * r * (1.0 / n) + 1;
    return (vdouble)((vword)sum + ((vword)shifted << 52));
}

/* Of turns, 0…1. */
static inline void circle(vdouble turns, vdouble *cosine, vdouble *sine)
{
    /* A quarter q and the rest of an angle, within an eighth of a turn */
    const vdouble quarters = 4 * turns, shifted = quarters + ROUND_TO_WHOLE;
    const vdouble angle = (quarters - (shifted - ROUND_TO_WHOLE)) * 0x1.921fb54442d18p+0;
    const vdouble z = -angle * angle;
    vdouble s = splat_d(1), c = splat_d(1);
    for (int n = 17; n >= 3; n -= 2)
        s = s * z * (1.0 / (n * (n - 1))) + 1;
    for (int n = 18; n >= 2; n -= 2)
        c = c * z * (1.0 / (n * (n - 1))) + 1;
    s *= angle;
    const vword q = (vword)shifted, odd = -(q & 1);
    *sine = (vdouble)((vword)select_d(odd, c, s) ^ ((q & 2) << 62));
    *cosine = (vdouble)((vword)select_d(odd, s, c) ^ (((q + 1) & 2) << 62));
}

#endif
