/* Which terms of a product count: most gradients are 0 in many neurons, whose surrogate windows
   stay closed, and their weights need not be read. */
#ifndef SNNFE_LIB_TERMS_H
#define SNNFE_LIB_TERMS_H

#include "base/status.h"

#include <stddef.h>

typedef struct snnfe_terms {
    size_t n;       /* terms of the list */
    uint32_t *list; /* ascending */
    uint32_t *bits; /* a term that is not 0 everywhere has one */
} snnfe_terms;

snnfe_status snnfe_terms_create(snnfe_terms *terms, size_t most);
void snnfe_terms_release(const snnfe_terms *terms);

/* The columns of `a`, m rows of k values, lda apart, that are not 0. Those of several arrays
   count together between clear() and list(). */
void snnfe_terms_clear(const snnfe_terms *terms, size_t k);
void snnfe_terms_add(const snnfe_terms *terms, size_t first, const float *a, size_t m, size_t k,
                     size_t lda);
void snnfe_terms_list(snnfe_terms *terms, size_t k);

#endif
