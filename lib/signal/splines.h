/* Spherical splines: what a potential is where it was not measured (Perrin et al. 1989). */
#ifndef SNNFE_LIB_SPLINES_H
#define SNNFE_LIB_SPLINES_H

#include "base/status.h"

/* Weights [n] of the values at unit vectors `from` [n][3] in the value at `to`: order 4, 50
   Legendre terms and a regularization of 1e-5, as MNE-Python has them. SNNFE_ERR_ARGUMENT if two
   places are so near each other that there are none. */
snnfe_status snnfe_spline_weights(const double (*from)[3], size_t n, const double to[3],
                                  double *weights);

#endif
