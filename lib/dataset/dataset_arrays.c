/* Data sets from the caller's arrays, and parts of data sets. */
#include "base/check.h"
#include "base/floating.h"
#include "base/format.h"
#include "base/memory.h"
#include "base/names.h"
#include "base/options.h"
#include "dataset/dataset_internal.h"
#include "signal/envelope.h"
#include "signal/notch.h"
#include "signal/rereference.h"

#include <math.h>
#include <string.h>

static const char place[] = "snnfe_dataset_arrays";
static const char signal_place[] = "snnfe_signal";

static snnfe_status check_arrays(const snnfe_dataset_arrays *a)
{
    SNNFE_TRY(snnfe_check_count(place, ".n_steps", a->n_steps, 1, UINT32_MAX));
    SNNFE_TRY(snnfe_check_count(place, ".n_trials", a->n_trials, 1, SIZE_MAX));
    SNNFE_TRY(snnfe_check_pointer(place, ".trials", a->trials));
    SNNFE_TRY(snnfe_check_pointer(place, ".labels", a->labels));
    for (size_t i = 0; a->defects && i < a->n_trials; i++)
        if (a->defects[i] < 0 || a->defects[i] > SNNFE_ALL_DEFECTS)
            return snnfe_fail(SNNFE_ERR_ARGUMENT, "%s.defects[%zu] is %d, not in 0…%d", place, i,
                              (int)a->defects[i], SNNFE_ALL_DEFECTS);
    return SNNFE_OK;
}

/* What goes together is there, and counts are in their ranges. */
static snnfe_status check_parts(const snnfe_signal *s)
{
    SNNFE_TRY(snnfe_check_count(signal_place, ".n_channels", s->n_channels, 1, SNNFE_MAX_CHANNELS));
    if (!s->channel_rows != !s->channel_columns)
        return snnfe_fail(SNNFE_ERR_ARGUMENT,
                          "snnfe_signal: channel_rows and channel_columns go together");
    if (!s->channel_rows && !s->channel_names && s->n_channels != SNNFE_MAX_CHANNELS)
        return snnfe_fail(SNNFE_ERR_ARGUMENT,
                          "snnfe_signal: %u channels need channel_names, or channel_rows and "
                          "channel_columns",
                          (unsigned)s->n_channels);
    if (s->n_classes == 1 || s->n_classes > SNNFE_MAX_CLASSES)
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "snnfe_signal.n_classes is %u, not 0 or 2…256",
                          (unsigned)s->n_classes);
    if (s->class_names && !s->n_classes)
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "snnfe_signal: class_names need n_classes");
    if (!s->channel_mean_uv != !s->channel_std_uv)
        return snnfe_fail(SNNFE_ERR_ARGUMENT,
                          "snnfe_signal: channel_mean_uv and channel_std_uv go together");
    return snnfe_check_switch(signal_place, ".synthetic", s->synthetic);
}

static snnfe_status check_filter(const snnfe_signal *s)
{
    SNNFE_TRY(snnfe_check_number(signal_place, ".sampling_rate_hz", s->sampling_rate_hz, 0, 1e6));
    SNNFE_TRY(snnfe_check_number(signal_place, ".filter_low_hz", s->filter_low_hz, 0, 1e6));
    SNNFE_TRY(snnfe_check_number(signal_place, ".filter_high_hz", s->filter_high_hz, 0, 1e6));
    SNNFE_TRY(snnfe_check_number(signal_place, ".notch_hz", s->notch_hz, 0, 1e6));
    SNNFE_TRY(snnfe_check_number(signal_place, ".notch_width_hz", s->notch_width_hz, 0, 1e6));
    return snnfe_check_integer(signal_place, ".filter_kind", s->filter_kind, 0,
                               SNNFE_FILTER_UNKNOWN);
}

static snnfe_status set_montage(snnfe_dataset *d, const snnfe_dataset_arrays *a,
                                const snnfe_signal *s)
{
    snnfe_montage_eegmmidb(&d->montage);
    if (a->n_rows)
        d->montage.n_rows = a->n_rows;
    if (a->n_columns)
        d->montage.n_columns = a->n_columns;
    if (s->channel_rows) {
        d->montage.channels.n = s->n_channels;
        for (uint32_t c = 0; c < s->n_channels; c++) {
            d->montage.rows[c] = s->channel_rows[c];
            d->montage.columns[c] = s->channel_columns[c];
            snnfe_format(d->montage.channels.names[c], SNNFE_NAME_SIZE, "channel %u", (unsigned)c);
        }
    }
    if (s->channel_names)
        SNNFE_TRY(snnfe_channels_take(&d->montage.channels, s->channel_names, s->n_channels,
                                      "snnfe_signal.channel_names"));
    SNNFE_TRY(snnfe_montage_check(&d->montage, signal_place));
    const snnfe_positions none = {0};
    return s->channel_names && !s->channel_rows ? snnfe_montage_place_all(&d->montage, &none)
                                                : SNNFE_OK;
}

/* As many as the signal says, or else the labels. */
static snnfe_status count_classes(const snnfe_dataset_arrays *a, const snnfe_signal *s,
                                  uint32_t *n_classes)
{
    const uint32_t most = s->n_classes ? s->n_classes : SNNFE_MAX_CLASSES;
    *n_classes = s->n_classes ? s->n_classes : 2;
    for (size_t i = 0; i < a->n_trials; i++) {
        if (a->labels[i] < 0 || (uint32_t)a->labels[i] >= most)
            return snnfe_fail(SNNFE_ERR_ARGUMENT,
                              "snnfe_dataset_arrays.labels[%zu] is %d, not in 0…%u", i,
                              (int)a->labels[i], (unsigned)(most - 1));
        if ((uint32_t)a->labels[i] >= *n_classes)
            *n_classes = (uint32_t)a->labels[i] + 1;
    }
    return SNNFE_OK;
}

static snnfe_status check_classes_differ(const snnfe_dataset *d)
{
    for (uint32_t k = 0; k < d->info.n_classes; k++)
        for (uint32_t i = 0; i < k; i++)
            if (strcmp(d->class_names[i], d->class_names[k]) == 0)
                return snnfe_fail(SNNFE_ERR_ARGUMENT,
                                  "snnfe_signal.class_names: entries %u and %u are both \"%s\"",
                                  (unsigned)i, (unsigned)k, d->class_names[k]);
    return SNNFE_OK;
}

static snnfe_status set_class_names(snnfe_dataset *d, const snnfe_signal *s)
{
    for (uint32_t k = 0; k < d->info.n_classes; k++) {
        if (s->class_names)
            SNNFE_TRY(snnfe_name_check("snnfe_signal.class_names", k, s->class_names[k],
                                       SNNFE_CLASS_NAME_SIZE));
        if (s->class_names)
            snnfe_format(d->class_names[k], SNNFE_CLASS_NAME_SIZE, "%s", s->class_names[k]);
        else
            snnfe_format(d->class_names[k], SNNFE_CLASS_NAME_SIZE, "class %u", (unsigned)k);
    }
    return check_classes_differ(d);
}

/* A data set that is not normalized has means of 0 and standard deviations of 1 in its signal. */
static bool says_nothing(const double *mean, const double *std, size_t n)
{
    for (size_t c = 0; c < n; c++)
        if (mean[c] < 0 || mean[c] > 0 || std[c] < 1 || std[c] > 1)
            return false;
    return true;
}

static snnfe_status set_statistics(snnfe_dataset *d, const snnfe_signal *s)
{
    d->signal.normalization = SNNFE_NORMALIZE_NONE;
    for (uint32_t c = 0; c < s->n_channels; c++)
        d->std[c] = 1;
    if (!s->channel_mean_uv || (s->normalization == SNNFE_NORMALIZE_NONE &&
                                says_nothing(s->channel_mean_uv, s->channel_std_uv, s->n_channels)))
        return SNNFE_OK;
    if (s->normalization < SNNFE_NORMALIZE_ALL || s->normalization > SNNFE_NORMALIZE_SUBJECTS ||
        s->normalization == SNNFE_NORMALIZE_NONE)
        return snnfe_fail(SNNFE_ERR_ARGUMENT,
                          "snnfe_signal.normalization is %d, not ALL, GIVEN or SUBJECTS",
                          (int)s->normalization);
    d->signal.normalization = s->normalization;
    for (uint32_t c = 0; c < s->n_channels; c++) {
        d->mean[c] = s->channel_mean_uv[c];
        d->std[c] = s->channel_std_uv[c];
        if (!isfinite(d->mean[c]) || !isfinite(d->std[c]) || !(d->std[c] > 0))
            return snnfe_fail(SNNFE_ERR_ARGUMENT,
                              "snnfe_signal: channel \"%s\" has the mean %g and the standard "
                              "deviation %g, not finite and > 0",
                              d->montage.channels.names[c], d->mean[c], d->std[c]);
    }
    return SNNFE_OK;
}

/* The sums behind the statistics, when they are those of the only subject. */
static snnfe_status keep_sums(snnfe_dataset *d, const snnfe_dataset_arrays *a)
{
    if (!a->n_statistics_samples)
        return SNNFE_OK;
    if (d->signal.normalization == SNNFE_NORMALIZE_NONE)
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "snnfe_dataset_arrays: n_statistics_samples without "
                                              "the signal's channel_mean_uv");
    if (d->info.n_subjects != 1 || a->n_statistics_samples > INT64_MAX / 100000)
        return snnfe_fail(SNNFE_ERR_ARGUMENT,
                          "snnfe_dataset_arrays.n_statistics_samples is %llu for %zu subjects: "
                          "statistics are of one subject and at most %lld samples",
                          (unsigned long long)a->n_statistics_samples, d->info.n_subjects,
                          (long long)(INT64_MAX / 100000));
    d->moments = snnfe_alloc(1, sizeof *d->moments);
    if (!d->moments)
        return SNNFE_ERR_MEMORY;
    d->n_moments = 1;
    d->moments[0].subject = d->subject_list[0];
    d->moments[0].n_samples = (int64_t)a->n_statistics_samples;
    for (uint32_t c = 0; c < d->info.n_channels; c++) {
        d->moments[0].mean[c] = d->mean[c];
        d->moments[0].m2[c] = d->std[c] * d->std[c] * (double)a->n_statistics_samples;
    }
    return SNNFE_OK;
}

/* Copy the trials; the first value that is not finite is named. */
static snnfe_status copy_trials(snnfe_dataset *d, const snnfe_dataset_arrays *a)
{
    const size_t size = (size_t)d->info.n_channels * a->n_steps;
    for (size_t i = 0; i < a->n_trials * size; i++) {
        if (!isfinite(a->trials[i]))
            return snnfe_fail(SNNFE_ERR_NONFINITE,
                              "snnfe_dataset_arrays.trials: trial %zu, channel %zu, sample %zu is "
                              "%g",
                              i / size, i % size / a->n_steps, i % a->n_steps,
                              (double)a->trials[i]);
        d->trials[i] = a->trials[i];
    }
    return SNNFE_OK;
}

static void fill(int32_t *target, const int32_t *source, size_t n, int32_t otherwise)
{
    for (size_t i = 0; i < n; i++)
        target[i] = source ? source[i] : otherwise;
}

static void set_filter(snnfe_dataset *d, const snnfe_signal *s)
{
    d->signal.sampling_rate_hz = s->sampling_rate_hz > 0 ? s->sampling_rate_hz : 160;
    d->signal.filter_low_hz = s->filter_low_hz;
    d->signal.filter_high_hz = s->filter_high_hz;
    d->signal.filter_kind = snnfe_signal_is_filtered(s) ? s->filter_kind : SNNFE_FILTER_UNKNOWN;
    d->signal.filter_order = s->filter_order;
    d->signal.synthetic = s->synthetic;
    d->signal.notch_hz = s->notch_hz;
    d->signal.notch_width_hz = s->notch_width_hz;
    snnfe_signal_fill_notch(&d->signal);
}

/* The rate is known by now, if the caller gave none. */
static snnfe_status set_envelopes(snnfe_dataset *d, const snnfe_signal *s)
{
    snnfe_signal said = *s;
    said.sampling_rate_hz = d->signal.sampling_rate_hz;
    SNNFE_TRY(snnfe_signal_check_envelope(&said));
    d->signal.n_bands = s->n_bands;
    if (s->n_bands == 0)
        return SNNFE_OK;
    d->signal.envelope_window_s = s->envelope_window_s;
    d->signal.envelope_hop_s = s->envelope_hop_s;
    memcpy(d->signal.band_low_hz, s->band_low_hz, s->n_bands * sizeof *s->band_low_hz);
    memcpy(d->signal.band_high_hz, s->band_high_hz, s->n_bands * sizeof *s->band_high_hz);
    return SNNFE_OK;
}

static snnfe_status describe(snnfe_dataset *d, const snnfe_dataset_arrays *a, const snnfe_signal *s)
{
    SNNFE_TRY(check_parts(s));
    SNNFE_TRY(check_filter(s));
    SNNFE_TRY(set_montage(d, a, s));
    SNNFE_TRY(count_classes(a, s, &d->info.n_classes));
    SNNFE_TRY(set_class_names(d, s));
    d->info.struct_size = sizeof d->info;
    d->info.n_channels = s->n_channels;
    d->info.n_steps = a->n_steps;
    d->info.n_rows = d->montage.n_rows;
    d->info.n_columns = d->montage.n_columns;
    d->info.n_trials = a->n_trials;
    d->info.label_set = SNNFE_LABELS_EVENTS;
    set_filter(d, s);
    SNNFE_TRY(snnfe_notch_check(d->signal.notch_hz, d->signal.notch_width_hz,
                                d->signal.sampling_rate_hz));
    SNNFE_TRY(snnfe_rereference_take(d->signal.rereference, s->rereference, sizeof s->rereference,
                                     "snnfe_signal.rereference"));
    SNNFE_TRY(set_envelopes(d, s));
    SNNFE_TRY(snnfe_dataset_control_take(d, s));
    return set_statistics(d, s);
}

static snnfe_status fill_dataset(snnfe_dataset *d, const snnfe_dataset_arrays *a)
{
    static const snnfe_signal none = {.struct_size = sizeof none};
    snnfe_signal s;
    SNNFE_TRY(check_arrays(a));
    SNNFE_TRY(snnfe_options_adopt(&s, &none, sizeof s, a->signal, signal_place));
    if (s.n_channels == 0)
        s.n_channels = SNNFE_MAX_CHANNELS;
    SNNFE_TRY(describe(d, a, &s));
    SNNFE_TRY(snnfe_dataset_allocate(d));
    SNNFE_TRY(copy_trials(d, a));
    fill(d->labels, a->labels, a->n_trials, 0);
    fill(d->subjects, a->subjects, a->n_trials, 1);
    fill(d->runs, a->runs, a->n_trials, 1);
    fill(d->onsets, a->onsets, a->n_trials, 0);
    fill(d->defects, a->defects, a->n_trials, 0);
    if (a->trial_ids)
        memcpy(d->trial_ids, a->trial_ids, a->n_trials * sizeof *a->trial_ids);
    else
        snnfe_dataset_identify_by_values(d);
    SNNFE_TRY(snnfe_dataset_list_subjects(d));
    return keep_sums(d, a);
}

static snnfe_status dataset_from_arrays(snnfe_dataset **dataset, const snnfe_dataset_arrays *arrays)
{
    static const char call[] = "snnfe_dataset_from_arrays";
    SNNFE_TRY(snnfe_check_pointer(call, "dataset", dataset));
    SNNFE_TRY(snnfe_check_pointer(call, "arrays", arrays));
    *dataset = NULL;
    static const snnfe_dataset_arrays none = {.struct_size = sizeof none};
    snnfe_dataset_arrays adopted;
    SNNFE_TRY(snnfe_options_adopt(&adopted, &none, sizeof adopted, arrays, "snnfe_dataset_arrays"));
    snnfe_dataset *made = snnfe_alloc(1, sizeof *made);
    if (!made)
        return SNNFE_ERR_MEMORY;
    const snnfe_status status = fill_dataset(made, &adopted);
    if (status != SNNFE_OK) {
        snnfe_dataset_free(made);
        return status;
    }
    *dataset = made;
    return SNNFE_OK;
}

snnfe_status snnfe_dataset_from_arrays(snnfe_dataset **dataset, const snnfe_dataset_arrays *arrays)
{
    SNNFE_RETURN_COMPUTED(dataset_from_arrays(dataset, arrays));
}

static snnfe_status fill_subset(snnfe_dataset *s, const snnfe_dataset *d, const int32_t *indices,
                                size_t n)
{
    for (size_t i = 0; i < n; i++)
        SNNFE_TRY(
            snnfe_check_entry("snnfe_dataset_subset", "indices", i, indices[i], d->info.n_trials));
    s->info = d->info;
    s->signal = d->signal;
    s->info.n_trials = n;
    s->info.n_missing = 0;
    snnfe_dataset_forget_events(&s->info);
    s->montage = d->montage;
    memcpy(s->class_names, d->class_names, sizeof s->class_names);
    memcpy(s->mean, d->mean, sizeof s->mean);
    memcpy(s->std, d->std, sizeof s->std);
    SNNFE_TRY(snnfe_dataset_control_copy(s, d));
    SNNFE_TRY(snnfe_dataset_allocate(s));
    s->moments = snnfe_duplicate(d->moments, d->n_moments, sizeof *d->moments);
    if (!s->moments)
        return SNNFE_ERR_MEMORY;
    s->n_moments = d->n_moments;
    const size_t size = (size_t)d->info.n_channels * d->info.n_steps;
    for (size_t i = 0; i < n; i++) {
        const size_t from = (size_t)indices[i];
        memcpy(s->trials + i * size, d->trials + from * size, size * sizeof(float));
        s->labels[i] = d->labels[from];
        s->subjects[i] = d->subjects[from];
        s->runs[i] = d->runs[from];
        s->onsets[i] = d->onsets[from];
        s->defects[i] = d->defects[from];
        s->trial_ids[i] = d->trial_ids[from];
    }
    return snnfe_dataset_list_subjects(s);
}

static snnfe_status dataset_subset(snnfe_dataset **subset, const snnfe_dataset *dataset,
                                   const int32_t *indices, size_t n)
{
    static const char call[] = "snnfe_dataset_subset";
    SNNFE_TRY(snnfe_check_pointer(call, "subset", subset));
    *subset = NULL;
    SNNFE_TRY(snnfe_check_pointer(call, "dataset", dataset));
    SNNFE_TRY(snnfe_check_pointer(call, "indices", indices));
    SNNFE_TRY(snnfe_check_count(call, "n", n, 1, UINT64_MAX));
    snnfe_dataset *made = snnfe_alloc(1, sizeof *made);
    if (!made)
        return SNNFE_ERR_MEMORY;
    const snnfe_status status = fill_subset(made, dataset, indices, n);
    if (status != SNNFE_OK) {
        snnfe_dataset_free(made);
        return status;
    }
    *subset = made;
    return SNNFE_OK;
}

snnfe_status snnfe_dataset_subset(snnfe_dataset **subset, const snnfe_dataset *dataset,
                                  const int32_t *indices, size_t n)
{
    SNNFE_RETURN_COMPUTED(dataset_subset(subset, dataset, indices, n));
}
