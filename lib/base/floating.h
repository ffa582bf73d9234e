/* The floating-point mode in which the library computes, whatever the host has set: rounding to
   nearest, denormal numbers as they are (but where kernels/denormals.h is used), no traps. */
#ifndef SNNFE_LIB_FLOATING_H
#define SNNFE_LIB_FLOATING_H

#include <fenv.h>
#include <snnfe/base.h>
#include <stdbool.h>

/* The host's mode, while a call computes. */
typedef struct snnfe_floating {
    bool unusual;
    fenv_t host; /* set if unusual */
} snnfe_floating;

/* Look at registers, which costs a few nanoseconds, and write them only if the host's mode is not
   the usual one: no lock, no system call. */
void snnfe_floating_enter(snnfe_floating *floating);
/* Whatever was done to the mode in between, it is the host's again. */
void snnfe_floating_leave(const snnfe_floating *floating);

/* For a thread of the library's own, which inherits the mode of the thread that started it. */
void snnfe_floating_set(void);

/* The body of a public function that computes: `call`, a function of its own, so that no arithmetic
   is moved out of the mode. */
#define SNNFE_RETURN_COMPUTED(call)                                                                \
    do {                                                                                           \
        snnfe_floating host_;                                                                      \
        snnfe_floating_enter(&host_);                                                              \
        const snnfe_status status_ = (call);                                                       \
        snnfe_floating_leave(&host_);                                                              \
        return status_;                                                                            \
    } while (0)

#endif
