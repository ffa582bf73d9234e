#include "safetensors.h"

#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#define PREFIX 8

/* Most mutations change either the header's text or the data; some anything. */
size_t safetensors_mutate(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    uint64_t length = 0;
    for (int i = PREFIX - 1; size >= PREFIX && i >= 0; i--)
        length = length << 8 | data[i];
    if (seed % 16 == 0 || size < PREFIX || length > size - PREFIX)
        return LLVMFuzzerMutate(data, size, max_size);
    const size_t header = (size_t)length, rest = size - PREFIX - header;
    uint8_t *tail = data + PREFIX + header;
    if (seed % 4 == 1)
        return PREFIX + header + LLVMFuzzerMutate(tail, rest, max_size - PREFIX - header);
    uint8_t *kept = malloc(rest + 1);
    if (!kept)
        return size;
    memcpy(kept, tail, rest);
    const size_t changed = LLVMFuzzerMutate(data + PREFIX, header, max_size - PREFIX - rest);
    memcpy(data + PREFIX + changed, kept, rest);
    free(kept);
    for (int i = 0; i < PREFIX; i++)
        data[i] = (uint8_t)((uint64_t)changed >> (8 * i));
    return PREFIX + changed + rest;
}
