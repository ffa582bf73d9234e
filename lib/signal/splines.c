#include "signal/splines.h"

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

/* The linear system of `size` rows of `width` columns, by elimination; the columns behind the first
   `size` become the solutions. */
static snnfe_status solve(double *m, size_t size, size_t width)
{
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
        for (size_t j = size; j < width; j++)
            m[k * width + j] /= m[k * width + k];
    return SNNFE_OK;
}

void snnfe_spline_table(const double (*places)[3], size_t n, double *table)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < n; k++)
            table[i * n + k] = spline(cosine_of(places[i], places[k]));
}

/* Places whose bits are set. */
static size_t list(uint64_t bits, size_t n, size_t places[SNNFE_MAX_CHANNELS])
{
    size_t n_set = 0;
    for (size_t i = 0; i < n; i++)
        if (bits >> i & 1)
            places[n_set++] = i;
    return n_set;
}

/* The system is symmetric, so the weights are its solutions for the splines to the places wanted.
 */
snnfe_status snnfe_spline_weights(const double *table, size_t n, uint64_t from, uint64_t to,
                                  double *work, double *weights)
{
    size_t sources[SNNFE_MAX_CHANNELS], targets[SNNFE_MAX_CHANNELS];
    const size_t n_from = list(from, n, sources), n_to = list(to & ~from, n, targets);
    const size_t size = n_from + 1, width = size + n_to;
    for (size_t i = 0; i < n_from; i++) {
        const double *splines = table + sources[i] * n;
        for (size_t k = 0; k < n_from; k++)
            work[i * width + k] = splines[sources[k]] + (i == k ? REGULARIZATION : 0);
        work[i * width + n_from] = work[n_from * width + i] = 1;
        for (size_t k = 0; k < n_to; k++)
            work[i * width + size + k] = splines[targets[k]];
    }
    work[n_from * width + n_from] = 0;
    for (size_t k = 0; k < n_to; k++)
        work[n_from * width + size + k] = 1;
    SNNFE_TRY(solve(work, size, width));
    for (size_t k = 0; k < n_to; k++)
        for (size_t i = 0; i < n_from; i++)
            weights[targets[k] * n + sources[i]] = work[i * width + size + k];
    return SNNFE_OK;
}
