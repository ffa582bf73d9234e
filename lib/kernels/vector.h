/* Vectors of the instruction set that this file is compiled for, by GCC's vector extension. */
#ifndef SNNFE_LIB_VECTOR_H
#define SNNFE_LIB_VECTOR_H

#include "kernels.h"

#include <string.h>

#if defined(__AVX512F__) || defined(__AVX2__) || defined(__SSE2__)
#include <immintrin.h>
#endif

#if defined(__aarch64__)
#include <arm_neon.h>
#endif

#if defined(__AVX512F__) && defined(__AVX512DQ__)
#define LANES 16
#elif defined(__AVX2__)
#define LANES 8
#else
#define LANES 4
#endif

typedef float vfloat __attribute__((vector_size(LANES * 4)));
typedef int32_t vint __attribute__((vector_size(LANES * 4)));

#define VECTORS ((size_t)SNNFE_BLOCK / LANES) /* vectors of a block */

/* Accumulators that stay in registers: a strip of a row. Rows are whole blocks, so what is left
   after the last full strip is a block (where a strip is longer than one) or nothing. */
#define STRIP_VECTORS 8
#define STRIP ((size_t)STRIP_VECTORS * LANES)
#define REST_VECTORS (VECTORS < STRIP_VECTORS ? VECTORS : STRIP_VECTORS)
#define REST (REST_VECTORS * LANES)

#define LANE_MASK ((uint64_t)((UINT64_C(1) << LANES) - 1))

/* Aligned loads and stores that may alias anything. */
typedef vfloat vfloat_mem __attribute__((may_alias));
typedef vint vint_mem __attribute__((may_alias));

static inline vfloat load_f(const float *p)
{
    return *(const vfloat_mem *)p;
}
static inline void store_f(float *p, vfloat v)
{
    *(vfloat_mem *)p = v;
}
static inline vint load_i(const int32_t *p)
{
    return *(const vint_mem *)p;
}
static inline void store_i(int32_t *p, vint v)
{
    *(vint_mem *)p = v;
}
static inline vfloat splat(float x)
{
    return x - (vfloat){0};
}

/* Masks of lanes: bits where the processor has mask registers, else lanes of ones and zeros.
   Comparisons; lanes kept, dropped or chosen by a mask; a mask from and to one bit a lane. */
#if LANES == 16
typedef __mmask16 vmask;

static inline vmask greater(vfloat a, vfloat b)
{
    return _mm512_cmp_ps_mask((__m512)a, (__m512)b, _CMP_GT_OS);
}
static inline vmask at_least(vfloat a, vfloat b)
{
    return _mm512_cmp_ps_mask((__m512)a, (__m512)b, _CMP_GE_OS);
}
static inline vfloat keep(vfloat v, vmask mask)
{
    return (vfloat)_mm512_maskz_mov_ps(mask, (__m512)v);
}
static inline vfloat choose(vmask mask, vfloat yes, vfloat no)
{
    return (vfloat)_mm512_mask_mov_ps((__m512)no, mask, (__m512)yes);
}
static inline uint64_t bits_of(vmask mask)
{
    return mask;
}
static inline vmask mask_of(uint64_t bits)
{
    return (vmask)(bits & LANE_MASK);
}
#else
typedef vint vmask;

static inline vmask greater(vfloat a, vfloat b)
{
    return (vmask)(a > b);
}
static inline vmask at_least(vfloat a, vfloat b)
{
    return (vmask)(a >= b);
}
static inline vfloat keep(vfloat v, vmask mask)
{
    return (vfloat)((vint)v & mask);
}
static inline vfloat choose(vmask mask, vfloat yes, vfloat no)
{
    return (vfloat)(((vint)yes & mask) | ((vint)no & ~mask));
}
static inline uint64_t bits_of(vmask mask)
{
#if LANES == 8
    return (uint64_t)(uint32_t)_mm256_movemask_ps((__m256)mask);
#elif defined(__SSE2__)
    return (uint64_t)(uint32_t)_mm_movemask_ps((__m128)mask);
#elif defined(__aarch64__)
    const uint32x4_t lane = {1, 2, 4, 8};
    return vaddvq_u32(vandq_u32((uint32x4_t)mask, lane));
#else
    uint64_t bits = 0;
    for (int lane = 0; lane < LANES; lane++)
        bits |= (uint64_t)(mask[lane] & 1) << lane;
    return bits;
#endif
}
static inline vmask mask_of(uint64_t bits)
{
#if LANES == 8
    const vint lane = {1, 2, 4, 8, 16, 32, 64, 128};
#else
    const vint lane = {1, 2, 4, 8};
#endif
    const vint spread = (int32_t)(bits & LANE_MASK) - (vint){0};
    return (vmask)((spread & lane) == lane);
}
#endif

static inline vfloat drop(vfloat v, vmask mask)
{
    return keep(v, (vmask)~mask);
}

/* Sum of the lanes: the upper half is added to the lower until one is left. */
static inline float total(vfloat v)
{
#if defined(__SSE2__)
#if LANES == 16
    const __m256 eight =
        _mm256_add_ps(_mm512_castps512_ps256((__m512)v), _mm512_extractf32x8_ps((__m512)v, 1));
#elif LANES == 8
    const __m256 eight = (__m256)v;
#endif
#if LANES >= 8
    const __m128 four = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
#else
    const __m128 four = (__m128)v;
#endif
    const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_add_ss(two, _mm_shuffle_ps(two, two, 1)));
#elif defined(__aarch64__)
    const float32x2_t two = vadd_f32(vget_low_f32((float32x4_t)v), vget_high_f32((float32x4_t)v));
    return vget_lane_f32(two, 0) + vget_lane_f32(two, 1);
#else
    float lanes[LANES];
    memcpy(lanes, &v, sizeof lanes);
    for (int half = LANES / 2; half > 0; half /= 2)
        for (int lane = 0; lane < half; lane++)
            lanes[lane] += lanes[lane + half];
    return lanes[0];
#endif
}

#define KERNEL_JOIN_(a, b, c) a##b##c
#define KERNEL_JOIN(a, b, c) KERNEL_JOIN_(a, b, c)
/* A kernel's name in the instruction set that this file is compiled for (SNNFE_ISA_NAME). */
#define KERNEL_NAME(name) KERNEL_JOIN(snnfe_##name, _, SNNFE_ISA_NAME)

#define KERNEL(result, name, parameters) result KERNEL_NAME(name) parameters;
#include "kernel_list.h"
#undef KERNEL

#endif
