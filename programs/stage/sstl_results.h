/* Results of snnfe-sstl, as a table for people and as CSV. */
#ifndef SNNFE_EXAMPLES_SSTL_RESULTS_H
#define SNNFE_EXAMPLES_SSTL_RESULTS_H

#include "cli.h"

typedef struct sstl_results {
    snnfe_personalized *rows;      /* [n], the folds of a subject one after another */
    double *class_accuracy;        /* [n][2][n_classes] before and after */
    snnfe_trainer_record *records; /* [n][n_epochs] */
    double *record_class_accuracy; /* [n][n_epochs][n_classes] */
    size_t n, n_classes;
} sstl_results;

/* Room for the results of so many trainings; false without memory. */
bool sstl_make_room(sstl_results *results, size_t n, size_t n_epochs, size_t n_classes);
void sstl_release(sstl_results *results);

/* How they were made. */
typedef struct sstl_about {
    const char *layers;
    double learning_rate, threshold;
    size_t n_folds, n_epochs;
    bool synthetic;
    uint64_t run;
} sstl_about;

/* summary.csv: a row a subject and fold. */
bool sstl_write_summary(const char *folder, const sstl_about *about, const sstl_results *results);
/* subjects.csv: a row a subject, in the published columns. */
bool sstl_write_subjects(const char *folder, const sstl_about *about, const sstl_results *results);
/* epochs.csv: the epoch logs of all. */
bool sstl_write_epochs(const char *folder, const sstl_about *about, const sstl_results *results);
void sstl_print_table(const sstl_about *about, const sstl_results *results);

#endif
