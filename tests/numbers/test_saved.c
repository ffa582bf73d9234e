/* What is saved loads, and is the same: every format with content by chance. What could not be
   loaded is refused where it is set. SNNFE_SAVED_ROUNDS says how many rounds (default 30). */
#include "learning.h"
#include "random_content.h"
#include "same_dataset.h"
#include "stream.h"

#include <math.h>
#include <snnfe/control.h>
#include <stddef.h>

enum { MOST_STEPS = 8, MOST_TRIALS = 8 };

static uint64_t n_rounds(void)
{
    const char *text = getenv("SNNFE_SAVED_ROUNDS");
    return text ? strtoull(text, NULL, 10) : 30;
}

/* --- data sets ------------------------------------------------------------------------------ */

static snnfe_status make_dataset(snnfe_dataset **dataset, random_signal *s, uint64_t *random)
{
    static float values[MOST_TRIALS * RANDOM_CHANNELS * MOST_STEPS];
    int32_t labels[MOST_TRIALS], subjects[MOST_TRIALS], onsets[MOST_TRIALS];
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        values[i] = random_float(random);
    for (size_t i = 0; i < MOST_TRIALS; i++) {
        labels[i] = (int32_t)random_count(random, 0, s->signal.n_classes - 1);
        subjects[i] = (int32_t)random_count(random, 1, INT32_MAX);
        onsets[i] = (int32_t)random_count(random, 0, INT32_MAX);
    }
    const snnfe_dataset_arrays arrays = {.struct_size = sizeof arrays,
                                         .n_steps = (uint32_t)random_count(random, 1, MOST_STEPS),
                                         .n_rows = (uint32_t)s->n_rows,
                                         .n_columns = (uint32_t)s->n_columns,
                                         .n_trials = random_count(random, 1, MOST_TRIALS),
                                         .trials = values,
                                         .labels = labels,
                                         .subjects = subjects,
                                         .onsets = onsets,
                                         .signal = &s->signal};
    return snnfe_dataset_from_arrays(dataset, &arrays);
}

/* A data set of a random signal that is accepted. */
static snnfe_dataset *good_dataset(random_signal *s, uint64_t *random)
{
    snnfe_dataset *dataset = NULL;
    random_signal_make(s, random, false);
    assert_ok(make_dataset(&dataset, s, random));
    return dataset;
}

START_TEST(datasets)
{
    uint64_t random = support_seed();
    random_signal s;
    for (uint64_t k = 0; k < n_rounds(); k++) {
        snnfe_dataset *made = good_dataset(&s, &random), *loaded = NULL;
        const char *path = support_path("dataset");
        assert_ok(snnfe_dataset_save(made, path));
        assert_ok(snnfe_dataset_load(&loaded, path));
        ck_assert(same_dataset(made, loaded));
        snnfe_dataset_free(made);
        snnfe_dataset_free(loaded);
    }
}
END_TEST

START_TEST(bad_names)
{
    uint64_t random = support_seed();
    random_signal s;
    for (uint64_t k = 0; k < n_rounds(); k++) {
        snnfe_dataset *made = NULL;
        snnfe_decoder *decoder = NULL;
        snnfe_decoder_options options = stream_plain_options();
        random_signal_make(&s, &random, true);
        assert_fails(make_dataset(&made, &s, &random), SNNFE_ERR_ARGUMENT, "_names[");
        snnfe_network_options n = small_network_options();
        n.n_rows = (uint32_t)s.n_rows;
        n.n_columns = (uint32_t)s.n_columns;
        n.n_classes = s.signal.n_classes;
        snnfe_network *network = NULL;
        assert_ok(snnfe_network_create(&network, &n));
        options.signal = &s.signal;
        assert_fails(snnfe_decoder_create(&decoder, network, &options), SNNFE_ERR_ARGUMENT,
                     "_names[");
        snnfe_network_free(network);
    }
}
END_TEST

/* --- networks and checkpoints --------------------------------------------------------------- */

static snnfe_network *make_network(const snnfe_dataset *dataset, uint64_t *random)
{
    const snnfe_dataset_info info = dataset_info(dataset);
    snnfe_network_options o = small_network_options();
    o.n_rows = info.n_rows;
    o.n_columns = info.n_columns;
    o.n_steps = info.n_steps;
    o.n_classes = info.n_classes;
    o.conv1_channels = (uint32_t)random_count(random, 1, 4);
    o.conv2_channels = (uint32_t)random_count(random, 1, 5);
    o.conv3_channels = (uint32_t)random_count(random, 1, 6);
    o.n_hidden = (uint32_t)random_count(random, 1, 9);
    o.seed = support_next(random);
    snnfe_network *network = NULL;
    assert_ok(snnfe_network_create(&network, &o));
    return network;
}

/* Set every parameter that takes the random values. */
static void set_values(snnfe_network *network, uint64_t *random)
{
    for (size_t i = 0; i < snnfe_network_parameter_count(network); i++) {
        snnfe_parameter_info info = {.struct_size = sizeof info};
        assert_ok(snnfe_network_parameter(network, i, &info));
        float *values = malloc(info.count * sizeof *values);
        for (size_t k = 0; k < info.count; k++)
            values[k] = random_float(random);
        const snnfe_status status = snnfe_network_set(network, info.name, values, info.count);
        ck_assert(status == SNNFE_OK || status == SNNFE_ERR_ARGUMENT ||
                  status == SNNFE_ERR_NONFINITE);
        free(values);
    }
}

/* One epoch on all trials; false if values that large cannot be trained. */
static bool train(snnfe_trainer *trainer, const snnfe_dataset *dataset)
{
    static const int32_t indices[MOST_TRIALS] = {0, 1, 2, 3, 4, 5, 6, 7};
    const snnfe_trainer_data data = {
        .struct_size = sizeof data, .train = indices, .n_train = dataset_info(dataset).n_trials};
    const snnfe_status status = snnfe_trainer_run(trainer, dataset, &data);
    ck_assert_msg(status == SNNFE_OK || status == SNNFE_ERR_NONFINITE, "%s", snnfe_last_error());
    return status == SNNFE_OK;
}

static void check_network(const snnfe_network *network)
{
    const char *path = support_path("network");
    snnfe_network *loaded = NULL;
    snnfe_signal a = {.struct_size = sizeof a}, b = {.struct_size = sizeof b};
    assert_ok(snnfe_network_save(network, path));
    assert_ok(snnfe_network_load(&loaded, path));
    ck_assert(small_same_values(network, loaded));
    assert_ok(snnfe_network_get_signal(network, &a));
    assert_ok(snnfe_network_get_signal(loaded, &b));
    ck_assert_uint_eq(a.n_channels, b.n_channels);
    for (uint32_t c = 0; c < a.n_channels; c++) {
        ck_assert_str_eq(a.channel_names[c], b.channel_names[c]);
        ck_assert_mem_eq(&a.channel_mean_uv[c], &b.channel_mean_uv[c], sizeof(double));
        ck_assert_mem_eq(&a.channel_std_uv[c], &b.channel_std_uv[c], sizeof(double));
    }
    for (uint32_t c = 0; a.n_channels > 0 && c < a.n_classes; c++)
        ck_assert_str_eq(a.class_names[c], b.class_names[c]);
    for (uint32_t r = 0; r < a.n_references; r++)
        ck_assert_str_eq(a.reference_names[r], b.reference_names[r]);
    snnfe_network_free(loaded);
}

START_TEST(networks_and_checkpoints)
{
    uint64_t random = support_seed();
    random_signal s;
    for (uint64_t k = 0; k < n_rounds(); k++) {
        snnfe_dataset *dataset = good_dataset(&s, &random);
        snnfe_network *network = make_network(dataset, &random), *other = NULL;
        snnfe_trainer_options options = small_options();
        options.n_epochs = 1;
        options.batch_size = (uint32_t)random_count(&random, 1, 4);
        options.seed = support_next(&random);
        snnfe_trainer *trainer = NULL, *again = NULL;
        assert_ok(snnfe_trainer_create(&trainer, network, &options));
        if (train(trainer, dataset)) {
            check_network(network);
            const char *path = support_path("checkpoint");
            assert_ok(snnfe_network_load(&other, support_path("network")));
            assert_ok(snnfe_trainer_create(&again, other, &options));
            assert_ok(snnfe_trainer_save(trainer, path));
            assert_ok(snnfe_trainer_restore(again, path));
            small_assert_same_logs(trainer, again);
            ck_assert(small_same_values(network, other));
        }
        set_values(network, &random);
        check_network(network);
        snnfe_trainer_free(trainer);
        snnfe_trainer_free(again);
        snnfe_network_free(network);
        snnfe_network_free(other);
        snnfe_dataset_free(dataset);
    }
}
END_TEST

/* --- states --------------------------------------------------------------------------------- */

static void push_random(snnfe_decoder *a, snnfe_decoder *b, size_t n, uint64_t *random)
{
    float sample[RANDOM_CHANNELS];
    for (size_t i = 0; i < n; i++) {
        for (size_t c = 0; c < RANDOM_CHANNELS; c++)
            sample[c] = random_float(random);
        const uint64_t number =
            random_chance(random, 0.9) ? SNNFE_NOT_NUMBERED : support_next(random);
        assert_ok(snnfe_decoder_push(a, number, sample, 1));
        if (b)
            assert_ok(snnfe_decoder_push(b, number, sample, 1));
    }
}

START_TEST(decoder_states)
{
    uint64_t random = support_seed();
    random_signal s;
    for (uint64_t k = 0; k < n_rounds(); k++) {
        snnfe_dataset *dataset = good_dataset(&s, &random);
        snnfe_network *network = make_network(dataset, &random);
        snnfe_decoder_options options = stream_plain_options();
        const char *path = support_path("decoder");
        options.signal = &s.signal;
        options.hop = (uint32_t)random_count(&random, 1, 9);
        options.n_pending = (uint32_t)random_count(&random, 1, 20);
        snnfe_decoder *decoder = NULL, *restored = NULL;
        assert_ok(snnfe_decoder_create(&decoder, network, &options));
        assert_ok(snnfe_decoder_create(&restored, network, &options));
        push_random(decoder, NULL, random_count(&random, 0, 40), &random);
        assert_ok(snnfe_decoder_save(decoder, path));
        assert_ok(snnfe_decoder_restore(restored, path));
        push_random(decoder, restored, 20, &random);
        ck_assert_uint_eq(stream_info(decoder).n_decisions, stream_info(restored).n_decisions);
        while (stream_info(decoder).n_pending > 0) {
            float x[RANDOM_CLASSES], y[RANDOM_CLASSES];
            const snnfe_decision d = stream_next(decoder, x), e = stream_next(restored, y);
            ck_assert_mem_eq(x, y, s.signal.n_classes * sizeof *x);
            ck_assert_uint_eq(d.source_sample, e.source_sample);
        }
        snnfe_decoder_free(decoder);
        snnfe_decoder_free(restored);
        snnfe_network_free(network);
        snnfe_dataset_free(dataset);
    }
}
END_TEST

START_TEST(learner_states)
{
    uint64_t random = support_seed();
    random_signal s;
    for (uint64_t k = 0; k < n_rounds(); k++) {
        snnfe_dataset *dataset = good_dataset(&s, &random);
        snnfe_network *network = make_network(dataset, &random);
        const snnfe_dataset_info info = dataset_info(dataset);
        snnfe_learner_options options = fast_options();
        options.n_replay = (uint32_t)random_count(&random, 0, 5);
        snnfe_learner *learner = NULL, *restored = NULL;
        assert_ok(snnfe_learner_create(&learner, network, NULL, &options));
        assert_ok(snnfe_learner_create(&restored, network, NULL, &options));
        float *grid = malloc(sizeof *grid * info.n_rows * info.n_columns * info.n_steps);
        for (int32_t i = 0; i < (int32_t)info.n_trials; i++) {
            assert_ok(snnfe_dataset_copy_grid(dataset, &i, 1, grid));
            const snnfe_status status = snnfe_learner_adapt(learner, grid, info.labels[i], NULL);
            ck_assert(status == SNNFE_OK || status == SNNFE_ERR_NONFINITE);
        }
        const char *path = support_path("learner");
        assert_ok(snnfe_learner_save(learner, path));
        assert_ok(snnfe_learner_restore(restored, path));
        snnfe_network *a = NULL, *b = NULL;
        assert_ok(snnfe_learner_copy_network(learner, &a));
        assert_ok(snnfe_learner_copy_network(restored, &b));
        ck_assert(small_same_values(a, b));
        snnfe_network_free(a);
        snnfe_network_free(b);
        free(grid);
        snnfe_learner_free(learner);
        snnfe_learner_free(restored);
        snnfe_network_free(network);
        snnfe_dataset_free(dataset);
    }
}
END_TEST

static void learn_control(snnfe_control *control, uint64_t *random)
{
    enum { N = 8 };
    float samples[N * 2 * RANDOM_CHANNELS];
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++)
        samples[i] = random_float(random);
    const snnfe_status status =
        snnfe_control_add(control, SNNFE_CONTROL_OCULAR | SNNFE_CONTROL_ALIGNMENT, samples, N);
    ck_assert(status == SNNFE_OK || status == SNNFE_ERR_NONFINITE);
}

START_TEST(control_states)
{
    uint64_t random = support_seed();
    random_signal s;
    for (uint64_t k = 0; k < n_rounds(); k++) {
        random_signal_make(&s, &random, false);
        if (!s.signal.ocular && !s.signal.alignment)
            continue;
        snnfe_control *control = NULL, *restored = NULL;
        assert_ok(snnfe_control_create(&control, &s.signal, NULL));
        assert_ok(snnfe_control_create(&restored, &s.signal, NULL));
        for (size_t i = random_count(&random, 0, 3); i > 0; i--)
            learn_control(control, &random);
        const char *path = support_path("control");
        assert_ok(snnfe_control_save(control, path));
        assert_ok(snnfe_control_restore(restored, path));
        snnfe_control_info a = {.struct_size = sizeof a}, b = {.struct_size = sizeof b};
        const snnfe_status status = snnfe_control_get_info(control, &a);
        ck_assert_int_eq(snnfe_control_get_info(restored, &b), status);
        if (status == SNNFE_OK) {
            ck_assert_uint_eq(a.n_samples, b.n_samples);
            ck_assert_mem_eq(a.weights, b.weights, sizeof(double) * a.n_outputs * a.n_terms);
        }
        snnfe_control_free(control);
        snnfe_control_free(restored);
    }
}
END_TEST

/* --- devices -------------------------------------------------------------------------------- */

static void draw_device(snnfe_device_options *o, double tables[3][9], uint64_t *random)
{
    double *const numbers[] = {o->amplitude, o->amplitude + 1, o->alpha,      o->alpha + 1,
                               o->beta,      o->beta + 1,      &o->scale,     &o->asymmetry,
                               &o->rsd_c2c,  &o->sigma_add,    &o->sigma_mul, o->bounds};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (random_chance(random, 0.3))
            *numbers[i] = fabs(random_double(random));
    if (random_chance(random, 0.5))
        return;
    o->response = SNNFE_RESPONSE_TABLE;
    o->n_table = random_count(random, 2, 9);
    for (size_t i = 0; i < o->n_table; i++) {
        tables[0][i] = (double)i / (double)o->n_table + fabs(random_double(random)) * 1e-320;
        tables[1][i] = fabs(random_double(random));
        tables[2][i] = fabs(random_double(random));
    }
    o->table_w = tables[0];
    o->table_ltp = tables[1];
    o->table_ltd = tables[2];
}

START_TEST(devices)
{
    uint64_t random = support_seed(), n_made = 0;
    for (uint64_t k = 0; k < 10 * n_rounds(); k++) {
        snnfe_device_options o, p;
        double tables[3][9];
        snnfe_device *made = NULL, *loaded = NULL;
        assert_ok(snnfe_device_options_init(&o, sizeof o));
        draw_device(&o, tables, &random);
        const snnfe_status status = snnfe_device_create(&made, &o);
        ck_assert(status == SNNFE_OK || status == SNNFE_ERR_ARGUMENT);
        if (status != SNNFE_OK)
            continue;
        n_made++;
        const char *path = support_path("device.json");
        assert_ok(snnfe_device_save(made, path));
        assert_ok(snnfe_device_load(&loaded, path));
        o.struct_size = p.struct_size = sizeof p;
        assert_ok(snnfe_device_get_options(made, &o));
        assert_ok(snnfe_device_get_options(loaded, &p));
        ck_assert_mem_eq(&o.amplitude, &p.amplitude,
                         offsetof(snnfe_device_options, table_w) -
                             offsetof(snnfe_device_options, amplitude));
        ck_assert_uint_eq(o.n_table, p.n_table);
        for (size_t i = 0; i < o.n_table; i++)
            ck_assert(memcmp(&o.table_w[i], &p.table_w[i], sizeof(double)) == 0 &&
                      memcmp(&o.table_ltp[i], &p.table_ltp[i], sizeof(double)) == 0 &&
                      memcmp(&o.table_ltd[i], &p.table_ltd[i], sizeof(double)) == 0);
        snnfe_device_free(made);
        snnfe_device_free(loaded);
    }
    ck_assert_uint_gt(n_made, n_rounds());
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("saved");
    TCase *tests = tcase_create("what is saved loads");
    tcase_set_timeout(tests, 0);
    tcase_add_test(tests, datasets);
    tcase_add_test(tests, bad_names);
    tcase_add_test(tests, networks_and_checkpoints);
    tcase_add_test(tests, decoder_states);
    tcase_add_test(tests, learner_states);
    tcase_add_test(tests, control_states);
    tcase_add_test(tests, devices);
    suite_add_tcase(suite, tests);
    return support_run(suite);
}
