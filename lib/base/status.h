/* The calling thread's last error. */
#ifndef SNNFE_LIB_STATUS_H
#define SNNFE_LIB_STATUS_H

#include "format.h"
#include "message.h"

#include <snnfe/base.h>

/* Record a message and return `status`, so that a failure reads `return snnfe_fail(…)`.
   Floating-point arguments are printed with a '.' whatever the locale. */
snnfe_status snnfe_fail(snnfe_status status, const char *format, ...) SNNFE_PRINTF(2, 3);

#ifdef __clang_analyzer__ /* sees one file at a time, so this shows it what is returned */
#define snnfe_fail(status, ...) ((void)snnfe_fail(status, __VA_ARGS__), (status))
#endif

/* Put "`format`: " in front of the recorded message (the file a lower layer did not know), unless
   it already begins so. */
snnfe_status snnfe_fail_prefix(snnfe_status status, const char *format, ...) SNNFE_PRINTF(2, 3);

/* Out of memory, without allocating: "out of memory: `count` elements of `size` bytes". */
snnfe_status snnfe_fail_memory(size_t count, size_t size);

/* Errors cross threads by value: a worker's message is carried to the caller. */
void snnfe_error_get(char message[SNNFE_MESSAGE_SIZE]);
void snnfe_error_set(const char *message);

#define SNNFE_TRY(call)                                                                            \
    do {                                                                                           \
        snnfe_status try_status_ = (call);                                                         \
        if (try_status_ != SNNFE_OK)                                                               \
            return try_status_;                                                                    \
    } while (0)

#endif
