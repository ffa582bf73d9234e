#include "options.h"

#include "check.h"

#include <stdbool.h>
#include <string.h>

/* A struct of a later version is at most so much larger; a larger size is garbage. */
#define MAX_LATER 4096
#define SIZE_BYTES sizeof(uint32_t)
/* Every sized struct is a multiple of it (tests/abi/test_options.c). */
#define WORD ((size_t)8)

static uint32_t size_of(const void *sized)
{
    uint32_t size = 0;
    memcpy(&size, sized, SIZE_BYTES);
    return size;
}

static bool is_plausible(size_t size, size_t known)
{
    return size >= 2 * SIZE_BYTES && size <= known + MAX_LATER;
}

snnfe_status snnfe_options_adopt(void *adopted, const void *defaults, size_t known,
                                 const void *given, const char *name)
{
    memcpy(adopted, defaults, known);
    if (!given)
        return SNNFE_OK;
    const uint32_t size = size_of(given);
    if (!is_plausible(size, known))
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "%s.struct_size is %u: was the struct initialized?",
                          name, (unsigned)size);
    const unsigned char *bytes = given;
    for (size_t i = known; i < size; i++)
        if (bytes[i] != 0)
            return snnfe_fail(SNNFE_ERR_UNSUPPORTED,
                              "%s.struct_size is %u, and a field beyond the %zu bytes that this "
                              "version knows is set",
                              name, (unsigned)size, known);
    /* What a size cuts through, such as half of a pointer, is not there: sizes of structs are whole
       words. */
    const size_t whole = size / WORD * WORD;
    memcpy(adopted, given, whole < known ? whole : known);
    const uint32_t own_size = (uint32_t)known;
    memcpy(adopted, &own_size, sizeof own_size);
    return SNNFE_OK;
}

snnfe_status snnfe_options_fill(void *options, size_t size, const void *defaults, size_t known,
                                const char *name)
{
    SNNFE_TRY(snnfe_check_pointer(NULL, name, options));
    if (!is_plausible(size, known))
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "%s: size is %zu, but this version has %zu bytes",
                          name, size, known);
    const uint32_t told = (uint32_t)size;
    memcpy(options, &told, sizeof told);
    snnfe_info_give(options, defaults, known);
    return SNNFE_OK;
}

snnfe_status snnfe_info_check(const char *call, const char *name, const void *info, size_t known)
{
    SNNFE_TRY(snnfe_check_pointer(call, name, info));
    if (!is_plausible(size_of(info), known))
        return snnfe_fail(SNNFE_ERR_ARGUMENT,
                          "%s: %s.struct_size is %u: set it to the size of the struct", call, name,
                          (unsigned)size_of(info));
    return SNNFE_OK;
}

void snnfe_info_give(void *info, const void *full, size_t known)
{
    const size_t size = size_of(info);
    const size_t filled = size < known ? size : known;
    memcpy((char *)info + SIZE_BYTES, (const char *)full + SIZE_BYTES, filled - SIZE_BYTES);
    if (size > known)
        memset((char *)info + known, 0, size - known);
}

snnfe_status snnfe_rows_check(const char *call, size_t size, size_t known)
{
    if (!is_plausible(size, known))
        return snnfe_fail(SNNFE_ERR_ARGUMENT,
                          "%s: the size of a struct is %zu bytes here, %zu in this version", call,
                          size, known);
    return SNNFE_OK;
}

void snnfe_row_give(void *rows, size_t size, size_t i, const void *full, size_t known)
{
    char *row = (char *)rows + i * size;
    memcpy(row, full, size < known ? size : known);
    if (size > known)
        memset(row + known, 0, size - known);
}
