/* Allocation through the allocator hook: 64-byte aligned, zeroed, overflow-checked. */
#ifndef SNNFE_LIB_MEMORY_H
#define SNNFE_LIB_MEMORY_H

#include <snnfe/base.h>

#define SNNFE_ALIGNMENT 64

/* `count` zeroed elements of `size` bytes, or NULL with the last error set. A count of 0 gives a
   pointer that may be released. */
void *snnfe_alloc(size_t count, size_t size);

/* The same without zeroing, for buffers that are filled at once. */
void *snnfe_alloc_raw(size_t count, size_t size);

/* Grow or shrink, keeping the content (new bytes are zero); NULL leaves the old block alone.
   `memory` may be NULL with old_count 0. */
void *snnfe_realloc(void *memory, size_t old_count, size_t new_count, size_t size);

/* Copies, or NULL with the last error set when out of memory. */
void *snnfe_duplicate(const void *source, size_t count, size_t size);
char *snnfe_duplicate_string(const char *source);

/* Adds the size of everything that this thread asks the allocator hook for to `*bytes`, until it
   is called again with NULL. */
void snnfe_memory_meter(size_t *bytes);

/* Accepts NULL. */
void snnfe_release(void *memory);

#endif
