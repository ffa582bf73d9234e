#include "dataset/quality.h"

#include "base/check.h"
#include "base/memory.h"
#include "signal/notch.h"

#include <math.h>

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

/* Where `clip_samples` in a row, up to this one, are at an end of what the channel ever reaches. */
static void mark_clipped(const float *x, size_t n, uint32_t clip_samples, uint8_t *marks)
{
    const range whole = range_of(x, n);
    uint32_t n_row = 0;
    for (size_t t = 0; t < n; t++) {
        const bool at_end = x[t] <= whole.least || x[t] >= whole.most;
        const bool goes_on = t > 0 && !(x[t] < x[t - 1] || x[t] > x[t - 1]);
        n_row = !at_end ? 0 : goes_on ? n_row + 1 : 1;
        marks[t] = n_row >= clip_samples;
    }
}

snnfe_status snnfe_quality_begin(snnfe_quality *q, const snnfe_dataset_options *o,
                                 const snnfe_recording *r)
{
    *q = (snnfe_quality){.options = o, .n_channels = r->n_channels, .n_recorded = r->n_samples};
    if (o->quality == SNNFE_QUALITY_KEEP || o->clip_samples == 0)
        return SNNFE_OK;
    q->clipped = snnfe_alloc_raw(r->n_channels * r->n_samples, sizeof *q->clipped);
    if (!q->clipped)
        return SNNFE_ERR_MEMORY;
    for (size_t c = 0; c < r->n_channels; c++)
        mark_clipped(r->samples + c * r->n_samples, r->n_samples, o->clip_samples,
                     q->clipped + c * r->n_samples);
    return SNNFE_OK;
}

snnfe_status snnfe_quality_keep(snnfe_quality *q, const snnfe_recording *r)
{
    const snnfe_dataset_options *o = q->options;
    const size_t n = r->n_channels * r->n_samples;
    q->n_samples = r->n_samples;
    q->recorded_step = r->recorded_hz / r->sampling_rate_hz;
    if (o->quality == SNNFE_QUALITY_KEEP)
        return SNNFE_OK;
    q->samples = snnfe_duplicate(r->samples, n, sizeof *q->samples);
    if (!q->samples)
        return SNNFE_ERR_MEMORY;
    if (!(o->muscle_uv > 0))
        return SNNFE_OK;
    snnfe_causal filter;
    filter.n_sections = 0;
    SNNFE_TRY(snnfe_notch_add(&filter, o->notch_hz, o->notch_width_hz, o->sampling_rate_hz));
    SNNFE_TRY(snnfe_causal_add(&filter, SNNFE_MUSCLE_HZ, 0, o->sampling_rate_hz, MUSCLE_ORDER));
    q->fast = snnfe_duplicate(r->samples, n, sizeof *q->fast);
    if (!q->fast)
        return SNNFE_ERR_MEMORY;
    snnfe_causal_run(&filter, q->fast, q->n_channels, q->n_samples);
    return SNNFE_OK;
}

void snnfe_quality_release(snnfe_quality *q)
{
    snnfe_release(q->clipped);
    snnfe_release(q->samples);
    snnfe_release(q->fast);
    *q = (snnfe_quality){0};
}

/* --- rules ---------------------------------------------------------------------------------- */

/* The recorded sample next to one of the trials' rate. */
static size_t recorded_place(const snnfe_quality *q, size_t sample)
{
    return (size_t)llround((double)sample * q->recorded_step);
}

static bool is_clipped(const snnfe_quality *q, size_t channel, size_t first)
{
    const snnfe_dataset_options *o = q->options;
    const uint8_t *marks = q->clipped + channel * q->n_recorded;
    const size_t end = recorded_place(q, first + o->window_length);
    for (size_t t = recorded_place(q, first) + o->clip_samples - 1; t < end && t < q->n_recorded;
         t++)
        if (marks[t])
            return true;
    return false;
}

static double rms_of(const float *x, size_t n)
{
    double sum = 0;
    for (size_t t = 0; t < n; t++)
        sum += (double)x[t] * (double)x[t];
    return sqrt(sum / (double)n);
}

static int32_t judge_channel(const snnfe_quality *q, size_t channel, size_t first)
{
    const snnfe_dataset_options *o = q->options;
    const float *x = q->samples + channel * q->n_samples + first;
    const range window = range_of(x, o->window_length);
    const double height = (double)window.most - (double)window.least;
    int32_t found = 0;
    if (o->flat_uv > 0 && height < o->flat_uv)
        found |= SNNFE_DEFECT_FLAT;
    if (q->clipped && height > 0 && is_clipped(q, channel, first))
        found |= SNNFE_DEFECT_CLIPPED;
    if (o->peak_uv > 0 && height > o->peak_uv)
        found |= SNNFE_DEFECT_LOUD;
    if (q->fast &&
        rms_of(q->fast + channel * q->n_samples + first, o->window_length) > o->muscle_uv)
        found |= SNNFE_DEFECT_MUSCLE;
    return found;
}

/* The first channel in which something is wrong, and one thing that is. */
static void tell(const char *name, size_t first, size_t channel, int32_t found, snnfe_recording *r)
{
    int k = 0;
    while (!(found >> k & 1))
        k++;
    snnfe_text_append(&r->notes, "%s: trial at %.2f s is %s in channel %zu\n", name,
                      (double)first / r->sampling_rate_hz, words[k], channel + 1);
}

int32_t snnfe_quality_judge(const snnfe_quality *q, size_t first, const char *name,
                            snnfe_recording *r, snnfe_quality_counts *counts)
{
    int32_t defects = 0;
    for (size_t c = 0; c < q->n_channels; c++) {
        const int32_t found = judge_channel(q, c, first);
        if (found && !defects && counts->n_bad < MOST_TOLD)
            tell(name, first, c, found, r);
        defects |= found;
    }
    counts->n_judged++;
    counts->n_bad += defects != 0;
    for (int k = 0; k < SNNFE_N_DEFECTS; k++)
        counts->by[k] += (size_t)(defects >> k & 1);
    return defects;
}
