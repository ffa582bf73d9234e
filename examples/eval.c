/* snnfe-eval: accuracy of networks per subject and fold, on subjects they were not trained on. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

typedef struct settings {
    const char *data, *model, *models, *out, *predictions;
    int64_t folds, groups, seed, threads;
    bool activity;
} settings;

/* The network of group `group` (1-based), or the only one. */
static snnfe_status load_model(snnfe_network **network, const settings *s, int32_t group)
{
    char path[4096];
    if (s->model)
        return snnfe_network_load(network, s->model);
    return cli_find_model(path, s->models, group) ? snnfe_network_load(network, path)
                                                  : SNNFE_ERR_ARGUMENT;
}

static bool write_folds(const settings *s, const snnfe_fold_accuracy *rows, size_t n)
{
    cli_file file;
    if (!cli_open(&file, s->out))
        return false;
    fprintf(file.stream, "Fold,Val_Accuracy,Class0_Accuracy,Class1_Accuracy,subject_id\n");
    for (size_t i = 0; i < n; i++)
        fprintf(file.stream, "%d,%.4f,%.4f,%.4f,%d\n", (int)rows[i].fold, rows[i].accuracy,
                rows[i].class_accuracy[0], rows[i].class_accuracy[1], (int)rows[i].subject);
    return cli_commit(&file);
}

static void print_folds(const settings *s, const snnfe_fold_accuracy *rows, size_t n_subjects,
                        bool synthetic)
{
    const size_t folds = (size_t)s->folds;
    double total = 0;
    cli_end_progress();
    printf("subject  accuracy of each fold, mean (%%)%s\n", synthetic ? "   (synthetic)" : "");
    for (size_t i = 0; i < n_subjects; i++) {
        double sum = 0;
        printf("S%03d   ", (int)rows[i * folds].subject);
        for (size_t f = 0; f < folds; f++) {
            printf(" %6.1f", 100 * rows[i * folds + f].accuracy);
            sum += rows[i * folds + f].accuracy;
        }
        printf("   %6.1f\n", 100 * sum / (double)folds);
        total += sum / (double)folds;
    }
    printf("mean of %zu subjects: %.2f %%\n", n_subjects, 100 * total / (double)n_subjects);
}

static snnfe_status print_activity(const snnfe_network *network, const snnfe_dataset *dataset,
                                   const snnfe_dataset_info *info, const snnfe_run_options *run)
{
    static const char *const names[] = {"conv1", "conv2", "conv3", "tc1", "r1", "fc1", "fc2"};
    const size_t n = info->n_epochs < 64 ? info->n_epochs : 64;
    float *grid = malloc(n * info->n_rows * info->n_columns * info->n_steps * sizeof *grid);
    snnfe_layer_activity *rows = malloc(n * SNNFE_N_LAYERS * sizeof *rows);
    snnfe_status status = grid && rows ? SNNFE_OK : SNNFE_ERR_MEMORY;
    if (status == SNNFE_OK)
        status = snnfe_dataset_copy_grid(dataset, NULL, n, grid);
    if (status == SNNFE_OK)
        status = snnfe_network_activity(network, grid, n, run, rows);
    cli_end_progress();
    if (status == SNNFE_OK)
        printf(
            "\nper trial (mean of %zu)   spikes    changes  synaptic ops  event ops   dense MACs\n",
            n);
    for (size_t layer = 0; status == SNNFE_OK && layer < SNNFE_N_LAYERS; layer++) {
        double sums[5] = {0};
        for (size_t i = 0; i < n; i++) {
            const snnfe_layer_activity *a = &rows[i * SNNFE_N_LAYERS + layer];
            const uint64_t values[5] = {a->spikes, a->changes, a->synaptic_operations,
                                        a->event_operations, a->dense_macs};
            for (int v = 0; v < 5; v++)
                sums[v] += (double)values[v] / (double)n;
        }
        printf("%-20s %10.0f %10.0f %13.0f %10.0f %12.0f\n", names[layer], sums[0], sums[1],
               sums[2], sums[3], sums[4]);
    }
    free(grid);
    free(rows);
    return status;
}

static void write_predictions(const snnfe_dataset *dataset, const int32_t *indices,
                              const float *logits, size_t n, uint32_t n_classes, FILE *stream)
{
    for (size_t i = 0; i < n; i++) {
        const size_t e = (size_t)indices[i];
        uint32_t best = 0;
        for (uint32_t c = 1; c < n_classes; c++)
            if (logits[i * n_classes + c] > logits[i * n_classes + best])
                best = c;
        fprintf(stream, "%d,%d,%d,%d,%u", (int)snnfe_dataset_subjects(dataset)[e],
                (int)snnfe_dataset_runs(dataset)[e], (int)snnfe_dataset_onsets(dataset)[e],
                (int)snnfe_dataset_labels(dataset)[e], (unsigned)best);
        for (uint32_t c = 0; c < n_classes; c++)
            fprintf(stream, ",%.6f", (double)logits[i * n_classes + c]);
        fprintf(stream, "\n");
    }
}

/* One group of subjects with the network that did not see them. */
static snnfe_status evaluate_group(const settings *s, snnfe_dataset *dataset,
                                   const snnfe_dataset_info *info, const int32_t *subjects,
                                   size_t n_subjects, int32_t group, FILE *predictions,
                                   snnfe_fold_accuracy *rows)
{
    snnfe_run_options run;
    snnfe_network *network = NULL;
    float *logits = NULL;
    int32_t *indices = NULL;
    snnfe_status status = snnfe_run_options_init(&run, sizeof run);
    if (status == SNNFE_OK)
        status = load_model(&network, s, group);
    if (status != SNNFE_OK)
        goto done;
    run.n_threads = (uint32_t)s->threads;
    run.progress = cli_progress;
    status = snnfe_evaluation_by_subject(network, dataset, subjects, n_subjects, (size_t)s->folds,
                                         (uint64_t)s->seed, &run, rows);
    if (status == SNNFE_OK && s->activity && group == 1)
        status = print_activity(network, dataset, info, &run);
    if (status != SNNFE_OK || !predictions)
        goto done;
    size_t n = 0;
    indices = malloc(info->n_epochs * sizeof *indices);
    logits = malloc(info->n_epochs * info->n_classes * sizeof *logits);
    if (!indices || !logits) {
        status = SNNFE_ERR_MEMORY;
        goto done;
    }
    for (size_t i = 0; i < info->n_epochs; i++)
        for (size_t k = 0; k < n_subjects; k++)
            if (snnfe_dataset_subjects(dataset)[i] == subjects[k])
                indices[n++] = (int32_t)i;
    status = snnfe_evaluation_run(network, dataset, indices, n, &run, NULL, logits, NULL);
    if (status == SNNFE_OK)
        write_predictions(dataset, indices, logits, n, info->n_classes, predictions);
done:
    free(indices);
    free(logits);
    snnfe_network_free(network);
    return status;
}

static snnfe_status evaluate_all(const settings *s, snnfe_dataset *dataset,
                                 const snnfe_dataset_info *info, FILE *predictions,
                                 snnfe_fold_accuracy *rows)
{
    const size_t n_groups = s->model ? 1 : (size_t)s->groups;
    const int32_t *subjects = snnfe_dataset_subject_list(dataset);
    int32_t *group = calloc(info->n_subjects, sizeof *group);
    snnfe_status status =
        group ? snnfe_split_groups(info->n_subjects, n_groups, group) : SNNFE_ERR_MEMORY;
    for (size_t first = 0, end; status == SNNFE_OK && first < info->n_subjects; first = end) {
        for (end = first; end < info->n_subjects && group[end] == group[first]; end++)
            ;
        status = evaluate_group(s, dataset, info, subjects + first, end - first, group[first] + 1,
                                predictions, rows + first * (size_t)s->folds);
    }
    free(group);
    return status;
}

static int run(const settings *s)
{
    snnfe_dataset *dataset = NULL;
    snnfe_dataset_info info = {.struct_size = sizeof info};
    snnfe_fold_accuracy *rows = NULL;
    cli_file predictions = {0};
    int exit_code = CLI_FAILED;
    snnfe_status status = cli_open_data(&dataset, s->data, (uint32_t)s->threads);
    if (status == SNNFE_OK)
        status = snnfe_dataset_get_info(dataset, &info);
    if (status != SNNFE_OK)
        goto done;
    if (s->predictions && !cli_open(&predictions, s->predictions))
        goto done;
    if (predictions.stream) {
        fprintf(predictions.stream, "subject,run,onset_sample,label,decision");
        for (uint32_t c = 0; c < info.n_classes; c++)
            fprintf(predictions.stream, ",logit%u", (unsigned)c);
        fprintf(predictions.stream, "\n");
    }
    rows = calloc(info.n_subjects * (size_t)s->folds, sizeof *rows);
    status = rows ? evaluate_all(s, dataset, &info, predictions.stream, rows) : SNNFE_ERR_MEMORY;
    if (status != SNNFE_OK)
        goto done;
    print_folds(s, rows, info.n_subjects, info.synthetic);
    if (s->out && !write_folds(s, rows, info.n_subjects * (size_t)s->folds))
        goto done;
    if (predictions.stream && !cli_commit(&predictions))
        goto done;
    exit_code = CLI_OK;
done:
    cli_drop(&predictions);
    free(rows);
    snnfe_dataset_free(dataset);
    return status == SNNFE_OK ? exit_code : cli_failure(status);
}

int main(int argc, char **argv)
{
    settings s = {.folds = 4, .groups = 5, .seed = 5};
    const cli_option options[] = {
        {"model", CLI_INPUT, (void *)&s.model, 0, 0, NULL,
         "one network for all subjects (.safetensors, or .pth of PyTorch)"},
        {"models", CLI_INPUT, (void *)&s.models, 0, 0, NULL,
         "folder with model_foldK.safetensors or .pth: each subject by the fold that did not see "
         "it"},
        {"nb_folds", CLI_INTEGER, &s.groups, 2, 256, NULL, "groups of subjects of --models"},
        {"subject_folds", CLI_INTEGER, &s.folds, 2, 100, NULL, "folds within a subject"},
        {"seed", CLI_INTEGER, &s.seed, 0, 9e15, NULL, "of the folds within a subject"},
        {"out", CLI_OUTPUT, (void *)&s.out, 0, 0, NULL, "CSV of the accuracies"},
        {"predictions", CLI_OUTPUT, (void *)&s.predictions, 0, 0, NULL, "CSV of every decision"},
        {"activity", CLI_SWITCH, &s.activity, 0, 0, NULL, "print what the layers do"},
        {"threads", CLI_INTEGER, &s.threads, 0, 1024, NULL, "0 = all processors"},
    };
    const cli_program program = {
        "snnfe-eval",
        "DATA",
        "Evaluates networks per subject. DATA is a file of snnfe-preprocess or a folder of\n"
        "recordings. The accuracies are those of the validation part of each fold in a subject.",
        options,
        sizeof options / sizeof options[0],
        {&s.data},
        1};
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
