#include "rate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

bool live_rate_differs(const live_input *input)
{
    return input->rate_hz > 0 &&
           fabs(input->rate_hz - input->sampling_rate_hz) > 1e-6 * input->sampling_rate_hz;
}

snnfe_status live_rate_open(live_rate *rate, const live_input *input)
{
    const uint32_t n_channels = (uint32_t)input->n_channels;
    rate->info.struct_size = sizeof rate->info;
    snnfe_status status = snnfe_live_resampler_create(&rate->resampler, input->rate_hz,
                                                      input->sampling_rate_hz, n_channels);
    if (status == SNNFE_OK)
        status = snnfe_live_resampler_get_info(rate->resampler, &rate->info);
    if (status != SNNFE_OK)
        return status;
    rate->samples = calloc(rate->info.up / rate->info.down + 1, n_channels * sizeof(float));
    return rate->samples ? SNNFE_OK : SNNFE_ERR_MEMORY;
}

void live_rate_close(live_rate *rate)
{
    snnfe_live_resampler_free(rate->resampler);
    free(rate->samples);
}

/* The nearest sample of the decoder's rate. */
static uint64_t place_of(const live_rate *rate, uint64_t old)
{
    return (old * rate->info.up + rate->info.down / 2) / rate->info.down;
}

static snnfe_status begin_at(live_rate *rate, uint64_t number)
{
    rate->begun = true;
    rate->next_old = number;
    rate->base = place_of(rate, number);
    return snnfe_live_resampler_reset(rate->resampler);
}

snnfe_status live_rate_begin(live_rate *rate)
{
    rate->n_cues = 0;
    const snnfe_status status = begin_at(rate, 0);
    rate->begun = false;
    return status;
}

snnfe_status live_rate_push(live_rate *rate, bool numbered, uint64_t number, const float *sample,
                            size_t *n, uint64_t *first)
{
    snnfe_live_resampler_info info = {.struct_size = sizeof info};
    *n = 0;
    if (numbered && rate->begun && number < rate->next_old &&
        rate->next_old - number <= 2 * (uint64_t)rate->info.down) {
        rate->n_left_out++;
        return SNNFE_OK;
    }
    snnfe_status status = SNNFE_OK;
    if (!rate->begun || (numbered && number != rate->next_old))
        status = begin_at(rate, numbered ? number : 0);
    if (status == SNNFE_OK)
        status = snnfe_live_resampler_get_info(rate->resampler, &info);
    *first = rate->base + info.n_given;
    *n = rate->info.up / rate->info.down + 1;
    if (status == SNNFE_OK)
        status = snnfe_live_resampler_push(rate->resampler, sample, 1, n, rate->samples);
    rate->next_old++;
    return status;
}

bool live_rate_cue(live_rate *rate, int32_t label)
{
    if (rate->n_cues == LIVE_MAX_CUES)
        return false;
    rate->labels[rate->n_cues] = label;
    rate->due[rate->n_cues++] = place_of(rate, rate->next_old);
    return true;
}

bool live_rate_due(live_rate *rate, uint64_t number, int32_t *label)
{
    if (rate->n_cues == 0 || rate->due[0] > number)
        return false;
    *label = rate->labels[0];
    rate->n_cues--;
    memmove(rate->labels, rate->labels + 1, rate->n_cues * sizeof *rate->labels);
    memmove(rate->due, rate->due + 1, rate->n_cues * sizeof *rate->due);
    return true;
}
