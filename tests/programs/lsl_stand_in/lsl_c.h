/* The part of liblsl's C interface that snnfe-live uses, for tests where the library is not
   installed. Streams by their names:
   "test"      64 channels without names at 160 Hz that end after 400 samples, 5 of which never come
   "named"     the same with two channels in front that are no electrodes, and all in reverse order
   "volts"     "named" in volts
   "restarts"  "test" whose time begins again after 250 samples
   "two"       two streams, source ids "cap-a" (as "test") and "cap-b" (8 channels); the second is
               found only by a caller that waits for it
   "twin"      two streams with the same source id, told apart by their uids
   "narrow"    8 channels; "strange": a unit that is none; "same": two channels of one name
   "slow"      128 Hz; "irregular": no rate
   "texts"     a stream of markers */
#ifndef SNNFE_TESTS_LSL_C_H
#define SNNFE_TESTS_LSL_C_H

#include <stdint.h>

typedef struct lsl_streaminfo_struct_ *lsl_streaminfo;
typedef struct lsl_inlet_struct_ *lsl_inlet;
typedef struct lsl_xml_ptr_struct_ *lsl_xml_ptr;
typedef enum { lsl_no_error = 0, lsl_timeout_error = -1, lsl_lost_error = -2 } lsl_error_code_t;
typedef enum { cft_float32 = 1, cft_string = 3 } lsl_channel_format_t;
typedef enum {
    proc_clocksync = 1,
    proc_dejitter = 2,
    proc_monotonize = 4
} lsl_processing_options_t;

int32_t lsl_resolve_byprop(lsl_streaminfo *buffer, uint32_t buffer_elements, const char *prop,
                           const char *value, int32_t minimum, double timeout);
int32_t lsl_get_channel_count(lsl_streaminfo info);
double lsl_get_nominal_srate(lsl_streaminfo info);
lsl_channel_format_t lsl_get_channel_format(lsl_streaminfo info);
const char *lsl_get_source_id(lsl_streaminfo info);
const char *lsl_get_uid(lsl_streaminfo info);
const char *lsl_get_type(lsl_streaminfo info);
const char *lsl_get_hostname(lsl_streaminfo info);
lsl_xml_ptr lsl_get_desc(lsl_streaminfo info);
void lsl_destroy_streaminfo(lsl_streaminfo info);

lsl_xml_ptr lsl_child(lsl_xml_ptr element, const char *name);
lsl_xml_ptr lsl_next_sibling_n(lsl_xml_ptr element, const char *name);
const char *lsl_child_value_n(lsl_xml_ptr element, const char *name);
int32_t lsl_empty(lsl_xml_ptr element);

lsl_inlet lsl_create_inlet(lsl_streaminfo info, int32_t max_buflen, int32_t max_chunklen,
                           int32_t recover);
lsl_streaminfo lsl_get_fullinfo(lsl_inlet inlet, double timeout, int32_t *ec);
int32_t lsl_set_postprocessing(lsl_inlet inlet, uint32_t flags);
void lsl_open_stream(lsl_inlet inlet, double timeout, int32_t *ec);
double lsl_pull_sample_f(lsl_inlet inlet, float *buffer, int32_t buffer_elements, double timeout,
                         int32_t *ec);
void lsl_destroy_inlet(lsl_inlet inlet);

#endif
