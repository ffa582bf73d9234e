#include "lapack.h"

#include "base/memory.h"

#include <stdbool.h>

#if defined(SNNFE_BLAS_OPENBLAS)
#include <cblas.h>
typedef blasint lapack_size;
#elif defined(SNNFE_BLAS_BLIS)
#include <blis.h>
typedef f77_int lapack_size;
#else
typedef int lapack_size;
#endif

void snnfe_lapack_add_products(double *products, size_t n, const double *rows, size_t n_rows,
                               double weight)
{
#if defined(SNNFE_BLAS_BUILTIN)
    for (size_t t = 0; t < n_rows; t++)
        for (size_t i = 0; i < n; i++) {
            const double factor = weight * rows[t * n + i];
            for (size_t k = 0; k <= i; k++)
                products[i * n + k] += factor * rows[t * n + k];
        }
#else
    cblas_dsyrk(CblasRowMajor, CblasLower, CblasTrans, (lapack_size)n, (lapack_size)n_rows, weight,
                rows, (lapack_size)n, 1, products, (lapack_size)n);
#endif
}

#if defined(SNNFE_HAVE_LAPACK)

/* LAPACK itself, in Fortran's convention: matrices by columns, all arguments by address, the
   lengths of texts last. A row-major lower triangle is an upper one to it. */
extern void dsyevd_(const char *job, const char *triangle, const lapack_size *n, double *a,
                    const lapack_size *lda, double *values, double *work, const lapack_size *n_work,
                    lapack_size *integers, const lapack_size *n_integers, lapack_size *failed,
                    size_t job_length, size_t triangle_length);
extern void dposv_(const char *triangle, const lapack_size *n, const lapack_size *n_right,
                   double *a, const lapack_size *lda, double *b, const lapack_size *ldb,
                   lapack_size *failed, size_t triangle_length);

snnfe_status snnfe_lapack_eigen(double *matrix, size_t n, double *values)
{
    const lapack_size size = (lapack_size)n;
    const lapack_size n_work = 1 + 6 * size + 2 * size * size, n_integers = 3 + 5 * size;
    lapack_size failed = 0;
    double *work = snnfe_alloc((size_t)n_work, sizeof *work);
    lapack_size *integers = snnfe_alloc((size_t)n_integers, sizeof *integers);
    const bool complete = work && integers;
    if (complete)
        dsyevd_("V", "U", &size, matrix, &size, values, work, &n_work, integers, &n_integers,
                &failed, 1, 1);
    snnfe_release(work);
    snnfe_release(integers);
    if (!complete)
        return SNNFE_ERR_MEMORY;
    return failed ? snnfe_fail(SNNFE_ERR_NONFINITE,
                               "the eigenvalues of a matrix of %zu rows were not found", n)
                  : SNNFE_OK;
}

snnfe_status snnfe_lapack_solve(double *matrix, size_t n, double *right, size_t n_right)
{
    const lapack_size size = (lapack_size)n, columns = (lapack_size)n_right;
    lapack_size failed = 0;
    dposv_("U", &size, &columns, matrix, &size, right, &size, &failed, 1);
    return failed ? snnfe_fail(SNNFE_ERR_NONFINITE,
                               "a matrix of %zu rows is not positive definite (at row %lld)", n,
                               (long long)failed - 1)
                  : SNNFE_OK;
}

#else

static snnfe_status refuse(void)
{
    return snnfe_fail(SNNFE_ERR_UNSUPPORTED,
                      "this build has no LAPACK, which ocular regression and alignment need");
}

snnfe_status snnfe_lapack_eigen(double *matrix, size_t n, double *values)
{
    (void)matrix, (void)n, (void)values;
    return refuse();
}

snnfe_status snnfe_lapack_solve(double *matrix, size_t n, double *right, size_t n_right)
{
    (void)matrix, (void)n, (void)right, (void)n_right;
    return refuse();
}

#endif
