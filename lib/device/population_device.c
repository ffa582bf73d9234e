/* Fits of one device's pulses whose noise is in proportion to their change, by quasi-likelihood:
   the same for every distribution of the noise (docs/spec.md 5.7). */
#include "base/memory.h"
#include "device/device_internal.h"
#include "device/population_internal.h"

#include <math.h>
#include <string.h>

#define LEAST_PULSES 8
#define MOST_ITERATIONS 100

void snnfe_measured_device_release(snnfe_measured_device *device)
{
    for (int d = 0; d < 2; d++) {
        snnfe_fitted_pulses *p = &device->pulses[d];
        double *const arrays[] = {p->w, p->dw, p->excess, p->squares};
        for (size_t i = 0; i < 4; i++)
            snnfe_release(arrays[i]);
        *p = (snnfe_fitted_pulses){0};
    }
}

/* --- pulses ---------------------------------------------------------------------------------- */

static snnfe_status make_room(snnfe_measured_device *device, size_t n)
{
    for (int d = 0; d < 2; d++) {
        snnfe_fitted_pulses *p = &device->pulses[d];
        p->w = snnfe_alloc(n, sizeof(double));
        p->dw = snnfe_alloc(n, sizeof(double));
        p->excess = snnfe_alloc(n, sizeof(double));
        p->squares = snnfe_alloc(n, sizeof(double));
        if (!p->w || !p->dw || !p->excess || !p->squares)
            return SNNFE_ERR_MEMORY;
    }
    return SNNFE_OK;
}

/* Left out are the first of a run, which may depend on the run before it, and pulses that end where
   no more is possible. */
static snnfe_status collect(snnfe_measured_device *device, const double *voltage,
                            const double *conductance, size_t n, double lowest, double highest)
{
    const double range = highest - lowest, end = 1e-9;
    for (size_t i = 1; i < n; i++) {
        const double before = (conductance[i - 1] - lowest) / range;
        const double after = (conductance[i] - lowest) / range;
        const bool run = voltage[i] < 0 ? voltage[i - 1] < 0 : voltage[i] > 0 && voltage[i - 1] > 0;
        if (!run || after < end || after > 1 - end) {
            device->n_left_out++;
            continue;
        }
        const int32_t d = voltage[i] < 0 ? SNNFE_LTP : SNNFE_LTD;
        snnfe_fitted_pulses *p = &device->pulses[d];
        p->w[p->n] = fmin(fmax(before, SNNFE_LEAST_CONDUCTANCE), SNNFE_MOST_CONDUCTANCE);
        p->dw[p->n++] = d == SNNFE_LTP ? after - before : before - after;
    }
    for (int d = 0; d < 2; d++)
        if (device->pulses[d].n < LEAST_PULSES)
            return snnfe_fail(SNNFE_ERR_FORMAT, "has %zu usable %s pulses, %d are needed",
                              device->pulses[d].n, d == SNNFE_LTP ? "LTP" : "LTD", LEAST_PULSES);
    return SNNFE_OK;
}

/* --- fit ------------------------------------------------------------------------------------- */

typedef double matrix[SNNFE_N_FITTED][SNNFE_N_FITTED];

static void regressors(double w, double x[SNNFE_N_FITTED])
{
    x[0] = 1;
    x[1] = log(w);
    x[2] = log1p(-w);
}

static double dot(const double a[SNNFE_N_FITTED], const double b[SNNFE_N_FITTED])
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static void add_product(matrix m, const double x[SNNFE_N_FITTED], double factor)
{
    for (int i = 0; i < SNNFE_N_FITTED; i++)
        for (int j = 0; j < SNNFE_N_FITTED; j++)
            m[i][j] += factor * x[i] * x[j];
}

static void multiply(matrix a, const double x[SNNFE_N_FITTED], double y[SNNFE_N_FITTED])
{
    for (int i = 0; i < SNNFE_N_FITTED; i++)
        y[i] = dot(a[i], x);
}

/* By cofactors; false if it has no inverse. */
static bool invert(matrix m, matrix inverse)
{
    for (int i = 0; i < SNNFE_N_FITTED; i++)
        for (int j = 0; j < SNNFE_N_FITTED; j++) {
            const int a = (j + 1) % 3, b = (j + 2) % 3, c = (i + 1) % 3, d = (i + 2) % 3;
            inverse[i][j] = m[a][c] * m[b][d] - m[a][d] * m[b][c];
        }
    const double determinant =
        m[0][0] * inverse[0][0] + m[0][1] * inverse[1][0] + m[0][2] * inverse[2][0];
    const double scale = m[0][0] * m[1][1] * m[2][2];
    if (!(determinant > 1e-12 * scale))
        return false;
    for (int i = 0; i < SNNFE_N_FITTED; i++)
        for (int j = 0; j < SNNFE_N_FITTED; j++)
            inverse[i][j] /= determinant;
    return true;
}

/* From the logarithms of the changes that have the right sign. */
static void start(snnfe_fitted_pulses *p, matrix inverse)
{
    double sums[SNNFE_N_FITTED] = {0}, least = INFINITY;
    for (size_t k = 0; k < p->n; k++)
        least = p->dw[k] > 0 ? fmin(least, p->dw[k]) : least;
    for (size_t k = 0; k < p->n; k++) {
        double x[SNNFE_N_FITTED];
        regressors(p->w[k], x);
        for (int i = 0; i < SNNFE_N_FITTED; i++)
            sums[i] += x[i] * log(isfinite(least) ? fmax(p->dw[k], least) : 1e-3);
    }
    multiply(inverse, sums, p->value);
}

/* One step of Fisher's scoring; returns its size. */
static double improve(snnfe_fitted_pulses *p, matrix inverse)
{
    double sums[SNNFE_N_FITTED] = {0}, step[SNNFE_N_FITTED], size = 0;
    for (size_t k = 0; k < p->n; k++) {
        double x[SNNFE_N_FITTED];
        regressors(p->w[k], x);
        p->excess[k] = p->dw[k] / exp(dot(x, p->value)) - 1;
        for (int i = 0; i < SNNFE_N_FITTED; i++)
            sums[i] += x[i] * p->excess[k];
    }
    multiply(inverse, sums, step);
    for (int i = 0; i < SNNFE_N_FITTED; i++)
        size = fmax(size, fabs(step[i]));
    for (int i = 0; i < SNNFE_N_FITTED; i++)
        p->value[i] += size > 1 ? step[i] / size : step[i];
    return size;
}

/* Variances that hold whatever the noise depends on. */
static void find_variances(snnfe_fitted_pulses *p, matrix inverse)
{
    matrix middle = {{0}};
    for (size_t k = 0; k < p->n; k++) {
        double x[SNNFE_N_FITTED], y[SNNFE_N_FITTED];
        regressors(p->w[k], x);
        multiply(inverse, x, y);
        p->squares[k] = p->excess[k] * p->excess[k] / fmax(1 - dot(x, y), 0.1);
        add_product(middle, y, p->squares[k]);
    }
    for (int i = 0; i < SNNFE_N_FITTED; i++)
        p->variance[i] = middle[i][i];
}

static snnfe_status fit(snnfe_fitted_pulses *p, const char *direction)
{
    matrix products = {{0}}, inverse;
    for (size_t k = 0; k < p->n; k++) {
        double x[SNNFE_N_FITTED];
        regressors(p->w[k], x);
        add_product(products, x, 1);
    }
    double size = INFINITY;
    if (invert(products, inverse)) {
        start(p, inverse);
        for (int i = 0; i < MOST_ITERATIONS && size > 1e-12; i++)
            size = improve(p, inverse);
    }
    if (!(size < 1e-6))
        return snnfe_fail(SNNFE_ERR_FORMAT, "no pulse response fits its %zu %s pulses", p->n,
                          direction);
    find_variances(p, inverse);
    return SNNFE_OK;
}

snnfe_status snnfe_measured_device_fit(snnfe_measured_device *device, const double *voltage,
                                       const double *conductance, size_t n, double lowest,
                                       double highest)
{
    SNNFE_TRY(make_room(device, n));
    SNNFE_TRY(collect(device, voltage, conductance, n, lowest, highest));
    SNNFE_TRY(fit(&device->pulses[SNNFE_LTP], "LTP"));
    return fit(&device->pulses[SNNFE_LTD], "LTD");
}
