/* From the files of a BIDS tree to a table, in one program: opens the tree, whatever its cap, rate
 * and format, lets a network decide all trials, and prints a row for each as CSV. */
#include <snnfe/snnfe.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const events[] = {"left_hand", "right_hand"};
static const int32_t classes[] = {0, 1};

static snnfe_status open_tree(snnfe_dataset **dataset, const char *root, const char *task)
{
    snnfe_bids_options bids;
    snnfe_dataset_options options;
    snnfe_status status = snnfe_bids_options_init(&bids, sizeof bids);
    if (status == SNNFE_OK)
        status = snnfe_dataset_options_init(&options, sizeof options);
    if (status != SNNFE_OK)
        return status;
    bids.task = task;
    options.label_set = SNNFE_LABELS_EVENTS;
    options.event_names = events;
    options.event_labels = classes;
    options.n_event_names = sizeof events / sizeof *events;
    options.resample = 1;
    return snnfe_dataset_open_bids(dataset, root, &bids, &options);
}

static void print_table(const snnfe_dataset_info *info, const float *logits)
{
    printf("subject,run,onset_sample,label,decision,logit0,logit1\n");
    for (size_t i = 0; i < info->n_trials; i++) {
        const float *of_trial = logits + 2 * i;
        printf("%d,%d,%d,%d,%d", (int)info->subjects[i], (int)info->runs[i], (int)info->onsets[i],
               (int)info->labels[i], of_trial[1] > of_trial[0]);
        printf(",%.6f,%.6f\n", (double)of_trial[0], (double)of_trial[1]);
    }
}

static snnfe_status decide(const snnfe_network *network, const snnfe_dataset *dataset)
{
    snnfe_dataset_info info = {.struct_size = sizeof info};
    snnfe_evaluation evaluation = {.struct_size = sizeof evaluation};
    snnfe_status status = snnfe_dataset_get_info(dataset, &info);
    if (status != SNNFE_OK)
        return status;
    float *logits = calloc(2 * info.n_trials, sizeof *logits);
    if (!logits)
        return SNNFE_ERR_MEMORY;
    /* Trials that trained the network are refused. */
    status = snnfe_evaluation_run(network, dataset, NULL, 0, NULL, &evaluation, logits, NULL);
    if (status == SNNFE_OK) {
        print_table(&info, logits);
        fprintf(stderr, "%zu of %zu trials right\n", evaluation.n_correct, evaluation.n);
    }
    free(logits);
    return status;
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: %s BIDS_DIR TASK MODEL.safetensors\n", argv[0]);
        return 2;
    }
    snnfe_network *network = NULL;
    snnfe_dataset *dataset = NULL;
    snnfe_status status = open_tree(&dataset, argv[1], argv[2]);
    if (status == SNNFE_OK)
        status = snnfe_network_load(&network, argv[3]);
    if (status == SNNFE_OK)
        status = decide(network, dataset);
    if (status != SNNFE_OK)
        fprintf(stderr, "%s: %s\n", snnfe_status_name(status), snnfe_last_error());
    snnfe_dataset_free(dataset);
    snnfe_network_free(network);
    return status == SNNFE_OK && fflush(stdout) == 0 ? 0 : 1;
}
