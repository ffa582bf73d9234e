#include "blas.h"

#include "base/process_lock.h"

#if defined(SNNFE_BLAS_BUILTIN)
#include "kernels.h"

/* The kernel has no threads of its own. */
void snnfe_blas_enter(void)
{
}

void snnfe_blas_leave(void)
{
}

void snnfe_blas_product(size_t m, size_t n, size_t k, const float *a, size_t lda, const float *b,
                        size_t ldb, bool b_transposed, float *c, size_t ldc, bool accumulate)
{
    snnfe_kernels_get()->product(m, n, k, a, lda, b, ldb, b_transposed, c, ldc, accumulate);
}
#else

#include "blas_names.h"

#if defined(SNNFE_BLAS_OPENBLAS)
typedef int thread_count;
static thread_count get_threads(void)
{
    return openblas_get_num_threads();
}
static void set_threads(thread_count n)
{
    openblas_set_num_threads(n);
}
#else
typedef dim_t thread_count;
static thread_count get_threads(void)
{
    return bli_thread_get_num_threads();
}
static void set_threads(thread_count n)
{
    bli_thread_set_num_threads(n);
}
#endif

/* The BLAS has one setting for the process, so its holders are counted for the process. */
static unsigned holders;
static thread_count host_threads;

void snnfe_blas_enter(void)
{
    snnfe_process_lock_take(SNNFE_LOCK_BLAS);
    if (holders++ == 0) {
        host_threads = get_threads();
        if (host_threads != 1)
            set_threads(1);
    }
    snnfe_process_lock_release(SNNFE_LOCK_BLAS);
}

void snnfe_blas_leave(void)
{
    snnfe_process_lock_take(SNNFE_LOCK_BLAS);
    if (--holders == 0 && host_threads != 1)
        set_threads(host_threads);
    snnfe_process_lock_release(SNNFE_LOCK_BLAS);
}

void snnfe_blas_product(size_t m, size_t n, size_t k, const float *a, size_t lda, const float *b,
                        size_t ldb, bool b_transposed, float *c, size_t ldc, bool accumulate)
{
    cblas_sgemm(CblasRowMajor, CblasNoTrans, b_transposed ? CblasTrans : CblasNoTrans,
                (snnfe_blas_size)m, (snnfe_blas_size)n, (snnfe_blas_size)k, 1.0F, a,
                (snnfe_blas_size)lda, b, (snnfe_blas_size)ldb, accumulate ? 1.0F : 0.0F, c,
                (snnfe_blas_size)ldc);
}
#endif
