/* Which terms of a product count: most gradients are 0 in many neurons, whose surrogate windows
   stay closed, and their weights need not be read. */
#ifndef SNNFE_LIB_TERMS_H
#define SNNFE_LIB_TERMS_H

#include "base/status.h"

#include <stddef.h>

typedef struct snnfe_terms {
    size_t n;       /* terms of the list */
    uint32_t *list; /* ascending */
    int32_t *bits;  /* of all values of a term, or-ed */
} snnfe_terms;

snnfe_status snnfe_terms_create(snnfe_terms *terms, size_t most);
void snnfe_terms_release(const snnfe_terms *terms);

/* The columns of `a`, m rows of k values, lda apart, that are not 0 everywhere. */
void snnfe_terms_find(snnfe_terms *terms, const float *a, size_t m, size_t k, size_t lda);
/* The same of bits that the caller has or-ed since clear(). */
void snnfe_terms_clear(const snnfe_terms *terms, size_t k);
void snnfe_terms_list(snnfe_terms *terms, size_t k);

#endif
