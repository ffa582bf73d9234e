#include "timing.h"

#include <math.h>
#include <time.h>

double timing_now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec * 1e-3;
}

/* Bin 128 + 64 k + j holds 2^(7 + k) + j 2^(1 + k) nanoseconds and the 2^(1 + k) that follow. */
static size_t bin_of(uint64_t ns)
{
    if (ns < 128)
        return (size_t)ns;
    size_t k = 0;
    while (ns >> (k + 8) != 0)
        k++;
    return 128 + 64 * k + (size_t)((ns >> (k + 1)) - 64);
}

static double end_of(size_t bin)
{
    if (bin < 128)
        return (double)(bin + 1);
    const size_t k = (bin - 128) / 64, j = (bin - 128) % 64;
    return ldexp((double)(64 + j + 1), (int)(k + 1));
}

void timing_add(live_timing *timing, double us)
{
    /* Times of more than a day count as a day. */
    timing->bins[bin_of((uint64_t)fmin(fmax(us * 1e3, 0), 8.64e13))]++;
    timing->n++;
    timing->largest_us = fmax(timing->largest_us, us);
}

double timing_percentile(const live_timing *timing, double share)
{
    const uint64_t rank = (uint64_t)ceil(share * (double)timing->n);
    uint64_t n = 0;
    if (rank == 0 || rank >= timing->n)
        return (double)NAN;
    for (size_t i = 0; i < TIMING_BINS; i++) {
        n += timing->bins[i];
        if (n >= rank)
            return fmin(end_of(i) / 1e3, timing->largest_us);
    }
    return timing->largest_us;
}
