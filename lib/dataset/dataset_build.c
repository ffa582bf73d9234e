/* From recordings to trials: read, filter, sum, cut, in parallel over the recordings. */
#include "dataset/dataset_build.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/pool.h"
#include "base/sums.h"
#include "base/text.h"
#include "dataset/dataset_events.h"
#include "dataset/dataset_internal.h"
#include "signal/causal.h"
#include "signal/filter.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* What one recording leaves behind. */
typedef struct item {
    int32_t subject, run;
    bool missing, synthetic;
    size_t n_trials;
    float *trials; /* [n_trials][n_channels][n_steps] filtered microvolts */
    int32_t *labels, *onsets;
    uint64_t *trial_ids;
    snnfe_moments moments;
    snnfe_event_counts events;
    snnfe_text notes; /* of the recording */
} item;

#define MAX_LOGGED 10  /* recordings named in the log for their dropped events */
#define MAX_FILTERS 16 /* lengths of recordings that filters are kept for */

typedef struct build {
    const snnfe_recording_source *source;
    const snnfe_dataset_options *options;
    snnfe_label_set labels;
    snnfe_montage montage;
    size_t n_taps;
    double *taps;        /* NULL without a zero-phase filter */
    snnfe_causal causal; /* no sections without a causal one */
    pthread_mutex_t lock;
    size_t n_filters;
    snnfe_filter *filters[MAX_FILTERS];
    size_t n;
    item *items;
} build;

/* The filter for a length, made once; beyond MAX_FILTERS lengths the caller owns it. */
static snnfe_status filter_for(build *b, size_t n_samples, const snnfe_filter **filter,
                               snnfe_filter **own)
{
    snnfe_status status = SNNFE_OK;
    pthread_mutex_lock(&b->lock);
    *filter = NULL;
    for (size_t i = 0; i < b->n_filters; i++)
        if (snnfe_filter_samples(b->filters[i]) == n_samples)
            *filter = b->filters[i];
    if (!*filter) {
        snnfe_filter *made = NULL;
        status = snnfe_filter_create(&made, b->taps, b->n_taps, n_samples);
        if (status == SNNFE_OK && b->n_filters < MAX_FILTERS)
            b->filters[b->n_filters++] = made;
        else
            *own = made;
        *filter = made;
    }
    pthread_mutex_unlock(&b->lock);
    return status;
}

static snnfe_status filter_recording(build *b, snnfe_recording *r)
{
    if (b->causal.n_sections > 0)
        snnfe_causal_run(&b->causal, r->samples, r->n_channels, r->n_samples);
    if (!b->taps)
        return SNNFE_OK;
    const snnfe_filter *filter = NULL;
    snnfe_filter *own = NULL;
    SNNFE_TRY(filter_for(b, r->n_samples, &filter, &own));
    const snnfe_status status = snnfe_filter_run(filter, r->samples, r->n_channels);
    snnfe_filter_free(own);
    return status;
}

static bool counts_for_statistics(const snnfe_dataset_options *o, int32_t run)
{
    if (o->normalization == SNNFE_NORMALIZE_GIVEN || o->normalization == SNNFE_NORMALIZE_NONE)
        return false;
    if (!o->statistics_runs)
        return true;
    for (size_t i = 0; i < o->n_statistics_runs; i++)
        if (o->statistics_runs[i] == run)
            return true;
    return false;
}

static void sum_recording(const snnfe_recording *r, snnfe_moments *moments)
{
    moments->n_samples = (int64_t)r->n_samples;
    for (size_t c = 0; c < r->n_channels; c++) {
        const float *x = r->samples + c * r->n_samples;
        moments->mean[c] = snnfe_mean(x, r->n_samples);
        moments->m2[c] = snnfe_sum_squares(x, r->n_samples, moments->mean[c]);
    }
}

static void copy_window(const snnfe_recording *r, size_t first, size_t n_steps, float *trial)
{
    for (size_t c = 0; c < r->n_channels; c++)
        memcpy(trial + c * n_steps, r->samples + c * r->n_samples + first, n_steps * sizeof(float));
}

static snnfe_status cut_trials(const build *b, const snnfe_recording *r,
                               const snnfe_trial_cut *trials, size_t n_trials, item *it)
{
    const snnfe_dataset_options *o = b->options;
    const size_t size = (size_t)r->n_channels * o->window_length;
    for (size_t i = 0; i < n_trials; i++)
        it->n_trials += trials[i].n_windows;
    it->trials = snnfe_alloc_raw(it->n_trials * size, sizeof(float));
    it->labels = snnfe_alloc_raw(it->n_trials, sizeof(int32_t));
    it->onsets = snnfe_alloc_raw(it->n_trials, sizeof(int32_t));
    it->trial_ids = snnfe_alloc_raw(it->n_trials, sizeof(uint64_t));
    if (!it->trials || !it->labels || !it->onsets || !it->trial_ids)
        return SNNFE_ERR_MEMORY;
    size_t n = 0;
    for (size_t i = 0; i < n_trials; i++)
        for (size_t w = 0; w < trials[i].n_windows; w++, n++) {
            const size_t first = (size_t)trials[i].onset + o->window_start +
                                 w * (o->window_length - o->window_overlap);
            copy_window(r, first, o->window_length, it->trials + n * size);
            it->labels[n] = trials[i].label;
            it->onsets[n] = (int32_t)first;
            it->trial_ids[n] = snnfe_hash_word(r->hash, (uint64_t)trials[i].onset);
        }
    return SNNFE_OK;
}

static snnfe_status cut_recording(const build *b, const snnfe_recording *r, item *it)
{
    size_t n_trials = 0;
    snnfe_trial_cut *trials = snnfe_alloc(r->n_events, sizeof *trials);
    if (!trials)
        return SNNFE_ERR_MEMORY;
    snnfe_status status = snnfe_trials_find(&b->labels, r, it->run, trials, &n_trials, &it->events);
    if (status == SNNFE_OK)
        status = cut_trials(b, r, trials, n_trials, it);
    snnfe_release(trials);
    return status;
}

static snnfe_status process(build *b, size_t index, snnfe_recording *r)
{
    item *it = &b->items[index];
    const char *name = b->source->describe(b->source->context, index);
    const bool cut = snnfe_label_set_uses_run(&b->labels, it->run);
    if (cut && r->n_events == 0)
        return snnfe_fail(SNNFE_ERR_NOT_FOUND,
                          "%s: has no annotation, so that no trial can be cut from it", name);
    it->synthetic = r->synthetic;
    snnfe_status status = filter_recording(b, r);
    if (status != SNNFE_OK)
        return snnfe_fail_prefix(status, "%s", name);
    it->moments.subject = it->subject;
    if (counts_for_statistics(b->options, it->run))
        sum_recording(r, &it->moments);
    return cut ? cut_recording(b, r, it) : SNNFE_OK;
}

static snnfe_status read_item(void *context, size_t index, uint32_t worker)
{
    (void)worker;
    build *b = context;
    snnfe_recording recording = {0};
    bool missing = false;
    snnfe_status status = b->source->load(b->source->context, index, &recording, &missing);
    if (status == SNNFE_ERR_NOT_FOUND && missing && b->options->missing == SNNFE_MISSING_SKIP) {
        b->items[index].missing = true;
        status = SNNFE_OK;
    } else if (status == SNNFE_OK) {
        status = process(b, index, &recording);
    }
    b->items[index].notes = recording.notes;
    recording.notes = (snnfe_text){0};
    snnfe_recording_release(&recording);
    return status;
}

static int by_subject_and_run(const void *a, const void *b)
{
    const item *x = a, *y = b;
    if (x->subject != y->subject)
        return x->subject < y->subject ? -1 : 1;
    return (x->run > y->run) - (x->run < y->run);
}

static snnfe_status list_missing(const build *b, const snnfe_sink *sink, snnfe_dataset *d)
{
    d->missing = snnfe_alloc(b->n, sizeof *d->missing);
    if (!d->missing)
        return SNNFE_ERR_MEMORY;
    for (size_t i = 0; i < b->n; i++) {
        if (!b->items[i].missing)
            continue;
        const char *name = b->source->describe(b->source->context, i);
        d->missing[d->info.n_missing] = snnfe_duplicate_string(name);
        if (!d->missing[d->info.n_missing])
            return SNNFE_ERR_MEMORY;
        d->info.n_missing++;
        snnfe_sink_log(sink, SNNFE_LOG_WARNING, "%s: is missing, skipped", name);
    }
    return SNNFE_OK;
}

/* Every subject that was asked for needs a trial, unless what is missing may be skipped. */
static snnfe_status check_subject(const build *b, size_t first, size_t end)
{
    size_t n_trials = 0;
    for (size_t i = first; i < end; i++)
        n_trials += b->items[i].n_trials;
    if (n_trials > 0 || b->options->missing == SNNFE_MISSING_SKIP)
        return SNNFE_OK;
    snnfe_event_counts counts = {0};
    snnfe_status status = SNNFE_OK;
    for (size_t i = first; status == SNNFE_OK && i < end; i++)
        status = snnfe_event_counts_merge(&counts, &b->items[i].events, 0);
    if (status == SNNFE_OK) {
        char who[32];
        snnfe_format(who, sizeof who, "subject %d", (int)b->items[first].subject);
        status = snnfe_trials_missing(b->options, &counts, who);
    }
    snnfe_event_counts_release(&counts);
    return status;
}

static snnfe_status check_subjects(const build *b)
{
    for (size_t first = 0, end; first < b->n; first = end) {
        for (end = first; end < b->n && b->items[end].subject == b->items[first].subject;)
            end++;
        SNNFE_TRY(check_subject(b, first, end));
    }
    return SNNFE_OK;
}

static snnfe_status pool_moments(const build *b, snnfe_dataset *d)
{
    d->moments = snnfe_alloc(b->n, sizeof *d->moments);
    if (!d->moments)
        return SNNFE_ERR_MEMORY;
    for (size_t i = 0; i < b->n; i++) {
        const item *it = &b->items[i];
        if (it->moments.n_samples == 0)
            continue;
        if (d->n_moments == 0 || d->moments[d->n_moments - 1].subject != it->subject)
            d->moments[d->n_moments++].subject = it->subject;
        snnfe_moments_merge(&d->moments[d->n_moments - 1], &it->moments, d->info.n_channels);
    }
    return SNNFE_OK;
}

static snnfe_status normalize(const build *b, snnfe_dataset *d)
{
    const snnfe_dataset_options *o = b->options;
    for (size_t c = 0; c < d->info.n_channels; c++)
        d->std[c] = 1;
    if (o->normalization == SNNFE_NORMALIZE_ALL)
        return snnfe_dataset_normalize(d, NULL, 0);
    d->info.normalization = o->normalization;
    if (o->normalization == SNNFE_NORMALIZE_NONE)
        return SNNFE_OK;
    for (size_t c = 0; c < d->info.n_channels; c++)
        if (!isfinite(o->channel_mean_uv[c]) || !isfinite(o->channel_std_uv[c]) ||
            !(o->channel_std_uv[c] > 0))
            return snnfe_fail(
                SNNFE_ERR_ARGUMENT, "statistics of channel \"%s\": mean %g, standard deviation %g",
                d->montage.channels.names[c], o->channel_mean_uv[c], o->channel_std_uv[c]);
    return snnfe_dataset_apply(d, o->channel_mean_uv, o->channel_std_uv);
}

/* Recordings whose events were dropped, the first few by name. */
static void log_dropped(const build *b, const snnfe_sink *sink)
{
    size_t n = 0;
    for (size_t i = 0; i < b->n; i++) {
        const size_t *fates = b->items[i].events.fates;
        if (fates[SNNFE_EVENT_SHORT] + fates[SNNFE_EVENT_OUTSIDE] + fates[SNNFE_EVENT_SHARED] == 0)
            continue;
        if (n++ >= MAX_LOGGED)
            continue;
        char text[400];
        snnfe_event_counts_describe(&b->items[i].events, text, sizeof text);
        snnfe_sink_log(sink, SNNFE_LOG_WARNING, "%s: %s",
                       b->source->describe(b->source->context, i), text);
    }
    if (n > MAX_LOGGED)
        snnfe_sink_log(sink, SNNFE_LOG_WARNING, "%zu more recordings have events that were dropped",
                       n - MAX_LOGGED);
}

static void log_notes(const build *b, const snnfe_sink *sink)
{
    for (size_t i = 0; b->items && i < b->n; i++)
        snnfe_recording_log_notes(&b->items[i].notes, sink);
}

/* What became of the events of all recordings. */
static snnfe_status account(const build *b, const snnfe_sink *sink, snnfe_dataset *d)
{
    const uint32_t n_names = b->options->n_event_names;
    snnfe_event_counts total = {0};
    snnfe_status status = SNNFE_OK;
    total.named = snnfe_alloc(n_names, sizeof *total.named);
    if (!total.named)
        status = SNNFE_ERR_MEMORY;
    for (size_t i = 0; status == SNNFE_OK && i < b->n; i++)
        status = snnfe_event_counts_merge(&total, &b->items[i].events, n_names);
    if (status == SNNFE_OK) {
        snnfe_events_tell(&total, sink, &d->info);
        status = snnfe_event_names_check(&b->labels, &total, sink);
    }
    if (status == SNNFE_OK)
        status = check_subjects(b);
    if (status == SNNFE_OK && d->info.n_trials == 0)
        status = snnfe_trials_missing(b->options, &total, "the set of recordings");
    if (status == SNNFE_OK)
        status = snnfe_classes_check(b->options, &total, d, sink);
    snnfe_event_counts_release(&total);
    return status;
}

/* Items are sorted here, so that the result does not depend on the order of the files. */
static snnfe_status assemble(build *b, const snnfe_sink *sink, snnfe_dataset *d)
{
    const snnfe_dataset_options *o = b->options;
    SNNFE_TRY(list_missing(b, sink, d));
    log_dropped(b, sink);
    qsort(b->items, b->n, sizeof *b->items, by_subject_and_run);
    d->montage = b->montage;
    d->info.struct_size = sizeof d->info;
    d->info.n_channels = (uint32_t)b->montage.channels.n;
    d->info.n_steps = o->window_length;
    d->info.n_rows = b->montage.n_rows;
    d->info.n_columns = b->montage.n_columns;
    d->info.n_classes = b->labels.n_classes;
    d->info.sampling_rate_hz = o->sampling_rate_hz;
    d->info.filter_low_hz = o->filter_low_hz;
    d->info.filter_high_hz = o->filter_high_hz;
    d->info.filter_kind = o->filter_kind;
    d->info.filter_order = o->filter_kind == SNNFE_FILTER_CAUSAL ? o->filter_order : 0;
    d->info.label_set = o->label_set;
    for (uint32_t k = 0; k < d->info.n_classes; k++)
        snnfe_label_set_class_name(&b->labels, (int32_t)k, d->class_names[k],
                                   SNNFE_CLASS_NAME_SIZE);
    for (size_t i = 0; i < b->n; i++) {
        d->info.n_trials += b->items[i].n_trials;
        d->info.synthetic |= b->items[i].synthetic;
    }
    SNNFE_TRY(snnfe_dataset_allocate(d));
    const size_t size = (size_t)d->info.n_channels * d->info.n_steps;
    size_t n = 0;
    for (size_t i = 0; i < b->n; i++) {
        const item *it = &b->items[i];
        if (it->n_trials > 0)
            memcpy(d->trials + n * size, it->trials, it->n_trials * size * sizeof(float));
        for (size_t e = 0; e < it->n_trials; e++, n++) {
            d->labels[n] = it->labels[e];
            d->onsets[n] = it->onsets[e];
            d->trial_ids[n] = it->trial_ids[e];
            d->subjects[n] = it->subject;
            d->runs[n] = it->run;
        }
    }
    SNNFE_TRY(account(b, sink, d));
    SNNFE_TRY(snnfe_dataset_list_subjects(d));
    SNNFE_TRY(pool_moments(b, d));
    return normalize(b, d);
}

static snnfe_status prepare_filter(build *b)
{
    const snnfe_dataset_options *o = b->options;
    const double low = o->filter_low_hz, high = o->filter_high_hz, rate = o->sampling_rate_hz;
    if (o->filter_kind == SNNFE_FILTER_CAUSAL)
        return snnfe_causal_design(&b->causal, low, high, rate, o->filter_order);
    if (!(low < 0 || low > 0 || high < 0 || high > 0))
        return SNNFE_OK;
    SNNFE_TRY(snnfe_filter_design(low, high, rate, &b->n_taps, NULL));
    b->taps = snnfe_alloc(b->n_taps, sizeof *b->taps);
    if (!b->taps)
        return SNNFE_ERR_MEMORY;
    return snnfe_filter_design(low, high, rate, &b->n_taps, b->taps);
}

static snnfe_status prepare(build *b, const int32_t *subjects, const int32_t *runs)
{
    SNNFE_TRY(snnfe_montage_make(&b->montage, b->options));
    SNNFE_TRY(snnfe_label_set_make(&b->labels, b->options));
    SNNFE_TRY(prepare_filter(b));
    b->items = snnfe_alloc(b->n, sizeof *b->items);
    if (!b->items)
        return SNNFE_ERR_MEMORY;
    for (size_t i = 0; i < b->n; i++) {
        b->items[i].subject = subjects[i];
        b->items[i].run = runs[i];
    }
    return SNNFE_OK;
}

static snnfe_status read_all(build *b, const snnfe_sink *sink)
{
    snnfe_pool *pool = NULL;
    SNNFE_TRY(snnfe_pool_create(&pool, b->options->n_threads));
    const snnfe_status status = snnfe_pool_run(pool, b->n, read_item, b, sink, "read");
    snnfe_pool_free(pool);
    return status;
}

static void release(build *b)
{
    for (size_t i = 0; b->items && i < b->n; i++) {
        snnfe_release(b->items[i].trials);
        snnfe_release(b->items[i].labels);
        snnfe_release(b->items[i].onsets);
        snnfe_release(b->items[i].trial_ids);
        snnfe_event_counts_release(&b->items[i].events);
        snnfe_text_release(&b->items[i].notes);
    }
    for (size_t i = 0; i < b->n_filters; i++)
        snnfe_filter_free(b->filters[i]);
    snnfe_release(b->items);
    snnfe_release(b->taps);
    pthread_mutex_destroy(&b->lock);
}

snnfe_status snnfe_dataset_build(snnfe_dataset **dataset, const snnfe_recording_source *source,
                                 size_t n, const int32_t *subjects, const int32_t *runs,
                                 const snnfe_dataset_options *options)
{
    build b = {.source = source, .options = options, .n = n};
    const snnfe_sink sink = {options->log, options->progress, options->user_data};
    pthread_mutex_init(&b.lock, NULL);
    snnfe_dataset *made = snnfe_alloc(1, sizeof *made);
    snnfe_status status = made ? prepare(&b, subjects, runs) : SNNFE_ERR_MEMORY;
    if (status == SNNFE_OK)
        status = read_all(&b, &sink);
    log_notes(&b, &sink);
    if (status == SNNFE_OK)
        status = assemble(&b, &sink, made);
    release(&b);
    if (status != SNNFE_OK) {
        snnfe_dataset_free(made);
        return status;
    }
    *dataset = made;
    return SNNFE_OK;
}
