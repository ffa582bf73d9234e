#include "live_timing.h"

#include <math.h>
#include <time.h>

double timing_now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec * 1e-3;
}

void timing_add(live_timing *timing, double us)
{
    const double bin = us * 10;
    timing->bins[bin < TIMING_BINS ? (size_t)bin : TIMING_BINS]++;
    timing->n++;
    if (us > timing->largest_us)
        timing->largest_us = us;
}

double timing_percentile(const live_timing *timing, double share)
{
    const uint64_t rank = (uint64_t)ceil(share * (double)timing->n);
    uint64_t n = 0;
    for (size_t i = 0; i < TIMING_BINS; i++) {
        n += timing->bins[i];
        if (n >= rank)
            return (double)(i + 1) / 10;
    }
    return timing->largest_us;
}
