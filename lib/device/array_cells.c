/* Cells of an array that stay drawn, and weights that are put into their windows. */
#include "base/memory.h"
#include "device/device_internal.h"

snnfe_status snnfe_array_cells_create(snnfe_array_cells *array, size_t n)
{
    array->cells = snnfe_alloc(n, sizeof *array->cells);
    array->low = snnfe_alloc(n, sizeof(float));
    array->high = snnfe_alloc(n, sizeof(float));
    return array->cells && array->low && array->high ? SNNFE_OK : SNNFE_ERR_MEMORY;
}

void snnfe_array_cells_release(snnfe_array_cells *array)
{
    snnfe_release(array->cells);
    snnfe_release(array->low);
    snnfe_release(array->high);
    *array = (snnfe_array_cells){0};
}

snnfe_array_cells snnfe_array_cells_from(const snnfe_array_cells *array, size_t begin)
{
    return array->cells
               ? (snnfe_array_cells){array->cells + begin, array->low + begin, array->high + begin}
               : (snnfe_array_cells){0};
}

static float weight_at(float conductance, double bound)
{
    return (float)(bound * (2 * (double)conductance - 1));
}

static void put_cell(const snnfe_array_cells *array, size_t i, snnfe_cell cell, double bound,
                     const float *imprints)
{
    array->low[i] = weight_at(cell.low, bound);
    array->high[i] = weight_at(cell.high, bound);
    array->cells[i] = (snnfe_array_cell){.drawn = cell,
                                         .low = array->low[i],
                                         .high = array->high[i],
                                         .imprint = imprints ? imprints[i] : 0};
}

void snnfe_array_cells_draw(const snnfe_array_cells *array, const snnfe_device *device,
                            uint64_t first, size_t n, double bound, const float *imprints)
{
    for (size_t i = 0; i < n; i++)
        put_cell(array, i, snnfe_cell_draw(&device->cells, (uint32_t)(first + i)), bound, imprints);
}

void snnfe_array_cells_take(const snnfe_array_cells *array, const snnfe_cell *cells, size_t n,
                            double bound, const float *imprints)
{
    for (size_t i = 0; i < n; i++)
        put_cell(array, i, cells[i], bound, imprints);
}

size_t snnfe_count_off_array(const snnfe_device *device, const float *weights, size_t n,
                             double bound, uint64_t first)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        const snnfe_cell cell = snnfe_cell_draw(&device->cells, (uint32_t)(first + i));
        count +=
            weights[i] > weight_at(cell.high, bound) || weights[i] < weight_at(cell.low, bound);
    }
    return count;
}

size_t snnfe_put_on_array(const snnfe_device *device, float *weights, size_t n, double bound,
                          uint64_t first)
{
    size_t n_clamped = 0;
    for (size_t i = 0; device->differ && i < n; i++) {
        const snnfe_cell cell = snnfe_cell_draw(&device->cells, (uint32_t)(first + i));
        const float low = weight_at(cell.low, bound), high = weight_at(cell.high, bound);
        n_clamped += weights[i] > high || weights[i] < low;
        weights[i] = weights[i] > high ? high : weights[i] < low ? low : weights[i];
    }
    return n_clamped;
}
