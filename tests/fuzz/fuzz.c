#include "fuzz.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define MEMORY_LIMIT ((size_t)256 << 20)

static atomic_size_t memory_in_use;

/* Blocks carry their size in front, in a header that keeps the alignment. */
static void *limited_allocate(size_t size, void *user_data)
{
    (void)user_data;
    if (size > MEMORY_LIMIT || atomic_load(&memory_in_use) > MEMORY_LIMIT - size)
        return NULL;
    char *block = malloc(size + 16);
    if (!block)
        return NULL;
    memcpy(block, &size, sizeof size);
    atomic_fetch_add(&memory_in_use, size);
    return block + 16;
}

static void limited_release(void *memory, void *user_data)
{
    (void)user_data;
    char *block = (char *)memory - 16;
    size_t size = 0;
    memcpy(&size, block, sizeof size);
    atomic_fetch_sub(&memory_in_use, size);
    free(block);
}

void fuzz_limit_memory(void)
{
    static bool done;
    const snnfe_allocator limited = {
        .struct_size = sizeof limited, .allocate = limited_allocate, .release = limited_release};
    if (!done)
        fuzz_check(snnfe_set_allocator(&limited) == SNNFE_OK, "the allocator can be set");
    done = true;
}

static const char *descriptor_path(int fd, char path[64])
{
    fuzz_check(fd >= 0, "there is a file for the input");
    snprintf(path, 64, "/proc/self/fd/%d", fd);
    return path;
}

const char *fuzz_file(const uint8_t *data, size_t size)
{
    static int fd = -1;
    static char path[64];
    if (fd < 0)
        fd = memfd_create("input", 0);
    const bool written =
        ftruncate(fd, 0) == 0 && (size == 0 || pwrite(fd, data, size, 0) == (ssize_t)size);
    fuzz_check(written, "the input can be written");
    return descriptor_path(fd, path);
}

static char output[64];

static void remove_output(void)
{
    unlink(output);
}

const char *fuzz_output(void)
{
    if (output[0] == '\0') {
        snprintf(output, sizeof output, "/dev/shm/snnfe-fuzz-%ld", (long)getpid());
        atexit(remove_output);
    }
    return output;
}

void fuzz_check(bool condition, const char *what)
{
    if (condition)
        return;
    fprintf(stderr, "does not hold: %s; last error: %s\n", what, snnfe_last_error());
    abort();
}

bool fuzz_ok(snnfe_status status)
{
    fuzz_check(status == SNNFE_OK || snnfe_last_error()[0] != '\0', "a failure has a message");
    fuzz_check(strcmp(snnfe_status_name(status), "SNNFE_ERR_UNKNOWN") != 0, "the status is known");
    fuzz_check(status != SNNFE_ERR_INTERNAL, "no internal error");
    return status == SNNFE_OK;
}

snnfe_network_options fuzz_network_options(void)
{
    snnfe_network_options options;
    fuzz_ok(snnfe_network_options_init(&options, sizeof options));
    options.n_columns = 10;
    options.n_steps = FUZZ_STEPS;
    options.conv1_channels = options.conv2_channels = options.conv3_channels = 1;
    options.n_hidden = 2;
    return options;
}

snnfe_dataset *fuzz_dataset(void)
{
    static const int32_t rows[4] = {0, 3, 5, 9}, columns[4] = {1, 4, 6, 9};
    static const int32_t labels[FUZZ_TRIALS] = {0, 1, 0, 1, 0, 1};
    float trials[FUZZ_TRIALS * 4 * FUZZ_STEPS];
    for (size_t i = 0; i < sizeof trials / sizeof trials[0]; i++)
        trials[i] = (float)(i * 37 % 19) / 9.0F - 1.0F;
    const snnfe_dataset_arrays arrays = {
        .struct_size = sizeof arrays,
        .n_steps = FUZZ_STEPS,
        .n_rows = 10,
        .n_columns = 10,
        .n_trials = FUZZ_TRIALS,
        .trials = trials,
        .labels = labels,
        .signal = &(const snnfe_signal){.struct_size = sizeof(snnfe_signal),
                                        .n_channels = 4,
                                        .channel_rows = rows,
                                        .channel_columns = columns}};
    snnfe_dataset *dataset = NULL;
    fuzz_check(snnfe_dataset_from_arrays(&dataset, &arrays) == SNNFE_OK, "a data set can be made");
    return dataset;
}

snnfe_signal fuzz_signal(bool of_envelopes)
{
    static const int32_t rows[] = {0, 1, 2, 3}, columns[] = {0, 0, 0, 0};
    static const char *const names[] = {"A", "B", "C", "D"}, *const references[] = {"A", "E"};
    static const char *const envelopes[] = {"A@1", "B@1", "A@2", "B@2"};
    snnfe_signal signal = {.struct_size = sizeof signal,
                           .n_channels = 4,
                           .sampling_rate_hz = 100,
                           .channel_rows = rows,
                           .channel_columns = columns,
                           .channel_names = of_envelopes ? envelopes : names,
                           .ocular = SNNFE_OCULAR_REGRESSION,
                           .n_lags = 1,
                           .n_references = 2,
                           .reference_names = references,
                           .alignment = SNNFE_ALIGNMENT_EUCLIDEAN};
    if (of_envelopes) {
        signal.n_bands = 2;
        signal.envelope_window_s = 0.1;
        signal.envelope_hop_s = 0.05;
        signal.band_low_hz[0] = 8;
        signal.band_high_hz[0] = signal.band_low_hz[1] = 13;
        signal.band_high_hz[1] = 30;
    }
    return signal;
}

snnfe_control *fuzz_control(bool of_envelopes)
{
    const snnfe_signal signal = fuzz_signal(of_envelopes);
    snnfe_control_options options;
    snnfe_control *control = NULL;
    fuzz_ok(snnfe_control_options_init(&options, sizeof options));
    options.least_samples = 1;
    fuzz_check(snnfe_control_create(&control, &signal, &options) == SNNFE_OK, "a control is made");
    return control;
}

snnfe_trainer_options fuzz_trainer_options(void)
{
    snnfe_trainer_options options;
    fuzz_ok(snnfe_trainer_options_init(&options, sizeof options));
    options.n_threads = 1;
    options.n_epochs = 2;
    options.batch_size = 2;
    options.n_shards = 1;
    options.evaluations_per_epoch = 1;
    return options;
}

snnfe_trainer_data fuzz_lists(void)
{
    static const int32_t indices[FUZZ_TRIALS] = {0, 1, 2, 3, 4, 5};
    return (snnfe_trainer_data){.struct_size = sizeof(snnfe_trainer_data),
                                .train = indices,
                                .n_train = 4,
                                .validation = indices + 4,
                                .n_validation = 2};
}

snnfe_dataset_options fuzz_recording_options(void)
{
    static const char *const names[] = {"C3", "C4"};
    static const int32_t places[] = {0, 1};
    static const char *const events[] = {"T1", "T2"};
    snnfe_dataset_options options;
    fuzz_ok(snnfe_dataset_options_init(&options, sizeof options));
    options.n_threads = 1;
    options.label_set = SNNFE_LABELS_EVENTS;
    options.event_names = events;
    options.event_labels = places;
    options.n_event_names = 2;
    options.channel_names = names;
    options.channel_rows = options.channel_columns = places;
    options.n_channels = 2;
    options.sampling_rate_hz = 8;
    options.filter_low_hz = options.filter_high_hz = 0;
    options.window_length = 4;
    options.window_limit = 5;
    return options;
}
