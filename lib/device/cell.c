/* One cell: drawn from the array's number, and what its pulses made of it. */
#include "base/check.h"
#include "base/floating.h"
#include "base/options.h"
#include "base/philox.h"
#include "device/cells_internal.h"
#include "device/device_internal.h"

#include <float.h>
#include <math.h>

/* Of what differs between cells, each has numbers of its own: that one spread is 0 does not change
   what another draws. Values are part of what an array means: never renumber. */
enum {
    PART_AMPLITUDE = 0,
    PART_ALPHA = 1,
    PART_BETA = 2,
    PART_WINDOW = 3,
    PART_STUCK = 4,
    PART_ENDURANCE = 5,
    PART_RETENTION = 6
};

#define LEAST_FACTOR 0.01
#define MOST_DRAWS 10000 /* a pair within 0.1 standard deviations comes in 160 on average */

const snnfe_cell snnfe_nominal_cell = {.amplitude = {1, 1},
                                       .alpha = {1, 1},
                                       .beta = {1, 1},
                                       .low = 0,
                                       .high = 1,
                                       .endurance = INFINITY,
                                       .retention_s = 1};

static snnfe_stream stream_of(const snnfe_cells_options *o, uint32_t synapse, uint64_t part)
{
    return snnfe_stream_make(o->array, SNNFE_STREAM_CELLS, (part << 32) | synapse);
}

double snnfe_lognormal_factor(double spread, double z)
{
    const double variance = log1p(spread * spread);
    return exp(sqrt(variance) * z - variance / 2);
}

static double factor(const snnfe_cells_options *o, double spread, double z)
{
    const double drawn = o->distribution == SNNFE_SPREAD_LOGNORMAL
                             ? snnfe_lognormal_factor(spread, z)
                             : 1 + spread * z;
    return fmax(drawn, LEAST_FACTOR);
}

/* Two correlated normal numbers, both within the truncation. */
static void draw_pair(const snnfe_cells_options *o, uint32_t synapse, uint64_t part,
                      double correlation, double z[2])
{
    snnfe_stream stream = stream_of(o, synapse, part);
    const double rest = sqrt(fmax(1 - correlation * correlation, 0));
    for (int i = 0; i < MOST_DRAWS; i++) {
        z[0] = snnfe_stream_normal(&stream);
        z[1] = correlation * z[0] + rest * snnfe_stream_normal(&stream);
        if (fabs(z[0]) <= o->truncation && fabs(z[1]) <= o->truncation)
            return;
    }
    z[0] = z[1] = 0;
}

static void draw_factors(const snnfe_cells_options *o, uint32_t synapse, uint64_t part,
                         double spread, float factors[2])
{
    if (!(spread > 0))
        return;
    double z[2];
    draw_pair(o, synapse, part, o->correlation, z);
    for (int d = 0; d < 2; d++)
        factors[d] = (float)factor(o, spread, z[d]);
}

static double draw_lognormal(const snnfe_cells_options *o, uint32_t synapse, uint64_t part,
                             double spread)
{
    if (!(spread > 0))
        return 1;
    double z[2];
    draw_pair(o, synapse, part, 0, z);
    return snnfe_lognormal_factor(spread, z[0]);
}

static void draw_window(const snnfe_cells_options *o, uint32_t synapse, snnfe_cell *cell)
{
    if (!(o->spread_window > 0))
        return;
    double z[2];
    draw_pair(o, synapse, PART_WINDOW, 0, z);
    cell->low = (float)(0.5 - 0.5 * fmin(factor(o, o->spread_window, z[0]), 1));
    cell->high = (float)(0.5 + 0.5 * fmin(factor(o, o->spread_window, z[1]), 1));
}

/* A stuck cell is one whose window is a point. */
static void draw_stuck(const snnfe_cells_options *o, uint32_t synapse, snnfe_cell *cell)
{
    const double stuck = o->stuck_low + o->stuck_high + o->stuck_anywhere;
    if (!(stuck > 0))
        return;
    snnfe_stream stream = stream_of(o, synapse, PART_STUCK);
    const double share = snnfe_stream_double(&stream);
    if (share < o->stuck_low)
        cell->high = cell->low = 0;
    else if (share < o->stuck_low + o->stuck_high)
        cell->low = cell->high = 1;
    else if (share < stuck)
        cell->low = cell->high = snnfe_stream_float(&stream);
}

snnfe_cell snnfe_cell_draw(const snnfe_cells_options *o, uint32_t synapse)
{
    snnfe_cell cell = snnfe_nominal_cell;
    draw_factors(o, synapse, PART_AMPLITUDE, o->spread_amplitude, cell.amplitude);
    draw_factors(o, synapse, PART_ALPHA, o->spread_alpha, cell.alpha);
    draw_factors(o, synapse, PART_BETA, o->spread_beta, cell.beta);
    draw_window(o, synapse, &cell);
    draw_stuck(o, synapse, &cell);
    if (o->endurance > 0)
        cell.endurance = (float)fmin(
            o->endurance * draw_lognormal(o, synapse, PART_ENDURANCE, o->endurance_spread),
            FLT_MAX);
    cell.retention_s = (float)fmin(
        fmax(o->retention_s * draw_lognormal(o, synapse, PART_RETENTION, o->retention_spread),
             1e-30),
        FLT_MAX);
    return cell;
}

/* Linear in ln(1 + pulses) between the points, constant beyond them. */
static double table_factor(const snnfe_cells_options *o, double pulses)
{
    size_t low = 0, high = o->n_aging - 1;
    if (pulses <= o->aging_pulses[low])
        return o->aging_factors[low];
    if (pulses >= o->aging_pulses[high])
        return o->aging_factors[high];
    while (high - low > 1) {
        const size_t middle = low + (high - low) / 2;
        if (o->aging_pulses[middle] <= pulses)
            low = middle;
        else
            high = middle;
    }
    const double begin = log1p(o->aging_pulses[low]), end = log1p(o->aging_pulses[high]);
    const double share = end > begin ? (log1p(pulses) - begin) / (end - begin) : 0;
    return o->aging_factors[low] + share * (o->aging_factors[high] - o->aging_factors[low]);
}

double snnfe_aging_factor(const snnfe_cells_options *o, double pulses)
{
    double value = 1;
    if (o->wakeup_pulses > 0)
        value *= 1 - (1 - o->wakeup_start) * exp(-pulses / o->wakeup_pulses);
    if (o->fatigue_pulses > 0)
        value *= o->fatigue_end +
                 (1 - o->fatigue_end) * exp(-pow(pulses / o->fatigue_pulses, o->fatigue_exponent));
    if (o->n_aging > 0)
        value *= table_factor(o, pulses);
    return value;
}

double snnfe_imprint_of(const snnfe_cells_options *o, const snnfe_cell *cell, double w)
{
    const double low = (double)cell->low, range = (double)cell->high - low;
    if (!snnfe_cells_imprint(o) || !(range > 0))
        return 0;
    const double side = 2 * fmin(fmax((w - low) / range, 0), 1) - 1;
    return fmin(fmax(o->imprint * log1p(o->held_s / o->imprint_s) * side, -1), 1);
}

static snnfe_status device_cells(const snnfe_device *device, uint64_t first, size_t n,
                                 snnfe_cell *cells, size_t size)
{
    static const char call[] = "snnfe_device_cells";
    SNNFE_TRY(snnfe_check_pointer(call, "device", device));
    SNNFE_TRY(snnfe_check_array(call, "cells", cells, n));
    SNNFE_TRY(snnfe_rows_check(call, size, sizeof *cells));
    SNNFE_TRY(snnfe_synapses_check(call, first, n));
    for (size_t i = 0; i < n; i++) {
        const snnfe_cell cell = snnfe_cell_draw(&device->cells, (uint32_t)(first + i));
        snnfe_row_give(cells, size, i, &cell, sizeof cell);
    }
    return SNNFE_OK;
}

snnfe_status snnfe_device_cells(const snnfe_device *device, uint64_t first, size_t n,
                                snnfe_cell *cells, size_t size)
{
    SNNFE_RETURN_COMPUTED(device_cells(device, first, n, cells, size));
}
