/* snnfe-sstl: subject-specific transfer learning through the device: each subject's own trials
   re-train the last layers of a network that did not see the subject. */
#include "models.h"
#include "sstl_results.h"
#include "stage.h"

#include <stdlib.h>
#include <string.h>

typedef struct settings {
    const char *data, *model, *models, *out;
    double lr;
    int64_t epochs, batch_size, groups, run_folds, folds, seed, training_seed, levels, train_decays,
        threads;
    bool save_models, overwrite;
    device_settings device;
    array_settings time; /* of the networks, before they are personalized */
    cli_list subjects;
    models_insistence insistence;
    cli_names layers, frozen, reinitialized;
    uint64_t run; /* its identifier, which all that it writes carries */
} settings;

static snnfe_status load_network(snnfe_network **network, const settings *s, const char *path)
{
    const snnfe_status status = snnfe_network_load(network, path);
    if (status != SNNFE_OK)
        return status;
    if (s->model)
        models_notice_untold(*network, path);
    return stage_choose_parameters(*network, SNNFE_STAGE_SSTL, &s->layers, &s->frozen,
                                   &s->reinitialized, s->train_decays, (uint64_t)s->seed);
}

static snnfe_status save_network(snnfe_network *network, uint64_t run, const char *path)
{
    snnfe_origin origin = {.struct_size = sizeof origin};
    snnfe_status status = snnfe_network_get_origin(network, &origin);
    origin.run_hash = run;
    if (status == SNNFE_OK)
        status = snnfe_network_set_origin(network, &origin);
    return status == SNNFE_OK ? snnfe_network_save(network, path) : status;
}

static snnfe_status save_networks(const settings *s, const snnfe_personalized *results,
                                  snnfe_network *const *networks, size_t n)
{
    snnfe_status status = SNNFE_OK;
    for (size_t i = 0; status == SNNFE_OK && i < n; i++) {
        char path[4096], name[64];
        snprintf(name, sizeof name, "model_S%03d_fold%d.safetensors", (int)results[i].subject,
                 (int)results[i].fold);
        status = cli_join(path, s->out, name) ? save_network(networks[i], s->run, path)
                                              : SNNFE_ERR_ARGUMENT;
    }
    return status;
}

static snnfe_status set_options(snnfe_trainer_options *o, snnfe_programming_options *programming,
                                const settings *s, const snnfe_device *device)
{
    snnfe_status status = snnfe_trainer_options_init(o, sizeof *o);
    if (status == SNNFE_OK)
        status = snnfe_trainer_options_stage(o, SNNFE_STAGE_SSTL);
    if (status != SNNFE_OK)
        return status;
    device_set_trainer(o, &s->device, device, programming);
    o->n_threads = (uint32_t)s->threads;
    o->n_epochs = (uint32_t)s->epochs;
    o->batch_size = (uint32_t)s->batch_size;
    o->learning_rate = s->lr;
    o->levels = (uint32_t)s->levels;
    o->seed = (uint64_t)s->training_seed;
    o->allow_seen = s->insistence.allow_seen;
    o->allow_mismatch = s->insistence.allow_mismatch;
    o->log = cli_log;
    o->progress = cli_progress;
    return SNNFE_OK;
}

/* Some subjects, all by the same network. */
static snnfe_status personalize_group(const settings *s, const snnfe_dataset *dataset,
                                      const snnfe_device *device, const int32_t *subjects,
                                      size_t n_subjects, const char *path, sstl_results *r)
{
    const size_t n = n_subjects * (size_t)s->folds, n_epochs = (size_t)s->epochs;
    snnfe_network *network = NULL;
    snnfe_trainer_options options;
    snnfe_programming_options programming;
    snnfe_network **networks = s->save_models ? calloc(n, sizeof(snnfe_network *)) : NULL;
    snnfe_status status = s->save_models && !networks ? SNNFE_ERR_MEMORY : SNNFE_OK;
    if (status == SNNFE_OK)
        status = load_network(&network, s, path);
    if (status == SNNFE_OK) /* frozen layers, too, are in the array */
        status = device_transfer(network, device, 0, 0, 0, NULL);
    if (status == SNNFE_OK)
        status = array_age(network, device, &s->time);
    if (status == SNNFE_OK)
        status = set_options(&options, &programming, s, device);
    const snnfe_personalization to = {.struct_size = sizeof to,
                                      .folds = r->rows + r->n,
                                      .fold_size = sizeof *r->rows,
                                      .class_accuracy = r->class_accuracy + 2 * r->n * r->n_classes,
                                      .records = r->records + r->n * n_epochs,
                                      .record_size = sizeof *r->records,
                                      .record_class_accuracy =
                                          r->record_class_accuracy + r->n * n_epochs * r->n_classes,
                                      .networks = networks};
    if (status == SNNFE_OK)
        status = snnfe_personalize(network, dataset, subjects, n_subjects, (size_t)s->folds,
                                   (uint64_t)s->seed, &options, &to);
    if (status == SNNFE_OK && networks)
        status = save_networks(s, r->rows + r->n, networks, n);
    if (status == SNNFE_OK)
        r->n += n;
    for (size_t i = 0; networks && i < n; i++)
        snnfe_network_free(networks[i]);
    free(networks);
    snnfe_network_free(network);
    return status;
}

/* All subjects without --subjects. */
static size_t wanted_of(const settings *s, const int32_t *subjects, size_t n, int32_t *wanted)
{
    size_t n_wanted = 0;
    for (size_t i = 0; i < n; i++) {
        bool want = s->subjects.n == 0;
        for (size_t k = 0; k < s->subjects.n; k++)
            want = want || s->subjects.items[k] == subjects[i];
        if (want)
            wanted[n_wanted++] = subjects[i];
    }
    return n_wanted;
}

/* Each subject by the network of a folder that did not see it. */
static int personalize_by_folder(const settings *s, const snnfe_dataset *dataset,
                                 const snnfe_device *device, const int32_t *wanted, size_t n,
                                 sstl_results *r)
{
    model_folder folder = {0};
    size_t *assigned = calloc(n + 1, sizeof *assigned);
    int32_t *subjects = calloc(n + 1, sizeof *subjects);
    int exit_code =
        assigned && subjects ? models_open(&folder, s->models) : cli_error("out of memory");
    if (exit_code == CLI_OK)
        exit_code = models_assign(&folder, dataset, wanted, n, s->groups, s->insistence.allow_seen,
                                  assigned);
    for (size_t file = 0; exit_code == CLI_OK && file < folder.n; file++) {
        size_t n_subjects = 0;
        for (size_t i = 0; i < n; i++)
            if (assigned[i] == file)
                subjects[n_subjects++] = wanted[i];
        if (n_subjects == 0 || (s->run_folds && folder.files[file].fold > s->run_folds))
            continue;
        const snnfe_status status =
            personalize_group(s, dataset, device, subjects, n_subjects, folder.files[file].path, r);
        if (status != SNNFE_OK)
            exit_code = cli_failure(status);
    }
    models_release(&folder);
    free(assigned);
    free(subjects);
    return exit_code;
}

static int personalize_all(const settings *s, const snnfe_dataset *dataset,
                           const snnfe_dataset_info *info, const snnfe_device *device,
                           sstl_results *r)
{
    int32_t *wanted = calloc(info->n_subjects, sizeof *wanted);
    if (!wanted)
        return cli_error("out of memory");
    const size_t n = wanted_of(s, info->subject_list, info->n_subjects, wanted);
    int exit_code = CLI_OK;
    if (!s->model) {
        exit_code = personalize_by_folder(s, dataset, device, wanted, n, r);
    } else {
        const snnfe_status status = personalize_group(s, dataset, device, wanted, n, s->model, r);
        if (status != SNNFE_OK)
            exit_code = cli_failure(status);
    }
    free(wanted);
    return exit_code;
}

static int check_subjects(const settings *s, const snnfe_dataset_info *info)
{
    for (size_t k = 0; k < s->subjects.n; k++) {
        size_t i = 0;
        while (i < info->n_subjects && info->subject_list[i] != s->subjects.items[k])
            i++;
        if (i == info->n_subjects)
            return cli_error("--subjects %d: %s has no such subject", (int)s->subjects.items[k],
                             s->data);
    }
    if (!s->model && (size_t)s->groups > info->n_subjects)
        return cli_error("--groups %lld: the data set has %zu subjects", (long long)s->groups,
                         info->n_subjects);
    return CLI_OK;
}

static bool may_write(const settings *s)
{
    char path[4096];
    return cli_join(path, s->out, "summary.csv") && cli_may_write(path, s->overwrite, false);
}

static int write_all(const settings *s, const sstl_results *r, bool synthetic)
{
    const sstl_about about = {.layers = s->layers.given,
                              .learning_rate = s->lr,
                              .threshold = s->device.threshold,
                              .n_folds = (size_t)s->folds,
                              .n_epochs = (size_t)s->epochs,
                              .synthetic = synthetic,
                              .run = s->run};
    if (!sstl_write_summary(s->out, &about, r) || !sstl_write_subjects(s->out, &about, r) ||
        !sstl_write_epochs(s->out, &about, r))
        return CLI_FAILED;
    cli_end_progress();
    sstl_print_table(&about, r);
    printf("results and manifest in %s\n", cli_shown(s->out));
    return CLI_OK;
}

/* Name the run; false, with a message, if it cannot be known which one it goes on from. */
static bool identify(const cli_program *program, settings *s, const snnfe_dataset *dataset)
{
    static const char *const without[] = {"out",    "threads",    "overwrite",      "model",
                                          "models", "allow_seen", "allow_mismatch", "save_models",
                                          NULL};
    char first[4096];
    const char *source = s->model ? s->model : first;
    uint64_t source_run = 0;
    if ((s->model || cli_find_model(first, s->models, 1)) && !models_run_of(source, &source_run))
        return false;
    s->run = models_run_id(models_run_hash(program->options, program->n_options, without), dataset,
                           source_run);
    return true;
}

static int run(const cli_program *program, settings *s, int argc, char **argv)
{
    snnfe_dataset *dataset = NULL;
    snnfe_device *device = NULL;
    snnfe_dataset_info info = {.struct_size = sizeof info};
    sstl_results results = {0};
    snnfe_status status = device_make(&device, &s->device);
    if (status == SNNFE_OK)
        status = cli_open_data(&dataset, s->data, (uint32_t)s->threads);
    if (status == SNNFE_OK)
        status = snnfe_dataset_get_info(dataset, &info);
    int exit_code = status == SNNFE_OK ? check_subjects(s, &info) : CLI_OK;
    if (status == SNNFE_OK && exit_code == CLI_OK &&
        !(device_check_array(&s->device, device) && array_check(&s->time, device)))
        exit_code = CLI_FAILED;
    if (status == SNNFE_OK && exit_code == CLI_OK &&
        (!cli_make_folder(s->out) || !cli_lock(s->out, program->name, CLI_LOCK_ALONE) ||
         !may_write(s) || !identify(program, s, dataset) ||
         !cli_write_manifest(program, argc, argv, s->out, s->data, dataset, s->run)))
        exit_code = CLI_FAILED;
    if (status == SNNFE_OK && exit_code == CLI_OK) {
        if (!sstl_make_room(&results, info.n_subjects * (size_t)s->folds, (size_t)s->epochs,
                            info.n_classes))
            exit_code = cli_error("out of memory");
    }
    if (status == SNNFE_OK && exit_code == CLI_OK)
        exit_code = personalize_all(s, dataset, &info, device, &results);
    if (status != SNNFE_OK)
        exit_code = cli_failure(status);
    else if (exit_code == CLI_OK)
        exit_code = write_all(s, &results, info.signal->synthetic);
    sstl_release(&results);
    snnfe_dataset_free(dataset);
    snnfe_device_free(device);
    return exit_code;
}

static settings defaults(void)
{
    snnfe_trainer_options t = {0};
    snnfe_trainer_options_init(&t, sizeof t);
    snnfe_trainer_options_stage(&t, SNNFE_STAGE_SSTL);
    return (settings){.out = "sstl",
                      .lr = 2e-4, /* the published program's, not its script's */
                      .epochs = t.n_epochs,
                      .batch_size = t.batch_size,
                      .folds = 4,
                      .seed = (int64_t)t.seed,
                      .training_seed = (int64_t)t.seed,
                      .levels = t.levels,
                      .train_decays = 1,
                      .layers = {.given = "fc1,fc2"},
                      .device = device_defaults()};
}

int main(int argc, char **argv)
{
    static settings s;
    s = defaults();
    const cli_option own[] = {
        {"model", CLI_INPUT, (void *)&s.model, 0, 0, NULL, MODELS_MODEL_HELP},
        {"models", CLI_INPUT, (void *)&s.models, 0, 0, NULL, MODELS_FOLDER_HELP},
        {"groups", CLI_INTEGER, &s.groups, 0, STAGE_MAX_FOLDS, NULL, MODELS_GROUPS_HELP},
        {"nb_folds", CLI_INTEGER, &s.run_folds, 0, STAGE_MAX_FOLDS, NULL,
         "only the subjects of so many of the groups, the first ones; 0 = all"},
        {"out", CLI_OUTPUT, (void *)&s.out, 0, 0, NULL, "folder for the results"},
        {"subjects", CLI_LIST, &s.subjects, 0, 0, NULL, "such as 1-10,15; all without it"},
        {"subject_folds", CLI_INTEGER, &s.folds, 2, 100, NULL, "folds within a subject"},
        {"finetune_epochs", CLI_INTEGER, &s.epochs, 1, 100000, NULL, "epochs"},
        {"finetuning_batch_size", CLI_INTEGER, &s.batch_size, 1, 65536, NULL,
         "trials of a mini-batch"},
        {"finetune_lr", CLI_NUMBER, &s.lr, 0, 10, NULL,
         "learning rate (the published script passes 6e-4)"},
        {"train_decays", CLI_BOOLEAN, &s.train_decays, 0, 0, NULL,
         "train the neurons' decays (without effect in the published programs)"},
        {"q", CLI_INTEGER, &s.levels, 0, 65536, NULL,
         "levels of a weight after each pulse, as the paper counts them: q + 1 values, -A, 0, A "
         "for "
         "2; even, 0 = any value"},
        {"seed", CLI_INTEGER, &s.seed, 0, 9e15, NULL, "of the folds within a subject"},
        {"training_seed", CLI_INTEGER, &s.training_seed, 0, 9e15, NULL,
         "of trial order, dropout and the device's noise"},
        {"overwrite", CLI_SWITCH, &s.overwrite, 0, 0, NULL,
         "start again where the folder has results of an earlier run"},
        {"save_models", CLI_SWITCH, &s.save_models, 0, 0, NULL,
         "write the network of every subject and fold"},
        {"threads", CLI_INTEGER, &s.threads, 0, 1024, NULL, "0 = all processors"},
    };
    cli_option options[STAGE_MAX_OPTIONS];
    size_t n = sizeof own / sizeof own[0];
    memcpy(options, own, sizeof own);
    n += models_add_options(options + n, &s.insistence);
    n += device_add_options(options + n, &s.device);
    n += array_add_options(options + n, &s.time);
    n += stage_add_layer_options(options + n, &s.layers, &s.frozen, &s.reinitialized);
    n += stage_add_ignored_options(options + n);
    static const cli_need needs[] = {
        {"groups", "models"}, {"nb_folds", "models"}, {"age_from", "age"}, {NULL, NULL}};
    const cli_program program = {
        .name = "snnfe-sstl",
        .usage = "DATA",
        .about =
            "Personalizes networks: for each fold within each subject, a copy of the network that "
            "did\n"
            "not see the subject is trained on the rest of the subject's trials by programming "
            "pulses\n"
            "of a device, and judged on the fold. DATA is a file of snnfe-preprocess or a folder "
            "of\n"
            "recordings. Trained are fc1 and fc2 unless --unfreeze_layers says otherwise: what "
            "the\n"
            "published script passes; the published program's own default is all seven layers.",
        .options = options,
        .n_options = n,
        .positionals = {&s.data},
        .n_positionals = 1,
        .needs = {needs, programming_needs}};
    int exit_code = CLI_OK;
    if (!cli_parse(&program, argc, argv, &exit_code))
        return exit_code;
    if (!s.model == !s.models) {
        fprintf(stderr, "snnfe-sstl: give either --model or --models\n");
        return CLI_USAGE;
    }
    if (s.groups && s.run_folds > s.groups) {
        fprintf(stderr, "snnfe-sstl: --nb_folds %lld: there are %lld groups\n",
                (long long)s.run_folds, (long long)s.groups);
        return CLI_USAGE;
    }
    if (!stage_check_levels("snnfe-sstl", "q", s.levels))
        return CLI_USAGE;
    cli_catch_interrupt();
    return run(&program, &s, argc, argv);
}
