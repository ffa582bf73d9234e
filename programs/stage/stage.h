/* A stage of training, cross-validated over groups of subjects: what snnfe-pretrain,
   snnfe-train-on-device and snnfe-retune share. */
#ifndef SNNFE_EXAMPLES_STAGE_H
#define SNNFE_EXAMPLES_STAGE_H

#include "array_settings.h"
#include "device_settings.h"
#include "models.h"

typedef struct stage_settings {
    int32_t stage; /* SNNFE_STAGE_* */
    const char *data, *out;
    const char *models, *model; /* re-tuning: networks to start from, a folder or one file */
    double lr, least_lr, validation_ratio, dropout, x;
    int64_t epochs, batch_size, schedule_epochs, seed, train_decays, evaluations, threads;
    int64_t folds;     /* groups of subjects */
    int64_t run_folds; /* how many of the folds are run, 0 = all */
    int64_t fold;      /* the only one to run, 0 = those */
    int64_t levels;    /* while training */
    int64_t transfer_levels, transfer_seed;
    int64_t conv1, conv2, conv3, hidden;
    int32_t schedule, normalization;
    bool resume, overwrite, on_device, mpi;
    models_insistence insistence;
    uint64_t run;    /* its identifier, which all that it writes carries */
    uint64_t source; /* re-tuning: that of the networks to start from, 0 = unknown */
    device_settings device;
    array_settings time; /* re-tuning: between the transfer and the training */
    cli_names layers, frozen, reinitialized, transferred;
} stage_settings;

/* Shares of right decisions: of windows, and of trials, whose windows decide together. NaN stands
   for what a stage does not have. */
typedef struct stage_accuracy {
    double windows, trials;
} stage_accuracy;

/* What came of one fold. */
typedef struct stage_result {
    int64_t fold;
    size_t n_train, n_validation, n_test;
    double train_loss;
    stage_accuracy validation, test;             /* of the network that was kept */
    stage_accuracy source;                       /* test, of the network started from */
    stage_accuracy start_validation, start_test; /* the same after its transfer */
    bool has_windows; /* a trial of validation or test has several windows */
    size_t n_seen;    /* validation and test windows that trained the network, too */
    uint64_t ltp_crossings, ltd_crossings;
    snnfe_wear wear;
} stage_result;

#define STAGE_MAX_FOLDS 256
#define STAGE_MAX_OPTIONS 64

/* The paper's defaults of a stage, without the names of its options. */
stage_settings stage_defaults(int32_t stage);

/* Options of every stage; `epochs` and `batch_size` are the paper's names for them. Returns their
   number. */
size_t stage_add_options(cli_option *options, stage_settings *settings, const char *epochs,
                         const char *batch_size);
extern const cli_need stage_needs[];
/* Options of a network that is made. */
size_t stage_add_network_options(cli_option *options, stage_settings *settings);
/* Names of layers that may follow each other after blanks; ends with NULL. */
const char *const *stage_layer_names(void);
/* Options of the published programs that have no effect there; said to have none here. */
size_t stage_add_ignored_options(cli_option *options);
/* Which parameters are trained. */
size_t stage_add_layer_options(cli_option *options, cli_names *layers, cli_names *frozen,
                               cli_names *reinitialized);

/* Parse the command line, train every fold, write models, logs, summary and manifest. Returns the
   program's exit code. */
int stage_main(cli_program *program, stage_settings *settings, int argc, char **argv);

/* Whether a number of levels is even; otherwise with a message. */
bool stage_check_levels(const char *program, const char *option, int64_t levels);

/* Reinitialize, and freeze all but what a stage trains. */
snnfe_status stage_choose_parameters(snnfe_network *network, int32_t stage, const cli_names *layers,
                                     const cli_names *frozen, const cli_names *reinitialized,
                                     bool train_decays, uint64_t seed);

/* The table of results on standard output, and as summary.csv. */
bool stage_write_summary(const stage_settings *settings, const stage_result *results, size_t n);
void stage_print_table(const stage_settings *settings, bool synthetic, const stage_result *results,
                       size_t n);

#endif
