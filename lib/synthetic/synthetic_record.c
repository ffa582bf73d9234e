#include "synthetic/synthetic_model.h"

#include "base/format.h"
#include "base/memory.h"
#include "recording/eegmmidb.h"

#include <math.h>
#include <string.h>

#define RATE SNNFE_SYNTHETIC_RATE
#define PI 3.14159265358979323846

/* EEGMMIDB's time course: rest for 4.2 s, a cue for 4.1 s, and so on. */
#define REST_SAMPLES 672
#define CYCLE_SAMPLES 1328
#define BASELINE_SECONDS 61
#define MAX_CUES 15

/* Parts of a recording with a stream of their own; channels come first. */
enum {
    PART_BACKGROUND = SNNFE_MAX_CHANNELS,
    PART_MU = PART_BACKGROUND + SNNFE_N_BACKGROUNDS,
    PART_BETA = PART_MU + SNNFE_N_AREAS,
    PART_CUES = PART_BETA + SNNFE_N_AREAS,
    PART_BLINKS,
    PART_LINE,
    PART_GLANCES
};

typedef struct cue {
    size_t onset;     /* samples */
    int32_t code;     /* 1 = T1, 2 = T2 */
    double effort;    /* 0 when the mind wandered, about 1 otherwise */
    double latency_s; /* from the cue to the beginning of its effect */
} cue;

typedef struct plan {
    const snnfe_synthetic_options *options;
    const snnfe_synthetic_subject *subject;
    int32_t run;
    size_t n_samples;
    size_t n_cues;
    cue cues[MAX_CUES];
} plan;

/* Time courses of the sources, each [n_samples] microvolts (backgrounds: of unit variance). */
typedef struct source_signals {
    float *background[SNNFE_N_BACKGROUNDS];
    float *rhythm[SNNFE_N_AREAS];
    float *potential[SNNFE_N_AREAS];
    float *blink;
    float *glance;
} source_signals;

static bool is_baseline(int32_t run)
{
    return run <= 2;
}

/* Runs 5, 6, 9, 10, 13 and 14 have both fists and both feet, the others one fist. */
static bool is_fists_or_feet(int32_t run)
{
    return (run - 3) % 4 >= 2;
}

static bool is_imagined(int32_t run)
{
    return run % 2 == 0;
}

static snnfe_stream stream_of(const plan *p, uint32_t part)
{
    return snnfe_synthetic_stream(p->options->seed, p->subject->number, p->run, part);
}

static void make_plan(plan *p, const snnfe_synthetic_options *options,
                      const snnfe_synthetic_subject *subject, int32_t run)
{
    *p = (plan){.options = options, .subject = subject, .run = run};
    if (is_baseline(run)) {
        p->n_samples = BASELINE_SECONDS * RATE;
        return;
    }
    p->n_cues = options->trials_per_run;
    p->n_samples = (p->n_cues * CYCLE_SAMPLES + RATE - 1) / RATE * RATE;
    snnfe_stream stream = stream_of(p, PART_CUES);
    /* As many of both as possible; which one an odd number favors changes from run to run. */
    int32_t codes[MAX_CUES];
    for (size_t i = 0; i < p->n_cues; i++)
        codes[i] = 1 + (int32_t)((i + (size_t)run / 4) % 2);
    snnfe_stream_shuffle(&stream, codes, p->n_cues);
    for (size_t i = 0; i < p->n_cues; i++) {
        const bool wandered = snnfe_stream_double(&stream) < 0.08;
        const double effort = fmax(1 + 0.3 * snnfe_stream_normal(&stream), 0);
        p->cues[i] = (cue){.onset = i * CYCLE_SAMPLES + REST_SAMPLES,
                           .code = codes[i],
                           .effort = wandered ? 0 : effort * (is_imagined(run) ? 1 : 1.3),
                           .latency_s = 0.1 + 0.1 * snnfe_stream_double(&stream)};
    }
}

/* How much a cue engages an area, 0…1. */
static double engagement(const plan *p, int32_t code, int area)
{
    const double ipsilateral = p->subject->ipsilateral;
    if (!is_fists_or_feet(p->run)) {
        const int across = code == 1 ? SNNFE_AREA_RIGHT : SNNFE_AREA_LEFT;
        return area == SNNFE_AREA_MIDDLE ? ipsilateral / 2 : area == across ? 1 : ipsilateral;
    }
    if (code == 1)
        return area == SNNFE_AREA_MIDDLE ? ipsilateral / 2 : 1;
    return area == SNNFE_AREA_MIDDLE ? 1 : ipsilateral / 2;
}

/* Smooth step from 0 at `begin` to 1 at `begin` + `length` (seconds). */
static double ramp(double t, double begin, double length)
{
    const double x = fmin(fmax((t - begin) / length, 0), 1);
    return x * x * (3 - 2 * x);
}

/* Multiply an area's rhythm by what is left of it after each cue, and set its slow potential. */
static void apply_cues(const plan *p, int area, float *rhythm, float *potential)
{
    const snnfe_synthetic_subject *s = p->subject;
    const double effect = p->options->effect * s->strength;
    const double bias = area == SNNFE_AREA_LEFT ? s->bias : area == SNNFE_AREA_RIGHT ? -s->bias : 0;
    for (size_t k = 0; k < p->n_cues; k++) {
        const cue *q = &p->cues[k];
        const double engaged = q->effort * engagement(p, q->code, area);
        const double drop = fmin(effect * engaged, 1);
        const double peak = (bias - s->potential_uv[area] * engaged) * effect;
        for (size_t i = 0; i < CYCLE_SAMPLES && q->onset + i < p->n_samples; i++) {
            const double t = (double)i / RATE;
            const double over = ramp(t, 4.1, 0.6);
            rhythm[q->onset + i] *= (float)(1 - drop * ramp(t, q->latency_s, 0.3) * (1 - over));
            potential[q->onset + i] +=
                (float)(peak * ramp(t, q->latency_s, 0.4) * (1 - ramp(t, 1.2, 1.5)));
        }
    }
}

static void make_area(const plan *p, int area, float *rhythm, float *potential, float *scratch)
{
    const snnfe_synthetic_subject *s = p->subject;
    snnfe_stream mu = stream_of(p, PART_MU + (uint32_t)area);
    snnfe_stream beta = stream_of(p, PART_BETA + (uint32_t)area);
    snnfe_synthetic_rhythm(rhythm, p->n_samples, s->mu_hz, 1.5, &mu);
    snnfe_synthetic_rhythm(scratch, p->n_samples, s->beta_hz, 4, &beta);
    const float mu_uv = (float)s->mu_uv[area], beta_uv = (float)s->beta_uv[area];
    for (size_t t = 0; t < p->n_samples; t++)
        rhythm[t] = mu_uv * rhythm[t] + beta_uv * scratch[t];
    apply_cues(p, area, rhythm, potential);
}

/* Raised cosines of 0.3 s at random times, none in the 0.7 s after another. */
static void make_blinks(const plan *p, float *blink)
{
    const size_t length = 48, pause = 160;
    snnfe_stream stream = stream_of(p, PART_BLINKS);
    const double chance = p->subject->blinks_per_s / RATE;
    for (size_t t = 0; t < p->n_samples; t++) {
        if (snnfe_stream_double(&stream) >= chance)
            continue;
        const double peak = p->options->blink_uv * (0.7 + 0.6 * snnfe_stream_double(&stream));
        for (size_t i = 0; i < length && t + i < p->n_samples; i++)
            blink[t + i] += (float)(peak * (0.5 - 0.5 * cos(2 * PI * (double)i / (double)length)));
        t += pause;
    }
}

/* The eyes jump to the side of the cue, stay there and jump back. Every cue draws the same numbers
   whether it is glanced at or not, so that the share changes no other glance. */
static void make_glances(const plan *p, float *glance)
{
    const snnfe_synthetic_options *o = p->options;
    const double jump_s = 0.05;
    snnfe_stream stream = stream_of(p, PART_GLANCES);
    for (size_t k = 0; k < p->n_cues; k++) {
        const cue *q = &p->cues[k];
        const bool looks = snnfe_stream_double(&stream) < o->glance_share;
        const double size = 0.7 + 0.6 * snnfe_stream_double(&stream);
        const double begin_s = 0.2 + 0.1 * snnfe_stream_double(&stream);
        const double end_s = begin_s + 0.6 + 1.2 * snnfe_stream_double(&stream);
        const double peak = !looks ? 0 : (q->code == 1 ? 1 : -1) * size * o->glance_uv;
        for (size_t i = 0; i < CYCLE_SAMPLES && q->onset + i < p->n_samples; i++) {
            const double t = (double)i / RATE;
            glance[q->onset + i] +=
                (float)(peak * ramp(t, begin_s, jump_s) * (1 - ramp(t, end_s, jump_s)));
        }
    }
}

static bool has_glances(const plan *p)
{
    return p->options->glance_uv > 0 && !is_fists_or_feet(p->run);
}

static void make_sources(const plan *p, const source_signals *sources, float *scratch)
{
    for (uint32_t b = 0; b < SNNFE_N_BACKGROUNDS; b++) {
        snnfe_stream stream = stream_of(p, PART_BACKGROUND + b);
        snnfe_synthetic_pink(sources->background[b], p->n_samples, &stream);
    }
    for (int a = 0; a < SNNFE_N_AREAS; a++)
        make_area(p, a, sources->rhythm[a], sources->potential[a], scratch);
    make_blinks(p, sources->blink);
    if (has_glances(p))
        make_glances(p, sources->glance);
}

static void add_scaled(float *sum, const float *x, float scale, size_t n)
{
    for (size_t t = 0; t < n; t++)
        sum[t] += scale * x[t];
}

/* The electrode's own noise has what the shared sources leave of the background's variance. */
static void make_channel(const plan *p, const source_signals *sources, size_t channel, float *out)
{
    const snnfe_synthetic_subject *s = p->subject;
    const size_t n = p->n_samples;
    const float noise_uv = (float)p->options->noise_uv;
    snnfe_stream stream = stream_of(p, (uint32_t)channel);
    snnfe_synthetic_pink(out, n, &stream);
    const float own = sqrtf(0.3F) * noise_uv;
    for (size_t t = 0; t < n; t++)
        out[t] *= own;
    for (int b = 0; b < SNNFE_N_BACKGROUNDS; b++)
        add_scaled(out, sources->background[b], noise_uv * s->background_gain[b][channel], n);
    for (int a = 0; a < SNNFE_N_AREAS; a++) {
        add_scaled(out, sources->rhythm[a], s->rhythm_gain[a][channel], n);
        add_scaled(out, sources->potential[a], s->potential_gain[a][channel], n);
    }
    add_scaled(out, sources->blink, s->blink_gain[channel], n);
    if (has_glances(p))
        add_scaled(out, sources->glance, s->glance_gain[channel], n);
    snnfe_stream line = stream_of(p, PART_LINE);
    const double phase = 2 * PI * snnfe_stream_double(&line) + 0.01 * (double)channel;
    const double line_hz = p->options->line_hz;
    const double line_uv = p->options->line_uv * (double)s->line_gain[channel];
    for (size_t t = 0; t < n; t++)
        out[t] += (float)(line_uv * sin(2 * PI * line_hz * (double)t / RATE + phase));
}

static snnfe_status make_events(const plan *p, snnfe_recording *recording)
{
    static const char *const texts[] = {"T0", "T1", "T2"};
    const size_t n_rests = p->n_cues > 0 ? p->n_cues : 1;
    recording->events = snnfe_alloc(n_rests + p->n_cues, sizeof *recording->events);
    if (!recording->events)
        return SNNFE_ERR_MEMORY;
    for (size_t i = 0; i < n_rests; i++) {
        snnfe_event *rest = &recording->events[recording->n_events++];
        rest->onset_s = (double)(i * CYCLE_SAMPLES) / RATE;
        rest->text = texts[0];
        if (p->n_cues == 0)
            break;
        snnfe_event *event = &recording->events[recording->n_events++];
        event->onset_s = (double)p->cues[i].onset / RATE;
        event->text = texts[p->cues[i].code];
    }
    return SNNFE_OK;
}

snnfe_status snnfe_synthetic_record(snnfe_recording *recording,
                                    const snnfe_synthetic_options *options,
                                    const snnfe_synthetic_subject *subject, int32_t run)
{
    enum { N_SOURCES = SNNFE_N_BACKGROUNDS + 2 * SNNFE_N_AREAS + 2 };
    plan p;
    make_plan(&p, options, subject, run);
    recording->samples = snnfe_alloc_raw(SNNFE_MAX_CHANNELS * p.n_samples, sizeof(float));
    float *courses = snnfe_alloc((N_SOURCES + 1) * p.n_samples, sizeof(float));
    snnfe_status status = SNNFE_ERR_MEMORY;
    if (!recording->samples || !courses)
        goto cleanup;
    source_signals all;
    float *next = courses;
    for (int b = 0; b < SNNFE_N_BACKGROUNDS; b++, next += p.n_samples)
        all.background[b] = next;
    for (int a = 0; a < SNNFE_N_AREAS; a++, next += 2 * p.n_samples) {
        all.rhythm[a] = next;
        all.potential[a] = next + p.n_samples;
    }
    all.blink = next;
    all.glance = next + p.n_samples;
    make_sources(&p, &all, next + 2 * p.n_samples);
    recording->n_channels = SNNFE_MAX_CHANNELS;
    recording->n_samples = p.n_samples;
    recording->sampling_rate_hz = recording->recorded_hz = RATE;
    recording->synthetic = true;
    for (size_t c = 0; c < SNNFE_MAX_CHANNELS; c++) {
        snnfe_format(recording->names[c], SNNFE_NAME_SIZE, "%s", snnfe_eegmmidb_label(c));
        make_channel(&p, &all, c, recording->samples + c * p.n_samples);
    }
    status = make_events(&p, recording);
cleanup:
    snnfe_release(courses);
    if (status != SNNFE_OK)
        snnfe_recording_release(recording);
    return status;
}
