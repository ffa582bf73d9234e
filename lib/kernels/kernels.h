/* The hot loops, as a table that is filled once per instruction set. Raw arrays only.

   Neurons of a layer lie as [position][channel] with the channels padded to a multiple of
   SNNFE_BLOCK; their spikes are bits, one 64-bit word for a block of channels. Padded channels have
   no weights and never spike. All arrays are aligned to 64 bytes.

   Forward kernels add the terms of each neuron in one fixed order without contraction, so they give
   the same bits on every instruction set. Backward kernels may contract. */
#ifndef SNNFE_LIB_KERNELS_H
#define SNNFE_LIB_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SNNFE_BLOCK 64

static inline size_t snnfe_padded(size_t channels)
{
    return (channels + SNNFE_BLOCK - 1) / SNNFE_BLOCK * SNNFE_BLOCK;
}

/* Outputs of a strip: the table of a 3x3 convolution is [strip][row][SNNFE_STRIP], so that the part
   of it that is in use stays in the first-level cache. Behind the rows of each row of the kernel
   there is an empty one. */
#define SNNFE_STRIP 16

static inline size_t snnfe_strip_rows(size_t in_channels)
{
    return 9 * in_channels + 3;
}
static inline size_t snnfe_strip_row(size_t in_channels, size_t tap, size_t channel)
{
    return tap * in_channels + tap / 3 + channel;
}

/* Rows of a table to add and to subtract. Row r begins at table + base + r * stride. */
typedef struct snnfe_rows {
    const uint16_t *on;
    const uint16_t *off;
    uint32_t n_on;
    uint32_t n_off;
    size_t base;
} snnfe_rows;

/* A 3x3 valid convolution between two grids of positions. */
typedef struct snnfe_conv_geometry {
    uint32_t in_rows, in_columns;
    uint32_t out_rows, out_columns;
    uint32_t live_rows, live_columns; /* outputs that the layers above use: the first of each */
    uint32_t in_channels;             /* padded */
    uint32_t out_channels;            /* padded */
    uint32_t pool;                    /* 1, or 2: an input is four neurons of the layer below */
    uint32_t source_columns;          /* of the layer below */
    size_t source_words;              /* words of a step of the layer below */
    size_t n_words;                   /* 64-bit words that hold a bit for each input position */
    const uint16_t *taps; /* [n_words * 64] bit i: the input has a live output under tap i */
    const uint16_t
        *origin; /* [n_words * 64] that of tap 0, modulo 65536; see snnfe_conv_output() */
} snnfe_conv_geometry;

/* Index among the live outputs of the one that input `p` reaches under a tap. */
static inline size_t snnfe_conv_output(const snnfe_conv_geometry *g, size_t p, size_t tap)
{
    return (uint16_t)(g->origin[p] - tap / 3 * g->live_columns - tap % 3);
}
static inline size_t snnfe_conv_outputs(const snnfe_conv_geometry *g)
{
    return (size_t)g->live_rows * g->live_columns;
}

/* Sizes of the two maps of a geometry, and their content. */
static inline size_t snnfe_conv_words(const snnfe_conv_geometry *geometry)
{
    return ((size_t)geometry->in_rows * geometry->in_columns + 63) / 64;
}
void snnfe_conv_fill_maps(snnfe_conv_geometry *geometry, uint16_t *taps, uint16_t *origin);

/* Outputs of a convolution go through winograd_gradient() in tiles of SNNFE_TILE squared. */
#define SNNFE_TILE 6
#define SNNFE_TILE_POINTS 8
#define SNNFE_TILE_PRODUCTS ((size_t)SNNFE_TILE_POINTS * SNNFE_TILE_POINTS)

static inline size_t snnfe_conv_tiles(const snnfe_conv_geometry *g)
{
    return (size_t)((g->live_rows + SNNFE_TILE - 1) / SNNFE_TILE) *
           ((g->live_columns + SNNFE_TILE - 1) / SNNFE_TILE);
}

/* Lists of the event kernels are written this many places at a time. */
#define SNNFE_LIST_SLACK 32

/* Rows are added this many at a time. */
#define SNNFE_ROWS_AT_ONCE 4

/* Room for the events of some steps: who switched at each input, as column * in_channels + channel,
   and the rows of the weights that this means for each output. Both are kept eightfold and modulo
   65536: what a processor multiplies by eight as it loads is then the row's place in a strip. */
typedef struct snnfe_conv_scratch {
    uint16_t *on, *off;             /* [snnfe_conv_switches()] */
    uint32_t *on_begin, *off_begin; /* [steps * inputs + 1] */
    uint16_t *rows;                 /* [snnfe_conv_rows()] */
    uint32_t *n_rows;               /* [6 * steps * outputs] */
    int32_t *partial;               /* [steps][SNNFE_STRIP] */
} snnfe_conv_scratch;

/* Switches and rows of one step are these at most. */
static inline size_t snnfe_conv_switches(const snnfe_conv_geometry *g, size_t n_steps)
{
    const size_t inputs = (size_t)g->in_rows * g->in_columns * g->pool * g->pool;
    return n_steps * inputs * g->in_channels + SNNFE_LIST_SLACK;
}
static inline size_t snnfe_conv_rows(const snnfe_conv_geometry *g, size_t n_steps)
{
    const size_t outputs = (size_t)g->out_rows * g->out_columns;
    const size_t events = 9 * (size_t)g->pool * g->pool * g->in_channels;
    return n_steps * outputs * (events + 6 * (SNNFE_ROWS_AT_ONCE - 1)) + SNNFE_LIST_SLACK;
}

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
    uint64_t *window; /* [n / 64] out: |V - threshold| < width; or NULL */
    float *voltage;   /* [n] out: V before the reset; or NULL */
} snnfe_lif_forward;

typedef struct snnfe_lif_backward {
    size_t n;
    const float *spike_gradient; /* [n] dL/ds[t] from the layers above */
    float spike_gradient_scale;
    float surrogate_height;
    const float *voltage;          /* [n] V[t] */
    const float *voltage_before;   /* [n] V[t-1], or NULL at t = 0 */
    const uint64_t *spikes;        /* [n / 64] s[t] */
    const uint64_t *spikes_before; /* [n / 64] s[t-1], or NULL at t = 0 */
    const uint64_t *window;        /* [n / 64] */
    const float *current_decay;
    const float *voltage_decay;
    const float *mask;                 /* [n] or NULL */
    float *voltage_gradient;           /* [n] dL/dV[t+1] in, dL/dV[t] out */
    const float *drive_gradient_after; /* [n] dL/d drive[t+1] */
    float *drive_gradient;             /* [n] dL/d drive[t] out; may be the same array */
    const float *suffix_after;         /* [n] sum of drive gradients after t */
    float *suffix;                     /* [n] the same from t on; may be the same array */
    float *current_decay_gradient;     /* [n] added to */
    float *voltage_decay_gradient;     /* [n] added to */
} snnfe_lif_backward;

/* A strip of a convolutional layer's neurons over some steps, backwards. Gradients of live output
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
    float *drives;                 /* [n_steps][live outputs][SNNFE_STRIP] dL/d drive out; may be
                                      `spike_gradient` where that has the same shape */
    float *suffixes;               /* the same of its sums, with `suffix` */
} snnfe_lif_backward_run;

/* Outputs of a strip over some steps are rows of SNNFE_STRIP values, as many as the first-level
   cache holds; their places fit 16 bits eightfold. */
#define SNNFE_ROWS_OF_RUN ((size_t)360)

static inline size_t snnfe_steps_of_run(const snnfe_conv_geometry *g)
{
    const size_t steps = SNNFE_ROWS_OF_RUN / snnfe_conv_outputs(g);
    return steps > 0 ? steps : 1;
}

/* Which rows each weight's gradient takes: for each input channel and tap those to add and those to
   subtract, filled up with an empty row. */
typedef struct snnfe_gradient_rows {
    uint16_t *origin, *taps; /* [2][snnfe_gradient_switches()] scratch */
    uint16_t *rows;          /* [snnfe_gradient_list()] eightfold */
    uint32_t *n;             /* [in_channels][9][2] */
    size_t empty;            /* row that is 0 */
} snnfe_gradient_rows;

static inline size_t snnfe_gradient_switches(const snnfe_conv_geometry *g)
{
    return snnfe_steps_of_run(g) * g->in_rows * g->in_columns + SNNFE_LIST_SLACK;
}
static inline size_t snnfe_gradient_list(const snnfe_conv_geometry *g)
{
    const size_t most = snnfe_steps_of_run(g) * snnfe_conv_outputs(g);
    return (size_t)9 * g->in_channels * (most + 2 * (SNNFE_ROWS_AT_ONCE - 1)) + SNNFE_LIST_SLACK;
}

/* What one step of Adam multiplies with, the same for all values of a parameter. */
typedef struct snnfe_adam_factors {
    float first_share;  /* of the new gradient in the first moment: 1 - beta1 */
    float second_keep;  /* beta2 */
    float second_share; /* 1 - beta2 */
    float step_size;    /* rate / (1 - beta1^step) */
    float root_scale;   /* 1 / sqrt(1 - beta2^step) */
    float epsilon;
} snnfe_adam_factors;

typedef struct snnfe_kernels {
    const char *isa; /* "avx512", "avx2" or "baseline" */

    /* conv1 over some steps: the drive of live outputs is bias[c] + sum over the 9 taps of
       weights[tap][c] * input[position]; `input` holds element (row, column) of step t at
       (row * in_columns + column) * input_stride + t. */
    void (*conv_input)(const snnfe_conv_geometry *geometry, const float *input, size_t input_stride,
                       const float *weights, const float *bias, const snnfe_lif_run *lif);

    /* The neurons that switched between two rows of spikes, `before` NULL for none, into the lists
       of `rows`, which have room for all and SNNFE_LIST_SLACK more. */
    void (*list_changes)(const uint64_t *before, const uint64_t *now, size_t n_words, uint16_t *on,
                         uint16_t *off, snnfe_rows *rows);

    /* sums[0…width) += rows on - rows off, for each list. Exact (modulo 2^32). */
    void (*add_rows_i32)(int32_t *sums, size_t width, const int32_t *table, size_t stride,
                         const snnfe_rows *lists, size_t n_lists);
    /* conv2 or conv3 over some steps: sums[target][…] of the live outputs, in fixed point, follow
       the spikes of the layer below, and drive the neurons. `before` are the spikes of the step
       before the first, or NULL; `now` those of the steps. `strips` has
       snnfe_strip_rows() rows, [tap][channel] and the empty ones. Exact (modulo 2^32). */
    void (*conv_events)(const snnfe_conv_geometry *geometry, const uint64_t *before,
                        const uint64_t *now, const int32_t *strips,
                        const snnfe_conv_scratch *scratch, int32_t *sums, const snnfe_lif_run *lif);
    void (*lif_forward)(const snnfe_lif_forward *step);

    /* One step of Adam over `count` values and their moments; no alignment is asked. */
    void (*adam_update)(float *restrict values, const float *restrict gradient,
                        float *restrict first, float *restrict second, size_t count,
                        const snnfe_adam_factors *factors);
    /* Bit i is set where accumulators[i] has reached `ltp_unit` or its negative `ltd_unit`; n <=
       64, no alignment is asked. */
    uint64_t (*crossings)(const float *accumulators, size_t n, float ltp_unit, float ltd_unit);

    /* Adds the values to `*sum`, their magnitudes to `*magnitude`. */
    void (*add_up)(const float *values, size_t n, double *sum, double *magnitude);

    /* out[c] = values[c * stride] * units[c], rounded to nearest; n <= SNNFE_STRIP. */
    void (*round_units)(const float *values, size_t stride, const double *units, size_t n,
                        int32_t *out);

    void (*add_rows_f32)(float *sums, size_t width, const float *table, size_t stride,
                         const snnfe_rows *lists, size_t n_lists);
    void (*lif_backward)(const snnfe_lif_backward *step);

    void (*lif_backward_run)(const snnfe_conv_geometry *geometry,
                             const snnfe_lif_backward_run *run);

    /* dL/ds of the input neurons of a convolution, [p][c] = sum over taps of
       weights[tap][…][c] . gradient[output of p][…], in three steps by way of SNNFE_TILE_PRODUCTS
       points, between them a matrix product at each point.

       out[point][tile][…] of a strip, the points `point_stride` apart, of
       gradient[live output][SNNFE_STRIP]. */
    void (*winograd_gradient)(const snnfe_conv_geometry *geometry, const float *gradient,
                              float *out, size_t point_stride);
    /* out[point][n] of weights[9][n]. */
    void (*winograd_weights)(const float *weights, size_t n, float *out);
    /* out[input][SNNFE_STRIP] of a strip of products[point][tile][…]; of the inputs that live
       outputs have, (live_rows + 2) * (live_columns + 2). */
    void (*winograd_inputs)(const snnfe_conv_geometry *geometry, const float *products,
                            size_t point_stride, float *out);

    /* The rows of what switched: bit p of on[step][c][p / 64] for input p of channel c. */
    void (*list_gradient_rows)(const snnfe_conv_geometry *geometry, const uint64_t *on,
                               const uint64_t *off, size_t n_steps, snnfe_gradient_rows *rows);
    /* weight_gradient[tap][c][strip] += those rows of suffixes[step][live output][SNNFE_STRIP]. */
    void (*conv_weight_gradient)(const snnfe_conv_geometry *geometry, const float *suffixes,
                                 const snnfe_gradient_rows *rows, float *weight_gradient);

    /* weight_gradient[tap][c] += sum over steps and live outputs of input * gradient[output][c],
       for a strip; bias likewise. `input` as conv_input() takes it. */
    void (*conv_input_gradient)(const snnfe_conv_geometry *geometry, const float *input,
                                size_t input_stride, size_t n_steps, const float *gradient,
                                float *weight_gradient, float *bias_gradient);

    /* out[j] += weights[j][0…width) . gradient[0…width), for the j whose bit in `open` is set. */
    void (*dense_spike_gradient)(size_t n, size_t width, const float *weights,
                                 const float *gradient, const uint64_t *open, float *out);

    /* sums[i] += factor where bit i is set. */
    void (*add_where)(float *sums, size_t n, const uint64_t *bits, float factor);
} snnfe_kernels;

/* The kernels that are chosen: of this machine's best instruction set, of the one that the
   environment variable SNNFE_ISA names ("baseline", "avx2", "avx512"; names this machine lacks are
   ignored), or of the last one put in force by snnfe_kernels_choose(). */
const snnfe_kernels *snnfe_kernels_get(void);

/* NULL restores the first choice. */
void snnfe_kernels_choose(const snnfe_kernels *kernels);

/* Kernels of a named instruction set, NULL if this build or machine lacks it. */
const snnfe_kernels *snnfe_kernels_named(const char *isa);

/* Transpose a 64x64 bit matrix in place: bit j of row i becomes bit i of row j. */
void snnfe_transpose_bits(uint64_t rows[64]);

/* Place of the lowest bit of a word that has one. */
static inline size_t snnfe_lowest_bit(uint64_t word)
{
    return (size_t)__builtin_ctzll(word);
}

/* Split the changes between two spike words into indices base + bit, ascending. */
static inline void snnfe_split_changes(uint64_t before, uint64_t now, uint16_t base, uint16_t *on,
                                       uint32_t *n_on, uint16_t *off, uint32_t *n_off)
{
    uint32_t k = *n_on;
    for (uint64_t bits = now & ~before; bits != 0; bits &= bits - 1)
        on[k++] = (uint16_t)(base + (uint16_t)__builtin_ctzll(bits));
    *n_on = k;
    k = *n_off;
    for (uint64_t bits = before & ~now; bits != 0; bits &= bits - 1)
        off[k++] = (uint16_t)(base + (uint16_t)__builtin_ctzll(bits));
    *n_off = k;
}

#endif
