#include "decoder/mixer.h"

#include "base/memory.h"

#include <string.h>

snnfe_status snnfe_mixer_make(snnfe_mixer *mixer, const snnfe_spatial_shape *shape, size_t n_marks)
{
    const size_t n_outputs = shape->n_outputs;
    mixer->shape = *shape;
    const size_t size = snnfe_mixer_size(mixer);
    mixer->n_marks = n_marks;
    mixer->n_mixes = n_marks + 2; /* besides those in use the one in force and the next */
    mixer->mixes = snnfe_alloc(mixer->n_mixes, sizeof *mixer->mixes);
    mixer->values = snnfe_alloc(mixer->n_mixes, size * sizeof *mixer->values);
    mixer->marks = snnfe_alloc(n_marks, sizeof *mixer->marks);
    if (!mixer->mixes || !mixer->values || !mixer->marks)
        return SNNFE_ERR_MEMORY;
    for (size_t i = 0; i < mixer->n_mixes; i++) {
        mixer->mixes[i].offset = mixer->values + i * size;
        mixer->mixes[i].weights = mixer->mixes[i].offset + n_outputs;
    }
    for (size_t c = 0; c < n_outputs; c++)
        mixer->mixes[0].weights[c * n_outputs + c] = 1;
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
    return (snnfe_spatial_terms(&mixer->shape) + 1) * mixer->shape.n_outputs;
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

void snnfe_mixer_offer(snnfe_mixer *mixer, const snnfe_spatial_filter *filter)
{
    const size_t n_outputs = mixer->shape.n_outputs, n_terms = snnfe_spatial_terms(&mixer->shape);
    snnfe_mix *mix = find_free(mixer);
    for (size_t c = 0; c < n_outputs; c++) {
        mix->offset[c] = (float)filter->offset[c];
        for (size_t k = 0; k < n_terms; k++)
            mix->weights[k * n_outputs + c] = (float)filter->weights[c * n_terms + k];
    }
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

void snnfe_mix_apply(const snnfe_mix *mix, const snnfe_spatial_shape *shape, const float *terms,
                     float *outputs)
{
    const size_t n_outputs = shape->n_outputs, n_terms = snnfe_spatial_terms(shape);
    memcpy(outputs, mix->offset, n_outputs * sizeof *outputs);
    for (size_t k = 0; k < n_terms; k++) {
        const float *restrict weights = mix->weights + k * n_outputs;
        float *restrict out = outputs;
        for (size_t c = 0; c < n_outputs; c++)
            out[c] += weights[c] * terms[k];
    }
}
