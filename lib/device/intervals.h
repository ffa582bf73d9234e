/* 95 % confidence intervals of what devices have in common and how they differ. */
#ifndef SNNFE_LIB_INTERVALS_H
#define SNNFE_LIB_INTERVALS_H

#include <snnfe/population.h>

#include <stddef.h>

/* Some numbers of a population: their mean, variance, and what of it comes from measuring each. */
typedef struct snnfe_sample {
    size_t n;
    double mean, variance, of_measuring;
} snnfe_sample;

snnfe_sample snnfe_sample_make(const double *values, const double *variances, size_t n);

/* Of the mean; of the standard deviation without what comes from measuring. */
snnfe_estimate snnfe_interval_mean(const snnfe_sample *sample);
snnfe_estimate snnfe_interval_deviation(const snnfe_sample *sample);

/* Of a function of two independent estimates, from the function's values and its change with each
   (Zou's method: the intervals' halves add up like standard errors). */
snnfe_estimate snnfe_interval_ratio(snnfe_estimate numerator, snnfe_estimate denominator);
/* exp(mean + deviation² / 2), the mean of a log-normal number. */
snnfe_estimate snnfe_interval_lognormal_mean(snnfe_estimate mean, snnfe_estimate deviation);
/* sqrt(exp(deviation²) - 1), its relative standard deviation. */
snnfe_estimate snnfe_interval_lognormal_spread(snnfe_estimate deviation);

/* Of a correlation `r` of `n` pairs, of which measuring has left the part `reliability`. */
snnfe_estimate snnfe_interval_correlation(double r, size_t n, double reliability);

/* From values without each one of the n devices (jackknife). */
snnfe_estimate snnfe_interval_jackknife(double value, const double *without, size_t n);

#endif
