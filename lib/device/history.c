/* The history of a device from a train of pulses (docs/spec.md 5.7). */
#include "base/check.h"
#include "base/floating.h"
#include "base/memory.h"
#include "device/device_internal.h"
#include "device/population_internal.h"

#include <math.h>

#define LEAST_PULSES 8
#define N_TIMES 331 /* 0.05 … 100 pulses, each 2.3 % above the one before */

typedef struct train {
    const snnfe_device *device;
    const int32_t *directions;
    const double *w;
    size_t n;
} train;

/* The history that fits best with a run that is forgotten in so many pulses, and what it leaves of
   the squares. Excesses over the response count in proportion to it, as noise does. */
static double best_history(const train *t, double pulses, double *left)
{
    double run = 0, products = 0, squares = 0, total = 0;
    for (size_t i = 0; i < t->n; i++) {
        const double sign = t->directions[i] == SNNFE_LTP ? 1 : -1;
        const double expected =
            snnfe_response_value(t->device, &snnfe_nominal_cell, 0, t->directions[i], t->w[i]);
        const double x = (1 - sign * run) / 2;
        const double y = expected > 0 ? sign * (t->w[i + 1] - t->w[i]) / expected - 1 : 0;
        run = sign + (run - sign) * exp(-1 / pulses);
        if (i == 0) /* of the run before it nothing is known */
            continue;
        products += x * y;
        squares += x * x;
        total += y * y;
    }
    const double history = squares > 0 ? fmin(fmax(products / squares, -1), 10) : 0;
    *left = total - 2 * history * products + history * history * squares;
    return history;
}

static snnfe_status check_train(const char *call, const train *t)
{
    size_t n_ltp = 0;
    for (size_t i = 0; i <= t->n; i++)
        SNNFE_TRY(snnfe_conductance_check(call, i, t->w[i]));
    for (size_t i = 0; i < t->n; i++) {
        SNNFE_TRY(snnfe_direction_check(call, t->directions[i]));
        n_ltp += t->directions[i] == SNNFE_LTP;
    }
    if (n_ltp == 0 || n_ltp == t->n)
        return snnfe_fail(SNNFE_ERR_FORMAT, "%s: all %zu pulses have one direction", call, t->n);
    return SNNFE_OK;
}

static snnfe_status device_fit_history(const train *t, double *history, double *history_pulses)
{
    static const char call[] = "snnfe_device_fit_history";
    SNNFE_TRY(snnfe_check_pointer(call, "device", t->device));
    SNNFE_TRY(snnfe_check_pointer(call, "directions", t->directions));
    SNNFE_TRY(snnfe_check_pointer(call, "w", t->w));
    SNNFE_TRY(snnfe_check_pointer(call, "history", history));
    SNNFE_TRY(snnfe_check_pointer(call, "history_pulses", history_pulses));
    SNNFE_TRY(snnfe_check_count(call, "n_pulses", t->n, LEAST_PULSES, 100000000));
    SNNFE_TRY(check_train(call, t));
    double least = INFINITY;
    for (int k = 0; k < N_TIMES; k++) {
        double left;
        const double pulses = 0.05 * pow(2000, (double)k / (N_TIMES - 1));
        const double found = best_history(t, pulses, &left);
        if (left < least) {
            least = left;
            *history = found;
            *history_pulses = pulses;
        }
    }
    return SNNFE_OK;
}

snnfe_status snnfe_device_fit_history(const snnfe_device *device, const int32_t *directions,
                                      const double *w, size_t n_pulses, double *history,
                                      double *history_pulses)
{
    const train t = {device, directions, w, n_pulses};
    SNNFE_RETURN_COMPUTED(device_fit_history(&t, history, history_pulses));
}

/* --- files ----------------------------------------------------------------------------------- */

typedef struct scale {
    double lowest, highest; /* siemens that are 0 and 1 */
} scale;

/* Samples [n] as a train of n - 1 pulses. */
static snnfe_status normalize(const double *voltage, const double *conductance, size_t n,
                              const scale *s, int32_t *directions, double *w)
{
    for (size_t i = 0; i < n; i++) {
        w[i] = (conductance[i] - s->lowest) / (s->highest - s->lowest);
        if (!(w[i] >= 0 && w[i] <= 1))
            return snnfe_fail(SNNFE_ERR_FORMAT, "conductance %zu is %g S, not in %g…%g S", i,
                              conductance[i], s->lowest, s->highest);
        if (i == 0)
            continue;
        if (!(voltage[i] < 0) && !(voltage[i] > 0))
            return snnfe_fail(SNNFE_ERR_FORMAT, "voltage %zu is %g V: no pulse", i, voltage[i]);
        directions[i - 1] = voltage[i] < 0 ? SNNFE_LTP : SNNFE_LTD;
    }
    return SNNFE_OK;
}

static snnfe_status fit_file(const snnfe_device *device, const char *path, const scale *s,
                             double *history, double *history_pulses)
{
    double *voltage = NULL, *conductance = NULL;
    size_t n = 0;
    snnfe_status status = snnfe_instrument_file_read(path, &voltage, &conductance, &n);
    int32_t *directions = snnfe_alloc(n + 1, sizeof *directions);
    double *w = snnfe_alloc(n + 1, sizeof *w);
    if (status == SNNFE_OK && !(directions && w))
        status = SNNFE_ERR_MEMORY;
    if (status == SNNFE_OK)
        status = normalize(voltage, conductance, n, s, directions, w);
    const train t = {device, directions, w, n > 0 ? n - 1 : 0};
    if (status == SNNFE_OK)
        status = device_fit_history(&t, history, history_pulses);
    snnfe_release(voltage);
    snnfe_release(conductance);
    snnfe_release(directions);
    snnfe_release(w);
    return status == SNNFE_OK
               ? status
               : snnfe_fail_prefix(status == SNNFE_ERR_ARGUMENT ? SNNFE_ERR_FORMAT : status, "%s",
                                   path);
}

static snnfe_status fit_history_file(const snnfe_device *device, const char *path, const scale *s,
                                     double *history, double *history_pulses)
{
    static const char call[] = "snnfe_device_fit_history_file";
    SNNFE_TRY(snnfe_check_pointer(call, "device", device));
    SNNFE_TRY(snnfe_check_pointer(call, "path", path));
    SNNFE_TRY(snnfe_check_pointer(call, "history", history));
    SNNFE_TRY(snnfe_check_pointer(call, "history_pulses", history_pulses));
    SNNFE_TRY(snnfe_check_number(call, "lowest_s", s->lowest, 0, SNNFE_OVER_RANGE));
    SNNFE_TRY(snnfe_check_number(call, "highest_s", s->highest, 0, SNNFE_OVER_RANGE));
    if (!(s->highest > s->lowest))
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "%s: highest_s is %g, not above lowest_s (%g)", call,
                          s->highest, s->lowest);
    return fit_file(device, path, s, history, history_pulses);
}

snnfe_status snnfe_device_fit_history_file(const snnfe_device *device, const char *path,
                                           double lowest_s, double highest_s, double *history,
                                           double *history_pulses)
{
    const scale s = {lowest_s, highest_s};
    SNNFE_RETURN_COMPUTED(fit_history_file(device, path, &s, history, history_pulses));
}
