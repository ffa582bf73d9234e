/* Damaged safetensors files. */
#ifndef SNNFE_TESTS_DAMAGE_H
#define SNNFE_TESTS_DAMAGE_H

#include <stddef.h>

/* Copies a file with the first bytes of one tensor's data replaced. */
void support_damage(const char *from, const char *to, const char *tensor, const void *bytes,
                    size_t size);

/* What a file is made of: metadata and tensors. */
size_t support_part_count(const char *path);

/* Copies a file with one part damaged in one of SUPPORT_DAMAGES ways; returns the part's name,
   static storage. */
enum { SUPPORT_DAMAGES = 6 };
const char *support_damage_part(const char *from, const char *to, size_t part, int way);

#endif
