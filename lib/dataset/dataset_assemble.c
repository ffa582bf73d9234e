/* The parts of a data set from those of its recordings. */
#include "dataset/dataset_assemble.h"
#include "dataset/dataset_envelope.h"

#include "base/format.h"
#include "base/memory.h"
#include "signal/notch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MAX_LOGGED 10 /* recordings named in the log for their dropped events */

typedef struct assembly {
    const snnfe_dataset_plan *plan;
    const snnfe_cut_recording *recordings;
    size_t n;
    const snnfe_sink *sink;
} assembly;

static int by_subject_and_run(const void *a, const void *b)
{
    const snnfe_cut_recording *x = a, *y = b;
    if (x->subject != y->subject)
        return x->subject < y->subject ? -1 : 1;
    return (x->run > y->run) - (x->run < y->run);
}

static snnfe_status list_missing(const assembly *a, snnfe_dataset *d)
{
    d->missing = snnfe_alloc(a->n, sizeof *d->missing);
    if (!d->missing)
        return SNNFE_ERR_MEMORY;
    for (size_t i = 0; i < a->n; i++) {
        if (!a->recordings[i].missing)
            continue;
        const char *name = a->recordings[i].name;
        d->missing[d->info.n_missing] = snnfe_duplicate_string(name);
        if (!d->missing[d->info.n_missing])
            return SNNFE_ERR_MEMORY;
        d->info.n_missing++;
        snnfe_sink_log(a->sink, SNNFE_LOG_WARNING, "%s: is missing, skipped", name);
    }
    return SNNFE_OK;
}

/* Every subject that was asked for needs a trial, unless what is missing may be skipped. */
static snnfe_status check_subject(const assembly *a, size_t first, size_t end)
{
    size_t n_trials = 0;
    for (size_t i = first; i < end; i++)
        n_trials += a->recordings[i].n_trials;
    if (n_trials > 0 || a->plan->options.missing == SNNFE_MISSING_SKIP)
        return SNNFE_OK;
    snnfe_event_counts counts = {0};
    snnfe_status status = SNNFE_OK;
    for (size_t i = first; status == SNNFE_OK && i < end; i++)
        status = snnfe_event_counts_merge(&counts, &a->recordings[i].events, 0);
    if (status == SNNFE_OK) {
        char who[32];
        snnfe_format(who, sizeof who, "subject %d", (int)a->recordings[first].subject);
        status = snnfe_trials_missing(&a->plan->options, &counts, who);
    }
    snnfe_event_counts_release(&counts);
    return status;
}

static snnfe_status check_subjects(const assembly *a)
{
    for (size_t first = 0, end; first < a->n; first = end) {
        for (end = first; end < a->n && a->recordings[end].subject == a->recordings[first].subject;)
            end++;
        SNNFE_TRY(check_subject(a, first, end));
    }
    return SNNFE_OK;
}

static snnfe_status pool_moments(const assembly *a, snnfe_dataset *d)
{
    d->moments = snnfe_alloc(a->n, sizeof *d->moments);
    if (!d->moments)
        return SNNFE_ERR_MEMORY;
    for (size_t i = 0; i < a->n; i++) {
        const snnfe_cut_recording *it = &a->recordings[i];
        if (it->moments.n_samples == 0)
            continue;
        if (d->n_moments == 0 || d->moments[d->n_moments - 1].subject != it->subject)
            d->moments[d->n_moments++].subject = it->subject;
        snnfe_moments_merge(&d->moments[d->n_moments - 1], &it->moments, d->info.n_channels);
    }
    return SNNFE_OK;
}

/* Microvolts stay what they are; otherwise references are scaled by all of their recordings. */
static snnfe_status describe_references(const assembly *a, snnfe_dataset *d)
{
    snnfe_moments pooled = {0};
    snnfe_montage names = {.channels = d->control.references};
    for (size_t r = 0; r < d->control.references.n; r++)
        d->control.std[r] = 1;
    if (names.channels.n == 0 || a->plan->options.normalization == SNNFE_NORMALIZE_NONE)
        return SNNFE_OK;
    for (size_t i = 0; i < a->n; i++)
        snnfe_moments_merge(&pooled, &a->recordings[i].references, names.channels.n);
    return snnfe_moments_statistics(&pooled, &names, d->control.mean, d->control.std);
}

static snnfe_status normalize(const assembly *a, snnfe_dataset *d)
{
    const snnfe_dataset_options *o = &a->plan->options;
    for (size_t c = 0; c < d->info.n_channels; c++)
        d->std[c] = 1;
    if (o->normalization == SNNFE_NORMALIZE_ALL && d->n_moments == 0 && o->statistics_runs)
        return snnfe_fail(SNNFE_ERR_NOT_FOUND,
                          "snnfe_dataset_options.statistics_runs: no recording of run %d%s is "
                          "there, from which means and standard deviations would come",
                          (int)o->statistics_runs[0],
                          o->n_statistics_runs > 1 ? " or another of them" : "");
    if (o->normalization == SNNFE_NORMALIZE_ALL)
        return snnfe_dataset_normalize(d, NULL, 0);
    d->signal.normalization = o->normalization;
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
static void log_dropped(const assembly *a)
{
    size_t n = 0;
    for (size_t i = 0; i < a->n; i++) {
        const size_t *fates = a->recordings[i].events.fates;
        if (fates[SNNFE_EVENT_SHORT] + fates[SNNFE_EVENT_OUTSIDE] + fates[SNNFE_EVENT_SHARED] == 0)
            continue;
        if (n++ >= MAX_LOGGED)
            continue;
        char text[400];
        snnfe_event_counts_describe(&a->recordings[i].events, text, sizeof text);
        snnfe_sink_log(a->sink, SNNFE_LOG_WARNING, "%s: %s", a->recordings[i].name, text);
    }
    if (n > MAX_LOGGED)
        snnfe_sink_log(a->sink, SNNFE_LOG_WARNING,
                       "other recordings with events that were dropped: %zu", n - MAX_LOGGED);
}

/* What became of the events of all recordings. */
static snnfe_status account(const assembly *a, snnfe_dataset *d)
{
    const uint32_t n_names = a->plan->options.n_event_names;
    snnfe_event_counts total = {0};
    snnfe_status status = SNNFE_OK;
    total.named = snnfe_alloc(n_names, sizeof *total.named);
    if (!total.named)
        status = SNNFE_ERR_MEMORY;
    for (size_t i = 0; status == SNNFE_OK && i < a->n; i++)
        status = snnfe_event_counts_merge(&total, &a->recordings[i].events, n_names);
    if (status == SNNFE_OK) {
        snnfe_events_tell(&total, a->sink, &d->info);
        status = snnfe_event_names_check(&a->plan->labels, &total, a->sink);
    }
    if (status == SNNFE_OK)
        status = check_subjects(a);
    if (status == SNNFE_OK && d->info.n_trials == 0)
        status = snnfe_trials_missing(&a->plan->options, &total, "the set of recordings");
    if (status == SNNFE_OK)
        status = snnfe_classes_check(&a->plan->options, &total, d, a->sink);
    snnfe_event_counts_release(&total);
    return status;
}

static void count_resampled(const assembly *a, snnfe_dataset *d)
{
    const double rate = a->plan->options.sampling_rate_hz;
    double least = 0, most = 0;
    for (size_t i = 0; a->plan->options.resample && i < a->n; i++) {
        const double hz = a->recordings[i].recorded_hz;
        if (a->recordings[i].missing || !(hz < rate || hz > rate))
            continue;
        least = d->info.n_resampled ? fmin(least, hz) : hz;
        most = fmax(most, hz);
        d->info.n_resampled++;
    }
    if (d->info.n_resampled == 0)
        return;
    char rates[64];
    const int first = snnfe_format(rates, sizeof rates, "%.10g", least);
    if (most > least)
        snnfe_format(rates + first, sizeof rates - (size_t)first, "…%.10g", most);
    snnfe_sink_log(a->sink, SNNFE_LOG_INFO, "recordings of %s Hz, resampled to %.10g Hz: %zu",
                   rates, rate, d->info.n_resampled);
}

static void add_quality(snnfe_quality_counts *sum, const snnfe_quality_counts *part)
{
    sum->n_judged += part->n_judged;
    sum->n_bad += part->n_bad;
    for (int k = 0; k < SNNFE_N_DEFECTS; k++)
        sum->by[k] += part->by[k];
}

static void tell_quality(const assembly *a, int32_t subject, const snnfe_quality_counts *c)
{
    if (c->n_judged == 0)
        return;
    snnfe_sink_log(a->sink, SNNFE_LOG_INFO,
                   "subject %d: %zu of %zu trials are bad and %s: %zu flat, %zu clipped, %zu too "
                   "loud, %zu full of muscle",
                   (int)subject, c->n_bad, c->n_judged,
                   a->plan->options.quality == SNNFE_QUALITY_DROP ? "left out" : "kept",
                   c->by[SNNFE_BIT_FLAT], c->by[SNNFE_BIT_CLIPPED], c->by[SNNFE_BIT_LOUD],
                   c->by[SNNFE_BIT_MUSCLE]);
}

/* By subject in the log, all in all in the info. */
static void count_quality(const assembly *a, snnfe_dataset *d)
{
    snnfe_quality_counts all = {0};
    for (size_t first = 0, end; first < a->n; first = end) {
        snnfe_quality_counts own = {0};
        for (end = first; end < a->n && a->recordings[end].subject == a->recordings[first].subject;)
            add_quality(&own, &a->recordings[end++].quality);
        tell_quality(a, a->recordings[first].subject, &own);
        add_quality(&all, &own);
    }
    d->info.n_bad = all.n_bad;
    d->info.n_flat = all.by[SNNFE_BIT_FLAT];
    d->info.n_clipped = all.by[SNNFE_BIT_CLIPPED];
    d->info.n_loud = all.by[SNNFE_BIT_LOUD];
    d->info.n_muscle = all.by[SNNFE_BIT_MUSCLE];
}

static void describe(const assembly *a, snnfe_dataset *d)
{
    const snnfe_dataset_options *o = &a->plan->options;
    d->montage = a->plan->montage;
    d->info.struct_size = sizeof d->info;
    d->info.n_channels = (uint32_t)d->montage.channels.n;
    d->info.n_steps = a->plan->n_steps;
    d->info.n_rows = d->montage.n_rows;
    d->info.n_columns = d->montage.n_columns;
    d->info.n_classes = a->plan->labels.n_classes;
    d->signal.sampling_rate_hz = o->sampling_rate_hz;
    d->signal.filter_low_hz = o->filter_low_hz;
    d->signal.filter_high_hz = o->filter_high_hz;
    d->signal.filter_kind = o->filter_kind;
    d->signal.filter_order = o->filter_kind == SNNFE_FILTER_CAUSAL ? o->filter_order : 0;
    d->signal.notch_hz = o->notch_hz;
    d->signal.notch_width_hz = o->notch_width_hz;
    snnfe_signal_fill_notch(&d->signal);
    d->signal.ocular = o->ocular;
    d->signal.n_lags = o->ocular == SNNFE_OCULAR_NONE ? 0 : o->n_lags;
    d->control.references = a->plan->cleaning.references;
    memcpy(d->signal.rereference, a->plan->cleaning.rereference, sizeof d->signal.rereference);
    snnfe_envelope_describe(&d->signal, o);
    d->info.label_set = o->label_set;
    for (uint32_t k = 0; k < d->info.n_classes; k++)
        snnfe_label_set_class_name(&a->plan->labels, (int32_t)k, d->class_names[k],
                                   SNNFE_CLASS_NAME_SIZE);
    for (size_t i = 0; i < a->n; i++) {
        d->info.n_trials += a->recordings[i].n_trials;
        d->signal.synthetic |= a->recordings[i].synthetic;
        d->info.n_interpolated += a->recordings[i].n_interpolated;
    }
}

/* Trials of one recording, from the place `first` on. */
static void copy_recording(const snnfe_cut_recording *r, size_t first, snnfe_dataset *d)
{
    const size_t size = (size_t)d->info.n_channels * d->info.n_steps;
    if (r->n_trials == 0)
        return;
    memcpy(d->trials + first * size, r->trials, r->n_trials * size * sizeof(float));
    memcpy(d->labels + first, r->labels, r->n_trials * sizeof *r->labels);
    memcpy(d->onsets + first, r->onsets, r->n_trials * sizeof *r->onsets);
    memcpy(d->defects + first, r->defects, r->n_trials * sizeof *r->defects);
    memcpy(d->trial_ids + first, r->trial_ids, r->n_trials * sizeof *r->trial_ids);
    for (size_t i = first; i < first + r->n_trials; i++) {
        d->subjects[i] = r->subject;
        d->runs[i] = r->run;
    }
}

static snnfe_status copy_trials(const assembly *a, snnfe_dataset *d)
{
    SNNFE_TRY(snnfe_dataset_allocate(d));
    for (size_t i = 0, first = 0; i < a->n; first += a->recordings[i++].n_trials)
        copy_recording(&a->recordings[i], first, d);
    return SNNFE_OK;
}

snnfe_status snnfe_dataset_assemble(snnfe_dataset *d, const snnfe_dataset_plan *plan,
                                    snnfe_cut_recording *recordings, size_t n,
                                    const snnfe_sink *sink)
{
    const assembly a = {plan, recordings, n, sink};
    SNNFE_TRY(list_missing(&a, d));
    log_dropped(&a);
    qsort(recordings, n, sizeof *recordings, by_subject_and_run);
    describe(&a, d);
    count_resampled(&a, d);
    count_quality(&a, d);
    SNNFE_TRY(copy_trials(&a, d));
    SNNFE_TRY(account(&a, d));
    SNNFE_TRY(snnfe_dataset_list_subjects(d));
    SNNFE_TRY(pool_moments(&a, d));
    SNNFE_TRY(describe_references(&a, d));
    return normalize(&a, d);
}
