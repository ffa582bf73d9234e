/* The network in plain double precision, straight from its equations: slow, dense, no events. */
#ifndef SNNFE_TESTS_REFERENCE_H
#define SNNFE_TESTS_REFERENCE_H

#include <snnfe/network.h>
#include <stddef.h>
#include <stdint.h>

typedef struct reference reference;

/* Takes the configuration and the values of a network. */
reference *reference_create(const snnfe_network *network);
void reference_free(reference *r);

/* From now on a spike is the integral of its surrogate derivative: the network is then smooth
   except at the surrogate's edges, and reference_backward() computes its exact gradient. */
void reference_make_smooth(reference *r);

/* The value at `index` in the flat order of the network's parameters, to be changed at will. */
double *reference_value(reference *r, size_t index);

/* Run one trial, grid [rows][columns][steps]; masks [3][hidden] or NULL. Fills logits [classes].
   Returns the smallest distance of any potential from where its spike or its surrogate derivative
   changes: a trial that comes too close may go either way in single precision. */
double reference_forward(reference *r, const float *grid, const uint8_t *masks, double *logits);

/* Spikes of a layer in the last trial. */
uint64_t reference_spikes(const reference *r, int layer);

/* Add the gradient of the cross-entropy of the last trial, times `scale`, to `gradient` (flat order
   of the network's parameters); returns the cross-entropy. */
double reference_backward(reference *r, int32_t label, double scale, double *gradient);

#endif
