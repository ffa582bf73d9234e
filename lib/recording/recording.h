/* A continuous recording in memory, whatever it came from. */
#ifndef SNNFE_LIB_RECORDING_H
#define SNNFE_LIB_RECORDING_H

#include "base/sink.h"
#include "base/text.h"

#include <snnfe/recording.h>

#include <stdbool.h>

#define SNNFE_MAX_CHANNELS 64
#define SNNFE_NAME_SIZE 32

typedef struct snnfe_event {
    double onset_s;   /* from the first sample */
    const char *text; /* whole, UTF-8; in the recording's event_texts or static */
} snnfe_event;

struct snnfe_recording {
    uint32_t n_channels;
    size_t n_samples; /* of each channel */
    double sampling_rate_hz;
    float *samples; /* [n_channels][n_samples] microvolts */
    char names[SNNFE_MAX_CHANNELS][SNNFE_NAME_SIZE];
    size_t n_events;
    snnfe_event *events; /* ascending in time */
    char *event_texts;   /* NULL where they are static */
    bool synthetic;
    uint64_t hash; /* of what was recorded, all channels and annotations, as it stood in the file */
    snnfe_text notes; /* what was read in spite of a deviation, a line each */
};

/* Frees the arrays and zeroes the struct. */
void snnfe_recording_release(snnfe_recording *recording);

/* Each line of a recording's notes as a warning. */
void snnfe_recording_log_notes(const snnfe_text *notes, const snnfe_sink *sink);

/* Where the recordings of a data set come from. `load` fills a zeroed recording for item `index`;
   it is called from several threads at once for different items. SNNFE_ERR_NOT_FOUND with
   `*missing` set to true means that there is no such recording at all (as opposed to one that lacks
   something). `describe` gives the path or name for messages (valid as long as the context). */
typedef struct snnfe_recording_source {
    snnfe_status (*load)(void *context, size_t index, snnfe_recording *recording, bool *missing);
    const char *(*describe)(void *context, size_t index);
    void *context;
} snnfe_recording_source;

/* Read, filter and cut `n` recordings with their subjects and runs into a data set. This is the one
   path that snnfe_dataset_open, _open_files and _synthesize share. */
snnfe_status snnfe_dataset_build(snnfe_dataset **dataset, const snnfe_recording_source *source,
                                 size_t n, const int32_t *subjects, const int32_t *runs,
                                 const snnfe_dataset_options *options);

#endif
