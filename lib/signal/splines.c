#include "signal/splines.h"

#include "base/memory.h"

#include <math.h>

#define PI 3.14159265358979323846
#define TERMS 50
#define ORDER 4
#define REGULARIZATION 1e-5

/* The spline of two places, by the cosine of the angle between them. */
static double spline(double cosine)
{
    double before = 1, legendre = cosine, sum = 0;
    for (int k = 1; k <= TERMS; k++) {
        sum += (2 * k + 1) / pow(k * (k + 1.0), ORDER) * legendre;
        const double next = ((2 * k + 1) * cosine * legendre - k * before) / (k + 1);
        before = legendre;
        legendre = next;
    }
    return sum / (4 * PI);
}

static double cosine_of(const double a[3], const double b[3])
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static void exchange(double *a, double *b, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const double kept = a[i];
        a[i] = b[i];
        b[i] = kept;
    }
}

/* The linear system of `size` rows of size + 1 columns, by elimination; the last column becomes the
   solution. */
static snnfe_status solve(double *m, size_t size)
{
    const size_t width = size + 1;
    for (size_t k = 0; k < size; k++) {
        size_t pivot = k;
        for (size_t i = k + 1; i < size; i++)
            if (fabs(m[i * width + k]) > fabs(m[pivot * width + k]))
                pivot = i;
        if (!(fabs(m[pivot * width + k]) > 1e-12))
            return snnfe_fail(SNNFE_ERR_ARGUMENT, "electrodes are too near each other for splines");
        exchange(m + k * width, m + pivot * width, width);
        for (size_t i = 0; i < size; i++) {
            const double factor = i == k ? 0 : m[i * width + k] / m[k * width + k];
            for (size_t j = k; j < width && i != k; j++)
                m[i * width + j] -= factor * m[k * width + j];
        }
    }
    for (size_t k = 0; k < size; k++)
        m[k * width + size] /= m[k * width + k];
    return SNNFE_OK;
}

/* The system is symmetric, so the weights are its solution for the splines to the place wanted. */
snnfe_status snnfe_spline_weights(const double (*from)[3], size_t n, const double to[3],
                                  double *weights)
{
    const size_t size = n + 1, width = size + 1;
    double *m = snnfe_alloc(size * width, sizeof *m);
    if (!m)
        return SNNFE_ERR_MEMORY;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++)
            m[i * width + j] = spline(cosine_of(from[i], from[j])) + (i == j ? REGULARIZATION : 0);
        m[i * width + n] = m[n * width + i] = 1;
        m[i * width + size] = spline(cosine_of(from[i], to));
    }
    m[n * width + size] = 1;
    const snnfe_status status = solve(m, size);
    for (size_t i = 0; status == SNNFE_OK && i < n; i++)
        weights[i] = m[i * width + size];
    snnfe_release(m);
    return status;
}
