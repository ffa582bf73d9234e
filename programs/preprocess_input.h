/* What snnfe-preprocess reads besides a tree of EEGMMIDB: other channels, events and files. */
#ifndef SNNFE_EXAMPLES_PREPROCESS_INPUT_H
#define SNNFE_EXAMPLES_PREPROCESS_INPUT_H

#include "cli.h"

#define INPUT_CHANNELS 64
#define INPUT_EVENTS 256

typedef struct input_channels {
    char text[4096];
    const char *names[INPUT_CHANNELS];
    int32_t rows[INPUT_CHANNELS], columns[INPUT_CHANNELS];
} input_channels;

typedef struct input_events {
    char text[8192];
    const char *names[INPUT_EVENTS];
    int32_t labels[INPUT_EVENTS];
} input_events;

/* "C3,Cz,A1=9/0": names with their row and column in the grid; electrodes of the 10-05 system have
   theirs. Sets the options; false with a message for what is none. */
bool input_set_channels(input_channels *channels, const char *given, snnfe_dataset_options *o);

/* "left hand=0,right hand=1,rest=end": names of events with their classes; "left,right" are 0, 1, …
 */
bool input_set_events(input_events *events, const char *given, snnfe_dataset_options *o);

#define INPUT_BANDS 8

typedef struct input_bands {
    double low_hz[INPUT_BANDS], high_hz[INPUT_BANDS];
} input_bands;

/* "8-13,13-20,20-30": bands of envelopes in Hz. */
bool input_set_bands(input_bands *bands, const char *given, snnfe_dataset_options *o);

/* "50", "auto" or "none": the notch for line noise. */
bool input_set_notch(const char *given, snnfe_dataset_options *o);

/* A folder with dataset_description.json is a BIDS tree, another one a tree of EEGMMIDB; a file is
   a list of recordings: a line each with path (from the list's folder on), subject and run between
   commas, behind a first line "path,subject,run". Returns CLI_OK, or the program's exit code after
   a message. */
int input_open(snnfe_dataset **dataset, const char *path, const snnfe_bids_options *bids,
               const snnfe_dataset_options *o);

#endif
