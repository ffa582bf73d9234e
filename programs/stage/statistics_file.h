/* Channel statistics as CSV, so that recordings can be normalized as those a network was trained
   on. */
#ifndef SNNFE_EXAMPLES_STATISTICS_FILE_H
#define SNNFE_EXAMPLES_STATISTICS_FILE_H

#include "cli.h"

#define STATISTICS_CHANNELS 64

typedef struct channel_statistics {
    double mean_uv[STATISTICS_CHANNELS];
    double std_uv[STATISTICS_CHANNELS];
    size_t n;
} channel_statistics;

/* The first line names the columns, then a row `mean_uv,std_uv` for each of the data set's channels
   in their order. A failure is printed. */
bool statistics_read(channel_statistics *statistics, const char *path, size_t n_channels);
bool statistics_write(const snnfe_dataset *dataset, const char *path);

#endif
