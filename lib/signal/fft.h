/* Plans of Fourier transforms for the kernel that filters. */
#ifndef SNNFE_LIB_SIGNAL_FFT_H
#define SNNFE_LIB_SIGNAL_FFT_H

#include "base/status.h"
#include "kernels/fft.h"

/* The least length of a transform for at least n points. */
size_t snnfe_fft_length(size_t n);

/* `length` is one of snnfe_fft_length(). A plan is read-only while in use. */
snnfe_status snnfe_fft_plan_create(snnfe_fft_plan **plan, size_t length);
void snnfe_fft_plan_free(snnfe_fft_plan *plan);

#endif
