#include "lsl_c.h"

#include <stdlib.h>
#include <string.h>

struct lsl_streaminfo_struct_ {
    int32_t n_channels;
    double rate;
};

struct lsl_inlet_struct_ {
    int32_t pulled;
};

int32_t lsl_resolve_byprop(lsl_streaminfo *buffer, uint32_t buffer_elements, const char *prop,
                           const char *value, int32_t minimum, double timeout)
{
    (void)minimum;
    (void)timeout;
    const int narrow = strcmp(value, "narrow") == 0, slow = strcmp(value, "slow") == 0;
    if (buffer_elements < 1 || strcmp(prop, "name") != 0 ||
        (strcmp(value, "test") != 0 && !narrow && !slow))
        return 0;
    *buffer = calloc(1, sizeof **buffer);
    (*buffer)->n_channels = narrow ? 8 : 64;
    (*buffer)->rate = slow ? 128 : 160;
    return 1;
}

int32_t lsl_get_channel_count(lsl_streaminfo info)
{
    return info->n_channels;
}

double lsl_get_nominal_srate(lsl_streaminfo info)
{
    return info->rate;
}

void lsl_destroy_streaminfo(lsl_streaminfo info)
{
    free(info);
}

lsl_inlet lsl_create_inlet(lsl_streaminfo info, int32_t max_buflen, int32_t max_chunklen,
                           int32_t recover)
{
    (void)info;
    (void)max_buflen;
    (void)max_chunklen;
    (void)recover;
    return calloc(1, sizeof(struct lsl_inlet_struct_));
}

int32_t lsl_set_postprocessing(lsl_inlet inlet, uint32_t flags)
{
    (void)inlet;
    return flags == 7 ? lsl_no_error : -3;
}

void lsl_open_stream(lsl_inlet inlet, double timeout, int32_t *ec)
{
    (void)inlet;
    (void)timeout;
    *ec = lsl_no_error;
}

double lsl_pull_sample_f(lsl_inlet inlet, float *buffer, int32_t buffer_elements, double timeout,
                         int32_t *ec)
{
    (void)timeout;
    if (inlet->pulled == 200)
        inlet->pulled += 5;
    if (inlet->pulled == 400) {
        *ec = lsl_lost_error;
        return 0;
    }
    for (int32_t c = 0; c < buffer_elements; c++)
        buffer[c] = (float)((inlet->pulled * 7919 + c * 104729) % 101) - 50;
    *ec = lsl_no_error;
    return 1000 + inlet->pulled++ / 160.0;
}

void lsl_destroy_inlet(lsl_inlet inlet)
{
    free(inlet);
}
