/* The paper's stages: settings, learning rates and logs as published; what does not fit a device.
 */
#include "small.h"
#include "trainer/batches.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct course {
    snnfe_network *network;
    snnfe_trainer *trainer;
} course;

static course run(const snnfe_trainer_options *options, snnfe_network *network)
{
    course c = {network, NULL};
    snnfe_dataset *dataset = small_dataset(1);
    const snnfe_trainer_data lists = small_lists();
    assert_ok(snnfe_trainer_create(&c.trainer, c.network, options));
    assert_ok(snnfe_trainer_run(c.trainer, dataset, &lists));
    snnfe_dataset_free(dataset);
    return c;
}

static void end(course *c)
{
    snnfe_trainer_free(c->trainer);
    snnfe_network_free(c->network);
}

static snnfe_trainer_options stage_options(int32_t stage)
{
    snnfe_trainer_options o;
    assert_ok(snnfe_trainer_options_init(&o, sizeof o));
    assert_ok(snnfe_trainer_options_stage(&o, stage));
    o.n_threads = 2;
    o.batch_size = 4;
    return o;
}

static snnfe_device *make_device(void (*change)(snnfe_device_options *))
{
    snnfe_device_options o;
    snnfe_device *device = NULL;
    assert_ok(snnfe_device_options_init(&o, sizeof o));
    if (change)
        change(&o);
    assert_ok(snnfe_device_create(&device, &o));
    return device;
}

static const snnfe_trainer_record *epoch_log(const snnfe_trainer *trainer, size_t n_expected)
{
    static snnfe_trainer_record rows[32];
    ck_assert_uint_eq(small_log(trainer, SNNFE_TRAINER_LOG_EPOCHS, rows, 32), n_expected);
    return rows;
}

/* --- rates and settings --------------------------------------------------------------------- */

/* As the published logs print the rates of re-tuning: four digits. */
START_TEST(rates_are_the_published_ones)
{
    static const double published[] = {1.0e-4, 9.945e-5, 9.780e-5, 9.510e-5, 0,
                                       0,      0,        0,        0,        6.204e-5};
    static const uint32_t lengths[] = {4, 10};
    for (size_t i = 0; i < 2; i++) {
        snnfe_device *device = make_device(NULL);
        snnfe_trainer_options o = stage_options(SNNFE_STAGE_RETUNE);
        o.n_epochs = lengths[i];
        o.device = device;
        o.evaluations_per_epoch = 0;
        course c = run(&o, small_network());
        const snnfe_trainer_record *rows = epoch_log(c.trainer, lengths[i]);
        for (uint32_t e = 0; e < lengths[i]; e++)
            if (published[e] > 0)
                ck_assert_msg(fabs(rows[e].learning_rate - published[e]) < 5.1e-9,
                              "epoch %u of %u: rate %g", e + 1, lengths[i], rows[e].learning_rate);
        end(&c);
        snnfe_device_free(device);
    }
}
END_TEST

START_TEST(stages_have_the_papers_settings)
{
    static const struct {
        const char *phase;
        uint32_t n_epochs, batch_size, period;
        int32_t keep_best, log_start;
    } papers[SNNFE_N_STAGES] = {{"pretrain", 20, 64, 20, 0, 0},
                                {"pretrain", 20, 64, 20, 0, 0},
                                {"finetune", 4, 64, 20, 1, 1},
                                {"finetune", 5, 1, 0, 0, 0}};
    for (int32_t stage = 0; stage < SNNFE_N_STAGES; stage++) {
        snnfe_trainer_options o;
        assert_ok(snnfe_trainer_options_init(&o, sizeof o));
        assert_ok(snnfe_trainer_options_stage(&o, stage));
        ck_assert_str_eq(o.phase, papers[stage].phase);
        ck_assert_uint_eq(o.n_epochs, papers[stage].n_epochs);
        ck_assert_uint_eq(o.batch_size, papers[stage].batch_size);
        ck_assert_uint_eq(o.schedule_epochs, papers[stage].period);
        ck_assert_int_eq(o.keep_best, papers[stage].keep_best);
        ck_assert_int_eq(o.log_start, papers[stage].log_start);
    }
}
END_TEST

/* Going on with more epochs than were asked for at first keeps the period, whether it was given
   (5), left to the number of epochs (0), or is the stage's (20). */
START_TEST(longer_training_keeps_the_period)
{
    static const uint32_t periods[] = {5, 0, 20};
    for (size_t i = 0; i < 3; i++) {
        snnfe_trainer_options o = small_options();
        o.schedule_epochs = periods[i];
        o.checkpoint_path = support_path("longer.safetensors");
        o.resume = 1;
        remove(o.checkpoint_path);
        course three = run(&o, small_network());
        o.n_epochs = 8;
        course eight = run(&o, small_network());
        const snnfe_trainer_record *rows = epoch_log(eight.trainer, 8);
        const double period = periods[i] ? periods[i] : 3;
        for (int e = 0; e < 8; e++)
            ck_assert_double_eq_tol(rows[e].learning_rate,
                                    1e-5 + (1e-3 - 1e-5) * (1 + cos(acos(-1) * e / period)) / 2,
                                    1e-12);
        /* At once, in the same way. */
        remove(o.checkpoint_path);
        o.schedule_epochs = (uint32_t)period;
        course at_once = run(&o, small_network());
        ck_assert(small_same_values(eight.network, at_once.network));
        end(&three);
        end(&eight);
        end(&at_once);
    }
}
END_TEST

/* --- logs ----------------------------------------------------------------------------------- */

START_TEST(crossings_restart_every_epoch)
{
    snnfe_device *device = make_device(NULL);
    snnfe_trainer_options o = small_options();
    o.device = device;
    o.learning_rate = 5e-3;
    o.log_start = 1;
    course c = run(&o, small_network());
    const snnfe_trainer_record *epochs = epoch_log(c.trainer, 3);
    snnfe_trainer_record rows[1 + 3 * 2];
    ck_assert_uint_eq(small_log(c.trainer, SNNFE_TRAINER_LOG_SAMPLES, rows, 1 + 3 * 2), 1 + 3 * 2);
    ck_assert_uint_eq(rows[0].epoch, 0);
    ck_assert_uint_eq(rows[0].batch, 0);
    ck_assert_uint_eq(rows[0].samples_seen, 0);
    ck_assert(isnan(rows[0].train_loss) && !isnan(rows[0].test_accuracy));
    ck_assert_uint_eq(rows[0].total_ltp_crossings + rows[0].ltp_crossings, 0);
    uint64_t ltp = 0, ltd = 0;
    for (int e = 0; e < 3; e++) {
        ltp += epochs[e].ltp_crossings;
        ltd += epochs[e].ltd_crossings;
        ck_assert_uint_gt(epochs[e].ltp_crossings, 0);
        ck_assert_uint_eq(epochs[e].total_ltp_crossings, ltp);
        ck_assert_uint_eq(epochs[e].total_ltd_crossings, ltd);
        const snnfe_trainer_record *last = &rows[2 + 2 * e];
        ck_assert_uint_eq(last->epoch, (unsigned)e + 1);
        ck_assert_uint_eq(last->ltp_crossings, epochs[e].ltp_crossings);
        ck_assert_uint_eq(last->total_ltd_crossings, ltd);
    }
    end(&c);
    snnfe_device_free(device);
}
END_TEST

static double loss_of(const snnfe_network *network, const snnfe_dataset *dataset, int32_t index)
{
    snnfe_evaluation e = {.struct_size = sizeof e};
    assert_ok(snnfe_evaluation_run(network, dataset, &index, 1, NULL, &e, NULL, NULL));
    return e.loss;
}

/* The mean of the batches' means, not that over the trials: the last batch is smaller. Nothing
   changes at a rate of 0, so that the losses are known. */
START_TEST(loss_is_the_mean_of_the_batches)
{
    enum { BATCH = 6, N_BATCHES = (SMALL_TRAIN + BATCH - 1) / BATCH };
    snnfe_network_options sizes = small_network_options();
    sizes.dropout = 0;
    snnfe_network *network = NULL;
    assert_ok(snnfe_network_create(&network, &sizes));
    snnfe_dataset *dataset = small_dataset(1);
    const snnfe_trainer_data lists = small_lists();
    snnfe_trainer_options o = small_options();
    o.n_epochs = 1;
    o.batch_size = BATCH;
    o.learning_rate = 0;
    o.least_learning_rate = 0;
    int32_t order[SMALL_TRAIN];
    double by_batch = 0, by_trial = 0;
    snnfe_batches_order(lists.train, SMALL_TRAIN, o.seed, 0, order);
    for (int i = 0; i < SMALL_TRAIN; i++) {
        const int size = i < BATCH * (N_BATCHES - 1) ? BATCH : SMALL_TRAIN % BATCH;
        const double loss = loss_of(network, dataset, order[i]);
        by_batch += loss / size / N_BATCHES;
        by_trial += loss / SMALL_TRAIN;
    }
    ck_assert_double_gt(fabs(by_batch - by_trial), 1e-4);
    course c = run(&o, network);
    ck_assert_double_eq_tol(epoch_log(c.trainer, 1)->train_loss, by_batch, 1e-6);
    end(&c);
    snnfe_dataset_free(dataset);
}
END_TEST

typedef struct told {
    int n_warnings, n_clamped;
    char text[512];
} told;

static void listen(int32_t level, const char *message, void *user_data)
{
    told *t = user_data;
    t->n_warnings += level == SNNFE_LOG_WARNING;
    t->n_clamped += strstr(message, "beyond what the device can hold") != NULL;
    if (level == SNNFE_LOG_WARNING || strstr(message, "beyond"))
        snprintf(t->text, sizeof t->text, "%s", message);
}

START_TEST(guessing_is_told)
{
    told t = {0};
    snnfe_trainer_options o = small_options();
    o.log = listen;
    o.user_data = &t;
    o.n_epochs = 1;
    o.learning_rate = 0;
    static const float no_output[16];
    snnfe_network *indifferent = small_network();
    assert_ok(snnfe_network_set(indifferent, "snn.fc2.weight", no_output, 16));
    course c = run(&o, indifferent);
    const double loss = epoch_log(c.trainer, 1)->train_loss;
    end(&c);
    ck_assert_msg(t.n_warnings == 1, "loss %g: %d warnings", loss, t.n_warnings);
    ck_assert_msg(strstr(t.text, "ln 2 = 0.6931") && strstr(t.text, "learning rate"), "%s", t.text);
    /* Random weights happen to be better than that. */
    t = (told){0};
    c = run(&o, small_network());
    ck_assert_double_lt(epoch_log(c.trainer, 1)->train_loss, 0.67);
    ck_assert_int_eq(t.n_warnings, 0);
    end(&c);
}
END_TEST

/* --- bounds --------------------------------------------------------------------------------- */

static void narrow(snnfe_device_options *o)
{
    for (int layer = 0; layer < SNNFE_N_BOUNDS; layer++)
        o->bounds[layer] = 0.05;
}

static size_t count_beyond(const snnfe_network *network, const char *name, double bound)
{
    static float values[4096];
    size_t index = 0, count = 0;
    snnfe_parameter_info p = {.struct_size = sizeof p};
    assert_ok(snnfe_network_find(network, name, &index));
    assert_ok(snnfe_network_parameter(network, index, &p));
    ck_assert_uint_le(p.count, 4096);
    assert_ok(snnfe_network_get(network, name, values, p.count));
    for (size_t i = 0; i < p.count; i++)
        count += fabsf(values[i]) > (float)bound;
    return count;
}

static const struct {
    const char *name;
    double fan_in; /* in the small network */
} layers[] = {{"snn.conv1.psp_func.weight", 9},  {"snn.conv2.psp_func.weight", 36},
              {"snn.conv3.psp_func.weight", 54}, {"snn.rec1.rec_func.weight", 8},
              {"snn.fc1.psp_func.weight", 8},    {"snn.fc2.weight", 8}};
enum { N_NAMED = 6 };

/* Without bounds of the device's own all weights of any network fit it, whatever is trained. */
START_TEST(bounds_follow_from_the_network)
{
    snnfe_device *device = make_device(NULL);
    told t = {0};
    snnfe_trainer_options o = small_options();
    o.device = device;
    o.learning_rate = 2e-2;
    o.log = listen;
    o.user_data = &t;
    course c = run(&o, small_network());
    bool reached = false;
    for (size_t i = 0; i < N_NAMED; i++) {
        const double bound = 1 / sqrt(layers[i].fan_in);
        ck_assert_uint_eq(count_beyond(c.network, layers[i].name, bound), 0);
        reached = reached || count_beyond(c.network, layers[i].name, 0.999 * bound) > 0;
    }
    ck_assert(reached); /* they would have gone beyond */
    end(&c);
    snnfe_device_free(device);
}
END_TEST

/* Bounds that do not fit are kept all the same: every trained weight is clamped, and reported;
   frozen ones stay. Steps of the caller's own do so, too. */
START_TEST(misfits_are_clamped_and_told)
{
    snnfe_device *device = make_device(narrow);
    for (int by_step = 0; by_step < 2; by_step++) {
        told t = {0};
        snnfe_trainer_options o = small_options();
        o.device = device;
        o.learning_rate = 0;
        o.log = listen;
        o.user_data = &t;
        snnfe_network *network = small_network();
        assert_ok(snnfe_network_freeze(network, "conv3", 1));
        const size_t frozen = count_beyond(network, "snn.conv3.psp_func.weight", 0.05);
        ck_assert_uint_gt(frozen, 0);
        course c = {network, NULL};
        if (by_step) {
            static float grid[110 * SMALL_STEPS];
            const int32_t label = 0;
            assert_ok(snnfe_trainer_create(&c.trainer, network, &o));
            for (int i = 0; i < 2; i++)
                assert_ok(snnfe_trainer_step(c.trainer, grid, &label, 1, NULL, NULL));
        } else {
            c = run(&o, network);
        }
        ck_assert_int_eq(t.n_clamped, 2);
        for (size_t i = 0; i < N_NAMED; i++)
            ck_assert_uint_eq(count_beyond(network, layers[i].name, 0.05), i == 2 ? frozen : 0);
        end(&c);
    }
    snnfe_device_free(device);
}
END_TEST

/* The paper's sizes have the paper's rounded bounds: conv1's is below 1/sqrt(9). */
START_TEST(paper_sizes_have_the_papers_bounds)
{
    snnfe_network *network = NULL;
    snnfe_device *device = make_device(NULL);
    assert_ok(snnfe_network_create(&network, NULL));
    static float weights[576];
    for (int i = 0; i < 576; i++)
        weights[i] = i % 2 ? 0.4F : -0.4F;
    assert_ok(snnfe_network_set(network, "snn.conv1.psp_func.weight", weights, 576));
    assert_ok(snnfe_network_transfer(network, device, 2, 0, 1, NULL, 0, NULL));
    assert_ok(snnfe_network_get(network, "snn.conv1.psp_func.weight", weights, 576));
    for (int i = 0; i < 576; i++)
        ck_assert(fabsf(weights[i]) >= 0.3330F && fabsf(weights[i]) <= 0.3330F);
    snnfe_network_free(network);
    snnfe_device_free(device);
}
END_TEST

/* With levels, frozen layers are on them as soon as training begins, as in the published
   re-tuning; what is evaluated before is not. */
START_TEST(frozen_layers_are_quantized_too)
{
    snnfe_device *device = make_device(NULL);
    snnfe_trainer_options o = small_options();
    snnfe_network *network = small_network();
    o.device = device;
    o.levels = 2;
    o.learning_rate = 5e-3;
    assert_ok(snnfe_network_freeze_for_stage(network, SNNFE_STAGE_RETUNE,
                                             (const char *const[]){"fc1"}, 1));
    course c = run(&o, network);
    for (size_t i = 0; i < N_NAMED; i++) {
        const double bound = 1 / sqrt(layers[i].fan_in);
        const size_t n = count_beyond(network, layers[i].name, 1e-6);
        ck_assert_uint_gt(n, 0);
        ck_assert_uint_eq(count_beyond(network, layers[i].name, 0.998 * bound), n);
    }
    end(&c);
    snnfe_device_free(device);
}
END_TEST

/* --- transfer ------------------------------------------------------------------------------- */

START_TEST(one_layer_can_be_transferred)
{
    static const char *const fc1[] = {"fc1"}, *const unknown[] = {"fc1", "fc9"},
                             *const missing[] = {NULL};
    snnfe_device *device = make_device(NULL);
    snnfe_network *start = small_network(), *one = small_network(), *all = small_network();
    assert_ok(snnfe_network_transfer(one, device, 4, 4, 3, fc1, 1, NULL));
    assert_ok(snnfe_network_transfer(all, device, 4, 4, 3, NULL, 0, NULL));
    for (size_t i = 0; i < N_NAMED; i++) {
        static float before[4096], after[4096], both[4096];
        size_t index = 0;
        snnfe_parameter_info p = {.struct_size = sizeof p};
        assert_ok(snnfe_network_find(start, layers[i].name, &index));
        assert_ok(snnfe_network_parameter(start, index, &p));
        assert_ok(snnfe_network_get(start, p.name, before, p.count));
        assert_ok(snnfe_network_get(one, p.name, after, p.count));
        assert_ok(snnfe_network_get(all, p.name, both, p.count));
        const bool chosen = strcmp(p.name, "snn.fc1.psp_func.weight") == 0;
        ck_assert((memcmp(before, after, p.count * sizeof(float)) != 0) == chosen);
        /* The same noise, whatever else is transferred. */
        ck_assert((memcmp(both, after, p.count * sizeof(float)) == 0) == chosen);
    }
    snnfe_network *same = small_network();
    assert_fails(snnfe_network_transfer(same, device, 4, 4, 3, unknown, 2, NULL),
                 SNNFE_ERR_NOT_FOUND, "fc9");
    assert_fails(snnfe_network_transfer(same, device, 4, 4, 3, missing, 1, NULL),
                 SNNFE_ERR_ARGUMENT, "layers[0] is NULL");
    ck_assert(small_same_values(same, start));
    assert_ok(
        snnfe_network_transfer(same, device, 4, 4, 3, missing, 0, NULL)); /* no layer at all */
    ck_assert(small_same_values(same, start));
    snnfe_network_free(same);
    snnfe_network_free(start);
    snnfe_network_free(one);
    snnfe_network_free(all);
    snnfe_device_free(device);
}
END_TEST

int main(void)
{
    TCase *tcases[3] = {tcase_create("settings"), tcase_create("logs"), tcase_create("device")};
    Suite *suite = suite_create("stages");
    tcase_add_test(tcases[0], rates_are_the_published_ones);
    tcase_add_test(tcases[0], stages_have_the_papers_settings);
    tcase_add_test(tcases[0], longer_training_keeps_the_period);
    tcase_add_test(tcases[1], crossings_restart_every_epoch);
    tcase_add_test(tcases[1], loss_is_the_mean_of_the_batches);
    tcase_add_test(tcases[1], guessing_is_told);
    tcase_add_test(tcases[2], bounds_follow_from_the_network);
    tcase_add_test(tcases[2], misfits_are_clamped_and_told);
    tcase_add_test(tcases[2], paper_sizes_have_the_papers_bounds);
    tcase_add_test(tcases[2], frozen_layers_are_quantized_too);
    tcase_add_test(tcases[2], one_layer_can_be_transferred);
    for (int i = 0; i < 3; i++) {
        tcase_set_timeout(tcases[i], 120);
        suite_add_tcase(suite, tcases[i]);
    }
    return support_run(suite);
}
