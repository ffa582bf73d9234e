/* Samples in, decisions out. Nothing here allocates, locks or asks the system. */
#include "decoder/decoder_internal.h"

#include "base/check.h"
#include "base/floating.h"
#include "base/limits.h"
#include "base/options.h"
#include "network/softmax.h"

#include <string.h>

/* --- decisions ------------------------------------------------------------------------------ */

static void add_decision(snnfe_decoder *d, const snnfe_decision *decision, const float *logits)
{
    const size_t capacity = d->options.n_pending, n_classes = d->network_options.n_classes;
    if (d->n_pending == capacity) {
        d->first_pending = (d->first_pending + 1) % capacity;
        d->n_pending--;
        d->info.n_lost++;
    }
    const size_t place = (d->first_pending + d->n_pending++) % capacity;
    d->pending[place] = *decision;
    memcpy(d->pending_logits + place * n_classes, logits, n_classes * sizeof *logits);
    d->info.n_decisions++;
    d->info.n_early += decision->early == 1;
    d->info.n_rejected += decision->rejected == 1;
}

/* A window uses its network and its filter no longer. */
static void leave(snnfe_decoder *d, snnfe_window *w)
{
    snnfe_windows_part(d, w);
    atomic_store(&w->lane.network, NULL);
    if (snnfe_decoder_has_control(d))
        snnfe_mixer_leave(&d->mixer, (size_t)(w - d->windows));
}

/* End a window with the logits so far. */
static void end_window(snnfe_decoder *d, snnfe_window *w, bool early, bool cut)
{
    float logits[SNNFE_MAX_CLASSES];
    double probabilities[SNNFE_MAX_CLASSES];
    const int32_t decided = snnfe_lane_decide(&w->lane, logits, probabilities);
    const snnfe_decision decision = {
        .struct_size = sizeof decision,
        .decided = decided,
        .label = w->label,
        .n_steps = w->lane.step,
        .window = w->number,
        .first_sample = w->first_sample,
        .session = d->info.n_sessions - 1,
        .source_sample = d->session_base + w->first_sample - d->info.session_first,
        .faulty_channels = w->faulty_channels,
        .confidence = probabilities[decided],
        .faults = w->faults,
        .n_bad_channels = w->n_bad_channels,
        .early = early,
        .rejected = cut || w->n_bad_channels > (uint32_t)d->options.most_bad_channels};
    add_decision(d, &decision, logits);
    leave(d, w);
}

static snnfe_status decoder_next(snnfe_decoder *d, snnfe_decision *decision, float *logits,
                                 float *probabilities)
{
    static const char call[] = "snnfe_decoder_next";
    SNNFE_TRY(snnfe_check_pointer(call, "decoder", d));
    SNNFE_TRY(snnfe_info_check(call, "decision", decision, sizeof *decision));
    if (d->n_pending == 0)
        return snnfe_fail(SNNFE_ERR_STATE, "%s: no decision waits", call);
    const size_t n_classes = d->network_options.n_classes;
    const float *kept = d->pending_logits + d->first_pending * n_classes;
    snnfe_info_give(decision, &d->pending[d->first_pending], sizeof *decision);
    double softmax[SNNFE_MAX_CLASSES];
    snnfe_softmax(kept, n_classes, softmax);
    for (size_t c = 0; c < n_classes; c++) {
        if (logits)
            logits[c] = kept[c];
        if (probabilities)
            probabilities[c] = (float)softmax[c];
    }
    d->first_pending = (d->first_pending + 1) % d->options.n_pending;
    d->n_pending--;
    return SNNFE_OK;
}

snnfe_status snnfe_decoder_next(snnfe_decoder *d, snnfe_decision *decision, float *logits,
                                float *probabilities)
{
    SNNFE_RETURN_COMPUTED(decoder_next(d, decision, logits, probabilities));
}

/* --- windows -------------------------------------------------------------------------------- */

static snnfe_window *free_window(const snnfe_decoder *d)
{
    for (size_t i = 0; i < d->n_windows; i++)
        if (!snnfe_lane_network(&d->windows[i].lane))
            return &d->windows[i];
    return NULL;
}

/* Mark the network in force as used by this lane, and return it. It has to be read again after
   the mark: if it was exchanged in between, its owner may not have seen the mark. */
static const snnfe_network *take_network(snnfe_decoder *d, snnfe_lane *lane)
{
    const snnfe_network *network = atomic_load(&d->offered);
    for (;;) {
        atomic_store(&lane->network, network);
        const snnfe_network *now = atomic_load(&d->offered);
        if (now == network)
            return network;
        network = now;
    }
}

/* Begin a window with the next sample. */
static bool begin_window(snnfe_decoder *d, int32_t label, uint64_t *window)
{
    snnfe_window *w = free_window(d);
    if (!w)
        return false;
    snnfe_lane_attach(&w->lane, take_network(d, &w->lane));
    snnfe_lane_begin(&w->lane);
    if (snnfe_decoder_has_control(d))
        snnfe_mixer_take(&d->mixer, (size_t)(w - d->windows));
    w->faults = w->n_bad_channels = 0;
    w->faulty_channels = 0;
    w->label = label;
    w->number = d->info.n_windows++;
    w->first_sample = d->info.n_samples;
    *window = w->number;
    return true;
}

snnfe_status snnfe_decoder_cue(snnfe_decoder *d, int32_t label, uint64_t *window)
{
    static const char call[] = "snnfe_decoder_cue";
    SNNFE_TRY(snnfe_check_pointer(call, "decoder", d));
    SNNFE_TRY(
        snnfe_check_integer(call, "label", label, -1, (int64_t)d->network_options.n_classes - 1));
    uint64_t number = 0;
    if (!begin_window(d, label, &number))
        return snnfe_fail(SNNFE_ERR_STATE, "%s: all %zu windows are running", call, d->n_windows);
    if (window)
        *window = number;
    return SNNFE_OK;
}

static bool is_confident(const snnfe_decoder *d, const snnfe_window *w)
{
    if (!(d->options.early_confidence > 0) || w->lane.step < d->options.early_least)
        return false;
    float logits[SNNFE_MAX_CLASSES];
    double probabilities[SNNFE_MAX_CLASSES];
    const int32_t decided = snnfe_lane_decide(&w->lane, logits, probabilities);
    return probabilities[decided] >= d->options.early_confidence;
}

static void note_faults(snnfe_window *w, const snnfe_intake_report *report)
{
    w->faults |= report->faults;
    w->faulty_channels |= report->faulty;
    if (report->n_bad_channels > w->n_bad_channels)
        w->n_bad_channels = report->n_bad_channels;
}

static void end_if_decided(snnfe_decoder *d, snnfe_window *w)
{
    if (w->lane.step == d->network_options.n_steps)
        end_window(d, w, false, false);
    else if (is_confident(d, w))
        end_window(d, w, true, false);
}

/* --- samples -------------------------------------------------------------------------------- */

/* Process one sample, or a missing one if NULL. */
static void take_sample(snnfe_decoder *d, const float *sample)
{
    uint64_t window = 0;
    const uint64_t in_session = d->info.n_samples - d->info.session_first;
    if (d->options.windows == SNNFE_WINDOWS_REGULAR && in_session % d->options.hop == 0 &&
        !begin_window(d, -1, &window))
        d->info.n_skipped++;
    const snnfe_intake_report report = snnfe_intake_take(&d->intake, sample);
    snnfe_decoder_show(d);
    for (size_t c = 0; c < snnfe_decoder_width(d); c++)
        d->channel_faults[c] = d->intake.channels[c].faults;
    d->info.n_bad_channels = report.n_bad_channels;
    d->info.n_samples++;
    for (size_t i = 0; i < d->n_windows; i++)
        if (snnfe_lane_network(&d->windows[i].lane))
            note_faults(&d->windows[i], &report);
    snnfe_windows_step(d);
    for (size_t i = 0; i < d->n_windows; i++)
        if (snnfe_lane_network(&d->windows[i].lane) && snnfe_decoder_step_is_due(d, &d->windows[i]))
            end_if_decided(d, &d->windows[i]);
}

static snnfe_window *oldest_window(const snnfe_decoder *d)
{
    snnfe_window *oldest = NULL;
    for (size_t i = 0; i < d->n_windows; i++) {
        snnfe_window *w = &d->windows[i];
        if (snnfe_lane_network(&w->lane) && (!oldest || w->number < oldest->number))
            oldest = w;
    }
    return oldest;
}

/* The signal is interrupted: running windows end, and the filter starts again `n` samples later. */
static void cut_windows(snnfe_decoder *d, uint32_t fault, uint64_t n)
{
    for (snnfe_window *w = oldest_window(d); w; w = oldest_window(d)) {
        w->faults |= fault;
        end_window(d, w, false, true);
    }
    snnfe_intake_break(&d->intake);
    d->bands.settled = 0;
    d->info.n_samples += n;
    d->history_from = d->info.n_samples;
}

/* Whether the session has had a sample, dropped ones included. */
static bool has_begun(const snnfe_decoder *d)
{
    return d->info.n_samples > d->info.session_first;
}

static void begin_session(snnfe_decoder *d)
{
    cut_windows(d, SNNFE_FAULT_RESTARTED, 0);
    snnfe_numbering_begin(&d->numbering);
    d->info.session_first = d->info.n_samples;
    d->session_base = 0;
    d->info.n_sessions++;
}

static snnfe_status decoder_begin_session(snnfe_decoder *d)
{
    SNNFE_TRY(snnfe_check_pointer("snnfe_decoder_begin_session", "decoder", d));
    if (has_begun(d))
        begin_session(d);
    return SNNFE_OK;
}

snnfe_status snnfe_decoder_begin_session(snnfe_decoder *d)
{
    SNNFE_RETURN_COMPUTED(decoder_begin_session(d));
}

static void drop(snnfe_decoder *d, uint64_t n)
{
    d->info.n_dropped += n;
    if (n > d->options.longest_gap || !has_begun(d))
        cut_windows(d, SNNFE_FAULT_DROPPED, n);
    else
        for (; n > 0; n--)
            take_sample(d, NULL);
}

static snnfe_status decoder_drop(snnfe_decoder *decoder, uint64_t n)
{
    SNNFE_TRY(snnfe_check_pointer("snnfe_decoder_drop", "decoder", decoder));
    if (n > 0)
        drop(decoder, n);
    return SNNFE_OK;
}

snnfe_status snnfe_decoder_drop(snnfe_decoder *decoder, uint64_t n)
{
    SNNFE_RETURN_COMPUTED(decoder_drop(decoder, n));
}

/* Count samples that were repeated, `known` in all. */
static size_t pass_over(snnfe_decoder *d, uint64_t known, size_t n)
{
    const size_t repeated = known < n ? (size_t)known : n;
    d->info.n_repeated += repeated;
    for (size_t i = 0; i < d->n_windows; i++)
        d->windows[i].faults |= SNNFE_FAULT_REPEATED;
    return repeated;
}

/* Act on a sample's number; returns how many of `n` samples are skipped. */
static size_t place_number(snnfe_decoder *d, uint64_t number, size_t n)
{
    if (!has_begun(d)) {
        d->session_base = d->numbering.newest = number;
        return 0;
    }
    const uint64_t expected = d->session_base + d->info.n_samples - d->info.session_first;
    uint64_t distance = 0;
    switch (snnfe_numbering_judge(&d->numbering, expected, number, &distance)) {
    case SNNFE_NUMBER_AHEAD:
        drop(d, distance);
        return 0;
    case SNNFE_NUMBER_BEHIND:
        return pass_over(d, distance, n);
    case SNNFE_NUMBER_RESTARTED:
        begin_session(d);
        d->info.n_restarts++;
        d->session_base = d->numbering.newest = number;
        return 0;
    default:
        return 0;
    }
}

static snnfe_status decoder_push(snnfe_decoder *d, uint64_t number, const float *samples, size_t n)
{
    static const char call[] = "snnfe_decoder_push";
    SNNFE_TRY(snnfe_check_pointer(call, "decoder", d));
    SNNFE_TRY(snnfe_check_array(call, "samples", samples, n));
    if (n == 0)
        return SNNFE_OK;
    const bool numbered = number != SNNFE_NOT_NUMBERED;
    if (numbered && !snnfe_numbering_holds(&d->numbering, number))
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "%s: number is %llu, which %u bits cannot hold", call,
                          (unsigned long long)number, (unsigned)d->options.counter_bits);
    const size_t known = numbered ? place_number(d, number, n) : 0;
    d->numbering.resumed = false;
    for (size_t i = known; i < n; i++)
        take_sample(d, samples + i * snnfe_decoder_width(d));
    return SNNFE_OK;
}

snnfe_status snnfe_decoder_push(snnfe_decoder *d, uint64_t number, const float *samples, size_t n)
{
    SNNFE_RETURN_COMPUTED(decoder_push(d, number, samples, n));
}

snnfe_status snnfe_decoder_reset(snnfe_decoder *d)
{
    SNNFE_TRY(snnfe_check_pointer("snnfe_decoder_reset", "decoder", d));
    for (size_t i = 0; i < d->n_windows; i++)
        leave(d, &d->windows[i]);
    snnfe_intake_reset(&d->intake);
    d->bands.settled = 0;
    d->measured_at = SNNFE_NOT_MEASURED;
    memset(d->channel_faults, 0, sizeof d->channel_faults);
    memset(d->grid, 0, d->n_positions * sizeof *d->grid);
    d->first_pending = d->n_pending = 0;
    d->history_from = 0;
    snnfe_numbering_begin(&d->numbering);
    d->numbering.n_wraps = d->session_base = 0;
    d->info = snnfe_decoder_first_info(d, (size_t)d->info.n_bytes);
    return SNNFE_OK;
}
