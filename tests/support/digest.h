/* One number that depends on all of many, in their order. */
#ifndef SNNFE_TESTS_DIGEST_H
#define SNNFE_TESTS_DIGEST_H

#include <math.h>
#include <stddef.h>

typedef struct digest {
    double sum;
    size_t n;
} digest;

static inline void digest_add(digest *d, double value)
{
    d->sum += value * sin((double)++d->n);
}

static inline void digest_add_all(digest *d, const double *values, size_t n)
{
    for (size_t i = 0; i < n; i++)
        digest_add(d, values[i]);
}

#endif
