/* How devices are distributed (docs/spec.md 5.7). */
#include "base/check.h"
#include "base/floating.h"
#include "base/memory.h"
#include "base/options.h"
#include "device/device_internal.h"
#include "device/intervals.h"
#include "device/population_internal.h"

#include <math.h>
#include <string.h>

#define LEAST_DEVICES 5
#define MOST_DEVICES 100000

/* Numbers of all devices: values of a parameter and their variances. */
typedef struct column {
    double *values, *variances;
} column;

/* Parameter `which` of the fits, as it is spread: alpha and beta themselves, amplitudes themselves
   or all of these as logarithms. */
static void fill_column(const snnfe_measured_device *devices, size_t n, int d, int which,
                        bool logarithms, column *c)
{
    for (size_t i = 0; i < n; i++) {
        const snnfe_fitted_pulses *p = &devices[i].pulses[d];
        const double value = which == 0 ? exp(p->value[0]) : p->value[which] + 1;
        const double variance = p->variance[which] * (which == 0 ? value * value : 1);
        c->values[i] = logarithms ? log(fmax(value, 1e-6)) : value;
        c->variances[i] = logarithms ? variance / (value * value) : variance;
    }
}

static void estimate(const column *c, size_t n, bool logarithms, snnfe_estimate *mean,
                     snnfe_estimate *spread)
{
    const snnfe_sample sample = snnfe_sample_make(c->values, c->variances, n);
    const snnfe_estimate m = snnfe_interval_mean(&sample), d = snnfe_interval_deviation(&sample);
    *mean = logarithms ? snnfe_interval_lognormal_mean(m, d) : m;
    *spread = logarithms ? snnfe_interval_lognormal_spread(d) : snnfe_interval_ratio(d, m);
}

static snnfe_estimate correlate(const column c[2], size_t n)
{
    static const snnfe_estimate anything = {0, -1, 1};
    snnfe_sample s[2];
    double product = 0, reliability = 1;
    for (int d = 0; d < 2; d++) {
        s[d] = snnfe_sample_make(c[d].values, c[d].variances, n);
        if (!(s[d].variance > s[d].of_measuring))
            return anything;
        reliability *= sqrt(1 - s[d].of_measuring / s[d].variance);
    }
    if (!(reliability > 0.1)) /* nothing but noise */
        return anything;
    for (size_t i = 0; i < n; i++)
        product += (c[0].values[i] - s[0].mean) * (c[1].values[i] - s[1].mean) / (double)(n - 1);
    const double r = product / sqrt(s[0].variance * s[1].variance);
    return snnfe_interval_correlation(r, n, reliability);
}

static snnfe_status estimate_parameters(const snnfe_measured_device *devices, size_t n,
                                        snnfe_population *p)
{
    const bool logarithms = p->distribution == SNNFE_SPREAD_LOGNORMAL;
    column c[2] = {{snnfe_alloc(n, sizeof(double)), snnfe_alloc(n, sizeof(double))},
                   {snnfe_alloc(n, sizeof(double)), snnfe_alloc(n, sizeof(double))}};
    const bool room = c[0].values && c[0].variances && c[1].values && c[1].variances;
    snnfe_estimate *const means[SNNFE_N_FITTED] = {p->amplitude, p->alpha, p->beta};
    snnfe_estimate *const spreads[SNNFE_N_FITTED] = {p->spread_amplitude, p->spread_alpha,
                                                     p->spread_beta};
    for (int which = SNNFE_N_FITTED - 1; room && which >= 0; which--)
        for (int d = 0; d < 2; d++) {
            fill_column(devices, n, d, which, logarithms, &c[d]);
            estimate(&c[d], n, logarithms, &means[which][d], &spreads[which][d]);
        }
    if (room) /* the amplitudes are the last */
        p->correlation = correlate(c, n);
    for (int d = 0; d < 2; d++) {
        snnfe_release(c[d].values);
        snnfe_release(c[d].variances);
    }
    return room ? SNNFE_OK : SNNFE_ERR_MEMORY;
}

static snnfe_status estimate_noise(const snnfe_measured_device *devices, size_t n,
                                   snnfe_population *p)
{
    double at[2], *without = snnfe_alloc(2 * n, sizeof *without);
    if (!without)
        return SNNFE_ERR_MEMORY;
    snnfe_cycle_spread(devices, n, at);
    p->c2c_distribution = snnfe_cycle_distribution(devices, n, at);
    for (size_t i = 0; i < n; i++) {
        double one[2];
        snnfe_cycle_spread_without(devices, n, i, at, one);
        without[i] = one[0];
        without[n + i] = one[1];
    }
    p->rsd_c2c = snnfe_interval_jackknife(at[0], without, n);
    p->rsd_c2c.low = fmax(p->rsd_c2c.low, 0);
    p->rsd_c2c_state = snnfe_interval_jackknife(at[1], without + n, n);
    snnfe_release(without);
    return SNNFE_OK;
}

static snnfe_status estimate_all(const snnfe_measured_device *devices, size_t n,
                                 snnfe_population *p)
{
    uint64_t n_pulses = 0, n_left_out = 0;
    for (size_t i = 0; i < n; i++) {
        n_pulses += devices[i].pulses[0].n + devices[i].pulses[1].n;
        n_left_out += devices[i].n_left_out;
    }
    p->n_devices = (uint32_t)n;
    p->n_pulses = (uint32_t)fmin((double)n_pulses, UINT32_MAX);
    p->n_left_out = (uint32_t)fmin((double)n_left_out, UINT32_MAX);
    SNNFE_TRY(estimate_parameters(devices, n, p));
    return estimate_noise(devices, n, p);
}

/* --- devices --------------------------------------------------------------------------------- */

/* What all devices have in common. */
typedef struct scale {
    int32_t distribution;
    double lowest, highest; /* both 0: the device's own */
} scale;

static snnfe_status check_scale(const char *call, const scale *s, size_t n_devices)
{
    SNNFE_TRY(snnfe_check_count(call, "n_devices", n_devices, LEAST_DEVICES, MOST_DEVICES));
    SNNFE_TRY(snnfe_check_choice(call, "distribution", s->distribution, SNNFE_SPREAD_LOGNORMAL + 1,
                                 "a SNNFE_SPREAD_* value"));
    SNNFE_TRY(snnfe_check_number(call, "lowest_s", s->lowest, 0, SNNFE_OVER_RANGE));
    SNNFE_TRY(snnfe_check_number(call, "highest_s", s->highest, 0, SNNFE_OVER_RANGE));
    if (s->highest <= s->lowest && (s->lowest > 0 || s->highest > 0))
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "%s: highest_s is %g, not above lowest_s (%g)", call,
                          s->highest, s->lowest);
    return SNNFE_OK;
}

static snnfe_status fit_device(const scale *s, const double *voltage, const double *conductance,
                               size_t n, snnfe_measured_device *device)
{
    double lowest = s->lowest, highest = s->highest;
    SNNFE_TRY(snnfe_samples_check("snnfe_population_characterize", voltage, conductance, n));
    if (!(highest > lowest)) {
        lowest = INFINITY;
        for (size_t i = 0; i < n; i++) {
            lowest = fmin(lowest, conductance[i]);
            highest = fmax(highest, conductance[i]);
        }
    }
    if (!(highest > lowest))
        return snnfe_fail(SNNFE_ERR_FORMAT, "the conductance is %g throughout", highest);
    return snnfe_measured_device_fit(device, voltage, conductance, n, lowest, highest);
}

static void release_devices(snnfe_measured_device *devices, size_t n)
{
    for (size_t i = 0; devices && i < n; i++)
        snnfe_measured_device_release(&devices[i]);
    snnfe_release(devices);
}

/* Ends what both ways to give devices have begun. */
static snnfe_status conclude(snnfe_measured_device *devices, size_t n, const scale *s,
                             snnfe_status status, snnfe_population *result)
{
    snnfe_population made = {.struct_size = sizeof made, .distribution = s->distribution};
    if (status == SNNFE_OK)
        status = estimate_all(devices, n, &made);
    release_devices(devices, n);
    if (status == SNNFE_OK)
        snnfe_info_give(result, &made, sizeof made);
    return status;
}

static snnfe_status population_characterize(const double *const *voltage,
                                            const double *const *conductance, const size_t *n,
                                            size_t n_devices, const scale *s,
                                            snnfe_population *result)
{
    static const char call[] = "snnfe_population_characterize";
    SNNFE_TRY(snnfe_check_pointer(call, "voltage", voltage));
    SNNFE_TRY(snnfe_check_pointer(call, "conductance", conductance));
    SNNFE_TRY(snnfe_check_pointer(call, "n", n));
    SNNFE_TRY(snnfe_info_check(call, "result", result, sizeof *result));
    SNNFE_TRY(check_scale(call, s, n_devices));
    snnfe_measured_device *devices = snnfe_alloc(n_devices, sizeof *devices);
    snnfe_status status = devices ? SNNFE_OK : SNNFE_ERR_MEMORY;
    for (size_t i = 0; status == SNNFE_OK && i < n_devices; i++) {
        if (!voltage[i] || !conductance[i])
            status = snnfe_fail(SNNFE_ERR_ARGUMENT, "%s is NULL",
                                voltage[i] ? "conductance" : "voltage");
        if (status == SNNFE_OK)
            status = fit_device(s, voltage[i], conductance[i], n[i], &devices[i]);
        if (status != SNNFE_OK)
            status = snnfe_fail_prefix(status, "device %zu", i);
    }
    return conclude(devices, n_devices, s, status, result);
}

snnfe_status snnfe_population_characterize(const double *const *voltage,
                                           const double *const *conductance, const size_t *n,
                                           size_t n_devices, int32_t distribution, double lowest_s,
                                           double highest_s, snnfe_population *result)
{
    const scale s = {distribution, lowest_s, highest_s};
    SNNFE_RETURN_COMPUTED(population_characterize(voltage, conductance, n, n_devices, &s, result));
}

static snnfe_status fit_file(const scale *s, const char *path, snnfe_measured_device *device)
{
    double *voltage = NULL, *conductance = NULL;
    size_t n = 0;
    snnfe_status status = snnfe_instrument_file_read(path, &voltage, &conductance, &n);
    if (status == SNNFE_OK) {
        status = fit_device(s, voltage, conductance, n, device);
        if (status != SNNFE_OK)
            status = snnfe_fail_prefix(status, "%s", path);
    }
    snnfe_release(voltage);
    snnfe_release(conductance);
    return status;
}

static snnfe_status population_characterize_files(const char *const *paths, size_t n_devices,
                                                  const scale *s, snnfe_population *result)
{
    static const char call[] = "snnfe_population_characterize_files";
    SNNFE_TRY(snnfe_check_pointer(call, "paths", paths));
    SNNFE_TRY(snnfe_info_check(call, "result", result, sizeof *result));
    SNNFE_TRY(check_scale(call, s, n_devices));
    snnfe_measured_device *devices = snnfe_alloc(n_devices, sizeof *devices);
    snnfe_status status = devices ? SNNFE_OK : SNNFE_ERR_MEMORY;
    for (size_t i = 0; status == SNNFE_OK && i < n_devices; i++)
        status = paths[i] ? fit_file(s, paths[i], &devices[i])
                          : snnfe_fail(SNNFE_ERR_ARGUMENT, "%s: paths[%zu] is NULL", call, i);
    return conclude(devices, n_devices, s, status, result);
}

snnfe_status snnfe_population_characterize_files(const char *const *paths, size_t n_devices,
                                                 int32_t distribution, double lowest_s,
                                                 double highest_s, snnfe_population *result)
{
    const scale s = {distribution, lowest_s, highest_s};
    SNNFE_RETURN_COMPUTED(population_characterize_files(paths, n_devices, &s, result));
}

/* --- options --------------------------------------------------------------------------------- */

static double mean_of(const snnfe_estimate pair[2])
{
    return (pair[SNNFE_LTP].value + pair[SNNFE_LTD].value) / 2;
}

snnfe_status snnfe_population_take(const snnfe_population *population,
                                   snnfe_device_options *options, snnfe_cells_options *cells)
{
    static const char call[] = "snnfe_population_take";
    static const snnfe_population none = {.struct_size = sizeof none};
    SNNFE_TRY(snnfe_check_pointer(call, "population", population));
    SNNFE_TRY(snnfe_info_check(call, "options", options, sizeof *options));
    SNNFE_TRY(snnfe_info_check(call, "cells", cells, sizeof *cells));
    snnfe_population p;
    SNNFE_TRY(snnfe_options_adopt(&p, &none, sizeof p, population, "snnfe_population"));
    snnfe_device_options device = {.struct_size = sizeof device};
    snnfe_cells_options spread = {.struct_size = sizeof spread};
    memcpy(&device, options,
           options->struct_size < sizeof device ? options->struct_size : sizeof device);
    memcpy(&spread, cells, cells->struct_size < sizeof spread ? cells->struct_size : sizeof spread);
    device.response = SNNFE_RESPONSE_BETA;
    for (int d = 0; d < 2; d++) {
        device.amplitude[d] = p.amplitude[d].value;
        device.alpha[d] = p.alpha[d].value;
        device.beta[d] = p.beta[d].value;
    }
    device.rsd_c2c = p.rsd_c2c.value;
    device.rsd_c2c_state = p.rsd_c2c_state.value;
    device.c2c_distribution = p.c2c_distribution;
    spread.distribution = p.distribution;
    spread.spread_amplitude = mean_of(p.spread_amplitude);
    spread.spread_alpha = mean_of(p.spread_alpha);
    spread.spread_beta = mean_of(p.spread_beta);
    spread.correlation = p.correlation.value;
    snnfe_info_give(options, &device, sizeof device);
    snnfe_info_give(cells, &spread, sizeof spread);
    return SNNFE_OK;
}
