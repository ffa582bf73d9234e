#include "base/hash.h"

#include <string.h>

/* FNV-1a a word at a time, with a shift that carries high bits down. */
uint64_t snnfe_hash_word(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * UINT64_C(0x100000001b3);
    return hash ^ hash >> 29;
}

static uint64_t little_endian(const uint8_t *bytes, size_t n)
{
    uint64_t word = 0;
    for (size_t i = 0; i < n; i++)
        word |= (uint64_t)bytes[i] << 8 * i;
    return word;
}

uint64_t snnfe_hash_bytes(uint64_t hash, const void *bytes, size_t n)
{
    const uint8_t *next = bytes;
    hash = snnfe_hash_word(hash, n);
    for (; n >= 8; n -= 8, next += 8)
        hash = snnfe_hash_word(hash, little_endian(next, 8));
    return n > 0 ? snnfe_hash_word(hash, little_endian(next, n)) : hash;
}

uint64_t snnfe_hash_floats(uint64_t hash, const float *values, size_t n)
{
    hash = snnfe_hash_word(hash, n);
    for (size_t i = 0; i < n; i++) {
        const float value = values[i] + 0.0F; /* -0 becomes 0 */
        uint32_t bits;
        memcpy(&bits, &value, sizeof bits);
        hash = snnfe_hash_word(hash, bits);
    }
    return hash;
}
