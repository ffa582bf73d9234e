/* A handle whose call is running: that call's callbacks may not change the handle. */
#ifndef SNNFE_LIB_BUSY_H
#define SNNFE_LIB_BUSY_H

#include "status.h"

#include <stdbool.h>

/* Member of a handle; zeroed, no call runs. Guarded by nothing: a handle is used by one thread at a
   time, and callbacks run within its call. */
typedef struct snnfe_busy {
    const char *call; /* that is running; NULL = none */
    bool freed;       /* a callback freed the handle, which happens when the call returns */
} snnfe_busy;

/* SNNFE_ERR_STATE, naming both calls, while one is running. */
snnfe_status snnfe_busy_check(const snnfe_busy *busy, const char *call);

/* The same, and otherwise `call`, a literal, runs from now on. */
snnfe_status snnfe_busy_enter(snnfe_busy *busy, const char *call);

/* The call has ended; true if the handle is to be freed now. */
bool snnfe_busy_leave(snnfe_busy *busy);

/* For the function that frees the handle: true if that has to wait for snnfe_busy_leave(). */
bool snnfe_busy_defers_free(snnfe_busy *busy);

#endif
