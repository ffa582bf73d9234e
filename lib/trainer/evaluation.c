/* Accuracy of a network on a data set: on some epochs, and per subject and fold. */
#include "base/check.h"
#include "base/floating.h"
#include "base/memory.h"
#include "base/options.h"
#include "trainer/cohort.h"
#include "trainer/familiar.h"
#include "trainer/selection.h"

#include <math.h>
#include <snnfe/trainer.h>
#include <string.h>

/* Logits of a selection, with an engine for this one call. */
static snnfe_status score_selection(const snnfe_network *network, const snnfe_selection *selection,
                                    const snnfe_run_options *options, float *logits,
                                    snnfe_score *score)
{
    const uint32_t wanted = options->n_threads ? options->n_threads : snnfe_default_threads();
    const snnfe_sink sink = {options->log, options->progress, options->user_data};
    snnfe_pool *pool = NULL;
    snnfe_engine *engine = NULL;
    memset(score, 0, sizeof *score);
    if (selection->n == 0)
        return SNNFE_OK;
    SNNFE_TRY(snnfe_pool_create(&pool, selection->n < wanted ? (uint32_t)selection->n : wanted));
    snnfe_status status = snnfe_engine_create(&engine, network, pool, 0);
    if (status == SNNFE_OK)
        status = snnfe_selection_score(engine, network, selection, &sink, logits, score);
    snnfe_engine_free(engine);
    snnfe_pool_free(pool);
    return status;
}

static snnfe_status check_signal(const char *call, const snnfe_network *network,
                                 const snnfe_dataset *dataset, const snnfe_run_options *options)
{
    const snnfe_sink sink = {options->log, options->progress, options->user_data};
    return snnfe_familiar_check_signal(call, network, dataset, options->allow_mismatch, &sink);
}

static snnfe_status check_unseen(const char *call, const snnfe_network *network,
                                 const snnfe_selection *selection, const snnfe_run_options *options)
{
    const snnfe_sink sink = {options->log, options->progress, options->user_data};
    return snnfe_familiar_check_unseen(call, "evaluated", network, selection, options->allow_seen,
                                       &sink);
}

/* --- some epochs --------------------------------------------------------------------------- */

static const char run_call[] = "snnfe_evaluation_run";

static void fill_results(const snnfe_score *score, size_t n_classes, size_t n_seen,
                         snnfe_evaluation *result, double *class_accuracy)
{
    if (result) {
        const snnfe_evaluation full = {.struct_size = sizeof full,
                                       .n = score->n,
                                       .n_correct = score->n_correct,
                                       .accuracy = snnfe_score_accuracy(score),
                                       .loss = score->n > 0 ? score->loss_sum / (double)score->n
                                                            : (double)NAN,
                                       .n_seen = n_seen,
                                       .n_trials = score->n_trials,
                                       .n_trials_correct = score->n_trials_correct,
                                       .trial_accuracy = snnfe_score_trial_accuracy(score)};
        snnfe_info_give(result, &full, sizeof full);
    }
    if (class_accuracy)
        snnfe_score_class_accuracies(score, n_classes, class_accuracy);
}

static snnfe_status evaluation_run(const snnfe_network *network, const snnfe_dataset *dataset,
                                   const int32_t *indices, size_t n,
                                   const snnfe_run_options *options, snnfe_evaluation *result,
                                   float *logits, double *class_accuracy)
{
    SNNFE_TRY(snnfe_check_pointer(run_call, "network", network));
    SNNFE_TRY(snnfe_check_pointer(run_call, "dataset", dataset));
    snnfe_run_options run;
    SNNFE_TRY(snnfe_run_options_take(&run, options));
    snnfe_dataset_info info;
    SNNFE_TRY(snnfe_selection_check_dataset(run_call, dataset, network, &info));
    const snnfe_selection selection = {dataset, indices, indices ? n : info.n_trials};
    if (indices)
        SNNFE_TRY(snnfe_selection_check_indices(run_call, "indices", indices, n, info.n_trials));
    SNNFE_TRY(check_signal(run_call, network, dataset, &run));
    SNNFE_TRY(check_unseen(run_call, network, &selection, &run));
    if (result)
        SNNFE_TRY(snnfe_info_check(run_call, "result", result, sizeof *result));
    SNNFE_TRY(snnfe_check_count(run_call, "n", selection.n, 0, SIZE_MAX / info.n_classes));
    const size_t n_logits = selection.n * info.n_classes;
    float *made = snnfe_alloc(n_logits, sizeof *made);
    if (!made)
        return SNNFE_ERR_MEMORY;
    snnfe_score score;
    snnfe_status status = score_selection(network, &selection, &run, made, &score);
    if (status == SNNFE_OK)
        fill_results(&score, info.n_classes, snnfe_familiar_count(network, &selection), result,
                     class_accuracy);
    if (status == SNNFE_OK && logits && n_logits > 0)
        memcpy(logits, made, n_logits * sizeof *made);
    snnfe_release(made);
    return status;
}

snnfe_status snnfe_evaluation_run(const snnfe_network *network, const snnfe_dataset *dataset,
                                  const int32_t *indices, size_t n,
                                  const snnfe_run_options *options, snnfe_evaluation *result,
                                  float *logits, double *class_accuracy)
{
    SNNFE_RETURN_COMPUTED(
        evaluation_run(network, dataset, indices, n, options, result, logits, class_accuracy));
}

/* --- subjects and folds -------------------------------------------------------------------- */

/* Where a cohort's results go. */
typedef struct fold_rows {
    snnfe_fold_accuracy *folds; /* [n_subjects][n_folds], `size` bytes each */
    size_t size;
    double *class_accuracy; /* [n_subjects][n_folds][n_classes] or NULL */
} fold_rows;

/* What the network said of all windows of a cohort. */
typedef struct cohort_windows {
    const snnfe_window *all; /* in the cohort's order */
    const uint8_t *seen;     /* of each, whether it trained the network */
    snnfe_window *fold;      /* room for those of a fold */
} cohort_windows;

static void score_fold(const snnfe_cohort *c, size_t subject, size_t fold,
                       const cohort_windows *windows, size_t n_classes, const fold_rows *rows)
{
    const size_t row = subject * c->n_folds + fold;
    const snnfe_split *split = &c->splits[row];
    snnfe_score score;
    uint32_t n_seen = 0;
    for (size_t i = 0; i < split->n_validation; i++) {
        const size_t window = c->first[subject] + (size_t)split->validation[i];
        windows->fold[i] = windows->all[window];
        n_seen += windows->seen[window];
    }
    snnfe_score_windows(&score, windows->fold, split->n_validation, n_classes);
    const snnfe_fold_accuracy full = {.subject = c->subjects[subject],
                                      .fold = (int32_t)fold + 1,
                                      .n = (uint32_t)score.n,
                                      .n_correct = (uint32_t)score.n_correct,
                                      .accuracy = snnfe_score_accuracy(&score),
                                      .n_seen = n_seen,
                                      .n_trials = (uint32_t)score.n_trials,
                                      .n_trials_correct = (uint32_t)score.n_trials_correct,
                                      .trial_accuracy = snnfe_score_trial_accuracy(&score)};
    snnfe_row_give(rows->folds, rows->size, row, &full, sizeof full);
    if (rows->class_accuracy)
        snnfe_score_class_accuracies(&score, n_classes, rows->class_accuracy + row * n_classes);
}

static const char subject_call[] = "snnfe_evaluation_by_subject";

static snnfe_status evaluate_cohort(const snnfe_cohort *c, const snnfe_network *network,
                                    const snnfe_dataset *dataset, const snnfe_run_options *options,
                                    const fold_rows *rows)
{
    const size_t n_classes = network->options.n_classes;
    const snnfe_selection selection = {dataset, c->indices, c->first[c->n_subjects]};
    float *logits = snnfe_alloc(selection.n * n_classes, sizeof *logits);
    uint8_t *seen = snnfe_alloc(selection.n, sizeof *seen);
    snnfe_window *all = snnfe_alloc(selection.n, sizeof *all);
    snnfe_window *of_fold = snnfe_alloc(selection.n, sizeof *of_fold);
    const cohort_windows windows = {all, seen, of_fold};
    snnfe_score score;
    snnfe_status status = logits && seen && all && of_fold ? SNNFE_OK : SNNFE_ERR_MEMORY;
    if (status == SNNFE_OK)
        status = check_unseen(subject_call, network, &selection, options);
    if (status == SNNFE_OK)
        snnfe_familiar_mark(network, &selection, seen);
    if (status == SNNFE_OK)
        status = score_selection(network, &selection, options, logits, &score);
    if (status == SNNFE_OK)
        snnfe_selection_windows(&selection, logits, n_classes, all);
    for (size_t s = 0; status == SNNFE_OK && s < c->n_subjects; s++)
        for (size_t fold = 0; fold < c->n_folds; fold++)
            score_fold(c, s, fold, &windows, n_classes, rows);
    snnfe_release(of_fold);
    snnfe_release(all);
    snnfe_release(seen);
    snnfe_release(logits);
    return status;
}

static snnfe_status evaluation_by_subject(const snnfe_network *network,
                                          const snnfe_dataset *dataset, const int32_t *subjects,
                                          size_t n_subjects, size_t n_folds, uint64_t seed,
                                          const snnfe_run_options *options,
                                          snnfe_fold_accuracy *folds, size_t size,
                                          double *class_accuracy)
{
    SNNFE_TRY(snnfe_check_pointer(subject_call, "network", network));
    SNNFE_TRY(snnfe_check_pointer(subject_call, "dataset", dataset));
    SNNFE_TRY(snnfe_check_pointer(subject_call, "folds", folds));
    SNNFE_TRY(snnfe_rows_check(subject_call, size, sizeof *folds));
    const fold_rows rows = {folds, size, class_accuracy};
    snnfe_run_options run;
    SNNFE_TRY(snnfe_run_options_take(&run, options));
    snnfe_dataset_info info;
    SNNFE_TRY(snnfe_selection_check_dataset(subject_call, dataset, network, &info));
    SNNFE_TRY(check_signal(subject_call, network, dataset, &run));
    snnfe_cohort cohort;
    snnfe_status status =
        snnfe_cohort_gather(&cohort, subject_call, dataset, subjects, n_subjects, n_folds, seed);
    if (status == SNNFE_OK)
        status = evaluate_cohort(&cohort, network, dataset, &run, &rows);
    snnfe_cohort_release(&cohort);
    return status;
}

snnfe_status snnfe_evaluation_by_subject(const snnfe_network *network, const snnfe_dataset *dataset,
                                         const int32_t *subjects, size_t n_subjects, size_t n_folds,
                                         uint64_t seed, const snnfe_run_options *options,
                                         snnfe_fold_accuracy *folds, size_t size,
                                         double *class_accuracy)
{
    SNNFE_RETURN_COMPUTED(evaluation_by_subject(network, dataset, subjects, n_subjects, n_folds,
                                                seed, options, folds, size, class_accuracy));
}

/* --- windows of a trial -------------------------------------------------------------------- */

static const char trial_call[] = "snnfe_evaluation_trial_logits";

static snnfe_status check_logits(const float *logits, size_t n, size_t n_classes)
{
    for (size_t i = 0; i < n; i++)
        for (size_t c = 0; c < n_classes; c++)
            if (!isfinite(logits[i * n_classes + c]))
                return snnfe_fail(SNNFE_ERR_NONFINITE, "%s: logit %zu of window %zu is %g",
                                  trial_call, c, i, (double)logits[i * n_classes + c]);
    return SNNFE_OK;
}

/* Each window gets the sums of its trial. */
static void spread_sums(const snnfe_window *sorted, size_t n, size_t n_classes, const float *logits,
                        double *sums)
{
    double of_trial[SNNFE_MAX_CLASSES];
    for (size_t i = 0; i < n;) {
        const size_t end = i + snnfe_windows_add_up(sorted + i, n - i, n_classes, of_trial);
        for (; i < end; i++)
            memcpy(sums + (sorted[i].logits - logits), of_trial, n_classes * sizeof *sums);
    }
}

static snnfe_status evaluation_trial_logits(const float *logits, const uint64_t *trial_ids,
                                            size_t n, size_t n_classes, double *sums)
{
    SNNFE_TRY(snnfe_check_count(trial_call, "n_classes", n_classes, 2, SNNFE_MAX_CLASSES));
    SNNFE_TRY(snnfe_check_count(trial_call, "n", n, 0, SIZE_MAX / n_classes));
    SNNFE_TRY(snnfe_check_array(trial_call, "logits", logits, n));
    SNNFE_TRY(snnfe_check_array(trial_call, "trial_ids", trial_ids, n));
    SNNFE_TRY(snnfe_check_array(trial_call, "sums", sums, n));
    SNNFE_TRY(check_logits(logits, n, n_classes));
    const snnfe_span spans[] = {{"logits", logits, n * n_classes * sizeof *logits, false},
                                {"trial_ids", trial_ids, n * sizeof *trial_ids, false},
                                {"sums", sums, n * n_classes * sizeof *sums, true}};
    SNNFE_TRY(snnfe_check_apart(trial_call, spans, 3));
    snnfe_window *windows = snnfe_alloc(n, sizeof *windows);
    if (!windows)
        return SNNFE_ERR_MEMORY;
    for (size_t i = 0; i < n; i++)
        windows[i] = (snnfe_window){.trial_id = trial_ids[i], .logits = logits + i * n_classes};
    snnfe_windows_sort(windows, n);
    spread_sums(windows, n, n_classes, logits, sums);
    snnfe_release(windows);
    return SNNFE_OK;
}

snnfe_status snnfe_evaluation_trial_logits(const float *logits, const uint64_t *trial_ids, size_t n,
                                           size_t n_classes, double *sums)
{
    SNNFE_RETURN_COMPUTED(evaluation_trial_logits(logits, trial_ids, n, n_classes, sums));
}
