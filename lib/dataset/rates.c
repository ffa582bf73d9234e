#include "dataset/rates.h"

#include "base/memory.h"

void snnfe_rates_init(snnfe_rates *rates)
{
    *rates = (snnfe_rates){0};
    pthread_mutex_init(&rates->lock, NULL);
}

void snnfe_rates_release(snnfe_rates *rates)
{
    snnfe_resampler_free(rates->resampler);
    pthread_mutex_destroy(&rates->lock);
}

/* The one that is kept, or one of the caller's `*own`. */
static snnfe_status resampler_for(snnfe_rates *rates, uint32_t up, uint32_t down,
                                  const snnfe_resampler **resampler, snnfe_resampler **own)
{
    snnfe_status status = SNNFE_OK;
    pthread_mutex_lock(&rates->lock);
    if (!rates->resampler) {
        status = snnfe_resampler_create(&rates->resampler, up, down);
        rates->up = up;
        rates->down = down;
    }
    *resampler = rates->up == up && rates->down == down ? rates->resampler : NULL;
    pthread_mutex_unlock(&rates->lock);
    if (status == SNNFE_OK && !*resampler) {
        status = snnfe_resampler_create(own, up, down);
        *resampler = *own;
    }
    return status;
}

static snnfe_status run(const snnfe_resampler *resampler, snnfe_recording *r)
{
    const size_t n = snnfe_resampler_length(resampler, r->n_samples);
    if (n > INT32_MAX)
        return snnfe_fail(SNNFE_ERR_UNSUPPORTED, "%zu samples would become %zu, too many",
                          r->n_samples, n);
    float *samples = snnfe_alloc_raw(r->n_channels * n, sizeof *samples);
    if (!samples)
        return SNNFE_ERR_MEMORY;
    const snnfe_status status =
        snnfe_resampler_run(resampler, r->samples, r->n_channels, r->n_samples, samples);
    if (status != SNNFE_OK) {
        snnfe_release(samples);
        return status;
    }
    snnfe_release(r->samples);
    r->samples = samples;
    r->n_samples = n;
    return SNNFE_OK;
}

snnfe_status snnfe_rates_change(snnfe_rates *rates, const snnfe_dataset_options *o,
                                snnfe_recording *r)
{
    uint32_t up = 0, down = 0;
    if (!o->resample)
        return SNNFE_OK;
    if (!snnfe_resample_ratio(r->recorded_hz, o->sampling_rate_hz, &up, &down))
        return snnfe_fail(SNNFE_ERR_UNSUPPORTED,
                          "%.15g Hz cannot be resampled to %.15g Hz: they are in no ratio of whole "
                          "numbers up to %d",
                          r->recorded_hz, o->sampling_rate_hz, SNNFE_MOST_RATIO);
    r->sampling_rate_hz = o->sampling_rate_hz;
    if (up == down)
        return SNNFE_OK;
    const snnfe_resampler *resampler = NULL;
    snnfe_resampler *own = NULL;
    snnfe_status status = resampler_for(rates, up, down, &resampler, &own);
    if (status == SNNFE_OK)
        status = run(resampler, r);
    snnfe_resampler_free(own);
    return status;
}
