/* A continuous recording in memory, whatever it came from. */
#ifndef SNNFE_LIB_RECORDING_H
#define SNNFE_LIB_RECORDING_H

#include "base/sink.h"
#include "base/text.h"
#include "recording/channels.h"

#include <snnfe/recording.h>

#include <stdbool.h>

typedef struct snnfe_event {
    double onset_s;   /* from the first sample */
    const char *text; /* whole, UTF-8; in the recording's event_texts or static */
} snnfe_event;

struct snnfe_recording {
    uint32_t n_channels;
    size_t n_samples; /* of each channel */
    double sampling_rate_hz;
    double recorded_hz; /* the same before anything was resampled; what trials are known by */
    float *samples;     /* [n_channels][n_samples] microvolts */
    char names[SNNFE_MAX_CHANNELS][SNNFE_NAME_SIZE];
    size_t n_events;
    snnfe_event *events; /* ascending in time */
    char *event_texts;   /* NULL where they are static */
    uint64_t *onsets;    /* of the events, in samples, and their texts; only handles have them */
    const char **texts;
    bool synthetic;
    uint64_t
        absent; /* channels that the file lacks, as bits; zeros until they are made of others */
    size_t n_interpolated;
    uint64_t doubtful; /* channels that are bad, flat, or were made of others, as bits */
    uint64_t hash;     /* of all recorded channels and annotations, as they are in the file */
    snnfe_text notes;  /* what was read in spite of a deviation, a line each */
};

/* Said of a rate that was asked for and is another one. */
#define SNNFE_OTHER_RATE "; to resample is an option (resample, --resample)"

/* Read the channels (in this order, in microvolts) and all events of a file in EDF, EDF+, BDF, BDF+
   or BrainVision's format; channels that it may lack, and does, are zeros. Every channel must have
   this rate, or with 0 that of the first one; a
   strict reader refuses every departure from the format. */
snnfe_status snnfe_recording_read(const char *path, const snnfe_channels *channels,
                                  double sampling_rate_hz, bool strict, snnfe_recording *recording);

/* The electrodes that have a place (positions.h) among a file's labels, in its order, by the names
   that snnfe_electrode_name() gives them. SNNFE_ERR_NOT_FOUND: none; SNNFE_ERR_FORMAT: one twice;
   SNNFE_ERR_UNSUPPORTED: more than 64. */
snnfe_status snnfe_recording_electrodes(const char *path, bool strict,
                                        const struct snnfe_positions *positions,
                                        snnfe_channels *channels);

/* Put zeros where channels are absent, so that there are `n_channels`. */
snnfe_status snnfe_recording_spread(snnfe_recording *recording, size_t n_channels);

/* Keep the channels that are asked for, in their order, of a recording with names; `path` is for
   messages. */
snnfe_status snnfe_recording_select(snnfe_recording *recording, const char *path,
                                    const snnfe_channels *channels);

/* Frees the arrays and zeroes the struct. */
void snnfe_recording_release(snnfe_recording *recording);

/* Each line of a recording's notes as a warning. */
void snnfe_recording_log_notes(const snnfe_text *notes, const snnfe_sink *sink);

#endif
