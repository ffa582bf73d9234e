/* A user's spatial filter for a decoder. */
#include "base/check.h"
#include "base/floating.h"
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

static const char values_name[] = "decoder.control";      /* F32 [n_terms + 1][n_outputs] */
static const char grid_name[] = "decoder.control.grid";   /* F32 [n_positions], the newest sample */
static const char count_name[] = "decoder.control.count"; /* I64 [1] */
static const char envelopes_name[] = "decoder.control.envelopes"; /* F32 [n_channels + 1][n_…] */

static void values_shape(const snnfe_spatial_shape *of, uint64_t shape[2])
{
    shape[0] = snnfe_spatial_terms(of) + 1;
    shape[1] = of->n_outputs;
}

snnfe_status snnfe_decoder_control_add(snnfe_tensor_list *file, const snnfe_decoder *d)
{
    const uint64_t one = 1, n_positions = d->n_positions;
    uint64_t shape[2];
    if (!snnfe_decoder_has_control(d))
        return SNNFE_OK;
    values_shape(&d->mixer.shape, shape);
    uint64_t *count = snnfe_alloc(1, sizeof *count);
    if (!count)
        return SNNFE_ERR_MEMORY;
    *count = atomic_load(&d->mixer.n_offered);
    SNNFE_TRY(snnfe_tensor_list_add_owned(file, count_name, SNNFE_I64, 1, &one, count));
    SNNFE_TRY(snnfe_tensor_list_add(file, grid_name, SNNFE_F32, 1, &n_positions, d->grid));
    const float *values = snnfe_mixer_values(&d->mixer);
    SNNFE_TRY(snnfe_tensor_list_add(file, values_name, SNNFE_F32, 2, shape, values));
    if (d->bands.envelope.n_bands == 0)
        return SNNFE_OK;
    values += shape[0] * shape[1];
    values_shape(&d->mixer.envelopes, shape);
    return snnfe_tensor_list_add(file, envelopes_name, SNNFE_F32, 2, shape, values);
}

snnfe_status snnfe_decoder_control_read(snnfe_tensors *file, snnfe_decoder *d)
{
    const uint64_t one = 1, n_positions = d->n_positions;
    uint64_t shape[2], count = 0;
    if (!snnfe_decoder_has_control(d))
        return SNNFE_OK;
    values_shape(&d->mixer.shape, shape);
    SNNFE_TRY(snnfe_tensors_read(file, count_name, SNNFE_I64, 1, &one, false, &count));
    SNNFE_TRY(snnfe_tensors_read(file, grid_name, SNNFE_F32, 1, &n_positions, false, d->grid));
    atomic_store(&d->mixer.n_offered, count);
    float *values = snnfe_mixer_values(&d->mixer);
    SNNFE_TRY(snnfe_tensors_read(file, values_name, SNNFE_F32, 2, shape, false, values));
    if (d->bands.envelope.n_bands == 0)
        return SNNFE_OK;
    values += shape[0] * shape[1];
    values_shape(&d->mixer.envelopes, shape);
    return snnfe_tensors_read(file, envelopes_name, SNNFE_F32, 2, shape, false, values);
}

bool snnfe_decoder_control_is_newest(const snnfe_decoder *d, size_t index)
{
    return !snnfe_decoder_has_control(d) ||
           snnfe_mixer_of(&d->mixer, index) == atomic_load(&d->mixer.offered);
}

void snnfe_decoder_control_take_over(snnfe_decoder *d, const snnfe_decoder *from)
{
    if (!snnfe_decoder_has_control(d))
        return;
    snnfe_mixer_put(&d->mixer, snnfe_mixer_values(&from->mixer));
    atomic_store(&d->mixer.n_offered, atomic_load(&from->mixer.n_offered));
    for (size_t i = 0; i < d->n_windows; i++) {
        snnfe_mixer_leave(&d->mixer, i);
        if (snnfe_lane_network(&d->windows[i].lane))
            snnfe_mixer_take(&d->mixer, i);
    }
    snnfe_mixer_take(&d->mixer, d->n_windows);
}
