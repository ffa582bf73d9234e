/* The reference vectors of real trials, as networks take them. */
#ifndef SNNFE_TESTS_GOLDEN_H
#define SNNFE_TESTS_GOLDEN_H

#include "base/tensors.h"
#include "support.h"

#include <snnfe/network.h>

#define GOLDEN_TRIALS 45
#define GOLDEN_SIZE ((size_t)10 * 11 * 160)
#define GOLDEN_HIDDEN 256

/* Open golden/`name`.safetensors. */
snnfe_tensors *golden_open(const char *name);

/* A whole tensor of a file, whatever its shape; to be freed by snnfe_release. */
void *golden_tensor(snnfe_tensors *file, const char *name, size_t *count);

/* The 45 trials in grid order, to be freed by snnfe_release; labels into `labels` [45]. */
float *golden_grid(int32_t *labels);

/* golden/net_`name`.safetensors. */
snnfe_network *golden_network(const char *name);

/* |a - b| / |b| in the Euclidean norm. */
double relative_error(const float *a, const float *b, size_t n);

#endif
