/* Spherical splines: what a potential is where it was not measured (Perrin et al. 1989). */
#ifndef SNNFE_LIB_SPLINES_H
#define SNNFE_LIB_SPLINES_H

#include "base/limits.h"
#include "base/status.h"

#define SNNFE_FEWEST_PLACES 3 /* that splines are made from */

/* The splines between all pairs of places, unit vectors [n][3], n at most SNNFE_MAX_CHANNELS:
   `table` [n][n]. */
void snnfe_spline_table(const double (*places)[3], size_t n, double *table);

/* Weights of the values at the places `from` (bits) in the values at the places `to`: those at k in
   that at i become weights[i * n + k]. Order 4, 50 Legendre terms and a regularization of 1e-5, as
   MNE-Python has them. `work` has [(n + 1) * (n + 1)]. Allocates nothing. SNNFE_ERR_ARGUMENT if two
   places are so near each other that there are none. */
snnfe_status snnfe_spline_weights(const double *table, size_t n, uint64_t from, uint64_t to,
                                  double *work, double *weights);

#endif
