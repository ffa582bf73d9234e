/* Results of snnfe-sstl, as a table for people and as CSV. */
#ifndef SNNFE_EXAMPLES_SSTL_RESULTS_H
#define SNNFE_EXAMPLES_SSTL_RESULTS_H

#include "cli.h"

typedef struct sstl_results {
    snnfe_personalized *rows;      /* [n], the folds of a subject one after another */
    snnfe_trainer_record *records; /* [n][n_epochs] */
    size_t n;
} sstl_results;

/* How they were made. */
typedef struct sstl_about {
    const char *layers;
    double learning_rate, threshold;
    size_t n_folds, n_epochs;
    double ltp_energy, ltd_energy, endurance;
    bool synthetic;
} sstl_about;

/* summary.csv: a row a subject and fold. */
bool sstl_write_summary(const char *folder, const sstl_about *about, const sstl_results *results);
/* subjects.csv: a row a subject, in the published columns. */
bool sstl_write_subjects(const char *folder, const sstl_about *about, const sstl_results *results);
/* epochs.csv: the epoch logs of all. */
bool sstl_write_epochs(const char *folder, const sstl_about *about, const sstl_results *results);
void sstl_print_table(const sstl_about *about, const sstl_results *results);

#endif
