/* Bit matrices and the maps of a convolution. */
#include "kernels.h"

void snnfe_transpose_bits(uint64_t rows[64])
{
    uint64_t mask = UINT64_C(0x00000000FFFFFFFF);
    for (unsigned half = 32; half != 0; half /= 2, mask ^= mask << half)
        for (unsigned i = 0; i < 64; i = ((i | half) + 1) & ~half) {
            const uint64_t swap = ((rows[i] >> half) ^ rows[i | half]) & mask;
            rows[i] ^= swap << half;
            rows[i | half] ^= swap;
        }
}

void snnfe_conv_fill_maps(snnfe_conv_geometry *g, uint64_t *valid, uint16_t *target)
{
    for (uint32_t tap = 0; tap < 9; tap++)
        for (uint32_t row = 0; row < g->live_rows; row++)
            for (uint32_t column = 0; column < g->live_columns; column++) {
                const size_t p = (size_t)(row + tap / 3) * g->in_columns + column + tap % 3;
                valid[tap * g->n_words + p / 64] |= UINT64_C(1) << (p % 64);
                target[tap * g->n_words * 64 + p] = (uint16_t)(row * g->out_columns + column);
            }
    g->valid = valid;
    g->target = target;
}
