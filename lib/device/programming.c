/* Weights in layers' own units: quantization, programming noise and the device-aware step
 * (docs/spec.md 5).
 */
#include "base/check.h"
#include "base/floating.h"
#include "base/options.h"
#include "base/philox.h"
#include "device/device_internal.h"
#include "kernels/kernels.h"

#include <math.h>

#define MAX_STREAM (UINT64_C(1) << 48)
#define MOST_CROSSINGS 0x1p40F /* of one synapse in one step */

snnfe_status snnfe_check_scale(const char *place, const char *name, double value)
{
    return snnfe_check_number(place, name, value, 1 / SNNFE_MOST_NUMBER, SNNFE_MOST_NUMBER);
}

snnfe_status snnfe_values_check(const char *call, const char *name, const float *values, size_t n)
{
    SNNFE_TRY(snnfe_check_array(call, name, values, n));
    for (size_t i = 0; i < n; i++)
        if (!isfinite(values[i]))
            return snnfe_fail(SNNFE_ERR_NONFINITE, "%s: %s[%zu] is %g", call, name, i,
                              (double)values[i]);
    return SNNFE_OK;
}

static snnfe_status check_levels(const char *call, uint32_t levels)
{
    if (levels < 2 || levels > 65536 || levels % 2 != 0)
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "%s: levels is %u, not even and in 2…65536", call,
                          (unsigned)levels);
    return SNNFE_OK;
}

double snnfe_level_step(double bound, uint32_t levels)
{
    const uint32_t n_steps = (levels - 2) / 2 + 1;
    return bound / (double)n_steps;
}

void snnfe_quantize_values(float *weights, size_t n, float step)
{
    for (size_t i = 0; i < n; i++) {
        const float steps = fabsf(weights[i]) / step;
        if (steps < 0x1p23F) /* beyond it, neighboring floats are further apart than steps */
            weights[i] = copysignf(floorf(steps + 0.5F) * step, weights[i]);
    }
}

void snnfe_clamp_values(float *weights, size_t n, float bound)
{
    for (size_t i = 0; i < n; i++) {
        const float w = weights[i];
        weights[i] = w > bound ? bound : w < -bound ? -bound : w;
    }
}

static snnfe_status quantize(float *weights, size_t n, double bound, uint32_t levels)
{
    static const char call[] = "snnfe_quantize";
    SNNFE_TRY(check_levels(call, levels));
    SNNFE_TRY(snnfe_check_scale("snnfe_quantize", "bound", bound));
    SNNFE_TRY(snnfe_values_check(call, "weights", weights, n));
    snnfe_quantize_values(weights, n, (float)snnfe_level_step(bound, levels));
    return SNNFE_OK;
}

snnfe_status snnfe_quantize(float *weights, size_t n, double bound, uint32_t levels)
{
    SNNFE_RETURN_COMPUTED(quantize(weights, n, bound, levels));
}

static double mean_magnitude(const float *weights, size_t n)
{
    double sum = 0;
    size_t n_nonzero = 0;
    for (size_t i = 0; i < n; i++) {
        sum += fabs((double)weights[i]);
        n_nonzero += weights[i] < 0 || weights[i] > 0;
    }
    return n_nonzero > 0 ? sum / (double)n_nonzero : 0;
}

static snnfe_status programming_noise(float *weights, size_t n, double bound, double x,
                                      uint64_t seed, uint64_t stream)
{
    static const char call[] = "snnfe_programming_noise";
    SNNFE_TRY(snnfe_check_scale("snnfe_programming_noise", "bound", bound));
    SNNFE_TRY(snnfe_check_scale("snnfe_programming_noise", "x", x));
    SNNFE_TRY(snnfe_values_check(call, "weights", weights, n));
    if (stream >= MAX_STREAM)
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "%s: stream is %llu, not below 2^48", call,
                          (unsigned long long)stream);
    const double sigma = mean_magnitude(weights, n) / x;
    snnfe_stream noise = snnfe_stream_make(seed, SNNFE_STREAM_DEVICE, stream);
    for (size_t i = 0; i < n; i++) {
        const double moved = (double)weights[i] + sigma * snnfe_stream_normal(&noise);
        weights[i] = (float)fmin(fmax(moved, -bound), bound);
    }
    return SNNFE_OK;
}

snnfe_status snnfe_programming_noise(float *weights, size_t n, double bound, double x,
                                     uint64_t seed, uint64_t stream)
{
    SNNFE_RETURN_COMPUTED(programming_noise(weights, n, bound, x, seed, stream));
}

/* --- the device-aware step ------------------------------------------------------------------ */

static const snnfe_device_step_options default_options = {
    .struct_size = sizeof(snnfe_device_step_options),
    .threshold = 0.025,
    .threshold_asymmetry = 1,
    .bound = 0.0625,
    .seed = 5,
};

snnfe_status snnfe_device_step_options_init(snnfe_device_step_options *options, size_t size)
{
    return snnfe_options_fill(options, size, &default_options, sizeof default_options,
                              "snnfe_device_step_options");
}

snnfe_programming snnfe_programming_make(const snnfe_device *device,
                                         const snnfe_device_step_options *o)
{
    const double range = 2 * o->bound;
    return (snnfe_programming){.device = device,
                               .bound = o->bound,
                               .ltp_unit = (float)(o->threshold * range),
                               .ltd_unit = (float)(o->threshold * o->threshold_asymmetry * range),
                               .level_step =
                                   o->levels ? (float)snnfe_level_step(o->bound, o->levels) : 0,
                               .history = o->histories,
                               .imprint = o->imprints,
                               .seed = o->seed,
                               .step = o->step};
}

/* One pulse on weight i of an array: `direction` from the weight before the step. */
static float pulse_weight(const snnfe_programming *p, size_t i, int32_t direction, float weight,
                          double pulses_before, uint32_t synapse)
{
    const double range = 2 * p->bound, w = ((double)weight + p->bound) / range;
    const snnfe_pulse pulse = {.device = p->device,
                               .cell = p->cells.cells ? &p->cells.cells[i] : &snnfe_nominal_cell,
                               .pulses_before = pulses_before,
                               .imprint = p->imprint ? (double)p->imprint[i] : 0,
                               .history = p->history ? &p->history[i] : NULL,
                               .seed = p->seed,
                               .number = p->step,
                               .synapse = synapse,
                               .direction = direction};
    const double change = range * snnfe_noisy_change(&pulse, w);
    const double moved = direction == SNNFE_LTP ? (double)weight + change : (double)weight - change;
    return (float)fmin(fmax(moved, -p->bound), p->bound);
}

static float between(float value, float low, float high)
{
    return value > high ? high : value < low ? low : value;
}

/* One pulse for what has accumulated at weight i; counts crossings. */
static void pulse_where_reached(const snnfe_programming *p, float *weights, float *accumulators,
                                size_t i, uint64_t first, uint32_t *const counts[2],
                                snnfe_crossings *crossings)
{
    const bool up = accumulators[i] > 0;
    const float unit = up ? p->ltp_unit : p->ltd_unit;
    const float count = fminf(floorf(fabsf(accumulators[i]) / unit), MOST_CROSSINGS);
    if (count < 1)
        return;
    const double pulses_before = p->device->ages && counts[SNNFE_LTP] && counts[SNNFE_LTD]
                                     ? (double)counts[SNNFE_LTP][i] + (double)counts[SNNFE_LTD][i]
                                     : 0;
    weights[i] = pulse_weight(p, i, up ? SNNFE_LTP : SNNFE_LTD, weights[i], pulses_before,
                              (uint32_t)(first + i));
    if (p->cells.cells)
        weights[i] = between(weights[i], p->cells.low[i], p->cells.high[i]);
    accumulators[i] -= up ? count * unit : -count * unit;
    *(up ? &crossings->ltp : &crossings->ltd) += (uint64_t)count;
    uint32_t *pulses = counts[up ? SNNFE_LTP : SNNFE_LTD];
    if (pulses && pulses[i] < INT32_MAX)
        pulses[i]++;
}

/* All weights into what their cells can be. */
static void clamp(const snnfe_programming *p, float *weights, size_t n)
{
    if (!p->cells.cells) {
        snnfe_clamp_values(weights, n, (float)p->bound);
        return;
    }
    for (size_t i = 0; i < n; i++)
        weights[i] = between(weights[i], p->cells.low[i], p->cells.high[i]);
}

snnfe_crossings snnfe_program(const snnfe_programming *p, float *weights, float *accumulators,
                              size_t n, uint64_t first, uint32_t *ltp_pulses, uint32_t *ltd_pulses)
{
    snnfe_crossings crossings = {0, 0};
    uint32_t *const counts[2] = {[SNNFE_LTP] = ltp_pulses, [SNNFE_LTD] = ltd_pulses};
    /* First, so that a pulse starts where the device can be: LTP never lowers a weight. */
    clamp(p, weights, n);
    const snnfe_kernels *k = snnfe_kernels_get();
    for (size_t begin = 0; begin < n; begin += 64) {
        const size_t left = n - begin;
        uint64_t reached =
            k->crossings(accumulators + begin, left < 64 ? left : 64, p->ltp_unit, p->ltd_unit);
        for (; reached != 0; reached &= reached - 1)
            pulse_where_reached(p, weights, accumulators, begin + snnfe_lowest_bit(reached), first,
                                counts, &crossings);
    }
    if (p->level_step > 0) {
        snnfe_quantize_values(weights, n, p->level_step);
        if (p->cells.cells) /* levels, too, are where a cell can be */
            clamp(p, weights, n);
    }
    return crossings;
}

snnfe_status snnfe_synapses_check(const char *call, uint64_t first, size_t n)
{
    const uint64_t most = UINT64_C(1) << 32;
    return first <= most && n <= most - first
               ? SNNFE_OK
               : snnfe_fail(SNNFE_ERR_ARGUMENT, "%s: synapse %llu and %zu from it on: too many",
                            call, (unsigned long long)first, n);
}

static snnfe_status check_step(const char *call, const snnfe_device_step_options *o, size_t n)
{
    if (o->levels != 0)
        SNNFE_TRY(check_levels(call, o->levels));
    SNNFE_TRY(snnfe_check_scale("snnfe_device_step_options", ".threshold", o->threshold));
    SNNFE_TRY(snnfe_check_scale("snnfe_device_step_options", ".threshold_asymmetry",
                                o->threshold_asymmetry));
    SNNFE_TRY(snnfe_check_scale("snnfe_device_step_options", ".bound", o->bound));
    if (o->step >= MAX_STREAM || o->offset > UINT32_MAX || n > UINT32_MAX - o->offset)
        return snnfe_fail(SNNFE_ERR_ARGUMENT,
                          "%s: step %llu, offset %llu and %zu synapses: too many", call,
                          (unsigned long long)o->step, (unsigned long long)o->offset, n);
    return SNNFE_OK;
}

/* Runs and preferences of cells, -1…1. */
static snnfe_status check_memory(const char *call, const char *name, const float *values, size_t n)
{
    for (size_t i = 0; values && i < n; i++)
        if (!(fabsf(values[i]) <= 1))
            return snnfe_fail(SNNFE_ERR_ARGUMENT, "%s: %s[%zu] is %g, not in -1…1", call, name, i,
                              (double)values[i]);
    return SNNFE_OK;
}

/* What the device's cells need to know of each synapse is there. */
static snnfe_status check_cells_known(const char *call, const snnfe_device *device,
                                      const snnfe_device_step_options *o, size_t n,
                                      const uint32_t *ltp_pulses, const uint32_t *ltd_pulses)
{
    if (device->ages && n > 0 && !(ltp_pulses && ltd_pulses))
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "%s: %s is NULL, but the device's cells age", call,
                          ltp_pulses ? "ltd_pulses" : "ltp_pulses");
    if (device->remembers && n > 0 && !o->histories)
        return snnfe_fail(SNNFE_ERR_ARGUMENT,
                          "%s: histories is NULL, but the device's cells have a history", call);
    SNNFE_TRY(check_memory(call, "histories", o->histories, n));
    return check_memory(call, "imprints", o->imprints, n);
}

static snnfe_status device_step(const snnfe_device *device,
                                const snnfe_device_step_options *options, float *weights,
                                float *accumulators, const float *updates, size_t n,
                                uint32_t *ltp_pulses, uint32_t *ltd_pulses, uint64_t *ltp_crossings,
                                uint64_t *ltd_crossings)
{
    static const char call[] = "snnfe_device_step";
    SNNFE_TRY(snnfe_check_pointer(call, "device", device));
    snnfe_device_step_options o;
    SNNFE_TRY(
        snnfe_options_adopt(&o, &default_options, sizeof o, options, "snnfe_device_step_options"));
    SNNFE_TRY(check_step(call, &o, n));
    SNNFE_TRY(snnfe_values_check(call, "weights", weights, n));
    SNNFE_TRY(snnfe_values_check(call, "accumulators", accumulators, n));
    SNNFE_TRY(snnfe_values_check(call, "updates", updates, n));
    for (size_t i = 0; i < n; i++)
        if (!isfinite(accumulators[i] + updates[i]))
            return snnfe_fail(SNNFE_ERR_NONFINITE, "%s: accumulators[%zu] + updates[%zu] overflows",
                              call, i, i);
    SNNFE_TRY(check_cells_known(call, device, &o, n, ltp_pulses, ltd_pulses));
    snnfe_programming programming = snnfe_programming_make(device, &o);
    if (device->differ) {
        const snnfe_status status = snnfe_array_cells_create(&programming.cells, n);
        if (status != SNNFE_OK) {
            snnfe_array_cells_release(&programming.cells);
            return status;
        }
        snnfe_array_cells_draw(&programming.cells, device, o.offset, n, o.bound);
    }
    for (size_t i = 0; i < n; i++)
        accumulators[i] += updates[i];
    const snnfe_crossings crossings =
        snnfe_program(&programming, weights, accumulators, n, o.offset, ltp_pulses, ltd_pulses);
    snnfe_array_cells_release(&programming.cells);
    if (ltp_crossings)
        *ltp_crossings = crossings.ltp;
    if (ltd_crossings)
        *ltd_crossings = crossings.ltd;
    return SNNFE_OK;
}

snnfe_status snnfe_device_step(const snnfe_device *device, const snnfe_device_step_options *options,
                               float *weights, float *accumulators, const float *updates, size_t n,
                               uint32_t *ltp_pulses, uint32_t *ltd_pulses, uint64_t *ltp_crossings,
                               uint64_t *ltd_crossings)
{
    SNNFE_RETURN_COMPUTED(device_step(device, options, weights, accumulators, updates, n,
                                      ltp_pulses, ltd_pulses, ltp_crossings, ltd_crossings));
}
