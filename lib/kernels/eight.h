/* Eight 16-bit numbers of which some are kept, for processors that shuffle bytes but do not
 * compress. */
#ifndef SNNFE_LIB_EIGHT_H
#define SNNFE_LIB_EIGHT_H

#include "vector.h"

#if LANES < 16 && (defined(__SSSE3__) || defined(__aarch64__))
#define COMPRESS_EIGHT

typedef uint16_t eight_u16 __attribute__((vector_size(16)));
typedef int16_t eight_mask __attribute__((vector_size(16)));

static inline eight_u16 load_eight(const uint16_t *p)
{
    eight_u16 v;
    memcpy(&v, p, sizeof v);
    return v;
}

static inline void store_eight(uint16_t *p, eight_u16 v)
{
    memcpy(p, &v, sizeof v);
}

/* The places of the bits of a byte, ascending, a byte each; 0 behind them. */
#define PLACE(byte, i)                                                                             \
    ((uint64_t)((byte) >> (i)&1) * (i) << 8 * __builtin_popcount((byte) & ((1u << (i)) - 1)))
#define PLACES(byte)                                                                               \
    (PLACE(byte, 1) | PLACE(byte, 2) | PLACE(byte, 3) | PLACE(byte, 4) | PLACE(byte, 5) |          \
     PLACE(byte, 6) | PLACE(byte, 7))
#define PLACES_4(byte) PLACES(byte), PLACES((byte) + 1), PLACES((byte) + 2), PLACES((byte) + 3)
#define PLACES_16(byte)                                                                            \
    PLACES_4(byte), PLACES_4((byte) + 4), PLACES_4((byte) + 8), PLACES_4((byte) + 12)
#define PLACES_64(byte)                                                                            \
    PLACES_16(byte), PLACES_16((byte) + 16), PLACES_16((byte) + 32), PLACES_16((byte) + 48)
static const uint64_t places_of_byte[256] = {PLACES_64(0u), PLACES_64(64u), PLACES_64(128u),
                                             PLACES_64(192u)};

/* A bit for each element, of a mask of ones and zeros. */
static inline unsigned bits_of_eight(eight_mask mask)
{
#if defined(__aarch64__)
    const uint16x8_t weights = {1, 2, 4, 8, 16, 32, 64, 128};
    return vaddvq_u16(vandq_u16((uint16x8_t)mask, weights));
#else
    return (unsigned)_mm_movemask_epi8(_mm_packs_epi16((__m128i)mask, _mm_setzero_si128()));
#endif
}

/* The elements whose bit is set, first; what follows is any of them. */
static inline eight_u16 compress_eight(eight_u16 v, unsigned bits)
{
#if defined(__aarch64__)
    const uint8x8_t places = vshl_n_u8(vcreate_u8(places_of_byte[bits]), 1);
    const uint8x16_t bytes = vcombine_u8(vzip1_u8(places, vadd_u8(places, vdup_n_u8(1))),
                                         vzip2_u8(places, vadd_u8(places, vdup_n_u8(1))));
    return (eight_u16)vqtbl1q_u8((uint8x16_t)v, bytes);
#else
    /* The bytes 2 i and 2 i + 1 of element i. */
    const __m128i places = _mm_cvtepu8_epi16(_mm_cvtsi64_si128((long long)places_of_byte[bits]));
    const __m128i bytes =
        _mm_add_epi16(_mm_mullo_epi16(places, _mm_set1_epi16(0x0202)), _mm_set1_epi16(0x0100));
    return (eight_u16)_mm_shuffle_epi8((__m128i)v, bytes);
#endif
}
#endif

#endif
