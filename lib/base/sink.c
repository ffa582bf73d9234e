#include "sink.h"

#include "floating.h"
#include "format.h"

#include <math.h>
#include <stdarg.h>

void snnfe_sink_log(const snnfe_sink *sink, int32_t level, const char *format, ...)
{
    if (!sink || !sink->log)
        return;
    char whole[SNNFE_WHOLE_SIZE], message[SNNFE_MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    const int length = snnfe_vformat(whole, sizeof whole, format, arguments);
    va_end(arguments);
    snnfe_message_show(message, sizeof message, whole, length);
    snnfe_floating mode; /* what the callback does to it ends with it */
    snnfe_floating_enter(&mode);
    sink->log(level, message, sink->user_data);
    snnfe_floating_leave(&mode);
}

snnfe_status snnfe_sink_progress(const snnfe_sink *sink, const char *phase, uint64_t done,
                                 uint64_t total)
{
    return snnfe_sink_progress_training(sink, phase, 0, done, total, (double)NAN, (double)NAN);
}

snnfe_status snnfe_sink_progress_training(const snnfe_sink *sink, const char *phase, uint32_t epoch,
                                          uint64_t done, uint64_t total, double loss,
                                          double accuracy)
{
    if (!sink || !sink->progress)
        return SNNFE_OK;
    const snnfe_progress progress = {.struct_size = sizeof progress,
                                     .epoch = epoch,
                                     .phase = phase,
                                     .done = done,
                                     .total = total,
                                     .loss = loss,
                                     .accuracy = accuracy};
    snnfe_floating mode; /* what the callback does to it ends with it */
    snnfe_floating_enter(&mode);
    const int32_t stop = sink->progress(&progress, sink->user_data);
    snnfe_floating_leave(&mode);
    if (stop != 0)
        return snnfe_fail(SNNFE_ERR_CANCELLED, "stopped by the progress callback in phase \"%s\"",
                          phase);
    return SNNFE_OK;
}
