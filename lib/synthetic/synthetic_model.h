/* The model behind synthetic recordings: what a subject is like, and what it gives in a run. */
#ifndef SNNFE_LIB_SYNTHETIC_MODEL_H
#define SNNFE_LIB_SYNTHETIC_MODEL_H

#include "base/philox.h"
#include "recording/recording.h"

#include <snnfe/synthetic.h>

#define SNNFE_SYNTHETIC_RATE 160
#define SNNFE_N_AREAS 3        /* sensorimotor areas: left hand's, right hand's, feet's */
#define SNNFE_N_BACKGROUNDS 12 /* sources that neighboring electrodes share */

/* Area that a movement engages most: hands cross over to the other hemisphere. */
enum { SNNFE_AREA_LEFT, SNNFE_AREA_RIGHT, SNNFE_AREA_MIDDLE };

typedef struct snnfe_synthetic_subject {
    int32_t number;
    double strength;    /* of everything that follows a cue; 1 on average */
    double ipsilateral; /* share of it over the same side as the hand */
    double bias;        /* potential that any lateral cue leaves over the left area, less the right
                           one, microvolts */
    double mu_hz, beta_hz;
    double mu_uv[SNNFE_N_AREAS], beta_uv[SNNFE_N_AREAS]; /* root mean square at the center */
    double potential_uv[SNNFE_N_AREAS];                  /* at the center */
    double blinks_per_s;
    /* How each electrode sees the sources. */
    float rhythm_gain[SNNFE_N_AREAS][SNNFE_MAX_CHANNELS];
    float potential_gain[SNNFE_N_AREAS][SNNFE_MAX_CHANNELS];
    float background_gain[SNNFE_N_BACKGROUNDS][SNNFE_MAX_CHANNELS];
    float blink_gain[SNNFE_MAX_CHANNELS];
    float glance_gain[SNNFE_MAX_CHANNELS]; /* of a glance to the left, about 1 at F7 */
    float line_gain[SNNFE_MAX_CHANNELS];
} snnfe_synthetic_subject;

/* Every part of a recording has its own random stream, so that parts can be made in any order. */
snnfe_stream snnfe_synthetic_stream(uint64_t seed, int32_t subject, int32_t run, uint32_t part);

void snnfe_synthetic_subject_make(snnfe_synthetic_subject *subject,
                                  const snnfe_synthetic_options *options, int32_t number);

/* Fills a zeroed recording with run `run` of a subject. */
snnfe_status snnfe_synthetic_record(snnfe_recording *recording,
                                    const snnfe_synthetic_options *options,
                                    const snnfe_synthetic_subject *subject, int32_t run);

/* Write it as EDF+ or BDF+ (SNNFE_FORMAT_*), atomically; samples are rounded to 1/10 or 1/32
   microvolt. The rate is a whole number of Hz, the length one of seconds. */
snnfe_status snnfe_synthetic_write_edf(const char *path, const snnfe_recording *recording,
                                       int32_t format);
/* Write it as BrainVision's three files, by the header's path, each atomically. */
snnfe_status snnfe_synthetic_write_brainvision(const char *path, const snnfe_recording *recording);

/* A BIDS tree: what is there once, and what there is of a run of a session (from 1). */
snnfe_status snnfe_synthetic_write_bids(const char *root, const snnfe_synthetic_options *options);
snnfe_status snnfe_synthetic_write_bids_run(const char *root,
                                            const snnfe_synthetic_options *options,
                                            const snnfe_synthetic_subject *subject,
                                            uint32_t session, int32_t run);

/* 1/f noise of unit variance. */
void snnfe_synthetic_pink(float *out, size_t n, snnfe_stream *stream);
/* A rhythm of unit variance around `frequency_hz`, about `width_hz` wide. */
void snnfe_synthetic_rhythm(float *out, size_t n, double frequency_hz, double width_hz,
                            snnfe_stream *stream);

/* Options of this library's size with everything in range, or an error. */
snnfe_status snnfe_synthetic_options_take(snnfe_synthetic_options *adopted,
                                          const snnfe_synthetic_options *options);

/* The runs that the options ask for. */
size_t snnfe_synthetic_run_count(const snnfe_synthetic_options *options);
int32_t snnfe_synthetic_run(const snnfe_synthetic_options *options, size_t index);

#endif
