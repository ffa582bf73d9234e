#include "dataset/dataset_internal.h"

#include "base/check.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/options.h"

#include <string.h>

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
