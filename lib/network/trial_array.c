#include "network/trial_array.h"

#include "network/packed.h"

#include <string.h>

static void copy_trial(const void *context, size_t index, float *grid)
{
    const snnfe_trial_array *array = context;
    if (array->grid)
        memcpy(grid, array->grid + index * array->size, array->size * sizeof *grid);
    else
        memset(grid, 0, array->size * sizeof *grid);
}

snnfe_trial_array snnfe_trial_array_of(const snnfe_network *network, const float *grid)
{
    const snnfe_shape *shape = &network->packed->shape;
    return (snnfe_trial_array){grid, shape->grid_positions * shape->n_steps};
}

snnfe_trials snnfe_trial_array_trials(const snnfe_trial_array *array, size_t n)
{
    return (snnfe_trials){n, copy_trial, NULL, array};
}
