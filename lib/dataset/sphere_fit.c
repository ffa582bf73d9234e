#include "dataset/sphere_fit.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

#define FAR 3        /* times the usual distance from the middle of all points */
#define OFF (1. / 3) /* of the radius */
#define FEWEST 4
#define FLAT 1e-6 /* of a cube's determinant, below which points lie in a plane */

static double determinant(const double m[3][3])
{
    return m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1]) -
           m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0]) +
           m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0]);
}

static void find_mean(const double (*points)[3], const bool *left_out, size_t n, double mean[3],
                      size_t *n_used)
{
    *n_used = 0;
    for (size_t i = 0; i < n; i++)
        if (!left_out[i])
            for (int k = 0; k < 3; k++)
                mean[k] += points[i][k];
    for (size_t i = 0; i < n; i++)
        *n_used += !left_out[i];
    for (int k = 0; k < 3 && *n_used > 0; k++)
        mean[k] /= (double)*n_used;
}

/* With p from the mean of the points and q its square, 2 p c + d = q in the mean over all: the
   center c solves (sum of 2 p p') c = sum of p q, and d is the mean of q. */
static bool fit(snnfe_sphere *sphere, const double (*points)[3], const bool *left_out, size_t n)
{
    double mean[3] = {0}, matrix[3][3] = {{0}}, right[3] = {0}, squares = 0;
    size_t n_used = 0;
    find_mean(points, left_out, n, mean, &n_used);
    if (n_used < FEWEST)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (left_out[i])
            continue;
        double p[3], q = 0;
        for (int k = 0; k < 3; k++) {
            p[k] = points[i][k] - mean[k];
            q += p[k] * p[k];
        }
        squares += q;
        for (int k = 0; k < 3; k++) {
            right[k] += p[k] * q;
            for (int l = 0; l < 3; l++)
                matrix[k][l] += 2 * p[k] * p[l];
        }
    }
    const double whole = determinant((const double(*)[3])matrix);
    const double size = (matrix[0][0] + matrix[1][1] + matrix[2][2]) / 3;
    if (!(whole > FLAT * size * size * size) || !isfinite(whole))
        return false;
    double offset = 0;
    for (int k = 0; k < 3; k++) {
        double replaced[3][3];
        for (int row = 0; row < 3; row++)
            for (int column = 0; column < 3; column++)
                replaced[row][column] = column == k ? right[row] : matrix[row][column];
        const double c = determinant((const double(*)[3])replaced) / whole;
        sphere->center[k] = mean[k] + c;
        offset += c * c;
    }
    sphere->radius = sqrt(squares / (double)n_used + offset);
    return isfinite(sphere->radius);
}

double snnfe_sphere_direction(const snnfe_sphere *sphere, const double point[3],
                              double direction[3])
{
    double square = 0;
    for (int k = 0; k < 3; k++) {
        direction[k] = point[k] - sphere->center[k];
        square += direction[k] * direction[k];
    }
    const double distance = sqrt(square);
    for (int k = 0; k < 3; k++)
        direction[k] /= distance > 0 ? distance : 1;
    return distance;
}

static int by_value(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static double median(double *values, size_t n)
{
    qsort(values, n, sizeof *values, by_value);
    return values[n / 2];
}

static double distance(const double a[3], const double b[3])
{
    return sqrt((a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1]) +
                (a[2] - b[2]) * (a[2] - b[2]));
}

/* Points that are far from the others: they would draw the sphere to them. */
static void leave_out_far(const double (*points)[3], size_t n, double *values, bool *left_out)
{
    double middle[3];
    for (int k = 0; k < 3; k++) {
        for (size_t i = 0; i < n; i++)
            values[i] = points[i][k];
        middle[k] = median(values, n);
    }
    for (size_t i = 0; i < n; i++)
        values[i] = distance(points[i], middle);
    const double usual = median(values, n);
    for (size_t i = 0; i < n; i++)
        left_out[i] = !(distance(points[i], middle) <= FAR * usual);
}

static void leave_out_off(const snnfe_sphere *sphere, const double (*points)[3], size_t n,
                          bool *left_out)
{
    for (size_t i = 0; i < n; i++) {
        double direction[3];
        const double off = snnfe_sphere_direction(sphere, points[i], direction) - sphere->radius;
        left_out[i] = !(fabs(off) <= OFF * sphere->radius);
    }
}

snnfe_status snnfe_sphere_fit(snnfe_sphere *sphere, const double (*points)[3], size_t n,
                              bool *left_out, bool *found)
{
    *found = false;
    if (n < FEWEST)
        return SNNFE_OK;
    double *values = snnfe_alloc(n, sizeof *values);
    if (!values)
        return SNNFE_ERR_MEMORY;
    leave_out_far(points, n, values, left_out);
    snnfe_release(values);
    *found = fit(sphere, points, left_out, n);
    if (*found)
        leave_out_off(sphere, points, n, left_out);
    *found = *found && fit(sphere, points, left_out, n);
    return SNNFE_OK;
}
