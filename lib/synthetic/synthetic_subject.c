#include "synthetic/synthetic_model.h"

#include "recording/eegmmidb.h"

#include <math.h>

/* Parts of a subject's own streams, which have run 0. */
enum { PART_SUBJECT, PART_EYES };

/* Where the electrodes are. */
typedef struct places {
    int32_t rows[SNNFE_MAX_CHANNELS], columns[SNNFE_MAX_CHANNELS];
} places;

snnfe_stream snnfe_synthetic_stream(uint64_t seed, int32_t subject, int32_t run, uint32_t part)
{
    const uint64_t recording = (uint64_t)subject * 16 + (uint64_t)run;
    return snnfe_stream_make(seed, SNNFE_STREAM_SYNTHETIC, recording * 256 + part);
}

/* 1 without spread; otherwise above or below it by a random factor. */
static double vary(snnfe_stream *stream, double spread)
{
    return exp(spread * snnfe_stream_normal(stream));
}

static double clamp(double x, double low, double high)
{
    return fmin(fmax(x, low), high);
}

/* Bell over the grid of electrodes, whose unit is one step of the 10-10 system. */
static void bell(float gain[SNNFE_MAX_CHANNELS], const places *at, double row, double column,
                 double width)
{
    for (size_t c = 0; c < SNNFE_MAX_CHANNELS; c++) {
        const double dy = at->rows[c] - row, dx = at->columns[c] - column;
        gain[c] = (float)exp(-(dx * dx + dy * dy) / (2 * width * width));
    }
}

static void make_areas(snnfe_synthetic_subject *s, const places *at, double spread,
                       snnfe_stream *stream)
{
    /* C3, C4 and Cz. */
    static const double columns[SNNFE_N_AREAS] = {3, 7, 5};
    const double row = 4 + 0.6 * spread * snnfe_stream_normal(stream);
    const double width = 1.3 * vary(stream, 0.25 * spread);
    for (int a = 0; a < SNNFE_N_AREAS; a++) {
        const double area_row = row + 0.4 * spread * snnfe_stream_normal(stream);
        const double area_column = columns[a] + 0.6 * spread * snnfe_stream_normal(stream);
        bell(s->rhythm_gain[a], at, area_row, area_column, width);
        bell(s->potential_gain[a], at, area_row, area_column, 1.8 * width);
        s->mu_uv[a] = 10 * vary(stream, 0.3 * spread);
        s->beta_uv[a] = 4 * vary(stream, 0.3 * spread);
        s->potential_uv[a] = 30 * vary(stream, 0.5 * spread);
    }
}

/* Sources all over the head, each electrode with the same variance of 0.7 in all. */
static void make_background(snnfe_synthetic_subject *s, const places *at, snnfe_stream *stream)
{
    for (int b = 0; b < SNNFE_N_BACKGROUNDS; b++) {
        const double row = 9 * snnfe_stream_double(stream);
        const double column = 10 * snnfe_stream_double(stream);
        bell(s->background_gain[b], at, row, column, 2.5);
    }
    for (size_t c = 0; c < SNNFE_MAX_CHANNELS; c++) {
        float sum = 0;
        for (int b = 0; b < SNNFE_N_BACKGROUNDS; b++)
            sum += s->background_gain[b][c] * s->background_gain[b][c];
        const float scale = sqrtf(0.7F / (sum + 1e-6F));
        for (int b = 0; b < SNNFE_N_BACKGROUNDS; b++)
            s->background_gain[b][c] *= scale;
    }
}

/* What electrodes, in the order of the files, see of two eyes that look to the left: two dipoles
   along the line between them in a homogeneous medium, smeared by 3 cm, at standard places of the
   10-10 system, relative to F7. */
static const float glance_map[SNNFE_MAX_CHANNELS] = {
    0.38F,  0.22F,  0.10F,  0,      -0.10F, -0.22F, -0.38F, 0.24F,  0.15F,  0.07F,  0,
    -0.07F, -0.15F, -0.24F, 0.15F,  0.10F,  0.05F,  0,      -0.05F, -0.10F, -0.15F, 0.47F,
    0,      -0.47F, 1.44F,  0.38F,  0,      -0.38F, -1.44F, 1,      0.62F,  0.33F,  0.14F,
    0,      -0.14F, -0.33F, -0.62F, -1,     0.55F,  -0.55F, 0.31F,  -0.31F, 0.32F,  -0.32F,
    0.19F,  -0.19F, 0.11F,  0.09F,  0.06F,  0.03F,  0,      -0.03F, -0.06F, -0.09F, -0.11F,
    0.07F,  0.04F,  0,      -0.04F, -0.07F, 0.03F,  0,      -0.03F, 0};

static void make_eyes(snnfe_synthetic_subject *s, const snnfe_synthetic_options *options)
{
    snnfe_stream stream = snnfe_synthetic_stream(options->seed, s->number, 0, PART_EYES);
    const float strength = (float)vary(&stream, 0.3 * options->subject_spread);
    for (size_t c = 0; c < SNNFE_MAX_CHANNELS; c++)
        s->glance_gain[c] = strength * glance_map[c];
}

void snnfe_synthetic_subject_make(snnfe_synthetic_subject *s,
                                  const snnfe_synthetic_options *options, int32_t number)
{
    places at = {0};
    snnfe_eegmmidb_places(at.rows, at.columns);
    const double spread = options->subject_spread;
    snnfe_stream stream = snnfe_synthetic_stream(options->seed, number, 0, PART_SUBJECT);
    *s = (snnfe_synthetic_subject){.number = number};
    s->strength = clamp(vary(&stream, 0.4 * spread), 0.2, 2);
    s->ipsilateral = clamp(0.25 + 0.3 * spread * snnfe_stream_normal(&stream), 0, 0.6);
    s->bias = 15 * spread * snnfe_stream_normal(&stream);
    s->mu_hz = clamp(10.5 + 1.5 * spread * snnfe_stream_normal(&stream), 8.5, 12.5);
    s->beta_hz = clamp(20.5 + 3 * spread * snnfe_stream_normal(&stream), 17, 25);
    s->blinks_per_s = 0.2 * vary(&stream, 0.5 * spread);
    make_areas(s, &at, spread, &stream);
    make_background(s, &at, &stream);
    for (size_t c = 0; c < SNNFE_MAX_CHANNELS; c++) {
        s->blink_gain[c] = (float)exp(-at.rows[c] / 1.2);
        s->line_gain[c] = (float)(0.5 + snnfe_stream_double(&stream));
    }
    make_eyes(s, options);
}
