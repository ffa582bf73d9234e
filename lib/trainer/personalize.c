/* Personalization of a network to many subjects, folds within each. */
#include "base/check.h"
#include "base/floating.h"
#include "base/memory.h"
#include "base/options.h"
#include "base/philox.h"
#include "trainer/cohort.h"
#include "trainer/familiar.h"
#include "trainer/selection.h"
#include "trainer/trainer_internal.h"

#include <string.h>

static const char call[] = "snnfe_personalize";

/* All tasks; task s * n_folds + f is fold f of subject s. */
typedef struct personalization {
    const snnfe_network *network;
    const snnfe_dataset *dataset;
    snnfe_trainer_options options; /* of each task, but for the seed */
    snnfe_cohort cohort;
    snnfe_personalization given; /* where results go; `made` has those arrays that are wanted */
    snnfe_personalization made;
} personalization;

/* One task's training. */
typedef struct task_run {
    snnfe_network *network;
    snnfe_trainer *trainer;
    int32_t *train, *validation; /* trials of the data set */
} task_run;

static uint64_t task_seed(const personalization *p, size_t subject, size_t fold)
{
    const uint64_t number = (uint64_t)(uint32_t)p->cohort.subjects[subject];
    snnfe_stream stream =
        snnfe_stream_make(p->options.seed, SNNFE_STREAM_PERSONALIZE, number << 8 | fold);
    const uint64_t high = snnfe_stream_u32(&stream);
    return high << 32 | snnfe_stream_u32(&stream);
}

/* Positions within a subject → trials of the data set. */
static int32_t *epochs_of(const int32_t *positions, size_t n, const int32_t *subject_epochs)
{
    int32_t *epochs = snnfe_alloc(n, sizeof *epochs);
    for (size_t i = 0; epochs && i < n; i++)
        epochs[i] = subject_epochs[positions[i]];
    return epochs;
}

static snnfe_status begin(task_run *c, const personalization *p, size_t subject, size_t fold)
{
    const snnfe_split *split = &p->cohort.splits[subject * p->cohort.n_folds + fold];
    const int32_t *epochs = p->cohort.indices + p->cohort.first[subject];
    snnfe_trainer_options options = p->options;
    options.n_threads = 1;
    options.seed = task_seed(p, subject, fold);
    c->train = epochs_of(split->train, split->n_train, epochs);
    c->validation = epochs_of(split->validation, split->n_validation, epochs);
    if (!c->train || !c->validation)
        return SNNFE_ERR_MEMORY;
    SNNFE_TRY(snnfe_network_clone(&c->network, p->network));
    return snnfe_trainer_create(&c->trainer, c->network, &options);
}

static snnfe_status score(task_run *c, const personalization *p, size_t n, snnfe_score *counted,
                          double *class_accuracy)
{
    const snnfe_sink silent = {0};
    const snnfe_selection validation = {p->dataset, c->validation, n};
    float *logits = snnfe_alloc(n * c->network->options.n_classes, sizeof *logits);
    if (!logits)
        return SNNFE_ERR_MEMORY;
    const snnfe_status status = snnfe_selection_score(c->trainer->engine, c->network, &validation,
                                                      &silent, logits, counted);
    snnfe_release(logits);
    if (status == SNNFE_OK && class_accuracy)
        snnfe_score_class_accuracies(counted, c->network->options.n_classes, class_accuracy);
    return status;
}

static snnfe_status count_pulses(const snnfe_trainer *trainer, snnfe_personalized *result)
{
    if (!trainer->options.device)
        return SNNFE_OK;
    snnfe_wear wear = {.struct_size = sizeof wear};
    SNNFE_TRY(snnfe_trainer_wear(trainer, -1, NULL, &wear, NULL, 0));
    result->ltp_pulses = wear.ltp_pulses;
    result->ltd_pulses = wear.ltd_pulses;
    result->largest = wear.largest;
    result->energy_j = wear.energy_j;
    result->life_used = wear.life_used;
    return SNNFE_OK;
}

static snnfe_status train(task_run *c, const personalization *p, size_t task)
{
    const size_t subject = task / p->cohort.n_folds, n_epochs = p->options.n_epochs;
    const snnfe_split *split = &p->cohort.splits[task];
    const snnfe_trainer_data data = {.struct_size = sizeof data,
                                     .train = c->train,
                                     .validation = c->validation,
                                     .n_train = split->n_train,
                                     .n_validation = split->n_validation};
    const snnfe_selection validation = {p->dataset, c->validation, split->n_validation};
    const size_t n_classes = p->network->options.n_classes;
    double *before = p->made.class_accuracy ? p->made.class_accuracy + 2 * task * n_classes : NULL;
    double *after = before ? before + n_classes : NULL;
    snnfe_personalized *r = &p->made.folds[task];
    *r = (snnfe_personalized){.subject = p->cohort.subjects[subject],
                              .fold = (int32_t)(task % p->cohort.n_folds) + 1,
                              .n_train = (uint32_t)split->n_train,
                              .n_validation = (uint32_t)split->n_validation,
                              .n_seen = (uint32_t)snnfe_familiar_count(p->network, &validation)};
    snnfe_score given, trained;
    SNNFE_TRY(score(c, p, data.n_validation, &given, before));
    SNNFE_TRY(snnfe_trainer_run(c->trainer, p->dataset, &data));
    SNNFE_TRY(score(c, p, data.n_validation, &trained, after));
    r->n_trials = (uint32_t)given.n_trials;
    r->accuracy_before = snnfe_score_accuracy(&given);
    r->accuracy_after = snnfe_score_accuracy(&trained);
    r->trial_accuracy_before = snnfe_score_trial_accuracy(&given);
    r->trial_accuracy_after = snnfe_score_trial_accuracy(&trained);
    const snnfe_trainer_record *rows = c->trainer->epoch_log.rows;
    r->train_loss = rows[n_epochs - 1].train_loss;
    r->ltp_crossings = rows[n_epochs - 1].total_ltp_crossings;
    r->ltd_crossings = rows[n_epochs - 1].total_ltd_crossings;
    if (p->made.records)
        memcpy(p->made.records + task * n_epochs, rows, n_epochs * sizeof *rows);
    if (p->made.record_class_accuracy)
        memcpy(p->made.record_class_accuracy + task * n_epochs * n_classes,
               c->trainer->epoch_log.class_accuracy, n_epochs * n_classes * sizeof(double));
    return count_pulses(c->trainer, r);
}

static snnfe_status personalize_one(void *context, size_t task, uint32_t worker)
{
    const personalization *p = context;
    const size_t subject = task / p->cohort.n_folds, fold = task % p->cohort.n_folds;
    (void)worker;
    task_run c = {0};
    snnfe_status status = begin(&c, p, subject, fold);
    if (status == SNNFE_OK)
        status = train(&c, p, task);
    if (status == SNNFE_OK && p->made.networks) {
        p->made.networks[task] = c.network;
        c.network = NULL;
    }
    snnfe_trainer_free(c.trainer);
    snnfe_network_free(c.network);
    snnfe_release(c.train);
    snnfe_release(c.validation);
    if (status != SNNFE_OK)
        return snnfe_fail_prefix(status, "%s: subject %d, fold %zu", call,
                                 (int)p->cohort.subjects[subject], fold + 1);
    return SNNFE_OK;
}

/* Tasks report nothing and write no files. The caller gets the progress in whole tasks. */
static snnfe_status take_options(personalization *p, const snnfe_trainer_options *given)
{
    const char *const paths[] = {given->epoch_log_path, given->sample_log_path,
                                 given->checkpoint_path, given->wear_log_path};
    static const char *const names[] = {"epoch_log_path", "sample_log_path", "checkpoint_path",
                                        "wear_log_path"};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        if (paths[i])
            return snnfe_fail(SNNFE_ERR_ARGUMENT, "%s: options.%s is \"%s\", must be NULL", call,
                              names[i], paths[i]);
    p->options = *given;
    p->options.log = NULL;
    p->options.progress = NULL;
    p->options.evaluations_per_epoch = 0;
    return SNNFE_OK;
}

/* An array of `n` for results, if the caller wants them; false if there is no memory for it. */
static bool make_room(void *array, const void *wanted, size_t n, size_t size)
{
    void *made = wanted ? snnfe_alloc(n, size) : NULL;
    memcpy(array, &made, sizeof made);
    return made || !wanted;
}

static snnfe_status allocate(personalization *p)
{
    const size_t n = p->cohort.n_subjects * p->cohort.n_folds;
    const size_t n_epochs = p->options.n_epochs, n_classes = p->network->options.n_classes;
    if (n > SIZE_MAX / n_epochs)
        return snnfe_fail_memory(n, n_epochs);
    const bool made =
        make_room(&p->made.folds, p->given.folds, n, sizeof *p->made.folds) &&
        make_room(&p->made.class_accuracy, p->given.class_accuracy, n,
                  2 * n_classes * sizeof(double)) &&
        make_room(&p->made.records, p->given.records, n * n_epochs, sizeof *p->made.records) &&
        make_room(&p->made.record_class_accuracy, p->given.record_class_accuracy, n * n_epochs,
                  n_classes * sizeof(double)) &&
        make_room(&p->made.networks, p->given.networks, n, sizeof(snnfe_network *));
    return made ? SNNFE_OK : SNNFE_ERR_MEMORY;
}

static void release(personalization *p)
{
    for (size_t i = 0; p->made.networks && i < p->cohort.n_subjects * p->cohort.n_folds; i++)
        snnfe_network_free(p->made.networks[i]);
    snnfe_release(p->made.networks);
    snnfe_release(p->made.record_class_accuracy);
    snnfe_release(p->made.records);
    snnfe_release(p->made.class_accuracy);
    snnfe_release(p->made.folds);
    snnfe_cohort_release(&p->cohort);
}

static snnfe_status run_tasks(personalization *p, const snnfe_sink *sink)
{
    const size_t n = p->cohort.n_subjects * p->cohort.n_folds;
    const uint32_t wanted = p->options.n_threads ? p->options.n_threads : snnfe_default_threads();
    snnfe_pool *pool = NULL;
    if (n == 0)
        return SNNFE_OK;
    SNNFE_TRY(snnfe_pool_create(&pool, n < wanted ? (uint32_t)n : wanted));
    const snnfe_status status = snnfe_pool_run(pool, n, personalize_one, p, sink, "personalize");
    snnfe_pool_free(pool);
    return status;
}

static void copy_numbers(double *to, const double *from, size_t n)
{
    if (to && n > 0)
        memcpy(to, from, n * sizeof *to);
}

static void hand_over(personalization *p)
{
    const snnfe_personalization *given = &p->given, *made = &p->made;
    const size_t n = p->cohort.n_subjects * p->cohort.n_folds, n_records = n * p->options.n_epochs;
    const size_t n_classes = p->network->options.n_classes;
    for (size_t i = 0; i < n; i++)
        snnfe_row_give(given->folds, given->fold_size, i, &made->folds[i], sizeof *made->folds);
    for (size_t i = 0; given->records && i < n_records; i++)
        snnfe_row_give(given->records, given->record_size, i, &made->records[i],
                       sizeof *made->records);
    copy_numbers(given->class_accuracy, made->class_accuracy, 2 * n * n_classes);
    copy_numbers(given->record_class_accuracy, made->record_class_accuracy, n_records * n_classes);
    for (size_t i = 0; given->networks && i < n; i++) {
        given->networks[i] = made->networks[i];
        made->networks[i] = NULL;
    }
}

/* Where the results go. */
static snnfe_status take_results(personalization *p, const snnfe_personalization *given)
{
    const snnfe_personalization none = {.struct_size = sizeof none};
    SNNFE_TRY(snnfe_check_pointer(call, "results", given));
    SNNFE_TRY(snnfe_options_adopt(&p->given, &none, sizeof none, given, "snnfe_personalization"));
    SNNFE_TRY(snnfe_check_pointer("snnfe_personalization", ".folds", p->given.folds));
    SNNFE_TRY(snnfe_rows_check("snnfe_personalization.fold_size", p->given.fold_size,
                               sizeof *p->given.folds));
    if (p->given.records)
        SNNFE_TRY(snnfe_rows_check("snnfe_personalization.record_size", p->given.record_size,
                                   sizeof *p->given.records));
    return SNNFE_OK;
}

static snnfe_status check_unseen(const personalization *p, const snnfe_sink *sink)
{
    const snnfe_cohort *c = &p->cohort;
    const snnfe_selection all = {p->dataset, c->indices, c->first[c->n_subjects]};
    return snnfe_familiar_check_unseen(call, "evaluated", p->network, &all, p->options.allow_seen,
                                       sink);
}

static snnfe_status personalize(personalization *p, const int32_t *subjects, size_t n_subjects,
                                size_t n_folds, uint64_t seed, const snnfe_sink *sink)
{
    snnfe_dataset_info info;
    SNNFE_TRY(snnfe_selection_check_dataset(call, p->dataset, p->network, &info));
    SNNFE_TRY(
        snnfe_familiar_check_signal(call, p->network, p->dataset, p->options.allow_mismatch, sink));
    SNNFE_TRY(
        snnfe_cohort_gather(&p->cohort, call, p->dataset, subjects, n_subjects, n_folds, seed));
    SNNFE_TRY(check_unseen(p, sink));
    SNNFE_TRY(allocate(p));
    snnfe_programming_options way;
    SNNFE_TRY(snnfe_programming_options_take(&way, p->options.programming, p->options.levels));
    const snnfe_misfit misfit = snnfe_misfit_of(p->network, p->options.device, &way);
    snnfe_misfit_log(&misfit, sink, call);
    return run_tasks(p, sink);
}

/* The paper's settings, with a device made for this call. */
static snnfe_status default_options(snnfe_trainer_options *options, snnfe_device **device)
{
    SNNFE_TRY(snnfe_trainer_options_init(options, sizeof *options));
    SNNFE_TRY(snnfe_trainer_options_stage(options, SNNFE_STAGE_SSTL));
    SNNFE_TRY(snnfe_device_create(device, NULL));
    options->device = *device;
    return SNNFE_OK;
}

static snnfe_status personalize_cohort(const snnfe_network *network, const snnfe_dataset *dataset,
                                       const int32_t *subjects, size_t n_subjects, size_t n_folds,
                                       uint64_t seed, const snnfe_trainer_options *options,
                                       const snnfe_personalization *results)
{
    SNNFE_TRY(snnfe_check_pointer(call, "network", network));
    SNNFE_TRY(snnfe_check_pointer(call, "dataset", dataset));
    personalization p = {.network = network, .dataset = dataset};
    SNNFE_TRY(take_results(&p, results));
    snnfe_device *device = NULL;
    snnfe_trainer_options taken = {0};
    snnfe_status status =
        options ? snnfe_trainer_options_take(&taken, options) : default_options(&taken, &device);
    if (status == SNNFE_OK)
        status = take_options(&p, &taken);
    const snnfe_sink sink = {taken.log, taken.progress, taken.user_data};
    if (status == SNNFE_OK)
        status = personalize(&p, subjects, n_subjects, n_folds, seed, &sink);
    if (status == SNNFE_OK)
        hand_over(&p);
    release(&p);
    snnfe_device_free(device);
    return status;
}

snnfe_status snnfe_personalize(const snnfe_network *network, const snnfe_dataset *dataset,
                               const int32_t *subjects, size_t n_subjects, size_t n_folds,
                               uint64_t seed, const snnfe_trainer_options *options,
                               const snnfe_personalization *results)
{
    SNNFE_RETURN_COMPUTED(personalize_cohort(network, dataset, subjects, n_subjects, n_folds, seed,
                                             options, results));
}
