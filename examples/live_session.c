#include "live_session.h"

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
    s->recent[v->n_labelled++ % ROLLING] = d->decided == d->label;
    v->n_correct += d->decided == d->label;
    const size_t n = v->n_labelled < ROLLING ? v->n_labelled : ROLLING;
    size_t right = 0;
    for (size_t i = 0; i < n; i++)
        right += (size_t)s->recent[i];
    v->rolling = (double)right / (double)n;
}

static void print_decision(const live_session *s, const snnfe_decision *d)
{
    const live_state *v = &s->view;
    printf("window %llu  at %.2f s  %s  %.3f  %u steps", (unsigned long long)d->window,
           (double)d->first_sample / v->sampling_rate_hz, v->class_names[d->decided], d->confidence,
           (unsigned)d->n_steps);
    if (d->label >= 0)
        printf("  (%s: %s, rolling accuracy %.2f)", v->class_names[d->label],
               d->label == d->decided ? "right" : "wrong", v->rolling);
    if (d->faults)
        printf("  faults 0x%x, bad channels %u%s", (unsigned)d->faults, (unsigned)d->n_bad_channels,
               d->rejected ? ", rejected" : "");
    printf("\n");
}

static void write_decision(const live_session *s, const snnfe_decision *d, const float *logits)
{
    FILE *f = s->out.stream;
    fprintf(f, "%llu,%llu,%u,%d,%d,%.6f,%d,%d,%u,%u", (unsigned long long)d->window,
            (unsigned long long)d->first_sample, (unsigned)d->n_steps, (int)d->label,
            (int)d->decided, d->confidence, (int)d->early, (int)d->rejected, (unsigned)d->faults,
            (unsigned)d->n_bad_channels);
    for (uint32_t c = 0; c < s->view.n_classes; c++)
        fprintf(f, ",%.6f", (double)logits[c]);
    fprintf(f, "\n");
}

static snnfe_status take_decisions(live_session *s)
{
    while (snnfe_decoder_pending(s->decoder)) {
        snnfe_decision d = {.struct_size = sizeof d};
        float logits[LIVE_MAX_CLASSES];
        snnfe_status status = snnfe_decoder_next(s->decoder, &d, logits, NULL);
        if (status != SNNFE_OK)
            return status;
        count_decision(s, &d);
        if (s->out.stream)
            write_decision(s, &d, logits);
        if (!s->settings->view && !s->settings->quiet)
            print_decision(s, &d);
        /* An early decision's window is not whole yet. */
        if (!s->learning || d.label < 0 || d.rejected || d.early)
            continue;
        status = live_learning_take(s->learning, s->decoder, &d);
        if (status != SNNFE_OK)
            return status;
    }
    return SNNFE_OK;
}

/* Probabilities of the window that has run longest, after every sample. */
static snnfe_status write_course(live_session *s)
{
    float probabilities[LIVE_MAX_CLASSES];
    uint32_t steps = 0;
    snnfe_decoder_info info = {.struct_size = sizeof info};
    snnfe_status status = snnfe_decoder_peek(s->decoder, &steps, probabilities);
    if (status == SNNFE_OK)
        status = snnfe_decoder_get_info(s->decoder, &info);
    if (status != SNNFE_OK || steps == 0)
        return status;
    fprintf(s->course.stream, "%llu,%u", (unsigned long long)(info.n_samples - steps),
            (unsigned)steps);
    for (uint32_t c = 0; c < s->view.n_classes; c++)
        fprintf(s->course.stream, ",%.6f", (double)probabilities[c]);
    fprintf(s->course.stream, "\n");
    return SNNFE_OK;
}

/* --- the stream ----------------------------------------------------------------------------- */

static snnfe_status push(live_session *s, const live_event *event, size_t i)
{
    const float *sample = event->samples + i * s->view.n_channels;
    uint32_t running = 0;
    snnfe_decoder_peek(s->decoder, &running, NULL);
    const double start = timing_now_us();
    snnfe_status status =
        event->numbered ? snnfe_decoder_push_numbered(s->decoder, event->number + i, sample, 1)
                        : snnfe_decoder_push(s->decoder, sample, 1);
    /* Samples between windows are next to nothing. */
    if (running > 0)
        timing_add(&s->timing, timing_now_us() - start);
    if (status == SNNFE_OK && s->course.stream)
        status = write_course(s);
    return status == SNNFE_OK ? take_decisions(s) : status;
}

static snnfe_status take_cue(live_session *s, int32_t label)
{
    const snnfe_status status = snnfe_decoder_cue(s->decoder, label, NULL);
    if (status != SNNFE_ERR_STATE)
        return status;
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

bool live_follow(live_session *s, snnfe_status *status)
{
    while (*status == SNNFE_OK && !cli_interrupted()) {
        const live_event event = s->source.next(s->source.state);
        if (event.kind == LIVE_END)
            break;
        if (event.kind == LIVE_FAILED)
            return false;
        if (event.kind == LIVE_CUE)
            *status = take_cue(s, event.label);
        for (size_t i = 0; event.kind == LIVE_SAMPLES && *status == SNNFE_OK && i < event.n; i++)
            *status = push(s, &event, i);
        live_show(s, false);
    }
    return true;
}

static void print_learning(const live_session *s)
{
    uint64_t n_missed = 0;
    const snnfe_learner_info info = live_learning_info(s->learning, &n_missed);
    printf(
        "learned %llu trials (%llu right before), %llu steps, %llu LTP and %llu LTD pulses, best "
        "weights put back %llu times, %llu windows passed over\n",
        (unsigned long long)info.n_trials, (unsigned long long)info.n_correct,
        (unsigned long long)info.n_steps, (unsigned long long)info.ltp_pulses,
        (unsigned long long)info.ltd_pulses, (unsigned long long)info.n_rollbacks,
        (unsigned long long)n_missed);
}

void live_print_summary(const live_session *s)
{
    snnfe_decoder_info info = {.struct_size = sizeof info};
    if (snnfe_decoder_get_info(s->decoder, &info) != SNNFE_OK)
        return;
    printf("%llu samples, %llu windows, %llu decisions (%llu early, %llu rejected)",
           (unsigned long long)info.n_samples, (unsigned long long)info.n_windows,
           (unsigned long long)info.n_decisions, (unsigned long long)info.n_early,
           (unsigned long long)info.n_rejected);
    if (s->n_decided > 0)
        printf(" after %.1f steps on average", s->step_sum / (double)s->n_decided);
    printf("\nfaults: %llu dropped, %llu repeated, %llu not numbers, %llu saturated; cues refused "
           "%zu\n",
           (unsigned long long)info.n_dropped, (unsigned long long)info.n_repeated,
           (unsigned long long)info.n_nonfinite, (unsigned long long)info.n_saturated,
           s->n_refused_cues);
    if (s->view.n_labelled > 0)
        printf("right: %zu of %zu (%.2f %%)\n", s->view.n_correct, s->view.n_labelled,
               100 * (double)s->view.n_correct / (double)s->view.n_labelled);
    if (s->learning)
        print_learning(s);
    if (s->timing.n > 0)
        printf(
            "time per sample of a window: median %.1f us, 99 %% %.1f, 99.9 %% %.1f, largest %.1f\n",
            timing_percentile(&s->timing, 0.5), timing_percentile(&s->timing, 0.99),
            timing_percentile(&s->timing, 0.999), s->timing.largest_us);
}
