#include "base/check.h"
#include "base/memory.h"
#include "base/names.h"
#include "dataset/dataset_internal.h"
#include "signal/inputs.h"

#include <string.h>

void snnfe_dataset_control_point(snnfe_dataset *d)
{
    snnfe_dataset_control *k = &d->control;
    for (size_t r = 0; r < k->references.n; r++)
        k->names[r] = k->references.names[r];
    d->signal.n_references = (uint32_t)k->references.n;
    d->signal.reference_names = k->references.n > 0 ? k->names : NULL;
    d->signal.reference_mean_uv = k->references.n > 0 ? k->mean : NULL;
    d->signal.reference_std_uv = k->references.n > 0 ? k->std : NULL;
    d->signal.covariance = k->covariance;
}

static size_t matrix_size(const snnfe_dataset *d)
{
    return (size_t)d->info.n_channels * d->info.n_channels;
}

static snnfe_status set_covariance(snnfe_dataset *d, const double *covariance)
{
    if (!covariance)
        return SNNFE_OK;
    d->control.covariance = snnfe_duplicate(covariance, matrix_size(d), sizeof *covariance);
    return d->control.covariance ? SNNFE_OK : SNNFE_ERR_MEMORY;
}

/* --- the caller's --------------------------------------------------------------------------- */

snnfe_status snnfe_dataset_control_take(snnfe_dataset *d, const snnfe_signal *s)
{
    snnfe_dataset_control *k = &d->control;
    SNNFE_TRY(snnfe_signal_check_control(s));
    d->signal.ocular = s->ocular;
    d->signal.alignment = s->alignment;
    d->signal.n_lags = s->ocular == SNNFE_OCULAR_NONE ? 0 : s->n_lags;
    if (s->ocular != SNNFE_OCULAR_NONE)
        SNNFE_TRY(snnfe_channels_take(&k->references, s->reference_names, s->n_references,
                                      "snnfe_signal.reference_names"));
    for (size_t r = 0; r < k->references.n; r++) {
        k->mean[r] = s->reference_mean_uv ? s->reference_mean_uv[r] : 0;
        k->std[r] = s->reference_std_uv ? s->reference_std_uv[r] : 1;
    }
    return set_covariance(d, s->covariance);
}

/* --- another data set's --------------------------------------------------------------------- */

snnfe_status snnfe_dataset_control_copy(snnfe_dataset *d, const snnfe_dataset *from)
{
    d->control = from->control;
    d->control.covariance = NULL;
    return set_covariance(d, from->control.covariance);
}

static snnfe_status check_same(const snnfe_dataset *a, const snnfe_dataset *b, size_t part)
{
    const snnfe_channels *r = &a->control.references, *q = &b->control.references;
    bool same = a->signal.ocular == b->signal.ocular && a->signal.n_lags == b->signal.n_lags &&
                a->signal.alignment == b->signal.alignment && r->n == q->n;
    for (size_t i = 0; same && i < r->n; i++)
        same = strcmp(r->names[i], q->names[i]) == 0;
    return same
               ? SNNFE_OK
               : snnfe_fail(SNNFE_ERR_SHAPE,
                            "snnfe_dataset_concatenate: part %zu has another ocular control, other "
                            "references or another alignment than part 0",
                            part);
}

/* Add what a part has, by its share of all subjects. */
static void blend(snnfe_dataset *d, const snnfe_dataset *part, double share)
{
    for (size_t r = 0; r < d->control.references.n; r++) {
        d->control.mean[r] += share * part->control.mean[r];
        d->control.std[r] += share * part->control.std[r];
    }
    const double *covariance = part->control.covariance;
    for (size_t i = 0; d->control.covariance && covariance && i < matrix_size(d); i++)
        d->control.covariance[i] += share * covariance[i];
}

snnfe_status snnfe_dataset_control_join(snnfe_dataset *d, const snnfe_dataset *const *parts,
                                        size_t n)
{
    double n_subjects = 0;
    bool all_know = true;
    for (size_t i = 0; i < n; i++) {
        SNNFE_TRY(check_same(parts[0], parts[i], i));
        n_subjects += (double)parts[i]->info.n_subjects;
        all_know = all_know && parts[i]->control.covariance;
    }
    d->control.references = parts[0]->control.references;
    if (all_know) {
        d->control.covariance = snnfe_alloc(matrix_size(d), sizeof *d->control.covariance);
        if (!d->control.covariance)
            return SNNFE_ERR_MEMORY;
    }
    for (size_t i = 0; i < n; i++)
        blend(d, parts[i], (double)parts[i]->info.n_subjects / n_subjects);
    return SNNFE_OK;
}

/* --- files ---------------------------------------------------------------------------------- */

static const char names_key[] = "snnfe.references";      /* a line each */
static const char mean_name[] = "reference_mean_uv";     /* F64 [n_references] */
static const char std_name[] = "reference_std_uv";       /* F64 [n_references] */
static const char covariance_name[] = "mean_covariance"; /* F64 [n_channels][n_channels] */

static snnfe_status add_references(snnfe_tensor_list *list, const snnfe_dataset *d)
{
    const uint64_t n = d->signal.n_references;
    SNNFE_TRY(snnfe_names_add(list, names_key, d->signal.reference_names, n));
    SNNFE_TRY(snnfe_tensor_list_add(list, mean_name, SNNFE_F64, 1, &n, d->control.mean));
    return snnfe_tensor_list_add(list, std_name, SNNFE_F64, 1, &n, d->control.std);
}

snnfe_status snnfe_dataset_control_add(snnfe_tensor_list *list, const snnfe_dataset *d)
{
    const uint64_t shape[2] = {d->info.n_channels, d->info.n_channels};
    if (d->signal.n_references > 0)
        SNNFE_TRY(add_references(list, d));
    if (!d->control.covariance)
        return SNNFE_OK;
    return snnfe_tensor_list_add(list, covariance_name, SNNFE_F64, 2, shape, d->control.covariance);
}

static snnfe_status read_references(snnfe_tensors *file, snnfe_dataset *d)
{
    snnfe_dataset_control *k = &d->control;
    const uint64_t n = k->references.n;
    SNNFE_TRY(
        snnfe_names_read(file, names_key, (size_t)n, k->references.names[0], SNNFE_NAME_SIZE));
    SNNFE_TRY(snnfe_tensors_read(file, mean_name, SNNFE_F64, 1, &n, false, k->mean));
    return snnfe_tensors_read(file, std_name, SNNFE_F64, 1, &n, false, k->std);
}

snnfe_status snnfe_dataset_control_read(snnfe_tensors *file, snnfe_dataset *d)
{
    const uint64_t shape[2] = {d->info.n_channels, d->info.n_channels};
    if (d->signal.n_references > 0)
        SNNFE_TRY(read_references(file, d));
    if (snnfe_tensors_find(file, covariance_name)) {
        d->control.covariance = snnfe_alloc(matrix_size(d), sizeof *d->control.covariance);
        if (!d->control.covariance)
            return SNNFE_ERR_MEMORY;
        SNNFE_TRY(snnfe_tensors_read(file, covariance_name, SNNFE_F64, 2, shape, false,
                                     d->control.covariance));
    }
    snnfe_dataset_control_point(d);
    return snnfe_signal_check_control(&d->signal) == SNNFE_OK ? SNNFE_OK : SNNFE_ERR_FORMAT;
}
