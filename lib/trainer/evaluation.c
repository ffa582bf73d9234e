/* Accuracy of a network on a data set: on some epochs, and per subject and fold. */
#include "base/memory.h"
#include "base/options.h"
#include "trainer/selection.h"

#include <math.h>
#include <snnfe/split.h>
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

/* --- some epochs --------------------------------------------------------------------------- */

static const char run_call[] = "snnfe_evaluation_run";

static snnfe_status fill_results(const snnfe_score *score, size_t n_classes,
                                 snnfe_evaluation *result, double *class_accuracy)
{
    if (result) {
        const snnfe_evaluation full = {.struct_size = sizeof full,
                                       .n = score->n,
                                       .n_correct = score->n_correct,
                                       .accuracy = snnfe_score_accuracy(score),
                                       .loss = score->n > 0 ? score->loss_sum / (double)score->n
                                                            : (double)NAN};
        SNNFE_TRY(snnfe_options_fill(result, result->struct_size, &full, sizeof full,
                                     "snnfe_evaluation"));
    }
    for (size_t c = 0; class_accuracy && c < n_classes; c++)
        class_accuracy[c] = snnfe_score_class_accuracy(score, c);
    return SNNFE_OK;
}

snnfe_status snnfe_evaluation_run(const snnfe_network *network, const snnfe_dataset *dataset,
                                  const int32_t *indices, size_t n,
                                  const snnfe_run_options *options, snnfe_evaluation *result,
                                  float *logits, double *class_accuracy)
{
    if (!network || !dataset)
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "%s: %s is NULL", run_call,
                          network ? "dataset" : "network");
    snnfe_run_options run;
    SNNFE_TRY(snnfe_run_options_take(&run, options));
    snnfe_dataset_info info;
    SNNFE_TRY(snnfe_selection_check_dataset(run_call, dataset, network, &info));
    const snnfe_selection selection = {dataset, indices, indices ? n : info.n_epochs};
    if (indices)
        SNNFE_TRY(snnfe_selection_check_indices(run_call, "indices", indices, n, info.n_epochs));
    if (result && result->struct_size < 2 * sizeof(uint32_t))
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "%s: snnfe_evaluation.struct_size is %u", run_call,
                          (unsigned)result->struct_size);
    if (selection.n > SIZE_MAX / info.n_classes)
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "%s: n is %zu", run_call, selection.n);
    const size_t n_logits = selection.n * info.n_classes;
    float *made = snnfe_alloc(n_logits, sizeof *made);
    if (!made)
        return SNNFE_ERR_MEMORY;
    snnfe_score score;
    snnfe_status status = score_selection(network, &selection, &run, made, &score);
    if (status == SNNFE_OK)
        status = fill_results(&score, info.n_classes, result, class_accuracy);
    if (status == SNNFE_OK && logits && n_logits > 0)
        memcpy(logits, made, n_logits * sizeof *made);
    snnfe_release(made);
    return status;
}

/* --- subjects and folds -------------------------------------------------------------------- */

static const char subject_call[] = "snnfe_evaluation_by_subject";

/* What the evaluation of all subjects works with. */
typedef struct cohort {
    const snnfe_dataset *dataset;
    size_t n_epochs, n_classes;
    const int32_t *subjects; /* [n_subjects] */
    size_t n_subjects;
    size_t n_folds;
    uint64_t seed;
    int32_t *indices;    /* epochs of all subjects, one subject after another */
    int32_t *labels;     /* of these */
    size_t *first;       /* [n_subjects + 1] where each subject begins */
    float *logits;       /* of these */
    snnfe_split *splits; /* [n_folds] of one subject */
    snnfe_fold_accuracy *folds;
} cohort;

/* Epochs of each subject in their order; only counted while `indices` is NULL. */
static snnfe_status collect(cohort *c)
{
    const int32_t *of_epoch = snnfe_dataset_subjects(c->dataset);
    const int32_t *labels = snnfe_dataset_labels(c->dataset);
    size_t n = 0;
    for (size_t s = 0; s < c->n_subjects; s++) {
        c->first[s] = n;
        for (size_t i = 0; i < c->n_epochs; i++) {
            if (of_epoch[i] != c->subjects[s])
                continue;
            if (c->indices) {
                c->indices[n] = (int32_t)i;
                c->labels[n] = labels[i];
            }
            n++;
        }
        if (n == c->first[s])
            return snnfe_fail(SNNFE_ERR_NOT_FOUND, "%s: subject %d is not in the data set",
                              subject_call, (int)c->subjects[s]);
    }
    c->first[c->n_subjects] = n;
    return SNNFE_OK;
}

static snnfe_status allocate(cohort *c)
{
    c->first = snnfe_alloc(c->n_subjects + 1, sizeof *c->first);
    c->splits = snnfe_alloc(c->n_folds, sizeof *c->splits);
    c->folds = snnfe_alloc(c->n_subjects * c->n_folds, sizeof *c->folds);
    if (!c->first || !c->splits || !c->folds)
        return SNNFE_ERR_MEMORY;
    SNNFE_TRY(collect(c));
    const size_t n = c->first[c->n_subjects];
    c->labels = snnfe_alloc(n, sizeof *c->labels);
    c->logits = snnfe_alloc(n * c->n_classes, sizeof *c->logits);
    c->indices = snnfe_alloc(n, sizeof *c->indices);
    if (!c->labels || !c->logits || !c->indices)
        return SNNFE_ERR_MEMORY;
    return collect(c);
}

static void release(cohort *c)
{
    snnfe_release(c->first);
    snnfe_release(c->splits);
    snnfe_release(c->folds);
    snnfe_release(c->indices);
    snnfe_release(c->labels);
    snnfe_release(c->logits);
}

static void score_fold(const cohort *c, size_t subject, size_t fold)
{
    const snnfe_split *split = &c->splits[fold];
    snnfe_score score = {0};
    for (size_t i = 0; i < split->n_validation; i++) {
        const size_t trial = c->first[subject] + (size_t)split->validation[i];
        snnfe_score_add(&score, c->logits + trial * c->n_classes, c->n_classes, c->labels[trial]);
    }
    c->folds[subject * c->n_folds + fold] =
        (snnfe_fold_accuracy){.subject = c->subjects[subject],
                              .fold = (int32_t)fold + 1,
                              .n = (uint32_t)score.n,
                              .n_correct = (uint32_t)score.n_correct,
                              .accuracy = snnfe_score_accuracy(&score),
                              .class_accuracy = {snnfe_score_class_accuracy(&score, 0),
                                                 snnfe_score_class_accuracy(&score, 1)}};
}

/* Split each subject; with `scored`, also count. Splitting once before the network runs makes a
   subject with too few trials fail at once. */
static snnfe_status split_subjects(const cohort *c, bool scored)
{
    for (size_t s = 0; s < c->n_subjects; s++) {
        const snnfe_status status = snnfe_split_paper_kfold(
            c->splits, c->labels + c->first[s], c->first[s + 1] - c->first[s], c->n_folds, c->seed);
        if (status != SNNFE_OK)
            return snnfe_fail_prefix(status, "%s: subject %d", subject_call, (int)c->subjects[s]);
        for (size_t fold = 0; fold < c->n_folds; fold++) {
            if (scored)
                score_fold(c, s, fold);
            snnfe_split_release(&c->splits[fold]);
        }
    }
    return SNNFE_OK;
}

static snnfe_status evaluate_cohort(cohort *c, const snnfe_network *network,
                                    const snnfe_run_options *options)
{
    SNNFE_TRY(allocate(c));
    SNNFE_TRY(split_subjects(c, false));
    const snnfe_selection selection = {c->dataset, c->indices, c->first[c->n_subjects]};
    snnfe_score score;
    SNNFE_TRY(score_selection(network, &selection, options, c->logits, &score));
    return split_subjects(c, true);
}

snnfe_status snnfe_evaluation_by_subject(const snnfe_network *network, const snnfe_dataset *dataset,
                                         const int32_t *subjects, size_t n_subjects, size_t n_folds,
                                         uint64_t seed, const snnfe_run_options *options,
                                         snnfe_fold_accuracy *folds)
{
    if (!network || !dataset || !folds)
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "%s: %s is NULL", subject_call,
                          !network   ? "network"
                          : !dataset ? "dataset"
                                     : "folds");
    snnfe_run_options run;
    SNNFE_TRY(snnfe_run_options_take(&run, options));
    snnfe_dataset_info info;
    SNNFE_TRY(snnfe_selection_check_dataset(subject_call, dataset, network, &info));
    if (n_folds < 2 || n_folds > info.n_epochs)
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "%s: n_folds is %zu, not in 2…%zu", subject_call,
                          n_folds, info.n_epochs);
    if (subjects && n_subjects >= SIZE_MAX / n_folds)
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "%s: n_subjects is %zu", subject_call, n_subjects);
    cohort c = {.dataset = dataset,
                .n_epochs = info.n_epochs,
                .n_classes = info.n_classes,
                .subjects = subjects ? subjects : snnfe_dataset_subject_list(dataset),
                .n_subjects = subjects ? n_subjects : info.n_subjects,
                .n_folds = n_folds,
                .seed = seed};
    const snnfe_status status = evaluate_cohort(&c, network, &run);
    if (status == SNNFE_OK && c.n_subjects > 0)
        memcpy(folds, c.folds, c.n_subjects * n_folds * sizeof *folds);
    release(&c);
    return status;
}
