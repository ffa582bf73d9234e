/* The decoder handle: creation, information, and the exchange of networks. */
#include "decoder/decoder_internal.h"

#include "base/check.h"
#include "base/floating.h"
#include "base/limits.h"
#include "base/memory.h"
#include "base/options.h"
#include "network/softmax.h"

#include <math.h>
#include <string.h>

/* Users of filters are the windows and, behind them, the grid. */
static snnfe_status create_control(snnfe_decoder *d)
{
    const snnfe_signal *s = &d->samples.signal;
    if (s->ocular == SNNFE_OCULAR_NONE && s->alignment == SNNFE_ALIGNMENT_NONE)
        return SNNFE_OK;
    d->terms = snnfe_alloc(snnfe_spatial_terms(&d->inputs.shape), sizeof *d->terms);
    d->older_grid = snnfe_alloc(d->n_positions, sizeof *d->older_grid);
    if (!d->terms || !d->older_grid)
        return SNNFE_ERR_MEMORY;
    const size_t n_envelopes = s->n_bands > 0 ? s->n_channels : 0;
    return snnfe_mixer_make(&d->mixer, &d->inputs.shape, n_envelopes, d->options.n_running + 1);
}

static snnfe_status create_parts(snnfe_decoder *d, const snnfe_network *network)
{
    const snnfe_decoder_options *o = &d->options;
    d->grid = snnfe_alloc(d->n_positions, sizeof *d->grid);
    d->history = snnfe_alloc(o->n_history, snnfe_bands_values(&d->bands) * sizeof *d->history);
    d->pending = snnfe_alloc(o->n_pending, sizeof *d->pending);
    d->pending_logits =
        snnfe_alloc(o->n_pending, network->options.n_classes * sizeof *d->pending_logits);
    d->windows = snnfe_alloc(o->n_running, sizeof *d->windows);
    if (!d->grid || !d->history || !d->pending || !d->pending_logits || !d->windows)
        return SNNFE_ERR_MEMORY;
    SNNFE_TRY(create_control(d));
    for (; d->n_windows < o->n_running; d->n_windows++) {
        const snnfe_status status = snnfe_lane_create(&d->windows[d->n_windows].lane, network);
        if (status != SNNFE_OK) {
            snnfe_lane_release(&d->windows[d->n_windows].lane);
            return status;
        }
    }
    return SNNFE_OK;
}

static void set_numbering(snnfe_decoder *d)
{
    const snnfe_decoder_options *o = &d->options;
    const double hour = 3600 * d->samples.signal.sampling_rate_hz;
    d->numbering = (snnfe_numbering){.longest_bridge = o->longest_gap,
                                     .longest_repeat = o->longest_repeat,
                                     .longest_jump = (uint64_t)fmin(hour, 1e15),
                                     .given = o->counter_bits > 0,
                                     .bits = o->counter_bits};
}

snnfe_decoder_info snnfe_decoder_first_info(const snnfe_decoder *d, size_t n_bytes)
{
    return (snnfe_decoder_info){.struct_size = sizeof d->info,
                                .n_channels = (uint32_t)snnfe_decoder_width(d),
                                .n_sessions = 1,
                                .n_bytes = n_bytes};
}

static snnfe_status make_intake(snnfe_decoder *d)
{
    const bool splines = d->options.repair == SNNFE_REPAIR_SPLINES;
    if (splines)
        SNNFE_TRY(snnfe_patch_make(&d->patch, (const char(*)[SNNFE_NAME_SIZE])d->names,
                                   d->inputs.shape.n_outputs));
    return snnfe_intake_make(&d->intake, &d->options, &d->samples.signal, &d->inputs, &d->common,
                             splines ? &d->patch : NULL);
}

static snnfe_status create(snnfe_decoder **decoder, const snnfe_network *network,
                           const snnfe_decoder_options *options)
{
    size_t n_bytes = 0;
    snnfe_memory_meter(&n_bytes);
    snnfe_decoder *d = snnfe_alloc(1, sizeof *d);
    if (!d)
        return SNNFE_ERR_MEMORY;
    *decoder = d;
    SNNFE_TRY(snnfe_decoder_options_take(&d->options, options));
    SNNFE_TRY(snnfe_decoder_take_signal(d, network, d->options.signal));
    d->options.signal = NULL;
    SNNFE_TRY(snnfe_bands_make(&d->bands, &d->samples.signal, d->inputs.shape.n_inputs));
    d->window_samples = snnfe_envelope_samples(&d->bands.envelope, network->options.n_steps);
    d->measured_at = SNNFE_NOT_MEASURED;
    SNNFE_TRY(snnfe_decoder_options_complete(d));
    SNNFE_TRY(make_intake(d));
    d->network_options = network->options;
    d->n_positions = network->packed->shape.grid_positions;
    SNNFE_TRY(snnfe_decoder_check_signal("snnfe_decoder_create", d, network));
    SNNFE_TRY(create_parts(d, network));
    set_numbering(d);
    atomic_init(&d->offered, network);
    d->info = snnfe_decoder_first_info(d, n_bytes);
    /* Choose the kernels now, so that the first real-time step does not have to. */
    snnfe_kernels_get();
    return SNNFE_OK;
}

static snnfe_status decoder_create(snnfe_decoder **decoder, const snnfe_network *network,
                                   const snnfe_decoder_options *options)
{
    SNNFE_TRY(snnfe_check_pointer("snnfe_decoder_create", "decoder", decoder));
    *decoder = NULL;
    SNNFE_TRY(snnfe_check_pointer("snnfe_decoder_create", "network", network));
    snnfe_decoder *made = NULL;
    const snnfe_status status = create(&made, network, options);
    snnfe_memory_meter(NULL);
    if (status != SNNFE_OK) {
        snnfe_decoder_free(made);
        return status;
    }
    *decoder = made;
    return SNNFE_OK;
}

snnfe_status snnfe_decoder_create(snnfe_decoder **decoder, const snnfe_network *network,
                                  const snnfe_decoder_options *options)
{
    SNNFE_RETURN_COMPUTED(decoder_create(decoder, network, options));
}

void snnfe_decoder_free(snnfe_decoder *d)
{
    if (!d)
        return;
    for (size_t i = 0; i < d->n_windows; i++)
        snnfe_lane_release(&d->windows[i].lane);
    snnfe_provenance_release(&d->samples);
    snnfe_mixer_release(&d->mixer);
    snnfe_patch_release(&d->patch);
    snnfe_release(d->terms);
    snnfe_release(d->older_grid);
    snnfe_release(d->windows);
    snnfe_release(d->grid);
    snnfe_release(d->history);
    snnfe_release(d->pending);
    snnfe_release(d->pending_logits);
    snnfe_release(d);
}

/* --- information ---------------------------------------------------------------------------- */

snnfe_status snnfe_decoder_get_info(const snnfe_decoder *decoder, snnfe_decoder_info *info)
{
    static const char call[] = "snnfe_decoder_get_info";
    SNNFE_TRY(snnfe_check_pointer(call, "decoder", decoder));
    SNNFE_TRY(snnfe_info_check(call, "info", info, sizeof *info));
    snnfe_decoder_info full = decoder->info;
    full.n_nonfinite = decoder->intake.n_nonfinite;
    full.n_saturated = decoder->intake.n_saturated;
    full.n_pending = (uint32_t)decoder->n_pending;
    full.channel_faults = decoder->channel_faults;
    full.channel_names = decoder->names[0][0] ? decoder->name_list : NULL;
    full.grid = decoder->grid;
    full.signal = &decoder->samples.signal;
    full.window_samples = (uint32_t)decoder->window_samples;
    full.n_values = (uint32_t)snnfe_bands_values(&decoder->bands);
    full.n_controls = atomic_load(&decoder->mixer.n_offered);
    full.n_wraps = decoder->numbering.n_wraps;
    full.counter_bits = decoder->numbering.bits;
    full.rms_z = full.n_samples - full.session_first >= decoder->intake.second
                     ? snnfe_intake_rms(&decoder->intake)
                     : (double)NAN;
    for (size_t i = 0; i < decoder->n_windows; i++)
        full.n_running += snnfe_lane_network(&decoder->windows[i].lane) != NULL;
    snnfe_info_give(info, &full, sizeof full);
    return SNNFE_OK;
}

static snnfe_status decoder_peek(const snnfe_decoder *decoder, uint32_t *n_steps,
                                 float *probabilities)
{
    static const char call[] = "snnfe_decoder_peek";
    SNNFE_TRY(snnfe_check_pointer(call, "decoder", decoder));
    SNNFE_TRY(snnfe_check_pointer(call, "n_steps", n_steps));
    const snnfe_lane *oldest = NULL;
    for (size_t i = 0; i < decoder->n_windows; i++) {
        const snnfe_lane *lane = &decoder->windows[i].lane;
        if (snnfe_lane_network(lane) && (!oldest || lane->step > oldest->step))
            oldest = lane;
    }
    *n_steps = oldest ? oldest->step : 0;
    if (!oldest || !probabilities)
        return SNNFE_OK;
    float logits[SNNFE_MAX_CLASSES];
    double softmax[SNNFE_MAX_CLASSES];
    snnfe_lane_decide(oldest, logits, softmax);
    for (size_t c = 0; c < decoder->network_options.n_classes; c++)
        probabilities[c] = (float)softmax[c];
    return SNNFE_OK;
}

snnfe_status snnfe_decoder_peek(const snnfe_decoder *decoder, uint32_t *n_steps,
                                float *probabilities)
{
    SNNFE_RETURN_COMPUTED(decoder_peek(decoder, n_steps, probabilities));
}

/* --- exchange of networks ------------------------------------------------------------------- */

static bool same_sizes(const snnfe_network_options *a, const snnfe_network_options *b)
{
    return a->n_rows == b->n_rows && a->n_columns == b->n_columns && a->n_steps == b->n_steps &&
           a->conv1_channels == b->conv1_channels && a->conv2_channels == b->conv2_channels &&
           a->conv3_channels == b->conv3_channels && a->n_hidden == b->n_hidden &&
           a->n_classes == b->n_classes;
}

/* Whether the constants of the forward pass are the same. Those of training do not matter. */
static bool same_constants(const snnfe_network_options *a, const snnfe_network_options *b)
{
    const float ours[] = {a->threshold, a->adaptive_step, a->adaptive_decay, a->adaptive_floor};
    const float theirs[] = {b->threshold, b->adaptive_step, b->adaptive_decay, b->adaptive_floor};
    for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++)
        if (ours[i] < theirs[i] || ours[i] > theirs[i])
            return false;
    return true;
}

snnfe_status snnfe_decoder_check_network(const char *call, const snnfe_decoder *decoder,
                                         const snnfe_network *network)
{
    if (!same_sizes(&decoder->network_options, &network->options) ||
        !same_constants(&decoder->network_options, &network->options))
        return snnfe_fail(SNNFE_ERR_SHAPE,
                          "%s: the network's configuration is not that of the decoder's", call);
    return snnfe_decoder_check_signal(call, decoder, network);
}

snnfe_status snnfe_decoder_offer(snnfe_decoder *decoder, const snnfe_network *network)
{
    static const char call[] = "snnfe_decoder_offer";
    SNNFE_TRY(snnfe_check_pointer(call, "decoder", decoder));
    SNNFE_TRY(snnfe_check_pointer(call, "network", network));
    SNNFE_TRY(snnfe_decoder_check_network(call, decoder, network));
    atomic_store(&decoder->offered, network);
    return SNNFE_OK;
}

int32_t snnfe_decoder_uses(const snnfe_decoder *decoder, const snnfe_network *network)
{
    if (!decoder || !network)
        return 0;
    if (atomic_load(&decoder->offered) == network)
        return 1;
    for (size_t i = 0; i < decoder->n_windows; i++)
        if (atomic_load(&decoder->windows[i].lane.network) == network)
            return 1;
    return 0;
}
