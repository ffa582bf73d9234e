/* From a measurement's samples to a device: cycles, normalized pairs, fit and spread (docs/spec.md
 * 5). */
#include "base/check.h"
#include "base/floating.h"
#include "base/memory.h"
#include "base/options.h"
#include "device/device_internal.h"
#include "device/population_internal.h"

#include <math.h>
#include <string.h>

void snnfe_measured_points_release(snnfe_measured_points *points)
{
    if (!points)
        return;
    for (int d = 0; d < 2; d++) {
        snnfe_release(points->w[d]);
        snnfe_release(points->dw[d]);
    }
    *points = (snnfe_measured_points){0};
}

/* Samples [begin, end) between two boundaries. */
typedef struct cycle_range {
    size_t begin, end;
} cycle_range;

static bool is_boundary(const double *voltage, size_t i)
{
    return voltage[i - 1] > 0 && voltage[i] < 0;
}

/* Whole cycles, with the ranges in `ranges` unless that is NULL. */
static size_t find_cycles(const double *voltage, size_t n, cycle_range *ranges)
{
    size_t n_cycles = 0, last = 0;
    bool begun = false;
    for (size_t i = 1; i < n; i++) {
        if (!is_boundary(voltage, i))
            continue;
        if (begun) {
            if (ranges)
                ranges[n_cycles] = (cycle_range){last, i};
            n_cycles++;
        }
        begun = true;
        last = i;
    }
    return n_cycles;
}

static snnfe_status normalize(const double *conductance, const cycle_range *range, size_t number,
                              double *w)
{
    double least = conductance[range->begin], most = least;
    for (size_t i = range->begin; i < range->end; i++) {
        least = fmin(least, conductance[i]);
        most = fmax(most, conductance[i]);
    }
    if (!(most > least))
        return snnfe_fail(SNNFE_ERR_FORMAT, "cycle %zu: the conductance is %g throughout", number,
                          least);
    for (size_t i = range->begin; i < range->end; i++)
        w[i - range->begin] = (conductance[i] - least) / (most - least);
    return SNNFE_OK;
}

/* The pair of sample i: its conductance, and the change to the next sample of the same sign. */
static snnfe_status make_points(const double *voltage, const double *conductance,
                                const cycle_range *range, size_t number,
                                snnfe_measured_points *points)
{
    const size_t n = range->end - range->begin;
    double *w = snnfe_alloc(n, sizeof *w);
    for (int d = 0; d < 2; d++) {
        points->w[d] = snnfe_alloc(n, sizeof(double));
        points->dw[d] = snnfe_alloc(n, sizeof(double));
    }
    snnfe_status status = w && points->w[0] && points->dw[0] && points->w[1] && points->dw[1]
                              ? normalize(conductance, range, number, w)
                              : SNNFE_ERR_MEMORY;
    for (int32_t d = 0; status == SNNFE_OK && d < 2; d++) {
        double before = NAN;
        for (size_t i = 0; i < n; i++) {
            const double v = voltage[range->begin + i];
            if (d == SNNFE_LTP ? v >= 0 : v <= 0)
                continue;
            if (!isnan(before)) {
                points->w[d][points->n[d]] = before;
                points->dw[d][points->n[d]++] = w[i] - before;
            }
            before = w[i];
        }
        if (points->n[d] < 4)
            status = snnfe_fail(SNNFE_ERR_FORMAT, "cycle %zu: has %zu %s pulses, 5 are needed",
                                number, points->n[d] + 1, d == SNNFE_LTP ? "LTP" : "LTD");
    }
    snnfe_release(w);
    return status;
}

/* Amplitude that fits a cycle best while the exponents stay. */
static double cycle_amplitude(const snnfe_measured_points *points, int32_t d,
                              const snnfe_characterization *result)
{
    double products = 0, squares = 0;
    for (size_t i = 0; i < points->n[d]; i++) {
        const double w =
            fmin(fmax(points->w[d][i], SNNFE_LEAST_CONDUCTANCE), SNNFE_MOST_CONDUCTANCE);
        const double shape = pow(w, result->alpha[d] - 1) * pow(1 - w, result->beta[d] - 1);
        products += shape * (d == SNNFE_LTP ? points->dw[d][i] : -points->dw[d][i]);
        squares += shape * shape;
    }
    return products / squares;
}

/* Cycles that cannot be used (no spread, too few pulses) are left out. */
static snnfe_status estimate_spread(const double *voltage, const double *conductance,
                                    const cycle_range *ranges, size_t n_cycles,
                                    snnfe_characterization *result)
{
    double sum[2] = {0}, squares[2] = {0};
    size_t n = 0;
    for (size_t k = 0; k < n_cycles; k++) {
        snnfe_measured_points points = {0};
        const snnfe_status status = make_points(voltage, conductance, &ranges[k], k + 1, &points);
        for (int32_t d = 0; status == SNNFE_OK && d < 2; d++) {
            const double amplitude = cycle_amplitude(&points, d, result);
            sum[d] += amplitude;
            squares[d] += amplitude * amplitude;
        }
        n += status == SNNFE_OK;
        snnfe_measured_points_release(&points);
        if (status == SNNFE_ERR_MEMORY)
            return status;
    }
    result->n_cycles = (uint32_t)n;
    for (int d = 0; d < 2; d++) {
        const double count = (double)n, mean = sum[d] / count;
        const double variance = n > 1 ? (squares[d] - count * mean * mean) / (count - 1) : 0;
        result->rsd_c2c[d] = variance > 0 && mean > 0 ? sqrt(variance) / mean : 0;
    }
    return SNNFE_OK;
}

static snnfe_status characterize(const double *voltage, const double *conductance,
                                 const cycle_range *ranges, size_t n_cycles, uint32_t cycle,
                                 snnfe_characterization *result, snnfe_measured_points *points)
{
    SNNFE_TRY(make_points(voltage, conductance, &ranges[cycle - 1], cycle, points));
    for (int32_t d = 0; d < 2; d++)
        SNNFE_TRY(snnfe_device_fit(d, points->w[d], points->dw[d], points->n[d], result));
    return estimate_spread(voltage, conductance, ranges, n_cycles, result);
}

snnfe_status snnfe_samples_check(const char *call, const double *voltage, const double *conductance,
                                 size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(voltage[i]) || !isfinite(conductance[i]))
            return snnfe_fail(SNNFE_ERR_NONFINITE, "%s: sample %zu: %g V, %g S", call, i,
                              voltage[i], conductance[i]);
        if (!(conductance[i] > 0))
            return snnfe_fail(SNNFE_ERR_ARGUMENT, "%s: conductance %zu is %g, not above 0", call, i,
                              conductance[i]);
        if (fabs(voltage[i]) >= SNNFE_OVER_RANGE || conductance[i] >= SNNFE_OVER_RANGE ||
            1 / conductance[i] >= SNNFE_OVER_RANGE)
            return snnfe_fail(SNNFE_ERR_ARGUMENT,
                              "%s: sample %zu: %g V, %g S: an instrument's code for what it could "
                              "not measure",
                              call, i, voltage[i], conductance[i]);
    }
    return SNNFE_OK;
}

static snnfe_status device_characterize(const double *voltage, const double *conductance, size_t n,
                                        uint32_t cycle, snnfe_characterization *result,
                                        snnfe_measured_points *points)
{
    static const char call[] = "snnfe_device_characterize";
    SNNFE_TRY(snnfe_check_pointer(call, "voltage", voltage));
    SNNFE_TRY(snnfe_check_pointer(call, "conductance", conductance));
    SNNFE_TRY(snnfe_info_check(call, "result", result, sizeof *result));
    SNNFE_TRY(snnfe_check_count(call, "cycle", cycle, 1, UINT64_MAX));
    SNNFE_TRY(snnfe_samples_check(call, voltage, conductance, n));
    const size_t n_cycles = find_cycles(voltage, n, NULL);
    if (cycle > n_cycles)
        return snnfe_fail(SNNFE_ERR_NOT_FOUND,
                          "there are %zu whole cycles (from one change of the write voltage from "
                          "positive to negative to the next), but cycle %u is wanted",
                          n_cycles, (unsigned)cycle);
    cycle_range *ranges = snnfe_alloc(n_cycles, sizeof *ranges);
    if (!ranges)
        return SNNFE_ERR_MEMORY;
    find_cycles(voltage, n, ranges);
    snnfe_measured_points found = {0};
    snnfe_characterization made = {.struct_size = sizeof made};
    const snnfe_status status =
        characterize(voltage, conductance, ranges, n_cycles, cycle, &made, &found);
    snnfe_release(ranges);
    if (status == SNNFE_OK)
        snnfe_info_give(result, &made, sizeof made);
    if (status == SNNFE_OK && points)
        *points = found;
    else
        snnfe_measured_points_release(&found);
    return status;
}

snnfe_status snnfe_device_characterize(const double *voltage, const double *conductance, size_t n,
                                       uint32_t cycle, snnfe_characterization *result,
                                       snnfe_measured_points *points)
{
    SNNFE_RETURN_COMPUTED(device_characterize(voltage, conductance, n, cycle, result, points));
}
