/* How many processors this process may use. */
#ifndef SNNFE_LIB_THREADS_H
#define SNNFE_LIB_THREADS_H

#include <stdint.h>

/* `n` processors, of which a control group whose files lie in `cgroup` may allow fewer: 1…1024. */
uint32_t snnfe_threads_within(const char *cgroup, long n);

#endif
