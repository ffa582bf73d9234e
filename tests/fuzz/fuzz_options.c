/* Options structs of arbitrary bytes, pointers apart: every call refuses them or works. */
#include "fuzz.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Bytes of the input, then zeros. */
typedef struct input {
    const uint8_t *data;
    size_t size;
} input;

static void take(input *in, void *target, size_t size)
{
    const size_t n = in->size < size ? in->size : size;
    memset(target, 0, size);
    if (n > 0)
        memcpy(target, in->data, n);
    in->data += n;
    in->size -= n;
}

/* The input's bytes are combined with the defaults, so that a few changed ones have an effect of
   their own. */
#define TAKE_OVER(in, options, init)                                                               \
    do {                                                                                           \
        unsigned char bytes_[sizeof(options)];                                                     \
        take(in, bytes_, sizeof bytes_);                                                           \
        fuzz_check(init(&(options), sizeof(options)) == SNNFE_OK, "there are defaults");           \
        for (size_t i_ = 0; i_ < sizeof bytes_; i_++)                                              \
            ((unsigned char *)&(options))[i_] ^= bytes_[i_];                                       \
        if ((options).struct_size > sizeof(options))                                               \
            (options).struct_size = sizeof(options);                                               \
    } while (0)

static void try_network(input *in)
{
    snnfe_network_options options;
    TAKE_OVER(in, options, snnfe_network_options_init);
    snnfe_network *network = NULL;
    if (fuzz_ok(snnfe_network_create(&network, &options)))
        fuzz_check(snnfe_network_value_count(network) > 0, "a network has parameters");
    else
        fuzz_check(network == NULL, "nothing is made by a failure");
    snnfe_network_free(network);
}

static void try_trainer(input *in)
{
    const snnfe_network_options network_options = fuzz_network_options();
    snnfe_trainer_options options;
    TAKE_OVER(in, options, snnfe_trainer_options_init);
    options.phase = options.epoch_log_path = options.sample_log_path = NULL;
    options.checkpoint_path = options.wear_log_path = NULL;
    options.log = NULL;
    options.progress = NULL;
    options.device = NULL;
    snnfe_programming_options way;
    TAKE_OVER(in, way, snnfe_programming_options_init);
    options.programming = &way;
    options.group = NULL;
    options.n_threads = 1;
    snnfe_network *network = NULL;
    snnfe_trainer *trainer = NULL;
    fuzz_check(snnfe_network_create(&network, &network_options) == SNNFE_OK, "a network is made");
    if (fuzz_ok(snnfe_trainer_create(&trainer, network, &options)) && options.n_epochs < 10) {
        snnfe_dataset *dataset = fuzz_dataset();
        const snnfe_trainer_data lists = fuzz_lists();
        fuzz_ok(snnfe_trainer_run(trainer, dataset, &lists));
        snnfe_dataset_free(dataset);
    }
    snnfe_trainer_free(trainer);
    snnfe_network_free(network);
}

static void try_device(input *in)
{
    static const double table_w[3] = {0, 0.5, 1}, table_dw[3] = {0.1, 0.2, 0.1};
    snnfe_device_options options;
    TAKE_OVER(in, options, snnfe_device_options_init);
    options.table_w = table_w;
    options.table_ltp = options.table_ltd = table_dw;
    options.n_table = options.response == SNNFE_RESPONSE_TABLE ? 3 : 0;
    options.function = NULL;
    snnfe_cells_options cells;
    TAKE_OVER(in, cells, snnfe_cells_options_init);
    cells.aging_pulses = table_w;
    cells.aging_factors = table_dw;
    cells.n_aging = cells.n_aging % 2 ? 3 : 0;
    options.cells = &cells;
    static const snnfe_pulse_form forms[2] = {
        {.amplitude = {0.1, 0.2}, .alpha = {1.5, 2}, .beta = {2, 1.5}},
        {.amplitude = {1, 1}, .alpha = {3, 3}, .beta = {3, 3}}};
    options.forms = forms;
    options.n_forms = options.n_forms % 3;
    snnfe_device *device = NULL;
    if (fuzz_ok(snnfe_device_create(&device, &options))) {
        snnfe_device_step_options step;
        TAKE_OVER(in, step, snnfe_device_step_options_init);
        snnfe_programming_options way;
        TAKE_OVER(in, way, snnfe_programming_options_init);
        float states[SNNFE_WAY_STATES * 2] = {0}, histories[4] = {0.5F, -0.5F};
        uint32_t second[4] = {0};
        step.programming = &way;
        step.states = states;
        step.second_pulses = second;
        step.histories = histories;
        step.imprints = NULL;
        float weights[2] = {0.01F, -0.02F}, sums[2] = {0}, updates[2] = {0.1F, -0.1F};
        uint32_t ltp[2] = {0}, ltd[2] = {9, 9};
        if (fuzz_ok(
                snnfe_device_step(device, &step, weights, sums, updates, 2, ltp, ltd, NULL, NULL)))
            fuzz_check(isfinite(weights[0]) && isfinite(weights[1]), "weights stay finite");
        fuzz_ok(snnfe_device_age(device, weights, 2, 0.0625, 0, 0, 1e4, 0));
        fuzz_ok(snnfe_device_read(device, weights, 2, 1, 0.0625, 0, 1));
        fuzz_check(isfinite(weights[0]) && isfinite(weights[1]), "weights stay finite");
    }
    snnfe_device_free(device);
}

/* Reads no file: a folder that does not exist is all it can come to. */
static void try_recordings(input *in)
{
    snnfe_dataset_options options;
    TAKE_OVER(in, options, snnfe_dataset_options_init);
    const snnfe_dataset_options usual = fuzz_recording_options();
    static const double numbers[2] = {1, 2};
    static const int32_t items[2] = {1, 4};
    options.subjects = options.runs = options.statistics_runs = items;
    options.n_subjects = options.n_runs = options.n_statistics_runs = 2;
    options.channel_mean_uv = options.channel_std_uv = numbers;
    options.channel_names = usual.channel_names;
    options.channel_rows = options.channel_columns = usual.channel_rows;
    options.n_channels = 2;
    options.event_names = usual.event_names;
    options.event_labels = usual.event_labels;
    if (options.n_event_names > 2)
        options.n_event_names = 2;
    options.log = NULL;
    options.progress = NULL;
    snnfe_dataset *dataset = NULL;
    fuzz_ok(snnfe_dataset_open(&dataset, "/dev/null/nowhere", &options));
    fuzz_check(dataset == NULL, "nothing is made of no files");
}

static void try_lists(input *in)
{
    int32_t labels[24];
    uint64_t seed = 0;
    double ratio = 0;
    uint8_t counts[2];
    take(in, labels, sizeof labels);
    take(in, &seed, sizeof seed);
    take(in, &ratio, sizeof ratio);
    take(in, counts, sizeof counts);
    uint64_t ids[24];
    for (size_t i = 0; i < 24; i++)
        ids[i] = seed >> (i * 2) & 7;
    const size_t n = counts[0] % 25, n_folds = counts[1];
    for (size_t i = 0; i < n; i++)
        if (labels[i] > 300 || labels[i] < -1)
            labels[i] &= 3;
    const uint64_t *trials = seed % 2 == 0 ? NULL : ids;
    const int32_t generator = (int32_t)(seed / 2 % 3);
    snnfe_split split = {0}, splits[256];
    memset(splits, 0, sizeof splits);
    if (fuzz_ok(snnfe_split_holdout(&split, labels, trials, n, ratio, generator, seed)))
        fuzz_check(split.n_train + split.n_validation == n, "each element is named once");
    snnfe_split_release(&split);
    if (fuzz_ok(snnfe_split_calibration(&split, labels, trials, n, n_folds)))
        fuzz_check(split.n_train + split.n_validation == n, "each element is named once");
    snnfe_split_release(&split);
    if (fuzz_ok(snnfe_split_leave_subjects_out(&split, labels, n, labels, 1 + seed % 24)))
        fuzz_check(split.n_train + split.n_validation == n, "each element is named once");
    snnfe_split_release(&split);
    if (fuzz_ok(snnfe_split_kfold(splits, labels, trials, n, n_folds, generator, seed)))
        for (size_t i = 0; i < n_folds; i++)
            snnfe_split_release(&splits[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const kinds[])(input *) = {try_network, try_trainer, try_device, try_recordings,
                                             try_lists};
    fuzz_limit_memory();
    if (size == 0)
        return 0;
    input in = {data + 1, size - 1};
    kinds[data[0] % (sizeof kinds / sizeof kinds[0])](&in);
    return 0;
}
