/* Data set caches: a file that opens can be used, saved and opened again. */
#include "fuzz.h"
#include "safetensors.h"

#include <stdlib.h>

static void use(snnfe_dataset *dataset)
{
    snnfe_dataset_info info = {.struct_size = sizeof info};
    fuzz_check(snnfe_dataset_get_info(dataset, &info) == SNNFE_OK, "a data set has an info");
    const size_t n = (size_t)info.n_rows * info.n_columns * info.n_steps;
    float *grid = malloc(n * sizeof *grid + 1);
    fuzz_check(grid != NULL, "there is memory");
    const int32_t last = (int32_t)info.n_trials - 1;
    fuzz_check(snnfe_dataset_copy_grid(dataset, &last, 1, grid) == SNNFE_OK,
               "trials can be copied");
    free(grid);
    for (size_t c = 0; c < info.n_channels; c++)
        fuzz_check(info.signal->channel_names[c] != NULL, "channels have names");
    for (size_t l = 0; l < info.n_classes; l++)
        fuzz_check(info.signal->class_names[l] != NULL, "classes have names");
    fuzz_ok(snnfe_dataset_normalize(dataset, NULL, 0));
    snnfe_dataset *subset = NULL, *again = NULL;
    if (fuzz_ok(snnfe_dataset_subset(&subset, dataset, &last, 1)) &&
        fuzz_ok(snnfe_dataset_save(subset, fuzz_output())))
        fuzz_check(snnfe_dataset_load(&again, fuzz_output()) == SNNFE_OK, "a saved file opens");
    snnfe_dataset_free(subset);
    snnfe_dataset_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_limit_memory();
    snnfe_dataset *dataset = NULL;
    if (fuzz_ok(snnfe_dataset_load(&dataset, fuzz_file(data, size))))
        use(dataset);
    else
        fuzz_check(dataset == NULL, "nothing is made by a failure");
    snnfe_dataset_free(dataset);
    return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    return safetensors_mutate(data, size, max_size, seed);
}
