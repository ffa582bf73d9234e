/* What fades by powers (gradients, moments, what a filter remembers) passes through denormal
   numbers on its way to 0, and some of it stays there: rounding keeps it from becoming less. Each
   costs some processors (Intel's) hundreds of cycles. Between these two calls such numbers count as
   0, as results and as operands; the thread's other modes stay as they are. */
#ifndef SNNFE_LIB_DENORMALS_H
#define SNNFE_LIB_DENORMALS_H

#if defined(__SSE2__)
#include <xmmintrin.h>

#define SNNFE_FLUSH 0x8040U /* FTZ, DAZ */

static inline void snnfe_denormals_flush(void)
{
    _mm_setcsr(_mm_getcsr() | SNNFE_FLUSH);
}

static inline void snnfe_denormals_keep(void)
{
    _mm_setcsr(_mm_getcsr() & ~SNNFE_FLUSH);
}
#elif defined(__aarch64__)
#include <stdint.h>

#define SNNFE_FLUSH (UINT64_C(1) << 24) /* FZ of FPCR */

static inline void snnfe_denormals_set(uint64_t set, uint64_t cleared)
{
    uint64_t fpcr;
    __asm__ volatile("mrs %0, fpcr" : "=r"(fpcr));
    fpcr = (fpcr & ~cleared) | set;
    __asm__ volatile("msr fpcr, %0" : : "r"(fpcr));
}

static inline void snnfe_denormals_flush(void)
{
    snnfe_denormals_set(SNNFE_FLUSH, 0);
}

static inline void snnfe_denormals_keep(void)
{
    snnfe_denormals_set(0, SNNFE_FLUSH);
}
#else
static inline void snnfe_denormals_flush(void)
{
}

static inline void snnfe_denormals_keep(void)
{
}
#endif

#endif
