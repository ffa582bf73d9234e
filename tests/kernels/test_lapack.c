/* The algebra on symmetric matrices, by its definitions: by LAPACK, and (test_lapack_builtin) by
   the library's own functions. */
#include "base/memory.h"
#include "kernels/blas.h"
#include "kernels/lapack.h"
#include "random.h"
#include "support.h"

#include <math.h>
#include <string.h>

static const size_t sizes[] = {1, 2, 3, 17, 64, 150};
enum { N_SIZES = sizeof sizes / sizeof sizes[0] };

static double *random_rows(size_t n_rows, size_t n)
{
    double *rows = snnfe_alloc(n_rows * n, sizeof *rows);
    for (size_t i = 0; i < n_rows * n; i++)
        rows[i] = snnfe_stream_double(&stream) - 0.5;
    return rows;
}

/* The sum of products of random rows: of no more rank than there are rows. Its upper triangle is
   not to be read. */
static double *random_products(size_t n, size_t n_rows)
{
    double *rows = random_rows(n_rows, n), *products = snnfe_alloc(n * n, sizeof *products);
    for (size_t i = 0; i < n * n; i++)
        products[i] = i % n > i / n ? (double)NAN : 0;
    snnfe_lapack_add_products(products, n, rows, n_rows, 2);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++) {
            double expected = 0;
            for (size_t t = 0; t < n_rows; t++)
                expected += 2 * rows[t * n + i] * rows[t * n + j];
            ck_assert_double_eq_tol(products[i * n + j], expected, 1e-12 * (double)n_rows);
        }
    snnfe_release(rows);
    return products;
}

static double at(const double *lower, size_t n, size_t i, size_t j)
{
    return i > j ? lower[i * n + j] : lower[j * n + i];
}

static double dot(const double *a, const double *b, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

/* Vectors are orthonormal, and matrix vector = value vector. */
static void assert_eigen(const double *matrix, const double *vectors, const double *values,
                         size_t n)
{
    const double scale = fabs(values[0]) + fabs(values[n - 1]);
    for (size_t k = 0; k < n; k++) {
        const double *vector = vectors + k * n;
        ck_assert(k == 0 || values[k - 1] <= values[k]);
        for (size_t l = 0; l <= k; l++)
            ck_assert_double_eq_tol(dot(vector, vectors + l * n, n), l == k, 1e-12);
        for (size_t i = 0; i < n; i++) {
            double sum = 0;
            for (size_t j = 0; j < n; j++)
                sum += at(matrix, n, i, j) * vector[j];
            ck_assert_double_eq_tol(sum, values[k] * vector[i], 1e-12 * scale);
        }
    }
}

static void check_eigen(size_t n, size_t n_rows, double shift)
{
    double *matrix = random_products(n, n_rows), *values = snnfe_alloc(n, sizeof *values);
    double *vectors = snnfe_alloc(n * n, sizeof *vectors);
    for (size_t i = 0; i < n; i++)
        matrix[i * n + i] += shift;
    memcpy(vectors, matrix, n * n * sizeof *matrix);
    ck_assert_int_eq(snnfe_lapack_eigen(vectors, n, values), SNNFE_OK);
    assert_eigen(matrix, vectors, values, n);
    snnfe_release(matrix);
    snnfe_release(vectors);
    snnfe_release(values);
}

START_TEST(eigenvalues)
{
    for (size_t s = 0; s < N_SIZES; s++) {
        check_eigen(sizes[s], 2 * sizes[s], 0);
        check_eigen(sizes[s], sizes[s] / 2 + 1, 0); /* values that are zero, many times */
        check_eigen(sizes[s], sizes[s], -0.2 * (double)sizes[s]);
    }
    double diagonal[] = {3, NAN, NAN, 0, -1, NAN, 0, 0, 2}, values[3];
    ck_assert_int_eq(snnfe_lapack_eigen(diagonal, 3, values), SNNFE_OK);
    ck_assert(values[0] == -1 && values[1] == 2 && values[2] == 3);
    ck_assert(fabs(diagonal[1]) == 1 && fabs(diagonal[5]) == 1 && fabs(diagonal[6]) == 1);
}
END_TEST

START_TEST(equations)
{
    for (size_t s = 0; s < N_SIZES; s++) {
        const size_t n = sizes[s], n_right = 3;
        double *matrix = random_products(n, 2 * n), *right = random_rows(n_right, n);
        double *factor = snnfe_alloc(n * n, sizeof *factor);
        double *x = snnfe_alloc(n_right * n, sizeof *x);
        for (size_t i = 0; i < n; i++)
            matrix[i * n + i] += 1;
        memcpy(factor, matrix, n * n * sizeof *matrix);
        memcpy(x, right, n_right * n * sizeof *x);
        ck_assert_int_eq(snnfe_lapack_solve(factor, n, x, n_right), SNNFE_OK);
        for (size_t r = 0; r < n_right; r++)
            for (size_t i = 0; i < n; i++) {
                double sum = 0;
                for (size_t j = 0; j < n; j++)
                    sum += at(matrix, n, i, j) * x[r * n + j];
                ck_assert_double_eq_tol(sum, right[r * n + i], 1e-12 * (double)n);
            }
        snnfe_release(matrix);
        snnfe_release(right);
        snnfe_release(factor);
        snnfe_release(x);
    }
}
END_TEST

START_TEST(matrices_without_an_answer)
{
    double indefinite[] = {1, 0, 2, 1}, right[] = {1, 1}, values[2];
    ck_assert_int_eq(snnfe_lapack_solve(indefinite, 2, right, 1), SNNFE_ERR_NONFINITE);
    ck_assert_str_eq(snnfe_last_error(), "a matrix of 2 rows is not positive definite (at row 1)");
    double endless[] = {1, 0, (double)INFINITY, 1};
    ck_assert_int_eq(snnfe_lapack_eigen(endless, 2, values), SNNFE_ERR_NONFINITE);
    ck_assert_str_eq(snnfe_last_error(), "the eigenvalues of a matrix of 2 rows were not found");
}
END_TEST

static void begin(void)
{
    stream = snnfe_stream_make(support_seed(), SNNFE_STREAM_SYNTHETIC, 78);
    snnfe_blas_enter();
}

int main(void)
{
    Suite *suite = suite_create("lapack");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 120);
    tcase_add_checked_fixture(all, begin, snnfe_blas_leave);
    tcase_add_test(all, eigenvalues);
    tcase_add_test(all, equations);
    tcase_add_test(all, matrices_without_an_answer);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
