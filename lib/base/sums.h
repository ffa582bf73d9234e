/* Sums in double precision over long arrays. */
#ifndef SNNFE_LIB_SUMS_H
#define SNNFE_LIB_SUMS_H

#include <stddef.h>

double snnfe_mean(const float *values, size_t n);
/* Of the squares of the distances from `center`. */
double snnfe_sum_squares(const float *values, size_t n, double center);

#endif
