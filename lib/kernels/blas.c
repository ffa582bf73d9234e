#include "blas.h"

#include "base/process_lock.h"

#if defined(SNNFE_BLAS_BUILTIN)
/* The library's own functions have no threads. */
void snnfe_blas_enter(void)
{
}

void snnfe_blas_leave(void)
{
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
#endif
