/* Softmax and its cross-entropy, in double precision. */
#ifndef SNNFE_LIB_SOFTMAX_H
#define SNNFE_LIB_SOFTMAX_H

#include <stddef.h>
#include <stdint.h>

/* probabilities = softmax(logits), both [n_classes]. */
void snnfe_softmax(const float *logits, size_t n_classes, double *probabilities);

/* -log softmax(logits)[label]. */
double snnfe_cross_entropy(const float *logits, size_t n_classes, int32_t label);

/* Index of the largest logit, the first of equal ones. */
int32_t snnfe_argmax(const float *logits, size_t n_classes);

#endif
