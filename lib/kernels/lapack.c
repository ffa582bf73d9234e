#include "lapack.h"

#include "base/memory.h"
#include "blas_names.h"

#include <math.h>
#include <stdbool.h>

/* LAPACK itself, in Fortran's convention: matrices by columns, all arguments by address, the
   lengths of texts last. A row-major lower triangle is an upper one to it. */
extern void dsyevd_(const char *job, const char *triangle, const snnfe_blas_size *n, double *a,
                    const snnfe_blas_size *lda, double *values, double *work,
                    const snnfe_blas_size *n_work, snnfe_blas_size *integers,
                    const snnfe_blas_size *n_integers, snnfe_blas_size *failed, size_t job_length,
                    size_t triangle_length);
extern void dposv_(const char *triangle, const snnfe_blas_size *n, const snnfe_blas_size *n_right,
                   double *a, const snnfe_blas_size *lda, double *b, const snnfe_blas_size *ldb,
                   snnfe_blas_size *failed, size_t triangle_length);

void snnfe_lapack_add_products(double *products, size_t n, const double *rows, size_t n_rows,
                               double weight)
{
    cblas_dsyrk(CblasRowMajor, CblasLower, CblasTrans, (snnfe_blas_size)n, (snnfe_blas_size)n_rows,
                weight, rows, (snnfe_blas_size)n, 1, products, (snnfe_blas_size)n);
}

snnfe_status snnfe_lapack_eigen(double *matrix, size_t n, double *values)
{
    const snnfe_blas_size size = (snnfe_blas_size)n;
    const snnfe_blas_size n_work = 1 + 6 * size + 2 * size * size, n_integers = 3 + 5 * size;
    snnfe_blas_size failed = 0;
    double *work = snnfe_alloc((size_t)n_work, sizeof *work);
    snnfe_blas_size *integers = snnfe_alloc((size_t)n_integers, sizeof *integers);
    const bool complete = work && integers;
    if (complete)
        dsyevd_("V", "U", &size, matrix, &size, values, work, &n_work, integers, &n_integers,
                &failed, 1, 1);
    snnfe_release(work);
    snnfe_release(integers);
    if (!complete)
        return SNNFE_ERR_MEMORY;
    /* It lets infinite numbers pass. */
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += values[i];
    return failed || !isfinite(sum)
               ? snnfe_fail(SNNFE_ERR_NONFINITE,
                            "the eigenvalues of a matrix of %zu rows were not found", n)
               : SNNFE_OK;
}

snnfe_status snnfe_lapack_solve(double *matrix, size_t n, double *right, size_t n_right)
{
    const snnfe_blas_size size = (snnfe_blas_size)n, columns = (snnfe_blas_size)n_right;
    snnfe_blas_size failed = 0;
    dposv_("U", &size, &columns, matrix, &size, right, &size, &failed, 1);
    return failed ? snnfe_fail(SNNFE_ERR_NONFINITE,
                               "a matrix of %zu rows is not positive definite (at row %lld)", n,
                               (long long)failed - 1)
                  : SNNFE_OK;
}
