/* The update rule of Adam (Kingma and Ba, Adam: a method for stochastic optimization, ICLR 2015) on
   raw arrays, in single precision as PyTorch rounds it. */
#ifndef SNNFE_LIB_ADAM_H
#define SNNFE_LIB_ADAM_H

#include <stddef.h>
#include <stdint.h>

/* What one step multiplies with, the same for all values of a parameter. */
typedef struct snnfe_adam_factors {
    float first_share;  /* of the new gradient in the first moment: 1 - beta1 */
    float second_keep;  /* beta2 */
    float second_share; /* 1 - beta2 */
    float step_size;    /* rate / (1 - beta1^step) */
    float root_scale;   /* 1 / sqrt(1 - beta2^step) */
    float epsilon;
} snnfe_adam_factors;

/* Factors of the parameter's `step`-th step, counted from 1. */
snnfe_adam_factors snnfe_adam_factors_make(double rate, double beta1, double beta2, double epsilon,
                                           uint64_t step);

/* One pass over `count` values and their moments. */
void snnfe_adam_update(float *restrict values, const float *restrict gradient,
                       float *restrict first, float *restrict second, size_t count,
                       const snnfe_adam_factors *factors);

#endif
