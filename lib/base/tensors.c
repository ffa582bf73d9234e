/* What reader and writer share. */
#include "tensors_internal.h"

static const struct {
    const char *name;
    size_t size;
} dtypes[] = {
    [SNNFE_U8] = {"U8", 1},   [SNNFE_I16] = {"I16", 2}, [SNNFE_I32] = {"I32", 4},
    [SNNFE_I64] = {"I64", 8}, [SNNFE_F32] = {"F32", 4}, [SNNFE_F64] = {"F64", 8},
};

size_t snnfe_dtype_size(snnfe_dtype dtype)
{
    return dtypes[dtype].size;
}

const char *snnfe_dtype_name(snnfe_dtype dtype)
{
    return dtypes[dtype].name;
}

bool snnfe_little_endian(void)
{
    const uint16_t one = 1;
    uint8_t first;
    memcpy(&first, &one, 1);
    return first == 1;
}

void snnfe_swap_bytes(void *data, size_t count, size_t size)
{
    uint8_t *bytes = data;
    for (size_t i = 0; i < count; i++, bytes += size)
        for (size_t j = 0; j < size / 2; j++) {
            const uint8_t swap = bytes[j];
            bytes[j] = bytes[size - 1 - j];
            bytes[size - 1 - j] = swap;
        }
}
