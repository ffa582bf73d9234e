/* Re-referencing: the mean of some electrodes is taken off others. */
#ifndef SNNFE_LIB_REREFERENCE_H
#define SNNFE_LIB_REREFERENCE_H

#include "base/limits.h"
#include "base/status.h"

#include <snnfe/signal.h>
#include <stdbool.h>

#define SNNFE_REREFERENCE_SIZE sizeof(((snnfe_signal *)0)->rereference)

/* The text of a caller, of at most `size` bytes where it has no NUL, in the form that signals have:
   "" for none (NULL, "", "none"), "average", or plain labels. `field` is for messages.
   SNNFE_ERR_ARGUMENT: a label that is empty, too long or there twice; too many of them. */
snnfe_status snnfe_rereference_take(char text[SNNFE_REREFERENCE_SIZE], const char *given,
                                    size_t size, const char *field);

bool snnfe_rereference_is_average(const char *text);

/* The next label of a text that was taken, which moves on; false at its end. Not of an average. */
bool snnfe_rereference_next(const char **text, char label[SNNFE_NAME_SIZE]);

/* Mean of the `values` whose bits are set, some at least; that of `n` samples in a row, [n] of each
   value, is taken off those whose bits are set in `to`. Both add in the order of values, for the
   same bits. */
double snnfe_rereference_mean(const float *values, uint64_t from);
snnfe_status snnfe_rereference_run(float *values, size_t n, uint64_t from, uint64_t to);

/* What is left of a value. */
static inline float snnfe_rereferenced(float value, double mean)
{
    return (float)((double)value - mean);
}

#endif
