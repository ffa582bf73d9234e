/* Options of programs that say how updates become pulses. */
#ifndef SNNFE_EXAMPLES_PROGRAMMING_SETTINGS_H
#define SNNFE_EXAMPLES_PROGRAMMING_SETTINGS_H

#include "cli.h"

typedef struct programming_settings {
    int32_t method; /* SNNFE_PROGRAMMING_* */
    int64_t most_pulses, period, shift_pairs;
    double fast_rate, transfer_rate, tolerance, refresh;
} programming_settings;

programming_settings programming_defaults(void);

#define PROGRAMMING_N_OPTIONS 8
/* Write the options into `options`; returns their number. */
size_t programming_add_options(cli_option *options, programming_settings *settings);

/* Of the ways that the options are for. */
extern const cli_need programming_needs[];

snnfe_programming_options programming_make(const programming_settings *settings);

#endif
