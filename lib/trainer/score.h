/* Decisions counted: of each window, and of each trial, whose windows decide together. */
#ifndef SNNFE_LIB_SCORE_H
#define SNNFE_LIB_SCORE_H

#include "base/limits.h"

#include <stddef.h>
#include <stdint.h>

typedef struct snnfe_score {
    size_t n, n_correct;                                                 /* windows */
    size_t n_trials, n_trials_correct;                                   /* trials, each once */
    double loss_sum;                                                     /* of the windows */
    size_t class_n[SNNFE_MAX_CLASSES], class_correct[SNNFE_MAX_CLASSES]; /* windows */
} snnfe_score;

/* What a network said of one window. */
typedef struct snnfe_window {
    uint64_t trial_id;
    const float *logits; /* [n_classes] in an array of all windows */
    int32_t label;
} snnfe_window;

/* Count all windows, and the trials that they are of. Windows of one trial may stand anywhere; the
   order of `windows` changes. */
void snnfe_score_windows(snnfe_score *score, snnfe_window *windows, size_t n, size_t n_classes);

/* Put windows of one trial and label beside each other, in the order of their logits in memory. */
void snnfe_windows_sort(snnfe_window *windows, size_t n);
/* Sums [n_classes] of the logits of the first trial in sorted windows; returns how many windows it
   has. The class of the largest sum is that of the largest sum of log-probabilities: those differ
   from the logits by a number that is the same for every class. */
size_t snnfe_windows_add_up(const snnfe_window *sorted, size_t n, size_t n_classes, double *sums);

/* Shares of right decisions; NaN without any. */
double snnfe_score_accuracy(const snnfe_score *score);
double snnfe_score_trial_accuracy(const snnfe_score *score);
void snnfe_score_class_accuracies(const snnfe_score *score, size_t n_classes,
                                  double *class_accuracy);

#endif
