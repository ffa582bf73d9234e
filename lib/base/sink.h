/* Where a call's log messages and progress go. */
#ifndef SNNFE_LIB_SINK_H
#define SNNFE_LIB_SINK_H

#include "status.h"

typedef struct snnfe_sink {
    snnfe_log_fn log;           /* may be NULL */
    snnfe_progress_fn progress; /* may be NULL */
    void *user_data;
} snnfe_sink;

void snnfe_sink_log(const snnfe_sink *sink, int32_t level, const char *format, ...)
    SNNFE_PRINTF(3, 4);

/* SNNFE_ERR_CANCELLED (with a message) when the callback asks to stop. */
snnfe_status snnfe_sink_progress(const snnfe_sink *sink, const char *phase, uint64_t done,
                                 uint64_t total);
snnfe_status snnfe_sink_progress_training(const snnfe_sink *sink, const char *phase, uint32_t epoch,
                                          uint64_t done, uint64_t total, double loss,
                                          double accuracy);

#endif
