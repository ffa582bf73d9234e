/* The reference trials and the published network. */
#include "base/memory.h"
#include "base/tensors.h"
#include "bench.h"

void bench_expect(snnfe_status status)
{
    if (status == SNNFE_OK)
        return;
    fprintf(stderr, "bench: %s\n", snnfe_last_error());
    exit(1);
}

snnfe_network *bench_network(void)
{
    snnfe_network *network = NULL;
    bench_expect(
        snnfe_network_load(&network, support_shared("golden/net_on_device_fold1.safetensors")));
    return network;
}

void bench_load(bench_setup *setup)
{
    static const uint64_t shape[3] = {BENCH_TRIALS, 64, 160};
    static float trials[BENCH_TRIALS * 64 * 160];
    uint8_t labels[BENCH_TRIALS];
    int32_t classes[BENCH_TRIALS];
    snnfe_tensors *file = NULL;
    bench_expect(snnfe_tensors_open(&file, support_shared("golden/epochs_s001.safetensors")));
    bench_expect(snnfe_tensors_read(file, "x", SNNFE_F32, 3, shape, true, trials));
    bench_expect(snnfe_tensors_read(file, "label", SNNFE_U8, 1, shape, true, labels));
    snnfe_tensors_close(file);
    for (int i = 0; i < BENCH_TRIALS; i++)
        classes[i] = labels[i];
    const snnfe_dataset_arrays arrays = {.struct_size = sizeof arrays,
                                         .n_steps = 160,
                                         .n_trials = BENCH_TRIALS,
                                         .trials = trials,
                                         .labels = classes};
    bench_expect(snnfe_dataset_from_arrays(&setup->dataset, &arrays));
    snnfe_dataset_info info = {.struct_size = sizeof info};
    bench_expect(snnfe_dataset_get_info(setup->dataset, &info));
    setup->labels = info.labels;
    setup->trials = trials;
    setup->grid = snnfe_alloc(BENCH_TRIALS * BENCH_SIZE, sizeof(float));
    if (!setup->grid)
        bench_expect(SNNFE_ERR_MEMORY);
    bench_expect(snnfe_dataset_copy_grid(setup->dataset, NULL, BENCH_TRIALS, setup->grid));
}

void bench_unload(bench_setup *setup)
{
    snnfe_dataset_free(setup->dataset);
    snnfe_release(setup->grid);
}
