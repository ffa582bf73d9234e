/* What kissfft's variant for x86 takes from that processor's header, for others with vectors of
 * four floats. */
#ifndef SNNFE_KISSFFT_XMMINTRIN_H
#define SNNFE_KISSFFT_XMMINTRIN_H

#include <stdlib.h>

typedef float __m128 __attribute__((vector_size(16), may_alias));

static inline __m128 _mm_set1_ps(float x)
{
    return (__m128){x, x, x, x};
}

static inline void *_mm_malloc(size_t size, size_t alignment)
{
    return aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
}

static inline void _mm_free(void *memory)
{
    free(memory);
}

#endif
