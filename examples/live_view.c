#include "live_view.h"

#include <math.h>
#include <string.h>
#include <time.h>

#define FRAME_S 0.05
#define BAR 30

void live_view_begin(void)
{
    printf("\033[2J\033[?25l");
}

void live_view_end(void)
{
    printf("\033[?25h\n");
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

/* z-scores from -2.5 to 2.5 as colours from blue over dark to red. */
static void draw_cell(float z)
{
    const double x = fmax(-1, fmin(1, (double)z / 2.5));
    const int level = (int)lround(fabs(x) * 5);
    /* The 6x6x6 colour cube: 16 + 36 red + 6 green + blue. */
    const int colour = 16 + (x > 0 ? 36 * level : level);
    printf("\033[48;5;%dm  ", z < 0 || z > 0 ? colour : 232);
}

static void draw_grid(const live_state *s, const snnfe_decoder *decoder)
{
    const float *grid = snnfe_decoder_grid(decoder);
    for (uint32_t row = 0; row < s->n_rows; row++) {
        printf("  ");
        for (uint32_t column = 0; column < s->n_columns; column++)
            draw_cell(grid[row * s->n_columns + column]);
        printf("\033[0m\033[K\n");
    }
}

static void draw_bar(const char *name, double share)
{
    const int filled = (int)lround(share * BAR);
    printf("  %-10.10s ", name);
    for (int i = 0; i < BAR; i++)
        fputs(i < filled ? "█" : "·", stdout);
    printf(" %5.1f %%\033[K\n", 100 * share);
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
    printf("  newest: %s (%.1f %%) after %u steps%s%s\033[K\n", s->class_names[s->newest.decided],
           100 * s->newest.confidence, (unsigned)s->newest.n_steps,
           s->newest.early ? ", early" : "", s->newest.rejected ? ", rejected" : "");
    if (s->n_labelled > 0)
        printf("  right %zu of %zu, rolling accuracy %.1f %%\033[K\n", s->n_correct, s->n_labelled,
               100 * s->rolling);
}

void live_view_draw(const live_state *s, const snnfe_decoder *decoder, bool now)
{
    if (!is_due() && !now)
        return;
    snnfe_decoder_info info = {.struct_size = sizeof info};
    float probabilities[LIVE_MAX_CLASSES] = {0};
    uint32_t steps = 0;
    if (snnfe_decoder_get_info(decoder, &info) != SNNFE_OK ||
        snnfe_decoder_peek(decoder, &steps, probabilities) != SNNFE_OK)
        return;
    printf("\033[H  %.2f s   window %llu, step %u of %u\033[K\n",
           (double)info.n_samples / s->sampling_rate_hz, (unsigned long long)info.n_windows,
           (unsigned)steps, (unsigned)s->n_steps);
    draw_grid(s, decoder);
    for (uint32_t c = 0; c < s->n_classes && c < 8; c++)
        draw_bar(s->class_names[c], steps > 0 ? (double)probabilities[c] : 0);
    draw_decision(s);
    draw_faults(&info);
    if (s->learning)
        printf("  learned %llu trials, estimate %.1f %%, %llu pulses, put back %llu times\033[K\n",
               (unsigned long long)s->learner.n_trials, 100 * s->learner.accuracy,
               (unsigned long long)(s->learner.ltp_pulses + s->learner.ltd_pulses),
               (unsigned long long)s->learner.n_rollbacks);
    printf("\033[J");
    fflush(stdout);
}
