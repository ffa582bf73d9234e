#include "trainer/score.h"

#include "network/softmax.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

static int by_trial(const void *a, const void *b)
{
    const snnfe_window *x = a, *y = b;
    if (x->trial_id != y->trial_id)
        return x->trial_id < y->trial_id ? -1 : 1;
    if (x->label != y->label)
        return x->label < y->label ? -1 : 1;
    return (x->logits > y->logits) - (x->logits < y->logits);
}

void snnfe_windows_sort(snnfe_window *windows, size_t n)
{
    if (n > 1)
        qsort(windows, n, sizeof *windows, by_trial);
}

static bool same_trial(const snnfe_window *a, const snnfe_window *b)
{
    return a->trial_id == b->trial_id && a->label == b->label;
}

size_t snnfe_windows_add_up(const snnfe_window *sorted, size_t n, size_t n_classes, double *sums)
{
    size_t n_windows = 0;
    for (size_t c = 0; c < n_classes; c++)
        sums[c] = 0;
    for (; n_windows < n && same_trial(&sorted[n_windows], sorted); n_windows++)
        for (size_t c = 0; c < n_classes; c++)
            sums[c] += (double)sorted[n_windows].logits[c];
    return n_windows;
}

static void add_window(snnfe_score *score, const snnfe_window *window, size_t n_classes)
{
    const bool correct = snnfe_argmax(window->logits, n_classes) == window->label;
    score->n++;
    score->n_correct += correct;
    score->loss_sum += snnfe_cross_entropy(window->logits, n_classes, window->label);
    score->class_n[window->label]++;
    score->class_correct[window->label] += correct;
}

/* The first of equal ones, as snnfe_argmax(). */
static int32_t largest(const double *sums, size_t n_classes)
{
    size_t best = 0;
    for (size_t c = 1; c < n_classes; c++)
        if (sums[c] > sums[best])
            best = c;
    return (int32_t)best;
}

void snnfe_score_windows(snnfe_score *score, snnfe_window *windows, size_t n, size_t n_classes)
{
    double sums[SNNFE_MAX_CLASSES];
    *score = (snnfe_score){0};
    for (size_t i = 0; i < n; i++)
        add_window(score, &windows[i], n_classes);
    snnfe_windows_sort(windows, n);
    for (size_t i = 0; i < n;) {
        const int32_t label = windows[i].label;
        i += snnfe_windows_add_up(windows + i, n - i, n_classes, sums);
        score->n_trials++;
        score->n_trials_correct += largest(sums, n_classes) == label;
    }
}

static double share(size_t part, size_t whole)
{
    return whole > 0 ? (double)part / (double)whole : (double)NAN;
}

double snnfe_score_accuracy(const snnfe_score *score)
{
    return share(score->n_correct, score->n);
}

double snnfe_score_trial_accuracy(const snnfe_score *score)
{
    return share(score->n_trials_correct, score->n_trials);
}

void snnfe_score_class_accuracies(const snnfe_score *score, size_t n_classes,
                                  double *class_accuracy)
{
    for (size_t c = 0; c < n_classes; c++)
        class_accuracy[c] = share(score->class_correct[c], score->class_n[c]);
}
