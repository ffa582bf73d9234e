#include "small.h"

#include "base/philox.h"

#include <stdio.h>
#include <unistd.h>

snnfe_dataset *small_dataset(uint64_t seed)
{
    const size_t size = (size_t)64 * SMALL_STEPS;
    float *trials = malloc(SMALL_TRIALS * size * sizeof *trials);
    int32_t labels[SMALL_TRIALS], subjects[SMALL_TRIALS];
    snnfe_stream stream = snnfe_stream_make(seed, SNNFE_STREAM_SYNTHETIC, 0);
    for (size_t i = 0; i < SMALL_TRIALS; i++) {
        labels[i] = i % 2;
        subjects[i] = i < 13 ? 3 : 8;
        for (size_t k = 0; k < size; k++)
            trials[i * size + k] = (float)snnfe_stream_normal(&stream) +
                                   ((k / SMALL_STEPS < 32) == (i % 2 == 0) ? 1.0F : -1.0F);
    }
    const snnfe_dataset_arrays arrays = {.struct_size = sizeof arrays,
                                         .n_steps = SMALL_STEPS,
                                         .n_trials = SMALL_TRIALS,
                                         .trials = trials,
                                         .labels = labels,
                                         .subjects = subjects};
    snnfe_dataset *dataset = NULL;
    assert_ok(snnfe_dataset_from_arrays(&dataset, &arrays));
    free(trials);
    return dataset;
}

snnfe_network_options small_network_options(void)
{
    snnfe_network_options options;
    assert_ok(snnfe_network_options_init(&options, sizeof options));
    options.n_steps = SMALL_STEPS;
    options.conv1_channels = 4;
    options.conv2_channels = 6;
    options.conv3_channels = 8;
    options.n_hidden = 8;
    return options;
}

snnfe_network *small_network(void)
{
    const snnfe_network_options options = small_network_options();
    snnfe_network *network = NULL;
    assert_ok(snnfe_network_create(&network, &options));
    return network;
}

snnfe_trainer_options small_options(void)
{
    snnfe_trainer_options options;
    assert_ok(snnfe_trainer_options_init(&options, sizeof options));
    options.n_threads = 2;
    options.n_epochs = 3;
    options.batch_size = 4;
    options.learning_rate = 1e-3;
    options.evaluations_per_epoch = 2;
    return options;
}

snnfe_trainer_data small_lists(void)
{
    static const int32_t indices[SMALL_TRIALS] = {4,  0,  21, 13, 8, 2, 17, 6,  19, 23, 10, 1,
                                                  15, 12, 3,  5,  7, 9, 11, 14, 16, 18, 20, 22};
    return (snnfe_trainer_data){.struct_size = sizeof(snnfe_trainer_data),
                                .train = indices,
                                .n_train = SMALL_TRAIN,
                                .validation = indices + SMALL_TRAIN,
                                .n_validation = SMALL_VALIDATION,
                                .test = indices + SMALL_TRAIN + SMALL_VALIDATION,
                                .n_test = SMALL_TEST};
}

float *small_values(const snnfe_network *network)
{
    float *values = malloc(snnfe_network_value_count(network) * sizeof *values);
    for (size_t i = 0; i < snnfe_network_parameter_count(network); i++) {
        snnfe_parameter_info info = {.struct_size = sizeof info};
        assert_ok(snnfe_network_parameter(network, i, &info));
        assert_ok(snnfe_network_get(network, info.name, values + info.offset, info.count));
    }
    return values;
}

bool small_same_values(const snnfe_network *a, const snnfe_network *b)
{
    float *x = small_values(a), *y = small_values(b);
    const bool same = memcmp(x, y, snnfe_network_value_count(a) * sizeof *x) == 0;
    free(x);
    free(y);
    return same;
}

size_t small_log(const snnfe_trainer *trainer, int32_t which, snnfe_trainer_record *rows,
                 size_t room)
{
    size_t n = room;
    assert_ok(snnfe_trainer_log(trainer, which, rows, sizeof *rows, NULL, &n));
    ck_assert_uint_le(n, room);
    return n;
}

snnfe_personalization small_results(snnfe_personalized *folds)
{
    return (snnfe_personalization){
        .struct_size = sizeof(snnfe_personalization), .folds = folds, .fold_size = sizeof *folds};
}

#define MOST_ROWS 100
#define MOST_CLASSES 4

void small_assert_same_logs(const snnfe_trainer *a, const snnfe_trainer *b)
{
    for (int32_t which = SNNFE_TRAINER_LOG_EPOCHS; which <= SNNFE_TRAINER_LOG_SAMPLES; which++) {
        snnfe_trainer_record x[MOST_ROWS], y[MOST_ROWS];
        double x_classes[MOST_ROWS * MOST_CLASSES] = {0}, y_classes[MOST_ROWS * MOST_CLASSES] = {0};
        size_t n_x = MOST_ROWS, n_y = MOST_ROWS;
        assert_ok(snnfe_trainer_log(a, which, x, sizeof *x, x_classes, &n_x));
        assert_ok(snnfe_trainer_log(b, which, y, sizeof *y, y_classes, &n_y));
        ck_assert_uint_eq(n_x, n_y);
        ck_assert_uint_le(n_x, MOST_ROWS);
        ck_assert(n_x == 0 || memcmp(x, y, n_x * sizeof *x) == 0);
        ck_assert_mem_eq(x_classes, y_classes, sizeof x_classes);
    }
}

bool small_exists(const char *path)
{
    return access(path, F_OK) == 0;
}

int32_t small_stop_after(const snnfe_progress *progress, void *stop)
{
    small_stop *s = stop;
    return strcmp(progress->phase, s->phase) == 0 && s->after-- <= 1;
}
