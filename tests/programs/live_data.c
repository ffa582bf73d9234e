/* What live.sh cannot make with the programs: data sets with channels and classes of their own.
   live_data RECORDING NETWORK DATA: three channels in an order of their own, imagined left and
   right; prints the logits of NETWORK, which it makes, on every trial live_data RECORDING NETWORK
   DATA CLASSES: instead events T0, T1 and T2 as classes rest, one, two */
#include <snnfe/snnfe.h>

#include <stdio.h>
#include <stdlib.h>

static int failed(void)
{
    fprintf(stderr, "%s\n", snnfe_last_error());
    return 1;
}

static snnfe_status make_dataset(snnfe_dataset **dataset, const char *recording, int events)
{
    static const char *const names[3] = {"C4", "Fc3", "Cz"};
    static const int32_t rows[3] = {4, 3, 4}, columns[3] = {7, 3, 5}, subject = 1, run = 4;
    static const char *const texts[3] = {"T0", "T1", "T2"};
    static const int32_t classes[3] = {0, 1, 2};
    snnfe_dataset_options o;
    const snnfe_status status = snnfe_dataset_options_init(&o, sizeof o);
    if (status != SNNFE_OK)
        return status;
    o.filter_kind = SNNFE_FILTER_CAUSAL;
    o.channel_names = names;
    o.channel_rows = rows;
    o.channel_columns = columns;
    o.n_channels = 3;
    if (events) {
        o.label_set = SNNFE_LABELS_EVENTS;
        o.event_names = texts;
        o.event_labels = classes;
        o.n_event_names = 3;
    }
    return snnfe_dataset_open_files(dataset, &recording, &subject, &run, 1, &o);
}

static snnfe_status make_network(snnfe_network **network, uint32_t n_classes)
{
    snnfe_network_options o;
    const snnfe_status status = snnfe_network_options_init(&o, sizeof o);
    if (status != SNNFE_OK)
        return status;
    o.conv1_channels = o.conv2_channels = 4;
    o.conv3_channels = o.n_hidden = 8;
    o.n_classes = n_classes;
    o.seed = 3;
    return snnfe_network_create(network, &o);
}

static int print_logits(const snnfe_network *network, const snnfe_dataset *dataset, size_t n)
{
    float *grid = malloc(n * 10 * 11 * 160 * sizeof *grid),
          *logits = malloc(n * 2 * sizeof *logits);
    if (!grid || !logits || snnfe_dataset_copy_grid(dataset, NULL, n, grid) != SNNFE_OK ||
        snnfe_network_evaluate(network, grid, n, NULL, logits, NULL, NULL) != SNNFE_OK)
        return failed();
    for (size_t i = 0; i < n; i++)
        printf("%.6f,%.6f\n", (double)logits[2 * i], (double)logits[2 * i + 1]);
    free(grid);
    free(logits);
    return 0;
}

int main(int argc, char **argv)
{
    snnfe_dataset *dataset = NULL;
    snnfe_network *network = NULL;
    snnfe_dataset_info info = {.struct_size = sizeof info};
    if (argc < 4)
        return 2;
    if (make_dataset(&dataset, argv[1], argc > 4) != SNNFE_OK ||
        snnfe_dataset_get_info(dataset, &info) != SNNFE_OK ||
        make_network(&network, info.n_classes) != SNNFE_OK ||
        snnfe_dataset_save(dataset, argv[3]) != SNNFE_OK ||
        snnfe_network_save(network, argv[2]) != SNNFE_OK)
        return failed();
    const int code = info.n_classes == 2 ? print_logits(network, dataset, info.n_trials) : 0;
    snnfe_dataset_free(dataset);
    snnfe_network_free(network);
    return code;
}
