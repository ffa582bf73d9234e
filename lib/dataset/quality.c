#include "dataset/quality.h"

#include "base/check.h"
#include "base/memory.h"
#include "signal/causal.h"

#include <math.h>
#include <string.h>

#define MOST_TOLD 10 /* windows of a recording */
#define MUSCLE_ORDER 4

static const char *const words[SNNFE_N_DEFECTS] = {"flat", "clipped", "too loud", "full of muscle"};

snnfe_status snnfe_quality_options_check(const snnfe_dataset_options *o)
{
    static const char name[] = "snnfe_dataset_options";
    SNNFE_TRY(snnfe_check_choice(name, ".quality", o->quality, 3, "KEEP, MARK or DROP"));
    SNNFE_TRY(snnfe_check_number(name, ".flat_uv", o->flat_uv, 0, 1e6));
    SNNFE_TRY(snnfe_check_number(name, ".peak_uv", o->peak_uv, 0, 1e6));
    SNNFE_TRY(snnfe_check_number(name, ".muscle_uv", o->muscle_uv, 0, 1e6));
    if (o->quality != SNNFE_QUALITY_KEEP && o->muscle_uv > 0 &&
        o->sampling_rate_hz <= 2 * SNNFE_MUSCLE_HZ)
        return snnfe_fail(SNNFE_ERR_ARGUMENT,
                          "%s.muscle_uv is %g: at %g Hz there is nothing above %d Hz", name,
                          o->muscle_uv, o->sampling_rate_hz, SNNFE_MUSCLE_HZ);
    return SNNFE_OK;
}

static float *copy_of(const snnfe_recording *r)
{
    float *copy = snnfe_alloc_raw(r->n_channels * r->n_samples, sizeof *copy);
    if (copy)
        memcpy(copy, r->samples, r->n_channels * r->n_samples * sizeof *copy);
    return copy;
}

snnfe_status snnfe_quality_keep(snnfe_quality *q, const snnfe_dataset_options *o,
                                const snnfe_recording *r)
{
    *q = (snnfe_quality){.options = o, .n_channels = r->n_channels, .n_samples = r->n_samples};
    if (o->quality == SNNFE_QUALITY_KEEP)
        return SNNFE_OK;
    q->samples = copy_of(r);
    if (!q->samples)
        return SNNFE_ERR_MEMORY;
    if (!(o->muscle_uv > 0))
        return SNNFE_OK;
    snnfe_causal filter;
    SNNFE_TRY(snnfe_causal_design(&filter, SNNFE_MUSCLE_HZ, 0, o->sampling_rate_hz, MUSCLE_ORDER));
    q->fast = copy_of(r);
    if (!q->fast)
        return SNNFE_ERR_MEMORY;
    snnfe_causal_run(&filter, q->fast, q->n_channels, q->n_samples);
    return SNNFE_OK;
}

void snnfe_quality_release(snnfe_quality *q)
{
    snnfe_release(q->samples);
    snnfe_release(q->fast);
    *q = (snnfe_quality){0};
}

/* --- rules ---------------------------------------------------------------------------------- */

typedef struct range {
    float least, most;
} range;

static range range_of(const float *x, size_t n)
{
    range r = {x[0], x[0]};
    for (size_t t = 1; t < n; t++) {
        r.least = fminf(r.least, x[t]);
        r.most = fmaxf(r.most, x[t]);
    }
    return r;
}

/* So many samples in a row at an end of what the channel ever reaches. */
static bool is_clipped(const float *x, size_t n, range whole, uint32_t clip_samples)
{
    uint32_t n_row = 0;
    for (size_t t = 0; t < n; t++) {
        const bool at_end = x[t] <= whole.least || x[t] >= whole.most;
        const bool goes_on = t > 0 && !(x[t] < x[t - 1] || x[t] > x[t - 1]);
        n_row = !at_end ? 0 : goes_on ? n_row + 1 : 1;
        if (n_row >= clip_samples)
            return true;
    }
    return false;
}

static double rms_of(const float *x, size_t n)
{
    double sum = 0;
    for (size_t t = 0; t < n; t++)
        sum += (double)x[t] * (double)x[t];
    return sqrt(sum / (double)n);
}

static void judge_channel(const snnfe_quality *q, size_t channel, size_t first,
                          bool found[SNNFE_N_DEFECTS])
{
    const snnfe_dataset_options *o = q->options;
    const float *whole = q->samples + channel * q->n_samples, *x = whole + first;
    const range window = range_of(x, o->window_length);
    const double height = (double)window.most - (double)window.least;
    found[SNNFE_DEFECT_FLAT] = o->flat_uv > 0 && height < o->flat_uv;
    found[SNNFE_DEFECT_LOUD] = o->peak_uv > 0 && height > o->peak_uv;
    found[SNNFE_DEFECT_CLIPPED] =
        o->clip_samples > 0 && height > 0 &&
        is_clipped(x, o->window_length, range_of(whole, q->n_samples), o->clip_samples);
    found[SNNFE_DEFECT_MUSCLE] = q->fast && rms_of(q->fast + channel * q->n_samples + first,
                                                   o->window_length) > o->muscle_uv;
}

bool snnfe_quality_judge(const snnfe_quality *q, size_t first, const char *name,
                         const snnfe_recording *r, snnfe_quality_counts *counts, snnfe_text *notes)
{
    bool any[SNNFE_N_DEFECTS] = {false}, bad = false;
    for (size_t c = 0; c < q->n_channels; c++) {
        bool found[SNNFE_N_DEFECTS];
        judge_channel(q, c, first, found);
        for (int k = 0; k < SNNFE_N_DEFECTS; k++) {
            if (found[k] && !bad && counts->n_bad < MOST_TOLD)
                snnfe_text_append(notes, "%s: trial at %.2f s is %s in channel %zu\n", name,
                                  (double)first / r->sampling_rate_hz, words[k], c + 1);
            bad = bad || found[k];
            any[k] = any[k] || found[k];
        }
    }
    counts->n_judged++;
    counts->n_bad += bad;
    for (int k = 0; k < SNNFE_N_DEFECTS; k++)
        counts->by[k] += any[k];
    return !bad;
}
