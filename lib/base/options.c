#include "options.h"

#include "status.h"

#include <string.h>

#define MAX_LATER                                                                                  \
    4096 /* a struct of a later version is at most so much larger; a larger size is garbage */

snnfe_status snnfe_check_switch(const char *name, int32_t value)
{
    if (value != 0 && value != 1)
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "%s is %d, not 0 or 1", name, (int)value);
    return SNNFE_OK;
}

snnfe_status snnfe_options_adopt(void *adopted, const void *defaults, size_t known,
                                 const void *given, const char *name)
{
    memcpy(adopted, defaults, known);
    if (!given)
        return SNNFE_OK;
    uint32_t size = 0;
    memcpy(&size, given, sizeof size);
    if (size < 2 * sizeof size || size > known + MAX_LATER)
        return snnfe_fail(SNNFE_ERR_ARGUMENT,
                          "%s.struct_size is %u: was the struct filled by its options_init?", name,
                          (unsigned)size);
    const unsigned char *bytes = given;
    for (size_t i = known; i < size; i++)
        if (bytes[i] != 0)
            return snnfe_fail(SNNFE_ERR_UNSUPPORTED,
                              "%s.struct_size is %u, and a field beyond the %zu bytes that this "
                              "version knows is set",
                              name, (unsigned)size, known);
    memcpy(adopted, given, size < known ? size : known);
    const uint32_t own_size = (uint32_t)known;
    memcpy(adopted, &own_size, sizeof own_size);
    return SNNFE_OK;
}

snnfe_status snnfe_options_fill(void *options, size_t size, const void *defaults, size_t known,
                                const char *name)
{
    if (!options)
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "%s is NULL", name);
    if (size < 2 * sizeof(uint32_t) || size > UINT32_MAX)
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "%s: size is %zu", name, size);
    memcpy(options, defaults, size < known ? size : known);
    if (size > known)
        memset((char *)options + known, 0, size - known);
    const uint32_t told = (uint32_t)size;
    memcpy(options, &told, sizeof told);
    return SNNFE_OK;
}
