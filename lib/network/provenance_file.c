/* Provenance as metadata of safetensors files, so that tensors are parameters and nothing else. */
#include "base/fields.h"
#include "base/format.h"
#include "base/limits.h"
#include "base/memory.h"
#include "base/names.h"
#include "base/text.h"
#include "network/provenance.h"
#include "signal/signal_file.h"

#include <math.h>
#include <string.h>

#define FORMAT_KEY "snnfe.provenance"
#define FORMAT "2"
#define SIGNAL_PREFIX "snnfe.signal."

#define ORIGIN(member, type, most) SNNFE_FIELD(snnfe_origin, member, type, 0, most)

static const snnfe_field origin_fields[] = {
    ORIGIN(fold, U32, UINT32_MAX), ORIGIN(n_folds, U32, UINT32_MAX), ORIGIN(incomplete, I32, 1),
    ORIGIN(data_hash, BITS, 0),    ORIGIN(run_hash, BITS, 0),
};
static const snnfe_record_type origin_type =
    SNNFE_RECORD_TYPE("snnfe.origin.", snnfe_origin, origin_fields);

static const char *const trial_keys[SNNFE_N_TRIAL_USES] = {
    "snnfe.trials.trained", "snnfe.trials.validated", "snnfe.trials.tested"};

/* --- writing -------------------------------------------------------------------------------- */

/* Takes the text. */
static snnfe_status add_text(snnfe_tensor_list *list, const char *key, snnfe_text *text)
{
    const snnfe_status status =
        text->failed ? snnfe_fail_memory(text->capacity, 1)
                     : snnfe_tensor_list_add_metadata(list, key, text->data ? text->data : "");
    snnfe_text_release(text);
    return status;
}

static snnfe_status add_numbers(snnfe_tensor_list *list, const char *key, const double *values,
                                size_t n)
{
    snnfe_text text = {0};
    for (size_t i = 0; i < n; i++)
        snnfe_text_append(&text, "%s%.17g", i ? " " : "", values[i]);
    return add_text(list, key, &text);
}

static snnfe_status add_integers(snnfe_tensor_list *list, const char *key, const int32_t *values,
                                 size_t n)
{
    snnfe_text text = {0};
    for (size_t i = 0; i < n; i++)
        snnfe_text_append(&text, "%s%d", i ? " " : "", (int)values[i]);
    return add_text(list, key, &text);
}

/* Of a symmetric matrix [n][n], the lower triangle by rows. */
static snnfe_status add_triangle(snnfe_tensor_list *list, const char *key, const double *matrix,
                                 size_t n)
{
    snnfe_text text = {0};
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k <= i; k++)
            snnfe_text_append(&text, "%s%.17g", i ? " " : "", matrix[i * n + k]);
    return add_text(list, key, &text);
}

static snnfe_status add_control(snnfe_tensor_list *list, const snnfe_signal *s)
{
    const size_t n = s->n_references;
    if (n > 0) {
        SNNFE_TRY(snnfe_names_add(list, "snnfe.signal.references", s->reference_names, n));
        SNNFE_TRY(add_numbers(list, "snnfe.signal.reference_mean_uv", s->reference_mean_uv, n));
        SNNFE_TRY(add_numbers(list, "snnfe.signal.reference_std_uv", s->reference_std_uv, n));
    }
    return s->covariance
               ? add_triangle(list, "snnfe.signal.covariance", s->covariance, s->n_channels)
               : SNNFE_OK;
}

static snnfe_status add_signal(snnfe_tensor_list *list, const snnfe_signal *s)
{
    if (s->n_channels == 0)
        return SNNFE_OK;
    SNNFE_TRY(snnfe_signal_add_numbers(list, SIGNAL_PREFIX, s));
    SNNFE_TRY(add_integers(list, "snnfe.signal.rows", s->channel_rows, s->n_channels));
    SNNFE_TRY(add_integers(list, "snnfe.signal.columns", s->channel_columns, s->n_channels));
    SNNFE_TRY(add_numbers(list, "snnfe.signal.mean_uv", s->channel_mean_uv, s->n_channels));
    SNNFE_TRY(add_numbers(list, "snnfe.signal.std_uv", s->channel_std_uv, s->n_channels));
    if (s->channel_names)
        SNNFE_TRY(snnfe_names_add(list, "snnfe.signal.channels", s->channel_names, s->n_channels));
    if (s->class_names)
        SNNFE_TRY(snnfe_names_add(list, "snnfe.signal.classes", s->class_names, s->n_classes));
    return add_control(list, s);
}

static snnfe_status add_trials(snnfe_tensor_list *list, const char *key, const snnfe_trial_set *set)
{
    snnfe_text text = {0};
    for (size_t i = 0; i < set->n; i++)
        snnfe_text_append(&text, "%s%016llx %d", i ? "\n" : "", (unsigned long long)set->ids[i],
                          (int)set->subjects[i]);
    return add_text(list, key, &text);
}

snnfe_status snnfe_provenance_add_to_list(const snnfe_provenance *p, snnfe_tensor_list *list)
{
    SNNFE_TRY(snnfe_tensor_list_add_metadata(list, FORMAT_KEY, FORMAT));
    SNNFE_TRY(snnfe_record_add_metadata(list, &origin_type, &p->origin));
    SNNFE_TRY(add_signal(list, &p->signal));
    for (size_t use = 0; use < SNNFE_N_TRIAL_USES; use++)
        if (p->trials[use].n > 0)
            SNNFE_TRY(add_trials(list, trial_keys[use], &p->trials[use]));
    return SNNFE_OK;
}

/* --- reading -------------------------------------------------------------------------------- */

/* The next word of a text, which moves on; false at its end or if the word is too long. */
static bool next_word(const char **text, char word[32])
{
    *text += strspn(*text, " \n");
    const size_t length = strcspn(*text, " \n");
    if (length == 0 || length >= 32)
        return false;
    memcpy(word, *text, length);
    word[length] = '\0';
    *text += length;
    return true;
}

static bool next_number(const char **text, double *number)
{
    char word[32];
    return next_word(text, word) && snnfe_parse_double(word, number);
}

static bool next_integer(const char **text, int32_t *number)
{
    char word[32];
    int64_t wide = 0;
    if (!next_word(text, word) || !snnfe_parse_int64(word, &wide) || wide < INT32_MIN ||
        wide > INT32_MAX)
        return false;
    *number = (int32_t)wide;
    return true;
}

static bool next_hash(const char **text, uint64_t *hash)
{
    char word[32];
    return next_word(text, word) && snnfe_parse_hash(word, hash);
}

static bool has_ended(const char *text)
{
    return text[strspn(text, " \n")] == '\0';
}

static snnfe_status refuse(const char *key)
{
    return snnfe_fail(SNNFE_ERR_FORMAT, "metadata \"%s\" is not what the format demands", key);
}

static const char *get_text(const snnfe_tensors *file, const char *key)
{
    const char *text = snnfe_tensors_metadata(file, key);
    return text ? text : "";
}

static snnfe_status get_numbers(const snnfe_tensors *file, const char *key, size_t n,
                                double *values)
{
    const char *text = get_text(file, key);
    for (size_t i = 0; i < n; i++)
        if (!next_number(&text, &values[i]))
            return refuse(key);
    return has_ended(text) ? SNNFE_OK : refuse(key);
}

static snnfe_status get_integers(const snnfe_tensors *file, const char *key, size_t n,
                                 int32_t *values)
{
    const char *text = get_text(file, key);
    for (size_t i = 0; i < n; i++)
        if (!next_integer(&text, &values[i]))
            return refuse(key);
    return has_ended(text) ? SNNFE_OK : refuse(key);
}

/* Names are known where the file has them. */
static snnfe_status get_names(const snnfe_tensors *file, const char *key, size_t n,
                              char (*names)[SNNFE_CLASS_NAME_SIZE], const char **list,
                              const char *const **known)
{
    *known = NULL;
    if (!snnfe_tensors_metadata(file, key))
        return SNNFE_OK;
    SNNFE_TRY(snnfe_names_read(file, key, n, names[0], SNNFE_CLASS_NAME_SIZE));
    for (size_t i = 0; i < n; i++)
        list[i] = names[i];
    *known = list;
    return SNNFE_OK;
}

typedef struct read_arrays {
    int32_t rows[SNNFE_MAX_CHANNELS], columns[SNNFE_MAX_CHANNELS];
    double means[SNNFE_MAX_CHANNELS], deviations[SNNFE_MAX_CHANNELS];
    char channels[SNNFE_MAX_CHANNELS][SNNFE_CLASS_NAME_SIZE];
    char classes[SNNFE_MAX_CLASSES][SNNFE_CLASS_NAME_SIZE];
    const char *channel_list[SNNFE_MAX_CHANNELS], *class_list[SNNFE_MAX_CLASSES];
    char references[SNNFE_MAX_CHANNELS][SNNFE_CLASS_NAME_SIZE];
    const char *reference_list[SNNFE_MAX_CHANNELS];
    double reference_means[SNNFE_MAX_CHANNELS], reference_deviations[SNNFE_MAX_CHANNELS];
    double triangle[SNNFE_MAX_CHANNELS * (SNNFE_MAX_CHANNELS + 1) / 2];
    double covariance[SNNFE_MAX_CHANNELS * SNNFE_MAX_CHANNELS];
} read_arrays;

static snnfe_status read_references(const snnfe_tensors *file, read_arrays *a, snnfe_signal *s)
{
    const size_t n = s->n_references;
    SNNFE_TRY(get_names(file, "snnfe.signal.references", n, a->references, a->reference_list,
                        &s->reference_names));
    if (!s->reference_names)
        return refuse("snnfe.signal.references");
    SNNFE_TRY(get_numbers(file, "snnfe.signal.reference_mean_uv", n, a->reference_means));
    SNNFE_TRY(get_numbers(file, "snnfe.signal.reference_std_uv", n, a->reference_deviations));
    s->reference_mean_uv = a->reference_means;
    s->reference_std_uv = a->reference_deviations;
    return SNNFE_OK;
}

static snnfe_status read_covariance(const snnfe_tensors *file, read_arrays *a, snnfe_signal *s)
{
    static const char key[] = "snnfe.signal.covariance";
    const size_t n = s->n_channels;
    if (!snnfe_tensors_metadata(file, key))
        return SNNFE_OK;
    SNNFE_TRY(get_numbers(file, key, n * (n + 1) / 2, a->triangle));
    const double *next = a->triangle;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k <= i; k++)
            a->covariance[i * n + k] = a->covariance[k * n + i] = *next++;
    s->covariance = a->covariance;
    return SNNFE_OK;
}

static snnfe_status read_channels(const snnfe_tensors *file, read_arrays *a, snnfe_signal *s)
{
    const size_t n = s->n_channels;
    SNNFE_TRY(get_integers(file, "snnfe.signal.rows", n, a->rows));
    SNNFE_TRY(get_integers(file, "snnfe.signal.columns", n, a->columns));
    SNNFE_TRY(get_numbers(file, "snnfe.signal.mean_uv", n, a->means));
    SNNFE_TRY(get_numbers(file, "snnfe.signal.std_uv", n, a->deviations));
    s->channel_rows = a->rows;
    s->channel_columns = a->columns;
    s->channel_mean_uv = a->means;
    s->channel_std_uv = a->deviations;
    return get_names(file, "snnfe.signal.channels", n, a->channels, a->channel_list,
                     &s->channel_names);
}

static snnfe_status read_signal_into(snnfe_provenance *p, const snnfe_tensors *file, read_arrays *a)
{
    snnfe_signal signal = {.struct_size = sizeof signal};
    SNNFE_TRY(snnfe_signal_read_numbers(file, SIGNAL_PREFIX, &signal));
    SNNFE_TRY(read_channels(file, a, &signal));
    SNNFE_TRY(get_names(file, "snnfe.signal.classes", signal.n_classes, a->classes, a->class_list,
                        &signal.class_names));
    if (signal.n_references > 0)
        SNNFE_TRY(read_references(file, a, &signal));
    SNNFE_TRY(read_covariance(file, a, &signal));
    return snnfe_provenance_set_signal(p, &signal);
}

static snnfe_status read_signal(snnfe_provenance *p, const snnfe_tensors *file)
{
    if (!snnfe_tensors_metadata(file, SIGNAL_PREFIX "n_channels"))
        return SNNFE_OK;
    read_arrays *arrays = snnfe_alloc(1, sizeof *arrays);
    if (!arrays)
        return SNNFE_ERR_MEMORY;
    const snnfe_status status = read_signal_into(p, file, arrays);
    snnfe_release(arrays);
    return status == SNNFE_ERR_ARGUMENT ? SNNFE_ERR_FORMAT : status;
}

static snnfe_status read_trials(snnfe_trial_set *set, const snnfe_tensors *file, const char *key)
{
    const char *text = snnfe_tensors_metadata(file, key);
    if (!text)
        return SNNFE_OK;
    size_t most = 1, n = 0;
    for (const char *c = text; *c; c++)
        most += *c == '\n';
    uint64_t *ids = snnfe_alloc(most, sizeof *ids);
    int32_t *subjects = snnfe_alloc(most, sizeof *subjects);
    snnfe_status status = ids && subjects ? SNNFE_OK : SNNFE_ERR_MEMORY;
    for (; status == SNNFE_OK && !has_ended(text); n++)
        if (n == most || !next_hash(&text, &ids[n]) || !next_integer(&text, &subjects[n]))
            status = refuse(key);
    if (status == SNNFE_OK)
        status = snnfe_trial_set_add(set, ids, subjects, n);
    snnfe_release(ids);
    snnfe_release(subjects);
    return status;
}

static snnfe_status read_origin(snnfe_origin *o, const snnfe_tensors *file)
{
    o->struct_size = sizeof *o;
    SNNFE_TRY(snnfe_record_read_metadata(file, &origin_type, true, o));
    return o->fold <= o->n_folds ? SNNFE_OK : refuse("snnfe.origin.fold");
}

bool snnfe_provenance_tells(const snnfe_provenance *p)
{
    return p->origin.struct_size > 0;
}

snnfe_status snnfe_provenance_read(snnfe_provenance *p, const snnfe_tensors *file)
{
    const char *format = snnfe_tensors_metadata(file, FORMAT_KEY);
    if (!format) {
        p->origin.incomplete = 1;
        return SNNFE_OK;
    }
    if (strcmp(format, FORMAT) != 0)
        return snnfe_fail(SNNFE_ERR_FORMAT,
                          "metadata \"%s\" is \"%.40s\", this version knows \"%s\"", FORMAT_KEY,
                          format, FORMAT);
    SNNFE_TRY(read_origin(&p->origin, file));
    SNNFE_TRY(read_signal(p, file));
    for (size_t use = 0; use < SNNFE_N_TRIAL_USES; use++)
        SNNFE_TRY(read_trials(&p->trials[use], file, trial_keys[use]));
    return SNNFE_OK;
}
