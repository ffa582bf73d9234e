/* Chooses the kernels of an instruction set at run time. */
#include "kernels.h"
#include "processor.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

extern const snnfe_kernels snnfe_kernels_baseline;
#ifdef SNNFE_HAVE_X86
extern const snnfe_kernels snnfe_kernels_avx2, snnfe_kernels_avx512;
#endif

static const snnfe_kernels *tables[3]; /* those that this machine has, the best one last */
static size_t n_tables;
static const snnfe_kernels *first_choice;
static _Atomic(const snnfe_kernels *) chosen;
static pthread_once_t listed = PTHREAD_ONCE_INIT;

static const snnfe_kernels *find(const char *isa)
{
    for (size_t i = 0; i < n_tables; i++)
        if (strcmp(tables[i]->isa, isa) == 0)
            return tables[i];
    return NULL;
}

static void list_tables(void)
{
    tables[n_tables++] = &snnfe_kernels_baseline;
#ifdef SNNFE_HAVE_X86
    if (snnfe_processor_has_avx2())
        tables[n_tables++] = &snnfe_kernels_avx2;
    if (snnfe_processor_has_avx512())
        tables[n_tables++] = &snnfe_kernels_avx512;
#endif
    const char *wanted = getenv("SNNFE_ISA");
    const snnfe_kernels *named = wanted ? find(wanted) : NULL;
    first_choice = named ? named : tables[n_tables - 1];
    atomic_store(&chosen, first_choice);
}

const snnfe_kernels *snnfe_kernels_get(void)
{
    pthread_once(&listed, list_tables);
    return atomic_load_explicit(&chosen, memory_order_acquire);
}

void snnfe_kernels_choose(const snnfe_kernels *kernels)
{
    pthread_once(&listed, list_tables);
    atomic_store(&chosen, kernels ? kernels : first_choice);
}

const snnfe_kernels *snnfe_kernels_named(const char *isa)
{
    pthread_once(&listed, list_tables);
    return find(isa);
}
