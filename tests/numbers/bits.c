/* Prints hashes of what has to be the same bits on every processor, compiler and optimization
   level: bits write FOLDER makes files there, bits read FOLDER reads them; both print a line each.
   It uses the public interface only, and no random or transcendental number of its own. */
#include <snnfe/snnfe.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STEPS 40
#define TRIALS 4
#define CHANNELS 8
#define GRID (10 * 11 * STEPS)

static int writing;
static char folder[3000], path[4096];

static const char *in_folder(const char *name)
{
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void check(snnfe_status status, const char *what)
{
    if (status == SNNFE_OK)
        return;
    fprintf(stderr, "%s: %s\n", what, snnfe_last_error());
    exit(1);
}

static int big_endian(void)
{
    const uint32_t one = 1;
    return *(const unsigned char *)&one == 0;
}

/* FNV-1a over numbers from their low byte on, whatever the processor's order. */
static uint64_t hash(const void *data, size_t count, size_t size)
{
    const int little = !big_endian();
    const unsigned char *bytes = data;
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < count; i++)
        for (size_t b = 0; b < size; b++)
            h = (h ^ bytes[i * size + (little ? b : size - 1 - b)]) * UINT64_C(0x100000001b3);
    return h;
}

static void print(const char *name, const void *data, size_t count, size_t size)
{
    printf("%s %016llx\n", name, (unsigned long long)hash(data, count, size));
}

static void print_file(const char *name)
{
    static unsigned char content[1 << 20];
    FILE *file = fopen(in_folder(name), "rb");
    const size_t size = file ? fread(content, 1, sizeof content, file) : 0;
    if (file)
        fclose(file);
    print(name, content, size, 1);
}

/* Whole numbers over a power of two: exact everywhere. */
static float sample(size_t i)
{
    const uint32_t x = (uint32_t)i * 2654435761U;
    return (float)((int32_t)(x >> 20) - 2048) / 1024.0F;
}

static void evaluate(const snnfe_network *network, const char *name)
{
    static float grid[TRIALS * GRID], logits[TRIALS * 3];
    static snnfe_layer_activity activity[TRIALS * SNNFE_N_LAYERS];
    for (size_t i = 0; i < TRIALS * GRID; i++)
        grid[i] = sample(i);
    int32_t classes[TRIALS];
    check(snnfe_network_evaluate(network, grid, TRIALS, NULL, logits, classes, NULL), name);
    print(name, logits, TRIALS * 3, sizeof logits[0]);
    check(
        snnfe_network_activity(network, grid, TRIALS, NULL, activity, sizeof(snnfe_layer_activity)),
        name);
    print("activity", activity, TRIALS * SNNFE_N_LAYERS * 5, sizeof(uint64_t));
}

static void networks(void)
{
    snnfe_network_options options;
    check(snnfe_network_options_init(&options, sizeof options), "options");
    options.n_steps = STEPS;
    options.conv1_channels = 20;
    options.conv2_channels = 37;
    options.conv3_channels = 18;
    options.n_hidden = 33;
    options.n_classes = 3;
    snnfe_network *network = NULL;
    if (writing) {
        check(snnfe_network_create(&network, &options), "network");
        check(snnfe_network_save(network, in_folder("network.safetensors")), "save");
    } else {
        check(snnfe_network_load(&network, in_folder("network.safetensors")), "load");
    }
    evaluate(network, "logits");
    check(snnfe_network_save(network, in_folder("again.safetensors")), "save again");
    print_file("again.safetensors");
    snnfe_network_free(network);
}

static void datasets(void)
{
    static float trials[TRIALS * CHANNELS * STEPS];
    for (size_t i = 0; i < sizeof trials / sizeof trials[0]; i++)
        trials[i] = sample(i + 99);
    const int32_t labels[TRIALS] = {0, 1, 2, 0}, onsets[TRIALS] = {5, 70000, 3, 1};
    const int32_t rows[CHANNELS] = {0, 1, 2, 3, 4, 5, 6, 7};
    const snnfe_dataset_arrays arrays = {
        .struct_size = sizeof arrays,
        .n_steps = STEPS,
        .n_trials = TRIALS,
        .trials = trials,
        .labels = labels,
        .onsets = onsets,
        .signal = &(const snnfe_signal){.struct_size = sizeof(snnfe_signal),
                                        .n_channels = CHANNELS,
                                        .channel_rows = rows,
                                        .channel_columns = rows}};
    snnfe_dataset *dataset = NULL;
    if (writing) {
        check(snnfe_dataset_from_arrays(&dataset, &arrays), "arrays");
        check(snnfe_dataset_save(dataset, in_folder("dataset.safetensors")), "save");
    } else {
        check(snnfe_dataset_load(&dataset, in_folder("dataset.safetensors")), "load");
    }
    snnfe_dataset_info info = {.struct_size = sizeof info};
    check(snnfe_dataset_get_info(dataset, &info), "info");
    print("trials", info.trials, TRIALS * CHANNELS * STEPS, sizeof(float));
    print("onsets", info.onsets, TRIALS, sizeof(int32_t));
    check(snnfe_dataset_save(dataset, in_folder("again.safetensors")), "save again");
    print_file("again.safetensors");
    snnfe_dataset_free(dataset);
}

static void devices(void)
{
    snnfe_device *device = NULL;
    if (writing) {
        check(snnfe_device_create(&device, NULL), "device");
        check(snnfe_device_save(device, in_folder("device.json")), "save");
    } else {
        check(snnfe_device_load(&device, in_folder("device.json")), "load");
    }
    check(snnfe_device_save(device, in_folder("again.json")), "save again");
    print_file("again.json");
    snnfe_device_free(device);
}

/* Checkpoints of a trainer that has not begun. */
static void trainers(void)
{
    snnfe_network_options options;
    check(snnfe_network_options_init(&options, sizeof options), "options");
    options.conv1_channels = options.conv2_channels = options.conv3_channels = 2;
    options.n_hidden = 3;
    options.n_steps = 5;
    snnfe_network *network = NULL;
    snnfe_trainer *trainer = NULL;
    check(snnfe_network_create(&network, &options), "network");
    check(snnfe_trainer_create(&trainer, network, NULL), "trainer");
    if (writing)
        check(snnfe_trainer_save(trainer, in_folder("trainer.safetensors")), "save");
    check(snnfe_trainer_restore(trainer, in_folder("trainer.safetensors")), "restore");
    check(snnfe_trainer_save(trainer, in_folder("again.safetensors")), "save again");
    print_file("again.safetensors");
    snnfe_trainer_free(trainer);
    snnfe_network_free(network);
}

/* What EDFlib reads, unfiltered and in microvolts. It does not run on big-endian processors. */
static void recordings(void)
{
    static const int32_t runs[] = {4};
    snnfe_synthetic_options synthetic;
    check(snnfe_synthetic_options_init(&synthetic, sizeof synthetic), "options");
    synthetic.n_subjects = 1;
    synthetic.runs = runs;
    synthetic.n_runs = 1;
    synthetic.trials_per_run = 4;
    if (big_endian())
        return;
    if (writing)
        check(snnfe_synthetic_write(in_folder("tree"), &synthetic), "synthetic");
    snnfe_dataset_options options;
    check(snnfe_dataset_options_init(&options, sizeof options), "options");
    options.runs = runs;
    options.n_runs = 1;
    options.filter_low_hz = options.filter_high_hz = 0;
    options.normalization = SNNFE_NORMALIZE_NONE;
    snnfe_dataset *dataset = NULL;
    check(snnfe_dataset_open(&dataset, in_folder("tree"), &options), "open");
    snnfe_dataset_info info = {.struct_size = sizeof info};
    check(snnfe_dataset_get_info(dataset, &info), "info");
    print("recording", info.trials, info.n_trials * info.n_channels * info.n_steps, sizeof(float));
    snnfe_dataset_free(dataset);
}

int main(int argc, char **argv)
{
    if (argc != 3 || (strcmp(argv[1], "write") != 0 && strcmp(argv[1], "read") != 0)) {
        fprintf(stderr, "usage: bits write|read FOLDER\n");
        return 2;
    }
    writing = strcmp(argv[1], "write") == 0;
    snprintf(folder, sizeof folder, "%s", argv[2]);
    networks();
    datasets();
    devices();
    trainers();
    recordings();
    return 0;
}
