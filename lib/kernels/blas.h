/* Dense products, always single-threaded: several workers call them at once. */
#ifndef SNNFE_LIB_BLAS_H
#define SNNFE_LIB_BLAS_H

#include <stdbool.h>
#include <stddef.h>

/* Hold the BLAS to one thread from enter to leave, and put the host's setting back when the last
   of all overlapping holders leaves. */
void snnfe_blas_enter(void);
void snnfe_blas_leave(void);

/* c (+)= a b for row-major a [m][k], b [k][n] or, `b_transposed`, [n][k], and c [m][n] with row
   strides lda, ldb, ldc; adds to c if `accumulate`. Between enter and leave. */
void snnfe_blas_product(size_t m, size_t n, size_t k, const float *a, size_t lda, const float *b,
                        size_t ldb, bool b_transposed, float *c, size_t ldc, bool accumulate);

#endif
