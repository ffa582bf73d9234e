#include "decoder/mixer.h"

#include "base/memory.h"

#include <string.h>

static void point(const snnfe_mixer *mixer, snnfe_mix *mix, float *values)
{
    const size_t n_outputs = mixer->shape.n_outputs, n_envelopes = mixer->envelopes.n_outputs;
    mix->offset = values;
    mix->weights = mix->offset + n_outputs;
    mix->envelope_offset = mix->weights + snnfe_spatial_terms(&mixer->shape) * n_outputs;
    mix->envelope_weights = mix->envelope_offset + n_envelopes;
}

static void let_through(float *weights, size_t n)
{
    for (size_t i = 0; i < n; i++)
        weights[i * n + i] = 1;
}

snnfe_status snnfe_mixer_make(snnfe_mixer *mixer, const snnfe_spatial_shape *shape,
                              size_t n_envelopes, size_t n_marks)
{
    mixer->shape = *shape;
    mixer->envelopes = (snnfe_spatial_shape){.n_inputs = n_envelopes, .n_outputs = n_envelopes};
    const size_t size = snnfe_mixer_size(mixer);
    mixer->n_marks = n_marks;
    mixer->n_mixes = n_marks + 2; /* besides those in use the one in force and the next */
    mixer->mixes = snnfe_alloc(mixer->n_mixes, sizeof *mixer->mixes);
    mixer->values = snnfe_alloc(mixer->n_mixes, size * sizeof *mixer->values);
    mixer->marks = snnfe_alloc(n_marks, sizeof *mixer->marks);
    if (!mixer->mixes || !mixer->values || !mixer->marks)
        return SNNFE_ERR_MEMORY;
    for (size_t i = 0; i < mixer->n_mixes; i++)
        point(mixer, &mixer->mixes[i], mixer->values + i * size);
    let_through(mixer->mixes[0].weights, shape->n_outputs);
    let_through(mixer->mixes[0].envelope_weights, n_envelopes);
    for (size_t i = 0; i < n_marks; i++)
        atomic_init(&mixer->marks[i], NULL);
    atomic_init(&mixer->offered, &mixer->mixes[0]);
    return SNNFE_OK;
}

void snnfe_mixer_release(snnfe_mixer *mixer)
{
    snnfe_release(mixer->mixes);
    snnfe_release(mixer->values);
    snnfe_release(mixer->marks);
}

static bool is_free(const snnfe_mixer *mixer, const snnfe_mix *mix)
{
    if (atomic_load(&mixer->offered) == mix)
        return false;
    for (size_t i = 0; i < mixer->n_marks; i++)
        if (atomic_load(&mixer->marks[i]) == mix)
            return false;
    return true;
}

size_t snnfe_mixer_size(const snnfe_mixer *mixer)
{
    const size_t n_envelopes = mixer->envelopes.n_outputs;
    return (snnfe_spatial_terms(&mixer->shape) + 1) * mixer->shape.n_outputs +
           (n_envelopes + 1) * n_envelopes;
}

float *snnfe_mixer_values(const snnfe_mixer *mixer)
{
    return atomic_load(&mixer->offered)->offset; /* of a block that is the mixer's own */
}

static snnfe_mix *find_free(const snnfe_mixer *mixer)
{
    size_t i = 0;
    while (!is_free(mixer, &mixer->mixes[i]))
        i = (i + 1) % mixer->n_mixes;
    return &mixer->mixes[i];
}

void snnfe_mixer_put(snnfe_mixer *mixer, const float *values)
{
    snnfe_mix *mix = find_free(mixer);
    memcpy(mix->offset, values, snnfe_mixer_size(mixer) * sizeof *values);
    atomic_store(&mixer->offered, mix);
}

static void put(const snnfe_spatial_shape *shape, const snnfe_spatial_filter *filter, float *offset,
                float *weights)
{
    const size_t n_outputs = shape->n_outputs, n_terms = snnfe_spatial_terms(shape);
    for (size_t c = 0; c < n_outputs; c++) {
        offset[c] = (float)filter->offset[c];
        for (size_t k = 0; k < n_terms; k++)
            weights[k * n_outputs + c] = (float)filter->weights[c * n_terms + k];
    }
}

void snnfe_mixer_offer(snnfe_mixer *mixer, const snnfe_spatial_filter *filter,
                       const snnfe_spatial_filter *envelopes)
{
    snnfe_mix *mix = find_free(mixer);
    put(&mixer->shape, filter, mix->offset, mix->weights);
    put(&mixer->envelopes, envelopes, mix->envelope_offset, mix->envelope_weights);
    atomic_store(&mixer->offered, mix);
    atomic_fetch_add(&mixer->n_offered, 1);
}

/* The filter in force has to be read again after the mark: if it was exchanged in between, the
   thread that did so may not have seen the mark. */
const snnfe_mix *snnfe_mixer_take(snnfe_mixer *mixer, size_t mark)
{
    const snnfe_mix *mix = atomic_load(&mixer->offered);
    for (;;) {
        atomic_store(&mixer->marks[mark], mix);
        const snnfe_mix *now = atomic_load(&mixer->offered);
        if (now == mix)
            return mix;
        mix = now;
    }
}

void snnfe_mixer_leave(snnfe_mixer *mixer, size_t mark)
{
    atomic_store(&mixer->marks[mark], NULL);
}

const snnfe_mix *snnfe_mixer_of(const snnfe_mixer *mixer, size_t mark)
{
    return atomic_load_explicit(&mixer->marks[mark], memory_order_relaxed);
}

void snnfe_mix_add(const float *weights, size_t n_terms, size_t n_outputs, const float *terms,
                   float *outputs)
{
    for (size_t k = 0; k < n_terms; k++) {
        const float *restrict row = weights + k * n_outputs;
        float *restrict out = outputs;
        for (size_t c = 0; c < n_outputs; c++)
            out[c] += row[c] * terms[k];
    }
}

void snnfe_mix_envelopes(const snnfe_mix *mix, size_t n, const float *envelopes, float *mixed)
{
    memcpy(mixed, mix->envelope_offset, n * sizeof *mixed);
    snnfe_mix_add(mix->envelope_weights, n, n, envelopes, mixed);
}

void snnfe_mix_apply(const snnfe_mix *mix, const snnfe_spatial_shape *shape, const float *terms,
                     float *outputs)
{
    memcpy(outputs, mix->offset, shape->n_outputs * sizeof *outputs);
    snnfe_mix_add(mix->weights, snnfe_spatial_terms(shape), shape->n_outputs, terms, outputs);
}
