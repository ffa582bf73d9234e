#include "network/torch_values.h"

#include "network/torch_names.h"

#include <math.h>
#include <string.h>

static uint64_t bits_of(const uint8_t *bytes, uint32_t size, bool big_endian)
{
    uint64_t bits = 0;
    for (uint32_t i = 0; i < size; i++)
        bits = bits << 8 | bytes[big_endian ? i : size - 1 - i];
    return bits;
}

static float from_float32(uint32_t bits)
{
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static float from_float64(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return (float)value;
}

/* One bit of sign, five of the exponent, ten of the fraction. */
static float from_float16(uint32_t bits)
{
    const uint32_t sign = (bits & 0x8000) << 16, exponent = bits >> 10 & 31;
    const uint32_t fraction = bits & 0x3ff;
    if (exponent == 31)
        return from_float32(sign | 0x7f800000 | fraction << 13);
    if (exponent > 0)
        return from_float32(sign | (exponent + 112) << 23 | fraction << 13);
    const float value = ldexpf((float)fraction, -24);
    return sign ? -value : value;
}

static float value_at(const uint8_t *bytes, uint32_t type, bool big_endian)
{
    const uint64_t bits = bits_of(bytes, snnfe_torch_type_size(type), big_endian);
    switch (type) {
    case SNNFE_TORCH_FLOAT64:
        return from_float64(bits);
    case SNNFE_TORCH_FLOAT16:
        return from_float16((uint32_t)bits);
    case SNNFE_TORCH_BFLOAT16:
        return from_float32((uint32_t)bits << 16);
    default:
        return from_float32((uint32_t)bits);
    }
}

void snnfe_torch_values(const snnfe_torch_tensor *t, const uint8_t *storage, bool big_endian,
                        float *out)
{
    const uint32_t size = snnfe_torch_type_size(t->type);
    uint64_t place[SNNFE_MAX_DIMENSIONS] = {0}, at = t->offset;
    for (uint64_t i = 0; i < t->count; i++) {
        out[i] = value_at(storage + at * size, t->type, big_endian);
        for (uint32_t d = t->n_dims; d-- > 0;) {
            at += t->stride[d];
            if (++place[d] < t->shape[d])
                break;
            at -= t->stride[d] * t->shape[d];
            place[d] = 0;
        }
    }
}
