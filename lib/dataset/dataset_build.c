/* From recordings to trials: read, filter, cut, sum, in parallel over the recordings. */
#include "dataset/dataset_build.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/pool.h"
#include "base/sums.h"
#include "base/text.h"
#include "dataset/dataset_assemble.h"
#include "dataset/dataset_envelope.h"
#include "dataset/rates.h"
#include "dataset/recording_filter.h"
#include "kernels/blas.h"

#include <string.h>

typedef struct build {
    const snnfe_dataset_plan *plan;
    const snnfe_recording_source *source;
    snnfe_recording_filter filter;
    snnfe_recording_filter bands[SNNFE_MAX_BANDS];
    snnfe_rates rates;
    size_t n;
    snnfe_cut_recording *items;
} build;

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

/* Room for the trials, and all of them but their values. */
static snnfe_status cut_trials(const build *b, const snnfe_recording *r,
                               const snnfe_trial_cut *trials, size_t n_trials,
                               snnfe_cut_recording *it)
{
    const snnfe_dataset_options *o = &b->plan->options;
    const size_t size = b->plan->montage.channels.n * b->plan->n_steps;
    size_t n = 0;
    for (size_t i = 0; i < n_trials; i++)
        n += trials[i].n_windows;
    it->trials = snnfe_alloc_raw(n * size, sizeof(float));
    it->labels = snnfe_alloc_raw(n, sizeof(int32_t));
    it->onsets = snnfe_alloc_raw(n, sizeof(int32_t));
    it->defects = snnfe_alloc(n, sizeof(int32_t));
    it->trial_ids = snnfe_alloc_raw(n, sizeof(uint64_t));
    if (!it->trials || !it->labels || !it->onsets || !it->defects || !it->trial_ids)
        return SNNFE_ERR_MEMORY;
    for (size_t i = 0; i < n_trials; i++)
        for (size_t w = 0; w < trials[i].n_windows; w++, it->n_trials++) {
            const size_t first = (size_t)trials[i].onset + o->window_start +
                                 w * (o->window_length - o->window_overlap);
            it->labels[it->n_trials] = trials[i].label;
            it->onsets[it->n_trials] = (int32_t)first;
            it->trial_ids[it->n_trials] =
                snnfe_hash_word(r->hash, (uint64_t)trials[i].recorded_onset);
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

/* Mark trials, and leave out what the options do not want kept. */
static void sort_out(const build *b, const snnfe_quality *quality, snnfe_recording *r,
                     snnfe_cut_recording *it)
{
    const bool drops = b->plan->options.quality == SNNFE_QUALITY_DROP;
    size_t kept = 0;
    if (!quality->samples)
        return;
    for (size_t i = 0; i < it->n_trials; i++) {
        const int32_t defects =
            snnfe_quality_judge(quality, (size_t)it->onsets[i], it->name, r, &it->quality);
        if (drops && defects)
            continue;
        it->defects[kept] = defects;
        it->labels[kept] = it->labels[i];
        it->onsets[kept] = it->onsets[i];
        it->trial_ids[kept++] = it->trial_ids[i];
    }
    it->n_trials = kept;
}

static void copy_windows(const snnfe_recording *r, size_t n_steps, snnfe_cut_recording *it)
{
    for (size_t i = 0; i < it->n_trials; i++)
        for (size_t c = 0; c < r->n_channels; c++)
            memcpy(it->trials + (i * r->n_channels + c) * n_steps,
                   r->samples + c * r->n_samples + (size_t)it->onsets[i], n_steps * sizeof(float));
}

/* What the trials hold, samples or envelopes, and its sums. */
static snnfe_status fill_trials(build *b, const snnfe_recording *r, snnfe_cut_recording *it)
{
    const bool counts = counts_for_statistics(&b->plan->options, it->run);
    it->moments.subject = it->subject;
    if (b->plan->envelope.n_bands > 0)
        return snnfe_envelope_run(b->plan, b->bands, r, it, counts ? &it->moments : NULL);
    if (counts)
        sum_recording(r, &it->moments);
    copy_windows(r, b->plan->n_steps, it);
    return SNNFE_OK;
}

/* From the samples of a file to those that trials are cut from. */
static snnfe_status treat_samples(build *b, const char *name, bool cut, snnfe_quality *quality,
                                  snnfe_recording *r)
{
    const snnfe_cleaning *cleaning = &b->plan->cleaning;
    if (cut)
        SNNFE_TRY(snnfe_quality_begin(quality, &b->plan->options, r));
    SNNFE_TRY(snnfe_rates_change(&b->rates, &b->plan->options, r));
    if (cut)
        SNNFE_TRY(snnfe_quality_keep(quality, r));
    snnfe_cleaning_find_flat(cleaning, r);
    SNNFE_TRY(snnfe_recording_filter_run(&b->filter, r->samples, r->n_channels, r->n_samples));
    SNNFE_TRY(snnfe_cleaning_rereference(cleaning, name, r));
    return snnfe_cleaning_run(cleaning, r);
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
    it->n_interpolated = r->n_interpolated;
    const snnfe_spatial_shape *shape = &b->plan->cleaning.layout.shape;
    snnfe_quality quality = {0};
    snnfe_status status = treat_samples(b, it->name, cut, &quality, r);
    if (status != SNNFE_OK)
        status = snnfe_fail_prefix(status, "%s", it->name);
    if (status == SNNFE_OK) {
        sum_references(r, shape, &it->references);
        r->n_channels = (uint32_t)shape->n_outputs; /* other references have done their work */
        status = cut ? cut_recording(b, r, it) : SNNFE_OK;
    }
    if (status == SNNFE_OK)
        sort_out(b, &quality, r, it);
    snnfe_quality_release(&quality);
    return status == SNNFE_OK ? fill_trials(b, r, it) : status;
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
    return status == SNNFE_OK && b->items[index].notes.failed ? SNNFE_ERR_MEMORY : status;
}

static void log_notes(const build *b, const snnfe_sink *sink)
{
    for (size_t i = 0; b->items && i < b->n; i++)
        snnfe_recording_log_notes(&b->items[i].notes, sink);
}

static snnfe_status prepare_filters(build *b)
{
    const snnfe_dataset_options *o = &b->plan->options;
    if (snnfe_notch_is_auto(o))
        return snnfe_fail(SNNFE_ERR_ARGUMENT,
                          "snnfe_dataset_options.notch_hz is AUTO, but only the sidecars of a BIDS "
                          "tree tell the frequency of the line noise");
    SNNFE_TRY(snnfe_recording_filter_make(&b->filter, o, o->notch_hz, o->filter_low_hz,
                                          o->filter_high_hz));
    for (size_t i = 0; i < b->plan->envelope.n_bands; i++) {
        const snnfe_status status =
            snnfe_recording_filter_make(&b->bands[i], o, 0, o->band_low_hz[i], o->band_high_hz[i]);
        if (status != SNNFE_OK)
            return snnfe_fail_prefix(status, "band %zu", i + 1);
    }
    return SNNFE_OK;
}

static snnfe_status prepare(build *b, const snnfe_recording_list *list)
{
    SNNFE_TRY(prepare_filters(b));
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
        snnfe_release(b->items[i].defects);
        snnfe_release(b->items[i].trial_ids);
        snnfe_event_counts_release(&b->items[i].events);
        snnfe_text_release(&b->items[i].notes);
    }
    for (size_t i = 0; i < SNNFE_MAX_BANDS; i++)
        snnfe_recording_filter_release(&b->bands[i]);
    snnfe_recording_filter_release(&b->filter);
    snnfe_rates_release(&b->rates);
    snnfe_release(b->items);
}

snnfe_status snnfe_dataset_build(snnfe_dataset **dataset, const snnfe_dataset_plan *plan,
                                 const snnfe_recording_source *source,
                                 const snnfe_recording_list *list)
{
    build b = {.plan = plan, .source = source, .n = list->n};
    const snnfe_dataset_options *o = &plan->options;
    const snnfe_sink sink = {o->log, o->progress, o->user_data};
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
