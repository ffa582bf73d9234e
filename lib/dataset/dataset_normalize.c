/* Pooled statistics and z-scores (docs/spec.md 2.2). */
#include "base/check.h"
#include "base/floating.h"
#include "dataset/dataset_internal.h"

#include <math.h>

void snnfe_moments_merge(snnfe_moments *a, const snnfe_moments *b, size_t n_channels)
{
    if (b->n_samples == 0)
        return;
    const double n_a = (double)a->n_samples, n_b = (double)b->n_samples, n = n_a + n_b;
    for (size_t c = 0; c < n_channels; c++) {
        const double delta = b->mean[c] - a->mean[c];
        a->mean[c] += delta * n_b / n;
        a->m2[c] += b->m2[c] + delta * delta * n_a * n_b / n;
    }
    a->n_samples += b->n_samples;
}

snnfe_status snnfe_moments_statistics(const snnfe_moments *moments, const snnfe_montage *montage,
                                      double *mean, double *std)
{
    if (moments->n_samples == 0)
        return snnfe_fail(SNNFE_ERR_NOT_FOUND, "no recording for the channels' statistics");
    for (size_t c = 0; c < montage->channels.n; c++) {
        mean[c] = moments->mean[c];
        std[c] = sqrt(moments->m2[c] / (double)moments->n_samples);
        if (!(std[c] > 1e-9))
            return snnfe_fail(SNNFE_ERR_ARGUMENT,
                              "channel \"%s\" is constant (%g uV) in all recordings: it cannot be "
                              "normalized",
                              montage->channels.names[c], mean[c]);
    }
    return SNNFE_OK;
}

/* Whether every sample is finite after x * factor + shift. */
static bool stays_finite(const float *x, size_t n, double factor, double shift)
{
    for (size_t i = 0; i < n; i++)
        if (!isfinite((float)((double)x[i] * factor + shift)))
            return false;
    return true;
}

static snnfe_status check_overflow(const snnfe_dataset *d, const double *mean, const double *std)
{
    const size_t steps = d->info.n_steps;
    for (size_t i = 0; i < d->info.n_trials; i++)
        for (size_t c = 0; c < d->info.n_channels; c++)
            if (!stays_finite(d->trials + (i * d->info.n_channels + c) * steps, steps,
                              d->std[c] / std[c], (d->mean[c] - mean[c]) / std[c]))
                return snnfe_fail(
                    SNNFE_ERR_NONFINITE,
                    "channel \"%s\" overflows in trial %zu when normalized by mean %g "
                    "and standard deviation %g",
                    d->montage.channels.names[c], i, mean[c], std[c]);
    return SNNFE_OK;
}

snnfe_status snnfe_dataset_apply(snnfe_dataset *d, const double *mean, const double *std)
{
    SNNFE_TRY(check_overflow(d, mean, std));
    const size_t steps = d->info.n_steps;
    for (size_t i = 0; i < d->info.n_trials; i++)
        for (size_t c = 0; c < d->info.n_channels; c++) {
            float *x = d->trials + (i * d->info.n_channels + c) * steps;
            const double factor = d->std[c] / std[c], shift = (d->mean[c] - mean[c]) / std[c];
            for (size_t t = 0; t < steps; t++)
                x[t] = (float)((double)x[t] * factor + shift);
        }
    for (size_t c = 0; c < d->info.n_channels; c++) {
        d->mean[c] = mean[c];
        d->std[c] = std[c];
    }
    return SNNFE_OK;
}

static const snnfe_moments *moments_of(const snnfe_dataset *d, int32_t subject)
{
    for (size_t i = 0; i < d->n_moments; i++)
        if (d->moments[i].subject == subject)
            return &d->moments[i];
    return NULL;
}

static snnfe_status dataset_normalize(snnfe_dataset *dataset, const int32_t *subjects, size_t n)
{
    static const char call[] = "snnfe_dataset_normalize";
    SNNFE_TRY(snnfe_check_pointer(call, "dataset", dataset));
    SNNFE_TRY(snnfe_check_array(call, "subjects", subjects, n));
    if (subjects)
        SNNFE_TRY(snnfe_check_count(call, "n", n, 1, UINT64_MAX));
    SNNFE_TRY(snnfe_busy_check(&dataset->busy, call));
    if (dataset->n_moments == 0)
        return snnfe_fail(SNNFE_ERR_STATE, "%s: this data set has no sums of its recordings", call);
    if (dataset->signal.alignment != SNNFE_ALIGNMENT_NONE)
        return snnfe_fail(SNNFE_ERR_STATE,
                          "%s: the data set is aligned: normalize it before it is aligned", call);
    snnfe_moments pooled = {0};
    for (size_t i = 0; i < (subjects ? n : dataset->n_moments); i++) {
        const int32_t subject = subjects ? subjects[i] : dataset->moments[i].subject;
        const snnfe_moments *m = moments_of(dataset, subject);
        if (!m)
            return snnfe_fail(SNNFE_ERR_NOT_FOUND, "%s: subject %d has no recordings here", call,
                              (int)subject);
        snnfe_moments_merge(&pooled, m, dataset->info.n_channels);
    }
    double mean[SNNFE_MAX_CHANNELS] = {0}, std[SNNFE_MAX_CHANNELS] = {0};
    SNNFE_TRY(snnfe_moments_statistics(&pooled, &dataset->montage, mean, std));
    SNNFE_TRY(snnfe_dataset_apply(dataset, mean, std));
    dataset->signal.normalization = subjects ? SNNFE_NORMALIZE_SUBJECTS : SNNFE_NORMALIZE_ALL;
    return SNNFE_OK;
}

snnfe_status snnfe_dataset_normalize(snnfe_dataset *dataset, const int32_t *subjects, size_t n)
{
    SNNFE_RETURN_COMPUTED(dataset_normalize(dataset, subjects, n));
}
