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
