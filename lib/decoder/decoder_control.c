/* A user's spatial filter for a decoder. */
#include "base/check.h"
#include "base/floating.h"
#include "base/format.h"
#include "base/memory.h"
#include "decoder/decoder_internal.h"
#include "signal/control_internal.h"

#include <string.h>

static bool same_shape(const snnfe_spatial_shape *a, const snnfe_spatial_shape *b)
{
    return a->n_inputs == b->n_inputs && a->n_outputs == b->n_outputs && a->n_lags == b->n_lags &&
           a->n_references == b->n_references &&
           memcmp(a->references, b->references, a->n_references * sizeof a->references[0]) == 0;
}

static bool same_kind(const snnfe_decoder *d, const snnfe_control *control)
{
    const snnfe_signal *s = &d->samples.signal;
    return control->ocular == s->ocular && control->alignment == s->alignment &&
           control->envelopes.of.hash == d->bands.envelope.hash &&
           same_shape(&control->shape, &d->inputs.shape);
}

static snnfe_status decoder_offer_control(snnfe_decoder *d, snnfe_control *control)
{
    static const char call[] = "snnfe_decoder_offer_control";
    SNNFE_TRY(snnfe_check_pointer(call, "decoder", d));
    SNNFE_TRY(snnfe_check_pointer(call, "control", control));
    if (!same_kind(d, control))
        return snnfe_fail(SNNFE_ERR_SHAPE,
                          "%s: the control is of another kind, or of other channels, references or "
                          "bands, than the decoder's signal says",
                          call);
    SNNFE_TRY(snnfe_control_solve(control));
    snnfe_mixer_offer(&d->mixer, &control->filter, &control->envelopes.filter);
    return SNNFE_OK;
}

snnfe_status snnfe_decoder_offer_control(snnfe_decoder *d, snnfe_control *control)
{
    SNNFE_RETURN_COMPUTED(decoder_offer_control(d, control));
}

/* --- files ---------------------------------------------------------------------------------- */

#define NAME_SIZE 64

static const char values_name[] = "decoder.control";      /* of the filter in force */
static const char grid_name[] = "decoder.control.grid";   /* F32 [n_positions], the newest sample */
static const char count_name[] = "decoder.control.count"; /* I64 [1] */

/* Of the older one that a window runs with. */
static void window_name(char name[NAME_SIZE], size_t window)
{
    snnfe_format(name, NAME_SIZE, "decoder.control.window.%zu", window);
}

static bool is_older(const snnfe_decoder *d, size_t window)
{
    return snnfe_lane_network(&d->windows[window].lane) &&
           snnfe_mixer_of(&d->mixer, window) != atomic_load(&d->mixer.offered);
}

static snnfe_status add_values(snnfe_tensor_list *file, const snnfe_decoder *d, const char *name,
                               const float *values)
{
    const uint64_t size = snnfe_mixer_size(&d->mixer);
    return snnfe_tensor_list_add(file, name, SNNFE_F32, 1, &size, values);
}

snnfe_status snnfe_decoder_control_add(snnfe_tensor_list *file, const snnfe_decoder *d)
{
    const uint64_t one = 1, n_positions = d->n_positions;
    if (!snnfe_decoder_has_control(d))
        return SNNFE_OK;
    uint64_t *count = snnfe_alloc(1, sizeof *count);
    if (!count)
        return SNNFE_ERR_MEMORY;
    *count = atomic_load(&d->mixer.n_offered);
    SNNFE_TRY(snnfe_tensor_list_add_owned(file, count_name, SNNFE_I64, 1, &one, count));
    SNNFE_TRY(snnfe_tensor_list_add(file, grid_name, SNNFE_F32, 1, &n_positions, d->grid));
    SNNFE_TRY(add_values(file, d, values_name, snnfe_mixer_values(&d->mixer)));
    for (size_t i = 0; i < d->n_windows; i++) {
        char name[NAME_SIZE];
        window_name(name, i);
        if (is_older(d, i))
            SNNFE_TRY(add_values(file, d, name, snnfe_mixer_of(&d->mixer, i)->offset));
    }
    return SNNFE_OK;
}

/* Put a filter of the file in force. */
static snnfe_status read_values(snnfe_tensors *file, snnfe_decoder *d, const char *name)
{
    const uint64_t size = snnfe_mixer_size(&d->mixer);
    float *values = snnfe_alloc(size, sizeof *values);
    if (!values)
        return SNNFE_ERR_MEMORY;
    const snnfe_status status = snnfe_tensors_read(file, name, SNNFE_F32, 1, &size, false, values);
    if (status == SNNFE_OK)
        snnfe_mixer_put(&d->mixer, values);
    snnfe_release(values);
    return status;
}

snnfe_status snnfe_decoder_control_read(snnfe_tensors *file, snnfe_decoder *d)
{
    const uint64_t one = 1, n_positions = d->n_positions;
    uint64_t count = 0;
    if (!snnfe_decoder_has_control(d))
        return SNNFE_OK;
    SNNFE_TRY(snnfe_tensors_read(file, count_name, SNNFE_I64, 1, &one, false, &count));
    SNNFE_TRY(snnfe_tensors_read(file, grid_name, SNNFE_F32, 1, &n_positions, false, d->grid));
    atomic_store(&d->mixer.n_offered, count);
    for (size_t i = 0; i < d->n_windows; i++) {
        char name[NAME_SIZE];
        window_name(name, i);
        if (!snnfe_tensors_find(file, name))
            continue;
        SNNFE_TRY(read_values(file, d, name));
        snnfe_mixer_take(&d->mixer, i);
    }
    return read_values(file, d, values_name);
}

/* The windows' own filters first, so that the newest is in force in the end. */
void snnfe_decoder_control_take_over(snnfe_decoder *d, const snnfe_decoder *from)
{
    if (!snnfe_decoder_has_control(d))
        return;
    for (size_t i = 0; i < d->n_windows; i++) {
        const snnfe_mix *own = snnfe_mixer_of(&from->mixer, i);
        snnfe_mixer_leave(&d->mixer, i);
        if (!own || !snnfe_lane_network(&d->windows[i].lane))
            continue;
        snnfe_mixer_put(&d->mixer, own->offset);
        snnfe_mixer_take(&d->mixer, i);
    }
    snnfe_mixer_put(&d->mixer, snnfe_mixer_values(&from->mixer));
    atomic_store(&d->mixer.n_offered, atomic_load(&from->mixer.n_offered));
    for (size_t i = 0; i < d->n_windows; i++)
        if (snnfe_lane_network(&d->windows[i].lane) && !snnfe_mixer_of(&d->mixer, i))
            snnfe_mixer_take(&d->mixer, i);
    snnfe_mixer_take(&d->mixer, d->n_windows);
}
