/* System calls that fail on demand: a thread whose calls Linux hands to this process to be answered
   (a seccomp filter), so that they are counted and one of them fails. */
#ifndef SNNFE_TESTS_SYSTEM_CALLS_H
#define SNNFE_TESTS_SYSTEM_CALLS_H

#include "faults.h"

/* What fails, and how. */
typedef struct system_call {
    const char *name;
    int number, error;
    bool needed; /* what was called cannot succeed without it */
} system_call;

typedef enum system_calls_kind {
    SYSTEM_CALLS_FAIL,   /* an error that says what is wrong */
    SYSTEM_CALLS_HINDER, /* one that is no reason to fail: interrupted, there already */
} system_calls_kind;

/* Run `c` on a thread of its own and fail system call number `index` (0-based) of its armed
   section; `struck` is the one that failed, NULL if there were fewer. */
snnfe_status system_calls_run(system_calls_kind kind, const call *c, world *w, size_t index,
                              const system_call **struck);

#endif
