/* The spatial filters that a live decoder mixes channels by: one in force, those of windows that
   still run, and room for the next. Filters are exchanged without a lock: each user marks the
   one it uses, and one without a mark may be overwritten. */
#ifndef SNNFE_LIB_MIXER_H
#define SNNFE_LIB_MIXER_H

#include "signal/spatial.h"

#include <stdatomic.h>

/* A filter as it is applied, in single precision: one block, the offsets first; of envelopes behind
   it another, which mixes them. */
typedef struct snnfe_mix {
    float *offset;           /* [n_outputs] */
    float *weights;          /* [n_terms][n_outputs] */
    float *envelope_offset;  /* [n_envelopes] */
    float *envelope_weights; /* [n_envelopes][n_envelopes] */
} snnfe_mix;

typedef _Atomic(const snnfe_mix *) snnfe_mix_mark;

typedef struct snnfe_mixer {
    snnfe_spatial_shape shape;
    snnfe_spatial_shape envelopes; /* of no outputs: channels are samples */
    size_t n_mixes, n_marks;
    snnfe_mix *mixes;      /* [n_mixes] */
    float *values;         /* of all mixes */
    snnfe_mix_mark *marks; /* [n_marks] what each user uses; NULL = nothing */
    snnfe_mix_mark offered;
    atomic_uint_fast64_t n_offered;
} snnfe_mixer;

/* For `n_marks` users; the filter in force lets the outputs, and `n_envelopes`, through. A mixer of
   zeros has none. */
snnfe_status snnfe_mixer_make(snnfe_mixer *mixer, const snnfe_spatial_shape *shape,
                              size_t n_envelopes, size_t n_marks);
void snnfe_mixer_release(snnfe_mixer *mixer);

/* Put a filter in force. By one thread at a time, which need not be that of the users. */
void snnfe_mixer_offer(snnfe_mixer *mixer, const snnfe_spatial_filter *filter,
                       const snnfe_spatial_filter *envelopes);

/* The same for what is in force in another mixer of this shape, as for the values in a file: a
   block of (n_terms + 1) n_outputs, and one of (n_envelopes + 1) n_envelopes. */
size_t snnfe_mixer_size(const snnfe_mixer *mixer);
float *snnfe_mixer_values(const snnfe_mixer *mixer);
void snnfe_mixer_put(snnfe_mixer *mixer, const float *values);

/* Let user `mark` use the filter in force; real-time, as all below. */
const snnfe_mix *snnfe_mixer_take(snnfe_mixer *mixer, size_t mark);
void snnfe_mixer_leave(snnfe_mixer *mixer, size_t mark);
const snnfe_mix *snnfe_mixer_of(const snnfe_mixer *mixer, size_t mark);

/* outputs [n_outputs] += weights [n_terms][n_outputs] terms [n_terms]. */
void snnfe_mix_add(const float *weights, size_t n_terms, size_t n_outputs, const float *terms,
                   float *outputs);
/* Envelopes [n] through the filter. */
void snnfe_mix_envelopes(const snnfe_mix *mix, size_t n, const float *envelopes, float *mixed);
/* Outputs [n_outputs] of terms [n_terms]. */
void snnfe_mix_apply(const snnfe_mix *mix, const snnfe_spatial_shape *shape, const float *terms,
                     float *outputs);

#endif
