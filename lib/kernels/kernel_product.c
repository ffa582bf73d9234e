/* Dense products where there is no BLAS. A tile of the result stays in registers while a panel of
   b, packed so that it is read in one line, passes by. */
#include "vector.h"

enum { TILE_ROWS = 6, TILE_VECTORS = 2, PANEL_DEPTH = 128 };
#define TILE_COLUMNS ((size_t)TILE_VECTORS * LANES)

typedef float panel[PANEL_DEPTH][TILE_VECTORS * LANES];
typedef float tile[TILE_ROWS][TILE_VECTORS * LANES];

/* Columns that b lacks are zeros. */
static void pack(const float *b, size_t ldb, bool transposed, size_t depth, size_t width, panel out)
{
    const size_t down = transposed ? 1 : ldb, across = transposed ? ldb : 1;
    for (size_t k = 0; k < depth; k++) {
        for (size_t j = 0; j < width; j++)
            out[k][j] = b[k * down + j * across];
        for (size_t j = width; j < TILE_COLUMNS; j++)
            out[k][j] = 0;
    }
}

/* out += rows of a times the panel; rows that a lacks are read from its last one. */
static void multiply(const float *a, size_t lda, size_t rows, size_t depth, panel b, tile out)
{
    vfloat sums[TILE_ROWS][TILE_VECTORS];
    const float *row[TILE_ROWS];
    for (size_t i = 0; i < TILE_ROWS; i++) {
        row[i] = a + (i < rows ? i : rows - 1) * lda;
        for (size_t v = 0; v < TILE_VECTORS; v++)
            sums[i][v] = load_f(&out[i][v * LANES]);
    }
    for (size_t k = 0; k < depth; k++)
        for (size_t i = 0; i < TILE_ROWS; i++)
            for (size_t v = 0; v < TILE_VECTORS; v++)
                sums[i][v] += splat(row[i][k]) * load_f(&b[k][v * LANES]);
    for (size_t i = 0; i < TILE_ROWS; i++)
        for (size_t v = 0; v < TILE_VECTORS; v++)
            store_f(&out[i][v * LANES], sums[i][v]);
}

/* The rows of c below one panel. */
static void multiply_rows(size_t m, const float *a, size_t lda, size_t depth, panel b, size_t width,
                          float *c, size_t ldc, bool accumulate)
{
    _Alignas(64) tile sums;
    for (size_t i = 0; i < m; i += TILE_ROWS) {
        const size_t rows = m - i < TILE_ROWS ? m - i : TILE_ROWS;
        memset(sums, 0, sizeof sums);
        for (size_t r = 0; accumulate && r < rows; r++)
            memcpy(sums[r], c + (i + r) * ldc, width * sizeof *c);
        multiply(a + i * lda, lda, rows, depth, b, sums);
        for (size_t r = 0; r < rows; r++)
            memcpy(c + (i + r) * ldc, sums[r], width * sizeof *c);
    }
}

void KERNEL_NAME(product)(size_t m, size_t n, size_t k, const float *a, size_t lda, const float *b,
                          size_t ldb, bool b_transposed, float *c, size_t ldc, bool accumulate)
{
    _Alignas(64) panel packed;
    for (size_t j = 0; j < n; j += TILE_COLUMNS) {
        const size_t width = n - j < TILE_COLUMNS ? n - j : TILE_COLUMNS;
        for (size_t start = 0; start < k; start += PANEL_DEPTH) {
            const size_t depth = k - start < PANEL_DEPTH ? k - start : PANEL_DEPTH;
            pack(b_transposed ? b + j * ldb + start : b + start * ldb + j, ldb, b_transposed, depth,
                 width, packed);
            multiply_rows(m, a + start, lda, depth, packed, width, c + j, ldc,
                          accumulate || start > 0);
        }
    }
}
