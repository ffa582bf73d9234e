/* Weights in layers' own units: quantization and programming noise (docs/spec.md 5). */
#include "base/check.h"
#include "base/floating.h"
#include "base/philox.h"
#include "device/device_internal.h"

#include <math.h>

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

snnfe_status snnfe_synapses_check(const char *call, uint64_t first, size_t n)
{
    const uint64_t most = UINT64_C(1) << 32;
    return first <= most && n <= most - first
               ? SNNFE_OK
               : snnfe_fail(SNNFE_ERR_ARGUMENT, "%s: synapse %llu and %zu from it on: too many",
                            call, (unsigned long long)first, n);
}

snnfe_status snnfe_levels_check(const char *call, uint32_t levels)
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
    SNNFE_TRY(snnfe_levels_check(call, levels));
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
    if (stream >= SNNFE_MOST_DRAWS)
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
