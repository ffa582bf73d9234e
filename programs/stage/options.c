/* Options of the stages and their defaults. */
#include "stage.h"

#include <math.h>
#include <string.h>

static const char *const schedules[] = {"constant", "cosine", NULL};
static const char *const normalizations[] = {"all", "train", NULL};

stage_settings stage_defaults(int32_t stage)
{
    snnfe_trainer_options t = {0};
    snnfe_network_options n = {0};
    snnfe_trainer_options_init(&t, sizeof t);
    snnfe_trainer_options_stage(&t, stage);
    snnfe_network_options_init(&n, sizeof n);
    return (stage_settings){.stage = stage,
                            .lr = t.learning_rate,
                            .least_lr = t.least_learning_rate,
                            .validation_ratio = 0.2,
                            .dropout = rint(1e6 * (double)n.dropout) /
                                       1e6, /* 0.3, not the nearest float */
                            .epochs = t.n_epochs,
                            .batch_size = t.batch_size,
                            .schedule_epochs = t.schedule_epochs,
                            .seed = (int64_t)t.seed,
                            .levels = t.levels,
                            .transfer_levels = 2,
                            .transfer_seed = -1,
                            .train_decays = stage != SNNFE_STAGE_RETUNE,
                            .evaluations = t.evaluations_per_epoch,
                            .conv1 = n.conv1_channels,
                            .conv2 = n.conv2_channels,
                            .conv3 = n.conv3_channels,
                            .hidden = n.n_hidden,
                            .schedule = t.schedule,
                            .on_device = stage != SNNFE_STAGE_PRETRAIN,
                            .device = device_defaults()};
}

size_t stage_add_options(cli_option *options, stage_settings *s, const char *epochs,
                         const char *batch_size)
{
    const cli_option own[] = {
        {"out", CLI_OUTPUT, (void *)&s->out, 0, 0, NULL, "folder for models and logs"},
        {"nb_folds", CLI_INTEGER, &s->run_folds, 0, STAGE_MAX_FOLDS, NULL,
         "run only so many of the folds, the first ones; 0 = all"},
        {"groups", CLI_INTEGER, &s->folds, 0, STAGE_MAX_FOLDS, NULL,
         "groups of subjects, a fold for each; 0: the paper's 5, or as many as there are subjects"},
        {"fold", CLI_INTEGER, &s->fold, 0, STAGE_MAX_FOLDS, NULL, "train this fold only, 0 = all"},
        /* A transfer may be looked at without any training after it. */
        {epochs, CLI_INTEGER, &s->epochs, s->stage == SNNFE_STAGE_RETUNE ? 0 : 1, 100000, NULL,
         "epochs"},
        {batch_size, CLI_INTEGER, &s->batch_size, 1, 65536, NULL, "trials of a mini-batch"},
        {"lr", CLI_NUMBER, &s->lr, 0, 10, NULL, "learning rate"},
        {"least_lr", CLI_NUMBER, &s->least_lr, 0, 10, NULL, "where cosine annealing ends"},
        {"schedule", CLI_CHOICE, &s->schedule, 0, 0, schedules, "course of the rate"},
        {"schedule_epochs", CLI_INTEGER, &s->schedule_epochs, 1, 100000, NULL,
         "epochs of the annealing, however many are trained; after them the rate rises again"},
        {"validation_ratio", CLI_NUMBER, &s->validation_ratio, 0, 0.9, NULL,
         "share of the training subjects' trials that validates (published: 0.2, whatever this "
         "option says)"},
        {"train_decays", CLI_BOOLEAN, &s->train_decays, 0, 0, NULL,
         "train the neurons' decays (without effect in the published programs)"},
        {"normalization", CLI_CHOICE, &s->normalization, 0, 0, normalizations,
         "z-scores by all recordings (the paper), or by the training subjects'"},
        {"evaluations_per_epoch", CLI_INTEGER, &s->evaluations, 0, 1000, NULL,
         "points of the per-sample log"},
        {"seed", CLI_INTEGER, &s->seed, 0, 9e15, NULL, "of the split; fold k trains with seed + k"},
        {"resume", CLI_SWITCH, &s->resume, 0, 0, NULL,
         "go on from the checkpoints in the folder, also to a larger number of epochs"},
        {"overwrite", CLI_SWITCH, &s->overwrite, 0, 0, NULL,
         "start again where the folder has models of an earlier run"},
        {"threads", CLI_INTEGER, &s->threads, 0, 1024, NULL, "0 = all processors"},
#ifdef SNNFE_HAVE_MPI
        {"mpi", CLI_SWITCH, &s->mpi, 0, 0, NULL,
         "share every batch among the processes that mpirun started"},
#endif
    };
    memcpy(options, own, sizeof own);
    size_t n = sizeof own / sizeof own[0];
    n += models_add_options(options + n, &s->insistence);
    return n + stage_add_ignored_options(options + n);
}

const cli_need stage_needs[] = {{"least_lr", "schedule=cosine"},
                                {"schedule_epochs", "schedule=cosine"},
                                {"nb_folds", "!fold"},
                                {NULL, NULL}};

size_t stage_add_network_options(cli_option *options, stage_settings *s)
{
    const cli_option own[] = {
        {"dropout", CLI_NUMBER, &s->dropout, 0, 0.99, NULL, "probability"},
        {"conv1_channels", CLI_INTEGER, &s->conv1, 1, 1024, NULL, "size of the network"},
        {"conv2_channels", CLI_INTEGER, &s->conv2, 1, 1024, NULL, "size of the network"},
        {"conv3_channels", CLI_INTEGER, &s->conv3, 1, 1024, NULL, "size of the network"},
        {"hidden", CLI_INTEGER, &s->hidden, 1, 4096, NULL, "size of the network"},
    };
    memcpy(options, own, sizeof own);
    return sizeof own / sizeof own[0];
}
