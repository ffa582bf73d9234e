#include "dataset/dataset_events.h"

#include "base/memory.h"

#include <math.h>

/* Windows of a trial of `length` samples. */
static size_t count_windows(const snnfe_dataset_options *o, size_t length)
{
    size_t n = 0;
    for (size_t end = (size_t)o->window_start + o->window_length;
         end < length && end < o->window_limit; end += o->window_length - o->window_overlap)
        n++;
    return n;
}

static int64_t onset_of(const snnfe_recording *r, size_t event, double rate_hz)
{
    const double onset = r->events[event].onset_s * rate_hz;
    return fabs(onset) < 1e15 ? llround(onset) : onset < 0 ? INT64_MIN : INT64_MAX;
}

static void make_trial(const snnfe_dataset_options *o, const snnfe_recording *r, int64_t end,
                       snnfe_trial_cut *trial)
{
    const int64_t n_samples = (int64_t)r->n_samples;
    if (end > n_samples)
        end = n_samples;
    if (trial->onset < 0 || trial->onset >= n_samples)
        return;
    trial->length = (size_t)(end - trial->onset);
    trial->n_windows = count_windows(o, trial->length);
}

/* Fills all trials, one an event; a trial ends where the next later event that matters begins. */
static void measure(const snnfe_label_set *set, const snnfe_recording *r, int32_t run,
                    snnfe_trial_cut *trials)
{
    int64_t later = INT64_MAX, current = INT64_MAX;
    for (size_t e = r->n_events; e-- > 0;) {
        trials[e] = (snnfe_trial_cut){.onset = onset_of(r, e, r->sampling_rate_hz),
                                      .recorded_onset = onset_of(r, e, r->recorded_hz),
                                      .label = snnfe_label_set_class(set, run, r->events[e].text)};
        if (trials[e].label == SNNFE_EVENT_IGNORED)
            continue;
        if (trials[e].onset < current) {
            later = current;
            current = trials[e].onset;
        }
        make_trial(set->options, r, later, &trials[e]);
    }
}

/* The events first…end - 1 are at the same sample. The first one with a class is used, unless
   another one has a different class: then none is, and `*conflict` is set. */
static size_t first_of_class(const snnfe_trial_cut *trials, size_t first, size_t end,
                             bool *conflict)
{
    size_t found = end;
    *conflict = false;
    for (size_t e = first; e < end; e++) {
        if (trials[e].label < 0)
            continue;
        if (found == end)
            found = e;
        else if (trials[e].label != trials[found].label)
            *conflict = true;
    }
    return found;
}

static snnfe_event_fate fate_of(const snnfe_recording *r, const snnfe_trial_cut *trial, bool shared)
{
    if (trial->label < 0)
        return SNNFE_EVENT_OTHER;
    if (trial->onset < 0 || trial->onset >= (int64_t)r->n_samples)
        return SNNFE_EVENT_OUTSIDE;
    if (shared)
        return SNNFE_EVENT_SHARED;
    return trial->n_windows > 0 ? SNNFE_EVENT_USED : SNNFE_EVENT_SHORT;
}

/* Count what became of each event, and move those that are used to the front. */
static size_t keep_used(const snnfe_recording *r, snnfe_trial_cut *trials,
                        snnfe_event_counts *counts)
{
    size_t n_used = 0;
    for (size_t first = 0, end; first < r->n_events; first = end) {
        bool conflict = false;
        for (end = first + 1; end < r->n_events && trials[end].onset == trials[first].onset;)
            end++;
        const size_t chosen = first_of_class(trials, first, end, &conflict);
        for (size_t e = first; e < end; e++) {
            const snnfe_trial_cut trial = trials[e];
            const snnfe_event_fate fate = fate_of(r, &trial, conflict || e != chosen);
            counts->fates[fate]++;
            if (fate == SNNFE_EVENT_SHORT && trial.length > counts->longest)
                counts->longest = trial.length;
            if (fate == SNNFE_EVENT_USED)
                trials[n_used++] = trial;
        }
    }
    return n_used;
}

static snnfe_status count_names(const snnfe_label_set *set, const snnfe_recording *r,
                                snnfe_event_counts *counts)
{
    const uint32_t n = set->options->n_event_names;
    if (set->options->label_set == SNNFE_LABELS_EVENTS) {
        counts->named = snnfe_alloc(n, sizeof *counts->named);
        if (!counts->named)
            return SNNFE_ERR_MEMORY;
    }
    for (size_t e = 0; e < r->n_events; e++) {
        SNNFE_TRY(snnfe_event_tally_add(&counts->tally, r->events[e].text, 1));
        const int64_t name = snnfe_label_set_name(set, r->events[e].text);
        if (name >= 0)
            counts->named[name] = true;
    }
    return SNNFE_OK;
}

snnfe_status snnfe_trials_find(const snnfe_label_set *set, const snnfe_recording *recording,
                               int32_t run, snnfe_trial_cut *trials, size_t *n_trials,
                               snnfe_event_counts *counts)
{
    SNNFE_TRY(count_names(set, recording, counts));
    measure(set, recording, run, trials);
    *n_trials = keep_used(recording, trials, counts);
    return SNNFE_OK;
}

snnfe_status snnfe_event_counts_merge(snnfe_event_counts *a, const snnfe_event_counts *b,
                                      uint32_t n_event_names)
{
    for (int i = 0; i < SNNFE_N_FATES; i++)
        a->fates[i] += b->fates[i];
    if (b->longest > a->longest)
        a->longest = b->longest;
    for (uint32_t i = 0; a->named && b->named && i < n_event_names; i++)
        a->named[i] = a->named[i] || b->named[i];
    return snnfe_event_tally_merge(&a->tally, &b->tally);
}

void snnfe_event_counts_release(snnfe_event_counts *counts)
{
    snnfe_event_tally_release(&counts->tally);
    snnfe_release(counts->named);
    counts->named = NULL;
}
