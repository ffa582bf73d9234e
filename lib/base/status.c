#include "status.h"

#include "utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static _Thread_local char last_error[SNNFE_MESSAGE_SIZE];

const char *snnfe_last_error(void)
{
    return last_error;
}

const char *snnfe_status_name(snnfe_status status)
{
    static const char *const names[] = {
        "SNNFE_OK",
        "SNNFE_ERR_ARGUMENT",
        "SNNFE_ERR_MEMORY",
        "SNNFE_ERR_IO",
        "SNNFE_ERR_FORMAT",
        "SNNFE_ERR_SHAPE",
        "SNNFE_ERR_NOT_FOUND",
        "SNNFE_ERR_STATE",
        "SNNFE_ERR_CANCELLED",
        "SNNFE_ERR_NONFINITE",
        "SNNFE_ERR_UNSUPPORTED",
        "SNNFE_ERR_OVERLAP",
        "SNNFE_ERR_INTERNAL",
    };
    const size_t n = sizeof names / sizeof names[0];
    return status >= 0 && (size_t)status < n ? names[status] : "SNNFE_ERR_UNKNOWN";
}

/* An argument may be the message before, so the new one is formatted elsewhere first. */
SNNFE_PRINTF(2, 0)
static void show(char out[SNNFE_MESSAGE_SIZE], const char *format, va_list arguments)
{
    char whole[SNNFE_WHOLE_SIZE];
    const int length = snnfe_vformat(whole, sizeof whole, format, arguments);
    snnfe_message_show(out, SNNFE_MESSAGE_SIZE, whole, length);
}

#undef snnfe_fail
snnfe_status snnfe_fail(snnfe_status status, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    show(last_error, format, arguments);
    va_end(arguments);
    return status;
}

snnfe_status snnfe_fail_prefix(snnfe_status status, const char *format, ...)
{
    char prefix[SNNFE_MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    show(prefix, format, arguments);
    va_end(arguments);
    if (strncmp(last_error, prefix, strlen(prefix)) == 0)
        return status;
    return snnfe_fail(status, "%s: %s", prefix, last_error);
}

snnfe_status snnfe_fail_memory(size_t count, size_t size)
{
    return snnfe_fail(SNNFE_ERR_MEMORY, "out of memory: %zu elements of %zu bytes", count, size);
}

void snnfe_error_get(char message[SNNFE_MESSAGE_SIZE])
{
    memcpy(message, last_error, SNNFE_MESSAGE_SIZE);
}

void snnfe_error_set(const char *message)
{
    snnfe_utf8_show(last_error, sizeof last_error, message);
}
