#include "statistics_file.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char header[] = "mean_uv,std_uv\n";

static bool parse_row(const char *line, double *mean, double *deviation)
{
    char *end = NULL;
    *mean = strtod(line, &end);
    if (end == line || *end != ',')
        return false;
    const char *second = end + 1;
    *deviation = strtod(second, &end);
    return end != second && end[strspn(end, "\r\n")] == '\0' && isfinite(*mean) &&
           isfinite(*deviation) && *deviation > 0;
}

bool statistics_read(channel_statistics *statistics, const char *path, size_t n_channels)
{
    char line[256];
    FILE *file = cli_open_text(path);
    *statistics = (channel_statistics){0};
    if (!file) {
        cli_error("%s: cannot read: %s", path, strerror(errno));
        return false;
    }
    bool good = fgets(line, sizeof line, file);
    const size_t mark = good && strncmp(line, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    good = good && strncmp(line + mark, header, strlen(header) - 1) == 0;
    if (!good)
        cli_error("%s: line 1: not the columns mean_uv,std_uv", path);
    while (good && fgets(line, sizeof line, file)) {
        const size_t n = statistics->n;
        good = n < STATISTICS_CHANNELS &&
               parse_row(line, &statistics->mean_uv[n], &statistics->std_uv[n]);
        statistics->n += good;
        if (!good)
            cli_error("%s: line %zu: not a mean and a positive standard deviation of one of %d "
                      "channels",
                      path, n + 2, STATISTICS_CHANNELS);
    }
    if (good && statistics->n != n_channels) {
        cli_error("%s: %zu channels, not %zu", path, statistics->n, n_channels);
        good = false;
    }
    fclose(file);
    return good;
}

bool statistics_write(const snnfe_dataset *dataset, const char *path)
{
    cli_file file;
    const snnfe_signal *signal = cli_dataset_info(dataset).signal;
    if (signal->normalization == SNNFE_NORMALIZE_NONE) {
        cli_error("%s: trials in microvolts have no statistics", path);
        return false;
    }
    if (!cli_open(&file, path))
        return false;
    fprintf(file.stream, "%s", header);
    for (size_t c = 0; c < signal->n_channels; c++)
        fprintf(file.stream, "%.17g,%.17g\n", signal->channel_mean_uv[c],
                signal->channel_std_uv[c]);
    return cli_commit(&file);
}
