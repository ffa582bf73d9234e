/* Data sets from the caller's arrays, and parts of data sets. */
#include "base/memory.h"
#include "base/options.h"
#include "base/text.h"
#include "dataset/dataset_internal.h"

#include <math.h>
#include <string.h>

static snnfe_status check_arrays(const snnfe_dataset_arrays *a)
{
    if (a->n_channels < 1 || a->n_channels > SNNFE_MAX_CHANNELS || a->n_steps < 1 ||
        a->n_epochs < 1)
        return snnfe_fail(SNNFE_ERR_ARGUMENT,
                          "snnfe_dataset_arrays: %u channels (1…64), %u steps and %zu epochs (at "
                          "least 1)",
                          (unsigned)a->n_channels, (unsigned)a->n_steps, a->n_epochs);
    if (!a->epochs || !a->labels)
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "snnfe_dataset_arrays.%s is NULL",
                          a->epochs ? "labels" : "epochs");
    if (!a->channel_rows != !a->channel_columns)
        return snnfe_fail(SNNFE_ERR_ARGUMENT,
                          "snnfe_dataset_arrays: channel_rows and channel_columns go together");
    if (!a->channel_rows && a->n_channels != SNNFE_MAX_CHANNELS)
        return snnfe_fail(SNNFE_ERR_ARGUMENT,
                          "snnfe_dataset_arrays: %u channels need channel_rows and channel_columns",
                          (unsigned)a->n_channels);
    if (a->n_classes == 1 || a->n_classes > SNNFE_MAX_CLASSES)
        return snnfe_fail(SNNFE_ERR_ARGUMENT,
                          "snnfe_dataset_arrays.n_classes is %u, not 0 or 2…256",
                          (unsigned)a->n_classes);
    if (!(a->sampling_rate_hz >= 0 && a->sampling_rate_hz < 1e6))
        return snnfe_fail(SNNFE_ERR_ARGUMENT,
                          "snnfe_dataset_arrays.sampling_rate_hz is %g, not in 0…1e6",
                          a->sampling_rate_hz);
    return SNNFE_OK;
}

static snnfe_status set_montage(snnfe_dataset *d, const snnfe_dataset_arrays *a)
{
    snnfe_montage_eegmmidb(&d->montage);
    if (a->n_rows)
        d->montage.n_rows = a->n_rows;
    if (a->n_columns)
        d->montage.n_columns = a->n_columns;
    if (a->channel_rows) {
        d->montage.n_channels = a->n_channels;
        for (uint32_t c = 0; c < a->n_channels; c++) {
            d->montage.rows[c] = a->channel_rows[c];
            d->montage.columns[c] = a->channel_columns[c];
            snnfe_format(d->montage.names[c], SNNFE_NAME_SIZE, "channel %u", (unsigned)c);
        }
    }
    return snnfe_montage_check(&d->montage, "snnfe_dataset_arrays");
}

static snnfe_status set_classes(snnfe_dataset *d, const snnfe_dataset_arrays *a)
{
    uint32_t n_classes = a->n_classes ? a->n_classes : 2;
    const uint32_t most = a->n_classes ? a->n_classes : SNNFE_MAX_CLASSES;
    for (size_t i = 0; i < a->n_epochs; i++) {
        if (a->labels[i] < 0 || (uint32_t)a->labels[i] >= most)
            return snnfe_fail(SNNFE_ERR_ARGUMENT,
                              "snnfe_dataset_arrays.labels[%zu] is %d, not in 0…%u", i,
                              (int)a->labels[i], (unsigned)(most - 1));
        if ((uint32_t)a->labels[i] >= n_classes)
            n_classes = (uint32_t)a->labels[i] + 1;
    }
    d->info.n_classes = n_classes;
    for (uint32_t k = 0; k < n_classes; k++)
        snnfe_format(d->class_names[k], SNNFE_NAME_SIZE, "class %u", (unsigned)k);
    return SNNFE_OK;
}

static void fill(int32_t *target, const int32_t *source, size_t n, int32_t otherwise)
{
    for (size_t i = 0; i < n; i++)
        target[i] = source ? source[i] : otherwise;
}

static snnfe_status fill_dataset(snnfe_dataset *d, const snnfe_dataset_arrays *a)
{
    SNNFE_TRY(check_arrays(a));
    SNNFE_TRY(set_montage(d, a));
    SNNFE_TRY(set_classes(d, a));
    d->info.struct_size = sizeof d->info;
    d->info.n_channels = a->n_channels;
    d->info.n_steps = a->n_steps;
    d->info.n_rows = d->montage.n_rows;
    d->info.n_columns = d->montage.n_columns;
    d->info.n_epochs = a->n_epochs;
    d->info.sampling_rate_hz = a->sampling_rate_hz > 0 ? a->sampling_rate_hz : 160;
    d->info.filter_kind = SNNFE_FILTER_UNKNOWN;
    d->info.normalisation = SNNFE_NORMALISE_NONE;
    d->info.label_set = SNNFE_LABELS_EVENTS;
    for (uint32_t c = 0; c < a->n_channels; c++)
        d->std[c] = 1;
    SNNFE_TRY(snnfe_dataset_allocate(d));
    const size_t size = (size_t)a->n_channels * a->n_steps;
    for (size_t i = 0; i < a->n_epochs * size; i++) {
        if (!isfinite(a->epochs[i]))
            return snnfe_fail(SNNFE_ERR_NONFINITE,
                              "snnfe_dataset_arrays.epochs: epoch %zu, channel %zu, sample %zu is "
                              "%g",
                              i / size, i % size / a->n_steps, i % a->n_steps,
                              (double)a->epochs[i]);
        d->epochs[i] = a->epochs[i];
    }
    fill(d->labels, a->labels, a->n_epochs, 0);
    fill(d->subjects, a->subjects, a->n_epochs, 1);
    fill(d->runs, a->runs, a->n_epochs, 1);
    fill(d->onsets, a->onsets, a->n_epochs, 0);
    if (a->trial_ids)
        memcpy(d->trial_ids, a->trial_ids, a->n_epochs * sizeof *a->trial_ids);
    else
        snnfe_dataset_identify_by_values(d);
    return snnfe_dataset_list_subjects(d);
}

snnfe_status snnfe_dataset_from_arrays(snnfe_dataset **dataset, const snnfe_dataset_arrays *arrays)
{
    if (!dataset || !arrays)
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "snnfe_dataset_from_arrays: %s is NULL",
                          dataset ? "arrays" : "dataset");
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

static snnfe_status fill_subset(snnfe_dataset *s, const snnfe_dataset *d, const int32_t *indices,
                                size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (indices[i] < 0 || (size_t)indices[i] >= d->info.n_epochs)
            return snnfe_fail(SNNFE_ERR_ARGUMENT,
                              "snnfe_dataset_subset: indices[%zu] is %d, not below %zu", i,
                              (int)indices[i], d->info.n_epochs);
    s->info = d->info;
    s->info.n_epochs = n;
    s->info.n_missing = 0;
    s->montage = d->montage;
    memcpy(s->class_names, d->class_names, sizeof s->class_names);
    memcpy(s->mean, d->mean, sizeof s->mean);
    memcpy(s->std, d->std, sizeof s->std);
    SNNFE_TRY(snnfe_dataset_allocate(s));
    s->moments = snnfe_duplicate(d->moments, d->n_moments, sizeof *d->moments);
    if (!s->moments)
        return SNNFE_ERR_MEMORY;
    s->n_moments = d->n_moments;
    const size_t size = (size_t)d->info.n_channels * d->info.n_steps;
    for (size_t i = 0; i < n; i++) {
        const size_t from = (size_t)indices[i];
        memcpy(s->epochs + i * size, d->epochs + from * size, size * sizeof(float));
        s->labels[i] = d->labels[from];
        s->subjects[i] = d->subjects[from];
        s->runs[i] = d->runs[from];
        s->onsets[i] = d->onsets[from];
        s->trial_ids[i] = d->trial_ids[from];
    }
    return snnfe_dataset_list_subjects(s);
}

snnfe_status snnfe_dataset_subset(snnfe_dataset **subset, const snnfe_dataset *dataset,
                                  const int32_t *indices, size_t n)
{
    if (!subset)
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "snnfe_dataset_subset: subset is NULL");
    *subset = NULL;
    if (!dataset || !indices || n == 0)
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "snnfe_dataset_subset: %s",
                          !dataset   ? "dataset is NULL"
                          : !indices ? "indices is NULL"
                                     : "n is 0");
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
