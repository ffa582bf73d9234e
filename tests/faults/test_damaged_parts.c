/* Files of every format with one part damaged, each in turn: taken or refused, and then nothing has
   changed. What they are made of is as much as there can be: control, envelopes, device with
   history, other ways to program, replay. */
#include "damage.h"
#include "devices.h"
#include "glances.h"
#include "learning.h"
#include "same_dataset.h"

#include <snnfe/snnfe.h>

enum { STEPS = 11, WINDOW = 80, HOP = 40, LENGTH = WINDOW + (STEPS - 1) * HOP, GRID = 110 * STEPS };

/* --- what the files are made of -------------------------------------------------------------- */

static snnfe_dataset *make_dataset(void)
{
    static const char *const names[] = {"C3", "Cz", "C4"};
    snnfe_dataset_options o = glances_envelopes(names, 3, LENGTH);
    o.ocular = SNNFE_OCULAR_REGRESSION;
    o.n_lags = 1;
    o.quality = SNNFE_QUALITY_MARK;
    o.n_rows = 10;
    o.n_columns = 11;
    snnfe_dataset *d = glances_open(&o);
    assert_ok(snnfe_dataset_align(d, NULL));
    return d;
}

typedef struct world {
    snnfe_dataset *dataset;
    snnfe_network *network;
    snnfe_device *device;
    snnfe_programming_options way;
} world;

static world begin(int32_t method)
{
    world w = {.dataset = make_dataset(), .device = device_with_every_effect()};
    const uint64_t id = 7;
    const int32_t subject = 1;
    snnfe_network_options o;
    assert_ok(snnfe_network_options_init(&o, sizeof o));
    o.n_steps = STEPS;
    o.conv1_channels = o.conv2_channels = o.conv3_channels = o.n_hidden = 1;
    assert_ok(snnfe_network_create(&w.network, &o));
    assert_ok(snnfe_network_set_signal(w.network, dataset_info(w.dataset).signal));
    assert_ok(snnfe_network_add_trials(w.network, SNNFE_TRIALS_TRAINED, &id, &subject, 1));
    assert_ok(snnfe_programming_options_init(&w.way, sizeof w.way));
    w.way.method = method;
    w.way.shift_pairs = 0;
    w.way = device_way(w.way);
    return w;
}

static void end(world *w)
{
    snnfe_network_free(w->network);
    snnfe_dataset_free(w->dataset);
    snnfe_device_free(w->device);
}

/* --- every part of a file -------------------------------------------------------------------- */

/* Load a file into what `handle` stands for; and what it then is, as a file. */
typedef snnfe_status loading(void *handle, const char *path);

static bool same_files(const char *a, const char *b)
{
    size_t n = 0, m = 0;
    char *x = support_read(a, &n), *y = support_read(b, &m);
    const bool same = n == m && memcmp(x, y, n) == 0;
    free(x);
    free(y);
    return same;
}

static bool says_so(snnfe_status status)
{
    return status == SNNFE_ERR_FORMAT || status == SNNFE_ERR_SHAPE ||
           status == SNNFE_ERR_NONFINITE || status == SNNFE_ERR_NOT_FOUND;
}

/* Parameters are read by the same code, and windows: one stands for all. */
static bool is_one_of_many(const char *name)
{
    return (strstr(name, "snn.") && !strstr(name, "snn.fc2.weight")) ||
           (strstr(name, "window.") && !strstr(name, "window.0."));
}

/* `save` NULL: `load` makes a handle of its own. */
static void damage_every_part(loading *load, loading *save, void *handle, const char *whole)
{
    const size_t n = support_part_count(whole);
    size_t n_refused = 0, n_tried = 0;
    const char *bad = support_path("bad.safetensors"), *now = support_path("now");
    for (size_t part = 0; part < n; part++)
        for (int way = 0; way < SUPPORT_DAMAGES; way++) {
            const char *name = support_damage_part(whole, bad, part, way);
            if (way > 0 && is_one_of_many(name))
                break;
            const snnfe_status status = load(handle, bad);
            n_tried++;
            if (status == SNNFE_OK) {
                assert_ok(load(handle, whole));
                continue;
            }
            n_refused++;
            ck_assert_msg(says_so(status) && strstr(snnfe_last_error(), "bad.safetensors"),
                          "%s, way %d: %s: %s", name, way, snnfe_status_name(status),
                          snnfe_last_error());
            if (save)
                assert_ok(save(handle, now));
            ck_assert_msg(!save || same_files(whole, now), "%s, way %d: changed", name, way);
        }
    printf("%zu damaged files, %zu refused\n", n_tried, n_refused);
    ck_assert_msg(2 * n_refused > n_tried, "%zu of %zu", n_refused, n_tried);
    assert_ok(load(handle, whole));
}

/* --- each format ----------------------------------------------------------------------------- */

static snnfe_status load_dataset(void *handle, const char *path)
{
    snnfe_dataset *loaded = NULL;
    (void)handle;
    const snnfe_status status = snnfe_dataset_load(&loaded, path);
    ck_assert((loaded != NULL) == (status == SNNFE_OK));
    snnfe_dataset_free(loaded);
    return status;
}

START_TEST(datasets)
{
    snnfe_dataset *dataset = make_dataset();
    const char *whole = support_path("dataset");
    assert_ok(snnfe_dataset_save(dataset, whole));
    damage_every_part(load_dataset, NULL, NULL, whole);
    snnfe_dataset_free(dataset);
}
END_TEST

static snnfe_status load_network(void *handle, const char *path)
{
    snnfe_network *loaded = NULL;
    (void)handle;
    const snnfe_status status = snnfe_network_load(&loaded, path);
    ck_assert((loaded != NULL) == (status == SNNFE_OK));
    snnfe_network_free(loaded);
    return status;
}

START_TEST(networks)
{
    world w = begin(SNNFE_PROGRAMMING_ACCUMULATE);
    const char *whole = support_path("network");
    assert_ok(snnfe_network_save(w.network, whole));
    damage_every_part(load_network, NULL, NULL, whole);
    end(&w);
}
END_TEST

static snnfe_status restore_trainer(void *handle, const char *path)
{
    return snnfe_trainer_restore(handle, path);
}

static snnfe_status save_trainer(void *handle, const char *path)
{
    return snnfe_trainer_save(handle, path);
}

START_TEST(checkpoints)
{
    static const int32_t methods[] = {SNNFE_PROGRAMMING_ACCUMULATE, SNNFE_PROGRAMMING_TIKI_TAKA_2};
    static const int32_t train[] = {0, 1, 2, 3}, validation[] = {4, 5};
    world w = begin(methods[_i]);
    const snnfe_trainer_data lists = {.struct_size = sizeof lists,
                                      .train = train,
                                      .n_train = 4,
                                      .validation = validation,
                                      .n_validation = 2};
    snnfe_trainer_options o;
    snnfe_trainer *trainer = NULL;
    const char *whole = support_path("checkpoint");
    assert_ok(snnfe_trainer_options_init(&o, sizeof o));
    o.n_threads = o.n_epochs = o.evaluations_per_epoch = 1;
    o.batch_size = 2;
    o.device = w.device;
    o.programming = &w.way;
    o.keep_best = 1;
    assert_ok(snnfe_trainer_create(&trainer, w.network, &o));
    assert_ok(snnfe_trainer_run(trainer, w.dataset, &lists));
    assert_ok(snnfe_trainer_save(trainer, whole));
    damage_every_part(restore_trainer, save_trainer, trainer, whole);
    snnfe_trainer_free(trainer);
    end(&w);
}
END_TEST

static snnfe_status restore_decoder(void *handle, const char *path)
{
    return snnfe_decoder_restore(handle, path);
}

static snnfe_status save_decoder(void *handle, const char *path)
{
    return snnfe_decoder_save(handle, path);
}

START_TEST(decoders)
{
    world w = begin(SNNFE_PROGRAMMING_ACCUMULATE);
    snnfe_decoder_options o;
    snnfe_decoder *decoder = NULL;
    const char *whole = support_path("decoder");
    assert_ok(snnfe_decoder_options_init(&o, sizeof o));
    o.signal = dataset_info(w.dataset).signal;
    o.hop = 300;
    o.n_pending = 3;
    assert_ok(snnfe_decoder_create(&decoder, w.network, &o));
    size_t n = 0;
    float *samples = glances_rows(decoder, &n);
    assert_ok(snnfe_decoder_push(decoder, SNNFE_NOT_NUMBERED, samples, LENGTH + 20));
    free(samples);
    assert_ok(snnfe_decoder_save(decoder, whole));
    damage_every_part(restore_decoder, save_decoder, decoder, whole);
    snnfe_decoder_free(decoder);
    end(&w);
}
END_TEST

static snnfe_status restore_learner(void *handle, const char *path)
{
    return snnfe_learner_restore(handle, path);
}

static snnfe_status save_learner(void *handle, const char *path)
{
    return snnfe_learner_save(handle, path);
}

START_TEST(learners)
{
    static float grid[GRID];
    world w = begin(SNNFE_PROGRAMMING_VERIFY);
    snnfe_learner_options o = fast_options();
    snnfe_learner *learner = NULL;
    const char *whole = support_path("learner");
    o.device = w.device;
    o.programming = &w.way;
    o.n_replay = 2;
    assert_ok(snnfe_learner_create(&learner, w.network, NULL, &o));
    for (int32_t i = 0; i < 4; i++) {
        assert_ok(snnfe_dataset_copy_grid(w.dataset, &i, 1, grid));
        assert_ok(snnfe_learner_adapt(learner, grid, i % 2, NULL));
    }
    assert_ok(snnfe_learner_save(learner, whole));
    damage_every_part(restore_learner, save_learner, learner, whole);
    snnfe_learner_free(learner);
    end(&w);
}
END_TEST

static snnfe_status restore_control(void *handle, const char *path)
{
    return snnfe_control_restore(handle, path);
}

static snnfe_status save_control(void *handle, const char *path)
{
    return snnfe_control_save(handle, path);
}

START_TEST(controls)
{
    world w = begin(SNNFE_PROGRAMMING_ACCUMULATE);
    snnfe_decoder *decoder = glances_decoder(w.network, dataset_info(w.dataset).signal, 2000);
    snnfe_control *control = glances_control(decoder);
    const char *whole = support_path("control");
    size_t n = 0;
    float *rows = glances_rows(decoder, &n);
    assert_ok(snnfe_decoder_push(decoder, SNNFE_NOT_NUMBERED, rows, 400));
    const size_t n_values = stream_info(decoder).n_values;
    float *samples = malloc(200 * n_values * sizeof *samples);
    assert_ok(snnfe_decoder_copy_samples(decoder, 100, 200, samples));
    assert_ok(
        snnfe_control_add(control, SNNFE_CONTROL_OCULAR | SNNFE_CONTROL_ALIGNMENT, samples, 200));
    assert_ok(snnfe_control_save(control, whole));
    damage_every_part(restore_control, save_control, control, whole);
    free(samples);
    free(rows);
    snnfe_control_free(control);
    snnfe_decoder_free(decoder);
    end(&w);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("damaged_parts");
    TCase *all = tcase_create("all");
    tcase_add_test(all, datasets);
    tcase_add_test(all, networks);
    tcase_add_loop_test(all, checkpoints, 0, 2);
    tcase_add_test(all, decoders);
    tcase_add_test(all, learners);
    tcase_add_test(all, controls);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
