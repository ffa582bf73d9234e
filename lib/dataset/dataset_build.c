/* From recordings to trials: read, filter, sum, cut, in parallel over the recordings. */
#include "dataset/dataset_build.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/pool.h"
#include "base/sums.h"
#include "base/text.h"
#include "dataset/dataset_assemble.h"
#include "dataset/rates.h"
#include "kernels/blas.h"
#include "signal/causal.h"
#include "signal/filter.h"

#include <pthread.h>
#include <string.h>

#define MAX_FILTERS 16 /* lengths of recordings that filters are kept for */

typedef struct build {
    const snnfe_dataset_plan *plan;
    const snnfe_recording_source *source;
    size_t n_taps;
    double *taps;        /* NULL without a zero-phase filter */
    snnfe_causal causal; /* no sections without a causal one */
    pthread_mutex_t lock;
    size_t n_filters;
    snnfe_filter *filters[MAX_FILTERS];
    snnfe_rates rates;
    size_t n;
    snnfe_cut_recording *items;
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

static void sum_channel(const snnfe_recording *r, size_t channel, double *mean, double *m2)
{
    const float *x = r->samples + channel * r->n_samples;
    *mean = snnfe_mean(x, r->n_samples);
    *m2 = snnfe_sum_squares(x, r->n_samples, *mean);
}

static void sum_recording(const snnfe_recording *r, snnfe_moments *moments)
{
    moments->n_samples = (int64_t)r->n_samples;
    for (size_t c = 0; c < r->n_channels; c++)
        sum_channel(r, c, &moments->mean[c], &moments->m2[c]);
}

static void sum_references(const snnfe_recording *r, const snnfe_spatial_shape *shape,
                           snnfe_moments *moments)
{
    moments->n_samples = (int64_t)r->n_samples;
    for (size_t i = 0; i < shape->n_references; i++)
        sum_channel(r, shape->references[i], &moments->mean[i], &moments->m2[i]);
}

static void copy_window(const snnfe_recording *r, size_t first, size_t n_steps, float *trial)
{
    for (size_t c = 0; c < r->n_channels; c++)
        memcpy(trial + c * n_steps, r->samples + c * r->n_samples + first, n_steps * sizeof(float));
}

static snnfe_status cut_trials(const build *b, const snnfe_recording *r,
                               const snnfe_trial_cut *trials, size_t n_trials,
                               snnfe_cut_recording *it)
{
    const snnfe_dataset_options *o = &b->plan->options;
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
            it->trial_ids[n] = snnfe_hash_word(r->hash, (uint64_t)trials[i].recorded_onset);
        }
    return SNNFE_OK;
}

static snnfe_status cut_recording(const build *b, const snnfe_recording *r, snnfe_cut_recording *it)
{
    size_t n_trials = 0;
    snnfe_trial_cut *trials = snnfe_alloc(r->n_events, sizeof *trials);
    if (!trials)
        return SNNFE_ERR_MEMORY;
    snnfe_status status =
        snnfe_trials_find(&b->plan->labels, r, it->run, trials, &n_trials, &it->events);
    if (status == SNNFE_OK)
        status = cut_trials(b, r, trials, n_trials, it);
    snnfe_release(trials);
    return status;
}

static snnfe_status process(build *b, size_t index, snnfe_recording *r)
{
    snnfe_cut_recording *it = &b->items[index];
    const bool cut = snnfe_label_set_uses_run(&b->plan->labels, it->run);
    if (cut && r->n_events == 0)
        return snnfe_fail(SNNFE_ERR_NOT_FOUND,
                          "%s: has no annotation, so that no trial can be cut from it", it->name);
    it->synthetic = r->synthetic;
    it->recorded_hz = r->recorded_hz;
    const snnfe_spatial_shape *shape = &b->plan->cleaning.layout.shape;
    snnfe_status status = snnfe_rates_change(&b->rates, &b->plan->options, r);
    if (status == SNNFE_OK)
        status = filter_recording(b, r);
    if (status == SNNFE_OK)
        status = snnfe_cleaning_run(&b->plan->cleaning, r);
    if (status != SNNFE_OK)
        return snnfe_fail_prefix(status, "%s", it->name);
    sum_references(r, shape, &it->references);
    r->n_channels = (uint32_t)shape->n_outputs; /* other references have done their work */
    it->moments.subject = it->subject;
    if (counts_for_statistics(&b->plan->options, it->run))
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
    if (status == SNNFE_ERR_NOT_FOUND && missing &&
        b->plan->options.missing == SNNFE_MISSING_SKIP) {
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

static void log_notes(const build *b, const snnfe_sink *sink)
{
    for (size_t i = 0; b->items && i < b->n; i++)
        snnfe_recording_log_notes(&b->items[i].notes, sink);
}

static snnfe_status prepare_filter(build *b)
{
    const snnfe_dataset_options *o = &b->plan->options;
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

static snnfe_status prepare(build *b, const snnfe_recording_list *list)
{
    SNNFE_TRY(prepare_filter(b));
    b->items = snnfe_alloc(b->n, sizeof *b->items);
    if (!b->items)
        return SNNFE_ERR_MEMORY;
    for (size_t i = 0; i < b->n; i++) {
        b->items[i].name = list->paths[i];
        b->items[i].subject = list->subjects[i];
        b->items[i].run = list->runs[i];
    }
    return SNNFE_OK;
}

static snnfe_status read_all(build *b, const snnfe_sink *sink)
{
    snnfe_pool *pool = NULL;
    SNNFE_TRY(snnfe_pool_create(&pool, b->plan->options.n_threads));
    snnfe_blas_enter();
    const snnfe_status status = snnfe_pool_run(pool, b->n, read_item, b, sink, "read");
    snnfe_blas_leave();
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
    snnfe_rates_release(&b->rates);
    snnfe_release(b->items);
    snnfe_release(b->taps);
    pthread_mutex_destroy(&b->lock);
}

snnfe_status snnfe_dataset_build(snnfe_dataset **dataset, const snnfe_dataset_plan *plan,
                                 const snnfe_recording_source *source,
                                 const snnfe_recording_list *list)
{
    build b = {.plan = plan, .source = source, .n = list->n};
    const snnfe_dataset_options *o = &plan->options;
    const snnfe_sink sink = {o->log, o->progress, o->user_data};
    pthread_mutex_init(&b.lock, NULL);
    snnfe_rates_init(&b.rates);
    snnfe_dataset *made = snnfe_alloc(1, sizeof *made);
    snnfe_status status = made ? prepare(&b, list) : SNNFE_ERR_MEMORY;
    if (status == SNNFE_OK)
        status = read_all(&b, &sink);
    log_notes(&b, &sink);
    if (status == SNNFE_OK)
        status = snnfe_dataset_assemble(made, plan, b.items, b.n, &sink);
    release(&b);
    if (status != SNNFE_OK) {
        snnfe_dataset_free(made);
        return status;
    }
    *dataset = made;
    return SNNFE_OK;
}
