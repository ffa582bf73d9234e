/* Rows of the epoch log and the per-sample log, and their CSV files. */
#ifndef SNNFE_LIB_TRAIN_LOG_H
#define SNNFE_LIB_TRAIN_LOG_H

#include "base/status.h"
#include "base/text.h"

#include <snnfe/trainer.h>

typedef struct snnfe_record_list {
    snnfe_trainer_record *rows; /* [n] */
    double *class_accuracy;     /* [n][n_classes] in the validation set */
    size_t n, capacity, n_classes;
} snnfe_record_list;

snnfe_status snnfe_record_list_allocate(snnfe_record_list *list, size_t n);
/* Add a row with its accuracies [n_classes]. */
snnfe_status snnfe_record_list_add(snnfe_record_list *list, const snnfe_trainer_record *row,
                                   const double *class_accuracy);
/* Frees the rows; `n_classes` stays. */
void snnfe_record_list_release(snnfe_record_list *list);

/* Write all rows, atomically, with the columns of docs/spec.md 6, behind which the per-sample log
   has the crossings since the start of training, and both the accuracies of trials and the run;
   empty cells for NaN and for run 0. */
snnfe_status snnfe_train_log_save_epochs(const snnfe_record_list *list, const char *phase,
                                         uint64_t run, const char *path);
snnfe_status snnfe_train_log_save_samples(const snnfe_record_list *list, const char *phase,
                                          uint64_t run, const char *path);
/* The end of a row: the run's identifier, as manifests have it. */
void snnfe_train_log_append_run(snnfe_text *text, uint64_t run);

#endif
