/* The gradient into the inputs of a 3x3 convolution with few products. A full convolution of 6x6
   gradients with 3x3 weights has 8x8 results. As a product of polynomials, evaluated at 8 points
   in each direction (Toom and Cook; Winograd, Arithmetic complexity of computations, 1980), it
   takes 64 instead of 324 multiplications for each pair of channels. The transforms add a
   rounding error of the order of 1e-6 of the result. */
#include "vector.h"

#define TILE ((size_t)SNNFE_TILE)
#define SIDE ((size_t)SNNFE_TILE_POINTS)

/* Values of a polynomial at 0, 1, -1, 2, -2, 1/2, -1/2 and of its highest coefficient. */
static inline void evaluate6(const vfloat a[6], vfloat p[8])
{
    const vfloat even1 = a[0] + a[2] + a[4], odd1 = a[1] + a[3] + a[5];
    const vfloat even2 = a[0] + splat(4) * a[2] + splat(16) * a[4];
    const vfloat odd2 = splat(2) * a[1] + splat(8) * a[3] + splat(32) * a[5];
    const vfloat even3 = a[0] + splat(1.0F / 4) * a[2] + splat(1.0F / 16) * a[4];
    const vfloat odd3 = splat(1.0F / 2) * a[1] + splat(1.0F / 8) * a[3] + splat(1.0F / 32) * a[5];
    p[0] = a[0];
    p[1] = even1 + odd1;
    p[2] = even1 - odd1;
    p[3] = even2 + odd2;
    p[4] = even2 - odd2;
    p[5] = even3 + odd3;
    p[6] = even3 - odd3;
    p[7] = a[5];
}

static inline void evaluate3(const vfloat a[3], vfloat p[8])
{
    p[0] = a[0];
    p[1] = a[0] + a[2] + a[1];
    p[2] = a[0] + a[2] - a[1];
    p[3] = a[0] + splat(4) * a[2] + splat(2) * a[1];
    p[4] = a[0] + splat(4) * a[2] - splat(2) * a[1];
    p[5] = a[0] + splat(1.0F / 4) * a[2] + splat(1.0F / 2) * a[1];
    p[6] = a[0] + splat(1.0F / 4) * a[2] - splat(1.0F / 2) * a[1];
    p[7] = a[2];
}

/* Solve for x, y and z: one = x + y + z, four = x + 4 y + 16 z, quarter = x + y / 4 + z / 16. */
static inline void solve(vfloat one, vfloat four, vfloat quarter, vfloat *x, vfloat *y, vfloat *z)
{
    *z = splat(4.0F / 45) * (four - splat(5) * one + splat(4) * quarter);
    *y = splat(1.0F / 3) * (four - one) - splat(5) * *z;
    *x = one - *y - *z;
}

/* The coefficients of a polynomial from its values, separately for the even and the odd ones. */
static inline void interpolate(const vfloat p[8], vfloat c[8])
{
    const vfloat half = splat(0.5F), quarter = splat(0.25F);
    c[0] = p[0];
    c[7] = p[7];
    solve(half * (p[1] + p[2]) - c[0], quarter * (half * (p[3] + p[4]) - c[0]),
          splat(4) * (half * (p[5] + p[6]) - c[0]), &c[2], &c[4], &c[6]);
    solve(half * (p[1] - p[2]) - c[7], quarter * (p[3] - p[4]) - splat(64) * c[7],
          (p[5] - p[6]) - splat(1.0F / 64) * c[7], &c[1], &c[3], &c[5]);
}

static inline size_t tile_rows(size_t used)
{
    return (used + TILE - 1) / TILE;
}

/* One tile of one vector of channels; what lies beyond the used outputs is 0. */
static inline void gradient_tile(const snnfe_conv_geometry *g, const float *gradient,
                                 size_t first_row, size_t first_column, vfloat points[8][8])
{
    vfloat lines[8][6];
    for (size_t column = 0; column < TILE; column++) {
        vfloat a[6], p[8];
        for (size_t row = 0; row < TILE; row++) {
            const size_t y = first_row + row, x = first_column + column;
            const bool inside = y < g->used_rows && x < g->used_columns;
            a[row] =
                inside ? load_f(gradient + (y * g->used_columns + x) * SNNFE_STRIP) : splat(0.0F);
        }
        evaluate6(a, p);
        for (size_t i = 0; i < SIDE; i++)
            lines[i][column] = p[i];
    }
    for (size_t i = 0; i < SIDE; i++)
        evaluate6(lines[i], points[i]);
}

void KERNEL_NAME(winograd_gradient)(const snnfe_conv_geometry *g, const float *gradient, float *out,
                                    size_t point_stride)
{
    for (size_t y = 0; y < tile_rows(g->used_rows); y++)
        for (size_t x = 0; x < tile_rows(g->used_columns); x++, out += g->out_channels)
            for (size_t c = 0; c < SNNFE_STRIP; c += LANES) {
                vfloat points[8][8];
                gradient_tile(g, gradient + c, y * TILE, x * TILE, points);
                for (size_t i = 0; i < SIDE * SIDE; i++)
                    store_f(out + i * point_stride + c, points[i / SIDE][i % SIDE]);
            }
}

/* The points of one vector of weights, n apart, from its taps, n apart. */
static inline void weight_points(const float *weights, size_t n, float *out)
{
    vfloat lines[8][3];
    for (size_t column = 0; column < 3; column++) {
        vfloat a[3], p[8];
        for (size_t row = 0; row < 3; row++)
            a[row] = load_f(weights + (3 * row + column) * n);
        evaluate3(a, p);
        for (size_t k = 0; k < SIDE; k++)
            lines[k][column] = p[k];
    }
    for (size_t k = 0; k < SIDE; k++) {
        vfloat points[8];
        evaluate3(lines[k], points);
        for (size_t l = 0; l < SIDE; l++)
            store_f(out + (k * SIDE + l) * n, points[l]);
    }
}

void KERNEL_NAME(winograd_weights)(const float *weights, size_t n_rows, size_t n_columns,
                                   float *out)
{
    for (size_t row = 0; row < n_rows; row++)
        for (size_t column = 0; column < n_columns; column += LANES)
            weight_points(weights + row * n_columns + column, n_rows * n_columns,
                          out + snnfe_panel_place(n_rows, row, column));
}

/* Add one tile of one vector of channels to the inputs that it reaches. The first tile that
   reaches an input sets it. */
static inline void add_tile(const snnfe_conv_geometry *g, const float *products,
                            size_t point_stride, size_t first_row, size_t first_column, float *out)
{
    const size_t n_rows = g->used_rows + 2, n_columns = g->used_columns + 2;
    vfloat lines[8][8];
    for (size_t column = 0; column < SIDE; column++) {
        vfloat p[8], c[8];
        for (size_t i = 0; i < SIDE; i++)
            p[i] = load_f(products + (i * SIDE + column) * point_stride);
        interpolate(p, c);
        for (size_t row = 0; row < SIDE; row++)
            lines[row][column] = c[row];
    }
    for (size_t row = 0; row < SIDE && first_row + row < n_rows; row++) {
        vfloat c[8];
        interpolate(lines[row], c);
        for (size_t column = 0; column < SIDE && first_column + column < n_columns; column++) {
            float *here =
                out + ((first_row + row) * n_columns + first_column + column) * SNNFE_STRIP;
            const bool reached =
                (first_row > 0 && row + TILE < SIDE) || (first_column > 0 && column + TILE < SIDE);
            store_f(here, reached ? load_f(here) + c[column] : c[column]);
        }
    }
}

void KERNEL_NAME(winograd_inputs)(const snnfe_conv_geometry *g, const float *products,
                                  size_t point_stride, float *out)
{
    for (size_t y = 0; y < tile_rows(g->used_rows); y++)
        for (size_t x = 0; x < tile_rows(g->used_columns); x++, products += g->in_channels)
            for (size_t c = 0; c < SNNFE_STRIP; c += LANES)
                add_tile(g, products + c, point_stride, y * TILE, x * TILE, out + c);
}
