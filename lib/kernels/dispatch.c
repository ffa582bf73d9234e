/* Chooses the kernels of an instruction set at run time. */
#include "kernels.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define DECLARE_ISA(name)                                                                          \
    void snnfe_fill_forward_##name(snnfe_kernels *table);                                          \
    void snnfe_fill_conv_##name(snnfe_kernels *table);                                             \
    void snnfe_fill_backward_##name(snnfe_kernels *table);                                         \
    void snnfe_fill_conv_backward_##name(snnfe_kernels *table);                                    \
    void snnfe_fill_winograd_##name(snnfe_kernels *table);

DECLARE_ISA(baseline)
#ifdef SNNFE_HAVE_X86
DECLARE_ISA(avx2)
DECLARE_ISA(avx512)
#endif

enum { ISA_BASELINE, ISA_AVX2, ISA_AVX512, N_ISAS };

static snnfe_kernels tables[N_ISAS]; /* written once, then constant */
static const snnfe_kernels *first_choice;
static _Atomic(const snnfe_kernels *) chosen;
static pthread_once_t filled = PTHREAD_ONCE_INIT;

static void fill_tables(void)
{
    tables[ISA_BASELINE].isa = "baseline";
    snnfe_fill_forward_baseline(&tables[ISA_BASELINE]);
    snnfe_fill_conv_baseline(&tables[ISA_BASELINE]);
    snnfe_fill_winograd_baseline(&tables[ISA_BASELINE]);
    snnfe_fill_backward_baseline(&tables[ISA_BASELINE]);
    snnfe_fill_conv_backward_baseline(&tables[ISA_BASELINE]);
    first_choice = &tables[ISA_BASELINE];
#ifdef SNNFE_HAVE_X86
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
        tables[ISA_AVX2].isa = "avx2";
        snnfe_fill_forward_avx2(&tables[ISA_AVX2]);
        snnfe_fill_conv_avx2(&tables[ISA_AVX2]);
        snnfe_fill_winograd_avx2(&tables[ISA_AVX2]);
        snnfe_fill_backward_avx2(&tables[ISA_AVX2]);
        snnfe_fill_conv_backward_avx2(&tables[ISA_AVX2]);
        first_choice = &tables[ISA_AVX2];
    }
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512vbmi2")) {
        tables[ISA_AVX512].isa = "avx512";
        snnfe_fill_forward_avx512(&tables[ISA_AVX512]);
        snnfe_fill_conv_avx512(&tables[ISA_AVX512]);
        snnfe_fill_winograd_avx512(&tables[ISA_AVX512]);
        snnfe_fill_backward_avx512(&tables[ISA_AVX512]);
        snnfe_fill_conv_backward_avx512(&tables[ISA_AVX512]);
        first_choice = &tables[ISA_AVX512];
    }
#endif
    const char *wanted = getenv("SNNFE_ISA");
    for (int i = 0; wanted && i < N_ISAS; i++)
        if (tables[i].isa && strcmp(tables[i].isa, wanted) == 0)
            first_choice = &tables[i];
    atomic_store(&chosen, first_choice);
}

const snnfe_kernels *snnfe_kernels_get(void)
{
    pthread_once(&filled, fill_tables);
    return atomic_load_explicit(&chosen, memory_order_acquire);
}

void snnfe_kernels_choose(const snnfe_kernels *kernels)
{
    pthread_once(&filled, fill_tables);
    atomic_store(&chosen, kernels ? kernels : first_choice);
}

const snnfe_kernels *snnfe_kernels_named(const char *isa)
{
    pthread_once(&filled, fill_tables);
    for (int i = 0; i < N_ISAS; i++)
        if (tables[i].isa && strcmp(tables[i].isa, isa) == 0)
            return &tables[i];
    return NULL;
}
