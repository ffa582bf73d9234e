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

void snnfe_recording_log_notes(const snnfe_text *notes, const snnfe_sink *sink)
{
    for (const char *line = notes->data; line && *line;) {
        const size_t length = strcspn(line, "\n");
        snnfe_sink_log(sink, SNNFE_LOG_WARNING, "%.*s", (int)length, line);
        line += length + (line[length] == '\n');
    }
}
