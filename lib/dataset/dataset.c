#include "dataset/dataset_internal.h"
#include "dataset/quality.h"
#include "signal/notch.h"

#include "base/check.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/options.h"

#include <string.h>

static const char struct_name[] = "snnfe_dataset_options";

static const snnfe_dataset_options default_options = {
    .struct_size = sizeof(snnfe_dataset_options),
    .label_set = SNNFE_LABELS_LEFT_RIGHT,
    .filter_low_hz = 0.1,
    .filter_high_hz = 79,
    .sampling_rate_hz = 160,
    .window_length = 160,
    .window_limit = 161,
    .n_rows = 10,
    .n_columns = 11,
    .filter_order = 2,
    .envelope_window_s = 0.5,
    .envelope_hop_s = 0.25,
    .clip_samples = 5,
    .flat_uv = 0.5,
    .peak_uv = 800,
    .muscle_uv = 30,
    .notch_width_hz = SNNFE_NOTCH_WIDTH,
};

snnfe_status snnfe_dataset_options_init(snnfe_dataset_options *options, size_t size)
{
    return snnfe_options_fill(options, size, &default_options, sizeof default_options, struct_name);
}

static snnfe_status check_choices(const snnfe_dataset_options *o)
{
    SNNFE_TRY(snnfe_check_switch(struct_name, ".executed", o->executed));
    SNNFE_TRY(snnfe_check_choice(struct_name, ".normalization", o->normalization,
                                 SNNFE_NORMALIZE_NONE + 1, "ALL, GIVEN or NONE"));
    SNNFE_TRY(snnfe_check_choice(struct_name, ".filter_kind", o->filter_kind,
                                 SNNFE_FILTER_CAUSAL + 1, "ZERO_PHASE or CAUSAL"));
    SNNFE_TRY(snnfe_check_choice(struct_name, ".missing", o->missing, SNNFE_MISSING_SKIP + 1,
                                 "ERROR or SKIP"));
    SNNFE_TRY(snnfe_check_switch(struct_name, ".strict", o->strict));
    SNNFE_TRY(snnfe_check_switch(struct_name, ".allow_empty_classes", o->allow_empty_classes));
    SNNFE_TRY(snnfe_check_choice(struct_name, ".electrodes", o->electrodes,
                                 SNNFE_ELECTRODES_FOUND + 1, "EEGMMIDB or FOUND"));
    SNNFE_TRY(snnfe_check_switch(struct_name, ".resample", o->resample));
    SNNFE_TRY(snnfe_check_choice(struct_name, ".absent_electrodes", o->absent_electrodes,
                                 SNNFE_ABSENT_INTERPOLATED + 1, "ERROR or INTERPOLATED"));
    SNNFE_TRY(snnfe_quality_options_check(o));
    return snnfe_check_choice(struct_name, ".other_events", o->other_events,
                              SNNFE_OTHERS_IGNORED + 1, "END or IGNORED");
}

/* What the frequency is that a tree says, is checked when it was read. */
static snnfe_status check_notch(const snnfe_dataset_options *o)
{
    SNNFE_TRY(snnfe_check_number(struct_name, ".notch_width_hz", o->notch_width_hz, 1e-6, 1e6));
    return snnfe_notch_is_auto(o)
               ? SNNFE_OK
               : snnfe_check_number(struct_name, ".notch_hz", o->notch_hz, 0, 1e6);
}

/* Statistics that are given are of channels that the caller knows. */
static snnfe_status check_statistics(const snnfe_dataset_options *o)
{
    if (o->normalization != SNNFE_NORMALIZE_GIVEN)
        return SNNFE_OK;
    if (!o->channel_names && o->electrodes == SNNFE_ELECTRODES_FOUND)
        return snnfe_fail(SNNFE_ERR_ARGUMENT,
                          "%s: statistics that are GIVEN need channel_names, not what is FOUND",
                          struct_name);
    SNNFE_TRY(snnfe_check_pointer(struct_name, ".channel_mean_uv", o->channel_mean_uv));
    return snnfe_check_pointer(struct_name, ".channel_std_uv", o->channel_std_uv);
}

snnfe_status snnfe_dataset_options_take(snnfe_dataset_options *adopted,
                                        const snnfe_dataset_options *options)
{
    SNNFE_TRY(
        snnfe_options_adopt(adopted, &default_options, sizeof *adopted, options, struct_name));
    const snnfe_dataset_options *o = adopted;
    SNNFE_TRY(check_choices(o));
    SNNFE_TRY(snnfe_check_count(struct_name, ".window_start", o->window_start, 0, 100000000));
    SNNFE_TRY(snnfe_check_count(struct_name, ".window_length", o->window_length, 1, 1000000));
    SNNFE_TRY(snnfe_check_count(struct_name, ".window_overlap", o->window_overlap, 0,
                                o->window_length - 1));
    if (!(o->sampling_rate_hz > 0 && o->sampling_rate_hz < 1e6))
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "%s.sampling_rate_hz is %g, not in 0…1e6",
                          struct_name, o->sampling_rate_hz);
    SNNFE_TRY(check_notch(o));
    SNNFE_TRY(check_statistics(o));
    SNNFE_TRY(snnfe_check_array(struct_name, ".subjects", o->subjects, o->n_subjects));
    SNNFE_TRY(snnfe_check_array(struct_name, ".runs", o->runs, o->n_runs));
    SNNFE_TRY(snnfe_check_array(struct_name, ".band_low_hz", o->band_low_hz, o->n_bands));
    SNNFE_TRY(snnfe_check_array(struct_name, ".band_high_hz", o->band_high_hz, o->n_bands));
    return snnfe_check_array(struct_name, ".statistics_runs", o->statistics_runs,
                             o->n_statistics_runs);
}

static void point_signal(snnfe_dataset *d)
{
    for (size_t c = 0; c < SNNFE_MAX_CHANNELS; c++)
        d->channel_names[c] = d->montage.channels.names[c];
    for (size_t k = 0; k < SNNFE_MAX_CLASSES; k++)
        d->class_name_list[k] = d->class_names[k];
    snnfe_signal *s = &d->signal;
    s->struct_size = sizeof *s;
    s->n_channels = d->info.n_channels;
    s->n_classes = d->info.n_classes;
    s->channel_rows = d->montage.rows;
    s->channel_columns = d->montage.columns;
    s->channel_mean_uv = d->mean;
    s->channel_std_uv = d->std;
    s->channel_names = d->channel_names;
    s->class_names = d->class_name_list;
    snnfe_dataset_control_point(d);
}

snnfe_status snnfe_dataset_allocate(snnfe_dataset *d)
{
    const size_t n = d->info.n_trials;
    const size_t size = (size_t)d->info.n_channels * d->info.n_steps;
    if (n > 0 && size > SIZE_MAX / sizeof(float) / n)
        return snnfe_fail_memory(n, size);
    point_signal(d);
    d->trials = snnfe_alloc(n * size, sizeof(float));
    d->labels = snnfe_alloc(n, sizeof(int32_t));
    d->subjects = snnfe_alloc(n, sizeof(int32_t));
    d->runs = snnfe_alloc(n, sizeof(int32_t));
    d->onsets = snnfe_alloc(n, sizeof(int32_t));
    d->defects = snnfe_alloc(n, sizeof(int32_t));
    d->trial_ids = snnfe_alloc(n, sizeof(uint64_t));
    return d->trials && d->labels && d->subjects && d->runs && d->onsets && d->defects &&
                   d->trial_ids
               ? SNNFE_OK
               : SNNFE_ERR_MEMORY;
}

void snnfe_dataset_identify_by_values(snnfe_dataset *d)
{
    const size_t size = (size_t)d->info.n_channels * d->info.n_steps;
    for (size_t i = 0; i < d->info.n_trials; i++)
        d->trial_ids[i] = snnfe_hash_floats(SNNFE_HASH_START, d->trials + i * size, size);
}

snnfe_status snnfe_dataset_list_subjects(snnfe_dataset *d)
{
    d->subject_list = snnfe_alloc(d->info.n_trials, sizeof(int32_t));
    if (!d->subject_list)
        return SNNFE_ERR_MEMORY;
    size_t n = 0;
    for (size_t i = 0; i < d->info.n_trials; i++) {
        const int32_t subject = d->subjects[i];
        size_t place = n;
        while (place > 0 && d->subject_list[place - 1] >= subject)
            place--;
        if (place < n && d->subject_list[place] == subject)
            continue;
        memmove(d->subject_list + place + 1, d->subject_list + place,
                (n - place) * sizeof(int32_t));
        d->subject_list[place] = subject;
        n++;
    }
    d->info.n_subjects = n;
    return SNNFE_OK;
}

void snnfe_dataset_forget_events(snnfe_dataset_info *info)
{
    info->n_events = info->n_events_used = info->n_events_other = 0;
    info->n_events_short = info->n_events_outside = info->n_events_shared = 0;
    info->n_resampled = info->n_interpolated = 0;
    info->n_bad = info->n_flat = info->n_clipped = info->n_loud = info->n_muscle = 0;
}

void snnfe_dataset_free(snnfe_dataset *d)
{
    if (!d || snnfe_busy_defers_free(&d->busy))
        return;
    for (size_t i = 0; d->missing && i < d->info.n_missing; i++)
        snnfe_release(d->missing[i]);
    snnfe_release(d->missing);
    snnfe_release(d->moments);
    snnfe_release(d->subject_list);
    snnfe_release(d->trials);
    snnfe_release(d->labels);
    snnfe_release(d->subjects);
    snnfe_release(d->runs);
    snnfe_release(d->onsets);
    snnfe_release(d->defects);
    snnfe_release(d->trial_ids);
    snnfe_release(d->control.covariance);
    snnfe_release(d);
}

snnfe_dataset_info snnfe_dataset_about(const snnfe_dataset *d)
{
    snnfe_dataset_info info = d->info;
    info.trials = d->trials;
    info.labels = d->labels;
    info.subjects = d->subjects;
    info.runs = d->runs;
    info.onsets = d->onsets;
    info.defects = d->defects;
    info.trial_ids = d->trial_ids;
    info.subject_list = d->subject_list;
    info.missing = (const char *const *)d->missing;
    info.signal = &d->signal;
    return info;
}

snnfe_status snnfe_dataset_get_info(const snnfe_dataset *dataset, snnfe_dataset_info *info)
{
    static const char call[] = "snnfe_dataset_get_info";
    SNNFE_TRY(snnfe_check_pointer(call, "dataset", dataset));
    SNNFE_TRY(snnfe_info_check(call, "info", info, sizeof *info));
    const snnfe_dataset_info full = snnfe_dataset_about(dataset);
    snnfe_info_give(info, &full, sizeof full);
    return SNNFE_OK;
}

snnfe_status snnfe_dataset_copy_grid(const snnfe_dataset *dataset, const int32_t *indices, size_t n,
                                     float *grid)
{
    static const char call[] = "snnfe_dataset_copy_grid";
    SNNFE_TRY(snnfe_check_pointer(call, "dataset", dataset));
    SNNFE_TRY(snnfe_check_array(call, "grid", grid, n));
    const snnfe_dataset_info *info = &dataset->info;
    for (size_t i = 0; i < n; i++)
        SNNFE_TRY(snnfe_check_entry(call, "indices", i, indices ? indices[i] : (int64_t)i,
                                    info->n_trials));
    if (n == 0)
        return SNNFE_OK;
    const size_t steps = info->n_steps, places = (size_t)info->n_rows * info->n_columns;
    const snnfe_span spans[] = {{"indices", indices, n * sizeof *indices, false},
                                {"grid", grid, n * places * steps * sizeof *grid, true}};
    SNNFE_TRY(snnfe_check_apart(call, spans, 2));
    memset(grid, 0, n * places * steps * sizeof(float));
    for (size_t i = 0; i < n; i++) {
        const size_t index = indices ? (size_t)indices[i] : i;
        for (size_t c = 0; c < info->n_channels; c++) {
            const size_t place = (size_t)dataset->montage.rows[c] * info->n_columns +
                                 (size_t)dataset->montage.columns[c];
            memcpy(grid + (i * places + place) * steps,
                   dataset->trials + (index * info->n_channels + c) * steps, steps * sizeof(float));
        }
    }
    return SNNFE_OK;
}
