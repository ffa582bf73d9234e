/* Mutations of safetensors files that keep the header's length right. */
#ifndef SNNFE_TESTS_FUZZ_SAFETENSORS_H
#define SNNFE_TESTS_FUZZ_SAFETENSORS_H

#include <stddef.h>
#include <stdint.h>

size_t safetensors_mutate(uint8_t *data, size_t size, size_t max_size, unsigned seed);

#endif
