/* Distribution of times that are measured one by one. */
#ifndef SNNFE_EXAMPLES_LIVE_TIMING_H
#define SNNFE_EXAMPLES_LIVE_TIMING_H

#include <stddef.h>
#include <stdint.h>

/* Bins of a nanosecond up to 128 ns, then 64 to every doubling: a time is known to 1.6 %. */
#define TIMING_BINS (128 + 57 * 64)

typedef struct live_timing {
    uint64_t n, bins[TIMING_BINS];
    double largest_us;
} live_timing;

double timing_now_us(void);
void timing_add(live_timing *timing, double us);
/* Time in microseconds that this share of the measurements does not exceed, rounded up to its bin's
   end; NaN if there are too few measurements for any to lie beyond it. */
double timing_percentile(const live_timing *timing, double share);

#endif
