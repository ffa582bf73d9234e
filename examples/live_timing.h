/* Distribution of times that are measured one by one. */
#ifndef SNNFE_EXAMPLES_LIVE_TIMING_H
#define SNNFE_EXAMPLES_LIVE_TIMING_H

#include <stddef.h>
#include <stdint.h>

#define TIMING_BINS 20000 /* of a tenth of a microsecond */

typedef struct live_timing {
    uint64_t n, bins[TIMING_BINS + 1];
    double largest_us;
} live_timing;

double timing_now_us(void);
void timing_add(live_timing *timing, double us);
/* Time in microseconds that this share of the measurements does not exceed. */
double timing_percentile(const live_timing *timing, double share);

#endif
