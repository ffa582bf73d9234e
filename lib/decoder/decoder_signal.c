/* What a decoder's samples are, and whether its network was trained on that. */
#include "base/check.h"
#include "base/format.h"
#include "base/options.h"
#include "base/utf8.h"
#include "dataset/montage.h"
#include "decoder/decoder_internal.h"
#include "network/network_internal.h"
#include "network/signal_match.h"
#include "signal/envelope.h"
#include "signal/notch.h"

#include <string.h>

static const char struct_name[] = "snnfe_signal";

const snnfe_signal snnfe_decoder_default_signal = {
    .struct_size = sizeof(snnfe_signal),
    .n_channels = SNNFE_MAX_CHANNELS,
    .filter_order = 2,
    .sampling_rate_hz = 160,
    .filter_low_hz = 0.1,
    .filter_high_hz = 79,
    .filter_kind = SNNFE_FILTER_CAUSAL,
};

/* A signal with arrays for what its caller left out. */
typedef struct complete {
    snnfe_signal signal;
    snnfe_montage montage;
    const char *names[SNNFE_MAX_CHANNELS];
    double mean[SNNFE_MAX_CHANNELS], std[SNNFE_MAX_CHANNELS];
} complete;

/* Edges of 0 without a notch say that samples come filtered, not how. */
static void fill_numbers(snnfe_signal *s, const snnfe_network_options *network)
{
    s->filter_kind = snnfe_signal_is_filtered(s) ? SNNFE_FILTER_CAUSAL : SNNFE_FILTER_UNKNOWN;
    snnfe_signal_fill_notch(s);
    if (s->filter_order == 0)
        s->filter_order = snnfe_decoder_default_signal.filter_order;
    if (!(s->sampling_rate_hz < 0 || s->sampling_rate_hz > 0))
        s->sampling_rate_hz = snnfe_decoder_default_signal.sampling_rate_hz;
    if (s->n_channels == 0)
        s->n_channels = SNNFE_MAX_CHANNELS;
    if (s->n_classes == 0)
        s->n_classes = network->n_classes;
}

static snnfe_status check_parts(const snnfe_signal *s)
{
    SNNFE_TRY(snnfe_check_count(struct_name, ".n_channels", s->n_channels, 0, SNNFE_MAX_CHANNELS));
    if (!s->channel_rows != !s->channel_columns)
        return snnfe_fail_null(struct_name, s->channel_rows ? ".channel_columns" : ".channel_rows");
    if (!s->channel_rows && s->n_channels != 0 && s->n_channels != SNNFE_MAX_CHANNELS)
        return snnfe_fail(SNNFE_ERR_ARGUMENT,
                          "snnfe_signal.n_channels is %u: %d channels without places",
                          (unsigned)s->n_channels, SNNFE_MAX_CHANNELS);
    if (s->class_names && s->n_classes == 0)
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "snnfe_signal: class_names need n_classes");
    return SNNFE_OK;
}

/* Names of the 64 default channels need not be given. */
static snnfe_status fill_channels(complete *c, const snnfe_network_options *network)
{
    snnfe_montage *m = &c->montage;
    snnfe_signal *s = &c->signal;
    snnfe_montage_eegmmidb(m);
    m->channels.n = s->n_channels;
    m->n_rows = network->n_rows;
    m->n_columns = network->n_columns;
    for (size_t i = 0; s->channel_rows && i < s->n_channels; i++) {
        m->rows[i] = s->channel_rows[i];
        m->columns[i] = s->channel_columns[i];
    }
    if (snnfe_montage_check(m, "snnfe_signal.channel_rows") != SNNFE_OK)
        return SNNFE_ERR_SHAPE;
    if (s->channel_names)
        SNNFE_TRY(snnfe_channels_take(&m->channels, s->channel_names, s->n_channels,
                                      "snnfe_signal.channel_names"));
    else if (s->channel_rows)
        memset(m->channels.names, 0, sizeof m->channels.names);
    for (size_t i = 0; i < s->n_channels; i++)
        c->names[i] = m->channels.names[i];
    if (!s->channel_names && !s->channel_rows)
        s->channel_names = c->names;
    s->channel_rows = m->rows;
    s->channel_columns = m->columns;
    return SNNFE_OK;
}

static void fill_statistics(complete *c)
{
    snnfe_signal *s = &c->signal;
    for (size_t i = 0; i < s->n_channels; i++) {
        c->mean[i] = s->channel_mean_uv ? s->channel_mean_uv[i] : 0;
        c->std[i] = s->channel_std_uv ? s->channel_std_uv[i] : 1;
    }
    s->channel_mean_uv = c->mean;
    s->channel_std_uv = c->std;
}

/* Of envelopes the electrodes that they are of: "C3" of "C3@1". */
static snnfe_status name_inputs(snnfe_decoder *d, const snnfe_channels *channels)
{
    const snnfe_signal *s = &d->samples.signal;
    const size_t n = d->inputs.shape.n_outputs;
    memcpy(d->names, channels->names, n * sizeof d->names[0]);
    for (size_t i = 0; i < n; i++) {
        char *mark = s->n_bands > 0 ? strrchr(d->names[i], '@') : NULL;
        if (mark)
            *mark = '\0';
    }
    for (size_t i = n; i < d->inputs.shape.n_inputs; i++)
        snnfe_channel_name_plain(s->reference_names[d->inputs.reference[i]], d->names[i]);
    SNNFE_TRY(snnfe_common_reference_make(&d->common, s->rereference, &d->inputs,
                                          (const char(*)[SNNFE_NAME_SIZE])d->names));
    memcpy(d->names[d->inputs.shape.n_inputs], d->common.besides.names,
           d->common.besides.n * sizeof d->names[0]);
    for (size_t i = 0; i < snnfe_decoder_width(d); i++)
        d->name_list[i] = d->names[i];
    return SNNFE_OK;
}

snnfe_status snnfe_decoder_take_signal(snnfe_decoder *d, const snnfe_network *network,
                                       const snnfe_signal *signal)
{
    const snnfe_network_options *o = &network->options;
    complete c;
    SNNFE_TRY(snnfe_options_adopt(&c.signal, &snnfe_decoder_default_signal, sizeof c.signal, signal,
                                  struct_name));
    SNNFE_TRY(check_parts(&c.signal));
    fill_numbers(&c.signal, o);
    if (c.signal.n_classes != o->n_classes)
        return snnfe_fail(SNNFE_ERR_SHAPE, "snnfe_signal.n_classes is %u, the network has %u",
                          (unsigned)c.signal.n_classes, (unsigned)o->n_classes);
    SNNFE_TRY(fill_channels(&c, o));
    fill_statistics(&c);
    SNNFE_TRY(snnfe_signal_check_envelope(&c.signal));
    SNNFE_TRY(snnfe_provenance_set_signal(&d->samples, &c.signal));
    SNNFE_TRY(snnfe_inputs_find(&d->inputs, &d->samples.signal));
    SNNFE_TRY(name_inputs(d, &c.montage.channels));
    for (size_t i = 0; i < c.signal.n_channels; i++)
        d->place[i] = (size_t)c.montage.rows[i] * o->n_columns + (size_t)c.montage.columns[i];
    return SNNFE_OK;
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
    char words[SNNFE_MESSAGE_SIZE];
    snnfe_format(words, sizeof words,
                 "%s is %s in the decoder, %s in what the network was trained on", found.field,
                 found.given, found.known);
    if (text && size > 0)
        snnfe_utf8_show(text, size, words);
    return 1;
}
