/* Sums of products of several variables, from which means and covariances follow. */
#ifndef SNNFE_LIB_COVARIANCE_H
#define SNNFE_LIB_COVARIANCE_H

#include "signal/spatial.h"

#define SNNFE_COVARIANCE_ROWS 64 /* samples that are added at once */

typedef struct snnfe_covariance {
    size_t n;         /* variables */
    double weight;    /* of the samples that were added, less what was forgotten */
    double *sums;     /* [n] */
    double *products; /* [n][n], the lower triangle */
    double *rows;     /* [SNNFE_COVARIANCE_ROWS][n] of samples, while they are added */
} snnfe_covariance;

snnfe_status snnfe_covariance_make(snnfe_covariance *covariance, size_t n);
void snnfe_covariance_release(snnfe_covariance *covariance);

/* Add the terms of `samples` from number `first` on, each with this weight. Between
   snnfe_blas_enter() and snnfe_blas_leave(). */
void snnfe_covariance_add(snnfe_covariance *covariance, const snnfe_spatial_shape *shape,
                          const snnfe_samples *samples, size_t first, double weight);

/* Weigh what was added before less: by 1/e for each `memory` in `n`, not at all with a memory of 0.
 */
void snnfe_covariance_forget(snnfe_covariance *covariance, double memory, double n);

/* 0, or a memory that leaves something of what was before. */
snnfe_status snnfe_check_memory(const char *place, const char *name, double memory);

/* Mean product of variables, and less that of their means; `i` and `k` in any order. */
double snnfe_covariance_product(const snnfe_covariance *covariance, size_t i, size_t k);
double snnfe_covariance_centered(const snnfe_covariance *covariance, size_t i, size_t k);

#endif
