/* Damaged safetensors files. */
#ifndef SNNFE_TESTS_DAMAGE_H
#define SNNFE_TESTS_DAMAGE_H

#include <stddef.h>

/* Copies a file with the first bytes of one tensor's data replaced. */
void support_damage(const char *from, const char *to, const char *tensor, const void *bytes,
                    size_t size);

#endif
