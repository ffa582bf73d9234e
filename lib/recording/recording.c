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

snnfe_status snnfe_recording_select(snnfe_recording *r, const char *path,
                                    const snnfe_channels *channels)
{
    const size_t size = r->n_samples * sizeof(float);
    float *chosen = snnfe_alloc_raw(channels->n, size);
    if (!chosen)
        return SNNFE_ERR_MEMORY;
    const snnfe_channel_list list = {path, r->n_channels, name_of, r};
    for (size_t c = 0; c < channels->n; c++) {
        size_t from = 0;
        const snnfe_status status = snnfe_channel_find(&list, channels->names[c], &from);
        if (status != SNNFE_OK) {
            snnfe_release(chosen);
            return status;
        }
        memcpy(chosen + c * r->n_samples, r->samples + from * r->n_samples, size);
    }
    snnfe_release(r->samples);
    r->samples = chosen;
    r->n_channels = (uint32_t)channels->n;
    memcpy(r->names, channels->names, sizeof r->names);
    return SNNFE_OK;
}

void snnfe_recording_log_notes(const snnfe_text *notes, const snnfe_sink *sink)
{
    for (const char *line = notes->data; line && *line;) {
        const size_t length = strcspn(line, "\n");
        snnfe_sink_log(sink, SNNFE_LOG_WARNING, "%.*s", (int)length, line);
        line += length + (line[length] == '\n');
    }
}
