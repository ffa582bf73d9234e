/* What the kernel of the Adam step takes. */
#ifndef SNNFE_LIB_ADAM_FACTORS_H
#define SNNFE_LIB_ADAM_FACTORS_H

/* What one step of Adam multiplies with, the same for all values of a parameter. */
typedef struct snnfe_adam_factors {
    float first_share;  /* of the new gradient in the first moment: 1 - beta1 */
    float second_keep;  /* beta2 */
    float second_share; /* 1 - beta2 */
    float step_size;    /* rate / (1 - beta1^step) */
    float root_scale;   /* 1 / sqrt(1 - beta2^step) */
    float epsilon;
} snnfe_adam_factors;

#endif
