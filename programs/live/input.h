/* What an input of snnfe-live has to fit, what is known of it, and which of its channels is taken
   for which of the decoder's. */
#ifndef SNNFE_EXAMPLES_LIVE_INPUT_H
#define SNNFE_EXAMPLES_LIVE_INPUT_H

#include "cli.h"

#define LIVE_MAX_CHANNELS 64  /* of the decoder */
#define LIVE_MAX_COLUMNS 1024 /* of the input */
#define LIVE_MAX_NAMES 32768  /* bytes of its channels' names */

typedef struct live_input {
    /* What it has to fit. */
    const snnfe_decoder *decoder;
    const char *told_by; /* whose channels and rate these are, for messages */
    size_t n_channels;
    uint64_t absent; /* channels that it lacks, as bits */
    double sampling_rate_hz;
    uint32_t n_classes;

    /* What is known of it, from the user or from itself. */
    const char *name;
    bool resample;                /* another rate is brought to the decoder's */
    bool names_given, rate_given; /* by the user: the input may not say otherwise */
    size_t n_names;               /* 0 = its channels have no names */
    const char *names[LIVE_MAX_COLUMNS];
    char text[LIVE_MAX_NAMES];
    double rate_hz; /* 0 = not known */
    double to_uv;   /* factor to microvolts; 0 = not known */

    /* Which column is which channel, once that is settled. */
    bool settled, numbers_unknown;
    size_t n_columns;
    size_t columns[LIVE_MAX_CHANNELS]; /* of each channel of the decoder */
} live_input;

/* Names of the columns in their order, separated by commas, or else by blanks. False: a message was
   printed. */
bool live_input_set_names(live_input *input, const char *list);
/* "uV", "mV" or "V". */
bool live_input_set_unit(live_input *input, const char *unit);
bool live_input_set_rate(live_input *input, double rate_hz);

/* Settle which column is which channel, by name, or by number where there are no names. `n_columns`
   are the columns that there are, 0 = not known yet. False: it does not fit, a message was printed.
 */
bool live_input_settle(live_input *input, size_t n_columns);

/* The input is read by the names of the decoder's channels, at this rate, in microvolts. */
void live_input_found(live_input *input, double rate_hz);

/* The decoder's channels, in microvolts, out of a row of the input. */
void live_input_take(const live_input *input, const float *row, float *channels);

/* Say what is taken for what. */
void live_input_print(const live_input *input);

/* Name of a channel of the decoder, made up where it has none. */
const char *live_channel_name(const snnfe_decoder *decoder, size_t channel);

#endif
