#include "session.h"

#include <math.h>
#include <string.h>

/* --- decisions ------------------------------------------------------------------------------ */

static void count_decision(live_session *s, const snnfe_decision *d)
{
    live_state *v = &s->view;
    v->newest = *d;
    v->decided = true;
    s->n_decided++;
    s->step_sum += d->n_steps;
    if (d->label < 0 || d->rejected)
        return;
    s->recent[v->n_labeled++ % ROLLING] = d->decided == d->label;
    v->n_correct += d->decided == d->label;
    const size_t n = v->n_labeled < ROLLING ? v->n_labeled : ROLLING;
    size_t n_correct = 0;
    for (size_t i = 0; i < n; i++)
        n_correct += (size_t)s->recent[i];
    v->rolling = (double)n_correct / (double)n;
}

/* Samples much larger or smaller than the statistics are probably in another unit. */
static void check_size(live_session *s)
{
    snnfe_decoder_info info = {.struct_size = sizeof info};
    if (s->told_size || snnfe_decoder_get_info(s->decoder, &info) != SNNFE_OK)
        return;
    const bool small = info.rms_z<0.01, large = 2 * info.n_bad_channels> info.n_channels;
    if (small)
        cli_error(
            "%s: the samples are %.0f times smaller than those of %s: volts or millivolts in place "
            "of microvolts (--unit)?",
            s->input.name, 1 / info.rms_z, s->input.told_by);
    else if (large)
        cli_error("%s: %u of %u channels are flat or far larger than those of %s: another unit "
                  "(--unit), or no contact?",
                  s->input.name, (unsigned)info.n_bad_channels, (unsigned)info.n_channels,
                  s->input.told_by);
    s->told_size = small || large;
}

/* A window of a known class, whole and sound; an early decision's is not whole yet. */
static bool can_be_learned(live_session *s, const snnfe_decision *d)
{
    const bool good = d->label >= 0 && !d->rejected && !d->early;
    s->n_unlabeled += d->label < 0;
    s->n_rejected += d->label >= 0 && d->rejected;
    s->n_early += d->label >= 0 && !d->rejected && d->early;
    return good;
}

static snnfe_status take_decisions(live_session *s, uint32_t n)
{
    for (; n > 0; n--) {
        snnfe_decision d = {.struct_size = sizeof d};
        float logits[SNNFE_MAX_CLASSES];
        snnfe_status status = snnfe_decoder_next(s->decoder, &d, logits, s->view.probabilities);
        if (status != SNNFE_OK)
            return status;
        count_decision(s, &d);
        check_size(s);
        if (s->out.stream)
            live_write_decision(s, &d, logits);
        if (!s->settings->view && !s->settings->quiet)
            live_print_decision(s, &d);
        if (s->learning && can_be_learned(s, &d))
            status = live_learning_take(s->learning, s->decoder, &d);
        /* Last, so that the window is learned as it was seen. */
        if (status == SNNFE_OK && s->control)
            status = live_control_take(s->control, s->decoder, &d);
        if (status != SNNFE_OK)
            return status;
    }
    return SNNFE_OK;
}

/* Samples that the first steps of a window take. */
static uint64_t samples_of(const live_session *s, const snnfe_decoder_info *info, uint32_t steps)
{
    const snnfe_signal *signal = info->signal;
    if (signal->n_bands == 0)
        return steps;
    const double hop = nearbyint(signal->envelope_hop_s * signal->sampling_rate_hz);
    return info->window_samples - (uint64_t)(s->view.n_steps - steps) * (uint64_t)hop;
}

/* Probabilities of the window that has run longest, after every step of it. */
static snnfe_status write_course(live_session *s, const snnfe_decoder_info *info)
{
    float probabilities[SNNFE_MAX_CLASSES];
    uint32_t steps = 0;
    const uint32_t before = s->course_steps;
    const snnfe_status status = snnfe_decoder_peek(s->decoder, &steps, probabilities);
    s->course_steps = steps;
    if (status != SNNFE_OK || steps == 0 || steps == before)
        return status;
    fprintf(s->course.stream, "%llu,%u",
            (unsigned long long)(info->n_samples - samples_of(s, info, steps)), (unsigned)steps);
    for (uint32_t c = 0; c < s->view.n_classes; c++)
        fprintf(s->course.stream, ",%.6f", (double)probabilities[c]);
    fprintf(s->course.stream, "\n");
    return SNNFE_OK;
}

/* --- the stream ----------------------------------------------------------------------------- */

static void count_faults(live_session *s, const snnfe_decoder_info *info)
{
    /* A sample that was skipped has no faults. */
    if (info->n_samples == s->n_samples)
        return;
    s->n_samples = info->n_samples;
    for (size_t c = 0; c < s->view.n_channels; c++)
        for (uint32_t rest = info->channel_faults[c], k = 0; rest && k < LIVE_N_CHANNEL_FAULTS;
             rest >>= 1, k++)
            s->faulty[c][k] += rest & 1;
}

/* Whether the source's counter can have this number; a sample with another one is left out. */
static bool has_number(live_session *s, uint64_t number)
{
    const long long bits = s->settings->counter_bits;
    if (bits == 0 || number == SNNFE_NOT_NUMBERED || number >> (bits - 1) >> 1 == 0)
        return true;
    if (s->n_misnumbered++ == 0)
        cli_error("%s: a sample's number is %llu, which %lld bits cannot hold: such samples are "
                  "left out",
                  s->input.name, (unsigned long long)number, bits);
    return false;
}

static snnfe_status push(live_session *s, uint64_t number, const float *sample)
{
    uint32_t running = 0;
    snnfe_decoder_peek(s->decoder, &running, NULL);
    const double start = timing_now_us();
    snnfe_status status = snnfe_decoder_push(s->decoder, number, sample, 1);
    /* Between windows a sample takes almost no time, which would hide how long the others take. */
    if (running > 0)
        timing_add(&s->timing, timing_now_us() - start);
    snnfe_decoder_info info = {.struct_size = sizeof info};
    if (status == SNNFE_OK)
        status = snnfe_decoder_get_info(s->decoder, &info);
    if (status != SNNFE_OK)
        return status;
    count_faults(s, &info);
    if (s->course.stream)
        status = write_course(s, &info);
    return status == SNNFE_OK ? take_decisions(s, info.n_pending) : status;
}

static snnfe_status take_cue(live_session *s, int32_t label)
{
    const snnfe_status status = snnfe_decoder_cue(s->decoder, label, NULL);
    s->n_cues++;
    if (status != SNNFE_ERR_STATE)
        return status;
    s->n_refused_cues++;
    return SNNFE_OK;
}

/* --- an input of another rate --------------------------------------------------------------- */

static snnfe_status push_resampled(live_session *s, bool numbered, uint64_t number,
                                   const float *sample)
{
    size_t n = 0;
    uint64_t first = 0;
    int32_t label = -1;
    snnfe_status status = live_rate_push(&s->rate, numbered, number, sample, &n, &first);
    for (size_t k = 0; status == SNNFE_OK && k < n; k++) {
        while (status == SNNFE_OK && live_rate_due(&s->rate, first + k, &label))
            status = take_cue(s, label);
        if (status == SNNFE_OK)
            status = push(s, first + k, s->rate.samples + k * s->view.n_channels);
    }
    return status;
}

/* The rate is known before the first sample. */
static snnfe_status resample_if_needed(live_session *s)
{
    if (s->rate.resampler || !live_rate_differs(&s->input))
        return SNNFE_OK;
    const snnfe_status status = live_rate_open(&s->rate, &s->input);
    return status == SNNFE_OK ? live_rate_begin(&s->rate) : status;
}

static snnfe_status take_samples(live_session *s, const live_event *event)
{
    snnfe_status status = resample_if_needed(s);
    for (size_t i = 0; status == SNNFE_OK && i < event->n; i++) {
        const uint64_t number = event->numbered ? event->number + i : SNNFE_NOT_NUMBERED;
        const float *sample = event->samples + i * s->view.n_channels;
        if (!has_number(s, number))
            continue;
        status = s->rate.resampler ? push_resampled(s, event->numbered, number, sample)
                                   : push(s, number, sample);
    }
    return status;
}

static snnfe_status begin_session(live_session *s)
{
    const snnfe_status status = s->rate.resampler ? live_rate_begin(&s->rate) : SNNFE_OK;
    return status == SNNFE_OK ? snnfe_decoder_begin_session(s->decoder) : status;
}

static snnfe_status hear_cue(live_session *s, int32_t label)
{
    const snnfe_status status = resample_if_needed(s);
    if (status != SNNFE_OK || !s->rate.resampler)
        return status == SNNFE_OK ? take_cue(s, label) : status;
    if (live_rate_cue(&s->rate, label))
        return SNNFE_OK;
    s->n_cues++;
    s->n_refused_cues++;
    return SNNFE_OK;
}

void live_show(live_session *s, bool now)
{
    if (!s->settings->view)
        return;
    if (s->learning)
        s->view.learner = live_learning_info(s->learning, NULL);
    live_view_draw(&s->view, s->decoder, now);
}

/* As soon as it is settled what is taken for what. */
static void tell_input(live_session *s)
{
    if (s->told_input || !s->input.settled || s->settings->view)
        return;
    s->told_input = true;
    live_input_print(&s->input);
    fflush(stdout);
}

bool live_follow(live_session *s, snnfe_status *status)
{
    while (*status == SNNFE_OK && !cli_interrupted()) {
        const live_event event = s->source.next(s->source.state);
        if (event.kind == LIVE_END)
            break;
        if (event.kind == LIVE_FAILED)
            return false;
        tell_input(s);
        if (event.kind == LIVE_SESSION)
            *status = begin_session(s);
        if (event.kind == LIVE_CUE)
            *status = hear_cue(s, event.label);
        if (event.kind == LIVE_SAMPLES)
            *status = take_samples(s, &event);
        live_show(s, false);
    }
    return true;
}
