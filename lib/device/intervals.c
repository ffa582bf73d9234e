#include "device/intervals.h"

#include <math.h>

#define Z 1.959963984540054 /* 97.5 % of the normal distribution */

/* 97.5 % of Student's distribution (expansion in 1 / degrees). */
static double student(double degrees)
{
    const double z3 = Z * Z * Z, z5 = z3 * Z * Z, z7 = z5 * Z * Z, d = degrees;
    return Z + (z3 + Z) / (4 * d) + (5 * z5 + 16 * z3 + 3 * Z) / (96 * d * d) +
           (3 * z7 + 19 * z5 + 17 * z3 - 15 * Z) / (384 * d * d * d);
}

/* chi² / degrees at the normal quantile z (Wilson and Hilferty). */
static double chi_square(double degrees, double z)
{
    const double part = 2 / (9 * degrees), root = 1 - part + z * sqrt(part);
    return root * root * root;
}

snnfe_sample snnfe_sample_make(const double *values, const double *variances, size_t n)
{
    snnfe_sample s = {.n = n};
    for (size_t i = 0; i < n; i++) {
        s.mean += values[i] / (double)n;
        s.of_measuring += variances[i] / (double)n;
    }
    for (size_t i = 0; i < n; i++)
        s.variance += (values[i] - s.mean) * (values[i] - s.mean) / (double)(n - 1);
    return s;
}

snnfe_estimate snnfe_interval_mean(const snnfe_sample *s)
{
    const double half = student((double)(s->n - 1)) * sqrt(s->variance / (double)s->n);
    return (snnfe_estimate){s->mean, s->mean - half, s->mean + half};
}

static double deviation_of(double variance, double of_measuring)
{
    return sqrt(fmax(variance - of_measuring, 0));
}

snnfe_estimate snnfe_interval_deviation(const snnfe_sample *s)
{
    const double degrees = (double)(s->n - 1), noise = s->of_measuring;
    return (snnfe_estimate){deviation_of(s->variance, noise),
                            deviation_of(s->variance / chi_square(degrees, Z), noise),
                            deviation_of(s->variance / chi_square(degrees, -Z), noise)};
}

/* The ends of an interval around `value` that lie as far as two independent errors together. */
static snnfe_estimate around(double value, double down1, double up1, double down2, double up2)
{
    return (snnfe_estimate){value, value - hypot(down1, down2), value + hypot(up1, up2)};
}

snnfe_estimate snnfe_interval_ratio(snnfe_estimate a, snnfe_estimate b)
{
    const double ratio = a.value / b.value;
    snnfe_estimate e =
        around(ratio, (a.value - a.low) / b.value, (a.high - a.value) / b.value,
               ratio * (b.high - b.value) / b.value, ratio * (b.value - b.low) / b.value);
    e.low = fmax(e.low, 0);
    return e;
}

snnfe_estimate snnfe_interval_lognormal_mean(snnfe_estimate m, snnfe_estimate d)
{
    const double half = d.value * d.value / 2;
    const snnfe_estimate log_mean = around(m.value + half, m.value - m.low, m.high - m.value,
                                           half - d.low * d.low / 2, d.high * d.high / 2 - half);
    return (snnfe_estimate){exp(log_mean.value), exp(log_mean.low), exp(log_mean.high)};
}

static double lognormal_spread(double deviation)
{
    return sqrt(expm1(deviation * deviation));
}

snnfe_estimate snnfe_interval_lognormal_spread(snnfe_estimate d)
{
    return (snnfe_estimate){lognormal_spread(d.value), lognormal_spread(d.low),
                            lognormal_spread(d.high)};
}

static double within_1(double r)
{
    return fmin(fmax(r, -1), 1);
}

snnfe_estimate snnfe_interval_correlation(double r, size_t n, double reliability)
{
    const double z = atanh(fmin(fmax(r, -0.999999), 0.999999)), half = Z / sqrt((double)n - 3);
    return (snnfe_estimate){within_1(r / reliability), within_1(tanh(z - half) / reliability),
                            within_1(tanh(z + half) / reliability)};
}

snnfe_estimate snnfe_interval_jackknife(double value, const double *without, size_t n)
{
    double mean = 0, squares = 0;
    for (size_t i = 0; i < n; i++)
        mean += without[i] / (double)n;
    for (size_t i = 0; i < n; i++)
        squares += (without[i] - mean) * (without[i] - mean);
    const double error = sqrt(squares * (double)(n - 1) / (double)n);
    const double half = student((double)(n - 1)) * error;
    return (snnfe_estimate){value, value - half, value + half};
}
