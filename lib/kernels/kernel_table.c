/* The table of the instruction set that this file is compiled for. */
#include "vector.h"

#define TEXT_(name) #name
#define TEXT(name) TEXT_(name)

extern const snnfe_kernels KERNEL_NAME(kernels);
const snnfe_kernels KERNEL_NAME(kernels) = {
    .isa = TEXT(SNNFE_ISA_NAME),
#define KERNEL(result, name, parameters) .name = KERNEL_NAME(name),
#include "kernel_list.h"
#undef KERNEL
};
