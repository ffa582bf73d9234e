#include "network/converter.h"

#include <math.h>

/* Codes from -most to most, `step` apart. */
typedef struct converter {
    double most, step;
} converter;

static converter converter_of(const snnfe_state *state, int32_t layer)
{
    const snnfe_network_options *o = state->options;
    const size_t taps = layer == SNNFE_LAYER_TC1 ? 3 : 1;
    const double rows = (double)(state->packed->shape.fan_in[layer] * taps);
    const double most = (double)((UINT32_C(1) << (o->column_bits - 1)) - 1);
    return (converter){most, (double)o->column_range * sqrt(rows) / most};
}

static double convert(const converter *c, double sum)
{
    const double code = floor(sum / c->step + 0.5);
    return fmin(fmax(code, -c->most), c->most) * c->step;
}

const int32_t *snnfe_convert_sums(snnfe_state *state, int32_t layer, const int32_t *sums)
{
    if (state->options->column_bits == 0)
        return sums;
    const converter c = converter_of(state, layer);
    const float *scale = state->packed->layers[layer].scale;
    for (size_t i = 0; i < state->packed->shape.layers[layer].neurons; i++) {
        const double unit = (double)scale[i];
        const double units = unit > 0 ? convert(&c, sums[i] * unit) / unit : 0;
        state->converted[i] = (int32_t)fmin(fmax(rint(units), -INT32_MAX), INT32_MAX);
    }
    return state->converted;
}

float snnfe_convert_readout(const snnfe_state *state, float sum)
{
    if (state->options->column_bits == 0)
        return sum;
    const converter c = converter_of(state, SNNFE_LAYER_FC2);
    return (float)convert(&c, (double)sum);
}
