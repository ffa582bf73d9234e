/* Data sets as safetensors files. */
#include "base/check.h"
#include "base/fields.h"
#include "base/floating.h"
#include "base/kind.h"
#include "base/memory.h"
#include "base/names.h"
#include "base/tensors.h"
#include "base/text.h"
#include "dataset/dataset_internal.h"
#include "dataset/labels.h"
#include "signal/signal_file.h"

#include <float.h>
#include <inttypes.h>
#include <stddef.h>
#include <string.h>

#define FORMAT "dataset 3"
#define SIGNAL_PREFIX "snnfe."
#define DEFECTS "defects"
#define TRIAL_IDS "trial_id" /* the bits of unsigned numbers */

/* --- what a file holds ---------------------------------------------------------------------- */

#define INFO(member, type, least, most) SNNFE_FIELD(snnfe_dataset_info, member, type, least, most)
#define EVENTS(member) INFO(member, SIZE, 0, SNNFE_MOST_COUNT)

static const snnfe_field info_fields[] = {
    INFO(n_rows, U32, 1, 64),
    INFO(n_columns, U32, 1, 64),
    INFO(label_set, I32, 0, SNNFE_LABELS_LAST),
    EVENTS(n_events),
    EVENTS(n_events_used),
    EVENTS(n_events_other),
    EVENTS(n_events_short),
    EVENTS(n_events_outside),
    EVENTS(n_events_shared),
    EVENTS(n_resampled),
    EVENTS(n_bad),
    EVENTS(n_flat),
    EVENTS(n_clipped),
    EVENTS(n_loud),
    EVENTS(n_muscle),
    EVENTS(n_interpolated),
};
static const snnfe_record_type info_type =
    SNNFE_RECORD_TYPE("snnfe.", snnfe_dataset_info, info_fields);

/* Samples of a subject: sums over all subjects stay countable. */
#define MOST_SAMPLES ((double)INT64_MAX / 100000)
#define MOST_SUBJECTS 100000

#define N_MOMENT_FIELDS 4

/* The moments' fields; of their arrays, the channels that there are. */
static snnfe_record_type moments_type(snnfe_field fields[N_MOMENT_FIELDS], size_t n_channels)
{
    const snnfe_field all[N_MOMENT_FIELDS] = {
        SNNFE_FIELD(snnfe_moments, subject, I32, INT32_MIN, INT32_MAX),
        SNNFE_FIELD(snnfe_moments, n_samples, U64, 1, MOST_SAMPLES),
        {"mean_uv", SNNFE_FIELD_F64, offsetof(snnfe_moments, mean), n_channels, -DBL_MAX, DBL_MAX},
        {"m2_uv2", SNNFE_FIELD_F64, offsetof(snnfe_moments, m2), n_channels, -DBL_MAX, DBL_MAX},
    };
    memcpy(fields, all, sizeof all);
    return (snnfe_record_type){"moments.", fields, N_MOMENT_FIELDS, sizeof(snnfe_moments)};
}

/* --- writing -------------------------------------------------------------------------------- */

static snnfe_status add_metadata(snnfe_tensor_list *list, const snnfe_dataset *d)
{
    const snnfe_dataset_info *i = &d->info;
    SNNFE_TRY(snnfe_tensor_list_add_metadata(list, "snnfe.format", FORMAT));
    SNNFE_TRY(snnfe_names_add(list, "snnfe.channels", d->signal.channel_names, i->n_channels));
    SNNFE_TRY(snnfe_names_add(list, "snnfe.classes", d->signal.class_names, i->n_classes));
    SNNFE_TRY(snnfe_record_add_metadata(list, &info_type, i));
    SNNFE_TRY(snnfe_signal_add_numbers(list, SIGNAL_PREFIX, &d->signal));
    return snnfe_dataset_control_add(list, d);
}

static bool has_defects(const snnfe_dataset *d)
{
    for (size_t i = 0; i < d->info.n_trials; i++)
        if (d->defects[i] != 0)
            return true;
    return false;
}

/* Only files of marked trials have them. */
static snnfe_status add_defects(snnfe_tensor_list *list, const snnfe_dataset *d)
{
    const uint64_t n = d->info.n_trials;
    return has_defects(d) ? snnfe_tensor_list_add(list, DEFECTS, SNNFE_I32, 1, &n, d->defects)
                          : SNNFE_OK;
}

static snnfe_status add_tensors(snnfe_tensor_list *list, const snnfe_dataset *d)
{
    const uint64_t n = d->info.n_trials, channels = d->info.n_channels;
    const uint64_t trials[3] = {n, channels, d->info.n_steps};
    snnfe_field fields[N_MOMENT_FIELDS];
    const snnfe_record_type type = moments_type(fields, d->info.n_channels);
    SNNFE_TRY(snnfe_records_add(list, &type, d->moments, d->n_moments));
    SNNFE_TRY(snnfe_tensor_list_add(list, TRIAL_IDS, SNNFE_I64, 1, &n, d->trial_ids));
    SNNFE_TRY(snnfe_tensor_list_add(list, "channel_mean_uv", SNNFE_F64, 1, &channels, d->mean));
    SNNFE_TRY(snnfe_tensor_list_add(list, "channel_std_uv", SNNFE_F64, 1, &channels, d->std));
    SNNFE_TRY(snnfe_tensor_list_add(list, "trials", SNNFE_F32, 3, trials, d->trials));
    SNNFE_TRY(snnfe_tensor_list_add(list, "label", SNNFE_I32, 1, &n, d->labels));
    SNNFE_TRY(snnfe_tensor_list_add(list, "subject", SNNFE_I32, 1, &n, d->subjects));
    SNNFE_TRY(snnfe_tensor_list_add(list, "run", SNNFE_I32, 1, &n, d->runs));
    SNNFE_TRY(snnfe_tensor_list_add(list, "onset_sample", SNNFE_I32, 1, &n, d->onsets));
    SNNFE_TRY(add_defects(list, d));
    SNNFE_TRY(snnfe_tensor_list_add(list, "channel_row", SNNFE_I32, 1, &channels, d->montage.rows));
    return snnfe_tensor_list_add(list, "channel_column", SNNFE_I32, 1, &channels,
                                 d->montage.columns);
}

snnfe_status snnfe_dataset_save(const snnfe_dataset *dataset, const char *path)
{
    static const char call[] = "snnfe_dataset_save";
    SNNFE_TRY(snnfe_check_pointer(call, "dataset", dataset));
    SNNFE_TRY(snnfe_check_pointer(call, "path", path));
    snnfe_tensor_list *list = NULL;
    snnfe_status status = snnfe_tensor_list_create(&list);
    if (status == SNNFE_OK)
        status = add_metadata(list, dataset);
    if (status == SNNFE_OK)
        status = add_tensors(list, dataset);
    if (status == SNNFE_OK)
        status = snnfe_tensor_list_save(list, path);
    snnfe_tensor_list_free(list);
    return status;
}

/* --- reading ------------------------------------------------------------------------------- */

static snnfe_status read_info(const snnfe_tensors *file, snnfe_dataset *d)
{
    const char *format = snnfe_tensors_metadata(file, "snnfe.format");
    if (!format || strcmp(format, FORMAT) != 0)
        return snnfe_fail(SNNFE_ERR_FORMAT,
                          "is no data set: metadata \"snnfe.format\" is \"%.40s\"",
                          format ? format : "");
    const snnfe_tensor_info *trials = snnfe_tensors_find(file, "trials");
    if (!trials || trials->n_dims != 3 || trials->shape[0] < 1 || trials->shape[0] > INT32_MAX ||
        trials->shape[1] < 1 || trials->shape[1] > SNNFE_MAX_CHANNELS || trials->shape[2] < 1 ||
        trials->shape[2] > 1000000)
        return snnfe_fail(SNNFE_ERR_SHAPE, "tensor \"trials\" is missing or invalid");
    SNNFE_TRY(snnfe_record_read_metadata(file, &info_type, true, &d->info));
    SNNFE_TRY(snnfe_signal_read_numbers(file, SIGNAL_PREFIX, &d->signal));
    if (d->signal.n_channels != trials->shape[1])
        return snnfe_fail(SNNFE_ERR_SHAPE,
                          "tensor \"trials\" has %" PRIu64
                          " channels, metadata \"snnfe.n_channels\" is %u",
                          trials->shape[1], (unsigned)d->signal.n_channels);
    d->info.struct_size = sizeof d->info;
    d->info.n_classes = d->signal.n_classes;
    d->info.n_trials = (size_t)trials->shape[0];
    d->info.n_channels = (uint32_t)trials->shape[1];
    d->info.n_steps = (uint32_t)trials->shape[2];
    d->montage.channels.n = d->info.n_channels;
    d->control.references.n = d->signal.n_references;
    d->montage.n_rows = d->info.n_rows;
    d->montage.n_columns = d->info.n_columns;
    SNNFE_TRY(snnfe_names_read(file, "snnfe.channels", d->info.n_channels,
                               d->montage.channels.names[0], SNNFE_NAME_SIZE));
    return snnfe_names_read(file, "snnfe.classes", d->info.n_classes, d->class_names[0],
                            SNNFE_CLASS_NAME_SIZE);
}

static snnfe_status read_moments(snnfe_tensors *file, snnfe_dataset *d)
{
    snnfe_field fields[N_MOMENT_FIELDS];
    const snnfe_record_type type = moments_type(fields, d->info.n_channels);
    const size_t n = snnfe_records_count(file, &type);
    if (n > MOST_SUBJECTS)
        return snnfe_fail(SNNFE_ERR_SHAPE, "moments of %zu subjects, more than %d", n,
                          MOST_SUBJECTS);
    d->moments = snnfe_alloc(n, sizeof *d->moments);
    if (!d->moments)
        return SNNFE_ERR_MEMORY;
    d->n_moments = n;
    return snnfe_records_read(file, &type, d->moments, n);
}

/* Files that other programs write need not have them. */
static snnfe_status read_trial_ids(snnfe_tensors *file, snnfe_dataset *d)
{
    const uint64_t n = d->info.n_trials;
    if (snnfe_tensors_find(file, TRIAL_IDS))
        return snnfe_tensors_read(file, TRIAL_IDS, SNNFE_I64, 1, &n, false, d->trial_ids);
    snnfe_dataset_identify_by_values(d);
    return SNNFE_OK;
}

static snnfe_status read_defects(snnfe_tensors *file, snnfe_dataset *d)
{
    const uint64_t n = d->info.n_trials;
    if (!snnfe_tensors_find(file, DEFECTS))
        return SNNFE_OK;
    SNNFE_TRY(snnfe_tensors_read(file, DEFECTS, SNNFE_I32, 1, &n, false, d->defects));
    for (size_t i = 0; i < n; i++)
        if (d->defects[i] < 0 || d->defects[i] > SNNFE_ALL_DEFECTS)
            return snnfe_fail(SNNFE_ERR_FORMAT, "tensor \"%s\": value %zu is %d, not in 0…%d",
                              DEFECTS, i, (int)d->defects[i], SNNFE_ALL_DEFECTS);
    return SNNFE_OK;
}

static snnfe_status read_tensors(snnfe_tensors *file, snnfe_dataset *d)
{
    const uint64_t n = d->info.n_trials, channels = d->info.n_channels;
    const uint64_t trials[3] = {n, channels, d->info.n_steps};
    SNNFE_TRY(snnfe_dataset_allocate(d));
    SNNFE_TRY(snnfe_tensors_read(file, "trials", SNNFE_F32, 3, trials, false, d->trials));
    SNNFE_TRY(snnfe_tensors_read(file, "label", SNNFE_I32, 1, &n, false, d->labels));
    SNNFE_TRY(snnfe_tensors_read(file, "subject", SNNFE_I32, 1, &n, false, d->subjects));
    SNNFE_TRY(snnfe_tensors_read(file, "run", SNNFE_I32, 1, &n, false, d->runs));
    SNNFE_TRY(snnfe_tensors_read(file, "onset_sample", SNNFE_I32, 1, &n, false, d->onsets));
    SNNFE_TRY(read_trial_ids(file, d));
    SNNFE_TRY(read_defects(file, d));
    SNNFE_TRY(snnfe_tensors_read(file, "channel_mean_uv", SNNFE_F64, 1, &channels, false, d->mean));
    SNNFE_TRY(snnfe_tensors_read(file, "channel_std_uv", SNNFE_F64, 1, &channels, false, d->std));
    SNNFE_TRY(
        snnfe_tensors_read(file, "channel_row", SNNFE_I32, 1, &channels, false, d->montage.rows));
    SNNFE_TRY(snnfe_tensors_read(file, "channel_column", SNNFE_I32, 1, &channels, false,
                                 d->montage.columns));
    for (size_t i = 0; i < d->info.n_trials; i++)
        if (d->labels[i] < 0 || (uint32_t)d->labels[i] >= d->info.n_classes)
            return snnfe_fail(SNNFE_ERR_FORMAT, "tensor \"label\": value %zu is %d, not below %u",
                              i, (int)d->labels[i], (unsigned)d->info.n_classes);
    for (size_t c = 0; c < channels; c++)
        if (!(d->std[c] > 0))
            return snnfe_fail(SNNFE_ERR_FORMAT, "tensor \"channel_std_uv\": value %zu is %g", c,
                              d->std[c]);
    return snnfe_montage_check(&d->montage, "channel map");
}

static snnfe_status load_open(snnfe_tensors *file, snnfe_dataset *d)
{
    SNNFE_TRY(read_info(file, d));
    SNNFE_TRY(read_tensors(file, d));
    SNNFE_TRY(snnfe_dataset_control_read(file, d));
    SNNFE_TRY(read_moments(file, d));
    return snnfe_dataset_list_subjects(d);
}

static snnfe_status dataset_load(snnfe_dataset **dataset, const char *path)
{
    static const char call[] = "snnfe_dataset_load";
    SNNFE_TRY(snnfe_check_pointer(call, "dataset", dataset));
    SNNFE_TRY(snnfe_check_pointer(call, "path", path));
    *dataset = NULL;
    snnfe_tensors *file = NULL;
    snnfe_dataset *made = NULL;
    snnfe_status status = snnfe_tensors_open(&file, path);
    if (status == SNNFE_OK) {
        made = snnfe_alloc(1, sizeof *made);
        status = made ? load_open(file, made) : SNNFE_ERR_MEMORY;
    }
    snnfe_tensors_close(file);
    if (status == SNNFE_ERR_ARGUMENT) /* what the file says is no argument of the caller's */
        status = SNNFE_ERR_FORMAT;
    if (status != SNNFE_OK) {
        snnfe_dataset_free(made);
        return snnfe_fail_kind(snnfe_fail_prefix(status, "%s", path), path, SNNFE_KIND_DATASET);
    }
    *dataset = made;
    return SNNFE_OK;
}

snnfe_status snnfe_dataset_load(snnfe_dataset **dataset, const char *path)
{
    SNNFE_RETURN_COMPUTED(dataset_load(dataset, path));
}
