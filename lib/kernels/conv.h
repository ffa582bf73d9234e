/* The 3x3 convolutions: which inputs reach which outputs, and the sizes of what kernels need. */
#ifndef SNNFE_LIB_CONV_H
#define SNNFE_LIB_CONV_H

#include "layout.h"

/* A 3x3 valid convolution between two grids of positions. */
typedef struct snnfe_conv_geometry {
    uint32_t in_rows, in_columns;
    uint32_t out_rows, out_columns;
    uint32_t used_rows, used_columns; /* outputs that the layers above use: the first of each */
    uint32_t in_channels;             /* padded */
    uint32_t out_channels;            /* padded */
    uint32_t pool;                    /* 1, or 2: an input is four neurons of the layer below */
    uint32_t source_columns;          /* of the layer below */
    size_t source_words;              /* words of a step of the layer below */
    size_t n_words;                   /* 64-bit words that hold a bit for each input position */
    const uint16_t *taps; /* [n_words * 64] bit i: the input has a used output under tap i */
    const uint16_t
        *origin; /* [n_words * 64] that of tap 0, modulo 65536; see snnfe_conv_output() */
} snnfe_conv_geometry;

/* Index among the used outputs of the one that input `p` reaches under a tap. */
static inline size_t snnfe_conv_output(const snnfe_conv_geometry *g, size_t p, size_t tap)
{
    return (uint16_t)(g->origin[p] - tap / 3 * g->used_columns - tap % 3);
}
static inline size_t snnfe_conv_outputs(const snnfe_conv_geometry *g)
{
    return (size_t)g->used_rows * g->used_columns;
}

/* Sizes of the two maps of a geometry, and their content. */
static inline size_t snnfe_conv_words(const snnfe_conv_geometry *geometry)
{
    return ((size_t)geometry->in_rows * geometry->in_columns + 63) / 64;
}
void snnfe_conv_fill_maps(snnfe_conv_geometry *geometry, uint16_t *taps, uint16_t *origin);

/* Outputs of a convolution go through winograd_gradient() in tiles of SNNFE_TILE squared. */
#define SNNFE_TILE 6
#define SNNFE_TILE_POINTS 8
#define SNNFE_TILE_PRODUCTS ((size_t)SNNFE_TILE_POINTS * SNNFE_TILE_POINTS)

static inline size_t snnfe_conv_tiles(const snnfe_conv_geometry *g)
{
    return (size_t)((g->used_rows + SNNFE_TILE - 1) / SNNFE_TILE) *
           ((g->used_columns + SNNFE_TILE - 1) / SNNFE_TILE);
}

/* Buffers for the events of some steps: the neurons that switched at each input, as row offsets
   of column * in_channels + channel, and the rows of weights that each output has to add or
   subtract because of them. */
typedef struct snnfe_conv_scratch {
    snnfe_row_offset_8 *on, *off;   /* [snnfe_conv_switches()] */
    uint32_t *on_begin, *off_begin; /* [steps * inputs + 1] */
    snnfe_row_offset_8 *rows;       /* [snnfe_conv_rows()] */
    uint32_t *n_rows;               /* [6 * steps * outputs] */
    int32_t *partial;               /* [steps][SNNFE_STRIP] */
} snnfe_conv_scratch;

/* Largest numbers of switches and of rows in `n_steps` steps. */
static inline size_t snnfe_conv_switches(const snnfe_conv_geometry *g, size_t n_steps)
{
    const size_t inputs = (size_t)g->in_rows * g->in_columns * g->pool * g->pool;
    return n_steps * inputs * g->in_channels + SNNFE_LIST_SLACK;
}
static inline size_t snnfe_conv_rows(const snnfe_conv_geometry *g, size_t n_steps)
{
    const size_t outputs = (size_t)g->out_rows * g->out_columns;
    const size_t events = 9 * (size_t)g->pool * g->pool * g->in_channels;
    return n_steps * outputs * (events + 6 * (SNNFE_ROWS_AT_ONCE - 1)) + SNNFE_LIST_SLACK;
}

/* Outputs of a strip over some steps are rows of SNNFE_STRIP values, as many as the first-level
   cache holds. */
#define SNNFE_ROWS_OF_RUN ((size_t)360)

static inline size_t snnfe_steps_of_run(const snnfe_conv_geometry *g)
{
    const size_t steps = SNNFE_ROWS_OF_RUN / snnfe_conv_outputs(g);
    return steps > 0 ? steps : 1;
}

/* Which rows of suffix sums make each weight's gradient: for each input channel and tap those to
   add and those to subtract, filled up with an empty row. */
typedef struct snnfe_gradient_rows {
    uint16_t *origin, *taps;  /* [2][snnfe_gradient_switches()] scratch */
    snnfe_row_offset_8 *rows; /* [snnfe_gradient_list()] */
    uint32_t *n;              /* [in_channels][9][2] */
    size_t empty;             /* row that is 0 */
} snnfe_gradient_rows;

static inline size_t snnfe_gradient_switches(const snnfe_conv_geometry *g)
{
    return snnfe_steps_of_run(g) * g->in_rows * g->in_columns + SNNFE_LIST_SLACK;
}
static inline size_t snnfe_gradient_list(const snnfe_conv_geometry *g)
{
    const size_t most = snnfe_steps_of_run(g) * snnfe_conv_outputs(g);
    return (size_t)9 * g->in_channels * (most + 2 * (SNNFE_ROWS_AT_ONCE - 1)) + SNNFE_LIST_SLACK;
}

#endif
