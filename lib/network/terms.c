#include "network/terms.h"

#include "base/memory.h"

#include <string.h>

snnfe_status snnfe_terms_create(snnfe_terms *terms, size_t most)
{
    *terms = (snnfe_terms){.list = snnfe_alloc(most, sizeof(uint32_t)),
                           .bits = snnfe_alloc(most, sizeof(int32_t))};
    return terms->list && terms->bits ? SNNFE_OK : SNNFE_ERR_MEMORY;
}

void snnfe_terms_release(const snnfe_terms *terms)
{
    snnfe_release(terms->list);
    snnfe_release(terms->bits);
}

void snnfe_terms_clear(const snnfe_terms *terms, size_t k)
{
    memset(terms->bits, 0, k * sizeof *terms->bits);
}

void snnfe_terms_list(snnfe_terms *terms, size_t k)
{
    terms->n = 0;
    for (uint32_t i = 0; i < k; i++)
        if ((uint32_t)terms->bits[i] << 1 != 0) /* -0 is 0 */
            terms->list[terms->n++] = i;
}

void snnfe_terms_find(snnfe_terms *terms, const float *a, size_t m, size_t k, size_t lda)
{
    snnfe_terms_clear(terms, k);
    for (size_t row = 0; row < m; row++)
        for (size_t i = 0; i < k; i++) {
            int32_t value;
            memcpy(&value, a + row * lda + i, sizeof value);
            terms->bits[i] |= value;
        }
    snnfe_terms_list(terms, k);
}
