#include "recording/recording.h"

#include "base/memory.h"

#include <string.h>

void snnfe_recording_release(snnfe_recording *recording)
{
    snnfe_release(recording->samples);
    snnfe_release(recording->events);
    snnfe_release(recording->event_texts);
    snnfe_release(recording->onsets);
    snnfe_release(recording->texts);
    snnfe_text_release(&recording->notes);
    *recording = (snnfe_recording){0};
}

static const char *name_of(const void *context, size_t index)
{
    const snnfe_recording *r = context;
    return r->names[index];
}

snnfe_status snnfe_recording_spread(snnfe_recording *r, size_t n_channels)
{
    if (r->absent == 0)
        return SNNFE_OK;
    float *spread = snnfe_alloc(n_channels * r->n_samples, sizeof *spread);
    if (!spread)
        return SNNFE_ERR_MEMORY;
    for (size_t c = 0, from = 0; c < n_channels; c++)
        if (!(r->absent >> c & 1))
            memcpy(spread + c * r->n_samples, r->samples + from++ * r->n_samples,
                   r->n_samples * sizeof *spread);
    snnfe_release(r->samples);
    r->samples = spread;
    r->n_channels = (uint32_t)n_channels;
    return SNNFE_OK;
}

/* Copy the channels that are there. */
static snnfe_status pick(snnfe_recording *r, const snnfe_channel_list *list,
                         const snnfe_channels *channels)
{
    const size_t size = r->n_samples * sizeof(float);
    float *chosen = snnfe_alloc_raw(channels->n, size);
    if (!chosen)
        return SNNFE_ERR_MEMORY;
    for (size_t c = 0; c < channels->n; c++) {
        size_t from = 0;
        const snnfe_status status = snnfe_channel_find(list, channels->names[c], &from);
        if (status != SNNFE_OK) {
            snnfe_release(chosen);
            return status;
        }
        memcpy(chosen + c * r->n_samples, r->samples + from * r->n_samples, size);
    }
    snnfe_release(r->samples);
    r->samples = chosen;
    r->n_channels = (uint32_t)channels->n;
    return SNNFE_OK;
}

snnfe_status snnfe_recording_select(snnfe_recording *r, const char *path,
                                    const snnfe_channels *channels)
{
    const snnfe_channel_list list = {path, r->n_channels, name_of, r};
    snnfe_channels present;
    SNNFE_TRY(snnfe_channels_present(&list, channels, &present, &r->absent));
    SNNFE_TRY(pick(r, &list, &present));
    memcpy(r->names, channels->names, sizeof r->names);
    return snnfe_recording_spread(r, channels->n);
}

void snnfe_recording_log_notes(const snnfe_text *notes, const snnfe_sink *sink)
{
    for (const char *line = notes->data; line && *line;) {
        const size_t length = strcspn(line, "\n");
        snnfe_sink_log(sink, SNNFE_LOG_WARNING, "%.*s", (int)length, line);
        line += length + (line[length] == '\n');
    }
}
