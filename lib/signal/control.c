#include "signal/control_internal.h"

#include "base/check.h"
#include "base/floating.h"
#include "base/memory.h"
#include "base/options.h"
#include "kernels/blas.h"
#include "signal/envelope.h"
#include "signal/inputs.h"
#include "signal/ocular.h"

#include <math.h>

static const char struct_name[] = "snnfe_control_options";

static const snnfe_control_options default_options = {
    .struct_size = sizeof(snnfe_control_options),
    .least_samples = 1600,
    .prior_trials = 5,
};

snnfe_status snnfe_control_options_init(snnfe_control_options *options, size_t size)
{
    return snnfe_options_fill(options, size, &default_options, sizeof default_options, struct_name);
}

/* --- making one ----------------------------------------------------------------------------- */

static snnfe_status check_options(const snnfe_control_options *o)
{
    SNNFE_TRY(snnfe_check_memory(struct_name, ".memory_samples", o->memory_samples));
    SNNFE_TRY(snnfe_check_memory(struct_name, ".memory_trials", o->memory_trials));
    return snnfe_check_number(struct_name, ".prior_trials", o->prior_trials, 0, HUGE_VAL);
}

static snnfe_status check_signal(const snnfe_signal *signal)
{
    static const char place[] = "snnfe_signal";
    SNNFE_TRY(snnfe_check_count(place, ".n_channels", signal->n_channels, 1, SNNFE_MAX_CHANNELS));
    if (signal->ocular == SNNFE_OCULAR_NONE && signal->alignment == SNNFE_ALIGNMENT_NONE)
        return snnfe_fail(SNNFE_ERR_ARGUMENT,
                          "%s has neither ocular control nor alignment: there is nothing to learn",
                          place);
    SNNFE_TRY(snnfe_signal_check_envelope(signal));
    return snnfe_signal_check_control(signal);
}

static snnfe_status create(snnfe_control *c, const snnfe_signal *signal,
                           const snnfe_control_options *options)
{
    static const snnfe_signal none = {.struct_size = sizeof none};
    snnfe_signal s;
    snnfe_inputs inputs;
    SNNFE_TRY(snnfe_options_adopt(&c->options, &default_options, sizeof c->options, options,
                                  struct_name));
    SNNFE_TRY(check_options(&c->options));
    SNNFE_TRY(snnfe_options_adopt(&s, &none, sizeof s, signal, "snnfe_signal"));
    SNNFE_TRY(check_signal(&s));
    SNNFE_TRY(snnfe_inputs_find(&inputs, &s));
    c->ocular = s.ocular;
    c->alignment = s.alignment;
    c->shape = inputs.shape;
    const size_t n_terms = snnfe_spatial_terms(&c->shape), n = s.n_channels;
    SNNFE_TRY(snnfe_control_take_envelopes(c, &s));
    SNNFE_TRY(snnfe_covariance_make(&c->stretch, n_terms));
    SNNFE_TRY(snnfe_covariance_make(&c->trials, s.n_bands > 0 ? n : n_terms));
    if (s.covariance) {
        c->prior = snnfe_duplicate(s.covariance, n * n, sizeof *c->prior);
        if (!c->prior)
            return SNNFE_ERR_MEMORY;
    }
    return snnfe_spatial_filter_make(&c->filter, &c->shape);
}

static snnfe_status control_create(snnfe_control **control, const snnfe_signal *signal,
                                   const snnfe_control_options *options)
{
    static const char call[] = "snnfe_control_create";
    SNNFE_TRY(snnfe_check_pointer(call, "control", control));
    *control = NULL;
    SNNFE_TRY(snnfe_check_pointer(call, "signal", signal));
    snnfe_control *made = snnfe_alloc(1, sizeof *made);
    if (!made)
        return SNNFE_ERR_MEMORY;
    const snnfe_status status = create(made, signal, options);
    if (status != SNNFE_OK) {
        snnfe_control_free(made);
        return status;
    }
    *control = made;
    return SNNFE_OK;
}

snnfe_status snnfe_control_create(snnfe_control **control, const snnfe_signal *signal,
                                  const snnfe_control_options *options)
{
    SNNFE_RETURN_COMPUTED(control_create(control, signal, options));
}

void snnfe_control_free(snnfe_control *c)
{
    if (!c)
        return;
    snnfe_covariance_release(&c->stretch);
    snnfe_covariance_release(&c->trials);
    snnfe_spatial_filter_release(&c->filter);
    snnfe_spatial_filter_release(&c->envelopes.filter);
    snnfe_release(c->prior);
    snnfe_release(c);
}

/* --- learning ------------------------------------------------------------------------------- */

static snnfe_status check_samples(const char *call, const snnfe_control *c, uint32_t use,
                                  const float *samples, size_t n)
{
    const bool measures = use & SNNFE_CONTROL_ALIGNMENT && c->envelopes.of.n_bands > 0;
    const size_t n_values = snnfe_control_values(c), least = measures ? c->envelopes.of.window : 1;
    SNNFE_TRY(snnfe_check_count(call, "n", n, c->shape.n_lags + least,
                                SIZE_MAX / (n_values * sizeof *samples)));
    SNNFE_TRY(snnfe_check_pointer(call, "samples", samples));
    for (size_t i = 0; i < n * n_values; i++)
        if (!isfinite(samples[i]))
            return snnfe_fail(SNNFE_ERR_NONFINITE, "%s: sample %zu of input %zu is %g", call,
                              i / n_values, i % n_values, (double)samples[i]);
    return SNNFE_OK;
}

/* Compute what takes the references out. */
static snnfe_status solve_regression(snnfe_control *c)
{
    c->flat = 0;
    snnfe_spatial_filter_pass(&c->filter, &c->shape);
    if (c->ocular == SNNFE_OCULAR_NONE || c->n_samples < c->options.least_samples ||
        c->n_samples == 0)
        return SNNFE_OK;
    return snnfe_ocular_solve(&c->filter, &c->shape, &c->stretch, &c->flat);
}

static void learn_trial(snnfe_control *c, const snnfe_samples *samples, size_t first)
{
    snnfe_covariance_forget(&c->trials, c->options.memory_trials, 1);
    snnfe_covariance_add(&c->trials, &c->shape, samples, first, 1 / (double)(samples->n - first));
    c->n_trials++;
}

/* What can fail comes first. */
static snnfe_status learn(snnfe_control *c, uint32_t use, const snnfe_samples *samples)
{
    const size_t first = c->shape.n_lags, n = samples->n - first;
    const bool of_envelopes = c->envelopes.of.n_bands > 0;
    if (use & SNNFE_CONTROL_ALIGNMENT && of_envelopes) {
        SNNFE_TRY(solve_regression(c));
        SNNFE_TRY(snnfe_control_learn_envelopes(c, samples, first));
    }
    if (use & SNNFE_CONTROL_ALIGNMENT && !of_envelopes)
        learn_trial(c, samples, first);
    if (use & SNNFE_CONTROL_OCULAR) {
        snnfe_covariance_forget(&c->stretch, c->options.memory_samples, (double)n);
        snnfe_covariance_add(&c->stretch, &c->shape, samples, first, 1);
        c->n_samples += n;
    }
    return SNNFE_OK;
}

static snnfe_status control_add(snnfe_control *c, uint32_t use, const float *samples, size_t n)
{
    static const char call[] = "snnfe_control_add";
    SNNFE_TRY(snnfe_check_pointer(call, "control", c));
    SNNFE_TRY(snnfe_check_count(call, "use", use, SNNFE_CONTROL_OCULAR,
                                SNNFE_CONTROL_OCULAR | SNNFE_CONTROL_ALIGNMENT));
    SNNFE_TRY(check_samples(call, c, use, samples, n));
    const snnfe_samples rows = {samples, 1, snnfe_control_values(c), n};
    c->solved = false;
    snnfe_blas_enter();
    const snnfe_status status = learn(c, use, &rows);
    snnfe_blas_leave();
    return status;
}

snnfe_status snnfe_control_add(snnfe_control *c, uint32_t use, const float *samples, size_t n)
{
    SNNFE_RETURN_COMPUTED(control_add(c, use, samples, n));
}

/* --- the filter ----------------------------------------------------------------------------- */

static snnfe_status solve(snnfe_control *c)
{
    const bool of_envelopes = c->envelopes.of.n_bands > 0;
    snnfe_spatial_filter *filter = of_envelopes ? &c->envelopes.filter : &c->filter;
    const snnfe_spatial_shape *shape = of_envelopes ? &c->envelopes.shape : &c->shape;
    const snnfe_prior prior = {c->prior, c->options.prior_trials};
    c->n_floored = 0;
    SNNFE_TRY(solve_regression(c));
    if (c->alignment == SNNFE_ALIGNMENT_NONE)
        return SNNFE_OK;
    if (of_envelopes)
        snnfe_spatial_filter_pass(filter, shape);
    return snnfe_align(filter, shape, c->alignment, &c->trials, &prior, &c->n_floored);
}

static bool is_finite(const snnfe_spatial_filter *filter, const snnfe_spatial_shape *shape)
{
    const size_t n_terms = snnfe_spatial_terms(shape);
    bool finite = true;
    for (size_t i = 0; i < shape->n_outputs; i++) {
        finite = finite && isfinite(filter->offset[i]);
        for (size_t k = 0; k < n_terms; k++)
            finite = finite && isfinite((float)filter->weights[i * n_terms + k]);
    }
    return finite;
}

snnfe_status snnfe_control_solve(snnfe_control *c)
{
    if (c->solved)
        return SNNFE_OK;
    snnfe_blas_enter();
    const snnfe_status status = solve(c);
    snnfe_blas_leave();
    SNNFE_TRY(status);
    if (!is_finite(&c->filter, &c->shape) || !is_finite(&c->envelopes.filter, &c->envelopes.shape))
        return snnfe_fail(SNNFE_ERR_NONFINITE,
                          "the samples that were learned are too large: the spatial filter is not "
                          "finite");
    c->solved = true;
    return SNNFE_OK;
}

static uint32_t count_bits(uint64_t bits)
{
    uint32_t n = 0;
    for (; bits; bits &= bits - 1)
        n++;
    return n;
}

static snnfe_status control_get_info(snnfe_control *c, snnfe_control_info *info)
{
    static const char call[] = "snnfe_control_get_info";
    SNNFE_TRY(snnfe_check_pointer(call, "control", c));
    SNNFE_TRY(snnfe_info_check(call, "info", info, sizeof *info));
    SNNFE_TRY(snnfe_control_solve(c));
    const snnfe_control_info full = {
        .struct_size = sizeof full,
        .n_inputs = (uint32_t)c->shape.n_inputs,
        .n_outputs = (uint32_t)c->shape.n_outputs,
        .n_terms = (uint32_t)snnfe_spatial_terms(&c->shape),
        .n_samples = c->n_samples,
        .n_trials = c->n_trials,
        .n_flat = count_bits(c->flat),
        .n_floored = (uint32_t)c->n_floored,
        .weights = c->filter.weights,
        .offset = c->filter.offset,
        .n_values = (uint32_t)snnfe_control_values(c),
        .n_envelopes = (uint32_t)c->envelopes.shape.n_outputs,
        .envelope_weights = c->envelopes.filter.weights,
        .envelope_offset = c->envelopes.filter.weights ? c->envelopes.filter.offset : NULL};
    snnfe_info_give(info, &full, sizeof full);
    return SNNFE_OK;
}

snnfe_status snnfe_control_get_info(snnfe_control *c, snnfe_control_info *info)
{
    SNNFE_RETURN_COMPUTED(control_get_info(c, info));
}
