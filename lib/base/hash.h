/* 64-bit hashes that tell contents apart, the same on every machine. They do not protect against
   deliberate collisions. */
#ifndef SNNFE_LIB_HASH_H
#define SNNFE_LIB_HASH_H

#include <stddef.h>
#include <stdint.h>

#define SNNFE_HASH_START UINT64_C(0xcbf29ce484222325)

/* Chained: each call takes the hash of the one before, the first SNNFE_HASH_START. */
uint64_t snnfe_hash_word(uint64_t hash, uint64_t word);
uint64_t snnfe_hash_bytes(uint64_t hash, const void *bytes, size_t n);
/* The values' bits; 0 and -0 are the same. */
uint64_t snnfe_hash_floats(uint64_t hash, const float *values, size_t n);

#endif
