/* Sets of up to 64 as bits. */
#ifndef SNNFE_LIB_BITS_H
#define SNNFE_LIB_BITS_H

#include <stddef.h>
#include <stdint.h>

static inline size_t snnfe_count_bits(uint64_t bits)
{
    size_t n = 0;
    for (; bits != 0; bits &= bits - 1)
        n++;
    return n;
}

#endif
