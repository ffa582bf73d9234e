#include "adam.h"

#include <math.h>

snnfe_adam_factors snnfe_adam_factors_make(double rate, double beta1, double beta2, double epsilon,
                                           uint64_t step)
{
    const double t = (double)step;
    return (snnfe_adam_factors){.first_share = (float)(1.0 - beta1),
                                .second_keep = (float)beta2,
                                .second_share = (float)(1.0 - beta2),
                                .step_size = (float)(rate / (1.0 - pow(beta1, t))),
                                .root_scale = (float)(1.0 / sqrt(1.0 - pow(beta2, t))),
                                .epsilon = (float)epsilon};
}

void snnfe_adam_update(float *restrict values, const float *restrict gradient,
                       float *restrict first, float *restrict second, size_t count,
                       const snnfe_adam_factors *factors)
{
    const snnfe_adam_factors f = *factors;
    for (size_t i = 0; i < count; i++) {
        first[i] += f.first_share * (gradient[i] - first[i]);
        second[i] = f.second_keep * second[i] + f.second_share * (gradient[i] * gradient[i]);
        values[i] -= f.step_size * (first[i] / (sqrtf(second[i]) * f.root_scale + f.epsilon));
    }
}
