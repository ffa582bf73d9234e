/* The history of a device from a train of pulses (docs/spec.md 5.7). */
#include "base/check.h"
#include "base/floating.h"
#include "device/device_internal.h"

#include <snnfe/population.h>

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
