/* What snnfe-live prints: decisions, and the summary at the end. */
#include "session.h"

#include <math.h>

/* --- decisions ------------------------------------------------------------------------------ */

static void print_faults(const live_session *s, const snnfe_decision *d)
{
    char faults[LIVE_FAULTS_SIZE];
    live_name_faults(d->faults, faults);
    printf("  faults: %s", faults);
    for (size_t c = 0, n = 0; c < s->view.n_channels; c++)
        if (d->faulty_channels >> c & 1)
            printf("%s%s", n++ ? ", " : " at ", cli_shown(live_channel_name(s->decoder, c)));
    if (d->rejected)
        printf("; rejected");
}

void live_print_decision(const live_session *s, const snnfe_decision *d)
{
    const live_state *v = &s->view;
    printf("window %llu  at %.2f s", (unsigned long long)d->window,
           (double)d->source_sample / v->sampling_rate_hz);
    if (d->session > 0)
        printf(" of session %llu", (unsigned long long)d->session + 1);
    printf("  %s  %.3f  %u steps", cli_shown(v->class_names[d->decided]), d->confidence,
           (unsigned)d->n_steps);
    if (d->label >= 0 && d->rejected)
        printf("  (%s: not counted)", cli_shown(v->class_names[d->label]));
    else if (d->label >= 0)
        printf("  (%s: %s, rolling accuracy %.2f)", cli_shown(v->class_names[d->label]),
               d->label == d->decided ? "correct" : "wrong", v->rolling);
    if (d->faults)
        print_faults(s, d);
    printf("\n");
}

void live_write_decision(const live_session *s, const snnfe_decision *d, const float *logits)
{
    FILE *f = s->out.stream;
    fprintf(f, "%llu,%llu,%u,%d,%d,%.6f,%d,%d,%u,%u,%llu,%llu", (unsigned long long)d->window,
            (unsigned long long)d->first_sample, (unsigned)d->n_steps, (int)d->label,
            (int)d->decided, d->confidence, (int)d->early, (int)d->rejected, (unsigned)d->faults,
            (unsigned)d->n_bad_channels, (unsigned long long)d->session,
            (unsigned long long)d->source_sample);
    for (uint32_t c = 0; c < s->view.n_classes; c++)
        fprintf(f, ",%.6f", (double)logits[c]);
    fprintf(f, "\n");
}

/* --- summary -------------------------------------------------------------------------------- */

static void print_wear(const live_session *s)
{
    snnfe_wear wear;
    if (live_learning_wear(s->learning, &s->settings->learning, &wear) != SNNFE_OK ||
        wear.largest == 0)
        return;
    printf("most pulses of a cell: %llu", (unsigned long long)wear.largest);
    if (wear.life_used > 0)
        printf(", %.3g of its endurance", wear.life_used);
    if (wear.energy_j > 0)
        printf("; all pulses took %.4g J", wear.energy_j);
    printf("\n");
}

static void print_learning(const live_session *s)
{
    uint64_t n_missed = 0;
    const snnfe_learner_info info = live_learning_info(s->learning, &n_missed);
    printf(
        "learned %llu trial%s (%llu correct before), steps %llu, LTP pulses %llu, LTD pulses %llu, "
        "best weights put back: %llu, windows passed over: %llu\n",
        (unsigned long long)info.n_trials, cli_s(info.n_trials), (unsigned long long)info.n_correct,
        (unsigned long long)info.n_steps, (unsigned long long)info.ltp_pulses,
        (unsigned long long)info.ltd_pulses, (unsigned long long)info.n_rollbacks,
        (unsigned long long)n_missed);
    print_wear(s);
    if (s->n_unlabeled + s->n_rejected + s->n_early > 0)
        printf("not learned: of no known class %zu, rejected %zu, decided early %zu\n",
               s->n_unlabeled, s->n_rejected, s->n_early);
}

/* Leave out what a restored state had counted before this run. */
static snnfe_decoder_info counts_of_run(const live_session *s)
{
    snnfe_decoder_info info = {.struct_size = sizeof info};
    const snnfe_decoder_info *b = &s->before;
    if (snnfe_decoder_get_info(s->decoder, &info) != SNNFE_OK)
        return info;
    info.n_samples -= b->n_samples;
    info.n_windows -= b->n_windows;
    info.n_decisions -= b->n_decisions;
    info.n_early -= b->n_early;
    info.n_rejected -= b->n_rejected;
    info.n_lost -= b->n_lost;
    info.n_skipped -= b->n_skipped;
    info.n_dropped -= b->n_dropped;
    info.n_repeated -= b->n_repeated;
    info.n_nonfinite -= b->n_nonfinite;
    info.n_saturated -= b->n_saturated;
    info.n_restarts -= b->n_restarts;
    info.n_wraps -= b->n_wraps;
    return info;
}

static void print_counts(const live_session *s, const snnfe_decoder_info *info)
{
    printf("%llu sample%s, %llu window%s, %llu decision%s (%llu early, %llu rejected)",
           (unsigned long long)info->n_samples, cli_s(info->n_samples),
           (unsigned long long)info->n_windows, cli_s(info->n_windows),
           (unsigned long long)info->n_decisions, cli_s(info->n_decisions),
           (unsigned long long)info->n_early, (unsigned long long)info->n_rejected);
    if (s->n_decided > 0)
        printf(" after %.1f steps on average", s->step_sum / (double)s->n_decided);
    if (info->n_running > 0)
        printf(", %u not ended", (unsigned)info->n_running);
    printf("\n");
    if (s->settings->windows == SNNFE_WINDOWS_CUED && s->n_cues == 0)
        printf("no cue came, so no window began: --windows regular decides without cues\n");
}

static void print_stream_faults(const live_session *s, const snnfe_decoder_info *info)
{
    printf(
        "faults: %llu dropped, %llu repeated, %llu not numbers, %llu saturated; cues refused %zu\n",
        (unsigned long long)info->n_dropped,
        (unsigned long long)(info->n_repeated + s->rate.n_left_out),
        (unsigned long long)info->n_nonfinite, (unsigned long long)info->n_saturated,
        s->n_refused_cues);
    if (info->n_lost + info->n_skipped + info->n_restarts + info->n_wraps > 0)
        printf("decisions lost %llu, regular windows without room %llu, numbers began again: %llu, "
               "counters wrapped: %llu\n",
               (unsigned long long)info->n_lost, (unsigned long long)info->n_skipped,
               (unsigned long long)info->n_restarts, (unsigned long long)info->n_wraps);
    if (s->n_misnumbered > 0)
        printf("samples left out for their numbers: %llu\n", (unsigned long long)s->n_misnumbered);
}

static void print_channel_faults(const live_session *s)
{
    static const char *const kinds[LIVE_N_CHANNEL_FAULTS] = {"not a number", "saturated", "flat",
                                                             "noisy"};
    size_t n_channels = 0;
    for (size_t c = 0; c < s->view.n_channels; c++) {
        size_t n = 0;
        for (size_t k = 0; k < LIVE_N_CHANNEL_FAULTS; k++) {
            if (s->faulty[c][k] == 0)
                continue;
            if (n++ == 0)
                printf("%s%s", n_channels++ ? "; " : "faulty channels (samples): ",
                       cli_shown(live_channel_name(s->decoder, c)));
            printf("%s %s %llu", n > 1 ? "," : "", kinds[k], (unsigned long long)s->faulty[c][k]);
        }
    }
    if (n_channels > 0)
        printf("\n");
}

/* Of too few measurements a percentile is not known. */
static void print_percentile(const live_timing *timing, const char *name, double share)
{
    const double us = timing_percentile(timing, share);
    if (isnan(us))
        printf("%s -, ", name);
    else
        printf("%s %.1f us, ", name, us);
}

void live_print_summary(const live_session *s)
{
    const snnfe_decoder_info info = counts_of_run(s);
    print_counts(s, &info);
    print_stream_faults(s, &info);
    print_channel_faults(s);
    if (s->view.n_labeled > 0)
        printf("correct: %zu of %zu (%.2f %%)\n", s->view.n_correct, s->view.n_labeled,
               100 * (double)s->view.n_correct / (double)s->view.n_labeled);
    if (s->learning)
        print_learning(s);
    if (s->timing.n == 0)
        return;
    printf("time per sample of a window: ");
    print_percentile(&s->timing, "median", 0.5);
    print_percentile(&s->timing, "99 %", 0.99);
    print_percentile(&s->timing, "99.9 %", 0.999);
    printf("largest %.1f us, of %llu\n", s->timing.largest_us, (unsigned long long)s->timing.n);
}
