/* Personalization of a network to many subjects, folds within each. */
#include "base/check.h"
#include "base/memory.h"
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
    snnfe_personalized *results;   /* [n_tasks] */
    snnfe_trainer_record *records; /* [n_tasks][n_epochs] or NULL */
    snnfe_network **networks;      /* [n_tasks] or NULL */
} personalization;

/* One task's training. */
typedef struct task_run {
    snnfe_network *network;
    snnfe_trainer *trainer;
    int32_t *train, *validation; /* epochs of the data set */
} task_run;

static uint64_t task_seed(const personalization *p, size_t subject, size_t fold)
{
    const uint64_t number = (uint64_t)(uint32_t)p->cohort.subjects[subject];
    snnfe_stream stream =
        snnfe_stream_make(p->options.seed, SNNFE_STREAM_PERSONALIZE, number << 8 | fold);
    const uint64_t high = snnfe_stream_u32(&stream);
    return high << 32 | snnfe_stream_u32(&stream);
}

/* Positions within a subject → epochs of the data set. */
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

static snnfe_status score(task_run *c, const personalization *p, size_t n, double *accuracy,
                          double class_accuracy[2])
{
    const snnfe_sink silent = {0};
    const snnfe_selection validation = {p->dataset, c->validation, n};
    snnfe_score counted;
    float *logits = snnfe_alloc(n * c->network->options.n_classes, sizeof *logits);
    if (!logits)
        return SNNFE_ERR_MEMORY;
    const snnfe_status status = snnfe_selection_score(c->trainer->engine, c->network, &validation,
                                                      &silent, logits, &counted);
    snnfe_release(logits);
    if (status != SNNFE_OK)
        return status;
    *accuracy = snnfe_score_accuracy(&counted);
    for (size_t label = 0; label < 2; label++)
        class_accuracy[label] = snnfe_score_class_accuracy(&counted, label);
    return SNNFE_OK;
}

static snnfe_status count_pulses(const snnfe_trainer *trainer, snnfe_personalized *result)
{
    if (!trainer->options.device)
        return SNNFE_OK;
    snnfe_wear wear = {.struct_size = sizeof wear};
    SNNFE_TRY(snnfe_trainer_wear(trainer, -1, NULL, &wear));
    result->ltp_pulses = wear.ltp_pulses;
    result->ltd_pulses = wear.ltd_pulses;
    result->largest = wear.largest;
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
    snnfe_personalized *r = &p->results[task];
    *r = (snnfe_personalized){.subject = p->cohort.subjects[subject],
                              .fold = (int32_t)(task % p->cohort.n_folds) + 1,
                              .n_train = (uint32_t)split->n_train,
                              .n_validation = (uint32_t)split->n_validation,
                              .n_seen = (uint32_t)snnfe_familiar_count(p->network, &validation)};
    SNNFE_TRY(score(c, p, data.n_validation, &r->accuracy_before, r->class_accuracy_before));
    SNNFE_TRY(snnfe_trainer_run(c->trainer, p->dataset, &data));
    SNNFE_TRY(score(c, p, data.n_validation, &r->accuracy_after, r->class_accuracy_after));
    const snnfe_trainer_record *rows = c->trainer->epoch_log.rows;
    r->train_loss = rows[n_epochs - 1].train_loss;
    r->ltp_crossings = rows[n_epochs - 1].total_ltp_crossings;
    r->ltd_crossings = rows[n_epochs - 1].total_ltd_crossings;
    if (p->records)
        memcpy(p->records + task * n_epochs, rows, n_epochs * sizeof *rows);
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
    if (status == SNNFE_OK && p->networks) {
        p->networks[task] = c.network;
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

static snnfe_status allocate(personalization *p, bool records, bool networks)
{
    const size_t n = p->cohort.n_subjects * p->cohort.n_folds;
    if (n > 0 && p->options.n_epochs > SIZE_MAX / n)
        return snnfe_fail_memory(n, p->options.n_epochs);
    p->results = snnfe_alloc(n, sizeof *p->results);
    p->records = records ? snnfe_alloc(n * p->options.n_epochs, sizeof *p->records) : NULL;
    p->networks = networks ? snnfe_alloc(n, sizeof(snnfe_network *)) : NULL;
    return p->results && (p->records || !records) && (p->networks || !networks) ? SNNFE_OK
                                                                                : SNNFE_ERR_MEMORY;
}

static void release(personalization *p)
{
    for (size_t i = 0; p->networks && i < p->cohort.n_subjects * p->cohort.n_folds; i++)
        snnfe_network_free(p->networks[i]);
    snnfe_release(p->networks);
    snnfe_release(p->records);
    snnfe_release(p->results);
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

static void hand_over(personalization *p, snnfe_personalized *results,
                      snnfe_trainer_record *records, snnfe_network **networks)
{
    const size_t n = p->cohort.n_subjects * p->cohort.n_folds;
    if (n == 0)
        return;
    memcpy(results, p->results, n * sizeof *results);
    if (records)
        memcpy(records, p->records, n * p->options.n_epochs * sizeof *records);
    for (size_t i = 0; networks && i < n; i++) {
        networks[i] = p->networks[i];
        p->networks[i] = NULL;
    }
}

static snnfe_status check_unseen(const personalization *p, const snnfe_sink *sink)
{
    const snnfe_cohort *c = &p->cohort;
    const snnfe_selection all = {p->dataset, c->indices, c->first[c->n_subjects]};
    return snnfe_familiar_check_unseen(call, "evaluated", p->network, &all, p->options.allow_seen,
                                       sink);
}

static snnfe_status personalize(personalization *p, const int32_t *subjects, size_t n_subjects,
                                size_t n_folds, uint64_t seed, const snnfe_sink *sink, bool records,
                                bool networks)
{
    snnfe_dataset_info info;
    SNNFE_TRY(snnfe_selection_check_dataset(call, p->dataset, p->network, &info));
    SNNFE_TRY(
        snnfe_familiar_check_signal(call, p->network, p->dataset, p->options.allow_mismatch, sink));
    SNNFE_TRY(
        snnfe_cohort_gather(&p->cohort, call, p->dataset, subjects, n_subjects, n_folds, seed));
    SNNFE_TRY(check_unseen(p, sink));
    SNNFE_TRY(allocate(p, records, networks));
    const snnfe_misfit misfit = snnfe_misfit_of(p->network, p->options.device);
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

snnfe_status snnfe_personalize(const snnfe_network *network, const snnfe_dataset *dataset,
                               const int32_t *subjects, size_t n_subjects, size_t n_folds,
                               uint64_t seed, const snnfe_trainer_options *options,
                               snnfe_personalized *results, snnfe_trainer_record *records,
                               snnfe_network **networks)
{
    SNNFE_TRY(snnfe_check_pointer(call, "network", network));
    SNNFE_TRY(snnfe_check_pointer(call, "dataset", dataset));
    SNNFE_TRY(snnfe_check_pointer(call, "results", results));
    personalization p = {.network = network, .dataset = dataset};
    snnfe_device *device = NULL;
    snnfe_trainer_options taken = {0};
    snnfe_status status =
        options ? snnfe_trainer_options_take(&taken, options) : default_options(&taken, &device);
    if (status == SNNFE_OK)
        status = take_options(&p, &taken);
    const snnfe_sink sink = {taken.log, taken.progress, taken.user_data};
    if (status == SNNFE_OK)
        status = personalize(&p, subjects, n_subjects, n_folds, seed, &sink, records != NULL,
                             networks != NULL);
    if (status == SNNFE_OK)
        hand_over(&p, results, records, networks);
    release(&p);
    snnfe_device_free(device);
    return status;
}
