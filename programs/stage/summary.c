/* Results of a stage, as a table for people and as CSV. */
#include "stage.h"

#include <math.h>

/* Nothing where there is no number. */
static void write_accuracy(FILE *stream, double accuracy)
{
    if (isnan(accuracy))
        fprintf(stream, ",");
    else
        fprintf(stream, ",%.6f", accuracy);
}

static void write_row(FILE *stream, const stage_result *r, uint64_t run)
{
    const stage_accuracy accuracies[] = {r->validation, r->test, r->source, r->start_validation,
                                         r->start_test};
    const size_t n = sizeof accuracies / sizeof accuracies[0];
    fprintf(stream, "%lld,%zu,%zu,%zu", (long long)r->fold, r->n_train, r->n_validation, r->n_test);
    write_accuracy(stream, r->train_loss);
    for (size_t i = 0; i < n; i++)
        write_accuracy(stream, accuracies[i].windows);
    fprintf(stream, ",%llu,%llu,%llu,%llu,%llu,%.6f,", (unsigned long long)r->ltp_crossings,
            (unsigned long long)r->ltd_crossings, (unsigned long long)r->wear.ltp_pulses,
            (unsigned long long)r->wear.ltd_pulses, (unsigned long long)r->wear.largest,
            r->wear.never_programmed);
    /* Unknown if the energies of the pulses were not given. */
    if (r->wear.energy_j > 0)
        fprintf(stream, "%.6g", r->wear.energy_j);
    for (size_t i = 0; i < n; i++)
        write_accuracy(stream, accuracies[i].trials);
    cli_write_run(stream, run);
}

bool stage_write_summary(const stage_settings *s, const stage_result *results, size_t n)
{
    char path[4096];
    cli_file file;
    if (!cli_join(path, s->out, "summary.csv") || !cli_open(&file, path))
        return false;
    fprintf(file.stream,
            "Fold,Train_Trials,Val_Trials,Test_Trials,Train_Loss,Val_Accuracy,Test_Accuracy,"
            "Source_Test_Accuracy,Start_Val_Accuracy,Start_Test_Accuracy,LTP_crossings,"
            "LTD_crossings,LTP_pulses,LTD_pulses,Largest_pulses,Never_programmed,Energy_J,"
            "Val_Trial_Accuracy,Test_Trial_Accuracy,Source_Test_Trial_Accuracy,"
            "Start_Val_Trial_Accuracy,Start_Test_Trial_Accuracy,Run\n");
    for (size_t i = 0; i < n; i++)
        write_row(file.stream, &results[i], s->run);
    return cli_commit(&file);
}

/* One column: its values, mean and standard deviation over the folds, in per cent. */
typedef struct column {
    const char *name;
    double values[STAGE_MAX_FOLDS];
} column;

static void print_line(const char *name, double loss, const column *columns, size_t n_columns,
                       size_t row)
{
    printf("%-4s", name);
    if (isnan(loss))
        printf("            ");
    else
        printf("  %10.4f", loss);
    for (size_t c = 0; c < n_columns; c++)
        if (isnan(columns[c].values[row]))
            printf("  %9s  ", "-");
        else
            printf("  %9.1f %%", columns[c].values[row]);
}

#define MOST_COLUMNS 4

/* Columns of a stage, filled from all folds; returns their number. */
static size_t fill_columns(const stage_settings *s, const stage_result *results, size_t n,
                           bool of_trials, column columns[MOST_COLUMNS])
{
    static const char *const names[] = {"source", "transferred", "validation", "test"};
    const size_t first = s->stage == SNNFE_STAGE_RETUNE ? 0 : 2;
    for (size_t i = 0; i < n; i++) {
        const stage_result *r = &results[i];
        const stage_accuracy values[] = {r->source, r->start_test, r->validation, r->test};
        for (size_t c = first; c < MOST_COLUMNS; c++)
            columns[c - first].values[i] = 100 * (of_trials ? values[c].trials : values[c].windows);
    }
    for (size_t c = first; c < MOST_COLUMNS; c++)
        columns[c - first].name = names[c];
    return MOST_COLUMNS - first;
}

/* Mean and deviation below the folds; the columns hold them afterwards. */
static void print_summary(column *columns, size_t n_columns, size_t n, const double *pulses)
{
    for (size_t c = 0; c < n_columns; c++) {
        const double mean = cli_mean(columns[c].values, n);
        /* Of the population, as published; one fold has none. */
        columns[c].values[1] = n > 1 ? cli_population_deviation(columns[c].values, n) : (double)NAN;
        columns[c].values[0] = mean;
    }
    print_line("mean", (double)NAN, columns, n_columns, 0);
    if (pulses)
        printf("  %10.0f", cli_mean(pulses, n));
    printf("\n");
    print_line("std", (double)NAN, columns, n_columns, 1);
}

static void print_windows(const stage_settings *s, bool synthetic, const stage_result *results,
                          size_t n)
{
    static column columns[MOST_COLUMNS];
    static double pulses[STAGE_MAX_FOLDS];
    const size_t n_columns = fill_columns(s, results, n, false, columns);
    printf("\n%-4s  %10s", "fold", "train loss");
    for (size_t c = 0; c < n_columns; c++)
        printf("  %11s", columns[c].name);
    printf("%s%s\n", s->on_device ? "      pulses" : "",
           synthetic ? "   (synthetic recordings)" : "");
    for (size_t i = 0; i < n; i++) {
        const stage_result *r = &results[i];
        char fold[24];
        snprintf(fold, sizeof fold, "%lld", (long long)r->fold);
        print_line(fold, r->train_loss, columns, n_columns, i);
        pulses[i] = (double)(r->wear.ltp_pulses + r->wear.ltd_pulses);
        if (s->on_device)
            printf("  %10.0f", pulses[i]);
        printf("%s\n", r->n_seen > 0 ? " *" : "");
    }
    print_summary(columns, n_columns, n, s->on_device ? pulses : NULL);
}

/* Only where trials have several windows: else it is the same table. */
static void print_trials(const stage_settings *s, const stage_result *results, size_t n)
{
    static column columns[MOST_COLUMNS];
    const size_t n_columns = fill_columns(s, results, n, true, columns);
    bool has_windows = false;
    for (size_t i = 0; i < n; i++)
        has_windows = has_windows || results[i].has_windows;
    if (!has_windows)
        return;
    printf("\n\nabove: each window by itself; of trials, whose windows decide together:\n");
    for (size_t i = 0; i < n; i++) {
        char fold[24];
        snprintf(fold, sizeof fold, "%lld", (long long)results[i].fold);
        print_line(fold, (double)NAN, columns, n_columns, i);
        printf("\n");
    }
    print_summary(columns, n_columns, n, NULL);
}

void stage_print_table(const stage_settings *s, bool synthetic, const stage_result *results,
                       size_t n)
{
    size_t n_seen = 0;
    cli_end_progress();
    print_windows(s, synthetic, results, n);
    print_trials(s, results, n);
    for (size_t i = 0; i < n; i++)
        n_seen += results[i].n_seen;
    if (n_seen > 0)
        printf("\n* trials among these that trained the network: %zu\n", n_seen);
    printf("\nz-scores: statistics of %s\n",
           s->normalization ? "the training subjects only" : "all recordings (the paper's way)");
    printf("models, logs and manifest in %s\n", cli_shown(s->out));
}
