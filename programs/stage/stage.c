#include "stage.h"

#include "folds.h"
#include "ranks.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* --- one fold ------------------------------------------------------------------------------ */

/* All that a fold works with. */
typedef struct fold_run {
    const stage_settings *s;
    snnfe_dataset *dataset;
    snnfe_device *device; /* NULL in floating point */
    int64_t fold;
    char model[4096], epochs[4096], samples[4096], wear[4096], checkpoint[4096];
    fold_lists lists;
    snnfe_network *network;
    snnfe_trainer *trainer;
    stage_result *result;
    bool refused; /* and it was said why */
} fold_run;

static bool fold_path(char path[4096], const char *folder, const char *stem, int64_t fold,
                      const char *ending)
{
    char name[64];
    snprintf(name, sizeof name, "%s_fold%lld%s", stem, (long long)fold, ending);
    return cli_join(path, folder, name);
}

static bool set_paths(fold_run *c)
{
    const char *out = c->s->out;
    return fold_path(c->model, out, "model", c->fold, ".safetensors") &&
           fold_path(c->epochs, out, "epochs", c->fold, ".csv") &&
           fold_path(c->samples, out, "samples", c->fold, ".csv") &&
           fold_path(c->wear, out, "wear", c->fold, ".csv") &&
           fold_path(c->checkpoint, out, "checkpoint", c->fold, ".safetensors");
}

static uint64_t fold_seed(const fold_run *c)
{
    return (uint64_t)(c->s->seed + c->fold);
}

static snnfe_status create_network(fold_run *c)
{
    const stage_settings *s = c->s;
    snnfe_dataset_info info = {.struct_size = sizeof info};
    snnfe_network_options o;
    snnfe_status status = snnfe_dataset_get_info(c->dataset, &info);
    if (status == SNNFE_OK)
        status = snnfe_network_options_init(&o, sizeof o);
    if (status != SNNFE_OK)
        return status;
    o.n_rows = info.n_rows;
    o.n_columns = info.n_columns;
    o.n_steps = info.n_steps;
    o.n_classes = info.n_classes;
    o.conv1_channels = (uint32_t)s->conv1;
    o.conv2_channels = (uint32_t)s->conv2;
    o.conv3_channels = (uint32_t)s->conv3;
    o.n_hidden = (uint32_t)s->hidden;
    o.dropout = (float)s->dropout;
    o.seed = fold_seed(c);
    return snnfe_network_create(&c->network, &o);
}

static snnfe_status evaluate(const fold_run *c, const int32_t *epochs, size_t n,
                             stage_accuracy *accuracy, size_t *n_seen)
{
    snnfe_run_options run;
    snnfe_evaluation e = {.struct_size = sizeof e};
    snnfe_status status = snnfe_run_options_init(&run, sizeof run);
    run.n_threads = (uint32_t)c->s->threads;
    run.progress = cli_progress;
    run.allow_seen = c->s->insistence.allow_seen;
    run.allow_mismatch = c->s->insistence.allow_mismatch;
    if (status == SNNFE_OK)
        status = snnfe_evaluation_run(c->network, c->dataset, epochs, n, &run, &e, NULL, NULL);
    *accuracy = (stage_accuracy){e.accuracy, e.trial_accuracy};
    *n_seen = e.n_seen;
    c->result->has_windows = c->result->has_windows || e.n_trials < e.n;
    return status;
}

/* Both, and how many of the windows had trained the network. */
static snnfe_status evaluate_both(const fold_run *c, stage_accuracy *validation,
                                  stage_accuracy *test, size_t *n_seen)
{
    size_t validation_seen = 0, test_seen = 0;
    snnfe_status status = evaluate(c, c->lists.split.validation, c->lists.split.n_validation,
                                   validation, &validation_seen);
    if (status == SNNFE_OK)
        status = evaluate(c, c->lists.test, c->lists.n_test, test, &test_seen);
    *n_seen = validation_seen + test_seen;
    return status;
}

static uint64_t transfer_seed(const fold_run *c)
{
    const int64_t seed = c->s->transfer_seed;
    return seed < 0 ? fold_seed(c) : (uint64_t)(seed + c->fold);
}

/* Whether the network to start from is of the same run as those of other folds. */
static bool fits_source(const fold_run *c, const char *path)
{
    snnfe_origin origin = {.struct_size = sizeof origin};
    if (snnfe_network_get_origin(c->network, &origin) != SNNFE_OK ||
        origin.run_hash == c->s->source)
        return true;
    cli_error("%s is of run %016llx, others in its folder of run %016llx: they are not of one run",
              path, (unsigned long long)origin.run_hash, (unsigned long long)c->s->source);
    return false;
}

/* The network of an earlier stage, as it is and as it is on the devices. */
static snnfe_status load_and_transfer(fold_run *c)
{
    char fold[4096];
    const char *path = c->s->model ? c->s->model : fold;
    size_t n_seen = 0;
    if (!c->s->model && !cli_find_model(fold, c->s->models, c->fold))
        return SNNFE_ERR_ARGUMENT;
    snnfe_status status = snnfe_network_load(&c->network, path);
    if (status != SNNFE_OK)
        return status;
    if (!c->s->model)
        c->refused =
            !models_fits_fold(c->network, path, c->fold, c->s->folds) || !fits_source(c, path);
    if (c->refused)
        return SNNFE_ERR_OVERLAP;
    models_notice_untold(c->network, path);
    status = evaluate(c, c->lists.test, c->lists.n_test, &c->result->source, &n_seen);
    if (status == SNNFE_OK)
        status = device_transfer(c->network, c->device, (uint32_t)c->s->transfer_levels, c->s->x,
                                 transfer_seed(c), &c->s->transferred);
    if (status == SNNFE_OK)
        status = array_age(c->network, c->device, &c->s->time);
    if (status == SNNFE_OK)
        status = evaluate_both(c, &c->result->start_validation, &c->result->start_test, &n_seen);
    return status;
}

static snnfe_status set_trainer(fold_run *c)
{
    const stage_settings *s = c->s;
    snnfe_trainer_options o;
    snnfe_programming_options programming;
    snnfe_status status = snnfe_trainer_options_init(&o, sizeof o);
    if (status == SNNFE_OK)
        status = snnfe_trainer_options_stage(&o, s->stage);
    if (status != SNNFE_OK)
        return status;
    if (c->device) {
        device_set_trainer(&o, &s->device, c->device, &programming);
        o.wear_log_path = c->wear;
        o.levels = (uint32_t)s->levels;
    }
    o.n_threads = (uint32_t)s->threads;
    o.n_epochs = (uint32_t)s->epochs;
    o.batch_size = (uint32_t)s->batch_size;
    o.learning_rate = s->lr;
    o.least_learning_rate = s->least_lr;
    o.schedule = s->schedule;
    o.schedule_epochs = (uint32_t)s->schedule_epochs;
    o.seed = fold_seed(c);
    o.evaluations_per_epoch = (uint32_t)s->evaluations;
    o.resume = s->resume;
    o.group = ranks_group();
    o.epoch_log_path = c->epochs;
    o.sample_log_path = c->samples;
    o.checkpoint_path = c->checkpoint;
    o.allow_seen = s->insistence.allow_seen;
    o.allow_mismatch = s->insistence.allow_mismatch;
    o.log = cli_log;
    o.progress = cli_progress;
    return snnfe_trainer_create(&c->trainer, c->network, &o);
}

/* The last epoch's losses and crossings. */
static snnfe_status take_last_epoch(fold_run *c)
{
    size_t n = 0;
    snnfe_status status = snnfe_trainer_log(c->trainer, SNNFE_TRAINER_LOG_EPOCHS, NULL,
                                            sizeof(snnfe_trainer_record), NULL, &n);
    snnfe_trainer_record *rows = calloc(n + 1, sizeof *rows);
    if (status == SNNFE_OK && !rows)
        status = SNNFE_ERR_MEMORY;
    if (status == SNNFE_OK)
        status =
            snnfe_trainer_log(c->trainer, SNNFE_TRAINER_LOG_EPOCHS, rows, sizeof *rows, NULL, &n);
    if (status == SNNFE_OK && n > 0) {
        c->result->train_loss = rows[n - 1].train_loss;
        c->result->ltp_crossings = rows[n - 1].total_ltp_crossings;
        c->result->ltd_crossings = rows[n - 1].total_ltd_crossings;
    }
    free(rows);
    return status;
}

static snnfe_status train(fold_run *c)
{
    const fold_lists *l = &c->lists;
    const snnfe_trainer_data data = {.struct_size = sizeof data,
                                     .train = l->split.train,
                                     .validation = l->split.validation,
                                     .test = l->test,
                                     .n_train = l->split.n_train,
                                     .n_validation = l->split.n_validation,
                                     .n_test = l->n_test};
    snnfe_status status = set_trainer(c);
    if (status == SNNFE_OK)
        status = snnfe_trainer_run(c->trainer, c->dataset, &data);
    if (status == SNNFE_OK)
        status = take_last_epoch(c);
    if (status == SNNFE_OK && c->device)
        status = snnfe_trainer_wear(c->trainer, -1, NULL, &c->result->wear, NULL, 0);
    return status;
}

static snnfe_status run_fold(fold_run *c)
{
    const stage_settings *s = c->s;
    snnfe_status status = folds_make(&c->lists, c->dataset, s->folds, c->fold, s->validation_ratio,
                                     (uint64_t)s->seed);
    if (status == SNNFE_OK && s->normalization == 1)
        status = snnfe_dataset_normalize(c->dataset, c->lists.subjects, c->lists.n_subjects);
    if (status != SNNFE_OK)
        return status;
    c->result->n_train = c->lists.split.n_train;
    c->result->n_validation = c->lists.split.n_validation;
    c->result->n_test = c->lists.n_test;
    cli_end_progress();
    if (ranks_is_first())
        fprintf(stderr, "fold %lld of %lld: %zu training, %zu validation, %zu test trials\n",
                (long long)c->fold, (long long)s->folds, c->result->n_train,
                c->result->n_validation, c->result->n_test);
    status = s->stage == SNNFE_STAGE_RETUNE ? load_and_transfer(c) : create_network(c);
    if (status == SNNFE_OK)
        status = stage_choose_parameters(c->network, s->stage, &s->layers, &s->frozen,
                                         &s->reinitialized, s->train_decays, fold_seed(c));
    if (status == SNNFE_OK)
        status = models_set_origin(c->network, c->dataset, c->fold, s->folds, s->run);
    if (status == SNNFE_OK && s->epochs > 0)
        status = train(c);
    if (status == SNNFE_OK)
        status = evaluate_both(c, &c->result->validation, &c->result->test, &c->result->n_seen);
    if (status == SNNFE_OK && ranks_is_first())
        status = snnfe_network_save(c->network, c->model);
    return status;
}

/* Folds before this one are whole; --resume passes over them. */
static int tell_interruption(const fold_run *c)
{
    char saved[4400];
    const bool begun = access(c->checkpoint, F_OK) == 0;
    if (begun)
        snprintf(saved, sizeof saved, "fold %lld is saved up to its last whole epoch in %s",
                 (long long)c->fold, c->checkpoint);
    else if (c->fold > 1 && c->s->fold == 0)
        snprintf(saved, sizeof saved, "the folds before %lld are saved in %s", (long long)c->fold,
                 c->s->out);
    else
        return cli_interruption("nothing is saved, no epoch has ended");
    return cli_interruption_resumes(saved);
}

static int train_fold(const stage_settings *s, snnfe_dataset *dataset, snnfe_device *device,
                      int64_t fold, stage_result *result)
{
    const double nan = (double)NAN;
    const stage_accuracy none = {nan, nan};
    *result = (stage_result){.fold = fold,
                             .train_loss = nan,
                             .source = none,
                             .start_validation = none,
                             .start_test = none,
                             .wear = {.struct_size = sizeof result->wear}};
    fold_run c = {.s = s, .dataset = dataset, .device = device, .fold = fold, .result = result};
    if (!set_paths(&c))
        return CLI_FAILED;
    if (s->model && cli_same_file(s->model, c.model))
        return cli_error("--out %s: its %s is the network that --model names", s->out, c.model);
    const snnfe_status status = run_fold(&c);
    snnfe_trainer_free(c.trainer);
    snnfe_network_free(c.network);
    folds_release(&c.lists);
    if (status == SNNFE_ERR_CANCELLED && cli_interrupted())
        return tell_interruption(&c);
    if (c.refused)
        return CLI_FAILED;
    return status == SNNFE_OK ? CLI_OK : cli_failure(status);
}

/* --- all folds ----------------------------------------------------------------------------- */

static bool is_run(const stage_settings *s, int64_t fold)
{
    if (s->fold != 0)
        return fold == s->fold;
    return s->run_folds == 0 || fold <= s->run_folds;
}

/* Do not overwrite the models of an earlier run unless asked to. */
static bool may_write(const stage_settings *s)
{
    static const char *const stems[] = {"model", "checkpoint"};
    char path[4096];
    for (int64_t fold = 1; !s->resume && fold <= s->folds; fold++)
        for (size_t i = 0; is_run(s, fold) && i < 2; i++)
            if (!fold_path(path, s->out, stems[i], fold, ".safetensors") ||
                !cli_may_write(path, s->overwrite, true))
                return false;
    return true;
}

static int train_folds(const stage_settings *s, snnfe_dataset *dataset, snnfe_device *device,
                       const snnfe_dataset_info *info)
{
    static stage_result results[STAGE_MAX_FOLDS];
    size_t n = 0;
    for (int64_t fold = 1; fold <= s->folds; fold++) {
        if (!is_run(s, fold))
            continue;
        const int exit_code = train_fold(s, dataset, device, fold, &results[n++]);
        if (exit_code != CLI_OK)
            return exit_code;
    }
    if (!stage_write_summary(s, results, n))
        return CLI_FAILED;
    stage_print_table(s, info->signal->synthetic, results, n);
    return CLI_OK;
}

/* Whether the folds that are asked for are there; `groups` 0 is not known yet. */
static bool folds_fit(const char *program, const stage_settings *s)
{
    const long long groups = s->folds;
    if (groups == 1)
        fprintf(stderr, "%s: --groups 1: there is nobody to test on\n", program);
    else if (groups > 0 && s->fold > groups)
        fprintf(stderr, "%s: --fold %lld: there are %lld folds\n", program, (long long)s->fold,
                groups);
    else if (groups > 0 && s->run_folds > groups)
        fprintf(stderr, "%s: --nb_folds %lld: there are %lld folds, one for each of --groups\n",
                program, (long long)s->run_folds, groups);
    else
        return true;
    return false;
}

/* How many groups the subjects are cut into. */
static int settle_groups(const char *program, stage_settings *s, size_t n_subjects)
{
    if (n_subjects < 2)
        return cli_error("%s has %zu subject: there is nobody to test on", s->data, n_subjects);
    if (s->folds == 0) {
        s->folds = n_subjects < 5 ? (int64_t)n_subjects : 5;
        if (s->folds < 5 && ranks_is_first())
            fprintf(stderr, "%zu subjects make %lld groups, not 5\n", n_subjects,
                    (long long)s->folds);
    }
    if ((size_t)s->folds > n_subjects)
        return cli_error("--groups %lld: the data set has %zu subjects", (long long)s->folds,
                         n_subjects);
    return folds_fit(program, s) ? CLI_OK : CLI_USAGE;
}

/* Name the run; false, with a message, if it cannot be known which one it goes on from. */
static bool identify(const cli_program *program, stage_settings *s, const snnfe_dataset *dataset)
{
    /* What does not shape a fold's network, and the networks it starts from, which say of their
       own run. */
    static const char *const without[] = {
        "out", "fold",  "threads", "resume",     "overwrite",      "nb_folds",
        "mpi", "model", "models",  "allow_seen", "allow_mismatch", NULL};
    char fold[4096];
    if (s->stage == SNNFE_STAGE_RETUNE &&
        (s->model || cli_find_model(fold, s->models, s->fold ? s->fold : 1)) &&
        !models_run_of(s->model ? s->model : fold, &s->source))
        return false;
    s->run = models_run_id(models_run_hash(program->options, program->n_options, without), dataset,
                           s->source);
    return true;
}

static int run(const cli_program *program, stage_settings *s, int argc, char **argv)
{
    snnfe_dataset *dataset = NULL;
    snnfe_device *device = NULL;
    snnfe_dataset_info info = {.struct_size = sizeof info};
    snnfe_status status = s->on_device ? device_make(&device, &s->device) : SNNFE_OK;
    if (status == SNNFE_OK)
        status = cli_open_data(&dataset, s->data, (uint32_t)s->threads);
    if (status == SNNFE_OK)
        status = snnfe_dataset_get_info(dataset, &info);
    int exit_code = status == SNNFE_OK ? CLI_OK : cli_failure(status);
    if (exit_code == CLI_OK &&
        !(device_check_array(&s->device, device) && array_check(&s->time, device)))
        exit_code = CLI_FAILED;
    if (exit_code == CLI_OK)
        exit_code = settle_groups(program->name, s, info.n_subjects);
    if (exit_code == CLI_OK &&
        (!cli_make_folder(s->out) || !cli_lock(s->out, program->name, CLI_LOCK_ALONE)))
        exit_code = CLI_FAILED;
    if (exit_code == CLI_OK &&
        !(identify(program, s, dataset) && may_write(s) &&
          cli_write_manifest(program, argc, argv, s->out, s->data, dataset, s->run)))
        exit_code = CLI_FAILED;
    if (exit_code == CLI_OK)
        exit_code = train_folds(s, dataset, device, &info);
    snnfe_dataset_free(dataset);
    snnfe_device_free(device);
    return exit_code;
}

/* Under MPI an interrupt ends all processes at once; the checkpoints stay. */
static int run_on_ranks(const cli_program *program, stage_settings *s, int argc, char **argv)
{
#ifdef SNNFE_HAVE_MPI
    if (s->mpi) {
        if (!ranks_join())
            return CLI_FAILED;
        if (!ranks_is_first())
            cli_be_silent();
        return ranks_leave(run(program, s, argc, argv));
    }
#endif
    cli_catch_interrupt();
    return run(program, s, argc, argv);
}

int stage_main(cli_program *program, stage_settings *s, int argc, char **argv)
{
    int exit_code = CLI_OK;
    program->positionals[0] = &s->data;
    program->n_positionals = 1;
    if (!cli_parse(program, argc, argv, &exit_code))
        return exit_code;
    if (!folds_fit(program->name, s) || !stage_check_levels(program->name, "q", s->levels) ||
        !stage_check_levels(program->name, "transfer_q", s->transfer_levels))
        return CLI_USAGE;
    return run_on_ranks(program, s, argc, argv);
}
