/* Recordings as the public interface hands them out. */
#include "base/check.h"
#include "base/floating.h"
#include "base/kind.h"
#include "base/memory.h"
#include "base/options.h"
#include "recording/eegmmidb.h"
#include "recording/recording.h"

#include <math.h>

static const char struct_name[] = "snnfe_recording_options";

static const snnfe_recording_options default_options = {
    .struct_size = sizeof(snnfe_recording_options),
    .sampling_rate_hz = 160,
};

snnfe_status snnfe_recording_options_init(snnfe_recording_options *options, size_t size)
{
    return snnfe_options_fill(options, size, &default_options, sizeof default_options, struct_name);
}

static snnfe_status take_channels(const snnfe_recording_options *o, snnfe_channels *channels)
{
    if (!o->channel_names && o->n_channels == 0) {
        snnfe_eegmmidb_channels(channels);
        return SNNFE_OK;
    }
    if (!o->channel_names || o->n_channels < 1 || o->n_channels > SNNFE_MAX_CHANNELS)
        return snnfe_fail(SNNFE_ERR_ARGUMENT,
                          "snnfe_recording_options.channel_names is %s and n_channels %zu, not in "
                          "1…%d",
                          o->channel_names ? "given" : "NULL", o->n_channels, SNNFE_MAX_CHANNELS);
    return snnfe_channels_take(channels, o->channel_names, o->n_channels,
                               "snnfe_recording_options.channel_names");
}

static snnfe_status take_options(snnfe_recording_options *adopted, snnfe_channels *channels,
                                 const snnfe_recording_options *options)
{
    SNNFE_TRY(
        snnfe_options_adopt(adopted, &default_options, sizeof *adopted, options, struct_name));
    SNNFE_TRY(snnfe_check_switch(struct_name, ".strict", adopted->strict));
    SNNFE_TRY(
        snnfe_check_number(struct_name, ".sampling_rate_hz", adopted->sampling_rate_hz, 0, 1e6));
    return take_channels(adopted, channels);
}

/* The nearest sample; no recording reaches beyond 2^53. */
static uint64_t sample_of(double samples)
{
    return (uint64_t)llround(fmin(fmax(samples, 0), 9007199254740992.0));
}

static snnfe_status list_events(snnfe_recording *r)
{
    r->onsets = snnfe_alloc(r->n_events, sizeof *r->onsets);
    r->texts = snnfe_alloc(r->n_events, sizeof *r->texts);
    if (!r->onsets || !r->texts)
        return SNNFE_ERR_MEMORY;
    for (size_t i = 0; i < r->n_events; i++) {
        r->onsets[i] = sample_of(r->events[i].onset_s * r->sampling_rate_hz);
        r->texts[i] = r->events[i].text;
    }
    return SNNFE_OK;
}

static snnfe_status recording_open(snnfe_recording **recording, const char *path,
                                   const snnfe_recording_options *options)
{
    static const char call[] = "snnfe_recording_open";
    SNNFE_TRY(snnfe_check_pointer(call, "recording", recording));
    SNNFE_TRY(snnfe_check_pointer(call, "path", path));
    *recording = NULL;
    snnfe_recording_options o;
    snnfe_channels channels;
    SNNFE_TRY(take_options(&o, &channels, options));
    snnfe_recording *made = snnfe_alloc(1, sizeof *made);
    if (!made)
        return SNNFE_ERR_MEMORY;
    snnfe_status status =
        snnfe_recording_read(path, &channels, o.sampling_rate_hz, o.strict != 0, made);
    if (status == SNNFE_OK)
        status = list_events(made);
    if (status != SNNFE_OK) {
        snnfe_recording_free(made);
        return snnfe_fail_kind(status, path, SNNFE_KIND_RECORDING);
    }
    const snnfe_sink sink = {o.log, NULL, o.user_data};
    snnfe_recording_log_notes(&made->notes, &sink);
    *recording = made;
    return SNNFE_OK;
}

snnfe_status snnfe_recording_open(snnfe_recording **recording, const char *path,
                                  const snnfe_recording_options *options)
{
    SNNFE_RETURN_COMPUTED(recording_open(recording, path, options));
}

void snnfe_recording_free(snnfe_recording *recording)
{
    if (!recording)
        return;
    snnfe_recording_release(recording);
    snnfe_release(recording);
}

snnfe_status snnfe_recording_get_info(const snnfe_recording *recording, snnfe_recording_info *info)
{
    static const char call[] = "snnfe_recording_get_info";
    SNNFE_TRY(snnfe_check_pointer(call, "recording", recording));
    SNNFE_TRY(snnfe_info_check(call, "info", info, sizeof *info));
    const snnfe_recording_info full = {.struct_size = sizeof full,
                                       .n_channels = recording->n_channels,
                                       .n_samples = recording->n_samples,
                                       .n_events = recording->n_events,
                                       .sampling_rate_hz = recording->sampling_rate_hz,
                                       .synthetic = recording->synthetic,
                                       .samples = recording->samples,
                                       .event_onsets = recording->onsets,
                                       .event_texts = recording->texts};
    snnfe_info_give(info, &full, sizeof full);
    return SNNFE_OK;
}
