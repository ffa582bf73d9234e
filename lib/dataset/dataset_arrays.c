/* Data sets from the caller's arrays, and parts of data sets. */
#include "base/check.h"
#include "base/format.h"
#include "base/memory.h"
#include "base/options.h"
#include "dataset/dataset_internal.h"

#include <math.h>
#include <string.h>

static snnfe_status check_arrays(const snnfe_dataset_arrays *a)
{
    if (a->n_channels < 1 || a->n_channels > SNNFE_MAX_CHANNELS || a->n_steps < 1 ||
        a->n_trials < 1)
        return snnfe_fail(SNNFE_ERR_ARGUMENT,
                          "snnfe_dataset_arrays: %u channels (1…64), %u steps and %zu trials (at "
                          "least 1)",
                          (unsigned)a->n_channels, (unsigned)a->n_steps, a->n_trials);
    if (!a->trials || !a->labels)
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "snnfe_dataset_arrays.%s is NULL",
                          a->trials ? "labels" : "trials");
    if (!a->channel_rows != !a->channel_columns)
        return snnfe_fail(SNNFE_ERR_ARGUMENT,
                          "snnfe_dataset_arrays: channel_rows and channel_columns go together");
    if (!a->channel_rows && a->n_channels != SNNFE_MAX_CHANNELS)
        return snnfe_fail(SNNFE_ERR_ARGUMENT,
                          "snnfe_dataset_arrays: %u channels need channel_rows and channel_columns",
                          (unsigned)a->n_channels);
    if (a->n_classes == 1 || a->n_classes > SNNFE_MAX_CLASSES)
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "snnfe_dataset_arrays.n_classes is %u, not 0 or 2…%d",
                          (unsigned)a->n_classes, SNNFE_MAX_CLASSES);
    if (a->class_names && !a->n_classes)
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "snnfe_dataset_arrays: class_names need n_classes");
    return SNNFE_OK;
}

static snnfe_status check_frequencies(const snnfe_dataset_arrays *a)
{
    const struct {
        const char *name;
        double value;
    } hertz[] = {{"sampling_rate_hz", a->sampling_rate_hz},
                 {"filter_low_hz", a->filter_low_hz},
                 {"filter_high_hz", a->filter_high_hz}};
    for (size_t i = 0; i < sizeof hertz / sizeof hertz[0]; i++)
        if (!(hertz[i].value >= 0 && hertz[i].value < 1e6))
            return snnfe_fail(SNNFE_ERR_ARGUMENT, "snnfe_dataset_arrays.%s is %g, not in 0…1e6",
                              hertz[i].name, hertz[i].value);
    if (a->filter_kind < SNNFE_FILTER_ZERO_PHASE || a->filter_kind > SNNFE_FILTER_UNKNOWN)
        return snnfe_fail(
            SNNFE_ERR_ARGUMENT,
            "snnfe_dataset_arrays.filter_kind is %d, not ZERO_PHASE, CAUSAL or UNKNOWN",
            (int)a->filter_kind);
    return SNNFE_OK;
}

/* A name that files can hold: a line of its own, not empty, of a length that fits. */
static snnfe_status check_name(const char *field, size_t index, const char *name, size_t size)
{
    if (!name || name[0] == '\0' || strlen(name) >= size || strchr(name, '\n'))
        return snnfe_fail(
            SNNFE_ERR_ARGUMENT,
            "snnfe_dataset_arrays.%s[%zu] is \"%s\", not a name of 1…%zu bytes without "
            "a line break",
            field, index, name ? name : "(NULL)", size - 1);
    return SNNFE_OK;
}

static snnfe_status check_distinct(const char *field, const char *names, size_t stride, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < i; k++)
            if (strcmp(names + i * stride, names + k * stride) == 0)
                return snnfe_fail(SNNFE_ERR_ARGUMENT,
                                  "snnfe_dataset_arrays.%s: entries %zu and %zu are both \"%s\"",
                                  field, k, i, names + i * stride);
    return SNNFE_OK;
}

static snnfe_status set_channel_names(snnfe_montage *montage, const char *const *names)
{
    for (size_t c = 0; c < montage->channels.n; c++) {
        SNNFE_TRY(check_name("channel_names", c, names[c], SNNFE_NAME_SIZE));
        snnfe_channel_name_plain(names[c], montage->channels.names[c]);
    }
    return check_distinct("channel_names", montage->channels.names[0], SNNFE_NAME_SIZE,
                          montage->channels.n);
}

static snnfe_status set_montage(snnfe_dataset *d, const snnfe_dataset_arrays *a)
{
    snnfe_montage_eegmmidb(&d->montage);
    if (a->n_rows)
        d->montage.n_rows = a->n_rows;
    if (a->n_columns)
        d->montage.n_columns = a->n_columns;
    if (a->channel_rows) {
        d->montage.channels.n = a->n_channels;
        for (uint32_t c = 0; c < a->n_channels; c++) {
            d->montage.rows[c] = a->channel_rows[c];
            d->montage.columns[c] = a->channel_columns[c];
            snnfe_format(d->montage.channels.names[c], SNNFE_NAME_SIZE, "channel %u", (unsigned)c);
        }
    }
    if (a->channel_names)
        SNNFE_TRY(set_channel_names(&d->montage, a->channel_names));
    return snnfe_montage_check(&d->montage, "snnfe_dataset_arrays");
}

static snnfe_status set_classes(snnfe_dataset *d, const snnfe_dataset_arrays *a)
{
    uint32_t n_classes = a->n_classes ? a->n_classes : 2;
    const uint32_t most = a->n_classes ? a->n_classes : SNNFE_MAX_CLASSES;
    for (size_t i = 0; i < a->n_trials; i++) {
        if (a->labels[i] < 0 || (uint32_t)a->labels[i] >= most)
            return snnfe_fail(SNNFE_ERR_ARGUMENT,
                              "snnfe_dataset_arrays.labels[%zu] is %d, not in 0…%u", i,
                              (int)a->labels[i], (unsigned)(most - 1));
        if ((uint32_t)a->labels[i] >= n_classes)
            n_classes = (uint32_t)a->labels[i] + 1;
    }
    d->info.n_classes = n_classes;
    for (uint32_t k = 0; k < n_classes; k++) {
        if (a->class_names)
            SNNFE_TRY(check_name("class_names", k, a->class_names[k], SNNFE_CLASS_NAME_SIZE));
        if (a->class_names)
            snnfe_format(d->class_names[k], SNNFE_CLASS_NAME_SIZE, "%s", a->class_names[k]);
        else
            snnfe_format(d->class_names[k], SNNFE_CLASS_NAME_SIZE, "class %u", (unsigned)k);
    }
    return check_distinct("class_names", d->class_names[0], SNNFE_CLASS_NAME_SIZE, n_classes);
}

static snnfe_status set_statistics(snnfe_dataset *d, const snnfe_dataset_arrays *a)
{
    d->info.normalization = a->channel_mean_uv ? a->normalization : SNNFE_NORMALIZE_NONE;
    for (uint32_t c = 0; c < a->n_channels; c++)
        d->std[c] = 1;
    if (!a->channel_mean_uv != !a->channel_std_uv)
        return snnfe_fail(SNNFE_ERR_ARGUMENT,
                          "snnfe_dataset_arrays: channel_mean_uv and channel_std_uv go together");
    if (!a->channel_mean_uv)
        return a->n_statistics_samples
                   ? snnfe_fail(SNNFE_ERR_ARGUMENT, "snnfe_dataset_arrays: n_statistics_samples "
                                                    "without channel_mean_uv")
                   : SNNFE_OK;
    if (a->normalization < SNNFE_NORMALIZE_ALL || a->normalization > SNNFE_NORMALIZE_SUBJECTS ||
        a->normalization == SNNFE_NORMALIZE_NONE)
        return snnfe_fail(SNNFE_ERR_ARGUMENT,
                          "snnfe_dataset_arrays.normalization is %d, not ALL, GIVEN or SUBJECTS",
                          (int)a->normalization);
    for (uint32_t c = 0; c < a->n_channels; c++) {
        d->mean[c] = a->channel_mean_uv[c];
        d->std[c] = a->channel_std_uv[c];
        if (!isfinite(d->mean[c]) || !isfinite(d->std[c]) || !(d->std[c] > 0))
            return snnfe_fail(SNNFE_ERR_ARGUMENT,
                              "snnfe_dataset_arrays: channel \"%s\" has the mean %g and the "
                              "standard deviation %g, not finite and > 0",
                              d->montage.channels.names[c], d->mean[c], d->std[c]);
    }
    return SNNFE_OK;
}

/* The sums behind the statistics, when they are those of the only subject. */
static snnfe_status keep_sums(snnfe_dataset *d, const snnfe_dataset_arrays *a)
{
    if (!a->n_statistics_samples)
        return SNNFE_OK;
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
    for (uint32_t c = 0; c < a->n_channels; c++) {
        d->moments[0].mean[c] = d->mean[c];
        d->moments[0].m2[c] = d->std[c] * d->std[c] * (double)a->n_statistics_samples;
    }
    return SNNFE_OK;
}

/* Copy the trials; the first value that is not finite is named. */
static snnfe_status copy_trials(snnfe_dataset *d, const snnfe_dataset_arrays *a)
{
    const size_t size = (size_t)a->n_channels * a->n_steps;
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

static snnfe_status fill_dataset(snnfe_dataset *d, const snnfe_dataset_arrays *a)
{
    SNNFE_TRY(check_arrays(a));
    SNNFE_TRY(check_frequencies(a));
    SNNFE_TRY(set_montage(d, a));
    SNNFE_TRY(set_classes(d, a));
    d->info.struct_size = sizeof d->info;
    d->info.n_channels = a->n_channels;
    d->info.n_steps = a->n_steps;
    d->info.n_rows = d->montage.n_rows;
    d->info.n_columns = d->montage.n_columns;
    d->info.n_trials = a->n_trials;
    d->info.sampling_rate_hz = a->sampling_rate_hz > 0 ? a->sampling_rate_hz : 160;
    d->info.label_set = SNNFE_LABELS_EVENTS;
    d->info.filter_low_hz = a->filter_low_hz;
    d->info.filter_high_hz = a->filter_high_hz;
    const bool filtered = a->filter_low_hz > 0 || a->filter_high_hz > 0;
    d->info.filter_kind = filtered ? a->filter_kind : SNNFE_FILTER_UNKNOWN;
    d->info.filter_order = a->filter_order;
    SNNFE_TRY(set_statistics(d, a));
    SNNFE_TRY(snnfe_dataset_allocate(d));
    SNNFE_TRY(copy_trials(d, a));
    fill(d->labels, a->labels, a->n_trials, 0);
    fill(d->subjects, a->subjects, a->n_trials, 1);
    fill(d->runs, a->runs, a->n_trials, 1);
    fill(d->onsets, a->onsets, a->n_trials, 0);
    if (a->trial_ids)
        memcpy(d->trial_ids, a->trial_ids, a->n_trials * sizeof *a->trial_ids);
    else
        snnfe_dataset_identify_by_values(d);
    SNNFE_TRY(snnfe_dataset_list_subjects(d));
    return keep_sums(d, a);
}

snnfe_status snnfe_dataset_from_arrays(snnfe_dataset **dataset, const snnfe_dataset_arrays *arrays)
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

static snnfe_status fill_subset(snnfe_dataset *s, const snnfe_dataset *d, const int32_t *indices,
                                size_t n)
{
    for (size_t i = 0; i < n; i++)
        SNNFE_TRY(
            snnfe_check_entry("snnfe_dataset_subset", "indices", i, indices[i], d->info.n_trials));
    s->info = d->info;
    s->info.n_trials = n;
    s->info.n_missing = 0;
    snnfe_dataset_forget_events(&s->info);
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
        memcpy(s->trials + i * size, d->trials + from * size, size * sizeof(float));
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
