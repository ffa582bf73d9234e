/* All kernels: included with KERNEL(result, name, parameters) defined, to declare them, to make the
   table's members and to fill the tables.

   Forward kernels add the terms of each neuron in one fixed order without contraction, so they give
   the same bits on every instruction set. Backward kernels may contract. */

/* conv1 over some steps: the drive of used outputs is bias[c] + sum over the 9 taps of
   weights[tap][c] * input[position]; `input` holds element (row, column) of step t at
   (row * in_columns + column) * input_stride + t. */
KERNEL(void, conv_input,
       (const snnfe_conv_geometry *geometry, const float *input, size_t input_stride,
        const float *weights, const float *bias, const snnfe_lif_run *lif))

/* The neurons that switched between two rows of spikes, `before` NULL for none, into the lists
   of `rows`, which have room for all and SNNFE_LIST_SLACK more. */
KERNEL(void, list_changes,
       (const uint64_t *before, const uint64_t *now, size_t n_words, uint16_t *on, uint16_t *off,
        snnfe_rows *rows))

/* sums[0…width) += rows on - rows off, for each list. Exact (modulo 2^32). */
KERNEL(void, add_rows_i32,
       (int32_t * sums, size_t width, const int32_t *table, size_t stride, const snnfe_rows *lists,
        size_t n_lists))

/* conv2 or conv3 over some steps: sums[target][…] of the used outputs, in fixed point, follow
   the spikes of the layer below, and drive the neurons. `before` are the spikes of the step
   before the first, or NULL; `now` those of the steps. `strips` has
   snnfe_strip_rows() rows, [tap][channel] and the empty ones. Exact (modulo 2^32). */
KERNEL(void, conv_events,
       (const snnfe_conv_geometry *geometry, const uint64_t *before, const uint64_t *now,
        const int32_t *strips, const snnfe_conv_scratch *scratch, int32_t *sums,
        const snnfe_lif_run *lif))

/* One step of the neurons of a layer above the convolutions. */
KERNEL(void, lif_forward, (const snnfe_lif_forward *step))

/* One step of Adam over `count` values and their moments; no alignment is needed. */
KERNEL(void, adam_update,
       (float *restrict values, const float *restrict gradient, float *restrict first,
        float *restrict second, size_t count, const snnfe_adam_factors *factors))

/* Bit i is set where accumulators[i] has reached `ltp_unit` or its negative `ltd_unit`; n <=
   64, no alignment is needed. */
KERNEL(uint64_t, crossings, (const float *accumulators, size_t n, float ltp_unit, float ltd_unit))

/* Standard normal numbers of n <= SNNFE_PULSES blocks of the counter-based generator: two of its
   first two words, and the third, if it is wanted, of the others (Box and Muller's formula). This
   kernel and the next two read and write whole vectors: up to the next multiple of 8. */
KERNEL(void, normals, (snnfe_normals * draws, size_t n, bool third))

/* out[i] = x^a (1 - x)^b, 0 < x < 1. */
KERNEL(void, power_products,
       (const double *x, const double *a, const double *b, size_t n, double *out))

/* out[i] = exp(sigma z - sigma^2 / 2), sigma^2 = ln(1 + spread^2). */
KERNEL(void, lognormal_factors, (const double *spread, const double *z, size_t n, double *out))

/* Every weight into its low…high; no alignment is needed. */
KERNEL(void, clamp_between, (float *weights, const float *low, const float *high, size_t n))

/* Adds the values to `*sum`, their magnitudes to `*magnitude`. */
KERNEL(void, add_up, (const float *values, size_t n, double *sum, double *magnitude))

/* out[c] = values[c * stride] * units[c], rounded to nearest; n <= SNNFE_STRIP. */
KERNEL(void, round_units,
       (const float *values, size_t stride, const double *units, size_t n, int32_t *out))

/* As add_rows_i32(), in floating point. */
KERNEL(void, add_rows_f32,
       (float *sums, size_t width, const float *table, size_t stride, const snnfe_rows *lists,
        size_t n_lists))

/* Transpose a 64x64 bit matrix in place: bit j of row i becomes bit i of row j. */
KERNEL(void, transpose_bits, (uint64_t rows[64]))

/* The neurons of a layer above conv2 back in time over some steps. */
KERNEL(void, lif_backward, (const snnfe_lif_backward *run))

/* A strip of the neurons of conv1 or conv2 back in time over some steps. */
KERNEL(void, lif_backward_run,
       (const snnfe_conv_geometry *geometry, const snnfe_lif_backward_run *run))

/* dL/ds of the input neurons of a convolution, [p][c] = sum over taps of
   weights[tap][…][c] . gradient[output of p][…], in three steps by way of SNNFE_TILE_PRODUCTS
   points, between them a matrix product at each point.

   out[point][tile][…] of a strip, the points `point_stride` apart, of
   gradient[used output][SNNFE_STRIP]. */
KERNEL(void, winograd_gradient,
       (const snnfe_conv_geometry *geometry, const float *gradient, float *out,
        size_t point_stride))

/* out[point], in panels, of weights[9][n_rows][n_columns]. */
KERNEL(void, winograd_weights, (const float *weights, size_t n_rows, size_t n_columns, float *out))

/* out[input][SNNFE_STRIP] of a strip of products[point][tile][…]; of the inputs that used
   outputs have, (used_rows + 2) * (used_columns + 2). */
KERNEL(void, winograd_inputs,
       (const snnfe_conv_geometry *geometry, const float *products, size_t point_stride,
        float *out))

/* The rows of what switched: bit p of on[step][c][p / 64] for input p of channel c. */
KERNEL(void, list_gradient_rows,
       (const snnfe_conv_geometry *geometry, const uint64_t *on, const uint64_t *off,
        size_t n_steps, snnfe_gradient_rows *rows))

/* weight_gradient[tap][c][strip] += those rows of suffixes[step][used output][SNNFE_STRIP]. */
KERNEL(void, conv_weight_gradient,
       (const snnfe_conv_geometry *geometry, const float *suffixes, const snnfe_gradient_rows *rows,
        float *weight_gradient))

/* weight_gradient[tap][c] += sum over steps and used outputs of input * gradient[output][c],
   for a strip; bias likewise. `input` as conv_input() takes it. */
KERNEL(void, conv_input_gradient,
       (const snnfe_conv_geometry *geometry, const float *input, size_t input_stride,
        size_t n_steps, const float *gradient, float *weight_gradient, float *bias_gradient))

/* out[j] += weights[j][0…width) . gradient[0…width), for the j whose bit in `open` is set. */
KERNEL(void, dense_spike_gradient,
       (size_t n, size_t width, const float *weights, const float *gradient, const uint64_t *open,
        float *out))

/* sums[i] += factor where bit i is set. */
KERNEL(void, add_where, (float *sums, size_t n, const uint64_t *bits, float factor))

KERNEL(void, product, (const snnfe_product *product))
