/* A sweep's jobs on the ranks that mpirun started. */
#ifndef SNNFE_EXAMPLES_SWEEP_RANKS_H
#define SNNFE_EXAMPLES_SWEEP_RANKS_H

#include "sweep.h"

/* Every rank runs one job at a time and asks the first rank for the next one. The first rank writes
   the results; a rank that says nothing for `patience` seconds is given up, and its job goes to
   another. Returns the number of jobs that failed (on other ranks 0). */
size_t sweep_run_on_ranks(const sweep_place *place, double patience);

/* Whether a rank was given up: MPI cannot be left in order then. */
bool sweep_lost_a_rank(void);

#endif
