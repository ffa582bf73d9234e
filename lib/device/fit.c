/* Bounded least-squares fit of the beta form of the pulse response, by MINPACK's
 * Levenberg-Marquardt. */
#include "base/check.h"
#include "base/floating.h"
#include "base/memory.h"
#include "base/options.h"
#include "device/device_internal.h"

#include <cminpack.h>
#include <math.h>
#include <string.h>

enum { N_PARAMETERS = 3, LEAST_POINTS = 4 }; /* amplitude, alpha, beta */

static const double lows[N_PARAMETERS] = {0, 0.1, 0.1};
static const double highs[N_PARAMETERS] = {1, 10, 10};

typedef struct fit_data {
    const double *w, *dw; /* dw: magnitudes */
} fit_data;

/* A sine keeps each parameter between its bounds, whatever the solver tries. */
static void to_bounded(const double *free, double *bounded)
{
    for (int i = 0; i < N_PARAMETERS; i++)
        bounded[i] = lows[i] + (highs[i] - lows[i]) * (sin(free[i]) + 1) / 2;
}

static void to_free(const double *bounded, double *free)
{
    for (int i = 0; i < N_PARAMETERS; i++)
        free[i] = asin(2 * (bounded[i] - lows[i]) / (highs[i] - lows[i]) - 1);
}

/* At w = 0 and 1 exponents below 0 would give infinity; measured points there are the ends of the
   normalization, known to within rounding only. */
static double model(const double *p, double w)
{
    const double x = fmin(fmax(w, 1e-9), 1 - 1e-9);
    return p[0] * pow(x, p[1] - 1) * pow(1 - x, p[2] - 1);
}

static int residuals(void *context, int n_points, int n_parameters, const double *free, double *out,
                     int flag)
{
    (void)n_parameters;
    (void)flag;
    const fit_data *data = context;
    double p[N_PARAMETERS];
    to_bounded(free, p);
    for (int i = 0; i < n_points; i++)
        out[i] = model(p, data->w[i]) - data->dw[i];
    return 0;
}

static snnfe_status solve(const fit_data *data, int n, double *p)
{
    const int work_size = n * N_PARAMETERS + 5 * N_PARAMETERS + n;
    double free[N_PARAMETERS];
    int pivots[N_PARAMETERS];
    double *out = snnfe_alloc((size_t)n, sizeof *out);
    double *work = snnfe_alloc((size_t)work_size, sizeof *work);
    snnfe_status status = out && work ? SNNFE_OK : SNNFE_ERR_MEMORY;
    if (status == SNNFE_OK) {
        to_free(p, free);
        const int info = lmdif1(residuals, (void *)data, n, N_PARAMETERS, free, out, 1e-12, pivots,
                                work, work_size);
        to_bounded(free, p);
        if (info < 1 || info > 8 || !isfinite(p[0] + p[1] + p[2]))
            status =
                snnfe_fail(SNNFE_ERR_FORMAT, "the fit does not converge (cminpack code %d)", info);
    }
    snnfe_release(out);
    snnfe_release(work);
    return status;
}

static void describe(const fit_data *data, size_t n, const double *p, int32_t direction,
                     snnfe_characterization *result)
{
    double mean = 0, squares = 0, total = 0;
    for (size_t i = 0; i < n; i++)
        mean += data->dw[i] / (double)n;
    for (size_t i = 0; i < n; i++) {
        const double difference = model(p, data->w[i]) - data->dw[i];
        squares += difference * difference;
        total += (data->dw[i] - mean) * (data->dw[i] - mean);
    }
    result->amplitude[direction] = p[0];
    result->alpha[direction] = p[1];
    result->beta[direction] = p[2];
    result->residual[direction] = sqrt(squares / (double)n);
    result->r_squared[direction] = total > 0 ? 1 - squares / total : 0;
    result->n_points[direction] = (uint32_t)n;
}

static snnfe_status device_fit(int32_t direction, const double *w, const double *dw, size_t n,
                               snnfe_characterization *result)
{
    static const char call[] = "snnfe_device_fit";
    static const double starts[2][N_PARAMETERS] = {{0.05, 2, 2}, {0.1, 2, 2}};
    SNNFE_TRY(snnfe_check_pointer(call, "w", w));
    SNNFE_TRY(snnfe_check_pointer(call, "dw", dw));
    SNNFE_TRY(snnfe_info_check(call, "result", result, sizeof *result));
    SNNFE_TRY(snnfe_direction_check(call, direction));
    SNNFE_TRY(snnfe_check_count(call, "n", n, LEAST_POINTS, 1000000));
    double *magnitudes = snnfe_alloc(n, sizeof *magnitudes);
    if (!magnitudes)
        return SNNFE_ERR_MEMORY;
    snnfe_status status = SNNFE_OK;
    for (size_t i = 0; status == SNNFE_OK && i < n; i++) {
        magnitudes[i] = direction == SNNFE_LTD ? -dw[i] : dw[i];
        if (!isfinite(w[i]) || !isfinite(dw[i]))
            status =
                snnfe_fail(SNNFE_ERR_NONFINITE, "%s: point %zu is (%g, %g)", call, i, w[i], dw[i]);
        else if (w[i] < 0 || w[i] > 1)
            status = snnfe_fail(SNNFE_ERR_ARGUMENT, "%s: conductance %zu is %g, not in 0…1", call,
                                i, w[i]);
    }
    const fit_data data = {w, magnitudes};
    double p[N_PARAMETERS] = {starts[direction][0], starts[direction][1], starts[direction][2]};
    if (status == SNNFE_OK)
        status = solve(&data, (int)n, p);
    if (status == SNNFE_OK) {
        snnfe_characterization made = {.struct_size = sizeof made};
        memcpy(&made, result,
               result->struct_size < sizeof made ? result->struct_size : sizeof made);
        describe(&data, n, p, direction, &made);
        snnfe_info_give(result, &made, sizeof made);
    }
    snnfe_release(magnitudes);
    return status;
}

snnfe_status snnfe_device_fit(int32_t direction, const double *w, const double *dw, size_t n,
                              snnfe_characterization *result)
{
    SNNFE_RETURN_COMPUTED(device_fit(direction, w, dw, n, result));
}
