/* Alignment of a data set's subjects (docs/spec.md 2.4). */
#include "base/check.h"
#include "base/floating.h"
#include "base/memory.h"
#include "base/options.h"
#include "base/pool.h"
#include "dataset/dataset_internal.h"
#include "kernels/blas.h"
#include "signal/alignment.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char struct_name[] = "snnfe_alignment_options";

static const snnfe_alignment_options default_options = {
    .struct_size = sizeof(snnfe_alignment_options),
    .alignment = SNNFE_ALIGNMENT_EUCLIDEAN,
    .prior_trials = 5,
};

snnfe_status snnfe_alignment_options_init(snnfe_alignment_options *options, size_t size)
{
    return snnfe_options_fill(options, size, &default_options, sizeof default_options, struct_name);
}

/* A trial in the order of time. */
typedef struct timed_trial {
    int32_t subject, run, onset;
    size_t index;
} timed_trial;

typedef struct alignment {
    const snnfe_dataset *dataset;
    snnfe_alignment_options options;
    snnfe_spatial_shape shape;
    timed_trial *order; /* [n_trials] by subject, then time */
    size_t *first;      /* [n_subjects + 1] places in the order */
    double *products;   /* [n_subjects][n][n] mean products of a subject's trials */
    double *total;      /* [n][n] the subjects' sum */
    size_t *n_floored;  /* [n_subjects] the most of a subject's filters */
    float *trials;      /* [n_trials][n][n_steps] aligned */
} alignment;

/* What the worker of one subject needs. */
typedef struct workspace {
    snnfe_covariance covariance;
    snnfe_spatial_filter filter;
    double *prior; /* [n][n] */
} workspace;

static int by_time(const void *a, const void *b)
{
    const timed_trial *x = a, *y = b;
    if (x->subject != y->subject)
        return x->subject < y->subject ? -1 : 1;
    if (x->run != y->run)
        return x->run < y->run ? -1 : 1;
    if (x->onset != y->onset)
        return x->onset < y->onset ? -1 : 1;
    return (x->index > y->index) - (x->index < y->index);
}

static void sort_trials(alignment *a)
{
    const snnfe_dataset *d = a->dataset;
    for (size_t i = 0; i < d->info.n_trials; i++)
        a->order[i] = (timed_trial){d->subjects[i], d->runs[i], d->onsets[i], i};
    qsort(a->order, d->info.n_trials, sizeof *a->order, by_time);
    size_t s = 0;
    for (size_t i = 0; i < d->info.n_trials; i++)
        if (i == 0 || a->order[i].subject != a->order[i - 1].subject)
            a->first[s++] = i;
    a->first[s] = d->info.n_trials;
}

static snnfe_samples samples_of(const alignment *a, size_t place)
{
    const size_t n_steps = a->dataset->info.n_steps;
    const float *values = a->dataset->trials + a->order[place].index * a->shape.n_inputs * n_steps;
    return (snnfe_samples){values, n_steps, 1, n_steps};
}

/* Each trial counts the same. */
static void add_trial(const alignment *a, size_t place, snnfe_covariance *covariance)
{
    const snnfe_samples samples = samples_of(a, place);
    snnfe_covariance_add(covariance, &a->shape, &samples, 0, 1 / (double)samples.n);
}

static void apply(const alignment *a, size_t place, const snnfe_spatial_filter *filter)
{
    const snnfe_samples samples = samples_of(a, place);
    snnfe_spatial_filter_run(filter, &a->shape, &samples,
                             a->trials + a->order[place].index * a->shape.n_outputs * samples.n);
}

/* --- one subject ---------------------------------------------------------------------------- */

static snnfe_status workspace_make(const alignment *a, workspace *w)
{
    const size_t n = a->shape.n_outputs;
    *w = (workspace){.prior = snnfe_alloc(n * n, sizeof *w->prior)};
    SNNFE_TRY(snnfe_covariance_make(&w->covariance, n));
    SNNFE_TRY(snnfe_spatial_filter_make(&w->filter, &a->shape));
    return w->prior ? SNNFE_OK : SNNFE_ERR_MEMORY;
}

static void workspace_release(workspace *w)
{
    snnfe_covariance_release(&w->covariance);
    snnfe_spatial_filter_release(&w->filter);
    snnfe_release(w->prior);
}

/* What alignment by the past begins with: the caller's covariance, or the other subjects' mean. */
static const double *prior_of(const alignment *a, size_t subject, double *room)
{
    const size_t n = a->shape.n_outputs, n_others = a->dataset->info.n_subjects - 1;
    if (a->options.covariance || n_others == 0)
        return a->options.covariance;
    for (size_t i = 0; i < n * n; i++)
        room[i] = (a->total[i] - a->products[subject * n * n + i]) / (double)n_others;
    return room;
}

/* The filter of what was added so far. */
static snnfe_status solve(const alignment *a, size_t subject, const snnfe_prior *prior,
                          workspace *w)
{
    size_t n_floored = 0;
    snnfe_spatial_filter_pass(&w->filter, &a->shape);
    SNNFE_TRY(snnfe_align(&w->filter, &a->shape, a->options.alignment, &w->covariance, prior,
                          &n_floored));
    if (n_floored > a->n_floored[subject])
        a->n_floored[subject] = n_floored;
    return SNNFE_OK;
}

static snnfe_status align_by_all(const alignment *a, size_t subject, workspace *w)
{
    for (size_t i = a->first[subject]; i < a->first[subject + 1]; i++)
        add_trial(a, i, &w->covariance);
    SNNFE_TRY(solve(a, subject, &(snnfe_prior){NULL, 0}, w));
    for (size_t i = a->first[subject]; i < a->first[subject + 1]; i++)
        apply(a, i, &w->filter);
    return SNNFE_OK;
}

/* The end of the windows that belong to the trial at `place`. */
static size_t end_of_trial(const alignment *a, size_t place, size_t end)
{
    const uint64_t *ids = a->dataset->trial_ids;
    size_t next = place + 1;
    while (next < end && ids[a->order[next].index] == ids[a->order[place].index])
        next++;
    return next;
}

/* All windows of a trial know only the trials before it. */
static snnfe_status align_by_past(const alignment *a, size_t subject, workspace *w)
{
    const snnfe_prior prior = {prior_of(a, subject, w->prior), a->options.prior_trials};
    for (size_t i = a->first[subject], end = a->first[subject + 1], next; i < end; i = next) {
        next = end_of_trial(a, i, end);
        SNNFE_TRY(solve(a, subject, &prior, w));
        for (size_t k = i; k < next; k++) {
            apply(a, k, &w->filter);
            snnfe_covariance_forget(&w->covariance, a->options.memory_trials, 1);
            add_trial(a, k, &w->covariance);
        }
    }
    return SNNFE_OK;
}

static snnfe_status align_subject(void *context, size_t subject, uint32_t worker)
{
    (void)worker;
    const alignment *a = context;
    workspace w;
    snnfe_status status = workspace_make(a, &w);
    if (status == SNNFE_OK)
        status = a->options.past ? align_by_past(a, subject, &w) : align_by_all(a, subject, &w);
    workspace_release(&w);
    return status;
}

/* The mean products of a subject's trials as they are. */
static snnfe_status sum_subject(void *context, size_t subject, uint32_t worker)
{
    (void)worker;
    const alignment *a = context;
    const size_t n = a->shape.n_outputs;
    double *products = a->products + subject * n * n;
    snnfe_covariance covariance;
    const snnfe_status status = snnfe_covariance_make(&covariance, n);
    if (status == SNNFE_OK) {
        for (size_t i = a->first[subject]; i < a->first[subject + 1]; i++)
            add_trial(a, i, &covariance);
        for (size_t i = 0; i < n; i++)
            for (size_t k = 0; k < n; k++)
                products[i * n + k] = snnfe_covariance_product(&covariance, i, k);
    }
    snnfe_covariance_release(&covariance);
    return status;
}

/* --- all subjects --------------------------------------------------------------------------- */

static snnfe_status allocate(alignment *a)
{
    const snnfe_dataset *d = a->dataset;
    const size_t n = a->shape.n_outputs, n_subjects = d->info.n_subjects;
    a->order = snnfe_alloc(d->info.n_trials, sizeof *a->order);
    a->first = snnfe_alloc(n_subjects + 1, sizeof *a->first);
    a->products = snnfe_alloc(n_subjects, n * n * sizeof *a->products);
    a->total = snnfe_alloc(n * n, sizeof *a->total);
    a->n_floored = snnfe_alloc(n_subjects, sizeof *a->n_floored);
    a->trials = snnfe_alloc_raw(d->info.n_trials * n, d->info.n_steps * sizeof *a->trials);
    return a->order && a->first && a->products && a->total && a->n_floored && a->trials
               ? SNNFE_OK
               : SNNFE_ERR_MEMORY;
}

static void release(alignment *a)
{
    snnfe_release(a->order);
    snnfe_release(a->first);
    snnfe_release(a->products);
    snnfe_release(a->total);
    snnfe_release(a->n_floored);
    snnfe_release(a->trials);
}

static void add_up(alignment *a)
{
    const size_t size = a->shape.n_outputs * a->shape.n_outputs;
    for (size_t s = 0; s < a->dataset->info.n_subjects; s++)
        for (size_t i = 0; i < size; i++)
            a->total[i] += a->products[s * size + i];
}

static snnfe_status run(alignment *a, const snnfe_sink *sink)
{
    const size_t n_subjects = a->dataset->info.n_subjects;
    snnfe_pool *pool = NULL;
    SNNFE_TRY(snnfe_pool_create(&pool, a->options.n_threads));
    snnfe_blas_enter();
    snnfe_status status = snnfe_pool_run(pool, n_subjects, sum_subject, a, sink, "measure");
    if (status == SNNFE_OK) {
        add_up(a);
        status = snnfe_pool_run(pool, n_subjects, align_subject, a, sink, "align");
    }
    snnfe_blas_leave();
    snnfe_pool_free(pool);
    return status;
}

static snnfe_status check_finite(const alignment *a)
{
    const size_t size = a->shape.n_outputs * a->dataset->info.n_steps;
    for (size_t i = 0; i < a->dataset->info.n_trials * size; i++)
        if (!isfinite(a->trials[i]))
            return snnfe_fail(SNNFE_ERR_NONFINITE,
                              "snnfe_dataset_align: trial %zu would not be finite", i / size);
    return SNNFE_OK;
}

static void tell(const alignment *a, const snnfe_sink *sink)
{
    const bool whitens = a->options.alignment == SNNFE_ALIGNMENT_EUCLIDEAN;
    for (size_t s = 0; s < a->dataset->info.n_subjects; s++)
        if (a->n_floored[s] > 0)
            snnfe_sink_log(sink, SNNFE_LOG_WARNING,
                           "subject %d: %zu of %zu %s have next to no variance (flat or "
                           "interpolated channels, an average reference): raised to 1e-4 of the "
                           "mean one",
                           (int)a->dataset->subject_list[s], a->n_floored[s], a->shape.n_outputs,
                           whitens ? "directions" : "channels");
}

/* The aligned trials, and what is known of them, into the data set. */
static snnfe_status take_over(alignment *a, snnfe_dataset *d)
{
    const size_t n = a->shape.n_outputs;
    SNNFE_TRY(check_finite(a));
    for (size_t i = 0; i < n * n; i++)
        a->total[i] /= (double)d->info.n_subjects;
    memcpy(d->trials, a->trials, d->info.n_trials * n * d->info.n_steps * sizeof *d->trials);
    d->signal.alignment = a->options.alignment;
    snnfe_release(d->control.covariance);
    d->control.covariance = a->total;
    d->signal.covariance = a->total;
    a->total = NULL;
    return SNNFE_OK;
}

#define IS_SET(member) SNNFE_IS_SET(o, &default_options, member)

static snnfe_status check_needs(const snnfe_alignment_options *o)
{
    static const char past[] = "past is 1";
    const snnfe_need needs[] = {
        {".prior_trials", IS_SET(prior_trials), o->past == 1, past},
        {".memory_trials", IS_SET(memory_trials), o->past == 1, past},
        {".covariance", IS_SET(covariance), o->past == 1, past},
    };
    return snnfe_check_needs(struct_name, needs, sizeof needs / sizeof *needs);
}

static snnfe_status check_options(const snnfe_alignment_options *o, size_t n)
{
    if (o->alignment != SNNFE_ALIGNMENT_STANDARDIZE && o->alignment != SNNFE_ALIGNMENT_EUCLIDEAN)
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "%s.alignment is %d, not STANDARDIZE or EUCLIDEAN",
                          struct_name, (int)o->alignment);
    SNNFE_TRY(snnfe_check_switch(struct_name, ".past", o->past));
    SNNFE_TRY(snnfe_check_number(struct_name, ".prior_trials", o->prior_trials, 0, HUGE_VAL));
    SNNFE_TRY(snnfe_check_memory(struct_name, ".memory_trials", o->memory_trials));
    for (size_t i = 0; o->covariance && i < n * n; i++)
        if (!isfinite(o->covariance[i]))
            return snnfe_fail(SNNFE_ERR_ARGUMENT, "%s.covariance[%zu][%zu] is %g", struct_name,
                              i / n, i % n, o->covariance[i]);
    return check_needs(o);
}

static snnfe_status dataset_align(snnfe_dataset *dataset, const snnfe_alignment_options *options)
{
    static const char call[] = "snnfe_dataset_align";
    SNNFE_TRY(snnfe_check_pointer(call, "dataset", dataset));
    const size_t n = dataset->info.n_channels;
    alignment a = {.dataset = dataset, .shape = {.n_inputs = n, .n_outputs = n}};
    SNNFE_TRY(
        snnfe_options_adopt(&a.options, &default_options, sizeof a.options, options, struct_name));
    SNNFE_TRY(check_options(&a.options, n));
    if (dataset->signal.alignment != SNNFE_ALIGNMENT_NONE)
        return snnfe_fail(SNNFE_ERR_STATE, "%s: the data set is aligned already", call);
    const snnfe_sink sink = {a.options.log, a.options.progress, a.options.user_data};
    SNNFE_TRY(snnfe_busy_enter(&dataset->busy, call));
    snnfe_status status = allocate(&a);
    if (status == SNNFE_OK) {
        sort_trials(&a);
        status = run(&a, &sink);
    }
    if (status == SNNFE_OK)
        status = take_over(&a, dataset);
    if (status == SNNFE_OK)
        tell(&a, &sink);
    release(&a);
    if (snnfe_busy_leave(&dataset->busy))
        snnfe_dataset_free(dataset);
    return status;
}

snnfe_status snnfe_dataset_align(snnfe_dataset *dataset, const snnfe_alignment_options *options)
{
    SNNFE_RETURN_COMPUTED(dataset_align(dataset, options));
}
