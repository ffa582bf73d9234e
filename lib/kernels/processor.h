/* What the x86 processor and its system can do. Asked of the processor: __builtin_cpu_supports()
   says no to all with some compilers' run-time libraries. */
#ifndef SNNFE_LIB_PROCESSOR_H
#define SNNFE_LIB_PROCESSOR_H

#include <stdbool.h>

bool snnfe_processor_has_avx2(void);   /* and FMA */
bool snnfe_processor_has_avx512(void); /* F, DQ, BW, VL, VBMI2 */

#endif
