/* In what two signals differ. */
#include "network/signal_match.h"

#include "base/format.h"

#include <stdarg.h>
#include <string.h>

/* Append to what is said; the end of what does not fit becomes "…". */
static void say(char text[SNNFE_DIFFERENCE_SIZE], const char *format, ...) SNNFE_PRINTF(2, 3);
static void say(char text[SNNFE_DIFFERENCE_SIZE], const char *format, ...)
{
    static const char mark[] = "…";
    const size_t used = strlen(text);
    va_list arguments;
    va_start(arguments, format);
    const int n = snnfe_vformat(text + used, SNNFE_DIFFERENCE_SIZE - used, format, arguments);
    va_end(arguments);
    if (used + (size_t)n >= SNNFE_DIFFERENCE_SIZE)
        memcpy(text + SNNFE_DIFFERENCE_SIZE - sizeof mark, mark, sizeof mark);
}

static bool is_numbered(const char *name, const char *kind, size_t number)
{
    char numbered[32];
    snnfe_format(numbered, sizeof numbered, "%s %zu", kind, number);
    return !name || strcmp(name, numbered) == 0;
}

static const char *const *names_said(const char *const *names, size_t n, const char *kind)
{
    for (size_t i = 0; names && i < n; i++)
        if (!is_numbered(names[i], kind, i))
            return names;
    return NULL;
}

snnfe_signal snnfe_signal_said(const snnfe_signal *signal)
{
    snnfe_signal said = *signal;
    said.channel_names = names_said(signal->channel_names, signal->n_channels, "channel");
    said.class_names = names_said(signal->class_names, signal->n_classes, "class");
    return said;
}

static bool numbers_differ(double a, double b)
{
    const double larger = a > b ? a : b, smaller = a > b ? b : a;
    return larger - smaller > 1e-9 * larger;
}

static bool find_rate(const snnfe_signal *d, const snnfe_signal *n, snnfe_difference *found)
{
    if (!numbers_differ(d->sampling_rate_hz, n->sampling_rate_hz))
        return false;
    snnfe_format(found->field, sizeof found->field, "the sampling rate");
    snnfe_format(found->given, SNNFE_DIFFERENCE_SIZE, "%g Hz", d->sampling_rate_hz);
    snnfe_format(found->known, SNNFE_DIFFERENCE_SIZE, "%g Hz", n->sampling_rate_hz);
    return true;
}

/* Edges and notch, and with `exact` how it was filtered. */
static void filter_text(const snnfe_signal *s, bool exact, char text[SNNFE_DIFFERENCE_SIZE])
{
    const bool band = numbers_differ(s->filter_low_hz, 0) || numbers_differ(s->filter_high_hz, 0);
    const bool notch = numbers_differ(s->notch_hz, 0);
    text[0] = '\0';
    if (band)
        say(text, "%g to %g Hz", s->filter_low_hz, s->filter_high_hz);
    else
        say(text, "none");
    if (exact && s->filter_kind == SNNFE_FILTER_CAUSAL)
        say(text, ", causal of order %u", (unsigned)s->filter_order);
    else if (exact && (band || notch))
        say(text, ", zero phase");
    if (notch)
        say(text, ", notch at %g Hz, %g Hz wide", s->notch_hz, s->notch_width_hz);
}

static bool find_filter(const snnfe_signal *d, const snnfe_signal *n, bool exact,
                        snnfe_difference *found)
{
    if (d->filter_kind == SNNFE_FILTER_UNKNOWN || n->filter_kind == SNNFE_FILTER_UNKNOWN)
        return false;
    snnfe_format(found->field, sizeof found->field, "the filter");
    filter_text(d, exact, found->given);
    filter_text(n, exact, found->known);
    return strcmp(found->given, found->known) != 0;
}

static void electrode_text(const snnfe_signal *s, size_t channel, char text[SNNFE_DIFFERENCE_SIZE])
{
    if (channel == s->n_channels)
        snnfe_format(text, SNNFE_DIFFERENCE_SIZE, "none");
    else if (s->channel_names)
        snnfe_format(text, SNNFE_DIFFERENCE_SIZE, "\"%s\"", s->channel_names[channel]);
    else
        snnfe_format(text, SNNFE_DIFFERENCE_SIZE, "channel %zu", channel);
}

static size_t channel_at(const snnfe_signal *s, int32_t row, int32_t column)
{
    size_t c = 0;
    while (c < s->n_channels && (s->channel_rows[c] != row || s->channel_columns[c] != column))
        c++;
    return c;
}

/* Another electrode, or none, where `of` has one. */
static bool find_electrode_of(const snnfe_signal *of, const snnfe_signal *d, const snnfe_signal *n,
                              snnfe_difference *found)
{
    for (size_t c = 0; c < of->n_channels; c++) {
        const int32_t row = of->channel_rows[c], column = of->channel_columns[c];
        const size_t data = channel_at(d, row, column), network = channel_at(n, row, column);
        const bool both = data < d->n_channels && network < n->n_channels;
        if (both && (!d->channel_names || !n->channel_names ||
                     snnfe_same_label(d->channel_names[data], n->channel_names[network])))
            continue;
        snnfe_format(found->field, sizeof found->field, "the electrode at row %d, column %d",
                     (int)row, (int)column);
        electrode_text(d, data, found->given);
        electrode_text(n, network, found->known);
        return true;
    }
    return false;
}

static bool find_electrode(const snnfe_signal *d, const snnfe_signal *n, snnfe_difference *found)
{
    return find_electrode_of(d, d, n, found) || find_electrode_of(n, d, n, found);
}

static bool find_class(const snnfe_signal *d, const snnfe_signal *n, snnfe_difference *found)
{
    for (size_t k = 0; d->class_names && n->class_names && k < d->n_classes && k < n->n_classes;
         k++) {
        if (strcmp(d->class_names[k], n->class_names[k]) == 0)
            continue;
        snnfe_format(found->field, sizeof found->field, "class %zu", k);
        snnfe_format(found->given, SNNFE_DIFFERENCE_SIZE, "\"%s\"", d->class_names[k]);
        snnfe_format(found->known, SNNFE_DIFFERENCE_SIZE, "\"%s\"", n->class_names[k]);
        return true;
    }
    return false;
}

static const char *rereference_text(const snnfe_signal *s)
{
    return s->rereference[0] ? s->rereference : "that of the recordings";
}

static bool find_rereference(const snnfe_signal *d, const snnfe_signal *n, snnfe_difference *found)
{
    if (strcmp(d->rereference, n->rereference) == 0)
        return false;
    snnfe_format(found->field, sizeof found->field, "the reference");
    found->given[0] = found->known[0] = '\0';
    say(found->given, "%s", rereference_text(d));
    say(found->known, "%s", rereference_text(n));
    return true;
}

static void ocular_text(const snnfe_signal *s, char text[SNNFE_DIFFERENCE_SIZE])
{
    const bool none = s->ocular == SNNFE_OCULAR_NONE;
    text[0] = '\0';
    say(text, "%s", none ? "none" : "regression of");
    for (size_t r = 0; !none && r < s->n_references; r++)
        say(text, "%s %s", r ? "," : "", s->reference_names[r]);
    if (!none && s->n_lags > 0)
        say(text, ", %u lags", (unsigned)s->n_lags);
}

static bool same_references(const snnfe_signal *a, const snnfe_signal *b)
{
    if (a->ocular != b->ocular)
        return false;
    if (a->ocular == SNNFE_OCULAR_NONE)
        return true;
    for (size_t r = 0; r < a->n_references && r < b->n_references; r++)
        if (!snnfe_same_label(a->reference_names[r], b->reference_names[r]))
            return false;
    return a->n_references == b->n_references && a->n_lags == b->n_lags;
}

static bool find_control(const snnfe_signal *d, const snnfe_signal *n, snnfe_difference *found)
{
    static const char *const alignments[] = {"none", "standardization", "Euclidean"};
    if (!same_references(d, n)) {
        snnfe_format(found->field, sizeof found->field, "the ocular control");
        ocular_text(d, found->given);
        ocular_text(n, found->known);
        return true;
    }
    if (d->alignment == n->alignment)
        return false;
    snnfe_format(found->field, sizeof found->field, "the alignment");
    snnfe_format(found->given, SNNFE_DIFFERENCE_SIZE, "%s", alignments[d->alignment]);
    snnfe_format(found->known, SNNFE_DIFFERENCE_SIZE, "%s", alignments[n->alignment]);
    return true;
}

static void envelope_text(const snnfe_signal *s, char text[SNNFE_DIFFERENCE_SIZE])
{
    text[0] = '\0';
    say(text, "%s", s->n_bands == 0 ? "none" : "of");
    for (size_t b = 0; b < s->n_bands; b++)
        say(text, "%s %g-%g", b ? "," : "", s->band_low_hz[b], s->band_high_hz[b]);
    if (s->n_bands > 0)
        say(text, " Hz in %g s every %g s", s->envelope_window_s, s->envelope_hop_s);
}

/* Before the electrodes, whose names tell of bands. */
static bool find_envelopes(const snnfe_signal *d, const snnfe_signal *n, snnfe_difference *found)
{
    snnfe_format(found->field, sizeof found->field, "the list of envelopes");
    envelope_text(d, found->given);
    envelope_text(n, found->known);
    return strcmp(found->given, found->known) != 0;
}

static bool find_difference(const snnfe_signal *given, const snnfe_signal *known, bool exact,
                            snnfe_difference *found)
{
    const snnfe_signal d = snnfe_signal_said(given), n = snnfe_signal_said(known);
    return find_rate(&d, &n, found) || find_envelopes(&d, &n, found) ||
           find_electrode(&d, &n, found) || find_class(&d, &n, found) ||
           find_filter(&d, &n, exact, found) || find_rereference(&d, &n, found) ||
           find_control(&d, &n, found);
}

bool snnfe_signals_differ(const snnfe_signal *given, const snnfe_signal *known,
                          snnfe_difference *found)
{
    return find_difference(given, known, true, found);
}

bool snnfe_live_signal_differs(const snnfe_signal *given, const snnfe_signal *known,
                               snnfe_difference *found)
{
    return find_difference(given, known, known->filter_kind == SNNFE_FILTER_CAUSAL, found);
}
