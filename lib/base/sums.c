#include "sums.h"

/* In a single sum each addition waits for the one before, so several sums run side by side. */
#define LANES ((size_t)8)

double snnfe_mean(const float *values, size_t n)
{
    double sums[LANES] = {0}, sum = 0;
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (size_t lane = 0; lane < LANES; lane++)
            sums[lane] += (double)values[i + lane];
    for (; i < n; i++)
        sum += (double)values[i];
    for (size_t lane = 0; lane < LANES; lane++)
        sum += sums[lane];
    return sum / (double)n;
}

double snnfe_sum_squares(const float *values, size_t n, double center)
{
    double sums[LANES] = {0}, sum = 0;
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (size_t lane = 0; lane < LANES; lane++) {
            const double distance = (double)values[i + lane] - center;
            sums[lane] += distance * distance;
        }
    for (; i < n; i++)
        sum += ((double)values[i] - center) * ((double)values[i] - center);
    for (size_t lane = 0; lane < LANES; lane++)
        sum += sums[lane];
    return sum;
}
