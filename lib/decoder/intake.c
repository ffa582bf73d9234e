#include "decoder/intake.h"

#include "decoder/bands.h"
#include "kernels/denormals.h"
#include "signal/notch.h"
#include "signal/rereference.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#define MEAN_SECONDS 4 /* time constant of the slow mean */
#define BAD_CONTACT ((uint32_t)(SNNFE_FAULT_FLAT | SNNFE_FAULT_NOISY))

static uint64_t neighbors_of(size_t c, size_t n, const int32_t *rows, const int32_t *columns)
{
    uint64_t bits = 0;
    for (size_t d = 0; d < n; d++) {
        const int32_t dy = rows[d] - rows[c], dx = columns[d] - columns[c];
        if (d != c && dy >= -1 && dy <= 1 && dx >= -1 && dx <= 1)
            bits |= UINT64_C(1) << d;
    }
    return bits;
}

/* z-scores of an input. The order of operations is that of data sets, for the same bits. */
static void set_scale(snnfe_intake *intake, size_t input, double mean, double std)
{
    intake->factor[input] = 1 / std;
    intake->shift[input] = (0 - mean) / std;
    intake->unit[input] = 1;
}

/* Bands are filtered from microvolts. */
static void set_size(snnfe_intake *intake, size_t input, double size_uv)
{
    set_scale(intake, input, 0, 1);
    intake->unit[input] = 1 / size_uv;
}

/* An electrode that only the common reference is made of counts as noisy in microvolts of the
   channels' mean size. */
static void set_besides(snnfe_intake *intake, size_t n_outputs)
{
    double size_uv = 0;
    for (size_t c = 0; c < n_outputs; c++)
        size_uv += 1 / (intake->factor[c] * intake->unit[c]) / (double)n_outputs;
    for (size_t i = intake->n_inputs; i < intake->n_channels; i++)
        set_size(intake, i, size_uv);
}

snnfe_status snnfe_intake_make(snnfe_intake *intake, const snnfe_decoder_options *o,
                               const snnfe_signal *s, const snnfe_inputs *inputs,
                               const snnfe_common_reference *common, snnfe_patch *patch)
{
    intake->filter.n_sections = 0;
    SNNFE_TRY(
        snnfe_notch_add(&intake->filter, s->notch_hz, s->notch_width_hz, s->sampling_rate_hz));
    SNNFE_TRY(snnfe_causal_add(&intake->filter, s->filter_low_hz, s->filter_high_hz,
                               s->sampling_rate_hz, s->filter_order));
    intake->n_inputs = inputs->shape.n_inputs;
    intake->n_channels = intake->n_inputs + common->besides.n;
    intake->from = common->from;
    intake->to = common->to;
    intake->absent = o->absent;
    intake->patch = patch;
    intake->saturation_uv = o->saturation_uv;
    intake->range_uv = o->range_uv;
    intake->second =
        (uint32_t)fmin(fmax(nearbyint(s->sampling_rate_hz), 1), (double)(UINT32_MAX - 1));
    /* Without a high-pass filter an offset reaches the network, so it has to count as a fault
       and is not followed. */
    intake->mean_rate = s->filter_low_hz > 0 ? 1 / fmax(MEAN_SECONDS * s->sampling_rate_hz, 1) : 0;
    intake->noisy_power = o->noisy_z * o->noisy_z;
    intake->power_rate = s->sampling_rate_hz > 1 ? 1 / s->sampling_rate_hz : 1;
    intake->flat_samples = o->flat_samples;
    intake->repair = o->repair;
    const size_t n = inputs->shape.n_outputs;
    for (size_t c = 0; c < n; c++) {
        if (s->n_bands > 0)
            set_size(intake, c, snnfe_bands_size_uv(s, c));
        else
            set_scale(intake, c, s->channel_mean_uv[c], s->channel_std_uv[c]);
        intake->neighbors[c] = neighbors_of(c, n, s->channel_rows, s->channel_columns);
    }
    /* References that are no channels have no place in the grid, so that nothing stands in. */
    for (size_t i = n; i < intake->n_inputs; i++) {
        const size_t r = inputs->reference[i];
        if (s->n_bands > 0)
            set_size(intake, i, s->reference_std_uv[r]);
        else
            set_scale(intake, i, s->reference_mean_uv[r], s->reference_std_uv[r]);
    }
    set_besides(intake, n);
    snnfe_intake_reset(intake);
    return SNNFE_OK;
}

void snnfe_intake_reset(snnfe_intake *intake)
{
    memset(intake->channels, 0, sizeof intake->channels);
    memset(intake->values, 0, sizeof intake->values);
    intake->n_nonfinite = intake->n_saturated = 0;
}

void snnfe_intake_break(snnfe_intake *intake)
{
    for (size_t c = 0; c < intake->n_channels; c++) {
        intake->channels[c].settled = 0;
        intake->channels[c].constant = 0;
        intake->channels[c].power = 0;
        intake->channels[c].centered = intake->channels[c].saturated = 0;
    }
}

double snnfe_intake_rms(const snnfe_intake *intake)
{
    double sum = 0, n = 0;
    for (size_t c = 0; c < intake->n_inputs; c++) {
        const snnfe_channel_state *channel = &intake->channels[c];
        if (channel->settled && !(channel->faults & BAD_CONTACT)) {
            sum += channel->power;
            n++;
        }
    }
    return n > 0 ? sqrt(sum / n) : (double)NAN;
}

/* --- one channel ---------------------------------------------------------------------------- */

/* After a second of nothing but saturated values the offset has changed for good: the mean and
   the filter start again at the present value. */
static void follow_offset(const snnfe_intake *intake, snnfe_channel_state *channel, float value)
{
    if (intake->mean_rate > 0 && ++channel->saturated >= intake->second) {
        channel->mean = (double)value;
        channel->last = value;
        channel->settled = channel->saturated = 0;
    }
}

static bool is_saturated(const snnfe_intake *intake, snnfe_channel_state *channel, float value)
{
    if (fabs((double)value) >= intake->range_uv)
        return true;
    if (!channel->centered) {
        channel->mean = intake->mean_rate > 0 ? (double)value : 0;
        channel->centered = 1;
    }
    if (fabs((double)value - channel->mean) >= intake->saturation_uv) {
        follow_offset(intake, channel, value);
        return true;
    }
    channel->saturated = 0;
    channel->mean += ((double)value - channel->mean) * intake->mean_rate;
    return false;
}

/* The value to go on with, and in the channel's faults what was wrong with the one that came. */
static float accept(snnfe_intake *intake, snnfe_channel_state *channel, float value)
{
    channel->faults = 0;
    if (!isfinite(value)) {
        intake->n_nonfinite++;
        channel->faults = SNNFE_FAULT_NONFINITE;
        return channel->last;
    }
    if (is_saturated(intake, channel, value)) {
        intake->n_saturated++;
        channel->faults = SNNFE_FAULT_SATURATED;
        return channel->last;
    }
    return value;
}

/* Whether a channel has not changed for too long. */
static bool is_flat(const snnfe_intake *intake, snnfe_channel_state *channel, float value)
{
    if (value < channel->last || value > channel->last)
        channel->constant = 0;
    else if (channel->constant < UINT32_MAX)
        channel->constant++;
    channel->last = value;
    return channel->constant >= intake->flat_samples;
}

/* A noisy channel counts as noisy until its amplitude has fallen to half of the limit. */
static bool is_noisy(const snnfe_intake *intake, snnfe_channel_state *channel, bool was, double z)
{
    const double limit = intake->noisy_power;
    channel->power += (z * z - channel->power) * intake->power_rate;
    /* A limit, so that even after a very loud signal a few quiet seconds are enough. */
    channel->power = fmin(channel->power, 4 * limit);
    return channel->power > (was ? limit / 4 : limit);
}

/* Filter a channel; whether it was noisy at the sample before. */
static bool filter_channel(snnfe_intake *intake, size_t c, float raw)
{
    snnfe_channel_state *channel = &intake->channels[c];
    const bool was_noisy = (channel->faults & SNNFE_FAULT_NOISY) != 0;
    const float good = accept(intake, channel, raw);
    if (is_flat(intake, channel, good)) {
        /* The filter is not run on a flat channel, and starts again with the next signal. */
        channel->faults |= SNNFE_FAULT_FLAT;
        channel->settled = 0;
        channel->power = 0;
        return was_noisy;
    }
    if (!channel->settled) {
        snnfe_causal_settle(&intake->filter, &channel->filter, (double)good);
        /* There has been no good value yet: begin with the first. */
        channel->settled = channel->faults == 0;
    }
    intake->filtered[c] = (float)snnfe_causal_step(&intake->filter, &channel->filter, (double)good);
    return was_noisy;
}

/* The z-score of what was filtered, and rereferenced; 0 of a flat channel. */
static float normalize_channel(snnfe_intake *intake, size_t c, bool was_noisy)
{
    snnfe_channel_state *channel = &intake->channels[c];
    if (channel->faults & SNNFE_FAULT_FLAT)
        return 0;
    const float value = (float)((double)intake->filtered[c] * intake->factor[c] + intake->shift[c]);
    if (is_noisy(intake, channel, was_noisy, (double)value * intake->unit[c]))
        channel->faults |= SNNFE_FAULT_NOISY;
    return value;
}

/* Take the mean of the good ones among the reference's electrodes off all others. Which are noisy
   is known from the sample before. False if none is good. */
static bool rereference(snnfe_intake *intake, uint64_t were_noisy)
{
    uint64_t from = intake->from & ~were_noisy & ~intake->absent;
    for (size_t c = 0; c < intake->n_channels; c++)
        if (intake->channels[c].faults & SNNFE_FAULT_FLAT)
            from &= ~(UINT64_C(1) << c);
    if (from == 0)
        return false;
    const double mean = snnfe_rereference_mean(intake->filtered, from);
    for (size_t c = 0; c < intake->n_inputs; c++)
        if (intake->to >> c & 1)
            intake->filtered[c] = snnfe_rereferenced(intake->filtered[c], mean);
    return true;
}

static float mean_of(const float *values, uint64_t channels)
{
    double sum = 0, n = 0;
    for (; channels != 0; channels &= channels - 1) {
        size_t c = 0;
        while (!(channels >> c & 1))
            c++;
        sum += (double)values[c];
        n++;
    }
    return n > 0 ? (float)(sum / n) : 0;
}

/* Splines are of microvolts; the channels that they stood in for. */
static uint64_t repair_by_splines(snnfe_intake *intake, uint64_t bad)
{
    double microvolts[SNNFE_MAX_CHANNELS];
    if (!intake->patch || !snnfe_patch_prepare(intake->patch, bad))
        return 0;
    for (size_t c = 0; c < intake->n_inputs; c++)
        microvolts[c] = ((double)intake->values[c] - intake->shift[c]) / intake->factor[c];
    for (size_t c = 0; c < intake->n_inputs; c++)
        if (bad & intake->patch->placed & UINT64_C(1) << c)
            intake->values[c] =
                (float)(snnfe_patch_value(intake->patch, microvolts, c) * intake->factor[c] +
                        intake->shift[c]);
    return bad & intake->patch->placed;
}

/* Only good channels replace bad ones, so the order of repairs does not matter. */
static void repair(snnfe_intake *intake, uint64_t bad)
{
    if (intake->repair == SNNFE_REPAIR_NONE)
        return;
    const uint64_t repaired = repair_by_splines(intake, bad);
    for (size_t c = 0; c < intake->n_inputs; c++)
        if ((bad & ~repaired) >> c & 1)
            intake->values[c] = intake->repair == SNNFE_REPAIR_ZERO
                                    ? 0
                                    : mean_of(intake->values, intake->neighbors[c] & ~bad);
}

/* Filter what comes of all channels but absent ones; those that were noisy, as bits. */
static uint64_t filter_all(snnfe_intake *intake, const float *sample)
{
    uint64_t were_noisy = 0;
    snnfe_denormals_flush();
    for (size_t c = 0; c < intake->n_channels; c++) {
        if (intake->absent >> c & 1)
            continue;
        const float raw = sample ? sample[c] : intake->channels[c].last;
        if (filter_channel(intake, c, raw))
            were_noisy |= UINT64_C(1) << c;
    }
    snnfe_denormals_keep();
    return were_noisy;
}

snnfe_intake_report snnfe_intake_take(snnfe_intake *intake, const float *sample)
{
    snnfe_intake_report report = {0};
    uint64_t bad = intake->absent;
    const uint64_t were_noisy = filter_all(intake, sample);
    const bool lost = intake->from != 0 && !rereference(intake, were_noisy);
    for (size_t c = 0; c < intake->n_channels; c++) {
        snnfe_channel_state *channel = &intake->channels[c];
        if (intake->absent >> c & 1)
            continue;
        const float value = normalize_channel(intake, c, were_noisy >> c & 1);
        if (c < intake->n_inputs)
            intake->values[c] = value;
        if (!sample)
            channel->faults |= SNNFE_FAULT_DROPPED;
        else if (channel->faults)
            report.faulty |= UINT64_C(1) << c;
        report.faults |= channel->faults;
        if (channel->faults & BAD_CONTACT) {
            bad |= UINT64_C(1) << c;
            report.n_bad_channels++;
        }
    }
    if (lost)
        report.n_bad_channels = (uint32_t)intake->n_channels;
    if (bad)
        repair(intake, bad);
    return report;
}
