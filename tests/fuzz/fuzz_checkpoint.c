/* Checkpoints: a network that opens runs; a trainer that takes one up trains on; a trainer that
   refuses one is as it was. */
#include "fuzz.h"
#include "safetensors.h"

#include <stdlib.h>
#include <string.h>

#define MAX_VALUES 200000 /* beyond it a network is opened, but not run */

static void run(const snnfe_network *network)
{
    snnfe_network_options o = {.struct_size = sizeof o};
    fuzz_check(snnfe_network_get_options(network, &o) == SNNFE_OK, "a network has options");
    const size_t size = (size_t)o.n_rows * o.n_columns * o.n_steps;
    if (snnfe_network_value_count(network) > MAX_VALUES || size > MAX_VALUES)
        return;
    float *grid = calloc(size, sizeof *grid), logits[256];
    fuzz_check(grid != NULL, "there is memory");
    for (size_t i = 0; i < size; i += 3)
        grid[i] = (float)(i % 7) - 3.0F;
    snnfe_run_options options;
    snnfe_run_options_init(&options, sizeof options);
    options.n_threads = 1;
    int32_t class = -1;
    if (fuzz_ok(snnfe_network_evaluate(network, grid, 1, &options, logits, &class, NULL)))
        fuzz_check(class >= 0 && (uint32_t) class < o.n_classes, "the class is one of them");
    free(grid);
}

/* All parameters' values, to be freed. */
static float *copy_values(const snnfe_network *network)
{
    float *values = malloc(snnfe_network_value_count(network) * sizeof *values);
    fuzz_check(values != NULL, "there is memory");
    for (size_t i = 0; i < snnfe_network_parameter_count(network); i++) {
        snnfe_parameter_info info = {.struct_size = sizeof info};
        snnfe_network_parameter(network, i, &info);
        snnfe_network_get(network, info.name, values + info.offset, info.count);
    }
    return values;
}

static void check_unchanged(const snnfe_trainer *trainer, const snnfe_network *network,
                            const float *before)
{
    float *after = copy_values(network);
    fuzz_check(memcmp(before, after, snnfe_network_value_count(network) * sizeof *after) == 0,
               "a refused checkpoint leaves the network as it was");
    free(after);
    size_t n = 0;
    snnfe_trainer_log(trainer, SNNFE_TRAINER_LOG_EPOCHS, NULL, sizeof(snnfe_trainer_record), NULL,
                      &n);
    fuzz_check(n == 0, "a refused checkpoint leaves the log as it was");
}

static void restore(const char *path, const snnfe_device *device)
{
    const snnfe_network_options network_options = fuzz_network_options();
    snnfe_trainer_options options = fuzz_trainer_options();
    options.device = device;
    snnfe_network *network = NULL;
    snnfe_trainer *trainer = NULL;
    fuzz_check(snnfe_network_create(&network, &network_options) == SNNFE_OK, "a network is made");
    fuzz_check(snnfe_trainer_create(&trainer, network, &options) == SNNFE_OK, "a trainer is made");
    float *before = copy_values(network);
    if (fuzz_ok(snnfe_trainer_restore(trainer, path))) {
        snnfe_dataset *dataset = fuzz_dataset();
        const snnfe_trainer_data lists = fuzz_lists();
        fuzz_ok(snnfe_trainer_run(trainer, dataset, &lists));
        snnfe_dataset_free(dataset);
    } else {
        check_unchanged(trainer, network, before);
    }
    free(before);
    snnfe_trainer_free(trainer);
    snnfe_network_free(network);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static snnfe_device *device;
    fuzz_limit_memory();
    if (!device)
        fuzz_check(snnfe_device_create(&device, NULL) == SNNFE_OK, "a device is made");
    const char *path = fuzz_file(data, size);
    snnfe_network *network = NULL;
    if (fuzz_ok(snnfe_network_load(&network, path)))
        run(network);
    else
        fuzz_check(network == NULL, "nothing is made by a failure");
    snnfe_network_free(network);
    restore(path, NULL);
    restore(path, device);
    return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    return safetensors_mutate(data, size, max_size, seed);
}
