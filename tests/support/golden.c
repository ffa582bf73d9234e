#include "golden.h"

#include "base/memory.h"

#include <math.h>
#include <stdio.h>

snnfe_tensors *golden_open(const char *name)
{
    char file[256];
    snprintf(file, sizeof file, "golden/%s.safetensors", name);
    snnfe_tensors *tensors = NULL;
    assert_ok(snnfe_tensors_open(&tensors, support_shared(file)));
    return tensors;
}

void *golden_tensor(snnfe_tensors *file, const char *name, size_t *count)
{
    const snnfe_tensor_info *info = snnfe_tensors_find(file, name);
    ck_assert_msg(info != NULL, "tensor %s is missing", name);
    void *data = snnfe_alloc((size_t)info->count, snnfe_dtype_size(info->dtype));
    ck_assert_ptr_nonnull(data);
    assert_ok(snnfe_tensors_read(file, name, info->dtype, info->n_dims, info->shape, true, data));
    if (count)
        *count = (size_t)info->count;
    return data;
}

/* docs/spec.md 2.3, written out independently of the library: rows of electrodes in file order. */
static void place(int channel, int *row, int *column)
{
    static const struct {
        int first, row, column;
    } runs[] = {{0, 3, 2},  {7, 4, 2},  {14, 5, 2}, {21, 0, 4}, {24, 1, 3}, {29, 2, 1},
                {38, 3, 1}, {39, 3, 9}, {40, 4, 1}, {41, 4, 9}, {42, 4, 0}, {43, 4, 10},
                {44, 5, 1}, {45, 5, 9}, {46, 6, 1}, {55, 7, 3}, {60, 8, 4}, {63, 9, 5}};
    size_t i = sizeof runs / sizeof runs[0];
    while (runs[--i].first > channel)
        ;
    *row = runs[i].row;
    *column = runs[i].column + channel - runs[i].first;
}

float *golden_grid(int32_t *labels)
{
    snnfe_tensors *file = golden_open("epochs_s001");
    float *trials = golden_tensor(file, "x", NULL);
    uint8_t *classes = golden_tensor(file, "label", NULL);
    float *grid = snnfe_alloc(GOLDEN_TRIALS * GOLDEN_SIZE, sizeof(float));
    for (int trial = 0; trial < GOLDEN_TRIALS; trial++) {
        labels[trial] = classes[trial];
        for (int channel = 0; channel < 64; channel++) {
            int row, column;
            place(channel, &row, &column);
            for (int t = 0; t < 160; t++)
                grid[((trial * 10 + row) * 11 + column) * 160 + t] =
                    trials[(trial * 64 + channel) * 160 + t];
        }
    }
    snnfe_release(trials);
    snnfe_release(classes);
    snnfe_tensors_close(file);
    return grid;
}

snnfe_network *golden_network(const char *name)
{
    char file[256];
    snprintf(file, sizeof file, "golden/net_%s.safetensors", name);
    snnfe_network *network = NULL;
    assert_ok(snnfe_network_load(&network, support_shared(file)));
    return network;
}

double relative_error(const float *a, const float *b, size_t n)
{
    double difference = 0, norm = 0;
    for (size_t i = 0; i < n; i++) {
        difference += ((double)a[i] - (double)b[i]) * ((double)a[i] - (double)b[i]);
        norm += (double)b[i] * (double)b[i];
    }
    return norm > 0 ? sqrt(difference / norm) : sqrt(difference);
}
