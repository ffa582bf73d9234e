#include "network/softmax.h"

#include <math.h>

static double largest(const float *logits, size_t n_classes)
{
    return (double)logits[snnfe_argmax(logits, n_classes)];
}

void snnfe_softmax(const float *logits, size_t n_classes, double *probabilities)
{
    const double shift = largest(logits, n_classes);
    double sum = 0;
    for (size_t c = 0; c < n_classes; c++) {
        probabilities[c] = exp((double)logits[c] - shift);
        sum += probabilities[c];
    }
    for (size_t c = 0; c < n_classes; c++)
        probabilities[c] /= sum;
}

double snnfe_cross_entropy(const float *logits, size_t n_classes, int32_t label)
{
    const double shift = largest(logits, n_classes);
    double sum = 0;
    for (size_t c = 0; c < n_classes; c++)
        sum += exp((double)logits[c] - shift);
    return log(sum) - ((double)logits[label] - shift);
}

int32_t snnfe_argmax(const float *logits, size_t n_classes)
{
    size_t best = 0;
    for (size_t c = 1; c < n_classes; c++)
        if (logits[c] > logits[best])
            best = c;
    return (int32_t)best;
}
