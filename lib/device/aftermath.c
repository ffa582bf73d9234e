/* What time and reading do to programmed weights (docs/spec.md 5.6). */
#include "base/check.h"
#include "base/floating.h"
#include "base/memory.h"
#include "base/philox.h"
#include "device/device_internal.h"

#include <math.h>

#define MOST_SECONDS 1e18

static snnfe_status check_weights(const char *call, const float *weights, size_t n, double bound,
                                  uint64_t first)
{
    SNNFE_TRY(snnfe_check_scale(call, "bound", bound));
    SNNFE_TRY(snnfe_synapses_check(call, first, n));
    return snnfe_values_check(call, "weights", weights, n);
}

/* --- time ------------------------------------------------------------------------------------ */

/* What is left at `to` of a distance from the rest state at `from`. */
static double left_over(const snnfe_cells_options *o, double tau, double from, double to)
{
    const double exponent = o->retention_exponent;
    if (o->retention == SNNFE_RETENTION_POWER)
        return pow((1 + from / tau) / (1 + to / tau), exponent);
    const double since = pow(to / tau, exponent);
    return isfinite(since) ? exp(pow(from / tau, exponent) - since) : 0;
}

snnfe_status snnfe_age_check(const char *call, const snnfe_device *device, double from_s,
                             double to_s, uint64_t readings)
{
    SNNFE_TRY(snnfe_check_number(call, "from_s", from_s, 0, MOST_SECONDS));
    SNNFE_TRY(snnfe_check_number(call, "to_s", to_s, 0, MOST_SECONDS));
    if (to_s < from_s)
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "%s: time runs backwards, from %g s to %g s", call,
                          from_s, to_s);
    if (to_s > from_s && device->cells.retention == SNNFE_RETENTION_NONE)
        return snnfe_fail(SNNFE_ERR_ARGUMENT,
                          "%s: to_s is %g, but this device's cells lose nothing with time "
                          "(retention)",
                          call, to_s);
    if (readings > 0 && !(device->cells.read_disturb > 0))
        return snnfe_fail(SNNFE_ERR_ARGUMENT,
                          "%s: readings is %llu, but none disturbs this device's cells "
                          "(read_disturb)",
                          call, (unsigned long long)readings);
    return SNNFE_OK;
}

/* A weight towards a place of its cell's window: `left` of the distance stays. Stuck cells do not.
 */
static float towards(float weight, const snnfe_cell *cell, double bound, double place, double left)
{
    const double low = (double)cell->low, high = (double)cell->high;
    const double rest = bound * (2 * (low + place * (high - low)) - 1);
    return cell->low < cell->high ? (float)(rest + ((double)weight - rest) * left) : weight;
}

static snnfe_cell cell_in_time(const snnfe_device *device, uint32_t synapse)
{
    const bool alike = !device->differ && !(device->cells.retention_spread > 0);
    return alike ? snnfe_nominal_cell : snnfe_cell_draw(&device->cells, synapse);
}

static void lose(const snnfe_device *device, float *weights, size_t n, double bound, uint64_t first,
                 double from_s, double to_s)
{
    const snnfe_cells_options *o = &device->cells;
    if (!(to_s > from_s))
        return;
    const double common = left_over(o, o->retention_s, from_s, to_s);
    for (size_t i = 0; i < n; i++) {
        const snnfe_cell cell = cell_in_time(device, (uint32_t)(first + i));
        const double left =
            o->retention_spread > 0 ? left_over(o, (double)cell.retention_s, from_s, to_s) : common;
        weights[i] = towards(weights[i], &cell, bound, o->retention_rest, left);
    }
}

static void disturb(const snnfe_device *device, float *weights, size_t n, double bound,
                    uint64_t first, uint64_t readings)
{
    const snnfe_cells_options *o = &device->cells;
    if (readings == 0)
        return;
    const double left = exp((double)readings * log1p(-o->read_disturb));
    for (size_t i = 0; i < n; i++) {
        const snnfe_cell cell = cell_in_time(device, (uint32_t)(first + i));
        weights[i] = towards(weights[i], &cell, bound, o->read_disturb_rest, left);
    }
}

void snnfe_age_values(const snnfe_device *device, float *weights, size_t n, double bound,
                      uint64_t first, double from_s, double to_s, uint64_t readings)
{
    lose(device, weights, n, bound, first, from_s, to_s);
    disturb(device, weights, n, bound, first, readings);
}

static snnfe_status device_age(const snnfe_device *device, float *weights, size_t n, double bound,
                               uint64_t first, double from_s, double to_s, uint64_t readings)
{
    static const char call[] = "snnfe_device_age";
    SNNFE_TRY(snnfe_check_pointer(call, "device", device));
    SNNFE_TRY(check_weights(call, weights, n, bound, first));
    SNNFE_TRY(snnfe_age_check(call, device, from_s, to_s, readings));
    snnfe_age_values(device, weights, n, bound, first, from_s, to_s, readings);
    return SNNFE_OK;
}

snnfe_status snnfe_device_age(const snnfe_device *device, float *weights, size_t n, double bound,
                              uint64_t first, double from_s, double to_s, uint64_t readings)
{
    SNNFE_RETURN_COMPUTED(device_age(device, weights, n, bound, first, from_s, to_s, readings));
}

/* --- reading --------------------------------------------------------------------------------- */

static double conductance_of(float weight, double bound)
{
    return ((double)weight + bound) / (2 * bound);
}

/* A column as seen from one of its cells, away from where the current is sensed: what it conducts
   together with the cells behind it, and the logarithm of the share of the voltage at the column's
   end that it has. */
typedef struct ladder {
    double wire, conducts, log_share;
} ladder;

/* The next cell towards the end: what is behind is in series with a piece of wire. */
static void climb(ladder *l, double w)
{
    l->conducts = fmax(w, 0) + l->conducts / (1 + l->wire * l->conducts);
}

/* The piece of wire before it takes its part, too. */
static void pass_wire(ladder *l)
{
    l->log_share += log1p(l->wire * l->conducts);
}

/* By Kirchhoff's laws, for the column and for the reference column, whose cells are at ½. */
static void drop_along(float *weights, size_t n, double bound, double wire)
{
    ladder column = {.wire = wire}, reference = {.wire = wire};
    for (size_t i = n; i-- > 0;) {
        climb(&column, conductance_of(weights[i], bound));
        climb(&reference, 0.5);
        pass_wire(&column);
        pass_wire(&reference);
    }
    /* Once more from the far cell, whose share is known now. */
    column = (ladder){wire, 0, -column.log_share};
    reference = (ladder){wire, 0, -reference.log_share};
    for (size_t i = n; i-- > 0;) {
        const double w = conductance_of(weights[i], bound);
        climb(&column, w);
        climb(&reference, 0.5);
        const double read = w * exp(column.log_share) + 0.5 * (1 - exp(reference.log_share));
        weights[i] = (float)(bound * (2 * read - 1));
        pass_wire(&column);
        pass_wire(&reference);
    }
}

/* The reference cell of a row is off ½ by the same in all columns. */
static void subtract_reference(const snnfe_cells_options *o, float *weights, size_t n,
                               size_t column, double bound, uint64_t first)
{
    for (size_t row = 0; row < column; row++) {
        snnfe_stream stream = snnfe_stream_make(o->array, SNNFE_STREAM_REFERENCE, first + row);
        const double off = 2 * bound * o->reference_spread * snnfe_stream_normal(&stream);
        for (size_t i = row; i < n; i += column)
            weights[i] = (float)((double)weights[i] - off);
    }
}

static double convert(const snnfe_cells_options *o, double w)
{
    const double range = o->adc_high - o->adc_low;
    const double most = (double)((UINT32_C(1) << o->adc_bits) - 1);
    const double code = floor((w - o->adc_low) / range * most + 0.5);
    return o->adc_low + fmin(fmax(code, 0), most) / most * range;
}

static float read_one(const snnfe_cells_options *o, float weight, double bound, uint32_t synapse,
                      uint64_t seed)
{
    double w = conductance_of(weight, bound);
    if (o->read_noise > 0 || o->read_noise_state > 0) {
        snnfe_stream stream = snnfe_stream_make(seed, SNNFE_STREAM_READ, synapse);
        w += (o->read_noise + o->read_noise_state * fmax(w, 0)) * snnfe_stream_normal(&stream);
    }
    if (o->adc_bits > 0)
        w = convert(o, w);
    return (float)(bound * (2 * w - 1));
}

snnfe_status snnfe_read_check(const char *call, const snnfe_device *device, bool in_network)
{
    const snnfe_cells_options *o = &device->cells;
    if (o->read_noise > 0 || o->read_noise_state > 0 || o->reference_spread > 0 || o->wire > 0 ||
        o->adc_bits > 0 || (in_network && o->column_bits > 0))
        return SNNFE_OK;
    return snnfe_fail(SNNFE_ERR_ARGUMENT,
                      "%s: this device's cells are read as they are (no read_noise, "
                      "read_noise_state, adc_bits, %swire or reference_spread)",
                      call, in_network ? "column_bits, " : "");
}

void snnfe_read_values(const snnfe_device *device, float *weights, size_t n, size_t column,
                       double bound, uint64_t first, uint64_t seed)
{
    const snnfe_cells_options *o = &device->cells;
    for (size_t begin = 0; o->wire > 0 && begin < n; begin += column)
        drop_along(weights + begin, column, bound, o->wire);
    if (o->reference_spread > 0)
        subtract_reference(o, weights, n, column, bound, first);
    if (!(o->read_noise > 0) && !(o->read_noise_state > 0) && o->adc_bits == 0)
        return;
    for (size_t i = 0; i < n; i++)
        weights[i] = read_one(o, weights[i], bound, (uint32_t)(first + i), seed);
}

static snnfe_status device_read(const snnfe_device *device, float *weights, size_t n, size_t column,
                                double bound, uint64_t first, uint64_t seed)
{
    static const char call[] = "snnfe_device_read";
    SNNFE_TRY(snnfe_check_pointer(call, "device", device));
    SNNFE_TRY(check_weights(call, weights, n, bound, first));
    if (column == 0 || n % column != 0)
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "%s: %zu weights are no columns of %zu", call, n,
                          column);
    SNNFE_TRY(snnfe_read_check(call, device, false));
    snnfe_read_values(device, weights, n, column, bound, first, seed);
    return SNNFE_OK;
}

snnfe_status snnfe_device_read(const snnfe_device *device, float *weights, size_t n, size_t column,
                               double bound, uint64_t first, uint64_t seed)
{
    SNNFE_RETURN_COMPUTED(device_read(device, weights, n, column, bound, first, seed));
}
