#include "random.h"

#include "base/memory.h"
#include "support.h"

#include <math.h>

snnfe_stream stream;

const snnfe_kernels *kernels_of(int i)
{
    static const char *const isas[] = {"baseline", "avx2", "avx512"};
    stream = snnfe_stream_make(support_seed(), SNNFE_STREAM_SYNTHETIC, (uint64_t)i);
    return snnfe_kernels_named(isas[i]);
}

float *random_floats(size_t n)
{
    float *values = snnfe_alloc(n, sizeof(float));
    for (size_t i = 0; i < n; i++)
        values[i] = 2 * snnfe_stream_float(&stream) - 1;
    return values;
}

uint64_t *random_bits(size_t words)
{
    uint64_t *bits = snnfe_alloc(words, sizeof(uint64_t));
    for (size_t i = 0; i < words; i++)
        bits[i] = (uint64_t)snnfe_stream_u32(&stream) << 32 | snnfe_stream_u32(&stream);
    return bits;
}

void assert_close(const float *a, const float *b, size_t n, double tolerance)
{
    for (size_t i = 0; i < n; i++)
        ck_assert_msg(fabs((double)a[i] - (double)b[i]) <= tolerance, "%zu: %g, not %g", i,
                      (double)a[i], (double)b[i]);
}

snnfe_conv_geometry geometry(uint32_t rows, uint32_t columns, uint32_t used_columns, uint32_t in,
                             uint32_t out)
{
    snnfe_conv_geometry g = {.in_rows = rows,
                             .in_columns = columns,
                             .out_rows = rows - 2,
                             .out_columns = columns - 2,
                             .used_rows = rows - 2,
                             .used_columns = used_columns,
                             .in_channels = in,
                             .out_channels = out,
                             .pool = 1};
    g.n_words = snnfe_conv_words(&g);
    snnfe_conv_fill_maps(&g, snnfe_alloc(g.n_words * 64, 2), snnfe_alloc(g.n_words * 64, 2));
    return g;
}

void release_geometry(const snnfe_conv_geometry *g)
{
    snnfe_release((void *)(uintptr_t)g->taps);
    snnfe_release((void *)(uintptr_t)g->origin);
}

void release_floats(float *const *arrays, size_t n)
{
    for (size_t i = 0; i < n; i++)
        snnfe_release(arrays[i]);
}
