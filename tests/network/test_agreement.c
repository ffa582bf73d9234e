/* The library against the plain double-precision network on random tiny configurations. */
#include "base/philox.h"
#include "reference.h"
#include "support.h"

#include <math.h>

/* A trial nearer to a decision than this may go either way in single precision. */
#define MARGIN 2e-5
#define N_CONFIGURATIONS 60
#define N_TRIALS 4
#define N_SMOOTH 20 /* configurations whose gradients are compared with slopes */
#define N_SLOPES 6  /* of each parameter */

static uint32_t between(snnfe_stream *stream, uint32_t least, uint32_t most)
{
    return least + snnfe_stream_below(stream, most - least + 1);
}

static snnfe_network_options random_options(snnfe_stream *stream)
{
    snnfe_network_options o;
    assert_ok(snnfe_network_options_init(&o, sizeof o));
    o.n_rows = between(stream, 10, 13);
    o.n_columns = between(stream, 10, 13);
    o.n_steps = between(stream, 1, 16);
    o.conv1_channels = between(stream, 1, 4);
    o.conv2_channels = between(stream, 1, 5);
    o.conv3_channels = between(stream, 1, 6);
    o.n_hidden = between(stream, 2, 9);
    o.n_classes = between(stream, 2, 4);
    o.dropout = 0.3F * snnfe_stream_float(stream);
    o.threshold = 0.2F * snnfe_stream_float(stream);
    o.surrogate_width = 0.1F + 0.5F * snnfe_stream_float(stream);
    o.surrogate_height = 0.1F + snnfe_stream_float(stream);
    o.adaptive_step = 0.05F * snnfe_stream_float(stream);
    o.adaptive_decay = snnfe_stream_float(stream);
    o.adaptive_floor = 0.02F * snnfe_stream_float(stream);
    o.seed = snnfe_stream_u32(stream);
    return o;
}

/* Weights that let every layer spike; decays anywhere; time weights of both signs. */
static void randomize(snnfe_network *network, snnfe_stream *stream)
{
    for (size_t p = 0; p < snnfe_network_parameter_count(network); p++) {
        snnfe_parameter_info info = {.struct_size = sizeof info};
        assert_ok(snnfe_network_parameter(network, p, &info));
        float *values = calloc(info.count, sizeof *values);
        assert_ok(snnfe_network_get(network, info.name, values, info.count));
        for (size_t i = 0; i < info.count; i++) {
            const float u = snnfe_stream_float(stream);
            values[i] = info.kind == SNNFE_PARAMETER_DECAY         ? 0.9F * u
                        : info.kind == SNNFE_PARAMETER_TIME_WEIGHT ? 2 * u - 0.7F
                                                                   : 1.5F * values[i] + 0.05F;
        }
        assert_ok(snnfe_network_set(network, info.name, values, info.count));
        free(values);
    }
}

typedef struct trial {
    float *grid;
    uint8_t *masks;
    int32_t label;
} trial;

static void draw_trial(trial *t, const snnfe_network *network, const snnfe_network_options *o,
                       snnfe_stream *stream)
{
    const size_t size = (size_t)o->n_rows * o->n_columns * o->n_steps;
    for (size_t i = 0; i < size; i++)
        t->grid[i] = (float)snnfe_stream_normal(stream);
    assert_ok(snnfe_network_draw_masks(network, 1, snnfe_stream_u32(stream), t->masks));
    t->label = (int32_t)snnfe_stream_below(stream, o->n_classes);
}

/* A trial that single precision cannot decide otherwise, with and without dropout. */
static bool draw_clear_trial(trial *t, const snnfe_network *network, reference *r,
                             const snnfe_network_options *o, snnfe_stream *stream)
{
    double logits[4];
    for (int attempt = 0; attempt < 30; attempt++) {
        draw_trial(t, network, o, stream);
        if (reference_forward(r, t->grid, NULL, logits) > MARGIN &&
            reference_forward(r, t->grid, t->masks, logits) > MARGIN)
            return true;
    }
    return false;
}

static double largest_of(const double *x, size_t n)
{
    double largest = 0;
    for (size_t i = 0; i < n; i++)
        largest = fmax(largest, fabs(x[i]));
    return largest;
}

static void compare_forward(const snnfe_network *network, reference *r, const trial *t,
                            const snnfe_network_options *o)
{
    double expected[4];
    float logits[4];
    reference_forward(r, t->grid, NULL, expected);
    assert_ok(snnfe_network_evaluate(network, t->grid, 1, NULL, logits, NULL, NULL));
    for (uint32_t c = 0; c < o->n_classes; c++)
        ck_assert_double_eq_tol((double)logits[c], expected[c],
                                1e-5 * (1 + largest_of(expected, o->n_classes)));
    snnfe_layer_activity activity[SNNFE_N_LAYERS];
    assert_ok(
        snnfe_network_activity(network, t->grid, 1, NULL, activity, sizeof(snnfe_layer_activity)));
    for (int layer = 0; layer < SNNFE_LAYER_FC2; layer++)
        ck_assert_uint_eq(activity[layer].spikes, reference_spikes(r, layer));
}

/* Every parameter's gradient, relative to the largest value in it and, since sums cancel, a little
   to the largest that any sum over the trials was on its way: trials of all classes that make no
   spike add up to nothing but rounding. */
static size_t compare_gradient(const snnfe_network *network, const float *gradient,
                               const double *expected, double largest_sum)
{
    size_t n_nonzero = 0;
    for (size_t p = 0; p < snnfe_network_parameter_count(network); p++) {
        snnfe_parameter_info info = {.struct_size = sizeof info};
        assert_ok(snnfe_network_parameter(network, p, &info));
        const double largest = largest_of(expected + info.offset, info.count);
        n_nonzero += largest > 0;
        for (size_t i = info.offset; i < info.offset + info.count; i++)
            ck_assert_msg(fabs((double)gradient[i] - expected[i]) <=
                              1e-4 * largest + 1e-6 * largest_sum + 1e-9,
                          "%s, value %zu: %.9g, not %.9g", info.name, i - info.offset,
                          (double)gradient[i], expected[i]);
    }
    return n_nonzero;
}

static size_t check_configuration(uint64_t index, size_t *n_trials)
{
    snnfe_stream stream = snnfe_stream_make(support_seed(), SNNFE_STREAM_DEVICE, index);
    snnfe_network_options o = random_options(&stream);
    if (index % 3 == 0) { /* sums of columns are converted */
        o.column_bits = 3 + (uint32_t)(index % 5);
        o.column_range = 0.2F + 0.1F * (float)(index % 7);
    }
    snnfe_network *network = NULL;
    assert_ok(snnfe_network_create(&network, &o));
    randomize(network, &stream);
    reference *r = reference_create(network);
    const size_t size = (size_t)o.n_rows * o.n_columns * o.n_steps,
                 n_masks = (size_t)3 * o.n_hidden;
    float *grids = calloc(N_TRIALS * size, sizeof *grids);
    uint8_t *masks = calloc(N_TRIALS * n_masks, 1);
    int32_t labels[N_TRIALS];
    size_t n = 0;
    while (n < N_TRIALS) {
        trial t = {.grid = grids + n * size, .masks = masks + n * n_masks};
        if (!draw_clear_trial(&t, network, r, &o, &stream))
            break;
        compare_forward(network, r, &t, &o);
        labels[n++] = t.label;
    }
    const size_t n_values = snnfe_network_value_count(network);
    size_t n_nonzero = 0;
    for (int dropout = 0; n > 0 && dropout <= 1; dropout++) {
        double *expected = calloc(n_values, sizeof *expected), mean = 0, loss = 0, logits[4],
               largest_sum = 0;
        float *gradient = calloc(n_values, sizeof *gradient);
        for (size_t i = 0; i < n; i++) {
            reference_forward(r, grids + i * size, dropout ? masks + i * n_masks : NULL, logits);
            mean += reference_backward(r, labels[i], 1 / (double)n, expected) / (double)n;
            largest_sum = fmax(largest_sum, largest_of(expected, n_values));
        }
        assert_ok(snnfe_network_gradient(network, grids, labels, n, dropout ? masks : NULL, NULL,
                                         &loss, gradient));
        ck_assert_double_eq_tol(loss, mean, 1e-5 * (1 + mean));
        n_nonzero += compare_gradient(network, gradient, expected, largest_sum);
        free(expected);
        free(gradient);
    }
    *n_trials += n;
    free(masks);
    free(grids);
    reference_free(r);
    snnfe_network_free(network);
    return n_nonzero;
}

START_TEST(values_and_gradients_agree)
{
    size_t n_trials = 0, n_nonzero = 0;
    for (uint64_t i = 0; i < N_CONFIGURATIONS; i++)
        n_nonzero += check_configuration(i, &n_trials);
    /* Not all were too close to a decision, and gradients reach many of the 28 parameters. */
    ck_assert_uint_ge(n_trials, N_CONFIGURATIONS * N_TRIALS * 3 / 4);
    ck_assert_uint_ge(n_nonzero, (size_t)N_CONFIGURATIONS * 2 * 28 / 3);
}
END_TEST

/* The loss is smooth in the readout and the time weights: plain differences must give their
   gradient. */
START_TEST(readout_gradient_is_the_slope_of_the_loss)
{
    static const char *const names[] = {"snn.fc2.weight", "snn.ts_weights"};
    snnfe_stream stream = snnfe_stream_make(support_seed(), SNNFE_STREAM_DEVICE, 1000);
    snnfe_network_options o = random_options(&stream);
    o.n_steps = 12;
    o.n_hidden = 9;
    snnfe_network *network = NULL;
    assert_ok(snnfe_network_create(&network, &o));
    randomize(network, &stream);
    const size_t size = (size_t)o.n_rows * o.n_columns * o.n_steps;
    float *grid = calloc(2 * size, sizeof *grid);
    for (size_t i = 0; i < 2 * size; i++)
        grid[i] = (float)snnfe_stream_normal(&stream);
    const int32_t labels[] = {0, 1};
    float *gradient = calloc(snnfe_network_value_count(network), sizeof *gradient);
    assert_ok(snnfe_network_gradient(network, grid, labels, 2, NULL, NULL, NULL, gradient));
    for (size_t k = 0; k < 2; k++) {
        size_t index = 0;
        assert_ok(snnfe_network_find(network, names[k], &index));
        snnfe_parameter_info info = {.struct_size = sizeof info};
        assert_ok(snnfe_network_parameter(network, index, &info));
        float *values = calloc(info.count, sizeof *values);
        assert_ok(snnfe_network_get(network, names[k], values, info.count));
        for (size_t i = 0; i < info.count; i++) {
            const float value = values[i], step = 0.01F;
            double loss[2];
            for (int side = 0; side < 2; side++) {
                values[i] = side ? value + step : value - step;
                assert_ok(snnfe_network_set(network, names[k], values, info.count));
                assert_ok(snnfe_network_gradient(network, grid, labels, 2, NULL, NULL, &loss[side],
                                                 NULL));
            }
            values[i] = value;
            const double slope = (loss[1] - loss[0]) / (2 * (double)step);
            ck_assert_double_eq_tol((double)gradient[info.offset + i], slope,
                                    5e-4 * (1 + fabs(slope)));
        }
        assert_ok(snnfe_network_set(network, names[k], values, info.count));
        free(values);
    }
    free(gradient);
    free(grid);
    snnfe_network_free(network);
}
END_TEST

static double loss_of(reference *r, const trial *t, double *gradient)
{
    double logits[4];
    reference_forward(r, t->grid, t->masks, logits);
    return reference_backward(r, t->label, 1, gradient);
}

/* Central differences at a few values of every parameter against the reference's gradient; returns
   how many slopes were not 0. */
static size_t compare_slopes(const snnfe_network *network, reference *r, const trial *t,
                             snnfe_stream *stream)
{
    const size_t n_values = snnfe_network_value_count(network);
    double *gradient = calloc(n_values, sizeof *gradient);
    double *unused = calloc(n_values, sizeof *unused);
    loss_of(r, t, gradient);
    const double largest = largest_of(gradient, n_values), step = 1e-6;
    size_t n_nonzero = 0;
    for (size_t p = 0; p < snnfe_network_parameter_count(network); p++) {
        snnfe_parameter_info info = {.struct_size = sizeof info};
        assert_ok(snnfe_network_parameter(network, p, &info));
        for (int k = 0; k < N_SLOPES; k++) {
            const size_t index = info.offset + snnfe_stream_below(stream, (uint32_t)info.count);
            double *value = reference_value(r, index);
            const double before = *value;
            *value = before + step;
            const double above = loss_of(r, t, unused);
            *value = before - step;
            const double slope = (above - loss_of(r, t, unused)) / (2 * step);
            *value = before;
            n_nonzero += fabs(slope) > 1e-9;
            ck_assert_msg(fabs(gradient[index] - slope) <=
                              1e-5 * fabs(slope) + 1e-7 * largest + 1e-9,
                          "%s, value %zu: gradient %.9g, slope %.9g", info.name,
                          index - info.offset, gradient[index], slope);
        }
    }
    free(unused);
    free(gradient);
    return n_nonzero;
}

/* What the library's gradients are compared with is itself the slope of a loss, in every parameter
   of every layer: the surrogate derivative is the derivative of a smooth spike. */
START_TEST(reference_gradient_is_the_slope_of_a_smooth_loss)
{
    size_t n_trials = 0, n_nonzero = 0;
    for (uint64_t i = 0; i < N_SMOOTH; i++) {
        snnfe_stream stream = snnfe_stream_make(support_seed(), SNNFE_STREAM_DEVICE, 2000 + i);
        snnfe_network_options o = random_options(&stream);
        o.n_steps = between(&stream, 2, 6);
        o.surrogate_width *= 4; /* so that gradients reach many neurons */
        snnfe_network *network = NULL;
        assert_ok(snnfe_network_create(&network, &o));
        randomize(network, &stream);
        reference *r = reference_create(network);
        reference_make_smooth(r);
        trial t = {calloc((size_t)o.n_rows * o.n_columns * o.n_steps, sizeof *t.grid),
                   calloc((size_t)3 * o.n_hidden, 1), 0};
        if (draw_clear_trial(&t, network, r, &o, &stream)) {
            n_nonzero += compare_slopes(network, r, &t, &stream);
            n_trials++;
        }
        free(t.masks);
        free(t.grid);
        reference_free(r);
        snnfe_network_free(network);
    }
    ck_assert_uint_ge(n_trials, N_SMOOTH * 3 / 4);
    ck_assert_uint_ge(n_nonzero, n_trials * 30 * N_SLOPES / 5);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("agreement");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 600);
    tcase_add_test(all, values_and_gradients_agree);
    tcase_add_test(all, readout_gradient_is_the_slope_of_the_loss);
    tcase_add_test(all, reference_gradient_is_the_slope_of_a_smooth_loss);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
