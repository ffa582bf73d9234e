#include "signal/inputs.h"

#include "base/check.h"
#include "base/format.h"
#include "signal/envelope.h"

#include <math.h>

static const char place[] = "snnfe_signal";

static snnfe_status check_reference(const snnfe_signal *s, size_t r)
{
    if (!s->reference_names[r] || s->reference_names[r][0] == '\0')
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "%s.reference_names[%zu] is %s", place, r,
                          s->reference_names[r] ? "empty" : "NULL");
    for (size_t other = 0; other < r; other++)
        if (snnfe_same_label(s->reference_names[other], s->reference_names[r]))
            return snnfe_fail(SNNFE_ERR_ARGUMENT, "%s.reference_names has \"%s\" twice", place,
                              s->reference_names[r]);
    return SNNFE_OK;
}

/* The electrode that a reference is; their number if it is none. */
static size_t channel_of(const snnfe_signal *s, const char *reference)
{
    const size_t n = snnfe_signal_electrodes(s);
    size_t c = 0;
    while (c < n && !snnfe_signal_is_electrode(s, c, reference))
        c++;
    return c;
}

static snnfe_status add_reference(snnfe_inputs *inputs, const snnfe_signal *s, size_t r)
{
    snnfe_spatial_shape *shape = &inputs->shape;
    size_t input = channel_of(s, s->reference_names[r]);
    if (input == snnfe_signal_electrodes(s)) {
        if (shape->n_inputs == SNNFE_MAX_CHANNELS)
            return snnfe_fail(
                SNNFE_ERR_ARGUMENT,
                "%s: %u channels and %u references, of which \"%s\" is none, are more "
                "than %d",
                place, (unsigned)snnfe_signal_electrodes(s), (unsigned)s->n_references,
                s->reference_names[r], SNNFE_MAX_CHANNELS);
        input = shape->n_inputs++;
        inputs->reference[input] = r;
    }
    shape->references[shape->n_references++] = input;
    return SNNFE_OK;
}

snnfe_status snnfe_inputs_find(snnfe_inputs *inputs, const snnfe_signal *s)
{
    const size_t n_electrodes = snnfe_signal_electrodes(s);
    *inputs = (snnfe_inputs){.shape = {.n_inputs = n_electrodes, .n_outputs = n_electrodes}};
    SNNFE_TRY(snnfe_check_choice(place, ".ocular", s->ocular, 2, "NONE or REGRESSION"));
    SNNFE_TRY(
        snnfe_check_choice(place, ".alignment", s->alignment, 3, "NONE, STANDARDIZE or EUCLIDEAN"));
    if (s->ocular == SNNFE_OCULAR_NONE)
        return SNNFE_OK;
    SNNFE_TRY(snnfe_check_count(place, ".n_lags", s->n_lags, 0, SNNFE_MOST_LAGS));
    SNNFE_TRY(snnfe_check_count(place, ".n_references", s->n_references, 1, SNNFE_MAX_CHANNELS));
    SNNFE_TRY(snnfe_check_pointer(place, ".reference_names", s->reference_names));
    inputs->shape.n_lags = s->n_lags;
    for (size_t r = 0; r < s->n_references; r++) {
        SNNFE_TRY(check_reference(s, r));
        SNNFE_TRY(add_reference(inputs, s, r));
    }
    return SNNFE_OK;
}

snnfe_status snnfe_signal_check_control(const snnfe_signal *s)
{
    snnfe_inputs inputs;
    SNNFE_TRY(snnfe_inputs_find(&inputs, s));
    for (size_t r = 0; r < inputs.shape.n_references; r++) {
        const double mean = s->reference_mean_uv ? s->reference_mean_uv[r] : 0;
        const double std = s->reference_std_uv ? s->reference_std_uv[r] : 1;
        if (!isfinite(mean) || !isfinite(std) || !(std > 0))
            return snnfe_fail(SNNFE_ERR_ARGUMENT,
                              "%s: reference \"%s\" has the mean %g and the standard deviation %g, "
                              "not finite and > 0",
                              place, s->reference_names[r], mean, std);
    }
    const size_t n = (size_t)s->n_channels * s->n_channels;
    for (size_t i = 0; s->covariance && i < n; i++)
        if (!isfinite(s->covariance[i]))
            return snnfe_fail(SNNFE_ERR_ARGUMENT, "%s.covariance[%zu][%zu] is %g", place,
                              i / s->n_channels, i % s->n_channels, s->covariance[i]);
    return SNNFE_OK;
}
