/* snnfe-pretrain: train in floating point with cross-validation over groups of subjects. */
#include "cli.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const schedules[] = {"constant", "cosine", NULL};
static const char *const normalisations[] = {"all", "train", NULL};

/* The command line. */
typedef struct settings {
    const char *data, *out;
    double lr, least_lr, validation_ratio, dropout;
    int64_t epochs, batch_size, folds, fold, seed, train_decays, evaluations, threads;
    int64_t conv1, conv2, conv3, hidden;
    int32_t schedule, normalisation;
    bool resume;
} settings;

/* Index lists of one fold. */
typedef struct fold_lists {
    int32_t *pool, *test, *subjects; /* training and validation together; training subjects */
    size_t n_pool, n_test, n_subjects;
    snnfe_split split; /* into the data set */
} fold_lists;

typedef struct fold_result {
    int64_t fold;
    size_t n_train, n_validation, n_test;
    double train_loss, validation_accuracy, test_accuracy;
} fold_result;

static void release_lists(fold_lists *lists)
{
    free(lists->pool);
    free(lists->test);
    free(lists->subjects);
    snnfe_split_release(&lists->split);
}

/* Subjects of group `fold` test; of the others' trials a share validates. */
static snnfe_status make_lists(fold_lists *lists, const snnfe_dataset *dataset,
                               const snnfe_dataset_info *info, const settings *s, int64_t fold)
{
    int32_t *group = calloc(info->n_subjects, sizeof *group);
    int32_t *labels = calloc(info->n_epochs, sizeof *labels);
    lists->pool = calloc(info->n_epochs, sizeof *lists->pool);
    lists->test = calloc(info->n_epochs, sizeof *lists->test);
    lists->subjects = calloc(info->n_subjects, sizeof *lists->subjects);
    snnfe_status status = SNNFE_ERR_MEMORY;
    if (!group || !labels || !lists->pool || !lists->test || !lists->subjects)
        goto done;
    status = snnfe_split_groups(info->n_subjects, (size_t)s->folds, group);
    if (status != SNNFE_OK)
        goto done;
    const int32_t *subject_list = snnfe_dataset_subject_list(dataset);
    for (size_t i = 0; i < info->n_subjects; i++)
        if (group[i] != fold - 1)
            lists->subjects[lists->n_subjects++] = subject_list[i];
    for (size_t i = 0; i < info->n_epochs; i++) {
        size_t place = 0;
        while (subject_list[place] != snnfe_dataset_subjects(dataset)[i])
            place++;
        if (group[place] == fold - 1) {
            lists->test[lists->n_test++] = (int32_t)i;
        } else {
            labels[lists->n_pool] = snnfe_dataset_labels(dataset)[i];
            lists->pool[lists->n_pool++] = (int32_t)i;
        }
    }
    status = snnfe_split_paper_holdout(&lists->split, labels, lists->n_pool, s->validation_ratio,
                                       (uint64_t)s->seed);
    for (size_t i = 0; status == SNNFE_OK && i < lists->split.n_train; i++)
        lists->split.train[i] = lists->pool[lists->split.train[i]];
    for (size_t i = 0; status == SNNFE_OK && i < lists->split.n_validation; i++)
        lists->split.validation[i] = lists->pool[lists->split.validation[i]];
done:
    free(group);
    free(labels);
    return status;
}

static snnfe_status make_network(snnfe_network **network, const snnfe_dataset_info *info,
                                 const settings *s, int64_t fold)
{
    snnfe_network_options o;
    snnfe_status status = snnfe_network_options_init(&o, sizeof o);
    if (status != SNNFE_OK)
        return status;
    o.n_rows = info->n_rows;
    o.n_columns = info->n_columns;
    o.n_steps = info->n_steps;
    o.n_classes = info->n_classes;
    o.conv1_channels = (uint32_t)s->conv1;
    o.conv2_channels = (uint32_t)s->conv2;
    o.conv3_channels = (uint32_t)s->conv3;
    o.n_hidden = (uint32_t)s->hidden;
    o.dropout = (float)s->dropout;
    o.seed = (uint64_t)(s->seed + fold);
    status = snnfe_network_create(network, &o);
    for (size_t i = 0; status == SNNFE_OK && i < snnfe_network_parameter_count(*network); i++) {
        snnfe_parameter_info p = {.struct_size = sizeof p};
        status = snnfe_network_parameter(*network, i, &p);
        if (status == SNNFE_OK && p.kind == SNNFE_PARAMETER_DECAY && !s->train_decays)
            status = snnfe_network_freeze(*network, p.name, 1);
    }
    return status;
}

static bool fold_path(char path[4096], const settings *s, const char *stem, int64_t fold,
                      const char *ending)
{
    char name[64];
    snprintf(name, sizeof name, "%s_fold%lld%s", stem, (long long)fold, ending);
    return cli_join(path, s->out, name);
}

static int train_fold(snnfe_dataset *dataset, const snnfe_dataset_info *info, const settings *s,
                      int64_t fold, fold_result *result)
{
    char model[4096], epochs[4096], samples[4096], checkpoint[4096];
    if (!fold_path(model, s, "model", fold, ".safetensors") ||
        !fold_path(epochs, s, "epochs", fold, ".csv") ||
        !fold_path(samples, s, "samples", fold, ".csv") ||
        !fold_path(checkpoint, s, "checkpoint", fold, ".safetensors"))
        return CLI_FAILED;
    fold_lists lists = {0};
    snnfe_network *network = NULL;
    snnfe_trainer *trainer = NULL;
    snnfe_trainer_options o;
    snnfe_status status = make_lists(&lists, dataset, info, s, fold);
    if (status == SNNFE_OK && s->normalisation == 1)
        status = snnfe_dataset_normalise(dataset, lists.subjects, lists.n_subjects);
    if (status == SNNFE_OK)
        status = make_network(&network, info, s, fold);
    if (status == SNNFE_OK)
        status = snnfe_trainer_options_init(&o, sizeof o);
    if (status != SNNFE_OK)
        goto done;
    o.n_threads = (uint32_t)s->threads;
    o.n_epochs = (uint32_t)s->epochs;
    o.batch_size = (uint32_t)s->batch_size;
    o.learning_rate = s->lr;
    o.least_learning_rate = s->least_lr;
    o.schedule = s->schedule;
    o.seed = (uint64_t)(s->seed + fold);
    o.evaluations_per_epoch = (uint32_t)s->evaluations;
    o.resume = s->resume;
    o.epoch_log_path = epochs;
    o.sample_log_path = samples;
    o.checkpoint_path = checkpoint;
    o.log = cli_log;
    o.progress = cli_progress;
    const snnfe_trainer_data data = {.struct_size = sizeof data,
                                     .train = lists.split.train,
                                     .validation = lists.split.validation,
                                     .test = lists.test,
                                     .n_train = lists.split.n_train,
                                     .n_validation = lists.split.n_validation,
                                     .n_test = lists.n_test};
    const snnfe_trainer_record *rows = NULL;
    size_t n = 0;
    fprintf(stderr, "fold %lld of %lld: %zu training, %zu validation, %zu test trials\n",
            (long long)fold, (long long)s->folds, data.n_train, data.n_validation, data.n_test);
    status = snnfe_trainer_create(&trainer, network, &o);
    if (status == SNNFE_OK)
        status = snnfe_trainer_run(trainer, dataset, &data);
    if (status == SNNFE_OK)
        status = snnfe_network_save(network, model);
    if (status == SNNFE_OK)
        status = snnfe_trainer_epoch_log(trainer, &rows, &n);
    if (status == SNNFE_OK && n > 0)
        *result = (fold_result){fold,
                                data.n_train,
                                data.n_validation,
                                data.n_test,
                                rows[n - 1].train_loss,
                                rows[n - 1].validation_accuracy,
                                rows[n - 1].test_accuracy};
done:
    snnfe_trainer_free(trainer);
    snnfe_network_free(network);
    release_lists(&lists);
    return status == SNNFE_OK ? CLI_OK : cli_failure(status);
}

static bool write_summary(const settings *s, const fold_result *results, size_t n)
{
    char path[4096];
    cli_file file;
    if (!cli_join(path, s->out, "summary.csv") || !cli_open(&file, path))
        return false;
    fprintf(file.stream, "Fold,Train_Trials,Val_Trials,Test_Trials,Train_Loss,Val_Accuracy,"
                         "Test_Accuracy\n");
    for (size_t i = 0; i < n; i++)
        fprintf(file.stream, "%lld,%zu,%zu,%zu,%.6f,%.6f,%.6f\n", (long long)results[i].fold,
                results[i].n_train, results[i].n_validation, results[i].n_test,
                results[i].train_loss, results[i].validation_accuracy, results[i].test_accuracy);
    return cli_commit(&file);
}

/* What the results were made from and how. */
static bool write_manifest(const settings *s, const snnfe_dataset *dataset,
                           const snnfe_dataset_info *info, int argc, char **argv)
{
    char path[4096], hash[24];
    cli_file file;
    snprintf(hash, sizeof hash, "%016llx", (unsigned long long)cli_data_hash(dataset));
    json_t *arguments = json_array();
    for (int i = 0; i < argc; i++)
        json_array_append_new(arguments, json_string(argv[i]));
    json_t *manifest = json_pack(
        "{s:s, s:s, s:o, s:{s:s, s:s, s:I, s:I, s:b, s:s}, s:{s:f, s:f, s:s, s:I, s:I, s:I, s:I, "
        "s:f, s:b, s:f, s:I}}",
        "program", "snnfe-pretrain", "library", snnfe_version_string(), "arguments", arguments,
        "data", "path", s->data, "hash", hash, "epochs", (json_int_t)info->n_epochs, "subjects",
        (json_int_t)info->n_subjects, "synthetic", (int)info->synthetic, "normalisation",
        normalisations[s->normalisation], "options", "lr", s->lr, "least_lr", s->least_lr,
        "schedule", schedules[s->schedule], "pretrain_epochs", (json_int_t)s->epochs,
        "pretraining_batch_size", (json_int_t)s->batch_size, "nb_folds", (json_int_t)s->folds,
        "seed", (json_int_t)s->seed, "validation_ratio", s->validation_ratio, "train_decays",
        (int)s->train_decays, "dropout", s->dropout, "evaluations_per_epoch",
        (json_int_t)s->evaluations);
    bool written = manifest && cli_join(path, s->out, "manifest.json") && cli_open(&file, path);
    if (written) {
        json_dumpf(manifest, file.stream, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
        fputc('\n', file.stream);
        written = cli_commit(&file);
    }
    json_decref(manifest);
    return written;
}

static void print_table(const settings *s, const snnfe_dataset_info *info,
                        const fold_result *results, size_t n)
{
    double validation[256], test[256];
    printf("\nfold  train loss  validation    test%s\n",
           info->synthetic ? "   (synthetic recordings)" : "");
    for (size_t i = 0; i < n; i++) {
        validation[i] = 100 * results[i].validation_accuracy;
        test[i] = 100 * results[i].test_accuracy;
        printf("%4lld  %10.4f  %8.1f %%  %6.1f %%\n", (long long)results[i].fold,
               results[i].train_loss, validation[i], test[i]);
    }
    printf("mean              %8.1f %%  %6.1f %%\n", cli_mean(validation, n), cli_mean(test, n));
    printf("std               %8.1f     %6.1f\n", cli_deviation(validation, n),
           cli_deviation(test, n));
    printf("z-scores: statistics of %s\n",
           s->normalisation ? "the training subjects only" : "all recordings (the paper's way)");
    printf("models, logs and manifest in %s\n", s->out);
}

static int run(const settings *s, int argc, char **argv)
{
    snnfe_dataset *dataset = NULL;
    snnfe_dataset_info info = {.struct_size = sizeof info};
    snnfe_status status = cli_open_data(&dataset, s->data, (uint32_t)s->threads);
    if (status == SNNFE_OK)
        status = snnfe_dataset_get_info(dataset, &info);
    if (status != SNNFE_OK) {
        snnfe_dataset_free(dataset);
        return cli_failure(status);
    }
    fold_result results[256];
    size_t n = 0;
    int exit_code = CLI_OK;
    if ((size_t)s->folds > info.n_subjects)
        exit_code = cli_error("--nb_folds %lld: the data set has %zu subjects", (long long)s->folds,
                              info.n_subjects);
    else if (!cli_make_folder(s->out) || !write_manifest(s, dataset, &info, argc, argv))
        exit_code = CLI_FAILED;
    for (int64_t fold = 1; exit_code == CLI_OK && fold <= s->folds; fold++)
        if (s->fold == 0 || s->fold == fold)
            exit_code = train_fold(dataset, &info, s, fold, &results[n++]);
    if (exit_code == CLI_OK && !write_summary(s, results, n))
        exit_code = CLI_FAILED;
    if (exit_code == CLI_OK)
        print_table(s, &info, results, n);
    snnfe_dataset_free(dataset);
    return exit_code;
}

int main(int argc, char **argv)
{
    settings s = {.out = "pretrain",
                  .lr = 1e-4,
                  .least_lr = 1e-5,
                  .validation_ratio = 0.2,
                  .dropout = 0.3,
                  .epochs = 20,
                  .batch_size = 64,
                  .folds = 5,
                  .seed = 5,
                  .train_decays = 1,
                  .evaluations = 10,
                  .conv1 = 64,
                  .conv2 = 128,
                  .conv3 = 256,
                  .hidden = 256,
                  .schedule = SNNFE_SCHEDULE_COSINE};
    const cli_option options[] = {
        {"out", CLI_TEXT, (void *)&s.out, 0, 0, NULL, "folder for models and logs"},
        {"nb_folds", CLI_INTEGER, &s.folds, 2, 256, NULL, "groups of subjects"},
        {"fold", CLI_INTEGER, &s.fold, 0, 256, NULL, "train this fold only, 0 = all"},
        {"pretrain_epochs", CLI_INTEGER, &s.epochs, 1, 100000, NULL, "epochs"},
        {"pretraining_batch_size", CLI_INTEGER, &s.batch_size, 1, 65536, NULL,
         "trials of a mini-batch"},
        {"lr", CLI_NUMBER, &s.lr, 0, 10, NULL, "learning rate"},
        {"least_lr", CLI_NUMBER, &s.least_lr, 0, 10, NULL, "where cosine annealing ends"},
        {"schedule", CLI_CHOICE, &s.schedule, 0, 0, schedules, "course of the rate"},
        {"validation_ratio", CLI_NUMBER, &s.validation_ratio, 0, 0.9, NULL,
         "share of the training subjects' trials that validates"},
        {"train_decays", CLI_INTEGER, &s.train_decays, 0, 1, NULL, "train the neurons' decays"},
        {"normalisation", CLI_CHOICE, &s.normalisation, 0, 0, normalisations,
         "z-scores by all recordings (the paper), or by the training subjects'"},
        {"dropout", CLI_NUMBER, &s.dropout, 0, 0.99, NULL, "probability"},
        {"conv1_channels", CLI_INTEGER, &s.conv1, 1, 1024, NULL, "size of the network"},
        {"conv2_channels", CLI_INTEGER, &s.conv2, 1, 1024, NULL, "size of the network"},
        {"conv3_channels", CLI_INTEGER, &s.conv3, 1, 1024, NULL, "size of the network"},
        {"hidden", CLI_INTEGER, &s.hidden, 1, 4096, NULL, "size of the network"},
        {"evaluations_per_epoch", CLI_INTEGER, &s.evaluations, 0, 1000, NULL,
         "points of the per-sample log"},
        {"seed", CLI_INTEGER, &s.seed, 0, 9e15, NULL, "of the split; fold k trains with seed + k"},
        {"resume", CLI_SWITCH, &s.resume, 0, 0, NULL, "go on from the checkpoints in the folder"},
        {"threads", CLI_INTEGER, &s.threads, 0, 1024, NULL, "0 = all processors"},
    };
    const cli_program program = {
        "snnfe-pretrain",
        "DATA",
        "Trains the network in floating point. DATA is a file of snnfe-preprocess or a folder of\n"
        "recordings. Each fold tests on a group of subjects that it was not trained on.",
        options,
        sizeof options / sizeof options[0],
        {&s.data},
        1};
    int exit_code = CLI_OK;
    if (!cli_parse(&program, argc, argv, &exit_code))
        return exit_code;
    if (s.fold > s.folds) {
        fprintf(stderr, "snnfe-pretrain: --fold %lld: there are %lld folds\n", (long long)s.fold,
                (long long)s.folds);
        return CLI_USAGE;
    }
    cli_catch_interrupt();
    return run(&s, argc, argv);
}
