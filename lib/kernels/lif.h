/* What the kernels of the neurons take, forwards and backwards. */
#ifndef SNNFE_LIB_LIF_H
#define SNNFE_LIB_LIF_H

#include "layout.h"

/* Where V of neuron i at step t is kept: i / SNNFE_STRIP * strip + t * step + i % SNNFE_STRIP. */
typedef struct snnfe_voltage_order {
    size_t step, strip;
} snnfe_voltage_order;

/* The neurons of a convolutional layer over some steps. */
typedef struct snnfe_lif_run {
    size_t n; /* neurons, a multiple of SNNFE_BLOCK */
    size_t n_steps;
    size_t part, n_parts; /* share of the neurons: of conv1's rows, of the others' channel blocks */
    const float *scale;   /* [channels] value of one unit of fixed-point drive; conv1: NULL */
    const float *current_decay; /* [n] */
    const float *voltage_decay; /* [n] */
    float *current;             /* [n] I, updated */
    float *rest;                /* [n] V * (1 - s) of the step before, updated */
    float threshold, surrogate_width;
    uint64_t *spikes; /* [n_steps][n / 64] out */
    uint64_t *window; /* [n_steps][n / 64] out: |V - threshold| < width; or NULL */
    float *voltage;   /* out: V before the reset; or NULL, together with `window` */
    snnfe_voltage_order order;
} snnfe_lif_run;

typedef struct snnfe_lif_forward {
    size_t n;                   /* neurons, a multiple of SNNFE_BLOCK */
    size_t n_channels;          /* padded channels: period of `scale` */
    const int32_t *sums;        /* [n] fixed-point drive */
    const float *scale;         /* [n_channels] value of one unit of `sums` */
    const float *current_decay; /* [n] */
    const float *voltage_decay; /* [n] */
    const float *mask;          /* [n] dropout factor, or NULL */
    float *current;             /* [n] I, updated */
    float *rest;                /* [n] V * (1 - s) of the step before, updated */
    float *threshold;           /* [n] adaptive thresholds, updated, or NULL: `fixed_threshold` */
    float fixed_threshold;
    float adaptive_step, adaptive_decay, adaptive_floor;
    float surrogate_width;
    uint64_t *spikes; /* [n / 64] out */
    uint64_t *window; /* [n / 64] out: |V - threshold| < width, and not masked; or NULL */
    float *voltage;   /* [n] out: V before the reset; or NULL */
} snnfe_lif_forward;

/* The neurons of a layer above conv2 over some steps, backwards. */
typedef struct snnfe_lif_backward {
    size_t n; /* neurons, a multiple of SNNFE_BLOCK */
    size_t n_steps;
    bool from_start; /* nothing is before the first step */
    const float
        *spike_gradient; /* dL/ds from the layers above, gradient_stride from step to step */
    size_t gradient_stride;
    const float *spike_gradient_scale; /* [n_steps] or NULL: 1 */
    float surrogate_height;
    const float *voltage;   /* V [n_steps][n]; unless from_start the step before lies in front */
    const uint64_t *spikes; /* [n_steps][n / 64]; the step before lies in front */
    const uint64_t *window; /* [n_steps][n / 64] */
    const float *current_decay;
    const float *voltage_decay;
    const float *mask;             /* [n] or NULL */
    float *voltage_gradient;       /* [n] dL/dV of the step after the last in, of the first out */
    float *drive_gradient;         /* dL/d drive [n_steps][n] out; the step after lies behind */
    float *suffix;                 /* the same of its sums from each step on */
    float *current_decay_gradient; /* [n] added to */
    float *voltage_decay_gradient; /* [n] added to */
} snnfe_lif_backward;

/* A strip of a convolutional layer's neurons over some steps, backwards. Gradients of used output
   (row, column) come from that of (row / cell, column / cell). */
typedef struct snnfe_lif_backward_run {
    size_t n; /* neurons, a multiple of SNNFE_BLOCK */
    size_t n_steps;
    bool from_start; /* nothing is before the first step */
    size_t channel;  /* first of the strip */
    size_t cell;
    const float *spike_gradient; /* dL/ds [n_steps][cells][gradient_width] from its first on */
    size_t gradient_stride, gradient_columns, gradient_width;
    float spike_gradient_scale;
    float surrogate_height;
    const float *voltage; /* V; unless from_start the step before lies in front */
    snnfe_voltage_order order;
    const uint64_t *spikes; /* [n_steps][n / 64]; the step before lies in front */
    const uint64_t *window; /* [n_steps][n / 64] */
    const float *current_decay;
    const float *voltage_decay;
    float *voltage_gradient;       /* [n] dL/dV of the step after the last in, of the first out */
    float *drive_gradient;         /* [n] the same of dL/d drive */
    float *suffix;                 /* [n] and of its sum from there on; or NULL */
    float *current_decay_gradient; /* [n] added to */
    float *voltage_decay_gradient; /* [n] added to */
    float *drives;                 /* [n_steps][used outputs][SNNFE_STRIP] dL/d drive out; may be
                                      `spike_gradient` where that has the same shape */
    float *suffixes;               /* the same of its sums, with `suffix` */
    int32_t *drive_bits; /* [SNNFE_STRIP] drives' bits are or-ed to each lane's; or NULL */
} snnfe_lif_backward_run;

#endif
