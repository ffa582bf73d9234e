/* The noise of pulses from cycle to cycle, of all devices together (docs/spec.md 5.7). */
#include "device/population_internal.h"

#include <math.h>
#include <stdbool.h>

#define LEAST_SPREAD 1e-9

static double spread_at(const double at[2], double w)
{
    return fmax(at[0] + at[1] * w, LEAST_SPREAD);
}

/* Sums of a weighted regression on (1, w). */
typedef struct line_sums {
    double n, w, ww, y, wy;
} line_sums;

static void add_device(line_sums *s, const snnfe_measured_device *device, const double at[2])
{
    for (int d = 0; d < 2; d++)
        for (size_t k = 0; k < device->pulses[d].n; k++) {
            const double w = device->pulses[d].w[k], spread = spread_at(at, w);
            const double weight = 1 / (spread * spread);
            const double y = (device->pulses[d].squares[k] - spread * spread) / (2 * spread);
            s->n += weight;
            s->w += weight * w;
            s->ww += weight * w * w;
            s->y += weight * y;
            s->wy += weight * w * y;
        }
}

static double mean_square(const snnfe_measured_device *devices, size_t n)
{
    double sum = 0, count = 0;
    for (size_t i = 0; i < n; i++)
        for (int d = 0; d < 2; d++) {
            for (size_t k = 0; k < devices[i].pulses[d].n; k++)
                sum += devices[i].pulses[d].squares[k];
            count += (double)devices[i].pulses[d].n;
        }
    return sum / count;
}

/* Scoring for squares whose variance is in proportion to their mean's square. */
static void improve(const snnfe_measured_device *devices, size_t n, size_t without, int iterations,
                    double at[2])
{
    for (int i = 0; i < iterations && at[0] > 1e-7; i++) {
        line_sums s = {0};
        for (size_t k = 0; k < n; k++)
            if (k != without)
                add_device(&s, &devices[k], at);
        const double determinant = s.n * s.ww - s.w * s.w;
        if (!(determinant > 0))
            return;
        at[0] = fmax(at[0] + (s.ww * s.y - s.w * s.wy) / determinant, LEAST_SPREAD);
        at[1] += (s.n * s.wy - s.w * s.y) / determinant;
    }
}

void snnfe_cycle_spread(const snnfe_measured_device *devices, size_t n, double at[2])
{
    at[0] = sqrt(mean_square(devices, n));
    at[1] = 0;
    improve(devices, n, SIZE_MAX, 30, at);
}

void snnfe_cycle_spread_without(const snnfe_measured_device *devices, size_t n, size_t without,
                                const double of_all[2], double at[2])
{
    at[0] = of_all[0];
    at[1] = of_all[1];
    improve(devices, n, without, 4, at);
}

int32_t snnfe_cycle_distribution(const snnfe_measured_device *devices, size_t n, const double at[2])
{
    double gaussian = 0, lognormal = 0;
    for (size_t i = 0; i < n; i++)
        for (int d = 0; d < 2; d++)
            for (size_t k = 0; k < devices[i].pulses[d].n; k++) {
                const double e = devices[i].pulses[d].excess[k];
                const double spread = spread_at(at, devices[i].pulses[d].w[k]);
                const double variance = log1p(spread * spread);
                if (!(e > -1)) /* no log-normal factor */
                    return SNNFE_SPREAD_GAUSSIAN;
                const double z = log1p(e) + variance / 2;
                gaussian -= log(spread) + e * e / (2 * spread * spread);
                lognormal -= log(variance) / 2 + log1p(e) + z * z / (2 * variance);
            }
    return lognormal > gaussian ? SNNFE_SPREAD_LOGNORMAL : SNNFE_SPREAD_GAUSSIAN;
}
