#include "lapack.h"

#include "base/memory.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

void snnfe_lapack_add_products(double *products, size_t n, const double *rows, size_t n_rows,
                               double weight)
{
    for (size_t t = 0; t < n_rows; t++) {
        const double *row = rows + t * n;
        for (size_t i = 0; i < n; i++) {
            const double factor = weight * row[i];
            for (size_t j = 0; j <= i; j++)
                products[i * n + j] += factor * row[j];
        }
    }
}

/* --- eigenvalues: Jacobi's method, which turns pairs of axes until no product is left ----------
 */

#define MAX_SWEEPS 50

typedef struct {
    double cosine, sine;
} rotation;

static double squares(const double *values, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += values[i] * values[i];
    return sum;
}

/* The smaller of the two angles that make the product of axes p and q zero. */
static rotation find_rotation(double pp, double qq, double pq)
{
    const double ratio = (qq - pp) / (2 * pq);
    const double tangent = copysign(1, ratio) / (fabs(ratio) + hypot(1, ratio));
    const double cosine = 1 / sqrt(1 + tangent * tangent);
    return (rotation){cosine, tangent * cosine};
}

static void rotate(rotation r, double *p, double *q, size_t n, size_t stride)
{
    for (size_t i = 0; i < n * stride; i += stride) {
        const double a = p[i], b = q[i];
        p[i] = r.cosine * a - r.sine * b;
        q[i] = r.sine * a + r.cosine * b;
    }
}

/* Whether any product was above `small`. */
static bool sweep(double *matrix, double *vectors, size_t n, double small)
{
    bool turned = false;
    for (size_t p = 0; p < n; p++)
        for (size_t q = p + 1; q < n; q++) {
            const double pq = matrix[p * n + q];
            if (!(fabs(pq) > small))
                continue;
            const rotation r = find_rotation(matrix[p * n + p], matrix[q * n + q], pq);
            rotate(r, matrix + p * n, matrix + q * n, n, 1);
            rotate(r, matrix + p, matrix + q, n, n);
            rotate(r, vectors + p * n, vectors + q * n, n, 1);
            matrix[p * n + q] = matrix[q * n + p] = 0; /* but for rounding */
            turned = true;
        }
    return turned;
}

/* Eigenvalues, and the vectors with them, in ascending order. */
static void sort(double *values, double *vectors, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        size_t least = i;
        for (size_t j = i + 1; j < n; j++)
            if (values[j] < values[least])
                least = j;
        const double value = values[i];
        values[i] = values[least];
        values[least] = value;
        for (size_t c = 0; c < n && least != i; c++) {
            const double component = vectors[i * n + c];
            vectors[i * n + c] = vectors[least * n + c];
            vectors[least * n + c] = component;
        }
    }
}

static bool find_eigen(double *matrix, double *vectors, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        vectors[i * n + i] = 1;
        for (size_t j = 0; j < i; j++)
            matrix[j * n + i] = matrix[i * n + j];
    }
    const double size = sqrt(squares(matrix, n * n));
    int n_sweeps = 0;
    while (n_sweeps < MAX_SWEEPS && sweep(matrix, vectors, n, DBL_EPSILON / 2 * size / (double)n))
        n_sweeps++;
    return isfinite(size) && n_sweeps < MAX_SWEEPS;
}

snnfe_status snnfe_lapack_eigen(double *matrix, size_t n, double *values)
{
    double *vectors = snnfe_alloc(n * n, sizeof *vectors);
    if (!vectors)
        return SNNFE_ERR_MEMORY;
    const bool found = find_eigen(matrix, vectors, n);
    for (size_t i = 0; i < n; i++)
        values[i] = matrix[i * n + i];
    memcpy(matrix, vectors, n * n * sizeof *vectors);
    snnfe_release(vectors);
    if (!found)
        return snnfe_fail(SNNFE_ERR_NONFINITE,
                          "the eigenvalues of a matrix of %zu rows were not found", n);
    sort(values, matrix, n);
    return SNNFE_OK;
}

/* --- equations: Cholesky's method --------------------------------------------------------------
 */

static double product(const double *a, const double *b, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

/* The row at which the matrix is found to be not positive definite, otherwise n. */
static size_t factorize(double *matrix, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        double *row = matrix + i * n;
        for (size_t j = 0; j < i; j++)
            row[j] = (row[j] - product(row, matrix + j * n, j)) / matrix[j * n + j];
        const double square = row[i] - squares(row, i);
        if (!(square > 0))
            return i;
        row[i] = sqrt(square);
    }
    return n;
}

static void substitute(const double *factor, size_t n, double *right)
{
    for (size_t i = 0; i < n; i++)
        right[i] = (right[i] - product(factor + i * n, right, i)) / factor[i * n + i];
    for (size_t i = n; i-- > 0;) {
        right[i] /= factor[i * n + i];
        for (size_t j = 0; j < i; j++)
            right[j] -= factor[i * n + j] * right[i];
    }
}

snnfe_status snnfe_lapack_solve(double *matrix, size_t n, double *right, size_t n_right)
{
    const size_t row = factorize(matrix, n);
    if (row < n)
        return snnfe_fail(SNNFE_ERR_NONFINITE,
                          "a matrix of %zu rows is not positive definite (at row %zu)", n, row);
    for (size_t i = 0; i < n_right; i++)
        substitute(matrix, n, right + i * n);
    return SNNFE_OK;
}
