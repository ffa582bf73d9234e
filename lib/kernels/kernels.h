/* The hot loops, as a table for each instruction set. Raw arrays only. */
#ifndef SNNFE_LIB_KERNELS_H
#define SNNFE_LIB_KERNELS_H

#include "adam_factors.h"
#include "conv.h"
#include "layout.h"
#include "lif.h"
#include "pulses.h"

typedef struct snnfe_kernels {
    const char *isa; /* "avx512", "avx2" or "baseline" */
#define KERNEL(result, name, parameters) result(*name) parameters;
#include "kernel_list.h"
#undef KERNEL
} snnfe_kernels;

/* The kernels in use: those of the machine's best instruction set, or of the one that the
   environment variable SNNFE_ISA names ("baseline", "avx2", "avx512"; a name that the machine
   lacks is ignored), or the last ones passed to snnfe_kernels_choose(). */
const snnfe_kernels *snnfe_kernels_get(void);

/* NULL restores the first choice. */
void snnfe_kernels_choose(const snnfe_kernels *kernels);

/* Kernels of a named instruction set, NULL if this build or machine lacks it. */
const snnfe_kernels *snnfe_kernels_named(const char *isa);

#endif
