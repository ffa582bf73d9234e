/* What an estimate has learned as a safetensors file. It is read into a spare one first, so that
   nothing changes when it turns out to be bad. */
#include "base/check.h"
#include "base/fields.h"
#include "base/floating.h"
#include "base/kind.h"
#include "base/memory.h"
#include "signal/control_internal.h"

#include <string.h>

#define FORMAT "control 2"

#define CONDITION(member, type) SNNFE_FIELD(snnfe_control, member, type, 0, 0)

/* What a file must agree with; the references besides. */
static const snnfe_field condition_fields[] = {
    CONDITION(ocular, I32),
    CONDITION(alignment, I32),
    CONDITION(shape.n_inputs, SIZE),
    CONDITION(shape.n_outputs, SIZE),
    CONDITION(shape.n_references, SIZE),
    CONDITION(shape.n_lags, SIZE),
    CONDITION(envelopes.of.n_bands, SIZE),
    CONDITION(envelopes.of.hash, BITS),
};
static const snnfe_record_type conditions_type =
    SNNFE_RECORD_TYPE("snnfe.", snnfe_control, condition_fields);

static const snnfe_field learned_fields[] = {
    SNNFE_FIELD(snnfe_control, n_samples, U64, 0, SNNFE_MOST_COUNT),
    SNNFE_FIELD(snnfe_control, n_trials, U64, 0, SNNFE_MOST_COUNT),
    SNNFE_FIELD(snnfe_control, stretch.weight, F64, 0, HUGE_VAL),
    SNNFE_FIELD(snnfe_control, trials.weight, F64, 0, HUGE_VAL),
};
static const snnfe_record_type learned_type =
    SNNFE_RECORD_TYPE("control.", snnfe_control, learned_fields);

static const char references_name[] = "control.references"; /* I64 [n_references] */

/* Names of a covariance's tensors: F64 [n_terms] and [n_terms][n_terms]; of envelopes those of
   trials are of envelopes. */
static const char *const stretch_names[] = {"control.stretch.sums", "control.stretch.products"};
static const char *const trials_names[] = {"control.trials.sums", "control.trials.products"};

static void list_references(const snnfe_control *c, int64_t references[SNNFE_MAX_CHANNELS])
{
    for (size_t r = 0; r < c->shape.n_references; r++)
        references[r] = (int64_t)c->shape.references[r];
}

/* --- saving --------------------------------------------------------------------------------- */

static snnfe_status add_covariance(snnfe_tensor_list *file, const char *const names[2],
                                   const snnfe_covariance *covariance)
{
    const uint64_t shape[2] = {covariance->n, covariance->n};
    SNNFE_TRY(snnfe_tensor_list_add(file, names[0], SNNFE_F64, 1, shape, covariance->sums));
    return snnfe_tensor_list_add(file, names[1], SNNFE_F64, 2, shape, covariance->products);
}

static snnfe_status fill_file(snnfe_tensor_list *file, const snnfe_control *c,
                              const int64_t *references)
{
    const uint64_t n = c->shape.n_references;
    SNNFE_TRY(snnfe_tensor_list_add_metadata(file, "snnfe.format", FORMAT));
    SNNFE_TRY(snnfe_record_add_metadata(file, &conditions_type, c));
    SNNFE_TRY(snnfe_records_add(file, &learned_type, c, 1));
    SNNFE_TRY(snnfe_tensor_list_add(file, references_name, SNNFE_I64, 1, &n, references));
    SNNFE_TRY(add_covariance(file, stretch_names, &c->stretch));
    return add_covariance(file, trials_names, &c->trials);
}

snnfe_status snnfe_control_save(const snnfe_control *c, const char *path)
{
    static const char call[] = "snnfe_control_save";
    SNNFE_TRY(snnfe_check_pointer(call, "control", c));
    SNNFE_TRY(snnfe_check_pointer(call, "path", path));
    int64_t references[SNNFE_MAX_CHANNELS] = {0};
    list_references(c, references);
    snnfe_tensor_list *file = NULL;
    SNNFE_TRY(snnfe_tensor_list_create(&file));
    snnfe_status status = fill_file(file, c, references);
    if (status == SNNFE_OK)
        status = snnfe_tensor_list_save(file, path);
    snnfe_tensor_list_free(file);
    return status;
}

/* --- restoring ------------------------------------------------------------------------------ */

static snnfe_status check_conditions(snnfe_tensors *file, const snnfe_control *c)
{
    const char *format = snnfe_tensors_metadata(file, "snnfe.format");
    int64_t own[SNNFE_MAX_CHANNELS] = {0}, read[SNNFE_MAX_CHANNELS] = {0};
    if (!format || strcmp(format, FORMAT) != 0)
        return snnfe_fail(SNNFE_ERR_FORMAT,
                          "is no estimate of control: metadata \"snnfe.format\" is \"%.40s\"",
                          format ? format : "");
    SNNFE_TRY(snnfe_record_expect_metadata(file, &conditions_type, c));
    const uint64_t n = c->shape.n_references;
    SNNFE_TRY(snnfe_tensors_read(file, references_name, SNNFE_I64, 1, &n, false, read));
    list_references(c, own);
    if (memcmp(own, read, sizeof own) != 0)
        return snnfe_fail(SNNFE_ERR_SHAPE, "tensor \"%s\": other references", references_name);
    return SNNFE_OK;
}

static snnfe_status read_covariance(snnfe_tensors *file, const char *const names[2],
                                    snnfe_covariance *covariance)
{
    const uint64_t shape[2] = {covariance->n, covariance->n};
    SNNFE_TRY(snnfe_tensors_read(file, names[0], SNNFE_F64, 1, shape, false, covariance->sums));
    return snnfe_tensors_read(file, names[1], SNNFE_F64, 2, shape, false, covariance->products);
}

static snnfe_status read_learned(snnfe_tensors *file, snnfe_control *spare)
{
    SNNFE_TRY(snnfe_records_read(file, &learned_type, spare, 1));
    if ((spare->n_samples > 0) != (spare->stretch.weight > 0) ||
        (spare->n_trials > 0) != (spare->trials.weight > 0))
        return snnfe_fail(SNNFE_ERR_FORMAT, "counts and weights of what was learned do not fit");
    SNNFE_TRY(read_covariance(file, stretch_names, &spare->stretch));
    return read_covariance(file, trials_names, &spare->trials);
}

static void take_over(snnfe_covariance *covariance, snnfe_covariance *from)
{
    const snnfe_covariance old = *covariance;
    *covariance = *from;
    *from = old;
}

static snnfe_status control_restore(snnfe_control *c, const char *path)
{
    static const char call[] = "snnfe_control_restore";
    SNNFE_TRY(snnfe_check_pointer(call, "control", c));
    SNNFE_TRY(snnfe_check_pointer(call, "path", path));
    snnfe_tensors *file = NULL;
    snnfe_control spare = {.shape = c->shape};
    snnfe_status status = snnfe_covariance_make(&spare.stretch, c->stretch.n);
    if (status == SNNFE_OK)
        status = snnfe_covariance_make(&spare.trials, c->trials.n);
    if (status == SNNFE_OK)
        status = snnfe_tensors_open(&file, path);
    if (status == SNNFE_OK)
        status = check_conditions(file, c);
    if (status == SNNFE_OK)
        status = read_learned(file, &spare);
    if (status == SNNFE_OK) {
        take_over(&c->stretch, &spare.stretch);
        take_over(&c->trials, &spare.trials);
        c->n_samples = spare.n_samples;
        c->n_trials = spare.n_trials;
        c->solved = false;
    }
    snnfe_covariance_release(&spare.stretch);
    snnfe_covariance_release(&spare.trials);
    snnfe_tensors_close(file);
    return status == SNNFE_OK
               ? status
               : snnfe_fail_kind(snnfe_fail_prefix(status, "%s", path), path, SNNFE_KIND_CONTROL);
}

snnfe_status snnfe_control_restore(snnfe_control *c, const char *path)
{
    SNNFE_RETURN_COMPUTED(control_restore(c, path));
}
