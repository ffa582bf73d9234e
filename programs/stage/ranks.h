/* The processes that mpirun started together. Without MPI in the build there is one. */
#ifndef SNNFE_EXAMPLES_RANKS_H
#define SNNFE_EXAMPLES_RANKS_H

#include "cli.h"

#ifdef SNNFE_HAVE_MPI

/* Join the others. */
bool ranks_join(void);
/* Leave with an exit code; after a failure the others are stopped. Returns it. */
int ranks_leave(int exit_code);
/* The group of all ranks; NULL before ranks_join(). */
const snnfe_group *ranks_group(void);

#else

static inline const snnfe_group *ranks_group(void)
{
    return NULL;
}

#endif

static inline bool ranks_is_first(void)
{
    return !ranks_group() || ranks_group()->rank == 0;
}

#endif
