/* Course of a learning rate over the epochs. */
#ifndef SNNFE_LIB_SCHEDULE_H
#define SNNFE_LIB_SCHEDULE_H

#include <stdint.h>

/* T_max of the paper's annealing, whatever the number of epochs. */
#define SNNFE_PAPER_PERIOD 20

/* Rate of the 0-based `epoch`. Cosine annealing falls from `rate` to `least` over `period` epochs
   and, like PyTorch's CosineAnnealingLR, rises again beyond them. */
double snnfe_schedule_rate(int32_t schedule, double rate, double least, uint32_t epoch,
                           uint32_t period);

#endif
