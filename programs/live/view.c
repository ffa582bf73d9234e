#include "view.h"

#include "faults.h"
#include "input.h"

#include <math.h>
#include <string.h>
#include <time.h>

#define FRAME_S 0.05
#define BAR 30
#define LISTED 8 /* classes, faulty channels */

void live_view_begin(void)
{
    printf("\033[2J\033[?25l");
}

void live_view_end(void)
{
    printf("\033[?25h\n\n");
    fflush(stdout);
}

static bool is_due(void)
{
    static double last;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    const double seconds = (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
    if (seconds - last < FRAME_S)
        return false;
    last = seconds;
    return true;
}

/* z-scores from -2.5 to 2.5 as colors from blue over dark to red. */
static void draw_cell(float z)
{
    const double x = fmax(-1, fmin(1, (double)z / 2.5));
    const int level = (int)lround(fabs(x) * 5);
    /* The 6x6x6 color cube: 16 + 36 red + 6 green + blue. */
    const int color = 16 + (x > 0 ? 36 * level : level);
    printf("\033[48;5;%dm  ", z < 0 || z > 0 ? color : 232);
}

static void draw_grid(const live_state *s, const snnfe_decoder_info *info)
{
    for (uint32_t row = 0; row < s->n_rows; row++) {
        printf("  ");
        for (uint32_t column = 0; column < s->n_columns; column++)
            draw_cell(info->grid[row * s->n_columns + column]);
        printf("\033[0m\033[K\n");
    }
}

/* NULL: nothing is known yet. */
static void draw_bar(const char *name, const float *probability)
{
    const double share = probability ? (double)*probability : 0;
    const int filled = (int)lround(share * BAR);
    printf("  %-10.10s ", name);
    for (int i = 0; i < BAR; i++)
        fputs(i < filled ? "█" : "·", stdout);
    if (probability)
        printf(" %5.1f %%\033[K\n", 100 * share);
    else
        printf("     -\033[K\n");
}

static void draw_bars(const live_state *s, const float *probabilities)
{
    for (uint32_t c = 0; c < s->n_classes && c < LISTED; c++)
        draw_bar(cli_shown(s->class_names[c]), probabilities ? &probabilities[c] : NULL);
    if (s->n_classes > LISTED)
        printf("  and %u classes more\033[K\n", (unsigned)s->n_classes - LISTED);
}

/* "C3 flat, FC5 saturated, and 3 others" of now. */
static void draw_bad_channels(const live_state *s, const snnfe_decoder *decoder,
                              const snnfe_decoder_info *info)
{
    const uint32_t own =
        SNNFE_FAULT_NONFINITE | SNNFE_FAULT_SATURATED | SNNFE_FAULT_FLAT | SNNFE_FAULT_NOISY;
    size_t n = 0;
    printf("  faulty now: ");
    for (size_t c = 0; c < s->n_channels; c++) {
        char text[LIVE_FAULTS_SIZE];
        if (!(info->channel_faults[c] & own) || n++ >= LISTED)
            continue;
        live_name_faults(info->channel_faults[c] & own, text);
        printf("%s%s %s", n > 1 ? "; " : "", cli_shown(live_channel_name(decoder, c)), text);
    }
    if (n > LISTED)
        printf("; and %zu others", n - LISTED);
    printf("%s\033[K\n", n ? "" : "none");
}

static void draw_faults(const snnfe_decoder_info *info)
{
    printf("  channels bad %u, dropped %llu, repeated %llu, not numbers %llu, saturated %llu"
           "\033[K\n",
           (unsigned)info->n_bad_channels, (unsigned long long)info->n_dropped,
           (unsigned long long)info->n_repeated, (unsigned long long)info->n_nonfinite,
           (unsigned long long)info->n_saturated);
}

static void draw_decision(const live_state *s)
{
    if (!s->decided)
        return;
    printf("  newest: %s (%.1f %%) after %u steps%s%s\033[K\n",
           cli_shown(s->class_names[s->newest.decided]), 100 * s->newest.confidence,
           (unsigned)s->newest.n_steps, s->newest.early ? ", early" : "",
           s->newest.rejected ? ", rejected" : "");
    if (s->n_labeled > 0)
        printf("  correct %zu of %zu, rolling accuracy %.1f %%\033[K\n", s->n_correct, s->n_labeled,
               100 * s->rolling);
}

static void draw_learning(const live_state *s)
{
    if (!s->learning)
        return;
    printf("  learned %llu trial%s, estimate ", (unsigned long long)s->learner.n_trials,
           cli_s(s->learner.n_trials));
    if (isnan(s->learner.accuracy))
        printf("-");
    else
        printf("%.1f %%", 100 * s->learner.accuracy);
    printf(", pulses %llu, put back: %llu\033[K\n",
           (unsigned long long)(s->learner.ltp_pulses + s->learner.ltd_pulses),
           (unsigned long long)s->learner.n_rollbacks);
}

void live_view_draw(const live_state *s, const snnfe_decoder *decoder, bool now)
{
    if (!is_due() && !now)
        return;
    snnfe_decoder_info info = {.struct_size = sizeof info};
    float probabilities[SNNFE_MAX_CLASSES] = {0};
    uint32_t steps = 0;
    if (snnfe_decoder_get_info(decoder, &info) != SNNFE_OK ||
        snnfe_decoder_peek(decoder, &steps, probabilities) != SNNFE_OK)
        return;
    printf("\033[H  %.2f s   ",
           (double)(info.n_samples - info.session_first) / s->sampling_rate_hz);
    if (steps > 0)
        printf("window %llu, step %u of %u\033[K\n", (unsigned long long)info.n_windows,
               (unsigned)steps, (unsigned)s->n_steps);
    else
        printf("no window is running%s\033[K\n", s->decided ? ", below: the last one" : "");
    draw_grid(s, &info);
    draw_bars(s, steps > 0 ? probabilities : s->decided ? s->probabilities : NULL);
    draw_decision(s);
    draw_faults(&info);
    draw_bad_channels(s, decoder, &info);
    draw_learning(s);
    printf("\033[J");
    fflush(stdout);
}
