/* Whether a decoder's samples are what its network was trained on. */
#include "base/format.h"
#include "decoder/decoder_internal.h"
#include "network/network_internal.h"
#include "network/signal_match.h"

#include <string.h>

/* What the options say of the samples; edges of 0 say that they come filtered, not how. */
static snnfe_signal describe(const snnfe_decoder_options *o, const int32_t *rows,
                             const int32_t *columns, const char *const *names)
{
    const bool filters = o->filter_low_hz > 0 || o->filter_high_hz > 0;
    return (snnfe_signal){
        .struct_size = sizeof(snnfe_signal),
        .n_channels = (uint32_t)o->n_channels,
        .filter_order = o->filter_order,
        .sampling_rate_hz = o->sampling_rate_hz,
        .filter_low_hz = o->filter_low_hz,
        .filter_high_hz = o->filter_high_hz,
        .filter_kind = filters ? SNNFE_FILTER_CAUSAL : SNNFE_FILTER_UNKNOWN,
        .channel_rows = rows,
        .channel_columns = columns,
        .channel_names = snnfe_names_said(names, o->n_channels, "channel"),
    };
}

/* Only the default channels have names without being given any. */
static const char *const *names_of(const snnfe_decoder *d, const char *own[SNNFE_MAX_CHANNELS])
{
    if (d->options.channel_names)
        return d->options.channel_names;
    for (size_t c = 0; c < SNNFE_MAX_CHANNELS; c++)
        own[c] = d->names[c];
    return d->options.channel_rows ? NULL : own;
}

snnfe_status snnfe_decoder_keep_signal(snnfe_decoder *d, uint32_t n_classes, const int32_t *rows,
                                       const int32_t *columns)
{
    const snnfe_decoder_options *o = &d->options;
    double mean[SNNFE_MAX_CHANNELS] = {0}, std[SNNFE_MAX_CHANNELS];
    const char *own[SNNFE_MAX_CHANNELS];
    if (o->class_names && o->n_class_names != n_classes)
        return snnfe_fail(SNNFE_ERR_SHAPE,
                          "snnfe_decoder_options.n_class_names is %u, the network has %u classes",
                          (unsigned)o->n_class_names, (unsigned)n_classes);
    for (size_t c = 0; c < SNNFE_MAX_CHANNELS; c++)
        std[c] = 1;
    snnfe_signal signal = describe(o, rows, columns, names_of(d, own));
    signal.n_classes = n_classes;
    signal.class_names = snnfe_names_said(o->class_names, n_classes, "class");
    signal.channel_mean_uv = mean;
    signal.channel_std_uv = std;
    return snnfe_provenance_set_signal(&d->samples, &signal);
}

static bool differs(const snnfe_decoder *d, const snnfe_network *network, snnfe_difference *found)
{
    const snnfe_signal *known = &network->provenance.signal;
    return known->n_channels > 0 && snnfe_live_signal_differs(&d->samples.signal, known, found);
}

snnfe_status snnfe_decoder_check_signal(const char *call, const snnfe_decoder *d,
                                        const snnfe_network *network)
{
    snnfe_difference found;
    if (d->options.allow_mismatch || !differs(d, network, &found))
        return SNNFE_OK;
    return snnfe_fail(SNNFE_ERR_SHAPE,
                      "%s: %s is %s in the decoder, %s in what the network was trained on "
                      "(allow_mismatch goes on all the same)",
                      call, found.field, found.given, found.known);
}

int32_t snnfe_decoder_mismatch(const snnfe_decoder *decoder, const snnfe_network *network,
                               char *text, size_t size)
{
    snnfe_difference found;
    if (!decoder || !network || !differs(decoder, network, &found))
        return 0;
    if (text && size > 0)
        snnfe_format(text, size, "%s is %s in the decoder, %s in what the network was trained on",
                     found.field, found.given, found.known);
    return 1;
}
