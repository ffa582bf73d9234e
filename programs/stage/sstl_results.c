#include "sstl_results.h"

#include <math.h>
#include <stdlib.h>

#define MAX_FOLDS 100

bool sstl_make_room(sstl_results *results, size_t n, size_t n_epochs, size_t n_classes)
{
    *results =
        (sstl_results){.rows = calloc(n, sizeof *results->rows),
                       .class_accuracy = calloc(n * 2 * n_classes, sizeof *results->class_accuracy),
                       .records = calloc(n * n_epochs, sizeof *results->records),
                       .record_class_accuracy = calloc(n * n_epochs * n_classes, sizeof(double)),
                       .n_classes = n_classes};
    return results->rows && results->class_accuracy && results->records &&
           results->record_class_accuracy;
}

void sstl_release(sstl_results *results)
{
    free(results->rows);
    free(results->class_accuracy);
    free(results->records);
    free(results->record_class_accuracy);
    *results = (sstl_results){0};
}

/* Of one subject's folds. */
typedef struct subject {
    int32_t number;
    double before, after, before_deviation, after_deviation;
    double trials_before, trials_after;
    bool has_windows; /* a trial has several */
    size_t n_seen;    /* validation trials that had trained the network */
    double pulses;    /* of a fold's training, mean */
} subject;

static subject subject_at(const sstl_about *about, const sstl_results *results, size_t first)
{
    double before[MAX_FOLDS], after[MAX_FOLDS], pulses[MAX_FOLDS];
    double trials_before[MAX_FOLDS], trials_after[MAX_FOLDS];
    size_t n_seen = 0;
    bool has_windows = false;
    for (size_t f = 0; f < about->n_folds; f++) {
        const snnfe_personalized *r = &results->rows[first + f];
        before[f] = r->accuracy_before;
        after[f] = r->accuracy_after;
        trials_before[f] = r->trial_accuracy_before;
        trials_after[f] = r->trial_accuracy_after;
        has_windows = has_windows || r->n_trials < r->n_validation;
        n_seen += r->n_seen;
        pulses[f] = (double)(r->ltp_pulses + r->ltd_pulses);
    }
    return (subject){.number = results->rows[first].subject,
                     .before = cli_mean(before, about->n_folds),
                     .n_seen = n_seen,
                     .after = cli_mean(after, about->n_folds),
                     .before_deviation = cli_deviation(before, about->n_folds),
                     .after_deviation = cli_deviation(after, about->n_folds),
                     .trials_before = cli_mean(trials_before, about->n_folds),
                     .trials_after = cli_mean(trials_after, about->n_folds),
                     .has_windows = has_windows,
                     .pulses = cli_mean(pulses, about->n_folds)};
}

static bool open_in(cli_file *file, const char *folder, const char *name)
{
    char path[4096];
    return cli_join(path, folder, name) && cli_open(file, path);
}

static void write_number(FILE *stream, double number)
{
    if (isnan(number))
        fprintf(stream, ",");
    else
        fprintf(stream, ",%.6f", number);
}

static void write_numbers(FILE *stream, const double *numbers, size_t n)
{
    for (size_t i = 0; i < n; i++)
        write_number(stream, numbers[i]);
}

/* A number that is 0 if it is not known. */
static void write_known(FILE *stream, double number)
{
    fputc(',', stream);
    if (number > 0)
        fprintf(stream, "%.6g", number);
}

bool sstl_write_summary(const char *folder, const sstl_about *about, const sstl_results *results)
{
    cli_file file;
    if (!open_in(&file, folder, "summary.csv"))
        return false;
    fprintf(file.stream, "subject_id,Fold,Train_Trials,Val_Trials,Train_Loss,Val_Accuracy");
    cli_write_class_names(file.stream, "", results->n_classes);
    fprintf(file.stream, ",Start_Val_Accuracy");
    cli_write_class_names(file.stream, "Start_", results->n_classes);
    fprintf(file.stream, ",LTP_crossings,LTD_crossings,LTP_pulses,LTD_pulses,Largest_pulses,"
                         "Energy_J,Life_used,Trials,Val_Trial_Accuracy,Start_Val_Trial_Accuracy,"
                         "Run\n");
    for (size_t i = 0; i < results->n; i++) {
        const snnfe_personalized *r = &results->rows[i];
        fprintf(file.stream, "%d,%d,%u,%u", (int)r->subject, (int)r->fold, (unsigned)r->n_train,
                (unsigned)r->n_validation);
        write_number(file.stream, r->train_loss);
        const double *before = results->class_accuracy + 2 * i * results->n_classes;
        write_number(file.stream, r->accuracy_after);
        write_numbers(file.stream, before + results->n_classes, results->n_classes);
        write_number(file.stream, r->accuracy_before);
        write_numbers(file.stream, before, results->n_classes);
        fprintf(file.stream, ",%llu,%llu,%llu,%llu,%llu", (unsigned long long)r->ltp_crossings,
                (unsigned long long)r->ltd_crossings, (unsigned long long)r->ltp_pulses,
                (unsigned long long)r->ltd_pulses, (unsigned long long)r->largest);
        write_known(file.stream, r->energy_j);
        write_known(file.stream, r->life_used);
        fprintf(file.stream, ",%u", (unsigned)r->n_trials);
        write_number(file.stream, r->trial_accuracy_after);
        write_number(file.stream, r->trial_accuracy_before);
        cli_write_run(file.stream, about->run);
    }
    return cli_commit(&file);
}

bool sstl_write_subjects(const char *folder, const sstl_about *about, const sstl_results *results)
{
    cli_file file;
    if (!open_in(&file, folder, "subjects.csv"))
        return false;
    fprintf(file.stream, "subject_id,mean_pretrain_val_accuracy,std_pretrain_val_accuracy,"
                         "layer unfrozen,learning_rate,dW_min,mean_finetune_val_accuracy,"
                         "std_finetune_val_accuracy,Delta_accuracy,mean_pulses,"
                         "mean_pretrain_trial_accuracy,mean_finetune_trial_accuracy,Run\n");
    for (size_t i = 0; i < results->n; i += about->n_folds) {
        const subject s = subject_at(about, results, i);
        fprintf(file.stream, "%d,%.6f,%.6f,", (int)s.number, s.before, s.before_deviation);
        for (const char *c = about->layers; *c; c++)
            if (*c != ',')
                fputc(*c, file.stream);
        fprintf(file.stream, ",%g,%g,%.6f,%.6f,%.6f,%.1f,%.6f,%.6f", about->learning_rate,
                about->threshold, s.after, s.after_deviation, s.after - s.before, s.pulses,
                s.trials_before, s.trials_after);
        cli_write_run(file.stream, about->run);
    }
    return cli_commit(&file);
}

bool sstl_write_epochs(const char *folder, const sstl_about *about, const sstl_results *results)
{
    cli_file file;
    if (!open_in(&file, folder, "epochs.csv"))
        return false;
    fprintf(file.stream, "subject_id,Fold,Phase,Epoch,Train_Loss,Val_Accuracy");
    cli_write_class_names(file.stream, "", results->n_classes);
    fprintf(file.stream, ",learning_rate,LTP_crossings,LTD_crossings,Total_LTP_crossings,"
                         "Total_LTD_crossings,Val_Trial_Accuracy,Run\n");
    for (size_t i = 0; i < results->n * about->n_epochs; i++) {
        const snnfe_personalized *r = &results->rows[i / about->n_epochs];
        const snnfe_trainer_record *e = &results->records[i];
        fprintf(file.stream, "%d,%d,finetune,%u", (int)r->subject, (int)r->fold,
                (unsigned)e->epoch);
        write_number(file.stream, e->train_loss);
        write_number(file.stream, e->validation_accuracy);
        write_numbers(file.stream, results->record_class_accuracy + i * results->n_classes,
                      results->n_classes);
        fprintf(file.stream, ",%g,%llu,%llu,%llu,%llu", e->learning_rate,
                (unsigned long long)e->ltp_crossings, (unsigned long long)e->ltd_crossings,
                (unsigned long long)e->total_ltp_crossings,
                (unsigned long long)e->total_ltd_crossings);
        write_number(file.stream, e->validation_trial_accuracy);
        cli_write_run(file.stream, about->run);
    }
    return cli_commit(&file);
}

/* Only where trials have several windows: else it is the same as the table above it. */
static void print_trials(const sstl_about *about, const sstl_results *results)
{
    double before = 0, after = 0;
    bool has_windows = false;
    const double n = (double)(results->n / about->n_folds);
    for (size_t i = 0; i < results->n; i += about->n_folds) {
        const subject s = subject_at(about, results, i);
        has_windows = has_windows || s.has_windows;
        before += s.trials_before / n;
        after += s.trials_after / n;
    }
    if (!has_windows)
        return;
    printf("above: each window by itself; of trials, whose windows decide together:\n");
    for (size_t i = 0; i < results->n; i += about->n_folds) {
        const subject s = subject_at(about, results, i);
        printf("S%03d      %5.1f %%   %5.1f %%   %+6.1f\n", (int)s.number, 100 * s.trials_before,
               100 * s.trials_after, 100 * (s.trials_after - s.trials_before));
    }
    printf("mean      %5.2f %%  %5.2f %%  %+6.2f\n", 100 * before, 100 * after,
           100 * (after - before));
}

void sstl_print_table(const sstl_about *about, const sstl_results *results)
{
    double before = 0, after = 0, pulses = 0;
    size_t n_seen = 0;
    const size_t n = results->n / about->n_folds;
    printf("\nsubject    before     after      gain    pulses%s\n",
           about->synthetic ? "   (synthetic recordings)" : "");
    for (size_t i = 0; i < results->n; i += about->n_folds) {
        const subject s = subject_at(about, results, i);
        printf("S%03d      %5.1f %%   %5.1f %%   %+6.1f  %8.0f%s\n", (int)s.number, 100 * s.before,
               100 * s.after, 100 * (s.after - s.before), s.pulses, s.n_seen > 0 ? " *" : "");
        n_seen += s.n_seen;
        before += s.before / (double)n;
        after += s.after / (double)n;
        pulses += s.pulses / (double)n;
    }
    printf("mean      %5.2f %%  %5.2f %%  %+6.2f  %8.0f\n", 100 * before, 100 * after,
           100 * (after - before), pulses);
    print_trials(about, results);
    if (n_seen > 0)
        printf("* trials among these that trained the network: %zu\n", n_seen);
}
