#include "memory.h"

#include "check.h"
#include "options.h"
#include "status.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static void *default_allocate(size_t size, void *user_data)
{
    (void)user_data;
    return malloc(size);
}

static void default_release(void *memory, void *user_data)
{
    (void)user_data;
    free(memory);
}

static const snnfe_allocator default_allocator = {
    .struct_size = sizeof(snnfe_allocator),
    .allocate = default_allocate,
    .release = default_release,
};

static snnfe_allocator allocator = {
    .struct_size = sizeof(snnfe_allocator),
    .allocate = default_allocate,
    .release = default_release,
};
static atomic_size_t blocks_in_use;
static _Thread_local size_t *meter;

snnfe_status snnfe_set_allocator(const snnfe_allocator *given)
{
    if (atomic_load(&blocks_in_use) != 0)
        return snnfe_fail(SNNFE_ERR_STATE, "snnfe_set_allocator: %zu blocks are in use",
                          atomic_load(&blocks_in_use));
    if (!given) {
        allocator = default_allocator;
        return SNNFE_OK;
    }
    static const char name[] = "snnfe_allocator";
    static const snnfe_allocator none = {.struct_size = sizeof none};
    snnfe_allocator adopted;
    SNNFE_TRY(snnfe_options_adopt(&adopted, &none, sizeof none, given, name));
    if (!adopted.allocate)
        return snnfe_fail_null(name, ".allocate");
    if (!adopted.release)
        return snnfe_fail_null(name, ".release");
    allocator = adopted;
    return SNNFE_OK;
}

/* The allocator hook does not align blocks. The pointer that it returned is kept just before the
   aligned part. */
#define EXTRA (SNNFE_ALIGNMENT + sizeof(void *))

/* The aligned part of a block that has room for the elements and EXTRA. */
static void *keep_block(char *block, size_t count, size_t size)
{
    if (!block) {
        snnfe_fail_memory(count, size);
        return NULL;
    }
    atomic_fetch_add(&blocks_in_use, 1);
    if (meter)
        *meter += count * size + EXTRA;
    const uintptr_t first = (uintptr_t)block + sizeof(void *);
    const size_t shift = (SNNFE_ALIGNMENT - first % SNNFE_ALIGNMENT) % SNNFE_ALIGNMENT;
    char *memory = block + sizeof(void *) + shift;
    memcpy(memory - sizeof block, &block, sizeof block);
    return memory;
}

static bool fits(size_t count, size_t size)
{
    if (size == 0 || count <= (SIZE_MAX - EXTRA) / size)
        return true;
    snnfe_fail_memory(count, size);
    return false;
}

void *snnfe_alloc_raw(size_t count, size_t size)
{
    if (!fits(count, size))
        return NULL;
    return keep_block(allocator.allocate(count * size + EXTRA, allocator.user_data), count, size);
}

void snnfe_memory_meter(size_t *bytes)
{
    meter = bytes;
}

/* calloc() takes large blocks from the system as zeroed pages, each of which costs memory only
   when it is first touched: what is never used of such an array costs nothing. Smaller arrays
   are written at once, so that real-time code is never the first to touch a page. */
#define LARGE ((size_t)1 << 20)

void *snnfe_alloc(size_t count, size_t size)
{
    if (fits(count, size) && count * size >= LARGE && allocator.allocate == default_allocate)
        return keep_block(calloc(count * size + EXTRA, 1), count, size);
    void *memory = snnfe_alloc_raw(count, size);
    if (memory)
        memset(memory, 0, count * size);
    return memory;
}

void *snnfe_realloc(void *memory, size_t old_count, size_t new_count, size_t size)
{
    char *grown = snnfe_alloc_raw(new_count, size);
    if (!grown)
        return NULL;
    const size_t kept = old_count < new_count ? old_count : new_count;
    if (kept > 0)
        memcpy(grown, memory, kept * size);
    memset(grown + kept * size, 0, (new_count - kept) * size);
    snnfe_release(memory);
    return grown;
}

void *snnfe_duplicate(const void *source, size_t count, size_t size)
{
    void *copy = snnfe_alloc_raw(count, size);
    if (copy && count * size > 0)
        memcpy(copy, source, count * size);
    return copy;
}

char *snnfe_duplicate_string(const char *source)
{
    return snnfe_duplicate(source, strlen(source) + 1, 1);
}

void snnfe_release(void *memory)
{
    if (!memory)
        return;
    char *block = NULL;
    memcpy(&block, (char *)memory - sizeof block, sizeof block);
    atomic_fetch_sub(&blocks_in_use, 1);
    allocator.release(block, allocator.user_data);
}
