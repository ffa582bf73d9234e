/* Several data sets as one. */
#include "base/check.h"
#include "base/floating.h"
#include "base/memory.h"
#include "dataset/dataset_internal.h"
#include "signal/notch.h"

#include <math.h>
#include <string.h>

/* Without edges and notch there is no filter, whatever its kind says. */
static int32_t filter_kind(const snnfe_signal *s)
{
    return snnfe_signal_is_filtered(s) ? s->filter_kind : SNNFE_FILTER_ZERO_PHASE;
}

static uint32_t filter_order(const snnfe_signal *s)
{
    return filter_kind(s) == SNNFE_FILTER_CAUSAL ? s->filter_order : 0;
}

/* Sizes and frequencies in which parts must agree. */
static snnfe_status check_numbers(const snnfe_dataset *x, const snnfe_dataset *y, size_t part)
{
    const snnfe_dataset_info *a = &x->info, *b = &y->info;
    const snnfe_signal *s = &x->signal, *t = &y->signal;
    const struct {
        const char *what;
        double first, other;
    } numbers[] = {
        {"channels", a->n_channels, b->n_channels},
        {"samples a trial", a->n_steps, b->n_steps},
        {"grid rows", a->n_rows, b->n_rows},
        {"grid columns", a->n_columns, b->n_columns},
        {"classes", a->n_classes, b->n_classes},
        {"Hz of sampling rate", s->sampling_rate_hz, t->sampling_rate_hz},
        {"Hz as the filter's low edge", s->filter_low_hz, t->filter_low_hz},
        {"Hz as the filter's high edge", s->filter_high_hz, t->filter_high_hz},
        {"as filter_kind", filter_kind(s), filter_kind(t)},
        {"as the causal filter's order", filter_order(s), filter_order(t)},
        {"Hz as the notch's frequency", s->notch_hz, t->notch_hz},
        {"Hz as the notch's width", s->notch_width_hz, t->notch_width_hz},
        {"bands of envelopes", s->n_bands, t->n_bands},
        {"s as the envelopes' window", s->envelope_window_s, t->envelope_window_s},
        {"s as the envelopes' hop", s->envelope_hop_s, t->envelope_hop_s},
    };
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        if (numbers[i].first != numbers[i].other)
            return snnfe_fail(SNNFE_ERR_SHAPE,
                              "snnfe_dataset_concatenate: part %zu has %g %s, part 0 has %g", part,
                              numbers[i].other, numbers[i].what, numbers[i].first);
    for (size_t i = 0; i < s->n_bands; i++)
        if (s->band_low_hz[i] != t->band_low_hz[i] || s->band_high_hz[i] != t->band_high_hz[i])
            return snnfe_fail(
                SNNFE_ERR_SHAPE,
                "snnfe_dataset_concatenate: band %zu of part %zu goes from %g to %g Hz, "
                "that of part 0 from %g to %g Hz",
                i + 1, part, t->band_low_hz[i], t->band_high_hz[i], s->band_low_hz[i],
                s->band_high_hz[i]);
    if (strcmp(s->rereference, t->rereference) != 0)
        return snnfe_fail(SNNFE_ERR_SHAPE,
                          "snnfe_dataset_concatenate: part %zu has the reference \"%s\", part 0 "
                          "\"%s\"",
                          part, t->rereference, s->rereference);
    if ((s->normalization == SNNFE_NORMALIZE_NONE) != (t->normalization == SNNFE_NORMALIZE_NONE))
        return snnfe_fail(
            SNNFE_ERR_SHAPE,
            "snnfe_dataset_concatenate: one of the parts 0 and %zu is normalized, the "
            "other one has microvolts",
            part);
    return SNNFE_OK;
}

static snnfe_status check_part(const snnfe_dataset *a, const snnfe_dataset *b, size_t part)
{
    SNNFE_TRY(check_numbers(a, b, part));
    for (size_t c = 0; c < a->info.n_channels; c++)
        if (strcmp(a->montage.channels.names[c], b->montage.channels.names[c]) != 0 ||
            a->montage.rows[c] != b->montage.rows[c] ||
            a->montage.columns[c] != b->montage.columns[c])
            return snnfe_fail(
                SNNFE_ERR_SHAPE,
                "snnfe_dataset_concatenate: channel %zu is \"%s\" at (%d, %d) in part %zu, \"%s\" "
                "at (%d, %d) in part 0",
                c, b->montage.channels.names[c], (int)b->montage.rows[c],
                (int)b->montage.columns[c], part, a->montage.channels.names[c],
                (int)a->montage.rows[c], (int)a->montage.columns[c]);
    for (size_t k = 0; k < a->info.n_classes; k++)
        if (strcmp(a->class_names[k], b->class_names[k]) != 0)
            return snnfe_fail(SNNFE_ERR_SHAPE,
                              "snnfe_dataset_concatenate: class %zu is \"%s\" in part %zu, \"%s\" "
                              "in part 0",
                              k, b->class_names[k], part, a->class_names[k]);
    return SNNFE_OK;
}

static bool same_statistics(const snnfe_dataset *a, const snnfe_dataset *b)
{
    const size_t size = a->info.n_channels * sizeof(double);
    return memcmp(a->mean, b->mean, size) == 0 && memcmp(a->std, b->std, size) == 0;
}

static bool same_sums(const snnfe_moments *a, const snnfe_moments *b, size_t n_channels)
{
    const size_t size = n_channels * sizeof(double);
    return a->n_samples == b->n_samples && memcmp(a->mean, b->mean, size) == 0 &&
           memcmp(a->m2, b->m2, size) == 0;
}

/* Add a subject's sums to those that are there, which stay sorted by subject. */
static void add_sums(snnfe_dataset *d, const snnfe_moments *m)
{
    size_t place = 0;
    while (place < d->n_moments && d->moments[place].subject < m->subject)
        place++;
    if (place < d->n_moments && d->moments[place].subject == m->subject) {
        snnfe_moments_merge(&d->moments[place], m, d->info.n_channels);
        return;
    }
    memmove(d->moments + place + 1, d->moments + place,
            (d->n_moments - place) * sizeof *d->moments);
    d->moments[place] = *m;
    d->n_moments++;
}

/* Whether an earlier part had the same sums, as parts of one data set do: they count once. */
static bool seen_before(const snnfe_dataset *const *parts, size_t part, const snnfe_moments *m)
{
    for (size_t i = 0; i < part; i++)
        for (size_t k = 0; k < parts[i]->n_moments; k++)
            if (parts[i]->moments[k].subject == m->subject &&
                same_sums(&parts[i]->moments[k], m, parts[i]->info.n_channels))
                return true;
    return false;
}

static snnfe_status gather_sums(snnfe_dataset *d, const snnfe_dataset *const *parts, size_t n)
{
    size_t most = 0;
    for (size_t i = 0; i < n; i++)
        most += parts[i]->n_moments;
    d->moments = snnfe_alloc(most, sizeof *d->moments);
    if (!d->moments)
        return SNNFE_ERR_MEMORY;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < parts[i]->n_moments; k++)
            if (!seen_before(parts, i, &parts[i]->moments[k]))
                add_sums(d, &parts[i]->moments[k]);
    return SNNFE_OK;
}

static bool has_sums(const snnfe_dataset *d, int32_t subject)
{
    for (size_t i = 0; i < d->n_moments; i++)
        if (d->moments[i].subject == subject)
            return true;
    return false;
}

/* The statistics of the joined data set: those of all parts if they agree, else pooled ones. */
static snnfe_status choose_statistics(snnfe_dataset *d, const snnfe_dataset *const *parts, size_t n)
{
    bool same = true;
    for (size_t i = 1; i < n; i++)
        same = same && same_statistics(parts[0], parts[i]);
    memcpy(d->mean, parts[0]->mean, sizeof d->mean);
    memcpy(d->std, parts[0]->std, sizeof d->std);
    if (same)
        return SNNFE_OK;
    if (d->signal.alignment != SNNFE_ALIGNMENT_NONE)
        return snnfe_fail(SNNFE_ERR_STATE,
                          "snnfe_dataset_concatenate: the parts were normalized with different "
                          "statistics before they were aligned: join them first, then align");
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < parts[i]->info.n_subjects; k++)
            if (!has_sums(parts[i], parts[i]->subject_list[k]))
                return snnfe_fail(SNNFE_ERR_STATE,
                                  "snnfe_dataset_concatenate: the parts are normalized with "
                                  "different statistics, which cannot be pooled: part %zu has no "
                                  "sums of subject %d's recordings",
                                  i, (int)parts[i]->subject_list[k]);
    snnfe_moments pooled = {0};
    for (size_t i = 0; i < d->n_moments; i++)
        snnfe_moments_merge(&pooled, &d->moments[i], d->info.n_channels);
    d->signal.normalization = SNNFE_NORMALIZE_ALL;
    return snnfe_moments_statistics(&pooled, &d->montage, d->mean, d->std);
}

/* Values under a part's statistics as values under those of `d`. */
static snnfe_status copy_trials(snnfe_dataset *d, size_t first, const snnfe_dataset *part)
{
    const size_t channels = d->info.n_channels, steps = d->info.n_steps;
    float *to = d->trials + first * channels * steps;
    memcpy(to, part->trials, part->info.n_trials * channels * steps * sizeof(float));
    if (same_statistics(d, part))
        return SNNFE_OK;
    for (size_t i = 0; i < part->info.n_trials * channels; i++) {
        const size_t c = i % channels;
        const double factor = part->std[c] / d->std[c];
        const double shift = (part->mean[c] - d->mean[c]) / d->std[c];
        for (size_t t = 0; t < steps; t++, to++) {
            *to = (float)((double)*to * factor + shift);
            if (!isfinite(*to))
                return snnfe_fail(SNNFE_ERR_NONFINITE,
                                  "snnfe_dataset_concatenate: channel \"%s\" overflows in trial "
                                  "%zu when normalized by mean %g and standard deviation %g",
                                  d->montage.channels.names[c], first + i / channels, d->mean[c],
                                  d->std[c]);
        }
    }
    return SNNFE_OK;
}

static snnfe_status copy_part(snnfe_dataset *d, size_t first, const snnfe_dataset *part)
{
    const size_t size = part->info.n_trials * sizeof(int32_t);
    memcpy(d->labels + first, part->labels, size);
    memcpy(d->subjects + first, part->subjects, size);
    memcpy(d->runs + first, part->runs, size);
    memcpy(d->onsets + first, part->onsets, size);
    memcpy(d->defects + first, part->defects, size);
    memcpy(d->trial_ids + first, part->trial_ids, part->info.n_trials * sizeof *part->trial_ids);
    return copy_trials(d, first, part);
}

/* The lists of recordings that were skipped, one after the other. */
static snnfe_status copy_missing(snnfe_dataset *d, const snnfe_dataset *const *parts, size_t n)
{
    size_t most = 0;
    for (size_t i = 0; i < n; i++)
        most += parts[i]->info.n_missing;
    d->missing = snnfe_alloc(most, sizeof *d->missing);
    if (!d->missing)
        return SNNFE_ERR_MEMORY;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < parts[i]->info.n_missing; k++) {
            d->missing[d->info.n_missing] = snnfe_duplicate_string(parts[i]->missing[k]);
            if (!d->missing[d->info.n_missing])
                return SNNFE_ERR_MEMORY;
            d->info.n_missing++;
        }
    return SNNFE_OK;
}

static void add_events(snnfe_dataset_info *info, const snnfe_dataset_info *part)
{
    info->n_events += part->n_events;
    info->n_events_used += part->n_events_used;
    info->n_events_other += part->n_events_other;
    info->n_events_short += part->n_events_short;
    info->n_events_outside += part->n_events_outside;
    info->n_events_shared += part->n_events_shared;
    info->n_resampled += part->n_resampled;
    info->n_bad += part->n_bad;
    info->n_flat += part->n_flat;
    info->n_clipped += part->n_clipped;
    info->n_loud += part->n_loud;
    info->n_muscle += part->n_muscle;
    info->n_interpolated += part->n_interpolated;
}

static snnfe_status fill_joined(snnfe_dataset *d, const snnfe_dataset *const *parts, size_t n)
{
    d->info = parts[0]->info;
    d->signal = parts[0]->signal;
    d->info.n_trials = d->info.n_missing = 0;
    snnfe_dataset_forget_events(&d->info);
    d->montage = parts[0]->montage;
    memcpy(d->class_names, parts[0]->class_names, sizeof d->class_names);
    for (size_t i = 0; i < n; i++) {
        SNNFE_TRY(check_part(parts[0], parts[i], i));
        d->info.n_trials += parts[i]->info.n_trials;
        d->signal.synthetic |= parts[i]->signal.synthetic;
        add_events(&d->info, &parts[i]->info);
        if (parts[i]->info.label_set != d->info.label_set)
            d->info.label_set = SNNFE_LABELS_EVENTS;
    }
    SNNFE_TRY(snnfe_dataset_control_join(d, parts, n));
    SNNFE_TRY(gather_sums(d, parts, n));
    SNNFE_TRY(choose_statistics(d, parts, n));
    SNNFE_TRY(copy_missing(d, parts, n));
    SNNFE_TRY(snnfe_dataset_allocate(d));
    for (size_t i = 0, first = 0; i < n; first += parts[i]->info.n_trials, i++)
        SNNFE_TRY(copy_part(d, first, parts[i]));
    return snnfe_dataset_list_subjects(d);
}

static snnfe_status dataset_concatenate(snnfe_dataset **joined, const snnfe_dataset *const *parts,
                                        size_t n)
{
    SNNFE_TRY(snnfe_check_pointer("snnfe_dataset_concatenate", "joined", joined));
    *joined = NULL;
    SNNFE_TRY(snnfe_check_pointer("snnfe_dataset_concatenate", "parts", parts));
    SNNFE_TRY(snnfe_check_count("snnfe_dataset_concatenate", "n", n, 1, UINT64_MAX));
    for (size_t i = 0; i < n; i++)
        if (!parts[i])
            return snnfe_fail(SNNFE_ERR_ARGUMENT, "snnfe_dataset_concatenate: parts[%zu] is NULL",
                              i);
    snnfe_dataset *made = snnfe_alloc(1, sizeof *made);
    if (!made)
        return SNNFE_ERR_MEMORY;
    const snnfe_status status = fill_joined(made, parts, n);
    if (status != SNNFE_OK) {
        snnfe_dataset_free(made);
        return status;
    }
    *joined = made;
    return SNNFE_OK;
}

snnfe_status snnfe_dataset_concatenate(snnfe_dataset **joined, const snnfe_dataset *const *parts,
                                       size_t n)
{
    SNNFE_RETURN_COMPUTED(dataset_concatenate(joined, parts, n));
}
