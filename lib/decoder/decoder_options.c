/* Options of a decoder. */
#include "base/check.h"
#include "base/options.h"
#include "decoder/decoder_internal.h"
#include "signal/filter.h"

#include <math.h>

#define MOST_HISTORY (UINT32_C(1) << 24)
#define LONGEST_WINDOW (MOST_HISTORY / 2)

static const char struct_name[] = "snnfe_decoder_options";

static const snnfe_decoder_options default_options = {
    .struct_size = sizeof(snnfe_decoder_options),
    .signal = &snnfe_decoder_default_signal,
    .n_pending = 64,
    .early_least = 1,
    .saturation_uv = 5000,
    .noisy_z = 20,
    .flat_samples = 80,
    .longest_gap = 16,
    .most_bad_channels = -1,
    .range_uv = 1e6,
};

snnfe_status snnfe_decoder_options_init(snnfe_decoder_options *options, size_t size)
{
    return snnfe_options_fill(options, size, &default_options, sizeof default_options, struct_name);
}

static snnfe_status check_absent(const snnfe_decoder *d)
{
    const snnfe_decoder_options *o = &d->options;
    const size_t n = d->inputs.shape.n_outputs;
    const uint64_t all = n < 64 ? (UINT64_C(1) << n) - 1 : UINT64_MAX;
    if (o->absent != 0 && o->repair == SNNFE_REPAIR_NONE)
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "%s: absent channels need a repair, not NONE",
                          struct_name);
    if (o->absent & ~all || o->absent == all)
        return snnfe_fail(SNNFE_ERR_ARGUMENT,
                          "%s.absent has bits of other than some of the %zu channels", struct_name,
                          n);
    return SNNFE_OK;
}

snnfe_status snnfe_decoder_options_complete(snnfe_decoder *d)
{
    snnfe_decoder_options *o = &d->options;
    const snnfe_signal *signal = &d->samples.signal;
    if (d->window_samples > LONGEST_WINDOW)
        return snnfe_fail(SNNFE_ERR_ARGUMENT,
                          "a window lasts %llu samples, more than the %u that can be kept",
                          (unsigned long long)d->window_samples, (unsigned)LONGEST_WINDOW);
    const uint32_t length = (uint32_t)d->window_samples;
    if (o->hop == 0)
        o->hop = length;
    if (o->n_history == 0)
        o->n_history = 2 * length + signal->n_lags;
    if (o->longest_repeat == 0)
        o->longest_repeat = (uint32_t)fmin(fmax(nearbyint(signal->sampling_rate_hz), 1), 1e9);
    if (o->most_bad_channels < 0)
        o->most_bad_channels = (int32_t)(d->inputs.shape.n_outputs / 4);
    if (o->n_running == 0) {
        const uint32_t needed = (length + o->hop - 1) / o->hop;
        o->n_running = o->windows == SNNFE_WINDOWS_CUED ? 2 : needed;
    }
    SNNFE_TRY(check_absent(d));
    SNNFE_TRY(snnfe_check_count(struct_name, ".hop", o->hop, 1, UINT32_C(1) << 31));
    SNNFE_TRY(snnfe_check_count(struct_name, ".n_history", o->n_history, length + signal->n_lags,
                                MOST_HISTORY));
    return snnfe_check_count(struct_name, ".n_running", o->n_running, 1, 1024);
}

snnfe_status snnfe_decoder_options_take(snnfe_decoder_options *o,
                                        const snnfe_decoder_options *options)
{
    SNNFE_TRY(snnfe_options_adopt(o, &default_options, sizeof *o, options, struct_name));
    SNNFE_TRY(snnfe_check_integer(struct_name, ".windows", o->windows, 0, SNNFE_WINDOWS_CUED));
    SNNFE_TRY(snnfe_check_integer(struct_name, ".repair", o->repair, 0, SNNFE_REPAIR_SPLINES));
    SNNFE_TRY(snnfe_check_count(struct_name, ".n_pending", o->n_pending, 1, 65536));
    SNNFE_TRY(snnfe_check_integer(struct_name, ".most_bad_channels", o->most_bad_channels, -1,
                                  INT32_MAX));
    SNNFE_TRY(
        snnfe_check_count(struct_name, ".flat_samples", o->flat_samples, 2, UINT32_C(1) << 31));
    SNNFE_TRY(snnfe_check_count(struct_name, ".early_least", o->early_least, 1, UINT32_MAX));
    SNNFE_TRY(snnfe_check_positive(struct_name, ".saturation_uv", o->saturation_uv));
    SNNFE_TRY(snnfe_check_positive(struct_name, ".range_uv", o->range_uv));
    /* Samples that pass are filtered and must stay finite. */
    SNNFE_TRY(
        snnfe_check_number(struct_name, ".range_uv", o->range_uv, 0, (double)SNNFE_LARGEST_SAMPLE));
    SNNFE_TRY(snnfe_check_positive(struct_name, ".noisy_z", o->noisy_z));
    SNNFE_TRY(snnfe_check_switch(struct_name, ".allow_mismatch", o->allow_mismatch));
    if (o->counter_bits != 0)
        SNNFE_TRY(snnfe_check_count(struct_name, ".counter_bits", o->counter_bits, 8, 64));
    if (!(o->early_confidence <= 0 && o->early_confidence >= 0) &&
        !(o->early_confidence >= 0.5 && o->early_confidence <= 1))
        return snnfe_fail(SNNFE_ERR_ARGUMENT,
                          "snnfe_decoder_options.early_confidence is %g, not 0 or in 0.5…1",
                          o->early_confidence);
    const snnfe_need need = {".early_least", o->early_least != default_options.early_least,
                             o->early_confidence > 0, "there is an early_confidence"};
    return snnfe_check_needs(struct_name, &need, 1);
}
