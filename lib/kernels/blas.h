/* The BLAS under LAPACK, always single-threaded: several workers call it at once. */
#ifndef SNNFE_LIB_BLAS_H
#define SNNFE_LIB_BLAS_H

/* Hold the BLAS to one thread from enter to leave, and put the host's setting back when the last
   of all overlapping holders leaves. */
void snnfe_blas_enter(void);
void snnfe_blas_leave(void);

#endif
