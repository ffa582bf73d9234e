#include "reference.h"

#include "support.h"

#include <math.h>

enum { CONV1, CONV2, CONV3, TC1, R1, FC1, N_SPIKING };

/* A parameter's values, and where its gradient goes. */
typedef struct parameter {
    double *values;
    size_t offset, count;
} parameter;

/* A layer's neurons over all steps, each array [steps][neurons]; g_… are gradients. */
typedef struct layer {
    size_t rows, columns, channels, n; /* n = channels * rows * columns */
    parameter current_decay, voltage_decay, weight[3], bias[3];
    double *current, *potential, *threshold, *spike;
    double *g_spike, *g_drive;
    double *mask; /* [n]: 0 or 1 / (1 - p); 1 without dropout */
} layer;

struct reference {
    snnfe_network_options o;
    bool smooth;
    layer layers[N_SPIKING];
    parameter readout, time_weights;
    double *input; /* [steps][rows * columns] */
    double *logits;
    double *read; /* [steps][classes] what fc2 gives */
};

static double *zeros(size_t n)
{
    double *x = calloc(n ? n : 1, sizeof *x);
    ck_assert_ptr_nonnull(x);
    return x;
}

static parameter take(const snnfe_network *network, const char *name)
{
    size_t index = 0;
    assert_ok(snnfe_network_find(network, name, &index));
    snnfe_parameter_info info = {.struct_size = sizeof info};
    assert_ok(snnfe_network_parameter(network, index, &info));
    float *values = calloc(info.count, sizeof *values);
    assert_ok(snnfe_network_get(network, name, values, info.count));
    parameter p = {zeros(info.count), info.offset, info.count};
    for (size_t i = 0; i < info.count; i++)
        p.values[i] = (double)values[i];
    free(values);
    return p;
}

static void take_synapses(layer *l, int tap, const snnfe_network *network, const char *prefix)
{
    char name[80];
    snprintf(name, sizeof name, "%s.weight", prefix);
    l->weight[tap] = take(network, name);
    snprintf(name, sizeof name, "%s.bias", prefix);
    l->bias[tap] = take(network, name);
}

static void make_layer(layer *l, const snnfe_network *network, const char *name, size_t n_steps,
                       size_t channels, size_t rows, size_t columns)
{
    *l = (layer){
        .rows = rows, .columns = columns, .channels = channels, .n = channels * rows * columns};
    char decay[32];
    snprintf(decay, sizeof decay, "snn.%s_cdecay", name);
    l->current_decay = take(network, decay);
    snprintf(decay, sizeof decay, "snn.%s_vdecay", name);
    l->voltage_decay = take(network, decay);
    double **const arrays[] = {&l->current, &l->potential, &l->threshold,
                               &l->spike,   &l->g_spike,   &l->g_drive};
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++)
        *arrays[i] = zeros(n_steps * l->n);
    l->mask = zeros(l->n);
}

reference *reference_create(const snnfe_network *network)
{
    reference *r = calloc(1, sizeof *r);
    r->o.struct_size = sizeof r->o;
    assert_ok(snnfe_network_get_options(network, &r->o));
    const snnfe_network_options *o = &r->o;
    const size_t rows = o->n_rows, columns = o->n_columns, steps = o->n_steps;
    layer *l = r->layers;
    make_layer(&l[CONV1], network, "c1", steps, o->conv1_channels, rows - 2, columns - 2);
    make_layer(&l[CONV2], network, "c2", steps, o->conv2_channels, rows - 4, columns - 4);
    make_layer(&l[CONV3], network, "c3", steps, o->conv3_channels, (rows - 4) / 2 - 2,
               (columns - 4) / 2 - 2);
    make_layer(&l[TC1], network, "tc1", steps, o->n_hidden, 1, 1);
    make_layer(&l[R1], network, "r1", steps, o->n_hidden, 1, 1);
    make_layer(&l[FC1], network, "f1", steps, o->n_hidden, 1, 1);
    take_synapses(&l[CONV1], 0, network, "snn.conv1.psp_func");
    take_synapses(&l[CONV2], 0, network, "snn.conv2.psp_func");
    take_synapses(&l[CONV3], 0, network, "snn.conv3.psp_func");
    for (int tap = 0; tap < 3; tap++) {
        char prefix[64];
        snprintf(prefix, sizeof prefix, "snn.temp_conv1.psp_func_list.%d", tap);
        take_synapses(&l[TC1], tap, network, prefix);
    }
    take_synapses(&l[R1], 0, network, "snn.rec1.rec_func");
    take_synapses(&l[FC1], 0, network, "snn.fc1.psp_func");
    r->readout = take(network, "snn.fc2.weight");
    r->time_weights = take(network, "snn.ts_weights");
    r->input = zeros(steps * rows * columns);
    r->logits = zeros(o->n_classes);
    r->read = zeros(steps * o->n_classes);
    return r;
}

void reference_free(reference *r)
{
    for (int i = 0; i < N_SPIKING; i++) {
        layer *l = &r->layers[i];
        double *const arrays[] = {l->current,
                                  l->potential,
                                  l->threshold,
                                  l->spike,
                                  l->g_spike,
                                  l->g_drive,
                                  l->mask,
                                  l->current_decay.values,
                                  l->voltage_decay.values,
                                  l->weight[0].values,
                                  l->weight[1].values,
                                  l->weight[2].values,
                                  l->bias[0].values,
                                  l->bias[1].values,
                                  l->bias[2].values};
        for (size_t k = 0; k < sizeof arrays / sizeof arrays[0]; k++)
            free(arrays[k]);
    }
    free(r->readout.values);
    free(r->time_weights.values);
    free(r->input);
    free(r->logits);
    free(r->read);
    free(r);
}

void reference_make_smooth(reference *r)
{
    r->smooth = true;
}

static double *value_in(const parameter *p, size_t index)
{
    return index >= p->offset && index - p->offset < p->count ? p->values + (index - p->offset)
                                                              : NULL;
}

double *reference_value(reference *r, size_t index)
{
    double *value = value_in(&r->readout, index);
    if (!value)
        value = value_in(&r->time_weights, index);
    for (int i = 0; i < N_SPIKING && !value; i++) {
        const layer *l = &r->layers[i];
        const parameter *const all[] = {&l->current_decay, &l->voltage_decay, &l->weight[0],
                                        &l->weight[1],     &l->weight[2],     &l->bias[0],
                                        &l->bias[1],       &l->bias[2]};
        for (size_t k = 0; k < sizeof all / sizeof all[0] && !value; k++)
            value = value_in(all[k], index);
    }
    ck_assert_ptr_nonnull(value);
    return value;
}

/* --- synapses: forward, and both gradients, in one loop over all products -------------------- */

/* Calls `visit` for every product weight[w] * source[in] that goes into target[out]. */
typedef void (*product_fn)(void *context, size_t out, size_t w, size_t in);

static void each_conv_product(const layer *l, size_t in_channels, size_t in_rows, size_t in_columns,
                              product_fn visit, void *context)
{
    for (size_t c = 0; c < l->channels; c++)
        for (size_t y = 0; y < l->rows; y++)
            for (size_t x = 0; x < l->columns; x++)
                for (size_t i = 0; i < in_channels; i++)
                    for (size_t dy = 0; dy < 3; dy++)
                        for (size_t dx = 0; dx < 3; dx++)
                            visit(context, (c * l->rows + y) * l->columns + x,
                                  ((c * in_channels + i) * 3 + dy) * 3 + dx,
                                  (i * in_rows + y + dy) * in_columns + x + dx);
}

static void each_dense_product(size_t n_out, size_t n_in, product_fn visit, void *context)
{
    for (size_t o = 0; o < n_out; o++)
        for (size_t i = 0; i < n_in; i++)
            visit(context, o, o * n_in + i, i);
}

typedef struct product {
    const double *weight, *source, *g_target; /* g_target and below: backward only */
    double *target, *g_weight, *g_source;
} product;

static void multiply(void *context, size_t out, size_t w, size_t in)
{
    product *p = context;
    p->target[out] += p->weight[w] * p->source[in];
}

static void multiply_back(void *context, size_t out, size_t w, size_t in)
{
    product *p = context;
    p->g_weight[w] += p->g_target[out] * p->source[in];
    if (p->g_source)
        p->g_source[in] += p->g_target[out] * p->weight[w];
}

static size_t neurons_of_channel(const layer *l)
{
    return l->rows * l->columns;
}

static void add_bias(const layer *l, const parameter *bias, double *drive)
{
    for (size_t i = 0; i < l->n; i++)
        drive[i] += bias->values[i / neurons_of_channel(l)];
}

static void add_bias_gradient(const layer *l, const parameter *bias, const double *g_drive,
                              double *gradient)
{
    for (size_t i = 0; i < l->n; i++)
        gradient[bias->offset + i / neurons_of_channel(l)] += g_drive[i];
}

/* --- pooling ------------------------------------------------------------------------------- */

/* Average of 2x2 places of conv2; conv3's input has rows/2 x columns/2 places. */
static double *pool(const layer *l, const double *spike)
{
    const size_t rows = l->rows / 2, columns = l->columns / 2;
    double *out = zeros(l->channels * rows * columns);
    for (size_t c = 0; c < l->channels; c++)
        for (size_t y = 0; y < 2 * rows; y++)
            for (size_t x = 0; x < 2 * columns; x++)
                out[(c * rows + y / 2) * columns + x / 2] +=
                    0.25 * spike[(c * l->rows + y) * l->columns + x];
    return out;
}

static void pool_back(const layer *l, const double *g_pooled, double *g_spike)
{
    const size_t rows = l->rows / 2, columns = l->columns / 2;
    for (size_t c = 0; c < l->channels; c++)
        for (size_t y = 0; y < 2 * rows; y++)
            for (size_t x = 0; x < 2 * columns; x++)
                g_spike[(c * l->rows + y) * l->columns + x] +=
                    0.25 * g_pooled[(c * rows + y / 2) * columns + x / 2];
}

/* --- forward ------------------------------------------------------------------------------- */

static void drive_conv(const layer *l, const double *source, size_t in_channels, size_t in_rows,
                       size_t in_columns, double *drive)
{
    product p = {.weight = l->weight[0].values, .source = source, .target = drive};
    each_conv_product(l, in_channels, in_rows, in_columns, multiply, &p);
    add_bias(l, &l->bias[0], drive);
}

static void drive_dense(const layer *l, int tap, const double *source, size_t n_in, double *drive)
{
    product p = {.weight = l->weight[tap].values, .source = source, .target = drive};
    each_dense_product(l->n, n_in, multiply, &p);
    add_bias(l, &l->bias[tap], drive);
}

static void drive_layer(const reference *r, int index, size_t t, double *drive)
{
    const layer *l = &r->layers[index], *below = index > 0 ? l - 1 : NULL;
    const size_t rows = r->o.n_rows, columns = r->o.n_columns;
    switch (index) {
    case CONV1:
        drive_conv(l, r->input + t * rows * columns, 1, rows, columns, drive);
        break;
    case CONV2:
        drive_conv(l, below->spike + t * below->n, below->channels, below->rows, below->columns,
                   drive);
        break;
    case CONV3: {
        double *pooled = pool(below, below->spike + t * below->n);
        drive_conv(l, pooled, below->channels, below->rows / 2, below->columns / 2, drive);
        free(pooled);
        break;
    }
    case TC1:
        for (size_t tap = 0; tap < 3; tap++)
            if (t + tap >= 2)
                drive_dense(l, (int)tap, below->spike + (t + tap - 2) * below->n, below->n, drive);
        break;
    case R1: {
        double *none = zeros(l->n);
        drive_dense(l, 0, t > 0 ? l->spike + (t - 1) * l->n : none, l->n, drive);
        for (size_t i = 0; i < l->n; i++)
            drive[i] += below->spike[t * l->n + i];
        free(none);
        break;
    }
    default:
        drive_dense(l, 0, below->spike + t * below->n, below->n, drive);
    }
}

/* A layer's sums through the converter, if there is one; returns their smallest distance from where
   the code changes. */
static double convert(const reference *r, size_t n_rows, double *sums, size_t n)
{
    const double codes = (double)((1u << r->o.column_bits) / 2) - 1;
    const double step = (double)r->o.column_range * sqrt((double)n_rows) / codes;
    double margin = INFINITY;
    for (size_t i = 0; r->o.column_bits > 0 && !r->smooth && i < n; i++) {
        const double code = floor(sums[i] / step + 0.5);
        margin = fmin(margin, fabs(sums[i] / step + 0.5 - rint(sums[i] / step + 0.5)) * step);
        sums[i] = step * fmin(fmax(code, -codes), codes);
    }
    return margin;
}

static double fire(const reference *r, double above)
{
    const double width = (double)r->o.surrogate_width;
    if (r->smooth)
        return (double)r->o.surrogate_height * (fmin(fmax(above, -width), width) + width);
    return above > 0 ? 1 : 0;
}

/* One step of a layer's neurons; returns their smallest distance from a decision. */
static double step_neurons(const reference *r, layer *l, bool adaptive, size_t t,
                           const double *drive)
{
    const snnfe_network_options *o = &r->o;
    const size_t n = l->n, now = t * n, before = now - n;
    double margin = INFINITY;
    for (size_t i = 0; i < n; i++) {
        const double current = t > 0 ? l->current[before + i] : 0;
        const double potential = t > 0 ? l->potential[before + i] : 0;
        const double spike = t > 0 ? l->spike[before + i] : 0;
        double threshold = (double)o->threshold;
        if (adaptive && t > 0) {
            const double last = l->threshold[before + i];
            threshold = spike > 0
                            ? last + (double)o->adaptive_step
                            : fmax((double)o->adaptive_decay * last, (double)o->adaptive_floor);
        }
        l->current[now + i] = (l->current_decay.values[i] * current + drive[i]) * l->mask[i];
        const double v = l->voltage_decay.values[i] * potential * (1 - spike) + l->current[now + i];
        l->potential[now + i] = v;
        l->threshold[now + i] = threshold;
        l->spike[now + i] = fire(r, v - threshold);
        const double distance = fabs(v - threshold);
        const double from_edge = fabs(distance - (double)o->surrogate_width);
        if (l->mask[i] > 0)
            margin = fmin(margin, r->smooth ? from_edge : fmin(distance, from_edge));
    }
    return margin;
}

static void set_masks(reference *r, const uint8_t *masks)
{
    for (int i = 0; i < N_SPIKING; i++) {
        layer *l = &r->layers[i];
        for (size_t k = 0; k < l->n; k++) {
            l->mask[k] = 1;
            if (masks && i >= TC1)
                l->mask[k] =
                    masks[(size_t)(i - TC1) * l->n + k] ? 1 / (1 - (double)r->o.dropout) : 0;
        }
    }
}

double reference_forward(reference *r, const float *grid, const uint8_t *masks, double *logits)
{
    const size_t places = (size_t)r->o.n_rows * r->o.n_columns, steps = r->o.n_steps;
    set_masks(r, masks);
    for (size_t p = 0; p < places; p++)
        for (size_t t = 0; t < steps; t++)
            r->input[t * places + p] = (double)grid[p * steps + t];
    memset(r->logits, 0, r->o.n_classes * sizeof(double));
    double margin = INFINITY;
    for (size_t t = 0; t < steps; t++) {
        for (int i = 0; i < N_SPIKING; i++) {
            layer *l = &r->layers[i];
            double *drive = zeros(l->n);
            drive_layer(r, i, t, drive);
            if (i >= TC1)
                margin = fmin(margin, convert(r, i == TC1 ? 3 * l[-1].n : l->n, drive, l->n));
            margin = fmin(margin, step_neurons(r, l, i == R1, t, drive));
            free(drive);
        }
        const layer *last = &r->layers[FC1];
        double *read = r->read + t * r->o.n_classes;
        for (size_t c = 0; c < r->o.n_classes; c++) {
            read[c] = 0;
            for (size_t i = 0; i < last->n; i++)
                read[c] += r->readout.values[c * last->n + i] * last->spike[t * last->n + i];
        }
        margin = fmin(margin, convert(r, last->n, read, r->o.n_classes));
        for (size_t c = 0; c < r->o.n_classes; c++)
            r->logits[c] += r->time_weights.values[t] * read[c];
    }
    memcpy(logits, r->logits, r->o.n_classes * sizeof(double));
    return margin;
}

uint64_t reference_spikes(const reference *r, int index)
{
    const layer *l = &r->layers[index];
    uint64_t n = 0;
    for (size_t i = 0; i < l->n * r->o.n_steps; i++)
        n += l->spike[i] > 0;
    return n;
}

/* --- backward ------------------------------------------------------------------------------ */

/* From the spikes' gradients of all later layers and steps to the drive's, step t; `g_potential`
   and `g_current` [n] carry what comes from step t + 1. */
static void step_neurons_back(const snnfe_network_options *o, layer *l, size_t t,
                              double *g_potential, double *g_current, double *gradient)
{
    const size_t n = l->n, now = t * n, before = now - n;
    for (size_t i = 0; i < n; i++) {
        const double v = l->potential[now + i], distance = fabs(v - l->threshold[now + i]);
        const double later = g_potential[i]; /* of V[t + 1] */
        const double decay = l->voltage_decay.values[i];
        const double g_spike = l->g_spike[now + i] - later * decay * v;
        const double slope = distance < (double)o->surrogate_width && l->mask[i] > 0
                                 ? (double)o->surrogate_height
                                 : 0;
        const double g_v = g_spike * slope + later * decay * (1 - l->spike[now + i]);
        const double g_drive = (g_v + g_current[i]) * l->mask[i];
        l->g_drive[now + i] = g_drive;
        if (t > 0) {
            gradient[l->current_decay.offset + i] += g_drive * l->current[before + i];
            gradient[l->voltage_decay.offset + i] +=
                g_v * l->potential[before + i] * (1 - l->spike[before + i]);
        }
        g_current[i] = g_drive * l->current_decay.values[i];
        g_potential[i] = g_v;
    }
}

static void conv_back(layer *l, const double *source, size_t in_channels, size_t in_rows,
                      size_t in_columns, const double *g_drive, double *g_source, double *gradient)
{
    product p = {.weight = l->weight[0].values,
                 .source = source,
                 .g_target = g_drive,
                 .g_weight = gradient + l->weight[0].offset,
                 .g_source = g_source};
    each_conv_product(l, in_channels, in_rows, in_columns, multiply_back, &p);
    add_bias_gradient(l, &l->bias[0], g_drive, gradient);
}

static void dense_back(layer *l, int tap, const double *source, size_t n_in, const double *g_drive,
                       double *g_source, double *gradient)
{
    product p = {.weight = l->weight[tap].values,
                 .source = source,
                 .g_target = g_drive,
                 .g_weight = gradient + l->weight[tap].offset,
                 .g_source = g_source};
    each_dense_product(l->n, n_in, multiply_back, &p);
    add_bias_gradient(l, &l->bias[tap], g_drive, gradient);
}

/* Hand the drive's gradient of step t on to the spikes that made it. */
static void drive_back(reference *r, int index, size_t t, double *gradient)
{
    layer *l = &r->layers[index], *below = index > 0 ? l - 1 : NULL;
    const size_t rows = r->o.n_rows, columns = r->o.n_columns;
    const double *g_drive = l->g_drive + t * l->n;
    switch (index) {
    case CONV1:
        conv_back(l, r->input + t * rows * columns, 1, rows, columns, g_drive, NULL, gradient);
        break;
    case CONV2:
        conv_back(l, below->spike + t * below->n, below->channels, below->rows, below->columns,
                  g_drive, below->g_spike + t * below->n, gradient);
        break;
    case CONV3: {
        double *pooled = pool(below, below->spike + t * below->n);
        double *g_pooled = zeros(below->channels * (below->rows / 2) * (below->columns / 2));
        conv_back(l, pooled, below->channels, below->rows / 2, below->columns / 2, g_drive,
                  g_pooled, gradient);
        pool_back(below, g_pooled, below->g_spike + t * below->n);
        free(pooled);
        free(g_pooled);
        break;
    }
    case TC1:
        for (size_t tap = 0; tap < 3; tap++)
            if (t + tap >= 2)
                dense_back(l, (int)tap, below->spike + (t + tap - 2) * below->n, below->n, g_drive,
                           below->g_spike + (t + tap - 2) * below->n, gradient);
        break;
    case R1:
        for (size_t i = 0; i < l->n; i++)
            below->g_spike[t * l->n + i] += g_drive[i];
        if (t > 0)
            dense_back(l, 0, l->spike + (t - 1) * l->n, l->n, g_drive, l->g_spike + (t - 1) * l->n,
                       gradient);
        else
            add_bias_gradient(l, &l->bias[0], g_drive, gradient);
        break;
    default:
        dense_back(l, 0, below->spike + t * below->n, below->n, g_drive,
                   below->g_spike + t * below->n, gradient);
    }
}

static void readout_back(reference *r, const double *g_logits, double *gradient)
{
    layer *last = &r->layers[FC1];
    for (size_t t = 0; t < r->o.n_steps; t++)
        for (size_t c = 0; c < r->o.n_classes; c++) {
            gradient[r->time_weights.offset + t] += g_logits[c] * r->read[t * r->o.n_classes + c];
            for (size_t i = 0; i < last->n; i++) {
                const double s = last->spike[t * last->n + i];
                const double w = r->readout.values[c * last->n + i];
                const double a = r->time_weights.values[t];
                gradient[r->readout.offset + c * last->n + i] += g_logits[c] * a * s;
                last->g_spike[t * last->n + i] += g_logits[c] * a * w;
            }
        }
}

double reference_backward(reference *r, int32_t label, double scale, double *gradient)
{
    const size_t n_classes = r->o.n_classes, steps = r->o.n_steps;
    double largest = r->logits[0], sum = 0;
    for (size_t c = 1; c < n_classes; c++)
        largest = fmax(largest, r->logits[c]);
    for (size_t c = 0; c < n_classes; c++)
        sum += exp(r->logits[c] - largest);
    double *g_logits = zeros(n_classes);
    for (size_t c = 0; c < n_classes; c++)
        g_logits[c] = scale * (exp(r->logits[c] - largest) / sum - (c == (size_t)label));
    for (int i = 0; i < N_SPIKING; i++)
        memset(r->layers[i].g_spike, 0, steps * r->layers[i].n * sizeof(double));
    readout_back(r, g_logits, gradient);
    for (int i = N_SPIKING - 1; i >= 0; i--) {
        layer *l = &r->layers[i];
        double *g_potential = zeros(l->n), *g_current = zeros(l->n);
        for (size_t t = steps; t-- > 0;) {
            step_neurons_back(&r->o, l, t, g_potential, g_current, gradient);
            drive_back(r, i, t, gradient);
        }
        free(g_potential);
        free(g_current);
    }
    free(g_logits);
    return largest + log(sum) - r->logits[label];
}
