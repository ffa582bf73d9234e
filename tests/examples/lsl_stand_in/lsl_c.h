/* The part of liblsl's C interface that snnfe-live uses, for tests where the library is not
   installed: a stream "test" of 64 channels at 160 Hz that ends after 400 samples, 5 of which never
   come; "narrow" has 8 channels, "slow" 128 Hz. */
#ifndef SNNFE_TESTS_LSL_C_H
#define SNNFE_TESTS_LSL_C_H

#include <stdint.h>

typedef struct lsl_streaminfo_struct_ *lsl_streaminfo;
typedef struct lsl_inlet_struct_ *lsl_inlet;
typedef enum { lsl_no_error = 0, lsl_timeout_error = -1, lsl_lost_error = -2 } lsl_error_code_t;
typedef enum {
    proc_clocksync = 1,
    proc_dejitter = 2,
    proc_monotonize = 4
} lsl_processing_options_t;

int32_t lsl_resolve_byprop(lsl_streaminfo *buffer, uint32_t buffer_elements, const char *prop,
                           const char *value, int32_t minimum, double timeout);
int32_t lsl_get_channel_count(lsl_streaminfo info);
double lsl_get_nominal_srate(lsl_streaminfo info);
void lsl_destroy_streaminfo(lsl_streaminfo info);
lsl_inlet lsl_create_inlet(lsl_streaminfo info, int32_t max_buflen, int32_t max_chunklen,
                           int32_t recover);
int32_t lsl_set_postprocessing(lsl_inlet inlet, uint32_t flags);
void lsl_open_stream(lsl_inlet inlet, double timeout, int32_t *ec);
double lsl_pull_sample_f(lsl_inlet inlet, float *buffer, int32_t buffer_elements, double timeout,
                         int32_t *ec);
void lsl_destroy_inlet(lsl_inlet inlet);

#endif
