/* Data sets as safetensors files. */
#include "base/kind.h"
#include "base/memory.h"
#include "base/tensors.h"
#include "base/text.h"
#include "dataset/dataset_internal.h"
#include "dataset/labels.h"
#include "signal/causal.h"

#include <string.h>

#define FORMAT "dataset 1"
#define TRIAL_IDS "trial_id" /* the bits of unsigned numbers */

/* The moments' fields side by side, as the file holds them. */
typedef struct moment_columns {
    int32_t *subjects;
    int64_t *counts;
    double *means, *m2;
} moment_columns;

static snnfe_status create_columns(moment_columns *m, size_t n, size_t n_channels)
{
    m->subjects = snnfe_alloc(n, sizeof *m->subjects);
    m->counts = snnfe_alloc(n, sizeof *m->counts);
    m->means = snnfe_alloc(n * n_channels, sizeof *m->means);
    m->m2 = snnfe_alloc(n * n_channels, sizeof *m->m2);
    return m->subjects && m->counts && m->means && m->m2 ? SNNFE_OK : SNNFE_ERR_MEMORY;
}

static void release_columns(moment_columns *m)
{
    snnfe_release(m->subjects);
    snnfe_release(m->counts);
    snnfe_release(m->means);
    snnfe_release(m->m2);
}

/* `n` names, each in `stride` bytes. */
static snnfe_status add_names(snnfe_tensor_list *list, const char *key, size_t n, const char *names,
                              size_t stride)
{
    snnfe_text text = {0};
    for (size_t i = 0; i < n; i++)
        snnfe_text_append(&text, "%s%s", i ? "\n" : "", names + i * stride);
    const snnfe_status status =
        text.failed ? SNNFE_ERR_MEMORY : snnfe_tensor_list_add_metadata(list, key, text.data);
    snnfe_text_release(&text);
    return status;
}

static snnfe_status add_number(snnfe_tensor_list *list, const char *key, double value)
{
    char text[40];
    snnfe_format(text, sizeof text, "%.17g", value);
    return snnfe_tensor_list_add_metadata(list, key, text);
}

/* Where the counts of events are; files of before they were counted have none. */
static const struct {
    const char *key;
    size_t offset;
} event_counts[] = {
    {"snnfe.events", offsetof(snnfe_dataset_info, n_events)},
    {"snnfe.events_used", offsetof(snnfe_dataset_info, n_events_used)},
    {"snnfe.events_other", offsetof(snnfe_dataset_info, n_events_other)},
    {"snnfe.events_short", offsetof(snnfe_dataset_info, n_events_short)},
    {"snnfe.events_outside", offsetof(snnfe_dataset_info, n_events_outside)},
    {"snnfe.events_shared", offsetof(snnfe_dataset_info, n_events_shared)},
};
#define N_EVENT_COUNTS (sizeof event_counts / sizeof event_counts[0])

static size_t *event_count(snnfe_dataset_info *info, size_t index)
{
    return (size_t *)(void *)((char *)info + event_counts[index].offset);
}

static snnfe_status add_event_counts(snnfe_tensor_list *list, const snnfe_dataset *d)
{
    snnfe_dataset_info info = d->info;
    for (size_t i = 0; i < N_EVENT_COUNTS; i++)
        SNNFE_TRY(add_number(list, event_counts[i].key, (double)*event_count(&info, i)));
    return SNNFE_OK;
}

static snnfe_status add_metadata(snnfe_tensor_list *list, const snnfe_dataset *d)
{
    const snnfe_dataset_info *i = &d->info;
    SNNFE_TRY(snnfe_tensor_list_add_metadata(list, "snnfe.format", FORMAT));
    SNNFE_TRY(add_names(list, "snnfe.channels", i->n_channels, d->montage.channels.names[0],
                        SNNFE_NAME_SIZE));
    SNNFE_TRY(
        add_names(list, "snnfe.classes", i->n_classes, d->class_names[0], SNNFE_CLASS_NAME_SIZE));
    SNNFE_TRY(add_number(list, "snnfe.rows", i->n_rows));
    SNNFE_TRY(add_number(list, "snnfe.columns", i->n_columns));
    SNNFE_TRY(add_number(list, "snnfe.class_count", i->n_classes));
    SNNFE_TRY(add_number(list, "snnfe.sampling_rate_hz", i->sampling_rate_hz));
    SNNFE_TRY(add_number(list, "snnfe.filter_low_hz", i->filter_low_hz));
    SNNFE_TRY(add_number(list, "snnfe.filter_high_hz", i->filter_high_hz));
    SNNFE_TRY(add_number(list, "snnfe.filter_kind", i->filter_kind));
    SNNFE_TRY(add_number(list, "snnfe.filter_order", i->filter_order));
    SNNFE_TRY(add_number(list, "snnfe.normalization", i->normalization));
    SNNFE_TRY(add_number(list, "snnfe.label_set", i->label_set));
    SNNFE_TRY(add_event_counts(list, d));
    return add_number(list, "snnfe.synthetic", i->synthetic);
}

static snnfe_status add_tensors(snnfe_tensor_list *list, const snnfe_dataset *d,
                                const moment_columns *m)
{
    const uint64_t n = d->info.n_trials, channels = d->info.n_channels;
    const uint64_t n_moments = d->n_moments;
    const uint64_t trials[3] = {n, channels, d->info.n_steps}, pairs[2] = {n_moments, channels};
    SNNFE_TRY(snnfe_tensor_list_add(list, TRIAL_IDS, SNNFE_I64, 1, &n, d->trial_ids));
    SNNFE_TRY(snnfe_tensor_list_add(list, "moments.count", SNNFE_I64, 1, &n_moments, m->counts));
    SNNFE_TRY(snnfe_tensor_list_add(list, "moments.mean_uv", SNNFE_F64, 2, pairs, m->means));
    SNNFE_TRY(snnfe_tensor_list_add(list, "moments.m2_uv2", SNNFE_F64, 2, pairs, m->m2));
    SNNFE_TRY(snnfe_tensor_list_add(list, "channel_mean_uv", SNNFE_F64, 1, &channels, d->mean));
    SNNFE_TRY(snnfe_tensor_list_add(list, "channel_std_uv", SNNFE_F64, 1, &channels, d->std));
    SNNFE_TRY(snnfe_tensor_list_add(list, "trials", SNNFE_F32, 3, trials, d->trials));
    SNNFE_TRY(snnfe_tensor_list_add(list, "label", SNNFE_I32, 1, &n, d->labels));
    SNNFE_TRY(snnfe_tensor_list_add(list, "subject", SNNFE_I32, 1, &n, d->subjects));
    SNNFE_TRY(snnfe_tensor_list_add(list, "run", SNNFE_I32, 1, &n, d->runs));
    SNNFE_TRY(snnfe_tensor_list_add(list, "onset_sample", SNNFE_I32, 1, &n, d->onsets));
    SNNFE_TRY(snnfe_tensor_list_add(list, "channel_row", SNNFE_I32, 1, &channels, d->montage.rows));
    SNNFE_TRY(
        snnfe_tensor_list_add(list, "channel_column", SNNFE_I32, 1, &channels, d->montage.columns));
    return snnfe_tensor_list_add(list, "moments.subject", SNNFE_I32, 1, &n_moments, m->subjects);
}

snnfe_status snnfe_dataset_save(const snnfe_dataset *dataset, const char *path)
{
    if (!dataset || !path)
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "snnfe_dataset_save: %s is NULL",
                          dataset ? "path" : "dataset");
    const size_t channels = dataset->info.n_channels;
    moment_columns m = {0};
    snnfe_tensor_list *list = NULL;
    snnfe_status status = create_columns(&m, dataset->n_moments, channels);
    for (size_t i = 0; status == SNNFE_OK && i < dataset->n_moments; i++) {
        m.subjects[i] = dataset->moments[i].subject;
        m.counts[i] = dataset->moments[i].n_samples;
        memcpy(m.means + i * channels, dataset->moments[i].mean, channels * sizeof(double));
        memcpy(m.m2 + i * channels, dataset->moments[i].m2, channels * sizeof(double));
    }
    if (status == SNNFE_OK)
        status = snnfe_tensor_list_create(&list);
    if (status == SNNFE_OK)
        status = add_metadata(list, dataset);
    if (status == SNNFE_OK)
        status = add_tensors(list, dataset, &m);
    if (status == SNNFE_OK)
        status = snnfe_tensor_list_save(list, path);
    snnfe_tensor_list_free(list);
    release_columns(&m);
    return status;
}

/* --- reading ------------------------------------------------------------------------------- */

static snnfe_status get_number(const snnfe_tensors *file, const char *key, double least,
                               double most, double *value)
{
    const char *text = snnfe_tensors_metadata(file, key);
    if (!text || !snnfe_parse_double(text, value) || *value < least || *value > most)
        return snnfe_fail(SNNFE_ERR_FORMAT, "metadata \"%s\" is \"%.40s\", not a number in %g…%g",
                          key, text ? text : "", least, most);
    return SNNFE_OK;
}

static snnfe_status get_names(const snnfe_tensors *file, const char *key, size_t n, char *names,
                              size_t stride)
{
    const char *text = snnfe_tensors_metadata(file, key);
    for (size_t i = 0; text && i < n; i++) {
        const size_t length = strcspn(text, "\n");
        if (length >= stride || (text[length] == '\0') != (i + 1 == n))
            break;
        memcpy(names + i * stride, text, length);
        names[i * stride + length] = '\0';
        if (i + 1 == n)
            return SNNFE_OK;
        text += length + 1;
    }
    return snnfe_fail(SNNFE_ERR_FORMAT, "metadata \"%s\" does not hold %zu names", key, n);
}

/* Files of before there was a choice have zero phase. */
static snnfe_status read_filter_kind(const snnfe_tensors *file, snnfe_dataset *d)
{
    double kind = SNNFE_FILTER_ZERO_PHASE, order = 0;
    if (!snnfe_tensors_metadata(file, "snnfe.filter_kind"))
        return SNNFE_OK;
    SNNFE_TRY(get_number(file, "snnfe.filter_kind", 0, SNNFE_FILTER_UNKNOWN, &kind));
    SNNFE_TRY(get_number(file, "snnfe.filter_order", 0, SNNFE_CAUSAL_MAX_ORDER, &order));
    d->info.filter_kind = (int32_t)kind;
    d->info.filter_order = (uint32_t)order;
    return SNNFE_OK;
}

static snnfe_status read_event_counts(const snnfe_tensors *file, snnfe_dataset *d)
{
    for (size_t i = 0; i < N_EVENT_COUNTS; i++) {
        double count = 0;
        if (snnfe_tensors_metadata(file, event_counts[i].key))
            SNNFE_TRY(get_number(file, event_counts[i].key, 0, 1e15, &count));
        *event_count(&d->info, i) = (size_t)count;
    }
    return SNNFE_OK;
}

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
        return snnfe_fail(SNNFE_ERR_SHAPE, "tensor \"trials\" is missing or of no use");
    const snnfe_tensor_info *counts = snnfe_tensors_find(file, "moments.count");
    if (!counts || counts->n_dims != 1 || counts->shape[0] > 100000)
        return snnfe_fail(SNNFE_ERR_SHAPE, "tensor \"moments.count\" is missing or of no use");
    double rows = 0, columns = 0, classes = 0, normalization = 0, label_set = 0, synthetic = 0;
    SNNFE_TRY(get_number(file, "snnfe.rows", 1, 64, &rows));
    SNNFE_TRY(get_number(file, "snnfe.columns", 1, 64, &columns));
    SNNFE_TRY(get_number(file, "snnfe.class_count", 2, SNNFE_MAX_CLASSES, &classes));
    SNNFE_TRY(get_number(file, "snnfe.normalization", 0, SNNFE_NORMALIZE_SUBJECTS, &normalization));
    SNNFE_TRY(get_number(file, "snnfe.label_set", 0, SNNFE_LABELS_LAST, &label_set));
    SNNFE_TRY(get_number(file, "snnfe.synthetic", 0, 1, &synthetic));
    SNNFE_TRY(get_number(file, "snnfe.sampling_rate_hz", 1e-6, 1e6, &d->info.sampling_rate_hz));
    SNNFE_TRY(get_number(file, "snnfe.filter_low_hz", 0, 1e6, &d->info.filter_low_hz));
    SNNFE_TRY(get_number(file, "snnfe.filter_high_hz", 0, 1e6, &d->info.filter_high_hz));
    SNNFE_TRY(read_filter_kind(file, d));
    SNNFE_TRY(read_event_counts(file, d));
    d->info.struct_size = sizeof d->info;
    d->info.n_trials = (size_t)trials->shape[0];
    d->info.n_channels = (uint32_t)trials->shape[1];
    d->info.n_steps = (uint32_t)trials->shape[2];
    d->info.n_rows = (uint32_t)rows;
    d->info.n_columns = (uint32_t)columns;
    d->info.n_classes = (uint32_t)classes;
    d->info.normalization = (int32_t)normalization;
    d->info.label_set = (int32_t)label_set;
    d->info.synthetic = (int32_t)synthetic;
    d->n_moments = (size_t)counts->shape[0];
    d->montage.channels.n = d->info.n_channels;
    d->montage.n_rows = d->info.n_rows;
    d->montage.n_columns = d->info.n_columns;
    SNNFE_TRY(get_names(file, "snnfe.channels", d->info.n_channels, d->montage.channels.names[0],
                        SNNFE_NAME_SIZE));
    return get_names(file, "snnfe.classes", d->info.n_classes, d->class_names[0],
                     SNNFE_CLASS_NAME_SIZE);
}

static snnfe_status read_moments(snnfe_tensors *file, snnfe_dataset *d, moment_columns *m)
{
    const size_t n = d->n_moments, channels = d->info.n_channels;
    const uint64_t count = n, pairs[2] = {n, channels};
    SNNFE_TRY(create_columns(m, n, channels));
    SNNFE_TRY(
        snnfe_tensors_read(file, "moments.subject", SNNFE_I32, 1, &count, false, m->subjects));
    SNNFE_TRY(snnfe_tensors_read(file, "moments.count", SNNFE_I64, 1, &count, false, m->counts));
    SNNFE_TRY(snnfe_tensors_read(file, "moments.mean_uv", SNNFE_F64, 2, pairs, false, m->means));
    SNNFE_TRY(snnfe_tensors_read(file, "moments.m2_uv2", SNNFE_F64, 2, pairs, false, m->m2));
    d->moments = snnfe_alloc(n, sizeof *d->moments);
    if (!d->moments)
        return SNNFE_ERR_MEMORY;
    for (size_t i = 0; i < n; i++) {
        if (m->counts[i] < 1 || m->counts[i] > INT64_MAX / 100000)
            return snnfe_fail(SNNFE_ERR_FORMAT, "tensor \"moments.count\": value %zu is %lld", i,
                              (long long)m->counts[i]);
        d->moments[i].subject = m->subjects[i];
        d->moments[i].n_samples = m->counts[i];
        memcpy(d->moments[i].mean, m->means + i * channels, channels * sizeof(double));
        memcpy(d->moments[i].m2, m->m2 + i * channels, channels * sizeof(double));
    }
    return SNNFE_OK;
}

/* Files of before they were kept have none. */
static snnfe_status read_trial_ids(snnfe_tensors *file, snnfe_dataset *d)
{
    const uint64_t n = d->info.n_trials;
    if (snnfe_tensors_find(file, TRIAL_IDS))
        return snnfe_tensors_read(file, TRIAL_IDS, SNNFE_I64, 1, &n, false, d->trial_ids);
    snnfe_dataset_identify_by_values(d);
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
    moment_columns m = {0};
    SNNFE_TRY(read_info(file, d));
    SNNFE_TRY(read_tensors(file, d));
    const snnfe_status status = read_moments(file, d, &m);
    release_columns(&m);
    if (status != SNNFE_OK)
        return status;
    return snnfe_dataset_list_subjects(d);
}

snnfe_status snnfe_dataset_load(snnfe_dataset **dataset, const char *path)
{
    if (!dataset || !path)
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "snnfe_dataset_load: %s is NULL",
                          dataset ? "path" : "dataset");
    *dataset = NULL;
    snnfe_tensors *file = NULL;
    snnfe_dataset *made = NULL;
    snnfe_status status = snnfe_tensors_open(&file, path);
    if (status == SNNFE_OK) {
        made = snnfe_alloc(1, sizeof *made);
        status = made ? load_open(file, made) : SNNFE_ERR_MEMORY;
    }
    snnfe_tensors_close(file);
    if (status != SNNFE_OK) {
        snnfe_dataset_free(made);
        return snnfe_fail_kind(snnfe_fail_prefix(status, "%s", path), path, SNNFE_KIND_DATASET);
    }
    *dataset = made;
    return SNNFE_OK;
}
