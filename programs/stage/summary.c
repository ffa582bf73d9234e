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

bool stage_write_summary(const char *folder, const stage_result *results, size_t n)
{
    char path[4096];
    cli_file file;
    if (!cli_join(path, folder, "summary.csv") || !cli_open(&file, path))
        return false;
    fprintf(file.stream,
            "Fold,Train_Trials,Val_Trials,Test_Trials,Train_Loss,Val_Accuracy,Test_Accuracy,"
            "Source_Test_Accuracy,Start_Val_Accuracy,Start_Test_Accuracy,LTP_crossings,"
            "LTD_crossings,LTP_pulses,LTD_pulses,Largest_pulses,Never_programmed,Energy_J\n");
    for (size_t i = 0; i < n; i++) {
        const stage_result *r = &results[i];
        fprintf(file.stream, "%lld,%zu,%zu,%zu", (long long)r->fold, r->n_train, r->n_validation,
                r->n_test);
        write_accuracy(file.stream, r->train_loss);
        write_accuracy(file.stream, r->validation_accuracy);
        write_accuracy(file.stream, r->test_accuracy);
        write_accuracy(file.stream, r->source_accuracy);
        write_accuracy(file.stream, r->start_validation_accuracy);
        write_accuracy(file.stream, r->start_test_accuracy);
        fprintf(file.stream, ",%llu,%llu,%llu,%llu,%llu,%.6f,",
                (unsigned long long)r->ltp_crossings, (unsigned long long)r->ltd_crossings,
                (unsigned long long)r->wear.ltp_pulses, (unsigned long long)r->wear.ltd_pulses,
                (unsigned long long)r->wear.largest, r->wear.never_programmed);
        /* Unknown if the energies of the pulses were not given. */
        if (r->wear.energy_j > 0)
            fprintf(file.stream, "%.6g", r->wear.energy_j);
        fprintf(file.stream, "\n");
    }
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

void stage_print_table(const stage_settings *s, bool synthetic, const stage_result *results,
                       size_t n)
{
    static column columns[4];
    size_t n_columns = 0;
    cli_end_progress();
    if (s->stage == SNNFE_STAGE_RETUNE) {
        columns[n_columns++].name = "source";
        columns[n_columns++].name = "transferred";
    }
    columns[n_columns++].name = "validation";
    columns[n_columns++].name = "test";
    printf("\n%-4s  %10s", "fold", "train loss");
    for (size_t c = 0; c < n_columns; c++)
        printf("  %11s", columns[c].name);
    printf("%s%s\n", s->on_device ? "      pulses" : "",
           synthetic ? "   (synthetic recordings)" : "");
    double pulses[STAGE_MAX_FOLDS];
    for (size_t i = 0; i < n; i++) {
        const stage_result *r = &results[i];
        const double values[4] = {r->source_accuracy, r->start_test_accuracy,
                                  r->validation_accuracy, r->test_accuracy};
        for (size_t c = 0; c < n_columns; c++)
            columns[c].values[i] = 100 * values[c + 4 - n_columns];
        char fold[24];
        snprintf(fold, sizeof fold, "%lld", (long long)r->fold);
        print_line(fold, r->train_loss, columns, n_columns, i);
        pulses[i] = (double)(r->wear.ltp_pulses + r->wear.ltd_pulses);
        if (s->on_device)
            printf("  %10.0f", pulses[i]);
        printf("%s\n", r->n_seen > 0 ? " *" : "");
    }
    for (size_t c = 0; c < n_columns; c++) {
        const double mean = cli_mean(columns[c].values, n);
        /* Of the population, as published; one fold has none. */
        columns[c].values[1] = n > 1 ? cli_population_deviation(columns[c].values, n) : (double)NAN;
        columns[c].values[0] = mean;
    }
    print_line("mean", (double)NAN, columns, n_columns, 0);
    if (s->on_device)
        printf("  %10.0f", cli_mean(pulses, n));
    printf("\n");
    print_line("std", (double)NAN, columns, n_columns, 1);
    size_t n_seen = 0;
    for (size_t i = 0; i < n; i++)
        n_seen += results[i].n_seen;
    if (n_seen > 0)
        printf("\n* includes %zu trials that trained the network\n", n_seen);
    printf("\nz-scores: statistics of %s\n",
           s->normalization ? "the training subjects only" : "all recordings (the paper's way)");
    printf("models, logs and manifest in %s\n", s->out);
}
