#include "faults.h"

#include "small.h"

#include <stdlib.h>
#include <unistd.h>

static snnfe_status call_options(world *w)
{
    snnfe_trainer_options options;
    (void)w;
    assert_ok(ARMED(snnfe_trainer_options_init(&options, sizeof options)));
    return ARMED(snnfe_trainer_options_stage(&options, SNNFE_STAGE_SSTL));
}

static snnfe_status call_create(world *w)
{
    snnfe_trainer_options options = small_options();
    options.device = w->device;
    options.keep_best = 1;
    options.epoch_log_path = options.sample_log_path = options.checkpoint_path = w->output;
    options.wear_log_path = w->output;
    snnfe_trainer *trainer = JUNK(snnfe_trainer);
    const snnfe_status status = ARMED(snnfe_trainer_create(&trainer, w->network, &options));
    check_made(trainer, status);
    snnfe_trainer_free(trainer);
    snnfe_trainer_free(NULL);
    return status;
}

/* A failed call on a trainer leaves it able to go on to the very result that it would have had. */
static void check_goes_on(const world *w, snnfe_trainer *trainer, snnfe_network *network,
                          bool on_device)
{
    const snnfe_trainer_data lists = small_lists();
    snnfe_trainer *other = w->trained[on_device];
    assert_ok(snnfe_trainer_run(trainer, w->dataset, &lists));
    ck_assert(small_same_values(network, w->trained_network[on_device]));
    small_assert_same_logs(trainer, other);
}

static snnfe_status run(world *w, bool on_device)
{
    const snnfe_trainer_data lists = small_lists();
    snnfe_network *network = NULL;
    snnfe_trainer *trainer = world_trainer(w, &network, on_device);
    const snnfe_status status = ARMED(snnfe_trainer_run(trainer, w->dataset, &lists));
    check_goes_on(w, trainer, network, on_device);
    snnfe_trainer_free(trainer);
    snnfe_network_free(network);
    return status;
}

static snnfe_status call_run(world *w)
{
    return run(w, false);
}

static snnfe_status call_run_on_device(world *w)
{
    return run(w, true);
}

/* With every file there is; the failure may come after some of them were written. */
static snnfe_status call_run_with_files(world *w)
{
    const snnfe_trainer_data lists = small_lists();
    snnfe_trainer_options options = small_options();
    options.n_epochs = 1;
    options.device = w->device;
    options.epoch_log_path = support_path("epochs.csv");
    options.sample_log_path = support_path("samples.csv");
    options.wear_log_path = support_path("wear.csv");
    options.checkpoint_path = support_path("checkpoint");
    snnfe_network *network = NULL;
    snnfe_trainer *trainer = NULL;
    assert_ok(snnfe_network_clone(&network, w->network));
    assert_ok(snnfe_trainer_create(&trainer, network, &options));
    const snnfe_status status = ARMED(snnfe_trainer_run(trainer, w->dataset, &lists));
    assert_ok(snnfe_trainer_run(trainer, w->dataset, &lists));
    snnfe_trainer_free(trainer);
    snnfe_network_free(network);
    return status;
}

static snnfe_status call_step(world *w)
{
    static const int32_t labels[2] = {0, 1};
    static float grid[2 * 10 * 11 * SMALL_STEPS];
    assert_ok(snnfe_dataset_copy_grid(w->dataset, NULL, 2, grid));
    snnfe_network *network = NULL;
    snnfe_trainer *trainer = world_trainer(w, &network, true);
    const snnfe_status status = ARMED(snnfe_trainer_step(trainer, grid, labels, 2, NULL, NULL));
    if (status != SNNFE_OK)
        ck_assert(small_same_values(network, w->network));
    assert_ok(snnfe_trainer_step(trainer, grid, labels, 2, NULL, NULL));
    snnfe_trainer_free(trainer);
    snnfe_network_free(network);
    return status;
}

static snnfe_status call_logs(world *w)
{
    snnfe_network *network = NULL;
    snnfe_trainer *trainer = world_trainer(w, &network, false);
    snnfe_trainer_record row;
    size_t n = 1;
    const snnfe_status status =
        ARMED(snnfe_trainer_log(trainer, SNNFE_TRAINER_LOG_SAMPLES, &row, sizeof row, NULL, &n));
    snnfe_trainer_free(trainer);
    snnfe_network_free(network);
    return status;
}

static snnfe_status call_save(world *w)
{
    snnfe_network *network = NULL;
    snnfe_trainer *trainer = world_trainer(w, &network, true);
    unlink(w->output);
    const snnfe_status status = ARMED(snnfe_trainer_save(trainer, w->output));
    check_saved(w->output, status);
    check_goes_on(w, trainer, network, true);
    snnfe_trainer_free(trainer);
    snnfe_network_free(network);
    return status;
}

static snnfe_status call_restore(world *w)
{
    snnfe_network *network = NULL;
    snnfe_trainer *trainer = world_trainer(w, &network, true);
    const snnfe_status status = ARMED(snnfe_trainer_restore(trainer, w->trainer_file));
    if (status != SNNFE_OK)
        ck_assert(small_same_values(network, w->network));
    check_goes_on(w, trainer, network, true);
    snnfe_trainer_free(trainer);
    snnfe_network_free(network);
    return status;
}

static snnfe_status call_wear(world *w)
{
    snnfe_network *network = NULL;
    snnfe_trainer *trainer = world_trainer(w, &network, true);
    snnfe_wear wear = {.struct_size = sizeof wear};
    uint64_t counts[4];
    const snnfe_status status = ARMED(snnfe_trainer_wear(trainer, -1, NULL, &wear, counts, 4));
    snnfe_trainer_free(trainer);
    snnfe_network_free(network);
    return status;
}

static snnfe_run_options two_threads(void)
{
    snnfe_run_options options;
    assert_ok(snnfe_run_options_init(&options, sizeof options));
    options.n_threads = 2;
    return options;
}

static snnfe_status call_evaluation(world *w)
{
    const snnfe_run_options options = two_threads();
    snnfe_evaluation result = {.struct_size = sizeof result, .n = 99};
    double accuracy[2];
    const snnfe_status status = ARMED(
        snnfe_evaluation_run(w->network, w->dataset, NULL, 0, &options, &result, NULL, accuracy));
    ck_assert_uint_eq(result.n, status == SNNFE_OK ? SMALL_TRIALS : 99);
    return status;
}

static snnfe_status call_evaluation_by_subject(world *w)
{
    const snnfe_run_options options = two_threads();
    snnfe_fold_accuracy folds[2 * 2];
    double classes[2 * 2][2];
    return ARMED(snnfe_evaluation_by_subject(w->network, w->dataset, NULL, 0, 2, 5, &options, folds,
                                             sizeof folds[0], classes[0]));
}

static snnfe_status call_evaluation_trial_logits(world *w)
{
    static const float logits[2][2] = {{1, 2}, {3, 4}};
    static const uint64_t ids[2] = {5, 5};
    double sums[2][2];
    (void)w;
    return ARMED(snnfe_evaluation_trial_logits(logits[0], ids, 2, 2, sums[0]));
}

static snnfe_status call_personalize(world *w)
{
    static const int32_t subject = 3;
    snnfe_trainer_options options = small_options();
    options.n_epochs = 1;
    options.device = w->device;
    snnfe_personalized results[2];
    snnfe_trainer_record records[2];
    double classes[2 * 2][2], record_classes[2][2];
    snnfe_network *networks[2] = {NULL, NULL};
    snnfe_personalization to = small_results(results);
    to.class_accuracy = classes[0];
    to.records = records;
    to.record_size = sizeof records[0];
    to.record_class_accuracy = record_classes[0];
    to.networks = networks;
    const snnfe_status status =
        ARMED(snnfe_personalize(w->network, w->dataset, &subject, 1, 2, 5, &options, &to));
    for (int i = 0; i < 2; i++) {
        check_made(networks[i], status);
        snnfe_network_free(networks[i]);
    }
    return status;
}

/* Its own options and device. */
static snnfe_status call_personalize_as_published(world *w)
{
    static const int32_t subject = 3;
    snnfe_personalized results[2];
    const snnfe_personalization to = small_results(results);
    return ARMED(snnfe_personalize(w->network, w->dataset, &subject, 1, 2, 5, NULL, &to));
}

const call trainer_calls[] = {
    {"snnfe_trainer_options_init", call_options},
    {"snnfe_trainer_options_stage", call_options},
    {"snnfe_trainer_create", call_create},
    {"snnfe_trainer_free", call_create},
    {"snnfe_trainer_run", call_run},
    {"snnfe_trainer_run", call_run_on_device},
    {"snnfe_trainer_run", call_run_with_files},
    {"snnfe_trainer_step", call_step},
    {"snnfe_trainer_log", call_logs},
    {"snnfe_trainer_save", call_save},
    {"snnfe_trainer_restore", call_restore},
    {"snnfe_trainer_wear", call_wear},
    {"snnfe_evaluation_run", call_evaluation},
    {"snnfe_evaluation_by_subject", call_evaluation_by_subject},
    {"snnfe_evaluation_trial_logits", call_evaluation_trial_logits},
    {"snnfe_personalize", call_personalize},
    {"snnfe_personalize", call_personalize_as_published},
    {NULL, NULL},
};
