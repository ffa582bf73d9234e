/* The maps of a convolution. */
#include "kernels.h"

void snnfe_conv_fill_maps(snnfe_conv_geometry *g, uint16_t *taps, uint16_t *origin)
{
    for (uint32_t row = 0; row < g->in_rows; row++)
        for (uint32_t column = 0; column < g->in_columns; column++) {
            const size_t p = (size_t)row * g->in_columns + column;
            origin[p] = (uint16_t)(row * g->used_columns + column);
            for (uint32_t tap = 0; tap < 9; tap++)
                if (row >= tap / 3 && row - tap / 3 < g->used_rows && column >= tap % 3 &&
                    column - tap % 3 < g->used_columns)
                    taps[p] |= (uint16_t)(1u << tap);
        }
    g->taps = taps;
    g->origin = origin;
}
