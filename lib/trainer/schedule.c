#include "schedule.h"

#include <math.h>
#include <snnfe/trainer.h>

double snnfe_schedule_rate(int32_t schedule, double rate, double least, uint32_t epoch,
                           uint32_t period)
{
    const double pi = 3.141592653589793238462643383280;
    if (schedule == SNNFE_SCHEDULE_CONSTANT)
        return rate;
    return least + (rate - least) * (1.0 + cos(pi * (double)epoch / (double)period)) / 2.0;
}
