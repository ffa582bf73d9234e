#include "dataset/cleaning.h"

#include "base/check.h"
#include "base/format.h"
#include "base/memory.h"
#include "signal/ocular.h"

#include <string.h>

static const char struct_name[] = "snnfe_dataset_options";

/* Stand-ins for an electro-oculogram where there is none. */
static const char *const frontal[] = {"FP1", "FPZ", "FP2", "AF7", "AF3", "AFZ",
                                      "AF4", "AF8", "F7",  "F8",  "FT7", "FT8"};

/* --- what is read --------------------------------------------------------------------------- */

static bool is_among(const snnfe_channels *channels, const char *name)
{
    for (size_t c = 0; c < channels->n; c++)
        if (strcmp(channels->names[c], name) == 0)
            return true;
    return false;
}

static void move_channel(snnfe_montage *m, size_t from, size_t to)
{
    memmove(m->channels.names[to], m->channels.names[from], SNNFE_NAME_SIZE);
    m->rows[to] = m->rows[from];
    m->columns[to] = m->columns[from];
}

static snnfe_status drop_references(const snnfe_cleaning *cleaning, snnfe_montage *m, bool keeps)
{
    size_t n = 0;
    for (size_t c = 0; c < m->channels.n; c++) {
        const char *name = m->channels.names[c];
        if ((keeps || !is_among(&cleaning->references, name)) &&
            !snnfe_common_reference_names(cleaning->rereference, name))
            move_channel(m, c, n++);
    }
    m->channels.n = n;
    return n > 0 ? SNNFE_OK
                 : snnfe_fail(SNNFE_ERR_ARGUMENT,
                              "%s: every channel is a reference, and none is left to decode "
                              "(reference_names, keep_references, rereference)",
                              struct_name);
}

/* Lay out the inputs; the signal's own words say what does not fit. */
static snnfe_status lay_out_inputs(snnfe_cleaning *cleaning, const snnfe_montage *montage,
                                   const snnfe_dataset_options *o)
{
    const char *channels[SNNFE_MAX_CHANNELS], *references[SNNFE_MAX_CHANNELS];
    for (size_t c = 0; c < SNNFE_MAX_CHANNELS; c++) {
        channels[c] = montage->channels.names[c];
        references[c] = cleaning->references.names[c];
    }
    const snnfe_signal signal = {.n_channels = (uint32_t)montage->channels.n,
                                 .channel_names = channels,
                                 .ocular = o->ocular,
                                 .n_lags = o->n_lags,
                                 .n_references = (uint32_t)cleaning->references.n,
                                 .reference_names = references};
    SNNFE_TRY(snnfe_inputs_find(&cleaning->layout, &signal));
    const size_t n_inputs = cleaning->layout.shape.n_inputs;
    cleaning->inputs = montage->channels;
    for (; cleaning->inputs.n < n_inputs; cleaning->inputs.n++)
        memcpy(cleaning->inputs.names[cleaning->inputs.n],
               references[cleaning->layout.reference[cleaning->inputs.n]], SNNFE_NAME_SIZE);
    return SNNFE_OK;
}

static snnfe_status lay_out(snnfe_cleaning *cleaning, const snnfe_montage *montage,
                            const snnfe_dataset_options *o)
{
    snnfe_channels *inputs = &cleaning->inputs;
    const snnfe_channels *besides = &cleaning->common.besides;
    SNNFE_TRY(lay_out_inputs(cleaning, montage, o));
    SNNFE_TRY(snnfe_common_reference_make(&cleaning->common, cleaning->rereference,
                                          &cleaning->layout,
                                          (const char(*)[SNNFE_NAME_SIZE])inputs->names));
    memcpy(inputs->names[inputs->n], besides->names, besides->n * sizeof besides->names[0]);
    inputs->n += besides->n;
    return SNNFE_OK;
}

snnfe_status snnfe_cleaning_make(snnfe_cleaning *cleaning, snnfe_montage *montage,
                                 const snnfe_dataset_options *o)
{
    SNNFE_TRY(snnfe_check_choice(struct_name, ".ocular", o->ocular, 2, "NONE or REGRESSION"));
    SNNFE_TRY(snnfe_check_switch(struct_name, ".keep_references", o->keep_references));
    SNNFE_TRY(snnfe_check_count(struct_name, ".n_lags", o->n_lags, 0, SNNFE_MOST_LAGS));
    if (o->ocular != SNNFE_OCULAR_NONE) {
        const size_t n = o->reference_names ? o->n_references : sizeof frontal / sizeof frontal[0];
        SNNFE_TRY(snnfe_check_count(struct_name, ".n_references", n, 1, SNNFE_MAX_CHANNELS));
        SNNFE_TRY(snnfe_channels_take(&cleaning->references,
                                      o->reference_names ? o->reference_names : frontal, n,
                                      "snnfe_dataset_options.reference_names"));
    }
    SNNFE_TRY(snnfe_rereference_take(cleaning->rereference, o->rereference, SIZE_MAX,
                                     "snnfe_dataset_options.rereference"));
    SNNFE_TRY(drop_references(cleaning, montage, o->keep_references != 0));
    return lay_out(cleaning, montage, o);
}

/* --- the common reference ------------------------------------------------------------------- */

static bool is_flat(const float *x, size_t n)
{
    for (size_t t = 1; t < n; t++)
        if (x[t] < x[0] || x[t] > x[0])
            return false;
    return true;
}

void snnfe_cleaning_find_flat(const snnfe_cleaning *cleaning, snnfe_recording *r)
{
    for (size_t c = 0; c < r->n_channels; c++)
        if (cleaning->common.from >> c & 1 && is_flat(r->samples + c * r->n_samples, r->n_samples))
            r->doubtful |= UINT64_C(1) << c;
}

static snnfe_status tell_silent(const snnfe_cleaning *cleaning, uint64_t silent, const char *name,
                                snnfe_text *notes)
{
    char names[400] = "";
    for (size_t c = 0; c < cleaning->inputs.n; c++)
        if (silent >> c & 1)
            snnfe_list_name(names, sizeof names, cleaning->inputs.names[c]);
    if (silent == cleaning->common.from)
        return snnfe_fail(SNNFE_ERR_ARGUMENT,
                          "no electrode is left for the reference (rereference): %s are bad, flat "
                          "or absent",
                          names);
    snnfe_text_append(notes,
                      "%s: the reference is made without %s, which are bad, flat or absent\n", name,
                      names);
    return notes->failed ? SNNFE_ERR_MEMORY : SNNFE_OK;
}

snnfe_status snnfe_cleaning_rereference(const snnfe_cleaning *cleaning, const char *name,
                                        snnfe_recording *r)
{
    const snnfe_common_reference *common = &cleaning->common;
    if (common->from == 0)
        return SNNFE_OK;
    const uint64_t silent = common->from & r->doubtful;
    if (silent)
        SNNFE_TRY(tell_silent(cleaning, silent, name, &r->notes));
    SNNFE_TRY(snnfe_rereference_run(r->samples, r->n_samples, common->from & ~silent, common->to));
    r->n_channels = (uint32_t)cleaning->layout.shape.n_inputs;
    return SNNFE_OK;
}

/* --- the regression ------------------------------------------------------------------------- */

static snnfe_status check_flat(const snnfe_cleaning *cleaning, uint64_t flat)
{
    for (size_t r = 0; r < cleaning->references.n; r++)
        if (flat >> r & 1)
            return snnfe_fail(SNNFE_ERR_ARGUMENT,
                              "reference \"%s\" is flat: it says nothing of the eyes, leave it out "
                              "of reference_names",
                              cleaning->references.names[r]);
    return SNNFE_OK;
}

static snnfe_status solve(const snnfe_cleaning *cleaning, const snnfe_samples *samples,
                          snnfe_spatial_filter *filter)
{
    const snnfe_spatial_shape *shape = &cleaning->layout.shape;
    if (samples->n <= shape->n_lags)
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "%zu samples are too few for %zu lags", samples->n,
                          shape->n_lags);
    snnfe_covariance covariance;
    uint64_t flat = 0;
    snnfe_status status = snnfe_covariance_make(&covariance, snnfe_spatial_terms(shape));
    if (status == SNNFE_OK) {
        snnfe_covariance_add(&covariance, shape, samples, shape->n_lags, 1);
        status = snnfe_ocular_solve(filter, shape, &covariance, &flat);
    }
    snnfe_covariance_release(&covariance);
    return status == SNNFE_OK ? check_flat(cleaning, flat) : status;
}

/* Channels from the filter, other references as they are. */
static void clean(const snnfe_spatial_shape *shape, const snnfe_samples *samples,
                  const snnfe_spatial_filter *filter, float *cleaned)
{
    const size_t n_outputs = shape->n_outputs, n_others = shape->n_inputs - n_outputs;
    snnfe_spatial_filter_run(filter, shape, samples, cleaned);
    memcpy(cleaned + n_outputs * samples->n, samples->values + n_outputs * samples->n,
           n_others * samples->n * sizeof *cleaned);
}

snnfe_status snnfe_cleaning_run(const snnfe_cleaning *cleaning, snnfe_recording *r)
{
    const snnfe_spatial_shape *shape = &cleaning->layout.shape;
    const snnfe_samples samples = {r->samples, r->n_samples, 1, r->n_samples};
    if (cleaning->references.n == 0)
        return SNNFE_OK;
    float *cleaned = snnfe_alloc_raw(shape->n_inputs * r->n_samples, sizeof *cleaned);
    snnfe_spatial_filter filter = {0};
    snnfe_status status = cleaned ? SNNFE_OK : SNNFE_ERR_MEMORY;
    if (status == SNNFE_OK)
        status = snnfe_spatial_filter_make(&filter, shape);
    if (status == SNNFE_OK)
        status = solve(cleaning, &samples, &filter);
    if (status == SNNFE_OK) {
        clean(shape, &samples, &filter, cleaned);
        snnfe_release(r->samples);
        r->samples = cleaned;
        cleaned = NULL;
    }
    snnfe_spatial_filter_release(&filter);
    snnfe_release(cleaned);
    return status;
}
