/* Products with a matrix in panels. A tile of the result stays in registers while the rows of a
   panel pass by, a part of them at a time that stays in the first-level cache. */
#include "vector.h"

#if LANES == 16
enum { TILE_ROWS = 12, REST_ROWS = 4, TILE_VECTORS = 2 };
#elif LANES == 8
enum { TILE_ROWS = 5, REST_ROWS = 2, TILE_VECTORS = 2 };
#elif defined(__aarch64__)
enum { TILE_ROWS = 5, REST_ROWS = 2, TILE_VECTORS = 4 };
#else
enum { TILE_ROWS = 2, REST_ROWS = 1, TILE_VECTORS = 4 };
#endif
#define TILE_COLUMNS ((size_t)TILE_VECTORS * LANES)
#define DEPTH ((size_t)128)

/* Tiles of n_rows rows, of some terms. */
typedef struct part {
    const float *a, *panel;
    float *c;
    size_t lda, ldc;
    const uint32_t *terms;
    size_t n_terms;
    bool accumulate;
} part;

static inline __attribute__((always_inline)) void multiply_tile(const size_t n_rows, const part *p,
                                                                size_t first_row)
{
    const size_t lda = p->lda, ldc = p->ldc;
    const float *a = p->a + first_row * lda;
    float *c = p->c + first_row * ldc;
    vfloat sums[TILE_ROWS][TILE_VECTORS];
    for (size_t i = 0; i < n_rows; i++)
        for (size_t v = 0; v < TILE_VECTORS; v++)
            sums[i][v] = p->accumulate ? load_f(c + i * ldc + v * LANES) : splat(0);
    for (size_t e = 0; e < p->n_terms; e++) {
        const size_t k = p->terms[e];
        vfloat row[TILE_VECTORS];
        for (size_t v = 0; v < TILE_VECTORS; v++)
            row[v] = load_f(p->panel + k * SNNFE_PANEL + v * LANES);
        for (size_t i = 0; i < n_rows; i++)
            for (size_t v = 0; v < TILE_VECTORS; v++)
                sums[i][v] += splat(a[i * lda + k]) * row[v];
    }
    for (size_t i = 0; i < n_rows; i++)
        for (size_t v = 0; v < TILE_VECTORS; v++)
            store_f(c + i * ldc + v * LANES, sums[i][v]);
}

/* All rows of the tiles below each other. */
static void multiply_rows(size_t m, const part *p)
{
    size_t i = 0;
    for (; i + TILE_ROWS <= m; i += TILE_ROWS)
        multiply_tile(TILE_ROWS, p, i);
    for (; i + REST_ROWS <= m; i += REST_ROWS)
        multiply_tile(REST_ROWS, p, i);
    for (; i < m; i++)
        multiply_tile(1, p, i);
}

void KERNEL_NAME(product)(const snnfe_product *p)
{
    for (size_t column = 0; column < p->n; column += TILE_COLUMNS) {
        size_t first = 0;
        do {
            const size_t left = p->n_terms - first;
            const part some = {.a = p->a,
                               .panel = p->panels + snnfe_panel_place(p->k, 0, column),
                               .c = p->c + column,
                               .lda = p->lda,
                               .ldc = p->ldc,
                               .terms = p->terms + first,
                               .n_terms = left < DEPTH ? left : DEPTH,
                               .accumulate = p->accumulate || first > 0};
            multiply_rows(p->m, &some);
            first += DEPTH;
        } while (first < p->n_terms);
    }
}
