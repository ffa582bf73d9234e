/* The sphere that points lie on, more or less. */
#ifndef SNNFE_LIB_SPHERE_FIT_H
#define SNNFE_LIB_SPHERE_FIT_H

#include "base/status.h"

#include <stdbool.h>

typedef struct snnfe_sphere {
    double center[3], radius;
} snnfe_sphere;

/* By least squares of the squared distances, without points that are three times as far from the
   middle of all as is usual; then again without those that are further off the sphere than a third
   of its radius. These are `left_out` [n]. `*found` is false if the points do not tell: fewer than
   four, or all in a plane. */
snnfe_status snnfe_sphere_fit(snnfe_sphere *sphere, const double (*points)[3], size_t n,
                              bool *left_out, bool *found);

/* Distance of a point from the center, and the direction to it. */
double snnfe_sphere_direction(const snnfe_sphere *sphere, const double point[3],
                              double direction[3]);

#endif
