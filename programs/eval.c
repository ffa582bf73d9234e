/* snnfe-eval: accuracy of networks per subject and fold, on subjects they were not trained on. */
#include "stage/array_settings.h"
#include "stage/device_settings.h"
#include "stage/models.h"

#include <stdlib.h>
#include <string.h>

typedef struct settings {
    const char *data, *model, *models, *out, *predictions;
    int64_t folds, groups, run_folds, seed, threads;
    bool activity;
    models_insistence insistence;
    device_settings device; /* whose array holds the networks; without `dut` none */
    array_settings time;
    int64_t reading; /* seed of the reading; -1 = weights are as they are */
} settings;

/* Nothing is printed about what trained the networks unless all of them say it. */
static bool write_folds(cli_file *file, const snnfe_fold_accuracy *rows,
                        const double *class_accuracy, size_t n, size_t n_classes, bool told,
                        uint64_t run)
{
    fprintf(file->stream, "Fold,Val_Accuracy");
    cli_write_class_names(file->stream, "", n_classes);
    fprintf(file->stream, ",subject_id%s,Trials,Trial_Accuracy,Run\n", told ? ",Seen" : "");
    for (size_t i = 0; i < n; i++) {
        fprintf(file->stream, "%d,%.4f", (int)rows[i].fold, rows[i].accuracy);
        for (size_t c = 0; c < n_classes; c++)
            fprintf(file->stream, ",%.4f", class_accuracy[i * n_classes + c]);
        fprintf(file->stream, ",%d", (int)rows[i].subject);
        if (told)
            fprintf(file->stream, ",%u", (unsigned)rows[i].n_seen);
        fprintf(file->stream, ",%u,%.4f", (unsigned)rows[i].n_trials, rows[i].trial_accuracy);
        cli_write_run(file->stream, run);
    }
    return cli_commit(file);
}

/* Only where trials have several windows: else it is the same as the table above it. */
static void print_trials(const snnfe_fold_accuracy *rows, size_t n_subjects, size_t folds)
{
    double total = 0;
    bool has_windows = false;
    for (size_t i = 0; i < n_subjects * folds; i++)
        has_windows = has_windows || rows[i].n_trials < rows[i].n;
    if (!has_windows)
        return;
    printf("above: each window by itself; of trials, whose windows decide together:\n");
    for (size_t i = 0; i < n_subjects; i++) {
        double sum = 0;
        printf("S%03d   ", (int)rows[i * folds].subject);
        for (size_t f = 0; f < folds; f++) {
            printf(" %6.1f", 100 * rows[i * folds + f].trial_accuracy);
            sum += rows[i * folds + f].trial_accuracy;
        }
        printf("   %6.1f\n", 100 * sum / (double)folds);
        total += sum / (double)folds;
    }
    printf("mean of %zu subject%s: %.2f %% of trials\n", n_subjects, cli_s(n_subjects),
           100 * total / (double)n_subjects);
}

static void print_folds(const settings *s, const snnfe_fold_accuracy *rows, size_t n_subjects,
                        bool synthetic)
{
    const size_t folds = (size_t)s->folds;
    double total = 0;
    size_t n_seen = 0;
    cli_end_progress();
    printf("subject  accuracy of each fold, mean (%%)%s\n", synthetic ? "   (synthetic)" : "");
    for (size_t i = 0; i < n_subjects; i++) {
        double sum = 0;
        size_t seen = 0;
        printf("S%03d   ", (int)rows[i * folds].subject);
        for (size_t f = 0; f < folds; f++) {
            printf(" %6.1f", 100 * rows[i * folds + f].accuracy);
            sum += rows[i * folds + f].accuracy;
            seen += rows[i * folds + f].n_seen;
        }
        printf("   %6.1f%s\n", 100 * sum / (double)folds, seen > 0 ? " *" : "");
        n_seen += seen;
        total += sum / (double)folds;
    }
    printf("mean of %zu subject%s: %.2f %%\n", n_subjects, cli_s(n_subjects),
           100 * total / (double)n_subjects);
    print_trials(rows, n_subjects, folds);
    if (n_seen > 0)
        printf("* trials among these that trained the network: %zu\n", n_seen);
}

static snnfe_status print_activity(const snnfe_network *network, const snnfe_dataset *dataset,
                                   const snnfe_dataset_info *info, const snnfe_run_options *run)
{
    const size_t n = info->n_trials < 64 ? info->n_trials : 64;
    float *grid = malloc(n * info->n_rows * info->n_columns * info->n_steps * sizeof *grid);
    snnfe_layer_activity *rows = malloc(n * SNNFE_N_LAYERS * sizeof *rows);
    snnfe_status status = grid && rows ? SNNFE_OK : SNNFE_ERR_MEMORY;
    if (status == SNNFE_OK)
        status = snnfe_dataset_copy_grid(dataset, NULL, n, grid);
    if (status == SNNFE_OK)
        status = snnfe_network_activity(network, grid, n, run, rows, sizeof(snnfe_layer_activity));
    cli_end_progress();
    if (status == SNNFE_OK)
        printf(
            "\nper trial (mean of %zu)   spikes    changes  synaptic ops  event ops   dense MACs\n",
            n);
    for (int32_t layer = 0; status == SNNFE_OK && layer < SNNFE_N_LAYERS; layer++) {
        double sums[5] = {0};
        for (size_t i = 0; i < n; i++) {
            const snnfe_layer_activity *a = &rows[i * SNNFE_N_LAYERS + (size_t)layer];
            const uint64_t values[5] = {a->spikes, a->changes, a->synaptic_operations,
                                        a->event_operations, a->dense_macs};
            for (int v = 0; v < 5; v++)
                sums[v] += (double)values[v] / (double)n;
        }
        printf("%-20s %10.0f %10.0f %13.0f %10.0f %12.0f\n", snnfe_layer_name(layer), sums[0],
               sums[1], sums[2], sums[3], sums[4]);
    }
    free(grid);
    free(rows);
    return status;
}

/* What a network says of some windows. */
typedef struct said {
    int32_t *indices; /* [n_trials of the data set] windows */
    float *logits;    /* [n][n_classes] */
    uint64_t *ids;    /* [n] their trials */
    double *sums;     /* [n][n_classes] logits of their trials */
    size_t n;
} said;

static bool said_make_room(said *to, const snnfe_dataset_info *info)
{
    to->indices = calloc(info->n_trials, sizeof *to->indices);
    to->logits = calloc(info->n_trials * info->n_classes, sizeof *to->logits);
    to->ids = calloc(info->n_trials, sizeof *to->ids);
    to->sums = calloc(info->n_trials * info->n_classes, sizeof *to->sums);
    return to->indices && to->logits && to->ids && to->sums;
}

static void said_release(said *what)
{
    free(what->indices);
    free(what->logits);
    free(what->ids);
    free(what->sums);
}

static void write_predictions(const snnfe_dataset_info *info, const said *what, uint64_t run,
                              FILE *stream)
{
    const uint32_t n_classes = info->n_classes;
    for (size_t i = 0; i < what->n; i++) {
        const size_t e = (size_t)what->indices[i];
        const float *logits = what->logits + i * n_classes;
        const double *sums = what->sums + i * n_classes;
        uint32_t best = 0, best_of_trial = 0;
        for (uint32_t c = 1; c < n_classes; c++) {
            best = logits[c] > logits[best] ? c : best;
            best_of_trial = sums[c] > sums[best_of_trial] ? c : best_of_trial;
        }
        fprintf(stream, "%d,%d,%d,%d,%u", (int)info->subjects[e], (int)info->runs[e],
                (int)info->onsets[e], (int)info->labels[e], (unsigned)best);
        for (uint32_t c = 0; c < n_classes; c++)
            fprintf(stream, ",%.6f", (double)logits[c]);
        fprintf(stream, ",%016llx,%u", (unsigned long long)what->ids[i], (unsigned)best_of_trial);
        cli_write_run(stream, run);
    }
}

static snnfe_status set_run_options(snnfe_run_options *run, const settings *s)
{
    const snnfe_status status = snnfe_run_options_init(run, sizeof *run);
    run->n_threads = (uint32_t)s->threads;
    run->allow_seen = s->insistence.allow_seen;
    run->allow_mismatch = s->insistence.allow_mismatch;
    run->log = cli_log;
    run->progress = cli_progress;
    return status;
}

static snnfe_status predict(const snnfe_network *network, const snnfe_dataset *dataset,
                            const snnfe_dataset_info *info, const int32_t *subjects,
                            size_t n_subjects, const snnfe_run_options *run, FILE *stream)
{
    said what = {0};
    snnfe_origin origin = {.struct_size = sizeof origin};
    snnfe_status status = said_make_room(&what, info) ? SNNFE_OK : SNNFE_ERR_MEMORY;
    if (status == SNNFE_OK)
        status = snnfe_network_get_origin(network, &origin);
    for (size_t i = 0; status == SNNFE_OK && i < info->n_trials; i++)
        for (size_t k = 0; k < n_subjects; k++)
            if (info->subjects[i] == subjects[k]) {
                what.ids[what.n] = info->trial_ids[i];
                what.indices[what.n++] = (int32_t)i;
            }
    if (status == SNNFE_OK)
        status = snnfe_evaluation_run(network, dataset, what.indices, what.n, run, NULL,
                                      what.logits, NULL);
    if (status == SNNFE_OK)
        status = snnfe_evaluation_trial_logits(what.logits, what.ids, what.n, info->n_classes,
                                               what.sums);
    if (status == SNNFE_OK)
        write_predictions(info, &what, origin.run_hash, stream);
    said_release(&what);
    return status;
}

/* What is evaluated, and where it goes. */
typedef struct job {
    const settings *s;
    const snnfe_dataset *dataset;
    snnfe_dataset_info info;
    const snnfe_device *device; /* or NULL */
    FILE *predictions;          /* or NULL */
    bool activity;              /* still to be printed */
    bool told;                  /* all networks say what trained them */
    snnfe_fold_accuracy *rows;  /* [n_subjects][folds] */
    double *class_accuracy;     /* [n_subjects][folds][n_classes] */
    uint64_t run;               /* that made the networks, 0 = unknown */
} job;

/* The network as it is in an array, after some time, and as it is read. */
static snnfe_status put_on_array(snnfe_network *network, const job *j)
{
    if (!j->device)
        return SNNFE_OK;
    snnfe_status status = device_transfer(network, j->device, 0, 0, 0, NULL);
    if (status == SNNFE_OK)
        status = array_age(network, j->device, &j->s->time);
    if (status == SNNFE_OK && j->s->reading >= 0)
        status = snnfe_network_read(network, j->device, (uint64_t)j->s->reading);
    return status;
}

/* Some subjects, all by the network of one file; rows go where the subjects stand. */
static snnfe_status evaluate_with(job *j, const char *path, const int32_t *subjects,
                                  const size_t *places, size_t n)
{
    const size_t folds = (size_t)j->s->folds, n_values = folds * j->info.n_classes;
    snnfe_run_options run;
    snnfe_network *network = NULL;
    snnfe_fold_accuracy *rows = calloc(n * folds, sizeof *rows);
    double *classes = calloc(n * n_values, sizeof *classes);
    snnfe_status status = rows && classes ? set_run_options(&run, j->s) : SNNFE_ERR_MEMORY;
    if (status == SNNFE_OK)
        status = snnfe_network_load(&network, path);
    if (status == SNNFE_OK)
        status = put_on_array(network, j);
    if (status == SNNFE_OK)
        status =
            snnfe_evaluation_by_subject(network, j->dataset, subjects, n, folds,
                                        (uint64_t)j->s->seed, &run, rows, sizeof *rows, classes);
    if (status == SNNFE_OK) {
        j->told = j->told && models_tells(network);
        if (j->s->model)
            models_notice_untold(network, path);
    }
    for (size_t i = 0; status == SNNFE_OK && i < n; i++) {
        memcpy(j->rows + places[i] * folds, rows + i * folds, folds * sizeof *rows);
        memcpy(j->class_accuracy + places[i] * n_values, classes + i * n_values,
               n_values * sizeof *classes);
    }
    if (status == SNNFE_OK && j->activity)
        status = print_activity(network, j->dataset, &j->info, &run);
    j->activity = false;
    if (status == SNNFE_OK && j->predictions)
        status = predict(network, j->dataset, &j->info, subjects, n, &run, j->predictions);
    free(rows);
    free(classes);
    snnfe_network_free(network);
    return status;
}

/* The subjects that are assigned to one file. */
static snnfe_status evaluate_file(job *j, const char *path, size_t file, const size_t *assigned)
{
    const size_t n_all = j->info.n_subjects;
    size_t n = 0, *places = calloc(n_all, sizeof *places);
    int32_t *subjects = calloc(n_all, sizeof *subjects);
    snnfe_status status = places && subjects ? SNNFE_OK : SNNFE_ERR_MEMORY;
    for (size_t i = 0; status == SNNFE_OK && i < n_all; i++)
        if (assigned[i] == file) {
            places[n] = i;
            subjects[n++] = j->info.subject_list[i];
        }
    if (status == SNNFE_OK && n > 0)
        status = evaluate_with(j, path, subjects, places, n);
    free(places);
    free(subjects);
    return status;
}

static int evaluate_folder(job *j, size_t *assigned)
{
    model_folder folder = {0};
    int exit_code = models_open(&folder, j->s->models);
    if (exit_code == CLI_OK && j->s->run_folds > 0 && (size_t)j->s->run_folds != folder.n)
        exit_code = cli_error("--nb_folds %lld: %s holds the networks of %zu folds",
                              (long long)j->s->run_folds, j->s->models, folder.n);
    if (exit_code == CLI_OK)
        exit_code = models_assign(&folder, j->dataset, j->info.subject_list, j->info.n_subjects,
                                  j->s->groups, j->s->insistence.allow_seen, assigned);
    j->run = exit_code == CLI_OK ? folder.files[0].origin.run_hash : 0;
    for (size_t i = 0; exit_code == CLI_OK && i < folder.n; i++) {
        const snnfe_status status = evaluate_file(j, folder.files[i].path, i, assigned);
        if (status != SNNFE_OK)
            exit_code = cli_failure(status);
    }
    models_release(&folder);
    return exit_code;
}

static int evaluate_all(job *j)
{
    size_t *assigned = calloc(j->info.n_subjects, sizeof *assigned);
    if (!assigned)
        return cli_error("out of memory");
    int exit_code = CLI_OK;
    if (j->s->models) {
        exit_code = evaluate_folder(j, assigned);
    } else if (!models_run_of(j->s->model, &j->run)) {
        exit_code = CLI_FAILED;
    } else {
        const snnfe_status status = evaluate_file(j, j->s->model, 0, assigned);
        if (status != SNNFE_OK)
            exit_code = cli_failure(status);
    }
    free(assigned);
    return exit_code;
}

static int run(const settings *s)
{
    snnfe_dataset *dataset = NULL;
    snnfe_device *device = NULL;
    snnfe_dataset_info info = {.struct_size = sizeof info};
    snnfe_fold_accuracy *rows = NULL;
    double *classes = NULL;
    cli_file out = {0}, predictions = {0};
    int exit_code = CLI_FAILED;
    snnfe_status status = s->device.dut ? device_make(&device, &s->device) : SNNFE_OK;
    if (status == SNNFE_OK)
        status = cli_open_data(&dataset, s->data, (uint32_t)s->threads);
    if (status == SNNFE_OK)
        status = snnfe_dataset_get_info(dataset, &info);
    if (status != SNNFE_OK || !device_check_array(&s->device, device) ||
        !array_check(&s->time, device) || !array_check_reading(s->reading, device))
        goto done;
    if (s->out && !cli_open(&out, s->out))
        goto done;
    if (s->predictions && !cli_open(&predictions, s->predictions))
        goto done;
    if (predictions.stream) {
        fprintf(predictions.stream, "subject,run,onset_sample,label,decision");
        for (uint32_t c = 0; c < info.n_classes; c++)
            fprintf(predictions.stream, ",logit%u", (unsigned)c);
        fprintf(predictions.stream, ",trial,trial_decision,Run\n");
    }
    const size_t n_rows = info.n_subjects * (size_t)s->folds;
    rows = calloc(n_rows, sizeof *rows);
    classes = calloc(n_rows * info.n_classes, sizeof *classes);
    job all = {s, dataset, info, device, predictions.stream, s->activity, true, rows, classes, 0};
    exit_code = rows && classes ? evaluate_all(&all) : cli_error("out of memory");
    if (exit_code != CLI_OK)
        goto done;
    exit_code = CLI_FAILED;
    print_folds(s, rows, info.n_subjects, info.signal->synthetic);
    if (s->out && !write_folds(&out, rows, classes, n_rows, info.n_classes, all.told, all.run))
        goto done;
    if (predictions.stream && !cli_commit(&predictions))
        goto done;
    exit_code = CLI_OK;
done:
    cli_drop(&out);
    cli_drop(&predictions);
    free(rows);
    free(classes);
    snnfe_dataset_free(dataset);
    snnfe_device_free(device);
    return status == SNNFE_OK ? exit_code : cli_failure(status);
}

int main(int argc, char **argv)
{
    settings s = {.folds = 4, .seed = 5, .device = device_defaults(), .reading = -1};
    s.device.dut = NULL;
    const cli_option own[] = {
        {"model", CLI_INPUT, (void *)&s.model, 0, 0, NULL, MODELS_MODEL_HELP},
        {"models", CLI_INPUT, (void *)&s.models, 0, 0, NULL, MODELS_FOLDER_HELP},
        {"groups", CLI_INTEGER, &s.groups, 0, MODELS_MOST, NULL, MODELS_GROUPS_HELP},
        {"nb_folds", CLI_INTEGER, &s.run_folds, 0, MODELS_MOST, NULL,
         "how many folds were run, a network of each; 0: whatever --models holds"},
        {"subject_folds", CLI_INTEGER, &s.folds, 2, 100, NULL, "folds within a subject"},
        {"seed", CLI_INTEGER, &s.seed, 0, 9e15, NULL, "of the folds within a subject"},
        {"out", CLI_OUTPUT, (void *)&s.out, 0, 0, NULL, "CSV of the accuracies"},
        {"predictions", CLI_OUTPUT, (void *)&s.predictions, 0, 0, NULL, "CSV of every decision"},
        {"activity", CLI_SWITCH, &s.activity, 0, 0, NULL, "print what the layers do"},
        {"dut", CLI_TEXT, (void *)&s.device.dut, 0, 0, NULL,
         "evaluate the networks as they are in an array of this " DEVICE_DUT_HELP},
        {"array", CLI_INTEGER, &s.device.array, -1, 9e15, NULL, DEVICE_ARRAY_HELP},
        {"reading", CLI_INTEGER, &s.reading, -1, 9e15, NULL,
         "seed of a reading, with noise, converters and wire; -1 = weights as they are"},
        {"threads", CLI_INTEGER, &s.threads, 0, 1024, NULL, "0 = all processors"},
    };
    static const cli_need needs[] = {
        {"array", "dut"},   {"age", "dut"},       {"age_from", "age"},    {"readings", "dut"},
        {"reading", "dut"}, {"groups", "models"}, {"nb_folds", "models"}, {NULL, NULL}};
    cli_option options[sizeof own / sizeof own[0] + ARRAY_N_OPTIONS + MODELS_N_OPTIONS];
    const size_t n_own = sizeof own / sizeof own[0];
    memcpy(options, own, sizeof own);
    const size_t n_device = n_own + array_add_options(options + n_own, &s.time);
    const size_t n_options = n_device + models_add_options(options + n_device, &s.insistence);
    const cli_program program = {
        .name = "snnfe-eval",
        .usage = "DATA",
        .about =
            "Evaluates networks per subject. DATA is a file of snnfe-preprocess or a folder of\n"
            "recordings. The accuracies are those of the validation part of each fold in a "
            "subject.",
        .options = options,
        .n_options = n_options,
        .positionals = {&s.data},
        .n_positionals = 1,
        .needs = {needs}};
    int exit_code = CLI_OK;
    if (!cli_parse(&program, argc, argv, &exit_code))
        return exit_code;
    if (!s.model == !s.models) {
        fprintf(stderr, "snnfe-eval: give either --model or --models\n");
        return CLI_USAGE;
    }
    cli_catch_interrupt();
    return run(&s);
}
