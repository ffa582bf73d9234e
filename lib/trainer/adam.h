/* The update rule of Adam (Kingma and Ba, Adam: a method for stochastic optimization, ICLR 2015) on
   raw arrays, in single precision as PyTorch rounds it. */
#ifndef SNNFE_LIB_ADAM_H
#define SNNFE_LIB_ADAM_H

#include "kernels/kernels.h"

/* Factors of the parameter's `step`-th step, counted from 1. */
snnfe_adam_factors snnfe_adam_factors_make(double rate, double beta1, double beta2, double epsilon,
                                           uint64_t step);

#endif
