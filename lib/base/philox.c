#include "philox.h"

#include <math.h>

static void multiply(uint32_t a, uint32_t b, uint32_t *high, uint32_t *low)
{
    const uint64_t product = (uint64_t)a * b;
    *high = (uint32_t)(product >> 32);
    *low = (uint32_t)product;
}

void snnfe_philox_block(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4])
{
    uint32_t x[4] = {counter[0], counter[1], counter[2], counter[3]};
    uint32_t k[2] = {key[0], key[1]};
    for (int round = 0; round < 10; round++) {
        uint32_t high0, low0, high1, low1;
        multiply(0xD2511F53u, x[0], &high0, &low0);
        multiply(0xCD9E8D57u, x[2], &high1, &low1);
        x[0] = high1 ^ x[1] ^ k[0];
        x[1] = low1;
        x[2] = high0 ^ x[3] ^ k[1];
        x[3] = low0;
        k[0] += 0x9E3779B9u;
        k[1] += 0xBB67AE85u;
    }
    for (int i = 0; i < 4; i++)
        out[i] = x[i];
}

snnfe_stream snnfe_stream_make(uint64_t seed, enum snnfe_stream_purpose purpose, uint64_t index)
{
    return (snnfe_stream){.key = {(uint32_t)seed, (uint32_t)(seed >> 32)},
                          .counter = {0, 0, (uint32_t)index,
                                      (uint32_t)(index >> 32 & 0xFFFFu) | (uint32_t)purpose << 16},
                          .used = 4};
}

uint32_t snnfe_stream_u32(snnfe_stream *stream)
{
    if (stream->used == 4) {
        snnfe_philox_block(stream->counter, stream->key, stream->block);
        if (++stream->counter[0] == 0)
            stream->counter[1]++;
        stream->used = 0;
    }
    return stream->block[stream->used++];
}

float snnfe_stream_float(snnfe_stream *stream)
{
    return (float)(snnfe_stream_u32(stream) >> 8) * 0x1p-24F;
}

double snnfe_stream_double(snnfe_stream *stream)
{
    const uint64_t high = snnfe_stream_u32(stream) >> 5, low = snnfe_stream_u32(stream) >> 6;
    return (double)(high << 26 | low) * 0x1p-53;
}

double snnfe_stream_normal(snnfe_stream *stream)
{
    const double two_pi = 6.283185307179586476925286766559;
    const double u = 1.0 - snnfe_stream_double(stream); /* in (0, 1] */
    const double v = snnfe_stream_double(stream);
    return sqrt(-2.0 * log(u)) * cos(two_pi * v);
}

/* Values below 2^32 mod bound would come up once too often and are drawn again. */
uint32_t snnfe_stream_below(snnfe_stream *stream, uint32_t bound)
{
    const uint32_t surplus = (uint32_t)(0u - bound) % bound;
    uint32_t value;
    do
        value = snnfe_stream_u32(stream);
    while (value < surplus);
    return value % bound;
}

void snnfe_stream_shuffle(snnfe_stream *stream, int32_t *items, size_t n)
{
    for (size_t i = n; i > 1; i--) {
        const size_t j = snnfe_stream_below(stream, (uint32_t)i);
        const int32_t swap = items[i - 1];
        items[i - 1] = items[j];
        items[j] = swap;
    }
}
