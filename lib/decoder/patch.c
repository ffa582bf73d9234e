#include "decoder/patch.h"

#include "base/memory.h"
#include "recording/electrodes.h"
#include "signal/splines.h"

snnfe_status snnfe_patch_make(snnfe_patch *patch, const char (*names)[SNNFE_NAME_SIZE], size_t n)
{
    double places[SNNFE_MAX_CHANNELS][3];
    for (size_t c = 0; c < n; c++) {
        snnfe_electrode electrode;
        if (!snnfe_electrode_find(names[c], &electrode))
            continue;
        snnfe_electrode_direction(&electrode, places[patch->n]);
        patch->placed |= UINT64_C(1) << c;
        patch->channels[patch->n++] = c;
    }
    const size_t n_pairs = patch->n * patch->n;
    patch->table = snnfe_alloc(n_pairs, sizeof *patch->table);
    patch->weights = snnfe_alloc(n_pairs, sizeof *patch->weights);
    patch->work = snnfe_alloc((patch->n + 1) * (patch->n + 1), sizeof *patch->work);
    if (!patch->table || !patch->weights || !patch->work)
        return SNNFE_ERR_MEMORY;
    snnfe_spline_table((const double(*)[3])places, patch->n, patch->table);
    return SNNFE_OK;
}

void snnfe_patch_release(snnfe_patch *patch)
{
    snnfe_release(patch->table);
    snnfe_release(patch->weights);
    snnfe_release(patch->work);
    *patch = (snnfe_patch){0};
}

bool snnfe_patch_prepare(snnfe_patch *patch, uint64_t bad)
{
    uint64_t from = 0, to = 0;
    size_t n_good = 0;
    for (size_t i = 0; i < patch->n; i++) {
        const bool is_bad = bad >> patch->channels[i] & 1;
        *(is_bad ? &to : &from) |= UINT64_C(1) << i;
        n_good += !is_bad;
    }
    if (to != patch->bad) {
        patch->bad = to;
        patch->solved = n_good >= SNNFE_FEWEST_PLACES &&
                        snnfe_spline_weights(patch->table, patch->n, from, to, patch->work,
                                             patch->weights) == SNNFE_OK;
    }
    return to != 0 && patch->solved;
}

double snnfe_patch_value(const snnfe_patch *patch, const double *microvolts, size_t channel)
{
    size_t row = 0;
    while (patch->channels[row] != channel)
        row++;
    const double *weights = patch->weights + row * patch->n;
    double sum = 0;
    for (size_t i = 0; i < patch->n; i++)
        if (!(patch->bad >> i & 1))
            sum += weights[i] * microvolts[patch->channels[i]];
    return sum;
}
