/* Products with a matrix in panels. A tile of the result stays in registers while the rows of a
   panel pass by, a part of them at a time that stays in the first-level cache. */
#include "vector.h"

#if LANES == 16
enum { TILE_ROWS = 12, REST_ROWS = 4, TILE_VECTORS = 2 };
#elif LANES == 8
enum { TILE_ROWS = 3, REST_ROWS = 2, TILE_VECTORS = 4 };
#elif defined(__aarch64__)
enum { TILE_ROWS = 4, REST_ROWS = 2, TILE_VECTORS = 4 };
#else
enum { TILE_ROWS = 2, REST_ROWS = 1, TILE_VECTORS = 4 };
#endif
#define TILE_COLUMNS ((size_t)TILE_VECTORS * LANES)
#define DEPTH ((size_t)128)

static inline __attribute__((always_inline)) void multiply_tile(const size_t n_rows, size_t depth,
                                                                const float *a, size_t lda,
                                                                const float *panel, float *c,
                                                                size_t ldc, bool accumulate)
{
    vfloat sums[TILE_ROWS][TILE_VECTORS];
    for (size_t i = 0; i < n_rows; i++)
        for (size_t v = 0; v < TILE_VECTORS; v++)
            sums[i][v] = accumulate ? load_f(c + i * ldc + v * LANES) : splat(0);
    for (size_t k = 0; k < depth; k++) {
        vfloat row[TILE_VECTORS];
        for (size_t v = 0; v < TILE_VECTORS; v++)
            row[v] = load_f(panel + k * SNNFE_PANEL + v * LANES);
        for (size_t i = 0; i < n_rows; i++)
            for (size_t v = 0; v < TILE_VECTORS; v++)
                sums[i][v] += splat(a[i * lda + k]) * row[v];
    }
    for (size_t i = 0; i < n_rows; i++)
        for (size_t v = 0; v < TILE_VECTORS; v++)
            store_f(c + i * ldc + v * LANES, sums[i][v]);
}

/* All rows of the tiles below each other. */
static void multiply_rows(size_t m, size_t depth, const float *a, size_t lda, const float *panel,
                          float *c, size_t ldc, bool accumulate)
{
    size_t i = 0;
    for (; i + TILE_ROWS <= m; i += TILE_ROWS)
        multiply_tile(TILE_ROWS, depth, a + i * lda, lda, panel, c + i * ldc, ldc, accumulate);
    for (; i + REST_ROWS <= m; i += REST_ROWS)
        multiply_tile(REST_ROWS, depth, a + i * lda, lda, panel, c + i * ldc, ldc, accumulate);
    for (; i < m; i++)
        multiply_tile(1, depth, a + i * lda, lda, panel, c + i * ldc, ldc, accumulate);
}

void KERNEL_NAME(product)(size_t m, size_t n, size_t k, const float *a, size_t lda,
                          const float *panels, float *c, size_t ldc, bool accumulate)
{
    for (size_t j = 0; j < n; j += SNNFE_PANEL)
        for (size_t first = 0; first < k; first += DEPTH) {
            const float *part = panels + snnfe_panel_place(k, first, j);
            const size_t depth = k - first < DEPTH ? k - first : DEPTH;
            for (size_t column = 0; column < SNNFE_PANEL; column += TILE_COLUMNS)
                multiply_rows(m, depth, a + first, lda, part + column, c + j + column, ldc,
                              accumulate || first > 0);
        }
}
