/* Linear algebra in double precision on symmetric matrices, by LAPACK or, in a build without one,
   by functions of the library's own. All calls go between snnfe_blas_enter() and
   snnfe_blas_leave(). */
#ifndef SNNFE_LIB_LAPACK_H
#define SNNFE_LIB_LAPACK_H

#include "base/status.h"

/* products [n][n] += weight rows^T rows, for `rows` [n_rows][n]. Only the lower triangle (column
   not beyond the row) is added to. */
void snnfe_lapack_add_products(double *products, size_t n, const double *rows, size_t n_rows,
                               double weight);

/* The eigenvalues [n] of a symmetric matrix [n][n], whose lower triangle is read, ascending. The
   matrix becomes the eigenvectors, one a row. SNNFE_ERR_NONFINITE: a value is not finite, or they
   were not found. */
snnfe_status snnfe_lapack_eigen(double *matrix, size_t n, double *values);

/* Solve matrix x = right for a positive definite matrix [n][n], whose lower triangle is read and
   overwritten, and `n_right` right sides, one a row of `right` [n_right][n], which become the
   solutions. SNNFE_ERR_NONFINITE: the matrix is not positive definite. */
snnfe_status snnfe_lapack_solve(double *matrix, size_t n, double *right, size_t n_right);

#endif
