#include "dataset/recording_filter.h"

#include "base/memory.h"

static snnfe_status design(snnfe_recording_filter *f, const snnfe_dataset_options *o,
                           double notch_hz, double low, double high)
{
    const double rate = o->sampling_rate_hz;
    if (o->filter_kind == SNNFE_FILTER_CAUSAL) {
        SNNFE_TRY(snnfe_notch_add(&f->causal, notch_hz, o->notch_width_hz, rate));
        return snnfe_causal_add(&f->causal, low, high, rate, o->filter_order);
    }
    SNNFE_TRY(snnfe_notch_make(&f->notch, notch_hz, o->notch_width_hz, rate));
    if (!(low < 0 || low > 0 || high < 0 || high > 0))
        return SNNFE_OK;
    SNNFE_TRY(snnfe_filter_design(low, high, rate, &f->n_taps, NULL));
    f->taps = snnfe_alloc(f->n_taps, sizeof *f->taps);
    if (!f->taps)
        return SNNFE_ERR_MEMORY;
    return snnfe_filter_design(low, high, rate, &f->n_taps, f->taps);
}

snnfe_status snnfe_recording_filter_make(snnfe_recording_filter *filter,
                                         const snnfe_dataset_options *options, double notch_hz,
                                         double low_hz, double high_hz)
{
    pthread_mutex_init(&filter->lock, NULL);
    filter->made = true;
    return design(filter, options, notch_hz, low_hz, high_hz);
}

void snnfe_recording_filter_release(snnfe_recording_filter *filter)
{
    if (!filter->made)
        return;
    for (size_t i = 0; i < filter->n_filters; i++)
        snnfe_filter_free(filter->filters[i]);
    snnfe_release(filter->taps);
    pthread_mutex_destroy(&filter->lock);
    *filter = (snnfe_recording_filter){0};
}

/* The filter for a length, made once; beyond SNNFE_MAX_FILTERS lengths the caller owns it. */
static snnfe_status filter_for(snnfe_recording_filter *f, size_t n_samples,
                               const snnfe_filter **filter, snnfe_filter **own)
{
    snnfe_status status = SNNFE_OK;
    pthread_mutex_lock(&f->lock);
    *filter = NULL;
    for (size_t i = 0; i < f->n_filters; i++)
        if (snnfe_filter_samples(f->filters[i]) == n_samples)
            *filter = f->filters[i];
    if (!*filter) {
        snnfe_filter *made = NULL;
        status = snnfe_filter_create(&made, f->taps, f->n_taps, n_samples);
        if (status == SNNFE_OK && f->n_filters < SNNFE_MAX_FILTERS)
            f->filters[f->n_filters++] = made;
        else
            *own = made;
        *filter = made;
    }
    pthread_mutex_unlock(&f->lock);
    return status;
}

snnfe_status snnfe_recording_filter_run(snnfe_recording_filter *f, float *samples,
                                        size_t n_channels, size_t n_samples)
{
    if (f->causal.n_sections > 0)
        snnfe_causal_run(&f->causal, samples, n_channels, n_samples);
    SNNFE_TRY(snnfe_notch_run(&f->notch, samples, n_channels, n_samples));
    if (!f->taps)
        return SNNFE_OK;
    const snnfe_filter *filter = NULL;
    snnfe_filter *own = NULL;
    SNNFE_TRY(filter_for(f, n_samples, &filter, &own));
    const snnfe_status status = snnfe_filter_run(filter, samples, n_channels);
    snnfe_filter_free(own);
    return status;
}
