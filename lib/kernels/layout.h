/* How arrays lie in memory that kernels work on.

   Neurons of a layer lie as [position][channel] with the channels padded to a multiple of
   SNNFE_BLOCK; their spikes are bits, one 64-bit word for a block of channels. Padded channels have
   no weights and never spike. All arrays are aligned to 64 bytes. */
#ifndef SNNFE_LIB_LAYOUT_H
#define SNNFE_LIB_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SNNFE_BLOCK 64

static inline size_t snnfe_padded(size_t channels)
{
    return (channels + SNNFE_BLOCK - 1) / SNNFE_BLOCK * SNNFE_BLOCK;
}

/* Channels of a strip: the part of a 3x3 convolution's weights (or of its outputs over some steps)
   that a kernel works on at a time, so that it stays in the first-level cache. The weights are
   [strip][row][SNNFE_STRIP], a row being the weights of one input channel under one of the nine
   taps. An empty row, which is all zero, follows the three taps of each row of the
   stencil: lists are filled up with it to a multiple of SNNFE_ROWS_AT_ONCE.

       tap              0     1     2             3       4       5
       rows from        0     n     2n    3n      3n+1    4n+1    5n+1    6n+1    6n+2 ...
                        |-----|-----|-----|empty  |-------|-------|-------|empty  |------
       (n = in_channels) */
#define SNNFE_STRIP 16

static inline size_t snnfe_strip_rows(size_t in_channels)
{
    return 9 * in_channels + 3;
}
static inline size_t snnfe_strip_row(size_t in_channels, size_t tap, size_t channel)
{
    return tap * in_channels + tap / 3 + channel;
}

/* Where a row of a strip begins, in units of eight bytes. A row is 16 values of four bytes:

       row            0       1       2       3
       byte           0       64      128     192
       row_offset_8   0       8       16      24

   Lists of rows hold these offsets: an x86 load multiplies an index by eight at no cost, so the
   address of a row, strip + 8 * row_offset_8, needs no instruction of its own. Offsets are kept
   modulo 65536. Those of inputs (column * in_channels + channel) may wrap around; what is added up
   is their distance from the corner of an output, which does not. */
typedef uint16_t snnfe_row_offset_8;
#define SNNFE_ROW_OFFSET_8 ((size_t)SNNFE_STRIP * sizeof(float) / 8)

/* Matrices that others are multiplied by, of n columns in a multiple of SNNFE_PANEL: columns of a
   panel lie together, row for row, and the panels behind each other. */
#define SNNFE_PANEL ((size_t)32)

static inline size_t snnfe_panel_place(size_t n_rows, size_t row, size_t column)
{
    return column / SNNFE_PANEL * n_rows * SNNFE_PANEL + row * SNNFE_PANEL + column % SNNFE_PANEL;
}

/* c (+)= a b. Of the k terms of each sum only those that are listed are added: the others' values
   in `a` are 0. */
typedef struct snnfe_product {
    size_t m, n, k;
    const float *a; /* m rows, lda apart */
    size_t lda;
    const uint32_t *terms; /* [n_terms] */
    size_t n_terms;
    const float *panels; /* b: k rows and n columns */
    float *c;            /* m rows, ldc apart */
    size_t ldc;
    bool accumulate;
} snnfe_product;

/* Lists are written a whole vector of this many entries at a time: they need as much room behind
   their end. */
#define SNNFE_LIST_SLACK 32

/* Rows are added this many at a time. */
#define SNNFE_ROWS_AT_ONCE 4

/* Rows of a table to add and to subtract. Row r begins at table + base + r * stride. */
typedef struct snnfe_rows {
    const uint16_t *on;
    const uint16_t *off;
    uint32_t n_on;
    uint32_t n_off;
    size_t base;
} snnfe_rows;

/* Bring what is going to be read and written soon into the cache, or read only. */
static inline void snnfe_prefetch(const void *p)
{
    __builtin_prefetch(p, 1);
}

static inline void snnfe_prefetch_to_read(const void *p)
{
    __builtin_prefetch(p);
}

/* Place of the lowest bit of a word that has one. */
static inline size_t snnfe_lowest_bit(uint64_t word)
{
    return (size_t)__builtin_ctzll(word);
}

#endif
