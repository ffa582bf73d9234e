/* The results of all jobs in one table. */
#include "sweep.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LINE_SIZE 4096
#define MAX_COLUMNS 64

/* A job's summary.csv, line by line. */
typedef struct summary {
    FILE *file;
    char header[LINE_SIZE];
} summary;

static bool read_line(FILE *file, char line[LINE_SIZE])
{
    if (!fgets(line, LINE_SIZE, file))
        return false;
    line[strcspn(line, "\r\n")] = '\0';
    return true;
}

static bool summary_open(summary *s, const sweep_place *place, size_t job)
{
    char path[4096];
    if (!sweep_job_path(path, place, job, "summary.csv"))
        return false;
    s->file = fopen(path, "re");
    if (s->file && read_line(s->file, s->header))
        return true;
    if (s->file)
        fclose(s->file);
    cli_error("%s: cannot read", path);
    return false;
}

/* Quoted where a comma is in it. */
static void write_field(FILE *stream, const char *value)
{
    const bool quoted = strpbrk(value, ",\"") != NULL;
    if (quoted)
        fputc('"', stream);
    for (const char *c = value; *c; c++) {
        if (*c == '"')
            fputc('"', stream);
        fputc(*c, stream);
    }
    if (quoted)
        fputc('"', stream);
}

bool sweep_write_results(const sweep_place *place)
{
    const sweep_config *config = place->config;
    char path[4096], line[LINE_SIZE];
    cli_file file;
    bool first = true;
    if (!cli_join(path, place->out, "results.csv") || !cli_open(&file, path))
        return false;
    for (size_t job = 0; job < config->n_jobs; job++) {
        summary s;
        if (!sweep_job_done(place, job) || !summary_open(&s, place, job))
            continue;
        for (size_t a = 0; first && a < config->n_axes; a++)
            fprintf(file.stream, "%s,", config->axes[a].name);
        if (first)
            fprintf(file.stream, "%s\n", s.header);
        first = false;
        while (read_line(s.file, line)) {
            for (size_t a = 0; a < config->n_axes; a++) {
                write_field(file.stream, sweep_value(config, job, a));
                fputc(',', file.stream);
            }
            fprintf(file.stream, "%s\n", line);
        }
        fclose(s.file);
    }
    return cli_commit(&file);
}

/* --- the table ----------------------------------------------------------------------------- */

/* Accuracies of two kinds, on trials of the training's subjects and on subjects it did not see, are
   never mixed in one column. */
enum {
    SHOWN_START_VALIDATION,
    SHOWN_START_TEST,
    SHOWN_VALIDATION,
    SHOWN_TEST,
    SHOWN_VALIDATION_TRIALS,
    SHOWN_TEST_TRIALS,
    SHOWN_PULSES,
    N_SHOWN
};

/* Of all rows of one setting. */
typedef struct setting {
    size_t n[N_SHOWN];
    double sum[N_SHOWN], squares[N_SHOWN];
} setting;

static void add(setting *s, int shown, double value)
{
    s->n[shown]++;
    s->sum[shown] += value;
    s->squares[shown] += value * value;
}

static double mean_of(const setting *s, int shown)
{
    return s->n[shown] ? s->sum[shown] / (double)s->n[shown] : (double)NAN;
}

/* Of the population, as in the published tables. */
static double deviation_of(const setting *s, int shown)
{
    const double n = (double)s->n[shown], mean = mean_of(s, shown);
    return n > 0 ? sqrt(fmax(0, s->squares[shown] / n - mean * mean)) : 0;
}

/* Field `column` of a line; false where it is empty or missing. */
static bool field(const char *line, size_t column, double *value)
{
    for (; column > 0 && line; column--) {
        line = strchr(line, ',');
        line = line ? line + 1 : NULL;
    }
    char *end = NULL;
    if (!line)
        return false;
    *value = strtod(line, &end);
    return end != line;
}

static bool named_field(const char *header, const char *line, const char *name, double *value)
{
    size_t column = 0;
    const size_t length = strlen(name);
    for (const char *at = header; at; column++) {
        if (strncmp(at, name, length) == 0 && (at[length] == ',' || at[length] == '\0'))
            return field(line, column, value);
        at = strchr(at, ',');
        at = at ? at + 1 : NULL;
    }
    return false;
}

static void add_row(setting *s, const char *header, const char *line)
{
    static const char *const accuracies[] = {
        [SHOWN_START_VALIDATION] = "Start_Val_Accuracy",
        [SHOWN_START_TEST] = "Start_Test_Accuracy",
        [SHOWN_VALIDATION] = "Val_Accuracy",
        [SHOWN_TEST] = "Test_Accuracy",
        [SHOWN_VALIDATION_TRIALS] = "Val_Trial_Accuracy",
        [SHOWN_TEST_TRIALS] = "Test_Trial_Accuracy",
    };
    double value = 0, ltd = 0;
    for (int shown = 0; shown < SHOWN_PULSES; shown++)
        if (named_field(header, line, accuracies[shown], &value))
            add(s, shown, value);
    if (named_field(header, line, "LTP_pulses", &value) &&
        named_field(header, line, "LTD_pulses", &ltd))
        add(s, SHOWN_PULSES, value + ltd);
}

/* Number of the job's setting: its place in the grid without the axes that repeat. */
static size_t setting_of(const sweep_config *config, size_t job, size_t *first_job)
{
    size_t index = 0, stride = 1, rest = job;
    *first_job = 0;
    for (size_t a = config->n_axes, job_stride = 1; a-- > 0;) {
        const size_t n = config->axes[a].n, place = rest % n;
        rest /= n;
        if (!sweep_repeats(&config->axes[a])) {
            index += place * stride;
            stride *= n;
            *first_job += place * job_stride;
        }
        job_stride *= n;
    }
    return index;
}

static size_t rows_of(const setting *s)
{
    return s->n[SHOWN_VALIDATION] > s->n[SHOWN_TEST] ? s->n[SHOWN_VALIDATION] : s->n[SHOWN_TEST];
}

static void print_setting(const sweep_config *config, size_t first_job, const setting *s,
                          const setting *total)
{
    for (size_t a = 0; a < config->n_axes; a++)
        if (!sweep_repeats(&config->axes[a]))
            printf("%-12s", cli_shown(sweep_value(config, first_job, a)));
    for (int shown = 0; shown < SHOWN_PULSES; shown++)
        if (total->n[shown] && s->n[shown] == 1) /* one row has no spread */
            printf("  %6.2f +-    - %%", 100 * mean_of(s, shown));
        else if (total->n[shown] && s->n[shown])
            printf("  %6.2f +-%5.2f %%", 100 * mean_of(s, shown), 100 * deviation_of(s, shown));
        else if (total->n[shown])
            printf("  %16s", "");
    if (s->n[SHOWN_PULSES])
        printf("  %10.0f", mean_of(s, SHOWN_PULSES));
    else
        printf("  %10s", "-");
    printf("  %4zu\n", rows_of(s));
}

/* Columns that no row has are left out. */
static void print_head(const sweep_config *config, const setting *total)
{
    static const char *const names[] = {
        [SHOWN_START_VALIDATION] = "val. before",  [SHOWN_START_TEST] = "test before",
        [SHOWN_VALIDATION] = "validation",         [SHOWN_TEST] = "test",
        [SHOWN_VALIDATION_TRIALS] = "val. trials", [SHOWN_TEST_TRIALS] = "test trials",
    };
    printf("\n");
    for (size_t a = 0; a < config->n_axes; a++)
        if (!sweep_repeats(&config->axes[a]))
            printf("%-12s", config->axes[a].name);
    for (int shown = 0; shown < SHOWN_PULSES; shown++)
        if (total->n[shown])
            printf("  %-16s", names[shown]);
    printf("  %10s  rows\n", "pulses");
}

/* Accuracies of trials are not shown where all are those of their only windows. */
static void hide_trials(setting *total)
{
    static const int pairs[2][2] = {{SHOWN_VALIDATION, SHOWN_VALIDATION_TRIALS},
                                    {SHOWN_TEST, SHOWN_TEST_TRIALS}};
    for (int i = 0; i < 2; i++)
        if (total->sum[pairs[i][0]] == total->sum[pairs[i][1]] &&
            total->squares[pairs[i][0]] == total->squares[pairs[i][1]])
            total->n[pairs[i][1]] = 0;
}

bool sweep_print_table(const sweep_place *place)
{
    const sweep_config *config = place->config;
    char line[LINE_SIZE];
    setting total = {0};
    setting *settings = calloc(config->n_jobs, sizeof *settings);
    if (!settings)
        return cli_error("out of memory") == CLI_OK;
    for (size_t job = 0; job < config->n_jobs; job++) {
        summary s;
        size_t first_job;
        if (!sweep_job_done(place, job) || !summary_open(&s, place, job))
            continue;
        while (read_line(s.file, line)) {
            add_row(&settings[setting_of(config, job, &first_job)], s.header, line);
            add_row(&total, s.header, line);
        }
        fclose(s.file);
    }
    hide_trials(&total);
    if (rows_of(&total) > 0)
        print_head(config, &total);
    for (size_t job = 0; job < config->n_jobs; job++) {
        size_t first_job;
        const size_t index = setting_of(config, job, &first_job);
        if (first_job == job && rows_of(&settings[index]) > 0)
            print_setting(config, job, &settings[index], &total);
    }
    if (rows_of(&total) > 0)
        printf("results in %s/results.csv\n", cli_shown(place->out));
    free(settings);
    return true;
}
