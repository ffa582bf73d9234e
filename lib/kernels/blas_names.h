/* The functions of the BLAS that was found, under the names it gives them. */
#ifndef SNNFE_LIB_BLAS_NAMES_H
#define SNNFE_LIB_BLAS_NAMES_H

#if defined(SNNFE_BLAS_OPENBLAS)
#include <cblas.h>
typedef blasint snnfe_blas_size;
#else
#include <blis.h>
typedef f77_int snnfe_blas_size;
#endif

#ifdef BLAS_SYMBOL_PREFIX /* such as that of the packages that SciPy links */
#define JOIN_(prefix, name) prefix##name
#define JOIN(prefix, name) JOIN_(prefix, name)
#define BLAS_NAME(name) JOIN(BLAS_SYMBOL_PREFIX, name)
#define openblas_get_num_threads BLAS_NAME(openblas_get_num_threads)
#define openblas_set_num_threads BLAS_NAME(openblas_set_num_threads)
#define cblas_sgemm BLAS_NAME(cblas_sgemm)
#define cblas_dsyrk BLAS_NAME(cblas_dsyrk)
#define dsyevd_ BLAS_NAME(dsyevd_)
#define dposv_ BLAS_NAME(dposv_)
#endif

#endif
